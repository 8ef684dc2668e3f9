from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from db.engine import Book
from desktop.services.credits import credit_invoice
from desktop.services.disputes import open_dispute
from desktop.services.lists import invoices
from desktop.services.lists.invoices import InvoiceList, InvoiceTotals, receivable_cards
from desktop.services.payment_plans import agree_plan
from desktop.services.payments import record_payment
from desktop.services.write_offs import write_off
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice, add_rate

TODAY = date(2026, 3, 31)
JANUARY, MARCH = date(2026, 1, 10), date(2026, 3, 10)
STANDINGS = ("open", "overdue", "disputed", "paid", "written_off", "credited", "unapplied", "applied")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """One document in each standing there is."""
    with new_book(tmp_path) as book:
        client = add_client(book, "ACME", name="Acme GmbH")
        other = add_client(book, "ÖKO", name="Ökohaus Übersee")

        def pay(number: str, amount: int) -> None:
            record_payment(
                book, amount=amount, paid_on=MARCH, actor=ANNE, today=TODAY, numbers=[number], only_named=True
            )

        add_invoice(book, client, JANUARY, (10_000, 0))
        pay(add_invoice(book, client, JANUARY, (20_000, 0)), 5_000)
        disputed = add_invoice(book, client, JANUARY, (30_000, 0))
        pay(add_invoice(book, client, JANUARY, (40_000, 0)), 40_000)
        lost = add_invoice(book, client, JANUARY, (50_000, 0))
        add_invoice(book, other, MARCH, (60_000, 19))
        pay(add_invoice(book, other, MARCH, (70_000, 0)), 100)
        add_rate(book, "JPY", JANUARY, Decimal("0.006"))
        add_invoice(book, other, MARCH, (12_345, 0), currency="JPY")
        credited, repaid = (add_invoice(book, other, MARCH, (amount, 0)) for amount in (80_000, 90_000))
        pay(repaid, 90_000)
        open_dispute(book, disputed, reason="late", on=MARCH, actor=ANNE, today=TODAY)
        write_off(book, lost, reason="lost", on=MARCH, actor=ANNE, today=TODAY)
        for number in (credited, repaid):
            credit_invoice(book, number, reason="x", actor=ANNE, today=MARCH)
        yield book


def numbers(book: Book, search: str = "", *filters: str, sort: str = "number", descending: bool = False) -> list[str]:
    listing = InvoiceList(book, TODAY)
    ids = listing.ids(search, frozenset(filters), sort, descending)
    rows = listing.rows(ids)
    return [str(rows[id_]["number"]).removeprefix("INV-2026-00") for id_ in ids]


def test_every_document_stands_as_what_settled_it_says(book: Book) -> None:
    listing = InvoiceList(book, TODAY)
    rows = listing.rows(listing.ids("", frozenset(), "number", False))
    assert [(str(row["number"])[-7:], row["status"], row["open"], row["unapplied"]) for row in rows.values()] == [
        ("26-0001", "overdue", 10_000, 0),
        ("26-0002", "overdue", 15_000, 0),
        ("26-0003", "disputed", 30_000, 0),
        ("26-0004", "paid", 0, 0),
        ("26-0005", "written_off", 0, 0),
        ("26-0006", "open", 71_400, 0),
        ("26-0007", "partly_paid", 69_900, 0),
        ("26-0008", "open", 12_345, 0),
        ("26-0009", "credited", 0, 0),
        ("26-0010", "credited", 0, 0),
        ("26-0001", "applied", 0, 0),
        ("26-0002", "unapplied", 0, 90_000),
    ]


@pytest.mark.parametrize("word", STANDINGS)
def test_a_filter_finds_what_shows_its_word(book: Book, word: str) -> None:
    listing = InvoiceList(book, TODAY)
    rows = listing.rows(listing.ids("", frozenset(), "", False))
    found = listing.rows(listing.ids("", frozenset({word}), "", False))
    assert found
    shown = {id_ for id_, row in rows.items() if row["status"] == word}
    # What is open may show a stronger word; every other word is exact.
    assert shown <= found.keys() if word in ("open", "overdue") else shown == found.keys()
    if word in ("open", "overdue"):
        assert all(row["open"] for row in found.values())


def test_filters_widen_by_standing_and_narrow_by_everything_else(book: Book) -> None:
    assert numbers(book, "", "partly") == ["02", "07"]
    assert numbers(book, "", "paid", "disputed") == ["03", "04"]
    assert numbers(book, "", "open", "client:2") == ["06", "07", "08"]
    assert numbers(book, "", "open", "currency:JPY") == ["08"]
    assert numbers(book, "", "kind:credit_note") == ["CN-2026-0001", "CN-2026-0002"]
    assert numbers(book, "", "kind:invoice", "from:2026-02-01", "to:2026-03-31", "currency:EUR", "open") == ["06", "07"]
    assert numbers(book, "", "run:R-2026-0001") == []


@pytest.mark.parametrize(
    "search, expected",
    [
        ("0004", ["04"]),
        ("inv acme", ["01", "02", "03", "04", "05"]),
        ("ökohaus 0006", ["06"]),
        ("600", ["06"]),
        ("714.00", ["06"]),
        ("12,345", ["08"]),
        ("€", []),
        ("50%", []),
    ],
)
def test_the_search_finds_numbers_names_and_amounts(book: Book, search: str, expected: list[str]) -> None:
    assert numbers(book, search) == expected


