"""A small book full of every kind of row, written straight into the tables."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from db.schema import (
    Agreement,
    AgreementLine,
    Allocation,
    BankAccount,
    Base,
    CashMovement,
    Charge,
    Client,
    Closing,
    ErasedRow,
    Erasure,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    JournalEntry,
    OneOff,
    OpenCredit,
    OpenItem,
    Party,
    Payment,
    PaymentPlan,
    Posting,
    RecognitionSchedule,
    SeriesYear,
    TimeEntry,
    WriteOff,
)

DAY = date(2026, 1, 31)


def put(session: Session, model: type[Base], **values: Any) -> int:
    """Insert one row with the model's defaults; its id."""
    made = session.connection().execute(insert(model.__table__).values(**values))  # type: ignore[arg-type]
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def charge(session: Session, start: date, end: date, **values: Any) -> int:
    """A recurring charge of agreement line 1 on invoice 1."""
    given: dict[str, Any] = {
        "kind": "recurring",
        "agreement_line_id": 1,
        "period_start": start,
        "period_end": end,
        "invoice_id": 1,
        "position": 1,
        "quantity": 1_000_000,
        "amount": 5000,
    }
    return put(session, Charge, **(given | values))


def fill(session: Session) -> None:
    """One client with an agreement, an invoice of three lines that billed it, paid in part; every id is 1."""
    put(session, Client, code="C-001", name="Acme", country="DE", currency="EUR")
    put(
        session,
        Agreement,
        code="A-001",
        title="Support",
        client_id=1,
        billing="hybrid",
        currency="EUR",
        anchor=date(2026, 1, 1),
        start_date=date(2026, 1, 1),
    )
    put(session, AgreementLine, agreement_id=1, position=1, kind="recurring", quantity=1_000_000, unit_price=50_000_000)
    put(session, Party, role="seller", digest="s", name="Harbour", data="{}")
    put(session, Party, role="buyer", digest="b", name="Acme", data="{}")
    invoice(session, "INV-2026-0001")
    put(session, PaymentPlan, invoice_id=1, agreed_on=DAY, actor="Anne", created_at="2026-01-01T00:00:00Z")
    put(session, SeriesYear, series_id=1, year=2026, next=2, last_date=DAY)
    put(
        session,
        InvoiceLine,
        invoice_id=1,
        position=1,
        agreement_line_id=1,
        description="Support",
        quantity=1_000_000,
        unit="month",
        unit_price=50_000_000,
        base_quantity=1_000_000,
        net=5000,
        category="S",
        rate=190_000,
    )
    put(session, InvoiceTax, invoice_id=1, category="S", rate=190_000, basis=5000, tax=950)
    put(session, OpenItem, invoice_id=1, client_id=1, currency="EUR", due_date=DAY, amount=5950, open=4950)
    charge(session, date(2026, 1, 1), date(2026, 2, 1))
    put(
        session,
        TimeEntry,
        client_id=1,
        agreement_id=1,
        work_date=date(2026, 1, 5),
        hours=2_000_000,
        rate=80_000_000,
        invoice_id=1,
    )
    put(
        session,
        OneOff,
        client_id=1,
        due_date=date(2026, 1, 5),
        quantity=1_000_000,
        unit_price=10_000_000,
        currency="EUR",
        invoice_id=1,
    )
    day_after = date(2026, 1, 6)
    charge(session, date(2026, 1, 5), day_after, kind="time", agreement_line_id=None, time_entry_id=1)
    charge(session, date(2026, 1, 5), day_after, kind="one_off", agreement_line_id=None, one_off_id=1)
    put(
        session,
        Payment,
        number="P-2026-0001",
        client_id=1,
        paid_on=DAY,
        currency="EUR",
        amount=1500,
        actor="ann",
        created_at="2026-01-31T10:00:00Z",
    )
    put(session, OpenCredit, client_id=1, currency="EUR", payment_id=1, dated=DAY, amount=1500, open=500)
    stamp = {"actor": "ann", "created_at": "2026-01-31T10:00:00Z"}
    put(
        session, Allocation, kind="payment", dated=DAY, open_item_id=1, invoice_id=1, payment_id=1, amount=1000, **stamp
    )
    put(session, WriteOff, invoice_id=1, dated=DAY, amount=1, reason="rounding", **stamp)
    put(session, BankAccount, position=1, holder="Till", iban="", kind="cash")
    put(
        session,
        CashMovement,
        number="K-2026-0001",
        account_id=1,
        dated=DAY,
        kind="opening",
        currency="EUR",
        amount=100,
        text="Float",
        **stamp,
    )
    put(session, JournalEntry, kind="invoice", booked_on=DAY, invoice_id=1)
    put(
        session,
        RecognitionSchedule,
        invoice_id=1,
        invoice_line_id=1,
        method="daily",
        start=DAY,
        end=date(2026, 3, 1),
        currency="EUR",
        amount=5000,
    )
    put(
        session,
        Closing,
        through=date(2025, 12, 31),
        closed_at="2026-01-03T10:00:00Z",
        actor="ann",
        checklist="[]",
        head="h",
        digest="d",
    )
    put(
        session,
        Erasure,
        number="E-2026-0001",
        kind="request",
        reason="GDPR Art. 17",
        counts="{}",
        at="2026-01-31T10:00:00Z",
        actor="ann",
    )
    put(session, ErasedRow, erasure_id=1, table_name="contact", row_id=9, columns='["name"]')
    put(session, Posting, entry_id=1, role="receivable", client_id=1, currency="EUR", amount=5950)


def invoice(session: Session, number: str, **values: Any) -> int:
    """An invoice without lines, of client 1."""
    given: dict[str, Any] = {
        "number": number,
        "kind": "invoice",
        "series_id": 1,
        "series_year": 2026,
        "sequence": int(number[-4:]),
        "client_id": 1,
        "agreement_id": 1,
        "seller_id": 1,
        "buyer_id": 2,
        "template_version_id": 1,
        "issue_date": DAY,
        "tax_date": DAY,
        "due_date": DAY,
        "language": "en",
        "currency": "EUR",
        "net": 5000,
        "tax": 950,
        "gross": 5950,
        "payable": 5950,
        "firm_currency": "EUR",
        "digest": "d",
        "actor": "ann",
        "created_at": "2026-01-31T10:00:00Z",
    }
    return put(session, Invoice, **(given | values))
