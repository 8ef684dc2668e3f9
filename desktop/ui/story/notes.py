"""Notes on a thing: written at the top, ticked off below; what was begun is kept while one looks elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy

from desktop.errors import UserError
from desktop.i18n import _, date_text, moment_text
from desktop.jobs import Job
from desktop.services.notes import NoteRow, add_note, change_note, delete_note, notes, open_again, tick_off
from desktop.services.people import people
from desktop.ui.actions import Action
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.editors import Choice, ChoiceEditor, DateEditor, LinesEditor
from desktop.ui.form import Field, Form, Section
from desktop.ui.saving import tell, write, writing
from desktop.ui.story.entries import Entry, EntryList
from desktop.ui.story.tab import Question, StoryTab

CHANGES = frozenset({"notes"})


@dataclass(frozen=True)
class _Begun:
    """A note that is not kept yet."""

    text: str
    due: str
    owner: object


@dataclass(frozen=True)
class _Known:
    notes: list[NoteRow]
    people: list[Choice]


class NoteField(LinesEditor):
    """Where a note is written; Ctrl+Enter keeps it."""

    kept = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.kept.emit()
        else:
            super().keyPressEvent(event)


class NotesTab(StoryTab):
    """Space ticks a step off, F2 or Enter changes a note, Del deletes it."""

    def __init__(self, desk: Desk, subject: str) -> None:
        super().__init__(desk, subject)
        self._begun: dict[int, _Begun] = {}
        self._found: dict[int, NoteRow] = {}
        self._people: list[Choice] = []
        self.field = NoteField()
        self.field.setAccessibleName(_("New note"))
        self.field.setPlaceholderText(_("Write a note; Ctrl+Enter keeps it"))
        self.due = DateEditor(desk.shell.theme)
        self.due.setAccessibleName(_("Follow up on"))
        self.due.setPlaceholderText(_("Follow up on"))
        self.owner = ChoiceEditor([])
        self.owner.setAccessibleName(_("Whose it is"))
        self.problem = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.problem.setProperty("role", "problem")
        self.problem.hide()
        self.list = EntryList(desk.shell.theme, _("Notes"))
        self._declare()
        self._build()

    def _declare(self) -> None:
        one = self._chosen
        self.acts.declare([Action("notes.keep", _("Keep the note"), self.keep, enabled=self._written)])
        self.acts.declare(
            [
                Action("notes.tick", self._tick_text, self.tick, "done", "Space", lambda: one() is not None),
                Action("notes.edit", _("Change…"), self.edit, "edit", "F2", lambda: one() is not None),
                Action(
                    "notes.delete", _("Delete"), self.delete, "delete", "Del", lambda: one() is not None, danger=True
                ),
            ],
            self.list,
        )

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        for editor in (self.due, self.owner):
            editor.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            row.addWidget(editor, 1)
        self.column.addWidget(self.field)
        self.column.addLayout(row)
        self.column.addWidget(self.problem)
        self.column.addWidget(self.acts.button("notes.keep"), 0, Qt.AlignmentFlag.AlignLeading)
        self.column.addWidget(self.list, 1)
        self.list.set_menu([self.acts[name] for name in ("notes.tick", "notes.edit", "notes.delete")])
        self.list.opened.connect(lambda _key: self.edit())
        self.list.current_changed.connect(lambda _key: self.acts.refresh())
        self.field.kept.connect(self.keep)
        self.field.textChanged.connect(self.acts.refresh)

    # Following

    def leave(self) -> None:
        if self.thing is not None:
            begun = _Begun(self.field.toPlainText(), self.due.text(), self._owner())
            self._begun.pop(self.thing, None)
            if begun.text.strip():
                self._begun[self.thing] = begun

    def enter(self) -> None:
        begun = self._begun.get(self.thing or 0, _Begun("", "", None))
        self.field.put(begun.text)
        self.due.setText(begun.due)
        self.owner.put(begun.owner)
        self._complain("")

    def focus_first(self) -> None:
        self.field.setFocus()

    def question(self, one: int) -> Question:
        book, subject = self.desk.book, self.subject
        return lambda: _Known(notes(book, subject, one), [(row["id"], str(row["name"])) for row in people(book)])

    def take(self, answer: object) -> None:
        found = answer if isinstance(answer, _Known) else _Known([], [])
        self._found = {one.id: one for one in found.notes}
        nobody: Choice = (None, _("Whose it is"))
        self._people = found.people
        owner = self._owner()
        self.owner.offer([nobody, *found.people])
        self.owner.put(owner)
        self.owner.setVisible(bool(found.people))
        today = self.desk.today()
        self.list.put(
            [_entry(one, today) for one in found.notes],
            _("What was said and agreed stands here. With a day to follow up it comes up again on Today."),
        )
        for widget in (self.field, self.due, self.owner):
            widget.setEnabled(self.thing is not None)
        self.counted.emit(len(found.notes))
        self.acts.refresh()

    # What can be done

    def keep(self) -> None:
        """Keep the note that is written."""
        if self.thing is None:
            return
        thing, text, owner = self.thing, self.field.toPlainText(), self._owner()
        try:
            due = self.due.value()
        except UserError as error:
            self._complain(str(error))
            self.due.setFocus()
            return
        assert due is None or isinstance(due, date)
        assert owner is None or isinstance(owner, int)
        book, subject, actor = self.desk.book, self.subject, self.desk.actor

        def work() -> int:
            return add_note(book, subject, thing, text, actor=actor, due_on=due, owner_id=owner)

        write(self.desk, _("Keeping the note"), work, _("The note is kept."), lambda _one: self._kept(thing), CHANGES)

    def _kept(self, thing: int) -> None:
        # Only what is in the book is taken out of the field.
        self._begun.pop(thing, None)
        if self.thing == thing:
            self.enter()
            self.field.setFocus()

    def tick(self) -> None:
        one = self._chosen()
        if one is None:
            return
        book, actor, today = self.desk.book, self.desk.actor, self.desk.today()
        if one.done_on is None:
            write(
                self.desk,
                _("Ticking off"),
                lambda: tick_off(book, one.id, on=today, actor=actor),
                _("Ticked off."),
                changed=CHANGES,
            )
        else:
            write(
                self.desk,
                _("Opening again"),
                lambda: open_again(book, one.id, actor=actor),
                _("It is to be done again."),
                changed=CHANGES,
            )

    def edit(self) -> None:
        one = self._chosen()
        if one is None:
            return
        fields = [
            Field("text", _("Note"), "lines", required=True),
            Field("due_on", _("Follow up on"), "date", span=3, hint=_("No day")),
            Field("owner_id", _("Whose it is"), "choice", span=3, choices=[(None, _("Nobody’s")), *self._people]),
        ]
        form = Form([Section("", fields)], self.shell.theme)
        form.put({"text": one.text, "due_on": one.due_on, "owner_id": one.owner_id})
        book, actor = self.desk.book, self.desk.actor

        def save(values: dict[str, object]) -> Job:
            return writing(
                self.desk, _("Changing the note"), lambda: change_note(book, one.id, values, actor=actor), CHANGES
            )

        dialog = FormDialog(self.shell, _("Change the note"), form, _("Save"), save, self)
        dialog.saved.connect(lambda written: tell(self.desk, _("The note is changed."), written, CHANGES))
        dialog.open()

    def delete(self) -> None:
        one = self._chosen()
        if one is not None:
            book, actor = self.desk.book, self.desk.actor
            act = partial(delete_note, book, one.id, actor=actor)
            write(self.desk, _("Deleting the note"), act, _("The note is deleted."), changed=CHANGES)

    # What is chosen

    def _chosen(self) -> NoteRow | None:
        return self._found.get(self.list.chosen or 0)

    def _owner(self) -> object:
        try:
            return self.owner.value()
        except UserError:
            return None

    def _written(self) -> bool:
        return self.thing is not None and bool(self.field.toPlainText().strip())

    def _tick_text(self) -> str:
        one = self._chosen()
        return _("Not done yet") if one is not None and one.done_on is not None else _("Tick off")

    def _complain(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))


def _entry(one: NoteRow, today: date) -> Entry:
    lines = [_("{moment} by {person}").format(moment=moment_text(one.at), person=one.author)]
    if one.due_on is not None:
        day = date_text(one.due_on)
        due = _("Due on {day}, {person}") if one.owner else _("Due on {day}")
        lines.append(due.format(day=day, person=one.owner))
    state = ""
    if one.done_on is not None:
        state = "done"
    elif one.due_on is not None:
        state = "late" if one.due_on < today else "planned"
    return Entry(one.id, one.text, "\n".join(lines), tag=state, quiet=one.done_on is not None)
