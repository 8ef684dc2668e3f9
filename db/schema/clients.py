"""Who is billed and for what: segments, clients, the catalogue and its prices."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.schema.accounting import RECOGNITIONS
from db.schema.base import Amount, Base, Id, Quantity, words
from desktop.domain.document import EINVOICES, PAYMENT_MEANS


class Segment(Base):
    """Clients or agreements billed alike; an empty field leaves the matter to the firm.

    `milestones` says whether a milestone done is billed at once or by the next run. `mail_together` puts what goes to
    one client into one mail.
    """

    __tablename__ = "segment"
    __table_args__ = (words("milestones", "run", "at_once"), words("einvoice", *EINVOICES, nullable=True))
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    note: Mapped[str] = mapped_column(default="")
    terms: Mapped[str | None]
    delivery: Mapped[str | None]
    einvoice: Mapped[str | None]
    language: Mapped[str | None]
    tax_code_id: Mapped[int | None] = mapped_column(ForeignKey("tax_code.id"))
    template_id: Mapped[int | None] = mapped_column(ForeignKey("template.id"))
    milestones: Mapped[str] = mapped_column(default="run")
    mail_account_id: Mapped[int | None] = mapped_column(ForeignKey("mail_account.id"))
    mail_together: Mapped[bool | None]


class Client(Base):
    """Who is billed; the address here is the billing address. Null terms, delivery and language are inherited.

    `place_of_supply` is the state whose tax applies where it is not the address's region. `withholding` is the fraction
    of the net that the client keeps back for the state (TDS). `merged_into_id` is the client that this one turned out
    to be: what was issued to it stays its own, and counts for the other. `einvoice` (null: inherited), `endpoint`
    (BT-49) and `legal_id` (BT-47) are for e-invoices. It pays by `payment_means`; a debit needs the `mandate` (BT-89)
    and the `iban` (or, in the United States, `routing` and `account_number`), of a `card` the last four digits are
    kept. `mandate_scheme` is that of a SEPA debit. The salesperson is who looks after it. `paid_by_id` is the
    client whose money pays for this one too, as a parent company's does: those are a group.
    """

    __tablename__ = "client"
    __table_args__ = (
        CheckConstraint("length(country) IN (0, 2)", name="country_code"),
        words("tax_treatment", "auto", "domestic", "reverse_charge", "intra_goods", "export", "exempt", "outside"),
        words("einvoice", *EINVOICES, nullable=True),
        words("payment_means", *PAYMENT_MEANS),
        words("mandate_scheme", "CORE", "B2B"),
        words("account_kind", "checking", "savings"),
        Index("ix_client_name", "name"),
        Index("ix_client_merged", "merged_into_id", sqlite_where=text("merged_into_id IS NOT NULL")),
    )
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    contact: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    street: Mapped[str] = mapped_column(default="")
    street2: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="")
    country: Mapped[str]
    tax_id: Mapped[str] = mapped_column(default="")
    tax_number: Mapped[str] = mapped_column(default="")
    is_business: Mapped[bool] = mapped_column(default=True)
    tax_treatment: Mapped[str] = mapped_column(default="auto")
    iban: Mapped[str] = mapped_column(default="")
    currency: Mapped[str]
    language: Mapped[str | None]
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segment.id"), index=True)
    terms: Mapped[str | None]
    delivery: Mapped[str | None]
    template_id: Mapped[int | None] = mapped_column(ForeignKey("template.id"))
    combine: Mapped[bool] = mapped_column(default=False)
    po_required: Mapped[bool] = mapped_column(default=False)
    buyer_reference: Mapped[str] = mapped_column(default="")
    buyer_reference_required: Mapped[bool] = mapped_column(default=False)
    credit_limit: Mapped[Amount | None]
    on_hold: Mapped[bool] = mapped_column(default=False)
    hold_reason: Mapped[str] = mapped_column(default="")
    disputed: Mapped[bool] = mapped_column(default=False)
    place_of_supply: Mapped[str] = mapped_column(default="")
    tax_certificate: Mapped[str] = mapped_column(default="")
    withholding: Mapped[Quantity] = mapped_column(default=0)
    withholding_section: Mapped[str] = mapped_column(default="")
    einvoice: Mapped[str | None]
    endpoint: Mapped[str] = mapped_column(default="")
    endpoint_scheme: Mapped[str] = mapped_column(default="")
    legal_id: Mapped[str] = mapped_column(default="")
    legal_scheme: Mapped[str] = mapped_column(default="")
    payment_means: Mapped[str] = mapped_column(default="transfer")
    mandate: Mapped[str] = mapped_column(default="")
    mandate_date: Mapped[date | None]
    mandate_scheme: Mapped[str] = mapped_column(default="CORE")
    bic: Mapped[str] = mapped_column(default="")
    routing: Mapped[str] = mapped_column(default="")
    account_number: Mapped[str] = mapped_column(default="")
    account_kind: Mapped[str] = mapped_column(default="checking")
    card: Mapped[str] = mapped_column(default="")
    mail_together: Mapped[bool | None]
    salesperson_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    paid_by_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    note: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    digest: Mapped[str] = mapped_column(default="")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))


class Contact(Base):
    """A person at a client; those who get invoices or reminders stand on the mail as `mail_as` says."""

    __tablename__ = "contact"
    __table_args__ = (words("mail_as", "to", "cc", "bcc"),)
    id: Mapped[Id]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    role: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    gets_invoices: Mapped[bool] = mapped_column(default=False)
    gets_reminders: Mapped[bool] = mapped_column(default=False)
    mail_as: Mapped[str] = mapped_column(default="to")


class Address(Base):
    """Another address of a client beside the billing one."""

    __tablename__ = "address"
    __table_args__ = (words("kind", "delivery", "office", "other"),)
    id: Mapped[Id]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    street: Mapped[str] = mapped_column(default="")
    street2: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")


class Item(Base):
    """An entry of the catalogue; the price is a list price in `currency`, null where only rates price it.

    `recognition` says how its revenue is earned; null leaves that to the firm.
    """

    __tablename__ = "item"
    __table_args__ = (
        words("kind", "service", "goods"),
        words("recognition", "issue", *RECOGNITIONS, nullable=True),
    )
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    unit: Mapped[str] = mapped_column(default="unit")
    kind: Mapped[str] = mapped_column(default="service")
    price: Mapped[Quantity | None]
    currency: Mapped[str | None]
    tax_code_id: Mapped[int | None] = mapped_column(ForeignKey("tax_code.id"))
    hsn_sac: Mapped[str] = mapped_column(default="")
    recognition: Mapped[str | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    active: Mapped[bool] = mapped_column(default=True)
    digest: Mapped[str] = mapped_column(default="")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))


class Rate(Base):
    """A line of the rate card: for everyone or one client, from a date on; `up_to` bounds a tier, null is open."""

    __tablename__ = "rate"
    __table_args__ = (
        words("mode", "flat", "volume", "graduated"),
        Index(
            "ix_rate_key",
            "item_id",
            text("coalesce(client_id, 0)"),
            "currency",
            "valid_from",
            text("coalesce(up_to, 0)"),
            unique=True,
        ),
    )
    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"), index=True)
    currency: Mapped[str]
    valid_from: Mapped[date]
    up_to: Mapped[Quantity | None]
    price: Mapped[Quantity]
    mode: Mapped[str] = mapped_column(default="flat")
    digest: Mapped[str] = mapped_column(default="")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))


class SavedMapping(Base):
    """How the columns of a file once mapped are read; recognised again by the header's signature."""

    __tablename__ = "saved_mapping"
    __table_args__ = (UniqueConstraint("kind", "name"),)
    id: Mapped[Id]
    kind: Mapped[str]
    name: Mapped[str]
    signature: Mapped[str]
    mapping: Mapped[str]


class ImportBatch(Base):
    """One file taken in."""

    __tablename__ = "import_batch"
    id: Mapped[Id]
    kind: Mapped[str]
    file_name: Mapped[str]
    file_digest: Mapped[str]
    at: Mapped[str]
    actor: Mapped[str]
    rows: Mapped[int] = mapped_column(default=0)
    imported: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="done")
    change_set_id: Mapped[int | None] = mapped_column(ForeignKey("change_set.id"))
