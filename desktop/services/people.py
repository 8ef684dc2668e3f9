"""Who works with the book, and how much each may credit, write off or approve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select

from db.engine import Book
from db.schema import Client, Draft, Note, Person, RuleSetting
from desktop.domain.access import ROLES
from desktop.i18n import _
from desktop.services.changes import change
from desktop.services.field_checks import check_needed, check_not_negative, check_unique
from desktop.services.problems import Problems
from desktop.services.records import Record, column_values, found, record


def people(book: Book) -> list[Record]:
    """By name; limits in minor units of the firm's currency, None for no limit."""
    with book.reading() as session:
        return [record(row) for row in session.scalars(select(Person).order_by(Person.name))]


def save_person(book: Book, values: Mapping[str, object], *, actor: str, person_id: int | None = None) -> int:
    """Add somebody, or change one. Raises ValidationError."""
    with change(book, actor, _("Change the people")) as made:
        problems = Problems()
        cleaned = column_values(Person, values if person_id else {"name": ""} | dict(values), problems)
        check_needed(cleaned, problems, name=_("Enter the name under which they work."))
        check_unique(made.session, Person.name, cleaned, problems, _("a person"), person_id)
        check_not_negative(cleaned, problems, "credit_limit", "write_off_limit", "approval_limit")
        if cleaned.get("role", "owner") not in ROLES:
            problems.add("role", _("Choose a role: owner, bookkeeper, clerk or reader."))
        if person_id is not None:
            found(made.session, Person, person_id, _("The person"))
        problems.raise_any()
        if person_id is None:
            return made.insert(Person, **cleaned)
        made.update(Person, person_id, **cleaned)
    _follow(book, person_id, cleaned)
    return person_id


def _follow(book: Book, person_id: int, values: Record) -> None:
    """Who changes their own name or role goes on under it."""
    who = book.signed_in
    if who is not None and who.person_id == person_id:
        book.signed_in = replace(who, **{key: values[key] for key in ("name", "role") if key in values})


def remove_person(book: Book, person_id: int, *, actor: str) -> None:
    """What they did stays under their name; their limits are then those of everyone, and nobody looks after what
    waits for them."""
    with change(book, actor, _("Remove a person")) as made:
        found(made.session, Person, person_id, _("The person"))
        for rule_id in made.session.scalars(select(RuleSetting.id).where(RuleSetting.owner_id == person_id)).all():
            made.update(RuleSetting, rule_id, owner_id=None)
        for note_id in made.session.scalars(select(Note.id).where(Note.owner_id == person_id)).all():
            made.update(Note, note_id, owner_id=None)
        for client_id in made.session.scalars(select(Client.id).where(Client.salesperson_id == person_id)).all():
            made.update(Client, client_id, salesperson_id=None)
        waiting = select(Draft.id).where(Draft.owner_id == person_id, Draft.state.in_(("held", "failed")))
        for draft_id in made.session.scalars(waiting).all():
            made.update(Draft, draft_id, owner_id=None)
        made.connection.exec_driver_sql("DELETE FROM passphrase WHERE person_id = ?", (person_id,))
        made.connection.exec_driver_sql("UPDATE sign_in SET person_id = NULL WHERE person_id = ?", (person_id,))
        # Whom a settled draft had waited for says nothing any more, and there may be thousands.
        made.connection.exec_driver_sql("UPDATE draft SET owner_id = NULL WHERE owner_id = ?", (person_id,))
        made.delete(Person, person_id)
