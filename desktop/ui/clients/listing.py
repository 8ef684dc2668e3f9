"""Clients as the page shows them, and what stands around its table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from db.engine import Book
from desktop.i18n import _, ngettext, number_text
from desktop.services.lists.clients import ClientList, client_facts
from desktop.ui.filters import Figure, money_figure
from desktop.ui.page import Summary


class ClientRows:
    """Answers for the day it is asked. What is as it should be wears no tag."""

    def __init__(self, book: Book, today: Callable[[], date]) -> None:
        self._book = book
        self._today = today

    def _list(self) -> ClientList:
        return ClientList(self._book, self._today())

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        return self._list().ids(search, filters, sort, descending)

    def first_ids(self, search: str, filters: frozenset[str], sort: str, descending: bool, count: int) -> Sequence[int]:
        return self._list().ids(search, filters, sort, descending, count)

    def rows(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        return {key: _shown(row) for key, row in self._list().rows(ids).items()}

    def totals(self, ids: Sequence[int]) -> Mapping[str, int]:
        """What these clients owe, minor units by currency."""
        return self._list().totals(ids)


def _shown(row: Mapping[str, object]) -> Mapping[str, object]:
    tag = {"active": None, "inactive": "archived", "merged": "merged"}.get(str(row["state"]), row["state"])
    place = ", ".join(str(part) for part in (row["city"], row["country"]) if part)
    return {**row, "tag": tag, "place": place, "open": row["open"] or None, "overdue": row["overdue"] or None}


def summary(book: Book, today: date, home: str) -> Summary:
    found = client_facts(book, today)
    counts = found.counts
    facts = [ngettext("{count} client", "{count} clients", found.active).format(count=number_text(found.active))]
    if found.segments:
        count = len(found.segments)
        facts.append(ngettext("{count} segment", "{count} segments", count).format(count=number_text(count)))
    owing = ngettext("{count} client owes", "{count} clients owe", counts["owing"])
    overdue = ngettext("overdue at {count} client", "overdue at {count} clients", counts["overdue"])
    figures = [
        money_figure(found.open, home, owing.format(count=number_text(counts["owing"])), "owing"),
        money_figure(found.overdue, home, overdue.format(count=number_text(counts["overdue"])), "overdue"),
        Figure(number_text(counts["on_hold"]), _("on hold"), "on_hold"),
        Figure(number_text(counts["disputed"]), _("disputed"), "disputed"),
        Figure(number_text(counts["silent"]), _("without an agreement"), "silent"),
    ]
    segments = [(f"segment:{one}", f"{name}  {number_text(count)}") for one, name, count in found.segments]
    return Summary(" · ".join(facts), figures, counts, {"segment": segments})
