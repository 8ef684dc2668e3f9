"""The schedules of a book: what is done by the clock, when, for whom, and how much of it at most."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from db.schema import Schedule as Row
from db.schema import Segment
from desktop.domain.schedule import EVERY, THROUGH, TODAY, Every, Times
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.changes import change
from desktop.services.field_checks import check_exists, check_needed, check_unique
from desktop.services.problems import Problems
from desktop.services.records import Record, column_values, found
from desktop.services.schedules.tasks import TASKS

_AT: Final = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
_NEW: Final[Record] = {
    "every": "month",
    "weekday": None,
    "day": None,
    "segment_id": None,
    "most_documents": None,
    "most_amount": None,
    "catch_up": True,
    "active": True,
}
# A schedule that changes in one of these begins anew: what it would have done before is not made up for.
_WHEN: Final = ("task", "every", "weekday", "day", "at")


@dataclass(frozen=True, slots=True)
class Schedule:
    """`since` is the local moment from which on its times count. `most_amount` is in the firm's minor units; None is
    no limit. `through` is one of THROUGH. `folder` is where files are taken from, empty for none."""

    id: int
    name: str
    task: str
    times: Times
    segment_id: int | None
    segment: str
    most_documents: int | None
    most_amount: int | None
    catch_up: bool
    active: bool
    through: str
    since: datetime
    folder: str = ""


def set_up_by(book: Book, schedule_id: int) -> str:
    """Who made a schedule or changed it last, and so answers for what it does."""
    with book.reading() as session:
        row = session.connection().exec_driver_sql(
            """SELECT actor FROM audit_event WHERE subject = 'schedule' AND subject_id = ?
            AND action IN ('insert', 'update') ORDER BY id DESC LIMIT 1""",
            (schedule_id,),
        )
        return str(row.scalar() or "")


def schedules(book: Book) -> list[Schedule]:
    """All of a book, by name."""
    with book.reading() as session:
        return schedules_within(session.connection())


def schedules_within(connection: Connection) -> list[Schedule]:
    """As `schedules`, within the caller's transaction."""
    rows = connection.exec_driver_sql(
        """SELECT s.id, s.name, s.task, s.every, s.at, s.weekday, s.day, s.segment_id, coalesce(g.name, ''),
          s.most_documents, s.most_amount, s.catch_up, s.active, s.options, s.since
        FROM schedule s LEFT JOIN segment g ON g.id = s.segment_id ORDER BY s.name, s.id"""
    ).fetchall()
    return [_schedule(row) for row in rows]


def _schedule(row: Any) -> Schedule:
    options = json.loads(row[13])
    return Schedule(
        id=row[0],
        name=row[1],
        task=row[2],
        times=Times(row[3], time.fromisoformat(row[4]), row[5], row[6]),
        segment_id=row[7],
        segment=row[8],
        most_documents=row[9],
        most_amount=row[10],
        catch_up=bool(row[11]),
        active=bool(row[12]),
        through=options.get("through", TODAY),
        since=datetime.fromisoformat(row[14]),
        folder=options.get("folder", ""),
    )


def schedule_named(book: Book, name: str) -> Schedule:
    """UserError where there is none of this name."""
    known = schedules(book)
    for one in known:
        if one.name == name.strip():
            return one
    raise UserError(
        _("There is no schedule “{name}”.").format(name=name),
        _("There are: {names}.").format(names=", ".join(one.name for one in known)) if known else _("Add it first."),
    )


