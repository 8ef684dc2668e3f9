"""What letters tell, on real books: every figure is one that the book's other readers give."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from db.schema import BankAccount, Client, Firm, Segment
from desktop.domain.letter import Cell, Letter, LetterTable, Money, Term, term
from desktop.errors import UserError
from desktop.services.changes import change
from desktop.services.credits import credit_invoice
from desktop.services.disputes import open_dispute
from desktop.services.letters.cover import cover_letter
from desktop.services.letters.payment_plan import payment_plan
from desktop.services.letters.receipt import receipt
from desktop.services.letters.reminder import default_level, interest_on, reminder
from desktop.services.letters.statement import statement
from desktop.services.payment_plans import agree_plan, cancel_plan
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payments import record_payment
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice

ISSUED = date(2026, 1, 10)
DUE = date(2026, 2, 9)
TODAY = date(2026, 6, 30)
MARCH = date(2026, 3, 31)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path, footer="HRB 1", contact="Lena Brandt") as book:
        with change(book, ANNE, "Accounts") as made:
            made.insert(BankAccount, position=1, holder="Harbour", iban="DE89370400440532013000", currency="EUR")
            made.insert(BankAccount, position=2, holder="Harbour", iban="GB29NWBK60161331926819", currency="GBP")
        yield book


@pytest.fixture
def client(book: Book) -> int:
    return add_client(book, "ACME")


def pay(book: Book, amount: int, *numbers: str, on: date = MARCH, client: int | None = None, **more: Any) -> str:
    return record_payment(
        book, amount=amount, paid_on=on, actor=ANNE, today=TODAY, numbers=numbers, client_id=client, **more
    ).payment


def titled(letter: Letter, key: str) -> LetterTable:
    """The table of that title; "" is the one without."""
    (found,) = [table for table in letter.tables if (table.title.key if isinstance(table.title, Term) else "") == key]
    return found


def minors(table: LetterTable, column: str) -> list[int | None]:
    place = [one.title for one in table.columns].index(column)
    return [cell.minor if isinstance(cell := row.cells[place], Money) else None for row in table.rows]


def minor(cell: Cell) -> int:
    assert isinstance(cell, Money)
    return cell.minor


def names(table: LetterTable) -> list[object]:
    """Numbers of the documents in the first column."""
    return [dict(row.cells[0].values)["number"] for row in table.rows if isinstance(row.cells[0], Term)]


def totals(letter: Letter) -> dict[str, int]:
    return {total.label.key: total.amount.minor for total in letter.totals if isinstance(total.label, Term)}


# Statements


def test_a_statement_lists_what_is_open_and_its_ages(book: Book, client: int) -> None:
    old = add_invoice(book, client, ISSUED, (10_000, 19))
    new = add_invoice(book, client, date(2026, 3, 20), (20_000, 19))
    add_invoice(book, client, date(2026, 4, 2), (30_000, 19))
    letter, template = statement(book, client, as_of=MARCH)
    items = titled(letter, "")
    assert names(items) == [old, new]
    assert minors(items, "open") == [11_900, 23_800]
    assert [row.cells[3] for row in items.rows] == [50, None]
    assert [minor(cell) for cell in titled(letter, "by_age").rows[0].cells] == [23_800, 0, 11_900, 0, 0, 35_700]
    assert totals(letter) == {"account_balance": 35_700, "of_this_overdue": 11_900}
    assert (letter.payable, letter.payment_reference) == (11_900, old)
    assert [account.iban for account in letter.bank] == ["DE89370400440532013000"]
    assert letter.footer == "HRB 1"
    assert template.id == 1


def test_a_statement_counts_part_payments_instalments_and_credit(book: Book, client: int) -> None:
    parts = add_invoice(book, client, ISSUED, (10_000, 0), parts=True)
    paid = add_invoice(book, client, ISSUED, (5_000, 0))
    pay(book, 7_000, paid, on=date(2026, 2, 1))
    pay(book, 1_500, f"{parts}/2", on=date(2026, 2, 2))
    letter, _ = statement(book, client, as_of=MARCH)
    assert names(titled(letter, "")) == [f"{parts}/1", f"{parts}/2"]
    # The surplus of 2,000 went to the next oldest, or stayed as credit: either way the balance is the same.
    open_, credit = sum(m or 0 for m in minors(titled(letter, ""), "open")), totals(letter).get("less_credit", 0)
    assert open_ + credit == 15_000 - 8_500


def test_unused_credit_is_shown_and_taken_off(book: Book, client: int) -> None:
    number = add_invoice(book, client, ISSUED, (10_000, 0))
    surplus = pay(book, 4_000, client=client, on=date(2026, 1, 5))
    reverse_payment(book, surplus, on=date(2026, 1, 8), reason="bounced", actor=ANNE, today=TODAY)
    with_credit = record_payment(
        book, amount=13_000, paid_on=MARCH, actor=ANNE, today=TODAY, client_id=client, numbers=[number]
    )
    later = add_invoice(book, client, MARCH, (5_000, 0))
    letter, _ = statement(book, client, as_of=MARCH)
    assert names(titled(letter, "")) == [later]
    credits = titled(letter, "unused_credit")
    assert names(credits) == [with_credit.payment]
    assert minors(credits, "left") == [3_000]
    assert totals(letter) == {"total_open": 5_000, "less_credit": -3_000, "account_balance": 2_000}
    assert letter.payable == 0


def test_more_credit_than_debt_is_a_balance_in_favour(book: Book, client: int) -> None:
    number = add_invoice(book, client, ISSUED, (10_000, 0))
    pay(book, 15_000, number)
    letter, _ = statement(book, client, as_of=MARCH)
    assert titled(letter, "").empty == "nothing_open"
    assert totals(letter)["account_balance_yours"] == 5_000
    credit_invoice(book, number, reason="gone", actor=ANNE, today=MARCH)
    letter, _ = statement(book, client, as_of=TODAY)
    assert totals(letter)["account_balance_yours"] == 15_000


def test_a_disputed_amount_is_marked_and_not_asked_for(book: Book, client: int) -> None:
    whole = add_invoice(book, client, ISSUED, (10_000, 0))
    partly = add_invoice(book, client, ISSUED, (20_000, 0), parts=True)
    open_dispute(book, whole, reason="wrong", on=DUE, actor=ANNE, today=TODAY)
    open_dispute(book, partly, reason="half", on=DUE, actor=ANNE, today=TODAY, amount=12_000)
    letter, _ = statement(book, client, as_of=MARCH)
    notes = {name: row.note for name, row in zip(names(titled(letter, "")), titled(letter, "").rows, strict=True)}
    assert notes == {
        whole: term("disputed", amount=Money(10_000)),
        f"{partly}/1": term("disputed", amount=Money(10_000)),
        f"{partly}/2": term("disputed", amount=Money(2_000)),
    }
    assert letter.payable == 8_000
    assert letter.payment_reference == f"{partly}/2"
    assert term("disputed_aside") in letter.terms
    before, _ = statement(book, client, as_of=DUE - timedelta(days=1))
    assert before.terms == (term("statement_ask"),)


def test_movements_run_from_the_opening_balance_to_the_closing_one(book: Book, client: int) -> None:
    first = add_invoice(book, client, ISSUED, (10_000, 0))
    pay(book, 4_000, first, on=date(2026, 2, 1), reference="your ref")
    second = add_invoice(book, client, date(2026, 2, 20), (6_000, 0))
    letter, _ = statement(book, client, as_of=MARCH, since=date(2026, 2, 1))
    moves = titled(letter, "movements")
    assert minors(moves, "balance") == [10_000, 6_000, 12_000]
    assert [row.note for row in moves.rows] == [None, "your ref", None]
    assert [minor(cell) for cell in moves.sums[0].cells[2:]] == [6_000, 4_000, 12_000]
    assert moves.rows[2].cells[1] == term("named", kind=term("kind_invoice"), number=second)
    quiet, _ = statement(book, client, as_of=date(2026, 3, 5), since=date(2026, 3, 1), items=False)
    assert [row.quiet for row in titled(quiet, "movements").rows] == [False, True]
    assert len(quiet.tables) == 2


def test_currencies_have_a_letter_each(book: Book) -> None:
    client = add_client(book, "MIX", currency="GBP")
    euro = add_invoice(book, client, ISSUED, (10_000, 0), currency="EUR")
    pound = add_invoice(book, client, ISSUED, (20_000, 0), currency="GBP")
    own, _ = statement(book, client, as_of=MARCH)
    other, _ = statement(book, client, as_of=MARCH, currency="EUR")
    assert (own.currency, names(titled(own, "")), own.bank[0].iban[:2]) == ("GBP", [pound], "GB")
    assert (other.currency, names(titled(other, "")), other.bank[0].iban[:2]) == ("EUR", [euro], "DE")
    with pytest.raises(UserError, match="USD"):
        statement(book, client, as_of=MARCH, currency="USD")


@pytest.mark.parametrize("since, items", [(date(2026, 4, 1), True), (None, False)])
def test_a_statement_of_nothing_is_refused(book: Book, client: int, since: date | None, items: bool) -> None:
    with pytest.raises(UserError):
        statement(book, client, as_of=MARCH, since=since, items=items)


def test_the_language_is_the_clients_else_its_segments_else_the_firms(book: Book, client: int) -> None:
    assert statement(book, client, as_of=MARCH)[0].language == "en"
    with change(book, ANNE, "Languages") as made:
        segment = made.insert(Segment, name="France", language="fr")
        made.update(Client, client, segment_id=segment)
    assert statement(book, client, as_of=MARCH)[0].language == "fr"
    with change(book, ANNE, "Language") as made:
        made.update(Client, client, language="de")
    assert statement(book, client, as_of=MARCH)[0].language == "de"


# Reminders


def test_a_reminder_asks_for_what_is_overdue_with_interest_and_fee(book: Book, client: int) -> None:
    late = add_invoice(book, client, ISSUED, (100_000, 0))
    add_invoice(book, client, MARCH, (50_000, 0))
    letter, _ = reminder(book, client, as_of=MARCH, level=2, fee=500, interest=Decimal("11.27"))
    table = titled(letter, "")
    assert names(table) == [late]
    assert table.rows[0].cells[3] == 50
    # 1,000.00 at 11.27 % for 50 of 365 days.
    assert minors(table, "interest") == [1_544]
    assert totals(letter) == {"total_open": 100_000, "plus_interest": 1_544, "plus_fee": 500, "to_pay": 102_044}
    assert (letter.payable, letter.payment_reference, letter.level, letter.title) == (102_044, late, 2, "reminder_2")
    assert letter.due_date == date(2026, 4, 10)
    assert letter.terms[0] == term("reminder_2_ask", amount=Money(102_044), date=date(2026, 4, 10))
    assert letter.regards == (term("regards"), "Lena Brandt", "Harbour Services")


def test_a_plain_reminder_has_no_columns_that_say_nothing(book: Book, client: int) -> None:
    add_invoice(book, client, ISSUED, (100_000, 0))
    letter, _ = reminder(book, client, as_of=date(2026, 2, 19))
    assert [column.title for column in titled(letter, "").columns][-1] == "open"
    assert totals(letter) == {"to_pay": 100_000}
    assert (letter.level, letter.title, letter.salutation) == (1, "", term("dear_all"))
    assert letter.opening == (term("reminder_1", 1),)


@pytest.mark.parametrize("days, level", [(1, 1), (20, 1), (21, 2), (45, 2), (46, 3), (400, 3)])
def test_the_level_follows_from_the_days(days: int, level: int) -> None:
    assert default_level(days) == level


def test_levels_beyond_the_last_say_the_last_words(book: Book, client: int) -> None:
    add_invoice(book, client, ISSUED, (100_000, 0))
    letter, _ = reminder(book, client, as_of=MARCH, level=7)
    assert (letter.level, letter.title) == (7, "reminder_3")
    assert letter.ending == (term("reminder_crossed"),)


def test_a_reminder_leaves_disputes_and_credit_out(book: Book, client: int) -> None:
    disputed = add_invoice(book, client, ISSUED, (100_000, 0))
    asked = add_invoice(book, client, ISSUED, (50_000, 0))
    open_dispute(book, disputed, reason="wrong", on=DUE, actor=ANNE, today=TODAY)
    with change(book, ANNE, "Contact") as made:
        made.update(Client, client, contact="Ms Hay")
    letter, _ = reminder(book, client, as_of=MARCH, interest=Decimal(10))
    table = titled(letter, "")
    assert [row.quiet for row in table.rows] == [True, False]
    assert minors(table, "interest") == [None, interest_on(50_000, Decimal(10), 50)]
    assert letter.payment_reference == asked
    assert totals(letter)["less_disputed"] == -100_000
    assert letter.salutation == term("dear", name="Ms Hay")


def test_what_cannot_be_asked_for_is_refused(book: Book, client: int) -> None:
    with pytest.raises(UserError, match="Nothing is overdue"):
        reminder(book, client, as_of=MARCH)
    number = add_invoice(book, client, ISSUED, (10_000, 0))
    refusals: list[dict[str, Any]] = [
        {"level": 0},
        {"fee": -1},
        {"interest": Decimal(-1)},
        {"pay_by": date(2026, 3, 1)},
    ]
    for refused in refusals:
        with pytest.raises(UserError):
            reminder(book, client, as_of=MARCH, **refused)
    open_dispute(book, number, reason="wrong", on=DUE, actor=ANNE, today=TODAY)
    with pytest.raises(UserError, match="disputed"):
        reminder(book, client, as_of=MARCH)


def test_credit_that_covers_what_is_overdue_leaves_nothing_to_ask(book: Book, client: int) -> None:
    number = add_invoice(book, client, ISSUED, (10_000, 0))
    other = add_invoice(book, client, ISSUED, (10_000, 0))
    credit_invoice(book, number, reason="gone", actor=ANNE, today=MARCH)
    pay(book, 10_000, other)
    pay(book, 30_000, client=client)
    add_invoice(book, client, ISSUED, (20_000, 0))
    with pytest.raises(UserError, match="covers"):
        reminder(book, client, as_of=MARCH)


# Receipts


def test_a_receipt_tells_what_was_paid_and_what_is_left(book: Book, client: int) -> None:
    first = add_invoice(book, client, ISSUED, (10_000, 0))
    second = add_invoice(book, client, ISSUED, (10_000, 0))
    number = pay(book, 15_000, first, second, method="cash", reference="till 7")
    letter, _ = receipt(book, number, as_of=MARCH)
    table = titled(letter, "")
    assert (names(table), minors(table, "paid"), minors(table, "still_open")) == (
        [first, second],
        [10_000, 5_000],
        [0, 5_000],
    )
    assert letter.number == number
    assert (term("method"), term("method_cash")) in letter.facts
    assert (term("reference"), "till 7") in letter.facts
    assert totals(letter) == {"received": 15_000}
    assert letter.terms == (term("receipt_open", 2, amount=Money(5_000)),)


def test_a_receipt_names_discount_and_credit(book: Book, client: int) -> None:
    number = add_invoice(book, client, ISSUED, (10_000, 0), terms="2% 10 net 30")
    early = pay(book, 9_800, number, on=date(2026, 1, 12))
    letter, _ = receipt(book, early, as_of=MARCH)
    assert minors(titled(letter, ""), "discount") == [200]
    assert letter.terms == (term("receipt_closed", 1),)
    surplus = pay(book, 2_500, client=client)
    letter, _ = receipt(book, surplus, as_of=MARCH)
    assert titled(letter, "").rows == ()
    assert totals(letter) == {"used": 0, "left_as_credit": 2_500, "received": 2_500}


def test_a_returned_payment_says_so(book: Book, client: int) -> None:
    number = add_invoice(book, client, ISSUED, (10_000, 0))
    paid = pay(book, 10_000, number)
    back = reverse_payment(book, paid, on=date(2026, 4, 5), reason="returned", actor=ANNE, today=TODAY).payment
    assert receipt(book, paid, as_of=date(2026, 4, 4))[0].terms == (term("receipt_closed", 1),)
    letter, _ = receipt(book, paid, as_of=date(2026, 4, 5))
    assert letter.terms == (term("receipt_returned", date=date(2026, 4, 5)),)
    assert letter.tables == ()
    with pytest.raises(UserError, match=paid):
        receipt(book, back, as_of=TODAY)
    with pytest.raises(UserError):
        receipt(book, paid, as_of=ISSUED)
    with pytest.raises(UserError, match="P-0"):
        receipt(book, "P-0", as_of=TODAY)


# Payment plans


def test_a_plan_shows_its_instalments_and_what_is_paid(book: Book, client: int) -> None:
    number = add_invoice(book, client, ISSUED, (12_000, 0))
    parts = [(date(2026, 4, 1), 4_000), (date(2026, 5, 1), 4_000), (date(2026, 6, 1), 4_000)]
    with pytest.raises(UserError, match="not due in instalments"):
        payment_plan(book, [number], as_of=MARCH)
    agree_plan(book, [number], parts, on=date(2026, 3, 10), reason="short of cash", actor=ANNE, today=TODAY)
    pay(book, 5_000, number, on=date(2026, 4, 1))
    letter, _ = payment_plan(book, [number], as_of=date(2026, 5, 15))
    table = titled(letter, "")
    assert [row.cells[0] for row in table.rows] == [f"{number}/{place}" for place in (2, 3, 4)]
    assert minors(table, "paid") == [4_000, 1_000, 0]
    assert [row.cells[2] for row in table.rows] == [term("paid_in_full"), term("overdue"), None]
    assert totals(letter) == {"plan_total": 12_000, "plan_paid": -5_000, "plan_open": 7_000}
    assert (letter.payable, letter.payment_reference, letter.due_date) == (3_000, f"{number}/3", date(2026, 5, 1))
    assert (term("agreed_on"), date(2026, 3, 10)) in letter.facts
    cancel_plan(book, number, on=date(2026, 5, 20), reason="broken", actor=ANNE, today=TODAY)
    with pytest.raises(UserError, match="not due in instalments"):
        payment_plan(book, [number], as_of=date(2026, 5, 20))
    assert payment_plan(book, [number], as_of=date(2026, 5, 19))[0].payable == 3_000


def test_an_invoice_due_in_parts_has_a_plan_of_its_own(book: Book, client: int) -> None:
    number = add_invoice(book, client, ISSUED, (10_000, 0), parts=True)
    letter, _ = payment_plan(book, [number], as_of=MARCH)
    assert letter.opening == (term("plan_terms", None, amount=Money(10_000), count=2),)
    pay(book, 10_000, number)
    assert payment_plan(book, [number], as_of=MARCH)[0].terms == (term("plan_done"),)


def test_plans_of_two_clients_are_not_one_letter(book: Book, client: int) -> None:
    mine = add_invoice(book, client, ISSUED, (10_000, 0), parts=True)
    other = add_invoice(book, add_client(book, "OTHER"), ISSUED, (10_000, 0), parts=True)
    second = add_invoice(book, client, ISSUED, (20_000, 0), parts=True)
    letter, _ = payment_plan(book, [mine, second], as_of=MARCH)
    assert [isinstance(table.title, Term) for table in letter.tables] == [True, True]
    assert letter.payable == 15_000
    with pytest.raises(UserError, match="client"):
        payment_plan(book, [mine, other], as_of=MARCH)
    for wrong in ([], ["INV-0"]):
        with pytest.raises(UserError):
            payment_plan(book, wrong, as_of=MARCH)


# Cover letters


def test_a_cover_letter_lists_the_documents_enclosed(book: Book, client: int) -> None:
    number = add_invoice(book, client, ISSUED, (10_000, 0))
    note = credit_invoice(book, number, reason="gone", actor=ANNE, today=MARCH).credit_note
    letter, _ = cover_letter(book, client, on=MARCH, numbers=[number, note], text="Dear {client.name}")
    table = titled(letter, "")
    assert names(table) == [number, note]
    assert minors(table, "amount") == [10_000, -10_000]
    assert table.rows[1].cells[2] is None
    assert letter.intro == "Dear {client.name}"


def test_a_cover_letter_refuses_what_it_cannot_say(book: Book, client: int) -> None:
    stranger = add_invoice(book, add_client(book, "OTHER"), ISSUED, (10_000, 0))
    wrongs: list[dict[str, Any]] = [{"numbers": [stranger]}, {"numbers": []}]
    for wrong in [*wrongs, {"numbers": [stranger], "text": "{client.shoe}"}]:
        with pytest.raises(UserError):
            cover_letter(book, client, on=MARCH, **wrong)
    with pytest.raises(UserError, match="4001"):
        cover_letter(book, client, on=MARCH, numbers=[stranger], text="x" * 4001)
    with pytest.raises(UserError, match="lacks one of its two braces"):
        cover_letter(book, client, on=MARCH, numbers=[stranger], text="Dear {client.name")
    with pytest.raises(UserError, match="R-0"):
        cover_letter(book, client, on=MARCH, run="R-0")


def test_letters_are_of_the_client_that_others_were_merged_into(book: Book, client: int) -> None:
    other = add_client(book, "OLD")
    number = add_invoice(book, other, ISSUED, (10_000, 0))
    with change(book, ANNE, "Merge") as made:
        made.update(Client, other, merged_into_id=client)
    assert names(titled(statement(book, client, as_of=MARCH)[0], "")) == [number]
    letter, _ = statement(book, other, as_of=MARCH)
    assert letter.buyer.code == "ACME"


def test_the_letter_names_the_firm_as_it_is_now(book: Book, client: int) -> None:
    add_invoice(book, client, ISSUED, (10_000, 0))
    with change(book, ANNE, "Move") as made:
        made.update(Firm, 1, name="Harbour Ltd")
    assert statement(book, client, as_of=MARCH)[0].seller.name == "Harbour Ltd"
