"""Who was reminded to the last level and still owes: the list of those to hand to a lawyer, or to call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from db.engine import Book
from db.queries import dunning as queries
from desktop.services.dunning.facts import Facts, facts_of


@dataclass(frozen=True, slots=True)
class Escalation:
    """A client in one currency, minor units. `open` is what is left of the items that had the last level, without what
    is disputed; `since` the day of the last letter, `pay_by` the day that it named; `oldest` the earliest due date."""

    client_id: int
    code: str
    name: str
    currency: str
    open: int
    items: tuple[str, ...]
    oldest: date
    level: int
    since: date
    pay_by: date
    days: int


def escalations(book: Book, today: date) -> tuple[Escalation, ...]:
    """Those whose last level is so many days ago as the policy says, the largest amount first by currency.

    Whoever promised to pay, whose reminders are held, or of whom a bank collects it is not among them.
    """
    with book.reading() as session:
        return escalations_within(session.connection(), today)


def escalations_within(connection: Connection, today: date) -> tuple[Escalation, ...]:
    """As `escalations`, within a transaction."""
    wanted = [row[0] for row in queries.reminded_open(connection)]
    if not wanted:
        return ()
    facts = facts_of(connection, today, item_ids=wanted)
    found = [one for key in facts.dues if (one := _of(facts, *key)) is not None]
    return tuple(sorted(found, key=lambda one: (one.currency, -one.open, one.code)))


def _of(facts: Facts, client_id: int, currency: str) -> Escalation | None:
    client = facts.clients[client_id]
    if client_id in facts.holds or client.disputed or (client_id, currency) in facts.promises:
        return None
    last_level = facts.levels_for(client)[-1]
    wait = facts.policy(client).escalate_after
    late = []
    for due in facts.dues[client_id, currency]:
        last = facts.last.get(due.item_id)
        asked = due.open - min(facts.disputed.get(due.item_id, 0), due.open)
        if last is None or last.number < last_level.level or not asked:
            continue
        if due.ordered or due.invoice_id in facts.held_invoices or (facts.as_of - last.as_of).days < wait:
            continue
        late.append((due, last, asked))
    credit = facts.credits.get((client_id, currency), 0)
    total = sum(asked for _due, _last, asked in late)
    if not late or total <= credit:
        return None
    newest = max((last for _due, last, _asked in late), key=lambda one: one.as_of)
    return Escalation(
        client_id,
        client.code,
        client.name,
        currency,
        total - credit,
        tuple(due.name for due, _last, _asked in late),
        min(due.due for due, _last, _asked in late),
        newest.number,
        newest.as_of,
        newest.pay_by,
        (facts.as_of - newest.as_of).days,
    )
