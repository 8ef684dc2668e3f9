"""Time and charges from files: known by id or by content, refused once billed."""

from datetime import date

import pytest

from db.engine import Book
from db.schema import TimeEntry
from desktop.services import runs
from desktop.services.changes import change
from desktop.services.imports import ImportResult
from tests.services.imports.conftest import Importer
from tests.services.imports.material import TIME, counted, rows

HEAD = "agreement,date,person,item,hours,rate,note\n"
LINE = "A-1,2026-03-02,Ann,DEV,1.5,,first\n"


def _bill(book: Book) -> list[str]:
    """Bill March, approving whatever the gate would hold back."""
    day = date(2026, 3, 31)
    run = runs.plan(book, through=day, issue_date=day, actor="Ann", now="2026-03-31T10:00:00Z")
    held = [one.id for one in runs.exceptions(book, run.number)]
    runs.approve(book, held, "tested", actor="Ann", now="2026-03-31T10:00:00Z")
    runs.resume(book, run.number, actor="Ann", now="2026-03-31T10:00:00Z")
    return [str(number) for (number,) in rows(book, "SELECT number FROM invoice ORDER BY id")]


def _why(result: ImportResult) -> list[tuple[int, str, str, str]]:
    return [(one.row, one.column, one.value, one.problem) for one in result.rejected]


def test_an_entry_whole(book: Book, filled: Importer) -> None:
    filled("time", TIME)
    assert rows(
        book,
        "SELECT external_id, client_id, agreement_id, item_id, work_date, person, hours, rate, note, billable,"
        " draft_id, invoice_id FROM time_entry",
    ) == [
        ("T1", 1, 1, 1, "2026-03-02", "Ann", 1_500_000, None, "first", 1, None, None),
        ("T2", 1, 1, 1, "2026-03-03", "Ann", 2_000_000, 120_000_000, "second", 1, None, None),
    ]


def test_equal_rows_without_an_id_are_as_many_entries(book: Book, filled: Importer) -> None:
    assert counted(filled("time", HEAD + LINE * 2)) == (2, 2, 0, 0)
    assert counted(filled("time", HEAD + LINE * 2)) == (2, 0, 2, 0)
    assert counted(filled("time", HEAD + LINE)) == (1, 0, 1, 0)
    assert counted(filled("time", HEAD + LINE * 3)) == (3, 1, 2, 0)
    assert rows(book, "SELECT count(*) FROM time_entry") == [(3,)]


def test_an_export_with_other_columns_is_the_same_work(book: Book, filled: Importer) -> None:
    filled("time", HEAD + LINE)
    more = "agreement,date,person,item,hours,note,client,billable\nA-1,2026-03-02,Ann,DEV,1.5,first,ACME,yes\n"
    assert counted(filled("time", more)) == (1, 0, 1, 0)
    # And what came with ids is known again without them.
    filled("time", "id," + HEAD + "T9," + LINE.replace("first", "with id"))
    assert counted(filled("time", HEAD + LINE.replace("first", "with id"))) == (1, 0, 1, 0)


def test_a_changed_entry_is_changed_while_unbilled(book: Book, filled: Importer) -> None:
    filled("time", TIME)
    assert counted(filled("time", TIME.replace("2,120,second", "3,,second"))) == (2, 1, 1, 0)
    assert rows(book, "SELECT hours, rate FROM time_entry WHERE external_id = 'T2'") == [(3_000_000, None)]
    # What the file has no column for stays as it is.
    assert counted(filled("time", "id,agreement,date,hours\nT2,A-1,2026-03-03,4\n")) == (1, 1, 0, 0)
    assert rows(book, "SELECT hours, person, note FROM time_entry WHERE external_id = 'T2'") == [
        (4_000_000, "Ann", "second")
    ]


def test_a_billed_entry_that_differs_is_refused(book: Book, filled: Importer) -> None:
    filled("time", TIME)
    numbers = _bill(book)
    with_new = TIME.replace("1.5,,first", "9,,first") + "T3,A-1,2026-03-09,Ann,DEV,1,,new\n"
    result = filled("time", with_new)
    assert counted(result) == (3, 1, 1, 1)
    assert _why(result) == [(2, "hours", "9", f"“T1” is billed on {numbers[0]}.")]
    assert "Credit that invoice" in result.rejected[0].remedy
    assert counted(filled("time", TIME)) == (2, 0, 2, 0)
    assert rows(book, "SELECT hours FROM time_entry WHERE external_id = 'T1'") == [(1_500_000,)]


def test_a_row_without_id_that_is_billed_is_not_new(book: Book, filled: Importer) -> None:
    filled("time", HEAD + LINE)
    _bill(book)
    assert counted(filled("time", HEAD + LINE)) == (1, 0, 1, 0)


