"""The form of a schedule."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from PySide6.QtWidgets import QWidget

from db.engine import Book
from desktop.domain.schedule import THIS_MONTH, THROUGH, Times
from desktop.errors import UserError
from desktop.i18n import _, number_text, weekday_text
from desktop.services.schedules.cautions import cautions
from desktop.services.schedules.installing import renew
from desktop.services.schedules.keeping import Schedule, save_schedule, schedules
from desktop.services.schedules.tasks import TASKS
from desktop.services.schedules.words import task_title, through_text
from desktop.services.segments import segments
from desktop.ui.desk import Desk
from desktop.ui.editors import Choice
from desktop.ui.form import Field, Form, Section
from desktop.ui.settings.asking import ask

log = logging.getLogger(__name__)

Given = TypeVar("Given")

_LAST_DAY = 31
_OF_A_RUN = ("through", "most_documents", "most_amount")


def renewed(book: Book, act: Callable[[], Given]) -> Callable[[], Given]:
    """The write, and then the system's entry in line with it; where that fails, the page says that it does not fit."""

    def work() -> Given:
        made = act()
        try:
            renew(book)
        except (UserError, OSError):
            log.warning("The system's schedule could not be renewed", exc_info=True)
        return made

    return work


def ask_schedule(
    desk: Desk, parent: QWidget, one: Schedule | None, now: datetime, then: Callable[[int], object]
) -> None:
    """Ask for a new schedule, or for what changes in this one."""
    book = desk.book
    desk.shell.jobs.ask(lambda: segments(book), lambda found: _open(desk, parent, one, now, then, found))


def _open(
    desk: Desk, parent: QWidget, one: Schedule | None, now: datetime, then: Callable[[int], object], found: object
) -> None:
    assert isinstance(found, list)
    of_segments: list[Choice] = [(None, _("Everyone")), *((row["id"], row["name"]) for row in found)]
    home, book, actor = desk.shell.home_currency, desk.book, desk.actor
    form = Form(
        [
            Section(
                "",
                [
                    Field("name", _("Name"), required=True, span=3),
                    Field("task", _("What is done"), "choice", True, 3, [(task, task_title(task)) for task in TASKS]),
                    Field("on", _("On"), "choice", required=True, span=4, choices=_days()),
                    Field("at", _("At"), required=True, span=2, hint=_("such as 06:30")),
                    Field("segment_id", _("For"), "choice", span=6, choices=of_segments),
                    Field(
                        "folder",
                        _("Takes statements in from this folder"),
                        span=6,
                        hint=_("No folder: only the lines that wait already"),
                    ),
                    Field(
                        "catch_up",
                        _("Make up once for times at which this computer was off"),
                        "check",
                    ),
                ],
            ),
            Section(
                _("A run"),
                [
                    Field(
                        "through",
                        _("Bills through"),
                        "choice",
                        choices=[(rule, through_text(rule)) for rule in THROUGH],
                    ),
                    Field(
                        "most_documents",
                        _("Waits for you above so many documents"),
                        "whole",
                        span=3,
                        hint=_("No limit"),
                    ),
                    Field(
                        "most_amount",
                        _("Waits for you above this amount"),
                        "money",
                        span=3,
                        currency=home,
                        hint=_("No limit"),
                    ),
                ],
            ),
        ],
        desk.shell.theme,
    )

    def follow_task() -> None:
        task = TASKS.get(str(form.read("task")))
        for key in _OF_A_RUN:
            form.editor(key).setEnabled(task is None or task.limited)
        form.editor("folder").setEnabled(task is not None and task.from_folder)
        form.editor("segment_id").setEnabled(task is None or task.by_segment)

    form.changed.connect(follow_task)
    key = None if one is None else one.id

    def work(typed: dict[str, object]) -> int:
        every, _colon, number = str(typed.pop("on")).partition(":")
        values = typed | {
            "every": every,
            "weekday": int(number) if every == "week" else None,
            "day": int(number) if every == "month" else None,
        }
        return renewed(book, lambda: save_schedule(book, values, actor=actor, now=now, schedule_id=key))()

    def lacking(written: int) -> list[str]:
        return [said for one in schedules(book) if one.id == written for said in cautions(book, one.task)]

    def saved(written: int) -> None:
        then(written)
        desk.shell.jobs.ask(lambda: lacking(written), lambda found: _warn(desk, found))

    ask(
        desk,
        parent,
        _("New schedule") if one is None else _("Edit the schedule"),
        form,
        _values(one),
        _("Save"),
        work,
        _("Schedule saved."),
        saved,
    )
    follow_task()


def _warn(desk: Desk, found: object) -> None:
    assert isinstance(found, list)
    if found:
        desk.shell.notices.say(_("The schedule is saved, but it lacks something."), " ".join(found), tone="held")


def _values(one: Schedule | None) -> dict[str, object]:
    if one is None:
        return {
            "name": "",
            "task": next(iter(TASKS)),
            "on": f"month:{_LAST_DAY}",
            "at": "06:00",
            "segment_id": None,
            "folder": "",
            "catch_up": True,
            "through": THIS_MONTH,
        }
    return {
        "name": one.name,
        "task": one.task,
        "on": _day(one.times),
        "at": one.times.at.strftime("%H:%M"),
        "segment_id": one.segment_id,
        "folder": one.folder,
        "catch_up": one.catch_up,
        "through": one.through,
        "most_documents": one.most_documents,
        "most_amount": one.most_amount,
    }


def _days() -> list[Choice]:
    """Every day on which a schedule may be, by what `_day` calls it."""
    found: list[Choice] = [("day", _("every day"))]
    found += [(f"week:{day}", _("every {weekday}").format(weekday=weekday_text(day))) for day in range(7)]
    found.append((f"month:{_LAST_DAY}", _("the last day of each month")))
    found += [
        (f"month:{day}", _("day {day} of each month").format(day=number_text(day))) for day in range(1, _LAST_DAY)
    ]
    return found


def _day(times: Times) -> str:
    if times.every == "day":
        return "day"
    return f"week:{times.weekday}" if times.every == "week" else f"month:{times.day}"
