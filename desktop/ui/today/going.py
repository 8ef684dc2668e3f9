"""Where an item or a figure of Today leads: a place of the window, the rows behind it, or one of them."""

from __future__ import annotations

from desktop.i18n import _
from desktop.services.today import Target
from desktop.ui.desk import Desk
from desktop.ui.main_window import MainWindow
from desktop.ui.page import Page
from desktop.ui.shell import ActsOnRow


def follow(desk: Desk, target: Target, window: MainWindow) -> None:
    """Go there and begin what is to be done there."""
    if not target.place:
        desk.shell.actions[target.act].trigger()
        return
    page = window.go(
        target.place, None if target.opens else target.one, filters=target.filters or None, search=target.search
    )
    if target.told:
        offers = [(_("Show all"), page.show_all)] if isinstance(page, Page) else []
        desk.shell.notices.say(target.told, offers=offers, tone="note")
    if target.act and target.one is not None and isinstance(page, ActsOnRow):
        page.act_on(target.one, target.act)
    elif target.act and isinstance(page, Page):
        page.acts[target.act].trigger()
    above = window.page
    if target.opens and target.one is not None and isinstance(above, Page):
        above.open_row(target.one)
    above = window.page
    if target.within is not None and isinstance(above, Page):
        above.reveal(target.within)
