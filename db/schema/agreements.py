"""Contracts and what waits to be billed under them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.schema.base import Amount, Base, Id, Quantity, words


class Agreement(Base):
    """A contract with a client. Dates are half-open: `end_date` and `charged_through` are first days no longer in.

    `cap` limits what its time lines bill in all, minor units. `deposits` says when deposits received are deducted.
    `unused` says whether days charged ahead that fall out of its life are credited. `agreed` is the net sum of a fixed
    price before change orders, `budget` what the client expects to spend, minor units. The current term ends before
    `term_end`; `renewal` says what follows it: nothing, another term, or a person's decision. Notice counts back from
    the term's end. `index_name` names what price rises follow, `index_cap` is the most they may be, a fraction.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        words("every_unit", "day", "week", "month", "year"),
        words("alignment", "calendar", "anniversary", "bcd"),
        words("timing", "advance", "arrears"),
        words("billing", "recurring", "time", "fixed", "hybrid", "usage"),
        words("grouping", "entry", "item", "person", "day"),
        words("deposits", "next", "final"),
        words("unused", "credit", "keep"),
        words("renewal", "open", "auto", "ask"),
        words("term_unit", "month", "year", nullable=True),
        words("notice_unit", "day", "month"),
        CheckConstraint("every_count > 0", name="every_positive"),
        CheckConstraint("end_date IS NULL OR end_date > start_date", name="end_after_start"),
        CheckConstraint("bill_day IS NULL OR bill_day BETWEEN 1 AND 31", name="bill_day"),
    )
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    project_reference: Mapped[str] = mapped_column(default="")
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
    unused: Mapped[str] = mapped_column(default="credit")
    agreed: Mapped[Amount | None]
    budget: Mapped[Amount | None]
    renewal: Mapped[str] = mapped_column(default="open")
    term_count: Mapped[int | None]
    term_unit: Mapped[str | None]
    term_end: Mapped[date | None]
    min_term_until: Mapped[date | None]
    notice_count: Mapped[int] = mapped_column(default=0)
    notice_unit: Mapped[str] = mapped_column(default="month")
    notice_given_on: Mapped[date | None]
    index_name: Mapped[str] = mapped_column(default="")
    index_cap: Mapped[Quantity | None]
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
    """One thing that an agreement bills; a null price is the rate card's.

    Of a usage line the item is the meter; `included` units of each period cost nothing, `minimum` (net, minor units) is
    charged for a period at least, and unbilled use worth `threshold` is billed before the period ends. Readings follow
    one another without gap or overlap, events come as they come. `follows_id` is the line that this one replaced; one
    that was replaced from its first day on lives no day.
    """

    __tablename__ = "agreement_line"
    __table_args__ = (
        UniqueConstraint("agreement_id", "position"),
        words("kind", "recurring", "time", "usage"),
        words("metering", "events", "readings"),
        CheckConstraint("kind <> 'usage' OR item_id IS NOT NULL", name="meter"),
        CheckConstraint("end_date IS NULL OR start_date IS NULL OR end_date >= start_date", name="end_after_start"),
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
    included: Mapped[Quantity] = mapped_column(default=0)
    minimum: Mapped[Amount | None]
    threshold: Mapped[Amount | None]
    metering: Mapped[str] = mapped_column(default="events")
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("agreement_line.id"))


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


class Usage(Base):
    """Units that a meter counted over [start_date, end_date), `days` long; of the period that its last day is in.

    `invoice_id` is null until billed; what a draft bills is what had arrived by its charge's mark.
    """

    __tablename__ = "usage"
    __table_args__ = (
        UniqueConstraint("external_id"),
        CheckConstraint("end_date > start_date", name="span"),
        # Planning reads nothing but this index.
        Index(
            "ix_usage_unbilled",
            "agreement_id",
            "item_id",
            "end_date",
            "quantity",
            "days",
            sqlite_where=text("invoice_id IS NULL"),
        ),
        Index("ix_usage_invoice", "invoice_id", sqlite_where=text("invoice_id IS NOT NULL")),
        Index("ix_usage_batch", "batch_id", sqlite_where=text("batch_id IS NOT NULL")),
    )
    id: Mapped[Id]
    external_id: Mapped[str | None]
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    start_date: Mapped[date]
    end_date: Mapped[date]
    days: Mapped[int]
    quantity: Mapped[Quantity]
    note: Mapped[str] = mapped_column(default="")
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    digest: Mapped[str] = mapped_column(default="")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))


