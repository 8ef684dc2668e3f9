"""Years paid ahead and commitments of the agreements of a run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection

from db.queries import commitments as queries
from desktop.domain.agreement import Prepayment
from desktop.domain.billing import Work
from desktop.domain.billing.commitments import amount_within
from desktop.domain.billing.facts import Commitment


def load_prepayments(connection: Connection, ids: str) -> dict[int, tuple[Prepayment, ...]]:
    """By agreement, the earliest due first."""
    found: dict[int, tuple[Prepayment, ...]] = {}
    for agreement, due, start, end, discount, reason in queries.prepayments(connection, ids):
        first, begins, after = (date.fromisoformat(day) for day in (due, start, end))
        found[agreement] = (*found.get(agreement, ()), Prepayment(first, begins, after, discount, reason))
    return found


def load_commitments(connection: Connection, ids: str, through: date, work: Mapping[int, Work]) -> None:
    """Those whose span is over, with what was spent of them and what of a shortfall is billed."""
    for agreement, client, key, start, end, amount, text, item, *billed in queries.commitments(
        connection, ids, through.isoformat()
    ):
        first, after = date.fromisoformat(start), date.fromisoformat(end)
        spent = spent_within(connection, agreement, client, first, after)
        work[agreement].commitments.append(Commitment(key, first, after, amount, text, item, spent, *billed))


def spent_within(connection: Connection, agreement_id: int, client_id: int, first: date, after: date) -> int:
    """Net in minor units of what stands charged for the days of [first, after)."""
    return sum(
        amount_within(amount, date.fromisoformat(start), date.fromisoformat(end), first, after)
        for start, end, amount in queries.spent(
            connection, agreement_id, client_id, first.isoformat(), after.isoformat()
        )
    )
