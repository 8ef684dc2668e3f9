"""Whatever is changed by hand, the check finds; what the program did, it lets pass."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import Connection, Date

from db import row_seals
from db.book_files import open_book
from db.engine import Book
from db.schema import Base, Client
from db.schema.base import Minor, Scaled
from db.triggers import FROZEN, MUTABLE
from desktop.services.audit import head
from desktop.services.changes import change
from desktop.services.check import CheckResult, check
from tests.books import new_book
from tests.lived_book import lived_book


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed book in which everything has happened; copy it."""
    with lived_book(tmp_path_factory.mktemp("lived")) as book:
        return book.path


@pytest.fixture
def book(lived: Path, tmp_path: Path) -> Iterator[Book]:
    shutil.copyfile(lived, tmp_path / "Harbour.sheaf")
    with open_book(tmp_path / "Harbour.sheaf") as book:
        yield book


class Opened:
    """A book whose every reader sees what one uncommitted connection has changed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def connection(self) -> Connection:
        return self._connection

    @contextmanager
    def reading(self) -> Iterator[Opened]:
        yield self


class Tampering:
    """Changes a book by hand, looks, and takes the change back."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._raw = cast(sqlite3.Connection, connection.connection.driver_connection)
        # As someone would who knows what stands in the way.
        for (name,) in self._raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            self._raw.execute(f"DROP TRIGGER {name}")

    def found(self, sql: str, *values: Any) -> list[str]:
        """What the check says after the statement, the missing guards aside; "" where the statement changed nothing."""
        self._raw.execute("SAVEPOINT tampering")
        try:
            if not self._raw.execute(sql, values).rowcount:
                return [""]
            result = check(cast(Book, Opened(self._connection)))
            return [f"{p.what}: {p.where}: {p.detail}" for p in result.problems if p.what != "guard"]
        finally:
            self._raw.execute("ROLLBACK TO tampering")
            self._raw.execute("RELEASE tampering")

    def rows(self, sql: str) -> list[Any]:
        return self._raw.execute(sql).fetchall()


@pytest.fixture(scope="module")
def tampering(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tampering]:
    path = tmp_path_factory.mktemp("tampered") / "Harbour.sheaf"
    shutil.copyfile(lived, path)
    with open_book(path) as book, book.engine.connect() as connection:
        raw = cast(sqlite3.Connection, connection.connection.driver_connection)
        connection.rollback()
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("PRAGMA ignore_check_constraints = ON")
        with connection.begin():
            yield Tampering(connection)
            connection.rollback()


def test_a_book_that_only_the_program_wrote_is_clean(book: Book) -> None:
    result = check(book)
    assert result == CheckResult(True, (), head(book))


def test_a_new_book_is_clean(tmp_path: Path) -> None:
    with new_book(tmp_path, city="Hamburg") as book:
        assert check(book).clean


def sealed_columns() -> list[tuple[str, str]]:
    """Every column of every table that holds what a firm relies on."""
    working = row_seals.UNSEALED
    return [
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        if table.name not in working
        for column in table.columns
    ]


def other(table: str, column: str) -> str:
    """SQL of another value of the column's kind."""
    type_ = Base.metadata.tables[table].columns[column].type
    if isinstance(type_, Minor | Scaled):
        return f"coalesce({column}, 0) + 1"
    kind = type_.python_type
    if kind is bool:
        return f"NOT coalesce({column}, 0)"
    if kind is int:
        return f"coalesce({column}, 0) + 1000"
    if kind is bytes:
        return f"{column} || x'00'"
    if kind.__name__ == "date":
        return f"coalesce(date({column}, '+1 day'), '2026-01-01')"
    return f"coalesce({column}, '') || 'x'"


