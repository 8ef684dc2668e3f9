"""Today: all that needs a person, the most urgent first, each with its one action; and what comes when nothing does."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection

from db.engine import Book
from desktop.i18n import date_text, ngettext, number_text
from desktop.services.book_settings import keep_setting
from desktop.services.changes import change
from desktop.services.coming_run import ComingRun
from desktop.services.exchange import ExchangeRates
from desktop.services.today.bank import bank_lines, missing_statements
from desktop.services.today.book import backup, tidying
from desktop.services.today.closing import months_open
from desktop.services.today.configuration import proposed_changes
from desktop.services.today.contracts import endings, orders, prices
from desktop.services.today.delivery import accounts, outgoing, undelivered
from desktop.services.today.figures import crossed_targets
from desktop.services.today.item import Item, Look, Source, Target, Urgency
from desktop.services.today.money import disputes, overdue, unmatched
from desktop.services.today.notes import follow_ups
from desktop.services.today.promises import broken_promises
from desktop.services.today.registering import unregistered
from desktop.services.today.reminding import disputes_due, reminders, to_escalate
from desktop.services.today.runs import due_run, exceptions, unfinished
from desktop.services.today.schedules import by_the_clock
from desktop.services.today.work import milestones, unbilled

__all__ = [
    "SLOW",
    "SOURCES",
    "ComingRun",
    "Item",
    "Source",
    "Target",
    "Today",
    "Urgency",
    "pressing_items",
    "snooze",
    "today",
]

# Where items come from; each is a function of what the book says now, so that an item goes away when it is done.
SOURCES: Final[tuple[Source, ...]] = (
    unfinished,
    exceptions,
    by_the_clock,
    proposed_changes,
    unregistered,
    undelivered,
    accounts,
    outgoing,
    bank_lines,
    unmatched,
    missing_statements,
    disputes_due,
    disputes,
    broken_promises,
    overdue,
    to_escalate,
    follow_ups,
    milestones,
    unbilled,
    endings,
    orders,
    prices,
    months_open,
    backup,
)
# Those that look at the whole book, for whom nobody should wait; the most pressing first.
SLOW: Final[tuple[Source, ...]] = (due_run, reminders, crossed_targets, tidying)

# What a person does not want to see before a day: {key of the item: day}.
_SETTING: Final = "today.snoozed"


@dataclass(frozen=True, slots=True)
class Today:
    """`items` in order; `snoozed` are left out until their day. `coming` is the next run that is foreseen, if any."""

    items: tuple[Item, ...]
    snoozed: int
    coming: ComingRun | None


def today(book: Book, day: date, now: str, *, sources: Collection[Source] = SOURCES + SLOW) -> Today:
    """What needs a person on a day, at a moment (UTC text); what comes next only where the run is asked for."""
    with book.reading() as session:
        connection = session.connection()
        look = Look(connection, day, now, ExchangeRates(connection))
        found = [item for source in sources for item in source(look)]
        waiting = _snoozed(connection)
        coming = look.coming if due_run in sources else None
    shown = [item for item in found if waiting.get(item.key, day) <= day]
    return Today(tuple(sorted(shown, key=lambda item: item.order)), len(found) - len(shown), coming)


def pressing_items(book: Book, day: date, now: str) -> int:
    """How many things are late or for today."""
    found = today(book, day, now).items
    return sum(item.urgency <= Urgency.TODAY for item in found)


def snooze(book: Book, items: Collection[Item], until: date, *, actor: str) -> None:
    """Leave items out until a day; one whose figures change before that comes back at once."""
    count = len(items)
    said = ngettext("Leave {count} thing for {day}", "Leave {count} things for {day}", count)
    with change(book, actor, said.format(count=number_text(count), day=date_text(until))) as made:
        # What has come up again needs no entry any more.
        known = {key: day for key, day in _snoozed(made.connection).items() if day.isoformat() > made.at[:10]}
        known |= {item.key: until for item in items}
        keep_setting(made, _SETTING, {key: day.isoformat() for key, day in known.items()})


def _snoozed(connection: Connection) -> dict[str, date]:
    row = connection.exec_driver_sql("SELECT value FROM setting WHERE key = ?", (_SETTING,)).fetchone()
    return {key: date.fromisoformat(day) for key, day in json.loads(row[0]).items()} if row else {}
