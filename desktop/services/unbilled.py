"""What waits to be billed, at the price it would have: hours, charges, metered use, milestones done; by agreement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection

from db.engine import Book
from db.queries.billing import reserved
from db.queries.rows import ids_text
from desktop.domain.billing import TimeEntry
from desktop.domain.billing.time import line_for, price_of
from desktop.domain.money import round_half_away, to_major, unit, unscaled
from desktop.services.meters import waiting_use
from desktop.services.milestones import read_milestones
from desktop.services.runs.loading import Loaded, load
from desktop.services.runs.setting import Setting, read_setting


@dataclass(frozen=True, slots=True)
class UnbilledRow:
    """What waits of one kind (time, charge, discount, deposit, milestone, usage); `first` and `last` are its days.

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


# What a credit note freed may still name a client that was merged since.
_CLIENT = "JOIN client m ON m.id = {alias}.client_id JOIN client c ON c.id = coalesce(m.merged_into_id, m.id)"

_TIME = f"""SELECT e.id, c.id, e.agreement_id, e.item_id, e.work_date, e.person, e.hours, e.rate, e.note,
  c.code, c.name, coalesce(a.code, ''), coalesce(r.number, ''), coalesce(a.currency, c.currency)
FROM time_entry e {_CLIENT.format(alias="e")} LEFT JOIN agreement a ON a.id = e.agreement_id
LEFT JOIN draft d ON d.id = e.draft_id LEFT JOIN run r ON r.id = d.run_id
WHERE e.invoice_id IS NULL AND e.billable = 1 AND e.work_date <= ? {{one}} ORDER BY e.work_date, e.id"""

_ONE_OFFS = f"""SELECT o.id, c.id, o.agreement_id, o.item_id, o.due_date, o.kind, o.quantity, o.unit_price,
  o.currency, c.code, c.name, coalesce(a.code, ''), coalesce(r.number, '')
FROM one_off o {_CLIENT.format(alias="o")} LEFT JOIN agreement a ON a.id = o.agreement_id
LEFT JOIN draft d ON d.id = o.draft_id LEFT JOIN run r ON r.id = d.run_id
WHERE o.invoice_id IS NULL AND o.due_date <= ? {{one}} ORDER BY o.due_date, o.id"""

_MILESTONES = """SELECT DISTINCT a.id, c.code, c.name, a.code, a.currency FROM milestone m
JOIN agreement a ON a.id = m.agreement_id JOIN client c ON c.id = a.client_id
WHERE m.invoice_id IS NULL AND m.done_on <= ? {one}"""


_USAGE = """SELECT a.id, c.code, c.name, a.code, a.currency FROM agreement a JOIN client c ON c.id = a.client_id
WHERE EXISTS (SELECT 1 FROM usage u WHERE u.agreement_id = a.id AND u.invoice_id IS NULL) {one}"""


@dataclass(slots=True)
class _Sum:
    first: date
    last: date
    entries: int = 0
    quantity: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    unpriced: int = 0

    def add(self, day: date, quantity: Decimal, price: Decimal | None, entries: int = 1) -> None:
        self.first, self.last = min(self.first, day), max(self.last, day)
        self.entries += entries
        self.quantity += quantity
        if price is None:
            self.unpriced += 1
        else:
            self.amount += quantity * price


class _Waiting(NamedTuple):
    """One thing that waits; `price` is a unit's in major units, None where nothing gives one."""

    client: str
    name: str
    agreement: str
    kind: str
    run: str
    currency: str
    agreement_id: int | None
    day: date
    quantity: Decimal
    price: Decimal | None
    entries: int = 1


def unbilled(book: Book, as_of: date, *, client_id: int | None = None) -> list[UnbilledRow]:
    """Everything worked, done or due by a day and not billed, by client, agreement and kind."""
    one, values = ("AND c.id = ?", (client_id,)) if client_id is not None else ("", ())
    sums: dict[tuple[str, ...], _Sum] = {}
    with book.reading() as session:
        for row in _waiting(session.connection(), as_of, one, values):
            sums.setdefault(row[:6], _Sum(row.day, row.day)).add(row.day, row.quantity, row.price, row.entries)
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


def unbilled_of(connection: Connection, agreement_ids: Sequence[int], as_of: date) -> dict[int, tuple[int, int]]:
    """(worth in minor units, entries without a price) of what waits under agreements; deposits are no work."""
    sums: dict[tuple[int, str], _Sum] = {}
    for row in _waiting(connection, as_of, "AND a.id IN (SELECT value FROM json_each(?))", (ids_text(agreement_ids),)):
        if row.kind != "deposit" and row.agreement_id is not None:
            sums.setdefault((row.agreement_id, row.currency), _Sum(row.day, row.day)).add(
                row.day, row.quantity, row.price, row.entries
            )
    return {
        key: (round_half_away(total.amount * unit(currency)), total.unpriced) for (key, currency), total in sums.items()
    }


def _waiting(connection: Connection, as_of: date, where: str, values: tuple[Any, ...]) -> Iterator[_Waiting]:
    """Everything that waits under a condition about client `c` and agreement `a`."""
    setting = read_setting(connection, as_of, as_of)
    given = (as_of.isoformat(), *values)
    time = connection.exec_driver_sql(_TIME.format(one=where), given).fetchall()
    loaded = _agreements(connection, setting, time)
    for row in time:
        day = date.fromisoformat(row[4])
        price = _hourly(row, day, loaded, setting)
        yield _Waiting(row[9], row[10], row[11], "time", row[12], row[13], row[2], day, unscaled(row[6]), price)
    for row in connection.exec_driver_sql(_ONE_OFFS.format(one=where), given).fetchall():
        day, quantity = date.fromisoformat(row[4]), unscaled(row[6])
        price = _price(row, day, quantity, setting)
        yield _Waiting(row[9], row[10], row[11], row[5], row[12], row[8], row[2], day, quantity, price)
    yield from _used(connection, setting, where, values, as_of)
    owners = {row[0]: row[1:] for row in connection.exec_driver_sql(_MILESTONES.format(one=where), given)}
    for key, milestones in read_milestones(connection, list(owners), as_of).items():
        client, name, agreement, currency = owners[key]
        for one in milestones:
            if one.state in ("done", "draft") and one.done_on is not None and one.done_on <= as_of:
                worth = None if one.amount is None else to_major(one.amount, currency)
                yield _Waiting(
                    client, name, agreement, "milestone", one.run, currency, key, one.done_on, Decimal(1), worth
                )


def _used(
    connection: Connection, setting: Setting, where: str, values: tuple[Any, ...], as_of: date
) -> Iterator[_Waiting]:
    """Use that waits, period by period, at what it adds to what was billed of its period."""
    owners = {row[0]: row[1:] for row in connection.exec_driver_sql(_USAGE.format(one=where), values)}
    runs = {row[0]: row[1] for row in reserved(connection, ids_text(owners))} if owners else {}
    for key, rated in waiting_use(connection, list(owners), setting):
        client, name, code, currency = owners[key]
        units = unscaled(rated.units)
        price = to_major(rated.net, currency) / (units or 1) if rated.priced else None
        head = (client, name, code, "usage", runs.get(key, ""), currency, key)
        yield _Waiting(*head, rated.period.start, units, price, rated.rows)
        # The last day of the span counts too, and nothing of it twice.
        yield _Waiting(*head, min(rated.period.last_day, as_of), Decimal(0), Decimal(0), 0)


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
