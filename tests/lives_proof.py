"""What an agreement's life asks for, day by day, told from its rows alone, and what its documents billed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from db.engine import Book
from desktop.domain.agreement import Agreement, AgreementLine
from desktop.domain.periods import Period
from desktop.services.runs.loading import load_agreements

_DAY = timedelta(days=1)


@dataclass
class Life:
    """Days on which each line lives, what they cost exactly in minor units, and how many lines billed them."""

    days: dict[int, set[date]]
    cost: dict[int, Fraction]


def life(book: Book, agreement_id: int) -> Life:
    """The agreement ends. Nothing here is taken from charges or documents."""
    with book.reading() as session:
        agreement = load_agreements(session.connection(), [agreement_id]).agreements[agreement_id]
    lived = {line.id: set(_lived(agreement, line)) for line in agreement.lines if line.kind == "recurring"}
    return Life(
        lived,
        {
            line.id: sum((_cost(agreement, line, day) for day in lived[line.id]), Fraction())
            for line in agreement.lines
            if line.kind == "recurring"
        },
    )


def _lived(agreement: Agreement, line: AgreementLine) -> list[date]:
    assert agreement.end is not None
    first = max(day for day in (agreement.start, line.start, agreement.trial_until) if day is not None)
    after = min(day for day in (agreement.end, line.end) if day is not None)
    days = [first + _DAY * number for number in range((after - first).days)]
    return [
        day for day in days if not any(start <= day and (end is None or day < end) for start, end in agreement.pauses)
    ]


def _cost(agreement: Agreement, line: AgreementLine, day: date) -> Fraction:
    price = line.price_on(day)
    assert price is not None
    counts_30 = agreement.cadence.counts_30
    first, after = agreement.cadence.full_period(day)
    full_days = Period(first, after, first, after, counts_30).full_days
    weight = Period(day, day + _DAY, first, after, counts_30).days
    whole = Fraction(line.quantity * price, 10**12) * 100
    return whole * weight / full_days * (1 - Fraction(line.discount or agreement.discount, 10**6))


def billed_days(book: Book, agreement_id: int) -> dict[int, dict[date, int]]:
    """By line and day: charged, less credited as unused, less what credit notes freed, of units in their first tier."""
    found: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for line, start, end, sign in _rows(
        book,
        """SELECT agreement_line_id, period_start, period_end, 1 FROM charge
         WHERE agreement_id = ? AND kind = 'recurring' AND part_of_id IS NULL
        UNION ALL SELECT c.agreement_line_id, c.period_start, c.period_end, -1 FROM charge c
         JOIN invoice n ON n.id = c.reversed_by WHERE c.agreement_id = ? AND c.kind = 'recurring'
         AND NOT EXISTS (SELECT 1 FROM charge u WHERE u.credits_id = c.id AND u.invoice_id = n.id)
        UNION ALL SELECT s.agreement_line_id, u.period_start, u.period_end, -1 FROM charge u
         JOIN charge s ON s.id = u.credits_id WHERE u.agreement_id = ?
        UNION ALL SELECT s.agreement_line_id, u.period_start, u.period_end, 1 FROM charge u
         JOIN charge s ON s.id = u.credits_id WHERE u.agreement_id = ? AND u.reversed_by IS NOT NULL""",
        *(agreement_id,) * 4,
    ):
        first = date.fromisoformat(start)
        for number in range((date.fromisoformat(end) - first).days):
            found[line][first + _DAY * number] += sign
    return found


def billed_money(book: Book) -> dict[int, tuple[int, int]]:
    """By agreement line: the net of all documents, and how many lines of documents it is made of."""
    return {
        line: (net, count)
        for line, net, count in _rows(
            book,
            """SELECT l.agreement_line_id, sum(CASE i.kind WHEN 'credit_note' THEN -l.net ELSE l.net END), count(*)
            FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id WHERE l.agreement_line_id IS NOT NULL
            GROUP BY 1""",
        )
    }


def _rows(book: Book, sql: str, *values: object) -> list[Any]:
    with book.reading() as session:
        return list(session.connection().exec_driver_sql(sql, values).fetchall())


def prove_life(book: Book, agreement_id: int) -> None:
    """Each day that a line lives is billed once, each other never; its money is what its days cost.

    A line of a document is rounded to the minor unit, half away from zero, so that each may be off by a half; a part of
    what was billed that is credited takes its own half with it.
    """
    asked, days, money = life(book, agreement_id), billed_days(book, agreement_id), billed_money(book)
    for line, lived in asked.days.items():
        counted = {day: times for day, times in days[line].items() if times}
        weightless = {day for day in lived.symmetric_difference(counted) if _weightless(book, agreement_id, day)}
        assert set(counted) - weightless == lived - weightless, f"line {line}"
        assert set(counted.values()) <= {1}, f"line {line}"
        net, count = money.get(line, (0, 0))
        assert abs(net - asked.cost[line]) <= count, f"line {line}: {net} for {float(asked.cost[line])}"


def _weightless(book: Book, agreement_id: int, day: date) -> bool:
    """The 31st, where each month has 30 days: it costs nothing, so it may be charged or not."""
    with book.reading() as session:
        cadence = load_agreements(session.connection(), [agreement_id]).agreements[agreement_id].cadence
    return cadence.counts_30 and Period(day, day + _DAY, *cadence.full_period(day), fixed_30=True).days == 0
