"""Which tax a supply bears: who sells, who buys, what it is, and on which day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from desktop.domain.tax_catalogue import (
    EU_COUNTRIES,
    EXEMPT,
    EXPORT,
    INTRA_EU_GOODS,
    OUTSIDE,
    REVERSE_CHARGE,
    SMALL_BUSINESS,
)

# One VAT territory under two ISO codes: Monaco is France and the Isle of Man the United Kingdom (Directive 2006/112
# Art. 7), Liechtenstein shares Switzerland's VAT; EL is how VAT ids spell Greece.
_TERRITORY = {"MC": "FR", "IM": "GB", "LI": "CH", "EL": "GR"}

# A client's own setting (client.tax_treatment) by the code it stands for; "domestic" is the item's code.
OVERRIDES = {
    "reverse_charge": REVERSE_CHARGE,
    "intra_goods": INTRA_EU_GOODS,
    "export": EXPORT,
    "exempt": EXEMPT,
    "outside": OUTSIDE,
}


# Northern Ireland trades goods, not services, as if it were in the EU (Directive (EU) 2020/1756).
GOODS_UNION = EU_COUNTRIES | {"XI"}


@dataclass(frozen=True, slots=True)
class TaxTreatment:
    """What a line bears: tax code, category of EN 16931, rate in percent, and the words where no tax is charged."""

    code: str
    category: str
    rate: Decimal
    exemption_code: str = ""
    exemption_text: str = ""


def decide_treatment(
    seller_country: str,
    seller_small_business: bool,
    buyer_country: str,
    buyer_tax_id: str,
    buyer_is_business: bool,
    override: str,
    item_kind: str,
    item_code: str,
) -> str:
    """The tax code of a supply.

    Services follow the customer when it is a business (Directive 2006/112 Art. 44) and the supplier when it is not
    (Art. 45), goods leave the country tax free. Three choices where the law knows more than a book does:
    a service to a consumer outside the EU takes the domestic rate, which is Art. 45's rule, and a client whose
    services are those of Art. 59 (advice, law, licences) is set to "outside"; Swiss services to anyone abroad are
    outside (MWSTG Art. 8(1)); a small business charges nothing at home, yet its services to businesses abroad are
    not taxable at home in the first place, so reverse charge and "outside" come before its exemption.
    Goods to Northern Ireland are goods within the EU when the buyer's id says XI; a seller there has country XI.
    An item that is exempt or outside by nature stays so.
    """
    home = SMALL_BUSINESS if seller_small_business else item_code
    if override == "domestic":
        return home
    if override in OVERRIDES:
        return OVERRIDES[override]
    if item_code in (EXEMPT, OUTSIDE):
        return item_code
    seller = vat_place(seller_country, "", item_kind)
    buyer = vat_place(buyer_country, buyer_tax_id, item_kind)
    business = buyer_is_business or bool(buyer_tax_id)
    if item_kind == "goods":
        return _goods(seller, buyer, business, seller_small_business, home)
    if not buyer or seller == buyer:
        return home
    if seller in EU_COUNTRIES:
        if not business:
            return home
        return REVERSE_CHARGE if buyer in EU_COUNTRIES else OUTSIDE
    if seller == "GB" and not business:
        return home
    return OUTSIDE


def vat_place(country: str, tax_id: str, item_kind: str) -> str:
    """The country whose VAT law a place is under, XI being Northern Ireland where it counts: for goods."""
    place = _TERRITORY.get(country, country)
    if item_kind != "goods":
        return "GB" if place == "XI" else place
    return "XI" if place == "GB" and tax_id.replace(" ", "").upper().startswith("XI") else place


def _goods(seller: str, buyer: str, business: bool, small_business: bool, home: str) -> str:
    same = seller == buyer or {seller, buyer} == {"GB", "XI"}
    # A small business has no tax-free goods: its exemption comes first (UStG section 19(1), Directive Art. 283).
    if not buyer or same or small_business:
        return home
    if seller in GOODS_UNION and buyer in GOODS_UNION:
        return INTRA_EU_GOODS if business else home
    return EXPORT


def _day(rate: tuple[date, Decimal]) -> date:
    return rate[0]


def rate_at(rates: Sequence[tuple[date, Decimal]], day: date) -> Decimal:
    """The percentage on a day; rates are (valid from, percent), oldest first. ValueError before the first."""
    at = bisect_right(rates, day, key=_day)
    if at == 0:
        raise ValueError(f"no tax rate is known on {day.isoformat()}")
    return rates[at - 1][1]


def rate_changes(rates: Sequence[tuple[date, Decimal]], start: date, end: date) -> list[date]:
    """First days of another percentage strictly inside [start, end): where a service period must be split."""
    return [day for (_, before), (day, percent) in pairwise(rates) if start < day < end and percent != before]
