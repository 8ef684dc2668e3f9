"""Who looks at what is held, and by when: given by the rules when it is held, changed by people afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from db.queries.rows import ids_text
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.changes import change
from desktop.services.runs.decisions import decided
from desktop.services.runs.setting import Rules

_HELD = """SELECT d.id, d.client_id, a.id, coalesce(a.segment_id, c.segment_id), f.code FROM draft d
 JOIN client c ON c.id = d.client_id LEFT JOIN agreement a ON a.id = json_extract(d.body, '$.agreements[0]')
 JOIN finding f ON f.draft_id = d.id AND f.approved = 0 AND f.severity <> 'note'
 WHERE d.id IN (SELECT value FROM json_each(?)) AND d.state IN ('held', 'failed')
 AND d.owner_id IS NULL AND d.due_at IS NULL
 ORDER BY d.id, CASE f.severity WHEN 'block' THEN 0 ELSE 1 END, f.id"""


def give_owners(connection: Connection, draft_ids: Iterable[int], now: str, rules: Rules | None = None) -> None:
    """Give held drafts that nobody looks after yet the owner and the due time of the worst of their findings.

    `now` is UTC text; the rule's hours count from it, weekends and nights included.
    """
    rules = rules or Rules(connection)
    if not rules.name_owners:
        return
    given: dict[int, tuple[int | None, str | None, int]] = {}
    for draft_id, client, agreement, segment, code in connection.exec_driver_sql(_HELD, (ids_text(draft_ids),)):
        if draft_id in given:
            continue
        owner, hours = rules.care_of(code, segment, client, agreement)
        given[draft_id] = (owner, None if hours is None else hours_after(now, hours), draft_id)
    if given:
        connection.exec_driver_sql("UPDATE draft SET owner_id = ?, due_at = ? WHERE id = ?", list(given.values()))


@lru_cache(maxsize=64)
def hours_after(now: str, hours: int) -> str:
    """UTC text some hours after another."""
    return as_text(datetime.fromisoformat(now) + timedelta(hours=hours))


def as_text(moment: datetime) -> str:
    """A moment as the book writes it, so that its texts compare as the moments do."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def end_of(day: date) -> str:
    """The last second of a day where this computer stands, as UTC text."""
    return as_text(datetime.combine(day, time(23, 59, 59)).astimezone())


@dataclass(frozen=True, slots=True)
class Assignment:
    """What is changed of held drafts: their owner by name, their due time as UTC text; None leaves a part.

    An empty text takes it away.
    """

    owner: str | None = None
    due_at: str | None = None


def assign(book: Book, draft_ids: Sequence[int], wanted: Assignment, *, actor: str) -> int:
    """Give held drafts another owner or due time; the count of drafts that this changed.

    UserError where nobody of that name is among the people of the book, and where nothing of these is held.
    """
    with change(book, actor, _("Assign {count} drafts").format(count=len(draft_ids))) as made:
        connection = made.connection
        owner = _person(connection, wanted.owner) if wanted.owner else None
        rows: Sequence[Any] = connection.exec_driver_sql(
            """SELECT d.id, d.owner_id, d.due_at, p.name FROM draft d LEFT JOIN person p ON p.id = d.owner_id
            WHERE d.id IN (SELECT value FROM json_each(?)) AND d.state IN ('held', 'failed')""",
            (ids_text(draft_ids),),
        ).fetchall()
        if not rows:
            raise UserError(_("Nothing of this is held any more."), _("Reload the run."))
        with decided(made, draft_ids):
            changed = 0
            for draft_id, owner_before, due_before, name_before in rows:
                owner_now = owner_before if wanted.owner is None else owner
                due_now = due_before if wanted.due_at is None else wanted.due_at or None
                if (owner_now, due_now) == (owner_before, due_before):
                    continue
                connection.exec_driver_sql(
                    "UPDATE draft SET owner_id = ?, due_at = ? WHERE id = ?", (owner_now, due_now, draft_id)
                )
                made.record(
                    "draft",
                    draft_id,
                    "assign",
                    {"owner": name_before, "due_at": due_before},
                    {"owner": name_before if wanted.owner is None else wanted.owner or None, "due_at": due_now},
                )
                changed += 1
        return changed


def assign_findings(book: Book, finding_ids: Sequence[int], wanted: Assignment, *, actor: str) -> int:
    """As `assign`, for the drafts of these exceptions; UserError also names one that is not open."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            """SELECT f.id, f.draft_id FROM finding f JOIN draft d ON d.id = f.draft_id
            WHERE f.id IN (SELECT value FROM json_each(?)) AND d.state IN ('held', 'failed')""",
            (ids_text(finding_ids),),
        )
        drafts = {int(row[0]): int(row[1]) for row in rows}
    missing = [one for one in finding_ids if one not in drafts]
    if missing:
        raise UserError(
            _("There is no open exception {id}.").format(id=missing[0]), _("List them with: sheaf exceptions BOOK")
        )
    return assign(book, list(dict.fromkeys(drafts.values())), wanted, actor=actor)


def _person(connection: Connection, name: str) -> int:
    row = connection.exec_driver_sql("SELECT id FROM person WHERE name = ?", (name,)).fetchone()
    if row is not None:
        return int(row[0])
    known = [one[0] for one in connection.exec_driver_sql("SELECT name FROM person ORDER BY name LIMIT 8")]
    raise UserError(
        _("There is nobody called “{name}” in this book.").format(name=name),
        _("There are: {names}.").format(names=", ".join(known))
        if known
        else _("Add the people under Settings, People and limits."),
    )
