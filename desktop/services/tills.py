"""The firm's accounts as money reaches them: a till never holds less than nothing, and its days stand in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _, date_text, money_text

_NAME = "coalesce(nullif(bank, ''), nullif(iban, ''), nullif(account_number, ''), holder)"
# What each payment moved in the account that it reached, in the currency of that.
MOVED = "coalesce({p}.received, {p}.amount - coalesce({p}.charges, 0))"
_STANDS = f"""SELECT coalesce(sum(amount), 0), max(day) FROM (
  SELECT {MOVED.format(p="p")} amount, p.paid_on day FROM payment p WHERE p.account_id = :account
  UNION ALL SELECT amount, dated FROM cash_movement WHERE account_id = :account)"""


@dataclass(slots=True)
class Account:
    """`balance` and `last` day are a till's alone; minor units of `currency`, which a bank account may leave open."""

    id: int
    is_till: bool
    name: str
    currency: str | None
    balance: int = 0
    last: date | None = None


class Accounts:
    """The accounts as one transaction sees them."""

    def __init__(self, connection: Connection, firm_currency: str) -> None:
        self._connection = connection
        self._firm_currency = firm_currency
        self._known: dict[int, Account] = {}

    def role(self, account_id: int | None) -> str:
        """The journal's word for the money of an account; money of which nobody said where it is counts as the bank's.

        UserError where the account is gone.
        """
        return "cash" if account_id is not None and self.account(account_id).is_till else "bank"

    def move(self, account_id: int | None, on: date, amount: int, currency: str) -> None:
        """Let money come or, below zero, go; `amount` and `currency` are what really reached the account.

        UserError where a till has another currency, has reached a later day, or has less.
        """
        if account_id is None or not self.account(account_id).is_till:
            return
        till = self._known[account_id]
        if currency != till.currency:
            raise UserError(
                _("The till “{name}” holds {own}, not {other}.").format(
                    name=till.name, own=till.currency, other=currency
                ),
                _("Use a till for each currency."),
            )
        if till.last is not None and on < till.last:
            raise UserError(
                _("The cash book of “{name}” has reached {day}; nothing is entered before that.").format(
                    name=till.name, day=date_text(till.last)
                ),
                _("Take that day or a later one: a cash book is kept in the order of its days."),
            )
        if till.balance + amount < 0:
            raise UserError(
                _("“{name}” holds {balance}; {amount} cannot be taken out of it.").format(
                    name=till.name, balance=money_text(till.balance, currency), amount=money_text(-amount, currency)
                ),
                _("Enter first what came in, or count the till."),
            )
        till.balance += amount
        till.last = on

    def account(self, account_id: int) -> Account:
        """UserError where it is gone."""
        known = self._known.get(account_id)
        if known is None:
            row = self._connection.exec_driver_sql(
                f"SELECT kind, {_NAME}, currency FROM bank_account WHERE id = ?", (account_id,)
            ).fetchone()
            if row is None:
                raise UserError(_("The account is not in the book any more."), _("Choose another one."))
            known = Account(account_id, row[0] == "cash", row[1], row[2])
            if known.is_till:
                known.currency = known.currency or self._firm_currency
                balance, last = self._connection.exec_driver_sql(_STANDS, {"account": account_id}).one()
                known.balance, known.last = balance, date.fromisoformat(last) if last else None
            self._known[account_id] = known
        return known


def account_choices(book: Book) -> tuple[Account, ...]:
    """Bank accounts and tills by their names, in their order; balances left out."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            f"SELECT id, kind, {_NAME}, coalesce(currency, CASE kind WHEN 'cash' THEN (SELECT currency FROM firm) END)"
            " FROM bank_account ORDER BY position, id"
        )
        return tuple(Account(row[0], row[1] == "cash", row[2], row[3]) for row in rows)


def account_named(book: Book, text: str) -> int:
    """The id of the one account that the text names by its name, IBAN or a part of them.

    UserError where none has it, or several do.
    """
    wanted = "".join(text.split()).casefold()
    with book.reading() as session:
        rows = (
            session.connection()
            .exec_driver_sql(f"SELECT id, {_NAME}, iban, account_number FROM bank_account ORDER BY position, id")
            .fetchall()
        )
    parts = {row[0]: ["".join(str(one).split()).casefold() for one in row[1:]] for row in rows}
    found = [key for key, known in parts.items() if wanted in known] or [
        key for key, known in parts.items() if wanted and any(wanted in one for one in known)
    ]
    if len(found) == 1:
        return int(found[0])
    names = ", ".join(str(row[1]) for row in rows if not found or row[0] in found)
    raise UserError(
        _("Several accounts are called “{name}”: {names}.").format(name=text, names=names)
        if found
        else _("There is no account “{name}”.").format(name=text),
        _("The accounts are: {names}.").format(names=names)
        if names
        else _("Enter bank accounts and tills under Settings first."),
    )


def reached(
    connection: Connection,
    currency: str,
    account_id: int | None,
    method: str,
    charges: int,
    received: tuple[int, str] | None,
) -> tuple[int | None, str]:
    """Account and method of money in a currency: cash goes to the one till of it, and what goes to a till is cash.

    UserError for charges below zero, for what the bank converted without a word of how much it gave, and for a word of
    it where nothing was converted.
    """
    if charges < 0:
        raise UserError(_("What banks kept back is an amount above zero."), _("Leave it out where nothing was."))
    if received is not None and received[1] == currency:
        raise UserError(
            _("Nothing was converted from {currency} to {currency}.").format(currency=currency),
            _("Enter what banks kept back as their charges."),
        )
    if account_id is None:
        if method != "cash" or received is not None:
            return None, method
        found = connection.exec_driver_sql(
            "SELECT a.id FROM bank_account a WHERE a.kind = 'cash'"
            " AND coalesce(a.currency, (SELECT currency FROM firm)) = ?",
            (currency,),
        ).fetchall()
        return (found[0][0] if len(found) == 1 else None), method
    account = Accounts(connection, str(connection.exec_driver_sql("SELECT currency FROM firm").scalar())).account(
        account_id
    )
    if account.currency is not None and account.currency != (received[1] if received else currency):
        raise UserError(
            _("“{name}” is kept in {own}, and the money is in {other}.").format(
                name=account.name, own=account.currency, other=received[1] if received else currency
            ),
            _("Say how much reached the account in {own}, or choose another account.").format(own=account.currency),
        )
    return account_id, "cash" if account.is_till else method
