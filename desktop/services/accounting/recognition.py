"""Books what was earned of issued documents, month by month; doing it again books only what is new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.recognition import Part, Span, joined, parts
from desktop.errors import UserError
from desktop.i18n import _, date_text, ngettext
from desktop.services.accounting.closing import closed_error, closed_through, first_open
from desktop.services.accounting.deferrals import ACCRUED, DEFERRED, holder
from desktop.services.changes import change

KIND: Final = "recognition"
_REVENUE: Final = "revenue"

_SCHEDULES: Final = """
SELECT s.id, s.invoice_id, i.number, i.client_id, c.name client, l.description, s.method, s.start, s."end" ends,
  m.done_on, i.issue_date, s.currency, s.amount, s.firm_amount, l.category, l.rate, coalesce(r.amount, 0) taken,
  coalesce(r.firm_amount, 0) firm_taken
FROM recognition_schedule s JOIN invoice i ON i.id = s.invoice_id JOIN invoice_line l ON l.id = s.invoice_line_id
JOIN client c ON c.id = i.client_id LEFT JOIN milestone m ON m.id = s.milestone_id
LEFT JOIN (SELECT e.schedule_id, -sum(p.amount) amount, -sum(p.firm_amount) firm_amount FROM journal_entry e
  JOIN posting p ON p.entry_id = e.id AND p.role = 'revenue' WHERE e.schedule_id IS NOT NULL GROUP BY e.schedule_id) r
  ON r.schedule_id = s.id
WHERE s.start <= ? AND (coalesce(r.amount, 0) <> s.amount OR coalesce(r.firm_amount, 0) <> coalesce(s.firm_amount, 0)
  OR s."end" IS NULL)
ORDER BY i.issue_date, s.id"""


@dataclass(frozen=True, slots=True)
class Earned:
    """An entry of earned revenue: `amount` of the service from `start` until the day before `until`, on `booked_on`.

    Minor units, of `currency` and of the firm's; negative where a credit note takes back. `catches_up` says that its
    month is closed and the first open day took it, `before` that the service ran before its document.
    """

    schedule_id: int
    invoice_id: int
    number: str
    client_id: int
    client: str
    text: str
    booked_on: date
    start: date
    until: date
    currency: str
    amount: int
    firm_amount: int | None
    catches_up: bool
    before: bool


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was booked, or would be: the entries and their sums by currency, minor units."""

    through: date
    entries: tuple[Earned, ...]
    totals: dict[str, int]


def recognise(book: Book, *, through: date, actor: str, today: date, preview: bool = False) -> Recognised:
    """Book what is earned through a day that is not to come, and not booked yet.

    Each month's revenue is booked on its last day, on the first open day where the month is closed; what was served
    before its document in a month still open waits in accrued revenue until the document's day.
    UserError for a day to come and for a closed one.
    """
    if through > today:
        raise UserError(
            _("{day} is still to come, and revenue is earned only as its days pass.").format(day=date_text(through)),
            _("Take {today} or the end of an earlier month.").format(today=date_text(today)),
        )
    if preview:
        with book.reading() as session:
            found, _rows = _plan(session.connection(), through)
        return found
    with change(book, actor, "", undoable=False) as made:
        closed = closed_through(made.connection)
        if closed is not None and through <= closed:
            raise closed_error(closed, through)
        found, rows = _plan(made.connection, through)
        made.summary = ngettext(
            "Recognise revenue through {day}: {count} entry",
            "Recognise revenue through {day}: {count} entries",
            len(found.entries),
        ).format(day=date_text(through), count=len(found.entries))
        if rows:
            _write(made.connection, rows)
            made.record(
                "recognition_schedule",
                None,
                "recognise",
                None,
                {"through": through, "entries": len(rows), "totals": found.totals},
            )
    return found


def to_recognise(connection: Connection, through: date) -> int:
    """How many entries `recognise` would make."""
    return len(_plan(connection, through)[0].entries)


# (booked on, schedule, debit, credit, what of which days)
_Entry = tuple[date, Any, str, str, Part]


def _plan(connection: Connection, through: date) -> tuple[Recognised, list[_Entry]]:
    closed = closed_through(connection)
    told: list[Earned] = []
    entries: list[_Entry] = []
    totals: dict[str, int] = {}
    for row in connection.exec_driver_sql(_SCHEDULES, (through.isoformat(),)):
        for entry in _of_schedule(row, through, closed):
            entries.append(entry)
            if entry[3] != _REVENUE:
                continue
            day, _row, debit, _credit, part = entry
            totals[row.currency] = totals.get(row.currency, 0) + part.amount
            told.append(
                Earned(
                    schedule_id=row.id,
                    invoice_id=row.invoice_id,
                    number=row.number,
                    client_id=row.client_id,
                    client=row.client,
                    text=row.description,
                    booked_on=day,
                    start=part.start,
                    until=part.until,
                    currency=row.currency,
                    amount=part.amount,
                    firm_amount=part.firm_amount,
                    catches_up=day > part.day,
                    before=debit == ACCRUED,
                )
            )
    return Recognised(through, tuple(told), totals), entries


def span_of(row: Any) -> Span:
    """The span of a row with method, start, ends, done_on, amount and firm_amount."""
    done = date.fromordinal(date.fromisoformat(row.done_on).toordinal() + 1) if row.done_on else None
    end = date.fromisoformat(row.ends) if row.ends else None
    return Span(row.method, date.fromisoformat(row.start), end, row.amount, row.firm_amount, done)


def _of_schedule(row: Any, through: date, closed: date | None) -> list[_Entry]:
    span = span_of(row)
    issued = date.fromisoformat(row.issue_date)
    held = holder(span.end, issued)
    by_day: dict[tuple[date, str], list[Part]] = {}
    for part in parts(span, through, (row.taken, row.firm_taken)):
        day, debit = part.day, held
        if closed is not None and day <= closed:
            day = max(first_open(closed, day), issued)
            if day > through:
                continue
        elif day < issued:
            debit = ACCRUED
        by_day.setdefault((day, debit), []).append(part)
    found: list[_Entry] = []
    ahead: list[Part] = []
    for (day, debit), months in by_day.items():
        whole = joined(months)
        found.append((day, row, debit, _REVENUE, whole))
        if debit != held:
            ahead.append(whole)
    if ahead:
        # On the document's day what it deferred meets what was earned before it.
        found.append((issued, row, DEFERRED, ACCRUED, joined(ahead)))
    return found


def _write(connection: Connection, entries: Iterable[_Entry]) -> None:
    (last,) = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM journal_entry").one()
    heads: list[tuple[Any, ...]] = []
    sides: list[tuple[Any, ...]] = []
    for key, (day, row, debit, credit, part) in enumerate(entries, last + 1):
        heads.append((key, KIND, day.isoformat(), row.id))
        span = (row.category, row.rate, part.start.isoformat(), part.until.isoformat())
        firm = part.firm_amount
        sides.append((key, debit, row.client_id, row.currency, part.amount, firm, *span))
        back = None if firm is None else -firm
        sides.append((key, credit, row.client_id, row.currency, -part.amount, back, *span))
    connection.exec_driver_sql(
        "INSERT INTO journal_entry (id, kind, booked_on, schedule_id) VALUES (?, ?, ?, ?)", heads
    )
    connection.exec_driver_sql(
        "INSERT INTO posting (entry_id, role, client_id, currency, amount, firm_amount, category, rate, period_start,"
        " period_end) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        sides,
    )
