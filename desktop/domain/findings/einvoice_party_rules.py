"""Rules on seller and buyer of an e-invoice: their addresses, numbers and how their programs are reached."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from desktop.domain.billing.regimes import regime_of
from desktop.domain.electronic_address import (
    LEITWEG,
    NOT_PEPPOL,
    check_address,
    electronic_address,
    looks_like_leitweg,
)
from desktop.domain.findings.einvoice import (
    RULES_OF,
    Found,
    Part,
    client_lacks,
    firm_lacks,
    form_name,
    is_german,
    is_peppol,
    is_xrechnung,
    shows,
    taxed,
)
from desktop.domain.findings.rule import Case
from desktop.domain.vat_ids import vat_id
from desktop.domain.wording import own_word, phrase

_MAIL: Final = re.compile(r"[^@\s]+@([^@.\s]+\.)+[^@.\s]+")
_LEAST_DIGITS: Final = 3
# Registers that Peppol wants the numbers of sellers from: (rule, registers that will do).
_REGISTERS: Final = {
    "DK": ("DK-R-002, DK-R-014", ("0184",)),
    "IS": ("IS-R-002", ("0196",)),
    "NL": ("NL-R-003", ("0106", "0190")),
}
_FULL_ADDRESS: Final = {"IT": "IT-R-002, IT-R-003, IT-R-004", "NL": "NL-R-002", "IS": "IS-R-003"}
_SWEDISH_VAT: Final = re.compile(r"SE[0-9]{12}")
_NORWEGIAN_VAT: Final = re.compile(r"NO[0-9]{9}MVA")
_F_TAX: Final = "GODKÄND FÖR F-SKATT"


def einvoice_seller(case: Case, _: Mapping[str, Any]) -> Found:
    """The firm's own data. Its contact is the firm itself where no person is named (BR-DE-5)."""
    firm, seller = case.billing.firm, case.billing.firm.seller
    parts = [
        Part("name", own_word("name"), "BR-06", firm.name),
        Part("country", own_word("country"), "BR-09", firm.country),
    ]
    if not taxed(case):
        # Where there is tax, the rule on tax ids asks for one, which is enough here too.
        known = firm.tax_id or seller.tax_number or seller.legal_id
        parts.append(Part("legal_id", own_word("VAT ID or number in a register"), "BR-CO-26", known))
    if is_german(case):
        parts += [
            Part("city", own_word("city"), "BR-DE-3", seller.city),
            Part("postcode", own_word("postcode"), "BR-DE-4", seller.postcode),
            Part("phone", own_word("phone number"), "BR-DE-6", seller.phone),
            Part("email", own_word("e-mail address"), "BR-DE-7", seller.email),
        ]
    if is_peppol(case):
        if rule := _FULL_ADDRESS.get(firm.country):
            parts += [
                Part("street", own_word("street"), rule, seller.street),
                Part("city", own_word("city"), rule, seller.city),
                Part("postcode", own_word("postcode"), rule, seller.postcode),
            ]
        if told := _REGISTERS.get(firm.country):
            rule, registers = told
            there = seller.legal_id and seller.legal_scheme in registers
            parts.append(Part("legal_id", own_word("number in the register of firms"), rule, there))
    yield from firm_lacks(case, parts)
    if is_german(case):
        yield from _contact(case)
    if is_peppol(case):
        yield from _national(case)
    if seller.legal_id and seller.legal_scheme:
        yield from _register(case, "firm:1", seller.legal_scheme, seller.legal_id)


def _contact(case: Case) -> Found:
    seller = case.billing.firm.seller
    if seller.phone and len([sign for sign in seller.phone if sign.isdigit()]) < _LEAST_DIGITS:
        yield (
            phrase("“{phone}” is no phone number: it has fewer than three digits (BR-DE-27).", phone=seller.phone),
            phrase("Correct it under Settings, Firm."),
            "firm:1:phone",
        )
    if seller.email and not _MAIL.fullmatch(seller.email):
        yield (
            phrase("“{email}” is no e-mail address (BR-DE-28).", email=seller.email),
            phrase("Correct it under Settings, Firm."),
            "firm:1:email",
        )


