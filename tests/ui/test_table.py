"""The table under keys and mouse: place, selection, columns, copying, what it says when it is empty."""

from collections.abc import Callable, Sequence

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QFontMetrics, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from desktop.jobs import Jobs
from desktop.services.views import ViewColumn
from desktop.ui.columns import Column
from desktop.ui.listing import Query
from desktop.ui.memory import Memory
from desktop.ui.rows_model import Edit, RowsModel
from desktop.ui.table import Empty, Table
from desktop.ui.theme import Theme
from tests.ui.parcels import Parcels

Settle = Callable[[], None]
Open = Callable[..., Table]

COLUMNS = (
    Column("state", "", 80, "tag"),
    Column("number", "Number", 130, sort_key="number"),
    Column("client", "Client", 160, sort_key="client", editable=True),
    Column("issued", "Issued", 100, "date", sort_key="issued"),
    Column("gross", "Amount", 110, "money", sort_key="gross"),
    Column("currency", "Currency", 90, hidden=True),
    Column("note", "Note", 200, wide=True, lines=2),
)


@pytest.fixture
def open_table(
    qtbot: QtBot, theme: Theme, memory: Memory, jobs: Jobs, parcels: Callable[[int], Parcels], settle: Settle
) -> Open:
    def make(rows: int) -> Table:
        model = RowsModel(parcels(rows), COLUMNS, jobs, "EUR")
        table = Table(model, theme, memory, jobs, "parcels")
        qtbot.addWidget(table)
        table.resize(900, 400)
        table.show()
        qtbot.waitExposed(table)
        model.set_query(Query())
        settle()
        return table

    return make


def parcels_of(table: Table) -> Parcels:
    assert isinstance(table.rows.listing, Parcels)
    return table.rows.listing


def test_the_first_row_is_chosen_and_keys_walk_and_open(open_table: Open, qtbot: QtBot) -> None:
    table = open_table(50)
    seen: list[object] = []
    opened: list[object] = []
    table.current_changed.connect(seen.append)
    table.opened.connect(opened.append)
    assert table.selected_ids() == [1]
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_End, Qt.Key.Key_Home):
        qtbot.keyClick(table, key)
    assert seen == [2, 3, 50, 1]
    assert opened == [3]
    qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert table.selected_ids() == [1, 2]
    assert table.selected_count() == 2


def test_a_double_click_opens(open_table: Open, qtbot: QtBot) -> None:
    table = open_table(5)
    with qtbot.waitSignal(table.opened) as opened:
        place = table.visualRect(table.rows.index(2, 1)).center()
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.args == [3]


def test_letters_do_not_read_the_book_row_by_row(open_table: Open, qtbot: QtBot, settle: Settle) -> None:
    table = open_table(20_000)
    settle()
    before = len(parcels_of(table).asked_for_rows)
    qtbot.keyClicks(table, "inv")
    settle()
    assert len(parcels_of(table).asked_for_rows) == before
    assert table.selected_ids() == [1]


