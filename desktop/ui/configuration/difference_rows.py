"""What differs between two plans of a run, as rows of a table: one a line, or a word, of each document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from desktop.domain.money import unscaled
from desktop.domain.plan_differences import GONE, NEW, LineChange, PlanDifference
from desktop.i18n import _, money_text, ngettext, number_text
from desktop.services.configuration.history import FieldChange
from desktop.services.configuration.words import word_words
from desktop.ui.columns import Column
from desktop.ui.listing import Row


def difference_columns() -> list[Column]:
    return [
        Column("client", _("Client"), 150, sort_key="client", strong=True, wide=True),
        Column("agreements", _("Agreement"), 96, sort_key="agreements", secondary=True),
        Column("what", _("What"), 210, sort_key="what", wide=True),
        Column("before", _("Before"), 118, "number"),
        Column("after", _("After"), 118, "number", strong=True),
        Column("change", _("More or less"), 104, "money", sort_key="change", signed=True),
        Column("why", _("How"), 190, secondary=True, wide=True),
    ]


def difference_rows(differences: Sequence[PlanDifference]) -> list[Row]:
    rows: list[Row] = []
    for one in differences:
        head = {"client": one.name, "agreements": ", ".join(one.agreements), "currency": one.currency}
        for line in one.lines:
            sides = (line.net_before, line.net_after)
            before, after = ("–" if net is None else money_text(net, one.currency) for net in sides)
            rows.append(
                {
                    **head,
                    "what": line.text,
                    "before": before,
                    "after": after,
                    "change": (line.net_after or 0) - (line.net_before or 0),
                    "why": _how(line),
                }
            )
        for word in one.words:
            what, before, after = word_words(word)
            rows.append({**head, "what": what, "before": before, "after": after, "change": None, "why": ""})
    return rows


def _how(line: LineChange) -> str:
    if line.what == NEW:
        return _("only with it")
    if line.what == GONE:
        return _("no longer")
    parts = []
    if line.price_before != line.price_after:
        parts.append(
            _("price {before} → {after}").format(
                before=number_text(unscaled(line.price_before)), after=number_text(unscaled(line.price_after))
            )
        )
    if line.quantity_before != line.quantity_after:
        parts.append(
            _("quantity {before} → {after}").format(
                before=number_text(unscaled(line.quantity_before)), after=number_text(unscaled(line.quantity_after))
            )
        )
    if line.tax_before != line.tax_after:
        parts.append(_("tax {before} → {after}").format(before=line.tax_before, after=line.tax_after))
    return ", ".join(parts)


def field_words(one: FieldChange) -> str:
    """A value before and after; of what is new or gone the one that there is."""
    if not one.before:
        return one.after
    return _("{before} → {after}").format(before=one.before, after=one.after or "–")


def total_words(before: Mapping[str, int], after: Mapping[str, int]) -> str:
    """The totals of both plans by currency: €1,190.00 → €1,428.00."""
    return " · ".join(
        _("{before} → {after}").format(
            before=money_text(before.get(currency, 0), currency), after=money_text(after.get(currency, 0), currency)
        )
        for currency in dict.fromkeys((*before, *after))
    )


def count_words(differences: Sequence[PlanDifference], looked_at: int) -> str:
    """How many documents of how many agreements differ."""
    if not differences:
        return ngettext(
            "Nothing differs: {count} agreement was looked at.",
            "Nothing differs: {count} agreements were looked at.",
            looked_at,
        ).format(count=number_text(looked_at))
    documents = ngettext("{count} document differs", "{count} documents differ", len(differences))
    return documents.format(count=number_text(len(differences)))
