"""The firm itself, its people, bank accounts, series, tax codes, settings and kept files."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.schema.base import Amount, Base, Id, Quantity, words
from db.schema.control import ROLES
from desktop.domain.document import EINVOICES


class Book(Base):
    """One row: which book this is."""

    __tablename__ = "book"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)
    id: Mapped[Id]
    uid: Mapped[str]
    created_at: Mapped[str]
    made_by: Mapped[str]


class Firm(Base):
    """One row: the user's company and the defaults that everything inherits.

    `tax_regime` is auto where the country decides; `tax_currency` the currency that tax is also told in, null for none.
    `endpoint` is the firm's electronic address (BT-34) in the scheme of the EAS list, `legal_id` its number in a
    register (BT-30) with a scheme of ISO 6523, `creditor_id` the SEPA creditor identifier (BT-90), `upi_id` the address
    that UPI pays to. `payment_link` may hold {number}, {amount} and {currency}. `einvoice` is the form that invoices
    take beside paper.
    """

    __tablename__ = "firm"
    __table_args__ = (
        CheckConstraint("id = 1", name="single"),
        words("tax_regime", "auto", "vat", "india", "us", "generic"),
        words("einvoice", *EINVOICES),
    )
    id: Mapped[Id]
    name: Mapped[str]
    contact: Mapped[str] = mapped_column(default="")
    street: Mapped[str] = mapped_column(default="")
    street2: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="")
    country: Mapped[str]
    tax_id: Mapped[str] = mapped_column(default="")
    tax_number: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    registration: Mapped[str] = mapped_column(default="")
    currency: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    terms: Mapped[str] = mapped_column(default="net 30")
    delivery: Mapped[str] = mapped_column(default="pdf")
    late_clause: Mapped[str] = mapped_column(default="")
    intro: Mapped[str] = mapped_column(default="")
    closing: Mapped[str] = mapped_column(default="")
    footer: Mapped[str] = mapped_column(default="")
    small_business: Mapped[bool] = mapped_column(default=False)
    tax_regime: Mapped[str] = mapped_column(default="auto")
    tax_currency: Mapped[str | None]
    fiscal_start_month: Mapped[int] = mapped_column(default=1)
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("file.id"))
    template_id: Mapped[int | None] = mapped_column(ForeignKey("template.id"))
    einvoice: Mapped[str] = mapped_column(default="none")
    endpoint: Mapped[str] = mapped_column(default="")
    endpoint_scheme: Mapped[str] = mapped_column(default="")
    legal_id: Mapped[str] = mapped_column(default="")
    legal_scheme: Mapped[str] = mapped_column(default="")
    creditor_id: Mapped[str] = mapped_column(default="")
    upi_id: Mapped[str] = mapped_column(default="")
    payment_link: Mapped[str] = mapped_column(default="")


class BankAccount(Base):
    """An account of the firm, or its till (kind: cash, without an IBAN).

    `routing` and `account_number` are those of the United States, `company_id` is what the bank gave the firm for ACH
    debits.
    """

    __tablename__ = "bank_account"
    __table_args__ = (words("kind", "bank", "cash"),)
    id: Mapped[Id]
    position: Mapped[int]
    holder: Mapped[str]
    iban: Mapped[str]
    bic: Mapped[str] = mapped_column(default="")
    bank: Mapped[str] = mapped_column(default="")
    currency: Mapped[str | None]
    kind: Mapped[str] = mapped_column(default="bank")
    routing: Mapped[str] = mapped_column(default="")
    account_number: Mapped[str] = mapped_column(default="")
    company_id: Mapped[str] = mapped_column(default="")


class Person(Base):
    """Who works with the book, and what they may credit, write off or approve in firm currency; null is no limit.

    The role says what they may see and do once people sign in. Who is not active signs in no more.
    """

    __tablename__ = "person"
    __table_args__ = (words("role", *ROLES),)
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    credit_limit: Mapped[Amount | None]
    write_off_limit: Mapped[Amount | None]
    approval_limit: Mapped[Amount | None]
    role: Mapped[str] = mapped_column(default="owner")
    active: Mapped[bool] = mapped_column(default=True)


class Setting(Base):
    """A named value of the book itself; JSON text."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class RuleSetting(Base):
    """The row of one gate rule at one level; null leaves a part to the level above.

    `owner_id` is who looks at what the rule holds, within `hours` of the plan.
    """

    __tablename__ = "rule_setting"
    __table_args__ = (
        UniqueConstraint("code", "scope", "scope_id"),
        words("scope", "firm", "segment", "client", "agreement"),
        words("severity", "block", "hold", "note", nullable=True),
    )
    id: Mapped[Id]
    code: Mapped[str]
    scope: Mapped[str]
    scope_id: Mapped[int] = mapped_column(default=0)
    enabled: Mapped[bool | None]
    severity: Mapped[str | None]
    parameters: Mapped[str] = mapped_column(default="{}")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    hours: Mapped[int | None]


