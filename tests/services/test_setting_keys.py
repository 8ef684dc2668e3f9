"""What is set for a whole book, by keys."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.paths import resource
from desktop.services.book_settings import set_book_setting
from desktop.services.rules import rules
from desktop.services.setting_keys import set_setting, setting, settings
from tests.books import new_book

DAY = date(2026, 3, 31)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as made:
        yield made


def _set(book: Book, key: str, text: str, folder: Path = Path()) -> None:
    set_setting(book, key, text, actor="Ann", today=DAY, folder=folder)


@pytest.mark.parametrize(
    "key, text, value",
    [
        ("firm.name", "Harbour & Sons", "Harbour & Sons"),
        ("delivery.pattern", "{client}/{number}", "{client}/{number}"),
        ("delivery.pattern", "", "{code} {client}/{year}/{number}"),
        ("firm.small_business", "yes", True),
        ("firm.fiscal_start_month", "4", 4),
        ("firm.terms", "30 days", "net 30"),
        ("bank.iban", "DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("exchange.USD", "0.9234", Decimal("0.9234")),
        ("rule.first_invoice", "on", True),
        ("rule.first_invoice.severity", "note", "note"),
        ("rule.amount_above.limit", "2500", 2500),
    ],
)
def test_a_key_is_set(book: Book, key: str, text: str, value: object) -> None:
    _set(book, key, text)
    assert setting(book, key) == value
    assert settings(book)[key] == value


def test_the_second_word_on_a_bank_account_changes_it(book: Book) -> None:
    _set(book, "bank.iban", "DE89370400440532013000")
    _set(book, "bank.bank", "Hansebank")
    found = settings(book)
    assert (found["bank.iban"], found["bank.bank"], found["bank.holder"]) == (
        "DE89370400440532013000",
        "Hansebank",
        "Harbour Services",
    )


def test_one_part_of_a_rule_leaves_the_others(book: Book) -> None:
    _set(book, "rule.differs_from_usual.percent", "40")
    _set(book, "rule.differs_from_usual", "off")
    row = next(row for row in rules(book) if row.code == "differs_from_usual")
    assert (row.enabled, row.severity, row.parameters) == (False, "hold", {"percent": 40, "least": 3})


def test_a_logo_comes_from_a_file(book: Book) -> None:
    folder = resource("sample")
    _set(book, "firm.logo", "logo.png", folder)
    assert setting(book, "firm.logo") == "logo.png"
    with pytest.raises(UserError, match=r"none\.png cannot be read"):
        _set(book, "firm.logo", "none.png", folder)


def test_what_pages_keep_shows_as_text(book: Book) -> None:
    set_book_setting(book, "columns", {"a": 1}, actor="Ann")
    assert settings(book)["columns"] == '{"a": 1}'


@pytest.mark.parametrize(
    "key, text, words",
    [
        ("firm.nam", "x", "Did you mean firm.name"),
        ("moon", "x", "sheaf settings BOOK"),
        ("firm.country", "XX", "XX"),
        ("firm.small_business", "maybe", "on, off"),
        ("firm.fiscal_start_month", "2.5", "whole number"),
        ("firm.fiscal_start_month", "13", "13"),
        ("exchange.USD", "-1", "above 0"),
        ("exchange.USD", "one", "a number like"),
        ("exchange.EUR", "1", "own currency"),
        ("rule.amount_above.severity", "shout", "block, hold, note"),
        ("rule.amount_above.limit", "-5", "below 0"),
        ("rule.amount_above.limits", "5", "rule.amount_above.limit"),
        ("bank.iban", "DE00 1", "IBAN"),
    ],
)
def test_what_cannot_be_set(book: Book, key: str, text: str, words: str) -> None:
    before = settings(book)
    with pytest.raises(UserError) as caught:
        _set(book, key, text)
    assert words in str(caught.value)
    assert settings(book) == before


def test_rounding_is_set_by_currency(book: Book, tmp_path: Path) -> None:
    assert setting(book, "rounding.CHF") == 0
    set_setting(book, "rounding.chf", "0.05", actor="anne", today=date(2026, 5, 1), folder=tmp_path)
    assert setting(book, "rounding.CHF") == Decimal("0.05")
    assert "rounding" not in settings(book)
    set_setting(book, "rounding.CHF", "0", actor="anne", today=date(2026, 5, 1), folder=tmp_path)
    assert not [key for key in settings(book) if key.startswith("rounding")]


def test_the_folder_of_documents_is_a_whole_path(book: Book, tmp_path: Path) -> None:
    assert setting(book, "delivery.folder") == ""
    (tmp_path / "filed").mkdir()
    _set(book, "delivery.folder", "filed", tmp_path)
    assert setting(book, "delivery.folder") == str(tmp_path / "filed")
    with pytest.raises(UserError, match="no folder"):
        _set(book, "delivery.folder", "elsewhere", tmp_path)
    _set(book, "delivery.folder", "")
    assert setting(book, "delivery.folder") == ""


def test_what_holds_for_all_mails_is_turned_on_and_off(book, tmp_path):
    assert (setting(book, "delivery.together"), setting(book, "delivery.with_pdf")) == (False, True)
    set_setting(book, "delivery.together", "on", actor="Anne", today=date(2026, 1, 1), folder=tmp_path)
    assert setting(book, "delivery.together") is True
    with pytest.raises(UserError, match="cannot be"):
        set_setting(book, "delivery.together", "maybe", actor="Anne", today=date(2026, 1, 1), folder=tmp_path)
