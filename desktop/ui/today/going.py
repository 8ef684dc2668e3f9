"""Where an item or a figure of Today leads: a place of the window, the rows behind it, or one of them."""

from __future__ import annotations

from collections.abc import Callable

from desktop.services.today import Target
from desktop.ui.desk import Desk
from desktop.ui.main_window import MainWindow
from desktop.ui.page import Page


def follow(desk: Desk, target: Target, window: MainWindow) -> None:
    """Go there and begin what is to be done there."""
    if not target.place:
        desk.shell.actions[target.act].trigger()
        return
    page = window.go(
        target.place, None if target.opens else target.one, filters=target.filters or None, search=target.search
    )
    if not isinstance(page, Page):
        return
    if target.opens and target.one is not None:
        page.open_row(target.one)
    if target.act:
        _when_chosen(page, target.one, page.acts[target.act].trigger)
    above = window.page
    if target.within is not None and isinstance(above, Page):
        above.reveal(target.within)


def _when_chosen(page: Page, one: int | None, then: Callable[[], object]) -> None:
    """Once the row is chosen, since an action is of what is chosen; without a row at once."""

    def act() -> None:
        page.acts.refresh()
        then()

    if one is None or one in page.selected_ids():
        act()
        return

    def look() -> None:
        if one in page.selected_ids():
            page.table.selection_changed.disconnect(look)
            act()

    page.table.selection_changed.connect(look)
