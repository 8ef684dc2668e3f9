"""The tills and their cash book: what came in and went out in cash, day by day, with what was left."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, func, select

from db.engine import Book
from db.schema import BankAccount
from desktop.domain.money import LARGEST, exponent
from desktop.errors import UserError
from desktop.i18n import _, money_text
from desktop.services.attachments import read_file
from desktop.services.book_settings import keep_setting
from desktop.services.cash_ledger import CashLedger
from desktop.services.change_sets import Change
from desktop.services.changes import change
from desktop.services.files import keep_file
from desktop.services.payments import not_to_come, reason_given
from desktop.services.tills import MOVED

# What a person enters; a difference comes from counting, which knows its sign.
KINDS: Final = ("withdrawal", "deposit", "income", "expense", "opening")
_OUT: Final = frozenset({"deposit", "expense"})
DIFFERENCE: Final = "difference"
# The last day on which each till was counted, by its id.
_COUNTED: Final = "ledger.counted"

# Within a day in the order in which they were entered, of which the journal has one for both.
_ENTRIES: Final = f"""SELECT * FROM (
  SELECT p.paid_on day, (SELECT e.id FROM journal_entry e WHERE e.payment_id = p.id) entered, 0 side, p.id, p.number,
    CASE WHEN p.reverses_id IS NOT NULL THEN 'reversal' WHEN p.amount < 0 THEN 'refund' ELSE 'payment' END kind,
    CASE WHEN p.note = '' THEN p.reference ELSE p.note END told, c.name client, {MOVED.format(p="p")} amount,
    coalesce((SELECT b.number FROM payment b WHERE b.reverses_id = p.id), '') reversed_by, p.file_id
  FROM payment p JOIN client c ON c.id = p.client_id WHERE p.account_id = :account
  UNION ALL SELECT m.dated, (SELECT e.id FROM journal_entry e WHERE e.cash_movement_id = m.id), 1, m.id, m.number,
    CASE WHEN m.reverses_id IS NULL THEN m.kind ELSE 'reversal' END, m.text, '', m.amount,
    coalesce((SELECT b.number FROM cash_movement b WHERE b.reverses_id = m.id), ''), m.file_id
  FROM cash_movement m WHERE m.account_id = :account)
WHERE day <= :until ORDER BY day, entered"""

_TILLS: Final = f"""SELECT a.id, coalesce(nullif(a.bank, ''), a.holder),
  coalesce(a.currency, (SELECT currency FROM firm)),
  coalesce((SELECT sum({MOVED.format(p="p")}) FROM payment p WHERE p.account_id = a.id), 0)
    + coalesce((SELECT sum(m.amount) FROM cash_movement m WHERE m.account_id = a.id), 0),
  nullif(max(coalesce((SELECT max(p.paid_on) FROM payment p WHERE p.account_id = a.id), ''),
    coalesce((SELECT max(m.dated) FROM cash_movement m WHERE m.account_id = a.id), '')), '')
