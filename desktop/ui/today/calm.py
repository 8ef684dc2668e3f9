"""What Today shows when nothing needs anybody."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.i18n import _, ngettext, number_text
from desktop.ui.icons import picture
from desktop.ui.theme import Theme

_ICON = 28


class Calm(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._icon, self._head, self._more = (
            QLabel(textFormat=Qt.TextFormat.PlainText),
            QLabel(_("Nothing needs you.")),
            QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText),
        )
        self._head.setProperty("role", "figure")
        self._more.setProperty("role", "secondary")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 32, 32, 32)
        layout.setSpacing(8)
        for label in (self._icon, self._head, self._more):
            layout.addWidget(label)
        layout.addStretch(1)
        theme.changed.connect(self._draw)
        self._draw()

    @property
    def words(self) -> str:
        return f"{self._head.text()} {self._more.text()}"

    def say(self, coming: str, *, snoozed: int) -> None:
        """What comes next, and how much was left for later."""
        words = [coming]
        if snoozed:
            left = ngettext("{count} thing is left until later.", "{count} things are left until later.", snoozed)
            words.append(left.format(count=number_text(snoozed)))
        self._more.setText(" ".join(words))

    def _draw(self) -> None:
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(picture("done", self._theme.tokens.good, ratio, self._theme.px(_ICON)))
        self._icon.setAlignment(Qt.AlignmentFlag.AlignLeading)
