"""Who did what and when: change sets that can be undone, and a chain of events that cannot be edited unnoticed."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.schema.base import Base, Id


class ChangeSet(Base):
    """What one use case changed, undone as one; `undone_by` is the change set that took it back."""

    __tablename__ = "change_set"
    id: Mapped[Id]
    at: Mapped[str]
    actor: Mapped[str]
    summary: Mapped[str]
    undoable: Mapped[bool]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("change_set.id"))


class AuditEvent(Base):
    """One link of the chain: hash = SHA-256 over the previous hash, these fields and the payload's salted hash."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject", "subject", "subject_id"),)
    id: Mapped[Id]
    change_set_id: Mapped[int] = mapped_column(ForeignKey("change_set.id"), index=True)
    at: Mapped[str]
    actor: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[int | None]
    action: Mapped[str]
    payload_hash: Mapped[str]
    previous_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)


class AuditPayload(Base):
    """Before and after of an event as JSON; apart from the chain, so that the law may have it erased.

    An erasure empties salt, before and after of a row and names itself there.
    """

    __tablename__ = "audit_payload"
    event_id: Mapped[int] = mapped_column(ForeignKey("audit_event.id"), primary_key=True)
    salt: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]
    erasure_id: Mapped[int | None] = mapped_column(ForeignKey("erasure.id"))
