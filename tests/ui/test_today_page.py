"""Today as a person uses it: walk down, press Enter, be where it is done; and the figures open their lists."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.domain.price_rises import by_percent
from desktop.jobs import Job, Lane, State
from desktop.services.changes import undo
from desktop.services.disputes import close_dispute, open_dispute
from desktop.services.notes import add_note
from desktop.services.payments import record_payment
from desktop.services.price_proposals import propose
from desktop.services.runs import plan
from desktop.services.today import SLOW, Item, Urgency
from desktop.ui.agreements.page import AgreementsPage
from desktop.ui.agreements.renewals_page import RenewalsPage
from desktop.ui.agreements.rises_page import RisesPage
from desktop.ui.clients.page import ClientsPage
from desktop.ui.collections.page import CollectionsPage
from desktop.ui.dialog import FormDialog
from desktop.ui.invoices.page import InvoicesPage
from desktop.ui.page import Page
from desktop.ui.payments.page import PaymentsPage
from desktop.ui.rail import PlaceButton
from desktop.ui.reports.page import ReportsPage
from desktop.ui.runs.page import RunsPage
from desktop.ui.runs.review import ReviewPage
from desktop.ui.today.items_model import Heading, ItemsModel, spoken
from desktop.ui.today.items_paint import look_of
from desktop.ui.today.page import TodayPage
from tests.books import new_book
from tests.contracts import ANNE, Contracts, value
from tests.issued import add_client, add_invoice
from tests.ui.program import TODAY, Driver


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path)


def page_of(driver: Driver) -> TodayPage:
    page = driver.window.go("today")
    assert isinstance(page, TodayPage)
    page.reload()
    driver.settle()
    return page


def kinds(page: TodayPage) -> list[str]:
    return [item.kind for item in page.list.items.items]


def enter(driver: Driver, page: TodayPage, kind: str) -> object:
    """Walk to the first item of a kind by the keys and take it up."""
    key = driver.qtbot.keyClick
    page.list.setFocus()
    key(page.list, Qt.Key.Key_Home)
    for _step in range(len(kinds(page))):
        item = page.list.current()
        assert item is not None
        if item.kind == kind:
            break
        key(page.list, Qt.Key.Key_Down)
    assert page.list.current() is not None
    assert page.list.current().kind == kind  # type: ignore[union-attr]
    key(page.list, Qt.Key.Key_Return)
    driver.settle()
    return driver.window.page


def late_invoice(book: Book, code: str = "ACME") -> tuple[int, str]:
    client = add_client(book, code)
    return client, add_invoice(book, client, date(2026, 4, 1), (100_00, 0), terms="net 10")


def test_the_window_opens_on_today(driver: Driver) -> None:
    assert driver.window.here == "today"
    assert isinstance(driver.window.page, TodayPage)


def test_nothing_to_do_is_said_with_what_comes_next(driver: Driver, book: Book) -> None:
    page = page_of(driver)
    assert page.calm.isVisible()
    assert page.calm.words.startswith("Nothing needs you. No run is due.")
    made = Contracts(book)
    made.agreement(made.client(), start_date=date(2026, 6, 1))
    page.reload()
    driver.settle()
    assert page.calm.words == "Nothing needs you. The next run is due on 30 Jun 2026: 1 agreement, about €100.00."
    assert not page.list.isVisible()


def test_items_stand_under_the_heading_of_their_urgency(driver: Driver, book: Book) -> None:
    client, _number = late_invoice(book)
    add_note(book, "client", client, "Call them", due_on=date(2026, 5, 20), actor=ANNE)
    add_note(book, "client", client, "Write to them", due_on=date(2026, 6, 2), actor=ANNE)
    page = page_of(driver)
    shown = page.list.items
    rows = [shown.row(shown.index(place)) for place in range(shown.rowCount())]
    headings = [row for row in rows if isinstance(row, Heading)]
    assert [row.urgency for row in headings] == sorted({row.urgency for row in rows})
    assert headings[0].text == "Late, or standing still · 1"
    assert isinstance(rows[1], Item)
    assert rows[1].sentence == "Call them"
    assert sum(row.things for row in headings) == len(shown.items)
    facts = [one.text() for one in page.findChildren(QLabel) if "for today" in one.text()]
    pressing = sum(item.urgency <= Urgency.TODAY for item in shown.items)
    assert facts == [f"31 May 2026 · {pressing} things are for today"]
    driver.desk.shell.jobs.announce({"clients"})
    driver.settle()
    names = [one.accessibleName() for one in driver.window.findChildren(PlaceButton)]
    assert f"Today {pressing}" in names


def test_the_arrows_skip_headings_and_reach_every_item(driver: Driver, book: Book) -> None:
    client, _number = late_invoice(book)
    for due in (date(2026, 5, 20), TODAY, date(2026, 6, 2)):
        add_note(book, "client", client, f"Due {due}", due_on=due, actor=ANNE)
    page = page_of(driver)
    driver.qtbot.keyClick(page.list, Qt.Key.Key_Home)
    reached = []
    for _step in page.list.items.items:
        item = page.list.current()
        assert item is not None
        reached.append(item.key)
        driver.qtbot.keyClick(page.list, Qt.Key.Key_Down)
    assert reached == [item.key for item in page.list.items.items]


def test_home_and_end_reach_the_first_and_the_last_item(driver: Driver, book: Book) -> None:
    client, _number = late_invoice(book)
    add_note(book, "client", client, "Call them", due_on=TODAY, actor=ANNE)
    page = page_of(driver)
    found = page.list.items.items
    assert page.list.current() == found[0]
    driver.qtbot.keyClick(page.list, Qt.Key.Key_End)
    assert page.list.current() == found[-1]
    driver.qtbot.keyClick(page.list, Qt.Key.Key_Home)
    assert page.list.current() == found[0]


def test_a_due_run_begins_with_enter(driver: Driver, book: Book) -> None:
    made = Contracts(book)
    made.agreement(made.client(), start_date=date(2026, 5, 1))
    page = page_of(driver)
    assert kinds(page)[0] == "run"
    assert isinstance(enter(driver, page, "run"), RunsPage)
    dialog = next(one for one in driver.window.findChildren(FormDialog) if one.isVisible())
    assert dialog.windowTitle() == "New run"
    dialog.reject()


def test_an_exception_opens_its_draft_in_the_review(driver: Driver, book: Book) -> None:
    made = Contracts(book)
    for number in (1, 2):
        made.agreement(made.client(f"C{number}", on_hold=True), f"A{number}", start_date=date(2026, 5, 1))
    plan(book, through=TODAY, issue_date=TODAY, actor=ANNE, now=book.now)
    page = page_of(driver)
    first = next(item for item in page.list.items.items if item.kind == "exception")
    review = enter(driver, page, "exception")
    assert isinstance(review, ReviewPage)
    assert review.selected_ids() == [first.target.within]
    driver.qtbot.keyClick(review, Qt.Key.Key_Escape)


def test_money_leads_to_its_rows(driver: Driver, book: Book) -> None:
    client, number = late_invoice(book)
    open_dispute(book, number, reason="not done", on=date(2026, 5, 1), actor=ANNE, today=TODAY)
    other = add_client(book, "BOLT")
    record_payment(book, amount=50_00, paid_on=TODAY, actor=ANNE, today=TODAY, client_id=other)
    page = page_of(driver)
    disputes = enter(driver, page, "dispute")
    assert isinstance(disputes, InvoicesPage)
    assert (disputes.filters.on, disputes.selected_ids()) == (frozenset({"disputed"}), [1])
    late = enter(driver, page_of(driver), "overdue")
    assert isinstance(late, CollectionsPage)
    assert value(book, "SELECT client_id FROM open_item WHERE open > 0") == client
    assert len(late.selected_ids()) == 1
    payments = enter(driver, page_of(driver), "payment")
    assert isinstance(payments, PaymentsPage)
    assert payments.filters.on == {"unapplied", f"client:{other}"}
    assert payments.selected_ids() == [1]


def test_contracts_lead_to_where_they_are_decided(driver: Driver, book: Book) -> None:
    made = Contracts(book)
    asks = made.agreement(
        made.client(),
        renewal="ask",
        term_end=date(2026, 6, 15),
        term_count=1,
        term_unit="year",
        start_date="2026-06-01",
    )
    ends = made.agreement(made.client("C2"), "A2", start_date=date(2026, 6, 1), end_date=date(2026, 6, 20))
    propose(book, [asks], by_percent(Decimal(3)), date(2026, 8, 1), actor=ANNE)
    renewals = enter(driver, page_of(driver), "renewal")
    assert isinstance(renewals, RenewalsPage)
    assert renewals.selected_ids() == [asks]
    agreements = enter(driver, page_of(driver), "ending")
    assert isinstance(agreements, AgreementsPage)
    assert agreements.selected_ids() == [ends]
    assert isinstance(enter(driver, page_of(driver), "price"), RisesPage)


def test_a_late_milestone_opens_its_project(driver: Driver, book: Book) -> None:
    from db.schema import Milestone
    from desktop.services.changes import change
    from desktop.ui.projects.page import ProjectPage

    made = Contracts(book)
    key = made.agreement(made.client(), billing="fixed", start_date=date(2026, 6, 1))
    with change(book, ANNE, "Plan") as planned:
        planned.insert(Milestone, agreement_id=key, position=1, name="Go", amount=1_00, planned_on=date(2026, 5, 1))
    assert isinstance(enter(driver, page_of(driver), "milestone"), ProjectPage)


def test_what_is_done_is_gone_and_the_next_one_is_chosen(driver: Driver, book: Book) -> None:
    client, number = late_invoice(book)
    open_dispute(book, number, reason="not done", on=date(2026, 5, 1), actor=ANNE, today=TODAY)
    add_note(book, "client", client, "Call them", due_on=TODAY, actor=ANNE)
    page = page_of(driver)
    before = kinds(page)
    page.list.choose(next(item.key for item in page.list.items.items if item.kind == "dispute"))
    close_dispute(book, number, outcome="agreed", on=TODAY, actor=ANNE, today=TODAY)
    driver.desk.shell.jobs.announce({"invoices"})
    driver.settle()
    # What is not disputed any more is to be reminded of.
    assert kinds(page) == ["reminders", *(kind for kind in before if kind != "dispute")]
    current = page.list.current()
    assert current is not None
    assert current.kind == before[before.index("dispute") + 1]


def test_s_leaves_an_item_until_tomorrow_and_undo_brings_it_back(driver: Driver, book: Book) -> None:
    client, _number = late_invoice(book)
    add_note(book, "client", client, "Call them", due_on=TODAY, actor=ANNE)
    page = page_of(driver)
    page.list.choose(next(item.key for item in page.list.items.items if item.kind == "note"))
    driver.qtbot.keyClick(page.list, Qt.Key.Key_S)
    driver.settle()
    assert "note" not in kinds(page)
    assert any("1 left until later" in one.text() for one in page.findChildren(QLabel))
    undo(book, driver.desk.actor)
    driver.desk.shell.jobs.announce({"firm"})
    driver.settle()
    assert "note" in kinds(page)


def test_a_click_on_the_verb_takes_an_item_up_and_one_beside_it_only_chooses(driver: Driver, book: Book) -> None:
    late_invoice(book)
    page = page_of(driver)
    place = page.list.items.place_of(next(item.key for item in page.list.items.items if item.kind == "overdue"))
    index = page.list.items.index(place)
    rect = page.list.visualRect(index)
    item = page.list.items.item(index)
    assert item is not None
    click = driver.qtbot.mouseClick
    click(page.list.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    driver.settle()
    assert driver.window.here == "today"
    verb = page.list._paint.verb_rect(rect, item.verb).center().toPoint()
    click(page.list.viewport(), Qt.MouseButton.LeftButton, pos=verb)
    driver.settle()
    assert driver.window.here == "collections"


def test_every_figure_opens_the_list_behind_it(driver: Driver, book: Book) -> None:
    client, number = late_invoice(book)
    record_payment(
        book, amount=30_00, paid_on=date(2026, 5, 4), actor=ANNE, today=TODAY, client_id=client, numbers=[number]
    )
    add_invoice(book, client, date(2026, 5, 20), (40_00, 0))
    page = page_of(driver)
    strip = page.strip
    assert strip.owed.said.startswith("€110.00 owed by clients")
    assert strip.overdue.said == "€70.00 of it overdue 63% of what is open"
    assert strip.billed.said == "€40.00 billed in May €100.00 in April"
    assert strip.received.said == "€30.00 received in May €0.00 in April"
    assert strip.billed.chart.accessibleDescription().endswith("April 2026: €100.00; May 2026: €40.00")
    for card, place, sums in (
        (strip.owed, "invoices", 110_00),
        (strip.overdue, "invoices", 70_00),
        (strip.billed, "invoices", 40_00),
        (strip.received, "payments", 30_00),
        (page.owed.debtors[0], "invoices", 110_00),
    ):
        driver.window.go("today")
        card.click()
        driver.settle()
        shown = driver.window.page
        assert driver.window.here == place
        assert isinstance(shown, Page)
        rows = shown.design.listing.rows(list(shown.model.ids))
        key = "amount" if place == "payments" else "open"
        assert sum(int(str(row[key])) for row in rows.values()) == sums
    # What no chip says stands in the notice, with the way back to all rows.
    assert driver.window.notices.sentence == "Shown is what ACME Ltd owes."
    for age, number_of_rows, amount in ((0, 1, 40_00), (1, 0, 0), (2, 1, 70_00)):
        driver.window.go("today")
        page.owed.ages[age].click()
        driver.settle()
        reports = driver.window.page
        assert isinstance(reports, ReportsPage)
        assert reports.answer is not None
        assert [row["open"] for row in reports.answer.made.rows] == [amount] * number_of_rows
    assert driver.window.notices.sentence == "Shown is what is open of this age: 31–60 days late."
    assert page.owed.debtors[0].accessibleName() == "ACME Ltd €110.00"
    assert not page.owed.debtors[1].isVisibleTo(page)


def test_a_follow_up_of_a_client_leads_there(driver: Driver, book: Book) -> None:
    client, _number = late_invoice(book)
    add_note(book, "client", client, "Call them", due_on=TODAY, actor=ANNE)
    clients = enter(driver, page_of(driver), "note")
    assert isinstance(clients, ClientsPage)
    assert clients.selected_ids() == [client]


def test_rows_are_read_out_whole(driver: Driver, book: Book, qtbot: QtBot) -> None:
    late_invoice(book)
    page = page_of(driver)
    item = next(item for item in page.list.items.items if item.kind == "overdue")
    assert spoken(item) == "ACME Ltd is 50 days late. The oldest was due on 11 Apr 2026. €100.00. Ask for it"
    model = page.list.items
    index = model.index(model.place_of(item.key))
    assert model.data(index, Qt.ItemDataRole.AccessibleTextRole) == spoken(item)
    assert page.list.accessibleName() == "What needs you"


def test_the_model_keeps_to_the_rules_of_models(qapp: QApplication, driver: Driver, book: Book) -> None:
    late_invoice(book)
    model = ItemsModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.put(page_of(driver).list.items.items)
    assert model.rowCount() > 1
    model.put([])
    assert model.rowCount() == 0
    assert tester.model() is model


def test_every_kind_has_a_look_of_its_own(driver: Driver, book: Book) -> None:
    from desktop.paths import resource
    from desktop.ui.today.items_paint import _LOOKS

    for icon, _tone in _LOOKS.values():
        assert resource(f"icons/{icon}.svg").is_file()
    late_invoice(book)
    assert {item.kind for item in page_of(driver).list.items.items} <= set(_LOOKS)
    item = page_of(driver).list.items.items[0]
    assert look_of(item) == _LOOKS[item.kind]


def test_who_goes_on_to_a_list_does_not_wait_for_today(driver: Driver, book: Book) -> None:
    late_invoice(book)
    page = page_of(driver)
    asked: list[Job] = []
    gate = threading.Event()
    driver.desk.shell.jobs.ask(lambda: gate.wait(10), print)
    driver.desk.shell.jobs.started.connect(asked.append)
    page.reload()
    assert [job.lane for job in asked] == [Lane.HAND, Lane.SIDE, *[Lane.LATER] * len(SLOW)]
    driver.window.go("invoices")
    gate.set()
    driver.settle()
    assert [job.state for job in asked[2 : 2 + len(SLOW)]] == [State.CANCELLED] * len(SLOW)
    assert isinstance(page_of(driver), TodayPage)
    assert page.list.items.items


def test_calm_is_said_only_when_everything_was_looked_at(driver: Driver) -> None:
    page = page_of(driver)
    page._slow.clear()
    page._show()
    assert not page.calm.isVisible()
    page.reload()
    driver.settle()
    assert page.calm.isVisible()
