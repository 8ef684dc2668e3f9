"""The small program that proves a book without this one: it finds what the check finds, with Python alone."""

from __future__ import annotations

import ast
import lzma
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from db import row_seals
from db.book_files import open_book
from db.schema import Base
from desktop.domain.sealing import INVOICE_FIELDS, LINE_FIELDS, TAX_FIELDS
from desktop.services.archive.making import write_archive
from desktop.services.audit import head
from desktop.services.verify_script import SCRIPT, script_text, write_verify_script
from tests.lived_book import lived_book

# What the program proves of a row: everything but work in progress and what moves by itself.
_COVERED = sorted(
    {table for table in Base.metadata.tables if table not in row_seals.UNSEALED}
    | {"audit_event", "audit_payload", "change_set", "rendering_prefix"}
)
_TRIES = 3


@pytest.fixture(scope="module")
def script() -> ModuleType:
    found = ModuleType("sheaf_verify")
    exec(compile(script_text(), SCRIPT, "exec"), found.__dict__)
    return found


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with lived_book(tmp_path_factory.mktemp("lived")) as book:
        return book.path


@pytest.fixture(scope="module")
def opened(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A copy without its guards, as someone with a database tool would make it."""
    path = tmp_path_factory.mktemp("tampered") / "Harbour.sheaf"
    shutil.copyfile(lived, path)
    connection = sqlite3.connect(path, isolation_level=None)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    yield connection
    connection.close()


def proved(script: Any, connection: sqlite3.Connection) -> list[str]:
    report = script.Report()
    try:
        script.check_file(connection, report)
        script.check_chain(connection, report, None)
        script.check_rows(connection, report)
        script.check_documents(connection, report)
        script.check_runs(connection, report)
        script.check_files(connection, report)
    except sqlite3.DatabaseError as error:
        report.problem(str(error))
    return list(report.problems)


def test_it_needs_only_the_standard_library() -> None:
    imported = {
        (node.module or "").split(".")[0] if isinstance(node, ast.ImportFrom) else alias.name.split(".")[0]
        for node in ast.walk(ast.parse(script_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported <= set(sys.stdlib_module_names)


def test_it_knows_what_the_program_seals(script: Any) -> None:
    assert (script.INVOICE, script.LINE, script.TAX) == (INVOICE_FIELDS, LINE_FIELDS, TAX_FIELDS)
    assert set(Base.metadata.tables) - script.NOT_LOGGED == set(row_seals.sealed_tables())
    assert {name: set(columns) for name, columns in row_seals.MOVING.items()} == script.MOVING
    assert set(row_seals.SEALED_LATER) == script.LOGGED_LATER


def test_a_book_is_proved_by_python_alone(lived: Path, tmp_path: Path) -> None:
    path = write_verify_script(tmp_path)[0]
    done = subprocess.run([sys.executable, "-I", path, lived, "--json"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    with open_book(lived, read_only=True) as book:
        assert f'"head": "{head(book)}"' in done.stdout


def test_a_head_that_is_not_in_the_log_is_told(lived: Path, script: Any) -> None:
    with open_book(lived, read_only=True) as book:
        assert script.verify_book(lived, head(book)).problems == []
    assert len(script.verify_book(lived, "0" * 64).problems) == 1


def test_what_is_no_plain_book_is_said_in_a_sentence(tmp_path: Path, script: Any, capsys: Any) -> None:
    path = tmp_path / "locked.sheaf"
    path.write_bytes(random.Random(1).randbytes(8192))
    assert script.main([str(path)]) == 2
    assert "decrypt a copy first" in capsys.readouterr().err


@pytest.mark.parametrize("table", _COVERED)
def test_random_bytes_anywhere_in_what_is_kept_are_found(opened: sqlite3.Connection, script: Any, table: str) -> None:
    """Each column of each table, at random places of random rows, as the program and as the script see it."""
    chance = random.Random(table)
    key = "event_id" if table == "audit_payload" else "rowid"
    for _number, column, *_rest in opened.execute(f"PRAGMA table_info({table})").fetchall():
        if column in row_seals.MOVING.get(table, ()) or (table, column) == ("change_set", "undoable"):
            continue
        if column == "id" and table in ("invoice_line", "invoice_tax", "rendering_prefix"):
            # Their seal is that of the thing that they belong to, in which their number has no place.
            continue
        rows = opened.execute(f'SELECT {key}, "{column}" FROM {table} ORDER BY random() LIMIT {_TRIES}').fetchall()
        for row, value in rows:
            opened.execute("SAVEPOINT t")
            try:
                opened.execute(f'UPDATE {table} SET "{column}" = ? WHERE {key} = ?', (_spoiled(value, chance), row))
                assert proved(script, opened), f"{table}.{column} of {row}: {value!r}"
            except sqlite3.IntegrityError:
                # An index refused it: nothing was changed.
                continue
            finally:
                opened.execute("ROLLBACK TO t")
                opened.execute("RELEASE t")


@pytest.mark.parametrize("column", ["before", "after"])
def test_a_log_whose_words_are_others_is_told_and_does_not_stop_it(
    opened: sqlite3.Connection, script: Any, column: str
) -> None:
    """One of each kind of event, as JSON that holds nothing of what is looked for."""
    events = opened.execute(
        f"SELECT max(event_id) FROM audit_payload JOIN audit_event e ON e.id = event_id WHERE {column} IS NOT NULL"
        " GROUP BY e.subject, e.action"
    ).fetchall()
    assert events
    for (event,) in events:
        for other in ('{"x": 1}', "[]", "7"):
            opened.execute("SAVEPOINT t")
            opened.execute(f"UPDATE audit_payload SET {column} = ? WHERE event_id = ?", (other, event))
            found = proved(script, opened)
            assert f"log: what event #{event} says was changed" in found
            opened.execute("ROLLBACK TO t")
            opened.execute("RELEASE t")


def _spoiled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, int):
        return value + chance.choice((-1, 1)) * chance.randint(1, 1000)
    if isinstance(value, bytes) and value:
        at = chance.randrange(len(value))
        return value[:at] + bytes([value[at] ^ chance.randint(1, 255)]) + value[at + 1 :]
    if isinstance(value, str) and value:
        at = chance.randrange(len(value))
        return value[:at] + chr((ord(value[at]) + chance.randint(1, 25)) % 0xD7FF) + value[at + 1 :]
    return chance.choice((1, "x"))


def test_an_archive_is_proved_and_each_byte_of_its_files_counts(lived: Path, tmp_path: Path, script: Any) -> None:
    path = tmp_path / "run.zip"
    with open_book(lived) as book:
        write_archive(book, path, run="R-2026-0001")
    assert script.verify_archive(path).problems == []
    content = path.read_bytes()
    chance = random.Random(5)
    for _try in range(40):
        at = chance.randrange(len(content))
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        # What stands between the files is proved by the program itself.
        told = script.main([str(path)])
        if told == 0:
            assert _between_files(content, at)


def _between_files(content: bytes, at: int) -> bool:
    return b"PK" in content[max(0, at - 120) : at + 2] or at > content.rindex(b"PK\x01\x02") - 10_000


def test_the_program_that_comes_with_an_archive_is_the_same(lived: Path, tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "run.zip"
    with open_book(lived) as book:
        write_archive(book, path, run="R-2026-0001")
    with zipfile.ZipFile(path) as archive:
        assert archive.read(SCRIPT).decode() == script_text()


def test_books_of_the_first_revision_are_proved_and_older_ones_named(tmp_path: Path, script: Any, capsys: Any) -> None:
    books = sorted((Path(__file__).parents[1] / "old_books").glob("*.sheaf.xz"))
    for packed, code in ((books[0], 2), (books[-1], 0)):
        path = tmp_path / "old.sheaf"
        path.write_bytes(lzma.decompress(packed.read_bytes()))
        assert script.main([str(path)]) == code
    assert "Open a copy of it in Sheaf once" in capsys.readouterr().err
