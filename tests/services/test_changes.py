"""Change sets: recorded, chained, undone and done again; refused precisely where something stands against it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from db.engine import Book
from db.schema import (
    Agreement,
    AgreementLine,
    AuditEvent,
    AuditPayload,
    ChangeSet,
    Client,
    File,
    Item,
    Pause,
    Setting,
    TimeEntry,
)
from desktop.errors import UserError
from desktop.services.changes import change, changes, undo
from desktop.services.payments import record_payment
from tests.books import new_book
from tests.issued import add_invoice
from tests.lived_book import lived_book


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def add_client(book: Book, code: str = "C-001", **values: Any) -> int:
    with change(book, "ann", f"Add client {code}") as made:
        return made.insert(Client, code=code, name=values.pop("name", "Acme"), country="DE", currency="EUR", **values)


def stored(book: Book, model: Any, key: int | str) -> dict[str, Any] | None:
    with book.reading() as session:
        table = model.__table__
        row = session.execute(select(table).where(table.primary_key.columns[0] == key)).mappings().first()
        return dict(row) if row else None


def events(book: Book) -> list[tuple[str, int | None, str, Any, Any]]:
    with book.reading() as session:
        rows = session.execute(
            select(
                AuditEvent.subject, AuditEvent.subject_id, AuditEvent.action, AuditPayload.before, AuditPayload.after
            )
            .join(AuditPayload, AuditPayload.event_id == AuditEvent.id)
            .where(AuditEvent.change_set_id > 1)
            .order_by(AuditEvent.id)
        ).all()
    return [(s, i, a, json.loads(b or "null"), json.loads(n or "null")) for s, i, a, b, n in rows]


def test_an_update_records_what_changed_and_nothing_else(book: Book) -> None:
    client = add_client(book)
    with change(book, "ann", "Rename") as made:
        made.update(Client, client, name="Acme Ltd", country="DE")
    assert events(book)[-1] == ("client", client, "update", {"name": "Acme"}, {"name": "Acme Ltd"})


def test_a_change_that_changes_nothing_leaves_no_trace(book: Book) -> None:
    client = add_client(book)
    before = changes(book)
    with change(book, "ann", "Rename") as made:
        made.update(Client, client, name="Acme")
    assert changes(book) == before


def test_a_failed_change_leaves_no_trace(book: Book) -> None:
    before = changes(book), events(book)

    def fail() -> None:
        with change(book, "ann", "Add") as made:
            made.insert(Client, code="C-9", name="X", country="DE", currency="EUR")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fail()
    assert (changes(book), events(book)) == before


def test_undo_and_undo_of_the_undo(book: Book) -> None:
    client = add_client(book)
    row = stored(book, Client, client)
    assert undo(book, "bob") == "Add client C-001"
    assert stored(book, Client, client) is None
    latest = changes(book)[0]
    assert (latest.summary, latest.actor, latest.undoes) == ("Undone: Add client C-001", "bob", changes(book)[1].id)
    undo(book, "bob", latest.id)
    assert stored(book, Client, client) == row
    assert changes(book)[0].summary == "Done again: Add client C-001"
    undo(book, "bob")
    assert stored(book, Client, client) is None


def test_undo_goes_further_back_each_time(book: Book) -> None:
    add_client(book, "C-001")
    second = add_client(book, "C-002")
    with change(book, "ann", "Rename") as made:
        made.update(Client, second, name="Beta")
    assert [undo(book, "ann") for _ in range(3)] == ["Rename", "Add client C-002", "Add client C-001"]
    with pytest.raises(UserError, match="nothing to undo"):
        undo(book, "ann")


def test_a_summary_may_be_set_at_the_end(book: Book) -> None:
    with change(book, "ann", "Import") as made:
        assert made.id
        made.insert(Client, code="C-1", name="X", country="DE", currency="EUR")
        made.summary = "Import 1 client"
    assert changes(book)[0].summary == "Import 1 client"


def test_undo_is_refused_where_a_later_change_stands(book: Book) -> None:
    client = add_client(book)
    with change(book, "ann", "Rename to Beta") as made:
        made.update(Client, client, name="Beta")
    rename = changes(book)[0].id
    with change(book, "bob", "Rename to Gamma") as made:
        made.update(Client, client, name="Gamma")
    with pytest.raises(UserError, match="client C-001 was changed since by “Rename to Gamma” on"):
        undo(book, "ann", rename)
    undo(book, "ann")
    undo(book, "ann", rename)
    found = stored(book, Client, client)
    assert found is not None
    assert found["name"] == "Acme"


def test_changes_of_other_columns_do_not_stand_against_it(book: Book) -> None:
    client = add_client(book)
    with change(book, "ann", "Rename") as made:
        made.update(Client, client, name="Beta")
    rename = changes(book)[0].id
    with change(book, "ann", "Move") as made:
        made.update(Client, client, city="Bremen")
    undo(book, "ann", rename)
    found = stored(book, Client, client)
    assert found is not None
    assert (found["name"], found["city"]) == ("Acme", "Bremen")


def test_undoing_twice_is_refused(book: Book) -> None:
    add_client(book)
    number = changes(book)[0].id
    undo(book, "ann", number)
    with pytest.raises(UserError, match="was undone already"):
        undo(book, "ann", number)


def test_what_is_used_since_is_named(book: Book) -> None:
    client = add_client(book)
    number = changes(book)[0].id
    add_agreement(book, client)
    with pytest.raises(UserError, match=r"client C-001 is used by agreement A-1"):
        undo(book, "ann", number)


def add_agreement(book: Book, client: int) -> tuple[int, int]:
    with change(book, "ann", "Add agreement") as made:
        agreement = made.insert(
            Agreement,
            code="A-1",
            title="Support",
            client_id=client,
            billing="recurring",
            currency="EUR",
            anchor=date(2026, 1, 1),
            start_date=date(2026, 1, 1),
        )
        line = made.insert(
            AgreementLine,
            agreement_id=agreement,
            position=1,
            kind="recurring",
            quantity=1_000_000,
            unit_price=50_000_000,
        )
    return agreement, line


def test_what_goes_with_a_row_comes_back_with_it(book: Book) -> None:
    agreement, line = add_agreement(book, add_client(book))
    with change(book, "ann", "Delete agreement") as made:
        made.delete(Agreement, agreement)
    assert stored(book, AgreementLine, line) is None
    undo(book, "ann")
    found = stored(book, AgreementLine, line)
    assert found is not None
    assert (found["agreement_id"], found["unit_price"]) == (agreement, 50_000_000)


def test_what_was_added_to_it_since_stands_against_undoing_it(book: Book) -> None:
    agreement, _ = add_agreement(book, add_client(book))
    number = changes(book)[0].id
    with change(book, "ann", "Pause") as made:
        made.insert(Pause, agreement_id=agreement, start_date=date(2026, 3, 1))
    with pytest.raises(UserError, match="pause #1 of agreement A-1 was added since"):
        undo(book, "ann", number)


def test_rows_with_text_keys(book: Book) -> None:
    with change(book, "ann", "Set") as made:
        made.insert(Setting, key="colour", value='"red"')
    with change(book, "ann", "Set again") as made:
        made.update(Setting, "colour", value='"blue"')
    undo(book, "ann")
    assert stored(book, Setting, "colour") == {"key": "colour", "value": '"red"'}
    undo(book, "ann")
    assert stored(book, Setting, "colour") is None


def test_bytes_come_back_after_a_deletion(book: Book) -> None:
    with change(book, "ann", "Attach") as made:
        file = made.insert(File, sha256="ab", name="contract.pdf", media_type="application/pdf", content=b"\x00\xff")
    with change(book, "ann", "Remove") as made:
        made.delete(File, file)
    undo(book, "ann")
    found = stored(book, File, file)
    assert found is not None
    assert found["content"] == b"\x00\xff"


def test_a_column_that_does_not_exist_is_a_bug(book: Book) -> None:
    with pytest.raises(TypeError, match="client has no column nmae"), change(book, "ann", "Add") as made:
        made.insert(Client, code="C-1", nmae="X", country="DE", currency="EUR")


def test_what_cannot_be_undone_says_so(book: Book) -> None:
    with change(book, "ann", "Book payment", undoable=False) as made:
        made.insert(Item, code="I-1", name="Support")
    with pytest.raises(UserError, match="“Book payment” cannot be undone"):
        undo(book, "ann", changes(book)[0].id)


def import_time(book: Book, client: int, count: int) -> tuple[int, int]:
    from db.schema import ImportBatch

    with change(book, "ann", f"Import {count} time entries") as made:
        batch = made.insert(
            ImportBatch, kind="time", file_name="t.csv", file_digest="x", at=made.at, actor="ann", change_set_id=made.id
        )
        made.connection.execute(
            insert(TimeEntry),
            [
                {"client_id": client, "work_date": date(2026, 1, 1), "hours": 1_000_000, "batch_id": batch, "note": "n"}
                for _ in range(count)
            ],
        )
        made.record_bulk("time_entry", "import", count, "digest", undo={"batch_id": batch})
        return made.id, batch


def entries(book: Book) -> int:
    with book.reading() as session:
        return session.execute(select(func.count()).select_from(TimeEntry)).scalar_one()


def test_an_import_is_undone_as_one(book: Book) -> None:
    client = add_client(book)
    import_time(book, client, 50)
    change_set, _ = import_time(book, client, 20)
    assert entries(book) == 70
    assert undo(book, "ann") == "Import 20 time entries"
    assert entries(book) == 50
    with pytest.raises(UserError, match="done again from its file"):
        undo(book, "ann", changes(book)[0].id)
    with book.reading() as session:
        assert session.get(ChangeSet, change_set).undone_by == changes(book)[0].id  # type: ignore[union-attr]


def test_rows_written_in_bulk_without_word_cannot_be_undone(book: Book) -> None:
    client = add_client(book)
    with change(book, "ann", "Quiet import") as made:
        made.connection.execute(
            insert(TimeEntry), [{"client_id": client, "work_date": date(2026, 1, 1), "hours": 1}] * 3
        )
    with pytest.raises(UserError, match=r"it wrote many rows at once \(time entry\)"):
        undo(book, "ann", changes(book)[0].id)


def test_an_import_of_which_a_row_was_changed_since(book: Book) -> None:
    client = add_client(book)
    import_time(book, client, 3)
    number = changes(book)[0].id
    with change(book, "ann", "Correct hours") as made:
        made.update(TimeEntry, 2, hours=2_000_000)
    with pytest.raises(UserError, match="time entry #2 of client C-001 was changed since by “Correct hours”"):
        undo(book, "ann", number)
    undo(book, "ann")
    undo(book, "ann", number)
    assert entries(book) == 0


def test_what_was_billed_since_is_named(tmp_path: Path) -> None:
    with lived_book(tmp_path) as book:
        set_up = next(row.id for row in changes(book) if row.summary == "Set up")
        with pytest.raises(UserError) as caught:
            undo(book, "ann", set_up)
        # The last thing set up is the first to be taken back.
        assert caught.value.message == ("“Set up” cannot be undone: charge of it stands in a draft of run R-2026-0001.")
        with change(book, "ann", "Another client") as made:
            client = made.insert(Client, code="NEW", name="New", country="DE", currency="EUR")
        with book.writing() as session:
            session.connection().exec_driver_sql("UPDATE agreement SET client_id = ? WHERE id = 2", (client,))
        with pytest.raises(UserError, match="client NEW is used by agreement A-BOLT"):
            undo(book, "ann")


def test_a_dispute_is_undone_though_it_names_an_invoice(tmp_path: Path) -> None:
    with lived_book(tmp_path) as book:
        assert undo(book, "ann") == "Dispute of INV-2026-0002"


def test_an_import_of_which_something_was_billed_or_drafted(tmp_path: Path) -> None:
    with lived_book(tmp_path) as book:
        change_set, batch = import_time(book, 1, 5)
        with book.writing() as session:
            session.connection().exec_driver_sql(
                "UPDATE time_entry SET draft_id = (SELECT id FROM draft WHERE state = 'held') WHERE batch_id = ?",
                (batch,),
            )
        with pytest.raises(UserError, match=r"time entry of it stands in a draft of run R-2026-0001"):
            undo(book, "ann", change_set)
        with book.writing() as session:
            session.connection().exec_driver_sql(
                "UPDATE time_entry SET draft_id = NULL, invoice_id = id % 2 + 2 WHERE batch_id = ?", (batch,)
            )
        with pytest.raises(UserError, match="time entry of it was billed since on INV-2026-0001, INV-2026-0002"):
            undo(book, "ann", change_set)


def test_booked_money_is_not_undone(tmp_path: Path) -> None:
    with lived_book(tmp_path) as book:
        payment = next(row.id for row in changes(book) if row.summary.startswith("Payment"))
        with pytest.raises(UserError, match="Booked money is reversed"):
            undo(book, "ann", payment)


def test_the_last_change_is_not_looked_for_behind_money(tmp_path: Path) -> None:
    with lived_book(tmp_path) as book:
        client = add_client(book, "C-900")
        number = add_invoice(book, client, date(2026, 3, 15), (10_000, 0))
        record_payment(
            book, amount=500, paid_on=date(2026, 3, 20), actor="ann", today=date(2026, 3, 20), numbers=[number]
        )
        latest, added = changes(book)[0], next(row for row in changes(book) if row.summary == "Add client C-900")
        with pytest.raises(UserError, match=f"“{latest.summary}” cannot be undone") as refused:
            undo(book, "ann", past_money=False)
        assert f"“Add client C-900” before it, undo change {added.id}" in refused.value.remedy
        add_client(book, "C-901")
        assert undo(book, "ann", past_money=False) == "Add client C-901"


def test_undoing_a_large_import_does_not_search_whole_tables(tmp_path: Path) -> None:
    """Each deleted entry is looked for among the charges: without an index 3,000 times 3,000 rows."""
    with lived_book(tmp_path) as book:
        with change(book, "ann", "Charges of long ago") as made:
            made.connection.exec_driver_sql(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
                " INSERT INTO charge (kind, agreement_line_id, period_start, period_end, sequence, invoice_id,"
                " position, quantity, amount, mark) SELECT 'recurring', 1, date('1900-01-01', '+' || i || ' day'),"
                " date('1900-01-02', '+' || i || ' day'), 0, 2, 1, 0, 0, 0 FROM n"
            )
        import_time(book, 1, 3000)
        steps = 0

        def count() -> int:
            nonlocal steps
            steps += 1
            return 0

        with book.engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            connection.rollback()
            raw.set_progress_handler(count, 1000)
        undo(book, "ann")
        with book.engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.set_progress_handler(None, 0)
            connection.rollback()
        # Millions of steps of SQLite's machine otherwise.
        assert steps < 2000, steps
        with book.reading() as session:
            left = session.connection().exec_driver_sql("SELECT name FROM sqlite_master WHERE name LIKE 'undo%'").all()
        assert left == []
