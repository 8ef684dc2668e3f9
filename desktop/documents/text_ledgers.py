"""The journal as text for Beancount, and for Ledger and hledger, as their grammars want it.

An amount in another currency carries its value in the firm's as a total price (@@), so that each entry balances there
as it does in the book.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from desktop.domain.money import exponent, major_text

_ROOTS: Final = {
    "asset": "Assets",
    "liability": "Liabilities",
    "equity": "Equity",
    "income": "Income",
    "expense": "Expenses",
}
# Letters that do not fall apart into one of the alphabet and a mark.
_ALIKE: Final = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "ł": "l", "Ł": "L", "đ": "d"})
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9]+")
_NOT_IN_LINKS: Final = re.compile(r"[^A-Za-z0-9\-_/.]+")
# What would begin a comment, or end a name, in Ledger's lines.
_NOT_IN_LEDGER: Final = re.compile(r"[;|\[\](){}@=\"]+|\s+")
_MARGIN: Final = 2


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the chart; `kind` is asset, liability, equity, income or expense."""

    number: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Side:
    """Minor units, a debit positive; without `firm_amount` no rate was known."""

    account: Account
    currency: str
    amount: int
    firm_amount: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the journal; `document` is a number, `payee` the client."""

    number: str
    booked_on: date
    payee: str
    text: str
    document: str
    sides: tuple[Side, ...]


def beancount(title: str, home: str, entries: Iterable[Entry]) -> Iterator[str]:
    """Lines for Beancount: what the file is, every account opened on the day of its first posting, the entries."""
    entries = list(entries)
    yield f'option "title" {_quoted(title)}'
    yield f'option "operating_currency" "{home}"'
    # Total prices become prices of a unit there, whose last digits are rounded.
    half = "0." + "0" * exponent(home) + "5"
    yield f'option "inferred_tolerance_default" "{home}:{half}"'
    yield ""
    opened: dict[str, date] = {}
    names: dict[Account, str] = {}
    for entry in entries:
        for side in entry.sides:
            name = names.setdefault(side.account, _beancount_name(side.account))
            opened[name] = min(opened.get(name, entry.booked_on), entry.booked_on)
    for name, day in sorted(opened.items()):
        yield f"{day.isoformat()} open {name}"
    for entry in sorted(entries, key=lambda one: one.booked_on):
        yield ""
        link = f" ^{_NOT_IN_LINKS.sub('-', entry.document)}" if entry.document else ""
        yield f"{entry.booked_on.isoformat()} * {_quoted(entry.payee)} {_quoted(entry.text)}{link}"
        yield f"  entry: {_quoted(entry.number)}"
        for side in entry.sides:
            for amount in amounts(side, home):
                yield f"  {names[side.account]}{' ' * _MARGIN}{amount}"


def ledger(title: str, home: str, entries: Iterable[Entry]) -> Iterator[str]:
    """Lines for Ledger and hledger: a comment that names the firm, the accounts, the entries."""
    entries = list(entries)
    yield f"; {_flat(title)}"
    yield ""
    # Read strictly, Ledger warns of every currency and note that nobody declared.
    for currency in sorted({home} | {side.currency for entry in entries for side in entry.sides}):
        yield f"commodity {currency}"
    yield "tag entry"
    names = {side.account: _ledger_name(side.account) for entry in entries for side in entry.sides}
    for name in sorted(set(names.values())):
        yield f"account {name}"
    for entry in sorted(entries, key=lambda one: one.booked_on):
        yield ""
        code = _NOT_IN_LINKS.sub("-", entry.document)
        told = " - ".join(part for part in (_flat(entry.payee), _flat(entry.text)) if part) or entry.number
        yield f"{entry.booked_on.isoformat()} *{f' ({code})' if code else ''} {told}"
        yield f"    ; entry: {entry.number}"
        for side in entry.sides:
            for amount in amounts(side, home):
                yield f"    {names[side.account]}{' ' * _MARGIN}{amount}"


def amounts(side: Side, home: str) -> list[str]:
    """The amounts that a side is written as; two where its value in the firm's currency has the other sign."""
    own = f"{major_text(side.amount, side.currency)} {side.currency}"
    if side.firm_amount is None or side.currency == home:
        return [own]
    base = f"{major_text(side.firm_amount, home)} {home}"
    if not side.amount:
        return [base] if side.firm_amount else []
    if side.amount * side.firm_amount < 0:
        return [f"{own} @@ {major_text(0, home)} {home}", base]
    return [f"{own} @@ {major_text(abs(side.firm_amount), home)} {home}"]


def _beancount_name(account: Account) -> str:
    words = _NOT_IN_NAMES.sub("-", _plain(f"{account.number} {account.name}")).strip("-")
    # A name in letters beyond the Latin ones leaves nothing where it has no number.
    words = words or "Unassigned"
    return f"{_ROOTS[account.kind]}:{words[:1].upper()}{words[1:]}"


def _ledger_name(account: Account) -> str:
    words = _flat(f"{account.number} {account.name}").replace(":", " ")
    return f"{_ROOTS[account.kind]}:{' '.join(words.split())}"


def _flat(text: str) -> str:
    """One line without what Ledger reads as more than text."""
    return _NOT_IN_LEDGER.sub(" ", text).strip()


def _quoted(text: str) -> str:
    flat = " ".join(text.split())
    return '"' + flat.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _plain(text: str) -> str:
    split = unicodedata.normalize("NFKD", text.translate(_ALIKE))
    return "".join(sign for sign in split if not unicodedata.combining(sign))
