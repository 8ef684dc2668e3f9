"""Begins a reminder run: asks as of which day and for whom, or goes on with the one that waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from PySide6.QtWidgets import QWidget

from db.engine import Book
from desktop.i18n import _
from desktop.jobs import Job
from desktop.services.dunning.planning import Plan, plan_run
from desktop.services.dunning.policies import policy
from desktop.services.dunning.runs import unsent_run
from desktop.services.segments import segments
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section

REMINDERS: Final = frozenset({"reminders"})

_EVERYONE: Final = 0


def begin_reminders(desk: Desk, parent: QWidget, opened: Callable[[int], object]) -> None:
    """Hand over the id of the run that waits, or ask, plan in the background, and hand over the new one's."""
    book = desk.book
    desk.shell.jobs.ask(lambda: _known(book), lambda found: _begin(desk, parent, opened, found))


def _known(book: Book) -> tuple[int, list[tuple[int, str]], bool]:
    """The run that waits (0 for none), the segments, and whether any of them asks for bank statements."""
    waiting = unsent_run(book)
    some = [(int(one["id"]), str(one["name"])) for one in segments(book)]
    asked = [policy(book, key).statements_within for key in (None, *(key for key, _name in some))]
    return waiting.id if waiting else 0, some, any(one is not None for one in asked)


def _begin(desk: Desk, parent: QWidget, opened: Callable[[int], object], found: object) -> None:
    assert isinstance(found, tuple)
    waiting, some, asks_statements = found
    if waiting:
        opened(waiting)
        return
    fields = [
        Field(
            "as_of",
            _("As of"),
            "date",
            required=True,
            span=3,
            note=_("Days late are counted to this day, and the letters bear it."),
        ),
        Field("segment", _("For"), "choice", span=3, choices=[(_EVERYONE, _("Everyone")), *some]),
    ]
    if asks_statements:
        fields.append(
            Field(
                "override",
                _("If bank statements are missing: why it goes without them"),
                note=_("The reason is kept with the run. Without one, the run waits for the statements."),
            )
        )
    form = Form([Section("", fields)], desk.shell.theme)
    form.put({"as_of": desk.today(), "segment": _EVERYONE})
    book, actor = desk.book, desk.actor

    def save(values: dict[str, object]) -> Job:
        day, segment = values["as_of"], values["segment"]
        assert isinstance(day, date)
        why = str(values.get("override") or "")
        chosen = segment if isinstance(segment, int) and segment != _EVERYONE else None
        return Job(
            _("Planning the reminders"),
            lambda _report: plan_run(book, as_of=day, actor=actor, override=why, segment_id=chosen),
            REMINDERS,
        )

    dialog = FormDialog(desk.shell, _("New reminder run"), form, _("Plan the reminders"), save, parent)
    dialog.saved.connect(lambda plan: _planned(desk, opened, plan))
    dialog.open()


def _planned(desk: Desk, opened: Callable[[int], object], plan: object) -> None:
    assert isinstance(plan, Plan)
    if plan.run_id:
        opened(plan.run_id)
        return
    desk.shell.notices.say(
        _("Nobody is to be reminded."),
        _("Nothing that is open has reached a level that it was not reminded at. The levels stand in the settings."),
        tone="note",
    )
