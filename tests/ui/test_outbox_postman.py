"""What the window sends by itself, what it says of it, and what it finds half-way when a book is opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop import secrets
from desktop.services.book_settings import set_book_setting
from desktop.services.changes import change
from desktop.services.delivery.mail.accounts import account as record_of
from desktop.services.delivery.mail.signing_in import secret_name
from desktop.services.delivery.mail.waiting_mails import SEND_AT_ONCE, accounts_of_waiting, count_due
from desktop.ui.outbox.page import OutboxPage
from desktop.ui.outbox.postman import Postman
from desktop.ui.outbox.sending import ask_password, send_now
from tests.books import new_book
from tests.contracts import ANNE
from tests.servers.faulty_smtp import PASSWORD, USER, Fault, faulty_smtp
from tests.services.delivery.posting import Clock, account, documents, standing
from tests.ui.forms import dialog, press, save, write
from tests.ui.program import Driver


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def driven(qtbot: QtBot, qapp: QApplication, tmp_path: Path, book: Book) -> Iterator[list[Driver]]:
    made: list[Driver] = []
    yield made
    for one in made:
        one.end()


def begin(driven: list[Driver], qtbot: QtBot, qapp: QApplication, tmp_path: Path, book: Book) -> Driver:
    driver = Driver(qtbot, qapp, book, tmp_path)
    driven.append(driver)
    driver.settle()
    return driver


def postman(driver: Driver) -> Postman:
    (found,) = driver.window.findChildren(Postman)
    return found


def states(book: Book) -> list[str]:
    return [row[0] for row in standing(book)]


def by_itself(book: Book) -> None:
    set_book_setting(book, SEND_AT_ONCE, True, actor=ANNE)


def test_nothing_goes_by_itself_unless_the_book_says_so(
    driven: list[Driver], qtbot: QtBot, qapp: QApplication, tmp_path: Path, book: Book
) -> None:
    clock = Clock(book)
    documents(book, 2)
    with faulty_smtp() as server:
        account(book, server.port)
        driver = begin(driven, qtbot, qapp, tmp_path, book)
        postman(driver).look()
        driver.settle()
        assert states(book) == ["waiting", "waiting"]
        by_itself(book)
        clock.go_on(hours=1)
        postman(driver).look()
        driver.settle()
        assert len(server.taken) == 2
    assert states(book) == ["sent", "sent"]
    assert not driver.window.notices.isVisible()


def test_what_somebody_sent_and_a_server_put_off_goes_on_by_itself(
    driven: list[Driver], qtbot: QtBot, qapp: QApplication, tmp_path: Path, book: Book
) -> None:
    clock = Clock(book)
    documents(book, 2)
    with faulty_smtp() as server:
        account(book, server.port)
        # One was put off by its server; the other was never sent.
        with book.writing() as session:
            session.connection().exec_driver_sql(
                "UPDATE delivery SET tries = 1, not_before = strftime('%Y-%m-%dT%H:%M:%SZ', ?, '+5 minutes')"
                " WHERE id = 1",
                (book.now,),
            )
        driver = begin(driven, qtbot, qapp, tmp_path, book)
        postman(driver).look()
        driver.settle()
        assert server.taken == []
        clock.go_on(minutes=10)
        postman(driver).look()
        driver.settle()
        assert len(server.taken) == 1
    assert sorted(states(book)) == ["sent", "waiting"]


def test_what_was_put_off_goes_when_its_time_has_come_and_not_before(
    driven: list[Driver], qtbot: QtBot, qapp: QApplication, tmp_path: Path, book: Book
) -> None:
    clock = Clock(book)
    documents(book, 1)
    by_itself(book)
    with faulty_smtp(Fault("mail", "451 4.7.1 Come back later", times=1)) as server:
        account(book, server.port)
        driver = begin(driven, qtbot, qapp, tmp_path, book)
        postman(driver).look()
        driver.settle()
        assert states(book) == ["waiting"]
        postman(driver).look()
        driver.settle()
        assert server.taken == []
        # The lid was closed meanwhile: only the clock on the wall tells.
        clock.go_on(hours=9)
        postman(driver).look()
        driver.settle()
        assert len(server.taken) == 1
    assert states(book) == ["sent"]


def test_a_refusing_account_is_told_once(
    driven: list[Driver], qtbot: QtBot, qapp: QApplication, tmp_path: Path, book: Book
) -> None:
    clock = Clock(book)
    documents(book, 3)
    by_itself(book)
    account(book, 1)
    driver = begin(driven, qtbot, qapp, tmp_path, book)
    postman(driver).look()
    driver.settle()
    notices = driver.window.notices
    assert notices.isVisible()
    assert "Nothing could be sent." in notices.sentence
    assert states(book) == ["waiting"] * 3
    notices.hide()
    clock.go_on(days=1)
    postman(driver).look()
    driver.settle()
    assert states(book) == ["waiting"] * 3
    assert not notices.isVisible()


def test_what_was_under_way_when_the_program_died_asks_at_the_next_opening(
    driven: list[Driver], qtbot: QtBot, qapp: QApplication, tmp_path: Path, book: Book
) -> None:
    Clock(book)
    documents(book, 2)
    with book.writing() as session:
        connection = session.connection()
        client, key = connection.exec_driver_sql("SELECT client_id, id FROM delivery ORDER BY id LIMIT 1").one()
        mailing = connection.exec_driver_sql(
            """INSERT INTO mailing (message_id, client_id, sender, reply_to, recipients, subject, text, html,
            attachments, digest, size, receipt, draft, state, tries, answer, made_at)
            VALUES ('<1@x>', ?, 'a@x.test', '', '{"to": []}', '', '', '', '[]', '', 0, 0, 0, 'sending', 1, '', ?)
            RETURNING id""",
            (client, book.now),
        ).scalar_one()
        connection.exec_driver_sql("UPDATE delivery SET state = 'sending', mailing_id = ? WHERE id = ?", (mailing, key))
    driver = begin(driven, qtbot, qapp, tmp_path, book)
    assert states(book) == ["uncertain", "waiting"]
    assert driver.window.notices.sentence.startswith("1 document was on its way when Sheaf ended.")
    press(driver, "Decide")
    page = driver.window.page
    assert isinstance(page, OutboxPage)
    assert len(page.model.ids) == 1


def test_a_password_that_no_keyring_keeps_is_asked_for_once(
    driven: list[Driver],
    qtbot: QtBot,
    qapp: QApplication,
    tmp_path: Path,
    book: Book,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def none() -> object:
        raise secrets.NoKeyring("No keyring", "")

    monkeypatch.setattr(secrets, "_keyring", none)
    monkeypatch.setattr(secrets, "_held", {})
    Clock(book)
    documents(book, 2)
    with faulty_smtp() as server:
        account(book, server.port, auth="password", user=USER)
        driver = begin(driven, qtbot, qapp, tmp_path, book)
        send_now(driver.desk, driver.window)
        driver.settle()
        asked = dialog(driver)
        field = asked.form.editor("password")
        assert isinstance(field, QLineEdit)
        assert field.echoMode() == QLineEdit.EchoMode.Password
        write(asked.form, password=PASSWORD)
        assert save(driver, asked)
        assert len(server.taken) == 2
    assert PASSWORD.encode() not in book.path.read_bytes()


def test_the_book_is_asked_for_accounts_of_what_is_due(book: Book) -> None:
    Clock(book)
    first, _second = documents(book, 2)
    assert accounts_of_waiting(book) == set()
    one = account(book, 25)
    assert accounts_of_waiting(book) == {one}
    assert count_due(book) == 2
    with change(book, ANNE, "Rest") as made:
        made.connection.exec_driver_sql(
            "UPDATE delivery SET not_before = strftime('%Y-%m-%dT%H:%M:%SZ', ?, '+1 day')", (book.now,)
        )
    assert count_due(book) == 0
    assert accounts_of_waiting(book, ids=[first]) == set()


def test_what_a_run_has_just_issued_goes_a_moment_later(
    driven: list[Driver], qtbot: QtBot, qapp: QApplication, tmp_path: Path, book: Book
) -> None:
    Clock(book)
    by_itself(book)
    with faulty_smtp() as server:
        account(book, server.port)
        driver = begin(driven, qtbot, qapp, tmp_path, book)
        documents(book, 2)
        driver.program.jobs.announce({"runs", "invoices"})
        driver.until(lambda: len(server.taken) == 2)
        driver.settle()
    assert states(book) == ["sent", "sent"]


def test_a_password_is_taken_letter_by_letter_as_it_was_typed(
    driven: list[Driver], qtbot: QtBot, qapp: QApplication, tmp_path: Path, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "_held", {})
    one = record_of(book, account(book, 25, auth="password", user=USER))
    driver = begin(driven, qtbot, qapp, tmp_path, book)
    ask_password(driver.desk, driver.window, one, lambda: None)
    asked = dialog(driver)
    write(asked.form, password=" ge heim ")
    assert save(driver, asked)
    assert secrets.known(secret_name(one, "password")) == " ge heim "
