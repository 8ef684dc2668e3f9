"""Seals rows written in bulk: one digest a table and transaction goes into the audit chain.

Whoever writes many rows need not think of it: what is new since the transaction began is read back and sealed, so that
a figure changed by hand is found however it came into the book.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, Final

from db.chain import Event
from db.schema import Base

# The action of a sealing event; its payload is {"first", "last", "count", "columns", "digest"}, ids inclusive. The
# columns stand there because an upgrade may add one.
ROWS: Final = "rows"

# Work in progress and the log itself: a run's drafts change all the time and become books only when issued. A
# reminder is its letter, kept with its digest in the outbox. The outbox
# moves with each answer of a server; the check proves it by its own rows. A passphrase's hash must not be in the log.
UNSEALED: Final = frozenset(
    {
        "alembic_version",
        "audit_event",
        "audit_payload",
        "book",
        "change_set",
        "delivery",
        "delivery_event",
        "draft",
        "finding",
        "import_batch",
        "mailing",
        "outcome",
        "passphrase",
        "print_job",
        "reminder",
        "reminder_item",
        "reminder_run",
        "rendering_prefix",
        "run",
        "saved_mapping",
        "schedule_result",
        "setting",
        "sign_in",
        "unfinished",
    }
)

# Columns that move without an event of their own, each proved by other rows.
MOVING: Final[Mapping[str, frozenset[str]]] = {
    "open_item": frozenset({"open"}),
    "open_credit": frozenset({"open"}),
    "charge": frozenset({"reversed_by"}),
    "time_entry": frozenset({"draft_id", "invoice_id"}),
    "one_off": frozenset({"draft_id", "invoice_id"}),
    "milestone": frozenset({"draft_id", "invoice_id"}),
    "usage": frozenset({"invoice_id"}),
    "series_year": frozenset({"next", "last_date"}),
    "bank_line": frozenset({"state"}),
}

# Sealed since a later version of the program: rows older than the first seal may stand without one.
SEALED_LATER: Final = frozenset({"rendering"})

# Lines and taxes are in the seal of their invoice, which is in a sealed row.
_SEALED_ELSEWHERE: Final = frozenset({"invoice_line", "invoice_tax"})

Marks = dict[str, int]

_BLOCK = 500

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=bytes.hex).encode


@cache
def sealed_tables() -> tuple[str, ...]:
    """Tables whose rows the audit chain covers."""
    return tuple(name for name in Base.metadata.tables if name not in UNSEALED | _SEALED_ELSEWHERE)


@cache
def sealed_columns(table: str) -> tuple[str, ...]:
    """Columns of a table that do not change without an event, in the order of the digest: by name."""
    names = (column.name for column in Base.metadata.tables[table].columns)
    return tuple(sorted(name for name in names if name not in MOVING.get(table, ())))


@cache
def _marks_query() -> str:
    return "SELECT " + ", ".join(f"(SELECT coalesce(max(id), 0) FROM {table})" for table in sealed_tables())


def marks(connection: sqlite3.Connection) -> Marks:
    """The highest id of each sealed table."""
    return dict(zip(sealed_tables(), connection.execute(_marks_query()).fetchone(), strict=True))


def digest(rows: Iterable[Any]) -> tuple[int, str]:
    """(count, SHA-256) of rows as SQLite gives them: integers, texts, bytes and None."""
    seal = hashlib.sha256()
    count = 0
    rest = iter(rows)
    # The encoder costs more to start than to run: many rows at once, few enough to keep memory flat.
    while block := list(islice(rest, _BLOCK)):
        seal.update(_encode(block).encode())
        count += len(block)
    return count, seal.hexdigest()


def range_query(table: str, columns: Sequence[str]) -> str:
    """Reads what a digest covers; parameters are the first and last id."""
    return f"SELECT {', '.join(columns)} FROM {table} WHERE id BETWEEN ? AND ? ORDER BY id"


def seal_new_rows(connection: sqlite3.Connection, since: Marks, recorded: Mapping[str, Collection[int]]) -> list[Event]:
    """Events that seal what was written since the marks were taken and is not `recorded` row by row."""
    events = []
    for table, last in marks(connection).items():
        first = since[table] + 1
        if last < first:
            continue
        alone = recorded.get(table, ())
        if len(alone) >= last - first + 1 and all(number in alone for number in range(first, last + 1)):
            continue
        events.append(seal_range(connection, table, first, last))
    return events


def seal_range(connection: sqlite3.Connection, table: str, first: int, last: int, action: str = ROWS) -> Event:
    """The event that seals a table's rows from the first to the last id, inclusive, as they stand."""
    columns = sealed_columns(table)
    count, sealed = digest(connection.execute(range_query(table, columns), (first, last)))
    payload = {"first": first, "last": last, "count": count, "columns": columns, "digest": sealed}
    return Event(table, None, action, None, payload)
