"""Which of the firm's accounts a statement speaks of: by its IBAN or number, as banks shorten and decorate it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from desktop.domain.references import bare_iban, iban_is_sound
from desktop.errors import UserError
from desktop.i18n import _

_MARKS: Final = re.compile(r"[^0-9A-Z]")
_CURRENCY_BEHIND: Final = re.compile(r"(?<=\d)[A-Z]{3}$")
_MASKED: Final = re.compile(r"[X*#•.]{2,}\s*-?\s*(\d{4,})$", re.IGNORECASE)
# A shorter part of an account's number stands in other numbers by chance.
_SHORTEST: Final = 6


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """A bank account of the firm. `currency` is None where nothing has said it yet; `assumed` is the firm's then."""

    id: int
    holder: str
    iban: str
    account_number: str
    routing: str
    bank: str
    currency: str | None
    assumed: str = ""

    @property
    def label(self) -> str:
        """The account as a sentence names it."""
        number = self.iban or self.account_number
        shown = " ".join(number[place : place + 4] for place in range(0, len(number), 4)) if self.iban else number
        return f"{self.bank} {shown}".strip() if self.bank else f"{self.holder} {shown}".strip()


def own_accounts(connection: Connection) -> tuple[OwnAccount, ...]:
    """The bank accounts in their order, tills left out. What an account's own field leaves open, its statements say."""
    rows = connection.exec_driver_sql(
        "SELECT a.id, a.holder, a.iban, a.account_number, a.routing, a.bank, coalesce(a.currency,"
        " (SELECT s.currency FROM bank_statement s WHERE s.account_id = a.id ORDER BY s.id LIMIT 1)),"
        " (SELECT currency FROM firm)"
        " FROM bank_account a WHERE a.kind = 'bank' ORDER BY a.position, a.id"
    )
    return tuple(OwnAccount(row[0], row[1], bare_iban(row[2]), _bare(row[3]), *row[4:]) for row in rows)


def account_named(accounts: Sequence[OwnAccount], account_id: int) -> OwnAccount:
    """UserError where it is none of the firm's bank accounts."""
    for one in accounts:
        if one.id == account_id:
            return one
    raise UserError(_("This bank account is not in the book any more."), _remedy(accounts))


def account_of(
    stated: str, currency: str, accounts: Sequence[OwnAccount], given: OwnAccount | None = None
) -> OwnAccount:
    """The account that a file's statement is of. `given` is the one that a person named.

    UserError where none or several fit, where the file contradicts who named one, or where its currency is another.
    """
    fitting = matching(stated, accounts) if stated else []
    if given is not None:
        if stated and given not in fitting and (fitting or _contradicts(stated, given)):
            raise UserError(
                _("The statement is of account {stated}, not of {account}.").format(stated=stated, account=given.label),
                _("Take it in for its own account, or leave the account to the file."),
            )
        found = given
    elif len(fitting) == 1:
        found = fitting[0]
    elif fitting:
        of_currency = [one for one in fitting if one.currency == currency]
        if len(of_currency) != 1:
            raise UserError(
                _("The statement's account “{stated}” may be {accounts}.").format(
                    stated=stated, accounts=_(" or ").join(one.label for one in fitting)
                ),
                _("Say which account it is of."),
            )
        found = of_currency[0]
    elif stated:
        raise UserError(
            _("The statement is of account {stated}, which is none of the firm's.").format(stated=stated),
            _remedy(accounts),
        )
    else:
        usable = [one for one in accounts if not currency or one.currency in (None, currency)]
        if len(usable) != 1:
            raise UserError(_("The file does not say which account it is of."), _remedy(accounts))
        found = usable[0]
    if currency and found.currency and currency != found.currency:
        raise UserError(
            _("The statement is in {currency}, but the account {account} is kept in {own}.").format(
                currency=currency, account=found.label, own=found.currency
            ),
            _("Choose the account in {currency}, or correct the currency in Settings, Firm.").format(currency=currency),
        )
    return found


def matching(stated: str, accounts: Sequence[OwnAccount]) -> list[OwnAccount]:
    """The accounts that a number as a bank writes it may mean: a whole match before a match of parts."""
    masked = _MASKED.search(stated)
    if masked:
        return [one for one in accounts if _core(one).endswith(masked[1])]
    bare = _bare(stated)
    whole = [one for one in accounts if bare in (one.iban, one.account_number) and bare]
    if whole:
        return whole
    parts = {_CURRENCY_BEHIND.sub("", _bare(part)) for part in (stated, *stated.split("/"))}
    whole = [one for one in accounts if parts & {one.iban, one.account_number} - {""}]
    if whole:
        return whole
    parts = {part.lstrip("0") for part in parts if not iban_is_sound(part)}
    return [one for one in accounts if any(_within(part, one) for part in parts)]


def _within(part: str, account: OwnAccount) -> bool:
    """Whether this is the number that the account's IBAN is made of, leading zeros aside."""
    if account.account_number and part == account.account_number.lstrip("0"):
        return True
    if len(part) < _SHORTEST:
        return False
    # Some IBANs end in a check figure of the old number.
    return any(
        account.iban[4 : len(account.iban) - tail].endswith(part) for tail in (0, 2, 3) if len(account.iban) > 14
    )


def _contradicts(stated: str, given: OwnAccount) -> bool:
    bare = _bare(stated)
    return bool(given.iban) and iban_is_sound(bare) and bare != given.iban


def _core(account: OwnAccount) -> str:
    return account.iban or account.account_number


def _bare(text: str) -> str:
    return _MARKS.sub("", text.upper())


def _remedy(accounts: Sequence[OwnAccount]) -> str:
    if not accounts:
        return _("Enter the firm's bank account first: Settings, Firm, Bank accounts.")
    return _("The firm's accounts are: {accounts}. Say which one it is of, or add it in Settings, Firm.").format(
        accounts="; ".join(one.label for one in accounts)
    )
