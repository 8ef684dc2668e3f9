"""Who is late, as the page shows it: one word for how each stands, and the figures over the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from db.engine import Book
from desktop.i18n import _, ngettext, number_text
from desktop.services.late_payers import Late
from desktop.services.lists.collections import CollectionList, LateFacts
from desktop.ui.filters import Figure, money_figure
from desktop.ui.listing import Row
from desktop.ui.page import Summary


class CollectionRows:
    """Answers for the day it is asked; rows are those of the last question."""

    def __init__(self, book: Book, today: Callable[[], date]) -> None:
        self._book = book
        self._today = today
        self._list = CollectionList(book, today())

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        asked = CollectionList(self._book, self._today())
        found = asked.ids(search, filters, sort, descending)
        self._list = asked
        return found

    def rows(self, ids: Sequence[int]) -> Mapping[int, Row]:
        asked, today = self._list, self._today()
        return {key: {**row, "tag": tag_of(row, today)} for key, row in asked.rows(ids).items()}

    def totals(self, ids: Sequence[int]) -> Mapping[str, int]:
        return self._list.totals(ids)

    def late(self, row: int) -> Late | None:
        return self._list.late(row)

    def summary(self, home: str) -> Summary:
        asked = CollectionList(self._book, self._today())
        asked.ids("", frozenset(), "", False)
        return _summary(asked.facts(), home)


def tag_of(row: Row, today: date) -> str | None:
    """The one word that matters most for what to do next; who is simply late has none."""
    step_on, overdue, disputed = row["step_on"], row["overdue"], row["disputed"] or 0
    if row["promise_state"] == "broken":
        return "promise_broken"
    if isinstance(step_on, date) and step_on <= today:
        return "step_due"
    if row["promise_state"] == "open":
        return "promised"
    if isinstance(disputed, int) and isinstance(overdue, int) and disputed >= overdue:
        return "disputed"
    return "on_hold" if row["on_hold"] else None


def _summary(facts: LateFacts, home: str) -> Summary:
    words = {
        "overdue": _("overdue"),
        "over_60": _("over 60 days late"),
        "disputed": _("disputed"),
        "promised": _("promised"),
        "broken": _("missed of broken promises"),
    }
    figures: list[Figure] = [money_figure(facts.amounts[key], home, word, key) for key, word in words.items()]
    said = ngettext("{count} client is late", "{count} clients are late", facts.clients)
    said = said.format(count=number_text(facts.clients))
    if facts.counts["step_due"]:
        steps = ngettext("{count} step to be done", "{count} steps to be done", facts.counts["step_due"])
        said += " · " + steps.format(count=number_text(facts.counts["step_due"]))
    currencies = [(f"currency:{one}", one) for one in facts.currencies] if len(facts.currencies) > 1 else []
    segments = [(f"segment:{key}", name) for key, name in facts.segments]
    return Summary(said, figures, dict(facts.counts), {"segment": segments, "currency": currencies})
