"""What a table asks of a service: the ordered ids of a query, then the rows of the few that are seen."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from desktop.domain.billing.lines import divide

Row = Mapping[str, object]

_CHUNK = 500


class Listing(Protocol):
    """Answers from any thread, one question at a time.

    Money in a row is an integer of minor units, its currency stands in the row under the column's currency key;
    days are `date` or ISO text, states are codes that `tags` knows.
    """

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        """Every id that fits, each once, in order. An empty sort is the listing's own order."""
        ...

    def rows(self, ids: Sequence[int]) -> Mapping[int, Row]:
        """Rows by id. An id that is gone since is left out."""
        ...


@runtime_checkable
class Begins(Protocol):
    """A listing of so many rows that those at the top are shown before all are counted."""

    def first_ids(self, search: str, filters: frozenset[str], sort: str, descending: bool, count: int) -> Sequence[int]:
        """As many ids as that, or fewer: those that `ids` begins with."""
        ...


@runtime_checkable
class SumsItself(Protocol):
    """A listing that adds up in the book what would be thousands of rows here."""

    def totals(self, ids: Sequence[int]) -> Mapping[str, int]:
        """Minor units by currency."""
        ...


class Query(NamedTuple):
    """One question to a listing."""

    search: str = ""
    filters: frozenset[str] = frozenset()
    sort: str = ""
    descending: bool = False

    @property
    def narrowed(self) -> bool:
        return bool(self.search.strip() or self.filters)


def totals(listing: Listing, ids: Sequence[int], key: str, currency_key: str) -> dict[str, int]:
    """Sums of one money column in minor units by currency; an empty cell counts for nothing."""
    if isinstance(listing, SumsItself):
        return dict(listing.totals(ids))
    sums: dict[str, int] = {}
    for start in range(0, len(ids), _CHUNK):
        for row in listing.rows(ids[start : start + _CHUNK]).values():
            amount, currency = row.get(key), row.get(currency_key)
            if isinstance(amount, int) and isinstance(currency, str):
                sums[currency] = sums.get(currency, 0) + amount
    return sums


def average(sums: Mapping[str, int], rows: int) -> tuple[int, str] | None:
    """Minor units and currency of what a row comes to; None for a single row, and where sums are of two currencies."""
    if rows < 2 or len(sums) != 1:
        return None
    ((currency, amount),) = sums.items()
    return divide(amount, rows), currency
