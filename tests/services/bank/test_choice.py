"""What is offered for a line first, and what a person makes of it: parts, several lines at once, items by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.services.bank.booking import book_line
from desktop.services.bank.choice import difference, is_likely, part_of, preferred, reading_text, readings, standing
from desktop.services.bank.items import offered
from desktop.services.bank.proposing import Proposals, proposals
from desktop.services.bank.several import book_lines
from desktop.services.bank.showing import shown_line
from desktop.services.bank.undoing import take_back
from desktop.services.payments import record_payment
from tests.bank_lines import add_account, add_line
from tests.books import new_book
from tests.contracts import value
from tests.issued import ANNE, add_client, add_invoice
from tests.ledger_proof import prove

TODAY = date(2026, 3, 31)
JANUARY, FEBRUARY, MARCH = date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def account(book: Book) -> int:
    return add_account(book)


def item(book: Book, number: str) -> int:
    sql = "SELECT o.id FROM open_item o JOIN invoice i ON i.id = o.invoice_id WHERE i.number = ?"
    return int(value(book, sql, number))


def look(book: Book) -> Proposals:
    return proposals(book, today=TODAY)


def test_of_equal_readings_none_is_preferred(book: Book, account: int) -> None:
    for code in ("ALFA", "BETA"):
        add_invoice(book, add_client(book, code, name="Gemini Ltd"), JANUARY, (12_345, 0))
    line = add_line(book, account, MARCH, 12_345, "Thanks", party="Gemini Ltd")
    found = look(book)
    several = readings(found, line)
    assert len(several) > 1
    assert several[0].score == several[1].score
    assert preferred(found, line) is None
    assert standing(found, line) == "equal"


def test_a_sure_reading_is_preferred_and_nothing_is_unmatched(book: Book, account: int) -> None:
    number = add_invoice(book, add_client(book, "ACME"), JANUARY, (10_000, 0))
    line = add_line(book, account, MARCH, 10_000, number)
    other = add_line(book, account, MARCH, 77, "Interest")
    found = look(book)
    best = preferred(found, line)
    assert best is not None
    assert (standing(found, line), standing(found, other)) == ("sure", "unmatched")
    assert reading_text(found, best, {}) == number
    assert preferred(found, other) is None


def test_a_part_is_booked_and_the_rest_waits(book: Book, account: int) -> None:
    client = add_client(book, "ACME")
    number = add_invoice(book, client, JANUARY, (10_000, 0))
    line = add_line(book, account, MARCH, 15_000, "Two things")
    found = look(book)
    parts = part_of(found, line, 10_000, "payment", item_ids=[item(book, number)])
    done = book_line(book, line, parts, actor=ANNE, today=TODAY)
    assert done.left == 5_000
    again = found.after(book, [done])
    rest = book_line(book, line, part_of(again, line, 5_000, "other", note="A gift"), actor=ANNE, today=TODAY)
    assert rest.left == 0
    assert [(one.kind, one.amount) for one in shown_line(book, line).matches] == [("payment", 10_000), ("other", 5_000)]
    prove(book)


def test_a_part_of_what_went_out_has_its_sign(book: Book, account: int) -> None:
    line = add_line(book, account, MARCH, -5_000, "Fees and more")
    (part,) = part_of(look(book), line, 1_200, "charges")
    assert (part.kind, part.amount) == ("charges", -1_200)


@pytest.mark.parametrize("amount", [0, -1, 15_001])
def test_a_part_is_within_the_line(book: Book, account: int, amount: int) -> None:
    line = add_line(book, account, MARCH, 15_000, "Two things")
    with pytest.raises(UserError, match="between nothing and"):
        part_of(look(book), line, amount, "charges")


def test_what_is_chosen_beside_the_line(book: Book, account: int) -> None:
    client = add_client(book, "ACME")
    first, second = (add_invoice(book, client, JANUARY, (amount, 0)) for amount in (10_000, 3_000))
    line = add_line(book, account, MARCH, 12_000)
    found = look(book)
    beside = difference(found, line, [item(book, first)])
    assert beside is not None
    assert (beside.open, beside.left) == (10_000, 2_000)
    both = difference(found, line, [item(book, first), item(book, second)])
    assert both is not None
    assert both.left == -1_000
    assert difference(found, line, []) is None


def test_what_the_client_owes_is_offered_first_and_the_search_finds_the_rest(book: Book, account: int) -> None:
    acme, bolt = add_client(book, "ACME", name="Acme AG"), add_client(book, "BOLT", name="Bolt SA")
    own = add_invoice(book, acme, FEBRUARY, (99_000, 0))
    far, near = (add_invoice(book, bolt, JANUARY, (amount, 0)) for amount in (50_000, 10_100))
    line = add_line(book, account, MARCH, 10_000, "On account", party="Acme AG")
    found, clients = look(book), {acme: "Acme AG", bolt: "Bolt SA"}
    assert [one.name for one in offered(found, line, clients)] == [own, near, far]
    assert [one.name for one in offered(found, line, clients, "bolt 500,00")] == [far]
    assert [one.name for one in offered(found, line, clients, near[-4:])] == [near]


def test_what_went_out_is_offered_payments(book: Book, account: int) -> None:
    number = add_invoice(book, add_client(book, "ACME"), JANUARY, (10_000, 0))
    came = add_line(book, account, FEBRUARY, 10_000, number)
    found = look(book)
    best = preferred(found, came)
    assert best is not None
    book_line(book, came, found.parts(best), actor=ANNE, today=TODAY)
    back = add_line(book, account, MARCH, -10_000, "Return")
    assert [one.name for one in offered(look(book), back, {})] == ["P-2026-0001"]


def test_money_that_was_recorded_before_is_named_so(book: Book, account: int) -> None:
    client = add_client(book, "ACME")
    number = add_invoice(book, client, JANUARY, (10_000, 0))
    paid = record_payment(
        book, client_id=client, amount=10_000, currency="EUR", paid_on=MARCH, numbers=[number], actor=ANNE, today=TODAY
    )
    line = add_line(book, account, MARCH, 10_000, number)
    found = look(book)
    best = preferred(found, line)
    assert best is not None
    assert reading_text(found, best, {}) in ("Recorded by hand before", f"Recorded before as {paid.payment}")
    book_line(book, line, found.parts(best), actor=ANNE, today=TODAY)
    assert shown_line(book, line).state == "booked"
    assert value(book, "SELECT count(*) FROM payment") == 1


def test_several_lines_are_booked_and_taken_back_as_one(book: Book, account: int) -> None:
    client = add_client(book, "ACME")
    numbers = [add_invoice(book, client, JANUARY, (amount, 0)) for amount in (10_000, 20_000)]
    lines = [
        add_line(book, account, MARCH, amount, number) for amount, number in zip((10_000, 20_000), numbers, strict=True)
    ]
    found = look(book)
    best = {line: found.parts(found.of(line)[0]) for line in lines}
    done = book_lines(book, best, actor=ANNE, today=TODAY)
    assert [one.line_id for one in done.booked] == lines
    assert {shown_line(book, line).state for line in lines} == {"booked"}
    prove(book)
    taken = take_back(book, reconciliation_id=done.reconciliation_id, actor=ANNE, today=TODAY, reason="Wrong month")
    assert taken.lines == 2
    assert {shown_line(book, line).state for line in lines} == {"open"}
    prove(book)


def test_of_several_lines_all_or_none_are_booked(book: Book, account: int) -> None:
    number = add_invoice(book, add_client(book, "ACME"), JANUARY, (10_000, 0))
    first, second = (add_line(book, account, MARCH, 10_000, number) for _ in range(2))
    found = look(book)
    parts = part_of(found, first, 10_000, "payment", item_ids=[item(book, number)])
    with pytest.raises(UserError):
        book_lines(book, {first: parts, second: parts}, actor=ANNE, today=TODAY)
    assert {shown_line(book, line).state for line in (first, second)} == {"open"}
    with pytest.raises(UserError, match="None of these"):
        book_lines(book, {}, actor=ANNE, today=TODAY)


def test_what_is_less_likely_than_not_is_never_preferred(book: Book, account: int) -> None:
    client = add_client(book, "ACME", name="Acme AG")
    number = add_invoice(book, client, JANUARY, (10_000, 0))
    once, again = (add_line(book, account, day, 10_000, number, party="Acme AG") for day in (FEBRUARY, MARCH))
    found = look(book)
    book_line(
        book, once, part_of(found, once, 10_000, "payment", item_ids=[item(book, number)]), actor=ANNE, today=TODAY
    )
    found = look(book)
    several = readings(found, again)
    assert several
    assert not is_likely(several[0])
    assert preferred(found, again) is None
    assert standing(found, again) == "doubtful"
