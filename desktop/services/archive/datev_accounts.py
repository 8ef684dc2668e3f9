"""Which account of DATEV's charts SKR03 and SKR04 takes what a posting is: revenue by its tax, money, losses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from desktop.domain.money import scaled_to_percent
from desktop.domain.tax_catalogue import EU_COUNTRIES
from desktop.errors import UserError
from desktop.i18n import _


class Account(NamedTuple):
    """A number in the chart, and the tax key that goes with it; none where the account itself knows its tax."""

    number: int
    key: str = ""


# Accounts by name in SKR03 and SKR04. Those named after a rate reckon the tax from the gross by themselves.
_CHARTS: Mapping[str, tuple[int, int]] = {
    "revenue.S.19": (8400, 4400),
    "revenue.S.7": (8300, 4300),
    "revenue.Z": (8290, 4290),
    "revenue.E": (8100, 4100),
    "revenue.small": (8195, 4185),
    "revenue.AE": (8336, 4336),
    "revenue.AE.home": (8337, 4337),
    "revenue.K": (8125, 4125),
    "revenue.G": (8120, 4120),
    "revenue.O": (8338, 4338),
    "revenue.O.eu": (8339, 4339),
    "deposits.S.19": (1718, 3272),
    "deposits.S.7": (1711, 3260),
    "deposits": (1710, 3250),
    "discount.S.19": (8736, 4736),
    "discount.S.7": (8731, 4731),
    "discount.AE.home": (8741, 4741),
    "discount.K": (8743, 4743),
    "discount": (8730, 4730),
    "tax.19": (1776, 3806),
    "tax.7": (1771, 3801),
    "deferred_revenue": (990, 3900),
    "bank": (1200, 1800),
    "bank.cash": (1000, 1600),
    "cash": (1000, 1600),
    "fees": (4970, 6855),
    "bad_debt": (2400, 6930),
    "rounding": (2709, 4839),
    "exchange.gain": (2660, 4840),
    "exchange.loss": (2150, 6880),
    "opening": (9008, 9008),
}
# What else a book may name: other rates, other ways to pay, and what the charts have no account for that fits all.
_MORE = re.compile(
    r"((revenue|deposits|discount)\.(S\.\d+(\.\d+)?|Z|E|AE|K|G|O|small)|tax\.\d+(\.\d+)?|bank\.\w+|withholding)"
)
NAMES: Final = (*_CHARTS, "withholding")


def is_name(name: str) -> bool:
    """Whether postings can go by that name, such as revenue.S.19, discount.K or bank.card."""
    return name in _CHARTS or _MORE.fullmatch(name) is not None


class What(NamedTuple):
    """What a posting is: its role, tax category and rate (times 10**6), the buyer's country and the firm's.

    `small` marks a small business's document (UStG section 19), `method` how a payment came.
    """

    role: str
    category: str | None
    rate: int | None
    buyer: str
    home: str
    small: bool = False
    method: str = ""
    gain: bool = False


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of a chart ("03" or "04"), and those of the book's own that stand in for them."""

    chart: str
    own: Mapping[str, Account]

    def account(self, what: What) -> Account:
        """UserError that names the setting where neither the book nor the chart has an account for it."""
        names = _names(what)
        for name in names:
            if found := self.own.get(name) or self._charted(name):
                return found
        raise UserError(
            _("DATEV has no account for {what} in SKR{chart}.").format(what=names[0], chart=self.chart),
            _("Ask your tax consultant for it, then set it: sheaf settings BOOK datev.account.{name} NUMBER").format(
                name=names[0]
            ),
        )

    def _charted(self, name: str) -> Account | None:
        pair = _CHARTS.get(name)
        return Account(pair[self.chart == "04"]) if pair else None


def _names(what: What) -> list[str]:
    """From the closest name to the widest."""
    if what.role == "tax_payable":
        return [f"tax.{_percent(what.rate)}"]
    if what.role == "exchange":
        return ["exchange.gain" if what.gain else "exchange.loss"]
    if what.role == "bank":
        return [f"bank.{what.method}", "bank"] if what.method else ["bank"]
    if what.role not in ("revenue", "deposits", "discount") or what.category is None:
        return [what.role]
    return [f"{what.role}.{name}" for name in _by_tax(what)] + ([] if what.role == "revenue" else [what.role])


def _by_tax(what: What) -> list[str]:
    category = what.category or ""
    if what.rate:
        return [f"{category}.{_percent(what.rate)}"]
    if what.small and category in ("E", "O"):
        return ["small"]
    at_home = what.buyer in ("", what.home)
    if category == "AE" and at_home:
        return ["AE.home", "AE"]
    if category == "O" and not at_home and what.buyer in EU_COUNTRIES:
        return ["O.eu", "O"]
    return [category]


def _percent(rate: int | None) -> str:
    return f"{scaled_to_percent(rate or 0):f}"
