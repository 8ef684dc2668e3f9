"""What a reminder run knows of everyone, read in a few queries: what is due, how far it was reminded, what speaks
against a letter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from db.queries import dunning as queries
from db.queries.rows import ids_text
from desktop.domain.dunning.levels import Last
from desktop.domain.promises import OPEN
from desktop.services.dunning.levels import Level, levels_of
from desktop.services.dunning.policies import Policy, policies_of
from desktop.services.dunning.rates import Rates
from desktop.services.exchange import ExchangeRates
from desktop.services.promises import PromiseRow, judged_promises

Key = tuple[int, str]
"""Client and currency."""


class Due(NamedTuple):
    """An open item; minor units. `ordered` tells that a bank was asked to collect it."""

    item_id: int
    client_id: int
    currency: str
    due: date
    open: int
    invoice_id: int
    number: str
    instalment: int
    several: bool
    ordered: bool

    @property
    def name(self) -> str:
        """As a payment names it."""
        return f"{self.number}/{self.instalment}" if self.several else self.number


class ClientFacts(NamedTuple):
    id: int
    code: str
    name: str
    segment_id: int | None
    business: bool
    disputed: bool


class Hold(NamedTuple):
    """Until a day, or without an end."""

    until: date | None
    reason: str


@dataclass(frozen=True)
class Facts:
    """As of one moment. `disputed` is by item, minor units; `last` the last letter that named an item; `claimed` the
    day until which its interest was waived or billed; `credits` what each client has not used."""

    as_of: date
    dues: Mapping[Key, Sequence[Due]]
    clients: Mapping[int, ClientFacts]
    levels: Mapping[int | None, tuple[Level, ...]]
    policies: Mapping[int | None, Policy]
    disputed: Mapping[int, int]
    last: Mapping[int, Last]
    claimed: Mapping[int, date]
    holds: Mapping[int, Hold]
    held_invoices: Mapping[int, Hold]
    promises: Mapping[Key, PromiseRow]
    credits: Mapping[Key, int]
    rates: Rates
    exchange: ExchangeRates

    def policy(self, client: ClientFacts) -> Policy:
        return self.policies.get(client.segment_id, self.policies[None])

    def levels_for(self, client: ClientFacts) -> tuple[Level, ...]:
        return self.levels.get(client.segment_id, self.levels[None])


def facts_of(
    connection: Connection,
    as_of: date,
    *,
    client_id: int | None = None,
    item_ids: Iterable[int] | None = None,
    run_id: int = 0,
) -> Facts:
    """Of everyone, of one client, or of these items alone, whatever is open of them.

    The letters of the run `run_id` are what is being made, and count for none that went before.
    """
    day = as_of.isoformat()
    levels = levels_of(connection)
    if item_ids is not None:
        rows = queries.items(connection, ids_text(item_ids))
    else:
        earliest = min((level.days for some in levels.values() for level in some), default=0)
        bound = (as_of - timedelta(days=earliest)).isoformat()
        rows = queries.due_items(connection, bound, day, client_id)
    dues: dict[Key, list[Due]] = {}
    for key, client, currency, due, is_open, invoice, number, instalment, several, ordered in rows:
        found = Due(
            key,
            client,
            currency,
            date.fromisoformat(due),
            is_open,
            invoice,
            number,
            instalment,
            bool(several),
            bool(ordered),
        )
        dues.setdefault((client, currency), []).append(found)
    ids = ids_text(row[0] for row in rows)
    heads = ids_text(sorted({client for client, _currency in dues}))
    holds: dict[int, Hold] = {}
    held_invoices: dict[int, Hold] = {}
    for client, invoice, until, reason in queries.holds(connection, day):
        hold = Hold(date.fromisoformat(until) if until else None, reason)
        (holds if invoice is None else held_invoices)[client if invoice is None else invoice] = hold
    return Facts(
        as_of=as_of,
        dues=dues,
        clients={
            row[0]: ClientFacts(row[0], row[1], row[2], row[3], bool(row[4]), bool(row[5]))
            for row in queries.clients(connection, heads)
        },
        levels=levels,
        policies=policies_of(connection),
        disputed=disputed_by_item(connection),
        last={
            item: Last(level, date.fromisoformat(ran), date.fromisoformat(pay_by))
            for item, level, ran, pay_by in queries.reminded(connection, ids, run_id)
        },
        claimed={item: date.fromisoformat(until) for item, until in queries.settled_claims(connection, ids)},
        holds=holds,
        held_invoices=held_invoices,
        promises={
            key: promise
            for key, some in judged_promises(connection, as_of).items()
            if (promise := next((one for one in some if one.state == OPEN), None)) is not None
        },
        credits={(client, currency): left for client, currency, left in queries.credits(connection, client_id)},
        rates=Rates(connection),
        exchange=ExchangeRates(connection),
    )


def disputed_by_item(connection: Connection) -> Mapping[int, int]:
    """How much of each open item is disputed; a dispute over part of an invoice counts for what is due of it first."""
    found: dict[int, int] = {}
    left: dict[int, int | None] = {}
    for invoice, amount, item, is_open in queries.disputed_parts(connection):
        rest = left.setdefault(invoice, amount)
        share = is_open if rest is None else min(rest, is_open)
        if rest is not None:
            left[invoice] = rest - share
        if share:
            found[item] = share
    return found
