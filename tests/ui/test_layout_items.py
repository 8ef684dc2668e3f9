"""What Qt deletes without a word is kept by nobody: an item of a layout goes with its widget, and whatever takes its
place in memory would die by the object that Python still has for it."""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.designer.page import DesignerPage
from desktop.ui.focus_order import follow_layout
from desktop.ui.layout_items import forget_items, shown_items
from desktop.ui.wrapping import WrappingRow
from tests.ui.program import Driver
from tests.ui.templates import designer, drive, sample, section

__all__ = ["designer", "drive", "sample", "section"]


def test_the_tab_order_keeps_no_item_of_a_layout(qtbot: QtBot) -> None:
    root = QWidget()
    qtbot.addWidget(root)
    column, row = QVBoxLayout(root), QHBoxLayout()
    row.addWidget(QPushButton("one"))
    column.addWidget(QPushButton("two"))
    # From here on Python knows the items of what is filled already.
    column.addLayout(row)
    follow_layout(root)
    assert shown_items() == []


def test_a_row_that_wraps_keeps_its_own_and_lets_go_of_what_it_lost(qtbot: QtBot) -> None:
    root = QWidget()
    qtbot.addWidget(root)
    row = WrappingRow(root)
    buttons = [QPushButton(str(number)) for number in range(3)]
    for button in buttons:
        row.addWidget(button)
    forget_items()
    assert [item.widget() for item in row.items] == buttons
    shiboken6.delete(buttons[1])
    assert [item.widget() for item in row.items] == [buttons[0], buttons[2]]
    root.show()
    assert row.sizeHint().isValid()


def test_the_program_keeps_no_item_of_a_layout(drive: Driver, designer: DesignerPage) -> None:
    for place in drive.window.places:
        drive.window.go(place.name)
        drive.settle()
    drive.until(lambda: shown_items() == [])
    assert all(item.widget() is not None for row in drive.window.findChildren(WrappingRow) for item in row.items)
