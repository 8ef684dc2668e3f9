"""Exports of time trackers: known by their columns, matched to agreements, and never taken twice."""

from __future__ import annotations

import pytest

from db.engine import Book
from desktop.services.imports.project_links import ProjectLink, link_project, project_links, unlink_project
from tests.services.imports.conftest import Importer
from tests.services.imports.material import counted, rows

TOGGL = (
    '"User","Email","Client","Project","Task","Description","Billable","Start date","Start time","End date",'
    '"End time","Duration","Tags","Amount (EUR)"\n'
    '"Ann","ann@x.com","Acme Ltd","A-1","DEV","Login page","Yes","2026-03-02","09:00:00","2026-03-02","10:30:00",'
    '"01:30:00","",""\n'
    '"Ann","ann@x.com","Acme Ltd","A-1","Meeting","Weekly","No","2026-03-02","11:00:00","2026-03-02","11:15:00",'
    '"00:15:00","",""\n'
)
CLOCKIFY = (
    '"Project","Client","Description","Task","User","Group","Email","Tags","Billable","Start Date","Start Time",'
    '"End Date","End Time","Duration (h)","Duration (decimal)","Billable Rate (USD)","Billable Amount (USD)"\n'
    '"A-1","Acme Ltd","Login page","DEV","Ann","","ann@x.com","","Yes","03/13/2026","09:00:00 AM","03/13/2026",'
    '"10:30:00 AM","01:30:00","1.50","0.00","0.00"\n'
    '"A-1","Acme Ltd","Weekly","Meeting","Ann","","ann@x.com","","No","03/14/2026","11:00:00 AM","03/14/2026",'
    '"11:15:00 AM","00:15:00","0.25","0.00","0.00"\n'
)
HARVEST = (
    "Date,Client,Project,Project Code,Task,Notes,Hours,Hours Rounded,Billable?,Invoiced?,Approved?,First Name,"
    "Last Name,Roles,Employee?,Billable Rate,Billable Amount,Cost Rate,Cost Amount,Currency,External Reference URL\n"
    "2026-03-02,Acme Ltd,Website,A-1,DEV,Login page,1.5,1.5,Yes,No,No,Ann,Lee,Dev,Yes,120.0,180.0,,,Euro - EUR,\n"
    "2026-03-14,Acme Ltd,Website,A-1,Meeting,Weekly,0.25,0.25,No,No,No,Ann,Lee,Dev,Yes,0.0,0.0,,,Euro - EUR,\n"
)
KIMAI = (
    "Date,From,To,Duration,Rate,Internal price,User,Name,Customer,Project,Activity,Description,Exported,Billable,Tags\n"
    "2026-03-02,09:00,10:30,1:30,180.00,0,ann,Ann,Acme Ltd,A-1,DEV,Login page,no,yes,\n"
    "2026-03-14,11:00,11:15,0:15,0,0,ann,Ann,Acme Ltd,A-1,Meeting,Weekly,no,no,\n"
)
EXPORTS = {"Toggl Track": TOGGL, "Clockify": CLOCKIFY, "Harvest": HARVEST, "Kimai": KIMAI}


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_needs_no_mapping(book: Book, filled: Importer, name: str) -> None:
    result = filled("time", EXPORTS[name])
    assert counted(result) == (2, 2, 0, 0)
    assert result.profile == name
    first, second = rows(
        book, "SELECT client_id, agreement_id, item_id, work_date, hours, rate, note, billable FROM time_entry"
    )
    rate = 120_000_000 if name == "Harvest" else None
    day = "2026-03-13" if name == "Clockify" else "2026-03-02"
    assert first == (1, 1, 1, day, 1_500_000, rate, "Login page", 1)
    # A task that is no item of the catalogue stays in the note.
    assert (second[2], second[4:]) == (None, (250_000, None, "Meeting: Weekly", 0))


@pytest.mark.parametrize("name", EXPORTS)
def test_overlapping_days_are_taken_once(book: Book, filled: Importer, name: str) -> None:
    head, first, second = EXPORTS[name].splitlines(keepends=True)
    assert counted(filled("time", head + first)) == (1, 1, 0, 0)
    assert counted(filled("time", head + first + second)) == (2, 1, 1, 0)
    assert counted(filled("time", head + second)) == (1, 0, 1, 0)
    assert rows(book, "SELECT count(*) FROM time_entry") == [(2,)]


