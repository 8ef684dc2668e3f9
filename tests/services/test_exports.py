"""What is exported comes in again and changes nothing, whatever the texts are."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.book_files import open_book
from db.engine import Book
from db.schema import AgreementLine
from desktop.errors import UserError
from desktop.importing.values.text import clean_text
from desktop.services.billables import create_one_off
from desktop.services.changes import change
from desktop.services.exports import export_file, export_rows
from desktop.services.imports import KINDS, import_file
from desktop.services.sample import make_sample
from tests.books import new_book
from tests.lived_book import lived_book
from tests.services.imports.material import AGREEMENTS, CLIENTS, ITEMS, TODAY, rows

TODAY_IN_BOOKS = date(2026, 11, 20)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    with lived_book(tmp_path_factory.mktemp("lived")) as book:
        _give_meters(book)
        yield book


def _give_meters(book: Book) -> None:
    """A line to the usage that stands in the book without one."""
    with change(book, "Ann", "meters") as made:
        found = made.connection.exec_driver_sql("SELECT DISTINCT agreement_id, item_id FROM usage").fetchall()
        for agreement, item in found:
            made.insert(
                AgreementLine, agreement_id=agreement, position=90, kind="usage", item_id=item, quantity=1_000_000
            )


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    path = tmp_path_factory.mktemp("sample") / "sample.sheaf"
    make_sample(path, today=date(2026, 11, 20), clients=25)
    with open_book(path) as book:
        yield book


def again(book: Book, kind: str, path: Path) -> tuple[int, int, list[object]]:
    result = import_file(book, kind, path, actor="Ann", today=TODAY_IN_BOOKS)
    return result.imported, result.unchanged, list(result.rejected)


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["lived", "sample"])
def test_what_is_exported_changes_nothing(
    request: pytest.FixtureRequest, tmp_path: Path, name: str, kind: str, ending: str
) -> None:
    book = request.getfixturevalue(name)
    made = export_file(book, kind, tmp_path / f"{kind}{ending}")
    changes = rows(book, "SELECT count(*) FROM change_set")
    if made.rows:
        assert again(book, kind, made.path) == (0, made.rows, [])
    assert rows(book, "SELECT count(*) FROM change_set") == changes


@pytest.mark.parametrize("kind", ["clients", "items", "rates", "agreements", "time", "charges"])
def test_an_export_fills_another_book(sample: Book, tmp_path: Path, kind: str) -> None:
    """Master data first; then a second export from there says the same."""
    with new_book(tmp_path) as other:
        for one in ("clients", "items", "rates", "agreements", kind):
            result = import_file(
                other, one, export_file(sample, one, tmp_path / f"{one}.csv").path, actor="Ann", today=TODAY_IN_BOOKS
            )
            assert result.rejected == ()
        _names, before = export_rows(sample, kind)
        _names, after = export_rows(other, kind)
        assert len(before) == len(after)


def test_only_some_records_are_written(lived: Book, tmp_path: Path) -> None:
    (one,) = rows(lived, "SELECT id, code FROM client ORDER BY id LIMIT 1")
    made = export_file(lived, "clients", tmp_path / "some.csv", ids={one[0]})
    assert [row["code"] for row in read(made.path)] == [one[1]]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        for kind, text in (("clients", CLIENTS), ("items", ITEMS), ("agreements", AGREEMENTS)):
            import_file(book, kind, text.encode(), actor="Ann", today=TODAY)
        yield book


@pytest.mark.parametrize(
    "text", ["=1+1", "+49 40 1", "-x", "@me", "'=quoted", "''@twice", "'plain", "=cmd|' /C calc'!A0"]
)
def test_no_text_runs_as_a_formula(small: Book, tmp_path: Path, text: str) -> None:
    with small.writing() as session:
        session.connection().exec_driver_sql("UPDATE client SET street = ? WHERE id = 1", (text,))
    path = export_file(small, "clients", tmp_path / "c.csv").path
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    (told,) = [row["street"] for row in read(path) if row["code"] == "ACME"]
    assert told[0] not in "=+-@"
    assert again(small, "clients", path) == (0, 2, [])
    sheet = openpyxl.load_workbook(export_file(small, "clients", tmp_path / "c.xlsx").path).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "n"}
    assert again(small, "clients", tmp_path / "c.xlsx") == (0, 2, [])


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(texts, texts)
def test_any_text_comes_back(small: Book, tmp_path: Path, street: str, city: str) -> None:
    with small.writing() as session:
        kept = clean_text(street)[0], clean_text(city)[0]
        session.connection().exec_driver_sql("UPDATE client SET street = ?, city = ? WHERE id = 1", kept)
    for ending in (".csv", ".xlsx"):
        path = export_file(small, "clients", tmp_path / f"c{ending}").path
        assert again(small, "clients", path) == (0, 2, [])


def test_lines_of_their_own_days_keep_them(small: Book, tmp_path: Path) -> None:
    text = b"agreement,date,item,quantity,unit_price\nZ-1,2026-03-16,RET,2,\n"
    assert import_file(small, "changes", text, actor="Ann", today=TODAY).imported == 1
    path = export_file(small, "agreements", tmp_path / "a.csv").path
    told = [(row["quantity"], row["line_start"], row["line_end"]) for row in read(path) if row["code"] == "Z-1"]
    assert told == [("1", "", "2026-03-15"), ("2", "2026-03-16", "")]
    assert again(small, "agreements", path) == (0, 3, [])
    other_folder = tmp_path / "other"
    other_folder.mkdir()
    with new_book(other_folder) as other:
        for kind in ("clients", "items", "agreements"):
            made = export_file(small, kind, tmp_path / f"{kind}.csv").path
            assert import_file(other, kind, made, actor="Ann", today=TODAY).rejected == ()
        sql = "SELECT kind, quantity, unit_price, start_date, end_date FROM agreement_line ORDER BY 1, 2, 4"
        assert rows(other, sql) == rows(small, sql)


def test_figures_are_plain_and_typed(small: Book, tmp_path: Path) -> None:
    text = b"item,from,up_to,price,mode\nDEV,2026-01-01,1000,1234.5,volume\nDEV,2026-01-01,,99.123456,volume\n"
    import_file(small, "rates", text, actor="Ann", today=TODAY)
    told = export_file(small, "rates", tmp_path / "r.csv").path.read_text(encoding="utf-8-sig")
    assert told == (
        "item,client,from,currency,up_to,price,mode\n"
        "DEV,,2026-01-01,EUR,1000,1234.5,volume\nDEV,,2026-01-01,EUR,,99.123456,volume\n"
    )
    sheet = openpyxl.load_workbook(export_file(small, "rates", tmp_path / "r.xlsx").path).worksheets[0]
    assert [type(cell.value).__name__ for cell in sheet[2]] == [
        "str", "NoneType", "datetime", "str", "int", "float", "str"
    ]  # fmt: skip


def test_what_cannot_be_written_is_refused(small: Book, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"“\.ods”") as refused:
        export_file(small, "clients", tmp_path / "c.ods")
    assert ".xlsx" in refused.value.remedy
    with pytest.raises(UserError, match="nothing that can be imported"):
        export_file(small, "moon", tmp_path / "c.csv")
    with pytest.raises(UserError, match="cannot be written"):
        export_file(small, "clients", tmp_path / "none" / "c.csv")
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix in (".csv", ".ods", ".part")) == []


def test_all_that_a_clients_form_sets_comes_into_another_book(tmp_path: Path) -> None:
    text = (
        "code,name,country,region,place_of_supply,tax_certificate,withholding,withholding_section,iban,is_business,"
        "tax_treatment,combine,mail_together,buyer_reference_required,on_hold,hold_reason,disputed,note\n"
        "IN1,Bharat Ltd,IN,Delhi,Karnataka,EX-9,10,194J,,yes,exempt,yes,no,no,yes,audit,no,=secret\n"
        "DE1,Bahn AG,DE,,,,,,DE89 3704 0044 0532 0130 00,no,auto,no,yes,yes,no,,yes,\n"
        "DE2,Bus AG,DE,,,,,,,,,,,,,,,\n"
    )
    columns = (
        "SELECT code, place_of_supply, tax_certificate, withholding, withholding_section, iban, is_business,"
        " tax_treatment, combine, mail_together, buyer_reference_required, on_hold, hold_reason, disputed, note"
        " FROM client ORDER BY 1"
    )
    with new_book(tmp_path) as first:
        made = import_file(first, "clients", text.encode(), actor="Ann", today=TODAY)
        assert made.rejected == ()
        stand = rows(first, columns)
        path = export_file(first, "clients", tmp_path / "clients.csv").path
    assert stand[2][1:8] == ("29", "EX-9", 100_000, "194J", "", 1, "exempt")
    # No word of its own leaves it to the segment and the firm.
    assert [row[9] for row in stand] == [1, None, 0]
    (tmp_path / "other").mkdir()
    with new_book(tmp_path / "other") as second:
        assert import_file(second, "clients", path, actor="Ann", today=TODAY).rejected == ()
        assert rows(second, columns) == stand


@pytest.mark.parametrize(
    "column, value, problem",
    [
        ("withholding", "120", "120 % cannot be withheld."),
        ("iban", "DE89 3702", "IBAN DE89 3702"),
        ("place_of_supply", "Bavaria", "“Bavaria” is no state of India"),
    ],
)
def test_fields_that_no_form_takes_no_file_takes(tmp_path: Path, column: str, value: str, problem: str) -> None:
    with new_book(tmp_path) as book:
        text = f"code,name,country,{column}\nA,Alpha,IN,{value}\n"
        (refused,) = import_file(book, "clients", text.encode(), actor="Ann", today=TODAY).rejected
        assert (refused.column, refused.value) == (column, value)
        assert refused.problem.startswith(problem)


def test_deposits_are_charges_that_say_so(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        for kind, text in (("clients", CLIENTS), ("items", ITEMS), ("agreements", AGREEMENTS)):
            import_file(book, kind, text.encode(), actor="Ann", today=TODAY)
        given = {"client_id": 1, "agreement_id": 1, "due_date": date(2026, 3, 1), "unit_price": Decimal(500)}
        create_one_off(book, given | {"kind": "deposit", "description": "First part"}, actor="Ann")
        create_one_off(book, given | {"kind": "discount", "description": "Loyal"}, actor="Ann")
        names, exported = export_rows(book, "charges")
        assert [dict(zip(names, row, strict=True))["kind"] for row in exported] == ["deposit", None]
        path = export_file(book, "charges", tmp_path / "charges.csv").path
        assert import_file(book, "charges", path, actor="Ann", today=TODAY).unchanged == 2
        with change(book, "Ann", "again") as made:
            made.connection.exec_driver_sql("DELETE FROM one_off")
        assert import_file(book, "charges", path, actor="Ann", today=TODAY).imported == 2
        assert rows(book, "SELECT kind, unit_price FROM one_off ORDER BY kind") == [
            ("deposit", 500_000_000),
            ("discount", -500_000_000),
        ]


def test_prices_of_some_items_alone(sample: Book) -> None:
    ((item, code),) = rows(sample, "SELECT i.id, i.code FROM item i JOIN rate r ON r.item_id = i.id LIMIT 1")
    names, told = export_rows(sample, "rates", {item})
    assert told
    assert {row[names.index("item")] for row in told} == {code}


def test_how_a_client_is_addressed_and_pays_comes_into_another_book(tmp_path: Path) -> None:
    text = (
        "Kundennummer,Name,Land,E-Rechnung,Peppol-ID,Handelsregisternummer,Zahlungsweg,IBAN,Mandatsreferenz,Mandatsdatum"
        "\nK1,Stadt Kiel,DE,XRechnung,04011000-1234512345-06,HRB 1,Lastschrift,DE89370400440532013000,M-7,2026-01-05\n"
        "K2,Oslo Handel AS,NO,Peppol,,974760673,Kreditkarte,,,\n"
    )
    columns = (
        "SELECT code, einvoice, endpoint, endpoint_scheme, legal_id, legal_scheme, payment_means, mandate, mandate_date"
        " FROM client ORDER BY 1"
    )
    with new_book(tmp_path) as first:
        assert import_file(first, "clients", text.encode(), actor="Ann", today=TODAY).rejected == ()
        stand = rows(first, columns)
        path = export_file(first, "clients", tmp_path / "clients.csv").path
        again = import_file(first, "clients", path, actor="Ann", today=TODAY)
        assert (again.imported, again.unchanged) == (0, 2)
    assert stand == [
        ("K1", "xrechnung", "04011000-1234512345-06", "0204", "HRB 1", "", "debit", "M-7", "2026-01-05"),
        ("K2", "peppol", "", "", "974760673", "0192", "card", "", None),
    ]
    (tmp_path / "other").mkdir()
    with new_book(tmp_path / "other") as second:
        assert import_file(second, "clients", path, actor="Ann", today=TODAY).rejected == ()
        assert rows(second, columns) == stand


def test_a_wrong_address_in_a_file_is_said_with_its_row(tmp_path: Path) -> None:
    text = (
        "code,name,country,endpoint,endpoint_scheme,mandate\n"
        "K1,Kiel,DE,04011000-1234512345-07,,\n"
        "K2,Oslo,NO,974760673,,\n"
        "K3,Ulm,DE,,4711,\n"
        "K4,Bonn,DE,,,Mandat #7\n"
    )
    with new_book(tmp_path) as book:
        rejected = import_file(book, "clients", text.encode(), actor="Ann", today=TODAY).rejected
    assert [(one.row, one.column) for one in rejected] == [
        (2, "endpoint"),
        (3, "endpoint_scheme"),
        (4, "endpoint_scheme"),
        (5, "mandate"),
    ]


def test_what_a_debit_is_taken_by_comes_into_another_book(tmp_path: Path) -> None:
    text = (
        "Kundennummer,Name,Land,Währung,IBAN,BIC,Mandatsreferenz,Mandatsart,Routing-Nummer,Bankkonto,Kontoart\n"
        "K1,Stadt Kiel,DE,EUR,DE89370400440532013000,cobadeff xxx,M-7,Firmenlastschrift,,,\n"
        "K2,Vermont Dairy,US,USD,,,,,021 000 021,0123 456,Sparkonto\n"
        "K3,Bonn AG,DE,EUR,,,,,,,\n"
    )
    columns = "SELECT code, bic, mandate_scheme, routing, account_number, account_kind FROM client ORDER BY 1"
    with new_book(tmp_path) as first:
        assert import_file(first, "clients", text.encode(), actor="Ann", today=TODAY).rejected == ()
        stand = rows(first, columns)
        path = export_file(first, "clients", tmp_path / "clients.csv").path
        again = import_file(first, "clients", path, actor="Ann", today=TODAY)
        assert (again.imported, again.unchanged) == (0, 3)
    assert stand == [
        ("K1", "COBADEFFXXX", "B2B", "", "", "checking"),
        ("K2", "", "CORE", "021000021", "0123456", "savings"),
        ("K3", "", "CORE", "", "", "checking"),
    ]
    (tmp_path / "other").mkdir()
    with new_book(tmp_path / "other") as second:
        assert import_file(second, "clients", path, actor="Ann", today=TODAY).rejected == ()
        assert rows(second, columns) == stand


def test_a_wrong_number_of_a_bank_is_said_with_its_row(tmp_path: Path) -> None:
    text = "code,name,country,bic,routing,mandate_scheme\nK1,Kiel,DE,COBA,,\nK2,Ohio,US,,021000022,\nK3,Ulm,DE,,,C2C\n"
    with new_book(tmp_path) as book:
        rejected = import_file(book, "clients", text.encode(), actor="Ann", today=TODAY).rejected
    assert [(one.row, one.column) for one in rejected] == [(2, "bic"), (3, "routing"), (4, "mandate_scheme")]
