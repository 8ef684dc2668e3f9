"""The window's language: the texts, Qt's own words, the direction of reading, and signs to write it with."""

from __future__ import annotations

from decimal import Decimal

from babel import Locale
from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

from desktop.i18n import (
    LANGUAGES,
    N_,
    _,
    asked_language,
    current_language,
    current_locale,
    formats_of,
    number_text,
    set_language,
)
from desktop.paths import resource
from desktop.ui.memory import Memory

LANGUAGE = "language"
FORMATS = "formats"
SYSTEM = "system"

_EXAMPLE = Decimal("1234567.5")

_FONTS = ("fonts/NotoSansDevanagari-Regular.ttf", "fonts/NotoSansDevanagari-Bold.ttf")

# What Qt writes itself on buttons and in the menus of text fields, for languages that Qt brings no catalogue of.
_WORDS_OF_QT = {
    "OK": N_("OK"),
    "&OK": N_("OK"),
    "Cancel": N_("Cancel"),
    "&Cancel": N_("Cancel"),
    "Close": N_("Close"),
    "&Close": N_("Close"),
    "Save": N_("Save"),
    "&Save": N_("Save"),
    "Open": N_("Open it"),
    "&Open": N_("Open it"),
    "Apply": N_("Apply"),
    "Discard": N_("Discard"),
    "&Yes": N_("Yes"),
    "&No": N_("No"),
    "&Undo": N_("Undo"),
    "&Redo": N_("Redo"),
    "Cu&t": N_("Cut"),
    "&Copy": N_("Copy"),
    "&Paste": N_("Paste"),
    "Delete": N_("Delete"),
    "Select All": N_("Select all"),
    "Directory:": N_("Folder:"),
    "File &name:": N_("File name:"),
    "Files of type:": N_("Kind of file:"),
    "Look in:": N_("Look in:"),
}


class WordsOfQt(QTranslator):
    """Qt's own words out of the program's catalogue."""

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str:
        known = _WORDS_OF_QT.get(source)
        return _(known) if known else source

    def isEmpty(self) -> bool:
        return False


def speak(app: QApplication, memory: Memory) -> None:
    """Take the language and the formats that this user chose; before anything with a text is made."""
    set_language(*chosen(memory))
    QLocale.setDefault(QLocale(current_locale()))
    app.setLayoutDirection(QLocale(current_language()).textDirection())
    own = QTranslator(app)
    if own.load(f"qtbase_{current_language()}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(own)
    elif current_language() != "en":
        app.installTranslator(WordsOfQt(app))
    # A bare system has no signs for Hindi, and a client may have a Hindi name in a window of any language.
    for font in _FONTS:
        QFontDatabase.addApplicationFont(str(resource(font)))


def chosen(memory: Memory) -> tuple[str, str | None]:
    """(language, formats or None for those of the language) as `set_language` takes them."""
    around = asked_language(QLocale.system().name())
    language, formats = str(memory.get(LANGUAGE, SYSTEM)), str(memory.get(FORMATS, SYSTEM))
    if language == SYSTEM:
        return around, None if formats == SYSTEM else formats
    return formats_of(language, around), None if formats == SYSTEM else formats


# A country's own way where it differs from the language's first country.
_FORMATS = (
    *("en_GB", "en_US", "en_IN", "en_IE", "de_DE", "de_AT", "de_CH", "fr_FR", "fr_BE", "fr_CA", "fr_CH"),
    *("es_ES", "es_MX", "es_AR", "hi_IN"),
)


def languages() -> list[tuple[str, str]]:
    """The choices of texts, each language called by its own name."""
    named = [(code, _own_name(Locale.parse(code).language_name)) for code in LANGUAGES]
    return [(SYSTEM, _("As the system")), *named]


def formats() -> list[tuple[str, str]]:
    """The choices of figures and dates, each with an example."""
    named = [
        (code, f"{_own_name(Locale.parse(code).display_name)}: {number_text(_EXAMPLE, code)}") for code in _FORMATS
    ]
    return [(SYSTEM, _("As the language")), *named]


def _own_name(name: str | None) -> str:
    return name[:1].upper() + name[1:] if name else ""