def _national(case: Case) -> Found:
    firm, seller = case.billing.firm, case.billing.firm.seller
    bare = "".join(firm.tax_id.split())
    wrong = ""
    if firm.country == "SE" and bare.startswith("SE") and not _SWEDISH_VAT.fullmatch(bare):
        wrong = "SE-R-001, SE-R-002"
    elif firm.country == "NO" and bare.startswith("NO") and not _NORWEGIAN_VAT.fullmatch(bare):
        wrong = "NO-R-001"
    elif firm.country == "DK" and bare.startswith("DK") and not check_address("0184", bare).ok:
        wrong = "DK-R-015"
    if wrong:
        yield (
            phrase(
                "“{number}” is not written as Peppol wants VAT IDs of your country ({rules}).", number=bare, rules=wrong
            ),
            phrase("Correct it under Settings, Firm."),
            "firm:1:tax_id",
        )
    if firm.country == "SE" and seller.legal_id and seller.tax_number.upper() not in ("", _F_TAX):
        yield (
            phrase("The tax number of a Swedish firm reads “{words}” on Peppol (SE-R-005).", words=_F_TAX.capitalize()),
            phrase("Write that, or leave it empty, under Settings, Firm."),
            "firm:1:tax_number",
        )
    elif firm.country == "IT" and seller.tax_number and not re.fullmatch(r"[A-Z0-9]{11,16}", seller.tax_number):
        yield (
            phrase(
                "“{number}” has not the 11 to 16 characters of a codice fiscale (IT-R-001).", number=seller.tax_number
            ),
            phrase("Correct it under Settings, Firm."),
            "firm:1:tax_number",
        )
    elif firm.country == "GR":
        yield (
            phrase("Peppol wants six parts in the number of a Greek invoice (GR-R-001), and numbers here have none."),
            phrase("Send these invoices as Factur-X, or by the tax office's own program."),
            "firm:1:einvoice",
        )


def einvoice_buyer(case: Case, _: Mapping[str, Any]) -> Found:
    client, buyer = case.client, case.buyer
    parts = [
        Part("name", own_word("name"), "BR-07", client.name),
        Part("country", own_word("country"), "BR-11", client.country),
    ]
    if is_german(case):
        parts += [
            Part("city", own_word("city"), "BR-DE-8", client.city),
            Part("postcode", own_word("postcode"), "BR-DE-9", client.postcode),
        ]
    if is_peppol(case) and case.billing.firm.country == client.country == "NL":
        parts += [
            Part("street", own_word("street"), "NL-R-004", client.street),
            Part("city", own_word("city"), "NL-R-004", client.city),
            Part("postcode", own_word("postcode"), "NL-R-004", client.postcode),
        ]
        if buyer.legal_id:
            there = buyer.legal_scheme in _REGISTERS["NL"][1]
            parts.append(Part("legal_scheme", own_word("register of its number"), "NL-R-005", there))
    yield from client_lacks(case, parts)
    if buyer.legal_id and buyer.legal_scheme:
        yield from _register(case, f"client:{client.id}", buyer.legal_scheme, buyer.legal_id)


def _register(case: Case, whose: str, scheme: str, number: str) -> Found:
    checked = check_address(scheme, number)
    if not checked.ok:
        yield checked.problem, phrase("Correct the number in the register."), f"{whose}:legal_id"


def einvoice_address(case: Case, _: Mapping[str, Any]) -> Found:
    """BT-34 and BT-49: needed since XRechnung 3.0 and by Peppol, and right wherever they are told."""
    firm, seller, client, buyer = case.billing.firm, case.billing.firm.seller, case.client, case.buyer
    needed = is_xrechnung(case) or is_peppol(case)
    own, own_scheme = electronic_address(
        seller.endpoint, seller.endpoint_scheme, country=firm.country, tax_id=firm.tax_id, email=seller.email
    )
    theirs, scheme = electronic_address(
        buyer.endpoint,
        buyer.endpoint_scheme,
        country=client.country,
        tax_id=client.tax_id,
        email=client.email,
        reference=client.buyer_reference,
    )
    if needed and not own:
        yield (
            phrase("{form} wants the electronic address of your firm (PEPPOL-EN16931-R020).", form=form_name(case)),
            phrase("Enter one, or your VAT ID, under Settings, Firm."),
            "firm:1:endpoint",
        )
    if needed and not theirs:
        yield (
            phrase(
                "{form} wants the electronic address of {client} (PEPPOL-EN16931-R010).",
                form=form_name(case),
                client=client.name,
            ),
            phrase("Ask the client for it, and enter it with the client."),
            f"client:{client.id}:endpoint",
        )
    if own:
        yield from _address(case, own, own_scheme, "firm:1:endpoint", firm.name)
    if theirs:
        yield from _address(case, theirs, scheme, f"client:{client.id}:endpoint", client.name)


