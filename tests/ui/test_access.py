"""Whoever cannot see the window or use a mouse can work in it: names, roles, and Tab in the order of reading."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.services.books import open_
from desktop.services.sample import make_sample
from desktop.ui.focus_order import follow_layout
from desktop.ui.page import Page
from desktop.ui.places import places
from tests.ui.program import Driver

DAY = date(2026, 11, 30)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "sample.sheaf"
    make_sample(path, today=DAY, clients=12)
    return path


@pytest.fixture
def drive(qtbot: QtBot, qapp: QApplication, tmp_path: Path, sample: Path) -> Iterator[Driver]:
    copy = tmp_path / "firm.sheaf"
    copy.write_bytes(sample.read_bytes())
    driver = Driver(qtbot, qapp, open_(copy), tmp_path)
    driver.desk.today = lambda: DAY
    driver.window.resize(1280, 720)
    driver.settle()
    yield driver
    driver.end()


def stops(root: QWidget) -> list[QWidget]:
    """What Tab reaches within a widget, in its order: a ring, here opened at the top."""
    found: list[QWidget] = []
    widget = root.nextInFocusChain()
    while widget is not None and widget is not root:
        reached = widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if reached and root.isAncestorOf(widget):
            found.append(widget)
        widget = widget.nextInFocusChain()
    places = [widget.mapTo(root, QPoint(0, 0)) for widget in found]
    top = min(range(len(found)), key=lambda k: (places[k].y(), places[k].x()))
    return found[top:] + found[:top]


def nameless(root: QWidget) -> list[str]:
    """Widgets that can have the focus but that a screen reader can only call by their kind."""
    found = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or widget.focusPolicy() is Qt.FocusPolicy.NoFocus:
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        if interface is None or not interface.text(QAccessible.Text.Name):
            found.append(f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}")
    return found


def test_every_place_names_what_can_have_the_focus(drive: Driver) -> None:
    lacking = {}
    for place in places(drive.desk):
        page = drive.window.go(place.name)
        drive.settle()
        if isinstance(page, Page) and page.model.rowCount():
            page.table.select([page.model.ids[0]])
            drive.settle()
        if found := nameless(drive.window):
            lacking[place.name] = found
    assert lacking == {}


def test_tab_goes_from_the_bar_to_the_table_to_the_pane(drive: Driver) -> None:
    for place in places(drive.desk):
        page = drive.window.go(place.name)
        drive.settle()
        if not isinstance(page, Page):
            continue
        order = stops(page)
        table, search = order.index(page.table), order.index(page.search)
        where = [widget.mapTo(page, QPoint(0, 0)) for widget in order]
        assert search < table, place.name
        above = [order[k] for k, point in enumerate(where) if point.y() < where[search].y()]
        # What stands above the bar comes before it; beside the table, in the pane, after it.
        assert all(order.index(widget) < search for widget in above), place.name
        beyond = [k for k, point in enumerate(where) if point.x() > where[table].x() + page.table.width()]
        assert all(k > table for k in beyond if where[k].y() > where[table].y()), place.name


def test_tables_speak_as_tables(drive: Driver) -> None:
    page = drive.window.go("clients")
    drive.settle()
    assert isinstance(page, Page)
    interface = QAccessible.queryAccessibleInterface(page.table)
    assert interface.role() is QAccessible.Role.Table
    assert interface.text(QAccessible.Text.Name) == "Clients"
    cell = interface.child(1)
    assert cell is not None
    assert cell.text(QAccessible.Text.Name)


def test_tab_follows_the_layouts_whatever_was_made_first(qtbot: QtBot) -> None:
    root = QWidget()
    qtbot.addWidget(root)
    last, middle, first = QPushButton("last", root), QPushButton("middle", root), QLineEdit(root)
    row = QHBoxLayout()
    row.addWidget(first)
    row.addWidget(middle)
    column = QVBoxLayout(root)
    column.addLayout(row)
    column.addWidget(last)
    root.show()
    assert stops(root) != [first, middle, last]
    follow_layout(root)
    assert stops(root) == [first, middle, last]
