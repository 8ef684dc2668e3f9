"""Rules on what a valid document needs: parties, references, taxes, dates. What they find blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from desktop.domain.agreement import Agreement
from desktop.domain.billing import MISSING, ClientFacts, Line
from desktop.domain.billing.regimes import regime_of
from desktop.domain.findings.rule import Case
from desktop.domain.identifiers import check_tax_id
from desktop.domain.tax import GOODS_UNION, OVERRIDES, vat_place
from desktop.domain.tax_catalogue import EU_COUNTRIES
from desktop.domain.wording import Said, day, money, own_word, phrase, words

Found = Iterator[tuple[Said, Said, str]]


def address_incomplete(case: Case, _: Mapping[str, Any]) -> Found:
    client = case.client
    missing = []
    if not client.country:
        missing.append(("country", own_word("country")))
    if not client.city:
        missing.append(("city", own_word("city")))
    if not client.street and not client.postcode:
        missing.append(("street", own_word("street or postcode")))
    if missing:
        yield (
            phrase(
                "The address of {client} has no {parts}.", client=client.name, parts=words(*(one for _, one in missing))
            ),
            phrase("Complete the client's address."),
            f"client:{client.id}:{missing[0][0]}",
        )


def tax_id_missing(case: Case, _: Mapping[str, Any]) -> Found:
    client = case.client
    if client.tax_id:
        return
    categories = {line.category for line in case.draft.lines}
    if categories & {"AE", "K"}:
        said = phrase(
            "A tax-free supply within the EU needs the VAT id of {client}, and there is none.", client=client.name
        )
        if "AE" in categories:
            said = phrase("Reverse charge needs the VAT id of {client}, and there is none.", client=client.name)
        yield (
            said,
            phrase("Enter the VAT id, or mark the client as a consumer."),
            f"client:{client.id}:tax_id",
        )


def tax_id_invalid(case: Case, _: Mapping[str, Any]) -> Found:
    client = case.client
    if client.tax_id:
        checked = check_tax_id(client.country, client.tax_id)
        if not checked.ok:
            remedy = phrase("Correct the tax id with the client.")
            if client.country == "IN":
                remedy = phrase("Correct the GSTIN with the client.")
            yield checked.problem, remedy, f"client:{client.id}:tax_id"


def buyer_reference_missing(case: Case, _: Mapping[str, Any]) -> Found:
    client = case.client
    if client.buyer_reference_required and not case.draft.buyer_reference:
        yield (
            phrase("{client} wants a buyer reference on every invoice, and there is none.", client=client.name),
            phrase("Enter it at the client or the agreement."),
            f"client:{client.id}:buyer_reference",
        )


def currency_mismatch(case: Case, _: Mapping[str, Any]) -> Found:
    for agreement in case.agreements:
        if agreement.currency != case.client.currency:
            yield (
                phrase(
                    "{agreement} is in {currency}, but {client} pays in {own}.",
                    agreement=agreement.code,
                    currency=agreement.currency,
                    client=case.client.name,
                    own=case.client.currency,
                ),
                phrase("Set the same currency at the agreement and the client."),
                f"agreement:{agreement.id}:currency",
            )
        yield from _other_currencies(case, agreement)
    if not case.agreements and case.draft.currency != case.client.currency:
        yield (
            phrase(
                "The charges are in {currency}, but {client} pays in {own}.",
                currency=case.draft.currency,
                client=case.client.name,
                own=case.client.currency,
            ),
            phrase("Enter the charges in the client's currency."),
            f"client:{case.client.id}:currency",
        )


def _other_currencies(case: Case, agreement: Agreement) -> Found:
    work = case.work.get(agreement.id)
    billed = {charge.source_id for charge in case.draft.charges if charge.kind == "one_off"}
    for one_off in work.one_offs if work else ():
        if one_off.id in billed and one_off.currency != agreement.currency:
            yield (
                phrase(
                    "“{charge}” is in {currency}, but {agreement} is in {own}.",
                    charge=one_off.description,
                    currency=one_off.currency,
                    agreement=agreement.code,
                    own=agreement.currency,
                ),
                phrase("Enter the charge in the agreement's currency."),
                f"one_off:{one_off.id}:currency",
            )


def tax_code_mismatch(case: Case, _: Mapping[str, Any]) -> Found:
    client, firm = case.client, case.billing.firm
    vat = regime_of(firm.regime, firm.country) == "vat"
    seen: set[str] = set()
    for line in case.draft.lines:
        if line.category in seen:
            continue
        seen.add(line.category)
        where = f"client:{client.id}:tax_treatment"
        if not line.category:
            said = phrase("No tax code covers “{line}” for a client without a country.", line=line.description)
            if client.country:
                said = phrase(
                    "No tax code covers “{line}” for a client in {country}.",
                    line=line.description,
                    country=client.country,
                )
            yield (
                said,
                phrase("Add the tax code under Settings, Taxes, or choose another at the item."),
                f"item:{line.item_id}:tax_code_id" if line.item_id else where,
            )
            continue
        kind = "service" if line.category == "AE" else "goods"
        home, abroad = vat_place(firm.country, "", kind), vat_place(client.country, client.tax_id, kind)
        union = EU_COUNTRIES if line.category == "AE" else GOODS_UNION
        if line.category in ("AE", "K") and vat and (abroad == home or abroad not in union):
            yield (
                phrase(
                    "Reverse charge and intra-EU supplies need a client in another EU state; this one is in {country}.",
                    country=client.country,
                ),
                *_cause(client, line),
            )
        elif line.category == "G" and abroad in union and home in union:
            yield (
                phrase(
                    "An export leaves the EU, but {client} is in {country}.",
                    client=client.name,
                    country=client.country,
                ),
                *_cause(client, line),
            )


def _cause(client: ClientFacts, line: Line) -> tuple[Said, str]:
    """What to mend, and its field: the client where its treatment overrides the item's tax code, else the item."""
    if line.item_id and client.tax_treatment not in OVERRIDES:
        return phrase("Correct it at the item."), f"item:{line.item_id}:tax_code_id"
    return phrase("Set the client's tax treatment back to automatic."), f"client:{client.id}:tax_treatment"


