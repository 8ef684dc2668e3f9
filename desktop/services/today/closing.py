"""Months that are over while their books are open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from desktop.i18n import _, date_text, ngettext, number_text
from desktop.services.accounting.closing import months_to_close
from desktop.services.today.item import Item, Look, Target

# So long after a month's end its last statements and receipts may take to come in; taxes are often due on that day.
_DAYS: Final = timedelta(days=10)
# A firm that has never closed a month and earns all at issue may never want to.
_CLOSES: Final = "SELECT EXISTS (SELECT 1 FROM closing) OR EXISTS (SELECT 1 FROM recognition_schedule)"


def months_open(look: Look) -> Iterator[Item]:
    """All of them as one thing, since they are closed one after another."""
    if not look.connection.exec_driver_sql(_CLOSES).scalar():
        return
    found = months_to_close(look.connection, look.today)
    if found is None:
        return
    through, count = found
    words = ngettext(
        "The month that ended on {day} is not closed", "{count} months that are over are not closed", count
    )
    due = through + _DAYS
    yield Item(
        "closing",
        f"closing:{through.isoformat()}:{count}",
        look.by_day(due),
        words.format(day=date_text(through), count=number_text(count)),
        _("Until then what was told of {day} and before can still change.").format(day=date_text(through)),
        _("Go through the checklist"),
        Target("ledger", filters=frozenset({"tab:closing"})),
        due=due,
        count=count,
        weight=75,
    )
