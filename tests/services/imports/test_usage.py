"""Usage from files: meters found, records known again, whatever cannot be billed refused by its row."""

from __future__ import annotations

from datetime import date

import pytest

from db.engine import Book
from db.schema import AgreementLine
from desktop.errors import UserError
from desktop.importing.files import open_file
from desktop.importing.results import Row
from desktop.services import runs
from desktop.services.changes import change, undo
from desktop.services.imports.history import undo_import
from desktop.services.imports.usage import UsageIntake
from tests.services.imports.conftest import Importer
from tests.services.imports.material import TODAY, counted, rows
from tests.workbooks import ods, xlsx

HEAD = "id,agreement,item,from,to,quantity\n"


@pytest.fixture
def metered(book: Book, filled: Importer) -> Importer:
    """A-1 has the meters API and GB, Z-1 the meter API; A-1 ends with June."""
    add_meters(book, filled)
    return filled


def add_meters(book: Book, take_in: Importer) -> None:
    assert take_in("items", "code,name,unit\nAPI,Calls,call\nGB,Storage,GB\n").rejected == ()
    with change(book, "Ann", "meters") as made:
        ids: dict[str, int] = dict(made.connection.exec_driver_sql("SELECT code, id FROM item").fetchall())
        for agreement, position, item in ((1, 2, "API"), (1, 3, "GB"), (2, 2, "API")):
            made.insert(
                AgreementLine,
                agreement_id=agreement,
                position=position,
                kind="usage",
                item_id=ids[item],
                quantity=10**6,
            )
        made.connection.exec_driver_sql("UPDATE agreement SET end_date = '2026-07-01' WHERE id = 1")


def problems(result: object) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.problem) for one in result.rejected]  # type: ignore[attr-defined]


def test_records_are_half_open_inside(book: Book, metered: Importer) -> None:
    result = metered(
        "usage",
        HEAD + "U1,A-1,API,2026-01-01,2026-01-31,1200.5\nU2,A-1,GB,2026-02-03,,0\nU3,Z-1,,2026-02-01,2026-02-28,7\n",
    )
    assert counted(result) == (3, 3, 0, 0)
    assert rows(book, "SELECT external_id, start_date, end_date, days, quantity, invoice_id FROM usage") == [
        ("U1", "2026-01-01", "2026-02-01", 31, 1_200_500_000, None),
        ("U2", "2026-02-03", "2026-02-04", 1, 0, None),
        ("U3", "2026-02-01", "2026-03-01", 28, 7_000_000, None),
    ]


def test_an_agreement_from_a_file_brings_its_meters(book: Book, filled: Importer) -> None:
    assert filled("items", "code,name,unit\nAPI,Calls,call\n").rejected == ()
    text = (
        "code,client,billing,item,quantity,unit_price,every,start\n"
        "M-1,ACME,Verbrauch,API,,0.02,monthly,2026-01-01\nH-1,ACME,recurring,RET,1,100,monthly,2026-01-01\n"
        "H-1,ACME,metered,API,,0.01,,\nN-1,ACME,usage,API,,0.02,,2026-01-01\n"
    )
    result = filled("agreements", text)
    assert [(one.row, one.column) for one in result.rejected] == [(5, "every")]
    assert rows(
        book,
        "SELECT a.code, a.billing, l.kind, l.unit_price FROM agreement a JOIN agreement_line l ON l.agreement_id = a.id"
        " WHERE a.code IN ('M-1', 'H-1') ORDER BY a.code, l.position",
    ) == [
        ("H-1", "hybrid", "recurring", 100_000_000),
        ("H-1", "hybrid", "usage", 10_000),
        ("M-1", "usage", "usage", 20_000),
    ]
    assert counted(filled("agreements", text.replace("N-1,ACME,usage,API,,0.02,,2026-01-01\n", ""))) == (3, 0, 3, 0)
    used = HEAD + "U1,M-1,,2026-01-01,2026-01-31,5\nU2,H-1,API,2026-01-01,2026-01-31,5\n"
    assert counted(filled("usage", used)) == (2, 2, 0, 0)


