"""A small book in which everything has happened once, by the services that a firm uses."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

from sqlalchemy import select

from db.engine import Book
from db.schema import (
    Address,
    Agreement,
    AgreementLine,
    BankAccount,
    BankLine,
    BankMatch,
    BankStatement,
    ChangeOrder,
    Client,
    Closing,
    Commitment,
    ConfigurationChange,
    Contact,
    DunningHold,
    DunningLevel,
    DunningPolicy,
    ErasedRow,
    Erasure,
    ExchangeRate,
    File,
    InterestRate,
    Invoice,
    Item,
    LearnedPayer,
    MailAccount,
    MailText,
    Milestone,
    OneOff,
    Pause,
    PaymentOrder,
    PaymentOrderItem,
    Person,
    Prepayment,
    PriceChange,
    PriceProposal,
    Rate,
    RecognitionSchedule,
    Reconciliation,
    Registration,
    RuleSetting,
    RuleTemplate,
    Schedule,
    Segment,
    TaxRule,
    TimeEntry,
    Usage,
)
from desktop.domain.instalments import in_parts
from desktop.services.accounting.chart import take_chart
from desktop.services.accounting.chart_files import chart
from desktop.services.accounting.journal_digest import journal_digests
from desktop.services.attachments import attach
from desktop.services.cash_book import enter_cash, save_till
from desktop.services.change_sets import raw
from desktop.services.changes import change, undo
from desktop.services.credit_use import apply_credit
from desktop.services.credits import credit_invoice
from desktop.services.delivery.kept import File as KeptFile
from desktop.services.delivery.kept import keep_sealed
from desktop.services.disputes import open_dispute
from desktop.services.notes import add_note
from desktop.services.open_items import open_items
from desktop.services.opening import OpeningItem, add_opening_credit, add_opening_item
from desktop.services.payment_plans import agree_plan
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payments import record_payment
from desktop.services.promises import note_promise
from desktop.services.runs import Scope, bill
from desktop.services.templates import choose, templates
from desktop.services.views import View, save_view
from desktop.services.write_offs import reverse_write_off, write_off
from tests.books import new_book

ANNE = "Anne"
TODAY = date(2026, 4, 15)
M = 1_000_000


def lived_book(tmp_path: Path) -> Book:
    """Clients in two currencies, agreements, hours, a run with a held draft, payments, credits, losses, opening items.

    The held draft keeps a time entry and a charge for itself.
    """
    book = new_book(tmp_path)
    _master_data(book)
    add_opening_item(
        book,
        OpeningItem("OLD-17", 1, date(2026, 2, 1), date(2026, 3, 3), "EUR", 50_000, 20_000),
        actor=ANNE,
        today=TODAY,
    )
    add_opening_credit(
        book, client_id=2, amount=5_000, currency="USD", on=date(2025, 12, 31), reference="", actor=ANNE, today=TODAY
    )
    done = bill(book, through=date(2026, 3, 31), issue_date=date(2026, 4, 1), scope=Scope(), actor=ANNE, now=book.now)
    assert done.outcomes == {"issued": 2, "held": 1, "skipped": 0, "failed": 0}, done.outcomes
    _registered(book)
    _kept(book)
    _money(book)
    _bank(book)
    _accounting(book)
    (open_of_it,) = [one for one in open_items(book, TODAY) if one.number == "INV-2026-0002"]
    parts = in_parts(open_of_it.open, [date(2026, 7, 1), date(2026, 8, 1)])
    agree_plan(book, ["INV-2026-0002"], parts, on=TODAY, reason="asked", actor=ANNE, today=TODAY)
    note_promise(book, 2, amount=100, currency="USD", promised_on=date(2026, 4, 20), actor=ANNE, today=TODAY)
    open_dispute(book, "INV-2026-0002", reason="hours", amount=100, on=TODAY, actor=ANNE, today=TODAY)
    return book


def _master_data(book: Book) -> None:
    with change(book, ANNE, "Set up") as made:
        made.insert(BankAccount, position=1, holder="Harbour", iban="DE02120300000000202051")
        made.insert(Person, name=ANNE, credit_limit=1_000_000_00, write_off_limit=1_000_000_00)
        made.insert(ExchangeRate, currency="USD", valid_from=date(2025, 1, 1), rate=900_000)
        made.insert(RuleSetting, code="amount_above", scope="firm", enabled=True, parameters='{"limit": "10000"}')
        segment = made.insert(Segment, name="Retainers")
        contract = made.insert(File, sha256="0" * 64, name="a.pdf", media_type="application/pdf", content=b"%PDF")
        tax = made.connection.exec_driver_sql("SELECT id FROM tax_code WHERE code = 'standard'").scalar_one()
        item = made.insert(Item, code="SUP", name="Support", unit="hour", price=80 * M, currency="EUR", tax_code_id=tax)
        made.insert(Rate, item_id=item, currency="USD", valid_from=date(2025, 1, 1), price=90 * M)
        for code, currency, tax_id in (("ACME", "EUR", ""), ("BOLT", "USD", ""), ("COIL", "EUR", "")):
            client = made.insert(
                Client,
                code=code,
                name=f"{code} GmbH",
                street="Kai 1",
                postcode="20457",
                city="Hamburg",
                country="DE",
                currency=currency,
                tax_id=tax_id,
                segment_id=segment,
                credit_limit=10_000_000_00,
            )
            made.insert(Contact, client_id=client, name="Jo", email="jo@example.com")
            made.insert(Address, client_id=client, kind="delivery", city="Bremen")
            agreement = made.insert(
                Agreement,
                code=f"A-{code}",
                title="Support",
                client_id=client,
                billing="hybrid",
                currency=currency,
                anchor=date(2026, 1, 1),
                start_date=date(2026, 1, 1),
                contract_id=contract,
                # The third is held: it costs more than the firm lets through unseen.
                po_limit=100_000_000,
            )
            line = made.insert(
                AgreementLine,
                agreement_id=agreement,
                position=1,
                kind="recurring",
                item_id=item,
                description="Care of the machines",
                quantity=200 * M if code == "COIL" else M,
            )
            made.insert(AgreementLine, agreement_id=agreement, position=2, kind="time", item_id=item, quantity=M)
            made.insert(PriceChange, agreement_line_id=line, valid_from=date(2027, 1, 1), unit_price=100 * M)
            made.insert(Pause, agreement_id=agreement, start_date=date(2026, 2, 10), end_date=date(2026, 2, 20))
            for day in (3, 4):
                made.insert(
                    TimeEntry,
                    client_id=client,
                    agreement_id=agreement,
                    item_id=item,
                    work_date=date(2026, 3, day),
                    person="Jo",
                    hours=1_250_000,
                    note="Oiled the bearings",
                )
            made.insert(
                OneOff,
                client_id=client,
                agreement_id=agreement,
                item_id=item,
                due_date=date(2026, 3, 9),
                description="Spare part",
                quantity=2 * M,
                unit_price=80 * M if currency == "EUR" else 90 * M,
                currency=currency,
            )
    _not_due_yet(book)
    with change(book, ANNE, "Rename") as made:
        made.update(Client, 1, name="Acme AG")
    with change(book, ANNE, "Second thoughts") as made:
        made.insert(Segment, name="Never used")
    undo(book, ANNE)


def _not_due_yet(book: Book) -> None:
    """What is agreed with the third client for later than the run looks."""
    later, end = date(2027, 1, 1), date(2028, 1, 1)
    with change(book, ANNE, "Agree on more") as made:
        made.insert(RuleTemplate, name="Strict", rules="{}")
        made.insert(TaxRule, position=1, country="DE", region="BY", tax_code_id=1)
        made.insert(Milestone, agreement_id=3, position=1, name="Handover", amount=50_000, planned_on=later)
        made.insert(
            ChangeOrder, agreement_id=3, effect="scope", dated=later, amount=1_000, reason="More", reference="7"
        )
        made.insert(Commitment, agreement_id=3, start_date=later, end_date=end, amount=90_000)
        made.insert(Prepayment, agreement_id=3, due_date=later, start_date=later, end_date=end, discount=50_000)
        made.insert(PriceProposal, agreement_line_id=1, valid_from=later, old_price=80 * M, new_price=82 * M)
        made.insert(
            Usage, agreement_id=3, item_id=1, start_date=later, end_date=date(2027, 1, 2), days=1, quantity=5 * M
        )
        made.insert(
            MailAccount, uid="a1", position=1, name="Office", sender="office@harbour.example", host="localhost", port=25
        )
        made.insert(MailText, scope="firm", kind="invoice", language="en", subject="{number}", body="Dear {contact}")
        made.insert(
            Schedule, name="Month end", task="bill", every="month", day=31, at="06:00", since="2026-01-01T00:00"
        )
    add_note(book, "client", 1, "Oil before the winter", actor=ANNE, due_on=later)
    attach(book, "client", 1, "Order.txt", b"An order", actor=ANNE)
    save_view(book, "clients", "Second", View(search="second"), actor=ANNE)
    modern = next(row.id for row in templates(book) if row.name == "Modern")
    choose(book, modern, kind="credit_note", actor=ANNE)


def _registered(book: Book) -> None:
    """As the portal of another country would have answered for the first invoice."""
    with change(book, ANNE, "Take in the portal's answer") as made:
        made.insert(
            Registration,
            invoice_id=made.session.scalars(select(Invoice.id).where(Invoice.number == "INV-2026-0001")).one(),
            irn="a1" * 32,
            ack_number="112610000000001",
            ack_at="2026-04-01T10:00:00",
            signed_qr="signed",
            made_at=made.at,
            actor=ANNE,
        )


def _kept(book: Book) -> None:
    """The files of two documents, as they went out by one printer."""
    prefix, rest = b"%PDF-1.7 ", b"INV"
    sha256 = hashlib.sha256(prefix + rest).hexdigest()
    files = [KeptFile(number, "pdf", prefix, rest, sha256) for number in (2, 3)]
    with book.writing() as session:
        keep_sealed(session.connection(), files, actor=ANNE, now=book.now)


def _bank(book: Book) -> None:
    """What the bank told of the first payment, what it is asked to fetch, and who is not reminded."""
    day = date(2026, 4, 2)
    with change(book, ANNE, "Set up the bank") as made:
        statement = made.insert(
            BankStatement,
            account_id=1,
            format="camt",
            number="4",
            currency="EUR",
            from_day=day,
            to_day=day,
            opening=0,
            closing=10_000,
            file_name="april.xml",
            taken_at=made.at,
            actor=ANNE,
        )
        line = made.insert(
            BankLine,
            statement_id=statement,
            account_id=1,
            position=1,
            identity="1",
            booked_on=day,
            amount=10_000,
            currency="EUR",
            party="Acme AG",
            text="INV-2026-0001",
            state="booked",
        )
        done = made.insert(Reconciliation, number="B-2026-0001", origin="hand", at=made.at, actor=ANNE, lines=1)
        made.insert(
            BankMatch,
            line_id=line,
            reconciliation_id=done,
            kind="payment",
            amount=10_000,
            client_id=1,
            payment_id=made.connection.exec_driver_sql("SELECT min(id) FROM payment WHERE amount = 10000").scalar_one(),
        )
        made.insert(LearnedPayer, kind="name", value="acme", client_id=1, at=made.at, actor=ANNE)
        order = made.insert(
            PaymentOrder,
            number="D-2026-0001",
            kind="sepa_debit",
            account_id=1,
            execute_on=date(2026, 5, 4),
            currency="EUR",
            count=1,
            total=100,
            made_at=made.at,
            actor=ANNE,
        )
        made.insert(
            PaymentOrderItem,
            order_id=order,
            client_id=1,
            open_item_id=1,
            amount=100,
            end_to_end="D-2026-0001-1",
            holder="Acme AG",
            iban="DE02120300000000202051",
            mandate="M1",
        )
        made.insert(DunningPolicy, scope="firm", minimum=500)
        made.insert(DunningLevel, scope="firm", level=1, name="Reminder", days=7, days_to_pay=14)
        made.insert(InterestRate, country="DE", who="business", valid_from=day, rate=112_700)
        made.insert(DunningHold, client_id=3, since=day, reason="Talks")
    till = save_till(book, "Till", "EUR", actor=ANNE)
    enter_cash(book, till, kind="opening", amount=5_000, dated=day, text="Float", actor=ANNE, today=TODAY)


def _accounting(book: Book) -> None:
    """A chart, revenue that waits, a closed year, a change that waits, and an erasure."""
    take_chart(book, chart("skr03"), actor=ANNE, title="SKR03")
    with change(book, ANNE, "Keep the ledger") as made:
        made.insert(
            RecognitionSchedule,
            invoice_id=made.connection.exec_driver_sql("SELECT invoice_id FROM invoice_line WHERE id = 1").scalar_one(),
            invoice_line_id=1,
            method="daily",
            start=date(2026, 1, 1),
            end=date(2026, 2, 1),
            currency="EUR",
            amount=0,
            firm_amount=0,
        )
        made.insert(
            Closing,
            through=date(2025, 12, 31),
            closed_at=made.at,
            actor=ANNE,
            checklist="[]",
            head="",
            digest=journal_digests(raw(made.connection), [date(2025, 12, 31)])[date(2025, 12, 31)],
        )
        made.insert(
            ConfigurationChange,
            number="V-2026-0001",
            subject="item",
            summary="Raise a price",
            from_day=date(2027, 1, 1),
            changes="[]",
            state="proposed",
            proposed_by=ANNE,
            proposed_at=made.at,
        )
        erasure = made.insert(
            Erasure, number="E-2026-0001", kind="request", reason="Art. 17", counts="{}", at=made.at, actor=ANNE
        )
        made.insert(ErasedRow, erasure_id=erasure, table_name="contact", row_id=999, columns="[]")


def _money(book: Book) -> None:
    first, second = "INV-2026-0001", "INV-2026-0002"
    record_payment(book, amount=10_000, paid_on=date(2026, 4, 2), actor=ANNE, today=TODAY, numbers=[first])
    over = record_payment(book, amount=900_000, paid_on=date(2026, 4, 3), actor=ANNE, today=TODAY, numbers=["OLD-17"])
    bounced = record_payment(
        book, amount=7_000, paid_on=date(2026, 4, 4), actor=ANNE, today=TODAY, numbers=[second], only_named=True
    )
    reverse_payment(book, bounced.payment, on=date(2026, 4, 6), reason="bounced", actor=ANNE, today=TODAY)
    assert over.unapplied
    apply_credit(book, client_id=2, on=date(2026, 4, 7), actor=ANNE, today=TODAY, amount=2_000)
    lost = write_off(book, second, reason="small", on=date(2026, 4, 8), actor=ANNE, today=TODAY, amount=30)
    reverse_write_off(book, lost.id, reason="paid after all", on=date(2026, 4, 9), actor=ANNE, today=TODAY)
    write_off(book, second, reason="small", on=date(2026, 4, 9), actor=ANNE, today=TODAY, amount=20)
    credit_invoice(book, second, reason="too dear", actor=ANNE, today=TODAY, amount_gross=1_234)
    credit_invoice(book, first, reason="wrong", actor=ANNE, today=TODAY, reissue=True)
