"""Which documents EN 16931 has no words for at all, whatever else firm and client would fill in."""

from __future__ import annotations

from collections import Counter
from typing import Final

from desktop.documents.einvoice.spelling import decimals
from desktop.domain.document import Document
from desktop.domain.wording import Said, percent, phrase, words

MOST_DECIMALS: Final = 2
_CATEGORIES: Final = ("S", "Z", "E", "AE", "K", "G", "O", "L", "M")
_RATED: Final = ("S", "L")
# The tax of Ceuta and Melilla, whose rate may be nothing.
_ANY_RATE: Final = "M"


def einvoice_problem(document: Document) -> Said | None:
    """Why the document can be no e-invoice of any form, in one sentence; None where it can.

    What a person could fill in (an address, a tax id, a reference) is the gate's to find.
    """
    return _currency_problem(document) or _tax_problem(document)


def _currency_problem(document: Document) -> Said | None:
    told = [document.currency]
    if document.tax_in_tax_currency is not None:
        told.append(document.tax_currency)
    for currency in told:
        # BR-DEC-01 to 28
        if (count := decimals(currency)) > MOST_DECIMALS:
            return phrase(
                "Amounts in {currency} have {count} decimals; an e-invoice knows two at most (EN 16931).",
                currency=currency,
                count=count,
            )
    return None


def _tax_problem(document: Document) -> Said | None:
    if not document.lines:
        # BR-16
        return phrase("It has no line, and an e-invoice needs one (EN 16931).")
    for category, rate in dict.fromkeys((line.category, line.rate) for line in document.lines):
        if category not in _CATEGORIES:
            return phrase("“{category}” is no tax category of e-invoices (EN 16931).", category=category)
        # BR-S-05, BR-AF-05, BR-Z-05, BR-E-05, BR-AE-05, BR-IC-05, BR-G-05
        if (category in _RATED) != (rate > 0) and category != _ANY_RATE:
            return phrase(
                "Tax category {category} at {rate} is not one of e-invoices (EN 16931).",
                category=category,
                rate=percent(rate),
            )
    told = Counter((tax.category, tax.rate) for tax in document.taxes)
    if set(told) != {(line.category, line.rate) for line in document.lines} or max(told.values()) > 1:
        names = list(dict.fromkeys(tax.name for tax in document.taxes if tax.name))
        if names:
            return phrase(
                "Several taxes lie on one amount ({names}); an e-invoice knows one for each line (EN 16931).",
                names=words(*names),
            )
        return phrase("Its taxes are not those of its lines, so it cannot be an e-invoice (EN 16931).")
    # BR-O-11 to 14
    if any(category == "O" for category, _rate in told) and len(told) > 1:
        return phrase(
            "What is outside the scope of VAT stands on one document with what is not;"
            " an e-invoice cannot hold both (EN 16931)."
        )
    return None
