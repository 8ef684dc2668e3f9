"""Formats of statements, and the columns of banks' tables, in the user's words."""

from __future__ import annotations

from desktop.i18n import _
from desktop.ui.editors import Choice

# What a file that may be a statement ends with; what it is, its first bytes tell.
ENDINGS = (".xml", ".sta", ".mt940", ".940", ".942", ".mt9", ".swi", ".ofx", ".qfx", ".qbo", ".qif", ".zip", ".camt")


def format_word(name: str) -> str:
    return {"camt": "CAMT", "mt940": "MT940", "mt942": "MT942", "ofx": "OFX", "qif": "QIF", "csv": "CSV"}.get(name, "")


def fields() -> list[Choice]:
    """What a column of a bank's table may be, in the order in which people look for it."""
    return [
        ("booked_on", _("Booking day")),
        ("valued_on", _("Value day")),
        ("amount", _("Amount, with its sign")),
        ("credit", _("What came in")),
        ("debit", _("What went out")),
        ("marker", _("Word for in or out")),
        ("currency", _("Currency")),
        ("party", _("Other side: name")),
        ("party_account", _("Other side: account")),
        ("party_bic", _("Other side: BIC")),
        ("text", _("Payment text")),
        ("reference", _("Structured reference")),
        ("end_to_end", _("End-to-end ID")),
        ("mandate", _("Mandate")),
        ("bank_reference", _("Bank’s number of the line")),
        ("code", _("Kind of movement")),
        ("balance", _("Balance after it")),
        ("account", _("Own account")),
        ("fee", _("Fee, taken off besides")),
        ("charges", _("Charges, taken off before")),
        ("original_amount", _("Original amount")),
        ("original_currency", _("Original currency")),
        ("payer", _("Name of who pays")),
        ("payee", _("Name of who is paid")),
        ("state", _("State")),
    ]
