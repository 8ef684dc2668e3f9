"""Two plans of a run side by side, for people and as JSON: what a change or a sandbox makes different."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from desktop.cli.tables import table
from desktop.domain.money import major_text, unscaled
from desktop.domain.plan_differences import PlanDifference
from desktop.i18n import _, money_text, ngettext, number_text
from desktop.services.configuration.words import word_words


def totals_data(totals: Mapping[str, int]) -> dict[str, str]:
    return {currency: major_text(amount, currency) for currency, amount in totals.items()}


def difference_data(differences: Sequence[PlanDifference]) -> list[dict[str, Any]]:
    return [_data(one) for one in differences]


def _data(one: PlanDifference) -> dict[str, Any]:
    def amount(minor: int | None) -> str | None:
        return None if minor is None or not one.currency else major_text(minor, one.currency)

    return {
        "client": one.client,
        "agreements": list(one.agreements),
        "currency": one.currency,
        "before": amount(one.gross_before),
        "after": amount(one.gross_after),
        "lines": [
            {
                "what": line.what,
                "text": line.text,
                "before": amount(line.net_before),
                "after": amount(line.net_after),
                "quantity_before": str(unscaled(line.quantity_before)),
                "quantity_after": str(unscaled(line.quantity_after)),
                "price_before": str(unscaled(line.price_before)),
                "price_after": str(unscaled(line.price_after)),
                "tax_before": line.tax_before,
                "tax_after": line.tax_after,
            }
            for line in one.lines
        ],
        "other": [{"what": word.name, "before": word.before, "after": word.after} for word in one.words],
    }


def difference_text(
    differences: Sequence[PlanDifference], before: Mapping[str, int], after: Mapping[str, int], heading: str
) -> str:
    rows = []
    for one in differences:
        agreements = ", ".join(one.agreements)
        for line in one.lines:
            sides = ["" if net is None else money_text(net, one.currency) for net in (line.net_before, line.net_after)]
            rows.append([one.client, agreements, line.text, *sides])
        rows += [[one.client, agreements, *word_words(word)] for word in one.words]
    totals = [
        _("{currency}: {before} → {after}").format(
            currency=currency,
            before=money_text(before.get(currency, 0), currency),
            after=money_text(after.get(currency, 0), currency),
        )
        for currency in dict.fromkeys((*before, *after))
    ]
    words = ngettext("{count} document differs.", "{count} documents differ.", len(differences))
    found = [heading, *totals, words.format(count=number_text(len(differences)))]
    if rows:
        found.append(table([_("Client"), _("Agreement"), _("What"), ">" + _("Before"), ">" + _("After")], rows))
    return "\n".join(found)
