"""What the book holds as a table under the headings of its import: taken in again, it changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from db.queries import exports as queries
from desktop.domain.money import scaled_to_percent, to_major, unscaled
from desktop.domain.periods import Interval
from desktop.i18n import _
from desktop.importing.kinds import headers, kind_named
from desktop.importing.results import Report
from desktop.services.table_files import Value, write_table

_DAY = timedelta(days=1)
_REPORT_EVERY = 1_000


@dataclass(frozen=True, slots=True)
class ExportResult:
    """A file of so many rows below its headings."""

    path: Path
    kind: str
    rows: int


def export_file(
    book: Book,
    kind: str,
    path: Path,
    *,
    ids: Collection[int] | None = None,
    report: Report = lambda _done, _total, _text: None,
) -> ExportResult:
    """Write a kind to a file by its ending; with `ids` only those records. One that stood there is replaced whole.

    UserError for a kind that does not exist, another ending, or a refused write.
    """
    kind_named(kind)
    with book.reading() as session:
        connection = session.connection()
        names = columns_of(connection, kind)
        count = write_table(path, kind, names, _reported(_rows(connection, kind, names, ids), report))
    return ExportResult(path, kind, count)


def export_rows(
    book: Book, kind: str, ids: Collection[int] | None = None
) -> tuple[Sequence[str], list[Sequence[Value]]]:
    """The headings and the rows of a kind. UserError for a kind that does not exist."""
    kind_named(kind)
    with book.reading() as session:
        names = columns_of(session.connection(), kind)
        return names, list(_rows(session.connection(), kind, names, ids))


def columns_of(connection: Connection, kind: str) -> tuple[str, ...]:
    """The columns of the kind's template, and those beside them of which the book has any value."""
    found = queries.filled(connection, kind)
    return (*headers(kind), *(name for name in queries.more_columns(kind) if name in found))


def _rows(
    connection: Connection, kind: str, names: Sequence[str], ids: Collection[int] | None
) -> Iterator[Sequence[Value]]:
    types = {field.name: field.type for field in kind_named(kind).fields}
    readers = [_reader(types[name]) for name in names]
    places = [queries.columns(kind).index(name) for name in names]
    all_names = queries.columns(kind)
    key, currency = all_names.index("key"), all_names.index("currency_of")
    for row in queries.rows(connection, kind):
        if ids is None or row[key] in ids:
            told = tuple(read(row[place], row[currency]) for place, read in zip(places, readers, strict=True))
            yield _with_scope(told, names, row, all_names) if kind == "changes" else told


def _with_scope(told: tuple[Value, ...], names: Sequence[str], row: Any, all_names: Sequence[str]) -> tuple[Value, ...]:
    """A change of a scope is an amount, told as the price of one unit."""
    amount = row[all_names.index("scope_amount")]
    if amount is None:
        return told
    place = names.index("unit_price")
    return (*told[:place], to_major(amount, row[all_names.index("currency_of")]), *told[place + 1 :])


def _reader(type_: str) -> Callable[[Any, str], Value]:
    """How the book's value of a type is told in a file: days that end are last days already in the query."""
    return {
        "number": lambda value, _currency: None if value is None else unscaled(value),
        "price": lambda value, _currency: None if value is None else unscaled(value),
        "hours": lambda value, _currency: None if value is None else unscaled(value),
        "percent": lambda value, _currency: None if not value else scaled_to_percent(value),
        "amount": lambda value, currency: None if value is None else to_major(value, currency),
        "date": lambda value, _currency: None if value is None else date.fromisoformat(value),
        "anchor": _anchor,
        "interval": _interval,
        "bool": lambda value, _currency: None if value is None else bool(value),
    }.get(type_, lambda value, _currency: str(value) if value not in (None, "") else None)


def _anchor(value: Any, _currency: str) -> Value:
    return date.fromisoformat(value) if isinstance(value, str) else None if value is None else Decimal(value)


def _interval(value: Any, _currency: str) -> Value:
    if not value:
        return None
    count, unit = str(value).split()
    return str(Interval(int(count), unit))  # type: ignore[arg-type]


def _reported(rows: Iterable[Sequence[Value]], report: Report) -> Iterator[Sequence[Value]]:
    for number, row in enumerate(rows):
        if number % _REPORT_EVERY == 0:
            report(number, 0, _("Writing rows"))
        yield row
