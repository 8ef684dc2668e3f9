"""The dunning levels of the firm and of segments: days, words, channel, fee, and whether interest is asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from db.schema import DunningLevel, Segment
from desktop.domain.delivery import CHANNELS
from desktop.domain.dunning.levels import Step
from desktop.domain.template import FIELDS, fields_of, half_fields_of
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.changes import Change, change
from desktop.services.dunning.policies import FIRM, SEGMENT
from desktop.services.letters.cover import LONGEST_TEXT
from desktop.services.problems import Problems
from desktop.services.records import found

EARLIEST: Final = -90
LATEST: Final = 3650
MOST_LEVELS: Final = 9


@dataclass(frozen=True, slots=True)
class Level:
    """One dunning level, reached `days` after the due date, below zero before it. Its letter asks for the money within
    `days_to_pay`.

    `level` is its number, which it keeps; numbers rise with the days, and 1 is the first after the due date where the
    program's own levels were the beginning. `fee` in the firm's minor units. `channel` is of CHANNELS, or empty for the
    client's own way. `texts` is language -> what the letter says in place of the program's words; "" serves every
    language.
    """

    level: int
    name: str
    days: int
    days_to_pay: int = 7
    channel: str = ""
    fee: int = 0
    interest: bool = False
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def step(self) -> Step:
        return Step(self.level, self.days)


def program_levels() -> tuple[Level, ...]:
    """The levels until the firm has its own: days 7, 14 and 28 after the due date, seven days to pay, without a fee;
    interest from the second on, where the policy asks for any."""
    return (
        Level(1, _("Payment reminder"), 7),
        Level(2, _("Second reminder"), 14, interest=True),
        Level(3, _("Final reminder"), 28, interest=True),
    )


def levels_of(connection: Connection) -> Mapping[int | None, tuple[Level, ...]]:
    """The levels of each segment that has its own, and under None the firm's, or the program's, for everyone else."""
    rows = connection.exec_driver_sql(
        """SELECT scope_id, level, name, days, days_to_pay, coalesce(channel, ''), fee, interest, texts
        FROM dunning_level ORDER BY scope_id, days, level"""
    )
    sets: dict[int | None, list[Level]] = {}
    for scope_id, number, name, days, days_to_pay, channel, fee, interest, texts in rows:
        level = Level(number, name, days, days_to_pay, channel, fee, bool(interest), json.loads(texts))
        sets.setdefault(scope_id or None, []).append(level)
    return {None: program_levels()} | {scope: tuple(some) for scope, some in sets.items()}


def levels(book: Book, segment_id: int | None = None) -> tuple[Level, ...]:
    """The levels as they count for a segment, or for the firm; the earliest first."""
    with book.reading() as session:
        known = levels_of(session.connection())
    return known.get(segment_id, known[None])


def has_own_levels(book: Book, segment_id: int | None = None) -> bool:
    """Whether the segment, or the firm, has levels of its own."""
    with book.reading() as session:
        return bool(_own(session.connection(), segment_id))


def save_levels(book: Book, wanted: Sequence[Level], *, actor: str, segment_id: int | None = None) -> tuple[Level, ...]:
    """Set all levels of a segment, or of the firm; as they are kept. No levels at all leave it to the firm, and there
    to the program.

    A level keeps its number by its place among those with known numbers; a new one (number 0 or unknown) is put where
    its days belong, and what items were reminded at moves with the numbers of the others, so that nobody gets a letter
    twice. ValidationError, fields `levels.0.days` and the like, for what a level cannot be.
    """
    # What follows the numbers is many rows, which nothing would bring back in their order.
    with change(
        book, actor, _("Change the levels of reminders"), undoable=not _moves(book, wanted, segment_id)
    ) as made:
        if segment_id is not None:
            segment: Segment = found(made.session, Segment, segment_id, _("The segment"))
            made.summary = _("Change the levels of reminders of segment {name}").format(name=segment.name)
        _check(wanted)
        standing = _own(made.connection, segment_id)
        before = {level.level: level for level in levels_of(made.connection).get(segment_id, program_levels())}
        numbered, moved = _numbered(sorted(wanted, key=lambda one: one.days), before)
        scope, scope_id = (SEGMENT, segment_id) if segment_id else (FIRM, 0)
        for key in standing.values():
            made.delete(DunningLevel, key)
        for level in numbered:
            made.insert(
                DunningLevel,
                scope=scope,
                scope_id=scope_id,
                level=level.level,
                name=level.name.strip(),
                days=level.days,
                days_to_pay=level.days_to_pay,
                channel=level.channel or None,
                fee=level.fee,
                interest=level.interest,
                texts=json.dumps(
                    {key: text.strip() for key, text in level.texts.items() if text.strip()},
                    ensure_ascii=False,
                    sort_keys=True,
                ),
            )
        _move(made, moved, segment_id)
        return tuple(numbered)


def _moves(book: Book, wanted: Sequence[Level], segment_id: int | None) -> bool:
    """Whether numbers of levels change by it that something was reminded at."""
    with book.reading() as session:
        connection = session.connection()
        before = {level.level: level for level in levels_of(connection).get(segment_id, program_levels())}
        used = connection.exec_driver_sql("SELECT EXISTS (SELECT 1 FROM reminder)").scalar_one()
    return bool(used and _numbered(sorted(wanted, key=lambda one: one.days), before)[1])


def drop_levels(made: Change, segment_id: int) -> None:
    """Take a segment's levels away, within the caller's change."""
    for key in _own(made.connection, segment_id).values():
        made.delete(DunningLevel, key)


def _own(connection: Connection, segment_id: int | None) -> dict[int, int]:
    """Number -> key of the rows of a scope."""
    scope, scope_id = (SEGMENT, segment_id) if segment_id else (FIRM, 0)
    rows = connection.exec_driver_sql(
        "SELECT level, id FROM dunning_level WHERE scope = ? AND scope_id = ?", (scope, scope_id)
    )
    return {row[0]: row[1] for row in rows}


def _check(wanted: Sequence[Level]) -> None:
    problems = Problems()
    if len(wanted) > MOST_LEVELS:
        raise UserError(
            _("{count} levels are too many; {most} are the most.").format(count=len(wanted), most=MOST_LEVELS),
            _("Take some away."),
        )
    days: set[int] = set()
    for place, level in enumerate(wanted):
        at = f"levels.{place}"
        if not level.name.strip():
            problems.add(f"{at}.name", _("A level needs a name."))
        if not EARLIEST <= level.days <= LATEST:
            problems.add(
                f"{at}.days", _("The days must be between {least} and {most}.").format(least=EARLIEST, most=LATEST)
            )
        if level.days in days:
            problems.add(f"{at}.days", _("Two levels cannot begin on the same day."))
        days.add(level.days)
        if not 0 <= level.days_to_pay <= 365:
            problems.add(f"{at}.days_to_pay", _("The days to pay must be between 0 and 365."))
        if level.channel and level.channel not in CHANNELS:
            problems.add(
                f"{at}.channel",
                _("“{word}” is not one of {words}.").format(word=level.channel, words=", ".join(CHANNELS)),
            )
        if level.fee < 0:
            problems.add(f"{at}.fee", _("A fee below zero cannot be asked for."))
        elif level.fee and level.days <= 0:
            problems.add(f"{at}.fee", _("Nobody owes a fee before the money is overdue."))
        for text in level.texts.values():
            _check_text(f"{at}.texts", text, problems)
    problems.raise_any()


def _check_text(where: str, text: str, problems: Problems) -> None:
    if len(text) > LONGEST_TEXT:
        problems.add(
            where,
            _("The text is {length} characters long; {most} are the most.").format(length=len(text), most=LONGEST_TEXT),
        )
    for name in fields_of(text):
        if name not in FIELDS:
            problems.add(where, _("There is no field “{field}”.").format(field="{" + name + "}"))
    for half in half_fields_of(text):
        problems.add(where, _("“{text}” lacks one of its two braces.").format(text=half))


def _numbered(ordered: Sequence[Level], before: Mapping[int, Level]) -> tuple[list[Level], dict[int, int]]:
    """The levels with rising numbers, and what became of old numbers.

    A level that was known keeps its number where the order allows; a new one takes a free number before the first, or
    pushes those after it up.
    """
    numbered: list[Level] = []
    moved: dict[int, int] = {}
    known = [one.level if one.level in before else None for one in ordered]
    # What changed places by its days is no longer the level that items were reminded at.
    highest = None
    for place, number in enumerate(known):
        if number is not None and (highest is None or number > highest):
            highest = number
        else:
            known[place] = None
    first = next((place for place, number in enumerate(known) if number is not None), None)
    last: int | None = None
    for place, (level, number) in enumerate(zip(ordered, known, strict=True)):
        if number is not None:
            kept = number if last is None else max(number, last + 1)
            if kept != number:
                moved[number] = kept
        elif first is not None and place < first:
            lead = known[first]
            assert lead is not None
            kept = lead - (first - place)
        elif last is None:
            kept = 1 - sum(one.days < 0 for one in ordered)
        else:
            kept = last + 1
        numbered.append(replace(level, level=kept))
        last = kept
    return numbered, moved


def _move(made: Change, moved: Mapping[int, int], segment_id: int | None) -> None:
    """Let what items were reminded at follow the numbers, the highest first: no item has a number twice meanwhile."""
    who = (
        "c.segment_id = :segment"
        if segment_id
        else (
            "(c.segment_id IS NULL OR c.segment_id NOT IN (SELECT scope_id FROM dunning_level WHERE scope = 'segment'))"
        )
    )
    reminders = f"SELECT r.id FROM reminder r JOIN client c ON c.id = r.client_id WHERE {who}"
    for old in sorted(moved, reverse=True):
        given: dict[str, Any] = {"new": moved[old], "old": old, "segment": segment_id}
        made.connection.exec_driver_sql(
            f"UPDATE reminder_item SET level = :new WHERE level = :old AND reminder_id IN ({reminders})", given
        )
        made.connection.exec_driver_sql(
            f"UPDATE reminder SET level = :new WHERE level = :old AND id IN ({reminders})", given
        )
