from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from db.schema import Agreement, AgreementLine, Client, Person, Setting, TimeEntry
from desktop.domain.billing import Charged
from desktop.domain.money import SCALE
from desktop.errors import UserError
from desktop.services.changes import change
from desktop.services.credits import (
    CreditableLine,
    CreditResult,
    credit_invoice,
    creditable,
    creditable_lines,
    plan_credit,
)
from desktop.services.payments import record_payment
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice, add_rate
from tests.ledger_proof import firm_receivable, prove

TODAY = date(2026, 3, 31)
DAY = date(2026, 3, 1)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def client(book: Book) -> int:
    return add_client(book, "ACME")


def credit(book: Book, number: str, **how: Any) -> CreditResult:
    arguments: dict[str, Any] = {"reason": "agreed by phone", "actor": ANNE, "today": TODAY}
    return credit_invoice(book, number, **(arguments | how))


def rows(book: Book, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with book.reading() as session:
        return [tuple(row) for row in session.connection().exec_driver_sql(sql, values)]


def billed(book: Book, client_id: int) -> tuple[str, int, int]:
    """An invoice of a month's fee and of one time entry, with what it charges: (number, line id, entry id)."""
    with change(book, ANNE, "Agreement") as made:
        agreement = made.insert(
            Agreement,
            code="A-1",
            title="Retainer",
            client_id=client_id,
            billing="hybrid",
            currency="EUR",
            anchor=date(2026, 1, 1),
            start_date=date(2026, 1, 1),
        )
        line = made.insert(
            AgreementLine, agreement_id=agreement, position=1, kind="recurring", quantity=SCALE, unit_price=100 * SCALE
        )
        entry = made.insert(
            TimeEntry,
            client_id=client_id,
            agreement_id=agreement,
            work_date=date(2026, 2, 3),
            hours=2 * SCALE,
            rate=50 * SCALE,
        )
    charges = [
        Charged("recurring", agreement, line, "2026-02-01", "2026-03-01", 0, 1, SCALE, 10_000),
        Charged("time", agreement, entry, "2026-02-03", "2026-02-04", 0, 2, 2 * SCALE, 10_000),
    ]
    return add_invoice(book, client_id, DAY, (10_000, 19), (10_000, 19), charges=charges), line, entry


def test_an_open_invoice_is_credited_whole(book: Book, client: int) -> None:
    number = add_invoice(book, client, DAY, (10_000, 19), (5_000, 7), (-1_000, 19))
    result = credit(book, number)
    assert result == CreditResult("CN-2026-0001", 2, "EUR", 16_060, 16_060, 0, 0, 0, None)
    note = rows(book, "SELECT kind, corrects_id, net, tax, gross, payable, reason FROM invoice WHERE id = 2")
    assert note == [("credit_note", 1, 14_000, 2_060, 16_060, 16_060, "agreed by phone")]
    lines = rows(book, "SELECT description, net, rate, corrects_line_id FROM invoice_line WHERE invoice_id = 2")
    assert lines == [("Work 1", 10_000, 190_000, 1), ("Work 2", 5_000, 70_000, 2), ("Work 3", -1_000, 190_000, 3)]
    assert rows(book, "SELECT role, sum(amount) FROM posting GROUP BY role HAVING sum(amount) <> 0") == []
    assert rows(book, "SELECT open FROM open_item") == [(0,)]
    prove(book)


def test_what_was_paid_already_becomes_the_clients_credit(book: Book, client: int) -> None:
    number = add_invoice(book, client, DAY, (10_000, 0))
    record_payment(book, amount=7_000, paid_on=DAY, actor=ANNE, today=TODAY, numbers=[number])
    result = credit(book, number)
    assert (result.amount, result.settled, result.unapplied) == (10_000, 3_000, 7_000)
    assert rows(book, "SELECT open FROM open_credit WHERE credit_note_id IS NOT NULL") == [(7_000,)]
    prove(book)


def test_a_line_is_credited_once(book: Book, client: int) -> None:
    number = add_invoice(book, client, DAY, (10_000, 19), (5_000, 7))
    assert credit(book, number, lines=[2]).amount == 5_350
    assert [part.key for part in creditable(book, number).lines] == [1]
    with pytest.raises(UserError, match="Line 2 of INV-2026-0001 was credited already"):
        credit(book, number, lines=[1, 2])
    with pytest.raises(UserError, match="has no line 3; it has 2"):
        credit(book, number, lines=[3])
    assert credit(book, number).amount == 11_900
    with pytest.raises(UserError, match="All of INV-2026-0001 was credited"):
        credit(book, number)
    prove(book)


def test_an_amount_is_spread_over_the_tax_groups(book: Book, client: int) -> None:
    number = add_invoice(book, client, DAY, (10_000, 19), (10_000, 7))
    assert plan_credit(book, number, amount_gross=2_260).payable == 2_260
    result = credit(book, number, amount_gross=2_260)
    assert (result.amount, result.settled) == (2_260, 2_260)
    assert rows(book, "SELECT rate, basis, tax FROM invoice_tax WHERE invoice_id = 2 ORDER BY id") == [
        (190_000, 1_000, 190),
        (70_000, 1_000, 70),
    ]
    assert rows(book, "SELECT description, detail FROM invoice_line WHERE invoice_id = 2")[0] == (
        "Credit note for invoice INV-2026-0001.",
        "agreed by phone",
    )
    with pytest.raises(UserError, match=r"€22,600.00 cannot be credited: €203.40 is left"):
        credit(book, number, amount_gross=2_260_000)
    with pytest.raises(UserError, match=r"at 19% only €90.00 net is left"):
        credit(book, number, lines=[1])
    assert credit(book, number).amount == 22_600 - 2_260
    prove(book)


def test_what_is_released_may_be_billed_again(book: Book, client: int) -> None:
    number, line, entry = billed(book, client)
    assert credit(book, number, lines=[2], release=True).released == 1
    assert rows(book, "SELECT kind, reversed_by FROM charge ORDER BY id") == [("recurring", None), ("time", 2)]
    assert rows(book, "SELECT invoice_id FROM time_entry WHERE id = ?", entry) == [(None,)]
    assert credit(book, number).released == 0
    assert rows(book, "SELECT reversed_by FROM charge WHERE agreement_line_id = ?", line) == [(None,)]


def test_without_release_what_was_billed_stays_billed(book: Book, client: int) -> None:
    number, _line, entry = billed(book, client)
    assert credit(book, number).released == 0
    assert rows(book, "SELECT invoice_id FROM time_entry WHERE id = ?", entry) == [(1,)]
    assert rows(book, "SELECT count(*) FROM charge WHERE reversed_by IS NULL") == [(2,)]


def test_credit_and_reissue_bills_once(book: Book, client: int) -> None:
    number, line, entry = billed(book, client)
    record_payment(book, amount=5_000, paid_on=date(2026, 3, 5), actor=ANNE, today=TODAY, numbers=[number])
    with change(book, ANNE, "Move") as made:
        made.update(Client, client, city="Bremen")
    result = credit(book, number, reissue=True, reason="wrong address")
    assert result.reissued == "INV-2026-0002"
    assert (result.amount, result.settled, result.applied, result.unapplied) == (23_800, 18_800, 5_000, 0)
    assert rows(book, "SELECT number, issue_date, gross FROM invoice ORDER BY id") == [
        (number, "2026-03-01", 23_800),
        ("CN-2026-0001", "2026-03-31", 23_800),
        ("INV-2026-0002", "2026-03-31", 23_800),
    ]
    assert rows(book, "SELECT invoice_id, reversed_by, agreement_line_id, time_entry_id FROM charge ORDER BY id") == [
        (1, 2, line, None),
        (1, 2, None, entry),
        (3, None, line, None),
        (3, None, None, entry),
    ]
    assert rows(book, "SELECT invoice_id FROM time_entry") == [(3,)]
    assert rows(book, "SELECT open FROM open_item ORDER BY id") == [(0,), (18_800,)]
    assert (
        '"city":"Bremen"'
        in rows(book, "SELECT p.data FROM invoice i JOIN party p ON p.id = i.buyer_id WHERE i.id = 3")[0][0]
    )
    prove(book)


def test_only_a_whole_invoice_is_issued_anew(book: Book, client: int) -> None:
    number = add_invoice(book, client, DAY, (10_000, 0))
    with pytest.raises(UserError, match=r"€10.00 of €100.00"):
        credit(book, number, amount_gross=1_000, reissue=True)
    credit(book, number, amount_gross=1_000)
    with pytest.raises(UserError, match=r"€90.00 of €100.00"):
        credit(book, number, reissue=True)
    with pytest.raises(UserError, match="may be billed again"):
        credit(book, number, amount_gross=1_000, release=True)
    assert rows(book, "SELECT count(*) FROM invoice") == [(2,)]


def test_a_credit_note_keeps_the_rate_of_its_invoice(book: Book, client: int) -> None:
    add_rate(book, "USD", date(2026, 1, 1), Decimal("0.9"))
    number = add_invoice(book, client, DAY, (10_000, 19), currency="USD")
    add_rate(book, "USD", date(2026, 3, 15), Decimal("0.95"))
    credit(book, number)
    assert firm_receivable(book) == 0
    assert rows(book, "SELECT count(*) FROM posting WHERE role = 'exchange'") == [(0,)]
    prove(book)


def test_a_deposit_goes_back_out_of_deposits_unless_it_is_deducted(book: Book, client: int) -> None:
    deposit = add_invoice(book, client, DAY, (5_000, 19), kind="deposit")
    other = add_invoice(book, client, DAY, (4_000, 19), kind="deposit")
    final = add_invoice(book, client, DAY, (20_000, 19), (-5_000, 19), kind="final", deducts={2: 1})
    with pytest.raises(UserError, match="FI-2026-0001 deducts the deposit DP-2026-0001"):
        credit(book, deposit)
    credit(book, other)
    assert rows(book, "SELECT coalesce(sum(amount), 0) FROM posting WHERE role = 'deposits'") == [(0,)]
    credit(book, final)
    credit(book, deposit)
    assert rows(book, "SELECT role FROM posting GROUP BY role HAVING sum(amount) <> 0") == []
    prove(book)


def test_limits_count_what_one_person_took_off_an_invoice(book: Book, client: int) -> None:
    with change(book, ANNE, "Limits") as made:
        made.insert(Person, name=ANNE, credit_limit=5_000, write_off_limit=None)
        made.insert(Person, name="Boss", credit_limit=None, write_off_limit=None)
        made.insert(Setting, key="limit.credit", value="20")
    number = add_invoice(book, client, DAY, (10_000, 0))
    credit(book, number, amount_gross=4_000)
    with pytest.raises(UserError, match=r"Anne may credit up to €50.00 of an invoice; this makes it €60.00"):
        credit(book, number, amount_gross=2_000)
    with pytest.raises(UserError, match=r"Guest may credit up to €20.00"):
        credit(book, number, amount_gross=2_001, actor="Guest")
    credit(book, number, amount_gross=2_000, actor="Guest")
    assert credit(book, number, actor="Boss").amount == 4_000


def test_what_cannot_be_credited_says_why(book: Book, client: int) -> None:
    number = add_invoice(book, client, DAY, (10_000, 0), (-2_000, 0))
    with pytest.raises(UserError, match="reason is missing"):
        credit(book, number, reason="")
    with pytest.raises(UserError, match="There is no invoice INV-1"):
        credit(book, "INV-1")
    with pytest.raises(UserError, match="not for both"):
        credit(book, number, amount_gross=100, lines=[1])
    with pytest.raises(UserError, match="No line is chosen"):
        credit(book, number, lines=[])
    with pytest.raises(UserError, match="must be above zero"):
        credit(book, number, lines=[2])
    with pytest.raises(UserError, match=r"only €80.00 net is left to credit; these lines are more"):
        credit(book, number, lines=[1])
    mixed = add_invoice(book, client, DAY, (10_000, 19), (-2_000, 7))
    with pytest.raises(UserError, match=r"more than is left of INV-2026-0002, which is €97.60"):
        credit(book, mixed, lines=[1])
    with pytest.raises(UserError, match=r"€0.00 cannot be credited"):
        credit(book, number, amount_gross=0)
    note = credit(book, number).credit_note
    with pytest.raises(UserError, match="is itself a credit note"):
        credit(book, note)


def test_lines_say_whether_they_can_still_be_credited(book: Book, client: int) -> None:
    number = add_invoice(book, client, DAY, (10_000, 19), (5_000, 7))
    credit(book, number, lines=[2])
    assert creditable_lines(book, number) == (
        "EUR",
        11_900,
        (CreditableLine(1, "Work 1", 10_000, True), CreditableLine(2, "Work 2", 5_000, False)),
    )
