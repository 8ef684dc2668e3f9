"""Lines typed as into a spreadsheet: keys, what cannot be read, and what a service refuses."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.i18n import set_language
from desktop.ui.form import Field, Section
from desktop.ui.lines_editor import LineTable
from desktop.ui.lines_form import LinesForm
from desktop.ui.lines_model import LineColumn
from desktop.ui.theme import Theme

COLUMNS = (
    LineColumn("item", "Item", "choice", choices=(("A", "Advice"), ("T", "Travel"), ("TT", "Travel time"))),
    LineColumn("text", "Text", wide=True, hint=lambda line: "by the item" if line.get("item") else "say what"),
    LineColumn("quantity", "Quantity", "number", start=Decimal(1)),
    LineColumn("discount", "Discount", "percent"),
    LineColumn("since", "Since", "date"),
)


@pytest.fixture
def table(qtbot: QtBot, theme: Theme) -> LineTable:
    made = LineTable(COLUMNS, theme, "Lines")
    made.put([])
    return made


@pytest.fixture
def shown(qtbot: QtBot, table: LineTable) -> Iterator[LineTable]:
    """In a window, between two fields."""
    window = QWidget()
    layout = QVBoxLayout(window)
    for one in (QLineEdit(), table, QLineEdit()):
        layout.addWidget(one)
    qtbot.addWidget(window)
    window.resize(800, 400)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    table.view.setFocus()
    table.view.setCurrentIndex(table.model.index(0, 0))
    yield table
    window.close()


def type_in(qtbot: QtBot, text: str) -> None:
    for sign in text:
        focused = QApplication.focusWidget()
        assert focused is not None
        qtbot.keyClicks(focused, sign)


def hit(qtbot: QtBot, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    qtbot.keyClick(focused, key, held)
    # Qt closes an editor in its own time.
    qtbot.wait(20)


def test_a_line_is_typed_from_cell_to_cell_and_enter_adds_the_next(shown: LineTable, qtbot: QtBot) -> None:
    hit(qtbot, Qt.Key.Key_Tab)
    type_in(qtbot, "Workshop")
    hit(qtbot, Qt.Key.Key_Tab)
    type_in(qtbot, "2.5")
    hit(qtbot, Qt.Key.Key_Tab)
    type_in(qtbot, "10 %")
    hit(qtbot, Qt.Key.Key_Return)
    assert shown.values() == [
        {"item": None, "text": "Workshop", "quantity": Decimal("2.5"), "discount": Decimal(10), "since": None}
    ]
    assert shown.model.rowCount() == 2
    assert (shown.view.currentIndex().row(), shown.view.currentIndex().column()) == (1, 0)
    hit(qtbot, Qt.Key.Key_Return)
    # A line in which nobody typed anything is none.
    assert (shown.model.rowCount(), len(shown.values())) == (3, 1)


def test_tab_goes_out_at_both_ends(shown: LineTable, qtbot: QtBot) -> None:
    for _cell in range(len(COLUMNS) - 1):
        hit(qtbot, Qt.Key.Key_Tab)
    assert shown.view.hasFocus()
    hit(qtbot, Qt.Key.Key_Tab)
    assert not shown.view.hasFocus()
    shown.view.setFocus(Qt.FocusReason.BacktabFocusReason)
    assert shown.view.currentIndex().column() == len(COLUMNS) - 1
    shown.view.setCurrentIndex(shown.model.index(0, 0))
    hit(qtbot, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert isinstance(QApplication.focusWidget(), QLineEdit)


def test_tab_in_the_last_cell_that_is_edited_leaves_the_table(shown: LineTable, qtbot: QtBot) -> None:
    shown.view.setCurrentIndex(shown.model.index(0, len(COLUMNS) - 1))
    type_in(qtbot, "1 Feb 2026")
    hit(qtbot, Qt.Key.Key_Tab)
    assert not shown.view.hasFocus()
    assert shown.model.texts() == [["", "", "1", "", "1 Feb 2026"]]


def test_what_a_spreadsheet_copied_is_pasted_and_copied_back(shown: LineTable, qtbot: QtBot) -> None:
    QApplication.clipboard().setText("Advice\tDay one\t1\nTravel\tBy train\t2,000.5\r\n")
    hit(qtbot, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert [(one["item"], one["text"], one["quantity"]) for one in shown.values()] == [
        ("A", "Day one", 1),
        ("T", "By train", Decimal("2000.5")),
    ]
    shown.view.setCurrentIndex(shown.model.index(1, 2))
    hit(qtbot, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "2,000.5"
    hit(qtbot, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.clipboard().text() == "Advice\tDay one\t1\t\t\nTravel\tBy train\t2,000.5\t\t"


def test_a_paste_names_what_it_could_not_place_and_is_taken_back_as_one(shown: LineTable, qtbot: QtBot) -> None:
    shown.put([{"text": "One", "quantity": Decimal(1)}])
    shown.view.setCurrentIndex(shown.model.index(0, 2))
    QApplication.clipboard().setText("2\t5\t2026-01-31\tbeyond\nmany\t\t\nx\n")
    hit(qtbot, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert shown.model.rowCount() == 3
    assert shown.model.texts()[1][2] == "many"
    assert "1 cell found no column: “beyond”" in shown.said
    assert "Line 2, Quantity:" in shown.said
    hit(qtbot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [(one["text"], one["quantity"]) for one in shown.values()] == [("One", Decimal(1))]
    assert (shown.model.rowCount(), shown.said) == (1, "")
    # Once something is typed, there is nothing to take back.
    hit(qtbot, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    shown.model.setData(shown.model.index(0, 1), "Typed")
    hit(qtbot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert shown.model.rowCount() == 3


def test_a_cell_of_several_lines_is_one_cell(table: LineTable) -> None:
    table.model.paste(0, 1, 'Advice\t"1"\n"two\nlines"\t2\n\nlast\t3\n')
    assert [row[1] for row in table.model.texts()] == ["Advice", "two lines", "last"]


def test_a_pasted_table_of_another_language_is_read_in_ones_own(table: LineTable) -> None:
    set_language("de_DE")
    table.model.paste(0, 1, "Beratung\t1.234,5\t2,5 %\t1.2.2026")
    (line,) = table.values()
    assert (line["quantity"], line["discount"], str(line["since"])) == (Decimal("1234.5"), Decimal("2.5"), "2026-02-01")


def test_keys_remove_and_move_a_line(shown: LineTable, qtbot: QtBot) -> None:
    shown.put([{"text": "One"}, {"text": "Two"}, {"text": "Three"}])
    shown.view.setCurrentIndex(shown.model.index(0, 1))
    hit(qtbot, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert [one["text"] for one in shown.values()] == ["Two", "One", "Three"]
    assert shown.view.currentIndex().row() == 1
    hit(qtbot, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    hit(qtbot, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert [one["text"] for one in shown.values()] == ["One", "Two", "Three"]
    hit(qtbot, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    assert [one["text"] for one in shown.values()] == ["Two", "Three"]
    hit(qtbot, Qt.Key.Key_Delete)
    assert [one["text"] for one in shown.values()] == ["Three"]


@pytest.mark.parametrize(
    "key, text, value",
    [
        ("item", "advice", "A"),
        ("item", "adv", "A"),
        ("item", "Travel", "T"),
        ("item", "time", "TT"),
        ("quantity", "1,234.5", Decimal("1234.5")),
        ("discount", "2.5%", Decimal("2.5")),
        ("text", "  two   words ", "two words"),
        ("quantity", "", None),
    ],
)
def test_what_is_typed_is_read(table: LineTable, key: str, text: str, value: object) -> None:
    at = next(place for place, one in enumerate(COLUMNS) if one.key == key)
    table.model.setData(table.model.index(0, 0), "Advice")
    table.model.setData(table.model.index(0, at), text)
    assert table.check()
    assert table.values()[0][key] == value


@pytest.mark.parametrize(
    "key, text, problem",
    [
        ("item", "trav", "“trav” is not in the list."),
        ("item", "consulting", "“consulting” is not in the list."),
        ("quantity", "a dozen", "“a dozen” is not a number."),
        ("since", "30 Feb 2026", "“30 Feb 2026” is not a day."),
    ],
)
def test_what_cannot_be_read_stays_and_is_said(table: LineTable, key: str, text: str, problem: str) -> None:
    at = next(place for place, one in enumerate(COLUMNS) if one.key == key)
    index = table.model.index(0, at)
    table.model.setData(index, text)
    assert not table.check()
    assert table.said.startswith(f"{COLUMNS[at].title}: ")
    assert table.model.data(index) == text
    assert table.model.problem(0, key) in table.said
    if key != "since":
        assert table.said.endswith(problem)
    table.model.setData(index, "")
    assert table.said == ""
    assert table.check()


def test_a_refusal_counts_the_lines_that_are_filled(table: LineTable) -> None:
    table.put([{"text": "One"}, {}, {"text": "Two"}])
    table.refuse({"1.quantity": "0 bills nothing.", "": "Too few lines."})
    assert table.model.problem(2, "quantity") == "Quantity: 0 bills nothing."
    assert table.said == "Too few lines.\nLine 3, Quantity: 0 bills nothing."
    assert table.view.currentIndex().row() == 2


def test_an_empty_cell_says_what_it_stands_for(table: LineTable) -> None:
    assert table.model.hint(0, 1) == "say what"
    table.model.setData(table.model.index(0, 0), "Travel")
    assert table.model.hint(0, 1) == "by the item"


def test_a_form_with_lines_is_dirty_checked_and_read_as_one(theme: Theme, qtbot: QtBot) -> None:
    form = LinesForm([Section("", [Field("name", "Name", required=True)])], theme)
    qtbot.addWidget(form)
    form.add_table("lines", "Lines", LineTable(COLUMNS, theme, "Lines"), 1)
    form.put({"name": "Nordlicht", "lines": [{"id": 7, "text": "One", "quantity": Decimal(2)}]})
    dirty = [form.dirty]
    model = form.table("lines").model
    model.setData(model.index(0, 2), "x")
    dirty.append(form.dirty)
    assert dirty == [False, True]
    assert not form.check()
    model.setData(model.index(0, 2), "3")
    assert form.check()
    # What no column shows stays with its line.
    assert form.values()["lines"] == [{"id": 7, "text": "One", "quantity": Decimal(3)}]
    left = form.refuse({"name": "Taken.", "lines.0.text": "Too vague.", "other": "Elsewhere."})
    assert left == ["Elsewhere."]
    assert form.editor("name").accessibleDescription() == "Taken."
    assert form.table("lines").said == "Text: Too vague."
