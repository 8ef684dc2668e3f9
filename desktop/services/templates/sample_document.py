"""An invoice that nobody owes, to look at a template while the book has none: the firm's own head on it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from db.engine import Book
from desktop.domain.document import BankAccount, Document, DocumentLine, DocumentTax, Party
from desktop.domain.money import round_half_away, to_minor
from desktop.i18n import _
from desktop.services.firm import bank_accounts
from desktop.services.runs.freezing import seller_payload

_DUE = timedelta(days=30)


def sample_document(book: Book, today: date) -> Document:
    """Three lines of made-up prices in the firm's currency and language."""
    with book.reading() as session:
        connection = session.connection()
        seller = Party(**seller_payload(connection))
        currency, language, intro, closing, late, footer = connection.exec_driver_sql(
            "SELECT currency, language, intro, closing, late_clause, footer FROM firm"
        ).one()
        rate = connection.exec_driver_sql(
            """SELECT coalesce(max(r.rate), 0) FROM tax_rate r JOIN tax_code t ON t.id = r.tax_code_id
            WHERE t.category = 'S' AND r.valid_from <= ?""",
            (today.isoformat(),),
        ).scalar_one()
    percent = Decimal(rate) / 10_000
    start = today.replace(day=1)
    lines = tuple(
        DocumentLine(
            position=place,
            description=words,
            quantity=quantity,
            unit=unit,
            unit_price=price,
            net=to_minor(quantity * price, currency),
            category="S" if rate else "O",
            rate=percent,
            period_start=start,
            period_end=today + timedelta(days=1),
        )
        for place, (words, quantity, unit, price) in enumerate(
            (
                (_("Monthly care of the website"), Decimal(1), _("month"), Decimal(480)),
                (_("Consulting, by the hour"), Decimal("6.5"), _("hour"), Decimal(95)),
                (_("Storage of data"), Decimal(250), "GB", Decimal("0.12")),
            ),
            1,
        )
    )
    net = sum(line.net for line in lines)
    tax = round_half_away(net * percent / 100)
    return Document(
        kind="invoice",
        number="2026-0042",
        issue_date=today,
        due_date=today + _DUE,
        currency=currency,
        language=language,
        seller=seller,
        buyer=Party(
            name=_("Sample Client"),
            street=_("1 Harbour Street"),
            postcode="20457",
            city="Hamburg",
            country=seller.country,
            code="C-0001",
        ),
        lines=lines,
        taxes=(DocumentTax("S" if rate else "O", percent, net, tax),),
        net=net,
        tax=tax,
        gross=net + tax,
        payable=net + tax,
        tax_date=today,
        period_start=start,
        period_end=today + timedelta(days=1),
        po_number="PO-7781",
        bank=tuple(
            BankAccount(one["holder"], one["iban"], one["bic"], one["bank"])
            for one in bank_accounts(book)
            if not one["currency"] or one["currency"] == currency
        ),
        intro=intro,
        closing=closing,
        late_clause=late,
        footer=footer,
    )