@pytest.mark.parametrize(
    "sort",
    [
        "number",
        "kind",
        "client",
        "code",
        "issue_date",
        "due_date",
        "currency",
        "net",
        "gross",
        "open",
        "status",
        "run",
        "po_number",
    ],
)
def test_every_sort_shows_every_document_both_ways(book: Book, sort: str) -> None:
    up, down = numbers(book, sort=sort), numbers(book, sort=sort, descending=True)
    assert sorted(up) == sorted(down) == sorted(numbers(book))
    assert len(up) == 12


@pytest.mark.parametrize("sort", ["", "number", "client", "due_date", "net", "open", "status", "run"])
@pytest.mark.parametrize("search", ["", "0", "a"])
def test_the_first_rows_are_those_that_the_whole_list_begins_with(book: Book, sort: str, search: str) -> None:
    listing = InvoiceList(book, TODAY)
    for descending in (False, True):
        whole = list(listing.ids(search, frozenset(), sort, descending))
        assert whole
        assert list(listing.ids(search, frozenset(), sort, descending, 3)) == whole[:3]


def test_a_letter_finds_what_a_longer_word_with_it_does(book: Book) -> None:
    listing = InvoiceList(book, TODAY)
    letter = set(listing.ids("a", frozenset(), "", False))
    assert letter >= set(listing.ids("ac", frozenset(), "", False))


def test_sorts_go_by_what_they_say(book: Book) -> None:
    assert numbers(book, "", "open", sort="open", descending=True)[:3] == ["06", "07", "03"]
    assert numbers(book, sort="status")[:3] == ["03", "02", "01"]
    assert numbers(book, sort="gross", descending=True)[:2] == ["CN-2026-0002", "10"]
    assert numbers(book, sort="")[0] == "CN-2026-0002"


def test_totals_take_credit_notes_off(book: Book) -> None:
    listing = InvoiceList(book, TODAY)
    ids = listing.ids("", frozenset(), "", False)
    totals = listing.sums(ids)
    gross = 10_000 + 20_000 + 30_000 + 40_000 + 50_000 + 71_400 + 70_000
    assert totals == {
        "EUR": InvoiceTotals(11, gross, 196_300, 55_000, 90_000),
        "JPY": InvoiceTotals(1, 12_345, 12_345, 0, 0),
    }
    assert listing.totals(ids) == {"EUR": 196_300, "JPY": 12_345}
    assert receivable_cards(book, TODAY) == {
        "EUR": InvoiceTotals(5, 196_300, 196_300, 55_000, 90_000),
        "JPY": InvoiceTotals(1, 12_345, 12_345, 0, 0),
    }


def test_an_invoice_in_instalments_goes_by_the_one_that_is_due_next(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        client = add_client(book, "ACME")
        parts = add_invoice(book, client, JANUARY, (9_000, 0), terms="3 x monthly from net 10")
        whole = add_invoice(book, client, JANUARY, (9_000, 0), terms="net 60")

        def row(number: str) -> Mapping[str, object]:
            listing = InvoiceList(book, TODAY)
            return next(iter(listing.rows(listing.ids(number, frozenset(), "", False)).values()))

        assert (row(parts)["due_date"], row(parts)["days_overdue"]) == (date(2026, 1, 20), 70)
        assert (row(parts)["status"], row(parts)["instalments"]) == ("overdue", 3)
        record_payment(book, amount=6_000, paid_on=MARCH, actor=ANNE, today=TODAY, numbers=[parts])
        assert (row(parts)["due_date"], row(parts)["days_overdue"]) == (date(2026, 3, 20), 11)
        assert InvoiceList(book, TODAY).ids("", frozenset({"overdue"}), "due_date", False) == [2, 1]
        parts_of = [(date(2026, 3, 15), 1_000), (date(2026, 5, 1), 2_000)]
        agree_plan(book, [parts], parts_of, on=MARCH, reason="asked", actor=ANNE, today=TODAY)
        assert (row(parts)["due_date"], row(parts)["plan"], row(whole)["plan"]) == (date(2026, 3, 15), True, False)
        listing = InvoiceList(book, TODAY)
        assert [listing.ids("", frozenset({one}), "", False) for one in ("plan:standing", "plan:broken")] == [[1], [1]]
        record_payment(book, amount=1_000, paid_on=MARCH, actor=ANNE, today=TODAY, numbers=[parts])
        assert [listing.ids("", frozenset({one}), "", False) for one in ("plan:standing", "plan:broken")] == [[1], []]
        assert receivable_cards(book, TODAY)["EUR"].overdue == 9_000


@pytest.mark.parametrize("looked_through", [0, 1, 1000])
def test_a_search_of_several_words_finds_what_each_of_them_finds(
    book: Book, monkeypatch: pytest.MonkeyPatch, looked_through: int
) -> None:
    newest = invoices._NEWEST
    assert "OFFSET 1000" in newest
    monkeypatch.setattr(invoices, "_NEWEST", newest.replace("OFFSET 1000", f"OFFSET {looked_through}"))
    listing = InvoiceList(book, TODAY)
    words = ["acme", "ökohaus", "inv", "0006", "714.00", "2026", "a", "cn-", "12,345", "nobody"]
    of_word = {word: list(listing.ids(word, frozenset(), "", False)) for word in words}
    assert sum(map(bool, of_word.values())) == len(words) - 1
    for word, other in product(words, words):
        both = [one for one in of_word[word] if one in of_word[other]]
        for search in (f"{word} {other}", f"{other} {word}"):
            assert list(listing.ids(search, frozenset(), "", False)) == both
            for count in (1, 3, 100):
                assert list(listing.ids(search, frozenset(), "", False, count)) == both[:count]
