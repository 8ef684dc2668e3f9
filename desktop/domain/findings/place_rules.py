"""Rules on tax that goes by place: the states that decide it, the codes that India wants, the rate to tell it in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from desktop.domain.billing.regimes import own_state, place_of_supply, regime_of
from desktop.domain.findings.rule import Case
from desktop.domain.states import gstin_state, state_name, state_of
from desktop.domain.wording import Said, phrase

Found = Iterator[tuple[Said, Said, str]]


def place_missing(case: Case, _: Mapping[str, Any]) -> Found:
    """Without the place nobody knows whose tax it is (IGST Act s. 7 and 8; each state's sales tax act)."""
    firm, client = case.billing.firm, case.client
    regime = regime_of(firm.regime, firm.country)
    if regime == "india" and not firm.small_business and not own_state(firm):
        yield (
            phrase("The state of your firm is not known, so nobody can tell CGST and SGST from IGST."),
            phrase("Enter your GSTIN, or your state, under Settings, Firm."),
            "firm:1:region",
        )
    elif regime == "us" and client.country in ("", firm.country) and not place_of_supply(firm, client):
        yield (
            phrase(
                "The state of {client} is not known, so nobody can tell which sales tax applies.", client=client.name
            ),
            phrase("Enter the state in the client's address, or its place of supply."),
            f"client:{client.id}:region",
        )


def state_mismatch(case: Case, _: Mapping[str, Any]) -> Found:
    """The state of a GSTIN decides unless the place of supply is set; another one in the address is a slip of one."""
    firm, client = case.billing.firm, case.client
    if firm.country != "IN" or client.country != "IN" or client.place_of_supply:
        return
    registered, address = gstin_state(client.tax_id), state_of("IN", client.region)
    if registered and address and registered != address:
        yield (
            phrase(
                "The GSTIN of {client} is of {registered}, its address in {address}.",
                client=client.name,
                registered=state_name("IN", registered),
                address=state_name("IN", address),
            ),
            phrase("Correct one of them, or set the place of supply."),
            f"client:{client.id}:place_of_supply",
        )


def hsn_missing(case: Case, _: Mapping[str, Any]) -> Found:
    """An Indian tax invoice names the HSN or SAC of what it bills (CGST Rules 46(g))."""
    firm = case.billing.firm
    if regime_of(firm.regime, firm.country) != "india":
        return
    seen: set[int | None] = set()
    for line in case.draft.lines:
        if line.classification or line.deducts_id is not None or line.category == "O" or line.item_id in seen:
            continue
        seen.add(line.item_id)
        yield (
            phrase("“{line}” has no HSN or SAC.", line=line.description),
            phrase("Enter it at the item.")
            if line.item_id
            else phrase("Bill it by an item of the catalogue that has one."),
            f"item:{line.item_id}:hsn_sac" if line.item_id else "",
        )


def tax_rate_missing(case: Case, _: Mapping[str, Any]) -> Found:
    """Tax told in another currency needs a rate to it (Directive 2006/112 Art. 230)."""
    told, draft, billing = case.billing.firm.tax_currency, case.draft, case.billing
    if not draft.tax or told in ("", draft.currency):
        return
    for currency in (draft.currency, told):
        if currency != billing.firm.currency and currency not in billing.exchange:
            yield (
                phrase(
                    "The tax is told in {told}, and there is no exchange rate of {currency}.",
                    told=told,
                    currency=currency,
                ),
                phrase("Enter the rate under Settings, Currencies."),
                f"exchange:{currency}:rate",
            )
