"""Loads what meters counted, summed by the book: never a row of usage, however many there are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection

from db.queries import usage as queries
from db.queries.rows import Rows
from desktop.domain.agreement import Agreement, AgreementLine
from desktop.domain.billing import TaxEntry, Work
from desktop.domain.billing.facts import UsageCharged, Used
from desktop.domain.billing.metering import first_of_meter, look_back, meter_periods, parts_of, rises_within

_DAY = timedelta(days=1)


class _Meter(NamedTuple):
    agreement: Agreement
    line: AgreementLine
    first: date
    mark: int | None


def load_usage(
    connection: Connection,
    agreements: Iterable[Agreement],
    work: Mapping[int, Work],
    through: date,
    taxes: Iterable[TaxEntry],
    draft_ids: str | None = None,
) -> None:
    """Fill in `usage_lines`, `used` and `usage_charged` of the agreements' work.

    With the ids of stored drafts, what arrived after they were planned stays out: it goes on the next invoice.
    """
    metered = [
        (agreement, line)
        for agreement in agreements
        if agreement.active
        for line in agreement.lines
        if line.kind == "usage" and line.item_id is not None
    ]
    if not metered:
        return
    marks = _marks(connection, draft_ids) if draft_ids is not None else None
    meters = [
        _Meter(agreement, line, first_of_meter(agreement, line), marks.get(line.id, 0) if marks is not None else None)
        for agreement, line in metered
    ]
    last = (through + _DAY).isoformat()
    waiting = queries.first_unbilled(
        connection, json.dumps([_span(one, one.first.isoformat(), last) for one in meters])
    )
    since = [
        min(look_back(one.agreement, one.line, through), date.fromisoformat(row[0]) - _DAY)
        if row[0]
        else look_back(one.agreement, one.line, through)
        for one, row in zip(meters, waiting, strict=True)
    ]
    charged = _charged(connection, meters, since)
    changes = sorted({day for entry in taxes for day, _ in entry.rates[1:]})
    _load_used(connection, work, meters, since, charged, changes, through, marked=marks is not None)
    for one in meters:
        own = work[one.agreement.id]
        own.usage_lines = True
        if one.line.id in charged:
            own.usage_charged[one.line.id] = charged[one.line.id]


def _marks(connection: Connection, draft_ids: str) -> dict[int, int | None]:
    """By line the highest usage id that the drafts may see; None where a draft waits for the first record."""
    return {line: None if waits else int(mark) for line, mark, waits in queries.drafted_marks(connection, draft_ids)}


def _span(meter: _Meter, first: str, last: str) -> tuple[object, ...]:
    return (meter.agreement.id, meter.line.item_id, first, last, meter.mark)


def _charged(connection: Connection, meters: Sequence[_Meter], since: Sequence[date]) -> dict[int, list[UsageCharged]]:
    found: dict[int, list[UsageCharged]] = {}
    asked = json.dumps([(one.line.id, day.isoformat()) for one, day in zip(meters, since, strict=True)])
    for line, start, end, units, amount, sequence, count, minimum, reached in queries.charged(connection, asked):
        first, after, counted = date.fromisoformat(start), date.fromisoformat(end), date.fromisoformat(reached)
        found.setdefault(line, []).append(
            UsageCharged(
                first,
                after,
                units,
                amount,
                sequence,
                minimum,
                count == sequence + 1,
                counted if counted < after else None,
            )
        )
    return found


def _load_used(
    connection: Connection,
    work: Mapping[int, Work],
    meters: Sequence[_Meter],
    since: Sequence[date],
    charged: dict[int, list[UsageCharged]],
    changes: Sequence[date],
    through: date,
    *,
    marked: bool,
) -> None:
    after = through + _DAY
    asked: list[tuple[object, ...]] = []
    spans: list[tuple[_Meter, date, date]] = []
    cut: list[tuple[int, UsageCharged, Sequence[tuple[date, date]]]] = []
    for meter, day in zip(meters, since, strict=True):
        line = meter.line
        known = charged.get(line.id, ())
        for metered in meter_periods(meter.agreement, line, day, known, through):
            period = metered.period
            parts = [(period.start, period.end)]
            if line.prices or (changes and changes[-1] > period.start):
                cuts = [one for one in changes if period.start < one < period.end]
                cuts += rises_within(line, period.start, period.end)
                if cuts:
                    parts = parts_of(period, cuts)
                    before = next((one for one in known if (one.start, one.end) == (period.start, period.end)), None)
                    if before is not None:
                        cut.append((line.id, before, parts))
            for first, last in parts:
                start, end = max(first, metered.first), min(last, metered.after)
                if start < end and start <= through:
                    asked.append(_span(meter, start.isoformat(), min(end, after).isoformat()))
                    spans.append((meter, start, end))
    rows = json.loads(f"[{','.join(row[0] for row in queries.unbilled(connection, json.dumps(asked), marked=marked))}]")
    kinds = [meter.line.metering if row[1] else "" for (meter, _, _), row in zip(spans, rows, strict=True)]
    edges = _answers(queries.edges, connection, asked, kinds, "readings", marked=marked)
    repeats = _answers(queries.repeated, connection, asked, kinds, "events", marked=marked)
    for k, ((meter, start, end), (units, count, days, mark)) in enumerate(zip(spans, rows, strict=True)):
        if count:
            first, last = start, end
            if k in edges:
                first_end, length, last_end = edges[k]
                first = date.fromisoformat(first_end) - timedelta(days=length)
                last = date.fromisoformat(last_end)
            again = repeats[k][0] if k in repeats else 0
            work[meter.agreement.id].used.setdefault(meter.line.id, []).append(
                Used(start, end, units, count, days, first, last, mark, again)
            )
    if cut:
        _load_parts(connection, charged, cut)


def _answers(
    query: Callable[..., Rows],
    connection: Connection,
    asked: Sequence[tuple[object, ...]],
    kinds: Sequence[str],
    kind: str,
    *,
    marked: bool,
) -> dict[int, Any]:
    """What a query says of the spans of one kind of meter that have rows, by their place."""
    mine = [k for k, own in enumerate(kinds) if own == kind]
    found = query(connection, json.dumps([asked[k] for k in mine]), marked=marked) if mine else ()
    return dict(zip(mine, found, strict=True))


def _load_parts(
    connection: Connection,
    charged: dict[int, list[UsageCharged]],
    cut: Sequence[tuple[int, UsageCharged, Sequence[tuple[date, date]]]],
) -> None:
    """The billed units of charged periods that a price or a tax rate cuts, part by part."""
    asked = [
        (line, before.start.isoformat(), before.end.isoformat(), start.isoformat(), end.isoformat())
        for line, before, parts in cut
        for start, end in parts
    ]
    units = iter([row[0] for row in queries.billed_parts(connection, json.dumps(asked))])
    for line, before, parts in cut:
        counted = tuple((start, next(units)) for start, _ in parts)
        charged[line] = [one._replace(parts=counted) if one is before else one for one in charged[line]]
