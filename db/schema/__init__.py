"""The book's tables, one module a subject."""

from db.schema.agreements import Agreement, AgreementLine, OneOff, Pause, PriceChange, TimeEntry
from db.schema.audit import AuditEvent, AuditPayload, ChangeSet
from db.schema.base import Base, guard_integers
from db.schema.clients import Address, Client, Contact, ImportBatch, Item, Rate, SavedMapping, Segment
from db.schema.firm import (
    BankAccount,
    Book,
    ExchangeRate,
    File,
    Firm,
    Person,
    RuleSetting,
    Series,
    SeriesYear,
    Setting,
    TaxCode,
    TaxRate,
    Template,
    TemplateVersion,
)
from db.schema.invoices import Dispute, Invoice, InvoiceLine, InvoiceTax, OpenItem, Party
from db.schema.payments import Allocation, JournalEntry, OpenCredit, Payment, Posting, WriteOff
from db.schema.runs import Charge, Draft, Finding, Outcome, Run

guard_integers(Base.metadata)

__all__ = [
    "Address",
    "Agreement",
    "AgreementLine",
    "Allocation",
    "AuditEvent",
    "AuditPayload",
    "BankAccount",
    "Base",
    "Book",
    "ChangeSet",
    "Charge",
    "Client",
    "Contact",
    "Dispute",
    "Draft",
    "ExchangeRate",
    "File",
    "Finding",
    "Firm",
    "ImportBatch",
    "Invoice",
    "InvoiceLine",
    "InvoiceTax",
    "Item",
    "JournalEntry",
    "OneOff",
    "OpenCredit",
    "OpenItem",
    "Outcome",
    "Party",
    "Pause",
    "Payment",
    "Person",
    "Posting",
    "PriceChange",
    "Rate",
    "RuleSetting",
    "Run",
    "SavedMapping",
    "Segment",
    "Series",
    "SeriesYear",
    "Setting",
    "TaxCode",
    "TaxRate",
    "Template",
    "TemplateVersion",
    "TimeEntry",
    "WriteOff",
]
