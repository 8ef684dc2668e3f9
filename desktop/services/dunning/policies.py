"""How a segment, or the firm, reminds: from which amount, with which interest, after which bank statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from db.schema import DunningPolicy, Segment
from desktop.domain.dunning.words import DAY_COUNTS, INTERESTS
from desktop.domain.money import SCALE
from desktop.i18n import _
from desktop.services.changes import Change, change
from desktop.services.problems import Problems
from desktop.services.records import found

FIRM: Final = "firm"
SEGMENT: Final = "segment"


@dataclass(frozen=True, slots=True)
class Policy:
    """How somebody reminds. `minimum` in the firm's minor units: below it nobody is asked. `interest` is of INTERESTS,
    `interest_rate` a fraction a year times 10**6 for fixed interest, `day_count` of DAY_COUNTS.

    Bank statements must reach the day of the run less `statements_within` days; None asks for none. A client is to be
    escalated `escalate_after` days after the last level.
    """

    active: bool = True
    minimum: int = 0
    interest: str = "none"
    interest_rate: int = 0
    day_count: str = "act/365"
    statements_within: int | None = None
    escalate_after: int = 14


PROGRAM: Final = Policy()
PARTS: Final = tuple(one.name for one in fields(Policy))


@dataclass(frozen=True, slots=True)
class PolicyPart:
    """One part of a policy as it counts, and whose word it is: segment, firm or program."""

    value: Any
    source: str


def policies_of(connection: Connection) -> Mapping[int | None, Policy]:
    """The policy of each segment that has one of its own, and under None the firm's, for everyone else."""
    own = _rows(connection)
    firm = own.get(0, {})
    resolved: dict[int | None, Policy] = {None: _merged(firm)}
    for segment_id, values in own.items():
        if segment_id:
            resolved[segment_id] = _merged(firm | values)
    return resolved


def policy(book: Book, segment_id: int | None = None) -> Policy:
    """As it counts for a segment, or for the firm."""
    with book.reading() as session:
        known = policies_of(session.connection())
    return known.get(segment_id, known[None])


def policy_parts(book: Book, segment_id: int | None = None) -> dict[str, PolicyPart]:
    """Each part with whose word it is, for a form that shows what is inherited."""
    with book.reading() as session:
        own = _rows(session.connection())
    resolved: dict[str, PolicyPart] = {}
    for name in PARTS:
        of_segment = own.get(segment_id or 0, {}).get(name) if segment_id else None
        of_firm = own.get(0, {}).get(name)
        if of_segment is not None:
            resolved[name] = PolicyPart(of_segment, SEGMENT)
        elif of_firm is not None:
            resolved[name] = PolicyPart(of_firm, FIRM)
        else:
            resolved[name] = PolicyPart(getattr(PROGRAM, name), "program")
    return resolved


def save_policy(book: Book, values: Mapping[str, Any], *, actor: str, segment_id: int | None = None) -> None:
    """Change parts of the firm's policy, or of a segment's; None leaves a part to the firm, and there to the program.

    ValidationError for what a part cannot be, TypeError for a part that is none.
    """
    if unknown := values.keys() - set(PARTS):
        raise TypeError(f"no part of a policy: {', '.join(sorted(unknown))}")
    with change(book, actor, _("Change how reminders are sent")) as made:
        if segment_id is not None:
            segment: Segment = found(made.session, Segment, segment_id, _("The segment"))
            made.summary = _("Change how segment {name} is reminded").format(name=segment.name)
        _check(values)
        row = made.connection.exec_driver_sql(
            "SELECT id FROM dunning_policy WHERE scope = ? AND scope_id = ?", _key(segment_id)
        ).fetchone()
        if row is not None:
            made.update(DunningPolicy, row[0], **values)
            return
        scope, scope_id = _key(segment_id)
        made.insert(DunningPolicy, scope=scope, scope_id=scope_id, **(dict.fromkeys(PARTS) | dict(values)))


def drop_policy(made: Change, segment_id: int) -> None:
    """Take a segment's policy away, within the caller's change."""
    rows = made.connection.exec_driver_sql(
        "SELECT id FROM dunning_policy WHERE scope = ? AND scope_id = ?", _key(segment_id)
    )
    for (key,) in rows.fetchall():
        made.delete(DunningPolicy, key)


def _key(segment_id: int | None) -> tuple[str, int]:
    return (SEGMENT, segment_id) if segment_id else (FIRM, 0)


def _check(values: Mapping[str, Any]) -> None:
    problems = Problems()
    words = {"interest": INTERESTS, "day_count": DAY_COUNTS}
    for name, known in words.items():
        if values.get(name) is not None and values[name] not in known:
            problems.add(name, _("“{word}” is not one of {words}.").format(word=values[name], words=", ".join(known)))
    for name, most in (("minimum", 10**12), ("statements_within", 3650), ("escalate_after", 3650)):
        if values.get(name) is not None and not 0 <= values[name] <= most:
            problems.add(name, _("It must not be below zero, nor above {most}.").format(most=most))
    if values.get("interest_rate") is not None and not 0 <= values["interest_rate"] <= SCALE:
        problems.add("interest_rate", _("The interest must be between 0 and 100 percent a year."))
    problems.raise_any()


def _rows(connection: Connection) -> dict[int, dict[str, Any]]:
    """What each scope says itself, by segment; 0 is the firm."""
    columns = ", ".join(PARTS)
    rows = connection.exec_driver_sql(f"SELECT scope_id, {columns} FROM dunning_policy")
    return {
        row[0]: {
            name: bool(value) if name == "active" else value
            for name, value in zip(PARTS, row[1:], strict=True)
            if value is not None
        }
        for row in rows
    }


def _merged(values: Mapping[str, Any]) -> Policy:
    return Policy(**{name: values.get(name, getattr(PROGRAM, name)) for name in PARTS})
