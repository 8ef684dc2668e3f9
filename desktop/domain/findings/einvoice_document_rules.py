"""Rules on what an e-invoice says of its payment, delivery, currency, taxes and lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from desktop.domain.findings.einvoice import RULES_OF, Found, Part, form_name, is_german, missing, rules_of, shows
from desktop.domain.findings.rule import Case
from desktop.domain.identifiers import check_creditor_id, check_iban
from desktop.domain.money import exponent
from desktop.domain.tax_parts import taxes_of
from desktop.domain.wording import Figure, number, own_word, phrase, words

_RATED: Final = ("S", "L")
_UNTAXED: Final = ("E", "AE", "K", "G", "O")
_MOST_DECIMALS: Final = 2
_CARD: Final = re.compile(r"\D*[0-9]{4}\D*")


def einvoice_payment(case: Case, _: Mapping[str, Any]) -> Found:
    """How it is paid (BG-16). What is credited is set off, which needs nothing."""
    if case.draft.gross < 0:
        return
    match case.buyer.means:
        case "debit":
            yield from _debit(case)
        case "card":
            yield from _card(case)
        case _:
            yield from _transfer(case)


def _transfer(case: Case) -> Found:
    currency = case.draft.currency
    accounts = [account for account, own in case.billing.firm.seller.accounts if own in ("", currency)]
    if not accounts:
        yield (
            phrase(
                "There is no bank account of your firm for {currency} to pay to ({rules}).",
                currency=currency,
                rules="BR-61, BR-DE-23" if is_german(case) else "BR-61",
            ),
            phrase("Add one under Settings, Firm, or choose another way to pay with the client."),
            "firm:1:iban",
        )
    for account in accounts:
        checked = check_iban(account)
        if account[:2].isalpha() and not checked.ok:
            yield checked.problem, phrase("Correct the account under Settings, Firm (BR-DE-19)."), "firm:1:iban"


def _debit(case: Case) -> Found:
    client, buyer, creditor = case.client, case.buyer, case.billing.firm.seller.creditor_id
    parts = [
        Part("mandate", own_word("mandate reference"), "PEPPOL-EN16931-R061, BR-DE-25", buyer.mandate),
        Part("iban", own_word("IBAN to debit"), "BR-DE-31", buyer.iban),
    ]
    names = missing(case, parts)
    if names is not None:
        column = next(part.column for part in parts if not part.is_there)
        yield (
            phrase(
                "{client} pays by direct debit; missing: {parts} ({rules}).",
                client=client.name,
                parts=names,
                rules=rules_of(parts),
            ),
            phrase("Enter it with the client, or let it pay by transfer."),
            f"client:{client.id}:{column}",
        )
    checked = check_iban(buyer.iban)
    if not checked.ok:
        yield checked.problem, phrase("Correct it with the client (BR-DE-20)."), f"client:{client.id}:iban"
    if not creditor:
        yield (
            phrase(
                "{client} pays by direct debit, and your firm has no SEPA creditor identifier (BR-DE-30).",
                client=client.name,
            ),
            phrase("Enter it under Settings, Firm."),
            "firm:1:creditor_id",
        )
    elif not (told := check_creditor_id(creditor)).ok:
        yield told.problem, phrase("Correct it under Settings, Firm."), "firm:1:creditor_id"


def _card(case: Case) -> Found:
    """Four digits and no more (BR-51). Without them the way to pay is called not defined, which BR-DE-24 lets pass."""
    client, card = case.client, case.buyer.card
    if card and not _CARD.fullmatch(card):
        yield (
            phrase(
                "Of the card of {client} only the last four digits may stand in an e-invoice (BR-51).",
                client=client.name,
            ),
            phrase("Write only these with the client."),
            f"client:{client.id}:card",
        )


def einvoice_delivery(case: Case, _: Mapping[str, Any]) -> Found:
    """Where goods go (BG-15); without an address of its own that is the client's (BR-IC-12)."""
    client, buyer = case.client, case.buyer
    if buyer.delivery_id is None:
        return
    parts = [Part("country", own_word("country"), "BR-57", buyer.delivery_country or client.country)]
    if is_german(case):
        parts += [
            Part("city", own_word("city"), "BR-DE-10", buyer.delivery_city),
            Part("postcode", own_word("postcode"), "BR-DE-11", buyer.delivery_postcode),
        ]
    names = missing(case, parts)
    if names is not None:
        yield (
            phrase(
                "The delivery address of {client} lacks: {parts} ({rules}).",
                client=client.name,
                parts=names,
                rules=rules_of(parts),
            ),
            phrase("Complete the address with the client, or remove it."),
            f"client:{client.id}:delivery_address",
        )


