"""What the meters of the sample's clients count, month by month: weekly readings of calls, and what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from db.engine import Book
from desktop.domain.money import scaled
from desktop.domain.sealing import batch_digest
from desktop.services.changes import change
from desktop.services.sample.beginning import CLERK
from desktop.services.sample.year import add_months

_READING = """INSERT INTO usage (external_id, agreement_id, item_id, start_date, end_date, days, quantity, note, digest)
 VALUES (?, ?, ?, ?, ?, ?, ?, '', '')"""
# First days of the readings of a month.
_READ_ON = (1, 8, 15, 22)


@dataclass(frozen=True, slots=True)
class Meter:
    """A meter of an agreement and what it counts in an ordinary month."""

    agreement_id: int
    item_id: int
    level: Decimal
    seed: str
    start: date


def record_month(book: Book, meters: Sequence[Meter], month: date, *, clean: bool) -> int:
    """Take down a month's readings, as an export of the platform brings them; how many."""
    rows: list[tuple[Any, ...]] = []
    for meter in meters:
        if meter.start > month:
            continue
        chance = Random(f"meter:{meter.seed}:{meter.item_id}:{month.isoformat()}")
        total = meter.level * chance.randrange(96, 105) if clean else meter.level * chance.randrange(80, 125)
        firsts = [month.replace(day=day) for day in _READ_ON]
        for first, end in zip(firsts, [*firsts[1:], add_months(month, 1)], strict=True):
            units = (total / 100 / len(_READ_ON) * chance.randrange(92, 109) / 100).quantize(Decimal("0.1"))
            rows.append((meter.agreement_id, meter.item_id, first, end, units))
    if not rows:
        return 0
    rows.sort(key=lambda row: (row[2], row[0], row[1]))
    with change(book, CLERK, f"Take down the meters of {month:%B %Y}", undoable=False) as made:
        kept = [
            (
                f"U-{month:%y%m}-{number:05}",
                agreement_id,
                item_id,
                first.isoformat(),
                end.isoformat(),
                (end - first) // timedelta(days=1),
                scaled(units),
            )
            for number, (agreement_id, item_id, first, end, units) in enumerate(rows, 1)
        ]
        made.connection.exec_driver_sql(_READING, kept)
        made.record_bulk("usage", "enter", len(kept), batch_digest(kept))
    return len(kept)
