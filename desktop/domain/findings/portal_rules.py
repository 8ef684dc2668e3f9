"""What India's invoice registration portal would refuse of a draft (INV-01), for firms that register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop.domain.findings.einvoice import Found
from desktop.domain.findings.rule import Case
from desktop.domain.indian_einvoice import is_hsn, is_pin
from desktop.domain.indian_figures import RUPEE, TooMuch, deductions
from desktop.domain.wording import phrase


def portal_refuses(case: Case, _: Mapping[str, Any]) -> Found:
    """Supplies to registered buyers in India and exports; the check digits of a GSTIN are another rule's."""
    firm, client, draft = case.billing.firm, case.client, case.draft
    if firm.country != "IN" or not firm.tax_id or (client.country == "IN" and not client.tax_id):
        return
    if draft.currency != RUPEE and (firm.currency != RUPEE or case.standing.rate is None):
        yield (
            phrase(
                "The portal takes amounts in rupees, and no exchange rate from {currency} is known.",
                currency=draft.currency,
            ),
            phrase("Add the rate under Settings, Currencies, or bill the client in rupees."),
            f"firm:1:rate:{draft.currency}",
        )
    if not is_pin(firm.seller.postcode):
        yield (
            phrase("The PIN code of your firm has 6 digits; “{postcode}” is none.", postcode=firm.seller.postcode),
            phrase("Correct it under Settings, Firm."),
            "firm:1:postcode",
        )
    if client.country == "IN" and not is_pin(client.postcode):
        yield (
            phrase(
                "The PIN code of {client} has 6 digits; “{postcode}” is none.",
                client=client.name,
                postcode=client.postcode,
            ),
            phrase("Correct it with the client."),
            f"client:{client.id}:postcode",
        )
    yield from _codes(case)


def _codes(case: Case) -> Found:
    seen: set[int | None] = set()
    lines = case.draft.lines
    # A total below nothing becomes a credit note, whose lines are turned round.
    if case.draft.gross >= 0:
        try:
            deductions([((line.category, line.rate), line.net) for line in lines])
        except TooMuch as problem:
            yield (
                phrase(
                    "“{line}” takes off more than the other lines at its rate come to, and the portal takes nothing "
                    "below zero.",
                    line=lines[problem.line].description,
                ),
                phrase("Bill the whole, and credit what is taken off by a credit note."),
                "",
            )
    for line in lines:
        # One without any code is another rule's.
        if not line.classification or is_hsn(line.classification) or line.item_id in seen:
            continue
        seen.add(line.item_id)
        yield (
            phrase(
                "The HSN or SAC of “{line}” has 4, 6 or 8 digits; “{code}” is none.",
                line=line.description,
                code=line.classification,
            ),
            phrase("Correct it at the item."),
            f"item:{line.item_id}:hsn_sac" if line.item_id else "",
        )
