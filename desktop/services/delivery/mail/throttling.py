"""How many messages an account may send now: so many a minute and a day, also across restarts."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from db.queries.delivery import limits, sent_since

_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)
# What lies further ahead was noted while the clock was wrong.
_CLOCKS_DIFFER: Final = timedelta(hours=1)
_LONGEST_REST: Final = timedelta(days=2)


def moment(text: str) -> datetime:
    """UTC text as a time."""
    return datetime.fromisoformat(text)


def utc_text(at: datetime) -> str:
    """As the book writes a time; a part of a second counts as a whole one, so that nothing is due too early."""
    whole = at.astimezone(UTC)
    if whole.microsecond:
        whole += timedelta(seconds=1)
    return whole.strftime("%Y-%m-%dT%H:%M:%SZ")


def to_come(until: str, now: str) -> bool:
    """Whether a time until which something rests lies ahead (UTC text). No rest is as long as two days: one that seems
    so was noted by a clock that ran ahead, and is over."""
    return now < until <= utc_text(moment(now) + _LONGEST_REST)


class Pace:
    """The messages of one account in the last minute and day, each of both a span that ends now."""

    def __init__(self, per_minute: int, per_day: int, sent: list[datetime]) -> None:
        """`sent` are the times of the last day's messages, the oldest first; a limit of 0 is none."""
        self._limits = [(span, most) for span, most in ((_MINUTE, per_minute), (_DAY, per_day)) if most]
        longest = max((most for _span, most in self._limits), default=0)
        self._sent = deque(sent, maxlen=longest)

    def room(self, now: datetime) -> int | None:
        """How many may go at once; None for any number."""
        rooms = [max(0, most - len(self._within(now, span))) for span, most in self._limits]
        return min(rooms, default=None)

    def free_at(self, now: datetime) -> datetime:
        """When the next one may go: now, or later."""
        free = now
        for span, most in self._limits:
            sent = self._within(now, span)
            if len(sent) >= most:
                free = max(free, sent[-most] + span)
        return free

    def count(self, at: datetime) -> None:
        """One more went."""
        self._sent.append(at)

    def _within(self, now: datetime, span: timedelta) -> list[datetime]:
        return [at for at in self._sent if now - span < at <= now + _CLOCKS_DIFFER]


def pace_of(connection: Connection, account_id: int, now: datetime) -> Pace:
    """The pace of an account, with what it sent before."""
    _name, minute, day = limits(connection, account_id)
    sent = sent_since(connection, account_id, utc_text(now - _DAY)) if minute or day else []
    return Pace(minute, day, [at for at in map(moment, sent) if at <= now + _CLOCKS_DIFFER])
