"""Finding anything in the book from a few typed letters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import SavedView
from desktop.domain.ranking import EXACT
from desktop.i18n import current_locale, set_language
from desktop.services.changes import change
from desktop.services.finding_things import again, find
from desktop.services.runs import bill
from desktop.services.things import Thing
from tests.books import new_book
from tests.ui.program import add_retainers

DAY = date(2026, 5, 31)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    made = new_book(Path(tmp_path_factory.mktemp("finding")))
    add_retainers(made, 12)
    with change(made, "test", "Orders") as change_:
        change_.connection.exec_driver_sql("UPDATE agreement SET po_number = 'PO-77-1203' WHERE code = 'A3'")
        change_.insert(SavedView, page="invoices", name="Late ones", query="{}", position=0)
    bill(made, through=DAY, issue_date=DAY, actor="test", now=made.now)
    yield made
    made.close()


def found(book: Book, asked: str, kind: str) -> list[Thing]:
    return [thing for thing in find(book, asked) if thing.kind == kind]


def test_a_client_is_found_by_name_and_code_the_best_first(book: Book) -> None:
    assert found(book, "client 1 gmbh", "client")[0].title == "Client 1 GmbH"
    by_code = found(book, "c12", "client")
    assert by_code[0].title == "Client 12 GmbH"
    assert by_code[0].rank == EXACT
    assert "Hamburg" in by_code[0].detail


def test_an_invoice_is_found_by_its_number_its_beginning_and_its_end(book: Book) -> None:
    with book.reading() as session:
        numbers = [row[0] for row in session.connection().exec_driver_sql("SELECT number FROM invoice ORDER BY id")]
    assert [one.title for one in found(book, numbers[0], "invoice")] == [numbers[0]]
    assert [one.title for one in found(book, numbers[0].lower(), "invoice")] == [numbers[0]]
    assert numbers[-1] in [one.title for one in found(book, numbers[0][:5], "invoice")]
    assert [one.title for one in found(book, numbers[6][-2:], "invoice")] == [numbers[6]]


def test_an_order_finds_its_agreement_and_its_invoice(book: Book) -> None:
    assert [one.detail.split(" · ")[0] for one in found(book, "77-1203", "agreement")] == ["A3"]
    (invoice,) = found(book, "po-77", "invoice")
    assert "PO-77-1203" in invoice.detail


@pytest.mark.parametrize(
    "language, asked",
    [
        ("en_GB", "8,330.00"),
        ("en_GB", "8330"),
        ("en_GB", "€8,330.00"),
        ("en_GB", "8330.00 EUR"),
        ("de_DE", "8.330,00"),
        ("de_DE", "8330.00"),
        ("de_DE", "8.330,00 €"),
    ],
)
def test_an_amount_is_read_as_it_is_written_here_or_with_a_point(book: Book, language: str, asked: str) -> None:
    before = current_locale()
    set_language(language)
    try:
        invoices = found(book, asked, "invoice")
    finally:
        set_language(before)
    assert len(invoices) == 1
    assert "Client 7 GmbH" in invoices[0].detail


def test_a_net_amount_finds_its_invoice_too(book: Book) -> None:
    assert ["Client 7 GmbH" in one.detail for one in found(book, "7000", "invoice")] == [True]


def test_runs_items_and_saved_views_are_found(book: Book) -> None:
    assert [one.title for one in found(book, "r-2026", "run")] == ["R-2026-0001"]
    assert [one.title for one in found(book, "retain", "item")] == ["Monthly retainer"]
    (view,) = found(book, "late", "view")
    assert (view.title, view.page) == ("Late ones", "invoices")


def test_signs_of_the_search_language_are_letters_like_others(book: Book) -> None:
    assert find(book, "%") == []
    assert find(book, "_") == []
    assert find(book, "   ") == []


def test_what_was_chosen_before_comes_again_in_its_order_without_what_is_gone(book: Book) -> None:
    client = found(book, "c2", "client")[0]
    run = found(book, "r-2026", "run")[0]
    keys = [run.key, "client:999999", client.key, "nothing:1", "client:x"]
    assert [one.key for one in again(book, keys)] == [run.key, client.key]
