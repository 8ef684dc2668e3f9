"""What is open on both sides: items that clients owe and credits that they have left, and what the user named."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from db.queries.families import family
from desktop.domain.journal import TaxedPart, firm_factor
from desktop.domain.money import spread
from desktop.domain.tax_parts import taxes_of
from desktop.errors import UserError
from desktop.i18n import _, money_text


@dataclass(slots=True)
class Due:
    """An open item with what settling it must know. Minor units of `currency`; `factor` converts to the firm's.

    `open` moves as a transaction settles it, `stored` is what the book says; `discount` is a fraction times 10**6.
    Nothing settles it before `since`: its issue date, the day its payment plan was agreed, or the last day on which
    it was opened again, since what was open in between was settled then. Of a payment plan that was called off,
    `plan_ended` is the day. `before` is what the earlier instalments of its invoice, or of its plan, come to.
    """

    id: int
    invoice_id: int
    instalment: int
    number: str
    kind: str
    client_id: int
    currency: str
    since: date
    due_date: date
    amount: int
    open: int
    stored: int
    factor: Decimal | None
    discount: int | None
    discount_until: date | None
    plan_id: int | None = None
    plan_ended: date | None = None
    before: int = 0

    def moves(self, amount: int) -> tuple[int, int, Decimal | None]:
        """What settling so much does, for `exchange_postings`: (before, after, factor).

        Counted over the earlier instalments, so that converted one by one they come to the invoice converted whole.
        """
        return self.before + self.open, self.before + self.open - amount, self.factor


@dataclass(slots=True)
class Credit:
    """What is left of a payment or credit note (kind: payment, credit); `number` is that document's own.

    Nothing uses it before `since`: its own date, or the last day on which it was taken off an invoice or a refund of it
    came back.
    """

    id: int
    kind: str
    source_id: int
    number: str
    client_id: int
    currency: str
    since: date
    amount: int
    open: int
    stored: int
    factor: Decimal | None


_FAMILY = family("?")

_DUES = """SELECT o.id, o.invoice_id, i.number, i.kind, o.client_id, o.currency,
  max(i.issue_date, coalesce(o.since, ''),
    coalesce((SELECT max(a.dated) FROM allocation a WHERE a.open_item_id = o.id AND a.amount < 0), '')),
  o.due_date, o.amount, o.open, i.firm_rate, i.firm_currency, i.discount, i.discount_until, o.instalment, o.plan_id,
  (SELECT l.cancelled_on FROM payment_plan l WHERE l.id = o.plan_id),
  CASE o.instalment WHEN 1 THEN 0 ELSE (SELECT coalesce(sum(e.amount), 0) FROM open_item e
    WHERE e.invoice_id = o.invoice_id AND e.plan_id IS o.plan_id AND e.instalment < o.instalment) END
FROM open_item o JOIN invoice i ON i.id = o.invoice_id WHERE """

_CREDITS = """SELECT c.id, c.payment_id, c.credit_note_id, coalesce(p.number, n.number), c.client_id, c.currency,
  max(c.dated, coalesce((SELECT max(a.dated) FROM allocation a WHERE a.payment_id = c.payment_id AND a.amount < 0),
    (SELECT max(a.dated) FROM allocation a WHERE a.credit_note_id = c.credit_note_id AND a.amount < 0), ''),
    coalesce((SELECT max(b.paid_on) FROM payment f JOIN payment b ON b.reverses_id = f.id
      WHERE f.refunds_payment_id = c.payment_id), (SELECT max(b.paid_on) FROM payment f JOIN payment b
      ON b.reverses_id = f.id WHERE f.refunds_credit_note_id = c.credit_note_id AND f.amount < 0), '')),
  c.amount, c.open, coalesce(p.firm_rate, n.firm_rate), (SELECT currency FROM firm)
