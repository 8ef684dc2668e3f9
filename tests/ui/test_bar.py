"""The bar above a table, from wide to narrow: hints go first, then the search gets shorter, then chips fold."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.ui.bar import Bar, Hints
from desktop.ui.filters import Chip, ChipButton, ChipMenu, ChipMenuButton, Filters, SearchField
from desktop.ui.theme import Theme

WORDS = ("Unbilled", "Billed", "Time", "Charges", "Usage", "Milestones", "No agreement", "Late")
HINTS = [("E", "edit"), ("D", "duplicate"), ("S", "show what has it")]


@pytest.fixture
def bar(qtbot: QtBot, qapp: QApplication) -> Bar:
    theme = Theme(qapp)
    chips = [Chip(word, word) for word in WORDS]
    filters = Filters(chips, frozenset({"Unbilled"}), theme)
    menu = ChipMenuButton(ChipMenu("kind", "Kind", "All kinds"), filters)
    menu.offer([("kind:a", "A")])
    made = Bar(
        SearchField("Search", 280),
        [ChipButton(one, filters) for one in chips],
        [menu],
        Hints(HINTS, theme),
        filters,
        theme,
    )
    qtbot.addWidget(made)
    made.show()
    return made


def chips(bar: Bar) -> list[ChipButton]:
    return [one for one in bar.findChildren(ChipButton) if one.isVisible()]


@pytest.mark.parametrize("width", [420, 520, 700, 860, 1000, 1600])
def test_nothing_is_cut_or_covered_at_any_width(bar: Bar, qapp: QApplication, width: int) -> None:
    bar.resize(width, 40)
    qapp.processEvents()
    shown = [
        one
        for kind in (SearchField, ChipButton, type(bar.folded), ChipMenuButton)
        for one in bar.findChildren(kind)
        if one.isVisible()
    ]
    shown.sort(key=lambda one: one.x())
    for one, following in pairwise(shown):
        assert one.geometry().right() < following.x()
    assert shown[-1].geometry().right() < width
    for one in shown:
        assert isinstance(one, SearchField) or one.width() >= one.sizeHint().width()


def test_hints_are_shown_whole_or_not_at_all(bar: Bar, qapp: QApplication) -> None:
    (hints,) = bar.findChildren(Hints)
    seen = set()
    for width in range(700, 2000, 50):
        bar.resize(width, 40)
        qapp.processEvents()
        seen.add(hints.shown)
    assert seen == {"", "E edit", "E edit   D duplicate", "E edit   D duplicate   S show what has it"}


def test_folded_chips_filter_from_their_menu_and_say_that_they_do(bar: Bar, qapp: QApplication) -> None:
    bar.resize(520, 40)
    qapp.processEvents()
    assert len(chips(bar)) < len(WORDS)
    assert bar.folded.isVisible()
    assert (bar.folded.text(), bar.folded.isChecked()) == ("More", False)
    menu = bar.folded.menu()
    menu.aboutToShow.emit()
    assert [one.text() for one in menu.actions()] == [*WORDS[len(chips(bar)) :]]
    menu.actions()[-1].trigger()
    assert (bar.folded.text(), bar.folded.isChecked()) == ("Late", True)
    bar.resize(1600, 40)
    qapp.processEvents()
    assert len(chips(bar)) == len(WORDS)
    assert not bar.folded.isVisible()
    assert [one.text() for one in chips(bar) if one.isChecked()] == ["Unbilled", "Late"]


def test_a_chip_that_grows_by_its_count_makes_room(bar: Bar, qapp: QApplication) -> None:
    bar.resize(1150, 40)
    qapp.processEvents()
    for one in bar.findChildren(ChipButton):
        one.count(1_234_567)
    qapp.processEvents()
    right = max(one.geometry().right() for one in bar.findChildren(ChipMenuButton))
    assert right < bar.width()
    assert bar.folded.isVisible()


def test_it_comes_to_rest(bar: Bar, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0
    hold = bar.folded.hold

    def count(chips: Sequence[ChipButton]) -> None:
        nonlocal asked
        asked += 1
        hold(chips)

    monkeypatch.setattr(bar.folded, "hold", count)
    bar.resize(520, 40)
    for _ in range(20):
        qapp.processEvents()
    before = asked
    assert before
    for _ in range(20):
        qapp.processEvents()
    assert asked == before
