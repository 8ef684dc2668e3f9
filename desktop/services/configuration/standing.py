"""The changes of configuration that the book holds: waiting, decided, in force or rolled back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import ConfigurationChange
from desktop.domain.configuration import RowChange, changes_of
from desktop.errors import UserError
from desktop.i18n import N_, _

_STATES: Final = {
    "proposed": N_("proposed"),
    "accepted": N_("accepted, waits for its day"),
    "applied": N_("in force"),
    "refused": N_("refused"),
    "withdrawn": N_("withdrawn"),
    "rolled_back": N_("rolled back"),
}

_AREAS: Final = {
    "prices": N_("Prices"),
    "taxes": N_("Taxes"),
    "terms": N_("Firm and terms"),
    "templates": N_("Templates"),
    "rules": N_("Rules of the gate"),
    "segments": N_("Segments"),
    "currencies": N_("Currencies"),
    "reminders": N_("Reminders"),
    "ledger": N_("Ledger"),
}


def state_word(state: str) -> str:
    return _(_STATES[state])


def area_word(area: str) -> str:
    """What people call a part of the configuration."""
    return _(_AREAS[area])


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of configuration. Times are UTC text; `impact` is what was shown at its acceptance, as JSON text."""

    id: int
    number: str
    subject: str
    summary: str
    reason: str
    from_day: date
    state: str
    proposed_by: str
    proposed_at: str
    decided_by: str
    decided_at: str
    decision: str
    changes: tuple[RowChange, ...]
    impact: str
    applied_set_id: int | None
    rolled_back_set_id: int | None

    @property
    def state_word(self) -> str:
        return state_word(self.state)

    @property
    def area_word(self) -> str:
        return area_word(self.subject)


def proposals(book: Book, *, states: Collection[str] = ()) -> list[Proposal]:
    """The newest first; of these states only, where any are named."""
    query = select(ConfigurationChange).order_by(ConfigurationChange.id.desc())
    if states:
        query = query.where(ConfigurationChange.state.in_(states))
    with book.reading() as session:
        return [_proposal(row) for row in session.scalars(query)]


def proposal(book: Book, number: str) -> Proposal:
    """By its number; UserError where there is none."""
    with book.reading() as session:
        return _proposal(row_named(session, number))


def row_named(session: Session, number: str) -> ConfigurationChange:
    """The row by its number, whatever case it is written in; UserError where there is none."""
    row = session.scalar(select(ConfigurationChange).where(ConfigurationChange.number == number.strip().upper()))
    if row is None:
        known = session.scalars(
            select(ConfigurationChange.number).order_by(ConfigurationChange.id.desc()).limit(5)
        ).all()
        raise UserError(
            _("There is no change of configuration {number} in this book.").format(number=number),
            _("There are: {names}.").format(names=", ".join(known)) if known else _("None was proposed yet."),
        )
    return row


def due(connection: Connection, day: date) -> Sequence[int]:
    """Ids of the accepted changes whose day has come, in the order in which they count."""
    rows = connection.exec_driver_sql(
        "SELECT id FROM configuration_change WHERE state = 'accepted' AND from_day <= ? ORDER BY from_day, id",
        (day.isoformat(),),
    )
    return [int(row[0]) for row in rows]


def _proposal(row: ConfigurationChange) -> Proposal:
    return Proposal(
        row.id,
        row.number,
        row.subject,
        row.summary,
        row.reason,
        row.from_day,
        row.state,
        row.proposed_by,
        row.proposed_at,
        row.decided_by or "",
        row.decided_at or "",
        row.decision,
        changes_of(row.changes),
        row.impact or "",
        row.applied_set_id,
        row.rolled_back_set_id,
    )
