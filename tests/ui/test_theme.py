"""Colours that can be read, sizes that follow the system's font, a look that follows its light and dark."""

from itertools import product
from pathlib import Path
from string import Template

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from desktop.paths import resource
from desktop.ui import theme as themes
from desktop.ui.icons import icon, picture
from desktop.ui.memory import Memory
from desktop.ui.tags import tag
from desktop.ui.theme import DARK, LIGHT, Theme, Tokens

GROUNDS = ("background", "card", "rail", "selection", "hover")
INKS = ("text", "secondary")
TONES: tuple[themes.Tone, ...] = ("blocked", "held", "note", "good", "quiet")


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [getattr(QColor(color), name)() for name in ("redF", "greenF", "blueF")]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_can_be_read_on_every_ground(tokens: Tokens) -> None:
    pairs = [(getattr(tokens, ink), getattr(tokens, ground)) for ink, ground in product(INKS, GROUNDS)]
    pairs += [tokens.tone(tone) for tone in TONES]
    pairs += [(tokens.text, getattr(tokens, f"{tone}_tint")) for tone in TONES]
    pairs += [(tokens.on_accent, tokens.accent), (tokens.on_accent, tokens.accent_hover)]
    # Words in a tone of their own stand on cards: problems in forms, links, dangerous verbs.
    pairs += [(tokens.blocked, tokens.card), (tokens.accent, tokens.card), (tokens.accent, tokens.background)]
    pairs += [(tokens.blocked, tokens.background), (tokens.secondary, tokens.quiet_tint)]
    weak = {pair: round(contrast(*pair), 2) for pair in pairs if contrast(*pair) < 4.5}
    assert weak == {}


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_the_ring_of_the_focus_can_be_seen_on_every_ground(tokens: Tokens) -> None:
    """WCAG 2.2, 1.4.11: what tells a control apart has 3 : 1 to what is around it."""
    weak = [one for one in GROUNDS if contrast(tokens.accent, getattr(tokens, one)) < 3]
    assert weak == []
    # The main button is itself of the accent; its ring is of the text's colour, and stands against what is around.
    assert contrast(tokens.text, tokens.background) >= 3


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_what_is_disabled_and_what_is_hinted_can_be_read(tokens: Tokens) -> None:
    made = themes.palette(tokens)
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        ink = made.color(QPalette.ColorGroup.Disabled, role).name()
        for ground in ("card", "background", "quiet_tint"):
            assert contrast(ink, getattr(tokens, ground)) >= 4.5
    assert contrast(made.color(QPalette.ColorRole.PlaceholderText).name(), tokens.card) >= 4.5


def test_contrast_is_measured_as_the_standard_says() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode, tokens", [("light", LIGHT), ("dark", DARK)])
def test_a_chosen_mode_is_kept_and_fills_the_stylesheet(qapp: QApplication, mode: themes.Mode, tokens: Tokens) -> None:
    theme = Theme(qapp, mode)
    assert theme.tokens is tokens
    assert tokens.background in qapp.styleSheet()
    assert "$" not in qapp.styleSheet()
    assert qapp.palette().base().color() == QColor(tokens.card)


def test_the_system_is_followed_until_the_person_chooses(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    system = {"dark": False}
    monkeypatch.setattr(themes, "system_is_dark", lambda: system["dark"])
    theme = Theme(qapp, "system")
    assert theme.tokens is LIGHT

    def turn(dark: bool) -> None:
        system["dark"] = dark
        QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)

    turn(True)
    assert theme.tokens is DARK
    theme.set_mode("light")
    turn(True)
    assert theme.tokens is LIGHT
    theme.set_mode("system")
    assert theme.tokens is DARK
    turn(False)
    assert theme.tokens is LIGHT


def test_sizes_follow_the_font_of_the_system(qapp: QApplication) -> None:
    before = qapp.font()
    try:
        usual, large = QFont(before), QFont(before)
        usual.setPixelSize(13)
        large.setPixelSize(26)
        qapp.setFont(usual)
        small_theme = Theme(qapp, "light")
        qapp.setFont(large)
        large_theme = Theme(qapp, "light")
        assert small_theme.row_height == 38
        assert large_theme.row_height == 76
        assert large_theme.font("title").pixelSize() == 40
        large_theme.set_density("compact")
        assert large_theme.row_height == 60
    finally:
        qapp.setFont(before)
        Theme(qapp, "light")


def test_figures_are_of_equal_width(theme: Theme) -> None:
    font = theme.font("body", figures=True)
    assert font.featureValue(QFont.Tag("tnum")) == 1


def test_the_stylesheet_uses_no_colour_of_its_own() -> None:
    text = resource("style/window.qss").read_text(encoding="utf-8")
    assert Template(text).is_valid()
    assert not [line for line in text.splitlines() if "#" in line and ":#" in line.replace(" ", "")]


@pytest.mark.parametrize("file", sorted(resource("icons").glob("*.svg")), ids=lambda file: file.stem)
def test_every_icon_draws_something(qapp: QApplication, file: Path) -> None:
    image = picture(file.stem, "#000000", 2).toImage()
    assert image.width() == 32
    assert any(image.pixelColor(x, y).alpha() for x in range(32) for y in range(32))
    assert not icon(file.stem, "#000000", "#888888").isNull()


def test_a_state_without_a_word_shows_its_own_name() -> None:
    assert tag("partly_paid") == ("Partly paid", "held")
    assert tag("sent_back") == ("Sent back", "quiet")


def test_the_window_remembers_and_forgives(tmp_path: Path) -> None:
    file = tmp_path / "window.ini"
    memory = Memory(file)
    memory.put("columns/invoices", {"number": {"width": 120}})
    memory.save()
    again = Memory(file)
    assert again.get("columns/invoices") == {"number": {"width": 120}}
    assert again.get("nothing", 5) == 5
    file.write_text("[columns]\ninvoices={broken\n")
    assert Memory(file).get("columns/invoices", "none") == "none"
