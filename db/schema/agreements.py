"""Contracts and what waits to be billed under them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.schema.base import Amount, Base, Id, Quantity, words


class Agreement(Base):
    """A contract with a client. Dates are half-open: `end_date` and `charged_through` are first days no longer in.

    `cap` limits what its time lines bill in all, minor units. `deposits` says when deposits received are deducted.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        words("every_unit", "day", "week", "month", "year"),
        words("alignment", "calendar", "anniversary", "bcd"),
        words("timing", "advance", "arrears"),
        words("billing", "recurring", "time", "fixed", "hybrid"),
        words("grouping", "entry", "item", "person", "day"),
        words("deposits", "next", "final"),
        CheckConstraint("every_count > 0", name="every_positive"),
        CheckConstraint("end_date IS NULL OR end_date > start_date", name="end_after_start"),
        CheckConstraint("bill_day IS NULL OR bill_day BETWEEN 1 AND 31", name="bill_day"),
    )
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segment.id"), index=True)
    billing: Mapped[str]
    currency: Mapped[str]
    every_count: Mapped[int] = mapped_column(default=1)
    every_unit: Mapped[str] = mapped_column(default="month")
    alignment: Mapped[str] = mapped_column(default="calendar")
    anchor: Mapped[date]
    bill_day: Mapped[int | None]
    timing: Mapped[str] = mapped_column(default="arrears")
    fixed_30: Mapped[bool] = mapped_column(default=False)
    start_date: Mapped[date]
    end_date: Mapped[date | None]
    trial_until: Mapped[date | None]
    charged_through: Mapped[date | None]
    grouping: Mapped[str] = mapped_column(default="item")
    cap: Mapped[Amount | None]
    deposits: Mapped[str] = mapped_column(default="next")
    is_final: Mapped[bool] = mapped_column(default=False)
    po_number: Mapped[str] = mapped_column(default="")
    po_limit: Mapped[Amount | None]
    po_expires: Mapped[date | None]
    buyer_reference: Mapped[str] = mapped_column(default="")
    terms: Mapped[str | None]
    delivery: Mapped[str | None]
    template_id: Mapped[int | None] = mapped_column(ForeignKey("template.id"))
    discount: Mapped[Quantity] = mapped_column(default=0)
    discount_reason: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("file.id"))
    signed_on: Mapped[date | None]
    active: Mapped[bool] = mapped_column(default=True)
    digest: Mapped[str] = mapped_column(default="")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))


class AgreementLine(Base):
    """One thing that an agreement bills; a null price is the rate card's."""

    __tablename__ = "agreement_line"
    __table_args__ = (
        UniqueConstraint("agreement_id", "position"),
        words("kind", "recurring", "time"),
        CheckConstraint("end_date IS NULL OR start_date IS NULL OR end_date > start_date", name="end_after_start"),
    )
    id: Mapped[Id]
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[str]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), index=True)
    description: Mapped[str] = mapped_column(default="")
    quantity: Mapped[Quantity]
    unit_price: Mapped[Quantity | None]
    discount: Mapped[Quantity] = mapped_column(default=0)
    start_date: Mapped[date | None]
    end_date: Mapped[date | None]


class PriceChange(Base):
    """A price of an agreement line from a date on, agreed ahead."""

    __tablename__ = "price_change"
    __table_args__ = (UniqueConstraint("agreement_line_id", "valid_from"),)
    id: Mapped[Id]
    agreement_line_id: Mapped[int] = mapped_column(ForeignKey("agreement_line.id", ondelete="CASCADE"))
    valid_from: Mapped[date]
    unit_price: Mapped[Quantity]
    reason: Mapped[str] = mapped_column(default="")


class Pause(Base):
    """Days that are not billed, half-open; an open end lasts until it is set."""

    __tablename__ = "pause"
    __table_args__ = (CheckConstraint("end_date IS NULL OR end_date > start_date", name="end_after_start"),)
    id: Mapped[Id]
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id", ondelete="CASCADE"), index=True)
    start_date: Mapped[date]
    end_date: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")


class TimeEntry(Base):
    """Hours worked; a null rate is the agreement's or the rate card's. `invoice_id` is null until billed."""

    __tablename__ = "time_entry"
    __table_args__ = (
        UniqueConstraint("external_id"),
        Index("ix_time_entry_unbilled", "agreement_id", "work_date", sqlite_where=text("invoice_id IS NULL")),
        Index("ix_time_entry_client", "client_id", "work_date"),
        Index("ix_time_entry_invoice", "invoice_id"),
        Index("ix_time_entry_draft", "draft_id", sqlite_where=text("draft_id IS NOT NULL")),
        Index("ix_time_entry_batch", "batch_id"),
    )
    id: Mapped[Id]
    external_id: Mapped[str | None]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    work_date: Mapped[date]
    person: Mapped[str] = mapped_column(default="")
    hours: Mapped[Quantity]
    rate: Mapped[Quantity | None]
    note: Mapped[str] = mapped_column(default="")
    billable: Mapped[bool] = mapped_column(default=True)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("draft.id"))
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    digest: Mapped[str] = mapped_column(default="")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))


class OneOff(Base):
    """Something billed once: a charge, a discount (negative price) or a deposit."""

    __tablename__ = "one_off"
    __table_args__ = (
        UniqueConstraint("external_id"),
        words("kind", "charge", "discount", "deposit"),
        Index("ix_one_off_unbilled", "client_id", "due_date", sqlite_where=text("invoice_id IS NULL")),
        Index("ix_one_off_agreement", "agreement_id"),
        Index("ix_one_off_invoice", "invoice_id"),
    )
    id: Mapped[Id]
    external_id: Mapped[str | None]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    kind: Mapped[str] = mapped_column(default="charge")
    due_date: Mapped[date]
    description: Mapped[str] = mapped_column(default="")
    quantity: Mapped[Quantity]
    unit_price: Mapped[Quantity | None]
    currency: Mapped[str]
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("draft.id"))
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    digest: Mapped[str] = mapped_column(default="")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))
