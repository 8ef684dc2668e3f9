"""The general ledger: chart of accounts, which account takes what, revenue to recognise, and closed periods."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.schema.base import Amount, Base, Id, words

ACCOUNT_KINDS = ("income", "asset", "liability", "equity", "expense")
RECOGNITIONS = ("daily", "monthly", "completion")


class Account(Base):
    """An account of the chart; `number` as the accountant writes it."""

    __tablename__ = "account"
    __table_args__ = (words("kind", *ACCOUNT_KINDS),)
    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)


class AccountRule(Base):
    """Which account takes postings of a name, such as revenue.S.19 or bank.2, booked from a date on.

    Dated, so that a new chart leaves closed periods as they were.
    """

    __tablename__ = "account_rule"
    __table_args__ = (UniqueConstraint("name", "valid_from"),)
    id: Mapped[Id]
    name: Mapped[str]
    valid_from: Mapped[date]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))


class RecognitionSchedule(Base):
    """Revenue of an issued line that waits for its service, `[start, end)`; amounts in minor units, net, signed.

    A credit note has schedules of its own, of the other sign, that name those which they correct. Without `end` the
    milestone's completion decides.
    """

    __tablename__ = "recognition_schedule"
    __table_args__ = (
        words("method", *RECOGNITIONS),
        CheckConstraint('"end" IS NULL OR "end" > start', name="in_order"),
        Index("ix_recognition_schedule_invoice", "invoice_id"),
        Index("ix_recognition_schedule_corrects", "corrects_id", sqlite_where=text("corrects_id IS NOT NULL")),
    )
    id: Mapped[Id]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    invoice_line_id: Mapped[int] = mapped_column(ForeignKey("invoice_line.id"))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("recognition_schedule.id"))
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id"))
    method: Mapped[str]
    start: Mapped[date]
    end: Mapped[date | None]
    currency: Mapped[str]
    amount: Mapped[Amount]
    firm_amount: Mapped[Amount | None]


class Closing(Base):
    """Books closed through a day, that day included; `checklist` is JSON: what was looked at, and what was passed over.

    `head` is the log's at the moment, `digest` that of the journal through the day. Reopening keeps the row.
    """

    __tablename__ = "closing"
    id: Mapped[Id]
    through: Mapped[date]
    closed_at: Mapped[str]
    actor: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    checklist: Mapped[str]
    head: Mapped[str]
    digest: Mapped[str]
    reopened_at: Mapped[str | None]
    reopened_by: Mapped[str | None]
    reason: Mapped[str | None]
