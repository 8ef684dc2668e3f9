"""Undo and Redo of a window: what each would do stands in the menu, and is asked anew after every write."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject

from desktop.i18n import _
from desktop.jobs import Job, Lane
from desktop.services.changes import undo
from desktop.services.undo_steps import Step, Steps, steps
from desktop.ui.actions import Action, Actions
from desktop.ui.desk import Desk

# A sentence that names several clients would make the menu as wide as the window.
_MOST_LETTERS = 48
# Whatever was changed may stand on any page.
EVERYTHING = frozenset({"runs", "invoices", "payments", "clients", "agreements", "billables", "firm", "outbox"})


class UndoSteps(QObject):
    """Declares Undo, Redo and the list of changes, and keeps their texts true."""

    def __init__(self, desk: Desk, acts: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._acts = acts
        self._steps = Steps()
        self._asking: Job | None = None
        self._ask_again = False
        desk.shell.jobs.changed.connect(self._hear)
        self.ask()

    def offers(self, show_list: object) -> Iterable[Action]:
        """The actions; `show_list` opens the list of changes."""
        assert callable(show_list)
        return [
            Action("edit.undo", self._undo_text, self.undo, "undo", "Ctrl+Z", lambda: self._steps.undo is not None),
            Action("edit.redo", self._redo_text, self.redo, "", "Ctrl+Shift+Z", lambda: self._steps.redo is not None),
            Action("edit.changes", _("Changes…"), show_list, shortcut="Ctrl+H"),
        ]

    def ask(self) -> None:
        """Ask the book what comes next; one question at a time, and the last change counts."""
        if self._asking is not None:
            self._ask_again = True
            return
        book = self._desk.book
        self._asking = self._desk.shell.jobs.ask(lambda: steps(book), self._take)
        self._asking.ended.connect(self._asked)

    def _hear(self, _changes: object) -> None:
        self.ask()

    def _asked(self, _job: object) -> None:
        self._asking = None
        if self._ask_again:
            self._ask_again = False
            self.ask()

    def _take(self, found: object) -> None:
        assert isinstance(found, Steps)
        self._steps = found
        if "edit.undo" in self._acts:
            self._acts.refresh()

    def _undo_text(self) -> str:
        step = self._steps.undo
        return _("Undo") if step is None else _("Undo “{what}”").format(what=_shortened(step.summary))

    def _redo_text(self) -> str:
        step = self._steps.redo
        return _("Redo") if step is None else _("Redo “{what}”").format(what=_shortened(step.summary))

    def undo(self) -> None:
        """Take back what the menu names."""
        step = self._steps.undo
        if step is not None:
            self._walk(step, _("Undoing"), _("Undone: {what}"), (_("Redo"), self.redo))

    def redo(self) -> None:
        """Do again what the menu names."""
        step = self._steps.redo
        if step is not None:
            self._walk(step, _("Doing again"), _("Done again: {what}"), (_("Undo"), self.undo))

    def _walk(self, step: Step, title: str, said: str, way_back: tuple[str, object]) -> None:
        book, actor, notices = self._desk.book, self._desk.actor, self._desk.shell.notices
        word, act = way_back
        assert callable(act)
        self._desk.shell.jobs.start(
            Job(title, lambda _report: undo(book, actor, step.id), EVERYTHING, lane=Lane.HAND, quiet=True),
            lambda _summary: notices.say(said.format(what=step.summary), offers=[(word, act)]),
        )


def _shortened(sentence: str) -> str:
    return sentence if len(sentence) <= _MOST_LETTERS else f"{sentence[:_MOST_LETTERS].rstrip()}…"
