"""The codes that a report keeps for programs, as people read them."""

from __future__ import annotations

from typing import Final

from desktop.i18n import _

# The columns that hold codes.
CODED: Final = frozenset({"kind", "account"})


def code_words() -> dict[str, str]:
    """In the user's language; a code that is not here is shown as it is."""
    return {
        "invoice": _("Invoice"),
        "deposit": _("Deposit"),
        "final": _("Final invoice"),
        "credit_note": _("Credit note"),
        "opening": _("Opening item"),
        "payment": _("Payment"),
        "reversal": _("Reversal"),
        "refund": _("Refund"),
        "discount": _("Discount"),
        "write_off": _("Write-off"),
        "allocation": _("Allocation"),
        "brought_forward": _("Brought forward"),
        "balance": _("Balance"),
        "receivable": _("Receivables"),
        "revenue": _("Revenue"),
        "deferred_revenue": _("Deferred revenue"),
        "accrued_revenue": _("Accrued revenue"),
        "recognition": _("Revenue earned"),
        "adjustment": _("Entry by hand"),
        "deposits": _("Deposits"),
        "tax_payable": _("Tax payable"),
        "bank": _("Bank"),
        "cash": _("Cash"),
        "fees": _("Bank charges"),
        "transit": _("Cash on its way"),
        "other": _("Other"),
        "bad_debt": _("Bad debt"),
        "rounding": _("Rounding"),
        "exchange": _("Exchange differences"),
        "withholding": _("Tax withheld"),
        "time": _("Time"),
        "charge": _("Charge"),
        "milestone": _("Milestone"),
        "usage": _("Usage"),
    }
