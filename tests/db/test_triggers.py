"""What no program can do to a book by mistake, whatever it tries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from db import triggers
from db.engine import Book
from db.schema import Base
from desktop.errors import UserError
from tests.books import new_book
from tests.db.rows import charge, fill, invoice


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        with book.writing() as session:
            fill(session)
        yield book


def columns(table: str) -> list[str]:
    return [column.name for column in Base.metadata.tables[table].columns]


def run(book: Book, sql: str) -> None:
    with book.writing() as session:
        session.execute(text(sql))


def refused(book: Book, sql: str, says: str) -> None:
    with pytest.raises(UserError) as caught:
        run(book, sql)
    assert caught.value.message == says
    assert caught.value.remedy == triggers.RULES[says]


@pytest.mark.parametrize("table, says", triggers.FROZEN.items())
def test_frozen_rows_can_neither_be_changed_nor_deleted(book: Book, table: str, says: str) -> None:
    for column in columns(table):
        refused(book, f"UPDATE {table} SET {column} = {column}", says)
    refused(book, f"DELETE FROM {table}", says)


@pytest.mark.parametrize("table", triggers.FROZEN)
def test_replacing_a_frozen_row_is_deleting_it(book: Book, table: str) -> None:
    with pytest.raises(UserError):
        run(book, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.parametrize("table, mutable", triggers.MUTABLE.items())
def test_of_some_rows_only_one_thing_moves(book: Book, table: str, mutable: frozenset[str]) -> None:
    for column in columns(table):
        if column in mutable:
            run(book, f"UPDATE {table} SET {column} = {column} WHERE {column} IS NULL OR {column} IS NOT NULL")
        else:
            with pytest.raises(UserError):
                run(book, f"UPDATE {table} SET {column} = {column}")
    with pytest.raises(UserError):
        run(book, f"DELETE FROM {table}")


def test_every_table_of_issued_or_booked_rows_is_guarded() -> None:
    """A table added later is a decision, not an oversight."""
    free = {
        "address", "agreement", "agreement_line", "bank_account", "book", "change_order", "client",
        "commitment", "contact", "milestone", "prepayment", "price_proposal", "rule_template", "tax_rule", "usage",
        "dispute", "draft", "exchange_rate", "file", "finding", "firm", "import_batch", "item", "one_off", "outcome",
        "pause", "person", "price_change", "rate", "rule_setting", "run", "saved_mapping", "segment", "series",
        "series_year", "setting", "tax_code", "tax_rate", "template", "template_version", "time_entry", "note",
        "attachment", "saved_view", "unfinished", "promise", "template_choice", "registration",
        "delivery", "delivery_event", "mail_account", "mail_text", "mailing", "print_job", "rendering",
        "rendering_prefix", "schedule", "schedule_result",
        "account", "account_rule", "configuration_change", "passphrase", "sign_in",
        "bank_statement", "bank_line", "bank_match", "reconciliation", "learned_payer", "payment_order",
        "payment_order_item", "dunning_policy", "dunning_level", "interest_rate", "dunning_hold", "reminder",
        "reminder_item", "reminder_run",
    }  # fmt: skip
    assert set(Base.metadata.tables) - free == {*triggers.FROZEN, *triggers.MUTABLE}


def test_a_charge_is_reversed_once(book: Book) -> None:
    with book.writing() as session:
        invoice(session, "CN-2026-0002", kind="credit_note")
    run(book, "UPDATE charge SET reversed_by = 2 WHERE id = 1")
    refused(book, "UPDATE charge SET reversed_by = NULL WHERE id = 1", triggers.FROZEN_CHARGE)
    refused(book, "UPDATE charge SET reversed_by = 1 WHERE id = 1", triggers.FROZEN_CHARGE)


@pytest.mark.parametrize(
    "start, end, sequence, free",
    [
        (date(2026, 2, 1), date(2026, 3, 1), 0, True),
        (date(2025, 12, 1), date(2026, 1, 1), 0, True),
        (date(2026, 1, 31), date(2026, 3, 1), 0, False),
        (date(2025, 12, 1), date(2026, 1, 2), 0, False),
        (date(2026, 1, 10), date(2026, 1, 11), 0, False),
        (date(2025, 1, 1), date(2027, 1, 1), 0, False),
        (date(2026, 1, 1), date(2026, 2, 1), 0, False),
        # Another tier of the same days.
        (date(2026, 1, 1), date(2026, 2, 1), 1, True),
        # A sequence is no way around the days.
        (date(2026, 1, 1), date(2026, 2, 2), 1, False),
        (date(2026, 1, 15), date(2026, 2, 1), 1, False),
    ],
)
def test_days_are_charged_once(book: Book, start: date, end: date, sequence: int, free: bool) -> None:
    def bill() -> None:
        with book.writing() as session:
            charge(session, start, end, sequence=sequence)

    if free:
        bill()
    else:
        with pytest.raises(UserError, match="charged already"):
            bill()


def test_reversed_days_can_be_charged_again(book: Book) -> None:
    with book.writing() as session:
        invoice(session, "CN-2026-0002", kind="credit_note")
        session.execute(text("UPDATE charge SET reversed_by = 2 WHERE id = 1"))
        charge(session, date(2026, 1, 1), date(2026, 2, 1))


def test_another_line_has_days_of_its_own(book: Book) -> None:
    with book.writing() as session:
        session.execute(
            text(
                "INSERT INTO agreement_line (agreement_id, position, kind, description, quantity, discount, included,"
                " metering) VALUES (1, 2, 'recurring', '', 1, 0, 0, 'events')"
            )
        )
        charge(session, date(2026, 1, 1), date(2026, 2, 1), agreement_line_id=2)


@pytest.mark.parametrize("table", ["time_entry", "one_off"])
def test_what_is_billed_stays_as_it_was_billed(book: Book, table: str) -> None:
    for column in columns(table):
        if column not in ("draft_id", "invoice_id"):
            refused(book, f"UPDATE {table} SET {column} = {column}", triggers.BILLED)
    refused(book, f"DELETE FROM {table}", triggers.BILLED)


@pytest.mark.parametrize("table, column", [("time_entry", "time_entry_id"), ("one_off", "one_off_id")])
def test_what_is_billed_is_free_again_once_its_charge_is_reversed(book: Book, table: str, column: str) -> None:
    free = f"UPDATE {table} SET invoice_id = NULL"
    refused(book, free, triggers.STILL_CHARGED)
    with book.writing() as session:
        invoice(session, "CN-2026-0002", kind="credit_note")
        session.execute(text(f"UPDATE charge SET reversed_by = 2 WHERE {column} = 1"))
        session.execute(text(free))
        session.execute(text(f"UPDATE {table} SET external_id = 'corrected'"))


def test_a_charged_line_stays(book: Book) -> None:
    refused(book, "DELETE FROM agreement_line", triggers.CHARGED_LINE)
    run(book, "UPDATE agreement_line SET end_date = '2026-12-31'")


@pytest.mark.parametrize(
    "change, free",
    [
        ("next = 3, last_date = '2026-02-01'", True),
        ("next = 2, last_date = '2026-01-31'", True),
        ("next = 1", False),
        ("last_date = '2026-01-30'", False),
        ("last_date = NULL", False),
        ("year = 2027", False),
        ("series_id = 2", False),
    ],
)
def test_numbers_and_dates_never_run_backwards(book: Book, change: str, free: bool) -> None:
    if free:
        run(book, f"UPDATE series_year SET {change}")
    else:
        refused(book, f"UPDATE series_year SET {change}", triggers.BACKWARDS)
    refused(book, "DELETE FROM series_year", triggers.BACKWARDS)


def test_a_template_version_that_printed_stays(book: Book) -> None:
    refused(book, "UPDATE template_version SET specification = '{}'", triggers.USED_TEMPLATE)
    refused(book, "DELETE FROM template_version", triggers.USED_TEMPLATE)


_KEYS = {"audit_payload": "event_id"}


@pytest.mark.parametrize("table", sorted(triggers.ERASABLE.keys() & triggers.FROZEN.keys()))
def test_an_erasure_that_names_a_row_empties_what_it_may_and_nothing_else(book: Book, table: str) -> None:
    blank, key = triggers.ERASABLE[table], _KEYS.get(table, "id")
    with book.writing() as session:
        (row,) = session.execute(text(f"SELECT min({key}) FROM {table}")).one()
    emptied = ", ".join(f"{name} = {value}" for name, value in blank.items())
    with pytest.raises(UserError):
        run(book, f"UPDATE {table} SET {emptied} WHERE {key} = {row}")
    run(book, f"INSERT INTO erased_row (erasure_id, table_name, row_id, columns) VALUES (1, '{table}', {row}, '[]')")
    for column in columns(table):
        if column not in blank:
            with pytest.raises(UserError):
                run(book, f"UPDATE {table} SET {column} = coalesce({column}, 0) + 1 WHERE {key} = {row}")
        elif column != "erasure_id":
            with pytest.raises(UserError):
                run(book, f"UPDATE {table} SET {column} = 'another' WHERE {key} = {row}")
    run(book, f"UPDATE {table} SET {emptied} WHERE {key} = {row}")
    with pytest.raises(UserError):
        run(book, f"DELETE FROM {table} WHERE {key} = {row}")


def test_the_guard_against_overlaps_looks_only_at_later_ends(book: Book) -> None:
    """It runs for each charge of a run: it must seek the line's ends in the index and never scan."""
    with book.reading() as session:
        (trigger,) = (
            session.connection().exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'charge_overlap'").one()
        )
        body = trigger[trigger.index("FROM charge") : trigger.rindex(";")]
        for name, value in {"agreement_line_id": 1, "period_start": "''", "period_end": "''", "sequence": 0}.items():
            body = body.replace(f"NEW.{name}", str(value))
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN SELECT 1 {body}").fetchall()
    assert [row[3] for row in plan] == [
        "SEARCH charge USING INDEX ix_charge_once (agreement_line_id=? AND period_end>?)"
    ]
