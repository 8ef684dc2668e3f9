"""The table of rules: one row each, with its switch, severity and parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from desktop.domain.einvoice_form import NONE
from desktop.domain.findings import client_rules as client
from desktop.domain.findings import data_rules as data
from desktop.domain.findings import einvoice_document_rules as einvoice
from desktop.domain.findings import einvoice_party_rules as parties
from desktop.domain.findings import judgement_rules as judgement
from desktop.domain.findings import paying_rules as paying
from desktop.domain.findings import place_rules as place
from desktop.domain.findings import portal_rules as portal
from desktop.domain.findings import project_rules as projects
from desktop.domain.findings import text_rules as texts
from desktop.domain.findings import usage_rules as usage
from desktop.domain.findings.einvoice import Found
from desktop.domain.findings.rule import Case, Effective, Finding, Rule
from desktop.i18n import N_


def _proved_elsewhere(_case: Case, _parameters: Mapping[str, Any]) -> Found:
    """The rule only has its switch here: it is tried on the XML, where the official rules are installed."""
    yield from ()


RULES: tuple[Rule, ...] = (
    Rule("address_incomplete", "block", N_("Address of the client"), data.address_incomplete),
    Rule("tax_id_missing", "block", N_("VAT id where the tax needs one"), data.tax_id_missing),
    Rule("tax_id_invalid", "block", N_("Check digits of the VAT id"), data.tax_id_invalid),
    Rule(
        "buyer_reference_missing",
        "block",
        N_("Buyer reference where the client wants one"),
        data.buyer_reference_missing,
    ),
    Rule("currency_mismatch", "block", N_("One currency for agreement and client"), data.currency_mismatch),
    Rule("tax_code_mismatch", "block", N_("Tax code fits the client's country"), data.tax_code_mismatch),
    Rule("tax_mix", "block", N_("“Not subject to tax” stands alone"), data.tax_mix),
    Rule("place_missing", "block", N_("State that decides the tax"), place.place_missing),
    Rule("state_mismatch", "hold", N_("GSTIN and address in one state"), place.state_mismatch),
    Rule("hsn_missing", "block", N_("HSN or SAC on Indian invoices"), place.hsn_missing),
    Rule("portal_refuses", "block", N_("What India's invoice portal refuses"), portal.portal_refuses, enabled=False),
    Rule("tax_rate_missing", "block", N_("Exchange rate of the tax currency"), place.tax_rate_missing),
    Rule("einvoice_seller", "block", N_("Your firm as e-invoices want it"), parties.einvoice_seller, electronic=True),
    Rule("einvoice_buyer", "block", N_("Clients as e-invoices want them"), parties.einvoice_buyer, electronic=True),
    Rule(
        "einvoice_address", "block", N_("Electronic addresses of e-invoices"), parties.einvoice_address, electronic=True
    ),
    Rule(
        "einvoice_reference", "block", N_("Reference that e-invoices want"), parties.einvoice_reference, electronic=True
    ),
    Rule("einvoice_tax_id", "block", N_("Tax IDs that e-invoices want"), parties.einvoice_tax_id, electronic=True),
    Rule(
        "einvoice_payment", "block", N_("Way to pay that e-invoices tell"), einvoice.einvoice_payment, electronic=True
    ),
    Rule(
        "einvoice_delivery", "block", N_("Delivery address of e-invoices"), einvoice.einvoice_delivery, electronic=True
    ),
    Rule(
        "einvoice_currency", "block", N_("Currencies that e-invoices know"), einvoice.einvoice_currency, electronic=True
    ),
    Rule("einvoice_tax", "block", N_("Taxes as e-invoices tell them"), einvoice.einvoice_tax, electronic=True),
    Rule("einvoice_lines", "block", N_("Lines of e-invoices"), einvoice.einvoice_lines, electronic=True),
    Rule("schematron", "block", N_("The official rules of e-invoices"), _proved_elsewhere, electronic=True),
    Rule("price_missing", "block", N_("Every line has a price"), data.price_missing),
    Rule("usage_missing", "block", N_("Every metered period has a record"), usage.usage_missing),
    Rule("overlap", "block", N_("Nothing is billed twice"), data.overlap),
    Rule("date_backwards", "block", N_("Dates do not run backwards in a series"), data.date_backwards),
    Rule("negative_total", "hold", N_("Totals below nothing"), data.negative_total),
    Rule("amount_above", "hold", N_("Amounts above a limit"), judgement.amount_above, {"limit": 10000}),
    Rule(
        "differs_from_usual",
        "hold",
        N_("Amounts unlike the last ones"),
        judgement.differs_from_usual,
        {"percent": 25, "least": 3},
    ),
    Rule("usage_suspect", "hold", N_("Metered use that looks wrong"), usage.usage_suspect, {"times": 3, "least": 3}),
    Rule("off_rate_card", "hold", N_("Prices off the rate card"), judgement.off_rate_card),
    Rule("disputed", "hold", N_("Clients in dispute"), client.disputed),
    Rule("client_on_hold", "hold", N_("Clients on hold"), client.client_on_hold),
    Rule("credit_limit", "hold", N_("Credit limit of the client"), client.credit_limit),
    Rule("client_overdue", "hold", N_("Clients long overdue"), client.client_overdue, {"days": 60}),
    Rule("partly_paid", "hold", N_("Last invoice paid in part"), client.partly_paid),
    Rule("deposit_open", "hold", N_("Deposits not paid by the final invoice"), client.deposit_open),
    Rule("po_missing", "hold", N_("PO number where the client wants one"), judgement.po_missing),
    Rule("po_expired", "hold", N_("PO past its last day"), judgement.po_expired),
    Rule("po_exceeded", "hold", N_("PO used up"), judgement.po_exceeded),
    Rule("budget_exceeded", "hold", N_("Budget used up"), projects.budget_exceeded),
    Rule("scope_exceeded", "hold", N_("Milestones above the agreed sum"), projects.scope_exceeded),
    Rule("discount_above", "hold", N_("Discounts above a limit"), judgement.discount_above, {"percent": 15}),
    Rule("look_alike", "hold", N_("Same total to the same client"), judgement.look_alike, {"days": 10}),
    Rule("vague_text", "hold", N_("Texts that say nothing"), judgement.vague_text),
    Rule("glyph_missing", "hold", N_("Characters that no font has"), texts.glyph_missing),
    Rule("old_time", "hold", N_("Hours from long ago"), judgement.old_time, {"days": 60}),
    Rule("first_invoice", "hold", N_("First invoice to a client"), judgement.first_invoice, enabled=False),
    Rule("changed", "note", N_("Price or quantity changed since last time"), judgement.changed),
    Rule("ends_soon", "note", N_("Agreements that end soon"), judgement.ends_soon, {"days": 30}),
    Rule("unapplied_credit", "note", N_("Unused credit of the client"), client.unapplied_credit),
    Rule("unbilled_left", "note", N_("Hours left unbilled"), judgement.unbilled_left),
    Rule("template_unreadable", "note", N_("Templates that cannot be read"), texts.template_unreadable),
    Rule("pay_code_missing", "note", N_("Codes to pay by that cannot be made"), paying.pay_code_missing),
    Rule("exchange_rate_missing", "note", N_("Exchange rate of foreign invoices"), judgement.exchange_rate_missing),
    Rule("exchange_rate_old", "note", N_("Exchange rates from long ago"), judgement.exchange_rate_old, {"days": 35}),
)


def check(case: Case, rules: Iterable[Effective]) -> list[Finding]:
    """What the rules find about a draft, in the order of the table."""
    found: list[Finding] = []
    paper = case.draft.einvoice == NONE
    for row in rules:
        if row.enabled and not (paper and row.rule.electronic):
            for message, remedy, field in row.rule.look(case, row.parameters):
                found.append(Finding(row.rule.code, row.severity, message, remedy, field))
    return found
