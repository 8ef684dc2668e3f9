"""Work that is late: milestones not done in time, hours and charges that nobody bills."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from db.queries import today as queries
from desktop.domain.money import unscaled
from desktop.i18n import _, date_text, ngettext, number_text
from desktop.services.today.item import Item, Look, Target, Urgency, few_or_all

# A milestone so many days late has slipped, and the plan with it.
SLIPPED_DAYS: Final = 14
# Work older than a month was forgotten by the run that should have billed it.
OLD_DAYS: Final = 31
# The gate holds work that is so old.
VERY_OLD_DAYS: Final = 60


def milestones(look: Look) -> Iterator[Item]:
    rows = queries.late_milestones(look.connection, look.day)
    return few_or_all(rows, partial(_milestone, look), partial(_milestones, look))


def _slipped(look: Look, planned: str) -> Urgency:
    return Urgency.TODAY if planned <= look.ahead(-SLIPPED_DAYS) else Urgency.WEEK


def _milestone(look: Look, row: Any) -> Item:
    milestone, name, agreement, code, client, planned, amount, currency = row
    return Item(
        "milestone",
        f"milestone:{milestone}:{planned}",
        _slipped(look, planned),
        _("“{name}” for {client} is late").format(name=name, client=client),
        _("{code} planned it for {day}. Done, it is billed; else plan another day.").format(
            code=code, day=_day(planned)
        ),
        _("Look at it"),
        Target("agreements", agreement, act="agreements.projects", opens=True),
        amount,
        currency if amount is not None else "",
        due=date.fromisoformat(planned),
        weight=44,
    )


def _milestones(look: Look, rows: Sequence[Any]) -> Item:
    count = len(rows)
    known = [(row[6], row[7]) for row in rows if row[6] is not None]
    total = look.sum(known)
    return Item(
        "milestone",
        f"milestone:{count}:{rows[0][0]}",
        _slipped(look, rows[0][5]),
        ngettext("{count} milestone is late", "{count} milestones are late", count).format(count=number_text(count)),
        _("The oldest: “{name}” for {client}, planned for {day}.").format(
            name=rows[0][1], client=rows[0][4], day=_day(rows[0][5])
        ),
        _("Look at them"),
        Target("agreements", act="agreements.projects", within=rows[0][2]),
        total.amount if known else None,
        total.currency if known else "",
        about=len(known) < count or not total.whole,
        due=date.fromisoformat(rows[0][5]),
        count=count,
        weight=44,
    )


def unbilled(look: Look) -> Iterator[Item]:
    """Hours and charges of more than a month ago that no draft holds."""
    rows = queries.old_work(look.connection, look.ahead(-OLD_DAYS))
    return few_or_all(rows, partial(_old, look), partial(_old_all, look))


def _age(look: Look, since: str) -> Urgency:
    return Urgency.TODAY if since < look.ahead(-VERY_OLD_DAYS) else Urgency.WEEK


def _left(look: Look) -> str:
    """The filter of the list of billables for what is so old and in no draft."""
    return f"left:{look.ahead(-OLD_DAYS - 1)}"


def _size(count: int, hours: int) -> str:
    """How much waits: the hours where there are any, else how many entries."""
    if hours:
        return _("{hours} h").format(hours=number_text(unscaled(hours)))
    return ngettext("{count} charge", "{count} charges", count).format(count=number_text(count))


def _old(look: Look, row: Any) -> Item:
    client_id, client, count, hours, since = row
    return Item(
        "unbilled",
        f"unbilled:{client_id}:{count}",
        _age(look, since),
        _("{size} for {client} are not billed").format(size=_size(count, hours), client=client),
        _("The oldest is of {day}; no draft holds it.").format(day=_day(since)),
        _("Look at them"),
        Target(
            "billables",
            filters=frozenset({"unbilled", _left(look), f"client:{client_id}"}),
            told=_("Shown is what waits for {client}.").format(client=client),
        ),
        count=count,
        weight=48,
    )


def _old_all(look: Look, rows: Sequence[Any]) -> Item:
    count, hours = sum(row[2] for row in rows), sum(row[3] for row in rows)
    words = _("{size} of more than a month ago are not billed").format(size=_size(count, hours))
    why = ngettext(
        "For {count} client; the oldest is of {day}.", "For {count} clients; the oldest is of {day}.", len(rows)
    )
    return Item(
        "unbilled",
        f"unbilled:{len(rows)}:{count}",
        _age(look, rows[0][4]),
        words,
        why.format(count=number_text(len(rows)), day=_day(rows[0][4])),
        _("Look at them"),
        Target("billables", filters=frozenset({"unbilled", _left(look)}), told=words),
        count=count,
        weight=48,
    )


def _day(text: str) -> str:
    return date_text(date.fromisoformat(text))
