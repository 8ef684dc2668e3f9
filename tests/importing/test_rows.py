"""Rows of every kind: what is taken, and what keeps a row out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from desktop.errors import UserError
from desktop.importing.files import open_file
from desktop.importing.mapping import map_columns
from desktop.importing.results import Rejection, Row
from desktop.importing.rows import code_from, read_rows
from desktop.importing.tables import open_table


def read(kind: str, text: str) -> tuple[list[Row], list[Rejection]]:
    results = list(open_file(text.encode(), kind).rows())
    return (
        [result for result in results if isinstance(result, Row)],
        [result for result in results if isinstance(result, Rejection)],
    )


def filled(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.values.items() if value is not None}


def one(kind: str, /, **cells: str) -> tuple[list[Row], list[Rejection]]:
    """A file of one row, each cell quoted."""
    quoted = [f'"{value}"' for value in cells.values()]
    return read(kind, ",".join(cells) + "\n" + ",".join(quoted) + "\n")


CLIENT = {"code": "ACME", "name": "Acme Ltd", "country": "Germany"}
TIME = {"agreement": "A-1", "date": "2026-01-05", "hours": "1:30"}
CHARGE = {"client": "ACME", "date": "2026-01-05", "description": "Set-up", "unit_price": "100"}
RATE = {"item": "DEV", "price": "120"}
OPENING = {"number": "R1", "client": "ACME", "issue_date": "2026-01-05", "gross": "119", "open": "50"}


def test_a_whole_client() -> None:
    [row], [] = one(
        "clients",
        **CLIENT,
        contact="Eva  Müller ",
        email="Eva <eva@example.com>; billing@example.com",
        street="Hauptstr. 1\nHinterhaus",
        postcode='=""01067""',
        city="Dresden",
        tax_id="DE 136 695 976",
        currency="€",
        language="Deutsch",
        terms="30 Tage netto",
        segment="Retainers",
        delivery="per Mail",
        po_required="ja",
        buyer_reference="04011000-12345-67",
        credit_limit="10,000.00",
    )
    assert filled(row) == {
        "code": "ACME",
        "name": "Acme Ltd",
        "contact": "Eva Müller",
        "email": "eva@example.com, billing@example.com",
        "street": "Hauptstr. 1 Hinterhaus",
        "postcode": "01067",
        "city": "Dresden",
        "country": "DE",
        "tax_id": "DE 136 695 976",
        "currency": "EUR",
        "language": "de",
        "terms": "net 30",
        "segment": "Retainers",
        "delivery": "email",
        "po_required": True,
        "buyer_reference": "04011000-12345-67",
        "credit_limit": Decimal(10000),
    }
    assert row.notes == ()


def test_a_client_without_country_is_told_what_to_do() -> None:
    [], [rejection] = one("clients", code="ACME", name="Acme", country="")
    assert rejection == Rejection(
        2,
        "country",
        "",
        "“country” is empty.",
        "Write the client's country, such as DE or Germany: the tax depends on it.",
    )


def test_all_problems_of_a_row_are_told_in_the_order_of_its_columns() -> None:
    [], rejections = read(
        "clients",
        "country,currency,email,terms,name,credit_limit\nAtlantis,shells,nobody,whenever,,-5\n",
    )
    assert [(rejection.row, rejection.column, rejection.value) for rejection in rejections] == [
        (2, "country", "Atlantis"),
        (2, "currency", "shells"),
        (2, "email", "nobody"),
        (2, "terms", "whenever"),
        (2, "name", ""),
        (2, "credit_limit", "-5"),
    ]
    assert all(rejection.problem and rejection.remedy for rejection in rejections)


def test_problems_go_by_the_headings_of_the_file() -> None:
    [], [rejection] = read("clients", "Kunden-Nr.;Firma;Land\n1;Acme;\n")
    assert (rejection.column, rejection.problem) == ("Land", "“Land” is empty.")


def test_a_wrong_tax_id_is_a_note() -> None:
    [row], [] = one("clients", **CLIENT, tax_id="DE123456789")
    [note] = row.notes
    assert note.column == "tax_id"
    assert "fails its check digits" in note.text


def test_a_missing_code_is_made_from_the_name() -> None:
    rows, [] = read("clients", "name,country\nMüller & Söhne GmbH,DE\n株式会社,JP\n")
    assert [row.values["code"] for row in rows] == ["MULLER-SOHNE-GMBH", code_from("株式会社")]
    assert "made from the name" in rows[0].notes[0].text
    again, [] = read("clients", "country,name\nDE,Müller & Söhne GmbH\n")
    assert again[0].digest == rows[0].digest
    assert len(code_from("x" * 100)) == 24


def test_none_is_a_value_where_it_is_one_of_the_choices() -> None:
    """A client without e-invoices, in a firm that sends them, would get them after an export and an import."""
    [row], [] = one("clients", **CLIENT, einvoice="none", payment_means="none")
    assert row.values["einvoice"] == "none"
    assert row.values["payment_means"] is None


def test_control_characters_are_left_out_and_noted() -> None:
    [row], [] = one("clients", code="A", name="Ac\x07me", country="DE")
    assert row.values["name"] == "Acme"
    assert "1 control character" in row.notes[0].text


def test_errors_of_spreadsheets_are_no_values() -> None:
    [], rejections = one("clients", code="A", name="#REF!", country="#N/A")
    assert [rejection.column for rejection in rejections] == ["name", "country"]
    assert all("error of the spreadsheet" in rejection.problem for rejection in rejections)


def test_a_shortened_number_as_code_is_noted() -> None:
    [row], [] = one("clients", code="1.23E+11", name="A", country="DE")
    assert "shortened" in row.notes[0].text


def test_hours_are_taken_back_as_by_hand_and_said() -> None:
    [row], [] = one("time", **TIME | {"hours": "-1:30"})
    assert row.values["hours"] == Decimal("-1.5")
    assert [note.text for note in row.notes] == ["Hours below 0 take back what was written down too high."]


@pytest.mark.parametrize("price, quantity", [("50", "1"), ("-50", "1"), ("50", "-1")])
def test_a_discount_takes_off_however_it_is_written(price: str, quantity: str) -> None:
    [row], [] = one("charges", **CHARGE | {"kind": "Rabatt", "unit_price": price, "quantity": quantity})
    assert row.values["quantity"] * row.values["unit_price"] == -50


def test_time_as_written_by_hand_and_by_clocks() -> None:
    [row], [] = one("time", **TIME, id="7", person="Eva", item="DEV", rate="€ 120", note="one\ntwo")
    assert filled(row) == {
        "id": "7",
        "agreement": "A-1",
        "date": date(2026, 1, 5),
        "person": "Eva",
        "item": "DEV",
        "hours": Decimal("1.5"),
        "rate": Decimal(120),
        "note": "one\ntwo",
        "currency": "EUR",
    }


@pytest.mark.parametrize(
    "kind, cells, column, words",
    [
        ("time", TIME | {"hours": "0"}, "hours", "nothing to bill"),
        ("time", TIME | {"hours": "1:75"}, "hours", "more than 59"),
        ("time", TIME | {"rate": "0"}, "rate", "rate of 0"),
        ("time", TIME | {"rate": "-5"}, "rate", "below 0"),
        ("time", TIME | {"date": "30 February 2026"}, "date", "does not exist"),
        ("time", TIME | {"date": ""}, "date", "is empty"),
        ("time", TIME | {"agreement": ""}, "agreement", "neither agreement nor client"),
        ("time", TIME | {"rate": "€ 5", "currency": "USD"}, "rate", "in EUR, the row says USD"),
        ("charges", CHARGE | {"quantity": "0"}, "quantity", "quantity of 0"),
        ("charges", CHARGE | {"unit_price": ""}, "unit_price", "neither a price nor an item"),
        ("charges", CHARGE | {"unit_price": "0.00"}, "unit_price", "price of 0"),
        ("charges", CHARGE | {"kind": "deposit", "unit_price": "-5"}, "kind", "is a discount"),
        ("charges", CHARGE | {"kind": "deposit", "unit_price": "", "item": "DEV"}, "unit_price", "needs its price"),
        ("charges", CHARGE | {"description": ""}, "item", "neither item nor description"),
        ("charges", CHARGE | {"unit_price": "10.1234567"}, "unit_price", "more than six decimals"),
        ("charges", CHARGE | {"unit_price": "9999999999999"}, "unit_price", "larger than 1,000,000,000,000"),
        ("rates", RATE | {"price": "0"}, "price", "rate of 0"),
        ("rates", RATE | {"price": "-1"}, "price", "below 0"),
        ("rates", RATE | {"item": ""}, "item", "is empty"),
        ("rates", RATE | {"up_to": "10"}, "mode", "does not say how tiers count"),
        ("rates", RATE | {"up_to": "-10", "mode": "volume"}, "up_to", "below 0"),
        ("rates", RATE | {"mode": "sometimes"}, "mode", "not known here"),
        ("items", {"code": "A", "name": "a", "price": "-1"}, "price", "below 0"),
        ("items", {"code": "A", "name": "a", "price": "€ 1", "currency": "CHF"}, "price", "in EUR, the row says CHF"),
        ("opening", OPENING | {"due_date": "2026-01-04"}, "due_date", "due before, on 4 Jan 2026"),
        ("opening", OPENING | {"gross": "-5"}, "gross", "nothing that the client owes"),
        ("opening", OPENING | {"open": "120"}, "open", "not between 0 and the total of 119"),
        ("opening", OPENING | {"open": "-1"}, "open", "not between 0 and the total of 119"),
        ("opening", OPENING | {"gross": "119.005", "currency": "EUR"}, "gross", "more than 2 decimals"),
        ("opening", OPENING | {"gross": "119.5", "currency": "JPY"}, "gross", "more than 0 decimals"),
        ("clients", CLIENT | {"currency": "$"}, "currency", "several currencies"),
        ("clients", CLIENT | {"delivery": "pigeon"}, "delivery", "not known here"),
        ("clients", CLIENT | {"po_required": "maybe"}, "po_required", "neither yes nor no"),
    ],
)
def test_what_keeps_a_row_out(kind: str, cells: dict[str, str], column: str, words: str) -> None:
    rows, rejections = one(kind, **cells)
    assert rows == []
    [rejection] = rejections
    assert rejection.column == column
    assert words in rejection.problem
    assert rejection.remedy
    assert rejection.row == 2


def test_what_is_only_noted() -> None:
    for kind, cells, words in (
        ("time", TIME | {"hours": "25"}, "25 hours on one day"),
        ("charges", CHARGE | {"unit_price": "-5"}, "is a discount"),
        ("items", {"code": "A", "name": "a", "price": "0"}, "price is 0"),
        ("opening", OPENING | {"open": "0"}, "Nothing is open"),
        ("opening", OPENING | {"open": ""}, "whole total is taken as open"),
    ):
        [row], [] = one(kind, **cells)
        assert words in row.notes[0].text


def test_what_is_left_out_is_completed_where_it_is_plain() -> None:
    assert one("charges", **CHARGE)[0][0].values["quantity"] == 1
    assert one("charges", **CHARGE, quantity="-2")[0][0].values["quantity"] == -2
    assert one("rates", **RATE)[0][0].values["mode"] == "flat"
    assert one("opening", **OPENING | {"open": ""})[0][0].values["open"] == 119


def test_time_that_is_not_billed_has_no_rate() -> None:
    [row], [] = one("time", **TIME, rate="0", billable="No")
    assert (row.values["billable"], row.values["rate"]) == (False, None)


def test_time_may_name_its_client_alone() -> None:
    [row], [] = read("time", "Client,Start date,Duration\nAcme,2026-01-05,01:30:00\n")
    assert (row.values["client"], row.values["agreement"]) == ("Acme", None)


def test_rows_of_other_lengths() -> None:
    text = "code,name,city,country\nA,Acme,Rome,IT,\nB,Beta,Oslo\nC,Gamma, Inc,Bern,CH\nD,Delta,Bern,CH\n\n,,,\n"
    rows, rejections = read("clients", text)
    assert [row.values["code"] for row in rows] == ["A", "D"]
    assert [(rejection.row, rejection.column, rejection.value) for rejection in rejections] == [
        (3, "country", ""),
        (4, "", "CH"),
    ]
    assert "5 cells, the header names 4 columns" in rejections[1].problem
    assert "“,”" in rejections[1].remedy


def test_a_cell_too_many_of_signs_that_nobody_sees_is_told() -> None:
    _, rejections = read("clients", "code,name,city,country\nA,Acme,Rome,IT,\x16\nB,Beta,Bern,CH\n")
    assert [one.problem for one in rejections] == ["The row has 5 cells, the header names 4 columns."]


def test_a_short_row_is_noted() -> None:
    rows, [] = read("clients", "code,name,country,city\nA,Acme,IT\nB,Beta,NO,Oslo\n")
    assert "fewer cells" in rows[0].notes[0].text
    assert rows[1].notes == ()


def test_an_open_quotation_mark_is_one_rejection() -> None:
    text = 'code,name,country\nA,"Acme,IT\nB,Beta,NO\nC,"Gamma",CH\n'
    rows, [rejection] = read("clients", text)
    assert [row.values["code"] for row in rows] == ["B", "C"]
    assert (rejection.row, rejection.column, rejection.value) == (2, "name", '"Acme')
    assert "never closes" in rejection.problem


def test_a_cell_without_end_is_one_rejection() -> None:
    text = f"code,name,country\nA,{'x' * 140_000},IT\nB,Beta,NO\n"
    rows, [rejection] = read("clients", text)
    assert [row.values["code"] for row in rows] == ["B"]
    assert (rejection.row, rejection.column, len(rejection.value)) == (2, "name", 200)


def test_a_header_within_the_file_is_no_row() -> None:
    text = "code,name,country\nA,Acme,IT\ncode,name,country\nB,Beta,NO\n"
    rows, rejections = read("clients", text)
    assert ([row.values["code"] for row in rows], rejections) == (["A", "B"], [])


def test_a_row_said_twice_and_a_row_that_contradicts_another() -> None:
    text = "code,name,country\nA,Acme,IT\nA, Acme ,Italy\nA,Other,IT\n"
    rows, [rejection] = read("clients", text)
    assert [row.row for row in rows] == [2, 3]
    assert rows[0].digest == rows[1].digest
    assert "repeats an earlier one" in rows[1].notes[0].text
    assert (rejection.row, rejection.column, rejection.value) == (4, "code", "A")
    assert "Row 2 has the same “code”" in rejection.problem


def test_rates_are_told_apart_by_all_that_dates_and_bounds_them() -> None:
    text = (
        "item,client,from,currency,up_to,price,mode\n"
        "DEV,,2026-01-01,EUR,10,100,volume\n"
        "DEV,,2026-01-01,EUR,,90,volume\n"
        "DEV,ACME,2026-01-01,EUR,,80,\n"
        "DEV,,2027-01-01,EUR,,95,volume\n"
        "DEV,,2026-01-01,EUR,,91,volume\n"
    )
    rows, [rejection] = read("rates", text)
    assert [row.row for row in rows] == [2, 3, 4, 5]
    assert rejection.row == 6


def test_equal_rows_without_an_id_are_counted() -> None:
    line = "A-1,2026-01-05,1:30,Eva\n"
    rows, [] = read("time", "agreement,date,hours,person\n" + line * 3 + "A-1,2026-01-05,1.5,Eva\n")
    assert [row.occurrence for row in rows] == [0, 1, 2, 3]
    assert len({row.digest for row in rows}) == 1


def test_the_digest_depends_on_the_values_alone() -> None:
    [first], [] = read("time", "id,agreement,date,hours,rate\n1,A-1,2026-01-05,1.50,100\n")
    [second], [] = read("time", "Satz;Stunden;Datum;Vertrag;Kennung;Extra\n100,00;1:30;05.01.2026;A-1;1;x\n")
    assert first.digest == second.digest
    for text in ("1,A-1,2026-01-05,1.50,101", "1,A-1,2026-01-05,1.51,100", "1,A-1,2026-01-06,1.50,100"):
        [other], [] = read("time", f"id,agreement,date,hours,rate\n{text}\n")
        assert other.digest != first.digest


def test_values_do_not_run_into_each_other_in_the_digest() -> None:
    [one_row], [] = read("clients", "code,name,country,contact,city\nA,N,DE,x,y\n")
    [other], [] = read("clients", "code,name,country,contact,city\nA,N,DE,x city=y,\n")
    assert one_row.digest != other.digest


def test_progress_is_told_and_may_stop_the_reading() -> None:
    lines = "agreement,date,hours\n" + "A-1,2026-01-05,1.5\n" * 5000
    table = open_table(lines.encode())
    mapping = map_columns(table.header, "time")
    told: list[tuple[int, int, str]] = []
    rows = list(read_rows(table, "time", mapping, report=lambda *progress: told.append(progress)))
    assert len(rows) == 5000
    assert told[-1][:2] == (5001, 5001)
    assert [done for done, _total, _text in told if "Reading" in _text] == [2, 2002, 4002, 5001]

    class Stopped(BaseException):
        pass

    def stop(done: int, _total: int, _text: str) -> None:
        if done > 3000:
            raise Stopped

    with pytest.raises(Stopped):
        list(read_rows(table, "time", mapping, report=stop))


def test_a_needed_column_that_is_missing_stops_everything() -> None:
    table = open_table(b"name,city\nAcme,Rome\n")
    with pytest.raises(UserError, match="recognised as country"):
        next(read_rows(table, "clients", map_columns(table.header, "clients")))


@pytest.mark.parametrize("kind", ["charges", "agreements"])
def test_a_product_that_no_invoice_can_have(kind: str) -> None:
    row = {"client": "ACME", "date": "2026-01-01", "description": "Paper", "code": "A-1", "start": "2026-01-01"}
    row |= {"billing": "recurring", "every": "month"}
    row |= {"quantity": "1000001", "unit_price": "1000000"}
    [], [rejection] = one(kind, **row)
    assert rejection.column == "quantity"
    assert rejection.problem == "1,000,001 at 1,000,000 each is larger than 1,000,000,000,000."
