"""A billing run: its outcomes, drafts and findings, and what it charged."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.schema.base import Amount, Base, Id, Quantity, words


class Run(Base):
    """One billing run. `scope` is JSON; `manual` runs hold a single invoice made by hand."""

    __tablename__ = "run"
    __table_args__ = (
        words("kind", "billing", "manual"),
        words("state", "planning", "review", "issuing", "done", "discarded"),
    )
    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(default="billing")
    state: Mapped[str]
    through: Mapped[date]
    issue_date: Mapped[date]
    scope: Mapped[str] = mapped_column(default="{}")
    actor: Mapped[str]
    started_at: Mapped[str]
    finished_at: Mapped[str | None]


class Draft(Base):
    """An invoice before its number. `body` is JSON: header, lines and sources; amounts in minor units.

    `previous_net` is that of the agreement's last invoice. `owner_id` is who looks at it before `due_at` (UTC text);
    `seconded_by` is the second person where one approval is not enough.
    State: ready (nothing stands against it), held (waits for a person), approved, issued, discarded, failed.
    """

    __tablename__ = "draft"
    __table_args__ = (
        words("state", "ready", "held", "approved", "issued", "discarded", "failed"),
        words("severity", "block", "hold", "note", nullable=True),
        words("kind", "invoice", "deposit", "final"),
    )
    id: Mapped[Id]
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    kind: Mapped[str] = mapped_column(default="invoice")
    state: Mapped[str]
    severity: Mapped[str | None]
    currency: Mapped[str]
    net: Mapped[Amount]
    tax: Mapped[Amount]
    gross: Mapped[Amount]
    rounding: Mapped[Amount] = mapped_column(default=0)
    previous_net: Mapped[Amount | None]
    fingerprint: Mapped[str]
    body: Mapped[str]
    edited: Mapped[bool] = mapped_column(default=False)
    decided_by: Mapped[str | None]
    decided_at: Mapped[str | None]
    decision_note: Mapped[str] = mapped_column(default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due_at: Mapped[str | None]
    seconded_by: Mapped[str | None]
    error: Mapped[str] = mapped_column(default="")
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)


class Outcome(Base):
    """What a run did with one agreement; no agreement for one-off charges of a client. Open ones reserve it."""

    __tablename__ = "outcome"
    __table_args__ = (
        words("state", "ready", "held", "issued", "skipped", "failed"),
        Index("ix_outcome_run_agreement", "run_id", "agreement_id", unique=True),
        Index(
            "ix_outcome_reserved",
            "agreement_id",
            unique=True,
            sqlite_where=text("(state = 'ready' OR state = 'held' OR state = 'failed') AND draft_id IS NOT NULL"),
        ),
        Index("ix_outcome_agreement", "agreement_id"),
    )
    id: Mapped[Id]
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    state: Mapped[str]
    reason_code: Mapped[str] = mapped_column(default="")
    reason: Mapped[str]
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("draft.id"), index=True)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)


class Finding(Base):
    """One thing a rule found about a draft; `field` names what mends it (`client:12:tax_id`)."""

    __tablename__ = "finding"
    __table_args__ = (words("severity", "block", "hold", "note"),)
    id: Mapped[Id]
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id"), index=True)
    code: Mapped[str]
    severity: Mapped[str]
    message: Mapped[str]
    remedy: Mapped[str]
    field: Mapped[str] = mapped_column(default="")
    approved: Mapped[bool] = mapped_column(default=False)


class Charge(Base):
    """One thing charged for one span: the proof that nothing is billed twice. Half-open span; amount is net.

    Exactly one source: an agreement line (recurring, usage), a time entry, a one-off, a milestone, a commitment, or,
    of days credited because they were not used, the charge that they were charged by. `reversed_by` is the document
    that freed it: a credit note, or the invoice that credits unused days; what of such a charge stays is charged anew
    as `part_of_id` it. `mark` is the highest usage id that a charge of usage counts.
    """

    __tablename__ = "charge"
    __table_args__ = (
        words("kind", "recurring", "time", "one_off", "usage", "milestone", "commitment", "unused"),
        CheckConstraint("period_end > period_start", name="span"),
        # By the end first, so that the trigger against overlaps finds its few candidates in the same index.
        Index(
            "ix_charge_once",
            "agreement_line_id",
            "period_end",
            "period_start",
            "sequence",
            unique=True,
            sqlite_where=text("reversed_by IS NULL AND kind = 'recurring'"),
        ),
        Index(
            "ix_charge_time_once",
            "time_entry_id",
            unique=True,
            sqlite_where=text("reversed_by IS NULL AND time_entry_id IS NOT NULL"),
        ),
        Index(
            "ix_charge_one_off_once",
            "one_off_id",
            unique=True,
            sqlite_where=text("reversed_by IS NULL AND one_off_id IS NOT NULL"),
        ),
        Index(
            "ix_charge_usage_once",
            "agreement_line_id",
            "period_start",
            "period_end",
            "sequence",
            unique=True,
            sqlite_where=text("reversed_by IS NULL AND kind = 'usage'"),
        ),
        Index(
            "ix_charge_milestone_once",
            "milestone_id",
            unique=True,
            sqlite_where=text("reversed_by IS NULL AND milestone_id IS NOT NULL"),
        ),
        Index(
            "ix_charge_commitment_once",
            "commitment_id",
            "sequence",
            unique=True,
            sqlite_where=text("reversed_by IS NULL AND commitment_id IS NOT NULL"),
        ),
        Index(
            "ix_charge_unused_once",
            "credits_id",
            "period_start",
            unique=True,
            sqlite_where=text("credits_id IS NOT NULL"),
        ),
        Index("ix_charge_part", "part_of_id", sqlite_where=text("part_of_id IS NOT NULL")),
        Index(
            "ix_charge_time_agreement",
            "agreement_id",
            "amount",
            sqlite_where=text("reversed_by IS NULL AND kind = 'time'"),
        ),
        Index("ix_charge_invoice", "invoice_id", "position"),
    )
    id: Mapped[Id]
    kind: Mapped[str]
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"))
    agreement_line_id: Mapped[int | None] = mapped_column(ForeignKey("agreement_line.id"))
    time_entry_id: Mapped[int | None] = mapped_column(ForeignKey("time_entry.id"))
    one_off_id: Mapped[int | None] = mapped_column(ForeignKey("one_off.id"))
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id"))
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitment.id"))
    credits_id: Mapped[int | None] = mapped_column(ForeignKey("charge.id"))
    part_of_id: Mapped[int | None] = mapped_column(ForeignKey("charge.id"))
    period_start: Mapped[date]
    period_end: Mapped[date]
    sequence: Mapped[int] = mapped_column(default=0)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    position: Mapped[int]
    quantity: Mapped[Quantity]
    amount: Mapped[Amount]
    mark: Mapped[int] = mapped_column(default=0)
    reversed_by: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
