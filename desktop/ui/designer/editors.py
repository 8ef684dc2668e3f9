"""The designer's own fields: lengths that the arrows step through, and colours with a swatch."""

from __future__ import annotations

import re
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QColorDialog, QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.errors import UserError
from desktop.i18n import _, number_text
from desktop.ui.editors import NumberEditor
from desktop.ui.repolish import repolish
from desktop.ui.theme import Theme
from desktop.ui.wrapping import WrappingRow

_COLOUR = re.compile("#?([0-9A-Fa-f]{6})")
_SWATCH = 16
# Inks that print well and keep white words on them legible.
SWATCHES = ("#2457D6", "#0F6E84", "#1D6B3F", "#8A5300", "#B3261E", "#6D3BA5", "#1B1F27", "#5B6472")


class LengthEditor(NumberEditor):
    """A length or size between two bounds. Up and Down change it by a step; `free` leaves it to the program."""

    stepped = Signal()

    def __init__(self, least: float, most: float, step: float, *, free: bool = False) -> None:
        super().__init__()
        self._least, self._most, self._step, self._free = least, most, step, free
        if free:
            self.setPlaceholderText(_("as usual"))

    def length(self) -> float | None:
        """What stands here, None while it is no length; 0 is "as usual"."""
        try:
            value = self.value()
        except UserError:
            value = "?"
        if value is None and self._free:
            return 0
        fits = isinstance(value, Decimal) and self._least <= value <= self._most
        self._mark(wrong=not fits)
        return _plain(float(value)) if fits and isinstance(value, Decimal) else None

    def put_length(self, value: float) -> None:
        self.put(None if self._free and not value else Decimal(str(value)))
        self._mark(wrong=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        if event.key() in steps and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            now = self.length()
            if now is not None:
                wanted = round(now + self._step * steps[Qt.Key(event.key())], 2)
                self.put_length(_plain(min(max(wanted, self._least), self._most)))
                self.changed.emit()
            return
        super().keyPressEvent(event)

    def _mark(self, *, wrong: bool) -> None:
        if bool(self.property("wrong")) != wrong:
            self.setProperty("wrong", wrong)
            bounds = _("From {least} to {most}.").format(
                least=number_text(Decimal(str(self._least))), most=number_text(Decimal(str(self._most)))
            )
            self.setToolTip(bounds if wrong else "")
            self.setAccessibleDescription(bounds if wrong else "")
            repolish(self)


def _plain(value: float) -> float:
    """Whole millimetres as whole numbers: 25 and 25.0 are one length and one text."""
    return int(value) if value == int(value) else value


class ColourEditor(QWidget):
    """A colour as #RRGGBB, and as a swatch that opens all colours."""

    changed = Signal()

    def __init__(self, theme: Theme, name: str, swatches: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        self.text = QLineEdit()
        self.text.setAccessibleName(name)
        self.text.setMaxLength(7)
        self.text.setPlaceholderText("#2457D6")
        self.text.textEdited.connect(self._read)
        self.swatch = QPushButton()
        self.swatch.setAccessibleName(_("Choose: {what}").format(what=name))
        self.swatch.setToolTip(_("All colours"))
        self.swatch.setAutoDefault(False)
        self.swatch.clicked.connect(self._ask)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.swatch)
        row.addWidget(self.text, 1)
        self.presets = [self._preset(colour) for colour in swatches]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        if self.presets:
            more = WrappingRow(spacing=0)
            for button in self.presets:
                more.addWidget(button)
            column.addLayout(more)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(bool(self.presets))
        self.setSizePolicy(policy)
        self.setFocusProxy(self.text)

    def colour(self) -> str | None:
        """As #RRGGBB, None while it is none."""
        found = _COLOUR.fullmatch(self.text.text().strip())
        return f"#{found[1].upper()}" if found else None

    def put(self, colour: str) -> None:
        self.text.setText(colour)
        self._show()

    def _preset(self, colour: str) -> QPushButton:
        button = QPushButton()
        button.setIcon(swatch_icon(self._theme, colour))
        button.setProperty("role", "link")
        button.setAutoDefault(False)
        button.setAccessibleName(_("{what} {colour}").format(what=self._name, colour=colour))
        button.setToolTip(colour)
        button.clicked.connect(lambda: self._take(colour))
        return button

    def _take(self, colour: str) -> None:
        self.put(colour)
        self.changed.emit()

    def _ask(self) -> None:
        dialog = QColorDialog(QColor(self.colour() or "#000000"), self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self._name)
        dialog.colorSelected.connect(self._picked)
        dialog.open()

    def _picked(self, colour: QColor) -> None:
        self._take(colour.name().upper())

    def _read(self, _text: str) -> None:
        self._show()
        if self.colour() is not None:
            self.changed.emit()

    def _show(self) -> None:
        colour = self.colour()
        self.swatch.setIcon(swatch_icon(self._theme, colour or ""))
        if bool(self.text.property("wrong")) != (colour is None):
            self.text.setProperty("wrong", colour is None)
            said = "" if colour else _("Write a colour like #2457D6.")
            self.text.setToolTip(said)
            self.text.setAccessibleDescription(said)
            repolish(self.text)


def swatch_icon(theme: Theme, colour: str) -> QIcon:
    """A square of the colour with a line around it; empty is no colour."""
    side = theme.px(_SWATCH) * 2
    picture = QPixmap(side, side)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(theme.color("line"))
    painter.setBrush(QColor(colour) if colour else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(1, 1, side - 3, side - 3, 6, 6)
    painter.end()
    return QIcon(picture)
