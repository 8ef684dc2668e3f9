"""Collections: who has reached a level, a run that waits, who is to be escalated, disputes whose day has come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from desktop.i18n import _, date_text, ngettext, number_text
from desktop.services.dunning.escalations import escalations_within
from desktop.services.dunning.facts import facts_of
from desktop.services.dunning.reckoning import candidates
from desktop.services.today.item import Item, Look, Target, Urgency, few_or_all


def reminders(look: Look) -> Iterator[Item]:
    """A run that was planned and not sent, else how many letters one would have; slow, since it looks at everyone."""
    row = look.connection.exec_driver_sql(
        """SELECT n.id, n.number, n.as_of,
          (SELECT count(*) FROM reminder r WHERE r.run_id = n.id AND r.state = 'planned')
        FROM reminder_run n WHERE n.state = 'planned'"""
    ).fetchone()
    if row is not None:
        yield _waiting(*row)
        return
    facts = facts_of(look.connection, look.today)
    found = [one for one in candidates(facts) if one.state == "planned"]
    if not found:
        return
    count = len(found)
    total = look.sum((one.amount, one.currency) for one in found)
    words = ngettext("{count} reminder is due", "{count} reminders are due", count)
    top = max(found, key=lambda one: (one.level.level, one.amount))
    yield Item(
        "reminders",
        f"reminders:{count}:{total.amount}",
        Urgency.TODAY,
        words.format(count=number_text(count)),
        _("The highest level is “{level}”, for {client}.").format(level=top.level.name, client=top.client.name),
        _("Remind them"),
        Target("collections"),
        total.amount,
        total.currency,
        not total.whole,
        count=count,
        weight=36,
    )


def _waiting(run_id: int, number: str, as_of: str, letters: int) -> Item:
    words = ngettext(
        "Reminder run {run} waits with {count} letter",
        "Reminder run {run} waits with {count} letters",
        letters,
    )
    return Item(
        "reminder_run",
        f"reminder_run:{run_id}:{letters}",
        Urgency.TODAY,
        words.format(run=number, count=number_text(letters)),
        _("It was planned as of {day} and not sent.").format(day=date_text(date.fromisoformat(as_of))),
        _("Look at it"),
        Target("collections"),
        count=letters,
        weight=36,
    )


def to_escalate(look: Look) -> Iterator[Item]:
    """Clients that had the last level and still owe."""
    found = escalations_within(look.connection, look.today)
    if not found:
        return
    total, count = look.sum((one.open, one.currency) for one in found), len({one.client_id for one in found})
    words = ngettext(
        "{count} client did not pay after the last reminder",
        "{count} clients did not pay after the last reminder",
        count,
    )
    oldest = min(found, key=lambda one: one.since)
    yield Item(
        "escalation",
        f"escalation:{count}:{total.amount}",
        Urgency.WEEK,
        words.format(count=number_text(count)),
        _("The first is {client}, reminded on {day}.").format(client=oldest.name, day=date_text(oldest.since)),
        _("Decide"),
        Target("collections", found[0].client_id if count == 1 else None),
        total.amount,
        total.currency,
        not total.whole,
        count=count,
        weight=38,
    )


def disputes_due(look: Look) -> Iterator[Item]:
    """Disputes that were to be settled by a day that has come."""
    rows = look.connection.exec_driver_sql(
        """SELECT i.id, i.number, c.name, d.due_on, coalesce(p.name, '') FROM dispute d
        JOIN invoice i ON i.id = d.invoice_id JOIN client k ON k.id = i.client_id
        JOIN client c ON c.id = coalesce(k.merged_into_id, k.id) LEFT JOIN person p ON p.id = d.owner_id
        WHERE d.closed_on IS NULL AND d.due_on <= ? ORDER BY d.due_on, d.id""",
        (look.day,),
    ).fetchall()
    return few_or_all(rows, lambda row: _dispute(look, row), lambda rows: _disputes(look, rows))


def _dispute(look: Look, row: Any) -> Item:
    invoice, number, client, due, owner = row
    day = date.fromisoformat(due)
    return Item(
        "dispute_due",
        f"dispute_due:{invoice}:{due}",
        look.by_day(day),
        _("The dispute of {number} was to be settled").format(number=number),
        _("{client} was told {day}.").format(client=client, day=date_text(day)),
        _("Settle it"),
        Target("invoices", invoice, frozenset({"disputed"})),
        owner=owner,
        due=day,
        weight=34,
    )


def _disputes(look: Look, rows: Any) -> Item:
    words = ngettext("{count} dispute was to be settled", "{count} disputes were to be settled", len(rows))
    day = date.fromisoformat(rows[0][3])
    return Item(
        "dispute_due",
        f"dispute_due:{len(rows)}:{rows[0][0]}",
        look.by_day(day),
        words.format(count=number_text(len(rows))),
        _("The oldest: {client}, until {day}.").format(client=rows[0][2], day=date_text(day)),
        _("Settle them"),
        Target("invoices", filters=frozenset({"disputed"})),
        due=day,
        count=len(rows),
        weight=34,
    )
