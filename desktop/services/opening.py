"""What clients owed, or had as credit, when the book began: items of the program used before, by import or by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from db.schema import Invoice, JournalEntry, OpenItem, Posting
from desktop.domain.journal import firm_factor, in_firm, opening_postings
from desktop.domain.sealing import INVOICE_FIELDS, seal
from desktop.errors import UserError
from desktop.i18n import _, money_text
from desktop.services.accounting.closing import refuse_closed
from desktop.services.change_sets import Change
from desktop.services.changes import change
from desktop.services.exchange import ExchangeRates
from desktop.services.ledger import OPENING, Ledger
from desktop.services.payments import not_to_come
from desktop.services.runs.freezing import Papers, prepare


@dataclass(frozen=True, slots=True)
class OpeningItem:
    """An invoice of the program used before: its number there, gross and what is open of it, minor units."""

    number: str
    client_id: int
    issue_date: date
    due_date: date
    currency: str
    gross: int
    open: int


def add_opening_item(book: Book, item: OpeningItem, *, actor: str, today: date) -> int:
    """Bring in one item; the id of its document. It can be undone until something settles it.

    UserError for a number that is taken, an open amount above the total, and a date to come.
    """
    with change(book, actor, _("Opening item {number}").format(number=item.number)) as made:
        not_to_come(item.issue_date, today)
        taken = item.number in standing_documents(made.connection, [item.number])
        problem = opening_problem(item, taken=taken)
        if problem is not None:
            raise problem
        return book_opening_items(made, [item])[0]


def add_opening_credit(
    book: Book, *, client_id: int, amount: int, currency: str, on: date, reference: str, actor: str, today: date
) -> str:
    """Bring in a credit that a client had left; the number under which it is used or reversed, as a payment is."""
    with change(book, actor, "", undoable=False) as made:
        not_to_come(on, today)
        if amount <= 0:
            raise UserError(_("A credit needs an amount above zero."), _("What the client owes is an opening item."))
        ledger = Ledger(made)
        credit = ledger.payment(
            client_id=client_id, amount=amount, currency=currency, paid_on=on, method=OPENING, reference=reference
        )
        ledger.flush()
        made.summary = _("Opening credit {number} of {amount}").format(
            number=credit.number, amount=money_text(amount, currency)
        )
    return credit.number


def standing_documents(connection: Connection, numbers: Iterable[str]) -> dict[str, OpeningItem | None]:
    """Which of the numbers the book knows: as the opening item that it is, or None for a document issued here."""
    found: dict[str, OpeningItem | None] = {}
    for number in numbers:
        row = connection.exec_driver_sql(
            "SELECT kind, client_id, issue_date, due_date, currency, gross, payable FROM invoice WHERE number = ?",
            (number,),
        ).fetchone()
        if row is not None:
            kind, client, issued, due, currency, gross, payable = row
            dates = date.fromisoformat(issued), date.fromisoformat(due)
            found[number] = OpeningItem(number, client, *dates, currency, gross, payable) if kind == "opening" else None
    return found


def opening_problem(item: OpeningItem, *, taken: bool) -> UserError | None:
    """Why an item cannot be brought in, if it cannot; `taken` says that the book knows its number already."""
    if taken:
        return UserError(
            _("The number {number} is in the book already.").format(number=item.number),
            _("Correct the number, or leave the item out."),
        )
    if not 0 <= item.open <= item.gross:
        return UserError(
            _("{open} open is not between nothing and the total of {gross}.").format(
                open=money_text(item.open, item.currency), gross=money_text(item.gross, item.currency)
            ),
            _("Correct one of the two amounts."),
        )
    if item.due_date < item.issue_date:
        return UserError(
            _("{number} would be due before it was issued.").format(number=item.number), _("Correct one of the dates.")
        )
    return None


def book_opening_items(made: Change, items: Sequence[OpeningItem]) -> list[int]:
    """Write items that nothing speaks against, within the caller's change; the ids of their documents.

    Each row is recorded, so that undoing the change takes them out again as long as nothing settled them.
    """
    connection = made.connection
    papers = prepare(connection, [item.client_id for item in items])
    rates = ExchangeRates(connection)
    languages = _languages(connection)
    for item in items:
        refuse_closed(connection, item.issue_date)
    return [_book(made, item, papers, rates, languages[item.client_id]) for item in items]


def _book(made: Change, item: OpeningItem, papers: Papers, rates: ExchangeRates, language: str) -> int:
    rate = rates.on(item.currency, item.issue_date)
    factor = firm_factor(rate, item.currency, rates.firm_currency)
    firm_gross = in_firm(item.gross, factor)
    values: dict[str, Any] = {
        "number": item.number,
        "kind": "opening",
        "client_id": item.client_id,
        "template_version_id": papers.templates.fallback,
        "issue_date": item.issue_date,
        "tax_date": item.issue_date,
        "due_date": item.due_date,
        "language": language,
        "terms": "",
        "po_number": "",
        "buyer_reference": "",
        "currency": item.currency,
        "net": item.gross,
        "tax": 0,
        "gross": item.gross,
        "prepaid": item.gross - item.open,
        "rounding": 0,
        "payable": item.open,
        "firm_currency": rates.firm_currency,
        "firm_rate": rate,
        "firm_net": firm_gross,
        "firm_tax": None if firm_gross is None else 0,
        "firm_gross": firm_gross,
        "reason": "",
        "texts": "{}",
    }
    seller_id, buyer_id = papers.seller_id, papers.buyers[item.client_id]
    invoice_id = made.insert(
        Invoice,
        **values,
        seller_id=seller_id,
        buyer_id=buyer_id,
        digest=_sealed(made.connection, values, item, seller_id, buyer_id),
        actor=made.actor,
        created_at=made.at,
    )
    made.insert(
        OpenItem,
        invoice_id=invoice_id,
        client_id=item.client_id,
        currency=item.currency,
        due_date=item.due_date,
        amount=item.open,
        open=item.open,
    )
    if item.open:
        entry = made.insert(JournalEntry, kind="opening", booked_on=item.issue_date, invoice_id=invoice_id)
        for posting in opening_postings(item.client_id, item.currency, item.open, factor):
            made.insert(
                Posting,
                entry_id=entry,
                role=posting.role,
                client_id=posting.client_id,
                currency=posting.currency,
                amount=posting.amount,
                firm_amount=posting.firm_amount,
            )
    return invoice_id


def _sealed(connection: Connection, values: dict[str, Any], item: OpeningItem, seller_id: int, buyer_id: int) -> str:
    digests = [
        connection.exec_driver_sql("SELECT digest FROM party WHERE id = ?", (party,)).scalar_one()
        for party in (seller_id, buyer_id)
    ]
    stored = [values.get(name) for name in INVOICE_FIELDS]
    frozen = [value.isoformat() if isinstance(value, date) else value for value in stored]
    return seal(frozen, [], [], [(1, item.due_date.isoformat(), item.open)], digests[0], digests[1])


def _languages(connection: Connection) -> dict[int, str]:
    rows = connection.exec_driver_sql(
        "SELECT c.id, coalesce(c.language, s.language, f.language) FROM client c CROSS JOIN firm f "
        "LEFT JOIN segment s ON s.id = c.segment_id"
    )
    return {row[0]: row[1] for row in rows}
