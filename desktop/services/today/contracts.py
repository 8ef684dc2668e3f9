"""Agreements and orders that run out, terms to decide on, prices that wait for approval."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any, Final, NamedTuple

from db.queries import today as queries
from desktop.i18n import _, date_text, money_text, ngettext, number_text, percent_text
from desktop.services.today.item import Item, Look, Target, Urgency, few_or_all

# How far ahead an end is told.
AHEAD_DAYS: Final = 30
# From this share on an order counts as nearly used up, in percent.
USED_SHARE: Final = 90


def endings(look: Look) -> Iterator[Item]:
    """Terms that wait for a decision, then agreements that end by themselves."""
    rows = queries.endings(look.connection, look.day, look.ahead(AHEAD_DAYS))
    for asks, one, together in ((1, _decide, _decide_all), (0, _ends, _ends_all)):
        yield from few_or_all([row for row in rows if row[4] == asks], partial(one, look), partial(together, look))


def _last(text: str) -> date:
    """The last day of a half-open span."""
    return date.fromisoformat(text) - timedelta(days=1)


def _decide(look: Look, row: Any) -> Item:
    agreement, code, client, ends, _asks = row
    last = _last(ends)
    words = (
        _("The term of {code} with {client} has ended")
        if last < look.today
        else _("The term of {code} with {client} ends")
    )
    return Item(
        "renewal",
        f"renewal:{agreement}:{ends}",
        look.by_day(last),
        words.format(code=code, client=client),
        _("No run bills it after {day} until you renew it.").format(day=date_text(last)),
        _("Decide"),
        Target("agreements", act="agreements.renewals", within=agreement),
        due=last,
        weight=42,
    )


def _decide_all(look: Look, rows: Sequence[Any]) -> Item:
    count, last = len(rows), _last(rows[0][3])
    words = ngettext("{count} term waits for your decision", "{count} terms wait for your decision", count)
    return Item(
        "renewal",
        f"renewal:{count}:{rows[0][0]}",
        look.by_day(last),
        words.format(count=number_text(count)),
        _("The first is {code} with {client}.").format(code=rows[0][1], client=rows[0][2]),
        _("Decide"),
        Target("agreements", act="agreements.renewals", within=rows[0][0]),
        due=last,
        count=count,
        weight=42,
    )


def _ends(look: Look, row: Any) -> Item:
    agreement, code, client, ends, _asks = row
    last = _last(ends)
    return Item(
        "ending",
        f"ending:{agreement}:{ends}",
        max(look.by_day(last), Urgency.WEEK),
        _("{code} with {client} ends").format(code=code, client=client),
        _("Agree on what follows, or let it end."),
        _("Look at it"),
        Target("agreements", agreement),
        due=last,
        weight=60,
    )


def _ends_all(look: Look, rows: Sequence[Any]) -> Item:
    count, last = len(rows), _last(rows[0][3])
    words = ngettext("{count} agreement ends soon", "{count} agreements end soon", count)
    return Item(
        "ending",
        f"ending:{count}:{rows[0][0]}",
        max(look.by_day(last), Urgency.WEEK),
        words.format(count=number_text(count)),
        _("The first is {code} with {client}.").format(code=rows[0][1], client=rows[0][2]),
        _("Look at them"),
        Target("agreements", act="agreements.renewals"),
        due=last,
        count=count,
        weight=60,
    )


def prices(look: Look) -> Iterator[Item]:
    """Price rises that somebody thought of and nobody decided."""
    ((count, since, agreements),) = queries.waiting_prices(look.connection)
    if not count:
        return
    first = date.fromisoformat(since)
    words = ngettext("{count} proposed price waits for approval", "{count} proposed prices wait for approval", count)
    why = ngettext("It would hold from {day} on.", "They are of {agreements}, the first from {day} on.", count)
    of = ngettext("{count} agreement", "{count} agreements", agreements).format(count=number_text(agreements))
    yield Item(
        "price",
        f"price:{count}:{since}",
        min(look.by_day(first), Urgency.LATER) if first > look.today else Urgency.TODAY,
        words.format(count=number_text(count)),
        why.format(day=date_text(first), agreements=of),
        _("Look at them") if count > 1 else _("Look at it"),
        Target("agreements", act="agreements.rises"),
        due=first,
        count=count,
        weight=55,
    )


class _Order(NamedTuple):
    """A purchase order with what is left of it; `share` is used, in percent; no `left` without a limit."""

    agreement: int
    code: str
    number: str
    client: str
    currency: str
    left: int | None
    share: int
    expires: date | None


def orders(look: Look) -> Iterator[Item]:
    """Purchase orders that are nearly used up, or run out."""
    rows = queries.limited_orders(look.connection, look.day)
    used = {(row[0], row[1]): row[2] for row in queries.orders_used(look.connection, look.day)}
    soon = look.today + timedelta(days=AHEAD_DAYS)
    found = []
    for agreement, code, client_id, number, limit, currency, expires, client in rows:
        spent = used.get((client_id, number), 0)
        share = spent * 100 // limit if limit else 0
        last = date.fromisoformat(expires) if expires else None
        if share >= USED_SHARE or (last is not None and last <= soon):
            left = None if limit is None else limit - spent
            found.append(_Order(agreement, code, number or code, client, currency, left, share, last))
    found.sort(key=lambda one: (_order_urgency(look, one), one.expires or date.max, one.code))
    yield from few_or_all(found, partial(_order, look), partial(_orders, look))


def _order_urgency(look: Look, one: _Order) -> Urgency:
    if one.share >= 100:
        return Urgency.TODAY
    by_day = max(look.by_day(one.expires), Urgency.TODAY) if one.expires else Urgency.LATER
    return min(by_day, Urgency.WEEK) if one.share >= USED_SHARE else by_day


def _order_words(look: Look, one: _Order) -> tuple[str, str]:
    """What is said of an order, and why; what is spent says more than a day that comes."""
    named = {"number": one.number, "client": one.client, "code": one.code}
    if one.left is not None and one.share >= USED_SHARE:
        left = money_text(one.left, one.currency)
        return _("Order {number} of {client} has {left} left").format(left=left, **named), _(
            "{share} of it is used; a run holds what exceeds it."
        ).format(share=percent_text(one.share))
    assert one.expires is not None
    words = (
        _("Order {number} of {client} has expired")
        if one.expires < look.today
        else _("Order {number} of {client} runs out")
    )
    return words.format(**named), _("{code} bills under it; ask for a new one.").format(**named)


def _order(look: Look, one: _Order) -> Item:
    sentence, why = _order_words(look, one)
    return Item(
        "order",
        f"order:{one.agreement}:{one.left}",
        _order_urgency(look, one),
        sentence,
        why,
        _("Look at it"),
        Target("agreements", one.agreement),
        one.left,
        one.currency if one.left is not None else "",
        due=one.expires,
        weight=45,
    )


def _orders(look: Look, found: Sequence[_Order]) -> Item:
    count, first = len(found), found[0]
    words = ngettext(
        "{count} purchase order is nearly used up or runs out",
        "{count} purchase orders are nearly used up or run out",
        count,
    )
    return Item(
        "order",
        f"order:{count}:{first.agreement}",
        _order_urgency(look, first),
        words.format(count=number_text(count)),
        _("First: {sentence}.").format(sentence=_order_words(look, first)[0]),
        _("Look at them"),
        Target("agreements", act="agreements.projects", within=first.agreement),
        due=min((one.expires for one in found if one.expires), default=None),
        count=count,
        weight=45,
    )
