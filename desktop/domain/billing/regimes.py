"""Whose law a firm's invoices are under, and the tax code that this law gives a supply.

VAT follows buyer and seller alone (tax.decide_treatment). Elsewhere the place counts: India's tax is that of the state
and the centre within a state and the centre's alone between two; a sales tax is that of the customer's state, county
and city, wherever the firm collects there. The codes of places are rules of the book; the first that fits decides.
"""

from __future__ import annotations

from collections.abc import Sequence

from desktop.domain.billing.facts import ClientFacts, FirmFacts, TaxRule
from desktop.domain.states import OTHER, OWN, UNION, UNION_TERRITORIES, gstin_state, state_name, state_of
from desktop.domain.tax import OVERRIDES, decide_treatment
from desktop.domain.tax_catalogue import EU_COUNTRIES, EXEMPT, EXPORT, OUTSIDE, SMALL_BUSINESS, ZERO

REGIMES = ("vat", "india", "us", "generic")

_VAT = EU_COUNTRIES | {"AD", "AL", "BA", "BY", "CH", "EL", "FO", "GB", "GG", "IM", "IS", "JE", "LI", "MC", "MD", "ME"}
_VAT |= {"MK", "NO", "RS", "SM", "TR", "UA", "XI", "XK"}


def regime_of(chosen: str, country: str) -> str:
    """The regime of a firm: what it chose, else its country's; one of REGIMES."""
    if chosen in REGIMES:
        return chosen
    if country in ("IN", "US"):
        return {"IN": "india", "US": "us"}[country]
    return "vat" if country in _VAT else "generic"


def own_state(firm: FirmFacts) -> str:
    """The firm's state as `state_of` writes it: that of its GSTIN, else of its address; empty where unknown."""
    return (gstin_state(firm.tax_id) if firm.country == "IN" else "") or state_of(firm.country, firm.region)


def place_of_supply(firm: FirmFacts, client: ClientFacts) -> str:
    """The state in which a client is supplied, as `state_of` writes it; empty abroad and where unknown.

    What the client's page says comes first, then, in India, the state of its GSTIN, then its address. A client in
    India whose state nobody knows is supplied where the firm is (IGST Act s. 12(2)(b)(ii)).
    """
    country = client.country or firm.country
    if country != firm.country:
        return ""
    if client.place_of_supply:
        return state_of(country, client.place_of_supply)
    if country == "IN":
        return gstin_state(client.tax_id) or state_of(country, client.region) or own_state(firm)
    return state_of(country, client.region)


def place_words(regime: str, firm: FirmFacts, client: ClientFacts) -> str:
    """The place of supply as a document names it (CGST Rules 46(n)); nothing where the regime knows none."""
    if regime not in ("india", "us"):
        return ""
    return state_name(client.country or firm.country, place_of_supply(firm, client))


def decide_code(firm: FirmFacts, client: ClientFacts, item_kind: str, item_code: str, rules: Sequence[TaxRule]) -> str:
    """The tax code of a supply under the firm's regime; empty where the place that decides is not known."""
    regime = regime_of(firm.regime, firm.country)
    if regime == "india":
        return _india(firm, client, item_code, rules)
    if regime == "us":
        return _us(firm, client, item_kind, item_code, rules)
    if regime == "generic" and not firm.small_business and _open(client, item_code):
        found = rule_for(firm, client, item_code, rules)
        if found:
            return found
    return decide_treatment(
        firm.country,
        firm.small_business,
        client.country,
        client.tax_id,
        client.is_business,
        client.tax_treatment,
        item_kind,
        item_code,
    )


def rule_for(firm: FirmFacts, client: ClientFacts, item_code: str, rules: Sequence[TaxRule]) -> str:
    """The code of the first rule that fits the client's place and the item's class; empty where none does."""
    country = client.country or firm.country
    place, own = place_of_supply(firm, client), own_state(firm)
    for rule in rules:
        if rule.country in ("", country) and rule.item_code in ("", item_code) and _fits(rule, country, place, own):
            return rule.code
    return ""


def _fits(rule: TaxRule, country: str, place: str, own: str) -> bool:
    if rule.region == OWN:
        return bool(own) and place == own
    if rule.region == UNION:
        return bool(own) and place == own and own in UNION_TERRITORIES
    if rule.region == OTHER:
        return bool(own) and place != own
    if not rule.region:
        return True
    wanted = state_of(country, rule.region).casefold()
    there = place.casefold()
    return there == wanted or there.startswith(f"{wanted} ")


def _open(client: ClientFacts, item_code: str) -> bool:
    """Whether neither the client's treatment nor the item's nature has decided already."""
    return client.tax_treatment in ("auto", "domestic") and item_code not in (EXEMPT, OUTSIDE, EXPORT, ZERO)


def _india(firm: FirmFacts, client: ClientFacts, item_code: str, rules: Sequence[TaxRule]) -> str:
    """A composition or unregistered seller collects nothing (CGST Act s. 10); what leaves India, or goes to a special
    economic zone, is zero rated (IGST Act s. 16), which for the zone the client's treatment says."""
    if firm.small_business:
        return SMALL_BUSINESS
    if client.tax_treatment in OVERRIDES:
        return OVERRIDES[client.tax_treatment]
    if not _open(client, item_code):
        return item_code
    if client.country not in ("", firm.country) and client.tax_treatment != "domestic":
        return EXPORT
    if not own_state(firm):
        return ""
    return rule_for(firm, client, item_code, rules) or item_code


def _us(firm: FirmFacts, client: ClientFacts, item_kind: str, item_code: str, rules: Sequence[TaxRule]) -> str:
    """Where no rule says otherwise the firm collects nothing: it has no nexus there, or the item is not taxed."""
    if client.tax_treatment in OVERRIDES:
        return OVERRIDES[client.tax_treatment]
    if client.tax_certificate and client.tax_treatment == "auto":
        return EXEMPT
    if not _open(client, item_code):
        return item_code
    if client.country not in ("", firm.country) and client.tax_treatment != "domestic":
        return EXPORT if item_kind == "goods" else OUTSIDE
    if not place_of_supply(firm, client):
        return ""
    return rule_for(firm, client, item_code, rules) or OUTSIDE
