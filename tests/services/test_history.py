"""The story of a thing: what was changed, in the words of people, and what was booked, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Agreement, Base, Client, Segment, TimeEntry
from desktop.i18n import date_text
from desktop.services.agreements import create_agreement
from desktop.services.catalogue import save_item
from desktop.services.changes import change, undo
from desktop.services.clients import create_client, save_address, update_client
from desktop.services.column_words import WORDS
from desktop.services.credits import credit_invoice
from desktop.services.delivery.deciding import cancel
from desktop.services.disputes import open_dispute
from desktop.services.dunning.holds import hold_invoice
from desktop.services.dunning.planning import plan_run
from desktop.services.dunning.sending import send_run
from desktop.services.history import history
from desktop.services.history.events import _PARTS, _SILENT
from desktop.services.merging import merge_clients
from desktop.services.notes import add_note, delete_note
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payments import record_payment
from desktop.services.promises import note_promise, withdraw_promise
from desktop.services.write_offs import write_off
from tests.books import new_book
from tests.contracts import Contracts, value
from tests.issued import add_invoice

ANN = "ann"
DAY = date(2026, 3, 1)


class Clock:
    """Each look is a minute later, so that what follows is newer."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        book.clock = Clock()
        yield book


@pytest.fixture
def acme(book: Book) -> int:
    return create_client(book, {"code": "C-001", "name": "Acme", "country": "DE"}, actor=ANN)


def told(book: Book, subject: str, one: int) -> list[str]:
    return [entry.summary for entry in history(book, subject, one).entries]


def test_a_change_is_told_in_plain_words(book: Book, acme: int) -> None:
    with change(book, ANN, "Add segment") as made:
        segment = made.insert(Segment, name="Retainers")
    values = {"name": "Acme Ltd", "segment_id": segment, "po_required": True, "credit_limit": 1_234_50, "country": "FR"}
    update_client(book, acme, values, actor="bob")
    newest, first = history(book, "client", acme).entries
    assert (newest.actor, newest.summary, newest.undoable) == ("bob", "Change client C-001", True)
    assert set(newest.lines) == {
        "Name: “Acme” → “Acme Ltd”",
        "Country: Germany → France",
        "Segment: nothing → Retainers",
        "Hold invoices without a PO: no → yes",
        "Credit limit: nothing → 1,234.50",
    }
    assert newest.at > first.at
    assert "Name: “Acme”" in first.lines
    assert not any(line.startswith(("Id", "E-mail", "In use")) for line in first.lines)


def test_amounts_are_told_in_their_currency_and_fractions_in_percent(book: Book) -> None:
    with change(book, ANN, "Set up") as made:
        client = made.insert(Client, code="JP", name="Nihon", country="JP", currency="JPY", credit_limit=5000)
        agreement = made.insert(
            Agreement,
            code="A-1",
            title="T",
            client_id=client,
            billing="time",
            currency="KWD",
            anchor=DAY,
            start_date=DAY,
            cap=1234567,
            discount=75_000,
        )
        entry = made.insert(TimeEntry, client_id=client, work_date=DAY, hours=1_500_000, rate=None)
    assert "Credit limit: 5,000" in history(book, "client", client).entries[0].lines
    lines = history(book, "agreement", agreement).entries[0].lines
    assert {"Cap: 1,234.567", "Discount: 7.5%", "Billed: by hours", "Starts on: 1 Mar 2026"} <= set(lines)
    assert "Hours: 1.5" in history(book, "time_entry", entry).entries[0].lines


def test_every_column_that_is_told_has_a_word(book: Book) -> None:
    tables = {table for parts in _PARTS.values() for table, _where, _named in parts} | {"client", "item", "note"}
    nameless = [
        str(column)
        for name in sorted(tables - {"draft"})
        for column in Base.metadata.tables[name].columns
        if column.name not in _SILENT and not {column.name, str(column)} & WORDS.keys()
    ]
    assert nameless == []


def test_the_story_of_a_client_has_what_belongs_to_it(book: Book, acme: int) -> None:
    other = create_client(book, {"code": "C-002", "name": "Other", "country": "DE"}, actor=ANN)
    number = add_invoice(book, acme, DAY, (100_00, 19))
    add_invoice(book, other, DAY, (100_00, 19))
    payment = record_payment(book, amount=50_00, paid_on=DAY, numbers=[number], actor=ANN, today=DAY)
    open_dispute(book, number, reason="Too much", on=DAY, actor=ANN, today=DAY)
    add_note(book, "client", acme, "Call Ida", actor=ANN)
    add_note(book, "client", other, "Not this one", actor=ANN)
    save_address(book, acme, {"kind": "office", "city": "Kiel"}, actor=ANN)
    entries = history(book, "client", acme).entries
    assert [one.summary for one in entries] == [
        "Change client C-001",
        "Add a note to client C-001",
        f"Dispute of {number}",
        f"Payment {payment.payment} received, €50.00",
        f"Invoice {number} issued, €119.00",
        "Add client C-001",
    ]
    assert entries[0].lines == ("Address: Kind: office · City: “Kiel”",)
    assert entries[1].lines == ("“Call Ida”",)
    assert (entries[3].place, entries[3].undoable) == ("payment", False)
    assert entries[4].place == "invoice"


