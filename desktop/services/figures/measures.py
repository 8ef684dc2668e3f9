"""The figures by which a firm watches itself, month by month, and what is usual for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal, NamedTuple, TypeVar

from sqlalchemy import Connection

from db.queries.measures import RunQuality
from desktop.domain import dso
from desktop.domain.figures.control import Point, p_chart, xmr
from desktop.domain.figures.effectiveness import effectiveness
from desktop.i18n import _
from desktop.services.figures.monthly import MonthFacts, Monthly
from desktop.services.figures.months import Span, whole_spans_until

SALES_MONTHS: Final = 3
"""Sales of so many months, a month's own included, stand against the receivables."""
CONTROL_MONTHS: Final = 24
_TENTH: Final = Decimal("0.1")

Found = TypeVar("Found")
Unit = Literal["days", "percent", "amount"]
Values = list[Decimal | None]
Counts = list[tuple[int, int]]


class Measure(NamedTuple):
    """A figure of each month: `values` in its unit (amounts in minor units), or of rates what is counted of what."""

    unit: Unit
    values: Callable[[Monthly], Values] | None = None
    counts: Callable[[Monthly], Counts] | None = None


@dataclass(frozen=True, slots=True)
class Controlled:
    """A measure in its last whole months with its limits; `counts` are those behind a rate."""

    name: str
    unit: Unit
    currency: str
    spans: Sequence[Span]
    points: Sequence[Point]
    counts: Sequence[tuple[int, int]]
    without_rate: tuple[str, ...]


class ReceivableDays(NamedTuple):
    """DSO at the end of a month, in days: simply, by count-back, and the best possible one; with the gross sales of
    the months it is taken of, minor units, and their days."""

    simple: Decimal | None
    count_back: Decimal | None
    best: Decimal | None
    sales: int
    days: int


def receivable_days(monthly: Monthly) -> list[ReceivableDays | None]:
    """At the end of each month that has as many before it as the sales are taken of; None of the others."""
    found: list[ReceivableDays | None] = []
    sales = [monthly.sold.get(span.key, 0) for span in monthly.spans]
    days = [span.days for span in monthly.spans]
    for place in range(len(monthly.spans)):
        first = place - SALES_MONTHS + 1
        if first < 0:
            found.append(None)
            continue
        sold, over = sum(sales[first : place + 1]), sum(days[first : place + 1])
        latest_first = zip(reversed(sales[: place + 1]), reversed(days[: place + 1]), strict=True)
        found.append(
            ReceivableDays(
                dso.simple(monthly.receivables[place], sold, over),
                dso.count_back(monthly.receivables[place], latest_first),
                dso.best_possible(min(monthly.current[place], monthly.receivables[place]), sold, over),
                sold,
                over,
            )
        )
    return found


def effectiveness_by_month(monthly: Monthly) -> Values:
    """Percent of what could have been collected in each month but the first."""
    found: Values = [None]
    for place in range(1, len(monthly.spans)):
        sold = monthly.sold.get(monthly.spans[place].key, 0)
        before, after = monthly.receivables[place - 1 : place + 1]
        found.append(effectiveness(before, sold, after, monthly.current[place]))
    return found


def _days_of_paid(place: int) -> Callable[[Monthly], Values]:
    return lambda monthly: [mean(found[place], found[0]) for found in _by_month(monthly, monthly.paid, (0, 0, 0))]


def _waited(monthly: Monthly) -> Values:
    return [mean(days, count) for count, days in _by_month(monthly, monthly.billed_after, (0, 0))]


def _overdue(monthly: Monthly) -> Values:
    return [percent(is_open - current, is_open) for is_open, current in zip(monthly.open, monthly.current, strict=True)]


def _dso(form: Callable[[ReceivableDays], Decimal | None]) -> Callable[[Monthly], Values]:
    def values(monthly: Monthly) -> Values:
        # With sales of less than the months that are taken, the first ones would look longer than they were.
        began = [SALES_MONTHS - 1 + place for place, span in enumerate(monthly.spans) if span.key >= monthly.first]
        known = enumerate(receivable_days(monthly))
        return [form(found) if found is not None and began and place >= began[0] else None for place, found in known]

    return values


def _disputes(monthly: Monthly) -> Counts:
    return [(found[1], found[0]) for found in _by_month(monthly, monthly.disputed, (0, 0, 0, 0))]


def _disputed_value(monthly: Monthly) -> Values:
    return [percent(found[3], found[2]) for found in _by_month(monthly, monthly.disputed, (0, 0, 0, 0))]


