"""Why a group of a document bears no tax: words (BT-120) and code of the VATEX list (BT-121)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from desktop.documents.words import tax_name, words_for
from desktop.domain.document import DocumentTax
from desktop.domain.tax_catalogue import EU_COUNTRIES

UNTAXED: Final = ("E", "AE", "K", "G", "O")
_EU: Final = (
    "79-C 132 132-1A 132-1B 132-1C 132-1D 132-1E 132-1F 132-1G 132-1H 132-1I 132-1J 132-1K 132-1L 132-1M 132-1N 132-1O"
    " 132-1P 132-1Q 135-1 143 143-1A 143-1B 143-1C 143-1D 143-1E 143-1F 143-1FA 143-1G 143-1H 143-1I 143-1J 143-1K"
    " 143-1L 144 146-1E 148 148-A 148-B 148-C 148-D 148-E 148-F 148-G 151 151-1A 151-1AA 151-1B 151-1C 151-1D 151-1E"
    " 153 159 309 AE D F G I IC J O"
)
_FRENCH: Final = (
    "298SEXDECIESA AE CGI261-1 CGI261-2 CGI261-3 CGI261-4 CGI261-5 CGI261-7 CGI261-8 CGI261A CGI261B CGI261C-1"
    " CGI261C-2 CGI261C-3 CGI261D-1 CGI261D-1BIS CGI261D-2 CGI261D-3 CGI261D-4 CGI261E-1 CGI261E-2 CGI275 CGI277A"
    " CGI295 CNWVAT FRANCHISE"
)
CODES: Final = frozenset(f"VATEX-EU-{code}" for code in _EU.split()) | frozenset(
    f"VATEX-FR-{code}" for code in _FRENCH.split()
)
"""The list of EN 16931 (BR-CL-22)."""
_NATURAL: Final = {"AE": "VATEX-EU-AE", "K": "VATEX-EU-IC", "G": "VATEX-EU-G", "O": "VATEX-EU-O"}
# Peppol binds some codes to their category (P0104 to P0111).
_BOUND: Final = {code: category for category, code in _NATURAL.items()} | dict.fromkeys(
    ("VATEX-EU-D", "VATEX-EU-F", "VATEX-EU-I", "VATEX-EU-J"), "E"
)


@lru_cache(maxsize=1024)
def exemption(tax: DocumentTax, language: str, country: str) -> tuple[str, str]:
    """(words, code) why a group bears no tax; nothing for S, Z, L and M (BR-S-10, BR-Z-10, BR-AF-10, BR-AG-10).

    `country` is the seller's. A code that the list does not know, or that is of another category, is left out: the
    words say it too.
    """
    if tax.category not in UNTAXED:
        return "", ""
    words = words_for(language)
    said = tax.exemption.strip() or words.notes[tax.category].format(tax=tax_name(words, language, country))
    code = tax.exemption_code.strip().upper()
    if not code and country in EU_COUNTRIES:
        code = _NATURAL.get(tax.category, "")
    right = code in CODES and _BOUND.get(code, tax.category) == tax.category
    return said, code if right else ""