def test_the_story_of_a_client_has_all_that_was_said_about_its_debts(book: Book, acme: int) -> None:
    number = add_invoice(book, acme, DAY, (100_00, 19))
    due = value(book, "SELECT due_date FROM invoice")
    late = date.fromisoformat(due) + timedelta(days=7)
    update_client(book, acme, {"street": "Kai 1", "postcode": "24103", "city": "Kiel"}, actor=ANN)
    invoice = value(book, "SELECT id FROM invoice")
    add_note(book, "invoice", invoice, "Ida called: wants a copy", actor=ANN)
    sent = plan_run(book, as_of=late, actor=ANN)
    send_run(book, sent.run, actor=ANN)
    hold_invoice(book, number, reason="copy sent", on=late, actor=ANN)
    promised = note_promise(
        book, acme, amount=50_00, currency="EUR", promised_on=late, actor=ANN, today=late, said_by="Ida"
    )
    withdraw_promise(book, promised, on=late, actor=ANN)
    entries = history(book, "client", acme).entries
    assert [one.summary for one in entries][:5] == [
        "Withdraw a promise to pay",
        f"Acme promised €50.00 by {date_text(late)}",
        f"Hold reminders to {number}",
        f"Reminder run {sent.run} is sent",
        f"Add a note to invoice {number}",
    ]
    assert entries[3].lines == (
        "Level: 1",
        "To pay: €119.00",
        f"Pay by: {date_text(late + timedelta(days=7))}",
        f"Invoices: {number}",
    )
    assert entries[3].place == "delivery"
    assert entries[3].thing == value(book, "SELECT id FROM delivery WHERE letter = 'reminder'")
    assert "Who promised it: “Ida”" in entries[1].lines[0]
    assert [one.summary for one in history(book, "invoice", invoice).entries][:2] == [
        f"Hold reminders to {number}",
        entries[3].summary,
    ]
    cancel(book, [entries[3].thing], actor=ANN)
    assert not any(one.summary.startswith("Reminder run") for one in history(book, "client", acme).entries)


def test_the_story_of_an_invoice_has_what_settled_it(book: Book, acme: int) -> None:
    number = add_invoice(book, acme, DAY, (100_00, 19))
    with book.reading() as session:
        one = session.connection().exec_driver_sql("SELECT id FROM invoice").scalar_one()
    payment = record_payment(book, amount=50_00, paid_on=DAY, numbers=[number], actor=ANN, today=DAY)
    reverse_payment(book, payment.payment, on=DAY, reason="Returned", actor=ANN, today=DAY)
    credit = credit_invoice(book, number, amount_gross=19_00, reason="Kindness", actor=ANN, today=DAY)
    write_off(book, number, reason="Gone", on=DAY, actor=ANN, today=DAY)
    assert told(book, "invoice", one) == [
        f"{number} written off, €100.00",
        f"{number} settled with {credit.credit_note}, €19.00",
        f"Credit note {credit.credit_note} issued, €19.00",
        f"{number} no longer settled with {payment.payment}, €50.00",
        f"{number} settled with {payment.payment}, €50.00",
        f"Invoice {number} issued, €119.00",
    ]


def test_an_agreement_tells_of_its_lines(book: Book, acme: int) -> None:
    item = save_item(book, {"name": "Care", "unit": "month", "code": "CARE"}, actor=ANN)
    agreement = create_agreement(
        book,
        {"client_id": acme, "title": "Care", "billing": "recurring", "start_date": DAY, "anchor": DAY},
        [{"kind": "recurring", "item_id": item, "quantity": 1, "unit_price": 100}],
        actor=ANN,
    )
    entry = history(book, "agreement", agreement).entries[0]
    assert "Title: “Care”" in entry.lines
    assert any(line.startswith("Agreement line: Kind: every period · Quantity: 1") for line in entry.lines)
    assert [one.place for one in history(book, "client", acme).entries][:1] == ["agreement"]


def test_what_was_deleted_is_still_told(book: Book, acme: int) -> None:
    note = add_note(book, "client", acme, "Call Ida", actor=ANN)
    delete_note(book, note, actor="bob")
    newest, added, _first = history(book, "client", acme).entries
    assert (newest.summary, newest.lines, newest.actor) == ("Delete a note to client C-001", ("“Call Ida”",), "bob")
    assert added.summary == "Add a note to client C-001"
    with change(book, ANN, "Delete client") as made:
        made.delete(Client, acme)
    assert history(book, "client", acme).entries[0].lines == ("Deleted.",)


def test_a_change_that_was_taken_back_says_so(book: Book, acme: int) -> None:
    update_client(book, acme, {"city": "Kiel"}, actor=ANN)
    undo(book, ANN)
    newest, changed, _first = history(book, "client", acme).entries
    assert newest.summary == "Undone: Change client C-001"
    assert newest.undoable
    assert (changed.undone, changed.undoable) == (True, False)


def test_pages_follow_one_another_without_a_gap(book: Book, acme: int) -> None:
    for number in range(7):
        update_client(book, acme, {"city": f"City {number}"}, actor=ANN)
        add_invoice(book, acme, DAY, (100_00, 19))
    whole = history(book, "client", acme, limit=100)
    assert (len(whole.entries), whole.more) == (15, False)
    pages = [history(book, "client", acme, limit=4, skip=skip) for skip in (0, 4, 8, 12)]
    assert [page.more for page in pages] == [True, True, True, False]
    assert tuple(entry for page in pages for entry in page.entries) == whole.entries


def test_a_merged_client_is_told_with_the_one_it_became(book: Book, acme: int) -> None:
    other = Contracts(book).client("C-009", name="Acme Limited")
    add_invoice(book, other, DAY, (100_00, 19))
    merge_clients(book, acme, other, actor=ANN)
    summaries = told(book, "client", acme)
    assert summaries[0] == "Merge client C-009 into C-001"
    assert any(one.startswith("Invoice ") for one in summaries)
    assert told(book, "client", other)[0] == summaries[0]
