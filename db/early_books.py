"""Lifts books written before revision 0001 was settled: they bear its number, and lack some of its tables and columns.

Their shape tells them. A table that differs is made anew and filled from the old one, as SQLite's manual has it.
"""

from __future__ import annotations

import importlib.util
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from desktop.domain.wording import phrase
from desktop.errors import UserError
from desktop.i18n import _

FIRST: Final = "0001"

# What rows that stand get in columns that may not be empty, where it is not the empty text or zero.
_GIVEN: Final = {
    ("agreement", "notice_unit"): "'month'",
    ("agreement", "renewal"): "'open'",
    ("agreement", "unused"): "'credit'",
    ("agreement_line", "metering"): "'events'",
    ("bank_account", "kind"): "'bank'",
    ("client", "account_kind"): "'checking'",
    ("client", "mandate_scheme"): "'CORE'",
    ("client", "payment_means"): "'transfer'",
    ("contact", "mail_as"): "'to'",
    ("dispute", "category"): "'other'",
    ("firm", "einvoice"): "'none'",
    ("firm", "tax_regime"): "'auto'",
    ("segment", "milestones"): "'run'",
}
# A draft's last invoice was compared by its gross amount at first; its net is not known any more.
_GONE: Final = frozenset({("draft", "previous_gross")})

_ISSUED_EARLIER: Final = phrase("It was issued before the program had an outbox.").stored()


def lift(book: sqlite3.Connection, revisions: Path) -> bool:
    """Bring the tables of a book that says 0001 to those of revision 0001; whether anything was to do.

    Within the caller's transaction, foreign keys off and triggers dropped. Raises UserError where the book has tables
    or columns that revision 0001 never had: nothing is dropped that is not understood.
    """
    settled = _settled(revisions)
    try:
        _refuse_unknown(book, settled)
        steps = list(_steps(book, settled))
    finally:
        settled.close()
    for step in steps:
        book.execute(step)
    if steps:
        _put_into_outbox(book)
    return bool(steps)


def _put_into_outbox(book: sqlite3.Connection) -> None:
    """What was issued before there was an outbox stands in it as not to be sent, until somebody wants it sent."""
    book.execute(
        "INSERT INTO delivery (invoice_id, letter, title, client_id, run_id, channel, form, state, current, fate,"
        " address, by_hand, not_before, tries, answer, path, made_at, actor)"
        " SELECT id, '', number, client_id, run_id, 'hand', 'pdf', 'cancelled', 1, '', '', 0, '', 0, ?, '',"
        " (SELECT coalesce(max(at), '') FROM audit_event), '' FROM invoice"
        " WHERE kind <> 'opening' AND id NOT IN (SELECT invoice_id FROM delivery WHERE invoice_id IS NOT NULL)",
        (_ISSUED_EARLIER,),
    )


def _settled(revisions: Path) -> sqlite3.Connection:
    """An empty book of revision 0001, in memory."""
    (path,) = (revisions / "versions").glob(f"{FIRST}_*.py")
    spec = importlib.util.spec_from_file_location("first_revision", path)
    assert spec is not None
    assert spec.loader is not None
    first = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(first)
    made = sqlite3.connect(":memory:")
    for statement in first.STATEMENTS:
        made.execute(statement)
    return made


def _refuse_unknown(book: sqlite3.Connection, settled: sqlite3.Connection) -> None:
    known = _tables(settled)
    unknown = [name for name in _tables(book) if name not in known]
    for name in known:
        columns = _columns(settled, name)
        unknown += [
            f"{name}.{column}"
            for column in _columns(book, name)
            if column not in columns and (name, column) not in _GONE
        ]
    if unknown:
        raise UserError(
            _("This version of the program does not know what the book holds in {names}.").format(
                names=", ".join(unknown)
            ),
            _("Nothing was changed. Open it with the version that wrote it, or restore a backup."),
        )


def _steps(book: sqlite3.Connection, settled: sqlite3.Connection) -> Iterator[str]:
    standing = _tables(book)
    for name, sql in _tables(settled).items():
        becomes = _indexes(settled, name)
        if name not in standing:
            yield sql
            yield from becomes.values()
        elif sql != standing[name]:
            yield from _made_anew(book, settled, name, sql)
            yield from becomes.values()
        else:
            was = _indexes(book, name)
            yield from (f"DROP INDEX {index}" for index in was if was[index] != becomes.get(index))
            yield from (becomes[index] for index in becomes if was.get(index) != becomes[index])


def _made_anew(book: sqlite3.Connection, settled: sqlite3.Connection, name: str, sql: str) -> Iterator[str]:
    old, new = _columns(book, name), _columns(settled, name)
    values = {column: f'"{column}"' for column in new if column in old}
    for column, (kind, required) in new.items():
        if required and column not in old:
            values[column] = _GIVEN.get((name, column), "''" if kind == "VARCHAR" else "0")
    yield sql.replace(f"CREATE TABLE {name} ", f"CREATE TABLE {name}_anew ", 1)
    named = ", ".join(f'"{column}"' for column in values)
    yield f"INSERT INTO {name}_anew ({named}) SELECT {', '.join(values.values())} FROM {name} ORDER BY rowid"
    yield f"DROP TABLE {name}"
    yield f"ALTER TABLE {name}_anew RENAME TO {name}"


def _tables(book: sqlite3.Connection) -> dict[str, str]:
    found = book.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        " AND name <> 'alembic_version' ORDER BY rowid"
    )
    # A table that was made anew has its name in quotes.
    return {name: _plain(sql).replace(f'CREATE TABLE "{name}"', f"CREATE TABLE {name}", 1) for name, sql in found}


def _indexes(book: sqlite3.Connection, table: str) -> dict[str, str]:
    found = book.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql <> ''", (table,)
    )
    return {name: _plain(sql) for name, sql in sorted(found)}


def _columns(book: sqlite3.Connection, table: str) -> dict[str, tuple[str, bool]]:
    """By name: the declared type, and whether it may not be empty."""
    return {row[1]: (row[2], bool(row[3])) for row in book.execute(f"PRAGMA table_info({table})")}


def _plain(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).replace("( ", "(").replace(" )", ")").strip()
