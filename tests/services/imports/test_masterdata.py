"""Clients, items, rates and agreements from files: what is made, what changes, what is refused and why."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from desktop.services import runs
from desktop.services.changes import undo
from desktop.services.clients import update_client
from desktop.services.imports import ImportResult
from desktop.services.imports.references import References
from tests.books import new_book
from tests.services.imports.conftest import Importer
from tests.services.imports.material import AGREEMENTS, CLIENTS, ITEMS, counted, rows


def _why(result: ImportResult) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.problem) for one in result.rejected]


def test_a_client_whole(book: Book, take_in: Importer) -> None:
    header = (
        "code,name,contact,email,street,street2,postcode,city,region,country,tax_id,currency,language,terms,segment,"
        "delivery,po_required,buyer_reference,credit_limit\n"
    )
    line = (
        "ACME,Acme GmbH,Jo Doe,jo@acme.example; ap@acme.example,Hafenstr. 3,Hof,20457,Hamburg,HH,Germany,DE136695976,"
        "EUR,German,net 14,Retainers,email,yes,LW-7,5000.50\n"
    )
    result = take_in("clients", header + line)
    assert counted(result) == (1, 1, 0, 0)
    names = (
        "code, name, contact, email, street, street2, postcode, city, region, country, tax_id, currency, language,"
        " terms, delivery, po_required, buyer_reference, credit_limit, is_business, active"
    )
    assert rows(book, f"SELECT {names} FROM client") == [
        ("ACME", "Acme GmbH", "Jo Doe", "jo@acme.example", "Hafenstr. 3", "Hof", "20457", "Hamburg", "HH", "DE",
         "DE136695976", "EUR", "de", "net 14", "email", 1, "LW-7", 500050, 1, 1)
    ]  # fmt: skip
    assert rows(book, "SELECT s.name FROM client c JOIN segment s ON s.id = c.segment_id") == [("Retainers",)]
    assert rows(book, "SELECT email, gets_invoices FROM contact") == [("ap@acme.example", 1)]
    assert any("segment “Retainers” is new" in note.text for note in result.notes)


def test_an_empty_cell_clears_nothing(book: Book, take_in: Importer) -> None:
    take_in("clients", "code,name,country,email,city\nACME,Acme,DE,a@acme.example,Bonn\n")
    result = take_in("clients", "code,name,country,email,city\nacme,Acme,DE,,Köln\n")
    assert counted(result) == (1, 1, 0, 0)
    assert rows(book, "SELECT email, city FROM client") == [("a@acme.example", "Köln")]


def test_what_was_changed_by_hand_survives_the_same_file(book: Book, take_in: Importer) -> None:
    take_in("clients", CLIENTS)
    update_client(book, 1, {"name": "Acme International"}, actor="Ann")
    assert counted(take_in("clients", CLIENTS)) == (2, 0, 2, 0)
    assert rows(book, "SELECT name FROM client WHERE id = 1") == [("Acme International",)]


def test_segments_move(book: Book, take_in: Importer) -> None:
    text = "code,name,country,segment\nACME,Acme,DE,{}\n"
    take_in("clients", text.format("One"))
    assert take_in("clients", text.format("ONE")).unchanged == 1
    assert take_in("clients", text.format("Two")).imported == 1
    assert rows(book, "SELECT s.name FROM client c JOIN segment s ON s.id = c.segment_id") == [("Two",)]
    assert rows(book, "SELECT count(*) FROM segment") == [(2,)]


def test_one_code_in_two_spellings(book: Book, filled: Importer) -> None:
    """The book knows no capitals in codes, so that two rows must not say different things of one."""
    result = filled("clients", "code,name,country\nNEW,One,DE\nnew,Two,DE\n")
    assert _why(result) == [(3, "code", "Row 2 has the code “new” already and says something else.")]
    assert _why(filled("items", "code,name\nX1,One\nx1,Two\n"))[0][0] == 3
    head = "code,client,billing,item,quantity,unit_price,every,start\n"
    result = filled("agreements", head + "q,ACME,recurring,RET,1,5,monthly,2026-01-01\nQ,ACME,time,DEV,,,,2026-01-01\n")
    assert counted(result) == (2, 1, 0, 1)
    assert rows(book, "SELECT code FROM agreement WHERE lower(code) = 'q'") == [("q",)]


@pytest.mark.parametrize(
    "header, line, column, problem",
    [
        ("code,name,country", "A,Acme,", "country", "“country” is empty."),
        ("code,name,country,delivery", "A,Acme,DE,email", "email", "Invoices go to this client by e-mail"),
        ("code,name,country,currency,credit_limit", "A,Acme,JP,JPY,10.5", "credit_limit", "JPY"),
    ],
)
def test_clients_that_are_refused(take_in: Importer, header: str, line: str, column: str, problem: str) -> None:
    result = take_in("clients", f"{header}\n{line}\nB,Beta,DE{',' * (header.count(',') - 2)}\n")
    assert counted(result) == (2, 1, 0, 1)
    ((row, found_column, found),) = _why(result)
    assert (row, found_column) == (2, column)
    assert problem in found


def test_items(book: Book, take_in: Importer) -> None:
    text = (
        "code,name,unit,price,currency,tax_code,hsn_sac\nDEV,Development,hour,100.50,USD,19 %,9983\nADV,Advice,,,,,\n"
    )
    take_in("items", text)
    standard = rows(book, "SELECT id FROM tax_code WHERE code = 'standard'")[0][0]
    assert rows(book, "SELECT code, name, unit, price, currency, tax_code_id, hsn_sac FROM item") == [
        ("DEV", "Development", "hour", 100_500_000, "USD", standard, "9983"),
        ("ADV", "Advice", "unit", None, None, standard, ""),
    ]
    assert take_in("items", "code,name,price\nADV,Advice,80\n").imported == 1
    assert rows(book, "SELECT price, currency FROM item WHERE code = 'ADV'") == [(80_000_000, "EUR")]


def test_a_percentage_means_the_code_that_indian_items_name(tmp_path: Path) -> None:
    with new_book(tmp_path, country="IN", currency="INR") as book, book.reading() as session:
        known = References(session.connection()).tax_codes
        found = {text: known.code(int(str(known.find(text)))) for text in ("5", "12 %", "18%", "40")}
    assert found == {"5": "gst-5", "12 %": "gst-12", "18%": "standard", "40": "gst-40"}


def test_a_tax_code_may_be_written_as_its_category(book: Book, take_in: Importer) -> None:
    text = "code,name,price,tax_code\nA,Alpha,1,S\nB,Beta,1,e\nC,Gamma,1,Z\nD,Delta,1,VAT\n"
    result = take_in("items", text)
    found = rows(book, "SELECT i.code, t.code FROM item i JOIN tax_code t ON t.id = i.tax_code_id")
    assert found == [("A", "standard"), ("B", "exempt"), ("C", "zero")]
    (refused,) = result.rejected
    assert refused.remedy.startswith("Write one of standard, reduced, zero, exempt,")


def test_items_that_are_refused(take_in: Importer) -> None:
    take_in("items", ITEMS)
    text = "code,name,price,tax_code\nDEV2,development,90,\nX,Other,1,standart\nY,Third,-1,\n"
    result = take_in("items", text)
    assert _why(result) == [
        (2, "name", "“development” is the name of item DEV already."),
        (3, "tax_code", "There is no tax code “standart”."),
        (4, "price", "The price −1 is below 0."),
    ]
    assert "Did you mean “standard”" in result.rejected[1].remedy


def test_rates(book: Book, filled: Importer) -> None:
    text = (
        "item,client,from,currency,up_to,price,mode\n"
        "DEV,,2026-01-01,,,90,\n"
        "DEV,ACME,,,10,95,volume\n"
        "Development,Acme Ltd,,,,85.123456,volume\n"
    )
    assert counted(filled("rates", text)) == (3, 3, 0, 0)
    assert rows(book, "SELECT client_id, currency, valid_from, up_to, price, mode FROM rate ORDER BY id") == [
        (None, "EUR", "2026-01-01", None, 90_000_000, "flat"),
        (1, "EUR", "2000-01-01", 10_000_000, 95_000_000, "volume"),
        (1, "EUR", "2000-01-01", None, 85_123_456, "volume"),
    ]
    changed = text.replace(",90,", ",92,")
    assert counted(filled("rates", changed)) == (3, 1, 2, 0)
    assert rows(book, "SELECT price FROM rate WHERE client_id IS NULL") == [(92_000_000,)]


@pytest.mark.parametrize(
    "lines, problems",
    [
        ("DEV,,,10,95,volume\n", [(2, "up_to", "10 and more of DEV from 1 Jan 2000 would have no price.")]),
        (
            "DEV,,,10,95,volume\nDEV,,,,85,graduated\n",
            [
                (2, "mode", "The tiers of DEV from 1 Jan 2000 count in different ways."),
                (3, "mode", "The tiers of DEV from 1 Jan 2000 count in different ways."),
            ],
        ),
        ("DVE,,,,95,\n", [(2, "item", "There is no item “DVE”.")]),
        ("DEV,,,,0,\n", [(2, "price", "A rate of 0 would bill nothing.")]),
        ("DEV,ACME,,,1,\nDEV,Acme Ltd,,,2,\n", [(3, "price", "Row 2 prices the same item, client and day.")]),
    ],
)
def test_rates_that_are_refused(filled: Importer, lines: str, problems: list[Any]) -> None:
    assert _why(filled("rates", "item,client,from,up_to,price,mode\n" + lines)) == problems


def test_agreements(book: Book, filled: Importer) -> None:
    text = (
        "code,client,segment,billing,item,description,quantity,unit_price,discount_percent,every,alignment,anchor,timing,"
        "start,end,po_number,po_limit,charged_through\n"
        "B-1,ACME,Gold,recurring,RET,,2,500,12.5,every 3 months,anniversary,2026-02-15,advance,2026-02-01,2027-01-31,"
        "PO 7,12000,2026-04-30\n"
        "B-1,ACME,,time,DEV,Hours,,,,,,,,,,,,\n"
        "B-2,ZEN,,fixed,,Migration,1,9000,10,,,,,2026-03-01,,,,\n"
    )
    assert counted(filled("agreements", text)) == (3, 3, 0, 0)
    names = (
        "title, client_id, billing, currency, every_count, every_unit, alignment, anchor, timing, start_date, end_date,"
        " po_number, po_limit, charged_through"
    )
    assert rows(book, f"SELECT {names} FROM agreement WHERE code LIKE 'B%' ORDER BY code") == [
        ("Hours", 1, "hybrid", "EUR", 3, "month", "anniversary", "2026-02-15", "advance", "2026-02-01", "2027-02-01",
         "PO 7", 1_200_000, "2026-05-01"),
        ("Migration", 2, "fixed", "EUR", 1, "month", "calendar", "2026-03-01", "arrears", "2026-03-01", None, "", None,
         None),
    ]  # fmt: skip
    assert rows(
        book,
        "SELECT l.position, l.kind, l.item_id, l.description, l.quantity, l.unit_price, l.discount"
        " FROM agreement_line l JOIN agreement a ON a.id = l.agreement_id WHERE a.code LIKE 'B%' ORDER BY l.id",
    ) == [(1, "recurring", 2, "", 2_000_000, 500_000_000, 125_000), (2, "time", 1, "Hours", 1_000_000, None, 0)]
    assert rows(book, "SELECT kind, due_date, description, unit_price, client_id, agreement_id FROM one_off") == [
        ("charge", "2026-03-01", "Migration", 8_100_000_000, 2, 4)
    ]
    assert counted(filled("agreements", text.replace("Migration", "Moving"))) == (3, 1, 2, 0)
    assert rows(book, "SELECT description FROM one_off") == [("Moving",)]


def test_lines_of_an_agreement_come_change_and_go(book: Book, filled: Importer) -> None:
    head = "code,client,billing,item,description,quantity,unit_price,every,start\n"
    filled("agreements", head + "C-1,ACME,recurring,RET,One,1,10,monthly,2026-01-01\nC-1,,,RET,Two,1,20,,\n")
    three = head + "C-1,ACME,recurring,RET,Two,1,25,monthly,2026-01-01\nC-1,,,RET,Three,1,30,,\n"
    assert filled("agreements", three).imported == 2
    sql = "SELECT description, unit_price FROM agreement_line WHERE agreement_id = 3 ORDER BY position"
    assert rows(book, sql) == [("Three", 30_000_000), ("Two", 25_000_000)]


@pytest.mark.parametrize(
    "lines, problems",
    [
        ("D,ACMA,recurring,RET,1,5,monthly,2026-01-01,\n", [(2, "client", "There is no client “ACMA”.")]),
        (
            "D,ACME,recurring,RET,1,5,monthly,2026-05-01,2026-04-30\n",
            [(2, "end", "The agreement would end on 30 Apr 2026, before its start on 1 May 2026.")],
        ),
        ("D,ACME,recurring,RET,-1,5,monthly,2026-05-01,\n", [(2, "quantity", "The quantity −1 is below 0.")]),
        (
            "D,ACME,recurring,REX,1,5,monthly,2026-05-01,\nD,,,RET,1,5,,,\n",
            [(2, "item", "There is no item “REX”."), (3, "item", "There is no item “REX”.")],
        ),
    ],
)
def test_agreements_that_are_refused(filled: Importer, lines: str, problems: list[Any]) -> None:
    head = "code,client,billing,item,quantity,unit_price,every,start,end\n"
    assert _why(filled("agreements", head + lines)) == problems


def test_an_agreement_keeps_its_end_before_a_new_start(filled: Importer) -> None:
    head = "code,client,billing,item,quantity,unit_price,every,start,end\n"
    filled("agreements", head + "D,ACME,recurring,RET,1,5,monthly,2026-01-01,2026-06-30\n")
    late = filled("agreements", head + "D,ACME,recurring,RET,1,5,monthly,2026-08-01,\n")
    assert _why(late) == [(2, "start", "D ends on 30 Jun 2026, before this start.")]


def test_a_client_by_name_and_two_of_one_name(filled: Importer) -> None:
    filled("clients", "code,name,country\nTWIN1,Twin,DE\nTWIN2,Twin,DE\n")
    text = AGREEMENTS.replace("A-1,ACME", "E-1,acme ltd").replace("Z-1,ZEN", "E-2,Twin")
    result = filled("agreements", text)
    assert counted(result) == (2, 1, 0, 1)
    assert result.rejected[0].problem == "2 are called “Twin”."
    assert result.rejected[0].remedy == "Write the code instead: TWIN1, TWIN2."


def _bill(book: Book) -> list[str]:
    day = date(2026, 3, 31)
    run = runs.plan(book, through=day, issue_date=day, actor="Ann", now="2026-03-31T10:00:00Z")
    held = [one.id for one in runs.exceptions(book, run.number)]
    if held:
        runs.approve(book, held, "tested", actor="Ann", now="2026-03-31T10:00:00Z")
    runs.resume(book, run.number, actor="Ann", now="2026-03-31T10:00:00Z")
    return [str(number) for (number,) in rows(book, "SELECT number FROM invoice ORDER BY id")]


def test_what_is_billed_of_an_agreement_stays(book: Book, filled: Importer) -> None:
    head = "code,client,billing,item,description,quantity,unit_price,every,start\n"
    text = head + (
        "D-1,ACME,recurring,RET,One,1,10,monthly,2026-01-01\n"
        "D-1,,recurring,RET,Two,1,20,,\n"
        "F-1,ACME,fixed,,Migration,1,900,,2026-03-01\n"
    )
    filled("agreements", text)
    numbers = _bill(book)
    assert len(numbers) == 3
    billed = {code: number for number, code in rows(
        book, "SELECT i.number, a.code FROM invoice i JOIN agreement a ON a.id = i.agreement_id"
    )}  # fmt: skip
    without = text.replace("D-1,,recurring,RET,Two,1,20,,\n", "")
    assert _why(filled("agreements", without)) == [
        (2, "item", f"Line 2 of D-1 is billed on {billed['D-1']} and cannot go.")
    ]
    moved = text.replace("F-1,ACME", "F-1,ZEN").replace("D-1,ACME", "D-1,ZEN")
    problems = [problem for _row, _column, problem in _why(filled("agreements", moved))]
    assert f"D-1 is billed on {billed['D-1']}." in problems
    assert f"The fixed price of F-1 is billed on {billed['F-1']}." in problems
    # Prices and quantities of days to come may change: what is billed keeps its own.
    assert filled("agreements", text.replace("Two,1,20", "Two,3,25")).imported == 2


def test_undo_of_a_changed_agreement(book: Book, filled: Importer) -> None:
    head = "code,client,billing,item,description,quantity,unit_price,every,start,po_number\n"
    filled("agreements", head + "D,ACME,recurring,RET,One,1,10,monthly,2026-01-01,\nD,,,RET,Two,1,20,,,\n")
    before = [rows(book, f"SELECT * FROM {table}") for table in ("agreement", "agreement_line")]
    changed = head + "D,ACME,recurring,RET,One,1,11,monthly,2026-01-01,PO 1\nD,,,DEV,Three,1,30,,,\n"
    assert filled("agreements", changed).imported == 2
    assert rows(book, "SELECT description FROM agreement_line WHERE agreement_id = 3 ORDER BY position") == [
        ("One",),
        ("Three",),
    ]
    undo(book, "Ann")
    assert [rows(book, f"SELECT * FROM {table}") for table in ("agreement", "agreement_line")] == before