def _runs(part: Callable[[RunQuality], int], whole: Callable[[RunQuality], int]) -> Callable[[Monthly], Counts]:
    nothing = RunQuality(0, 0, 0, 0, 0, 0, 0)
    return lambda monthly: [(part(found), whole(found)) for found in _by_month(monthly, monthly.quality, nothing)]


def _amounts(what: Callable[[Monthly], Mapping[str, int]]) -> Callable[[Monthly], Values]:
    return lambda monthly: [Decimal(found) for found in _by_month(monthly, what(monthly), 0)]


MEASURES: Final[Mapping[str, Measure]] = {
    "dso": Measure("days", _dso(lambda found: found.simple)),
    "dso_count_back": Measure("days", _dso(lambda found: found.count_back)),
    "dso_best": Measure("days", _dso(lambda found: found.best)),
    "effectiveness": Measure("percent", effectiveness_by_month),
    "overdue_share": Measure("percent", _overdue),
    "dispute_rate": Measure("percent", counts=_disputes),
    "disputed_value": Measure("percent", _disputed_value),
    "days_late": Measure("days", _days_of_paid(1)),
    "invoice_to_cash": Measure("days", _days_of_paid(2)),
    "order_to_invoice": Measure("days", _waited),
    "held": Measure("percent", counts=_runs(lambda run: run.held, lambda run: run.drafts)),
    "failed": Measure("percent", counts=_runs(lambda run: run.failed, lambda run: run.drafts)),
    "corrected": Measure("percent", counts=_runs(lambda run: run.corrected, lambda run: run.issued)),
    "first_time_right": Measure("percent", counts=_runs(lambda run: run.right, lambda run: run.drafts)),
    "revenue": Measure("amount", _amounts(lambda monthly: monthly.revenue)),
    "received": Measure("amount", _amounts(lambda monthly: monthly.received)),
}
"""By the names that commands and settings use."""


def measure_words() -> dict[str, str]:
    """The title of each, in the user's language."""
    return {
        "dso": _("DSO"),
        "dso_count_back": _("DSO by count-back"),
        "dso_best": _("Best possible DSO"),
        "effectiveness": _("Collection effectiveness"),
        "overdue_share": _("Overdue share of what is open"),
        "dispute_rate": _("Dispute rate"),
        "disputed_value": _("Dispute rate by value"),
        "days_late": _("Average days late"),
        "invoice_to_cash": _("Invoice to cash"),
        "order_to_invoice": _("Order to invoice"),
        "held": _("Held drafts"),
        "failed": _("Failed drafts"),
        "corrected": _("Corrected by credit note"),
        "first_time_right": _("First time right"),
        "revenue": _("Revenue"),
        "received": _("Received"),
    }


def controlled(
    connection: Connection, name: str, as_of: date, client_id: int | None = None, currency: str = ""
) -> Controlled:
    """The measure of that name in the last whole months, from the first in which anything was sold."""
    # The first month shown may look back on others.
    spans = whole_spans_until(as_of, CONTROL_MONTHS + SALES_MONTHS)
    monthly = Monthly(MonthFacts(connection, spans[-1].last, client_id), spans, currency)
    measure = MEASURES[name]
    skipped = next((place for place, span in enumerate(spans) if span.key >= monthly.first), len(spans))
    skipped = max(SALES_MONTHS, skipped)
    counts: Counts = []
    if measure.counts is not None:
        counts = measure.counts(monthly)[skipped:]
        points = p_chart(counts)
    else:
        assert measure.values is not None
        least = None if measure.unit == "amount" or name == "days_late" else Decimal(0)
        most = Decimal(100) if measure.unit == "percent" else None
        points = xmr(measure.values(monthly)[skipped:], least=least, most=most)
    return Controlled(
        name,
        measure.unit,
        monthly.sums.currency,
        spans[skipped:],
        points,
        counts,
        tuple(sorted(monthly.sums.unknown)),
    )


def percent(part: int, whole: int) -> Decimal | None:
    """To a tenth; None where there is no whole."""
    return (Decimal(part) * 100 / whole).quantize(_TENTH, rounding=ROUND_HALF_UP) if whole > 0 else None


def mean(total: int, count: int) -> Decimal | None:
    """To a tenth; None of nothing."""
    return (Decimal(total) / count).quantize(_TENTH, rounding=ROUND_HALF_UP) if count else None


def _by_month(monthly: Monthly, found: Mapping[str, Found], nothing: Found) -> list[Found]:
    return [found.get(span.key, nothing) for span in monthly.spans]