@pytest.mark.parametrize("table, column", sealed_columns())
def test_any_figure_changed_by_hand_is_found(tampering: Tampering, table: str, column: str) -> None:
    figures = isinstance(Base.metadata.tables[table].columns[column].type, Minor | Scaled)
    for which in ("min(id)", "max(id)") if figures else ("max(id)",):
        if column == "id" and table in ("invoice_line", "invoice_tax"):
            # Their seal is their document's, in which their number in the table has no place.
            continue
        sql = f"UPDATE {table} SET {column} = {other(table, column)} WHERE id = (SELECT {which} FROM {table})"
        found = tampering.found(sql)
        assert found, sql
        # Every table has a row here, or the test would prove nothing.
        assert found != [""], sql


@pytest.mark.parametrize("table", sorted({table for table, _column in sealed_columns()}))
def test_any_row_taken_away_by_hand_is_found(tampering: Tampering, table: str) -> None:
    for which in ("min(id)", "max(id)"):
        assert tampering.found(f"DELETE FROM {table} WHERE id = (SELECT {which} FROM {table})")


@pytest.mark.parametrize("table", sorted({table for table, _column in sealed_columns()} - {"firm"}))
def test_any_row_added_by_hand_is_found(tampering: Tampering, table: str) -> None:
    columns = [column.name for column in Base.metadata.tables[table].columns if column.name != "id"]
    # Unique texts get another ending, so that an index does not do the check's work.
    values = [
        f"{name} || 'x'" if name in ("number", "code", "name", "sha256", "digest", "external_id") else name
        for name in columns
    ]
    sql = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} LIMIT 1"
    found = tampering.found(sql)
    assert found
    unique = {"tax_rate", "exchange_rate", "rule_setting", "rate", "price_change", "template_version", "series"}
    unique |= {"open_item", "open_credit", "invoice", "invoice_line", "invoice_tax", "series_year", "agreement_line"}
    unique |= {"charge", "payment", "registration", "rendering", "template_choice", "mail_account", "mail_text"}
    unique |= {
        "dunning_level",
        "dunning_policy",
        "interest_rate",
        "learned_payer",
        "payment_order_item",
        "bank_line",
        "account_rule",
    }
    assert found != [""] or table in unique


def test_everything_frozen_is_among_what_is_tried() -> None:
    tried = {table for table, _column in sealed_columns()}
    assert tried >= {*FROZEN, *MUTABLE} - {"audit_event", "audit_payload", "change_set"}


