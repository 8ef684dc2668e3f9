"""Billables as the page shows them: the tag says what becomes of each, and the cards what no run will bill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from db.engine import Book
from desktop.i18n import _, money_text, ngettext, number_text
from desktop.services.lists.billables import BillableFacts, BillableList, billable_facts
from desktop.ui.filters import Figure
from desktop.ui.listing import Row
from desktop.ui.page import Summary

# Hours outside any agreement; a charge without one is billed to its client on an invoice of its own.
STRANDED = "stranded"
# More currencies than these make cards that nobody can read.
_MOST_CURRENCIES = 3


class BillableRows:
    """Hours that no run bills since they have no agreement answer to the filter `STRANDED`."""

    def __init__(self, book: Book) -> None:
        self._list = BillableList(book)

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        return self._list.ids(search, _asked(filters), sort, descending)

    def first_ids(self, search: str, filters: frozenset[str], sort: str, descending: bool, count: int) -> Sequence[int]:
        return self._list.ids(search, _asked(filters), sort, descending, count)

    def rows(self, ids: Sequence[int]) -> Mapping[int, Row]:
        return {key: _shown(row) for key, row in self._list.rows(ids).items()}

    def totals(self, ids: Sequence[int]) -> Mapping[str, int]:
        return self._list.totals(ids)

    def hours(self, ids: Sequence[int]) -> Decimal:
        """Hours worked among these."""
        rows = self._list.rows(ids).values()
        return sum((Decimal(str(row["quantity"])) for row in rows if row["kind"] == "time"), Decimal(0))


def _asked(filters: frozenset[str]) -> frozenset[str]:
    """The service's filters."""
    if STRANDED not in filters:
        return filters
    waiting = frozenset() if "billed" in filters else {"unbilled"}
    return filters - {STRANDED} | {"time", "loose"} | waiting


def _shown(row: Row) -> Row:
    item, text = str(row["item"]), str(row["text"])
    return {
        **row,
        "tag": tag_of(row),
        "kind_word": kind_word(str(row["kind"])),
        "what": f"{item} · {text}" if item and text and item != text else text or item or kind_word(str(row["kind"])),
        "agreement": row["agreement"] or None,
        "on": row["invoice"] or row["run"] or None,
    }


def tag_of(row: Row) -> str:
    """What becomes of it: its state, or what keeps it from being billed."""
    if row["kind"] == "usage" and row["state"] != "draft":
        return str(row["state"])
    if row["state"] != "unbilled":
        return "reserved" if row["state"] == "draft" else str(row["state"])
    if row["kind"] == "time" and row["agreement_id"] is None:
        return "no_agreement"
    return "no_price" if row["unit_price"] is None else "unbilled"


def kind_word(kind: str) -> str:
    words = {"time": _("Time"), "charge": _("Charge"), "discount": _("Discount"), "deposit": _("Deposit")}
    words |= {"usage": _("Usage"), "milestone": _("Milestone")}
    return words.get(kind, kind)


def hours_text(hours: Decimal) -> str:
    return _("{hours} h").format(hours=number_text(hours))


def summary(book: Book, rows: BillableRows, home: str) -> Summary:
    found = billable_facts(book)
    counts = found.counts
    stranded = len(rows.ids("", frozenset({STRANDED}), "", False))
    unpriced = counts["unpriced"]
    both = len(rows.ids("", frozenset({STRANDED, "unpriced"}), "", False)) if stranded and unpriced else 0
    figures = [
        Figure(hours_text(found.hours), _("worked, not billed"), "time"),
        *_money(found, home),
        *([Figure(number_text(found.used), _("records of use wait"), "usage")] if found.used else []),
        Figure(number_text(stranded), _("without an agreement"), STRANDED),
        Figure(number_text(unpriced), _("without a price"), "unpriced"),
    ]
    # On the chips that narrow what is shown, figures of the whole book would promise too much.
    known = {word: counts[word] for word in ("unbilled", "billed", "unpriced", "not_billable", "late")}
    return Summary(_facts(found.unbilled, stranded, unpriced - both), figures, known | {STRANDED: stranded})


def _money(found: BillableFacts, home: str) -> list[Figure]:
    """The firm's own currency first, and there even where it is nothing."""
    ordered = sorted(({home: 0} | found.amounts).items(), key=lambda one: (one[0] != home, one[0]))
    figures = [
        Figure(money_text(amount, currency), _("waits to be billed"), "unbilled" if currency == home else "")
        for currency, amount in ordered[:_MOST_CURRENCIES]
    ]
    left = len(ordered) - len(figures)
    if left > 0:
        words = ngettext("and {count} more currency", "and {count} more currencies", left)
        figures[-1] = Figure(figures[-1].text, words.format(count=number_text(left)))
    return figures


def _facts(waiting: int, stranded: int, unpriced: int) -> str:
    """How many wait, and why runs pass some of them by; each of these counts once."""
    if not waiting:
        return _("Nothing waits to be billed")
    said = ngettext("{count} waits to be billed", "{count} wait to be billed", waiting)
    parts = [said.format(count=number_text(waiting))]
    left = stranded + unpriced
    if left:
        said = ngettext("no run will bill {count} of them", "no run will bill {count} of them", left)
        why = []
        if stranded:
            why.append(_("{count} without an agreement").format(count=number_text(stranded)))
        if unpriced:
            why.append(_("{count} without a price").format(count=number_text(unpriced)))
        parts.append(f"{said.format(count=number_text(left))}: {', '.join(why)}")
    return " · ".join(parts)
