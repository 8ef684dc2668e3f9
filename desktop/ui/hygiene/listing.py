"""What wants mending as the page lists it, and what stands around its table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from threading import Lock

from db.engine import Book
from desktop.i18n import _, ngettext, number_text
from desktop.services.hygiene import Finding, hygiene
from desktop.ui.filters import Figure
from desktop.ui.listing import Row
from desktop.ui.page import Summary

SUBJECTS = ("clients", "items", "agreements", "work", "book")
SEVERITIES = ("block", "hold", "note")
LATER = "later"


def subject_word(subject: str) -> str:
    return {
        "clients": _("Clients"),
        "items": _("Items"),
        "agreements": _("Agreements"),
        "work": _("Work"),
        "book": _("The book"),
    }[subject]


class HygieneRows:
    """Findings of the day it is asked; what was put off shows only where the filter asks for it."""

    def __init__(self, book: Book, today: Callable[[], date]) -> None:
        self._book = book
        self._today = today
        self._lock = Lock()
        self._numbers: dict[str, int] = {}
        self._found: dict[int, Finding] = {}

    def load(self) -> dict[int, Finding]:
        """Every finding by an id that it keeps as long as the page lives."""
        found = hygiene(self._book, self._today())
        with self._lock:
            self._found = {self._numbers.setdefault(one.key, len(self._numbers) + 1): one for one in found}
            return dict(self._found)

    def finding(self, one: int) -> Finding | None:
        with self._lock:
            return self._found.get(one)

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        rows = {key: one for key, one in self.load().items() if _fits(one, search.casefold().split(), filters)}
        keys = list(rows)
        if sort:
            keys.sort(key=lambda key: str(_shown(rows[key])[sort]).casefold(), reverse=descending)
        return keys

    def rows(self, ids: Sequence[int]) -> Mapping[int, Row]:
        with self._lock:
            return {key: _shown(self._found[key]) for key in ids if key in self._found}

    def summary(self) -> Summary:
        found = [one for one in self.load().values() if one.postponed is None]
        later = len(self._found) - len(found)
        by = Counter[str](one.severity for one in found) + Counter[str](one.subject for one in found)
        facts = ngettext("{count} matter to mend", "{count} matters to mend", len(found))
        told = [facts.format(count=number_text(len(found)))]
        if later:
            told.append(ngettext("{count} put off", "{count} put off", later).format(count=number_text(later)))
        figures = [
            Figure(number_text(by["block"]), _("would stop a run"), "block"),
            Figure(number_text(by["hold"]), _("cost time or money"), "hold"),
            Figure(number_text(by["note"]), _("good to know"), "note"),
        ]
        return Summary(" · ".join(told), figures, {**by, LATER: later})


def _fits(one: Finding, words: Sequence[str], filters: frozenset[str]) -> bool:
    if (one.postponed is not None) != (LATER in filters):
        return False
    for group, own in ((SEVERITIES, one.severity), (SUBJECTS, one.subject)):
        chosen = filters.intersection(group)
        if chosen and own not in chosen:
            return False
    text = f"{one.name} {one.message} {one.remedy}".casefold()
    return all(word in text for word in words)


def _shown(one: Finding) -> Row:
    return {
        "severity": one.severity,
        "name": one.name,
        "message": one.message,
        "remedy": one.remedy,
        "subject": subject_word(one.subject),
        "postponed": one.postponed,
    }
