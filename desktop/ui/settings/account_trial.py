"""Tries an e-mail account before one's eyes: each step as it is done, and what mends the one that failed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.i18n import _
from desktop.jobs import Job, Lane, Report, State
from desktop.services.delivery.mail.accounts import let_send, server_of
from desktop.services.delivery.mail.signing_in import needs_secret
from desktop.services.delivery.mail.trying import Step, StepName, StepState, step_title, steps_of, try_account
from desktop.services.records import Record
from desktop.ui.desk import Desk
from desktop.ui.focus_order import follow_layout
from desktop.ui.icons import picture
from desktop.ui.notice import NoticeBar
from desktop.ui.repolish import repolish
from desktop.ui.theme import Theme, Tone

_MARGIN = 24
_LEAST_WIDTH = 520
_ICON = 16
_LOOKS: dict[StepState, tuple[str, Tone]] = {
    "ok": ("done", "good"),
    "warning": ("warning", "held"),
    "failed": ("stop", "blocked"),
}


class TrialDialog(QDialog):
    """Begins at once; a mail goes only where it is asked for."""

    secret_wanted = Signal()  # before it can be tried, a password has to be typed or somebody has to sign in

    def __init__(self, desk: Desk, account: Record, parent: QWidget) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Test of {account}").format(account=account["name"]))
        self.steps: list[Step] = []
        self._desk = desk
        self._account = account
        self._job: Job | None = None
        self._said = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._said.setProperty("role", "strong")
        self._list = StepList(desk.shell.theme)
        self._notice = NoticeBar(desk.shell.theme)
        self._mail = QCheckBox(_("Send a test mail to {address} as well").format(address=account["sender"]))
        self._secret = QPushButton()
        self._secret.setText(_("Sign in…") if account["auth"] == "oauth" else _("Type the password…"))
        self._secret.setAutoDefault(False)
        self._secret.clicked.connect(self.secret_wanted)
        self._again = QPushButton(_("Test again"))
        self._again.setProperty("role", "main")
        self._again.clicked.connect(self.start)
        buttons = QDialogButtonBox()
        buttons.addButton(self._again, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self._secret, QDialogButtonBox.ButtonRole.ActionRole)
        self._close = buttons.addButton(_("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.setSpacing(14)
        layout.addWidget(self._said)
        layout.addWidget(self._list)
        layout.addWidget(self._notice)
        layout.addStretch(1)
        layout.addWidget(self._mail)
        layout.addWidget(buttons)
        self.setMinimumWidth(desk.shell.theme.px(_LEAST_WIDTH))
        follow_layout(self)

    @property
    def said(self) -> str:
        """What came of it, in a sentence."""
        return self._said.text()

    def start(self) -> None:
        """Go through the steps, from the first."""
        self.steps = []
        account, book, mail, steps = self._account, self._desk.book, self._mail.isChecked(), self.steps
        names = steps_of(account, mail=mail)
        self._list.begin(names)
        self._notice.hide()
        self._secret.hide()
        self._again.setEnabled(False)
        self._close.setText(_("Stop"))
        self._said.setText(_("Trying {host}…").format(host=account["host"]))

        def work(report: Report) -> tuple[bool, bool]:
            def told(step: Step) -> None:
                steps.append(step)
                report(len(steps), len(names), step_title(step.name))

            report(0, len(names), "")
            missing = needs_secret(account)
            good = try_account(account, server_of(account), now=book.now, mail=mail, told=told)
            if good:
                let_send(book, account["id"])
            return good, missing

        self._job = Job(self.windowTitle(), work, {"outbox"}, lane=Lane.MAIL, quiet=True)
        self._job.progressed.connect(self._show_steps)
        self._job.ended.connect(self._ended)
        self._desk.shell.jobs.start(self._job, self._done, self._notice.show_error)

    def reject(self) -> None:
        """Close; a test under way is stopped first, and ends between two steps."""
        if self._job is not None:
            self._job.cancel()
        super().reject()

    def _show_steps(self, _progress: object) -> None:
        self._list.show_steps(self.steps)
        make_room(self)

    def _done(self, found: object) -> None:
        assert isinstance(found, tuple)
        good, missing = found
        self._show_steps(None)
        self._secret.setVisible(missing)
        if not good:
            self._said.setText(_("This account cannot send yet."))
        elif any(step.state == "warning" for step in self.steps):
            self._said.setText(_("This account sends, but see what is marked."))
        else:
            self._said.setText(_("All is well: this account sends."))

    def _ended(self, job: object) -> None:
        assert isinstance(job, Job)
        self._job = None
        self._again.setEnabled(True)
        self._close.setText(_("Close"))
        if job.state is not State.DONE:
            self._said.setText(_("The test was not ended."))


def make_room(dialog: QDialog) -> None:
    """Grow with what wrapped lines came to need; Qt asks for their height only when a window is first shown."""
    layout = dialog.layout()
    if layout is not None:
        layout.activate()
        dialog.resize(dialog.width(), max(dialog.height(), layout.totalHeightForWidth(dialog.width())))


class StepList(QWidget):
    """Steps below one another: a mark, what it is, and what is wrong with it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._names: list[StepName] = []
        self._marks: list[QLabel] = []
        self._words: list[QLabel] = []
        self._more: list[QLabel] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)

    def begin(self, names: list[StepName]) -> None:
        """These steps are to be gone."""
        for label in (*self._marks, *self._words, *self._more):
            self._grid.removeWidget(label)
            label.deleteLater()
        self._names = names
        self._marks, self._words, self._more = [], [], []
        for row, name in enumerate(names):
            mark, word, more = (
                QLabel(textFormat=Qt.TextFormat.PlainText),
                QLabel(step_title(name), textFormat=Qt.TextFormat.PlainText),
                QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText),
            )
            mark.setFixedWidth(self._theme.px(_ICON))
            more.setTextFormat(Qt.TextFormat.PlainText)
            more.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            word.setProperty("role", "secondary")
            more.setProperty("role", "note")
            self._grid.addWidget(mark, 2 * row, 0)
            self._grid.addWidget(word, 2 * row, 1)
            self._grid.addWidget(more, 2 * row + 1, 1)
            more.hide()
            self._marks.append(mark)
            self._words.append(word)
            self._more.append(more)

    def show_steps(self, steps: list[Step]) -> None:
        """How far it came."""
        for row, step in enumerate(steps):
            name, tone = _LOOKS[step.state]
            ink, _tint = self._theme.tokens.tone(tone)
            self._marks[row].setPixmap(picture(name, ink, self.devicePixelRatio(), self._theme.px(_ICON)))
            # The mark tells by its shape; for who does not see it, by its name.
            self._marks[row].setAccessibleName(_state_word(step.state))
            self._words[row].setProperty("role", "strong" if step.state == "failed" else "")
            repolish(self._words[row])
            said = " ".join(filter(None, (step.sentence, step.remedy)))
            self._more[row].setText(said)
            self._more[row].setVisible(bool(said))


def _state_word(state: StepState) -> str:
    match state:
        case "ok":
            return _("done")
        case "warning":
            return _("done, with a warning")
        case "failed":
            return _("failed")
