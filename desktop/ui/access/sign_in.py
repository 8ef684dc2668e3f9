"""The page at the door of a book: a name, a passphrase, and, where it served only once, one of one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from db.engine import Book
from desktop.domain.access import SignedIn
from desktop.errors import UserError
from desktop.i18n import _
from desktop.jobs import Job, Lane
from desktop.services.access.passphrases import change_own
from desktop.services.access.signing_in import must_change, sign_in, who_may_sign_in
from desktop.ui.form import Field, Form, Section
from desktop.ui.shell import Shell

_WIDTH = 420
_INSIDE = 28


class SignInPage(QWidget):
    """Signs a person in to the book; what it shows of the book is its name alone."""

    signed_in = Signal(object)  # SignedIn

    def __init__(
        self,
        shell: Shell,
        book: Book,
        last: str = "",
        other: Callable[[], object] | None = None,
        *,
        locked: bool = False,
    ) -> None:
        """`last` is who was here before; `other` opens another book."""
        super().__init__()
        self._shell, self._book = shell, book
        self._words = ""
        self._who: SignedIn | None = None
        self._name = QLabel(book.path.stem, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._name.setProperty("role", "title")
        self._note = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._note.setProperty("role", "secondary")
        names = who_may_sign_in(book)
        self.form = Form(
            [
                Section(
                    "",
                    [
                        Field("name", _("Name"), "choice", required=True, choices=[(one, one) for one in names]),
                        Field("words", _("Passphrase"), "password", required=True),
                    ],
                )
            ],
            shell.theme,
        )
        self.form.put({"name": last if last in names else names[0] if names else None})
        self.own = Form(
            [
                Section(
                    "",
                    [
                        Field("new", _("Your own passphrase"), "password", required=True),
                        Field("again", _("Once more"), "password", required=True),
                    ],
                )
            ],
            shell.theme,
        )
        self._forms = QStackedLayout()
        for form in (self.form, self.own):
            self._forms.addWidget(form)
        self.problem = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.problem.setProperty("role", "problem")
        self.problem.hide()
        self.button = QPushButton()
        self.button.setProperty("role", "main")
        self.button.clicked.connect(self.accept)
        self._build(other)
        note = _("The window is locked. What was under way goes on.") if locked else _("Sign in to open this book.")
        self._show(self.form, note, _("Sign in"))

    def _build(self, other: Callable[[], object] | None) -> None:
        width = self._shell.theme.px(_WIDTH)
        card = QFrame()
        card.setProperty("role", "card")
        card.setFixedWidth(width)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(_INSIDE, 26, _INSIDE, 26)
        inside.setSpacing(12)
        inside.addWidget(self._name)
        inside.addWidget(self._note)
        inside.addLayout(self._forms)
        inside.addWidget(self.problem)
        inside.addWidget(self.button)
        if other is not None:
            button = QPushButton(_("Open another book…"))
            button.clicked.connect(lambda _on=False: other())
            inside.addWidget(button)
        whole = QVBoxLayout(self)
        whole.addStretch(2)
        whole.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        whole.addStretch(3)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        for form in (self.form, self.own):
            # Otherwise a long sentence below them takes their height.
            form.setMinimumHeight(form.sizeHint().height())
        self._focus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter in a field signs in, as in a dialog.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        elif event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)

    def accept(self) -> None:
        """Sign in, or take the new passphrase."""
        form = self._forms.currentWidget()
        assert isinstance(form, Form)
        if not self.button.isEnabled() or not form.check():
            return
        values = form.values()
        if form is self.own and values["new"] != values["again"]:
            self._refused(UserError(_("The two were not the same."), _("Type it again.")))
            return
        self.problem.hide()
        self.button.setEnabled(False)
        work = self._sign_in(values) if form is self.form else self._choose(values)
        self._shell.jobs.start(
            Job(_("Signing in"), lambda _report: work(), lane=Lane.HAND, quiet=True), self._came, self._refused
        )

    def _sign_in(self, values: Mapping[str, object]) -> Callable[[], tuple[SignedIn, bool]]:
        # In hands of its own until it is clear that the person may come in.
        book, name, words = self._book.acting(None), str(values["name"]), str(values["words"])
        self._words = words

        def work() -> tuple[SignedIn, bool]:
            return sign_in(book, name, words), must_change(book)

        return work

    def _choose(self, values: Mapping[str, object]) -> Callable[[], tuple[SignedIn, bool]]:
        old, new = self._words, str(values["new"])
        mine = self._book.acting(self._who)

        def work() -> tuple[SignedIn, bool]:
            change_own(mine, old, new)
            assert mine.signed_in is not None
            return mine.signed_in, False

        return work

    def _came(self, found: object) -> None:
        assert isinstance(found, tuple)
        self._who, only_once = found
        self.button.setEnabled(True)
        if only_once:
            self._show(self.own, _("The passphrase that you were given serves once. Choose your own."), _("Go on"))
            return
        self._words = ""
        self._book.signed_in = self._who
        self.signed_in.emit(self._who)

    def _refused(self, error: object) -> None:
        self.button.setEnabled(True)
        self.problem.setText(str(error))
        self.problem.show()
        self._focus()

    def _show(self, form: Form, note: str, verb: str) -> None:
        self._note.setText(note)
        self.button.setText(verb)
        self.problem.hide()
        self._forms.setCurrentWidget(form)
        self._focus()

    def _focus(self) -> None:
        self.own.focus_first() if self._forms.currentWidget() is self.own else self.form.focus_on("words")
