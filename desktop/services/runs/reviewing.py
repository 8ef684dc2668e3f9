"""One exception as a person reads it beside the table, and which one comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db.engine import Book
from desktop.services.notes import NoteRow, notes
from desktop.services.runs.differing import Why, why_different
from desktop.services.runs.recheck import BY_HAND


@dataclass(frozen=True, slots=True)
class DraftStory:
    """Why a draft bills another amount than last time, and what was noted about it, the newest first."""

    why: Why
    notes: tuple[NoteRow, ...]


def draft_story(book: Book, draft_id: int) -> DraftStory:
    with book.reading() as session:
        why = why_different(session.connection(), draft_id)
    return DraftStory(why, tuple(notes(book, "draft", draft_id)))


def undecided(book: Book, run_id: int) -> frozenset[int]:
    """The drafts of a run that still want a decision: held or parked, and nobody has held them back by hand."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            """SELECT d.id FROM draft d WHERE d.run_id = ? AND d.state IN ('held', 'failed')
            AND NOT EXISTS (SELECT 1 FROM finding f WHERE f.draft_id = d.id AND f.code = ?)""",
            (run_id, BY_HAND),
        )
        return frozenset(int(row[0]) for row in rows)


@dataclass(frozen=True, slots=True)
class Next:
    """The draft to look at next, None where no other waits, and how many want a decision still."""

    draft: int | None
    left: int


def next_undecided(book: Book, run_id: int, order: Sequence[int], after: Sequence[int]) -> Next:
    """What comes after these drafts in the order of the table, and then from its top."""
    waiting, just_seen = undecided(book, run_id), frozenset(after)
    last = max((place for place, one in enumerate(order) if one in just_seen), default=-1)
    found = (one for one in (*order[last + 1 :], *order[: last + 1]) if one in waiting and one not in just_seen)
    return Next(next(found, None), len(waiting))
