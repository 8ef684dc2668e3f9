"""What India's invoice registration portal would refuse of a draft (INV-01), for firms that register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop.domain.findings.einvoice import Found
from desktop.domain.findings.rule import Case
from desktop.domain.indian_einvoice import RUPEE, is_hsn, is_pin
from desktop.domain.wording import phrase


def portal_refuses(case: Case, _: Mapping[str, Any]) -> Found:
    """Supplies to registered buyers in India and exports; the check digits of a GSTIN are another rule's."""
    firm, client, draft = case.billing.firm, case.client, case.draft
    if firm.country != "IN" or not firm.tax_id or (client.country == "IN" and not client.tax_id):
        return
    if draft.currency != RUPEE:
        yield (
            phrase("The portal takes amounts in rupees, and this is in {currency}.", currency=draft.currency),
            phrase("Bill the client in rupees, or register it on the portal by hand."),
            f"client:{client.id}:currency",
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
    for line in case.draft.lines:
        if line.net < 0:
            yield (
                phrase("“{line}” is below zero, which the portal does not take.", line=line.description),
                phrase("Bill the whole, and credit what is taken off by a credit note."),
                "",
            )
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
