"""Bank lines booked by hand: what they settle, what is refused, and that the books stay true."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from desktop.domain.matching.facts import Share
from desktop.errors import UserError
from desktop.services.bank.booking import book_line, put_aside
from desktop.services.bank.learning import Sign, learned, signs
from desktop.services.bank.parts import Booked, Part
from desktop.services.bank.showing import shown_line
from desktop.services.bank.undoing import take_back
from desktop.services.changes import change
from desktop.services.credits import credit_invoice
from desktop.services.merging import merge_clients
from tests.bank_lines import add_account, add_line
from tests.books import new_book
from tests.contracts import rows, value
from tests.issued import ANNE, add_client, add_invoice, add_rate
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


@pytest.fixture
def client(book: Book) -> int:
    return add_client(book, "ACME")


def item(book: Book, number: str) -> int:
    return int(
        value(book, "SELECT o.id FROM open_item o JOIN invoice i ON i.id = o.invoice_id WHERE i.number = ?", number)
    )


def still_open(book: Book, number: str) -> int:
    return int(
        value(
            book,
            "SELECT sum(o.open) FROM open_item o JOIN invoice i ON i.id = o.invoice_id WHERE i.number = ?",
            number,
        )
    )


def booked(book: Book, line: int, *parts: Part, actor: str = ANNE) -> Booked:
    return book_line(book, line, parts, actor=actor, today=TODAY)


def by_role(book: Book) -> dict[str, int]:
    found = rows(book, "SELECT role, sum(amount) FROM posting GROUP BY role")
    return {role: amount for role, amount in found if amount}


def test_a_line_pays_an_invoice(book: Book, account: int, client: int) -> None:
    number = add_invoice(book, client, JANUARY, (10_000, 19))
    line = add_line(book, account, MARCH, 11_900, f"Invoice {number}")
    done = booked(book, line, Part("payment", 11_900, shares=(Share(item(book, number), 11_900),)))
    assert (done.left, done.payments, done.clients) == (0, ("P-2026-0001",), (client,))
    assert done.settled == ((item(book, number), 11_900),)
    assert still_open(book, number) == 0
    assert rows(book, "SELECT account_id, reference, paid_on FROM payment") == [
        (account, f"Invoice {number}", "2026-03-10")
    ]
    shown = shown_line(book, line)
    assert (shown.state, shown.left, shown.matches[0].payment) == ("booked", 0, "P-2026-0001")
    prove(book)


def test_what_is_above_is_the_clients_credit(book: Book, account: int, client: int) -> None:
    number = add_invoice(book, client, JANUARY, (10_000, 19))
    line = add_line(book, account, MARCH, 15_000)
    booked(book, line, Part("payment", 15_000, shares=(Share(item(book, number), 11_900),)))
    assert value(book, "SELECT open FROM open_credit") == 3_100
    prove(book)


def test_a_line_in_parts(book: Book, account: int, client: int) -> None:
    other = add_client(book, "BOLT")
    first, second = (add_invoice(book, one, JANUARY, (10_000, 0)) for one in (client, other))
    line = add_line(book, account, MARCH, 20_500)
    done = booked(
        book,
        line,
        Part("payment", 10_000, shares=(Share(item(book, first), 10_000),)),
        Part("payment", 10_000, shares=(Share(item(book, second), 10_000),)),
    )
    assert done.left == 500
    assert shown_line(book, line).state == "open"
    put_aside(book, [line], note="Interest", actor=ANNE, today=TODAY)
    assert shown_line(book, line).state == "booked"
    assert [(one.kind, one.amount, one.note) for one in shown_line(book, line).matches] == [
        ("payment", 10_000, ""),
        ("payment", 10_000, ""),
        ("other", 500, "Interest"),
    ]
    prove(book)


def test_bank_charges_settle_the_invoice_whole(book: Book, account: int, client: int) -> None:
    number = add_invoice(book, client, JANUARY, (10_000, 0))
    line = add_line(book, account, MARCH, 9_850)
    booked(book, line, Part("payment", 9_850, shares=(Share(item(book, number), 10_000),), charges=150))
    assert still_open(book, number) == 0
    assert by_role(book) == {"bank": 9_850, "fees": 150, "revenue": -10_000}
    prove(book)
    take_back(book, line_ids=[line], actor=ANNE, today=TODAY, reason="Wrong")
    assert by_role(book) == {"receivable": 10_000, "revenue": -10_000}
    prove(book)


def test_a_discount_a_loss_and_tax_withheld(book: Book, account: int, client: int) -> None:
    number = add_invoice(book, client, MARCH, (10_000, 0), terms="2% 14 days, net 30")
    assert value(book, "SELECT discount FROM invoice WHERE number = ?", number) == 20_000
    second = add_invoice(book, client, MARCH, (10_000, 0))
    line = add_line(book, account, MARCH, 18_790)
    done = booked(
        book,
        line,
        Part(
            "payment",
            18_790,
            shares=(
                Share(item(book, number), 9_800, discount=200),
                Share(item(book, second), 8_990, write_off=10, withheld=1_000),
            ),
            reason="Small difference",
        ),
    )
    assert done.payments == ("P-2026-0001", "P-2026-0002")
    assert still_open(book, number) == still_open(book, second) == 0
    assert by_role(book) == {
        "bad_debt": 10,
        "bank": 18_790,
        "discount": 200,
        "revenue": -20_000,
        "withholding": 1_000,
    }
    prove(book)
    back = take_back(book, line_ids=[line], actor=ANNE, today=TODAY, reason="Another client's")
    assert len(back.payments) == 2
    assert (still_open(book, number), still_open(book, second)) == (10_000, 10_000)
    assert by_role(book) == {"receivable": 20_000, "revenue": -20_000}
    prove(book)


def test_two_losses_of_one_line(book: Book, account: int, client: int) -> None:
    first, second = (add_invoice(book, client, JANUARY, (10_000, 0)) for _ in range(2))
    line = add_line(book, account, MARCH, 19_900)
    shares = (Share(item(book, first), 9_960, write_off=40), Share(item(book, second), 9_940, write_off=60))
    booked(book, line, Part("payment", 19_900, shares=shares, reason="Small"))
    assert len({one.payment for one in shown_line(book, line).matches}) == 1
    assert shown_line(book, line).state == "booked"
    prove(book)
    take_back(book, line_ids=[line], actor=ANNE, today=TODAY, reason="Wrong")
    assert (still_open(book, first), still_open(book, second)) == (10_000, 10_000)
    prove(book)


def test_money_that_a_bank_converted(book: Book, account: int) -> None:
    add_rate(book, "USD", date(2025, 1, 1), Decimal("0.9"))
    client = add_client(book, "BOLT", currency="USD")
    number = add_invoice(book, client, JANUARY, (10_000, 0), currency="USD")
    line = add_line(book, account, MARCH, 9_100)
    booked(book, line, Part("payment", 9_100, shares=(Share(item(book, number), 10_000),), paid=10_000, currency="USD"))
    assert still_open(book, number) == 0
    assert rows(book, "SELECT currency, amount, firm_amount, received, received_currency FROM payment") == [
        ("USD", 10_000, 9_100, 9_100, "EUR")
    ]
    # 100 dollars were worth 90 euros when they were billed.
    assert value(book, "SELECT sum(firm_amount) FROM posting WHERE role = 'exchange'") == -100
    prove(book)


def test_money_that_came_before_its_invoice(book: Book, account: int, client: int) -> None:
    number = add_invoice(book, client, MARCH, (10_000, 0))
    line = add_line(book, account, FEBRUARY, 10_000)
    done = booked(book, line, Part("payment", 10_000, shares=(Share(item(book, number), 10_000),)))
    assert done.notes[0].figures == {"number": number, "day": ("day", "2026-03-10")}
    assert rows(book, "SELECT dated FROM allocation") == [("2026-03-10",)]
    prove(book)


def test_an_invoice_credited_meanwhile_is_refused_with_the_figures(book: Book, account: int, client: int) -> None:
    number = add_invoice(book, client, JANUARY, (10_000, 0))
    line = add_line(book, account, MARCH, 10_000)
    credit_invoice(book, number, reason="Returned", actor=ANNE, today=TODAY, amount_gross=4_000)
    with pytest.raises(UserError) as caught:
        booked(book, line, Part("payment", 10_000, shares=(Share(item(book, number), 10_000),)))
    assert "60" in caught.value.message
    assert number in caught.value.message
    assert rows(book, "SELECT id FROM payment") == []
    assert shown_line(book, line).state == "open"


@pytest.mark.parametrize(
    "part, said",
    [
        (Part("payment", 10_000), "Whose money"),
        (Part("payment", -10_000, client_id=1), "does not go with"),
        (Part("payment", 10_001, client_id=1), "not booked yet"),
        (Part("gift", 10_000), "gift"),
        (Part("other", 10_000), "reason is missing"),
        (Part("payment", 10_000, client_id=1, charges=-1), "above zero"),
        (Part("payment", 10_000, client_id=99), "not there"),
        (Part("return", 10_000, returned=1), "which payment came back"),
    ],
)
def test_parts_that_cannot_be(book: Book, account: int, client: int, part: Part, said: str) -> None:
    assert client == 1
    line = add_line(book, account, MARCH, 10_000)
    with pytest.raises(UserError, match=said):
        booked(book, line, part)
    assert shown_line(book, line).matches == ()


def test_shares_that_cannot_be(book: Book, account: int, client: int) -> None:
    number = add_invoice(book, client, JANUARY, (10_000, 0))
    other = add_client(book, "BOLT")
    dollars = add_client(book, "COIL", currency="USD")
    add_rate(book, "USD", date(2025, 1, 1), Decimal("0.9"))
    foreign = add_invoice(book, dollars, JANUARY, (10_000, 0), currency="USD")
    line = add_line(book, account, MARCH, 5_000)
    own = item(book, number)
    for part, said in (
        (Part("payment", 5_000, shares=(Share(own, 5_001),)), "of it would go to invoices"),
        (Part("payment", 5_000, shares=(Share(own, 0),)), "above zero"),
        (Part("payment", 5_000, shares=(Share(own, 5_000, discount=10),)), "no early-payment discount"),
        (Part("payment", 5_000, shares=(Share(own, 5_000, write_off=10),)), "reason is missing"),
        (Part("payment", 5_000, client_id=other, shares=(Share(own, 5_000),)), "several clients"),
        (Part("payment", 5_000, shares=(Share(item(book, foreign), 5_000),)), "is in USD"),
        (Part("payment", 5_000, shares=(Share(999, 5_000),)), "not in the book"),
    ):
        with pytest.raises(UserError, match=said):
            booked(book, line, part)
    assert rows(book, "SELECT id FROM payment") == []
    prove(book)


def test_a_line_is_booked_once(book: Book, account: int, client: int) -> None:
    line = add_line(book, account, MARCH, 10_000)
    booked(book, line, Part("payment", 10_000, client_id=client))
    with pytest.raises(UserError, match="booked already"):
        booked(book, line, Part("payment", 10_000, client_id=client))


def test_a_line_of_nothing_and_one_to_come(book: Book, account: int, client: int) -> None:
    nothing = add_line(book, account, MARCH, 0)
    with pytest.raises(UserError, match="nothing to book"):
        booked(book, nothing, Part("payment", 100, client_id=client))
    later = add_line(book, account, date(2026, 4, 1), 100)
    with pytest.raises(UserError, match="still to come"):
        booked(book, later, Part("payment", 100, client_id=client))


def test_a_loss_within_the_actors_limit(book: Book, account: int, client: int) -> None:
    number = add_invoice(book, client, JANUARY, (10_000, 0))
    line = add_line(book, account, MARCH, 9_000)
    with change(book, ANNE, "Limit") as made:
        made.connection.exec_driver_sql("INSERT INTO setting (key, value) VALUES ('limit.write_off', '5')")
    part = Part("payment", 9_000, shares=(Share(item(book, number), 9_000, write_off=1_000),), reason="Small")
    with pytest.raises(UserError, match="Ben"):
        booked(book, line, part, actor="Ben")


def test_merged_clients_are_one(book: Book, account: int, client: int) -> None:
    other = add_client(book, "OLD")
    number = add_invoice(book, other, JANUARY, (10_000, 0))
    merge_clients(book, client, other, actor=ANNE)
    line = add_line(book, account, MARCH, 10_000)
    done = booked(book, line, Part("payment", 10_000, client_id=client, shares=(Share(item(book, number), 10_000),)))
    assert done.clients == (client,)
    prove(book)


def test_learning_from_a_line(book: Book, account: int, client: int) -> None:
    line = add_line(book, account, MARCH, 10_000, party="Acme  Holding", party_account="DE89370400440532013000")
    found = signs(book, line, client)
    assert found == (
        Sign("account", "DE89370400440532013000", client),
        Sign("name", "acme holding", client),
    )
    book_line(book, line, [Part("payment", 10_000, client_id=client)], actor=ANNE, today=TODAY, learn=found)
    assert [(one.kind, one.value, one.client) for one in learned(book)] == [
        ("account", "DE89370400440532013000", "ACME"),
        ("name", "acme holding", "ACME"),
    ]
    assert signs(book, line, client) == ()
