"""Issued documents, frozen, with the mutable open amounts in rows of their own."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.schema.base import Amount, Base, Id, Quantity, words


class Party(Base):
    """A seller or buyer as frozen on documents; `data` is JSON of every field, found again by its digest.

    An erasure empties `name` and `data`; the digest stays, so that the seals of its documents still hold.
    """

    __tablename__ = "party"
    __table_args__ = (words("role", "seller", "buyer"), UniqueConstraint("role", "digest"))
    id: Mapped[Id]
    role: Mapped[str]
    digest: Mapped[str]
    name: Mapped[str]
    data: Mapped[str]
    erasure_id: Mapped[int | None] = mapped_column(ForeignKey("erasure.id"))


class Invoice(Base):
    """An issued invoice, deposit or final invoice, credit note or opening item. Amounts are positive on both kinds.

    `firm_rate` is units of firm currency per unit of `currency`, times 10**6; firm_* are in the firm's minor units.
    They are null where no exchange rate is known. Fractions are times 10**6. `period_end` is the first day after.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        words("kind", "invoice", "deposit", "final", "credit_note", "opening"),
        UniqueConstraint("series_id", "series_year", "sequence"),
        Index("ix_invoice_client", "client_id", "issue_date"),
        Index("ix_invoice_agreement", "agreement_id", "issue_date"),
        Index("ix_invoice_issue_date", "issue_date"),
        # What months came to is read from this one alone; the one before gives the list in its order.
        Index("ix_invoice_months", "issue_date", "kind", "currency", "gross", "firm_gross"),
        # With what its runs are summed up by.
        Index("ix_invoice_run", "run_id", "currency", "kind", "gross"),
        Index("ix_invoice_corrects", "corrects_id", sqlite_where=text("corrects_id IS NOT NULL")),
        # People look for an invoice by the figure on a bank statement or the order on a letter.
        Index("ix_invoice_gross", "gross"),
        Index("ix_invoice_net", "net"),
        # And from this one what is used of an order.
        Index("ix_invoice_po_number", "po_number", "client_id", "kind", "net", sqlite_where=text("po_number <> ''")),
        Index("ix_invoice_buyer_reference", "buyer_reference", sqlite_where=text("buyer_reference <> ''")),
    )
    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    series_year: Mapped[int | None]
    sequence: Mapped[int | None]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    seller_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    buyer_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    template_version_id: Mapped[int] = mapped_column(ForeignKey("template_version.id"))
    issue_date: Mapped[date]
    tax_date: Mapped[date]
    due_date: Mapped[date]
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    language: Mapped[str]
    terms: Mapped[str] = mapped_column(default="")
    discount: Mapped[Quantity | None]
    discount_until: Mapped[date | None]
    po_number: Mapped[str] = mapped_column(default="")
    buyer_reference: Mapped[str] = mapped_column(default="")
    currency: Mapped[str]
    net: Mapped[Amount]
    tax: Mapped[Amount]
    gross: Mapped[Amount]
    prepaid: Mapped[Amount] = mapped_column(default=0)
    rounding: Mapped[Amount] = mapped_column(default=0)
    payable: Mapped[Amount]
    firm_currency: Mapped[str]
    firm_rate: Mapped[Quantity | None]
    firm_net: Mapped[Amount | None]
    firm_tax: Mapped[Amount | None]
    firm_gross: Mapped[Amount | None]
    tax_currency: Mapped[str | None]
    tax_in_tax_currency: Mapped[Amount | None]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    reason: Mapped[str] = mapped_column(default="")
    texts: Mapped[str] = mapped_column(default="{}")
    digest: Mapped[str]
    actor: Mapped[str]
    created_at: Mapped[str]


