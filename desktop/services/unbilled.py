"""Work that waits to be billed, at the price it would have: hours and one-off charges, by client and agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.billing import TimeEntry
from desktop.domain.billing.time import line_for, price_of
from desktop.domain.money import round_half_away, unit, unscaled
from desktop.services.runs.loading import Loaded, load
from desktop.services.runs.setting import Setting, read_setting


@dataclass(frozen=True, slots=True)
class UnbilledRow:
    """What waits of one kind (time, charge, discount, deposit); `first` and `last` are its days.

    `amount` is net in minor units at today's prices and before any cap or discount of the agreement; `unpriced`
    entries are not in it. `run` is the run whose draft holds it, if one does.
    """

    client: str
    name: str
    agreement: str
    kind: str
    run: str
    first: date
    last: date
    entries: int
    quantity: Decimal
    currency: str
    amount: int
    unpriced: int


_TIME = """SELECT e.id, e.client_id, e.agreement_id, e.item_id, e.work_date, e.person, e.hours, e.rate, e.note,
  c.code, c.name, coalesce(a.code, ''), coalesce(r.number, ''), coalesce(a.currency, c.currency)
FROM time_entry e JOIN client c ON c.id = e.client_id LEFT JOIN agreement a ON a.id = e.agreement_id
LEFT JOIN draft d ON d.id = e.draft_id LEFT JOIN run r ON r.id = d.run_id
WHERE e.invoice_id IS NULL AND e.billable = 1 AND e.work_date <= ? {one} ORDER BY e.work_date, e.id"""

_ONE_OFFS = """SELECT o.id, o.client_id, o.agreement_id, o.item_id, o.due_date, o.kind, o.quantity, o.unit_price,
  o.currency, c.code, c.name, coalesce(a.code, ''), coalesce(r.number, '')
FROM one_off o JOIN client c ON c.id = o.client_id LEFT JOIN agreement a ON a.id = o.agreement_id
LEFT JOIN draft d ON d.id = o.draft_id LEFT JOIN run r ON r.id = d.run_id
WHERE o.invoice_id IS NULL AND o.due_date <= ? {one} ORDER BY o.due_date, o.id"""


@dataclass(slots=True)
class _Sum:
    first: date
    last: date
    entries: int = 0
    quantity: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    unpriced: int = 0

    def add(self, day: date, quantity: Decimal, price: Decimal | None) -> None:
        self.first, self.last = min(self.first, day), max(self.last, day)
        self.entries += 1
        self.quantity += quantity
        if price is None:
            self.unpriced += 1
        else:
            self.amount += quantity * price


def unbilled(book: Book, as_of: date, *, client_id: int | None = None) -> list[UnbilledRow]:
    """Everything worked or due by a day and not billed, by client, agreement and kind."""
    one, values = ("AND c.id = ?", (client_id,)) if client_id is not None else ("", ())
    with book.reading() as session:
        connection = session.connection()
        setting = read_setting(connection, as_of, as_of)
        time = connection.exec_driver_sql(_TIME.format(one=one), (as_of.isoformat(), *values)).fetchall()
        one_offs = connection.exec_driver_sql(_ONE_OFFS.format(one=one), (as_of.isoformat(), *values)).fetchall()
        loaded = _agreements(connection, setting, time)
    sums: dict[tuple[str, ...], _Sum] = {}
    for row in time:
        day, hours = date.fromisoformat(row[4]), unscaled(row[6])
        key = (row[9], row[10], row[11], "time", row[12], row[13])
        sums.setdefault(key, _Sum(day, day)).add(day, hours, _hourly(row, day, loaded, setting))
    for row in one_offs:
        day, quantity = date.fromisoformat(row[4]), unscaled(row[6])
        key = (row[9], row[10], row[11], row[5], row[12], row[8])
        sums.setdefault(key, _Sum(day, day)).add(day, quantity, _price(row, day, quantity, setting))
    return [
        UnbilledRow(
            client,
            name,
            agreement,
            kind,
            run,
            total.first,
            total.last,
            total.entries,
            total.quantity,
            currency,
            round_half_away(total.amount * unit(currency)),
            total.unpriced,
        )
        for (client, name, agreement, kind, run, currency), total in sorted(sums.items())
    ]


def _agreements(connection: Connection, setting: Setting, time: Sequence[Any]) -> Loaded:
    return load(connection, setting, list({(row[1], row[2]): None for row in time if row[2] is not None}))


def _hourly(row: Any, day: date, loaded: Loaded, setting: Setting) -> Decimal | None:
    entry = TimeEntry(row[0], row[2], row[3], day, row[5], row[6], row[7], row[8])
    if row[2] is not None:
        agreement = loaded.agreements[row[2]]
        price, _rate_id, _source = price_of(agreement, line_for(agreement, entry), entry, row[1], setting.billing)
        return None if price is None else unscaled(price)
    if row[7] is not None:
        return unscaled(row[7])
    if row[3] is None:
        return None
    found = setting.billing.prices.price(row[3], row[1], row[13], day, unscaled(row[6]))
    return found.unit_price if found else None


def _price(row: Any, day: date, quantity: Decimal, setting: Setting) -> Decimal | None:
    if row[7] is not None:
        return unscaled(row[7])
    if row[3] is None:
        return None
    found = setting.billing.prices.price(row[3], row[1], row[8], day, quantity)
    return found.unit_price if found else None
