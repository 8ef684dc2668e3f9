"""The language that a user chose, taken at the next start; and what of Qt's own is in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, Qt, QTranslator
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

from desktop import i18n
from desktop.ui import language
from desktop.ui.language import FORMATS, LANGUAGE, speak
from desktop.ui.memory import Memory


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Memory:
    monkeypatch.setenv("SHEAF_LANGUAGE", "fr_CH")
    return Memory(tmp_path / "window.ini")


@pytest.fixture(autouse=True)
def as_before(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Translators stay with the process; they go with the test."""
    locale, installed = QLocale(), list[QTranslator]()
    install = QApplication.installTranslator

    def keep(one: QTranslator) -> bool:
        installed.append(one)
        return install(one)

    monkeypatch.setattr(qapp, "installTranslator", keep)
    yield
    for one in installed:
        qapp.removeTranslator(one)
    QLocale.setDefault(locale)
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def of_qt(context: str, text: str) -> str:
    return QCoreApplication.translate(context, text)


def test_without_a_choice_the_surroundings_decide(qapp: QApplication, memory: Memory) -> None:
    speak(qapp, memory)
    assert (i18n.current_language(), i18n.current_locale()) == ("fr", "fr_CH")


@pytest.mark.parametrize(
    "chosen, locale, buttons",
    [("de", "de_DE", "Abbrechen"), ("fr", "fr_CH", "Annuler"), ("es", "es_ES", "Cancelar"), ("en", "en_GB", "Cancel")],
)
def test_a_chosen_language_brings_its_formats_and_the_words_of_qt(
    qapp: QApplication, memory: Memory, chosen: str, locale: str, buttons: str
) -> None:
    memory.put(LANGUAGE, chosen)
    speak(qapp, memory)
    assert (i18n.current_language(), i18n.current_locale(), QLocale().name()) == (chosen, locale, locale)
    assert of_qt("QPlatformTheme", "Cancel") == buttons


def test_formats_may_be_those_of_another_country(qapp: QApplication, memory: Memory) -> None:
    memory.put(LANGUAGE, "en")
    memory.put(FORMATS, "de_CH")
    speak(qapp, memory)
    assert (i18n.current_language(), i18n.current_locale()) == ("en", "de_CH")
    assert i18n.amount_text(123456, "CHF") == "1’234.56"


def test_hindi_has_the_words_that_qt_lacks_from_the_own_catalogue(
    qapp: QApplication, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.put(LANGUAGE, "hi")
    speak(qapp, memory)
    monkeypatch.setattr(language, "_", lambda text: f"<{text}>")
    assert of_qt("QPlatformTheme", "Cancel") == "<Cancel>"
    assert of_qt("QWidgetTextControl", "&Paste") == "<Paste>"
    assert of_qt("QWidgetTextControl", "Something rare") == "Something rare"


def test_there_are_signs_for_hindi(qapp: QApplication, memory: Memory) -> None:
    speak(qapp, memory)
    assert "Noto Sans Devanagari" in QFontDatabase.families(QFontDatabase.WritingSystem.Devanagari)


def test_each_language_is_called_by_its_own_name() -> None:
    assert language.languages() == [
        ("system", "As the system"),
        ("en", "English"),
        ("de", "Deutsch"),
        ("fr", "Français"),
        ("es", "Español"),
        ("hi", "हिन्दी"),
    ]
    assert ("de_CH", "Deutsch (Schweiz): 1’234’567.5") in language.formats()
    assert ("hi_IN", "हिन्दी (भारत): 12,34,567.5") in language.formats()