@pytest.mark.parametrize(
    "line, column, value, problem",
    [
        ("A-2,,2026-03-02,DEV,1,", "agreement", "A-2", "There is no agreement “A-2”."),
        ("A-1,ZEN,2026-03-02,DEV,1,", "client", "ZEN", "Agreement A-1 is with ACME."),
        (",ACNE,2026-03-02,DEV,1,", "client", "ACNE", "There is no client “ACNE”."),
        ("A-1,,2026-03-02,DEW,1,", "item", "DEW", "There is no item “DEW”."),
        ("A-1,,2026-03-02,DEV,0,", "hours", "0", "0 hours are nothing to bill."),
        ("A-1,,2026-03-02,DEV,1,0", "rate", "0", "A rate of 0 would bill nothing."),
        ("A-1,,2026-03-02,DEV,1,USD 90", "currency", "USD", "The price is in USD; it is billed in EUR."),
    ],
)
def test_entries_that_are_refused(filled: Importer, line: str, column: str, value: str, problem: str) -> None:
    result = filled("time", f"agreement,client,date,item,hours,rate\n{line}\n")
    assert _why(result) == [(2, column, value, problem)]


def test_near_words_are_suggested(filled: Importer) -> None:
    result = filled("time", "agreement,date,hours\nA1,2026-03-02,1\n")
    assert result.rejected[0].remedy.startswith("Did you mean “A-1”")


def test_an_entry_of_a_client_goes_to_its_one_agreement_for_hours(book: Book, filled: Importer) -> None:
    text = "client,date,hours\nACME,2026-03-02,1\nACME,2025-12-31,1\nZEN,2026-03-02,1\n"
    result = filled("time", text)
    assert counted(result) == (3, 3, 0, 0)
    assert rows(book, "SELECT client_id, agreement_id FROM time_entry ORDER BY id") == [(1, 1), (1, None), (2, None)]
    assert [note.row for note in result.notes if "the entry waits for one" in note.text] == [3, 4]
    assert counted(filled("time", text)) == (3, 0, 3, 0)


def test_time_that_is_not_billable(book: Book, filled: Importer) -> None:
    filled("time", "agreement,date,hours,billable\nA-1,2026-03-02,1,no\n")
    assert rows(book, "SELECT billable FROM time_entry") == [(0,)]


def test_charges_and_discounts(book: Book, filled: Importer) -> None:
    text = (
        "id,client,agreement,date,item,description,quantity,unit_price,currency\n"
        "1,ACME,,2026-03-01,,Setup,2,250,USD\n"
        "2,,Z-1,2026-03-01,RET,,,,\n"
        "3,ACME,,2026-03-01,,Goodwill,1,-50,\n"
        "4,ACME,,2026-03-01,,Return,-2,30,\n"
    )
    assert counted(filled("charges", text)) == (4, 4, 0, 0)
    sql = (
        "SELECT client_id, agreement_id, item_id, kind, description, quantity, unit_price, currency FROM one_off"
        " ORDER BY id"
    )
    assert rows(book, sql) == [
        (1, None, None, "charge", "Setup", 2_000_000, 250_000_000, "USD"),
        (2, 2, 2, "charge", "", 1_000_000, None, "EUR"),
        (1, None, None, "discount", "Goodwill", 1_000_000, -50_000_000, "EUR"),
        (1, None, None, "discount", "Return", 2_000_000, -30_000_000, "EUR"),
    ]
    assert counted(filled("charges", text.replace("Setup", "Set-up"))) == (4, 1, 3, 0)


def test_an_entry_that_waited_for_an_agreement_is_not_doubled_once_there_is_one(book: Book, filled: Importer) -> None:
    with change(book, "Ann", "by hand") as made:
        made.insert(TimeEntry, client_id=2, work_date=date(2026, 3, 2), person="Ann", hours=1_000_000, note="call")
    told = "client,date,person,hours,note\nZEN,2026-03-02,Ann,1,call\n"
    assert counted(filled("time", told)) == (1, 0, 1, 0)
    head = "code,client,billing,item,every,start\n"
    assert filled("agreements", head + "Z-9,ZEN,time,DEV,monthly,2026-01-01\n").rejected == ()
    assert counted(filled("time", told)) == (1, 0, 1, 0)
    # One more of the same is work of its own.
    assert counted(filled("time", told + "ZEN,2026-03-02,Ann,1,call\n")) == (2, 1, 1, 0)
    assert rows(book, "SELECT agreement_id FROM time_entry ORDER BY id") == [(None,), (3,)]
