from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from db.guard import NotAllowed
from desktop.errors import UserError
from desktop.services.access.passphrases import set_passphrase
from desktop.services.access.second_pair import (
    KINDS,
    Kind,
    SecondNeeded,
    needs_second,
    seconds_above,
    set_seconds_above,
    vouch,
)
from desktop.services.credits import credit_invoice
from desktop.services.payments import record_payment
from desktop.services.problems import ValidationError
from desktop.services.refunds import refund_credit
from desktop.services.write_offs import write_off
from tests.access import WORDS, as_role, guard, person
from tests.books import new_book
from tests.contracts import rows, value
from tests.issued import add_client, add_invoice

OTHER = "nine quiet lanterns"
TODAY = date(2026, 5, 31)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as made:
        yield made


@pytest.fixture
def number(book: Book) -> str:
    return add_invoice(book, add_client(book, "ACME"), date(2026, 5, 1), (100_000, 19))


def test_without_a_rule_one_is_enough(book: Book) -> None:
    assert seconds_above(book) == dict.fromkeys(KINDS)
    assert not any(needs_second(book, kind, amount=10**12, actor="Anne") for kind in KINDS)


@pytest.mark.parametrize("amount, needed", [(0, False), (50_000, False), (50_001, True), (-50_001, True), (None, True)])
def test_above_the_limit_two_are_needed(book: Book, amount: int | None, needed: bool) -> None:
    set_seconds_above(book, {"refund": 50_000}, actor="Anne")
    assert needs_second(book, "refund", amount=amount, actor="Anne") is needed
    assert not needs_second(book, "write_off", amount=amount, actor="Anne")


def test_a_change_of_the_configuration_has_no_amount(book: Book) -> None:
    set_seconds_above(book, {"configuration": 0}, actor="Anne")
    assert needs_second(book, "configuration", actor="Anne")
    set_seconds_above(book, {"configuration": None}, actor="Anne")
    assert not needs_second(book, "configuration", actor="Anne")
    with pytest.raises(ValidationError):
        set_seconds_above(book, {"refund": -1}, actor="Anne")


def test_a_write_off_waits_for_somebody_else(book: Book, number: str) -> None:
    person(book, "Ben", "bookkeeper")
    person(book, "Carla", "clerk")
    set_seconds_above(book, {"write_off": 10_000}, actor="Anne")

    def act(amount: int) -> None:
        write_off(book, number, reason="Gone", on=TODAY, actor="Anne", today=TODAY, amount=amount)

    act(10_000)
    with pytest.raises(SecondNeeded) as needed:
        act(1)
    assert "100.00 EUR" in str(needed.value).replace("\u20ac100.00", "100.00 EUR")
    for name in ("Anne", "Nobody", "Carla"):
        with pytest.raises(UserError):
            vouch(book, needed.value, name, "", actor="Anne")
    book.vouched = vouch(book, needed.value, "Ben", "", actor="Anne")
    # Agreed to is this amount, and no other.
    with pytest.raises(SecondNeeded):
        act(2)
    act(1)
    assert value(book, "SELECT sum(amount) FROM write_off") == 10_001
    with pytest.raises(SecondNeeded):
        act(1)
    told = rows(
        book,
        "SELECT subject, subject_id, after FROM audit_event e JOIN audit_payload p ON p.event_id = e.id"
        " WHERE e.action = 'seconded'",
    )
    assert [(one[0], "Ben" in one[2]) for one in told] == [("invoice", True)]


def _pay_back(book: Book, number: str) -> object:
    paid = record_payment(book, amount=150_000, paid_on=date(2026, 5, 2), actor="Anne", today=TODAY, numbers=[number])
    return refund_credit(book, paid.payment, on=TODAY, reason="Paid twice", actor="Anne", today=TODAY)


def _credit(book: Book, number: str) -> object:
    return credit_invoice(book, number, reason="Wrong", actor="Anne", today=TODAY)


@pytest.mark.parametrize("kind, act", [("refund", _pay_back), ("credit_note", _credit)])
def test_money_given_back_waits_for_somebody_else(
    book: Book, number: str, kind: Kind, act: Callable[[Book, str], object]
) -> None:
    set_seconds_above(book, {kind: 1}, actor="Anne")
    with pytest.raises(SecondNeeded) as needed:
        act(book, number)
    assert needed.value.kind == kind


def test_the_second_person_proves_it_where_people_sign_in(book: Book, number: str) -> None:
    guard(book)
    set_passphrase(book, person(book, "Ben", "bookkeeper"), OTHER, actor="Olga")
    set_seconds_above(book, {"credit_note": 1}, actor="Olga")
    with pytest.raises(SecondNeeded) as needed:
        credit_invoice(book, number, reason="Wrong", actor="x", today=TODAY)
    with pytest.raises(UserError):
        vouch(book, needed.value, "Ben", WORDS, actor="Olga")
    book.vouched = vouch(book, needed.value, "Ben", OTHER, actor="Olga")
    assert book.signed_in is not None
    assert book.signed_in.name == "Olga"
    note = credit_invoice(book, number, reason="Wrong", actor="x", today=TODAY)
    assert value(book, "SELECT actor FROM audit_event WHERE action = 'seconded'") == "Olga"
    assert note.amount == 119_000


def test_a_clerk_takes_nothing_off_an_invoice(book: Book, number: str) -> None:
    guard(book)
    clerk = as_role(book, "clerk")
    with pytest.raises(NotAllowed) as refused:
        credit_invoice(clerk, number, reason="Wrong", actor="x", today=TODAY)
    assert refused.value.right == "money"
    with pytest.raises(NotAllowed):
        write_off(clerk, number, reason="Gone", on=TODAY, actor="x", today=TODAY)
    with pytest.raises(NotAllowed):
        record_payment(clerk, amount=100, paid_on=TODAY, actor="x", today=TODAY, numbers=[number])
    keeper = as_role(book, "bookkeeper", "Ben")
    write_off(keeper, number, reason="Gone", on=TODAY, actor="x", today=TODAY)
    assert value(book, "SELECT actor FROM write_off") == "Ben"
