"""The outbox as a person works it: what waits is sent, what failed is mended, what is unclear is decided."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.services.check import check
from desktop.services.delivery.enqueueing import NO_ADDRESS
from desktop.services.today import today
from desktop.ui.dialog import Question
from desktop.ui.document_page import DocumentPage
from desktop.ui.outbox.history import MailPage
from desktop.ui.outbox.page import OutboxPage
from desktop.ui.today.going import follow
from tests.books import new_book
from tests.contracts import rows
from tests.outgoing import mailed, stand
from tests.servers.faulty_smtp import Fault, faulty_smtp
from tests.services.delivery.posting import Clock, account, documents, standing
from tests.ui.forms import dialog, press, save, write
from tests.ui.program import TODAY, Driver


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """Four clients with a document each, which waits to be mailed."""
    with new_book(tmp_path) as book:
        Clock(book)
        documents(book, 4)
        yield book


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, tmp_path: Path, book: Book) -> Iterator[Driver]:
    made = Driver(qtbot, qapp, book, tmp_path)
    yield made
    made.end()


@pytest.fixture
def page(driver: Driver) -> OutboxPage:
    page = driver.window.go("outbox")
    assert isinstance(page, OutboxPage)
    driver.settle()
    return page


def titles(page: OutboxPage) -> str:
    """The last digits of the documents shown, in order."""
    found = page.model.listing.rows(list(page.model.ids))
    return "".join(str(found[one]["title"])[-1] for one in page.model.ids)


def choose(driver: Driver, page: OutboxPage, *digits: str) -> None:
    shown = titles(page)
    page.table.select([page.model.ids[shown.index(digit)] for digit in digits])
    driver.settle()


def again(driver: Driver, page: OutboxPage) -> None:
    driver.program.jobs.announce({"outbox"})
    driver.settle()


def test_what_waits_stands_with_its_way_and_its_people(page: OutboxPage) -> None:
    assert titles(page) == "4321"
    assert page.facts == "4 to send"
    assert page.acts["outbox.send"].text() == "Send 4 now"
    assert [page.model.text_at(0, place) for place in range(4)] == ["Waiting", "INV-2026-0004", "Client C4", "E-mail"]
    assert page.pane.heading.startswith("INV-2026-0004 · €")
    assert "To c4@client.test" in page.facts_view.words
    assert [button.text() for button in page.remedies.buttons] == ["Send it now", "Change the address…"]


def test_everything_that_is_due_goes_with_one_key(driver: Driver, page: OutboxPage, book: Book, qtbot: QtBot) -> None:
    with faulty_smtp() as server:
        account(book, server.port)
        qtbot.keyClick(page.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        driver.settle()
        assert len(server.taken) == 4
    assert driver.window.notices.sentence == "4 documents went out."
    assert titles(page) == ""
    assert page.table.empty_words.startswith("Nothing here.")
    page.show_all()
    driver.settle()
    assert [row[0] for row in standing(book)] == ["sent"] * 4
    choose(driver, page, "2")
    assert page.remedies.buttons[0].text() == "Show the mail"
    page.remedies.buttons[0].click()
    shown = driver.window.page
    assert isinstance(shown, MailPage)
    assert shown.mail.to == ("c2@client.test",)
    assert "taken as" in shown.mail.answer


def test_what_is_selected_goes_alone(driver: Driver, page: OutboxPage, book: Book) -> None:
    with faulty_smtp() as server:
        account(book, server.port)
        choose(driver, page, "3", "1")
        assert page.acts["outbox.chosen"].text() == "Send these 2 now"
        page.acts["outbox.chosen"].trigger()
        driver.settle()
        assert {one.recipients[0] for one in server.taken} == {"c1@client.test", "c3@client.test"}
    assert titles(page) == "42"


def test_without_an_account_it_says_so_and_leads_to_the_settings(driver: Driver, page: OutboxPage, book: Book) -> None:
    page.acts["outbox.send"].trigger()
    driver.settle()
    assert "No e-mail account is set up." in driver.window.notices.sentence
    press(driver, "E-mail accounts")
    assert driver.window.here == "settings"
    assert [row[0] for row in standing(book)] == ["waiting"] * 4


def test_a_refused_mail_fails_with_the_answer_and_goes_once_its_address_is_right(
    driver: Driver, page: OutboxPage, book: Book
) -> None:
    with faulty_smtp() as server:
        server.refused["c2@client.test"] = "550 5.1.1 No such user"
        account(book, server.port)
        page.acts["outbox.send"].trigger()
        driver.settle()
        assert driver.window.notices.sentence.startswith("3 documents went out. 1 document in the outbox could not go.")
        press(driver, "Show what failed")
        assert titles(page) == "2"
        choose(driver, page, "2")
        assert "No such user" in page.pane.reason
        page.acts["outbox.address"].trigger()
        asked = dialog(driver)
        write(asked.form, address="right@client.test")
        assert save(driver, asked)
        assert server.taken[-1].recipients == ("right@client.test",)
    assert {row[0] for row in standing(book)} == {"sent"}
    assert rows(book, "SELECT email FROM client WHERE code = 'C2'") == [("right@client.test",)]
    assert check(book).problems == ()


def test_a_client_without_an_address_gets_one_where_the_document_waits(
    driver: Driver, page: OutboxPage, book: Book
) -> None:
    stand(book, "INV-2026-0003", state="failed", address="", answer=NO_ADDRESS)
    again(driver, page)
    assert titles(page)[0] == "3"
    choose(driver, page, "3")
    assert page.remedies.buttons[0].text() == "Type the address…"
    with faulty_smtp() as server:
        account(book, server.port)
        page.remedies.buttons[0].click()
        asked = dialog(driver)
        write(asked.form, address="nobody")
        assert not save(driver, asked)
        assert "nobody" in asked.said
        write(asked.form, address="new@client.test")
        assert save(driver, asked)
        assert server.taken[0].recipients == ("new@client.test",)


def test_today_leads_straight_to_typing_the_address(driver: Driver, page: OutboxPage, book: Book) -> None:
    stand(book, "INV-2026-0003", state="failed", address="", answer=NO_ADDRESS)
    driver.window.go("today")
    again(driver, page)
    (item,) = [one for one in today(book, TODAY, book.now).items if one.kind == "delivery_failed"]
    follow(driver.desk, item.target, driver.window)
    driver.settle()
    assert titles(page) == "3"
    assert dialog(driver).form.editor("address").text() == ""  # type: ignore[union-attr]


def test_what_is_unclear_is_decided_by_a_person(driver: Driver, page: OutboxPage, book: Book) -> None:
    with faulty_smtp(Fault("after_taking", "drop", times=1)) as server:
        account(book, server.port)
        page.acts["outbox.send"].trigger()
        driver.settle()
        assert [row[0] for row in standing(book)].count("uncertain") == 1
        press(driver, "Decide")
        [digit] = list(titles(page))
        choose(driver, page, digit)
        assert [button.text() for button in page.remedies.buttons] == ["It arrived", "It did not arrive"]
        taken = len(server.taken)
        driver.qtbot.keyClick(page.table, Qt.Key.Key_Y)
        driver.settle()
        assert len(server.taken) == taken
    assert "1 document counts as sent." in driver.window.notices.sentence
    assert {row[0] for row in standing(book)} == {"sent"}
    press(driver, "Undo")
    assert [row[0] for row in standing(book)].count("uncertain") == 1


def test_several_are_taken_out_only_after_a_question_and_come_back(
    driver: Driver, page: OutboxPage, book: Book
) -> None:
    choose(driver, page, "1", "2", "3")
    page.acts["outbox.cancel"].trigger()
    (asked,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, Question) and one.isVisible()]
    assert {row[0] for row in standing(book)} == {"waiting"}
    asked.accept()
    driver.settle()
    assert [row[0] for row in standing(book)] == ["cancelled"] * 3 + ["waiting"]
    assert driver.window.notices.sentence.startswith("3 documents will not go out.")
    press(driver, "Undo")
    assert [row[0] for row in standing(book)] == ["waiting"] * 4


def test_what_left_by_other_ways_is_marked(driver: Driver, page: OutboxPage, book: Book) -> None:
    stand(book, "INV-2026-0001", channel="hand", address="")
    again(driver, page)
    choose(driver, page, "1")
    assert page.remedies.buttons[0].text() == "Mark as handed over"
    driver.qtbot.keyClick(page.table, Qt.Key.Key_H)
    driver.settle()
    page.show_all()
    driver.settle()
    choose(driver, page, "1")
    assert page.model.text_at(3, 0) == "Handed over"
    driver.qtbot.keyClick(page.table, Qt.Key.Key_V)
    driver.settle()
    assert rows(book, "SELECT state, fate FROM delivery WHERE title = 'INV-2026-0001'") == [("sent", "seen")]


def test_what_went_goes_once_more_by_another_way(driver: Driver, page: OutboxPage, book: Book) -> None:
    mailed(book, "INV-2026-0002", to="c2@client.test")
    page.show_all()
    again(driver, page)
    choose(driver, page, "2")
    page.acts["outbox.again"].trigger()
    asked = dialog(driver)
    asked.form.editor("channel").put("hand")
    assert save(driver, asked)
    assert rows(book, "SELECT channel, state, current FROM delivery WHERE title = 'INV-2026-0002' ORDER BY id") == [
        ("email", "sent", 0), ("hand", "waiting", 1),
    ]  # fmt: skip
    choose(driver, page, "2")
    assert "Its other deliveries" in page.facts_view.words


def test_the_mail_and_its_file_open_from_the_pane(driver: Driver, page: OutboxPage, book: Book) -> None:
    mailed(book, "INV-2026-0002", to="c2@client.test", subject="Your invoice")
    page.show_all()
    again(driver, page)
    page.search.put("your invoice")
    page._ask()
    driver.settle()
    assert titles(page) == "2"
    choose(driver, page, "2")
    driver.qtbot.keyClick(page.table, Qt.Key.Key_M)
    shown = driver.window.page
    assert isinstance(shown, MailPage)
    assert shown.body.toPlainText() == "Dear client"
    (button,) = [one for one in shown.findChildren(type(page.remedies.buttons[0])) if ".pdf" in one.text()]
    button.click()
    driver.settle()
    opened = driver.window.page
    assert isinstance(opened, DocumentPage)
    driver.until(lambda: opened.view.pdf.startswith(b"%PDF"))


def test_enter_opens_the_document_where_no_mail_went(driver: Driver, page: OutboxPage, book: Book) -> None:
    stand(book, "INV-2026-0004", channel="print", address="")
    again(driver, page)
    choose(driver, page, "4")
    driver.qtbot.keyClick(page.table, Qt.Key.Key_Return)
    driver.settle()
    assert isinstance(driver.window.page, DocumentPage)


def test_the_model_keeps_qts_rules(driver: Driver, page: OutboxPage, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(page.model)


def test_an_empty_outbox_says_what_will_stand_there(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    with new_book(tmp_path, file="Empty.sheaf") as book:
        driver = Driver(qtbot, qapp, book, tmp_path)
        page = driver.window.go("outbox")
        assert isinstance(page, OutboxPage)
        driver.settle()
        page.show_all()
        driver.settle()
        assert page.table.empty_words.startswith("Everything that is issued waits here")
        driver.end()
