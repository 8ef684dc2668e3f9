"""Who is past due: what each client owes by age, what it promised, and what was last said and agreed with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from db.queries import collecting, receivables
from db.queries.rows import ids_text
from desktop.domain.aging import BUCKET_ENDS
from desktop.domain.promises import BROKEN, OPEN
from desktop.services.aging import disputed_at
from desktop.services.promises import PromiseRow, judged_promises

# How far back a client's habit of paying is read.
HABIT_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class Late:
    """What a client owes in one currency, minor units; `d1_30` to `over_90` add up to what is past due.

    `promise` is the one that counts: the open one that is due first, else the latest broken one. `step` is what is to
    be done next and when, `contact` what was last said and the day (UTC) on which it was.
    """

    client_id: int
    code: str
    name: str
    segment_id: int | None
    segment: str
    currency: str
    on_hold: bool
    open: int
    d1_30: int
    d31_60: int
    d61_90: int
    over_90: int
    days: int
    credit: int
    disputed: int
    promise: PromiseRow | None
    contact_on: date | None
    contact: str
    step_on: date | None
    step: str
    step_id: int | None

    @property
    def overdue(self) -> int:
        return self.d1_30 + self.over_30

    @property
    def over_30(self) -> int:
        return self.d31_60 + self.over_60

    @property
    def over_60(self) -> int:
        return self.d61_90 + self.over_90

    @property
    def promised(self) -> int:
        """What of an open promise is still to come."""
        return self.promise.amount - self.promise.came if self.promise and self.promise.state == OPEN else 0

    @property
    def missed(self) -> int:
        """What of the broken promise did not come."""
        return self.promise.amount - self.promise.came if self.promise and self.promise.state == BROKEN else 0


def late(book: Book, today: date) -> list[Late]:
    """Every client and currency with something past due; what merged clients owe counts for the one they became."""
    with book.reading() as session:
        connection = session.connection()
        owed = _owed(connection, today)
        known = {row[0]: row[1:] for row in collecting.clients(connection, ids_text({client for client, _ in owed}))}
        credits = _summed(receivables.credits_now(connection))
        disputed = _summed(disputed_at(connection, today))
        promises = judged_promises(connection, today)
        contacts = _latest(collecting.last_notes(connection))
        steps = _earliest(collecting.next_steps(connection))
    found = []
    for (client, currency), (is_open, d1_30, d31_60, d61_90, over_90, due) in owed.items():
        code, name, segment_id, segment, on_hold = known[client]
        said_at, said = contacts.get(client, ("", ""))
        step_on, step, step_id = steps.get(client, (None, "", None))
        found.append(
            Late(
                client,
                code,
                name,
                segment_id,
                segment,
                currency,
                bool(on_hold),
                is_open,
                d1_30,
                d31_60,
                d61_90,
                over_90,
                (today - date.fromisoformat(due)).days,
                credits.get((client, currency), 0),
                disputed.get((client, currency), 0),
                _counting(promises.get((client, currency), ())),
                date.fromisoformat(said_at[:10]) if said_at else None,
                said,
                date.fromisoformat(step_on) if step_on else None,
                step,
                step_id,
            )
        )
    return found


def habits(connection: Connection, clients: Iterable[int], today: date) -> Mapping[tuple[int, str], int]:
    """By client and currency how many days after the due date they paid in the last year, weighted by amount and
    rounded to whole days; below zero where they paid before it."""
    since = (today - timedelta(days=HABIT_DAYS)).isoformat()
    sums: dict[tuple[int, str], list[int]] = {}
    for client, currency, weighted, amount in collecting.paying_habits(connection, ids_text(clients), since):
        sum_ = sums.setdefault((client, currency), [0, 0])
        sum_[0] += weighted
        sum_[1] += amount
    return {key: _rounded(weighted, amount) for key, (weighted, amount) in sums.items() if amount > 0}


def _rounded(weighted: int, amount: int) -> int:
    """Half away from zero, in integers."""
    days = (2 * abs(weighted) + amount) // (2 * amount)
    return days if weighted >= 0 else -days


def _owed(connection: Connection, today: date) -> dict[tuple[int, str], list[Any]]:
    """By client and currency what is open, four buckets and the earliest due date, where that has passed."""
    bounds = [(today - timedelta(days=end)).isoformat() for end in BUCKET_ENDS]
    found: dict[tuple[int, str], list[Any]] = {}
    for client, currency, *figures, due in collecting.owed_now(connection, bounds):
        before = found.get((client, currency))
        if before is None:
            found[client, currency] = [*figures, due]
        else:
            found[client, currency] = [
                *(one + other for one, other in zip(before[:-1], figures, strict=True)),
                min(before[-1], due),
            ]
    return {key: figures for key, figures in found.items() if figures[-1] < today.isoformat()}


def _counting(promises: Sequence[PromiseRow]) -> PromiseRow | None:
    still = [one for one in promises if one.state == OPEN]
    if still:
        return min(still, key=lambda one: (one.promised_on, one.id))
    # A word kept after a broken one makes up for it.
    latest = next((one for one in promises if one.withdrawn_on is None), None)
    return latest if latest is not None and latest.state == BROKEN else None


def _summed(rows: Iterable[Any]) -> dict[tuple[int, str], int]:
    sums: dict[tuple[int, str], int] = {}
    for client, currency, amount in rows:
        sums[client, currency] = sums.get((client, currency), 0) + amount
    return sums


def _latest(rows: Iterable[Any]) -> dict[int, tuple[str, str]]:
    found: dict[int, tuple[str, str]] = {}
    for client, at, text, _author in rows:
        found[client] = max(found.get(client, ("", "")), (at, text))
    return found


def _earliest(rows: Iterable[Any]) -> dict[int, tuple[str, str, int]]:
    found: dict[int, tuple[str, str, int]] = {}
    for client, due_on, text, note in rows:
        found[client] = min(found.get(client, (due_on, text, note)), (due_on, text, note))
    return found
