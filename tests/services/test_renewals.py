"""Terms that end: by themselves, by notice, by a decision; and what a run bills around them."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.saying import told
from desktop.services.agreements import end_agreement
from desktop.services.changes import undo
from desktop.services.renewals import give_notice, last_day_after_notice, renew, renewals, withdraw_notice
from tests.billing_facts import day
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value

TODAY = date(2026, 11, 22)
YEAR: dict[str, Any] = {"term_count": 1, "term_unit": "year", "term_end": day("2027-01-01"), "notice_count": 1}


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def contracts(book: Book) -> Contracts:
    return Contracts(book)


class TestTheListOfRenewals:
    def test_tells_who_decides_and_until_when(self, book: Book, contracts: Contracts) -> None:
        client = contracts.client()
        contracts.agreement(client, "ASK", renewal="ask", **YEAR)
        contracts.agreement(client, "AUTO", renewal="auto", **YEAR)
        contracts.agreement(client, "LATE", renewal="auto", **YEAR | {"notice_count": 3})
        contracts.agreement(client, "ENDS", end_date="2026-12-24")
        contracts.agreement(client, "OPEN")
        contracts.agreement(client, "GONE", end_date="2026-11-22")
        contracts.agreement(client, "FAR", renewal="ask", **YEAR | {"term_end": day("2027-06-01")})
        found = renewals(book, TODAY)
        assert [(one.code, one.state, one.notice_by, one.term_last) for one in found] == [
            ("AUTO", "renews", date(2026, 11, 30), date(2026, 12, 31)),
            ("ENDS", "ends", None, date(2026, 12, 23)),
            ("ASK", "decide", None, date(2026, 12, 31)),
            ("LATE", "fixed", None, date(2026, 12, 31)),
        ]
        assert {one.a_year for one in found} == {120_000}

    def test_keeps_what_nobody_decided_on(self, book: Book, contracts: Contracts) -> None:
        contracts.agreement(contracts.client(), "ASK", renewal="ask", **YEAR)
        assert [one.state for one in renewals(book, date(2027, 3, 1))] == ["decide"]


class TestATermThatAPersonRenews:
    def test_bills_to_its_end_and_goes_on_once_it_is_renewed(self, book: Book, contracts: Contracts) -> None:
        agreement = contracts.agreement(
            contracts.client(), "ASK", renewal="ask", charged_through="2026-12-01", timing="advance", **YEAR
        )
        assert contracts.bill("2027-02-01").totals == {"EUR": 11900}
        assert contracts.bill("2027-02-01").outcomes["skipped"] == 1
        assert "Its term ended" in value(book, "SELECT reason FROM outcome ORDER BY id DESC LIMIT 1")
        assert renew(book, [agreement], actor=ANNE, today=date(2027, 2, 1)) == 1
        assert value(book, "SELECT term_end FROM agreement") == "2028-01-01"
        assert contracts.bill("2027-02-01").totals == {"EUR": 23800}

    def test_is_renewed_past_today_at_once(self, book: Book, contracts: Contracts) -> None:
        agreement = contracts.agreement(contracts.client(), "ASK", renewal="ask", **YEAR)
        renew(book, [agreement], actor=ANNE, today=date(2029, 2, 1))
        assert value(book, "SELECT term_end FROM agreement") == "2030-01-01"
        undo(book, ANNE)
        assert value(book, "SELECT term_end FROM agreement") == "2027-01-01"

    def test_all_or_none(self, book: Book, contracts: Contracts) -> None:
        client = contracts.client()
        ask = contracts.agreement(client, "ASK", renewal="ask", **YEAR)
        auto = contracts.agreement(client, "AUTO", renewal="auto", **YEAR)
        with pytest.raises(UserError, match="AUTO renews by itself"):
            renew(book, [ask, auto], actor=ANNE, today=TODAY)
        assert rows(book, "SELECT DISTINCT term_end FROM agreement") == [("2027-01-01",)]


class TestATermThatRenewsByItself:
    def test_never_stops_billing(self, book: Book, contracts: Contracts) -> None:
        contracts.agreement(contracts.client(), "AUTO", renewal="auto", timing="advance", **YEAR)
        contracts.bill("2027-02-01")
        assert value(book, "SELECT max(period_end) FROM charge") == "2027-03-01"
        assert [one.term_last for one in renewals(book, date(2027, 11, 1))] == [date(2027, 12, 31)]

    def test_is_announced_before_the_last_day_for_notice(self, book: Book, contracts: Contracts) -> None:
        contracts.agreement(contracts.client(), "AUTO", renewal="auto", charged_through="2026-11-01", **YEAR)
        contracts.bill("2026-11-30", "2026-11-22")
        (message,) = (text for (text,) in rows(book, "SELECT message FROM finding WHERE code = 'ends_soon'"))
        assert told(message) == "AUTO renews by itself on 1 January 2027, unless notice is given by 30 November 2026."


class TestNotice:
    def test_ends_it_with_the_term_that_it_reaches(self, book: Book, contracts: Contracts) -> None:
        agreement = contracts.agreement(contracts.client(), "AUTO", renewal="auto", **YEAR)
        assert last_day_after_notice(book, agreement, date(2026, 12, 1)) == date(2027, 12, 31)
        assert give_notice(book, agreement, date(2026, 11, 30), actor=ANNE) == date(2026, 12, 31)
        assert rows(book, "SELECT end_date, notice_given_on FROM agreement") == [("2027-01-01", "2026-11-30")]
        assert [one.state for one in renewals(book, TODAY)] == ["ends"]
        with pytest.raises(UserError, match="Notice was given"):
            give_notice(book, agreement, date(2026, 12, 1), actor=ANNE)
        withdraw_notice(book, agreement, actor=ANNE)
        assert rows(book, "SELECT end_date, notice_given_on FROM agreement") == [(None, None)]

    def test_may_agree_on_another_day_but_not_within_the_minimum_term(self, book: Book, contracts: Contracts) -> None:
        agreement = contracts.agreement(contracts.client(), "A1", min_term_until=day("2027-01-01"))
        with pytest.raises(UserError, match="through 31 Dec 2026 at least"):
            give_notice(book, agreement, TODAY, actor=ANNE, last_day=date(2026, 12, 30))
        with pytest.raises(UserError, match="minimum term of A1 runs through 31 Dec 2026"):
            end_agreement(book, agreement, date(2026, 12, 30), actor=ANNE)
        assert give_notice(book, agreement, TODAY, actor=ANNE) == date(2026, 12, 31)

    def test_beyond_an_undecided_term_bills_on_until_then(self, book: Book, contracts: Contracts) -> None:
        agreement = contracts.agreement(
            contracts.client(), "ASK", renewal="ask", charged_through="2027-01-01", timing="advance", **YEAR
        )
        give_notice(book, agreement, TODAY, actor=ANNE, last_day=date(2027, 1, 31))
        assert contracts.bill("2027-02-01").totals == {"EUR": 11900}
