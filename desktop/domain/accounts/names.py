"""What postings are called, from the closest name to the widest, such as revenue.S.19, revenue.S and revenue.

A chart says of each account which names it takes; the closest name that any account takes decides.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from desktop.domain.money import scaled_to_percent
from desktop.domain.tax_catalogue import EU_COUNTRIES

# Of these roles the tax is part of what they are.
TAXED: Final = ("revenue", "deposits", "discount", "bad_debt", "deferred_revenue", "accrued_revenue")
# What a posting can be, and of which kind an account for it is.
ROLES: Final = {
    "receivable": "asset",
    "accrued_revenue": "asset",
    "bank": "asset",
    "cash": "asset",
    "transit": "asset",
    "withholding": "asset",
    "deposits": "liability",
    "deferred_revenue": "liability",
    "tax_payable": "liability",
    "opening": "equity",
    "revenue": "income",
    "discount": "income",
    "bad_debt": "expense",
    "fees": "expense",
    "rounding": "expense",
    "exchange": "expense",
    "other": "expense",
}
# Profits and losses of years before are carried to the account that takes this; no posting bears it.
RESULT: Final = "result"
TAX: Final = "tax"

_CATEGORY = r"(S|Z|E|AE|K|G|O|L|M)"
_PERCENT = r"\d{1,3}(\.\d{1,4})?"
_FORM = re.compile(
    rf"({'|'.join(TAXED)})(\.{_CATEGORY}(\.{_PERCENT})?|\.AE\.home|\.O\.eu|\.small)?"
    rf"|tax(\.{_PERCENT})?|(bank|cash)(\.\w{{1,40}})?|exchange(\.(gain|loss))?"
    rf"|receivable|transit|withholding|opening|fees|rounding|other|{RESULT}"
)


class What(NamedTuple):
    """What a posting is: its role, tax category and rate (times 10**6), the buyer's country and the firm's.

    `small` marks a small business's document (UStG section 19). Money has the id of its account in the firm's list as
    `money`, and as `method` how a payment came. An exchange difference is a gain or a loss.
    """

    role: str
    category: str | None = None
    rate: int | None = None
    buyer: str = ""
    home: str = ""
    small: bool = False
    money: int | None = None
    method: str = ""
    gain: bool = False


def names(what: What) -> tuple[str, ...]:
    """From the closest name to the widest, at least one."""
    role = what.role
    if role == "tax_payable":
        return (f"{TAX}.{percent(what.rate)}", TAX)
    if role == "exchange":
        return ("exchange.gain" if what.gain else "exchange.loss", role)
    if role in ("bank", "cash"):
        closer = (str(what.money) if what.money is not None else "", what.method)
        return (*(f"{role}.{one}" for one in closer if one), role)
    if role not in TAXED or what.category is None:
        return (role,)
    return (*(f"{role}.{name}" for name in _by_tax(what)), role)


def is_name(name: str) -> bool:
    """Whether postings can go by that name, such as revenue.S.19, discount.K, bank.card or bank.2."""
    return _FORM.fullmatch(name) is not None


def kind_of(name: str) -> str:
    """The kind that an account for postings of a name has; of one that nothing goes by, that of `other`."""
    role = "tax_payable" if name.partition(".")[0] == TAX else name.partition(".")[0]
    return "equity" if role == RESULT else ROLES.get(role, "expense")


def percent(rate: int | None) -> str:
    """A rate times 10**6 as names write it: 19, 5.5."""
    return f"{scaled_to_percent(rate or 0):f}"


def _by_tax(what: What) -> tuple[str, ...]:
    category = what.category or ""
    if what.rate:
        return (f"{category}.{percent(what.rate)}", category)
    if what.small and category in ("E", "O"):
        return ("small", category)
    at_home = what.buyer in ("", what.home)
    if category == "AE" and at_home:
        return ("AE.home", "AE")
    if category == "O" and not at_home and what.buyer in EU_COUNTRIES:
        return ("O.eu", "O")
    return (category,)
