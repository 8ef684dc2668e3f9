"""What wants to be put in order before the month ends, told in one list; each goes away when it is mended."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date
from itertools import chain
from typing import Final

from sqlalchemy import Connection

from db.engine import Book, worked_out
from desktop.i18n import current_language, current_locale, date_text, ngettext, number_text
from desktop.services.book_settings import keep_setting
from desktop.services.changes import change
from desktop.services.hygiene.finding import Finding, Look, Severity, Subject
from desktop.services.hygiene.of_agreements import about_agreements
from desktop.services.hygiene.of_book import about_book
from desktop.services.hygiene.of_clients import about_clients
from desktop.services.hygiene.of_prices import about_prices
from desktop.services.hygiene.of_work import about_work

__all__ = ["Finding", "Severity", "Subject", "hygiene", "postpone", "pressing", "pressing_within"]

# What a person does not want to see until a day: {key of the finding: day}.
_SETTING: Final = "hygiene.postponed"
_ORDER: Final = {"block": 0, "hold": 1, "note": 2}


def hygiene(book: Book, today: date) -> list[Finding]:
    """Everything that wants mending, what would stop a run first. Postponed ones have the day until which they wait."""
    with book.reading() as session:
        return list(_all(session.connection(), today))


def _all(connection: Connection, today: date) -> list[Finding]:
    # They say it in words. Clean-up asks at each letter of a search, the rail and Today after each change.
    words = current_language(), current_locale()
    return worked_out(connection, ("clean-up", today, words), lambda: _look(connection, today))


def _look(connection: Connection, today: date) -> list[Finding]:
    look = Look(connection, today)
    found = list(
        chain(about_clients(look), about_prices(look), about_agreements(look), about_work(look), about_book(look))
    )
    waiting = _postponed(connection)
    dated = [one.until(waiting.get(one.key)) if waiting.get(one.key, today) > today else one for one in found]
    return sorted(dated, key=lambda one: _ORDER[one.severity])


def pressing(book: Book, today: date) -> int:
    """How many matters would stop or hold a run, those that were put off left out."""
    with book.reading() as session:
        return sum(pressing_within(session.connection(), today))


def pressing_within(connection: Connection, today: date) -> tuple[int, int]:
    """As `pressing`, of the caller's transaction: how many would stop a run, and how many hold it."""
    now = [one.severity for one in _all(connection, today) if one.postponed is None]
    return now.count("block"), now.count("hold")


def postpone(book: Book, findings: Collection[Finding], until: date | None, *, actor: str) -> None:
    """Put findings off until a day, or take them up again with None."""
    count = len(findings)
    if until is None:
        summary = ngettext("Take up {count} matter again", "Take up {count} matters again", count)
    else:
        summary = ngettext("Put off {count} matter until {day}", "Put off {count} matters until {day}", count)
    told = summary.format(count=number_text(count), day=date_text(until) if until else "")
    with change(book, actor, told) as made:
        known = _postponed(made.connection)
        for one in findings:
            known.pop(one.key, None)
            if until is not None:
                known[one.key] = until
        keep_setting(made, _SETTING, {key: day.isoformat() for key, day in known.items()})


def _postponed(connection: Connection) -> dict[str, date]:
    row = connection.exec_driver_sql("SELECT value FROM setting WHERE key = ?", (_SETTING,)).fetchone()
    return {key: date.fromisoformat(day) for key, day in json.loads(row[0]).items()} if row else {}
