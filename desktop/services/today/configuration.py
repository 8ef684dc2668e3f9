"""Changes of the configuration that wait to be decided, and accepted ones that could not come into force."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from desktop.i18n import _, date_text, ngettext, number_text
from desktop.services.today.item import FEW, Item, Look, Target, Urgency

_SECTION: Final = frozenset({"section:configuration"})


def proposed_changes(look: Look) -> Iterator[Item]:
    """What was proposed and nobody has decided; an accepted one whose day has passed no longer fits the book."""
    rows = look.connection.exec_driver_sql(
        "SELECT number, summary, from_day, proposed_by, state FROM configuration_change"
        " WHERE state = 'proposed' OR state = 'accepted' AND from_day < ? ORDER BY from_day, id",
        (look.day,),
    ).fetchall()
    stuck = [row for row in rows if row[4] == "accepted"]
    for number, summary, day, _who, _state in stuck:
        since = date.fromisoformat(day)
        yield Item(
            "configuration_stuck",
            f"configuration:{number}:stuck",
            Urgency.LATE,
            _("{number} could not come into force on {day}").format(number=number, day=date_text(since)),
            _("“{summary}” was accepted, but what it changes was changed otherwise meanwhile.").format(summary=summary),
            _("Look at it"),
            Target("settings", filters=_SECTION),
            due=since,
            weight=8,
        )
    waiting = [row for row in rows if row[4] == "proposed"]
    if len(waiting) > FEW:
        first = date.fromisoformat(waiting[0][2])
        words = ngettext(
            "{count} proposed change waits to be decided", "{count} proposed changes wait to be decided", len(waiting)
        )
        yield _waiting(
            look,
            "configuration:several",
            words.format(count=number_text(len(waiting))),
            _("The first counts from {day}.").format(day=date_text(first)),
            first,
            len(waiting),
        )
        return
    for number, summary, day, who, _state in waiting:
        since = date.fromisoformat(day)
        yield _waiting(
            look,
            f"configuration:{number}",
            _("{number} waits to be decided: {summary}").format(number=number, summary=summary),
            _("{name} proposed it, to count from {day}.").format(name=who, day=date_text(since)),
            since,
            1,
        )


def _waiting(look: Look, key: str, sentence: str, why: str, since: date, count: int) -> Item:
    return Item(
        "configuration",
        key,
        max(look.by_day(since), Urgency.TODAY),
        sentence,
        why,
        _("Decide"),
        Target("settings", filters=_SECTION),
        due=since,
        count=count,
        weight=36,
    )
