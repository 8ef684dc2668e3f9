"""Money that came in and what it settled; double entry behind every document."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.schema.base import Amount, Base, Id, Quantity, words


class Payment(Base):
    """A payment, the reversal of one (`reverses_id`) or the refund of what is left of one or of a credit note, all
    with a negative amount. Frozen. Minor units of its currency.

    `charges` is what banks kept back of the amount; `received` what reached the account in the currency of that, where
    the bank converted it. `account_id` is the bank account or the till that it came to, where that is known.
    """

    __tablename__ = "payment"
    __table_args__ = (
        Index("ix_payment_client", "client_id", "paid_on"),
        # What months came to is read from this one alone.
        Index("ix_payment_months", "paid_on", "currency", "amount", "firm_amount"),
        # People look for a payment by the figure or the words on a bank statement.
        Index("ix_payment_amount", "amount"),
        Index("ix_payment_reference", "reference", sqlite_where=text("reference <> ''")),
        Index("ix_payment_refunds", "refunds_payment_id", sqlite_where=text("refunds_payment_id IS NOT NULL")),
        Index("ix_payment_refunds_credit", "refunds_credit_note_id", sqlite_where=text("amount < 0")),
        Index("ix_payment_account", "account_id", "paid_on", sqlite_where=text("account_id IS NOT NULL")),
        UniqueConstraint("reverses_id"),
    )
    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    paid_on: Mapped[date] = mapped_column(index=True)
    method: Mapped[str] = mapped_column(default="bank")
    reference: Mapped[str] = mapped_column(default="")
    currency: Mapped[str]
    amount: Mapped[Amount]
    firm_rate: Mapped[Quantity | None]
    firm_amount: Mapped[Amount | None]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    refunds_payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    refunds_credit_note_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("bank_account.id"))
    charges: Mapped[Amount | None]
    received: Mapped[Amount | None]
    received_currency: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("file.id"))
    actor: Mapped[str]
    created_at: Mapped[str]


class OpenCredit(Base):
    """What is left of a payment or a credit note to settle invoices with."""

    __tablename__ = "open_credit"
    __table_args__ = (
        UniqueConstraint("payment_id"),
        UniqueConstraint("credit_note_id"),
        CheckConstraint("(payment_id IS NULL) <> (credit_note_id IS NULL)", name="one_source"),
        CheckConstraint("open >= 0 AND open <= amount", name="open_within"),
        Index("ix_open_credit_client", "client_id", "currency", "open", sqlite_where=text("open > 0")),
    )
    id: Mapped[Id]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    currency: Mapped[str]
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    credit_note_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    dated: Mapped[date]
    amount: Mapped[Amount]
    open: Mapped[Amount]


class WriteOff(Base):
    """A loss taken on an invoice, with its reason."""

    __tablename__ = "write_off"
    id: Mapped[Id]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    dated: Mapped[date]
    amount: Mapped[Amount]
    reason: Mapped[str]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("write_off.id"))
    actor: Mapped[str]
    created_at: Mapped[str]


class Allocation(Base):
    """How much of a source settles how much of an open item, as of a date; a negative one restores it. Frozen."""

    __tablename__ = "allocation"
    __table_args__ = (
        words("kind", "payment", "credit", "write_off", "discount", "plan"),
        CheckConstraint("amount <> 0", name="not_zero"),
        Index("ix_allocation_item", "open_item_id", "dated"),
        Index("ix_allocation_payment", "payment_id"),
        Index("ix_allocation_credit_note", "credit_note_id"),
        Index("ix_allocation_dated", "dated"),
    )
    id: Mapped[Id]
    kind: Mapped[str]
    dated: Mapped[date]
    open_item_id: Mapped[int] = mapped_column(ForeignKey("open_item.id"))
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    credit_note_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    write_off_id: Mapped[int | None] = mapped_column(ForeignKey("write_off.id"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("payment_plan.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("allocation.id"))
    amount: Mapped[Amount]
    actor: Mapped[str]
    created_at: Mapped[str]


JOURNAL_KINDS = (
    "invoice",
    "credit_note",
    "payment",
    "write_off",
    "allocation",
    "opening",
    "cash",
    "bank",
    "recognition",
    "adjustment",
)


class JournalEntry(Base):
    """One balanced booking behind a document, payment, write-off or allocation difference, a bank line without a
    client, revenue that was earned, or an adjustment by hand, which has a note and may take another back.
    """

    __tablename__ = "journal_entry"
    __table_args__ = (
        words("kind", *JOURNAL_KINDS),
        Index("ix_journal_entry_booked", "booked_on"),
        Index("ix_journal_entry_payment", "payment_id", sqlite_where=text("payment_id IS NOT NULL")),
        Index("ix_journal_entry_write_off", "write_off_id", sqlite_where=text("write_off_id IS NOT NULL")),
        Index("ix_journal_entry_allocation", "allocation_id", sqlite_where=text("allocation_id IS NOT NULL")),
        Index("ix_journal_entry_match", "match_id", sqlite_where=text("match_id IS NOT NULL")),
        Index("ix_journal_entry_schedule", "schedule_id", sqlite_where=text("schedule_id IS NOT NULL")),
        Index("ix_journal_entry_reverses", "reverses_id", sqlite_where=text("reverses_id IS NOT NULL")),
    )
    id: Mapped[Id]
    kind: Mapped[str]
    booked_on: Mapped[date]
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    write_off_id: Mapped[int | None] = mapped_column(ForeignKey("write_off.id"))
    allocation_id: Mapped[int | None] = mapped_column(ForeignKey("allocation.id"))
    cash_movement_id: Mapped[int | None] = mapped_column(ForeignKey("cash_movement.id"), index=True)
    match_id: Mapped[int | None] = mapped_column(ForeignKey("bank_match.id"))
    schedule_id: Mapped[int | None] = mapped_column(ForeignKey("recognition_schedule.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.id"))
    note: Mapped[str | None]


class Posting(Base):
    """One side of an entry; a debit is positive. Amount in minor units of `currency`, firm_amount of the firm's.

    `account_id` is given where a person chose the account; otherwise role, tax and money decide it.
    """

    __tablename__ = "posting"
    __table_args__ = (
        words(
            "role",
            "receivable",
            "revenue",
            "deferred_revenue",
            "deposits",
            "tax_payable",
            "bank",
            "bad_debt",
            "discount",
            "rounding",
            "opening",
            "exchange",
            "withholding",
            "cash",
            "fees",
            "transit",
            "other",
            "accrued_revenue",
        ),
        Index("ix_posting_entry", "entry_id"),
        Index("ix_posting_role", "role", "client_id"),
    )
    id: Mapped[Id]
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"))
    role: Mapped[str]
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    currency: Mapped[str]
    amount: Mapped[Amount]
    firm_amount: Mapped[Amount | None]
    category: Mapped[str | None]
    rate: Mapped[Quantity | None]
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
