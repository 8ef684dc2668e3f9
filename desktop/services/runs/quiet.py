"""What one pass from planning to issuing may remember, for as long as nobody else writes to the book."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from desktop.domain.billing import Draft
from desktop.services.runs.drafting import Drafted

_KEPT = 20_000
"""Drafts kept in memory, some 5 KB each; the others are read back from the book."""


@dataclass(slots=True)
class Quiet:
    """Knows whether anybody else wrote since the drafts were planned; if not, they need no second look.

    `basis` is the last change set before issuing, -1 where it never holds; `own` counts those made since.
    """

    basis: int = -1
    own: int = 0
    _drafts: dict[int, Draft] = field(default_factory=dict)

    def holds(self, connection: Connection) -> bool:
        return last_change(connection) == self.basis + self.own

    def keep(self, drafted: Iterable[Drafted]) -> None:
        """Remember drafts that will be issued at once."""
        if len(self._drafts) < _KEPT:
            self._drafts.update((one.id, one.draft) for client in drafted for one in client.drafts)

    def take(self, draft_ids: Sequence[int]) -> list[tuple[int, Draft]] | None:
        """These drafts with their ids, if all are remembered; they are forgotten then."""
        found = [(key, self._drafts.pop(key, None)) for key in draft_ids]
        whole = [(key, draft) for key, draft in found if draft is not None]
        return whole if len(whole) == len(found) else None


def last_change(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM change_set").scalar_one())
