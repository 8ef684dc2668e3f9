"""Through which day the books are closed, asked before anything is booked, so that it is said in time.

The schema refuses as well: a trigger lets no journal entry into a closed period.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection

from desktop.domain.recognition import next_month
from desktop.errors import UserError
from desktop.i18n import _, date_text


def closed_through(connection: Connection) -> date | None:
    """The last closed day; None while no period is closed."""
    row = connection.exec_driver_sql("SELECT max(through) FROM closing WHERE reopened_at IS NULL").fetchone()
    return date.fromisoformat(row[0]) if row is not None and row[0] else None


def first_open(closed: date | None, day: date) -> date:
    """The day itself, or the first day after the closed ones."""
    return day if closed is None or day > closed else closed + timedelta(days=1)


def months_to_close(connection: Connection, today: date) -> tuple[date, int] | None:
    """The end of the first month that is over and not wholly closed, and how many such months there are; None where
    there is none. Of a book that was never closed only the month before today's counts."""
    last = today.replace(day=1) - timedelta(days=1)
    closed = closed_through(connection)
    if closed is None:
        return last, 1
    if closed >= last:
        return None
    first = next_month(closed + timedelta(days=1)) - timedelta(days=1)
    return first, (last.year - first.year) * 12 + last.month - first.month + 1


def refuse_closed(connection: Connection, day: date) -> None:
    """UserError where the books are closed for a day."""
    closed = closed_through(connection)
    if closed is not None and day <= closed:
        raise closed_error(closed, day)


def closed_error(closed: date, day: date) -> UserError:
    """What to say of a day that is closed, and which one to take."""
    return UserError(
        _("The books are closed through {closed}, and this would be booked on {day}.").format(
            closed=date_text(closed), day=date_text(day)
        ),
        _("Take {first} or a later day, or reopen the period in the ledger under Closing.").format(
            first=date_text(closed + timedelta(days=1))
        ),
    )