class InvoiceLine(Base):
    """A frozen line. `rate` is the tax fraction times 10**6; `classification` the HSN or SAC.

    `tax_parts` names the taxes that its rate is the sum of ("CGST=90000;SGST=90000"); empty for one without a name.

    `corrects_line_id` stands on credit notes, and on lines of an invoice that credit unused days of an earlier one.
    """

    __tablename__ = "invoice_line"
    __table_args__ = (
        Index("ix_invoice_line_invoice", "invoice_id", "position", unique=True),
        Index("ix_invoice_line_corrects", "corrects_line_id", sqlite_where=text("corrects_line_id IS NOT NULL")),
        Index("ix_invoice_line_deducts", "deducts_id", sqlite_where=text("deducts_id IS NOT NULL")),
    )
    id: Mapped[Id]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    position: Mapped[int]
    agreement_line_id: Mapped[int | None] = mapped_column(ForeignKey("agreement_line.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), index=True)
    rate_id: Mapped[int | None]
    price_source: Mapped[str] = mapped_column(default="")
    description: Mapped[str]
    detail: Mapped[str] = mapped_column(default="")
    heading: Mapped[str] = mapped_column(default="")
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    quantity: Mapped[Quantity]
    unit: Mapped[str]
    unit_price: Mapped[Quantity]
    base_quantity: Mapped[Quantity]
    allowance: Mapped[Amount] = mapped_column(default=0)
    allowance_reason: Mapped[str] = mapped_column(default="")
    charge: Mapped[Amount] = mapped_column(default=0)
    net: Mapped[Amount]
    tax_code_id: Mapped[int | None] = mapped_column(ForeignKey("tax_code.id"))
    category: Mapped[str]
    rate: Mapped[Quantity]
    deducts_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    corrects_line_id: Mapped[int | None] = mapped_column(ForeignKey("invoice_line.id"))
    classification: Mapped[str] = mapped_column(default="")
    tax_parts: Mapped[str] = mapped_column(default="")


class InvoiceTax(Base):
    """A tax group; `name` tells taxes of one basis apart (CGST, SGST, a county's)."""

    __tablename__ = "invoice_tax"
    __table_args__ = (UniqueConstraint("invoice_id", "category", "rate", "name"),)
    id: Mapped[Id]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    category: Mapped[str]
    rate: Mapped[Quantity]
    basis: Mapped[Amount]
    tax: Mapped[Amount]
    exemption_code: Mapped[str] = mapped_column(default="")
    exemption_text: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(default="")


class OpenItem(Base):
    """What is due of an invoice, one row an instalment; `open` is the only part of an invoice that changes.

    Those of a payment plan stand `since` the day it was agreed, in place of what was open then.
    """

    __tablename__ = "open_item"
    __table_args__ = (
        UniqueConstraint("invoice_id", "instalment"),
        CheckConstraint("open >= 0 AND open <= amount", name="open_within"),
        Index("ix_open_item_aging", "client_id", "due_date", "currency", "open", sqlite_where=text("open > 0")),
        Index("ix_open_item_due", "due_date", sqlite_where=text("open > 0")),
    )
    id: Mapped[Id]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    instalment: Mapped[int] = mapped_column(default=1)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    currency: Mapped[str]
    due_date: Mapped[date]
    amount: Mapped[Amount]
    open: Mapped[Amount]
    since: Mapped[date | None]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("payment_plan.id"))


class PaymentPlan(Base):
    """Instalments agreed after the fact for what was open of an invoice. Frozen but for its cancellation."""

    __tablename__ = "payment_plan"
    id: Mapped[Id]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    agreed_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
    actor: Mapped[str]
    created_at: Mapped[str]
    cancelled_on: Mapped[date | None]


class Dispute(Base):
    """What a client disputes of an invoice; without an amount, all of it. The owner looks after it until `due_on`."""

    __tablename__ = "dispute"
    __table_args__ = (
        words("category", "other", "price", "quantity", "quality", "delivery", "order_number", "duplicate"),
    )
    id: Mapped[Id]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    opened_on: Mapped[date]
    reason: Mapped[str]
    category: Mapped[str] = mapped_column(default="other")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date | None]
    amount: Mapped[Amount | None]
    closed_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(default="")


class Promise(Base):
    """What a client said it would pay, and until when. Whether it did is told by its payments, never written here.

    `amount` in minor units of `currency`; `noted_at` is UTC text. A promise that no longer holds is withdrawn.
    """

    __tablename__ = "promise"
    __table_args__ = (CheckConstraint("amount > 0", name="above_zero"),)
    id: Mapped[Id]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    currency: Mapped[str]
    amount: Mapped[Amount]
    promised_on: Mapped[date]
    said_by: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    noted_at: Mapped[str]
    noted_by: Mapped[str]
    withdrawn_on: Mapped[date | None]


class Registration(Base):
    """What India's invoice registration portal answered for an issued document: its IRN and the signed QR code."""

    __tablename__ = "registration"
    id: Mapped[Id]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), unique=True)
    irn: Mapped[str] = mapped_column(unique=True)
    ack_number: Mapped[str]
    ack_at: Mapped[str]
    signed_qr: Mapped[str]
    cancelled_at: Mapped[str | None]
    made_at: Mapped[str]
    actor: Mapped[str]
