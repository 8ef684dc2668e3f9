"""Invoices that India's portal must know before they leave the house."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from desktop.i18n import _, date_text, ngettext, number_text
from desktop.services.registrations import waiting
from desktop.services.today.item import Item, Look, Target, Urgency

_FILTER: Final = frozenset({"unregistered"})


def unregistered(look: Look) -> Iterator[Item]:
    """All of them as one thing: they go up in one file."""
    found = waiting(look.connection)
    if not found:
        return
    count, oldest = len(found), found[0]
    words = ngettext(
        "{count} invoice is to be registered with the portal",
        "{count} invoices are to be registered with the portal",
        count,
    )
    total = look.sum((one.gross, one.currency) for one in found)
    yield Item(
        "registration",
        f"registration:{count}:{found[-1].id}",
        Urgency.LATE if oldest.issue_date < look.today else Urgency.TODAY,
        words.format(count=number_text(count)),
        _("Without IRN and signed code they do not leave the house. The oldest: {number} of {day}.").format(
            number=oldest.number, day=date_text(oldest.issue_date)
        ),
        _("Register them"),
        Target("invoices", filters=_FILTER, told=_("Shown are the invoices that the portal does not know yet.")),
        total.amount,
        total.currency,
        not total.whole,
        due=oldest.issue_date,
        count=count,
        weight=20,
    )
