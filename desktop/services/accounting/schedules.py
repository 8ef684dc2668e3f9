"""Revenue that waits: each schedule with what was earned of it, and month by month what came in and what was earned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.recognition import METHODS, earned, month_ends, next_month
from desktop.errors import UserError
from desktop.i18n import N_, _
from desktop.services.accounting.deferrals import POLICY, policy_of
from desktop.services.accounting.recognition import span_of
from desktop.services.book_settings import keep_setting
from desktop.services.changes import change

# An amount is earned of a line; a firm's choice for all its lines is one of the first three.
_WORDS: Final = {
    "issue": N_("At issue"),
    "daily": N_("Day by day"),
    "monthly": N_("Month by month"),
    "completion": N_("On completion"),
}
POLICIES: Final = METHODS[:3]

_ROWS: Final = """
SELECT s.id, s.invoice_id, i.number, i.client_id, c.code, c.name client, l.description, s.method, s.start,
  s."end" ends, m.done_on, i.issue_date, s.currency, s.amount, s.firm_amount, x.number corrects,
  coalesce((SELECT -sum(p.amount) FROM journal_entry e JOIN posting p ON p.entry_id = e.id AND p.role = 'revenue'
    WHERE e.schedule_id = s.id AND e.booked_on <= ?1), 0) taken
FROM recognition_schedule s JOIN invoice i ON i.id = s.invoice_id JOIN invoice_line l ON l.id = s.invoice_line_id
JOIN client c ON c.id = i.client_id LEFT JOIN milestone m ON m.id = s.milestone_id
LEFT JOIN recognition_schedule o ON o.id = s.corrects_id LEFT JOIN invoice x ON x.id = o.invoice_id
WHERE i.issue_date <= ?1 ORDER BY s.start DESC, s.id DESC"""
# What documents brought into deferred and accrued revenue, and what was earned out of it, by day; a credit is positive.
_MOVES: Final = """
SELECT e.booked_on, p.currency, e.kind = 'recognition', -sum(p.amount), -sum(p.firm_amount)
FROM posting p JOIN journal_entry e ON e.id = p.entry_id
WHERE p.role IN ('deferred_revenue', 'accrued_revenue') AND e.kind IN ('invoice', 'credit_note', 'recognition')
  AND e.booked_on <= ? GROUP BY 1, 2, 3 ORDER BY 1"""
_WAITING: Final = """
SELECT s.method, s.start, s."end" ends, m.done_on, s.currency, s.amount, s.firm_amount
FROM recognition_schedule s LEFT JOIN milestone m ON m.id = s.milestone_id
WHERE s."end" > ?1 OR s."end" IS NULL"""


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """A schedule, minor units of its currency; `earned` is what is booked, `due` what could be booked besides.

    `end` is the first day after; None where a milestone decides. `corrects` is the number of the invoice that it
    takes back of.
    """

    id: int
    invoice_id: int
    number: str
    client_id: int
    client_code: str
    client: str
    text: str
    method: str
    start: date
    end: date | None
    issued: date
    currency: str
    amount: int
    earned: int
    due: int
    corrects: str

    @property
    def left(self) -> int:
        return self.amount - self.earned


@dataclass(frozen=True, slots=True)
class MonthRow:
    """Deferred less accrued revenue of a month in one currency, minor units: `closing` is opening + billed - earned.

    `coming` is what of all documents will be earned in it, where it is still to come.
    """

    month: date
    currency: str
    opening: int
    billed: int
    earned: int
    closing: int
    coming: int


def method_word(method: str) -> str:
    return _(_WORDS[method])


def recognition_policy(book: Book) -> str:
    """How the firm earns what no item says otherwise of."""
    with book.reading() as session:
        return policy_of(session.connection())


def set_recognition_policy(book: Book, method: str, *, actor: str) -> None:
    """From the next document on; what is issued keeps the way in which it was deferred. UserError for no such way."""
    if method not in POLICIES:
        raise UserError(
            _("“{word}” is no way in which revenue is earned.").format(word=method),
            _("Choose one of: {names}.").format(names=", ".join(POLICIES)),
        )
    said = _("Earn revenue: {how}").format(how=method_word(method))
    with change(book, actor, said) as made:
        keep_setting(made, POLICY, None if method == POLICIES[0] else method)


def schedule_rows(book: Book, as_of: date) -> list[ScheduleRow]:
    """Every schedule of documents issued by a day, with what is earned of it by then; the latest service first."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(_ROWS, (as_of.isoformat(),)).fetchall()
    return [_row(row, as_of) for row in rows]


