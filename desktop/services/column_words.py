"""What the columns of the book are called, and how their values read, where the log is told to people."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from babel import Locale
from sqlalchemy import Boolean, Column, Connection, Date

from db.schema.base import Minor, Scaled
from desktop.domain.money import scaled_to_percent, unscaled
from desktop.i18n import N_, _, amount_text, date_text, naming_locale, number_text, percent_text
from desktop.services.disputes import CATEGORIES
from desktop.services.subjects import name_of

# A column is looked up by its table first ("client.name"), then by its name alone.
WORDS: Final = {
    "account_kind": N_("Kind of account"),
    "account_number": N_("Account number"),
    "active": N_("In use"),
    "agreed": N_("Agreed sum"),
    "agreement_id": N_("Agreement"),
    "agreement_line_id": N_("Line"),
    "alignment": N_("Periods"),
    "amount": N_("Amount"),
    "anchor": N_("Counted from"),
    "approval_limit": N_("May approve up to"),
    "author": N_("By"),
    "basis": N_("Basis"),
    "bic": N_("BIC"),
    "bill_day": N_("Day of the month"),
    "billing": N_("Billed"),
    "budget": N_("Budget"),
    "buyer_reference": N_("Buyer reference"),
    "buyer_reference_required": N_("Refuse invoices without a reference"),
    "cap": N_("Cap"),
    "card": N_("Card, last four digits"),
    "category": N_("Category"),
    "charged_through": N_("Billed before this book until"),
    "city": N_("City"),
    "client_id": N_("Client"),
    "closed_on": N_("Closed on"),
    "code": N_("Code"),
    "combine": N_("One invoice for all its agreements"),
    "contact": N_("For the attention of"),
    "contract_id": N_("Signed contract"),
    "country": N_("Country"),
    "credit_limit": N_("Credit limit"),
    "currency": N_("Currency"),
    "dated": N_("Dated"),
    "decided_at": N_("Decided on"),
    "decided_by": N_("Decided by"),
    "decided_on": N_("Decided on"),
    "delivery": N_("Delivery"),
    "deposits": N_("Deposits are deducted"),
    "description": N_("Text"),
    "discount": N_("Discount"),
    "discount_reason": N_("Reason of the discount"),
    "disputed": N_("Disputed"),
    "done_on": N_("Done on"),
    "due_date": N_("Due on"),
    "due_on": N_("Due on"),
    "effect": N_("Changes"),
    "einvoice": N_("E-invoice"),
    "email": N_("E-mail"),
    "end_date": N_("Ends on"),
    "endpoint": N_("Electronic address"),
    "endpoint_scheme": N_("Kind of address"),
    "every_count": N_("Every"),
    "every_unit": N_("Unit of the cadence"),
    "external_id": N_("Number elsewhere"),
    "file_id": N_("File"),
    "fixed_30": N_("Months of 30 days"),
    "follows_id": N_("Follows line"),
    "fraction": N_("Share"),
    "gets_invoices": N_("Gets the invoices"),
    "gets_reminders": N_("Gets reminders and statements"),
    "grouping": N_("Hours are set out"),
    "hold_reason": N_("Why on hold"),
    "hsn_sac": N_("HSN or SAC"),
    "iban": N_("IBAN"),
    "included": N_("Included"),
    "index_cap": N_("Index at most"),
    "index_name": N_("Index"),
    "invoice_id": N_("Invoice"),
    "is_business": N_("A business"),
    "is_final": N_("Next invoice is final"),
    "item.recognition": N_("Revenue is earned"),
    "item_id": N_("Item"),
    "kind": N_("Kind"),
    "language": N_("Language"),
    "legal_id": N_("Number in a register"),
    "legal_scheme": N_("Register"),
    "mail_as": N_("On the e-mail"),
    "mail_together": N_("Several documents in one e-mail"),
    "mandate": N_("Mandate"),
    "mandate_date": N_("Mandate signed on"),
    "mandate_scheme": N_("Scheme of the mandate"),
    "merged_into_id": N_("Merged into"),
    "metering": N_("Counted by"),
    "min_term_until": N_("At least until"),
    "minimum": N_("Minimum"),
    "mode": N_("Tiers"),
    "name": N_("Name"),
    "new_line_id": N_("New line"),
    "new_price": N_("New price"),
    "note": N_("Note"),
    "notice_count": N_("Notice period"),
    "notice_given_on": N_("Notice given on"),
    "notice_unit": N_("Unit of the notice"),
    "old_line_id": N_("Line before"),
    "old_price": N_("Price before"),
    "on_hold": N_("On hold"),
    "opened_on": N_("Opened on"),
    "outcome": N_("Outcome"),
    "owner_id": N_("Whose it is"),
    "paid_by_id": N_("Paid for by"),
    "payment_means": N_("Pays by"),
    "phone": N_("Phone"),
    "place_of_supply": N_("Place of supply"),
    "planned_on": N_("Planned for"),
    "po_expires": N_("PO valid until"),
    "po_limit": N_("PO limit"),
    "po_number": N_("PO number"),
    "po_required": N_("Hold invoices without a PO"),
    "position": N_("Position"),
    "postcode": N_("Postcode"),
    "price": N_("Price"),
    "project_reference": N_("Project"),
    "promised_on": N_("Pay by"),
    "quantity": N_("Quantity"),
    "reason": N_("Reason"),
    "reference": N_("Reference"),
    "region": N_("Region"),
    "renewal": N_("At the end of its term"),
    "role": N_("Role"),
    "routing": N_("Routing number"),
    "said_by": N_("Who promised it"),
    "salesperson_id": N_("Salesperson"),
    "segment_id": N_("Segment"),
    "signed_on": N_("Signed on"),
    "since": N_("Since"),
    "start_date": N_("Starts on"),
    "state": N_("State"),
    "street": N_("Street"),
    "street2": N_("Second line"),
    "subject": N_("Of"),
    "tax_certificate": N_("Exemption certificate"),
    "tax_code_id": N_("Tax code"),
    "tax_id": N_("VAT or tax ID"),
    "tax_number": N_("Tax number"),
    "tax_treatment": N_("Taxed"),
    "template_id": N_("Template"),
    "term_count": N_("Term"),
    "term_end": N_("Term ends on"),
    "term_unit": N_("Unit of the term"),
    "terms": N_("Payment terms"),
    "text": N_("Text"),
    "threshold": N_("Billed from"),
    "timing": N_("Billed in"),
    "title": N_("Title"),
    "trial_until": N_("Trial until"),
    "unit": N_("Unit"),
    "unit_price": N_("Price"),
    "until": N_("Until"),
    "unused": N_("Unused days"),
    "up_to": N_("Up to"),
    "valid_from": N_("From"),
    "withholding": N_("Withholding"),
    "withholding_section": N_("Withheld under"),
    "change_order.dated": N_("From"),
    "client.email": N_("E-mail for invoices"),
    "rate.currency": N_("Currency of the price"),
    "segment.milestones": N_("Milestones are billed"),
}

# How codes read; by column, since one code may mean two things.
_VALUES: Final = {
    ("agreement.alignment", "calendar"): N_("calendar periods"),
    ("agreement.alignment", "anniversary"): N_("from its own day"),
    ("agreement.alignment", "bcd"): N_("a fixed day of the month"),
    ("agreement.billing", "recurring"): N_("retainer"),
    ("agreement.billing", "time"): N_("by hours"),
    ("agreement.billing", "fixed"): N_("fixed price"),
    ("agreement.billing", "hybrid"): N_("mixed"),
    ("agreement.billing", "usage"): N_("by usage"),
    ("agreement.deposits", "next"): N_("from the next invoice"),
    ("agreement.deposits", "final"): N_("from the final invoice"),
    ("agreement.grouping", "entry"): N_("entry by entry"),
    ("agreement.grouping", "item"): N_("by item"),
    ("agreement.grouping", "person"): N_("by person"),
    ("agreement.grouping", "day"): N_("by day"),
    ("agreement.renewal", "open"): N_("goes on"),
    ("agreement.renewal", "auto"): N_("renews by itself"),
    ("agreement.renewal", "ask"): N_("asks"),
    ("agreement.timing", "advance"): N_("advance"),
    ("agreement.timing", "arrears"): N_("arrears"),
    ("agreement.unused", "credit"): N_("are credited"),
    ("agreement.unused", "keep"): N_("stay billed"),
    ("agreement_line.kind", "recurring"): N_("every period"),
    ("agreement_line.kind", "time"): N_("hours"),
    ("agreement_line.kind", "usage"): N_("usage"),
    ("agreement_line.metering", "events"): N_("what was used"),
    ("agreement_line.metering", "readings"): N_("readings of a meter"),
    ("address.kind", "delivery"): N_("delivery"),
    ("address.kind", "office"): N_("office"),
    ("address.kind", "other"): N_("other"),
    ("change_order.effect", "line"): N_("a line"),
    ("change_order.effect", "scope"): N_("the scope"),
    ("client.account_kind", "checking"): N_("checking account"),
    ("client.account_kind", "savings"): N_("savings account"),
    ("client.mandate_scheme", "CORE"): "CORE",
    ("client.mandate_scheme", "B2B"): "B2B",
    ("client.tax_treatment", "auto"): N_("by the rules"),
    ("client.tax_treatment", "domestic"): N_("as at home"),
    ("client.tax_treatment", "reverse_charge"): N_("reverse charge"),
    ("client.tax_treatment", "intra_goods"): N_("tax-free goods within the EU"),
    ("client.tax_treatment", "export"): N_("export"),
    ("client.tax_treatment", "exempt"): N_("exempt"),
    ("client.tax_treatment", "outside"): N_("outside the scope of tax"),
    ("delivery", "email"): N_("e-mail with the PDF"),
    ("delivery", "pdf"): N_("PDF, sent by hand"),
    ("delivery", "print"): N_("paper"),
    ("delivery", "folder"): N_("a folder"),
    ("delivery", "facturx"): N_("e-mail with Factur-X (ZUGFeRD)"),
    ("delivery", "xrechnung"): "XRechnung",
    ("delivery", "ubl"): "Peppol UBL",
    **{("dispute.category", category): word for category, word in CATEGORIES.items()},
    ("every_unit", "day"): N_("day"),
    ("every_unit", "week"): N_("week"),
    ("every_unit", "month"): N_("month"),
    ("every_unit", "year"): N_("year"),
    ("item.kind", "service"): N_("service"),
    ("item.kind", "goods"): N_("goods"),
    ("item.recognition", "issue"): N_("At issue"),
    ("item.recognition", "daily"): N_("Day by day"),
    ("item.recognition", "monthly"): N_("Month by month"),
    ("item.recognition", "completion"): N_("On completion"),
    ("notice_unit", "day"): N_("day"),
    ("notice_unit", "month"): N_("month"),
    ("rate.mode", "flat"): N_("one price"),
    ("rate.mode", "volume"): N_("all at the price of the tier reached"),
    ("rate.mode", "graduated"): N_("each tier at its own price"),
    ("state", "proposed"): N_("proposed"),
    ("state", "approved"): N_("approved"),
    ("state", "rejected"): N_("rejected"),
    ("term_unit", "month"): N_("month"),
    ("term_unit", "year"): N_("year"),
}
_FRACTIONS: Final = frozenset({"withholding", "discount", "index_cap", "fraction"})


def column_word(column: Column[Any]) -> str:
    """The column as people call it."""
    found = WORDS.get(f"{column.table.name}.{column.name}") or WORDS.get(column.name)
    if found is not None:
        return _(found)
    words = column.name.removesuffix("_id").replace("_", " ")
    return words[:1].upper() + words[1:]


def value_word(connection: Connection, column: Column[Any], value: Any, currency: str) -> str:
    """A value of the log as people write it; what another row is called instead of its number.

    `value` is as the log keeps it: amounts in minor units of `currency`, days as ISO text.
    """
    if value is None or value == "":
        return _("nothing")
    if column.foreign_keys:
        (foreign,) = column.foreign_keys
        return name_of(connection, foreign.column.table.name, value)
    if isinstance(column.type, Minor):
        return amount_text(value, currency)
    if isinstance(column.type, Scaled):
        return percent_text(scaled_to_percent(value)) if column.name in _FRACTIONS else number_text(unscaled(value))
    if isinstance(column.type, Date):
        return date_text(date.fromisoformat(value))
    if isinstance(column.type, Boolean):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return number_text(value)
    return _text(column, str(value))


def _text(column: Column[Any], value: str) -> str:
    known = _VALUES.get((f"{column.table.name}.{column.name}", value)) or _VALUES.get((column.name, value))
    if known is not None:
        return _(known)
    if column.name == "country":
        return str(Locale.parse(naming_locale()).territories.get(value, value))
    if column.name == "language":
        return str(Locale.parse(naming_locale()).languages.get(value.split("_")[0], value))
    return value if column.name == "currency" else f"“{value}”"
