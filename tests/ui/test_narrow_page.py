"""What a narrow window leaves of a page: figures and sums whole, words shorter, chips that show nothing away."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.bar import Bar, Hints
from desktop.ui.column_layout import ColumnLayout
from desktop.ui.columns import Column
from desktop.ui.elided_label import ElidedLabel
from desktop.ui.filters import Chip, ChipButton, Figure, FigureCard, FigureStrip, Filters, SearchField
from desktop.ui.memory import Memory
from desktop.ui.page_foot import Sums
from desktop.ui.table_header import TableHeader
from desktop.ui.theme import Theme

FIGURES = [
    Figure("€97,812.00", "waits to be billed by the next run", "a"),
    Figure("CHF 25,859.25", "waits to be billed by the next run", "b"),
    Figure("3", "without a price", "c"),
]


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp)


def strip(qtbot: QtBot, theme: Theme, width: int) -> list[list[tuple[str, str]]]:
    """What each card has and what of it is shown."""
    filters = Filters((), frozenset(), theme)
    row = FigureStrip(spacing=12)
    qtbot.addWidget(row)
    cards = [FigureCard(filters, theme) for _figure in FIGURES]
    for card, figure in zip(cards, FIGURES, strict=True):
        card.put(figure)
        row.add(card)
    row.show()
    row.resize(width, row.sizeHint().height())
    QApplication.processEvents()
    return [[(label.text(), label.shown) for label in card.findChildren(ElidedLabel)] for card in cards]


@pytest.mark.parametrize("width", [460, 520, 1200])
def test_figures_keep_their_room_before_words(qtbot: QtBot, theme: Theme, width: int) -> None:
    shown = strip(qtbot, theme, width)
    assert [figure[1] for figure, _words in shown] == [figure.text for figure in FIGURES]
    cut = [words for _figure, words in shown if words[0] != words[1]]
    assert bool(cut) is (width < 1200)


def test_a_strip_never_widens_the_window(qtbot: QtBot, theme: Theme) -> None:
    strip(qtbot, theme, 120)
    row = FigureStrip(spacing=12)
    qtbot.addWidget(row)
    assert row.minimumSizeHint().width() == 0


def test_a_chip_that_would_show_nothing_leaves_its_room(qtbot: QtBot, theme: Theme) -> None:
    chips = [Chip("open", "Open"), Chip("mine", "Mine", spare=True)]
    filters = Filters(chips, frozenset(), theme)
    buttons = [ChipButton(one, filters) for one in chips]
    bar = Bar(SearchField("Search", 200), buttons, [], Hints([("A", "approve")], theme), filters, theme)
    qtbot.addWidget(bar)
    bar.resize(900, 40)
    bar.show()
    mine = buttons[1]
    for rows, shown in ((None, False), (0, False), (3, True), (0, False)):
        mine.count(rows)
        bar.fit()
        assert mine.isVisible() is shown
    # One that is on can be turned off.
    filters.put(frozenset({"mine"}))
    assert mine.isVisible()
    mine.click()
    assert not mine.isVisible()


def test_sums_without_room_go_on_in_a_second_line(qtbot: QtBot, theme: Theme) -> None:
    sums = Sums()
    qtbot.addWidget(sums)
    sums.show()
    sums.resize(420, 40)
    sums.put(["Selected €1,404.00", "All €9,000.00"])
    low = sums.sizeHint().height()
    assert sums.lines == [sums.text()]
    every = "All CHF 12,258.56 + €79,743.77 + £3,245.75 + US$4,876.63"
    sums.put(["Selected €1,404.00", every])
    assert sums.lines == ["Selected €1,404.00", every]
    assert sums.shown == "\n".join(sums.lines)
    assert sums.sizeHint().height() > low
    # The next row's sum would do with one line; the table does not jump for it.
    sums.put(["Selected €1.00", "All €9,000.00"])
    assert sums.sizeHint().height() > low
    sums.settle()
    assert sums.sizeHint().height() == low


def test_a_column_takes_what_its_figures_need(qtbot: QtBot, theme: Theme, tmp_path: Path) -> None:
    columns = (Column("state", "", 80, "tag"), Column("name", "Name", 200, wide=True))
    parent = QWidget()
    qtbot.addWidget(parent)
    header = TableHeader(theme, columns, parent)
    header.setModel(QStandardItemModel(3, 2, header))
    header.resize(600, 40)
    layout = ColumnLayout(header, columns, Memory(tmp_path / "window.ini"), "any", theme)
    layout.need(0, theme.px(110))
    assert header.sectionSize(0) == theme.px(110)
    layout.need(0, theme.px(90))
    assert header.sectionSize(0) == theme.px(110)
    layout.need(0, theme.px(400))
    assert header.sectionSize(0) == theme.px(120)
    # No person has set it: a view keeps the width as it was drawn.
    assert layout.state()[0].width == 80
    layout.put(layout.state())
    assert header.sectionSize(0) == theme.px(120)
    header.resizeSection(0, 70)
    layout.need(0, theme.px(119))
    assert header.sectionSize(0) == 70
