"""Entries by hand: balanced, with a note, and taken back by their mirror. Nothing of the journal is ever changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection

from db.engine import Book
from db.queries import ledger as queries
from desktop.domain.journal import firm_factor, in_firm
from desktop.domain.money import LARGEST
from desktop.errors import UserError
from desktop.i18n import _, amount_text, date_text, money_text
from desktop.services.accounting.closing import refuse_closed
from desktop.services.accounting.entries import Entries, Side
from desktop.services.accounting.mapping import Mapping
from desktop.services.changes import change
from desktop.services.exchange import ExchangeRates
from desktop.services.payments import reason_given

# Accounts that take these are kept by documents and payments: what is booked there by hand parts them from those.
_CONTROL: Final = ("receivable", "tax", "deposits", "deferred_revenue", "accrued_revenue")


@dataclass(frozen=True, slots=True)
class Line:
    """One side of an entry by hand: an account of the chart, and minor units, a debit positive."""

    account_id: int
    amount: int


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What was booked: the entry's number, and its total, minor units of `currency`."""

    entry: int
    total: int
    currency: str


def warnings(book: Book, lines: Sequence[Line], on: date) -> tuple[str, ...]:
    """What a person should know before it is booked: accounts that documents keep, and those that are set aside."""
    with book.reading() as session:
        return _warnings(Mapping(session.connection()), lines, on)


def adjust(
    book: Book,
    lines: Sequence[Line],
    *,
    on: date,
    note: str,
    actor: str,
    today: date,
    currency: str = "",
    despite_warnings: bool = False,
) -> Adjustment:
    """Book an entry by hand, in the firm's currency unless another is given, at the rate of the day.

    UserError without a note, where debits and credits differ, for a day in a closed period or to come, without a rate,
    and for what `warnings` tells unless it is to be booked nevertheless.
    """
    note = reason_given(note)
    with change(book, actor, "", undoable=False) as made:
        connection = made.connection
        mapping = Mapping(connection)
        _check(connection, mapping, lines, on, today, currency or mapping.home_currency)
        told = _warnings(mapping, lines, on)
        if told and not despite_warnings:
            raise UserError(" ".join(told), _("Book it nevertheless, or choose other accounts."))
        rates = ExchangeRates(connection)
        own = currency or rates.firm_currency
        factor = firm_factor(rates.on(own, on), own, rates.firm_currency)
        if factor is None:
            raise UserError(
                _("There is no exchange rate of {currency} on {day}.").format(currency=own, day=date_text(on)),
                _("Enter the rate of that day under Settings, Currencies."),
            )
        firm = [in_firm(one.amount, factor) or 0 for one in lines]
        # What converting misses goes to the largest side.
        firm[max(range(len(lines)), key=lambda at: abs(lines[at].amount))] -= sum(firm)
        entries = Entries(connection)
        sides = [Side("other", own, one.amount, base, one.account_id) for one, base in zip(lines, firm, strict=True)]
        entry = entries.add("adjustment", on, sides, note=note)
        entries.write()
        total = sum(one.amount for one in lines if one.amount > 0)
        made.summary = _("Book {amount} by hand (entry {number}): {note}").format(
            amount=money_text(total, own), number=entry, note=note
        )
    return Adjustment(entry, total, own)


def reverse(book: Book, entry: int, *, on: date, reason: str, actor: str, today: date) -> Adjustment:
    """Take an entry by hand back on a day by its mirror.

    UserError where the entry is none by hand, was taken back already, or is later than the day; as `adjust`.
    """
    reason = reason_given(reason)
    with change(book, actor, "", undoable=False) as made:
        connection = made.connection
        row = connection.exec_driver_sql(
            """SELECT e.kind, e.booked_on, e.reverses_id, (SELECT r.id FROM journal_entry r WHERE r.reverses_id = e.id),
            (SELECT sum(amount) FROM posting WHERE entry_id = e.id AND amount > 0),
            (SELECT max(currency) FROM posting WHERE entry_id = e.id) FROM journal_entry e WHERE e.id = ?""",
            (entry,),
        ).fetchone()
        if row is None or row[0] != "adjustment":
            raise UserError(
                _("Entry {number} was not booked by hand.").format(number=entry),
                _("Take back the document, payment or bank line behind it; that posts its own entry."),
            )
        _kind, booked_on, reverses, reversed_by, total, currency = row
        if reverses is not None or reversed_by is not None:
            raise UserError(
                _("Entry {number} was taken back already, by entry {other}.").format(number=entry, other=reversed_by)
                if reversed_by is not None
                else _("Entry {number} takes entry {other} back itself.").format(number=entry, other=reverses),
                _("Book what should stand as a new entry."),
            )
        _check_day(connection, on, today)
        if on < date.fromisoformat(booked_on):
            raise UserError(
                _("Entry {number} was booked on {day}; it cannot be taken back before that.").format(
                    number=entry, day=date_text(date.fromisoformat(booked_on))
                ),
                _("Take that day or a later one."),
            )
        entries = Entries(connection)
        mirror = entries.mirror(entry, on, reason)
        entries.write()
        made.summary = _("Take back entry {number} over {amount}: {reason}").format(
            number=entry, amount=money_text(total, currency), reason=reason
        )
    return Adjustment(mirror, total, currency)


def _check(
    connection: Connection, mapping: Mapping, lines: Sequence[Line], on: date, today: date, currency: str
) -> None:
    if len(lines) < 2:
        raise UserError(_("An entry has two sides at least."), _("Add an account on the other side."))
    if any(one.account_id not in mapping.accounts for one in lines):
        raise UserError(_("An account of the entry is not in the chart any more."), _("Choose another one."))
    if any(not one.amount or abs(one.amount) > LARGEST for one in lines):
        raise UserError(_("Each side has an amount, as a debit or as a credit."), _("Check the digits of each side."))
    debit = sum(one.amount for one in lines if one.amount > 0)
    credit = -sum(one.amount for one in lines if one.amount < 0)
    if debit != credit:
        raise UserError(
            _("Debits come to {debit} and credits to {credit}; {difference} is missing.").format(
                debit=amount_text(debit, currency),
                credit=amount_text(credit, currency),
                difference=amount_text(abs(debit - credit), currency),
            ),
            _("Both sides of an entry come to the same."),
        )
    _check_day(connection, on, today)


def _check_day(connection: Connection, on: date, today: date) -> None:
    refuse_closed(connection, on)
    if on > today:
        raise UserError(
            _("{day} is still to come.").format(day=date_text(on)), _("Book it on that day, or take today's date.")
        )


def _warnings(mapping: Mapping, lines: Sequence[Line], on: date) -> tuple[str, ...]:
    kept: dict[int, str] = {}
    for _key, name, _day, account in queries.rules(mapping.connection):
        if name.partition(".")[0] in _CONTROL and mapping.rules.named(name, on) == account:
            kept.setdefault(account, name)
    told = []
    for account_id in dict.fromkeys(one.account_id for one in lines):
        account = mapping.accounts[account_id]
        if account_id in kept:
            told.append(
                _("{account} is kept by documents and payments: booked by hand it differs from them.").format(
                    account=account.called
                )
            )
        if not account.active:
            told.append(_("{account} is set aside.").format(account=account.called))
    return tuple(told)
