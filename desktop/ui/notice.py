"""The one place where the window says what happened: done, to mend, or a fault of the program itself."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from desktop.errors import UserError
from desktop.i18n import _
from desktop.ui.bug_report import ReportDialog
from desktop.ui.icons import icon, picture
from desktop.ui.repolish import repolish
from desktop.ui.theme import Theme, Tone

Offer = tuple[str, Callable[[], object]]

# Long enough to read the sentence and reach "Undo"; what needs a person stays until it is closed.
_SECONDS_OF_GOOD_NEWS = 10
_NEWS: tuple[Tone, ...] = ("good", "note")
_ICONS: dict[Tone, str] = {"good": "done", "note": "info", "held": "warning", "blocked": "stop", "quiet": "info"}


class NoticeBar(QFrame):
    """Shows one notice at a time, the newest."""

    _bug = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.tone: Tone = "note"
        self.setProperty("role", "notice")
        self._icon = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._what = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._what.setProperty("role", "strong")
        self._more = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._offers = QHBoxLayout()
        self._offers.setSpacing(8)
        self._close = QPushButton()
        self._close.setProperty("role", "link")
        # Within a dialog it must not take Enter from the dialog's own button.
        self._close.setAutoDefault(False)
        self._close.setToolTip(_("Close"))
        self._close.setAccessibleName(_("Close"))
        self._close.clicked.connect(self.hide)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._what)
        words.addWidget(self._more)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.setSpacing(12)
        layout.addWidget(self._icon)
        layout.addLayout(words, 1)
        layout.addLayout(self._offers)
        layout.addWidget(self._close)
        self._fading = QTimer(self, singleShot=True, interval=_SECONDS_OF_GOOD_NEWS * 1000)
        self._fading.timeout.connect(self.hide)
        # Faults may come from any thread.
        self._bug.connect(self.show_error, Qt.ConnectionType.QueuedConnection)
        theme.changed.connect(self._paint)
        self.hide()

    @property
    def sentence(self) -> str:
        return f"{self._what.text()} {self._more.text()}".strip()

    def say(self, what: str, more: str = "", offers: Sequence[Offer] = (), tone: Tone = "good") -> None:
        """Tell what was done; an offer is a verb and what it does ("Undo")."""
        self._what.setText(what)
        self._more.setText(more)
        self._more.setVisible(bool(more))
        self.tone = tone
        self._show_offers(offers)
        self._paint()
        self.show()
        self.setAccessibleName(self.sentence)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        if tone in _NEWS:
            self._fading.start()
        else:
            self._fading.stop()

    def close_news(self) -> None:
        """Close what asks nothing of the person."""
        if self.tone in _NEWS:
            self.hide()

    def show_error(self, error: object) -> None:
        """What the user can mend in its own words; anything else as a fault of the program, with its report."""
        if isinstance(error, UserError):
            self.say(error.message, error.remedy, tone="held")
            return
        assert isinstance(error, BaseException)
        self.say(
            _("Sheaf stumbled over a fault of its own."),
            _("Your book is safe: a step is written whole or not at all. Try again, and report it if it comes back."),
            [(_("Report…"), lambda: ReportDialog(error, self.window()).open())],
            tone="blocked",
        )

    def show_bug(self, error: BaseException) -> None:
        """As `show_error`, from any thread."""
        self._bug.emit(error)

    def _show_offers(self, offers: Sequence[Offer]) -> None:
        while item := self._offers.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for text, act in offers:
            button = QPushButton(text)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _on=False, act=act: self._take(act))
            self._offers.addWidget(button)

    def _take(self, act: Callable[[], object]) -> None:
        self.hide()
        act()

    def _paint(self) -> None:
        ink, _tint = self._theme.tokens.tone(self.tone)
        self.setProperty("tone", self.tone)
        self._icon.setPixmap(picture(_ICONS[self.tone], ink, self.devicePixelRatio()))
        self._close.setIcon(icon("close", self._theme.tokens.secondary))
        repolish(self)
