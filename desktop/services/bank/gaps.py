"""Whether an account's statements follow one another: days that none speaks of, balances that do not meet."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Final, Literal

from sqlalchemy import Connection

from desktop.i18n import _, date_text, money_text, span_text

_DAY: Final = timedelta(1)
# Without balances nobody knows whether anything happened on a few days that no file speaks of: weekends and feasts.
_QUIET_DAYS: Final = 4


@dataclass(frozen=True, slots=True)
class Gap:
    """Between one statement of an account and the next. `first` to `last` are the days in question, inclusive.

    `days`: no statement speaks of them. `balance`: the balances differ by `amount` signed minor units from what the
    lines kept between them come to. `statement_id` is the statement that does not follow.
    """

    account_id: int
    statement_id: int
    kind: Literal["days", "balance"]
    first: date
    last: date
    currency: str
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class _Told:
    id: int
    currency: str
    first: date
    last: date
    opening: int | None
    closing: int | None


def gaps(connection: Connection, account_id: int | None = None) -> tuple[Gap, ...]:
    """The gaps of one account or of all, in the order of their days."""
    accounts = (
        [account_id]
        if account_id is not None
        else [row[0] for row in connection.exec_driver_sql("SELECT DISTINCT account_id FROM bank_statement ORDER BY 1")]
    )
    found = [gap for one in accounts for gap in _gaps_of(connection, one)]
    return tuple(sorted(found, key=lambda gap: (gap.account_id, gap.first)))


def said(gap: Gap) -> str:
    """The gap in a sentence."""
    if gap.kind == "days" and gap.amount is None:
        return _("No statement speaks of {days}.").format(days=span_text(gap.first, gap.last + _DAY))
    amount = money_text(gap.amount or 0, gap.currency)
    if gap.kind == "days":
        return _("The statement for {days} is missing: the balance moved by {amount} in between.").format(
            days=span_text(gap.first, gap.last + _DAY), amount=amount
        )
    return _("The balance of {day} and the lines up to then differ by {amount}: lines are missing or changed.").format(
        day=date_text(gap.last), amount=amount
    )


def covered_until(connection: Connection, account_id: int | None = None) -> date | None:
    """The last day that the statements of an account reach, announced ones left out; None where it has none.

    Without an account: the day that all bank accounts reach of which statements are taken in.
    """
    query = (
        "SELECT min(reached) FROM (SELECT max(s.to_day) AS reached FROM bank_statement s"
        " JOIN bank_account a ON a.id = s.account_id WHERE a.kind = 'bank' AND s.format <> 'mt942'{only}"
        " GROUP BY s.account_id)"
    )
    only, values = ("", ()) if account_id is None else (" AND s.account_id = ?", (account_id,))
    day = connection.exec_driver_sql(query.format(only=only), values).scalar()
    return None if day is None else date.fromisoformat(day)


def _gaps_of(connection: Connection, account_id: int) -> list[Gap]:
    told = _statements(connection, account_id)
    moved = _Moved(connection, account_id)
    found: list[Gap] = []
    reach: _Told | None = None
    for one in sorted(told, key=lambda one: (one.first, one.last)):
        if reach is not None and one.first > reach.last:
            gap = _between(account_id, reach, one, moved)
            if gap is not None:
                found.append(gap)
        if reach is None or one.last >= reach.last:
            reach = one
    anchor: _Told | None = None
    for one in told:
        if one.closing is None:
            continue
        if anchor is not None and anchor.closing is not None and anchor.last < one.last:
            off = one.closing - anchor.closing - moved.between(anchor.last, one.last)
            seen = any(gap.amount is not None and anchor.last < gap.first <= one.last for gap in found)
            if off and not seen:
                found.append(Gap(account_id, one.id, "balance", anchor.last + _DAY, one.last, one.currency, off))
        anchor = one
    return found


def _between(account_id: int, before: _Told, after: _Told, moved: _Moved) -> Gap | None:
    first, last = before.last + _DAY, after.first - _DAY
    if before.closing is not None and after.opening is not None:
        off = after.opening - before.closing - moved.between(before.last, last)
        if not off:
            return None
        if last < first:
            return Gap(account_id, after.id, "balance", after.first, after.first, after.currency, off)
        return Gap(account_id, after.id, "days", first, last, after.currency, off)
    if (last - first).days + 1 <= _QUIET_DAYS:
        return None
    return Gap(account_id, after.id, "days", first, last, after.currency)


class _Moved:
    """What the kept lines of an account come to, by day."""

    def __init__(self, connection: Connection, account_id: int) -> None:
        rows = connection.exec_driver_sql(
            "SELECT booked_on, sum(amount) FROM bank_line WHERE account_id = ? GROUP BY booked_on ORDER BY booked_on",
            (account_id,),
        ).fetchall()
        self._days = [date.fromisoformat(row[0]) for row in rows]
        self._sums = [0, *accumulate(row[1] for row in rows)]

    def between(self, after: date, until: date) -> int:
        """The sum of the days after the one up to and with the other."""
        if until <= after:
            return 0
        return int(self._sums[bisect_right(self._days, until)] - self._sums[bisect_right(self._days, after)])


def _statements(connection: Connection, account_id: int) -> list[_Told]:
    """By their days. Of several that end on one day the last is the one that no other goes on from."""
    rows = connection.exec_driver_sql(
        "SELECT id, currency, from_day, to_day, opening, closing FROM bank_statement"
        " WHERE account_id = ? AND from_day IS NOT NULL AND to_day IS NOT NULL AND format <> 'mt942'"
        " ORDER BY to_day, from_day, id",
        (account_id,),
    )
    told = [
        _Told(row[0], row[1], date.fromisoformat(row[2]), date.fromisoformat(row[3]), row[4], row[5]) for row in rows
    ]
    goes_on = {(one.first, one.opening) for one in told if one.opening is not None and one.opening != one.closing}
    return sorted(told, key=lambda one: (one.last, (one.last, one.closing) not in goes_on, one.id))