def save_schedule(
    book: Book, values: Mapping[str, object], *, actor: str, now: datetime, schedule_id: int | None = None
) -> int:
    """Add a schedule, or change one. `at` is a text such as "06:30", `through` one of THROUGH, `now` the local time.

    `folder` is a path, empty for none. Raises ValidationError.
    """
    given = dict(values)
    through = given.pop("through", None)
    folder = given.pop("folder", None)
    with change(book, actor, _("Change a schedule")) as made:
        problems = Problems()
        cleaned = column_values(Row, given, problems)
        check_needed(cleaned, problems, name=_("A schedule needs a name."))
        check_unique(made.session, Row.name, cleaned, problems, _("a schedule"), schedule_id)
        check_exists(made.session, Segment, "segment_id", cleaned, problems, _("The segment"))
        row = None if schedule_id is None else found(made.session, Row, schedule_id, _("The schedule"))
        before = _NEW if row is None else {name: getattr(row, name) for name in (*_NEW, "name", "task", "at")}
        whole = before | cleaned
        if row is None and not whole.get("name"):
            problems.add("name", _("A schedule needs a name."))
        _check(whole, problems)
        options = {"through": TODAY} if row is None else json.loads(row.options)
        if through is not None:
            options["through"] = through
        if options.get("through", TODAY) not in THROUGH:
            problems.add("through", _("Choose through which day the run bills."))
        if folder is not None:
            options["folder"] = str(folder).strip()
        _check_folder(str(whole.get("task")), options, problems)
        problems.raise_any()
        whole["options"] = json.dumps(options, sort_keys=True)
        if row is None:
            made.summary = _("Add schedule {name}").format(name=whole["name"])
            return made.insert(Row, **whole, since=_moment(now))
        if any(whole[name] != before[name] for name in _WHEN) or (whole["active"] and not before["active"]):
            whole["since"] = _moment(now)
        made.summary = _("Change schedule {name}").format(name=row.name)
        made.update(Row, row.id, **whole)
        return int(row.id)


def _check_folder(task: str, options: dict[str, str], problems: Problems) -> None:
    """Drop the folder of a task that takes no files."""
    folder = options.get("folder", "")
    if task not in TASKS or not TASKS[task].from_folder:
        options.pop("folder", None)
    elif folder and not Path(folder).is_dir():
        problems.add("folder", _("There is no folder {path}.").format(path=folder))


def _moment(now: datetime) -> str:
    return now.replace(tzinfo=None).isoformat(timespec="seconds")


def _check(whole: Record, problems: Problems) -> None:
    """Say what does not hold together, and drop what means nothing beside the rest."""
    task = TASKS.get(str(whole.get("task")))
    if task is None:
        problems.add("task", _("Choose what is to be done."))
    at = _AT.fullmatch(str(whole.get("at", "")).strip())
    if at is None:
        problems.add("at", _("Write a time of the day like 06:30."))
    else:
        whole["at"] = f"{int(at[1]):02d}:{at[2]}"
    every: Every = whole["every"]
    if every not in EVERY:
        problems.add("every", _("Choose how often."))
    if every != "week":
        whole["weekday"] = None
    elif whole["weekday"] not in range(7):
        problems.add("weekday", _("Choose a day of the week."))
    if every != "month":
        whole["day"] = None
    elif whole["day"] not in range(1, 32):
        problems.add("day", _("Choose a day of the month, 1 to 31; 31 is always the last."))
    if task is not None and not task.by_segment:
        whole["segment_id"] = None
    for name in ("most_documents", "most_amount"):
        if task is not None and not task.limited:
            whole[name] = None
        elif whole[name] is not None and whole[name] < 0:
            problems.add(name, _("A limit cannot be negative."))


def pause(book: Book, schedule_id: int, *, on: bool, actor: str, now: datetime) -> None:
    """Stop a schedule, or let it go on from now; what was due while it was stopped is not made up for."""
    save_schedule(book, {"active": not on}, actor=actor, now=now, schedule_id=schedule_id)


def delete_schedule(book: Book, schedule_id: int, *, actor: str) -> None:
    """With what came of it; the runs that it made stay."""
    with change(book, actor, _("Delete a schedule")) as made:
        row: Row = found(made.session, Row, schedule_id, _("The schedule"))
        made.summary = _("Delete schedule {name}").format(name=row.name)
        made.delete(Row, schedule_id)
