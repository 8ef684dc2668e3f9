"""Letters in the outbox: their frozen file, and a mail that tells of them."""

from __future__ import annotations

from datetime import date

import pytest

from db.schema import Client, Contact
from desktop.errors import UserError
from desktop.services.changes import change, undo
from desktop.services.clients import delete_client
from desktop.services.delivery.mail.drafts import content_of
from desktop.services.delivery.mail.edits import mail_preview
from desktop.services.delivery.mail.letters import enqueue_letter, enqueue_letters, usual_ways
from desktop.services.letters.files import letter_pdf
from desktop.services.letters.receipt import receipt
from desktop.services.letters.reminder import reminder
from desktop.services.letters.run_report import run_report
from desktop.services.letters.statement import statement
from desktop.services.payments import record_payment
from tests.books import new_book
from tests.contracts import Contracts, rows, value

LATE = date(2026, 4, 1)
ANNE = "Anne"


@pytest.fixture
def contracts(tmp_path):
    book = new_book(tmp_path)
    made = Contracts(book)
    client = made.client(email="c1@client.example")
    made.agreement(client)
    made.bill("2026-01-31")
    with change(book, ANNE, "Add") as kept:
        kept.insert(Contact, client_id=client, name="Eve", email="ap@client.example", gets_invoices=True)
        kept.insert(Contact, client_id=client, name="Dan", email="dun@client.example", gets_reminders=True)
    yield made
    book.close()


def mail(contracts, key):
    (found,) = mail_preview(contracts.book, [key], today=LATE)
    return found


def test_a_reminder_goes_to_who_gets_reminders_with_what_it_asks_for(contracts):
    made = reminder(contracts.book, 1, as_of=LATE, level=2)
    found = mail(contracts, enqueue_letter(contracts.book, made, actor=ANNE))
    assert found.to == ("dun@client.example",)
    assert found.subject == "Payment reminder from Harbour Services"
    assert "Please pay €119.00 by 11 Apr 2026." in found.text
    assert found.text.startswith("Dear Dan,")
    (file,) = found.enclosures
    assert file.name == "Second reminder 2026-04-01.pdf"
    assert content_of(contracts.book, file) == letter_pdf(made)


def test_a_reminder_that_goes_late_does_not_take_its_own_day_for_the_due_date(contracts):
    made = reminder(contracts.book, 1, as_of=LATE, level=2)
    key = enqueue_letter(contracts.book, made, actor=ANNE)
    (found,) = mail_preview(contracts.book, [key], today=date(2026, 4, 20))
    assert "Please pay what is overdue: €119.00." in found.text
    assert "due since" not in found.text


def test_the_file_stays_as_it_was_made(contracts):
    made = statement(contracts.book, 1, as_of=LATE)
    before = letter_pdf(made)
    key = enqueue_letter(contracts.book, made, actor=ANNE)
    contracts.update(Client, 1, name="Quite another name")
    (file,) = mail(contracts, key).enclosures
    assert content_of(contracts.book, file) == before


def test_a_statement_and_a_receipt_say_their_amounts(contracts):
    book = contracts.book
    said = mail(contracts, enqueue_letter(book, statement(book, 1, as_of=LATE), actor=ANNE))
    assert "Please pay what is overdue: €119.00." in said.text
    number = value(book, "SELECT number FROM invoice")
    record_payment(book, numbers=[number], amount=11900, paid_on=LATE, today=LATE, actor=ANNE)
    paid = value(book, "SELECT number FROM payment")
    thanks = mail(contracts, enqueue_letter(book, receipt(book, paid, as_of=LATE), actor=ANNE))
    assert thanks.to == ("ap@client.example",)
    assert thanks.subject == f"Receipt {paid} from Harbour Services"
    assert "Thank you for your payment of €119.00." in thanks.text
    assert "Please pay" not in thanks.text
    assert "Nothing is left" not in thanks.text


def test_a_statement_of_what_is_not_due_yet_asks_for_nothing(contracts):
    early = statement(contracts.book, 1, as_of=date(2026, 2, 1))
    text = mail(contracts, enqueue_letter(contracts.book, early, actor=ANNE)).text
    assert "Please pay" not in text
    assert "Nothing is left" not in text


