"""Bank lines in a list: what waits by how it stands, what is done by what it became."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from desktop.domain.matching.facts import Share
from desktop.services.bank.booking import book_line, put_aside
from desktop.services.bank.parts import Part
from desktop.services.bank.proposing import Proposals, proposals
from desktop.services.lists.bank_lines import BankLineList
from tests.bank_lines import add_account, add_line
from tests.books import new_book
from tests.contracts import value
from tests.issued import ANNE, add_client, add_invoice

TODAY = date(2026, 3, 31)
JANUARY, FEBRUARY, MARCH = date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10)


class Firm:
    """Two clients; of the lines one is sure, one unknown, one waits in part, one is booked and one put aside."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.account, self.other = add_account(book, bank="Hafenbank"), add_account(book, iban="DE89370400440532013000")
        self.client = add_client(book, "ACME", name="Acme AG")
        self.first, self.second, self.third = (
            add_invoice(book, self.client, JANUARY, (amount, 0)) for amount in (10_000, 20_000, 30_000)
        )
        add = add_line
        self.sure = add(book, self.account, MARCH, 10_000, f"Invoice {self.first}", party="Acme AG")
        self.unknown = add(book, self.other, FEBRUARY, 4_711, "Refund of tax", party="Finanzamt")
        self.partly = add(book, self.account, MARCH, 9_000, "Half of it", party="Someone else")
        self.booked = add(book, self.account, FEBRUARY, 20_000, f"Invoice {self.second}", party="Acme AG")
        self.aside = add(book, self.account, MARCH, -1_290, "Fees", party="Hafenbank")
        pays = Part("payment", 20_000, shares=(Share(self.item(self.second), 20_000),))
        book_line(book, self.booked, [pays], actor=ANNE, today=TODAY)
        book_line(book, self.partly, [Part("charges", 2_000)], actor=ANNE, today=TODAY)
        put_aside(book, [self.aside], note="Kept by the bank", actor=ANNE, today=TODAY)

    def item(self, number: str) -> int:
        sql = "SELECT o.id FROM open_item o JOIN invoice i ON i.id = o.invoice_id WHERE i.number = ?"
        return int(value(self.book, sql, number))


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Firm]:
    with new_book(tmp_path) as book:
        yield Firm(book)


@pytest.fixture
def found(firm: Firm) -> Proposals:
    return proposals(firm.book, today=TODAY)


def ids(
    firm: Firm, found: Proposals | None, *filters: str, search: str = "", sort: str = "", down: bool = False
) -> list[int]:
    return list(BankLineList(firm.book, lambda: found).ids(search, frozenset(filters), sort, down))


def test_what_waits_stands_first_and_alone(firm: Firm, found: Proposals) -> None:
    assert ids(firm, found) == [firm.unknown, firm.sure, firm.partly]


def test_filters_of_state(firm: Firm, found: Proposals) -> None:
    assert ids(firm, found, "sure") == [firm.sure]
    assert ids(firm, found, "unclear") == [firm.unknown, firm.partly]
    assert ids(firm, found, "booked") == [firm.booked]
    assert ids(firm, found, "aside") == [firm.aside]
    assert set(ids(firm, found, "all")) == {firm.sure, firm.unknown, firm.partly, firm.booked, firm.aside}


def test_before_matching_nothing_is_sure(firm: Firm) -> None:
    assert ids(firm, None, "sure") == []
    rows = BankLineList(firm.book).rows([firm.sure])
    assert (rows[firm.sure]["state"], rows[firm.sure]["score"], rows[firm.sure]["reading"]) == ("matching", None, "")


def test_filters_of_account_and_days(firm: Firm, found: Proposals) -> None:
    assert ids(firm, found, f"account:{firm.other}") == [firm.unknown]
    assert ids(firm, found, "month:2026-03") == [firm.sure, firm.partly]
    assert ids(firm, found, "all", "from:2026-02-10", "to:2026-02-28") == [firm.booked, firm.unknown]


@pytest.mark.parametrize(
    "search, names",
    [
        ("acme", ["sure", "booked"]),
        ("P-2026-0001", ["booked"]),
        ("kept", ["aside"]),
        ("47,11", ["unknown"]),
        ("half someone", ["partly"]),
    ],
)
def test_search_finds_words_amounts_and_what_became_of_a_line(
    firm: Firm, found: Proposals, search: str, names: list[str]
) -> None:
    assert set(ids(firm, found, "all", search=search)) == {getattr(firm, name) for name in names}


def test_sorts(firm: Firm, found: Proposals) -> None:
    assert ids(firm, found, sort="amount") == [firm.unknown, firm.partly, firm.sure]
    assert ids(firm, found, sort="score", down=True)[0] == firm.sure


def test_rows_say_what_a_line_is_or_became(firm: Firm, found: Proposals) -> None:
    shown = BankLineList(firm.book, lambda: found).rows([firm.sure, firm.partly, firm.booked, firm.aside])
    sure = shown[firm.sure]
    assert (sure["state"], sure["reading"], sure["amount"]) == ("sure", firm.first, 10_000)
    assert sure["score"] == found.of(firm.sure)[0].score
    partly = shown[firm.partly]
    assert (partly["amount"], partly["whole"], partly["partly"]) == (7_000, 9_000, True)
    assert (shown[firm.booked]["state"], shown[firm.booked]["reading"]) == ("booked", "P-2026-0001")
    assert (shown[firm.aside]["state"], shown[firm.aside]["reading"]) == ("aside", "Kept by the bank")
    assert "Hafenbank" in str(sure["account"])


def test_a_payer_that_the_bank_names_otherwise_is_named(firm: Firm) -> None:
    line = add_line(firm.book, firm.account, MARCH, 30_000, f"Invoice {firm.third}", party="A. C. Me")
    found = proposals(firm.book, today=TODAY)
    assert BankLineList(firm.book, lambda: found).rows([line])[line]["reading"] == f"{firm.third} · Acme AG"


def test_totals_are_of_what_is_left(firm: Firm) -> None:
    assert BankLineList(firm.book).totals([firm.sure, firm.partly, firm.aside]) == {"EUR": 10_000 + 7_000 - 1_290}


def test_figures(firm: Firm, found: Proposals) -> None:
    figures = BankLineList(firm.book, lambda: found).figures()
    assert figures.counts == {"open": 3, "sure": 1, "suggested": 0, "unclear": 2, "booked": 1, "aside": 1}
    assert figures.months == [date(2026, 3, 1), date(2026, 2, 1)]
    assert [key for key, _label in figures.accounts] == [firm.account, firm.other]
    assert figures.came_in == {"EUR": 10_000 + 4_711 + 7_000}
    assert "sure" not in BankLineList(firm.book).figures().counts