FROM bank_account a WHERE a.kind = 'cash' ORDER BY a.position, a.id"""


@dataclass(frozen=True, slots=True)
class Till:
    """`balance` is what is in it, minor units; `last` the day of its last entry, before which nothing is entered."""

    id: int
    name: str
    currency: str
    balance: int
    last: date | None


@dataclass(frozen=True, slots=True)
class CashRow:
    """One entry; `amount` is signed, `balance` what is in the till after it, in minor units.

    `kind` is payment, refund, reversal, or that of a movement; `reversed_by` the number of what took it back. The id
    is that of a payment where `is_payment`, else of a movement. `file_id` is the voucher kept with it, if there is one.
    """

    id: int
    is_payment: bool
    number: str
    dated: date
    kind: str
    text: str
    client: str
    amount: int
    balance: int
    reversed_by: str
    file_id: int | None


@dataclass(frozen=True, slots=True)
class CashBook:
    """The entries of a till in some days, from `opening` to `closing`; minor units of its currency."""

    till: Till
    opening: int
    rows: tuple[CashRow, ...]
    closing: int


@dataclass(frozen=True, slots=True)
class CashEntry:
    """What was entered, and what is in the till after it; minor units of `currency`. `number` is empty where nothing
    had to be entered: the count was right."""

    id: int
    number: str
    currency: str
    amount: int
    balance: int


def entry_words() -> dict[str, str]:
    """What each kind of entry of the cash book is, in words."""
    return {
        "withdrawal": _("Fetched from the bank"),
        "deposit": _("Brought to the bank"),
        "income": _("Other income"),
        "expense": _("Expense"),
        "opening": _("Balance at the beginning"),
        "difference": _("Difference found by counting"),
        "payment": _("Payment"),
        "refund": _("Refund"),
        "reversal": _("Taken back"),
    }


def tills(book: Book) -> tuple[Till, ...]:
    """In the order in which they were set up."""
    with book.reading() as session:
        return _tills(session.connection())


def save_till(book: Book, name: str, currency: str, *, actor: str, account_id: int | None = None) -> int:
    """Add a till, or change its name; its id. UserError without a name, for a name that another till has, for no code
    of a currency, and for another currency once there are entries in it."""
    name, currency = name.strip(), currency.strip().upper()
    if not name:
        raise UserError(_("A till needs a name."), _("Such as “Front desk”."))
    try:
        exponent(currency)
    except ValueError as error:
        raise UserError(
            _("“{code}” is not the code of a currency.").format(code=currency), _("Use a code such as EUR or USD.")
        ) from error
    with change(book, actor, _("Change till {name}").format(name=name)) as made:
        known = _tills(made.connection)
        if any(one.name.casefold() == name.casefold() and one.id != account_id for one in known):
            raise UserError(_("There is a till “{name}” already.").format(name=name), _("Choose another name."))
        if account_id is None:
            last = made.session.scalar(select(func.max(BankAccount.position))) or 0
            made.summary = _("Add till {name}").format(name=name)
            return made.insert(
                BankAccount, position=last + 1, holder=name, iban="", bank=name, currency=currency, kind="cash"
            )
        till = _till(known, account_id)
        if till.last is not None and currency != till.currency:
            raise UserError(
                _("“{name}” has entries in {currency}.").format(name=till.name, currency=till.currency),
                _("Set up another till for {currency}.").format(currency=currency),
            )
        made.update(BankAccount, account_id, holder=name, bank=name, currency=currency)
        return account_id


def remove_till(book: Book, account_id: int, *, actor: str) -> None:
    """UserError where it was used: its cash book stays."""
    with change(book, actor, _("Remove a till")) as made:
        till = _till(_tills(made.connection), account_id)
        if till.last is not None:
            raise UserError(
                _("“{name}” has entries in its cash book, which stays.").format(name=till.name),
                _("Bring its cash to the bank, and leave it empty."),
            )
        made.delete(BankAccount, account_id)


def cash_book(book: Book, account_id: int, *, since: date, until: date) -> CashBook:
    """The cash book of the days from `since` to `until`, both inclusive. UserError where the till is gone."""
    with book.reading() as session:
        connection = session.connection()
        till = _till(_tills(connection), account_id)
        entries = connection.exec_driver_sql(_ENTRIES, {"account": account_id, "until": until.isoformat()}).fetchall()
    opening = balance = 0
    rows: list[CashRow] = []
    for day, _place, side, key, number, kind, told, client, amount, reversed_by, file_id in entries:
        balance += amount
        dated = date.fromisoformat(day)
        if dated < since:
            opening = balance
            continue
        rows.append(CashRow(key, not side, number, dated, kind, told, client, amount, balance, reversed_by, file_id))
    return CashBook(till, opening, tuple(rows), balance)


def enter_cash(
    book: Book,
    account_id: int,
    *,
    kind: str,
    amount: int,
    dated: date,
    text: str,
    actor: str,
    today: date,
    attach: Path | None = None,
) -> CashEntry:
    """Enter cash that moved without a client; the amount is above zero, the kind (one of KINDS) says which way.

    `attach` is its voucher, kept with it. UserError for a day before the till's last or to come, for more than is in
    the till, without a text, for a balance at the beginning where there are entries already, and for a file that cannot
    be kept.
    """
    if kind not in KINDS:
        raise ValueError(f"cash does not move by {kind}")
    if not 0 < amount <= LARGEST:
        raise UserError(_("Cash moves by an amount above zero."), _("What kind of entry it is says which way."))
    content = read_file(attach) if attach else b""
    with change(book, actor, "", undoable=False) as made:
        till = _till(_tills(made.connection), account_id)
        not_to_come(dated, today)
        text = reason_given(text)
        if kind == "opening" and till.last is not None:
            raise UserError(
                _("“{name}” has entries already.").format(name=till.name),
                _("Count the till instead: the difference is entered."),
            )
        file_id = keep_file(made, attach.name, content) if attach else None
        return _entered(made, till, dated, kind, -amount if kind in _OUT else amount, text, file_id=file_id)


def count_till(
    book: Book, account_id: int, *, counted: int, dated: date, text: str, actor: str, today: date
) -> CashEntry:
    """Say what was counted at the end of a day; a difference is entered with its reason, minor units.

    UserError for a day before the till's last or to come, and for a difference without a reason.
    """
    if not 0 <= counted <= LARGEST:
        raise UserError(_("A till holds nothing or more."), _("Count it again."))
    with book.reading() as session:
        till = _till(_tills(session.connection()), account_id)
    not_to_come(dated, today)
    if counted == till.balance:
        told = money_text(counted, till.currency)
        with change(book, actor, _("Count {amount} in “{name}”").format(amount=told, name=till.name)) as made:
            _note_count(made, account_id, dated)
        return CashEntry(0, "", till.currency, 0, till.balance)
    if not text.strip():
        missing = money_text(abs(counted - till.balance), till.currency)
        said = (
            _("{amount} is missing in “{name}”.") if counted < till.balance else _("“{name}” holds {amount} too much.")
        )
        raise UserError(
            said.format(amount=missing, name=till.name),
            _("Look for what was not entered. If nothing explains it, give that as the reason; it is entered then."),
        )
    with change(book, actor, "", undoable=False) as made:
        till = _till(_tills(made.connection), account_id)
        _note_count(made, account_id, dated)
        return _entered(made, till, dated, DIFFERENCE, counted - till.balance, text.strip())


def counted_on(connection: Connection, account_id: int) -> date | None:
    """The last day of which somebody said what was counted in a till."""
    row = connection.exec_driver_sql("SELECT value FROM setting WHERE key = ?", (_COUNTED,)).fetchone()
    day = json.loads(row[0]).get(str(account_id)) if row else None
    return date.fromisoformat(day) if day else None


def _note_count(made: Change, account_id: int, dated: date) -> None:
    row = made.connection.exec_driver_sql("SELECT value FROM setting WHERE key = ?", (_COUNTED,)).fetchone()
    known = json.loads(row[0]) if row else {}
    keep_setting(made, _COUNTED, known | {str(account_id): max(known.get(str(account_id), ""), dated.isoformat())})


def reverse_cash(book: Book, number: str, *, on: date, reason: str, actor: str, today: date) -> CashEntry:
    """Enter the mirror of a movement of cash. UserError for an unknown number, a second reversal, and as enter_cash."""
    with change(book, actor, "", undoable=False) as made:
        not_to_come(on, today)
        reason = reason_given(reason)
        row: Any = made.connection.exec_driver_sql(
            "SELECT m.id, m.account_id, m.kind, m.amount, m.reverses_id, r.number FROM cash_movement m"
            " LEFT JOIN cash_movement r ON r.reverses_id = m.id WHERE m.number = ?",
            (number,),
        ).fetchone()
        if row is None:
            raise UserError(
                _("There is no cash entry {number}.").format(number=number),
                _("A payment of a client is reversed under Payments."),
            )
        key, account_id, kind, amount, reverses_id, reversed_by = row
        if reverses_id is not None or reversed_by is not None:
            raise UserError(
                _("{number} was taken back already.").format(number=number)
                if reversed_by
                else _("{number} takes another entry back.").format(number=number),
                _("Enter anew what really happened."),
            )
        till = _till(_tills(made.connection), account_id)
        return _entered(made, till, on, kind, -amount, reason, reverses_id=key)


def _entered(
    made: Change,
    till: Till,
    dated: date,
    kind: str,
    amount: int,
    text: str,
    *,
    reverses_id: int | None = None,
    file_id: int | None = None,
) -> CashEntry:
    ledger = CashLedger(made)
    key, number = ledger.cash(till.id, dated, kind, amount, text, reverses_id=reverses_id, file_id=file_id)
    ledger.flush()
    made.summary = _("Cash entry {number} of {amount} in “{name}”").format(
        number=number, amount=money_text(amount, till.currency), name=till.name
    )
    return CashEntry(key, number, till.currency, amount, till.balance + amount)


def _tills(connection: Connection) -> tuple[Till, ...]:
    rows = connection.exec_driver_sql(_TILLS).fetchall()
    return tuple(Till(row[0], row[1], row[2], row[3], date.fromisoformat(row[4]) if row[4] else None) for row in rows)


def _till(known: tuple[Till, ...], account_id: int) -> Till:
    for one in known:
        if one.id == account_id:
            return one
    raise UserError(_("The till is not in the book any more."), _("Reload the list."))
