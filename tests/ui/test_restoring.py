"""Restoring from a window that has no book open: where people sign in, an owner does first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.app import Program
from desktop.services.access.passphrases import set_passphrase
from desktop.services.books import back_up, open_
from desktop.services.firm import update_firm
from desktop.ui.access.sign_in import SignInPage
from tests.access import WORDS, guard, person
from tests.books import new_book

_CLERKS = "nine quiet lanterns"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A guarded book; beside it a backup from before anybody signed in, with another name of the firm."""
    with new_book(tmp_path) as made:
        back_up(made, tmp_path / "before.sheaf")
        guard(made)
        set_passphrase(made, person(made, "Carla", "clerk"), _CLERKS, actor="Olga")
        update_firm(made, {"name": "Standing"}, actor="Olga")
        return made.path


@pytest.fixture
def program(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Program]:
    made = Program(qapp, tmp_path / "window.ini")
    made.window.show()
    yield made
    made.end()


def _sign_in(qtbot: QtBot, program: Program, name: str, words: str) -> None:
    qtbot.waitUntil(lambda: isinstance(program.window.page, SignInPage), timeout=20_000)
    page = program.window.page
    assert isinstance(page, SignInPage)
    field = page.form.editor("words")
    assert isinstance(field, QLineEdit)
    page.form.put({"name": name})
    field.setText(words)
    page.accept()


def _name(book: Book) -> object:
    with book.reading() as session:
        return session.connection().exec_driver_sql("SELECT name FROM firm").scalar()


def test_an_owner_restores(qtbot: QtBot, program: Program, path: Path) -> None:
    program.restore(path.parent / "before.sheaf", path)
    _sign_in(qtbot, program, "Olga", WORDS)
    qtbot.waitUntil(lambda: program.desk is not None, timeout=20_000)
    assert program.desk is not None
    assert _name(program.desk.book) != "Standing"


def test_a_clerk_leaves_the_book_as_it_is(qtbot: QtBot, program: Program, path: Path) -> None:
    program.restore(path.parent / "before.sheaf", path)
    _sign_in(qtbot, program, "Carla", _CLERKS)
    first = program.window.page
    # The book opens at its own door then.
    qtbot.waitUntil(
        lambda: isinstance(program.window.page, SignInPage) and program.window.page is not first, timeout=20_000
    )
    program.end()
    with open_(path) as book:
        assert book.guarded
