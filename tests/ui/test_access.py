"""Whoever cannot see the window or use a mouse can work in it: names, roles, and Tab in the order of reading."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QTabBar,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.services.books import open_
from desktop.services.sample import make_sample
from desktop.ui.charts.chart import Chart
from desktop.ui.focus_order import follow_layout
from desktop.ui.page import Page
from desktop.ui.palette.palette import Palette, show_palette
from desktop.ui.places import places
from desktop.ui.settings.page import SettingsPage, sections
from desktop.ui.today.items_list import ItemsList
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


def test_settings_can_be_heard(drive: Driver) -> None:
    page = drive.window.go("settings")
    assert isinstance(page, SettingsPage)
    lacking = {}
    for place in sections(drive.desk):
        section = page.show_section(place.name)
        drive.settle()
        if found := nameless(section):
            lacking[place.name] = found
    assert lacking == {}


@pytest.mark.parametrize("place", ["clients", "agreements", "invoices", "payments", "runs"])
def test_the_tabs_of_a_pane_can_be_heard(drive: Driver, place: str) -> None:
    page = drive.window.go(place)
    drive.settle()
    assert isinstance(page, Page)
    page.table.select([page.model.ids[0]])
    drive.settle()
    lacking, seen = {}, 0
    for bar in page.findChildren(QTabBar):
        for tab in range(bar.count() if bar.isVisible() else 0):
            bar.setCurrentIndex(tab)
            drive.settle()
            seen += 1
            if found := nameless(page):
                lacking[bar.tabText(tab)] = found
    assert seen > 2
    assert lacking == {}


def test_the_palette_and_the_first_steps_can_be_heard(drive: Driver) -> None:
    drive.window.acts["help.steps"].trigger()
    drive.settle()
    assert drive.window.page is not None
    assert nameless(drive.window.page) == []
    show_palette(drive.window, drive.desk)
    drive.settle()
    (palette,) = [one for one in drive.window.findChildren(Palette) if one.isVisible()]
    assert nameless(palette) == []
    palette.close()


def test_what_is_painted_says_what_it_shows(drive: Driver) -> None:
    page = drive.window.go("today")
    drive.settle()
    # A dot beside its words is an ornament.
    charts = [one for one in page.findChildren(Chart) if one.isVisible() and any(value.words for value in one.values)]
    assert charts
    for chart in charts:
        # One that stands in a row that can be pressed is read with it.
        row = chart.parentWidget()
        interface = QAccessible.queryAccessibleInterface(row if isinstance(row, QAbstractButton) else chart)
        assert interface is not None
        assert interface.text(QAccessible.Text.Name), type(chart).__name__
        # A picture's figures are in its name or in its description.
        said = interface.text(QAccessible.Text.Name) + interface.text(QAccessible.Text.Description)
        assert any(sign.isdigit() for sign in said), said
    (items,) = page.findChildren(ItemsList)
    interface = QAccessible.queryAccessibleInterface(items)
    assert interface.role() is QAccessible.Role.List
    spoken = [interface.child(k).text(QAccessible.Text.Name) for k in range(interface.childCount())]
    assert len(spoken) == items.items.rowCount()
    assert all(spoken)
    # A row says all that it shows: what, how much, and what can be done.
    first = items.items.items[0]
    assert any(first.verb in one and first.sentence in one for one in spoken)


def test_a_row_of_a_table_is_read_with_its_headings(drive: Driver) -> None:
    page = drive.window.go("invoices")
    drive.settle()
    assert isinstance(page, Page)
    table = QAccessible.queryAccessibleInterface(page.table)
    row = page.model.row_at(0)
    assert row is not None
    cells = [table.child(k) for k in range(3 * page.model.columnCount())]
    said = [cell.text(QAccessible.Text.Name) for cell in cells if cell is not None]
    assert str(row["number"]) in said
    heads = [cell.text(QAccessible.Text.Name) for cell in cells if cell.role() is QAccessible.Role.ColumnHeader]
    assert {"Number", "Client", "Total"} <= set(heads)
    # A state is no colour: its word is read.
    assert any(word in said for word in ("Open", "Overdue", "Paid", "Partly paid", "Disputed", "Credited"))
