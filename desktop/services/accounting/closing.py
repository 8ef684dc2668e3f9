"""Closed periods: through which day nothing is booked any more."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection

from desktop.errors import UserError
from desktop.i18n import _, date_text


def closed_through(connection: Connection) -> date | None:
    """The last day of the latest closed period that was not reopened."""
    found = connection.exec_driver_sql("SELECT max(through) FROM closing WHERE reopened_at IS NULL").scalar()
    return date.fromisoformat(found) if found else None


def refuse_closed(connection: Connection, day: date) -> None:
    """UserError where the books are closed for a day."""
    closed = closed_through(connection)
    if closed is not None and day <= closed:
        raise UserError(
            _("The books are closed through {closed}; nothing is booked on {day} any more.").format(
                closed=date_text(closed), day=date_text(day)
            ),
            _("Take {day} or a later day, or have the owner reopen the period.").format(
                day=date_text(closed + timedelta(days=1))
            ),
        )
