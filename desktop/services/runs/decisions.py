"""What people decide on drafts, kept row by row, so that it is taken back as one like any other change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Table, select, text

from db.queries.rows import ids_text
from db.schema import Draft, Finding, Outcome
from desktop.services.change_sets import Change, Row, table_of

# A draft's body and figures are no decision, and would fill the log.
_DECIDED: Final = (
    "id",
    "state",
    "severity",
    "decided_by",
    "decided_at",
    "decision_note",
    "owner_id",
    "due_at",
    "seconded_by",
)


@contextmanager
def decided(made: Change, draft_ids: Sequence[int]) -> Iterator[None]:
    """Record what the block does to these drafts, what stands against them, and what is told of them."""
    before = _rows(made.connection, draft_ids)
    yield
    after = _rows(made.connection, draft_ids)
    for table, rows in before.items():
        made.record_rows(table, rows, after[table])


def _rows(connection: Connection, draft_ids: Sequence[int]) -> dict[Table, dict[int, Row]]:
    draft, finding, outcome = table_of(Draft), table_of(Finding), table_of(Outcome)
    those = text("SELECT value FROM json_each(:drafts)").bindparams(drafts=ids_text(draft_ids))
    # The drafts last: taking back begins with them, and what became of a draft tells best why it is refused.
    queries = {
        finding: select(finding).where(finding.columns.draft_id.in_(those)),
        outcome: select(outcome).where(outcome.columns.draft_id.in_(those)),
        draft: select(*(draft.columns[name] for name in _DECIDED)).where(draft.columns.id.in_(those)),
    }
    return {
        table: {row["id"]: dict(row) for row in connection.execute(query).mappings()}
        for table, query in queries.items()
    }
