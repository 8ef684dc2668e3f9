"""Control over the book: who signs in, changes of configuration that wait, and what the law had erased."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.schema.base import Base, Id, words

ROLES = ("owner", "bookkeeper", "clerk", "reader")


class Passphrase(Base):
    """Of one person, as Argon2id writes it (PHC string); apart from the person so that the log never holds it."""

    __tablename__ = "passphrase"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    hash: Mapped[str]
    set_at: Mapped[str]
    must_change: Mapped[bool] = mapped_column(default=False)


class SignIn(Base):
    """Who came in, or was refused, and when (UTC text); `place` is the computer's name."""

    __tablename__ = "sign_in"
    __table_args__ = (words("outcome", "in", "refused", "out"), Index("ix_sign_in_at", "at"))
    id: Mapped[Id]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str]
    at: Mapped[str]
    outcome: Mapped[str]
    place: Mapped[str] = mapped_column(default="")


class ConfigurationChange(Base):
    """A change of prices, taxes, terms, templates or rules: proposed, looked at, accepted, in force from a day.

    `changes` is JSON: a list of {table, id, action, before, after}. `impact` is JSON: what the next run would do
    otherwise, as it was shown to whoever accepted it.
    """

    __tablename__ = "configuration_change"
    __table_args__ = (
        words("state", "proposed", "accepted", "applied", "refused", "withdrawn", "rolled_back"),
        Index("ix_configuration_change_state", "state", "from_day"),
    )
    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    subject: Mapped[str]
    summary: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    from_day: Mapped[date]
    changes: Mapped[str]
    impact: Mapped[str | None]
    state: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[str]
    decided_by: Mapped[str | None]
    decided_at: Mapped[str | None]
    decision: Mapped[str] = mapped_column(default="")
    applied_set_id: Mapped[int | None] = mapped_column(ForeignKey("change_set.id"))
    rolled_back_set_id: Mapped[int | None] = mapped_column(ForeignKey("change_set.id"))


class Erasure(Base):
    """One person's data erased as the law asks: why, by whom; `counts` is JSON, rows by table."""

    __tablename__ = "erasure"
    __table_args__ = (words("kind", "request", "retention"),)
    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    reason: Mapped[str]
    counts: Mapped[str]
    at: Mapped[str]
    actor: Mapped[str]


class ErasedRow(Base):
    """Columns of a row that an erasure emptied; `columns` is JSON. What they held is nowhere in the book."""

    __tablename__ = "erased_row"
    __table_args__ = (Index("ix_erased_row_place", "table_name", "row_id"),)
    id: Mapped[Id]
    erasure_id: Mapped[int] = mapped_column(ForeignKey("erasure.id"), index=True)
    table_name: Mapped[str]
    row_id: Mapped[int]
    columns: Mapped[str]
