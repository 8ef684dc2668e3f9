"""One step of a story."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """`at` is UTC text; `lines` are sentences such as "Name: “Acme” → “Acme Ltd”".

    `change_set` is None for what was booked. `place` and `thing` tell where it can be looked at: the table and id of an
    invoice, a payment, an agreement or a client; an empty place where there is nothing to go to.
    """

    at: str
    actor: str
    summary: str
    lines: tuple[str, ...] = ()
    change_set: int | None = None
    undoable: bool = False
    undone: bool = False
    place: str = ""
    thing: int = 0
