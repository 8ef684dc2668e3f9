"""What the book holds under a few typed letters: clients, agreements, documents, payments, runs, items, saved views.

Each source is asked by an index or by reading one narrow index through, so that 100,000 invoices answer while
somebody types.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.money import exact_minor
from desktop.domain.ranking import EXACT, WITHIN, rank
from desktop.errors import UserError
from desktop.i18n import parse_number
from desktop.services.lists.searching import ids_text, like
from desktop.services.things import AGREEMENTS, CLIENTS, DOCUMENTS, ITEMS, PAYMENTS, RUNS, SOURCES, VIEWS, Source, Thing

# So many of each kind are shown; more are looked at, so that the best of them are.
_SHOWN: Final = 6
_LOOKED_AT: Final = 60
_AFTER_ALL: Final = "\U0010ffff"
_CURRENCY: Final = re.compile(r"^[^\d\s(.,−-]{1,4}\s*|\s*[^\d\s).,]{1,4}$")
_PLAIN: Final = re.compile(r"\d+(\.\d{1,4})?")

Amounts = Collection[tuple[str, int]]  # currency and minor units


def find(book: Book, asked: str) -> list[Thing]:
    """The best few of each kind, the best first.

    Amounts are read as they are written here, or with a point: `1.234,50`, `1234.50`, also with their currency.
    """
    typed = " ".join(asked.split())
    if not typed:
        return []
    with book.reading() as session:
        connection = session.connection()
        amounts = _amounts(connection, typed)
        found = [
            *_matching(connection, typed, CLIENTS, ("c.name", "c.code"), (1, 2), "c.merged_into_id IS NULL"),
            *_matching(connection, typed, AGREEMENTS, ("a.code", "a.title", "a.po_number"), (2, 1, 4)),
            *_documents(connection, typed, amounts),
            *_payments(connection, typed, amounts),
            *_matching(connection, typed, RUNS, ("r.number",), (1,)),
            *_matching(
                connection, typed, ITEMS, ("t.name", "t.code"), (1, 2), "t.active = 1 AND t.merged_into_id IS NULL"
            ),
            *_matching(connection, typed, VIEWS, ("v.name",), (1,)),
        ]
    return sorted(found, key=lambda thing: thing.rank)


def again(book: Book, keys: Sequence[str]) -> list[Thing]:
    """Things by their keys, in that order; what is gone is left out."""
    wanted: dict[str, list[int]] = {}
    for key in keys:
        kind, _colon, number = key.partition(":")
        if kind in SOURCES and number.isdigit():
            wanted.setdefault(kind, []).append(int(number))
    made: dict[str, Thing] = {}
    with book.reading() as session:
        for kind, ids in wanted.items():
            source = SOURCES[kind]
            things = [source.make(row, EXACT) for row in _rows(session.connection(), source, ids)]
            made |= {thing.key: thing for thing in things}
    return [made[key] for key in keys if key in made]


def _rows(connection: Connection, source: Source, ids: Iterable[int]) -> Sequence[Any]:
    return connection.exec_driver_sql(
        f"{source.sql} WHERE {source.key} IN (SELECT value FROM json_each(?))", (ids_text(ids),)
    ).fetchall()


def _best(asked: str, rows: Iterable[Any], texts: Sequence[int], source: Source) -> list[Thing]:
    """The few of these rows of which the texts at these places answer best."""
    ranked = []
    for row in rows:
        found = [one for place in texts if (one := rank(asked, row[place])) is not None]
        # What SQL found and no single text answers, such as a name and a code together, stands last.
        ranked.append((min(found, default=WITHIN), row))
    ranked.sort(key=lambda pair: pair[0])
    return [source.make(row, best) for best, row in ranked[:_SHOWN]]


def _matching(
    connection: Connection,
    asked: str,
    source: Source,
    columns: Sequence[str],
    texts: Sequence[int],
    standing: str = "1",
) -> list[Thing]:
    """From a table small enough to be read through; what begins as was typed is looked at first, then the newest."""
    where, values = like(asked, columns)
    rows = connection.exec_driver_sql(
        f"{source.sql} WHERE {standing} AND {where} ORDER BY {columns[0]} LIKE ? DESC, {source.key} DESC"
        f" LIMIT {_LOOKED_AT}",
        (*values, f"{asked}%"),
    )
    return _best(asked, rows, texts, source)


def _documents(connection: Connection, asked: str, amounts: Amounts) -> list[Thing]:
    ids = dict.fromkeys(_beginning(connection, "invoice", asked))
    if not ids and any(sign.isdigit() for sign in asked):
        if not any(sign.isalpha() for sign in asked):
            ids |= dict.fromkeys(_ending(connection, asked))
        ids |= dict.fromkeys(_holding(connection, "invoice", "po_number", asked))
    things = _best(asked, _rows(connection, DOCUMENTS, ids), (1, 7), DOCUMENTS)
    for column, place in (("gross", 5), ("net", 8)):
        rows = _of_amount(connection, DOCUMENTS, f"i.{column}", amounts)
        of_amount = [
            DOCUMENTS.make(row, EXACT) for row in rows if (row[6], row[place]) in amounts and row[0] not in ids
        ]
        ids |= dict.fromkeys(thing.id for thing in of_amount)
        things += of_amount[:_SHOWN]
    return things


def _payments(connection: Connection, asked: str, amounts: Amounts) -> list[Thing]:
    ids = dict.fromkeys(_beginning(connection, "payment", asked))
    if not ids and any(sign.isdigit() for sign in asked):
        ids |= dict.fromkeys(_holding(connection, "payment", "reference", asked))
    things = _best(asked, _rows(connection, PAYMENTS, ids), (1, 6), PAYMENTS)
    rows = _of_amount(connection, PAYMENTS, "p.amount", amounts)
    of_amount = [PAYMENTS.make(row, EXACT) for row in rows if (row[5], row[4]) in amounts and row[0] not in ids]
    return things + of_amount[:_SHOWN]


def _beginning(connection: Connection, table: str, asked: str) -> list[int]:
    """The newest numbers that begin so, from the index of numbers, which knows capitals from small letters."""
    found: dict[int, None] = {}
    for spelling in dict.fromkeys((asked, asked.upper())):
        rows = connection.exec_driver_sql(
            f"SELECT id FROM {table} WHERE number >= ? AND number < ? ORDER BY number DESC LIMIT {_SHOWN}",
            (spelling, spelling + _AFTER_ALL),
        )
        found |= dict.fromkeys(row[0] for row in rows)
    return list(found)


def _ending(connection: Connection, digits: str) -> list[int]:
    """The newest invoices whose number holds these digits; people know a number by its end."""
    rows = connection.exec_driver_sql(
        f"SELECT id FROM invoice WHERE instr(number, ?) ORDER BY number DESC LIMIT {_SHOWN}", (digits,)
    )
    return [row[0] for row in rows]


def _holding(connection: Connection, table: str, column: str, asked: str) -> list[int]:
    """The newest that hold what was typed, from an index that knows only the rows with something there."""
    where, values = like(asked, (column,))
    rows = connection.exec_driver_sql(
        f"SELECT id FROM {table} WHERE {column} <> '' AND {where} ORDER BY {column} DESC LIMIT {_SHOWN}",
        tuple(values),
    )
    return [row[0] for row in rows]


def _of_amount(connection: Connection, source: Source, column: str, amounts: Amounts) -> Sequence[Any]:
    if not amounts:
        return ()
    figures = sorted({minor for _currency, minor in amounts})
    return connection.exec_driver_sql(
        f"{source.sql} WHERE {column} IN ({', '.join('?' * len(figures))}) ORDER BY {source.key} DESC"
        f" LIMIT {_LOOKED_AT}",
        tuple(figures),
    ).fetchall()


def _amounts(connection: Connection, asked: str) -> Amounts:
    """What was typed as an amount in each currency of the book that has so many decimals."""
    bare = _CURRENCY.sub("", asked)
    values: set[Decimal] = set()
    if _PLAIN.fullmatch(bare):
        values.add(Decimal(bare))
    with suppress(UserError):
        values.add(abs(parse_number(bare)))
    found = set()
    for (currency,) in connection.exec_driver_sql(
        "SELECT currency FROM firm UNION SELECT currency FROM client UNION SELECT currency FROM agreement"
    ):
        for value in values:
            try:
                found.add((str(currency), exact_minor(value, currency)))
            except ValueError:
                continue
    return found
