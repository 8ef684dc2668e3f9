"""The account of every posting: the one that a person chose, or the one whose rule has the closest name on its day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection

from db.queries import ledger as queries
from db.queries.ledger import Traits
from desktop.domain.accounts.names import RESULT, ROLES, What, kind_of, names
from desktop.domain.accounts.rules import AccountRules
from desktop.i18n import _
from desktop.services.accounting.words import role_word

# What no account takes is shown under the name of its role; ids of accounts begin at 1.
_UNASSIGNED: Final = {role: -place for place, role in enumerate((*ROLES, RESULT), 1)}


@dataclass(frozen=True, slots=True)
class LedgerAccount:
    """An account as postings bear it. One of no chart has an id below zero and no number."""

    id: int
    number: str
    name: str
    kind: str
    active: bool = True

    @property
    def assigned(self) -> bool:
        """Whether it is an account of the chart."""
        return self.id > 0

    @property
    def called(self) -> str:
        return f"{self.number} {self.name}".strip()


class Mapping:
    """Accounts and rules as one transaction sees them.

    `days` are those on which another account may begin to take something, as ISO texts; `stretch` 0 is before the
    first of them.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.accounts = {
            key: LedgerAccount(key, number, name, kind, bool(active))
            for key, number, name, kind, active in queries.accounts(connection)
        }
        told = queries.rules(connection)
        self.rules = AccountRules((row[1], date.fromisoformat(row[2]), row[3]) for row in told)
        self.days = tuple(day.isoformat() for day in self.rules.days)
        self.home, self.home_currency = connection.exec_driver_sql("SELECT country, currency FROM firm").one()
        self._known: dict[tuple[Traits, int], LedgerAccount] = {}

    @property
    def charted(self) -> bool:
        """Whether the book has a chart at all."""
        return bool(self.accounts)

    def account(self, what: What, on: date) -> LedgerAccount:
        """The account of a posting booked on a day; that of its role where no account takes it."""
        found = self.rules.account(what, on)
        return self.unassigned(what.role) if found is None else self.accounts[found]

    def of_traits(self, traits: Traits, stretch: int) -> LedgerAccount:
        """As `account`, of what `db.queries.ledger.TRAITS` gives in a stretch between `days`."""
        known = self._known.get((traits, stretch))
        if known is None:
            chosen = traits[0]
            on = self.rules.days[stretch - 1] if stretch else date.min
            known = self.accounts[chosen] if chosen is not None else self.account(self._what(traits), on)
            self._known[traits, stretch] = known
        return known

    def on_day(self, traits: Traits, booked_on: str) -> LedgerAccount:
        """As `account`, of what was booked on a day, an ISO text."""
        return self.of_traits(traits, sum(1 for day in self.days if day <= booked_on))

    def unassigned(self, role: str) -> LedgerAccount:
        """What is shown where no account takes a role."""
        word = role_word(role)
        name = _("Not assigned: {what}").format(what=word) if self.charted else word
        return LedgerAccount(_UNASSIGNED[role], "", name, kind_of(role if role != "tax_payable" else "tax"))

    def named(self, name: str, on: date) -> LedgerAccount | None:
        """The account that takes exactly this name on a day."""
        found = self.rules.named(name, on)
        return None if found is None else self.accounts[found]

    def result(self, on: date) -> LedgerAccount:
        """Where results of earlier years are carried to."""
        return self.named(RESULT, on) or self.unassigned(RESULT)

    def by_id(self, account_id: int) -> LedgerAccount | None:
        """An account of the chart, or the stand-in for one."""
        if account_id > 0:
            return self.accounts.get(account_id)
        role = next((role for role, key in _UNASSIGNED.items() if key == account_id), None)
        return None if role is None else self.unassigned(role)

    def wanted_of(self, account_id: int) -> list[tuple[Traits, int]]:
        """Traits and stretches of all that is booked on an account."""
        found = queries.kinds_of_postings(self.connection, self.days)
        return [(traits, place) for traits, place, *_days in found if self.of_traits(traits, place).id == account_id]

    def closest_name(self, traits: Traits) -> str:
        """What a posting is called, as narrowly as it can be."""
        return names(self._what(traits))[0]

    def _what(self, traits: Traits) -> What:
        _chosen, role, category, rate, more = traits
        first, _slash, second = more.partition("/")
        if role in ("bank", "cash"):
            return What(role, money=int(first) if first else None, method=second)
        if role == "exchange":
            return What(role, gain=more == "gain")
        return What(role, category, rate, first, str(self.home), second == "1")


def account_of(connection: Connection, what: What, on: date) -> LedgerAccount:
    """The account that a posting booked on a day is on."""
    return Mapping(connection).account(what, on)
