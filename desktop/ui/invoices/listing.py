"""Issued documents as the page shows them: credit notes below zero, sums of what is open, cards by currency."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from db.engine import Book
from desktop.i18n import _, money_text, ngettext, number_text
from desktop.services.delivery.statuses import standing_words
from desktop.services.lists.invoices import InvoiceList, InvoiceTotals, receivable_cards
from desktop.ui.filters import Figure
from desktop.ui.page import Summary
from desktop.ui.tags import tag

# More currencies than these make cards that nobody can read.
_MOST_CARDS = 6
_STANDINGS = ("disputed", "overdue", "partly", "open")
# In the order of the menu.
_DELIVERIES = (
    "unsent",
    "failed",
    "uncertain",
    "bounced",
    "out",
    "sent",
    "printed",
    "filed",
    "handed_over",
    "arrived",
    "delivered",
    "seen",
    "cancelled",
)
# Reductions of the sum as a credit note prints them positive.
_LOWERED = ("net", "tax", "gross", "payable")


def kind_word(kind: str) -> str:
    words = {
        "invoice": _("Invoice"),
        "deposit": _("Deposit"),
        "final": _("Final invoice"),
        "credit_note": _("Credit note"),
        "opening": _("Opening item"),
    }
    return words.get(kind, kind)


class InvoiceRows:
    """Answers for the day it is asked. A filter such as `overdue:USD` is a standing in one currency."""

    def __init__(self, book: Book, today: Callable[[], date]) -> None:
        self._book = book
        self._today = today

    def _list(self) -> InvoiceList:
        return InvoiceList(self._book, self._today())

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        return self._list().ids(search, _asked(filters), sort, descending)

    def first_ids(self, search: str, filters: frozenset[str], sort: str, descending: bool, count: int) -> Sequence[int]:
        return self._list().ids(search, _asked(filters), sort, descending, count)

    def rows(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        found = self._list().rows(ids)
        return {key: _shown(row) for key, row in found.items()}

    def totals(self, ids: Sequence[int]) -> Mapping[str, int]:
        return self._list().totals(ids)


def _shown(row: Mapping[str, object]) -> Mapping[str, object]:
    sign = -1 if row["kind"] == "credit_note" else 1
    lowered = {name: sign * amount for name in _LOWERED if isinstance(amount := row[name], int)}
    return {**row, **lowered, "kind_word": kind_word(str(row["kind"])), "open": row["open"] or None}


def _asked(filters: frozenset[str]) -> frozenset[str]:
    """The service's filters. Open holds every other standing of what is owed, so it gives way beside one of them."""
    asked = set(filters)
    for one in filters:
        standing, colon, currency = one.partition(":")
        if colon and standing in _STANDINGS:
            asked -= {one}
            asked |= {standing, f"currency:{currency}"}
    return frozenset(asked - {"open"} if asked & {"disputed", "overdue", "partly"} else asked)


def summary(book: Book, rows: InvoiceRows, today: date, home: str) -> Summary:
    cards = receivable_cards(book, today)
    owed = {currency: totals for currency, totals in cards.items() if totals.open}
    ordered = sorted(owed, key=lambda currency: (currency != home, -owed[currency].count, currency))
    figures: list[Figure] = []
    for currency in ordered or [home]:
        totals = owed.get(currency) or InvoiceTotals(0, 0, 0, 0, 0)
        # With one currency the cards are the chips of the same name.
        key = "{word}" if len(owed) < 2 else f"{{word}}:{currency}"
        figures += _cards(currency, totals, key, both=currency == home or len(owed) < 3)
    counts = {word: len(rows.ids("", frozenset({word}), "", False)) for word in _STANDINGS}
    documents = len(rows.ids("", frozenset(), "", False))
    facts = ngettext("{count} document", "{count} documents", documents).format(count=number_text(documents))
    if counts["open"]:
        facts += " · " + _("{count} open").format(count=number_text(counts["open"]))
    choices = [(f"currency:{currency}", currency) for currency in sorted(cards)] if len(cards) > 1 else []
    planned = rows.ids("", frozenset({"plan:standing"}), "", False)
    plans = [("plan:standing", _("On a payment plan")), ("plan:broken", _("Plan broken"))] if planned else []
    return Summary(
        facts, figures[:_MOST_CARDS], counts, {"currency": choices, "plan": plans, "delivery": _stands(book)}
    )


def _stands(book: Book) -> list[tuple[str, str]]:
    """The chip's choices: where documents stand, only what there is."""
    with book.reading() as session:
        there = standing_words(session.connection())
    groups = {"unsent": _("Not out yet"), "out": _("Out by any way"), "arrived": _("Delivered or seen")}
    words = [(word, groups.get(word) or tag(word).word) for word in _DELIVERIES]
    return [(f"delivery:{word}", text) for word, text in words if word in there]


def _cards(currency: str, totals: InvoiceTotals, key: str, *, both: bool) -> list[Figure]:
    count = ngettext("{count} open", "{count} open", totals.count).format(count=number_text(totals.count))
    if not both and totals.overdue:
        count += ", " + _("{amount} overdue").format(amount=money_text(totals.overdue, currency))
    cards = [Figure(money_text(totals.open, currency), count, key.format(word="open"))]
    if both:
        cards.append(Figure(money_text(totals.overdue, currency), _("overdue"), key.format(word="overdue")))
    return cards