class RuleTemplate(Base):
    """Rule settings by name, to give to a segment; JSON of code -> {enabled, severity, parameters, owner, hours}."""

    __tablename__ = "rule_template"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    rules: Mapped[str]


class TaxCode(Base):
    """A tax treatment by name; category as in EN 16931 (UNCL5305)."""

    __tablename__ = "tax_code"
    __table_args__ = (words("category", "S", "Z", "E", "AE", "K", "G", "O", "L", "M"),)
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    country: Mapped[str]
    category: Mapped[str]
    exemption_code: Mapped[str] = mapped_column(default="")
    exemption_text: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)


class TaxRate(Base):
    """The rate of a tax code from a date on, as a fraction times 10**6.

    A code of several taxes (CGST and SGST, state and county) has rows of each by `name`; its rate is their sum.
    """

    __tablename__ = "tax_rate"
    __table_args__ = (UniqueConstraint("tax_code_id", "name", "valid_from"),)
    id: Mapped[Id]
    tax_code_id: Mapped[int] = mapped_column(ForeignKey("tax_code.id"))
    name: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date]
    rate: Mapped[Quantity]


class TaxRule(Base):
    """Which code a place bears for a class of items: the first rule that fits, by position; empty fits everything.

    `item_code` is the tax code that the item names; `region` the place of supply within the country.
    """

    __tablename__ = "tax_rule"
    id: Mapped[Id]
    position: Mapped[int]
    country: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="")
    item_code: Mapped[str] = mapped_column(default="")
    tax_code_id: Mapped[int] = mapped_column(ForeignKey("tax_code.id"))
    note: Mapped[str] = mapped_column(default="")


class ExchangeRate(Base):
    """Units of firm currency for one unit of a currency from a date on, times 10**6; without `source` it was typed."""

    __tablename__ = "exchange_rate"
    __table_args__ = (UniqueConstraint("currency", "valid_from"),)
    id: Mapped[Id]
    currency: Mapped[str]
    valid_from: Mapped[date]
    rate: Mapped[Quantity]
    source: Mapped[str] = mapped_column(default="")


class Series(Base):
    """A numbering series; the pattern knows {year}, {yy}, {month} and {n:04}."""

    __tablename__ = "series"
    __table_args__ = (
        words("kind", "invoice", "credit_note", "deposit", "final"),
        words("year_rule", "calendar", "fiscal", "never"),
        Index("ix_series_default", "kind", unique=True, sqlite_where=text("is_default = 1")),
    )
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    pattern: Mapped[str]
    year_rule: Mapped[str] = mapped_column(default="calendar")
    first: Mapped[int] = mapped_column(default=1)
    is_default: Mapped[bool] = mapped_column(default=True)


class SeriesYear(Base):
    """Where a series stands in one year; year 0 for a series that never starts again."""

    __tablename__ = "series_year"
    __table_args__ = (UniqueConstraint("series_id", "year"),)
    id: Mapped[Id]
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    year: Mapped[int]
    next: Mapped[int]
    last_date: Mapped[date | None]


class File(Base):
    """Bytes kept in the book: logos, signed contracts, attachments."""

    __tablename__ = "file"
    id: Mapped[Id]
    sha256: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    media_type: Mapped[str]
    content: Mapped[bytes]


class Template(Base):
    __tablename__ = "template"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)


class TemplateVersion(Base):
    """How documents look, never changed once used; the specification is JSON.

    Without `made_by` it came with the program. `note` says what its maker changed.
    """

    __tablename__ = "template_version"
    __table_args__ = (UniqueConstraint("template_id", "version"),)
    id: Mapped[Id]
    template_id: Mapped[int] = mapped_column(ForeignKey("template.id"))
    version: Mapped[int]
    specification: Mapped[str]
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("file.id"))
    created_at: Mapped[str]
    made_by: Mapped[str | None]
    note: Mapped[str | None]


class TemplateChoice(Base):
    """Which template prints documents of a kind in a language, for one client, one segment, or the whole firm.

    An empty kind or language is any. What is chosen here goes before the `template_id` of the same level.
    """

    __tablename__ = "template_choice"
    __table_args__ = (
        UniqueConstraint("scope", "scope_id", "kind", "language"),
        words("scope", "firm", "segment", "client"),
    )
    id: Mapped[Id]
    scope: Mapped[str]
    scope_id: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    template_id: Mapped[int] = mapped_column(ForeignKey("template.id"))