FROM open_credit c LEFT JOIN payment p ON p.id = c.payment_id LEFT JOIN invoice n ON n.id = c.credit_note_id WHERE """


class OpenAmounts:
    """Items and credits as one transaction sees them: each is one object, however often it is asked for."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._dues: dict[int, Due] = {}
        self._credits: dict[int, Credit] = {}
        self._settled: dict[int, dict[str, int]] = {}

    def dues(self, where: str, values: tuple[Any, ...]) -> list[Due]:
        """Items (settled ones too) where the condition over `o` and `i` holds, the oldest due first."""
        rows = self.connection.exec_driver_sql(_DUES + where + " ORDER BY o.due_date, o.id", values).fetchall()
        return [self._dues.get(row[0]) or self._due(row) for row in rows]

    def open_dues(self, client_id: int, currency: str) -> list[Due]:
        """What a client and those merged into it owe in a currency, the oldest due first."""
        found = self.dues(
            f"o.client_id IN {_FAMILY} AND o.currency = ? AND o.open > 0", (client_id, client_id, currency)
        )
        return [due for due in found if due.open]

    def named_dues(self, numbers: Sequence[str]) -> list[Due]:
        """The items of the invoices named, or the one instalment that "INV-2026-0007/2" names, in that order.

        UserError for a number that names no invoice, and for an instalment that it does not have.
        """
        found: dict[int, Due] = {}
        for number in numbers:
            found |= {due.id: due for due in self._named(number)}
        return list(found.values())

    def invoice_dues(self, number: str) -> list[Due]:
        """All items of one invoice, those of payment plans among them. UserError where there is none of the number."""
        items = self.dues("i.number = ?", (number,))
        if not items:
            raise self._no_such(number)
        return items

    def _named(self, number: str) -> list[Due]:
        items = self.dues("i.number = ?", (number,))
        whole, place = split_instalment(number)
        if items or place is None:
            return items or self.invoice_dues(number)
        items = self.invoice_dues(whole)
        named = [due for due in items if due.instalment == place]
        if not named:
            raise UserError(
                _("{number} has no instalment {place}.").format(number=whole, place=place),
                _("It has {list}.").format(list=", ".join(f"{whole}/{one}" for one in _payable(items))),
            )
        return named

    def names(self, dues: Sequence[Due]) -> dict[int, str]:
        """How a payment names each item: by the invoice's number, and by the instalment where there are several."""
        wanted = json.dumps([due.invoice_id for due in dues])
        several = set(
            self.connection.exec_driver_sql(
                "SELECT invoice_id FROM open_item WHERE instalment > 1"
                " AND invoice_id IN (SELECT value FROM json_each(?))",
                (wanted,),
            ).scalars()
        )
        return {due.id: f"{due.number}/{due.instalment}" if due.invoice_id in several else due.number for due in dues}

    def credits(self, where: str, values: tuple[Any, ...]) -> list[Credit]:
        """Credits (used ones too) where the condition over `c`, `p` and `n` holds, the oldest first."""
        rows = self.connection.exec_driver_sql(_CREDITS + where + " ORDER BY c.dated, c.id", values).fetchall()
        return [self._credits.get(row[0]) or self._credit(row) for row in rows]

    def open_credits(self, client_id: int, currency: str) -> list[Credit]:
        """What a client has left to settle invoices with, the oldest first."""
        found = self.credits(
            f"c.client_id IN {_FAMILY} AND c.currency = ? AND c.open > 0", (client_id, client_id, currency)
        )
        return [credit for credit in found if credit.open]

    def named_credit(self, number: str) -> Credit:
        """The credit of a payment or credit note. UserError for a number that names neither."""
        found = self.credits("p.number = ?", (number,)) or self.credits("n.number = ?", (number,))
        if not found:
            raise UserError(
                _("There is no payment or credit note {number}.").format(number=number),
                _("The client's account lists both."),
            )
        return found[0]

    def settled(self, due: Due) -> dict[str, int]:
        """What settled an item so far, by kind of allocation."""
        rows = self.connection.exec_driver_sql(
            "SELECT kind, sum(amount) FROM allocation WHERE open_item_id = ? GROUP BY kind", (due.id,)
        )
        sums: dict[str, int] = {}
        for kind, amount in rows:
            sums[kind] = amount
        for kind, amount in self._settled.get(due.id, {}).items():
            sums[kind] = sums.get(kind, 0) + amount
        return sums

    def _due(self, row: Any) -> Due:
        due = Due(
            id=row[0],
            invoice_id=row[1],
            instalment=row[14],
            number=row[2],
            kind=row[3],
            client_id=row[4],
            currency=row[5],
            since=date.fromisoformat(row[6]),
            due_date=date.fromisoformat(row[7]),
            amount=row[8],
            open=row[9],
            stored=row[9],
            factor=firm_factor(row[10], row[5], row[11]),
            # What was agreed on afterwards is not paid early.
            discount=row[12] if row[15] is None else None,
            discount_until=date.fromisoformat(row[13]) if row[13] else None,
            plan_id=row[15],
            plan_ended=date.fromisoformat(row[16]) if row[16] else None,
            before=row[17],
        )
        self._dues[due.id] = due
        return due

    def _credit(self, row: Any) -> Credit:
        credit = Credit(
            id=row[0],
            kind="payment" if row[1] else "credit",
            source_id=row[1] or row[2],
            number=row[3],
            client_id=row[4],
            currency=row[5],
            since=date.fromisoformat(row[6]),
            amount=row[7],
            open=row[8],
            stored=row[8],
            factor=firm_factor(row[9], row[5], row[10]),
        )
        self._credits[credit.id] = credit
        return credit

    def _no_such(self, number: str) -> UserError:
        row = self.connection.exec_driver_sql(
            "SELECT payable, currency FROM invoice WHERE number = ? AND kind = 'credit_note'", (number,)
        ).fetchone()
        if row is None:
            return UserError(
                _("There is no invoice {number}.").format(number=number),
                _("Check the number; the list of invoices finds it by a part."),
            )
        return UserError(
            _("{number} is a credit note of {amount}, not an invoice.").format(
                number=number, amount=money_text(row[0], row[1])
            ),
            _("Name the invoice that it is for."),
        )


