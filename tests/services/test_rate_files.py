"""The ECB's files in each form, taken in for any home currency; typed rates stay, and all is undone as one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.engine import Book
from desktop.errors import UserError
from desktop.importing.ecb_rates import Quote, read_ecb_rates
from desktop.services.changes import undo
from desktop.services.currencies import exchange_rates, set_exchange_rate
from desktop.services.rate_files import home_rates, preview_rates, take_rates
from tests.books import new_book
from tests.issued import ANNE, add_client

DAY = date(2026, 11, 20)
TODAY = date(2026, 11, 22)
XML = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
 xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject><gesmes:Sender><gesmes:name>European Central Bank</gesmes:name>
</gesmes:Sender><Cube><Cube time='2026-11-20'><Cube currency='USD' rate='1.25'/><Cube currency='GBP' rate='0.8'/>
<Cube currency='JPY' rate='160'/></Cube><Cube time='2026-11-19'><Cube currency='USD' rate='1.28'/></Cube></Cube>
</gesmes:Envelope>"""
CSV = "Date,USD,JPY,BGN,\n2026-11-20,1.25,160,N/A,\n2026-11-19,1.28,161.5,1.9558,\n"
DAILY = "Date, USD, JPY, \n20 November 2026, 1.25, 160, \n"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def file(tmp_path: Path, content: str | bytes, name: str = "eurofxref.xml") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def packed(name: str, content: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, content)
    return made.getvalue()


def test_xml_of_several_days(tmp_path: Path) -> None:
    assert read_ecb_rates(file(tmp_path, XML)) == [
        Quote(date(2026, 11, 19), "USD", Decimal("1.28")),
        Quote(DAY, "GBP", Decimal("0.8")),
        Quote(DAY, "JPY", Decimal(160)),
        Quote(DAY, "USD", Decimal("1.25")),
    ]


@pytest.mark.parametrize("content", [CSV, packed("eurofxref-hist.csv", CSV)])
def test_csv_of_all_days(tmp_path: Path, content: str | bytes) -> None:
    quotes = read_ecb_rates(file(tmp_path, content))
    assert len(quotes) == 5
    assert Quote(date(2026, 11, 19), "BGN", Decimal("1.9558")) in quotes


def test_csv_of_one_day(tmp_path: Path) -> None:
    found = read_ecb_rates(file(tmp_path, packed("eurofxref.csv", DAILY)))
    assert found == [Quote(DAY, "JPY", Decimal(160)), Quote(DAY, "USD", Decimal("1.25"))]


ENTITIES = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x">]><a time="2026-11-20">&b;</a>'


@pytest.mark.parametrize(
    "content",
    ["", "<a", "<a/>", "Name,Amount\nx,1\n", b"\xff\xfe\x00", b"PK\x03\x04broken", packed("a.txt", CSV), ENTITIES],
)
def test_other_files_are_refused(tmp_path: Path, content: str | bytes) -> None:
    with pytest.raises(UserError, match="holds no reference rates"):
        read_ecb_rates(file(tmp_path, content))


@given(st.binary(max_size=300))
def test_no_bytes_break_it(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    with pytest.raises(UserError, match="holds no reference rates"):
        read_ecb_rates(file(tmp_path_factory.mktemp("ecb"), content))


def test_rates_of_any_home_currency() -> None:
    quotes = [Quote(DAY, "USD", Decimal("1.25")), Quote(DAY, "GBP", Decimal("0.8"))]
    assert home_rates(quotes, "EUR") == {("USD", DAY): 800_000, ("GBP", DAY): 1_250_000}
    assert home_rates(quotes, "USD") == {("EUR", DAY): 1_250_000, ("GBP", DAY): 1_562_500}
    assert home_rates(quotes, "SEK") == {}


def test_what_is_used_is_taken_in_and_what_was_typed_stays(book: Book, tmp_path: Path) -> None:
    add_client(book, "USA", currency="USD")
    add_client(book, "JAP", currency="JPY")
    set_exchange_rate(book, "USD", DAY, Decimal("0.9"), actor=ANNE)
    path = file(tmp_path, XML)
    seen = preview_rates(book, path, today=TODAY)
    assert [(row.currency, row.valid_from.day, row.rate, row.state) for row in seen.rows] == [
        ("JPY", 20, 6_250, "new"), ("USD", 19, 781_250, "new"), ("USD", 20, 800_000, "typed"),
    ]  # fmt: skip
    assert (seen.home, seen.first.day, seen.last, seen.unknown) == ("EUR", 19, DAY, ())
    assert len(exchange_rates(book)) == 1
    assert take_rates(book, path, actor=ANNE, today=TODAY) == seen
    kept = {(row["currency"], row["valid_from"].day): (row["rate"], row["source"]) for row in exchange_rates(book)}
    assert kept == {
        ("USD", 20): (Decimal("0.9"), ""), ("USD", 19): (Decimal("0.78125"), "ECB"),
        ("JPY", 20): (Decimal("0.00625"), "ECB"),
    }  # fmt: skip
    assert preview_rates(book, path, today=TODAY).to_write == 0
    changed = file(tmp_path, XML.replace("'1.28'", "'1.6'"), "later.xml")
    assert take_rates(book, changed, actor=ANNE, today=TODAY).count("changed") == 1
    undo(book, ANNE)
    assert preview_rates(book, path, today=TODAY).count("changed") == 0
    undo(book, ANNE)


def test_from_a_day_on_and_of_chosen_currencies(book: Book, tmp_path: Path) -> None:
    path = file(tmp_path, XML)
    seen = preview_rates(book, path, today=TODAY, since=DAY, currencies=["GBP", "ISK"])
    assert [(row.currency, row.rate) for row in seen.rows] == [("GBP", 1_250_000)]
    assert seen.unknown == ("ISK",)
    with pytest.raises(UserError, match="no rate of 21 Nov 2026 or later"):
        preview_rates(book, path, today=TODAY, since=date(2026, 11, 21), currencies=["GBP"])
    with pytest.raises(UserError, match="uses no currency but EUR"):
        preview_rates(book, path, today=TODAY)


def test_a_home_currency_that_the_bank_does_not_quote(tmp_path: Path) -> None:
    with new_book(tmp_path, country="AE", currency="AED") as book:
        add_client(book, "USA", currency="USD")
        with pytest.raises(UserError, match="no rate of AED"):
            preview_rates(book, file(tmp_path, XML), today=TODAY)
