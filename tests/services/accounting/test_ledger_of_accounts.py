"""Trial balance, sheets and journal: they add up, agree with one another, and lead back to what was booked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Firm
from desktop.errors import UserError
from desktop.services.accounting.adjustments import Line, adjust, reverse, warnings
from desktop.services.accounting.chart import account_numbered, save_account, take_chart
from desktop.services.accounting.chart_files import chart
from desktop.services.accounting.journal import Asked, account_sheet, entry_rows, journal, journal_ids, journal_rows
from desktop.services.accounting.trial_balance import Balance, trial_balance
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.payments import record_payment
from tests.books import new_book
from tests.contracts import ANNE, value
from tests.issued import add_client, add_invoice, add_rate
from tests.lived_book import TODAY as LIVED
from tests.lived_book import lived_book

TODAY = date(2026, 6, 30)
JANUARY, FEBRUARY = date(2026, 1, 15), date(2026, 2, 15)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        take_chart(book, chart("skr03"), actor=ANNE, title="SKR03")
        yield book


def closings(book: Book, last: date = TODAY, first: date | None = None) -> dict[str, int]:
    return {row.account.number: row.firm.closing for row in trial_balance(book, last, first).rows}


def test_an_invoice_and_its_payment(book: Book) -> None:
    client = add_client(book, "ACME")
    add_invoice(book, client, JANUARY, (10_000, 19))
    assert closings(book) == {"1400": 11_900, "1776": -1_900, "8400": -10_000}
    record_payment(book, client_id=client, amount=11_900, currency="EUR", paid_on=FEBRUARY, actor=ANNE, today=TODAY)
    found = trial_balance(book, TODAY)
    receivable = next(row for row in found.rows if row.account.number == "1400")
    assert receivable.firm == Balance(0, 11_900, 11_900)
    assert found.total == Balance(0, 23_800, 23_800)
    assert closings(book, date(2026, 1, 31))["1400"] == 11_900


def test_foreign_amounts_stand_in_both_currencies_and_a_gain_in_its_account(book: Book) -> None:
    client = add_client(book, "BOLT", currency="USD")
    add_rate(book, "USD", date(2026, 1, 1), Decimal("0.90"))
    add_rate(book, "USD", date(2026, 2, 1), Decimal("0.95"))
    number = add_invoice(book, client, JANUARY, (10_000, 0), currency="USD")
    record_payment(
        book, client_id=client, amount=10_000, currency="USD", paid_on=FEBRUARY, actor=ANNE, today=TODAY,
        numbers=[number],
    )  # fmt: skip
    found = trial_balance(book, TODAY)
    by_number = {row.account.number: row for row in found.rows}
    assert by_number["1200"].currencies == {"USD": Balance(0, 10_000, 0)}
    assert by_number["1200"].firm == Balance(0, 9_500, 0)
    assert by_number["1400"].firm.closing == 0
    assert by_number["2660"].firm.closing == -500
    assert by_number["2660"].currencies == {"USD": Balance()}
    assert found.total.closing == 0
    assert {currency: one.closing for currency, one in found.totals.items()} == {"USD": 0}


def test_without_a_rate_it_is_said_that_figures_are_missing(book: Book) -> None:
    client = add_client(book, "BOLT", currency="USD")
    add_invoice(book, client, JANUARY, (10_000, 0), currency="USD")
    found = trial_balance(book, TODAY)
    assert found.unvalued == 2
    assert found.total == Balance()
    assert found.totals == {"USD": Balance(0, 10_000, 10_000)}


def test_years_that_are_over_are_carried_to_the_result(book: Book) -> None:
    client = add_client(book, "ACME")
    add_invoice(book, client, date(2025, 11, 15), (10_000, 19))
    add_invoice(book, client, JANUARY, (20_000, 19))
    found = {row.account.number: row.firm for row in trial_balance(book, TODAY).rows}
    assert found["0860"] == Balance(-10_000)
    assert found["8400"] == Balance(0, 0, 20_000)
    assert found["1400"] == Balance(11_900, 23_800, 0)
    last_year = {row.account.number: row.firm for row in trial_balance(book, date(2025, 12, 31)).rows}
    assert "0860" not in last_year
    assert last_year["8400"].closing == -10_000
    # The year of a firm need not begin in January.
    with change(book, ANNE, "Year") as made:
        made.update(Firm, 1, fiscal_start_month=7)
    assert "0860" not in closings(book)
    assert closings(book)["8400"] == -30_000
    mid = {row.account.number: row.firm for row in trial_balance(book, TODAY, date(2026, 1, 1)).rows}
    assert mid["8400"] == Balance(-10_000, 0, 20_000)


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2026, 4, 10), LIVED])
def test_in_a_lived_book_each_sheet_agrees_with_the_trial_balance(tmp_path: Path, day: date) -> None:
    with lived_book(tmp_path) as book:
        for first in (None, date(2026, 3, 1)):
            found = trial_balance(book, day, first)
            assert found.total.opening == found.total.closing == 0
            assert found.total.debit == found.total.credit
            assert all(one.closing == one.opening == 0 for one in found.totals.values())
            for row in found.rows:
                sheet = account_sheet(book, row.account.id, day, first)
                own = Balance(sheet.opening, sheet.debit, sheet.credit)
                assert (own, sheet.closing) == (row.firm, row.firm.closing), row.account
        assert found.rows


def test_the_journal_is_narrowed_and_leads_to_the_document(book: Book) -> None:
    one, other = add_client(book, "ACME"), add_client(book, "BOLT")
    first = add_invoice(book, one, JANUARY, (10_000, 19))
    second = add_invoice(book, other, FEBRUARY, (5_000, 7))
    everything = journal(book, Asked())
    assert [row.document for row in everything] == [first] * 3 + [second] * 3
    assert {row.place for row in everything} == {"invoices"}
    assert {row.place_id for row in everything if row.document == first} == {
        value(book, "SELECT id FROM invoice WHERE number = ?", first)
    }
    assert [row.document for row in journal(book, Asked(client_id=other))] == [second] * 3
    assert len(journal(book, Asked(document=second))) == 3
    assert {row.document for row in journal(book, Asked(date(2026, 2, 1)))} == {second}
    assert {row.document for row in journal(book, Asked(None, date(2026, 1, 31)))} == {first}
    sales = journal(book, Asked(account_id=account_numbered(book, "8400")))
    assert [(row.document, row.amount) for row in sales] == [(first, -10_000)]
    assert journal(book, Asked(kinds=("payment",))) == []
    assert {row.document for row in journal(book, Asked(search="bolt"))} == {second}
    assert journal_ids(book, Asked(), "debit", True)[0] == max(everything, key=lambda row: row.amount).id
    ids = journal_ids(book, Asked(), "date", True)
    assert [journal_rows(book, ids)[key].document for key in ids] == [second] * 3 + [first] * 3


def test_an_account_chosen_later_for_a_name_moves_its_postings(book: Book) -> None:
    client = add_client(book, "ACME")
    add_invoice(book, client, JANUARY, (10_000, 19))
    add_invoice(book, client, FEBRUARY, (10_000, 19))
    values = {"number": "8401", "name": "Care", "kind": "income", "takes": "revenue.S.19"}
    save_account(book, values, actor=ANNE, valid_from=date(2026, 2, 1))
    assert (closings(book)["8400"], closings(book)["8401"]) == (-10_000, -10_000)
    assert len(journal(book, Asked(account_id=account_numbered(book, "8401")))) == 1


# By hand


def lines(book: Book, **amounts: int) -> list[Line]:
    return [Line(account_numbered(book, name[1:]), amount) for name, amount in amounts.items()]


def test_an_entry_by_hand_and_its_mirror(book: Book) -> None:
    sides = lines(book, n4930=1_250, n4920=750, n1200=-2_000)
    made = adjust(book, sides, on=FEBRUARY, note="Paper", actor=ANNE, today=TODAY)
    assert (made.total, made.currency) == (2_000, "EUR")
    assert closings(book) == {"1200": -2_000, "4920": 750, "4930": 1_250}
    assert {(row.kind, row.text) for row in entry_rows(book, made.entry)} == {("adjustment", "Paper")}
    back = reverse(book, made.entry, on=TODAY, reason="Twice", actor=ANNE, today=TODAY)
    assert set(closings(book).values()) == {0}
    assert {row.reverses for row in entry_rows(book, back.entry)} == {made.entry}
    assert check(book).problems == ()
    with pytest.raises(UserError, match=f"was taken back already, by entry {back.entry}"):
        reverse(book, made.entry, on=TODAY, reason="Again", actor=ANNE, today=TODAY)
    with pytest.raises(UserError, match=f"takes entry {made.entry} back itself"):
        reverse(book, back.entry, on=TODAY, reason="Again", actor=ANNE, today=TODAY)


def test_a_foreign_entry_by_hand_has_the_rate_of_its_day(book: Book) -> None:
    add_rate(book, "USD", date(2026, 1, 1), Decimal("0.333333"))
    sides = lines(book, n4930=100, n4920=100, n1200=-200)
    adjust(book, sides, on=FEBRUARY, note="Paper", actor=ANNE, today=TODAY, currency="USD")
    found = trial_balance(book, TODAY)
    assert found.total.closing == 0
    assert {row.account.number: row.firm.closing for row in found.rows} == {"1200": -66, "4920": 33, "4930": 33}
    with pytest.raises(UserError, match="There is no exchange rate of GBP"):
        adjust(book, sides, on=FEBRUARY, note="Paper", actor=ANNE, today=TODAY, currency="GBP")


def test_what_an_entry_by_hand_cannot_be(book: Book) -> None:
    good = lines(book, n4930=100, n1200=-100)
    cases = (
        (lines(book, n4930=100, n1200=-99), FEBRUARY, "x", "Debits come to 1.00 and credits to 0.99; 0.01 is missing"),
        (lines(book, n4930=100), FEBRUARY, "x", "two sides at least"),
        ([*good, Line(account_numbered(book, "4920"), 0)], FEBRUARY, "x", "Each side has an amount"),
        ([*good, Line(99_999, 1)], FEBRUARY, "x", "not in the chart any more"),
        (good, FEBRUARY, "  ", "The reason is missing"),
        (good, date(2026, 7, 1), "x", "still to come"),
    )
    for sides, on, note, said in cases:
        with pytest.raises(UserError, match=said):
            adjust(book, sides, on=on, note=note, actor=ANNE, today=TODAY)
    assert value(book, "SELECT count(*) FROM journal_entry") == 0


def test_accounts_that_documents_keep_are_warned_of(book: Book) -> None:
    sides = lines(book, n1400=100, n4900=-100)
    (said,) = warnings(book, sides, FEBRUARY)
    assert said.startswith("1400 Forderungen")
    with pytest.raises(UserError, match="is kept by documents and payments"):
        adjust(book, sides, on=FEBRUARY, note="x", actor=ANNE, today=TODAY)
    adjust(book, sides, on=FEBRUARY, note="x", actor=ANNE, today=TODAY, despite_warnings=True)
    assert warnings(book, lines(book, n4930=1, n1200=-1), FEBRUARY) == ()


def test_only_entries_by_hand_are_taken_back_by_hand(book: Book) -> None:
    add_invoice(book, add_client(book, "ACME"), JANUARY, (10_000, 19))
    with pytest.raises(UserError, match="was not booked by hand"):
        reverse(book, 1, on=TODAY, reason="x", actor=ANNE, today=TODAY)
    with pytest.raises(UserError, match="There is no entry 77"):
        entry_rows(book, 77)
