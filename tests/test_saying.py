"""Findings and reasons in the reader's language, with the reader's figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo

from desktop import i18n
from desktop.domain.wording import (
    as_typed,
    day,
    days,
    money,
    own_word,
    percent,
    phrase,
    phrases,
    price,
    sentence,
    span,
    words,
)
from desktop.saying import put, told
from desktop.services.runs import exceptions, explain
from tests.books import new_book
from tests.contracts import Contracts

GERMAN: dict[str | tuple[str, ...], str | tuple[str, ...]] = {
    "PO {number} has {left} left, this bills {billed}.": "Von PO {number} sind {left} übrig, hier stehen {billed}.",
    "The address of {client} has no {parts}.": "Der Anschrift von {client} fehlt: {parts}.",
    "Complete the client's address.": "Vervollständigen Sie die Anschrift.",
    "city": "Ort",
    "street or postcode": "Straße oder Postleitzahl",
    ("{count} day", "{count} days"): ("{count} Tag", "{count} Tage"),
    ("{count} record came late", "{count} records came late"): ("{count} Satz kam spät", "{count} Sätze kamen spät"),
}


@pytest.fixture
def in_german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    catalogue = Catalog("de")
    for english, german in GERMAN.items():
        catalogue.add(english, german)
    file = tmp_path / "texts" / "translations" / "de" / "LC_MESSAGES" / "sheaf.mo"
    file.parent.mkdir(parents=True)
    with file.open("wb") as stream:
        write_mo(stream, catalogue)
    monkeypatch.setattr(i18n, "resource", lambda path: tmp_path / "texts" / path)
    i18n.set_language("de_DE")
    yield
    i18n.set_language("en_GB")


def test_figures_are_written_as_the_reader_writes_them(in_german: None) -> None:
    said = phrase(
        "PO {number} has {left} left, this bills {billed}.",
        number="77",
        left=money(31000, "EUR"),
        billed=money(123450, "EUR"),
    )
    assert put(said) == "Von PO 77 sind 310,00 EUR übrig, hier stehen 1.234,50 EUR."


def test_words_within_a_sentence_are_translated_and_joined(in_german: None) -> None:
    said = phrase(
        "The address of {client} has no {parts}.",
        client="Zeta & Co",
        parts=words(own_word("city"), own_word("street or postcode")),
    )
    assert put(said) == "Der Anschrift von Zeta & Co fehlt: Ort und Straße oder Postleitzahl."


@pytest.mark.parametrize("count, german", [(1, "1 Satz kam spät"), (2, "2 Sätze kamen spät")])
def test_the_form_goes_by_the_count(in_german: None, count: int, german: str) -> None:
    assert put(phrases("{count} record came late", "{count} records came late", count=count)) == german


@pytest.mark.parametrize(
    "figure, german, english",
    [
        (day(date(2026, 11, 3)), "3. November 2026", "3 November 2026"),
        (span(date(2026, 1, 1), date(2026, 2, 1)), "Januar 2026", "January 2026"),
        (percent(Decimal("12.5")), "12,5\xa0%", "12.5%"),
        (price(1_234_500_000, "EUR"), "1.234,5 EUR", "1,234.5 EUR"),
        (days(1), "1 Tag", "1 day"),
        (days(3), "3 Tage", "3 days"),
        (12000, "12.000", "12,000"),
        (sentence(phrase("{count}", count=2)), "2", "2"),
    ],
)
def test_every_kind_of_figure(in_german: None, figure: object, german: str, english: str) -> None:
    said = phrase("{it}", it=figure)  # type: ignore[arg-type]
    assert told(said.stored()) == german
    i18n.set_language("en_GB")
    assert told(said.stored()) == english


def test_nothing_said_is_nothing() -> None:
    assert told("") == put(as_typed("")) == ""


def test_a_run_of_one_is_read_by_another(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Planned in English, read in German: the book keeps neither."""
    with new_book(tmp_path) as book:
        contracts = Contracts(book)
        client = contracts.client(city="", street="", postcode="")
        contracts.agreement(client, "A1")
        contracts.bill("2026-01-31")
        (found,) = exceptions(book)
        (outcome,) = explain(book, found.run)
        name = found.client_name
        assert found.message == f"The address of {name} has no city and street or postcode."
        assert outcome.reason == found.message
        request.getfixturevalue("in_german")
        (found,) = exceptions(book)
        (outcome,) = explain(book, found.run)
        assert found.message == f"Der Anschrift von {name} fehlt: Ort und Straße oder Postleitzahl."
        assert (outcome.reason, found.remedy) == (found.message, "Vervollständigen Sie die Anschrift.")
