"""Milestones and changes of agreements from files: applied once, refused by row, undone as one."""

from __future__ import annotations

from datetime import date

import pytest

from db.engine import Book
from desktop.services.changes import change
from desktop.services.imports import ImportResult
from desktop.services.imports.history import undo_import
from tests.services.imports.conftest import Importer
from tests.services.imports.material import counted, rows

HEAD = "id,agreement,name,amount,percent,due,done\n"
CHANGES = "agreement,date,item,quantity,unit_price,reason,reference\n"


@pytest.fixture
def agreed(book: Book, filled: Importer) -> Importer:
    """A-1 has an agreed price of 10,000."""
    with change(book, "Ann", "agree") as made:
        made.connection.exec_driver_sql("UPDATE agreement SET agreed = 1000000 WHERE id = 1")
    return filled


def problems(result: ImportResult) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.problem) for one in result.rejected]


# Milestones


def test_milestones_by_amount_and_by_share(book: Book, agreed: Importer) -> None:
    text = HEAD + "M1,A-1,Design,1500.50,,2026-02-01,2026-02-03\nM2,A-1,Build,,40 %,2026-05-01,\n"
    assert counted(agreed("milestones", text)) == (2, 2, 0, 0)
    assert rows(book, "SELECT external_id, position, name, amount, fraction, planned_on, done_on FROM milestone") == [
        ("M1", 1, "Design", 150_050, None, "2026-02-01", "2026-02-03"),
        ("M2", 2, "Build", None, 400_000, "2026-05-01", None),
    ]
    assert counted(agreed("milestones", text)) == (2, 0, 2, 0)


def test_a_milestone_without_an_id_is_known_by_its_name(book: Book, agreed: Importer) -> None:
    bare = "Projekt;Meilenstein;Prozent;erledigt am\nA-1;Entwurf;25;\nA-1;Bau;75;\n"
    assert counted(agreed("milestones", bare)) == (2, 2, 0, 0)
    assert counted(agreed("milestones", bare.replace("Entwurf;25;", "Entwurf;25;02.03.2026"))) == (2, 1, 1, 0)
    # An empty cell takes nothing back.
    assert counted(agreed("milestones", bare)) == (2, 0, 2, 0)
    assert rows(book, "SELECT name, done_on FROM milestone") == [("Entwurf", "2026-03-02"), ("Bau", None)]


def test_milestones_that_are_refused(agreed: Importer) -> None:
    result = agreed(
        "milestones",
        HEAD
        + "1,NONE,x,1,,,\n2,A-1,x,1,5,,\n3,A-1,x,0,,,\n4,A-1,x,,120,,\n5,A-1,x,,,,\n6,Z-1,x,,10,,\n"
        + "7,A-1,x,1,,,2026-04-01\n8,A-1,x,,60,,\n9,A-1,y,,50,,\n10,A-1,z,1.005,,,\n",
    )
    assert counted(result) == (10, 1, 0, 9)
    assert [row for row, _column, _problem in problems(result)] == [2, 3, 4, 5, 6, 7, 8, 10, 11]
    assert problems(result)[5:8] == [
        (7, "percent", "Z-1 has no agreed sum that it could be a share of."),
        (8, "done", "1 Apr 2026 has not come yet."),
        (10, "percent", "The shares of A-1 would come to 110% of its price."),
    ]


def test_a_billed_milestone_stays(book: Book, agreed: Importer) -> None:
    agreed("milestones", HEAD + "M1,A-1,Design,1500,,,2026-02-03\n")
    from desktop.services import runs

    day = date(2026, 3, 31)
    runs.bill(book, through=day, issue_date=day, actor="Ann", now="2026-03-31T10:00:00Z")
    with book.writing() as session:
        session.connection().exec_driver_sql("UPDATE milestone SET invoice_id = 1 WHERE invoice_id IS NULL")
    ((number,),) = rows(book, "SELECT number FROM invoice i JOIN milestone m ON m.invoice_id = i.id")
    result = agreed("milestones", HEAD + "M1,A-1,Design,1600,,,2026-02-03\n")
    assert problems(result) == [(2, "amount", f"“Design” is billed on {number}.")]


# Changes


