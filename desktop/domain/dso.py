"""Days sales outstanding: how many days of sales wait to be paid: simply, at best, and counted back by months."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

_TENTH = Decimal("0.1")


def simple(receivables: int, sales: int, days: int) -> Decimal | None:
    """Receivables / credit sales of the last `days` x days, to a tenth of a day; None where nothing was sold.

    Both in minor units of one currency, both with tax, since receivables bear it.
    """
    if sales <= 0:
        return None
    return _tenths(Decimal(max(receivables, 0)) * days / sales)


def best_possible(current: int, sales: int, days: int) -> Decimal | None:
    """What the simple form would be if nobody were late: what is not yet due / credit sales x days.

    What lies between the two is the average days delinquent. Minor units of one currency; of receivables that unused
    credit lowers no more is current than is left of them.
    """
    return simple(current, sales, days)


def count_back(receivables: int, spans: Iterable[tuple[int, int]]) -> Decimal | None:
    """The days of sales that the receivables take up, beginning with the latest; to a tenth of a day.

    `spans` are (sales in minor units, days), the latest first: this month so far, then whole months. A month whose
    sales the receivables exceed counts whole, the next one in proportion. In a month of more credits than sales
    nothing is used up. None where the receivables exceed all sales that are given: it is longer than these days.
    """
    left, counted = Decimal(receivables), Decimal(0)
    if left <= 0:
        return _tenths(counted)
    for sales, days in spans:
        if sales > 0 and left <= sales:
            return _tenths(counted + left * days / sales)
        left -= max(sales, 0)
        counted += days
    return None


def _tenths(days: Decimal) -> Decimal:
    return days.quantize(_TENTH, rounding=ROUND_HALF_UP)