def month_rows(book: Book, since: date, through: date, *, in_firm: bool = False) -> list[MonthRow]:
    """The months from that of `since` to that of `through`, by currency; of months to come what they will earn.

    In the firm's currency what has no exchange rate is left out.
    """
    with book.reading() as session:
        connection = session.connection()
        firm = str(connection.exec_driver_sql("SELECT currency FROM firm").scalar_one())
        last = max(month_ends(since, next_month(through)), default=through)
        moves = connection.exec_driver_sql(_MOVES, (last.isoformat(),)).fetchall()
        coming = _coming(connection, since, last, firm if in_firm else "")
    months = [*month_ends(since.replace(day=1), last)]
    currencies = sorted({firm if in_firm else row[1] for row in moves} | {currency for _month, currency in coming})
    found: list[MonthRow] = []
    for currency in currencies:
        own = [
            (row[0], bool(row[2]), (row[4] or 0) if in_firm else row[3])
            for row in moves
            if in_firm or row[1] == currency
        ]
        for end in months:
            first, after = end.replace(day=1).isoformat(), end.isoformat()
            opening = sum(amount for day, _earned, amount in own if day < first)
            billed = sum(amount for day, out, amount in own if first <= day <= after and not out)
            taken = -sum(amount for day, out, amount in own if first <= day <= after and out)
            found.append(
                MonthRow(
                    end.replace(day=1),
                    currency,
                    opening,
                    billed,
                    taken,
                    opening + billed - taken,
                    coming.get((end, currency), 0),
                )
            )
    return sorted(found, key=lambda one: (one.month, one.currency))


def _coming(connection: Connection, since: date, last: date, firm: str) -> dict[tuple[date, str], int]:
    """What all schedules earn in each month, by the month's last day and currency."""
    found: dict[tuple[date, str], int] = {}
    ends = [*month_ends(since.replace(day=1), last)]
    before = date.fromordinal(since.replace(day=1).toordinal() - 1)
    for row in connection.exec_driver_sql(_WAITING, (since.replace(day=1).isoformat(),)):
        span = span_of(row)
        amount = span.firm_amount if firm else span.amount
        if amount is None:
            continue
        standing = earned(span, amount, before)
        for end in ends:
            reached = earned(span, amount, end)
            if reached != standing:
                key = (end, firm or row.currency)
                found[key] = found.get(key, 0) + reached - standing
                standing = reached
    return found


def _row(row: Any, as_of: date) -> ScheduleRow:
    span = span_of(row)
    return ScheduleRow(
        id=row.id,
        invoice_id=row.invoice_id,
        number=row.number,
        client_id=row.client_id,
        client_code=row.code,
        client=row.client,
        text=row.description,
        method=row.method,
        start=span.start,
        end=span.end,
        issued=date.fromisoformat(row.issue_date),
        currency=row.currency,
        amount=row.amount,
        earned=row.taken,
        due=earned(span, span.amount, as_of) - row.taken,
        corrects=row.corrects or "",
    )


def sums_of(rows: Sequence[ScheduleRow]) -> dict[str, tuple[int, int]]:
    """(left, due) of schedules by currency, minor units."""
    found: dict[str, tuple[int, int]] = {}
    for row in rows:
        left, due = found.get(row.currency, (0, 0))
        found[row.currency] = (left + row.left, due + row.due)
    return found
