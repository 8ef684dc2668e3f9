"""The tax codes that a new book starts with: every EU state, the United Kingdom, Switzerland, and a start for the rest.

Rates are those of the states' VAT laws as collected in the European Commission's Taxes in Europe database, and of
the British and Swiss acts; dated, because a supply keeps the rate of its own day. Temporary cuts are in
(Germany 2020, Ireland 2020, Luxembourg 2023). Products that moved from one rate to another are not: an item's own
code says where it is.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

STANDARD = "standard"
ZERO = "zero"
EXEMPT = "exempt"
REVERSE_CHARGE = "reverse-charge"
INTRA_EU_GOODS = "intra-eu-goods"
EXPORT = "export"
OUTSIDE = "outside"
SMALL_BUSINESS = "small-business"


class CatalogueCode(NamedTuple):
    """A tax code to begin with: category of EN 16931, rates in percent from a day on, oldest first.

    One of several taxes has `parts` instead: (name, first day, percent) of each.
    """

    code: str
    name: str
    category: str
    exemption_code: str
    exemption_text: str
    rates: tuple[tuple[date, Decimal], ...]
    parts: tuple[tuple[str, date, Decimal], ...] = ()


_NAMES = {
    "standard": "Standard rate",
    "reduced": "Reduced rate",
    "reduced-2": "Second reduced rate",
    "reduced-3": "Third reduced rate",
    "lodging": "Special rate for lodging",
}

_EU_RATES = {
    "AT": "standard 1984-01-01 20 / reduced 1984-01-01 10 / reduced-2 2016-01-01 13",
    "BE": "standard 1996-01-01 21 / reduced 2000-01-01 6 / reduced-2 1992-04-01 12",
    "BG": "standard 1999-01-01 20 / reduced 2011-04-01 9",
    "CY": "standard 2014-01-13 19 / reduced 2014-01-13 9 / reduced-2 2000-07-01 5 / reduced-3 2023-12-01 3",
    "CZ": "standard 2013-01-01 21 / reduced 2013-01-01 15 2024-01-01 12",
    "DE": "standard 2007-01-01 19 2020-07-01 16 2021-01-01 19 / reduced 1983-07-01 7 2020-07-01 5 2021-01-01 7",
    "DK": "standard 1992-01-01 25",
    "EE": "standard 2009-07-01 20 2024-01-01 22 2025-07-01 24 / reduced 2009-01-01 9 / reduced-2 2025-01-01 13",
    "ES": "standard 2012-09-01 21 / reduced 2012-09-01 10 / reduced-2 1995-01-01 4",
    "FI": "standard 2013-01-01 24 2024-09-01 25.5 / reduced 2013-01-01 14 2026-01-01 13.5 / reduced-2 2013-01-01 10",
    "FR": "standard 2014-01-01 20 / reduced 2014-01-01 10 / reduced-2 1982-07-01 5.5 / reduced-3 1986-07-01 2.1",
    "GR": "standard 2016-06-01 24 / reduced 2011-01-01 13 / reduced-2 2015-07-20 6",
    "HR": "standard 2012-03-01 25 / reduced 2014-01-01 13 / reduced-2 2013-01-01 5",
    "HU": "standard 2012-01-01 27 / reduced 2009-07-01 18 / reduced-2 2004-01-01 5",
    "IE": "standard 2012-01-01 23 2020-09-01 21 2021-03-01 23 / reduced 2003-01-01 13.5 / reduced-2 2011-07-01 9",
    "IT": "standard 2013-10-01 22 / reduced 1995-02-24 10 / reduced-2 2016-01-01 5 / reduced-3 1995-02-24 4",
    "LT": "standard 2009-09-01 21 / reduced 2009-01-01 9 2026-01-01 12 / reduced-2 2004-05-01 5",
    "LU": "standard 2015-01-01 17 2023-01-01 16 2024-01-01 17 / reduced 2015-01-01 8 2023-01-01 7 2024-01-01 8"
    " / reduced-2 2015-01-01 14 2023-01-01 13 2024-01-01 14 / reduced-3 1983-07-01 3",
    "LV": "standard 2012-07-01 21 / reduced 2011-01-01 12 / reduced-2 2018-01-01 5",
    "MT": "standard 2004-01-01 18 / reduced 2011-01-01 7 / reduced-2 1999-01-01 5 / reduced-3 2024-01-01 12",
    "NL": "standard 2012-10-01 21 / reduced 1986-10-01 6 2019-01-01 9",
    "PL": "standard 2011-01-01 23 / reduced 2011-01-01 8 / reduced-2 2011-01-01 5",
    "PT": "standard 2011-01-01 23 / reduced 2010-07-01 6 / reduced-2 2010-07-01 13",
    "RO": "standard 2016-01-01 20 2017-01-01 19 2025-08-01 21 / reduced 2008-12-01 9 2025-08-01 11",
    "SE": "standard 1990-07-01 25 / reduced 1996-01-01 12 / reduced-2 1996-01-01 6",
    "SI": "standard 2013-07-01 22 / reduced 2013-07-01 9.5 / reduced-2 2020-01-01 5",
    "SK": "standard 2011-01-01 20 2025-01-01 23 / reduced 2011-01-01 10 2025-01-01 19 / reduced-2 2023-01-01 5",
}

_OTHER_RATES = {
    "GB": "standard 2011-01-04 20 / reduced 1997-09-01 5",
    "CH": "standard 2011-01-01 8 2018-01-01 7.7 2024-01-01 8.1 / reduced 2011-01-01 2.5 2024-01-01 2.6"
    " / lodging 2011-01-01 3.8 2018-01-01 3.7 2024-01-01 3.8",
}

EU_COUNTRIES = frozenset(_EU_RATES)

# What the small trader's own law wants on the paper, in that law's language; elsewhere Directive 2006/112, Art. 284.
_SMALL_BUSINESS = {
    "AT": ("", "Steuerfrei nach § 6 Abs. 1 Z 27 UStG (Kleinunternehmer)"),
    "DE": ("", "Steuerfrei nach § 19 UStG (Kleinunternehmer)"),
    "FR": ("VATEX-FR-FRANCHISE", "TVA non applicable, article 293 B du CGI"),
    "NL": ("", "Vrijgesteld van btw, artikel 25 Wet OB 1968 (kleineondernemersregeling)"),
    "GB": ("", "The supplier is not registered for VAT"),
    "CH": ("", "Von der Steuerpflicht befreit, Art. 10 Abs. 2 MWSTG"),
    "CA": ("", "Small supplier, not registered for GST/HST"),
}

ALWAYS = date(1970, 1, 1)
NOTHING = ((ALWAYS, Decimal(0)),)


def _parsed(text: str) -> list[CatalogueCode]:
    codes = []
    for part in text.split("/"):
        code, *pairs = part.split()
        rates = tuple(
            (date.fromisoformat(day), Decimal(percent)) for day, percent in zip(pairs[::2], pairs[1::2], strict=True)
        )
        codes.append(CatalogueCode(code, _NAMES[code], "S", "", "", rates))
    return codes


def _untaxed(country: str) -> list[CatalogueCode]:
    in_eu = country in EU_COUNTRIES
    abroad = (
        "Service not taxable here: taxed where the customer is established (Articles 44 and 59, Directive 2006/112/EC)"
        if in_eu
        else "Service outside the scope of VAT: taxed where the customer is established"
    )
    codes = [
        CatalogueCode(ZERO, "Zero rate", "Z", "", "", NOTHING),
        CatalogueCode(EXEMPT, "Exempt", "E", "", "Exempt from VAT", NOTHING),
        CatalogueCode(
            EXPORT, "Export of goods", "G", "VATEX-EU-G" if in_eu else "", "Export of goods, free of VAT", NOTHING
        ),
        CatalogueCode(OUTSIDE, "Outside the scope of VAT", "O", "VATEX-EU-O" if in_eu else "", abroad, NOTHING),
    ]
    if in_eu:
        codes += [
            CatalogueCode(
                REVERSE_CHARGE,
                "Reverse charge",
                "AE",
                "VATEX-EU-AE",
                "Reverse charge: VAT is due from the customer (Articles 44 and 196, Directive 2006/112/EC)",
                NOTHING,
            ),
            CatalogueCode(
                INTRA_EU_GOODS,
                "Goods to a business in the EU",
                "K",
                "VATEX-EU-IC",
                "Intra-Community supply, exempt (Article 138, Directive 2006/112/EC)",
                NOTHING,
            ),
        ]
    if in_eu or country in _SMALL_BUSINESS:
        reason_code, reason = _SMALL_BUSINESS.get(
            country, ("", "Small business, exempt from VAT (Article 284, Directive 2006/112/EC)")
        )
        codes.append(CatalogueCode(SMALL_BUSINESS, "Small business", "E", reason_code, reason, NOTHING))
    return codes


@lru_cache(maxsize=64)
def tax_codes(country: str) -> tuple[CatalogueCode, ...]:
    """The codes of a firm in this country (ISO 3166 alpha-2).

    A country that the catalogue does not know gets one taxed code at 0 %, category Z, whose rate the firm sets.
    """
    rates = _EU_RATES.get(country) or _OTHER_RATES.get(country)
    if rates is None:
        start = CatalogueCode(STANDARD, "Tax (set your rate)", "Z", "", "", NOTHING)
        return (start, *(code for code in _untaxed(country) if code.code != ZERO))
    return (*_parsed(rates), *_untaxed(country))
