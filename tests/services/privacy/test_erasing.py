"""What an erasure takes, what it leaves, and that the book proves itself afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from db.engine import Book
from db.schema import Agreement, Client, Contact
from desktop.errors import UserError
from desktop.services.audit import head
from desktop.services.changes import change, undo
from desktop.services.check import check
from desktop.services.delivery.kept import File, keep_sealed
from desktop.services.notes import add_note
from desktop.services.payments import record_payment
from desktop.services.privacy.erasing import erase
from desktop.services.privacy.planning import plan_erasure
from desktop.services.promises import note_promise
from desktop.services.verify_script import script_text
from tests.books import new_book
from tests.contracts import Contracts

ANNE = "Anne"
_SAYS = (
    "SELECT group_concat(l.description, '') FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id"
    " WHERE i.client_id = {}"
)
NOW = date(2026, 11, 22)
LATER = date(2040, 1, 2)
WORDS = (
    "Wilhelmina Quistorp",
    "quistorp@example.org",
    "Hufeisenweg 17",
    "+49 40 7654321",
    "likes tulips",
    "Rosalind Vogt",
)


def value(book: Book, sql: str) -> object:
    with book.reading() as session:
        return session.connection().exec_driver_sql(sql).scalar()


@pytest.fixture
def contracts(tmp_path: Path) -> Iterator[Contracts]:
    with new_book(tmp_path) as book:
        yield Contracts(book)


@pytest.fixture
def book(contracts: Contracts) -> Book:
    """Two clients that were billed; of the first much is written in many places."""
    book = contracts.book
    first = contracts.client(
        "QUIST", name=WORDS[0], email=WORDS[1], street=WORDS[2], phone=WORDS[3], city="Hamburg", postcode="20457"
    )
    other = contracts.client("OTHER", name="Other Bureau Ltd", street="Elm 1", city="Hamburg", postcode="20457")
    for client, code in ((first, "A1"), (other, "A2")):
        contracts.agreement(client, code)
    contracts.bill("2026-02-28")
    mine = value(book, "SELECT id FROM invoice WHERE client_id = 1")
    assert isinstance(mine, int)
    with book.writing() as session:
        keep_sealed(
            session.connection(),
            [_file(mine, WORDS[0].encode()), _file(3 - mine, b"of another")],
            actor=ANNE,
            now=book.now,
        )
    add_note(book, "client", first, WORDS[4], actor=ANNE)
    note_promise(book, first, amount=100, currency="EUR", promised_on=NOW, actor=ANNE, today=NOW, said_by=WORDS[5])
    with change(book, ANNE, f"Remember {WORDS[0]}") as made:
        made.insert(Contact, client_id=first, name=WORDS[5], email="vogt@example.org")
        made.update(Client, first, note=f"Ask for {WORDS[5]}")
    return book


def _file(invoice: int, content: bytes) -> File:
    import hashlib

    return File(invoice, "pdf", b"", content, hashlib.sha256(content).hexdigest())


def settle(book: Book) -> None:
    with book.reading() as session:
        rows = (
            session.connection()
            .exec_driver_sql(
                "SELECT i.number, o.open FROM open_item o JOIN invoice i ON i.id = o.invoice_id WHERE o.client_id = 1"
            )
            .fetchall()
        )
    for number, left in rows:
        record_payment(
            book, amount=left, paid_on=NOW, actor=ANNE, today=NOW, numbers=[number], reference=f"from {WORDS[0]}"
        )
    with change(book, ANNE, "End") as made:
        made.update(Agreement, 1, active=False)
    with book.writing() as session:
        session.connection().exec_driver_sql("UPDATE delivery SET state = 'cancelled'")


def texts_in(path: Path) -> list[str]:
    content = path.read_bytes()
    return [word for word in WORDS if word.encode() in content]


def test_what_is_still_needed_stands_against_it(book: Book) -> None:
    plan = plan_erasure(book, 1, today=NOW)
    assert len(plan.obstacles) == 3
    before = head(book)
    with pytest.raises(UserError, match="still needed"):
        erase(book, 1, reason="asked", actor=ANNE, today=NOW)
    assert head(book) == before


def test_master_data_go_at_once_and_documents_stay_as_long_as_the_law_asks(book: Book) -> None:
    settle(book)
    seal = value(book, "SELECT digest FROM invoice WHERE client_id = 1")
    done = erase(book, 1, reason="letter of 20 November", actor=ANNE, today=NOW)
    assert done.until == date(2034, 12, 31)
    assert "§ 147 AO" in done.statute
    assert check(book).problems == ()
    assert value(book, "SELECT name || email || street || phone FROM client WHERE id = 1") == done.number
    assert value(book, "SELECT count(*) FROM contact WHERE client_id = 1") == 0
    assert value(book, "SELECT count(*) FROM note") == 0
    # By law.
    assert (
        value(book, "SELECT name FROM party WHERE id = (SELECT buyer_id FROM invoice WHERE client_id = 1)") == WORDS[0]
    )
    assert value(book, "SELECT count(*) FROM rendering") == 2
    assert value(book, "SELECT said_by FROM promise") == WORDS[5]
    assert value(book, "SELECT digest FROM invoice WHERE client_id = 1") == seal
    assert value(book, "SELECT count(*) FROM change_set WHERE summary LIKE '%Quistorp%'") == 0
    with pytest.raises(UserError, match="has to be kept until"):
        erase(book, 1, reason="again", actor=ANNE, today=NOW)


def test_once_the_periods_are_over_nothing_of_the_person_is_in_the_file(book: Book) -> None:
    settle(book)
    figures = "SELECT group_concat(number || net || tax || gross || digest) FROM invoice"
    money, noted = value(book, figures), head(book)
    other = value(
        book,
        _SAYS.format(2),
    )
    erase(book, 1, reason=f"asked by {WORDS[0]}", actor=ANNE, today=NOW)
    done = erase(book, 1, reason="periods over", kind="retention", actor=ANNE, today=LATER)
    assert (done.until, done.overwritten) == (None, True)
    assert check(book, str(noted)).problems == ()
    assert value(book, figures) == money
    assert (
        value(
            book,
            _SAYS.format(2),
        )
        == other
    )
    assert (
        value(
            book,
            _SAYS.format(1),
        )
        == ""
    )
    assert value(book, "SELECT count(*) FROM rendering") == 1
    path = book.path
    book.close()
    assert texts_in(path) == []
    script = ModuleType("sheaf_verify")
    exec(compile(script_text(), "sheaf_verify.py", "exec"), script.__dict__)
    assert script.verify_book(path, noted).problems == []


def test_it_cannot_be_undone_and_is_not_hidden(book: Book) -> None:
    settle(book)
    done = erase(book, 1, reason="asked", actor=ANNE, today=NOW)
    assert value(book, f"SELECT actor FROM erasure WHERE number = '{done.number}'") == ANNE
    last = value(book, "SELECT max(id) FROM change_set")
    assert isinstance(last, int)
    with pytest.raises(UserError):
        undo(book, ANNE, last)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE client SET email = 'forged@example.org' WHERE id = 1",
        "UPDATE client SET name = 'Forged' WHERE id = 2",
        'UPDATE party SET data = \'{"name": "Forged"}\' WHERE id = (SELECT buyer_id FROM invoice WHERE client_id = 1)',
        "UPDATE invoice SET gross = gross + 1 WHERE client_id = 1",
        "UPDATE invoice_line SET description = 'Forged' WHERE invoice_id = 1",
        "UPDATE rendering SET content = x'00'",
        "DELETE FROM erased_row",
        "UPDATE erasure SET reason = 'x'",
        "UPDATE change_set SET summary = 'x' WHERE summary LIKE '%…%'",
        "INSERT INTO contact (client_id, name, role, email, phone, gets_invoices, gets_reminders, mail_as)"
        " VALUES (1, 'Forged', '', '', '', 0, 0, 'to')",
        "UPDATE payment SET reference = 'Forged' WHERE client_id = 1",
        "UPDATE audit_payload SET salt = '', before = NULL, after = NULL, erasure_id = 1 WHERE event_id = 3",
    ],
)
def test_what_is_changed_by_hand_after_an_erasure_is_found(book: Book, sql: str) -> None:
    settle(book)
    erase(book, 1, reason="asked", actor=ANNE, today=NOW)
    erase(book, 1, reason="periods over", actor=ANNE, today=LATER)
    with book.writing() as session:
        connection = session.connection()
        for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql(sql)
    assert [one for one in check(book).problems if one.what != "guard"]


def test_a_book_that_does_not_prove_itself_is_left_alone(book: Book) -> None:
    settle(book)
    with book.writing() as session:
        session.connection().exec_driver_sql("UPDATE client SET name = 'By hand' WHERE id = 2")
    with pytest.raises(UserError, match="does not prove itself"):
        erase(book, 1, reason="asked", actor=ANNE, today=NOW)
    assert value(book, "SELECT count(*) FROM erasure") == 0


def test_a_contact_is_erased_and_its_client_stays(book: Book) -> None:
    key = value(book, "SELECT id FROM contact WHERE name = 'Rosalind Vogt'")
    assert isinstance(key, int)
    done = erase(book, 1, contact_id=key, reason="left the firm", actor=ANNE, today=NOW)
    assert check(book).problems == ()
    assert value(book, "SELECT name FROM client WHERE id = 1") == WORDS[0]
    assert value(book, "SELECT count(*) FROM contact WHERE name = 'Rosalind Vogt'") == 0
    assert done.until == date(2032, 12, 31)


def test_who_comes_back_is_a_new_party_of_documents(book: Book, contracts: Contracts) -> None:
    settle(book)
    erase(book, 1, reason="asked", actor=ANNE, today=NOW)
    erase(book, 1, reason="periods over", actor=ANNE, today=LATER)
    back = contracts.client(
        "QUIST", name=WORDS[0], email=WORDS[1], street=WORDS[2], phone=WORDS[3], city="Hamburg", postcode="20457"
    )
    contracts.agreement(back, "A9", start_date="2041-01-01")
    contracts.bill("2041-02-28")
    named = value(book, f"SELECT b.name FROM invoice i JOIN party b ON b.id = i.buyer_id WHERE i.client_id = {back}")
    assert named == WORDS[0]
    assert check(book).problems == ()
