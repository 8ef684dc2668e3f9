"""Billables as the page shows them, and what stands around its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from db.engine import Book
from desktop.i18n import _, money_text, ngettext, number_text
from desktop.services.lists.billables import BillableList, billable_facts
from desktop.ui.filters import Figure
from desktop.ui.page import Summary


def kind_word(kind: str) -> str:
    words = {
        "time": _("Hours"),
        "charge": _("Charge"),
        "discount": _("Discount"),
        "deposit": _("Deposit"),
    }
    return words.get(kind, kind)


class BillableRows:
    """Says of each row what it is and, where it is billed, on which invoice."""

    def __init__(self, book: Book) -> None:
        self._list = BillableList(book)

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        return self._list.ids(search, filters, sort, descending)

    def rows(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        return {key: _shown(row) for key, row in self._list.rows(ids).items()}

    def totals(self, ids: Sequence[int]) -> Mapping[str, int]:
        return self._list.totals(ids)


def _shown(row: Mapping[str, object]) -> Mapping[str, object]:
    text = str(row["text"]) or kind_word(str(row["kind"]))
    where = row["invoice"] or row["run"]
    state = "reserved" if row["state"] == "draft" else row["state"]
    # A price that nobody finds is what the person must mend, so it is said and not left empty.
    missing = _("no price") if row["unit_price"] is None and row["state"] in ("unbilled", "draft") else None
    return {**row, "what": text, "where": where, "tag": state, "amount": row["amount"] if missing is None else missing}


def summary(book: Book, home: str) -> Summary:
    found = billable_facts(book)
    waits = ngettext("{count} entry waits", "{count} entries wait", found.unbilled)
    waits = waits.format(count=number_text(found.unbilled))
    shown = home if home in found.amounts or not found.amounts else min(found.amounts)
    others = len(found.amounts.keys() - {shown})
    words = waits
    if others:
        more = ngettext("{count} more currency", "{count} more currencies", others).format(count=number_text(others))
        words = f"{waits} · {more}"
    figures = [
        Figure(money_text(found.amounts.get(shown, 0), shown), words, "unbilled"),
        Figure(number_text(found.hours), _("hours of them"), "time"),
        Figure(number_text(found.loose), _("without an agreement"), "loose"),
        Figure(number_text(found.unpriced), _("without a price"), "unpriced"),
    ]
    return Summary(waits, figures, dict(found.counts))