def lines(book: Book) -> list[tuple[object, ...]]:
    sql = "SELECT quantity / 1000000, unit_price / 1000000, start_date, end_date FROM agreement_line"
    return rows(book, sql + " WHERE agreement_id = 2 ORDER BY position")


def test_changes_of_a_line_are_applied_in_the_order_of_their_days(book: Book, filled: Importer) -> None:
    text = CHANGES + "Z-1,2026-05-01,RET,,480,index,CR-2\nZ-1,2026-03-16,RET,2,,one more,CR-1\n"
    result = filled("changes", text)
    assert counted(result) == (2, 2, 0, 0)
    assert lines(book) == [
        (1, 450, None, "2026-03-16"),
        (2, 450, "2026-03-16", "2026-05-01"),
        (2, 480, "2026-05-01", None),
    ]
    assert rows(
        book,
        "SELECT effect, state, dated, quantity, unit_price, reason, reference FROM change_order ORDER BY dated",
    ) == [
        ("line", "approved", "2026-03-16", 2_000_000, 450_000_000, "one more", "CR-1"),
        ("line", "approved", "2026-05-01", 2_000_000, 480_000_000, "index", "CR-2"),
    ]
    assert counted(filled("changes", text)) == (2, 0, 2, 0)
    assert result.batch is not None
    undo_import(book, result.batch, actor="Ann")
    assert lines(book) == [(1, 450, None, None)]
    assert rows(book, "SELECT count(*) FROM change_order") == [(0,)]


def test_a_change_of_a_fixed_price_alters_its_scope(book: Book, agreed: Importer) -> None:
    text = "Vertrag;gültig ab;Menge;Einzelpreis;Grund;Nachtrag\nA-1;01.03.2026;2;500,25;mehr Seiten;N-7\n"
    assert counted(agreed("changes", text)) == (1, 1, 0, 0)
    minus = CHANGES + "A-1,2026-03-09,,-1,300,less,\n"
    assert counted(agreed("changes", minus)) == (1, 1, 0, 0)
    assert rows(book, "SELECT effect, state, dated, amount, reason, reference FROM change_order") == [
        ("scope", "approved", "2026-03-01", 100_050, "mehr Seiten", "N-7"),
        ("scope", "approved", "2026-03-09", -30_000, "less", ""),
    ]
    assert counted(agreed("changes", text)) == (1, 0, 1, 0)


def test_changes_that_are_refused(filled: Importer) -> None:
    result = filled(
        "changes",
        CHANGES
        + "NONE,2026-05-01,RET,2,,,\nZ-1,2025-05-01,RET,2,,,\nZ-1,2026-05-01,DEV,2,,,\nA-1,2026-05-01,,2,5,,\n"
        + "Z-1,2026-06-01,RET,0,,,\nZ-1,2026-07-01,RET,2,,,\nZ-1,2026-07-01,RET,3,,,\nZ-1,2026-08-01,RET,,,,\n",
    )
    assert counted(result) == (8, 1, 0, 7)
    assert [(row, column) for row, column, _problem in problems(result)] == [
        (2, "agreement"),
        (3, "date"),
        (4, "item"),
        (5, "agreement"),
        (6, "quantity"),
        (8, "date"),
        (9, "quantity"),
    ]
    assert all(one.remedy for one in result.rejected)


def test_a_change_that_the_agreements_file_told_already_is_no_other(book: Book, filled: Importer) -> None:
    head = "code,client,billing,item,quantity,unit_price,every,start,line_start,line_end\n"
    lines_told = (
        "L-1,ACME,recurring,RET,1,450,monthly,2026-01-01,,2026-03-31\n"
        "L-1,ACME,recurring,RET,3,450,monthly,2026-01-01,2026-04-01,\n"
    )
    assert filled("agreements", head + lines_told).rejected == ()
    assert counted(filled("changes", CHANGES + "L-1,2026-04-01,RET,3,,more staff,\n")) == (1, 0, 1, 0)
    result = filled("changes", CHANGES + "L-1,2026-04-01,RET,4,,more staff,\n")
    assert [(one.column, one.problem) for one in result.rejected] == [
        ("date", "The line starts on 1 Apr 2026 and says something else.")
    ]
