"""What Undo and Redo would do next, and the list of all changes with what stands against taking one back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from db.engine import Book
from db.queries.rows import ids_text
from desktop.errors import UserError
from desktop.services.lists.searching import like
from desktop.services.undoing import undo_target

# So many changes back are looked at for what was undone last.
_LOOKED_AT: Final = 200


@dataclass(frozen=True, slots=True)
class Step:
    """A change set that Undo or Redo takes back next, and the sentence of what was done first."""

    id: int
    summary: str


@dataclass(frozen=True, slots=True)
class Steps:
    """None where there is nothing to undo, or nothing was undone since the last change."""

    undo: Step | None = None
    redo: Step | None = None


def steps(book: Book) -> Steps:
    """What comes next in either direction, by the change sets alone; whether something stands against it shows then."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            f"SELECT id, summary, undoable, undone_by FROM change_set ORDER BY id DESC LIMIT {_LOOKED_AT}"
        )
        sets = [(int(row[0]), str(row[1]), bool(row[2]), row[3]) for row in rows]
    undoes = {undone_by: number for number, _summary, _undoable, undone_by in sets if undone_by is not None}
    summaries = {number: summary for number, summary, _undoable, _undone_by in sets}

    def first(number: int) -> tuple[int, int]:
        """What was done at first, and how often it went back and forth until then."""
        times = 0
        while number in undoes:
            number, times = undoes[number], times + 1
        return number, times

    undo: Step | None = None
    redo: Step | None = None
    changed = False
    for number, _summary, undoable, undone_by in sets:
        origin, times = first(number)
        if undone_by is None and undoable:
            step = Step(number, summaries.get(origin, ""))
            if times % 2:
                redo = redo or (None if changed else step)
            else:
                undo = undo or step
        # What was done since leaves nothing to go forth to.
        changed = changed or (times == 0 and undone_by is None)
    return Steps(undo, redo)


def why_not(book: Book, change_set_id: int) -> tuple[str, str]:
    """What is known to stand against undoing a change set, and what helps; both empty where nothing is.

    Whether something it wrote was billed or changed since shows only when it is tried.
    """
    with book.reading() as session:
        try:
            undo_target(session.connection(), change_set_id)
        except UserError as error:
            return error.message, error.remedy
    return "", ""


class ChangeList:
    """Change sets, the newest first. Filters: undoable (and not undone yet)."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        """Sorts: at, actor, summary. The search finds words of the sentence and of who did it."""
        text, values = like(search, ("summary", "actor"))
        where = f"{text} AND undoable = 1 AND undone_by IS NULL" if "undoable" in filters else text
        order = {"at": "id", "actor": "actor COLLATE NOCASE", "summary": "summary COLLATE NOCASE"}.get(sort, "")
        first = f"{order} {'DESC' if descending else 'ASC'}, " if order else ""
        with self._book.reading() as session:
            rows = session.connection().exec_driver_sql(
                f"SELECT id FROM change_set WHERE {where} ORDER BY {first}id DESC", tuple(values)
            )
            return [row[0] for row in rows]

    def rows(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        """at (UTC text), actor, summary, and state: undone, open (can be undone) or lasting."""
        with self._book.reading() as session:
            rows = session.connection().exec_driver_sql(
                "SELECT id, at, actor, summary, undoable, undone_by FROM change_set"
                " WHERE id IN (SELECT value FROM json_each(?))",
                (ids_text(ids),),
            )
            return {
                row[0]: {
                    "at": row[1],
                    "actor": row[2],
                    "summary": row[3],
                    "state": "undone" if row[5] is not None else "open" if row[4] else "lasting",
                }
                for row in rows
            }
