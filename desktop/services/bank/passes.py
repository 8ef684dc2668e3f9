"""Passes over bank lines and decisions by hand: what each booked, and whether it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from db.engine import Book
from db.schema import Reconciliation
from desktop.domain.matching.facts import Explanation
from desktop.domain.wording import Said
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.change_sets import Change


@dataclass(frozen=True, slots=True)
class Matched:
    """A line that a pass booked, or would book, or has a suggestion for. Amounts are minor units.

    `state` is booked, sure (of a preview) or suggested. `invoices` are (name of the open item, amount); `amount` is the
    line's, signed. `score` is a fraction times 10**6.
    """

    line_id: int
    booked_on: date
    party: str
    text: str
    amount: int
    currency: str
    state: str
    kind: str
    invoices: tuple[tuple[str, int], ...]
    invoice_currency: str
    client_id: int | None
    score: int
    reasons: tuple[Said, ...]
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Parked:
    """A line that should have booked itself and could not, with why; it waits, and the others went on."""

    line_id: int
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class PassResult:
    """What a pass did. `lines` were looked at: matched ones booked themselves, suggested ones have an explanation that
    a person should look at, unmatched ones none, parked ones failed. `number` is empty where nothing was booked.
    """

    reconciliation_id: int | None
    number: str
    lines: int
    matched: int
    suggested: int
    unmatched: int
    matches: tuple[Matched, ...] = ()
    parked: tuple[Parked, ...] = ()


@dataclass(frozen=True, slots=True)
class Pass:
    """A reconciliation in the list: `origin` is pass, hand or schedule, times are UTC text.

    `standing` is how many of its lines are still booked by it.
    """

    id: int
    number: str
    origin: str
    at: str
    actor: str
    lines: int
    booked: int
    standing: int
    undone_at: str | None
    undone_by: str | None


def passes(book: Book, limit: int = 200) -> list[Pass]:
    """The latest first."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            """SELECT r.id, r.number, r.origin, r.at, r.actor, r.lines, r.booked,
              CASE WHEN r.undone_at IS NULL THEN (SELECT count(DISTINCT m.line_id) FROM bank_match m
                WHERE m.reconciliation_id = r.id AND m.undone_at IS NULL) ELSE 0 END, r.undone_at, r.undone_by
            FROM reconciliation r ORDER BY r.id DESC LIMIT ?""",
            (limit,),
        )
        return [Pass(*row) for row in rows]


def pass_numbered(book: Book, number: str) -> Pass:
    """UserError where there is none of this number."""
    wanted = number.strip().upper()
    found = next((one for one in passes(book, -1) if one.number == wanted), None)
    if found is None:
        raise UserError(
            _("There is no pass {number}.").format(number=number), _("See the list: sheaf bank BOOK passes")
        )
    return found


def begin(made: Change, origin: str, today: date) -> tuple[int, str]:
    """A new reconciliation: its id, and its number such as B-2026-0001."""
    number = _next_number(made.connection, today.year)
    key = made.insert(Reconciliation, number=number, origin=origin, at=made.at, actor=made.actor)
    return key, number


def _next_number(connection: Connection, year: int) -> str:
    last = connection.exec_driver_sql(
        "SELECT number FROM reconciliation WHERE +number GLOB ? ORDER BY id DESC LIMIT 1", (f"B-{year}-*",)
    ).scalar()
    return f"B-{year}-{(int(last.rsplit('-', 1)[1]) if last else 0) + 1:04}"
