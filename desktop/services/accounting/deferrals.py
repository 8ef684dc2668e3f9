"""Which role the lines of a document post to as it is issued, and the schedules of what is earned in other months.

Everything here runs inside the caller's one write transaction. A book that earns at issue pays two look-ups for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from desktop.domain.billing import Line
from desktop.domain.journal import Line as Booked
from desktop.domain.journal import Posting, in_firm
from desktop.domain.money import spread
from desktop.domain.recognition import COMPLETION, ISSUE, METHODS, first_of_month, is_over

POLICY: Final = "ledger.recognition"
DEFERRED: Final = "deferred_revenue"
ACCRUED: Final = "accrued_revenue"
_REVENUE: Final = "revenue"

_COLUMNS: Final = (
    "invoice_id", "invoice_line_id", "corrects_id", "milestone_id", "method", "start", '"end"', "currency", "amount",
    "firm_amount",
)  # fmt: skip
_SCHEDULE: Final = f"INSERT INTO recognition_schedule ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
# The lines that documents correct, each with its schedule if it has one.
_CORRECTED: Final = """
SELECT l.id, l.invoice_id, i.issue_date, l.category, l.rate, l.net, l.item_id, l.period_start, l.period_end,
  s.id, s.method, s.start, s."end", s.milestone_id
FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id
LEFT JOIN recognition_schedule s ON s.invoice_id = l.invoice_id AND s.invoice_line_id = l.id
WHERE {which} AND l.deducts_id IS NULL AND i.kind <> 'deposit' ORDER BY l.id"""


class _Corrected(NamedTuple):
    line_id: int
    invoice_id: int
    issued: str
    category: str
    rate: int
    net: int
    item_id: int | None
    period_start: str | None
    period_end: str | None
    schedule_id: int | None
    method: str | None
    start: str | None
    end: str | None
    milestone_id: int | None


class _Service(NamedTuple):
    """How a line, or a share of one, is earned; dates as ISO texts, half-open."""

    method: str
    start: str
    end: str | None
    corrects_id: int | None = None
    milestone_id: int | None = None


class Deferrals:
    """How the documents of one transaction are earned: the firm's policy, its items' own, and what they correct."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._policy = policy_of(connection)
        self._items: dict[int, str] = {
            int(row[0]): str(row[1])
            for row in connection.exec_driver_sql("SELECT id, recognition FROM item WHERE recognition IS NOT NULL")
        }
        self._rows: list[tuple[Any, ...]] = []
        self._waiting: list[tuple[tuple[Any, ...], tuple[Any, ...]]] = []

    @classmethod
    def of(cls, connection: Connection) -> Deferrals | None:
        """None where the firm earns at issue, and always did."""
        made = cls(connection)
        if made._policy != ISSUE or any(method != ISSUE for method in made._items.values()):
            return made
        any_left = connection.exec_driver_sql("SELECT 1 FROM recognition_schedule LIMIT 1").fetchone()
        return made if any_left else None

    def booked(
        self,
        kind: str,
        lines: Sequence[Line],
        day: date,
        invoice_id: int,
        first_line_id: int,
        agreement_id: int | None,
        corrects_id: int | None,
        currency: str,
    ) -> list[Booked]:
        """The lines of a document as its entry takes them; `day` is its issue date. `keep` its postings afterwards."""
        found: list[Booked] = []
        if kind == "deposit":
            return [_plain(line) for line in lines]
        corrected = self._corrected(lines, corrects_id if kind == "credit_note" else None)
        for line_id, line in enumerate(lines, first_line_id):
            if line.deducts_id is not None:
                found.append(_plain(line))
                continue
            for net, service in self._shares(kind, line, day, agreement_id, corrected):
                role = _REVENUE if service is None else _role(service, day)
                if service is not None and role != _REVENUE and net:
                    key = (role, line.category, line.rate, line.period_start, line.period_end)
                    amount = -net if kind == "credit_note" else net
                    row = (invoice_id, line_id, service.corrects_id, service.milestone_id, service.method)
                    self._waiting.append((key, (*row, service.start, service.end, currency, amount)))
                found.append((net, line.category, line.rate, line.period_start, line.period_end, role))
        return found

    def keep(self, postings: Iterable[Posting], factor: Decimal | None) -> None:
        """Give the schedules of a document what its entry posts in the firm's currency, to the cent."""
        if not self._waiting:
            return
        firm = {
            (one.role, one.category, one.rate_scaled, one.period_start, one.period_end): one.firm_amount
            for one in postings
        }
        by_key: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
        for key, row in self._waiting:
            by_key.setdefault(key, []).append(row)
        for key, rows in by_key.items():
            amounts = [row[-1] for row in rows]
            posted = firm.get(key, None if factor is None else 0)
            shares: Sequence[int | None] = [None] * len(rows)
            if posted is not None and sum(amounts):
                shares = spread(-posted, amounts)
            elif posted is not None:
                # Sides that cancel each other post nothing.
                converted = [in_firm(one, factor) or 0 for one in amounts]
                shares = [*converted[:-1], -sum(converted[:-1])]
            self._rows += [(*row, share) for row, share in zip(rows, shares, strict=True)]
        self._waiting.clear()

    def write(self) -> None:
        if self._rows:
            self._connection.exec_driver_sql(_SCHEDULE, self._rows)
            self._rows.clear()

    def _method(self, item_id: int | None) -> str:
        return self._items.get(item_id, self._policy) if item_id is not None else self._policy

    def _shares(
        self,
        kind: str,
        line: Line,
        day: date,
        agreement_id: int | None,
        corrected: dict[int, _Corrected],
    ) -> list[tuple[int, _Service | None]]:
        """A line's net in parts that are earned in one way each; None is earned at issue."""
        if line.corrects_line_id is not None:
            return [(line.net, self._of_corrected(corrected.get(line.corrects_line_id), line))]
        if kind != "credit_note":
            return [(line.net, self._of_line(line, agreement_id))]
        group = [
            one for one in corrected.values() if one.category == line.category and one.rate == line.rate and one.net > 0
        ]
        if not group:
            return [(line.net, None)]
        parts = spread(line.net, [one.net for one in group])
        return [(part, self._of_corrected(one, None)) for part, one in zip(parts, group, strict=True) if part]

    def _of_line(self, line: Line, agreement_id: int | None) -> _Service | None:
        method = self._method(line.item_id)
        if method == ISSUE:
            return None
        if line.period_start and line.period_end:
            return _Service(method, line.period_start, line.period_end)
        if method != COMPLETION or agreement_id is None:
            return None
        # Without days of its own it is earned with the project's last milestone.
        row = self._connection.exec_driver_sql(
            "SELECT m.id, a.start_date FROM milestone m JOIN agreement a ON a.id = m.agreement_id"
            " WHERE m.agreement_id = ? AND m.done_on IS NULL ORDER BY m.position DESC, m.id DESC LIMIT 1",
            (agreement_id,),
        ).fetchone()
        return None if row is None else _Service(COMPLETION, row[1], None, None, row[0])

    def _of_corrected(self, corrected: _Corrected | None, line: Line | None) -> _Service | None:
        """As the corrected line is earned, on the days that are credited; all of its days without a `line`."""
        if corrected is None:
            return None
        start, end = corrected.period_start, corrected.period_end
        if line is not None and line.period_start and line.period_end:
            start, end = line.period_start, line.period_end
        if corrected.schedule_id is not None:
            method = corrected.method or COMPLETION
            if corrected.end is None:
                return _Service(method, corrected.start or "", None, corrected.schedule_id, corrected.milestone_id)
            return _Service(method, start or corrected.start or "", end or corrected.end, corrected.schedule_id)
        method = self._method(corrected.item_id)
        if method == ISSUE or not (start and end):
            return None
        # What was not over when it was billed, and yet has no schedule, was earned at issue by the policy of then.
        over = corrected.period_end and is_over(
            date.fromisoformat(corrected.period_end), date.fromisoformat(corrected.issued)
        )
        return _Service(method, start, end) if over else None

    def _corrected(self, lines: Sequence[Line], corrects_id: int | None) -> dict[int, _Corrected]:
        wanted = [line.corrects_line_id for line in lines if line.corrects_line_id is not None]
        if len(wanted) < len(lines) and corrects_id is not None:
            query, given = _CORRECTED.format(which="l.invoice_id = ?"), corrects_id
            rows = self._connection.exec_driver_sql(query, (given,)).fetchall()
            found = {int(row[0]): _Corrected(*row) for row in rows}
        else:
            found = {}
        if left := [key for key in wanted if key not in found]:
            query = _CORRECTED.format(which="l.id IN (SELECT value FROM json_each(?))")
            for row in self._connection.exec_driver_sql(query, (json.dumps(left),)):
                found[int(row[0])] = _Corrected(*row)
        return found


def policy_of(connection: Connection) -> str:
    """How the firm earns what no item says otherwise of: one of `recognition.METHODS` but for completion."""
    row = connection.exec_driver_sql("SELECT value FROM setting WHERE key = ?", (POLICY,)).fetchone()
    kept = json.loads(row[0]) if row else ISSUE
    return kept if kept in METHODS else ISSUE


def holder(end: date | None, issued: date) -> str:
    """The role that holds a schedule's amount from its document on."""
    return ACCRUED if is_over(end, issued) else DEFERRED


def _role(service: _Service, day: date) -> str:
    end = date.fromisoformat(service.end) if service.end else None
    if not is_over(end, day):
        return DEFERRED
    assert end is not None
    first = date.fromordinal(end.toordinal() - 1) if service.method == COMPLETION else date.fromisoformat(service.start)
    # Wholly within the document's own month there is nothing to spread.
    return ACCRUED if first < first_of_month(day) else _REVENUE


def _plain(line: Line) -> Booked:
    role = _REVENUE if line.deducts_id is None else "deposits"
    return (line.net, line.category, line.rate, line.period_start, line.period_end, role)
