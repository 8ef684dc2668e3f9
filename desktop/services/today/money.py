"""Money that came and settles nothing, invoices in dispute, clients that are late."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from db.queries import today as queries
from desktop.i18n import _, date_text, money_text, ngettext, number_text
from desktop.services.today.item import Item, Look, Target, Urgency, few_or_all

# A client that is late for so many days is held by the next run.
LONG_DAYS: Final = 60
# An answer that a client waits for so long is late.
ANSWER_DAYS: Final = 14


def unmatched(look: Look) -> Iterator[Item]:
    """Payments of which something is left: those that could settle an invoice first."""
    rows = queries.unapplied_payments(look.connection)
    for could in (True, False):
        yield from few_or_all(
            [row for row in rows if bool(row[8]) is could], partial(_unmatched, look), partial(_unmatched_all, look)
        )


def _unmatched(look: Look, row: Any) -> Item:
    client_id, client, currency, left, count, payment, number, since, is_open = row
    # The payment that this began with may be one of several.
    what = (
        _("Payment {number} of {client} is not matched").format(number=number, client=client)
        if count == 1
        else _("{count} payments of {client} are not matched").format(count=number_text(count), client=client)
    )
    why = (
        _("{amount} of the same client is open.").format(amount=money_text(is_open, currency))
        if is_open
        else _("Nothing of the client is open: it stays as credit since {day}.").format(day=_day(since))
    )
    return Item(
        "payment",
        f"payment:{client_id}:{currency}:{left}",
        Urgency.TODAY if is_open else Urgency.LATER,
        what,
        why,
        _("Match it") if is_open else _("Look at it"),
        Target(
            "payments",
            payment if count == 1 else None,
            frozenset({"unapplied", f"client:{client_id}"}),
            told=_("Shown is what is left of the payments of {client}.").format(client=client),
        ),
        left,
        currency,
        count=count,
        weight=30,
    )


def _unmatched_all(look: Look, rows: Sequence[Any]) -> Item:
    total = look.sum((row[3], row[2]) for row in rows)
    count, could = sum(row[4] for row in rows), bool(rows[0][8])
    if could:
        what = ngettext("{count} payment is not matched", "{count} payments are not matched", count)
        why = _("{client} has the most left; their clients have open invoices.").format(client=rows[0][1])
    else:
        what = ngettext("{count} payment is kept as credit", "{count} payments are kept as credit", count)
        why = _("{client} has the most left; nothing of these clients is open.").format(client=rows[0][1])
    what = what.format(count=number_text(count))
    return Item(
        "payment",
        f"payment:{could}:{count}:{total.amount}",
        Urgency.TODAY if could else Urgency.LATER,
        what,
        why,
        _("Match them") if could else _("Look at them"),
        Target("payments", filters=frozenset({"unapplied", "usable" if could else "kept"}), told=what),
        total.amount,
        total.currency,
        not total.whole,
        count=count,
        weight=30,
    )


def disputes(look: Look) -> Iterator[Item]:
    """Invoices in dispute, the oldest first."""
    rows = queries.open_disputes(look.connection)
    return few_or_all(rows, partial(_dispute, look), partial(_disputes, look))


def _answer_urgency(look: Look, opened: str) -> Urgency:
    return Urgency.TODAY if opened <= look.ahead(-ANSWER_DAYS) else Urgency.WEEK


def _dispute(look: Look, row: Any) -> Item:
    invoice, number, client, currency, amount, opened, reason = row
    return Item(
        "dispute",
        f"dispute:{invoice}:{opened}",
        _answer_urgency(look, opened),
        _("{client} disputes {number}").format(client=client, number=number),
        _("Since {day}: {reason}").format(day=_day(opened), reason=reason),
        _("Settle it"),
        Target("invoices", invoice, frozenset({"disputed"})),
        amount,
        currency,
        weight=35,
    )


def _disputes(look: Look, rows: Sequence[Any]) -> Item:
    total, count = look.sum((row[4], row[3]) for row in rows), len(rows)
    return Item(
        "dispute",
        f"dispute:{count}:{rows[0][0]}",
        _answer_urgency(look, rows[0][5]),
        ngettext("{count} invoice is disputed", "{count} invoices are disputed", count).format(
            count=number_text(count)
        ),
        _("The oldest: {client}, since {day}.").format(client=rows[0][2], day=_day(rows[0][5])),
        _("Settle them"),
        Target("invoices", filters=frozenset({"disputed"})),
        total.amount,
        total.currency,
        not total.whole,
        count=count,
        weight=35,
    )


def overdue(look: Look) -> Iterator[Item]:
    """Clients that are late: those that are so long late that the next run holds them apart from the others."""
    rows = queries.overdue_clients(look.connection, look.day)
    bound = look.ahead(-LONG_DAYS)
    for long in (True, False):
        yield from few_or_all(
            [row for row in rows if (row[4] < bound) is long], partial(_overdue, look), partial(_overdue_all, look)
        )


def _late_urgency(look: Look, since: str) -> Urgency:
    return Urgency.TODAY if since < look.ahead(-LONG_DAYS) else Urgency.WEEK


def _overdue(look: Look, row: Any) -> Item:
    client_id, client, currency, amount, since = row
    days = (look.today - date.fromisoformat(since)).days
    words = ngettext("{client} is {count} day late", "{client} is {count} days late", days)
    return Item(
        "overdue",
        f"overdue:{client_id}:{currency}:{since}",
        _late_urgency(look, since),
        words.format(client=client, count=number_text(days)),
        _("The oldest was due on {day}.").format(day=_day(since)),
        _("Ask for it"),
        Target("collections", client_id),
        amount,
        currency,
        weight=40,
    )


def _overdue_all(look: Look, rows: Sequence[Any]) -> Item:
    total, count = look.sum((row[3], row[2]) for row in rows), len({row[0] for row in rows})
    since = rows[0][4]
    days = (look.today - date.fromisoformat(since)).days
    long = _late_urgency(look, since) is Urgency.TODAY
    if long:
        words = ngettext(
            "{count} client is more than {days} days late", "{count} clients are more than {days} days late", count
        ).format(count=number_text(count), days=number_text(LONG_DAYS))
    else:
        words = ngettext("{count} client is late", "{count} clients are late", count).format(count=number_text(count))
    why = ngettext("The longest is {client}, {count} day.", "The longest is {client}, {count} days.", days)
    return Item(
        "overdue",
        f"overdue:{count}:{since}",
        _late_urgency(look, since),
        words,
        why.format(client=rows[0][1], count=number_text(days)),
        _("Ask for it"),
        # For those that are late for a shorter time there is no chip.
        Target("collections", filters=frozenset({"over_60" if long else "to_60"}), told="" if long else words),
        total.amount,
        total.currency,
        not total.whole,
        count=count,
        weight=40,
    )


def _day(text: str) -> str:
    return date_text(date.fromisoformat(text))
