"""Colours, sizes and the stylesheet, all made from one set of tokens that follows the system's light or dark."""

from dataclasses import asdict, dataclass
from string import Template
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from desktop.paths import resource

Mode = Literal["system", "light", "dark"]
Density = Literal["comfortable", "compact"]
Tone = Literal["blocked", "held", "note", "good", "quiet"]


@dataclass(frozen=True)
class Tokens:
    """The colours of one scheme; a `_tint` is the ground that the colour of the same name stands on."""

    background: str
    card: str
    rail: str
    line: str
    text: str
    secondary: str
    accent: str
    on_accent: str
    accent_hover: str
    selection: str
    hover: str
    blocked: str
    blocked_tint: str
    held: str
    held_tint: str
    note: str
    note_tint: str
    good: str
    good_tint: str
    quiet: str
    quiet_tint: str
    # What is printed is printed on white, whatever the scheme.
    paper: str = "#FFFFFF"
    on_paper: str = "#5B6472"

    def tone(self, tone: Tone) -> tuple[str, str]:
        """Text and tint of a state."""
        return getattr(self, tone), getattr(self, f"{tone}_tint")


LIGHT = Tokens(
    background="#F6F7F9",
    card="#FFFFFF",
    rail="#EEF0F3",
    line="#E1E4EA",
    text="#1B1F27",
    secondary="#5B6472",
    accent="#2457D6",
    on_accent="#FFFFFF",
    accent_hover="#1C48B8",
    selection="#E6EDFC",
    hover="#F3F5F8",
    blocked="#B3261E",
    blocked_tint="#FCE9E7",
    held="#8A5300",
    held_tint="#FDF1DC",
    note="#3D5A80",
    note_tint="#E8EEF5",
    good="#1D6B3F",
    good_tint="#E3F3E9",
    quiet="#5B6472",
    quiet_tint="#EEF0F3",
)
DARK = Tokens(
    background="#16181D",
    card="#1E2127",
    rail="#121418",
    line="#2E333C",
    text="#E8EAEE",
    secondary="#A0A8B5",
    accent="#7EA2FF",
    on_accent="#0E1525",
    accent_hover="#98B5FF",
    selection="#26334F",
    hover="#252932",
    blocked="#FF9C93",
    blocked_tint="#44211F",
    held="#F3C26B",
    held_tint="#3F3018",
    note="#A9C4E6",
    note_tint="#233041",
    good="#8FD6A9",
    good_tint="#1D3A2A",
    quiet="#A0A8B5",
    quiet_tint="#2A2E36",
)

# Design sizes in pixels, at a system font of 13.
_TEXT = 13
_SIZES = {"title": 20, "figure": 18, "body": _TEXT, "head": 12, "tag": 11}
_ICON, _PRODUCT = 16, 16
# What the keys for larger and smaller step through, in percent.
ZOOMS = (80, 90, 100, 110, 125, 150, 175, 200)
_ROW = {"comfortable": 38, "compact": 30}


class Theme(QObject):
    """The look of the whole application. One exists, made by the composition root."""

    changed = Signal()
    zoomed = Signal()  # after `changed`

    def __init__(
        self, app: QApplication, mode: Mode = "system", density: Density = "comfortable", zoom: int = 100
    ) -> None:
        super().__init__()
        self._app = app
        self.mode: Mode = mode
        self.density: Density = density
        system = QFontInfo(app.font())
        # A person who enlarges the system's font gets a larger Sheaf; smaller than designed is never legible.
        self._system = max(_TEXT, system.pixelSize()) / _TEXT
        self.zoom = zoom
        self.tokens = LIGHT
        app.setStyle("Fusion")
        app.setFont(self.font("body"))
        app.styleHints().colorSchemeChanged.connect(self._follow)
        self.set_mode(mode)

    @property
    def dark(self) -> bool:
        return self.tokens is DARK

    @property
    def row_height(self) -> int:
        return self.px(_ROW[self.density])

    def px(self, design: int) -> int:
        """A size of the design, which is drawn for a system font of 13 pixels, at this system's font."""
        return round(design * self._system * self.zoom / 100)

    def font(self, size: str, *, strong: bool = False, figures: bool = False) -> QFont:
        """The system's font in a size of the design; `figures` are of equal width, for columns."""
        font = QFont(self._app.font())
        font.setPixelSize(self.px(_SIZES[size]))
        font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
        if figures:
            font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def color(self, token: str) -> QColor:
        return QColor(getattr(self.tokens, token))

    def set_mode(self, mode: Mode) -> None:
        self.mode = mode
        hints = QGuiApplication.styleHints()
        if mode == "system":
            hints.unsetColorScheme()
        else:
            # Also tells the system, so that title bars and its own dialogs go along.
            hints.setColorScheme(Qt.ColorScheme.Dark if mode == "dark" else Qt.ColorScheme.Light)
        self._apply()

    def set_density(self, density: Density) -> None:
        self.density = density
        self.changed.emit()

    def set_zoom(self, percent: int) -> None:
        """Everything in so many percent of its size, within what can be read and fits; what is built stays as it was
        built until it is built anew."""
        self.zoom = max(ZOOMS[0], min(ZOOMS[-1], percent))
        self._app.setFont(self.font("body"))
        self._apply()
        self.zoomed.emit()

    def _follow(self) -> None:
        if self.mode == "system":
            self._apply()

    def _apply(self) -> None:
        dark = self.mode == "dark" or (self.mode == "system" and system_is_dark())
        self.tokens = DARK if dark else LIGHT
        self._app.setPalette(palette(self.tokens))
        self._app.setStyleSheet(self._stylesheet())
        self.changed.emit()

    def _stylesheet(self) -> str:
        sizes = {f"px_{name}": f"{self.px(size)}px" for name, size in _SIZES.items()}
        sizes |= {"px_icon": f"{self.px(_ICON)}px", "px_product": f"{self.px(_PRODUCT)}px"}
        icons = resource("icons").as_posix()
        shade = "dark" if self.dark else "light"
        template = Template(resource("style/window.qss").read_text(encoding="utf-8"))
        return template.substitute(asdict(self.tokens), **sizes, icons=icons, shade=shade)


def system_is_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark


def palette(tokens: Tokens) -> QPalette:
    """What Fusion itself paints with; the stylesheet covers the rest."""
    roles = {
        QPalette.ColorRole.Window: tokens.background,
        QPalette.ColorRole.WindowText: tokens.text,
        QPalette.ColorRole.Base: tokens.card,
        QPalette.ColorRole.AlternateBase: tokens.card,
        QPalette.ColorRole.Text: tokens.text,
        QPalette.ColorRole.PlaceholderText: tokens.secondary,
        QPalette.ColorRole.Button: tokens.card,
        QPalette.ColorRole.ButtonText: tokens.text,
        QPalette.ColorRole.ToolTipBase: tokens.card,
        QPalette.ColorRole.ToolTipText: tokens.text,
        QPalette.ColorRole.Highlight: tokens.accent,
        QPalette.ColorRole.HighlightedText: tokens.on_accent,
        QPalette.ColorRole.Link: tokens.accent,
        QPalette.ColorRole.Accent: tokens.accent,
        QPalette.ColorRole.Mid: tokens.line,
    }
    made = QPalette()
    for role, value in roles.items():
        made.setColor(role, QColor(value))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.secondary))
    return made


def next_zoom(percent: int, step: int) -> int:
    """One step larger (1) or smaller (-1) than now; 0 is the size that the system asks for."""
    if not step:
        return 100
    beyond = [one for one in ZOOMS if (one - percent) * step > 0]
    return min(beyond, key=lambda one: abs(one - percent), default=percent)
