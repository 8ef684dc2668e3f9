"""Accepts and refuses proposed changes, and writes the accepted ones when their day has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from db.engine import Book
from db.guard import refuse_without_right
from db.schema import ConfigurationChange
from desktop.domain.configuration import changes_of, own_day
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.services.access.second_pair import needs_second_within
from desktop.services.access.standing_in import on_behalf
from desktop.services.change_sets import Change
from desktop.services.changes import change
from desktop.services.configuration.proposing import refuse_decided
from desktop.services.configuration.replaying import replay
from desktop.services.configuration.standing import due, row_named


@dataclass(frozen=True, slots=True)
class Applied:
    """What came into force, and what could not: numbers, the latter each with the sentence that says why."""

    numbers: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]


def accept(book: Book, number: str, *, actor: str, today: date, note: str = "", impact: str = "") -> bool:
    """Accept a proposal; whether it is in force at once, since its day has come or its rows carry their own.

    `impact` is what was shown of the next run, as JSON text. Raises UserError where it is decided already, does not fit
    the book any more, or a second person has to accept it.
    """
    _refuse_unless_configuring(book)
    with change(book, actor, _("Accept a change")) as made:
        row = row_named(made.session, number)
        refuse_decided(row, "proposed")
        if row.proposed_by == made.actor and needs_second_within(made.connection, "configuration", actor=made.actor):
            raise UserError(
                _("{number} was proposed by {name}: another person has to accept it.").format(
                    number=row.number, name=made.actor
                ),
                _("Ask somebody else who may configure the book. The rule stands under Settings, People."),
            )
        changes = changes_of(row.changes)
        decided = {"decided_by": made.actor, "decided_at": made.at, "decision": note.strip(), "impact": impact or None}
        if row.from_day > today and own_day(changes) is None:
            made.update(ConfigurationChange, row.id, state="accepted", **decided)
            made.summary = _("Accept {number} from {day}: {summary}").format(
                number=row.number, day=date_text(row.from_day), summary=row.summary
            )
            return False
        made.decided = True
        replay(made, changes)
        made.update(ConfigurationChange, row.id, state="applied", applied_set_id=made.id, **decided)
        made.summary = _("Accept {number}: {summary}").format(number=row.number, summary=row.summary)
        return True


def refuse(book: Book, number: str, *, actor: str, note: str = "") -> None:
    """Refuse a proposal and say why. UserError where it is decided already."""
    _refuse_unless_configuring(book)
    with change(book, actor, _("Refuse a change")) as made:
        row = row_named(made.session, number)
        refuse_decided(row, "proposed")
        made.update(
            ConfigurationChange,
            row.id,
            state="refused",
            decided_by=made.actor,
            decided_at=made.at,
            decision=note.strip(),
        )
        made.summary = _("Refuse {number}: {summary}").format(number=row.number, summary=row.summary)


def apply_due(book: Book, *, today: date) -> Applied:
    """Bring every accepted change into force whose day has come, each as a change set of its own.

    It acts by the right of whoever accepted the change. One that does not fit any more stays accepted, and says why.
    """
    with book.reading() as session:
        waiting = due(session.connection(), today)
    done: list[str] = []
    failed: list[tuple[str, str]] = []
    for key in waiting if not book.read_only else ():
        with book.reading() as session:
            row = session.get_one(ConfigurationChange, key)
            number, actor = row.number, row.decided_by or row.proposed_by
        try:
            _apply(on_behalf(book, actor), key, actor)
            done.append(number)
        except UserError as error:
            failed.append((number, str(error)))
    return Applied(tuple(done), tuple(failed))


def _apply(book: Book, key: int, actor: str) -> None:
    with change(book, actor, _("Bring a change into force")) as made:
        row = made.session.get_one(ConfigurationChange, key)
        if row.state == "accepted":
            apply_within(made, row)
            made.summary = _("Bring {number} into force: {summary}").format(number=row.number, summary=row.summary)


def apply_within(made: Change, row: ConfigurationChange) -> None:
    """Write the rows of a change within the caller's transaction. UserError where it does not fit any more."""
    made.decided = True
    replay(made, changes_of(row.changes))
    made.update(ConfigurationChange, row.id, state="applied", applied_set_id=made.id)


def _refuse_unless_configuring(book: Book) -> None:
    """A proposal may come from anybody who works with the book; deciding on it is configuring."""
    refuse_without_right(book.signed_in, "configure")