def test_a_client_with_a_letter_on_its_way_stays_in_the_book(contracts):
    book = contracts.book
    other = contracts.client("C2", email="c2@client.example")
    enqueue_letter(book, statement(book, other, as_of=LATE), actor=ANNE)
    with pytest.raises(UserError, match="1 documents in the outbox"):
        delete_client(book, other, actor=ANNE)


def test_letters_do_not_wait_twice(contracts):
    made = statement(contracts.book, 1, as_of=LATE)
    enqueue_letter(contracts.book, made, actor=ANNE)
    with pytest.raises(UserError, match="waits in the outbox already"):
        enqueue_letter(contracts.book, made, actor=ANNE)
    undo(contracts.book, ANNE)
    assert rows(contracts.book, "SELECT id FROM delivery WHERE letter <> ''") == []
    assert enqueue_letter(contracts.book, made, actor=ANNE)


@pytest.mark.parametrize("word, way", [("print", "print"), ("folder", "folder"), ("pdf", "hand")])
def test_without_an_address_it_goes_the_clients_way(contracts, word, way):
    contracts.update(Client, 1, email="", delivery=word)
    with change(contracts.book, ANNE, "Remove") as made:
        for key in (1, 2):
            made.delete(Contact, key)
    made_letter = statement(contracts.book, 1, as_of=LATE)
    key = enqueue_letter(contracts.book, made_letter, actor=ANNE)
    assert value(contracts.book, "SELECT channel FROM delivery WHERE id = ?", key) == way
    with pytest.raises(UserError, match="no e-mail address"):
        enqueue_letter(
            contracts.book, statement(contracts.book, 1, as_of=date(2026, 4, 2)), actor=ANNE, channel="email"
        )


def test_typed_people_get_it(contracts):
    made = statement(contracts.book, 1, as_of=LATE)
    key = enqueue_letter(contracts.book, made, actor=ANNE, address="x@y.example; cc: z@y.example")
    assert (mail(contracts, key).to, mail(contracts, key).cc) == (("x@y.example",), ("z@y.example",))


def test_a_runs_report_stays_inside(contracts):
    run = value(contracts.book, "SELECT number FROM run")
    with pytest.raises(UserError, match="goes to no client"):
        enqueue_letter(contracts.book, run_report(contracts.book, run, on=LATE), actor=ANNE)
    with pytest.raises(UserError, match="no way of delivery"):
        enqueue_letter(contracts.book, statement(contracts.book, 1, as_of=LATE), actor=ANNE, channel="pigeon")


def test_many_letters_are_one_change_and_those_that_wait_already_are_told_of(contracts):
    other = contracts.client(email="", code="PAPER", delivery="print")
    contracts.agreement(other, code="A2")
    contracts.bill("2026-02-28")
    made = [statement(contracts.book, client, as_of=LATE) for client in (1, other)]
    assert usual_ways(contracts.book, [letter for letter, _template in made]) == {"email": 1, "print": 1}
    enqueue_letter(contracts.book, made[0], actor=ANNE)
    put = enqueue_letters(contracts.book, made, actor=ANNE)
    assert [letter.buyer.code for _key, letter in put.letters] == ["PAPER"]
    assert [why for _title, why in put.refused] == [f"{put.refused[0][0]} waits in the outbox already."]
    assert undo(contracts.book, ANNE) == "Put 1 letter into the outbox"
    with pytest.raises(UserError, match="waits in the outbox already"):
        enqueue_letters(contracts.book, made[:1], actor=ANNE)
    assert value(contracts.book, "SELECT count(*) FROM delivery WHERE letter <> ''") == 1


def test_letters_that_are_stopped_leave_none_behind(contracts):
    made = [statement(contracts.book, 1, as_of=LATE)] * 2

    def stop(done):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        enqueue_letters(contracts.book, made, actor=ANNE, report=stop)
    assert value(contracts.book, "SELECT count(*) FROM delivery WHERE letter <> ''") == 0
