"""Which backups stay: the last few, one a day, one a week and one a month, and for a while what was asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# However often a day the book is closed, so many of the newest stay.
NEWEST: Final = 3


@dataclass(frozen=True, slots=True)
class Rotation:
    """For how many days, weeks and months the last backup of each stays; days, weeks and months without any are not
    counted."""

    daily: int = 7
    weekly: int = 4
    monthly: int = 12


@dataclass(frozen=True, slots=True)
class Moment:
    """When a backup was made, by the clock on the wall. One that a person asked for is `apart`: the next closing of the
    day does not take its place."""

    at: datetime
    apart: bool = False


def staying(moments: Collection[Moment], rotation: Rotation) -> frozenset[Moment]:
    """Those that stay. The newest always does, whatever the rotation says."""
    newest_first = sorted(moments, key=lambda one: (one.at, one.apart), reverse=True)
    stay = set(newest_first[:NEWEST])
    for count, period in (
        (rotation.daily, _day),
        (rotation.weekly, _week),
        (rotation.monthly, _month),
    ):
        stay.update(_last_of_each(newest_first, count, period))
    if newest_first:
        since = newest_first[0].at - timedelta(days=rotation.daily)
        stay.update(one for one in newest_first if one.apart and one.at >= since)
    return frozenset(stay)


def _last_of_each(newest_first: list[Moment], count: int, period: Callable[[datetime], Hashable]) -> list[Moment]:
    found: dict[Hashable, Moment] = {}
    for one in newest_first:
        found.setdefault(period(one.at), one)
    return list(found.values())[:count]


def _day(at: datetime) -> Hashable:
    return at.date()


def _week(at: datetime) -> Hashable:
    return at.isocalendar()[:2]


def _month(at: datetime) -> Hashable:
    return at.year, at.month
