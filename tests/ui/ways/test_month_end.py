"""Month end: three clicks when nothing is wrong, the keyboard alone when something is."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from db.engine import Book
from db.schema import Client
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.runs import exceptions, plan
from desktop.ui.document_page import DocumentPage
from desktop.ui.runs.issuing import go_on
from desktop.ui.runs.page import RunsPage
from desktop.ui.runs.result import ResultPage
from desktop.ui.runs.review import ReviewPage
from tests.contracts import rows, value
from tests.ui.program import TODAY, Driver, add_retainers
from tests.ui.ways.person import Person


def review(driver: Driver) -> ReviewPage:
    page = driver.window.page
    assert isinstance(page, ReviewPage), page
    return page


def words(person: Person) -> str:
    """All that is written in view."""
    return "\n".join(one.text() for one in person.front.findChildren(QLabel) if one.isVisible())


def chosen(driver: Driver) -> str:
    page = review(driver)
    (one,) = page.selected_ids()
    return str(page.design.listing.rows([one])[one]["client"])


def test_a_month_without_exceptions_takes_three_clicks(driver: Driver, book: Book, person: Person) -> None:
    add_retainers(book, 3)
    driver.program.jobs.announce({"runs"})
    person.click("Runs")
    person.click("Bill May")
    assert review(driver).facts.startswith("Everyone · through 31 May 2026 · 3 agreements")
    person.click("Issue 3 invoices")
    assert (person.clicks, person.keys) == (3, 0)
    assert rows(book, "SELECT number, issue_date FROM invoice ORDER BY id") == [
        ("INV-2026-0001", "2026-05-31"),
        ("INV-2026-0002", "2026-05-31"),
        ("INV-2026-0003", "2026-05-31"),
    ]
    assert isinstance(driver.window.page, ResultPage)
    assert "3 invoices are issued" in words(person)
    # 6,000.00 and a fifth less a hundredth of tax.
    assert "€7,140.00" in words(person)
    assert check(book).problems == ()


def test_exceptions_are_worked_with_the_keyboard_alone(driver: Driver, book: Book, person: Person) -> None:
    add_retainers(book, 13, faulty=1)
    driver.program.jobs.announce({"runs"})
    person.press(driver.window.acts["go.runs"].shortcut().toString())
    assert isinstance(driver.window.page, RunsPage)
    person.press("Ctrl+Return")
    page = review(driver)
    # C1 lacks its city; C11 to C13 are above 10,000.
    assert [page.model.text_at(row, 1) for row in range(page.model.rowCount())] == [
        "Client 1 GmbH",
        "Client 11 GmbH",
        "Client 12 GmbH",
        "Client 13 GmbH",
    ]
    assert person.focus is page.table
    # Blocked: nothing to approve; a note says what is being done, then on to the next.
    person.press("N")
    person.dialog()
    person.write("Asked Maria for the address")
    person.press("Ctrl+Return")
    assert "Asked Maria for the address" in page.model.text_at(0, 5)
    person.press("Down")
    assert chosen(driver) == "Client 11 GmbH"
    person.press("A")
    assert chosen(driver) == "Client 12 GmbH"
    assert page.model.rowCount() == 3
    person.press("H")
    assert chosen(driver) == "Client 13 GmbH"
    # Enter opens the whole document, Esc comes back to the same row.
    person.press("Return")
    opened: object = driver.window.page
    assert isinstance(opened, DocumentPage)
    driver.until(lambda: opened.view.page_count == 1)
    person.press("Escape")
    assert chosen(driver) == "Client 13 GmbH"
    person.press("A")
    # The blocked one is all that wants a decision.
    assert chosen(driver) == "Client 1 GmbH"
    assert "1 waits for a decision" in driver.window.notices.sentence
    with change(book, "test", "Mend") as made:
        made.update(Client, value(book, "SELECT id FROM client WHERE code = 'C1'"), city="Bremen")
    person.press("F5")
    assert "1 is ready now" in driver.window.notices.sentence
    assert {one.client for one in exceptions(book)} == {"C12"}
    person.press("Ctrl+Return")
    person.dialog()
    assert "Issue 12 invoices over" in words(person)
    assert "dated 31 May 2026?" in words(person)
    assert "1 that waits for you stays here." in words(person)
    person.press("Return")
    driver.until(lambda: isinstance(driver.window.page, ResultPage))
    assert person.clicks == 0
    assert value(book, "SELECT count(*) FROM invoice") == 12
    assert check(book).problems == ()


def test_after_the_last_exception_enter_issues(driver: Driver, book: Book, person: Person) -> None:
    add_retainers(book, 12)
    driver.program.jobs.announce({"runs"})
    driver.window.go("runs")
    driver.settle()
    person.press("Ctrl+Return", "A", "A")
    assert "That was the last one: Enter issues what is ready." in driver.window.notices.sentence
    person.press("Return")
    person.dialog()
    assert "Issue 12 invoices over €92,820.00, dated 31 May 2026?" in words(person)
    # A second thought: nothing is issued, and Enter asks again.
    person.press("Escape")
    assert value(book, "SELECT count(*) FROM invoice") == 0
    person.press("Return")
    person.dialog()
    person.press("Return")
    driver.until(lambda: isinstance(driver.window.page, ResultPage))
    assert value(book, "SELECT count(*) FROM invoice") == 12
    assert person.clicks == 0


def test_whoever_moves_on_from_the_end_opens_rows_again(driver: Driver, book: Book, person: Person) -> None:
    add_retainers(book, 12)
    driver.program.jobs.announce({"runs"})
    driver.window.go("runs")
    driver.settle()
    person.press("Ctrl+Return", "H", "H")
    assert "That was the last one" in driver.window.notices.sentence
    person.press("Up", "Return")
    assert isinstance(driver.window.page, DocumentPage)


def test_documents_are_decided_one_after_the_other(driver: Driver, book: Book, person: Person) -> None:
    add_retainers(book, 12)
    driver.program.jobs.announce({"runs"})
    driver.window.go("runs")
    driver.settle()
    person.press("Ctrl+Return", "Return")
    document = driver.window.page
    assert isinstance(document, DocumentPage)
    assert document.paper.title == "Client 11 GmbH"
    driver.until(lambda: document.view.page_count == 1)
    person.press("A")
    assert document.paper.title == "Client 12 GmbH"
    person.press("A")
    assert isinstance(driver.window.page, ReviewPage)
    assert exceptions(book) == []


def test_an_approval_is_remembered_for_the_client(driver: Driver, book: Book, person: Person) -> None:
    add_retainers(book, 11)
    driver.program.jobs.announce({"runs"})
    driver.window.go("runs")
    driver.settle()
    person.press("Ctrl+Return")
    page = review(driver)
    driver.until(lambda: "Approve and remember…" in person.offered())
    assert "The first invoice of this agreement." in page.pane.words
    person.press("R")
    person.dialog()
    assert "Amounts up to €11,000.00 pass for Client 11 GmbH." in words(person)
    person.press("Return")
    assert exceptions(book) == []
    assert rows(book, "SELECT code, scope, parameters FROM rule_setting") == [
        ("amount_above", "client", '{"limit":11000}')
    ]


def test_a_figure_of_the_strip_narrows_the_table_to_its_rows(driver: Driver, book: Book, person: Person) -> None:
    add_retainers(book, 12, faulty=1)
    driver.program.jobs.announce({"runs"})
    driver.window.go("runs")
    driver.settle()
    person.press("Ctrl+Return")
    page = review(driver)
    shown = []
    for name in ("1 blocked", "€23,000.00 2 held for you", "0 failed", "€54,000.00 9 ready to issue"):
        person.click(name)
        shown.append(page.model.rowCount())
    assert shown == [1, 2, 0, 9]
    assert page.filters.on == frozenset({"ready"})


def test_a_stop_says_what_is_safe_and_goes_on(driver: Driver, book: Book, person: Person) -> None:
    add_retainers(book, 3)
    run = plan(book, through=TODAY, issue_date=TODAY, actor="test", now=book.now)
    page = driver.window.go("runs")
    job = go_on(driver.desk, page, run.id, run.number)
    job.cancel()
    driver.settle()
    assert driver.window.notices.sentence.startswith("Run R-2026-0001 is stopped. What is issued stands")
    assert value(book, "SELECT count(*) FROM invoice") < 3
    person.click("Go on", driver.window.notices)
    assert value(book, "SELECT count(*) FROM invoice") == 3
    assert check(book).problems == ()
