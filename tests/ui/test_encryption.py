"""Encryption in the window, as people switch it on and meet it again on another computer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from db.book_files import open_book
from desktop import secrets
from desktop.app import Program
from desktop.services.access.passphrases import set_passphrase
from desktop.services.encryption.opening import is_encrypted, known_key
from desktop.services.encryption.recovery import new_key, recovery_key
from desktop.services.encryption.sheet import key_rows
from desktop.services.encryption.switching import encrypt
from desktop.starts import Start, asked_start
from desktop.ui.access.sign_in import SignInPage
from desktop.ui.dialog import FormDialog
from desktop.ui.encryption.unlocking import UnlockPage
from desktop.ui.settings.security import SecuritySection
from desktop.ui.trouble.card import TroubleCard
from tests.access import WORDS, guard, person
from tests.books import new_book
from tests.ui.program import Driver

PHRASE = "lantern orchard violin gravel"


@pytest.fixture(autouse=True)
def _no_keys_left() -> Iterator[None]:
    yield
    _forget_all()


def _forget_all() -> None:
    for name in [name for name in secrets._held if name.startswith("book-key/")]:
        del secrets._held[name]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with new_book(tmp_path) as book:
        return book.path


class Alone:
    """A program that has no book open yet."""

    def __init__(self, qtbot: QtBot, qapp: QApplication, folder: Path) -> None:
        self.qtbot = qtbot
        self.program = Program(qapp, folder / "window.ini")
        self.window = self.program.window
        self.window.show()

    def card(self, title: str) -> TroubleCard:
        self.qtbot.waitUntil(
            lambda: isinstance(self.window.page, TroubleCard) and title in self.window.page.title, timeout=20_000
        )
        assert isinstance(self.window.page, TroubleCard)
        return self.window.page

    def press(self, title: str, verb: str) -> None:
        (button,) = [one for one in self.card(title).buttons if verb in one.text()]
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def answer(self, **typed: str) -> FormDialog:
        self.qtbot.waitUntil(lambda: bool(self._dialogs()), timeout=10_000)
        (dialog,) = self._dialogs()
        for key, text in typed.items():
            field = dialog.form.editor(key)
            assert isinstance(field, QLineEdit)
            field.setText(text)
        dialog.accept()
        return dialog

    def _dialogs(self) -> list[FormDialog]:
        return [one for one in self.window.findChildren(FormDialog) if one.isVisible()]

    def unlock_page(self) -> UnlockPage:
        self.qtbot.waitUntil(lambda: isinstance(self.window.page, UnlockPage), timeout=20_000)
        assert isinstance(self.window.page, UnlockPage)
        return self.window.page

    def opened(self) -> None:
        self.qtbot.waitUntil(lambda: self.program.desk is not None, timeout=30_000)
        self.qtbot.waitUntil(lambda: not self.program.jobs.busy, timeout=20_000)


@pytest.fixture
def alone(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Alone]:
    made = Alone(qtbot, qapp, tmp_path)
    yield made
    qtbot.waitUntil(lambda: not made.program.jobs.busy, timeout=20_000)
    for left in QApplication.topLevelWidgets():
        if isinstance(left, QDialog):
            left.hide()
            left.deleteLater()
    made.program.end()
    made.window.hide()
    made.window.deleteLater()


def test_a_passphrase_encrypts_the_book_and_opens_it_elsewhere(alone: Alone, path: Path) -> None:
    alone.program.begin(Start(path, encryption=True))
    alone.press("Encrypt Harbour", "recovery passphrase")
    dialog = alone.answer(new=PHRASE, again=PHRASE + "s")
    alone.qtbot.waitUntil(lambda: not alone.program.jobs.busy, timeout=20_000)
    assert dialog.isVisible()
    assert not is_encrypted(path)
    alone.answer(new=PHRASE, again=PHRASE)
    assert "overwritten and removed" in alone.card("Harbour is encrypted").words
    assert is_encrypted(path)
    _forget_all()
    alone.press("Harbour is encrypted", "Open the book")
    page = alone.unlock_page()
    field = page.form.editor("secret")
    assert isinstance(field, QLineEdit)
    assert field.echoMode() == QLineEdit.EchoMode.Password
    field.setText("another passphrase than it")
    alone.qtbot.keyClick(field, Qt.Key.Key_Return)
    alone.qtbot.waitUntil(lambda: page.problem.isVisible(), timeout=20_000)
    assert "not the key of Harbour.sheaf" in page.problem.text()
    field.setText(PHRASE)
    alone.qtbot.keyClick(field, Qt.Key.Key_Return)
    alone.opened()


def test_where_no_key_opens_a_book_its_backups_and_what_can_be_read_are_offered(alone: Alone, path: Path) -> None:
    encrypt(path, new_key())
    _forget_all()
    alone.program.open(path)
    page = alone.unlock_page()
    (button,) = [one for one in page.findChildren(QPushButton) if "No key opens it" in one.text()]
    alone.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    card = alone.card("Harbour is damaged")
    assert "looks encrypted" in card.words
    assert {"Restore a backup…", "Save what can be read…"} <= {one.text() for one in card.buttons}


def test_nobody_encrypts_with_a_key_that_stands_nowhere(alone: Alone, path: Path, tmp_path: Path) -> None:
    alone.program.begin(Start(path, encryption=True))
    alone.press("Encrypt Harbour", "on paper")
    card = alone.card("The recovery key")
    row = card.words.split("\n")[3]
    alone.press("The recovery key", "I have it on paper")
    alone.answer(row="0000 0000")
    alone.qtbot.waitUntil(lambda: not alone.program.jobs.busy, timeout=20_000)
    assert not is_encrypted(path)
    alone.answer(row=row.lower())
    alone.card("Harbour is encrypted")
    key = known_key(path)
    assert key is not None
    assert key_rows(key) == card.words.split("\n")[:4]


def test_an_encrypted_book_gets_a_page_to_print_and_is_decrypted(alone: Alone, path: Path, tmp_path: Path) -> None:
    from desktop.ui.encryption.ways import _Ways

    key = new_key()
    encrypt(path, key)
    alone.program.begin(Start(path, encryption=True))
    alone.card("Harbour is encrypted")
    ways = _Ways(alone.program, path, encrypted=True)
    target = tmp_path / "key.pdf"
    ways.write_key(key, target, ways.begin)
    alone.qtbot.waitUntil(target.is_file, timeout=20_000)
    text = pypdfium2.PdfDocument(target)[0].get_textpage().get_text_range()
    assert all(group in text for group in recovery_key(key).split("-"))
    alone.qtbot.waitUntil(lambda: not alone.program.jobs.busy, timeout=20_000)
    ways._decrypt()
    alone.opened()
    assert not is_encrypted(path)


def test_forgotten_it_asks_for_the_key(alone: Alone, path: Path) -> None:
    encrypt(path, new_key())
    alone.program.begin(Start(path, encryption=True))
    alone.press("Harbour is encrypted", "Forget the key")
    alone.unlock_page()
    assert known_key(path) is None


@pytest.fixture
def guarded(tmp_path: Path) -> Path:
    with new_book(tmp_path, file="Quay.sheaf") as book:
        guard(book)
        set_passphrase(book, person(book, "Carla", "clerk"), "nine quiet lanterns", actor="Olga")
        return book.path


def test_where_people_sign_in_a_clerk_does_not_touch_the_key(alone: Alone, guarded: Path) -> None:
    alone.program.begin(Start(guarded, encryption=True))
    _come(alone, "Carla", "nine quiet lanterns")
    alone.qtbot.waitUntil(lambda: alone.program._book is not None, timeout=20_000)
    assert isinstance(alone.window.page, SignInPage)
    assert not is_encrypted(guarded)


def test_where_people_sign_in_an_owner_encrypts(alone: Alone, guarded: Path) -> None:
    alone.program.begin(Start(guarded, encryption=True))
    _come(alone, "Olga", WORDS)
    alone.press("Encrypt Quay", "recovery passphrase")
    alone.answer(new=PHRASE, again=PHRASE)
    alone.card("Quay is encrypted")
    assert is_encrypted(guarded)


def _come(alone: Alone, name: str, words: str) -> None:
    alone.qtbot.waitUntil(lambda: isinstance(alone.window.page, SignInPage), timeout=20_000)
    page = alone.window.page
    assert isinstance(page, SignInPage)
    page.form.put({"name": name})
    field = page.form.editor("words")
    assert isinstance(field, QLineEdit)
    field.setText(words)
    came: list[object] = []
    page.signed_in.connect(came.append)
    page.button.click()
    alone.qtbot.waitUntil(lambda: bool(came), timeout=20_000)


def test_copies_that_anybody_reads_are_offered(alone: Alone, path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "Harbour before.sheaf"
    copy.write_bytes(path.read_bytes())
    alone.program.begin(Start(path, encryption=True))
    alone.press("Encrypt Harbour", "recovery passphrase")
    alone.answer(new=PHRASE, again=PHRASE)
    assert "Harbour before.sheaf" in alone.card("Harbour is encrypted").words
    alone.press("Harbour is encrypted", "Encrypt these copies")
    alone.opened()
    assert is_encrypted(copy)


def test_the_settings_say_what_the_book_is_and_lead_to_the_key(
    qtbot: QtBot, qapp: QApplication, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Start] = []
    book = open_book(path)
    driver = Driver(qtbot, qapp, book, tmp_path)
    monkeypatch.setattr(driver.program, "start_another", started.append)
    monkeypatch.setattr(driver.program, "quit", lambda: started.append(Start()))
    driver.window.go("settings", filters=frozenset({"section:security"}))
    section = driver.window.findChild(SecuritySection)
    assert section is not None
    assert "not encrypted" in section.state.text()
    qtbot.mouseClick(section.button, Qt.MouseButton.LeftButton)
    assert started == [Start(book.path, encryption=True), Start()]
    driver.end()


def test_the_arguments_of_another_process_say_the_same() -> None:
    start = Start(Path("/b/Harbour.sheaf"), encryption=True)
    assert asked_start(start.arguments()) == start
    assert asked_start(["--encryption"]) is None
