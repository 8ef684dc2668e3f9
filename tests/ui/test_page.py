"""A whole page in the window: search, filters, figures, sums, actions, reloads after a job."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.jobs import Job
from desktop.ui.listing import Query
from desktop.ui.main_window import MainWindow
from desktop.ui.rail import Place
from tests.ui.review import Drafts, ReviewPage

Settle = Callable[[], None]


@pytest.fixture
def drafts() -> Drafts:
    return Drafts()


@pytest.fixture
def page(window: MainWindow, drafts: Drafts, qtbot: QtBot, settle: Settle) -> ReviewPage:
    window.show()
    window.furnish([Place("runs", "Runs", lambda: ReviewPage(window.shell, drafts))])
    with qtbot.waitActive(window):
        window.activateWindow()
    settle()
    shown = window.page
    assert isinstance(shown, ReviewPage)
    return shown


def settle_selection(qtbot: QtBot, page: ReviewPage, settle: Settle) -> None:
    qtbot.wait(100)
    settle()


def states(page: ReviewPage) -> list[str]:
    return [page.model.text_at(place, 0) for place in range(page.model.rowCount())]


def button(page: ReviewPage, text: str) -> QPushButton:
    return next(one for one in page.findChildren(QPushButton) if one.text() == text or one.accessibleName() == text)


def press(qtbot: QtBot, one: QPushButton) -> None:
    qtbot.mouseClick(one, Qt.MouseButton.LeftButton)


def test_the_page_shows_facts_figures_counts_and_the_first_row(page: ReviewPage) -> None:
    assert page.facts == "November retainers and projects · through 30 Nov 2026 · 148 agreements"
    assert button(page, "€28,277.50 5 held for you").isVisible()
    assert button(page, "Held 5").isVisible()
    assert page.table.hasFocus()
    assert page.pane.heading == "Nordlicht Studio GmbH"


def test_the_foot_counts_and_sums_what_is_selected(page: ReviewPage, qtbot: QtBot, settle: Settle) -> None:
    page.table.select([1, 3])
    settle_selection(qtbot, page, settle)
    assert page.foot == ("2 of 8 selected", "Selected €5,432.50   ·   on average €2,716.25   ·   All €31,057.50")
    page.table.clearSelection()
    settle_selection(qtbot, page, settle)
    assert page.foot == ("0 of 8 selected", "All €31,057.50")


def test_sums_of_two_currencies_are_not_added_up(page: ReviewPage, qtbot: QtBot, settle: Settle) -> None:
    page.drafts.price(3, 62000, "USD")
    page.reload()
    page.table.select([1, 3])
    settle_selection(qtbot, page, settle)
    assert page.foot[1].startswith("Selected €4,812.50 + US$620.00")


def test_typing_searches_once_it_pauses_and_esc_takes_it_back(page: ReviewPage, qtbot: QtBot, settle: Settle) -> None:
    asked = page.drafts.asked_for_ids
    qtbot.keyClick(page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(page.search.hasFocus)
    qtbot.keyClicks(page.search, "atlas")
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    settle()
    assert page.drafts.asked_for_ids == asked + 1
    assert page.pane.heading == "Castellan Energy Ltd"
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.model.rowCount() == 8)
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    assert page.table.hasFocus()


def test_a_figure_and_its_chip_are_one_filter(page: ReviewPage, qtbot: QtBot, settle: Settle) -> None:
    card, held, blocked = button(page, "€28,277.50 5 held for you"), button(page, "Held 5"), button(page, "Blocked 2")
    press(qtbot, card)
    settle()
    assert states(page) == ["Held"] * 5
    assert card.isChecked()
    assert held.isChecked()
    press(qtbot, blocked)
    settle()
    # Of one group only one is on.
    assert states(page) == ["Blocked"] * 2
    assert not held.isChecked()
    press(qtbot, button(page, "Above limit"))
    assert page.filters.on == {"blocked", "limit"}
    press(qtbot, blocked)
    assert page.filters.on == {"limit"}


def test_when_nothing_fits_one_press_shows_all_again(page: ReviewPage, qtbot: QtBot, settle: Settle) -> None:
    page.search.setText("no such client")
    page.filters.put(frozenset({"blocked"}))
    qtbot.waitUntil(lambda: page.table.empty_words == "Nothing fits the search and the filters.")
    press(qtbot, button(page, "Show all"))
    settle()
    assert page.model.rowCount() == 8
    assert page.search.text() == ""


def test_a_letter_acts_on_the_selection_and_the_page_follows_the_book(
    page: ReviewPage, window: MainWindow, qtbot: QtBot, settle: Settle
) -> None:
    page.table.select([1, 2])
    qtbot.keyClick(page.table, Qt.Key.Key_A)
    settle()
    settle()
    assert states(page)[:2] == ["Ready", "Ready"]
    assert page.table.selected_ids() == [1, 2]
    assert button(page, "Held 3").isVisible()
    assert window.notices.sentence == "2 approved."


def test_a_letter_typed_into_the_search_is_no_command(page: ReviewPage, qtbot: QtBot, settle: Settle) -> None:
    page.search.setFocus()
    qtbot.keyClicks(page.search, "a")
    settle()
    assert page.search.text() == "a"
    assert "Ready" not in states(page)


def test_actions_sleep_while_they_have_nothing_to_act_on(page: ReviewPage, qtbot: QtBot, settle: Settle) -> None:
    approve = button(page, "Approve")
    assert approve.isEnabled()
    page.table.clearSelection()
    settle_selection(qtbot, page, settle)
    assert not approve.isEnabled()


def test_a_page_reloads_only_for_what_it_shows_and_only_when_it_is_seen(
    page: ReviewPage, window: MainWindow, qtbot: QtBot, settle: Settle
) -> None:
    asked = page.drafts.asked_for_ids

    def write(what: str) -> None:
        with qtbot.waitSignal(window.shell.jobs.idle):
            window.shell.jobs.start(Job("Write", lambda report: None, {what}))
        settle()

    write("payments")
    assert page.drafts.asked_for_ids == asked
    write("drafts")
    assert page.drafts.asked_for_ids == asked + 1
    window.hide()
    write("drafts")
    assert page.drafts.asked_for_ids == asked + 1
    window.show()
    settle()
    assert page.drafts.asked_for_ids == asked + 2


def test_a_row_is_revealed_even_where_a_filter_hides_it(page: ReviewPage, settle: Settle) -> None:
    page.filters.put(frozenset({"blocked"}))
    settle()
    page.reveal(7)
    settle()
    settle()
    assert page.table.selected_ids() == [7]
    assert page.filters.on == frozenset()
    page.reveal(999)
    settle()
    assert page.table.selected_ids() == [7]


def test_a_place_opens_on_the_rows_behind_a_figure(page: ReviewPage, settle: Settle) -> None:
    asked = page.drafts.asked_for_ids
    page.shell.go("runs", filters=frozenset({"held"}), search="Pixel")
    settle()
    assert page.search.text() == "Pixel"
    assert page.model.query == Query("Pixel", frozenset({"held"}), page.design.sort, page.design.descending)
    assert page.drafts.asked_for_ids == asked + 1
    page.shell.go("runs")
    settle()
    assert page.model.asked.narrowed
    page.shell.go("runs", filters=frozenset())
    settle()
    assert (page.model.rowCount(), page.search.text()) == (8, "")


def test_a_place_not_seen_before_opens_on_the_rows_behind_a_figure(
    window: MainWindow, drafts: Drafts, settle: Settle
) -> None:
    window.show()
    window.furnish(
        [Place("else", "Else", QLabel), Place("runs", "Runs", lambda: ReviewPage(window.shell, drafts))], first="else"
    )
    shown = window.go("runs", filters=frozenset({"held"}))
    settle()
    assert isinstance(shown, ReviewPage)
    assert shown.model.query == Query("", frozenset({"held"}), shown.design.sort, shown.design.descending)
    assert shown.model.rowCount() == 5


def test_enter_opens_the_row(page: ReviewPage, qtbot: QtBot) -> None:
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert page.opened == [2]


def test_the_hints_name_the_keys(page: ReviewPage) -> None:
    assert page.acts.hints() == [("A", "approve"), ("H", "hold"), ("E", "edit")]


def test_what_acts_on_many_stands_in_the_foot_once_several_are_selected(
    page: ReviewPage, qtbot: QtBot, settle: Settle
) -> None:
    many = page.foot_bar.many
    settle_selection(qtbot, page, settle)
    assert not many.isVisible()
    page.table.select([1, 3, 4])
    settle_selection(qtbot, page, settle)
    assert many.isVisible()
    assert many.text() == "With these 3 rows"
    offered = {action.text(): action for action in many.menu().actions() if action.text()}
    assert {"Approve", "Export the selected rows…", "Copy", "Invert the selection"} <= offered.keys()
    offered["Approve"].trigger()
    settle()
    assert [page.drafts.rows([one])[one]["state"] for one in (1, 2, 3, 4)] == ["ready", "held", "ready", "ready"]
