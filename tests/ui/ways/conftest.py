"""The whole program over a new book, and someone before it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db.engine import Book
from tests.books import new_book
from tests.ui.program import Driver
from tests.ui.ways.person import Person


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path)


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, book: Book, tmp_path: Path) -> Iterator[Driver]:
    made = Driver(qtbot, qapp, book, tmp_path)
    yield made
    made.end()


@pytest.fixture
def person(driver: Driver) -> Person:
    return Person(driver)