def einvoice_currency(case: Case, _: Mapping[str, Any]) -> Found:
    """Amounts have two decimals at most (BR-DEC-09 to 28); the tax in another currency too (BR-DEC-15)."""
    draft, client = case.draft, case.client
    told = case.billing.firm.tax_currency if draft.tax else ""
    for currency, field in ((draft.currency, f"client:{client.id}:currency"), (told, "firm:1:tax_currency")):
        if currency and exponent(currency) > _MOST_DECIMALS:
            yield (
                phrase(
                    "{currency} has {decimals} decimals, and e-invoices know two at most (BR-DEC).",
                    currency=currency,
                    decimals=number(exponent(currency) * 1_000_000),
                ),
                phrase("Bill in another currency, or send this client no e-invoice."),
                field,
            )


def einvoice_tax(case: Case, _: Mapping[str, Any]) -> Found:
    """What each tax group must say: its rate, and where there is none the reason (BR-S-05, BR-E-10 and their like)."""
    seen = set[tuple[str, int | None]]()
    if any(line.tax_parts and len(taxes_of(line.rate, line.tax_parts)) > 1 for line in case.draft.lines):
        yield (
            phrase(
                "{form} knows one tax a line, and these lines bear several by name (BR-S-08).", form=form_name(case)
            ),
            phrase("Send this client no e-invoice, or bill it under a tax code of one tax."),
            f"client:{case.client.id}:einvoice",
        )
    for line in case.draft.lines:
        key = (line.category, line.tax_code_id)
        if key in seen or not line.category:
            continue
        seen.add(key)
        code = case.billing.taxes_by_id.get(line.tax_code_id or 0)
        name: Figure = code.code if code else own_word("tax code")
        field = f"tax_code:{line.tax_code_id}:" if line.tax_code_id else "tax_code::"
        if line.category in (*_UNTAXED, "Z") and line.rate:
            yield (
                phrase(
                    "“{code}” bears a rate, and category {category} has none ({rules}).",
                    code=name,
                    category=line.category,
                    rules=_rule(line.category, "05"),
                ),
                phrase("Correct the tax code under Settings, Taxes."),
                field + "rates",
            )
        elif line.category in _RATED and not line.rate:
            yield (
                phrase(
                    "“{code}” is of category {category} and has no rate ({rules}).",
                    code=name,
                    category=line.category,
                    rules=_rule(line.category, "05"),
                ),
                phrase("Correct the tax code under Settings, Taxes."),
                field + "rates",
            )


def _rule(category: str, number: str) -> str:
    return f"BR-{RULES_OF.get(category, category)}-{number}"


def einvoice_lines(case: Case, _: Mapping[str, Any]) -> Found:
    """Each line has a name that shows and a category; there is one at least (BR-16, BR-25, BR-CO-04)."""
    draft = case.draft
    agreement = case.agreement
    field = f"agreement:{agreement.id}:lines" if agreement else ""
    if not draft.lines:
        yield phrase("An e-invoice has one line at least (BR-16)."), phrase("Add a line, or discard the draft."), field
    unnamed = [str(line.position) for line in draft.lines if not shows(line.description)]
    if unnamed:
        yield (
            phrase("Line {lines} has no text (BR-25).", lines=words(*unnamed)),
            phrase("Write what is billed on the line."),
            field,
        )
    untaxed = [str(line.position) for line in draft.lines if not line.category]
    if untaxed:
        yield (
            phrase("Line {lines} has no tax category (BR-CO-04).", lines=words(*untaxed)),
            phrase("Give its item a tax code under Settings, Items."),
            field,
        )
