"""Agreements as the page shows them, and what stands around its table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from db.engine import Book
from desktop.i18n import _, ngettext, number_text
from desktop.services.lists.agreements import AgreementList, agreement_counts
from desktop.services.lists.clients import client_facts
from desktop.ui.agreements.words import billings, cadence_text
from desktop.ui.filters import Figure
from desktop.ui.page import Summary

_KIND = "billing:"


class AgreementRows:
    """Answers for the day it is asked. What runs as it should wears no tag."""

    def __init__(self, book: Book, today: Callable[[], date]) -> None:
        self._book = book
        self._today = today

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        return AgreementList(self._book, self._today()).ids(search, _asked(filters), sort, descending)

    def first_ids(self, search: str, filters: frozenset[str], sort: str, descending: bool, count: int) -> Sequence[int]:
        return AgreementList(self._book, self._today()).ids(search, _asked(filters), sort, descending, count)

    def rows(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        return {key: _shown(row) for key, row in AgreementList(self._book, self._today()).rows(ids).items()}


def _shown(row: Mapping[str, object]) -> Mapping[str, object]:
    tag = {"active": None, "inactive": "switched_off"}.get(str(row["state"]), row["state"])
    return {**row, "tag": tag, "cadence": cadence_text(row)}


def summary(book: Book, today: date) -> Summary:
    counts = agreement_counts(book, today)
    running = counts["running"]
    words = ngettext("{count} agreement runs", "{count} agreements run", running)
    cards = (
        ("trial", _("on trial")),
        ("paused", _("paused")),
        ("ends_soon", _("end within 60 days")),
        ("no_contract", _("without a signed contract")),
    )
    figures = [Figure(number_text(running), _("running"))]
    figures += [Figure(number_text(counts[key]), text, key) for key, text in cards]
    segments = [(f"segment:{one}", name) for one, name, _count in client_facts(book, today).segments]
    return Summary(
        words.format(count=number_text(running)),
        figures,
        {key: counts[key] for key in ("ended", "inactive", "not_started")},
        {"segment": segments, "billing": [(f"{_KIND}{one}", text) for one, text in billings()]},
    )


def _asked(filters: frozenset[str]) -> frozenset[str]:
    """The service's filters."""
    return frozenset(one.removeprefix(_KIND) for one in filters)
