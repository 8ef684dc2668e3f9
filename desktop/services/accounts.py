"""A client's account: every document, payment and loss with the balance after it, and what settled what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from db.engine import Book
from db.queries import accounts as queries
from db.queries.families import head_of


@dataclass(frozen=True, slots=True)
class Link:
    """One allocation: with the document `number` on the other side, that much (negative where it was taken back).

    `kind` is payment, credit, discount or write_off; minor units.
    """

    dated: date
    kind: str
    number: str
    amount: int


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One booking; a debit is positive. `balance` is what the client owes after it, in minor units.

    `kind` is invoice, deposit, final, opening, credit_note, payment, reversal, refund, discount or write_off. `open` is
    what is left today: of a document to be paid, of a payment or credit note to be used (negative).
    """

    dated: date
    kind: str
    number: str
    text: str
    amount: int
    balance: int
    open: int
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """A client's account in one currency, from `brought_forward` to `balance`; minor units.

    What was booked for clients merged into it is in it.
    """

    client_id: int
    currency: str
    brought_forward: int
    rows: tuple[AccountRow, ...]
    balance: int


@dataclass(slots=True)
class _Page:
    brought_forward: int = 0
    balance: int = 0
    rows: list[AccountRow] = field(default_factory=list)


def account(book: Book, client_id: int, *, until: date, since: date | None = None) -> tuple[Account, ...]:
    """A client's accounts by currency, as they stood at the end of a day; what came before `since` is one sum.

    Of a client merged into another, or with others merged into it, they are those of all of them together.
    """
    with book.reading() as session:
        connection = session.connection()
        client_id = head_of(connection, client_id)
        bookings = queries.bookings(connection, client_id, until.isoformat())
        links = _links(queries.settlements(connection, client_id, until.isoformat()))
    pages: dict[str, _Page] = {}
    for day, _rank, kind, source, number, text, currency, amount, is_open in bookings:
        page = pages.setdefault(currency, _Page())
        page.balance += amount
        dated = date.fromisoformat(day)
        if since is not None and dated < since:
            page.brought_forward = page.balance
            continue
        settled = links.get((_side(kind), source), ())
        page.rows.append(AccountRow(dated, kind, number, text, amount, page.balance, is_open, tuple(settled)))
    return tuple(
        Account(client_id, currency, page.brought_forward, tuple(page.rows), page.balance)
        for currency, page in sorted(pages.items())
    )


def _side(kind: str) -> str:
    if kind in ("payment", "credit_note"):
        return kind
    return "invoice" if kind in ("invoice", "deposit", "final", "opening") else ""


def _links(settlements: Sequence[Any]) -> Mapping[tuple[str, int], list[Link]]:
    """Each allocation twice: under what it settles and under what settled it."""
    found: dict[tuple[str, int], list[Link]] = {}
    for day, kind, payment_id, payment, note_id, note, invoice_id, number, amount in settlements:
        dated = date.fromisoformat(day)
        found.setdefault(("invoice", invoice_id), []).append(Link(dated, kind, payment or note or "", amount))
        if payment_id is not None:
            found.setdefault(("payment", payment_id), []).append(Link(dated, kind, number, amount))
        if note_id is not None:
            found.setdefault(("credit_note", note_id), []).append(Link(dated, kind, number, amount))
    return found
