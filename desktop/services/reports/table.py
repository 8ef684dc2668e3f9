"""A report as a table: what its columns hold, what adds them up, and what lies behind a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from db.engine import Book
from desktop.domain.money import major_text
from desktop.services.reports.chart import Chart

Kind = Literal["text", "date", "amount", "number"]
Progress = Callable[[int, int, str], None]


def unheard(_done: int, _total: int, _text: str) -> None:
    """Progress that nobody follows."""


class Behind(NamedTuple):
    """What a row stands for: a place with an id, a search or filters; or a report, with what it is asked beside."""

    place: str = ""
    id: int | None = None
    search: str = ""
    filters: frozenset[str] = frozenset()
    report: str = ""
    asked: Mapping[str, Any] = {}


def of_days(place: str, first: date, last: date, *filters: str) -> Behind:
    """The rows of a list that are dated within these days."""
    return Behind(place, filters=frozenset({f"from:{first.isoformat()}", f"to:{last.isoformat()}", *filters}))


# Where a row keeps what lies behind it; no column shows it.
BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: amounts are minor units of the row's `currency`, or of the firm's where the key begins with firm_.

    `beside` marks what only helps people to read the row; `more` what a screen has no room for.
    """

    key: str
    title: str
    kind: Kind = "text"
    beside: bool = False
    more: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What a report is asked: up to the end of `as_of`, from the beginning of `since` where it has one.

    `by` is what it groups, `only` the group that it is narrowed to, `age` a bucket of aging, 0 to 4. With a `currency`
    what is told in one alone is told in that instead of the firm's. `in_firm` values what has a
    currency of its own in the firm's, at the rate of each document.
    """

    book: Book
    as_of: date
    since: date | None = None
    client_id: int | None = None
    by: str = ""
    only: str = ""
    age: int | None = None
    currency: str = ""
    progress: Progress = field(default=unheard)
    in_firm: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """What a report's own function gives."""

    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Mapping[str, Any]]
    sums: Iterable[Mapping[str, Any]] = ()
    notes: Sequence[str] = ()
    chart: Chart | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A table as of a day, or of the days from `since` on. A value may be None where the row has none.

    `sums` are rows that add up the others, `notes` sentences that belong to the figures.
    """

    name: str
    title: str
    as_of: date
    firm: str
    firm_currency: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Any], ...]
    sums: tuple[Mapping[str, Any], ...] = ()
    since: date | None = None
    notes: tuple[str, ...] = ()
    chart: Chart | None = None


def plain_rows(made: Report, *, beside: bool = True) -> list[dict[str, str | None]]:
    """Rows with amounts in major units ("1234.50"), dates ISO, None where there is nothing.

    Without `beside` only what a program needs.
    """
    columns = [column for column in made.columns if beside or not column.beside]
    return [{column.key: _plain(made, column, row) for column in columns} for row in made.rows]


def currency_of(made: Report, column: Column, row: Mapping[str, Any]) -> str:
    """The currency of an amount in a row."""
    return made.firm_currency if column.key.startswith("firm_") else str(row["currency"])


def sums_by_currency(
    columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], keys: Sequence[str]
) -> list[dict[str, Any]]:
    """A row a currency that adds up these columns, all others empty."""
    blank: dict[str, Any] = dict.fromkeys((column.key for column in columns), None)
    sums: dict[str, dict[str, Any]] = {}
    for row in rows:
        total = sums.setdefault(row["currency"], blank | dict.fromkeys(keys, 0) | {"currency": row["currency"]})
        for key in keys:
            total[key] += row[key] or 0
    return [sums[currency] for currency in sorted(sums)]


def names(book: Book) -> Mapping[int, tuple[str, str]]:
    """Code and name of every client."""
    with book.reading() as session:
        rows: Sequence[Any] = session.connection().exec_driver_sql("SELECT id, code, name FROM client").fetchall()
        return {row[0]: (row[1], row[2]) for row in rows}


def _plain(made: Report, column: Column, row: Mapping[str, Any]) -> str | None:
    value = row[column.key]
    if value is None:
        return None
    if column.kind == "amount":
        return major_text(value, currency_of(made, column, row))
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