def _payable(items: Sequence[Due]) -> list[int]:
    """The instalments that are open, in their order; all where nothing is, such as those of plans called off."""
    return sorted(due.instalment for due in items if due.open) or sorted(due.instalment for due in items)


def split_instalment(number: str) -> tuple[str, int | None]:
    """The number of an invoice and the instalment that "INV-2026-0007/2" names; None where it names none."""
    whole, slash, place = number.rpartition("/")
    return (whole, int(place)) if slash and place.isdecimal() else (number, None)


def taxed_parts(connection: Connection, invoice_id: int) -> list[TaxedPart]:
    """The tax groups of a document; none for an opening item, whose taxes another program declared."""
    rows = connection.exec_driver_sql(
        "SELECT category, rate, basis, tax, name FROM invoice_tax WHERE invoice_id = ? ORDER BY id", (invoice_id,)
    ).fetchall()
    if not any(row[4] for row in rows):
        return [TaxedPart(category, rate, basis, tax) for category, rate, basis, tax, _name in rows]
    groups = connection.exec_driver_sql(
        "SELECT category, rate, tax_parts, sum(net) FROM invoice_line WHERE invoice_id = ?"
        " GROUP BY category, rate, tax_parts ORDER BY min(position)",
        (invoice_id,),
    ).fetchall()
    shares: list[list[tuple[int, int]]] = [[] for _group in groups]
    for category, rate, _basis, tax, name in rows:
        # Two rates may share a tax, a state's beneath two counties: each has its part of it.
        bearers = [
            (place, net)
            for place, (own, whole, text, net) in enumerate(groups)
            if own == category and (name, rate) in taxes_of(whole, text)
        ]
        for (place, _net), part in zip(bearers, spread(tax, [bearer[1] for bearer in bearers]), strict=True):
            shares[place].append((rate, part))
    return [
        TaxedPart(category, rate, net, sum(tax for _, tax in own), tuple(own))
        for (category, rate, _text, net), own in zip(groups, shares, strict=True)
    ]
