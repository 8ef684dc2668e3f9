"""Loads what is due of projects: milestones done, the scope that they are parts of, and budgets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection

from db.queries import projects as queries
from desktop.domain.agreement import Agreement
from desktop.domain.billing import Work
from desktop.domain.billing.facts import Milestone
from desktop.services.project_documents import worked
from desktop.services.project_scopes import read_scopes


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
