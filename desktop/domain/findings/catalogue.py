"""The table of rules: one row each, with its switch, severity and parameters."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.domain.findings import data_rules as data
from desktop.domain.findings import judgement_rules as judgement
from desktop.domain.findings import place_rules as place
from desktop.domain.findings import project_rules as projects
from desktop.domain.findings import usage_rules as usage
from desktop.domain.findings.rule import Case, Effective, Finding, Rule

RULES: tuple[Rule, ...] = (
    Rule("address_incomplete", "block", "Address of the client", data.address_incomplete),
    Rule("tax_id_missing", "block", "VAT id where the tax needs one", data.tax_id_missing),
    Rule("tax_id_invalid", "block", "Check digits of the VAT id", data.tax_id_invalid),
    Rule(
        "buyer_reference_missing", "block", "Buyer reference where the client wants one", data.buyer_reference_missing
    ),
    Rule("currency_mismatch", "block", "One currency for agreement and client", data.currency_mismatch),
    Rule("tax_code_mismatch", "block", "Tax code fits the client's country", data.tax_code_mismatch),
    Rule("tax_mix", "block", "“Not subject to tax” stands alone", data.tax_mix),
    Rule("place_missing", "block", "State that decides the tax", place.place_missing),
    Rule("state_mismatch", "hold", "GSTIN and address in one state", place.state_mismatch),
    Rule("hsn_missing", "block", "HSN or SAC on Indian invoices", place.hsn_missing),
    Rule("tax_rate_missing", "block", "Exchange rate of the tax currency", place.tax_rate_missing),
    Rule("price_missing", "block", "Every line has a price", data.price_missing),
    Rule("usage_missing", "block", "Every metered period has a record", usage.usage_missing),
    Rule("overlap", "block", "Nothing is billed twice", data.overlap),
    Rule("date_backwards", "block", "Dates do not run backwards in a series", data.date_backwards),
    Rule("negative_total", "hold", "Totals below nothing", data.negative_total),
    Rule("amount_above", "hold", "Amounts above a limit", judgement.amount_above, {"limit": 10000}),
    Rule(
        "differs_from_usual",
        "hold",
        "Amounts unlike the last ones",
        judgement.differs_from_usual,
        {"percent": 25, "least": 3},
    ),
    Rule("usage_suspect", "hold", "Metered use that looks wrong", usage.usage_suspect, {"times": 3, "least": 3}),
    Rule("off_rate_card", "hold", "Prices off the rate card", judgement.off_rate_card),
    Rule("disputed", "hold", "Clients in dispute", judgement.disputed),
    Rule("client_on_hold", "hold", "Clients on hold", judgement.client_on_hold),
    Rule("credit_limit", "hold", "Credit limit of the client", judgement.credit_limit),
    Rule("client_overdue", "hold", "Clients long overdue", judgement.client_overdue, {"days": 60}),
    Rule("partly_paid", "hold", "Last invoice paid in part", judgement.partly_paid),
    Rule("deposit_open", "hold", "Deposits not paid by the final invoice", judgement.deposit_open),
    Rule("po_missing", "hold", "PO number where the client wants one", judgement.po_missing),
    Rule("po_expired", "hold", "PO past its last day", judgement.po_expired),
    Rule("po_exceeded", "hold", "PO used up", judgement.po_exceeded),
    Rule("budget_exceeded", "hold", "Budget used up", projects.budget_exceeded),
    Rule("scope_exceeded", "hold", "Milestones above the agreed sum", projects.scope_exceeded),
    Rule("discount_above", "hold", "Discounts above a limit", judgement.discount_above, {"percent": 15}),
    Rule("look_alike", "hold", "Same total to the same client", judgement.look_alike, {"days": 10}),
    Rule("vague_text", "hold", "Texts that say nothing", judgement.vague_text),
    Rule("old_time", "hold", "Hours from long ago", judgement.old_time, {"days": 60}),
    Rule("first_invoice", "hold", "First invoice to a client", judgement.first_invoice, enabled=False),
    Rule("changed", "note", "Price or quantity changed since last time", judgement.changed),
    Rule("ends_soon", "note", "Agreements that end soon", judgement.ends_soon, {"days": 30}),
    Rule("unapplied_credit", "note", "Unused credit of the client", judgement.unapplied_credit),
    Rule("unbilled_left", "note", "Hours left unbilled", judgement.unbilled_left),
    Rule("exchange_rate_missing", "note", "Exchange rate of foreign invoices", judgement.exchange_rate_missing),
)


def check(case: Case, rules: Iterable[Effective]) -> list[Finding]:
    """What the rules find about a draft, in the order of the table."""
    found: list[Finding] = []
    for row in rules:
        if row.enabled:
            for message, remedy, field in row.rule.look(case, row.parameters):
                found.append(Finding(row.rule.code, row.severity, message, remedy, field))
    return found
