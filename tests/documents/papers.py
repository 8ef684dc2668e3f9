"""Documents to set: a firm, its clients and lines, with totals by the rules of the domain; and ways to read a PDF."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pypdfium2

from desktop.documents import fonts
from desktop.documents.render import document_text
from desktop.domain.document import BankAccount, Document, DocumentLine, DocumentTax, Party, TemplateVersion
from desktop.domain.invoice import LineFigures, line_net, totals
from desktop.domain.letter import Letter
from desktop.paths import resource

SELLER = Party(
    "Brandt & Partner GmbH",
    street="Speicherstraße 14",
    postcode="20457",
    city="Hamburg",
    country="DE",
    tax_id="DE811234567",
    tax_number="22/123/45678",
    email="rechnung@brandt-partner.example",
    phone="+49 40 1234567",
    website="brandt-partner.example",
    registration="Amtsgericht Hamburg HRB 123456",
)
BUYER = Party(
    "Nordlicht Studio GmbH",
    contact="Frau Dr. Anke Petersen",
    street="Lange Reihe 101",
    postcode="20099",
    city="Hamburg",
    country="DE",
    tax_id="DE129273398",
    code="C-00417",
)
FRENCH = Party(
    "Maison Dupré SARL",
    street="12 rue des Écoles",
    postcode="69003",
    city="Lyon",
    country="FR",
    tax_id="FR40303265045",
    code="C-00077",
)
BANK = (BankAccount("Brandt & Partner GmbH", "DE02120300000000202051", "BYLADEM1001", "Deutsche Kreditbank Berlin"),)
PLAIN = TemplateVersion(1, "Standard", 1)
LOGO = replace(PLAIN, logo=(resource("sample") / "logo.png").read_bytes())

_SERVICES = (
    ("Retainer Support und Betrieb", "1", "month", "2400.00", ""),
    ("Managed Hosting, Stufe 2", "3", "piece", "189.90", ""),
    ("Konzeption und Entwurf", "12.5", "hour", "145.00", "Startseite und drei Unterseiten; zwei Korrekturrunden"),
    ("Datenübertragung über Kontingent", "1250", "GB", "0.085", ""),
    ("Backup-Speicher (100 GB)", "4", "piece", "19.00", ""),
    ("Nutzerlizenzen Professional", "25", "user", "12.50", ""),
    ("Wartung vor Ort", "1", "day", "1150.00", ""),
    ("API-Aufrufe", "128400", "call", "0.40", ""),
)


def line(position: int, currency: str = "EUR", **changes: Any) -> DocumentLine:
    """One of eight services, with its net worked out unless it is given."""
    description, quantity, unit, price, detail = _SERVICES[(position - 1) % 8]
    values: dict[str, Any] = {
        "position": position,
        "description": description,
        "quantity": Decimal(quantity),
        "unit": unit,
        "unit_price": Decimal(price),
        "category": "S",
        "rate": Decimal(19),
        "base_quantity": Decimal(1000 if unit == "call" else 1),
        "detail": detail,
    } | changes
    figures = LineFigures(
        values["quantity"],
        values["unit_price"],
        values["category"],
        values["rate"],
        values["base_quantity"],
        values.get("allowance", 0),
        values.get("charge", 0),
    )
    return DocumentLine(**({"net": line_net(figures, currency)} | values))


def lines(count: int, **changes: Any) -> tuple[DocumentLine, ...]:
    return tuple(line(position, **changes) for position in range(1, count + 1))


def document(rows: tuple[DocumentLine, ...] | int = 8, **changes: Any) -> Document:
    """An invoice in German for November 2026, with any of its fields changed."""
    if isinstance(rows, int):
        rows = lines(rows)
    sums = totals(
        [(row.category, row.rate, row.net) for row in rows],
        prepaid=changes.get("prepaid", 0),
        rounding=changes.get("rounding", 0),
    )
    values: dict[str, Any] = {
        "kind": "invoice",
        "number": "INV-2026-0418",
        "issue_date": date(2026, 11, 30),
        "due_date": date(2026, 12, 30),
        "currency": "EUR",
        "language": "de",
        "seller": SELLER,
        "buyer": BUYER,
        "lines": rows,
        "taxes": tuple(DocumentTax(group.category, group.rate, group.basis, group.tax) for group in sums.taxes),
        "net": sums.net,
        "tax": sums.tax,
        "gross": sums.gross,
        "payable": sums.payable,
        "period_start": date(2026, 11, 1),
        "period_end": date(2026, 12, 1),
        "po_number": "4711-22",
        "buyer_reference": "Anke Petersen",
        "bank": BANK,
        "terms": "30 Tage netto",
        "late_clause": "Bei Verzug berechnen wir neun Prozentpunkte über dem Basiszinssatz und 40 Euro (§ 288 BGB).",
        "intro": "Für unsere Leistungen im November berechnen wir Ihnen wie vereinbart:",
    } | changes
    return Document(**values)


def pages(pdf: bytes) -> list[str]:
    """The text of each page as a reader copies it, with plain spaces and line ends."""
    with pypdfium2.PdfDocument(pdf) as opened:
        texts = []
        for page in opened:
            read = page.get_textpage()
            texts.append(read.get_text_bounded().replace("\r\n", "\n"))
            read.close()
            page.close()
    return texts


def text(pdf: bytes) -> str:
    return "\n".join(pages(pdf))


def missing_glyphs(paper: Document | Letter) -> str:
    """The characters of the document that no font has, each once; they are printed as a replacement sign."""
    return fonts.missing([document_text(paper)])