def test_an_entry_that_grew_is_changed(book: Book, filled: Importer) -> None:
    filled("time", TOGGL)
    longer = TOGGL.replace("01:30:00", "01:45:00")
    assert counted(filled("time", longer)) == (2, 1, 1, 0)
    assert rows(book, "SELECT hours FROM time_entry ORDER BY id") == [(1_750_000,), (250_000,)]


def test_a_project_is_taken_for_the_clients_only_agreement_and_said(book: Book, filled: Importer) -> None:
    result = filled("time", TOGGL.replace('"A-1"', '"Website"'))
    assert counted(result) == (2, 2, 0, 0)
    assert any("“Website” is taken for A-1" in note.text for note in result.notes)


def test_an_unknown_project_is_asked_for_once(book: Book, filled: Importer) -> None:
    other = TOGGL.replace("Acme Ltd", "Zenith").replace('"A-1"', '"Website"')
    result = filled("time", other)
    assert counted(result) == (2, 0, 0, 2)
    assert result.projects == (("Zenith", "Website", 2),)
    assert (result.rejected[0].column, result.rejected[0].value) == ("Project", "Website")
    link_project(book, "Zenith", "Website", 1, actor="Ann")
    assert project_links(book) == [ProjectLink("Zenith", "Website", 1, "A-1")]
    assert counted(filled("time", other.replace("Zenith", "ZENITH"))) == (2, 2, 0, 0)
    assert rows(book, "SELECT DISTINCT agreement_id FROM time_entry") == [(1,)]
    link_project(book, "zenith", "website", 2, actor="Ann")
    assert [one.agreement for one in project_links(book)] == ["Z-1"]
    unlink_project(book, "Zenith", "Website", actor="Ann")
    assert project_links(book) == []


def test_a_currency_in_a_heading_must_be_the_one_that_is_billed(book: Book, filled: Importer) -> None:
    priced = CLOCKIFY.replace('"1.50","0.00","0.00"', '"1.50","85.00","127.50"')
    result = filled("time", priced)
    assert counted(result) == (2, 1, 0, 1)
    assert [(one.row, one.problem) for one in result.rejected] == [(2, "The price is in USD; it is billed in EUR.")]
    assert counted(filled("time", priced.replace("(USD)", "(EUR)"))) == (2, 1, 1, 0)
    assert rows(book, "SELECT rate FROM time_entry WHERE rate IS NOT NULL") == [(85_000_000,)]


def test_a_word_in_brackets_is_no_currency(book: Book, filled: Importer) -> None:
    text = "agreement,date,person,hours,rate (all),note\nA-1,2026-03-02,Ann,1,90,x\n"
    assert counted(filled("time", text)) == (1, 1, 0, 0)
    assert counted(filled("time", text.replace("(all)", "(net)").replace("x\n", "y\n"))) == (1, 1, 0, 0)
    assert filled("time", text.replace("(all)", "(ALL)").replace("x\n", "z\n")).rejected_rows == 1


def test_an_entry_longer_than_a_day_is_a_slip_or_another_unit(filled: Importer) -> None:
    assert filled("time", KIMAI.replace(",1:30,", ",-5400,")).rejected_rows == 1
    result = filled("time", KIMAI.replace(",1:30,", ",5400,"))
    assert counted(result) == (2, 0, 1, 1)
    assert [(one.row, one.column, one.problem) for one in result.rejected] == [
        (2, "Duration", "5,400 hours in one entry: a day has 24.")
    ]


def test_a_price_in_a_translated_export_is_not_lost(book: Book, filled: Importer) -> None:
    head = "Projekt,Kunde,Benutzer,Startdatum,Startzeit,Dauer (dezimal),Abrechnungssatz (EUR)\n"
    assert counted(filled("time", head + 'A-1,Acme Ltd,Eva,14.03.2026,09:00:00,"1,50","85,00"\n')) == (1, 1, 0, 0)
    assert rows(book, "SELECT hours, rate FROM time_entry") == [(1_500_000, 85_000_000)]
