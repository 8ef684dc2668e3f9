"""Which account of DATEV takes a posting: the firm's own for DATEV, the chart's of the book, or SKR03's or SKR04's."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as Numbers
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from desktop.domain.accounts.names import What, is_name, names
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.accounting.chart_files import chart
from desktop.services.accounting.mapping import Mapping

# What takes the tax out of the gross by itself, or says what kind of revenue it is.
TAXED: Final = ("revenue", "deposits", "discount")
# An account that takes revenue of any rate cannot tell DATEV which tax is within.
_TOO_WIDE: Final = frozenset({"revenue", "tax", *(f"{role}.S" for role in TAXED)})
# Personal accounts stand for receivables, and results are carried by DATEV itself.
_NOT_ASKED: Final = ("receivable", "result", "accrued_revenue")
_DIGITS: Final = re.compile(r"\d{4}")

__all__ = ["NAMES", "TAXED", "Account", "Accounts", "What", "charted", "is_account_name"]


class Account(NamedTuple):
    """A number in the chart, and the tax key that goes with it; none where the account itself knows its tax."""

    number: int
    key: str = ""


@lru_cache(maxsize=2)
def _chart(chart_name: str) -> dict[str, int]:
    return {name: int(one.number) for one in chart(f"skr{chart_name}") for name in one.takes}


NAMES: Final = tuple(
    name for name in sorted(_chart("03")) if name not in _TOO_WIDE and name.partition(".")[0] not in _NOT_ASKED
)


def is_account_name(name: str) -> bool:
    """Whether postings can go by that name in DATEV, such as revenue.S.19, discount.K or bank.card."""
    return is_name(name) and name not in _TOO_WIDE and name.partition(".")[0] not in _NOT_ASKED


def charted(mapping: Mapping, chart_name: str) -> Callable[[str, date], int | None]:
    """The accounts that the book's own chart gives names, where their numbers are such as DATEV takes here.

    A book whose chart is nearer to the other of DATEV's has none for this one.
    """
    if _alike(mapping, chart_name) < max(_alike(mapping, other) for other in ("03", "04")):
        return _none

    def number(name: str, on: date) -> int | None:
        found = mapping.named(name, on)
        return int(found.number) if found is not None and _DIGITS.fullmatch(found.number) else None

    return number


def _alike(mapping: Mapping, chart_name: str) -> int:
    """How many names the book's chart gives the same account as one of DATEV's, on the latest day."""
    return sum(
        (found := mapping.named(name, date.max)) is not None and found.number.lstrip("0") == str(number)
        for name, number in _chart(chart_name).items()
    )


def _none(_name: str, _on: date) -> int | None:
    return None


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of a chart ("03" or "04"), those of the book's chart, and those for DATEV that stand in for them."""

    chart: str
    own: Numbers[str, Account]
    of_book: Callable[[str, date], int | None] = _none

    def account(self, what: What, on: date = date.max) -> Account:
        """UserError that names the setting where neither the book nor the chart has an account for it."""
        known = [name for name in names(what) if name not in _TOO_WIDE]
        for name in known:
            if found := self.own.get(name):
                return found
            number = self.of_book(name, on) or _chart(self.chart).get(name)
            if number is not None:
                return Account(number)
        raise UserError(
            _("DATEV has no account for {what} in SKR{chart}.").format(what=known[0], chart=self.chart),
            _("Ask your tax consultant for it, then set it: sheaf settings BOOK datev.account.{name} NUMBER").format(
                name=known[0]
            ),
        )

    def reckons(self, number: int, on: date) -> bool:
        """Whether an account takes tax out of what is booked there by itself."""
        rated = [name for name in _chart(self.chart) if name.startswith(tuple(f"{role}.S." for role in TAXED))]
        return any(number in (_chart(self.chart)[name], self.of_book(name, on)) for name in rated)
