"""Fees and interest that letters asked for: waived, or billed by an invoice made by hand.

They are no part of what is receivable until they are billed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from db.queries import dunning as queries
from db.schema import Reminder
from desktop.domain.money import to_major
from desktop.errors import UserError
from desktop.i18n import _, money_text
from desktop.services.catalogue import item as item_record
from desktop.services.catalogue import item_id
from desktop.services.changes import change
from desktop.services.manual import ManualLine, draft_invoice


@dataclass(frozen=True, slots=True)
class Claim:
    """What letters asked of a client beside what is open, minor units of `currency`; `until` the day of the last one.

    Each letter asks for the interest since the due date, so that of an item counts once, from its last letter; fees
    add up.
    """

    client_id: int
    code: str
    name: str
    currency: str
    fee: int
    interest: int
    reminder_ids: tuple[int, ...]
    runs: tuple[str, ...]
    numbers: tuple[str, ...]
    until: date

    @property
    def total(self) -> int:
        return self.fee + self.interest


def claims(book: Book, *, client_id: int | None = None) -> tuple[Claim, ...]:
    """All that is neither waived nor billed, by client and currency; of one client's family where given."""
    with book.reading() as session:
        return _claims(session.connection(), client_id)


def waive_claims(book: Book, client_id: int, currency: str, *, actor: str) -> Claim:
    """Give up a client's fees and interest in a currency; later letters ask for interest from then on alone.

    UserError where there is nothing.
    """
    with change(book, actor, "") as made:
        claim = _one(_claims(made.connection, client_id), currency)
        for key in claim.reminder_ids:
            made.update(Reminder, key, claim="waived", claim_run_id=None)
        made.summary = _("Waive {amount} of fees and interest for {client}").format(
            amount=money_text(claim.total, currency), client=claim.name
        )
    return claim


def bill_claims(book: Book, client_id: int, currency: str, *, item: str, actor: str, today: date) -> tuple[str, int]:
    """Draft an invoice over a client's fees and interest in a currency: (number of its run, id of the draft).

    `item` is the code of the catalogue's item for it, which says how it is taxed: compensation for lateness is outside
    the scope of VAT in the EU (Court of Justice, C-222/81). UserError where there is nothing, or no such item.
    """
    if not item.strip():
        raise UserError(
            _("It is not said which item of the catalogue fees and interest are billed as."),
            _("Choose one; its tax code says whether they bear tax."),
        )
    code = str(item_record(book, item_id(book, item))["code"])
    claim = _one(claims(book, client_id=client_id), currency)
    lines = []
    if claim.fee:
        words = _("Fees for reminders {runs}").format(runs=", ".join(claim.runs))
        lines.append(ManualLine(words, item=code, unit_price=to_major(claim.fee, currency)))
    if claim.interest:
        words = _("Interest for late payment of {numbers}").format(numbers=", ".join(claim.numbers))
        lines.append(ManualLine(words, item=code, unit_price=to_major(claim.interest, currency)))
    run, draft_id = draft_invoice(book, claim.code, lines, currency=currency, actor=actor, now=book.now, today=today)
    with change(book, actor, _("Bill fees and interest to {client}").format(client=claim.name), undoable=False) as made:
        run_id = made.connection.exec_driver_sql("SELECT id FROM run WHERE number = ?", (run,)).scalar_one()
        for key in claim.reminder_ids:
            made.update(Reminder, key, claim="billed", claim_run_id=run_id)
    return run, draft_id


def _one(found: Collection[Claim], currency: str) -> Claim:
    for claim in found:
        if claim.currency == currency:
            return claim
    raise UserError(
        _("No fee or interest in {currency} is open for this client.").format(currency=currency),
        _("Only letters that went ask for them."),
    )


def _claims(connection: Connection, client_id: int | None) -> tuple[Claim, ...]:
    groups: dict[tuple[int, str], list[Any]] = {}
    for row in queries.claims(connection, client_id):
        groups.setdefault((row[1], row[4]), []).append(row)
    found = []
    for (client, currency), rows in groups.items():
        fees: dict[int, int] = {}
        interest: dict[int, int] = {}
        numbers: dict[str, None] = {}
        runs: dict[str, None] = {}
        until = ""
        for reminder, _client, _code, _name, _currency, fee, run, as_of, item, number, minor in rows:
            fees[reminder] = fee
            interest[item] = minor
            if fee:
                runs[str(run)] = None
            if minor:
                numbers[str(number)] = None
            until = max(until, str(as_of))
        found.append(
            Claim(
                client,
                str(rows[0][2]),
                str(rows[0][3]),
                currency,
                sum(fees.values()),
                sum(interest.values()),
                tuple(fees),
                tuple(runs),
                tuple(numbers),
                date.fromisoformat(until),
            )
        )
    return tuple(found)
