"""What the palette offers beside the things of the book: commands, pages, sections of the settings, pages of help."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QAction, QKeySequence

from desktop.domain.ranking import EXACT, rank
from desktop.i18n import _
from desktop.services.things import Thing
from desktop.services.views import saved_views
from desktop.ui.desk import Desk
from desktop.ui.page import Page

if TYPE_CHECKING:
    from desktop.ui.main_window import MainWindow

# Equal answers stand in this order: what people look for, then what they do, then where things are.
_ORDER: Final = (
    "client",
    "invoice",
    "agreement",
    "payment",
    "run",
    "command",
    "page",
    "item",
    "view",
    "section",
    "help",
)
# The palette itself, a menu, and a key that another action has too.
_NO_COMMANDS: Final = frozenset({"go.find", "book.recent", "view.larger_too"})


@dataclass(frozen=True)
class Entry:
    """One line of the palette. `key` names it for good; `kind` and `detail` tell it apart, `keys` are its shortcut."""

    key: str
    kind: str
    title: str
    detail: str
    run: Callable[[], object]
    keys: str = ""
    rank: int = EXACT

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands among the others."""
        return self.rank, _ORDER.index(self.kind)


def kind_word(kind: str) -> str:
    """The kind of an entry, as it is shown."""
    return {
        "client": _("Client"),
        "invoice": _("Invoice"),
        "agreement": _("Agreement"),
        "payment": _("Payment"),
        "run": _("Run"),
        "command": _("Command"),
        "page": _("Page"),
        "item": _("Item"),
        "view": _("View"),
        "section": _("Settings"),
        "help": _("Help"),
    }[kind]


def standing_entries(window: MainWindow, desk: Desk) -> list[Entry]:
    """All that can be chosen whatever the book holds, as it is just now: only what can be done is offered."""
    return [*_places(window), *_commands(window), *_sections(window, desk), *_help(window, desk)]


def matching(entries: Sequence[Entry], asked: str) -> list[Entry]:
    """Those that answer what was typed, with how well they do."""
    found = []
    for entry in entries:
        best = rank(asked, entry.title, nearly=True)
        # "Invoices export" finds what the page of that name offers.
        whole = rank(asked, f"{entry.detail} {entry.title}")
        ranks = [one for one in (best, whole) if one is not None]
        if ranks:
            found.append(replace(entry, rank=min(ranks)))
    return found


def of_thing(thing: Thing, window: MainWindow, desk: Desk) -> Entry:
    """An entry that goes to one thing of the book."""
    return Entry(thing.key, thing.kind, thing.title, thing.detail, partial(_show, thing, window, desk), rank=thing.rank)


def _show(thing: Thing, window: MainWindow, desk: Desk) -> None:
    places = {"client": "clients", "agreement": "agreements", "invoice": "invoices", "payment": "payments"}
    if thing.kind in places:
        window.go(places[thing.kind], thing.id)
    elif thing.kind == "run":
        page = window.go("runs", thing.id)
        if isinstance(page, Page):
            page.open_row(thing.id)
    elif thing.kind == "item":
        section = _open_section(window, "items")
        if isinstance(section, Page):
            section.reveal(thing.id)
    elif thing.kind == "view":
        found = next((one for one in saved_views(desk.book, thing.page) if one.id == thing.id), None)
        shown = window.go(thing.page)
        if found is not None and isinstance(shown, Page):
            shown.show_view(found.view)


def _open_section(window: MainWindow, name: str) -> object:
    from desktop.ui.settings.page import SettingsPage

    page = window.go("settings")
    return page.show_section(name) if isinstance(page, SettingsPage) else None


def _places(window: MainWindow) -> Iterator[Entry]:
    for place in window.places:
        action = window.acts[f"go.{place.name}"]
        yield Entry(f"page:{place.name}", "page", place.title, "", action.trigger, _keys(action))


def _commands(window: MainWindow) -> Iterator[Entry]:
    page = window.page
    if isinstance(page, Page):
        for one in page.acts.ids:
            yield from _command(page.acts[one], page.design.title)
    menus = {action: menu.title() for menu in window.menus for action in menu.actions()}
    for one in window.acts.ids:
        if not one.startswith("go.") or one == "go.back":
            action = window.acts[one]
            yield from _command(action, menus.get(action, ""))


def _command(action: QAction, where: str) -> Iterator[Entry]:
    title = action.text().replace("&", "")
    if action.isEnabled() and title and action.objectName() not in _NO_COMMANDS:
        yield Entry(f"command:{action.objectName()}", "command", title, where, action.trigger, _keys(action))


def _keys(action: QAction) -> str:
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


def _sections(window: MainWindow, desk: Desk) -> Iterator[Entry]:
    from desktop.ui.settings.page import sections

    if not any(place.name == "settings" for place in window.places):
        return
    for place in sections(desk):
        yield Entry(f"section:{place.name}", "section", place.title, "", partial(_open_section, window, place.name))


def _help(window: MainWindow, desk: Desk) -> Iterator[Entry]:
    from desktop.ui.help import show_help, topics

    for topic in topics():
        yield Entry(f"help:{topic.name}", "help", topic.title, "", partial(show_help, desk.shell, window, topic.name))
