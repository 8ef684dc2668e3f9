"""Proposes changes of the configuration instead of making them, and takes proposals back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import Connection

from db.engine import Book
from db.schema import ConfigurationChange
from desktop.domain.configuration import OPEN_STATES, area_of, changes_text, own_day
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.services.changes import change
from desktop.services.configuration.capturing import captured
from desktop.services.configuration.standing import row_named, state_word
from desktop.services.problems import Problems


def propose(
    book: Book, act: Callable[[], object], *, summary: str, reason: str, from_day: date, actor: str, today: date
) -> str:
    """Propose what `act` would write to the book, to count from a day; the number of the proposal.

    Prices and rates that carry their own day count from that one, and stand in the book once they are accepted. Raises
    ValidationError for a day gone by, what `act` raises, and UserError where it changes what is no configuration.
    """
    changes = captured(book, act)
    dated = own_day(changes)
    problems = Problems()
    if dated is None and from_day < today:
        problems.add(
            "from_day",
            _("{day} has passed: a change can count from today on at the earliest.").format(day=date_text(from_day)),
        )
    problems.raise_any()
    with change(book, actor, _("Propose a change")) as made:
        number = _next_number(made.session.connection(), today.year)
        made.insert(
            ConfigurationChange,
            number=number,
            subject=area_of(one.table for one in changes),
            summary=summary,
            reason=reason.strip(),
            from_day=dated or from_day,
            changes=changes_text(changes),
            state="proposed",
            proposed_by=made.actor,
            proposed_at=made.at,
        )
        made.summary = _("Propose {number}: {summary}").format(number=number, summary=summary)
    return number


def _next_number(connection: Connection, year: int) -> str:
    prefix = f"C-{year}-"
    (last,) = connection.exec_driver_sql(
        "SELECT coalesce(max(CAST(substr(number, ?) AS INTEGER)), 0) FROM configuration_change WHERE number LIKE ?",
        (len(prefix) + 1, f"{prefix}%"),
    ).one()
    return f"{prefix}{int(last) + 1:04d}"


def withdraw(book: Book, number: str, *, actor: str) -> None:
    """Take back what was proposed, or accepted for a day to come. UserError where it is neither."""
    with change(book, actor, _("Withdraw a change")) as made:
        row = row_named(made.session, number)
        refuse_decided(row)
        made.update(ConfigurationChange, row.id, state="withdrawn", decided_by=made.actor, decided_at=made.at)
        made.summary = _("Withdraw {number}: {summary}").format(number=row.number, summary=row.summary)


def refuse_decided(row: ConfigurationChange, *states: str) -> None:
    """UserError unless the change is in one of the states, by default one that still waits."""
    if row.state not in (states or OPEN_STATES):
        raise UserError(
            _("{number} is {state} already.").format(number=row.number, state=state_word(row.state)),
            _("Propose the change anew, or roll it back if it is in force."),
        )
