"""What the bank is asked to do: direct debits and refunds by file, and the cash that goes by hand."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.schema.base import Amount, Base, Id, words

ORDER_KINDS = ("sepa_debit", "ach_debit", "sepa_transfer")
ITEM_STATES = ("ordered", "paid", "returned", "withdrawn")
CASH_KINDS = ("opening", "deposit", "withdrawal", "income", "expense", "difference")


class PaymentOrder(Base):
    """A file for the bank: pain.008, pain.001 or NACHA, kept as it was made. Minor units of `currency`."""

    __tablename__ = "payment_order"
    __table_args__ = (words("kind", *ORDER_KINDS), words("state", "made", "handed_over", "cancelled"))
    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"))
    execute_on: Mapped[date]
    currency: Mapped[str]
    count: Mapped[int]
    total: Mapped[Amount]
    state: Mapped[str] = mapped_column(default="made")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("file.id"))
    made_at: Mapped[str]
    actor: Mapped[str]
    handed_over_at: Mapped[str | None]


class PaymentOrderItem(Base):
    """One debit of what is due, or one refund of a credit. `end_to_end` comes back on the bank's statement.

    `sequence` is FRST, RCUR, OOFF or FNAL, `scheme` CORE or B2B. What stands here is what stood in the file.
    """

    __tablename__ = "payment_order_item"
    __table_args__ = (
        words("state", *ITEM_STATES),
        CheckConstraint("amount > 0", name="above_zero"),
        CheckConstraint("(open_item_id IS NULL) <> (credit_id IS NULL)", name="one_purpose"),
        # What is asked for by one order is not asked for by the next.
        Index(
            "uq_payment_order_item_open",
            "open_item_id",
            unique=True,
            sqlite_where=text("state = 'ordered' AND open_item_id IS NOT NULL"),
        ),
    )
    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(ForeignKey("payment_order.id"), index=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    open_item_id: Mapped[int | None] = mapped_column(ForeignKey("open_item.id"))
    credit_id: Mapped[int | None] = mapped_column(ForeignKey("open_credit.id"))
    amount: Mapped[Amount]
    end_to_end: Mapped[str] = mapped_column(unique=True)
    holder: Mapped[str]
    iban: Mapped[str] = mapped_column(default="")
    bic: Mapped[str] = mapped_column(default="")
    routing: Mapped[str] = mapped_column(default="")
    account_number: Mapped[str] = mapped_column(default="")
    mandate: Mapped[str] = mapped_column(default="")
    mandate_date: Mapped[date | None]
    scheme: Mapped[str] = mapped_column(default="")
    sequence: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="ordered")
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    return_reason: Mapped[str] = mapped_column(default="")


class CashMovement(Base):
    """Cash that moved without a client: brought to the bank, fetched, spent, or found missing. Frozen, signed.

    Payments of clients in cash are payments; the cash book shows both in the order of their days.
    """

    __tablename__ = "cash_movement"
    __table_args__ = (words("kind", *CASH_KINDS), CheckConstraint("amount <> 0", name="not_zero"))
    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"), index=True)
    dated: Mapped[date]
    kind: Mapped[str]
    currency: Mapped[str]
    amount: Mapped[Amount]
    text: Mapped[str]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("cash_movement.id"), unique=True)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("file.id"))
    actor: Mapped[str]
    created_at: Mapped[str]