def tax_mix(case: Case, _: Mapping[str, Any]) -> Found:
    firm = case.billing.firm
    if regime_of(firm.regime, firm.country) in ("india", "us"):
        # The rule is that of EN 16931; there, what bears no tax stands beside what does.
        return
    categories = {line.category for line in case.draft.lines}
    if "O" in categories and len(categories) > 1:
        others = ", ".join(sorted(categories - {"O"}))
        yield (
            phrase(
                "“Not subject to tax” (O) stands alone on an invoice; here it is mixed with {others} (BR-O-11).",
                others=others,
            ),
            phrase("Bill these lines on an invoice of their own."),
            "",
        )


def price_missing(case: Case, _: Mapping[str, Any]) -> Found:
    for description in dict.fromkeys(line.description for line in case.draft.lines if line.price_source == MISSING):
        agreement = case.agreement
        yield (
            phrase("“{line}” has no price in {currency}.", line=description, currency=case.draft.currency),
            phrase("Set a price on the agreement's line, the rate card or the item."),
            f"agreement:{agreement.id}:lines" if agreement else "",
        )


def overlap(case: Case, _: Mapping[str, Any]) -> Found:
    codes = {agreement.id: agreement.code for agreement in case.agreements}
    for charge in case.draft.charges:
        work = case.work.get(charge.agreement_id or 0)
        span = work.charged.get(charge.source_id) if work and charge.kind == "recurring" else None
        # ISO texts compare as the days do.
        if span is None or charge.period_start >= span.end.isoformat():
            continue
        for first, end in span.spans or ((span.start, span.end),):
            if first.isoformat() < charge.period_end and charge.period_start < end.isoformat():
                yield (
                    phrase(
                        "{agreement} is billed already from {first} to before {end}.",
                        agreement=codes.get(charge.agreement_id or 0, own_word("This")),
                        first=day(first),
                        end=day(end),
                    ),
                    phrase("Discard this draft and plan the run again."),
                    f"agreement:{charge.agreement_id}:charged_through",
                )
                return


def date_backwards(case: Case, _: Mapping[str, Any]) -> Found:
    last, dated = case.standing.series_last, case.billing.issue_date
    if case.planning and last is not None and dated < last:
        yield (
            phrase("The run is dated {day}, but the series has an invoice of {last}.", day=day(dated), last=day(last)),
            phrase("Plan the run with an issue date from {day} on.", day=day(last)),
            "run::issue_date",
        )


def negative_total(case: Case, _: Mapping[str, Any]) -> Found:
    if case.draft.gross < 0:
        yield (
            phrase("The total is {total}, below nothing.", total=money(case.draft.gross, case.draft.currency)),
            phrase("Approve to issue it as a credit note, or hold it until more is due."),
            "",
        )
