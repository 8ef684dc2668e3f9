"""Clients and issued invoices for tests of what follows: payments, credits, aging."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from db.engine import Book
from db.schema import Client, ExchangeRate
from desktop.domain.billing import Charged, Line, TaxLine
from desktop.domain.invoice import totals
from desktop.domain.money import SCALE, percent_to_scaled, scaled, to_major
from desktop.services.changes import change
from desktop.services.issuing import ReadyInvoice, freeze_parties, issue_documents

ANNE = "Anne"


def add_client(book: Book, code: str, *, currency: str = "EUR", name: str = "") -> int:
    with change(book, ANNE, f"Add {code}") as made:
        return made.insert(Client, code=code, name=name or f"{code} Ltd", country="DE", currency=currency)


def add_rate(book: Book, currency: str, valid_from: date, rate: Decimal) -> None:
    with change(book, ANNE, "Rate") as made:
        made.insert(ExchangeRate, currency=currency, valid_from=valid_from, rate=scaled(rate))


def add_invoice(
    book: Book,
    client_id: int,
    day: date,
    *lines: tuple[int, int],
    currency: str = "EUR",
    terms: str = "net 30",
    kind: str = "invoice",
    instalments: Sequence[tuple[date, int]] = (),
    parts: bool = False,
    charges: Sequence[Charged] = (),
    deducts: dict[int, int] | None = None,
) -> str:
    """Issue one invoice of (net, rate in percent) lines; its number. `parts` makes two equal instalments of it."""
    sums = totals([("S" if percent else "Z", Decimal(percent), net) for net, percent in lines])
    if parts and sums.payable > 1:
        half = sums.payable // 2
        instalments = [(day + timedelta(days=20), half), (day + timedelta(days=50), sums.payable - half)]
    ready = [
        Line(
            position,
            None,
            None,
            None,
            "",
            f"Work {position}",
            "",
            "",
            day.replace(day=1).isoformat(),
            day.isoformat() if day.day > 1 else None,
            SCALE,
            "unit",
            scaled(to_major(net, currency)),
            SCALE,
            0,
            "",
            0,
            net,
            None,
            "S" if percent else "Z",
            percent_to_scaled(Decimal(percent)),
            (deducts or {}).get(position),
        )
        for position, (net, percent) in enumerate(lines, 1)
    ]
    with change(book, ANNE, "Issue", undoable=False) as made:
        (seller,) = freeze_parties(made.connection, "seller", [{"name": "Harbour Services", "country": "DE"}])
        (buyer,) = freeze_parties(made.connection, "buyer", [{"name": f"Client {client_id}", "country": "DE"}])
        document = ReadyInvoice(
            kind=kind,
            client_id=client_id,
            seller_id=seller,
            buyer_id=buyer,
            template_version_id=1,
            issue_date=day,
            terms=terms,
            language="en",
            currency=currency,
            net=sums.net,
            tax=sums.tax,
            gross=sums.gross,
            payable=sums.payable,
            lines=ready,
            taxes=[TaxLine(t.category, percent_to_scaled(t.rate), t.basis, t.tax, "", "") for t in sums.taxes],
            charges=charges,
            instalments=instalments,
        )
        (issued,) = issue_documents(made.connection, [document], actor=ANNE, now=made.at)
    return issued.number