def test_a_column_that_says_so_names_the_first_day_after(book: Book, metered: Importer) -> None:
    text = "contract,meter,period start,period end exclusive,usage\nA-1,API,2026-01-01,2026-02-01,5\n"
    assert counted(metered("usage", text)) == (1, 1, 0, 0)
    assert rows(book, "SELECT start_date, end_date FROM usage") == [("2026-01-01", "2026-02-01")]


@pytest.mark.parametrize(
    "header",
    [
        "Vertrag;Zähler;Zeitraum von;Zeitraum bis;Verbrauch",
        "contrat;compteur;du;au;consommation",
        "Subscription;Metric;Period start;Period end;Units",
    ],
)
def test_the_wordings_of_meters_are_recognised(book: Book, metered: Importer, header: str) -> None:
    assert counted(metered("usage", header + "\nA-1;API;01.01.2026;31.01.2026;1.234,5\n")) == (1, 1, 0, 0)
    assert rows(book, "SELECT end_date, quantity FROM usage") == [("2026-02-01", 1_234_500_000)]


def test_what_cannot_be_billed_is_refused(metered: Importer) -> None:
    result = metered(
        "usage",
        HEAD
        + "1,NONE,API,2026-01-01,2026-01-31,1\n2,A-1,DEV,2026-01-01,2026-01-31,1\n3,A-1,API,2026-02-01,2026-01-31,1\n"
        + "4,A-1,,2026-01-01,2026-01-31,1\n5,A-1,API,2025-12-31,2026-01-31,1\n6,A-1,API,2026-06-30,2026-07-01,1\n"
        + "7,A-1,API,2026-01-01,2026-01-31,few\n8,A-1,API,2026-06-30,2026-06-30,1\n",
    )
    assert counted(result) == (8, 1, 0, 7)
    assert problems(result) == [
        (2, "agreement", "There is no agreement “NONE”."),
        (3, "item", "“DEV” is no meter of agreement A-1."),
        (4, "to", "The usage would end on 31 Jan 2026, before its start on 1 Feb 2026."),
        (5, "item", "Agreement A-1 has 2 meters."),
        (6, "from", "Agreement A-1 starts on 1 Jan 2026."),
        (7, "to", "Agreement A-1 ends on 30 Jun 2026."),
        (8, "quantity", "“few” is not a number."),
    ]
    assert all(one.remedy for one in result.rejected)


def test_a_reading_that_was_too_high_is_taken_back_and_said(book: Book, metered: Importer) -> None:
    text = HEAD + "U1,A-1,API,2026-01-01,2026-01-31,10\nU2,A-1,API,2026-01-01,2026-01-31,-3\n"
    result = metered("usage", text)
    assert counted(result) == (2, 2, 0, 0)
    assert rows(book, "SELECT sum(quantity) FROM usage") == [(7_000_000,)]
    assert [(note.row, note.text) for note in result.notes] == [
        (3, "A quantity below 0 takes back what was counted too high.")
    ]


def test_records_without_ids_ask_only_for_those_of_their_agreement(book: Book, metered: Importer) -> None:
    head = "agreement,item,from,to,quantity\n"
    metered("usage", head + "A-1,API,2026-01-01,,1\n" * 3 + "Z-1,API,2026-01-01,,1\n" * 40)
    with book.reading() as session:
        intake = UsageIntake(session, frozenset(("agreement", "item", "from", "quantity")), TODAY)
        file = open_file(head.encode() + b"A-1,API,2026-01-01,,1\n", "usage")
        assert [one.state for one in intake.judge(row for row in file.rows() if isinstance(row, Row))] == ["same"]
        assert sum(intake._digests.values()) == 3
    assert counted(metered("usage", head + "A-1,API,2026-01-01,,1\n" * 4 + "Z-1,,2026-01-01,,1\n")) == (5, 1, 4, 0)


