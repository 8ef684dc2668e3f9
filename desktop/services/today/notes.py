"""Steps that somebody wrote down to take on a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from db.queries import today as queries
from desktop.i18n import _
from desktop.services.today.item import Item, Look, Target

AHEAD_DAYS: Final = 7
_LONGEST: Final = 90


def follow_ups(look: Look) -> Iterator[Item]:
    """Notes with a day, those of the next days too; never as one, since each says another thing."""
    for row in queries.due_notes(look.connection, look.ahead(AHEAD_DAYS)):
        yield _follow_up(look, row)


def _follow_up(look: Look, row: Any) -> Item:
    note, subject, subject_id, text, due_on, owner, called = row
    due = date.fromisoformat(due_on)
    first = " ".join(text.split())
    sentence = first if len(first) <= _LONGEST else first[: _LONGEST - 1].rstrip() + "…"
    return Item(
        "note",
        f"note:{note}:{due_on}",
        look.by_day(due),
        sentence,
        _("You wanted to come back to {name}.").format(name=called or "–"),
        _("Look at it"),
        _target(look, subject, subject_id),
        owner=owner,
        due=due,
        weight=38,
    )


def _target(look: Look, subject: str, subject_id: int) -> Target:
    match subject:
        case "client":
            return Target("clients", subject_id)
        case "agreement":
            return Target("agreements", subject_id)
        case "payment":
            return Target("payments", subject_id)
        case "run":
            return Target("runs", subject_id)
        case "invoice":
            return Target("invoices", subject_id)
        case "dispute":
            return Target("invoices", queries.disputed_invoice(look.connection, subject_id))
        case "draft":
            run = queries.run_of_draft(look.connection, subject_id)
            return Target("runs", run, opens=True, within=subject_id)
    return Target("settings")