class Milestone(Base):
    """A part of a project's price, billed once it is done: an amount (net, minor units) or a fraction of the scope."""

    __tablename__ = "milestone"
    __table_args__ = (
        UniqueConstraint("external_id"),
        CheckConstraint("(amount IS NULL) <> (fraction IS NULL)", name="amount_or_fraction"),
        Index("ix_milestone_agreement", "agreement_id", "position"),
        Index("ix_milestone_invoice", "invoice_id"),
    )
    id: Mapped[Id]
    external_id: Mapped[str | None]
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    position: Mapped[int]
    name: Mapped[str]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    amount: Mapped[Amount | None]
    fraction: Mapped[Quantity | None]
    planned_on: Mapped[date | None]
    done_on: Mapped[date | None]
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("draft.id"))
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    digest: Mapped[str] = mapped_column(default="")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))


class ChangeOrder(Base):
    """A change of what was agreed, from a date on: of a line (`new_line_id` follows `old_line_id`) or of the scope.

    `amount` is what the scope of a fixed price grows by, net in minor units, negative for less.
    """

    __tablename__ = "change_order"
    __table_args__ = (
        UniqueConstraint("external_id"),
        words("effect", "line", "scope"),
        words("state", "proposed", "approved", "rejected"),
        Index("ix_change_order_agreement", "agreement_id", "dated"),
    )
    id: Mapped[Id]
    external_id: Mapped[str | None]
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    effect: Mapped[str]
    state: Mapped[str] = mapped_column(default="proposed")
    dated: Mapped[date]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    quantity: Mapped[Quantity | None]
    unit_price: Mapped[Quantity | None]
    amount: Mapped[Amount | None]
    reason: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")
    old_line_id: Mapped[int | None] = mapped_column(ForeignKey("agreement_line.id"))
    new_line_id: Mapped[int | None] = mapped_column(ForeignKey("agreement_line.id"))
    decided_by: Mapped[str | None]
    decided_on: Mapped[date | None]
    digest: Mapped[str] = mapped_column(default="")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))


class Commitment(Base):
    """The least that a client spends over [start_date, end_date), net in minor units; what lacks is billed then."""

    __tablename__ = "commitment"
    __table_args__ = (CheckConstraint("end_date > start_date", name="span"),)
    id: Mapped[Id]
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id", ondelete="CASCADE"), index=True)
    start_date: Mapped[date]
    end_date: Mapped[date]
    amount: Mapped[Amount]
    description: Mapped[str] = mapped_column(default="")
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))


class Prepayment(Base):
    """From `due_date` on all recurring periods that begin in [start_date, end_date) are billed, at this discount."""

    __tablename__ = "prepayment"
    __table_args__ = (CheckConstraint("end_date > start_date", name="span"),)
    id: Mapped[Id]
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id", ondelete="CASCADE"), index=True)
    due_date: Mapped[date]
    start_date: Mapped[date]
    end_date: Mapped[date]
    discount: Mapped[Quantity] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")


class PriceProposal(Base):
    """A price rise thought of, by its index or percentage, until a person approves or rejects it."""

    __tablename__ = "price_proposal"
    __table_args__ = (
        words("state", "proposed", "approved", "rejected"),
        Index("ix_price_proposal_line", "agreement_line_id", "valid_from"),
    )
    id: Mapped[Id]
    agreement_line_id: Mapped[int] = mapped_column(ForeignKey("agreement_line.id", ondelete="CASCADE"))
    valid_from: Mapped[date]
    old_price: Mapped[Quantity]
    new_price: Mapped[Quantity]
    basis: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="proposed")
    decided_by: Mapped[str | None]
    decided_at: Mapped[str | None]