def test_the_same_record_is_taken_once(book: Book, metered: Importer) -> None:
    with_ids = HEAD + "U1,A-1,API,2026-01-01,2026-01-31,5\nU2,A-1,API,2026-01-01,2026-01-31,5\n"
    assert counted(metered("usage", with_ids)) == (2, 2, 0, 0)
    assert counted(metered("usage", with_ids)) == (2, 0, 2, 0)
    assert counted(metered("usage", with_ids.replace("31,5\nU2", "31,6\nU2"))) == (2, 1, 1, 0)
    assert rows(book, "SELECT external_id, quantity FROM usage") == [("U1", 6_000_000), ("U2", 5_000_000)]
    # Without ids they are known by what they say, as many as there are.
    bare = "agreement,item,from,to,quantity\n" + "A-1,API,2026-01-01,2026-01-31,5\n" * 2
    assert counted(metered("usage", bare)) == (2, 1, 1, 0)
    assert counted(metered("usage", bare)) == (2, 0, 2, 0)
    # A row said twice under one id is said once.
    assert counted(metered("usage", HEAD + "U9,A-1,GB,2026-03-01,,1\n" * 2)) == (2, 1, 1, 0)


def test_a_billed_record_stays(book: Book, filled: Importer) -> None:
    day = date(2026, 3, 31)
    runs.bill(book, through=day, issue_date=day, actor="Ann", now="2026-03-31T10:00:00Z")
    ((number,),) = rows(book, "SELECT number FROM invoice WHERE id = 1")
    add_meters(book, filled)
    batch = filled("usage", HEAD + "U1,A-1,API,2026-01-01,2026-01-31,5\n").batch
    assert batch is not None
    with book.writing() as session:
        session.connection().exec_driver_sql("UPDATE usage SET invoice_id = 1")
    result = filled("usage", HEAD + "U1,A-1,API,2026-01-01,2026-01-31,6\n")
    assert problems(result) == [(2, "quantity", f"“U1” is billed on {number}.")]
    assert counted(filled("usage", HEAD + "U1,A-1,API,2026-01-01,2026-01-31,5\n")) == (1, 0, 1, 0)
    with pytest.raises(UserError, match=number):
        undo_import(book, batch, actor="Ann")


def test_all_or_nothing_and_undo(book: Book, metered: Importer) -> None:
    good = HEAD + "U1,A-1,API,2026-01-01,2026-01-31,5\n"
    refused = metered("usage", good + "U2,NONE,API,2026-01-01,2026-01-31,5\n", all_or_nothing=True)
    assert (refused.batch, counted(refused)) == (None, (2, 0, 0, 1))
    assert rows(book, "SELECT count(*) FROM usage") == [(0,)]
    batch = metered("usage", good).batch
    assert batch is not None
    assert "1 row of usage" in undo_import(book, batch, actor="Ann")
    assert rows(book, "SELECT count(*) FROM usage") == [(0,)]
    assert counted(metered("usage", good)) == (1, 1, 0, 0)
    undo(book, "Ann")
    assert rows(book, "SELECT count(*) FROM usage") == [(0,)]


@pytest.mark.parametrize("make", [xlsx, ods])
def test_a_spreadsheet_is_the_same_as_its_text(book: Book, metered: Importer, make: object) -> None:
    table = [
        ("id", "agreement", "item", "from", "to", "quantity"),
        ("U1", "A-1", "API", date(2026, 1, 1), date(2026, 1, 31), 5.5),
        ("U2", "A-1", "API", date(2026, 2, 1), "soon", 5),
    ]
    result = metered("usage", make({"Usage": table}))  # type: ignore[operator]
    assert counted(result) == (2, 1, 0, 1)
    assert [(one.row, one.column, one.value) for one in result.rejected] == [(3, "E: to", "soon")]
    text = HEAD + "U1,A-1,API,2026-01-01,2026-01-31,5.5\n"
    assert counted(metered("usage", text)) == (1, 0, 1, 0)
