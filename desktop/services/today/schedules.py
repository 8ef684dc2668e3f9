"""What came of work by the clock, until somebody has looked at it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from desktop.i18n import _, date_text, ngettext, number_text, time_text
from desktop.saying import told
from desktop.services.schedules.due import uncalled
from desktop.services.schedules.keeping import Schedule
from desktop.services.schedules.results import Result, unseen
from desktop.services.schedules.turn import under_way
from desktop.services.today.item import Item, Look, Target, Urgency

KIND: Final = "schedule"

_SECTION: Final = frozenset({"section:schedules"})
# A run that stands still is told by the run itself.
_STANDING: Final = ("planning", "issuing")


def by_the_clock(look: Look) -> Iterator[Item]:
    """Of each schedule the latest that failed or was put off, and else the latest that was done; a run that waits tells
    of itself. And what nobody called for: an entry of the system that is gone says nothing by itself."""
    found = sorted(unseen(look.connection), key=lambda one: one.schedule_id)
    put_off = {one.schedule_id for one in found if one.state == "put_off"}
    now = datetime.combine(look.today, datetime.fromisoformat(look.now).astimezone().time())
    for schedule, due in uncalled(look.connection, now):
        if schedule.id not in put_off:
            yield _uncalled(schedule, due)
    for _schedule, group in groupby(found, key=lambda one: one.schedule_id):
        yield from _of_one(list(group))


def result_of(item: Item) -> int | None:
    """The result that an item tells, which is seen once the item is taken up."""
    kind, _colon, key = item.key.partition(":")
    return int(key) if kind == KIND else None


def left_to_a_person(look: Look) -> dict[int, str]:
    """Why runs wait that were planned by the clock: sentences by run."""
    rows = look.connection.exec_driver_sql(
        """SELECT s.run_id, s.said FROM schedule_result s JOIN run r ON r.id = s.run_id
        WHERE s.state = 'waits' AND r.state = 'review' ORDER BY s.id"""
    )
    return {int(row[0]): told(row[1]) for row in rows}


def _of_one(rows: Sequence[Result]) -> Iterator[Item]:
    """`rows` are of one schedule, the latest first."""
    missed = sum(one.state == "missed" for one in rows)
    bad = next((one for one in rows if one.state in ("failed", "put_off")), None)
    told_of = bad or next((one for one in rows if one.state == "done"), None)
    if told_of is not None:
        yield _item(told_of, missed)
    elif rows[0].state == "missed":
        # What came after it has made up for it, however that stands.
        yield _item(rows[0], missed - 1)
    cut_off = next((one for one in rows if one.state == "running" and one.run_state not in _STANDING), None)
    if cut_off is not None and not under_way():
        yield _cut_off(cut_off)


def _item(one: Result, missed: int) -> Item:
    sentence = {
        "failed": _("“{schedule}” of {day} failed"),
        "put_off": _("“{schedule}” of {day} is put off"),
        "done": _("“{schedule}” of {day} is done"),
        "missed": _("“{schedule}” of {day} was missed"),
    }[one.state]
    why = [one.said or _("Nobody called Sheaf at this time.")]
    if missed:
        words = ngettext("{count} earlier time was missed.", "{count} earlier times were missed.", missed)
        why.append(words.format(count=number_text(missed)))
    urgency = {"done": Urgency.LATER, "missed": Urgency.TODAY}.get(one.state, Urgency.LATE)
    return Item(
        KIND if one.state in ("done", "missed") else "schedule_failed",
        f"{KIND}:{one.id}",
        urgency,
        sentence.format(schedule=one.schedule, day=date_text(one.due.date())),
        " ".join(why),
        _("Look at it"),
        Target("settings", filters=_SECTION) if one.run_id is None else Target("runs", one.run_id, opens=True),
        weight=90 if one.state in ("done", "missed") else 6,
    )


def _uncalled(schedule: Schedule, due: datetime) -> Item:
    return Item(
        "schedule_failed",
        f"schedule_uncalled:{schedule.id}",
        Urgency.LATE,
        _("“{schedule}” of {day} was not begun").format(schedule=schedule.name, day=date_text(due.date())),
        _("It was due at {time}, and nobody has called Sheaf since. “Do what is due” makes up for it.").format(
            time=time_text(due.time())
        )
        if schedule.catch_up
        else _("It was due at {time}, and nobody has called Sheaf since.").format(time=time_text(due.time())),
        _("Look at it"),
        Target("settings", filters=_SECTION),
        weight=6,
    )


def _cut_off(one: Result) -> Item:
    return Item(
        "schedule_cut_off",
        f"schedule_cut_off:{one.id}",
        Urgency.LATE,
        _("“{schedule}” of {day} was interrupted").format(schedule=one.schedule, day=date_text(one.due.date())),
        _("What it did until then stands. It goes on when Sheaf is called the next time, or now."),
        _("Go on"),
        Target("settings", filters=_SECTION),
        weight=5,
    )
