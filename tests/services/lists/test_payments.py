from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from db.engine import Book
from desktop.services.lists import payments
from desktop.services.lists.payments import PaymentList, PaymentTotals
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payments import record_payment
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice

TODAY = date(2026, 3, 31)
JANUARY, MARCH = date(2026, 1, 10), date(2026, 3, 10)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """A payment over two invoices with a surplus, one reversed, one that waits in another currency."""
    with new_book(tmp_path) as book:
        client, other = add_client(book, "ACME"), add_client(book, "ZINC")
        first, second = (add_invoice(book, client, JANUARY, (1_000, 0)) for _ in range(2))
        third = add_invoice(book, other, MARCH, (10_000, 19), terms="net 30 2%/30")

        def pay(amount: int, client_id: int, *numbers: str, reference: str = "", currency: str = "EUR") -> str:
            return record_payment(
                book,
                amount=amount,
                paid_on=MARCH,
                actor=ANNE,
                today=TODAY,
                numbers=numbers,
                client_id=client_id,
                currency=currency,
                reference=reference,
            ).payment

        pay(2_300, client, first, second, reference="bank 77")
        bounced = pay(11_662, other, third)
        pay(500, client, currency="USD")
        reverse_payment(book, bounced, on=TODAY, reason="no funds", actor=ANNE, today=TODAY)
        yield book


def numbers(book: Book, search: str = "", *filters: str, sort: str = "number", descending: bool = False) -> list[str]:
    listing = PaymentList(book)
    ids = listing.ids(search, frozenset(filters), sort, descending)
    rows = listing.rows(ids)
    return [str(rows[id_]["number"])[-1] for id_ in ids]


def test_a_row_says_what_a_payment_settled_and_what_is_left(book: Book) -> None:
    listing = PaymentList(book)
    first, bounced, waiting, reversal = listing.rows(listing.ids("", frozenset(), "number", False)).values()
    assert (first["amount"], first["unapplied"], first["invoices"]) == (2_300, 300, "INV-2026-0001, INV-2026-0002")
    assert (bounced["state"], bounced["counterpart"], bounced["discounts"]) == ("reversed", "P-2026-0004", 0)
    assert (reversal["state"], reversal["counterpart"], reversal["amount"]) == ("reversal", "P-2026-0002", -11_662)
    assert reversal["invoices"] == "INV-2026-0003"
    assert (waiting["state"], waiting["currency"], waiting["unapplied"]) == ("standing", "USD", 500)


def test_filters_searches_and_sorts(book: Book) -> None:
    assert numbers(book, "", "unapplied") == ["1", "3"]
    assert numbers(book, "", "reversed") == ["2", "4"]
    assert numbers(book, "", "standing") == ["1", "3"]
    assert numbers(book, "", "client:2", "from:2026-03-11") == ["4"]
    assert numbers(book, "", "currency:USD") == ["3"]
    assert numbers(book, "", "method:card") == []
    assert numbers(book, "77") == ["1"]
    assert numbers(book, "inv-2026-0002") == ["1"]
    assert numbers(book, "zinc funds") == ["4"]
    assert numbers(book, sort="amount") == ["4", "3", "1", "2"]
    assert numbers(book, sort="unapplied", descending=True)[0] == "3"
    for sort in ["number", "client", "code", "paid_on", "method", "reference", "currency", "amount", "unapplied"]:
        assert sorted(numbers(book, sort=sort)) == ["1", "2", "3", "4"]


@pytest.mark.parametrize("search", ["", "P", "P-"])
@pytest.mark.parametrize("sort", ["", "number", "client", "paid_on", "amount", "unapplied"])
def test_the_first_payments_are_those_that_the_whole_list_begins_with(book: Book, sort: str, search: str) -> None:
    listing = PaymentList(book)
    for descending in (False, True):
        whole = list(listing.ids(search, frozenset(), sort, descending))
        assert len(whole) > 2
        assert list(listing.ids(search, frozenset(), sort, descending, 2)) == whole[:2]


def test_totals_take_reversals_off(book: Book) -> None:
    listing = PaymentList(book)
    ids = listing.ids("", frozenset(), "", False)
    assert listing.totals(ids) == {"EUR": 2_300, "USD": 500}
    assert listing.sums(ids) == {
        "EUR": PaymentTotals(3, 2_300, 300),
        "USD": PaymentTotals(1, 500, 500),
    }


@pytest.mark.parametrize("looked_through", [0, 1, 1000])
def test_a_search_of_several_words_finds_what_each_of_them_finds(
    book: Book, monkeypatch: pytest.MonkeyPatch, looked_through: int
) -> None:
    newest = payments._NEWEST
    assert "OFFSET 1000" in newest
    monkeypatch.setattr(payments, "_NEWEST", newest.replace("OFFSET 1000", f"OFFSET {looked_through}"))
    listing = PaymentList(book)
    words = ["acme", "zinc", "inv-2026-0001", "bank", "77", "p-2026", "i", "funds", "0003", "nobody"]
    of_word = {word: list(listing.ids(word, frozenset(), "", False)) for word in words}
    assert sum(map(bool, of_word.values())) == len(words) - 1
    for word, other in product(words, words):
        both = [one for one in of_word[word] if one in of_word[other]]
        for search in (f"{word} {other}", f"{other} {word}"):
            assert list(listing.ids(search, frozenset(), "", False)) == both
            for count in (1, 2, 100):
                assert list(listing.ids(search, frozenset(), "", False, count)) == both[:count]
