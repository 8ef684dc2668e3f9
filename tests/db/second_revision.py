"""Writes revision 0002 anew, from revision 0001 to the models; for as long as no book of a user has it.

python -m tests.db.second_revision
"""

from __future__ import annotations

import importlib.util
import re
import sqlite3
import textwrap
from collections.abc import Iterable
from pathlib import Path

from db import ddl
from db.upgrades import REVISIONS

PATH = REVISIONS / "versions" / "0002_ledger.py"
_FIRST = REVISIONS / "versions" / "0001_first.py"

# What rows that stand already have in columns that may not be empty.
_GIVEN = {
    ("person", "role"): "'owner'",
    ("person", "active"): "1",
    ("exchange_rate", "source"): "''",
}
# Rows that the first book has no words for.
_UNKNOWN_BEFORE = (
    "DELETE FROM posting WHERE entry_id IN (SELECT id FROM journal_entry"
    " WHERE kind IN ('bank', 'recognition', 'adjustment'))",
    "DELETE FROM posting WHERE role = 'accrued_revenue'",
    "DELETE FROM journal_entry WHERE kind IN ('bank', 'recognition', 'adjustment')",
)

_HEAD = '''"""A general ledger, people who sign in, and control over what is configured and erased.

A table whose columns or checks change is made anew beside the old one, as SQLite's manual has it.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

'''
_FOOT = """

def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
"""


def _objects(statements: Iterable[str]) -> sqlite3.Connection:
    made = sqlite3.connect(":memory:")
    for statement in statements:
        made.execute(statement)
    return made


def _plain(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).replace("( ", "(").replace(" )", ")").strip()


def _tables(book: sqlite3.Connection) -> dict[str, str]:
    found = book.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
    return {name: _plain(sql) for name, sql in found}


def _indexes(book: sqlite3.Connection, table: str) -> dict[str, str]:
    found = book.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql <> ''", (table,)
    )
    return {name: _plain(sql) for name, sql in sorted(found)}


def _columns(book: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in book.execute(f"PRAGMA table_info({table})")]


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _steps(before: sqlite3.Connection, after: sqlite3.Connection) -> list[str]:
    """The statements that bring the tables of the one to those of the other."""
    steps: list[str] = []
    old, new = _tables(before), _tables(after)
    for name in reversed([name for name in old if name not in new]):
        steps.append(f"DROP TABLE {name}")
    for name, sql in new.items():
        if name not in old:
            steps.append(sql)
            steps += _indexes(after, name).values()
        elif sql != old[name]:
            standing = _columns(before, name)
            kept = [column for column in _columns(after, name) if column in standing]
            given = [column for column in _columns(after, name) if (name, column) in _GIVEN and column not in standing]
            steps.append(sql.replace(f"CREATE TABLE {name} ", f"CREATE TABLE {name}_anew ", 1))
            values = ", ".join([_quoted(kept), *(_GIVEN[name, column] for column in given)])
            steps.append(
                f"INSERT INTO {name}_anew ({_quoted([*kept, *given])}) SELECT {values} FROM {name} ORDER BY rowid"
            )
            steps.append(f"DROP TABLE {name}")
            steps.append(f"ALTER TABLE {name}_anew RENAME TO {name}")
            steps += _indexes(after, name).values()
        else:
            was, becomes = _indexes(before, name), _indexes(after, name)
            steps += [f"DROP INDEX {index}" for index in was if was[index] != becomes.get(index)]
            steps += [becomes[index] for index in becomes if was.get(index) != becomes[index]]
    return steps


def _listed(name: str, statements: Iterable[str]) -> str:
    lines = [f"{name} = (\n"]
    for statement in statements:
        lines.append('    """\n')
        wrapped = textwrap.wrap(statement, 108, break_long_words=False, break_on_hyphens=False)
        lines += [f"    {'' if number == 0 else '    '}{part}\n" for number, part in enumerate(wrapped)]
        lines.append('    """,\n')
    return "".join([*lines, ")\n"])


def source() -> str:
    """The revision's file as the models want it."""
    spec = importlib.util.spec_from_file_location("first", _FIRST)
    assert spec is not None
    assert spec.loader is not None
    first = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(first)
    before, after = _objects(first.STATEMENTS), _objects(ddl.table_statements())
    try:
        up, down = _steps(before, after), [*_UNKNOWN_BEFORE, *_steps(after, before)]
    finally:
        before.close()
        after.close()
    return "".join([_HEAD, _listed("UP", up), _listed("DOWN", down), _FOOT])


if __name__ == "__main__":
    Path(PATH).write_text(source(), encoding="utf-8")
