"""Who is reminded when, in which words, at which price; and what each reminder run did."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.schema.base import Amount, Base, Id, Quantity, words
from desktop.domain.dunning.words import CLAIM_STATES, DAY_COUNTS, INTERESTS, REMINDER_STATES


class DunningPolicy(Base):
    """How a segment, or the firm, reminds; null leaves a part to the firm, and there to the program.

    `minimum` in the firm's minor units: below it nobody is reminded. `interest_rate` is a fraction a year times 10**6,
    for fixed interest. Bank statements must reach the day of the run less `statements_within` days; null asks for none.
    `escalate_after` days after the last level a client is on the list of those to escalate.
    """

    __tablename__ = "dunning_policy"
    __table_args__ = (
        words("scope", "firm", "segment"),
        words("interest", *INTERESTS, nullable=True),
        words("day_count", *DAY_COUNTS, nullable=True),
        UniqueConstraint("scope", "scope_id"),
    )
    id: Mapped[Id]
    scope: Mapped[str]
    scope_id: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool | None]
    minimum: Mapped[Amount | None]
    interest: Mapped[str | None]
    interest_rate: Mapped[Quantity | None]
    day_count: Mapped[str | None]
    statements_within: Mapped[int | None]
    escalate_after: Mapped[int | None]


class DunningLevel(Base):
    """One dunning level: `days` after the due date, below zero for a notice before it. A segment with levels of its
    own has none of the firm's.

    `fee` in the firm's minor units. `texts` is JSON, language -> what the letter says in place of the program's words;
    the key "" serves every language. Without a channel it goes as the client's documents do.
    """

    __tablename__ = "dunning_level"
    __table_args__ = (words("scope", "firm", "segment"), UniqueConstraint("scope", "scope_id", "level"))
    id: Mapped[Id]
    scope: Mapped[str]
    scope_id: Mapped[int] = mapped_column(default=0)
    level: Mapped[int]
    name: Mapped[str]
    days: Mapped[int]
    days_to_pay: Mapped[int]
    channel: Mapped[str | None]
    fee: Mapped[Amount] = mapped_column(default=0)
    interest: Mapped[bool] = mapped_column(default=False)
    texts: Mapped[str] = mapped_column(default="{}")


class InterestRate(Base):
    """Interest for late payment that the law of a country sets, a fraction a year times 10**6, from a day on.

    It goes before what the program knows. `who` is the debtor: a business or a consumer.
    """

    __tablename__ = "interest_rate"
    __table_args__ = (words("who", "business", "consumer"), UniqueConstraint("country", "who", "valid_from"))
    id: Mapped[Id]
    country: Mapped[str]
    who: Mapped[str]
    valid_from: Mapped[date]
    rate: Mapped[Quantity]


class DunningHold(Base):
    """No reminders for a client, or for one invoice, from a day on; until a day, or until it is released."""

    __tablename__ = "dunning_hold"
    id: Mapped[Id]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    since: Mapped[date]
    until: Mapped[date | None]
    reason: Mapped[str]
    released_on: Mapped[date | None]


class ReminderRun(Base):
    """One reminder run, named M-2026-0007; `overrides` says why it went although bank statements were missing."""

    __tablename__ = "reminder_run"
    __table_args__ = (words("state", "planned", "sent", "cancelled"),)
    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    as_of: Mapped[date]
    state: Mapped[str]
    overrides: Mapped[str] = mapped_column(default="")
    planned_at: Mapped[str]
    sent_at: Mapped[str | None]
    actor: Mapped[str]


class Reminder(Base):
    """One letter of a run: what one client is asked for in one currency, or why it is not. Minor units of `currency`.

    `amount` is asked for without fee and interest; `credit` was taken off it. `reason` is a stored sentence. What it
    asks for fee and interest is a `claim` until somebody waives it, or bills it by the run `claim_run_id`.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        words("state", *REMINDER_STATES),
        words("claim", *CLAIM_STATES),
        UniqueConstraint("run_id", "client_id", "currency"),
        Index("ix_reminder_client", "client_id"),
    )
    id: Mapped[Id]
    run_id: Mapped[int] = mapped_column(ForeignKey("reminder_run.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    currency: Mapped[str]
    level: Mapped[int]
    amount: Mapped[Amount]
    disputed: Mapped[Amount] = mapped_column(default=0)
    credit: Mapped[Amount] = mapped_column(default=0)
    fee: Mapped[Amount] = mapped_column(default=0)
    interest: Mapped[Amount] = mapped_column(default=0)
    pay_by: Mapped[date]
    channel: Mapped[str] = mapped_column(default="")
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str | None]
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"))
    sent_at: Mapped[str | None]
    claim: Mapped[str] = mapped_column(default="")
    claim_run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))


class ReminderItem(Base):
    """One item that a reminder names, at the level that it reached with it; days past due, below zero before it.

    While `stands` no other reminder names the same item at the same level.
    """

    __tablename__ = "reminder_item"
    __table_args__ = (
        CheckConstraint("open > 0", name="above_zero"),
        Index("ix_reminder_item_reminder", "reminder_id"),
        Index("uq_reminder_item_once", "open_item_id", "level", unique=True, sqlite_where=text("stands = 1")),
    )
    id: Mapped[Id]
    reminder_id: Mapped[int] = mapped_column(ForeignKey("reminder.id"))
    open_item_id: Mapped[int] = mapped_column(ForeignKey("open_item.id"))
    level: Mapped[int]
    days: Mapped[int]
    open: Mapped[Amount]
    disputed: Mapped[Amount] = mapped_column(default=0)
    interest: Mapped[Amount] = mapped_column(default=0)
    stands: Mapped[bool] = mapped_column(default=True)