@pytest.mark.parametrize(
    "sql, says",
    [
        ("UPDATE posting SET amount = amount + 1 WHERE id = 1", "its sides do not balance"),
        ("UPDATE open_item SET open = open + 1 WHERE id = 2", "but its allocations leave"),
        ("UPDATE open_credit SET open = open + 1 WHERE id = 1", "of its credit is left, but its allocations leave"),
        ("UPDATE allocation SET amount = amount + 1 WHERE id = 1", "but its allocations leave"),
        ("UPDATE write_off SET amount = amount + 1 WHERE id = 1", "was written off, but its allocations say"),
        ("UPDATE payment SET amount = amount + 1 WHERE id = 2", "its credit is not its amount"),
        ("UPDATE invoice SET net = net + 1 WHERE id = 2", "the net total is 571.43 where its parts give 571.42"),
        ("UPDATE invoice_line SET net = net + 1 WHERE invoice_id = 2", "the net of line 1 is"),
        ("UPDATE invoice_tax SET tax = tax + 1 WHERE invoice_id = 2", "the tax of group S is"),
        ("UPDATE invoice SET payable = payable + 1 WHERE id = 2", "the payable amount is"),
        ("UPDATE invoice SET firm_gross = firm_gross + 1 WHERE id = 3", "the firm's currency does not follow"),
        ("UPDATE invoice SET sequence = 9 WHERE id = 6", "a number is missing"),
        ("UPDATE invoice SET issue_date = '2026-01-01' WHERE id = 3", "INV-2026-0002 is dated before INV-2026-0001"),
        ("UPDATE series_year SET next = 2", "its counter does not follow"),
        ("UPDATE series_year SET last_date = '2025-01-01'", "its last date is not that of"),
        ("UPDATE charge SET amount = amount + 1 WHERE id = 1", "what its charges add up to is not the net of the line"),
        ("UPDATE charge SET reversed_by = 2 WHERE id = 1", "does not credit its invoice"),
        (
            "INSERT INTO charge (kind, agreement_line_id, period_start, period_end, sequence, invoice_id, position,"
            " quantity, amount, mark) VALUES ('recurring', 1, '2026-01-15', '2026-01-20', 1, 2, 1, 0, 0, 0)",
            "days from 2026-01-15 on are charged twice",
        ),
        ("DELETE FROM charge WHERE invoice_id = 3", "billed without a charge"),
        ("UPDATE time_entry SET invoice_id = NULL", "marked as billed on another invoice"),
        ("UPDATE one_off SET invoice_id = 2", "marked as billed on another invoice"),
        ("UPDATE draft SET state = 'discarded' WHERE state = 'held'", "a draft that is not open any more"),
        ("UPDATE draft SET gross = gross + 1", "has other figures"),
        ("UPDATE draft SET net = net + 1, tax = tax - 1 WHERE state = 'held'", "are not those of its lines"),
        ("UPDATE draft SET body = body || 'x' WHERE state = 'held'", "are not those of its lines"),
        ("UPDATE outcome SET state = 'issued'", "its invoice is missing or of another run"),
        ("UPDATE outcome SET invoice_id = 2 WHERE invoice_id = 3", "disagree about their invoice"),
        ("UPDATE run SET state = 'done'", "it is done, but has open drafts"),
        ("UPDATE party SET data = replace(data, 'Hamburg', 'Bremen')", "this frozen address is not what was printed"),
        ("UPDATE client SET name = 'Other' WHERE id = 1", "name is “Other”, but the log says “Acme AG”"),
        ("DELETE FROM rate", "it is gone, and nothing in the log says why"),
        ("INSERT INTO person (name, role, active) VALUES ('By hand', 'owner', 1)", "it was written past the program"),
        ("UPDATE tax_rate SET rate = 1 WHERE id = 1", "one of these"),
        ("DELETE FROM audit_payload WHERE event_id = 10", "no erasure tells of it"),
        (
            "UPDATE agreement_line SET agreement_id = 99 WHERE id = 6",
            "it refers to a row that is not there (agreement)",
        ),
    ],
)
def test_what_is_off_is_said(tampering: Tampering, sql: str, says: str) -> None:
    found = tampering.found(sql)
    assert any(says in problem for problem in found), found


def test_missing_guards_are_found(book: Book) -> None:
    with book.writing() as session:
        connection = session.connection()
        connection.exec_driver_sql("DROP TRIGGER invoice_no_update")
        connection.exec_driver_sql("DROP TRIGGER charge_overlap")
        connection.exec_driver_sql("CREATE TRIGGER charge_overlap BEFORE INSERT ON charge BEGIN SELECT 1; END")
        connection.exec_driver_sql("CREATE TRIGGER mine BEFORE INSERT ON charge BEGIN SELECT 1; END")
    found = {(problem.where, problem.detail) for problem in check(book).problems}
    assert found == {
        ("invoice_no_update", "this guard of the book is missing or was changed"),
        ("charge_overlap", "this guard of the book is missing or was changed"),
        ("mine", "this trigger is not the program's"),
    }


def test_a_head_noted_elsewhere_proves_the_log(book: Book) -> None:
    noted = head(book)
    assert check(book, noted).clean
    with change(book, "ann", "Later") as made:
        made.update(Client, 1, city="Bremen")
    assert check(book, f" {noted.upper()}\n").clean
    result = check(book, "0" * 64)
    assert not result.clean
    assert "the log does not contain this head" in result.problems[0].detail


