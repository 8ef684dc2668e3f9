"""What accounts and entries are called in the window, in messages and on paper."""

from __future__ import annotations

from typing import Final

from desktop.domain.accounts.names import RESULT
from desktop.i18n import N_, _

_ROLES: Final = {
    "receivable": N_("Receivables"),
    "accrued_revenue": N_("Revenue not invoiced yet"),
    "bank": N_("Bank"),
    "cash": N_("Cash"),
    "transit": N_("Money in transit"),
    "withholding": N_("Tax withheld by clients"),
    "deposits": N_("Deposits of clients"),
    "deferred_revenue": N_("Deferred revenue"),
    "tax_payable": N_("Tax payable"),
    "opening": N_("Opening balances"),
    "revenue": N_("Revenue"),
    "discount": N_("Discounts granted"),
    "bad_debt": N_("Bad debts"),
    "fees": N_("Bank charges"),
    "rounding": N_("Cash rounding"),
    "exchange": N_("Exchange differences"),
    "other": N_("Other"),
    RESULT: N_("Results of earlier years"),
}
_KINDS: Final = {
    "asset": N_("Asset"),
    "liability": N_("Liability"),
    "equity": N_("Equity"),
    "income": N_("Income"),
    "expense": N_("Expenses"),
}
_ENTRIES: Final = {
    "invoice": N_("Invoice"),
    "credit_note": N_("Credit note"),
    "payment": N_("Payment"),
    "write_off": N_("Write-off"),
    "allocation": N_("Settlement"),
    "opening": N_("Opening item"),
    "cash": N_("Cash book"),
    "bank": N_("Bank line"),
    "recognition": N_("Recognition"),
    "adjustment": N_("Adjustment"),
}
ENTRY_KINDS: Final = tuple(_ENTRIES)


def role_word(role: str) -> str:
    """A role of postings, such as receivable."""
    return _(_ROLES[role])


def kind_word(kind: str) -> str:
    """A kind of accounts, such as asset."""
    return _(_KINDS[kind])


def entry_word(kind: str) -> str:
    """A kind of entries, such as bank."""
    return _(_ENTRIES[kind])
