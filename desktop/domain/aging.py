"""What is owed by age, as of a date: buckets of the residual by days past due, with unapplied credit apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

# The last day past due of each bucket but the open-ended one.
BUCKET_ENDS = (0, 30, 60, 90)


@dataclass(frozen=True, slots=True)
class AgingRow:
    """One client in one currency, minor units; `total` is the buckets less the credit, and so the receivable.

    `disputed` says how much of the buckets is disputed; it is not taken out of them.
    """

    client_id: int
    currency: str
    current: int
    d1_30: int
    d31_60: int
    d61_90: int
    over_90: int
    credit: int
    disputed: int

    @property
    def total(self) -> int:
        return self.current + self.d1_30 + self.d31_60 + self.d61_90 + self.over_90 - self.credit


def bucket(due: date, as_of: date) -> int:
    """Index of the bucket: 0 current (not past due), 1 to 30 days, 31 to 60, 61 to 90, over 90."""
    days = (as_of - due).days
    return next((index for index, end in enumerate(BUCKET_ENDS) if days <= end), len(BUCKET_ENDS))


def aging(
    as_of: date,
    items: Iterable[tuple[int, str, date, int]],
    credits: Iterable[tuple[int, str, int]],
    disputed: Iterable[tuple[int, str, int]] = (),
) -> list[AgingRow]:
    """Rows by client and currency from open items (client, currency, due, residual), credits and disputed amounts.

    Instalments age one by one. Clients without anything open or unapplied have no row.
    """
    figures: dict[tuple[int, str], list[int]] = {}
    for client_id, currency, due, residual in items:
        figures.setdefault((client_id, currency), [0] * 7)[bucket(due, as_of)] += residual
    for column, amounts in ((5, credits), (6, disputed)):
        for client_id, currency, amount in amounts:
            figures.setdefault((client_id, currency), [0] * 7)[column] += amount
    return [AgingRow(client, currency, *row) for (client, currency), row in sorted(figures.items()) if any(row)]


def totals(rows: Iterable[AgingRow]) -> Mapping[str, AgingRow]:
    """One row a currency over all clients; its client id is 0."""
    sums: dict[str, list[int]] = {}
    for row in rows:
        parts = sums.setdefault(row.currency, [0] * 7)
        for index, value in enumerate(
            (row.current, row.d1_30, row.d31_60, row.d61_90, row.over_90, row.credit, row.disputed)
        ):
            parts[index] += value
    return {currency: AgingRow(0, currency, *parts) for currency, parts in sorted(sums.items())}
