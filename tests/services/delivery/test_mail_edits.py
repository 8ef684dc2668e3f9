"""A mail that a person changed goes as it was changed, and can be taken back to what the texts say."""

from __future__ import annotations

from datetime import date

import pytest

from db.schema import Client, Delivery
from desktop.errors import UserError
from desktop.services.changes import undo
from desktop.services.delivery.mail.edits import edit_mail, is_edited, mail_preview, reset_mail, whole_mails
from desktop.services.problems import ValidationError
from tests.books import new_book
from tests.contracts import Contracts, rows, value

TODAY = date(2026, 2, 1)
ANNE = "Anne"


@pytest.fixture
def contracts(tmp_path):
    book = new_book(tmp_path, delivery="email")
    made = Contracts(book)
    client = made.client(email="c1@client.example")
    made.agreement(client)
    made.bill("2026-01-31")
    yield made
    book.close()


def mail(contracts):
    (found,) = mail_preview(contracts.book, [1], today=TODAY)
    return found


def test_subject_text_and_people_are_kept_and_taken_back(contracts):
    before = mail(contracts)
    book = contracts.book
    edit_mail(book, [1], actor=ANNE, recipients="x@y.example; cc: k@y.example", subject="Hello", body="Dear Bob,\nsee.")
    changed = mail(contracts)
    assert (changed.to, changed.cc) == (("x@y.example",), ("k@y.example",))
    assert (changed.subject, changed.text) == ("Hello", "Dear Bob,\nsee.")
    assert is_edited(book, [1])
    reset_mail(book, [1], actor=ANNE)
    assert mail(contracts) == before
    assert not is_edited(book, [1])
    undo(book, ANNE)
    assert mail(contracts) == changed


def test_one_part_alone_leaves_the_others(contracts):
    before = mail(contracts)
    edit_mail(contracts.book, [1], actor=ANNE, subject="Hello")
    changed = mail(contracts)
    assert (changed.subject, changed.text, changed.to) == ("Hello", before.text, before.to)


@pytest.mark.parametrize(
    "state, words", [("sending", "on its way"), ("sent", "on its way"), ("cancelled", "taken out of the outbox")]
)
def test_what_went_is_not_changed(contracts, state, words):
    contracts.update(Delivery, 1, state=state)
    with pytest.raises(UserError, match=words):
        edit_mail(contracts.book, [1], actor=ANNE, subject="Hello")


def test_a_mail_without_an_address_waits_once_it_has_one(contracts):
    contracts.update(Delivery, 1, state="failed", answer="The client has no e-mail address.", address="")
    edit_mail(contracts.book, [1], actor=ANNE, subject="Hello")
    assert value(contracts.book, "SELECT state FROM delivery") == "failed"
    edit_mail(contracts.book, [1], actor=ANNE, recipients="x@y.example")
    assert value(contracts.book, "SELECT state || answer FROM delivery") == "waiting"


def test_a_mail_that_a_server_refused_is_not_sent_by_an_edit(contracts):
    contracts.update(Delivery, 1, state="failed", answer="No such mailbox.", tries=1)
    edit_mail(contracts.book, [1], actor=ANNE, recipients="x@y.example")
    assert value(contracts.book, "SELECT state FROM delivery") == "failed"


@pytest.mark.parametrize("typed, words", [("", "somebody"), ("nobody", "no"), ("cc: a@b.example", "somebody")])
def test_a_mail_needs_good_addresses(contracts, typed, words):
    with pytest.raises(UserError, match=words):
        edit_mail(contracts.book, [1], actor=ANNE, recipients=typed)


def test_an_empty_subject_or_text_is_refused_at_its_field(contracts):
    with pytest.raises(ValidationError) as refused:
        edit_mail(contracts.book, [1], actor=ANNE, subject=" ", body="x" * 10_001)
    assert set(refused.value.fields) == {"subject", "body"}


def test_a_mail_is_found_whole_from_one_of_its_rows(contracts):
    book = contracts.book
    contracts.update(Client, 1, mail_together=True)
    contracts.bill("2026-03-31")
    other = contracts.client("C2", email="c2@client.example")
    contracts.agreement(other, "A2")
    contracts.bill("2026-04-30", scope=None)
    ids = [key for (key,) in rows(book, "SELECT id FROM delivery WHERE client_id = 1")]
    assert len(ids) > 1
    (found,) = whole_mails(book, [1], today=TODAY)
    assert list(found.delivery_ids) == ids
    contracts.update(Delivery, 1, state="sent")
    (found,) = whole_mails(book, [1], today=TODAY)
    assert found.delivery_ids == (1,)