def test_a_heading_sorts_up_then_down_and_a_choice_survives(open_table: Open, qtbot: QtBot, settle: Settle) -> None:
    table = open_table(300)
    table.select([17, 18])
    header = table.horizontalHeader()

    def press(section: int) -> None:
        place = QPoint(header.sectionViewportPosition(section) + 20, header.height() // 2)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        settle()

    press(4)
    up = list(table.rows.ids)
    assert up == list(parcels_of(table).ids("", frozenset(), "gross", False))
    press(4)
    assert table.rows.query == Query(sort="gross", descending=True)
    assert sorted(table.selected_ids()) == [17, 18]
    press(0)
    assert table.rows.query == Query(sort="gross", descending=True)


def test_what_stands_at_the_top_stays_there_when_rows_come_and_go(open_table: Open, settle: Settle) -> None:
    table = open_table(2_000)
    table.verticalScrollBar().setValue(500 * table.rowHeight(0) + 11)
    settle()
    top = table.rows.id_at(table.rowAt(0))
    offset = table.rowViewportPosition(table.rowAt(0))
    parcels_of(table).change("DELETE FROM parcel WHERE id IN (3, 4, 5, 90, 1900)")
    table.rows.reload()
    settle()
    assert table.rows.id_at(table.rowAt(0)) == top
    assert table.rowViewportPosition(table.rowAt(0)) == offset
    table.verticalScrollBar().setValue(0)
    parcels_of(table).change("UPDATE parcel SET id = -1 WHERE id = 7")
    table.rows.reload()
    settle()
    assert table.rows.id_at(table.rowAt(0)) == -1


def test_a_table_of_a_hundred_thousand_scrolls_by_few_questions(open_table: Open, settle: Settle) -> None:
    table = open_table(100_000)
    listing = parcels_of(table)
    before = len(listing.asked_for_rows)
    bar = table.verticalScrollBar()
    for step in range(200):
        bar.setValue(bar.maximum() * step // 199)
        table.viewport().repaint()
    settle()
    assert len(listing.asked_for_rows) - before <= 3
    assert table.rows.text_at(99_999, 1) == "INV-2026-100000"
    table.selectAll()
    assert table.selected_count() == 100_000


def test_widths_order_and_choice_of_columns_are_remembered(
    open_table: Open, qtbot: QtBot, memory: Memory, settle: Settle
) -> None:
    table = open_table(3)
    header = table.horizontalHeader()
    assert header.isSectionHidden(5)
    header.resizeSection(1, 211)
    header.moveSection(header.visualIndex(4), 1)
    table.arrangement.show(table.rows.columns[3], visible=False)
    header.resizeSection(2, 150)
    qtbot.waitUntil(lambda: memory.get("columns/parcels") is not None)
    again = open_table(3).horizontalHeader()
    assert again.sectionSize(1) == 211
    assert again.sectionSize(2) == 150
    assert again.visualIndex(4) == 1
    assert again.isSectionHidden(3)
    assert again.isSectionHidden(5)


def test_a_wide_column_takes_the_room_but_stays_readable(open_table: Open, qtbot: QtBot) -> None:
    table = open_table(3)
    header = table.horizontalHeader()
    others = sum(header.sectionSize(place) for place in range(6))
    table.resize(1200, 400)
    qtbot.wait(20)
    assert header.sectionSize(6) == table.viewport().width() - others
    table.resize(600, 400)
    qtbot.wait(20)
    assert header.sectionSize(6) == 132
    assert table.horizontalScrollBar().maximum() > 0
    table.resize(1200, 400)
    qtbot.wait(20)
    assert header.sectionSize(6) == table.viewport().width() - others
    table.resize(600, 400)
    qtbot.wait(20)
    header.resizeSection(1, 20)
    header.resizeSection(2, 20)
    qtbot.wait(20)
    assert header.sectionSize(6) > 132
    assert table.horizontalScrollBar().maximum() == 0
    table.resize(1200, 400)
    qtbot.wait(20)
    assert table.horizontalScrollBar().maximum() == 0


def test_where_room_is_short_words_give_way_then_what_is_secondary(
    qtbot: QtBot, theme: Theme, memory: Memory, jobs: Jobs, parcels: Callable[[int], Parcels]
) -> None:
    columns = (
        Column("client", "Client", 200, wide=True),
        Column("number", "Number", 120, strong=True),
        Column("place", "Place", 100, secondary=True),
        Column("amount", "Amount", 110, "money"),
        Column("kind", "Kind", 80, secondary=True),
    )
    table = Table(RowsModel(parcels(0), columns, jobs, "EUR"), theme, memory, jobs, "narrow")
    qtbot.addWidget(table)
    table.show()
    header = table.horizontalHeader()

    def widths(room: int) -> list[int]:
        table.resize(room, 300)
        qtbot.wait(20)
        return [header.sectionSize(place) for place in range(5)]

    room = table.width() - table.viewport().width()
    assert widths(650 + room) == [240, 120, 100, 110, 80]
    client, number, place, amount, kind = widths(560 + room)
    assert (number, amount, kind) == (120, 110, 80)
    assert 132 <= client < 200
    assert 66 <= place < 100
    assert table.horizontalScrollBar().maximum() == 0
    assert widths(480 + room)[1:] == [120, pytest.approx(83, abs=20), 110, 0]
    assert [column.key for column in table.shown_columns()] == ["client", "number", "place", "amount", "kind"]
    assert widths(400 + room)[1:] == [120, 0, 110, 0]
    assert table.horizontalScrollBar().maximum() == 0
    assert widths(650 + room) == [240, 120, 100, 110, 80]
    # What a person gave a width of its own stays.
    header.resizeSection(4, 81)
    assert widths(400 + room)[4] == 81


def test_a_wide_column_given_a_width_keeps_it(open_table: Open, qtbot: QtBot, memory: Memory) -> None:
    table = open_table(3)
    header = table.horizontalHeader()
    header.resizeSection(6, 240)
    table.resize(1300, 400)
    qtbot.wait(20)
    assert header.sectionSize(6) == 240
    qtbot.waitUntil(lambda: memory.get("columns/parcels") is not None)
    again = open_table(3)
    assert again.horizontalHeader().sectionSize(6) == 240
    again.arrangement.put(())
    others = sum(again.horizontalHeader().sectionSize(place) for place in range(6))
    assert again.horizontalHeader().sectionSize(6) == again.viewport().width() - others


def test_a_double_click_at_the_edge_fits_the_column_to_what_is_seen(open_table: Open, qtbot: QtBot) -> None:
    table = open_table(300)
    header = table.horizontalHeader()
    header.resizeSection(2, 50)
    edge = QPoint(header.sectionViewportPosition(2) + 49, header.height() // 2)
    qtbot.mouseMove(header.viewport(), edge)
    qtbot.mouseDClick(header.viewport(), Qt.MouseButton.LeftButton, pos=edge)
    fitted = header.sectionSize(2)
    metrics = QFontMetrics(table.font())
    assert metrics.horizontalAdvance("Client 0703") < fitted < metrics.horizontalAdvance("Client 0703") + 50
    header.resizeSection(0, 50)
    table.resizeColumnToContents(0)
    assert header.sectionSize(0) > 60


def test_an_arrangement_is_put_and_taken_off(open_table: Open) -> None:
    table = open_table(3)
    first = table.arrangement.state()
    table.arrangement.put(
        [ViewColumn("gross", 150), ViewColumn("client"), ViewColumn("number", 0, hidden=True), ViewColumn("gone", 80)]
    )
    keys = [column.key for column in table.shown_columns()]
    assert keys == ["gross", "client", "state", "issued", "note"]
    assert table.horizontalHeader().sectionSize(4) == 150
    kept = table.arrangement.state()
    table.arrangement.put(())
    assert table.arrangement.state() == first
    table.arrangement.put(kept)
    assert table.arrangement.state() == kept


def test_the_selection_is_turned_round(open_table: Open, qtbot: QtBot) -> None:
    table = open_table(8)
    table.select([1, 4, 5])
    qtbot.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert table.selected_ids() == [2, 3, 6, 7, 8]
    qtbot.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert table.selected_count() == 8
    table.invert_selection()
    assert table.selected_ids() == []
    table.invert_selection()
    assert table.selected_count() == 8


def pop_up(table: Table) -> QMenu:
    place = QPoint(50, 50)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, table.viewport().mapToGlobal(place))
    table.contextMenuEvent(event)
    return next(menu for menu in table.findChildren(QMenu) if menu.isVisible())


def test_the_context_menu_offers_the_actions_sorting_and_columns(open_table: Open, settle: Settle) -> None:
    table = open_table(3)
    table.set_menu([QAction("Credit", table)])
    menu = pop_up(table)
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts == [
        "Credit",
        "Copy",
        "Copy with headings",
        "Select all",
        "Invert the selection",
        "Sort by",
        "Columns",
    ]
    by, columns = (inner for action in menu.actions() if isinstance(inner := action.menu(), QMenu))
    assert [action.text() for action in by.actions()] == ["Number", "Client", "Issued", "Amount"]
    by.actions()[3].trigger()
    settle()
    assert table.rows.query == Query(sort="gross")
    choices = {action.text(): action for action in columns.actions()}
    assert not choices["Currency"].isChecked()
    choices["Currency"].setChecked(True)
    choices["Client"].setChecked(False)
    header = table.horizontalHeader()
    assert not header.isSectionHidden(5)
    assert header.isSectionHidden(2)
    menu.close()


def test_copying_takes_the_shown_columns_of_the_selected_rows(open_table: Open, qtbot: QtBot, settle: Settle) -> None:
    table = open_table(10)
    table.select([2, 3])
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert QGuiApplication.clipboard().text().splitlines() == [
        "Overdue\tINV-2026-000002\tClient 0703\t3 Jan 2026\t19.74\t",
        "Held\tINV-2026-000003\tClient 0550\t4 Jan 2026\t32.11\t",
    ]


def test_an_empty_table_says_what_will_stand_there(open_table: Open, settle: Settle, qtbot: QtBot) -> None:
    table = open_table(0)
    pressed: list[int] = []
    make, show_all = QAction("New parcel", table), QAction("Show all", table)
    make.triggered.connect(lambda: pressed.append(1))
    table.set_empty(Empty("Your parcels will stand here.", make), Empty("No parcel fits.", show_all))

    def said() -> tuple[str, str]:
        button = next(one for one in table.viewport().findChildren(QPushButton) if one.isVisible())
        return table.empty_words, button.text()

    assert said() == ("Your parcels will stand here.", "New parcel")
    qtbot.mouseClick(table.viewport().findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert pressed == [1]
    table.rows.set_query(Query(search="x"))
    settle()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert said() == ("No parcel fits.", "Show all")
    parcels_of(table).add(range(1, 3))
    table.rows.set_query(Query())
    settle()
    assert table.empty_words == ""


def test_a_cell_is_edited_in_place_and_handed_on(open_table: Open, qtbot: QtBot) -> None:
    table = open_table(5)
    edits: list[object] = []
    table.rows.edited.connect(edits.append)
    table.select([4])
    table.edit_current("client")
    editor = table.findChild(QLineEdit)
    assert editor is not None
    assert editor.text() == table.rows.text_at(3, 2)
    editor.setText("Renamed")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: edits == [Edit(4, "client", "Renamed")])


def painted(table: Table, x: int, y: int) -> str:
    return table.viewport().grab().toImage().pixelColor(x, y).name().upper()


def test_selection_hover_and_focus_can_be_seen(open_table: Open, theme: Theme, qtbot: QtBot) -> None:
    table = open_table(5)
    height, width = table.rowHeight(0), table.viewport().width()
    assert painted(table, width - 6, height // 2) == theme.tokens.selection
    hovered = QPointF(width / 2, 2.5 * height)
    QApplication.sendEvent(
        table.viewport(),
        QMouseEvent(
            QEvent.Type.MouseMove,
            hovered,
            table.viewport().mapToGlobal(hovered),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        ),
    )
    assert painted(table, width - 6, round(2.5 * height)) == theme.tokens.hover
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert painted(table, width // 2, height + 1) == theme.tokens.accent
    QApplication.sendEvent(table.viewport(), QEvent(QEvent.Type.Leave))


def test_a_compact_table_has_lower_rows(open_table: Open, theme: Theme) -> None:
    table = open_table(5)
    before = table.rowHeight(0)
    theme.set_density("compact")
    assert table.rowHeight(0) == theme.row_height < before


def test_the_focus_goes_to_what_is_left_of_a_choice(open_table: Open, settle: Settle) -> None:
    table = open_table(300)
    table.select([1, 17, 18])
    assert table.current_id() == 1
    table.rows.set_query(Query(search="INV-2026-00001"))
    settle()
    assert table.selected_ids() == [17, 18]
    assert table.current_id() == 17


class LongParcels(Parcels):
    def first_ids(self, search: str, filters: frozenset[str], sort: str, descending: bool, count: int) -> Sequence[int]:
        return self.ids(search, filters, sort, descending)[:count]


def test_a_choice_far_down_a_long_list_survives_another_order(
    qtbot: QtBot, theme: Theme, memory: Memory, jobs: Jobs, settle: Settle
) -> None:
    listing = LongParcels(2_000)
    table = Table(RowsModel(listing, COLUMNS, jobs, "EUR"), theme, memory, jobs, "parcels")
    qtbot.addWidget(table)
    table.rows.set_query(Query())
    settle()
    table.select([1_500, 1_501, 7])
    table.rows.sort(4)
    settle()
    assert sorted(table.selected_ids()) == [7, 1_500, 1_501]
    assert table.current_id() == 7
    listing.close()
