"""Dialogs that leave the window alive: a form that is saved by a job, and a question before what cannot be undone."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.i18n import _
from desktop.jobs import Job, State
from desktop.services.access.second_pair import SecondNeeded
from desktop.services.problems import ValidationError
from desktop.ui.focus_order import follow_layout
from desktop.ui.form import Form
from desktop.ui.notice import NoticeBar, Offer
from desktop.ui.shell import Shell
from desktop.ui.unfinished import Unfinished

_MARGIN = 24
_MOST_HEIGHT = 640
_LEAST_WIDTH = 560
_QUESTION_WIDTH = 400
_SCROLL_BAR = 14


class FormDialog(QDialog):
    """A form with one verb. `save` makes the job from the values; the dialog closes when that has succeeded."""

    saved = Signal(object)  # what the job gave

    def __init__(
        self, shell: Shell, title: str, form: Form, verb: str, save: Callable[[dict[str, object]], Job], parent: QWidget
    ) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.form = form
        self._shell = shell
        self._save = save
        self._notice = NoticeBar(shell.theme)
        self._unsaved_said = False
        self._unfinished: Unfinished | None = None
        self._saving: Job | None = None
        self._scroll = QScrollArea(widgetResizable=True)
        # Its fields take the focus and bring themselves into view.
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(form)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._make_room)
        self._buttons = buttons = QDialogButtonBox()
        self._accept = buttons.addButton(verb, QDialogButtonBox.ButtonRole.AcceptRole)
        self._accept.setProperty("role", "main")
        buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.setSpacing(16)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self._notice)
        layout.addWidget(buttons)
        QShortcut(QKeySequence(Qt.Key.Key_F1), self).activated.connect(self._help)
        # Only a button that is in its dialog already becomes the one that Enter presses.
        self._accept.setDefault(True)
        # In a field of several lines Enter begins the next one.
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self._accept.click)
        form.focus_first()
        wanted = form.sizeHint()
        self.resize(max(_LEAST_WIDTH, wanted.width() + 2 * _MARGIN), min(_MOST_HEIGHT, wanted.height() + 130))

    @property
    def said(self) -> str:
        """What the dialog itself says of its saving."""
        return "" if self._notice.isHidden() else self._notice.sentence

    def add_way(self, verb: str, act: Callable[[dict[str, object]], object]) -> QPushButton:
        """Offer something else to do with what is typed, once all of it can be read."""

        def go() -> None:
            if self.form.check():
                act(self.form.values())
            else:
                self._show_focus()

        button = self._buttons.addButton(verb, QDialogButtonBox.ButtonRole.ActionRole)
        button.setAutoDefault(False)
        button.clicked.connect(go)
        return button

    def put_by(self) -> None:
        """Close without asking: what was typed is taken care of elsewhere."""
        self._drop()

    def _help(self) -> None:
        if self._shell.help is not None:
            self._shell.help(self)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # Whoever opened it may have put more below the fields.
        follow_layout(self)

    def keep_typing(self, name: str, subject_id: int = 0) -> None:
        """Keep what is typed here until it is saved, under the form's name and the id of what it is about."""
        from desktop.ui.desk import Desk

        desk = self._shell.desk
        if isinstance(desk, Desk):
            self._unfinished = Unfinished(desk, self.form, name, subject_id, self._say_kept, self)

    def _say_kept(self, sentence: str, offers: Sequence[Offer]) -> None:
        self._notice.say(sentence, offers=offers, tone="held")

    def accept(self) -> None:
        """Save, and close once it is saved."""
        if not self.form.check():
            self._show_focus()
            return
        if self._saving is not None:
            return
        self._enable(False)
        self._saving = self._save(self.form.values())
        self._saving.ended.connect(self._settle)
        self._shell.jobs.start(self._saving, self._done, self._fail)

    def reject(self) -> None:
        """Close; what was typed is dropped only at the second asking. While it is being saved, take that back."""
        if self._saving is not None:
            self._saving.cancel()
            return
        if self.form.dirty and not self._unsaved_said:
            self._unsaved_said = True
            offers = [(_("Drop the changes"), self._drop)]
            self._notice.say(_("This is not saved yet."), offers=offers, tone="held")
            return
        self._drop()

    def _drop(self) -> None:
        if self._unfinished is not None:
            self._unfinished.end(forgotten=self._unfinished.touched)
        super().reject()

    def _done(self, result: object) -> None:
        if self._unfinished is not None:
            self._unfinished.end(forgotten=True)
        super().accept()
        self.saved.emit(result)

    def _settle(self, job: object) -> None:
        """Taken back before it began: everything stands as before."""
        assert isinstance(job, Job)
        self._saving = None
        if job.state is State.CANCELLED:
            self._enable(True)

    def _fail(self, error: object) -> None:
        self._enable(True)
        if isinstance(error, ValidationError):
            left = self.form.refuse(error.fields)
            self._notice.hide()
            if left or error.remedy:
                self._notice.say(" ".join(left) or error.remedy, error.remedy if left else "", tone="held")
            self._show_focus()
            return
        self._notice.show_error(error)
        if isinstance(error, SecondNeeded):
            offers = [(_("A second person agrees…"), partial(self._ask_second, error))]
            self._notice.say(error.message, offers=offers, tone="held")

    def _ask_second(self, needed: SecondNeeded) -> None:
        if self._shell.agree is not None:
            self._shell.agree(self, needed, self.accept)

    def _show_focus(self) -> None:
        wrong = self.form.focusWidget()
        if wrong is not None:
            self._scroll.ensureWidgetVisible(wrong)

    def _make_room(self, _least: int, most: int) -> None:
        """Keep the scroll bar, where there is one, off the fields."""
        layout = self.form.layout()
        assert layout is not None
        layout.setContentsMargins(0, 0, _SCROLL_BAR if most else 0, 0)

    def _enable(self, on: bool) -> None:
        self.form.setEnabled(on)
        self._accept.setEnabled(on)


class Question(QDialog):
    """Asks before what cannot be undone: one sentence, what follows from it, and the verb itself on the button."""

    def __init__(
        self,
        parent: QWidget,
        sentence: str,
        detail: str,
        verb: str,
        act: Callable[[], object],
        *,
        expected: bool = False,
    ) -> None:
        """`expected` says that the person came here to do it: Enter is then the answer."""
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(verb)
        asked, more = (
            QLabel(sentence, wordWrap=True, textFormat=Qt.TextFormat.PlainText),
            QLabel(detail, wordWrap=True, textFormat=Qt.TextFormat.PlainText),
        )
        for label, role in ((asked, "strong"), (more, "secondary")):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("role", role)
        buttons = QDialogButtonBox()
        yes = buttons.addButton(verb, QDialogButtonBox.ButtonRole.AcceptRole)
        yes.setAutoDefault(False)
        yes.setProperty("role", "main")
        no = buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(act)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.setSpacing(12)
        layout.addWidget(asked)
        layout.addWidget(more)
        layout.addSpacing(8)
        layout.addWidget(buttons)
        # Enter by habit must not be the answer.
        first = yes if expected else no
        first.setDefault(True)
        first.setFocus()
        self.setMinimumWidth(_QUESTION_WIDTH)
