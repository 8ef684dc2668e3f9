"""Loads what is due of projects: milestones done, the scope that they are parts of, and budgets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection

from db.queries import projects as queries
from db.queries.billing import ids_text
from desktop.domain.agreement import Agreement
from desktop.domain.billing import Work
from desktop.domain.billing.facts import Milestone, Scope
from desktop.services.project_documents import worked


def load_projects(
    connection: Connection,
    ids: str,
    through: date,
    drafts: str | None,
    agreements: Mapping[int, Agreement],
    work: Mapping[int, Work],
) -> None:
    """Fill in what the agreements' work lacks; with `drafts` only what these reserve."""
    due: dict[int, list[Milestone]] = {}
    for row in queries.due_milestones(connection, ids, through.isoformat(), drafts):
        done = date.fromisoformat(row[6])
        due.setdefault(row[1], []).append(Milestone(row[0], row[2], row[3], row[4], row[5], done))
    if due:
        scopes = read_scopes(connection, {key: agreements[key].agreed for key in due})
        for key, milestones in due.items():
            work[key].milestones, work[key].scope = milestones, scopes.get(key)
    limited = [key for key, agreement in agreements.items() if agreement.budget is not None]
    if limited:
        for key, net in worked(connection, limited).items():
            work[key].worked = net


def read_scopes(connection: Connection, agreed: Mapping[int, int | None]) -> dict[int, Scope]:
    """The scopes of agreements by their agreed sums; those without one have none."""
    ids = ids_text(key for key, total in agreed.items() if total is not None)
    changes: dict[int, list[tuple[date, int]]] = {}
    for key, since, amount in queries.scope_changes(connection, ids):
        changes.setdefault(key, []).append((date.fromisoformat(since), amount))
    billed = {row[0]: row[1:] for row in queries.milestones_billed(connection, ids)}
    found: dict[int, Scope] = {}
    for key, total in agreed.items():
        if total is not None:
            fractions, net, latest, others = billed.get(key, (0, 0, None, 0))
            day = date.fromisoformat(latest) if latest else None
            found[key] = Scope(total, tuple(changes.get(key, ())), fractions, net, day, others)
    return found
