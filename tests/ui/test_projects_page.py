"""Projects as a person works them: planned, done, billed at once, changed by consent, all by keyboard."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from db.engine import Book
from db.schema import Client
from desktop.services.change_orders import approve, change_orders, propose
from desktop.services.milestones import MilestoneRow, create_milestone, mark_done, milestones
from desktop.services.project_trail import milestone_words
from desktop.services.segments import save_segment
from desktop.services.trail import trail
from desktop.ui.agreements.page import AgreementsPage
from desktop.ui.billables.page import BillablesPage
from desktop.ui.projects.page import ProjectPage
from tests.books import new_book
from tests.contracts import Contracts, value
from tests.ui.forms import choose, dialog, press, said_at, save, write
from tests.ui.program import TODAY, Driver

ACTOR = "test"
STATE, WHAT, SHARE, AMOUNT, DAY, DONE, ON = range(7)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path, street="Kai 1", postcode="20457", city="Hamburg", tax_id="DE136695976")


@pytest.fixture
def project(book: Book) -> int:
    """A price of 8,000.00, with a line for hours, in a segment that bills what is done at once."""
    put = Contracts(book)
    segment = save_segment(book, {"name": "Projects", "milestones": "at_once"}, actor=ACTOR)
    client = put.client(postcode="53111", segment_id=segment)
    hours = {"kind": "time", "unit_price": "90"}
    return put.agreement(client, "P1", hours, billing="fixed", agreed=800_000, budget=900_000, title="Web shop")


def add(book: Book, project: int, name: str, share: str) -> int:
    return create_milestone(book, project, {"name": name, "fraction": Decimal(share), "item_id": 1}, actor=ACTOR)


def page_of(driver: Driver, project: int) -> ProjectPage:
    """The page as a person comes to it: from the agreement, by its key."""
    agreements = driver.window.go("agreements")
    driver.settle()
    assert isinstance(agreements, AgreementsPage)
    agreements.table.select([project])
    driver.settle()
    driver.qtbot.keyClick(agreements.table, Qt.Key.Key_M)
    driver.settle()
    (page,) = driver.window.findChildren(ProjectPage)
    return page


def pick(driver: Driver, page: ProjectPage, place: int) -> None:
    page.table.select([page.model.ids[place]])
    driver.settle()


def key(driver: Driver, page: ProjectPage, *pressed: object) -> None:
    # Without a window manager nobody gives the focus back to the window once a dialog is gone.
    driver.window.activateWindow()
    page.table.setFocus()
    driver.settle()
    driver.qtbot.keyClick(page.table, *pressed)
    driver.settle()


def shown(page: ProjectPage, place: int) -> list[str]:
    return [page.model.text_at(place, column) for column in range(7)]


def told(book: Book, project: int) -> list[MilestoneRow]:
    return milestones(book, project, TODAY)


def test_an_empty_project_says_what_to_do_and_takes_its_first_milestones(
    driver: Driver, book: Book, project: int
) -> None:
    page = page_of(driver, project)
    assert "Add the first one" in page.design.nothing_yet
    page.acts["project.milestone"].trigger()
    form = dialog(driver).form
    write(form, name="Design accepted", fraction="30", planned_on="2026-05-01")
    choose(driver, form, "item_id", 1)
    assert save(driver, dialog(driver))
    assert shown(page, 0) == ["Late", "Design accepted", "30%", "2,400.00", "1 May 2026", "", ""]
    assert page.table.selected_ids() == [page.model.ids[0]]
    page.acts["project.milestone"].trigger()
    form = dialog(driver).form
    write(form, name="All of it", fraction="70.5")
    assert not save(driver, dialog(driver))
    assert said_at(form, "fraction") == (
        "The other milestones have 30%; with 70.5% they come to 100.5%, more than 100 %."
    )
    write(form, fraction="70")
    assert save(driver, dialog(driver))
    press(driver, "Undo")
    assert [one.name for one in told(book, project)] == ["Design accepted"]


def test_done_by_its_key_bills_at_once_and_shows_where_the_project_stands(
    driver: Driver, book: Book, project: int
) -> None:
    add(book, project, "Design accepted", "0.3")
    add(book, project, "Shop is live", "0.7")
    page = page_of(driver, project)
    pick(driver, page, 0)
    assert page.pane.heading == "Design accepted"
    key(driver, page, Qt.Key.Key_D)
    form = dialog(driver).form
    assert "bills at once" in said_at(form, "done_on")
    assert save(driver, dialog(driver))
    number = value(book, "SELECT number FROM invoice")
    assert number in driver.window.notices.sentence
    assert shown(page, 0) == ["Billed", "Design accepted", "30%", "2,400.00", "", "31 May 2026", number]
    assert page.bars.words.splitlines()[0] == "Price, net €8,000.00 billed €2,400.00 planned €5,600.00"
    assert "Left to bill €5,600.00" in page.facts_view.words
    key(driver, page, Qt.Key.Key_S)
    assert driver.window.here == "invoices"


def test_what_the_gate_holds_says_so_and_leads_to_the_run(driver: Driver, book: Book, project: int) -> None:
    add(book, project, "Design accepted", "0.3")
    Contracts(book).update(Client, 1, on_hold=True, hold_reason="asks for a list")
    page = page_of(driver, project)
    pick(driver, page, 0)
    key(driver, page, Qt.Key.Key_D)
    assert save(driver, dialog(driver))
    assert "the invoice is held in run R-2026-0001" in driver.window.notices.sentence
    assert shown(page, 0)[STATE] == "Reserved"
    assert not page.acts["project.delete"].isEnabled()
    key(driver, page, Qt.Key.Key_S)
    assert value(book, "SELECT count(*) FROM invoice") == 0


def test_a_change_is_proposed_approved_and_taken_back(driver: Driver, book: Book, project: int) -> None:
    add(book, project, "Shop is live", "1")
    page = page_of(driver, project)
    page.acts["project.change"].trigger()
    form = dialog(driver).form
    write(form, amount="500", reason="Second language")
    assert not save(driver, dialog(driver))
    assert "is needed" in said_at(form, "reference")
    write(form, reference="CO-1")
    assert save(driver, dialog(driver))
    assert shown(page, 1) == ["Proposed", "Second language", "–", "500.00", "31 May 2026", "", "CO-1"]
    assert shown(page, 0)[AMOUNT] == "8,000.00"
    key(driver, page, Qt.Key.Key_A)
    form = dialog(driver).form
    assert "holds from 31 May 2026" in said_at(form, "by")
    write(form, by="Eva")
    assert save(driver, dialog(driver))
    assert shown(page, 1)[STATE] == "Approved"
    assert shown(page, 0)[AMOUNT] == "8,500.00"
    assert "Approved by Eva on 31 May 2026" in page.pane.findChildren(type(page.pane._reason))[-1].text()
    key(driver, page, Qt.Key.Key_B)
    assert change_orders(book, project)[0].state == "proposed"
    key(driver, page, Qt.Key.Key_R)
    assert save(driver, dialog(driver))
    assert change_orders(book, project)[0].state == "rejected"
    press(driver, "Undo")
    assert change_orders(book, project)[0].state == "proposed"
    key(driver, page, Qt.Key.Key_Delete)
    assert change_orders(book, project) == []


def test_a_line_changes_by_a_change_order(driver: Driver, book: Book, project: int) -> None:
    page = page_of(driver, project)
    page.acts["project.change"].trigger()
    form = dialog(driver).form
    assert not form.editor("old_line_id").isEnabled()
    choose(driver, form, "effect", "line")
    assert not form.editor("amount").isEnabled()
    choose(driver, form, "old_line_id", 1)
    write(form, unit_price="95", reason="New rate", reference="Letter of May")
    assert save(driver, dialog(driver))
    key(driver, page, Qt.Key.Key_A)
    assert save(driver, dialog(driver))
    assert value(book, "SELECT count(*) FROM agreement_line WHERE agreement_id = ?", project) == 2
    assert shown(page, 0)[WHAT] == "Managed service RET: New rate"


def test_milestones_move_are_marked_back_and_deleted_by_keys(driver: Driver, book: Book, project: int) -> None:
    with_next_run = save_segment(book, {"name": "Projects", "milestones": "run"}, actor=ACTOR, segment_id=1)
    assert with_next_run == 1
    for name, share in (("First", "0.2"), ("Second", "0.3"), ("Third", "0.5")):
        add(book, project, name, share)
    page = page_of(driver, project)
    pick(driver, page, 2)
    page.acts["project.up"].trigger()
    driver.settle()
    assert [one.name for one in told(book, project)] == ["First", "Third", "Second"]
    assert page.pane.heading == "Third"
    key(driver, page, Qt.Key.Key_D)
    assert "next run" in said_at(dialog(driver).form, "done_on")
    assert save(driver, dialog(driver))
    assert [one.state for one in told(book, project)] == ["planned", "done", "planned"]
    key(driver, page, Qt.Key.Key_U)
    assert [one.state for one in told(book, project)] == ["planned"] * 3
    key(driver, page, Qt.Key.Key_E)
    form = dialog(driver).form
    assert form.values()["fraction"] == Decimal(50)
    write(form, name="Third, renamed", planned_on="2026-06-30")
    assert save(driver, dialog(driver))
    assert told(book, project)[1].planned_on == date(2026, 6, 30)
    key(driver, page, Qt.Key.Key_Delete)
    assert [one.name for one in told(book, project)] == ["First", "Second"]


def test_the_agreement_shows_the_position_and_a_retainer_none(driver: Driver, book: Book, project: int) -> None:
    put = Contracts(book)
    put.items["RET"] = 1
    retainer = put.agreement(1, "R1", title="Retainer")
    propose(
        book,
        project,
        {"amount": 100, "dated": TODAY, "reason": "More", "reference": "CO-1"},
        actor=ACTOR,
    )
    page = driver.window.go("agreements")
    driver.settle()
    assert isinstance(page, AgreementsPage)
    page.table.select([project])
    driver.settle()
    assert "Proposed €1.00" in page._facts.words
    assert "Milestones and changes" in page._facts.words
    page.table.select([retainer])
    driver.settle()
    assert "Milestones and changes" not in page._facts.words


def test_what_is_done_stands_among_the_billables_and_leads_to_its_project(
    driver: Driver, book: Book, project: int
) -> None:
    save_segment(book, {"name": "Projects", "milestones": "run"}, actor=ACTOR, segment_id=1)
    first = add(book, project, "Design accepted", "0.3")
    mark_done(book, first, TODAY, actor=ACTOR, today=TODAY, now=book.now)
    page = driver.window.go("billables")
    driver.settle()
    assert isinstance(page, BillablesPage)
    page.filters.put(frozenset({"unbilled", "milestone"}))
    driver.settle()
    page.table.select([page.model.ids[0]])
    driver.settle()
    assert page.pane.heading == "Design accepted"
    assert "Done on 31 May 2026" in page.facts_view.words
    assert not page.acts["billables.copy"].isEnabled()
    page.open_row(page.model.ids[0])
    driver.settle()
    (shown_page,) = driver.window.findChildren(ProjectPage)
    assert shown_page.pane.heading == "Design accepted"
    driver.window.back()
    driver.settle()
    page.acts["billables.delete"].trigger()
    driver.settle()
    assert milestones(book, project, TODAY) == []
    press(driver, "Undo")
    assert [one.state for one in told(book, project)] == ["done"]


def test_the_story_of_an_invoice_leads_to_the_milestone_and_its_sum(book: Book, project: int) -> None:
    order = propose(
        book, project, {"amount": 100_000, "dated": TODAY, "reason": "More", "reference": "CO-1"}, actor=ACTOR
    )
    approve(book, order, by="Eva", on=TODAY, actor=ACTOR)
    mark_done(book, add(book, project, "Design accepted", "0.3"), TODAY, actor=ACTOR, today=TODAY, now=book.now)
    (source,) = trail(book, value(book, "SELECT number FROM invoice")).lines[0].sources
    assert milestone_words(source.detail) == [
        "Design accepted",
        "30% of 9,000.00",
        "agreed 8000.00, changes: CO-1 1000.00",
    ]


def test_several_milestones_are_marked_and_billed_in_one_go(driver: Driver, book: Book, project: int) -> None:
    for name, share in (("Design accepted", "0.2"), ("Shop built", "0.3"), ("Shop live", "0.5")):
        add(book, project, name, share)
    page = page_of(driver, project)
    page.table.select([page.model.ids[0], page.model.ids[1]])
    driver.settle()
    key(driver, page, Qt.Key.Key_D)
    assert save(driver, dialog(driver))
    assert driver.window.notices.sentence == "2 milestones are done and billed on INV-2026-0001."
    assert [one.state for one in told(book, project)] == ["billed", "billed", "planned"]
    page.table.select([page.model.ids[1], page.model.ids[2]])
    driver.settle()
    assert not page.acts["project.done"].isEnabled()