def _address(case: Case, address: str, scheme: str, field: str, name: str) -> Found:
    if not scheme:
        yield (
            phrase(
                "What kind of electronic address “{address}” of {name} is, is not said.", address=address, name=name
            ),
            phrase("Choose the kind of address."),
            f"{field}_scheme",
        )
        return
    if is_peppol(case) and scheme in NOT_PEPPOL:
        yield (
            phrase(
                "Peppol reaches nobody by “{address}” (PEPPOL-EN16931-CL008): {name} needs another electronic address.",
                address=address,
                name=name,
            ),
            phrase("Enter a VAT ID, a GLN, or the number that the country uses on Peppol."),
            field,
        )
        return
    checked = check_address(scheme, address)
    if not checked.ok:
        yield checked.problem, phrase("Correct the electronic address."), field
    elif is_peppol(case) and checked.normal != address:
        yield (
            phrase("The electronic address “{address}” is written “{normal}”.", address=address, normal=checked.normal),
            phrase("Correct the electronic address."),
            field,
        )


def einvoice_reference(case: Case, _: Mapping[str, Any]) -> Found:
    """BT-10, which public buyers route the invoice by."""
    draft, client = case.draft, case.client
    field = f"client:{client.id}:buyer_reference"
    if is_german(case) and not shows(draft.buyer_reference):
        yield (
            phrase(
                "{form} wants a buyer reference, and {client} has none (BR-DE-15).",
                form=form_name(case),
                client=client.name,
            ),
            phrase("Ask the client for its Leitweg-ID or reference, and enter it with the client or the agreement."),
            field,
        )
    elif is_peppol(case) and not (shows(draft.buyer_reference) or shows(draft.po_number)):
        yield (
            phrase(
                "Peppol wants a buyer reference or a PO number, and {client} has neither (PEPPOL-EN16931-R003).",
                client=client.name,
            ),
            phrase("Enter one of them with the client or the agreement."),
            field,
        )
    if is_xrechnung(case) and looks_like_leitweg(draft.buyer_reference):
        checked = check_address(LEITWEG, draft.buyer_reference)
        if not checked.ok:
            yield checked.problem, phrase("Correct the buyer reference."), field


def einvoice_tax_id(case: Case, _: Mapping[str, Any]) -> Found:
    """The tax ids that each category wants (BR-S-02, BR-AE-02, BR-IC-02, BR-G-02 and their like, BR-DE-16)."""
    firm, client, buyer = case.billing.firm, case.client, case.buyer
    categories = {line.category for line in case.draft.lines}
    own, theirs = vat_id(firm.country, firm.tax_id), vat_id(client.country, client.tax_id)
    abroad = sorted(categories & {"K", "G"})
    if abroad and not own:
        rule = {"K": "BR-IC-02", "G": "BR-G-02"}[abroad[0]]
        given = regime_of("", firm.country) == "vat"
        yield (
            phrase("Supplies abroad without tax need the VAT ID of your firm ({rules}).", rules=rule),
            phrase("Enter it under Settings, Firm.")
            if given
            else phrase("Where your firm is there are none: send this client no e-invoice, but the PDF."),
            "firm:1:tax_id" if given else f"client:{client.id}:einvoice",
        )
    elif (asking := taxed(case)) and not (own or firm.tax_id or firm.seller.tax_number):
        rules = ", ".join([f"BR-{RULES_OF.get(one, one)}-02" for one in asking] + ["BR-DE-16"] * is_german(case))
        yield (
            phrase("An e-invoice needs the VAT ID or the tax number of your firm ({rules}).", rules=rules),
            phrase("Enter it under Settings, Firm."),
            "firm:1:tax_id",
        )
    if "K" in categories and not theirs:
        yield (
            phrase("A tax-free supply of goods needs the VAT ID of {client} (BR-IC-02).", client=client.name),
            phrase("Enter it with the client."),
            f"client:{client.id}:tax_id",
        )
    elif "AE" in categories and not (theirs or buyer.legal_id):
        yield (
            phrase(
                "Reverse charge needs the VAT ID or the register number of {client} (BR-AE-02).", client=client.name
            ),
            phrase("Enter it with the client."),
            f"client:{client.id}:tax_id",
        )