def test_a_full_rewrite_of_the_log_is_proved_by_the_noted_head_alone(book: Book) -> None:
    """Whoever rewrites every link leaves a chain that holds."""
    noted = head(book)
    connection = sqlite3.connect(book.path)
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _sql in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("DELETE FROM audit_payload WHERE event_id = (SELECT max(event_id) FROM audit_payload)")
    connection.execute("DELETE FROM audit_event WHERE id = (SELECT max(id) FROM audit_event)")
    for _name, sql in triggers:
        connection.execute(sql)
    connection.commit()
    connection.close()
    assert not any("follow" in problem.detail for problem in check(book).problems)
    assert any("this head" in problem.detail for problem in check(book, noted).problems)


def test_a_damaged_file_is_a_problem_and_no_crash(book: Book) -> None:
    with book.reading() as session:
        (page,) = (
            session.connection()
            .exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE name = 'audit_payload'")
            .one()
        )
    path = book.path
    book.close()
    with path.open("rb+") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    with open_book(path) as damaged:
        result = check(damaged)
    assert not result.clean
    assert {problem.what for problem in result.problems} == {"file"}
    assert "it cannot be read to its end" in result.problems[-1].detail


def test_one_wrong_habit_does_not_bury_the_rest(tampering: Tampering) -> None:
    found = tampering.found(
        "INSERT INTO segment (name, note, milestones)"
        " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)"
        " SELECT 'Segment ' || i, '', 'run' FROM n"
    )
    assert len(found) == 51
    assert found[-1] == "log: elsewhere: 450 more of this kind"


def test_the_check_tells_how_far_it_is_and_stops_when_asked(book: Book) -> None:
    class Stop(BaseException):
        pass

    told: list[str] = []
    check(book, report=lambda done, total, text: told.append(text))
    assert list(dict.fromkeys(told)) == [
        "Checking the file",
        "Checking the log",
        "Comparing the log with the rows",
        "Checking documents",
        "Checking payments and the journal",
        "Checking what was billed",
        "Checking what went out",
    ]

    def stop(done: int, total: int, text: str) -> None:
        raise Stop

    with pytest.raises(Stop):
        check(book, report=stop)


@pytest.mark.parametrize(
    "table", ["invoice", "invoice_line", "invoice_tax", "open_item", "payment", "posting", "charge"]
)
@pytest.mark.parametrize("junk", ["'12,50'", "1.5", "''", "NULL"])
def test_what_is_no_figure_at_all_does_not_stop_the_check(tampering: Tampering, table: str, junk: str) -> None:
    for column in Base.metadata.tables[table].columns:
        if isinstance(column.type, Minor | Scaled) and (column.nullable or junk != "NULL"):
            assert tampering.found(f"UPDATE {table} SET {column.name} = {junk} WHERE {column.name} IS NOT {junk}")


@pytest.mark.parametrize(
    "table, column",
    [(t, c) for t, c in sealed_columns() if isinstance(Base.metadata.tables[t].columns[c].type, Date)],
)
def test_what_is_no_date_at_all_does_not_stop_the_check(tampering: Tampering, table: str, column: str) -> None:
    sql = f"UPDATE {table} SET {column} = '31.12.2025' WHERE id = (SELECT max(id) FROM {table})"
    assert tampering.found(sql)


@pytest.mark.parametrize("column", ["subject", "action"])
def test_a_log_that_says_anything_does_not_stop_the_check(tampering: Tampering, column: str) -> None:
    for (number,) in tampering.rows("SELECT max(id) FROM audit_event GROUP BY subject, action"):
        assert tampering.found(f"UPDATE audit_event SET {column} = {column} || 'x' WHERE id = ?", number)


@pytest.mark.parametrize("column", ["before", "after"])
def test_a_log_whose_content_is_spoiled_does_not_stop_the_check(tampering: Tampering, column: str) -> None:
    for (number,) in tampering.rows(
        f"SELECT max(event_id) FROM audit_payload JOIN audit_event e ON e.id = event_id WHERE {column} IS NOT NULL"
        " GROUP BY e.subject, e.action"
    ):
        assert tampering.found(f"UPDATE audit_payload SET {column} = {column} || 'x' WHERE event_id = ?", number)
