"""The firm's documents as e-invoices, with all that each form asks for; and one for each kind, category and edge."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from desktop.domain.document import BankAccount, Document, Party
from desktop.domain.invoice import totals
from tests.documents import papers
from tests.documents.papers import BANK, BUYER, FRENCH, SELLER, line, lines

# One to whom everything is known that any form asks for.
FIRM = replace(SELLER, contact="Ida Brandt", endpoint="rechnung@brandt-partner.example", endpoint_scheme="EM")
CLIENT = replace(BUYER, email="rechnung@nordlicht.example", endpoint="rechnung@nordlicht.example", endpoint_scheme="EM")
ABROAD = replace(
    FRENCH, endpoint="40303265045", endpoint_scheme="0009", legal_id="303265045", legal_scheme="0002", contact="Anne"
)
ISLANDS = replace(
    ABROAD, name="Canarias SL", country="ES", tax_id="ESB12345674", city="Las Palmas", legal_id="", legal_scheme=""
)
SWISS = replace(FIRM, country="CH", city="Zürich", postcode="8001", tax_id="CHE-116.281.710 MWST", tax_number="")
REGISTERED = {"legal_id": "CH-020.3.001.234-5", "legal_scheme": ""}
WAREHOUSE = Party("Lager Süd", street="Tor 3", postcode="80331", city="München", country="DE")
DAY = date(2026, 11, 30)


def invoice(rows: Any = 8, **changes: Any) -> Document:
    """As papers.document, between parties that every form of e-invoice takes."""
    values = {"seller": FIRM, "buyer": CLIENT, "buyer_reference": "04011000-1234512345-06", "tax_date": DAY}
    return papers.document(rows, **(values | changes))


def of_category(category: str, rate: str = "0", **changes: Any) -> Document:
    return invoice(lines(3, category=category, rate=Decimal(rate)), **changes)


def foreign_tax() -> Document:
    made = invoice(lines(2, currency="CHF"), currency="CHF")
    return replace(made, tax_currency="EUR", tax_in_tax_currency=made.tax * 105 // 100)


def final() -> Document:
    """Two deposits come off, one of each rate."""
    rows = (line(1), line(2, rate=Decimal(7)))
    taken = tuple(
        line(
            position,
            description=f"Anzahlungsrechnung A-{position}",
            quantity=Decimal(-1),
            unit="",
            unit_price=Decimal(50),
            rate=rate,
            detail="01.10.2026",
        )
        for position, rate in ((3, Decimal(19)), (4, Decimal(7)))
    )
    deposits = (("A-3", date(2026, 10, 1), 5000, 950, 5950), ("A-4", date(2026, 10, 2), 5000, 350, 5350))
    return invoice((*rows, *taken), kind="final", deposits=deposits)


def credit_note(**changes: Any) -> Document:
    told: dict[str, Any] = {"kind": "credit_note", "corrects": "INV-2026-0400", "corrects_date": date(2026, 10, 31)}
    return invoice(2, **(told | {"reason": "Doppelt berechnet", "period_start": None, "period_end": None} | changes))


def rounded() -> Document:
    """Paid in part and rounded to five centimes."""
    made = invoice(1, currency="CHF", seller=SWISS, prepaid=100_02)
    return replace(made, rounding=1, payable=made.gross - 100_02 + 1)


def due_in_parts() -> Document:
    made = invoice(1)
    third = made.payable // 3
    parts = ((DAY, third), (DAY + timedelta(days=30), third), (DAY + timedelta(days=60), made.payable - 2 * third))
    return replace(made, instalments=parts, due_date=parts[-1][0])


CASES: dict[str, Callable[[], Document]] = {
    "invoice": invoice,
    "deposit": lambda: invoice(1, kind="deposit", period_start=None, period_end=None),
    "final": final,
    "credit note": credit_note,
    "credit note of goods within the EU": lambda: replace(
        credit_note(buyer=ABROAD), **_priced(lines(2, category="K", rate=Decimal(0)))
    ),
    "standard": lambda: of_category("S", "19"),
    "several rates": lambda: invoice((line(1), line(2, rate=Decimal(7)), line(3, rate=Decimal("5.5")))),
    "zero": lambda: of_category("Z"),
    "exempt": lambda: of_category("E"),
    "small business": lambda: of_category("E", seller=replace(FIRM, tax_id="")),
    "reverse charge": lambda: of_category("AE", buyer=ABROAD),
    "reverse charge without a VAT id": lambda: of_category("AE", buyer=replace(ABROAD, tax_id="")),
    "goods within the EU": lambda: of_category("K", buyer=ABROAD),
    "goods within the EU, delivered elsewhere": lambda: of_category("K", buyer=ABROAD, delivery=WAREHOUSE),
    "export": lambda: of_category("G", buyer=replace(CLIENT, country="US", tax_id="", city="Boston", postcode="02109")),
    "outside": lambda: of_category("O"),
    "outside, from Switzerland": lambda: of_category("O", seller=replace(SWISS, **REGISTERED), currency="CHF"),
    "outside, by who stands in no register": lambda: of_category("O", seller=replace(FIRM, tax_number="")),
    "canaries": lambda: of_category("L", "7", buyer=ISLANDS),
    "ceuta": lambda: of_category("M", "10", buyer=ISLANDS),
    "ceuta without tax": lambda: of_category("M", "0", buyer=ISLANDS),
    "many categories": lambda: invoice(
        tuple(
            line(position, category=category, rate=Decimal(rate))
            for position, (category, rate) in enumerate(
                [("S", "19"), ("S", "7"), ("Z", "0"), ("E", "0"), ("AE", "0"), ("K", "0"), ("G", "0")], start=1
            )
        ),
        buyer=ABROAD,
    ),
    "allowance and charge": lambda: invoice((line(1, allowance=240_00, allowance_reason="Treue"), line(2, charge=5))),
    "both on a line, without words": lambda: invoice((line(1, allowance=1, charge=2),)),
    "returned with its allowance": lambda: invoice((line(1), line(2, quantity=Decimal(-1), allowance=-19_00))),
    "negative price": lambda: invoice((line(1), line(2, unit_price=Decimal("-10.50")))),
    "nothing on a line": lambda: invoice((line(1, unit_price=Decimal(0)),)),
    "a group of nothing": lambda: invoice(
        (line(1), line(2, rate=Decimal(7)), replace(line(2, rate=Decimal(7), quantity=Decimal(-3)), position=3))
    ),
    "finest figures": lambda: invoice(
        (line(1, quantity=Decimal("0.000001"), unit_price=Decimal("0.000001"), base_quantity=Decimal("0.000007")),)
    ),
    "twelve digits": lambda: invoice((line(1, quantity=Decimal(1), unit_price=Decimal("9999999999.99")),)),
    "prepaid and rounded": rounded,
    "all prepaid": lambda: (lambda made: replace(made, prepaid=made.gross, payable=0))(invoice(1)),
    "below nothing": lambda: invoice((line(1, quantity=Decimal(-1)),)),
    "yen": lambda: invoice(lines(2, currency="JPY"), currency="JPY"),
    "tax in another currency": foreign_tax,
    "all references": lambda: invoice(1, contract="V-77", project="P-1", po_number="4711 & 12"),
    "credit note of a project": lambda: credit_note(contract="V-77", project="P-1"),
    "delivered elsewhere": lambda: invoice(1, delivery=WAREHOUSE),
    "delivered to no land": lambda: invoice(1, delivery=replace(WAREHOUSE, name="", country="")),
    "no period": lambda: invoice(1, period_start=None, period_end=None),
    "a line beyond the period": lambda: invoice(
        (line(1, period_start=date(2026, 9, 1), period_end=date(2027, 1, 1)), line(2))
    ),
    "direct debit": lambda: invoice(
        1, means="debit", mandate="M-17", creditor_id="DE98ZZZ09999999999", debited="DE02 1203 0000 0000 2020 51"
    ),
    "card": lambda: invoice(1, means="card", card="Visa 4242 4242 4242 4242"),
    "two accounts": lambda: invoice(1, bank=(*BANK, replace(BANK[0], iban="DE89370400440532013000"))),
    "an account without an IBAN": lambda: invoice(1, bank=(BankAccount("Brandt", "1234 567-8"),)),
    "no account": lambda: invoice(1, bank=()),
    "early payment": lambda: invoice(1, discount_percent=Decimal(2), discount_until=date(2026, 12, 10)),
    "early payment beside terms": lambda: invoice(
        1, discount_percent=Decimal("2.5"), discount_until=date(2026, 12, 10), terms="#SKONTO#TAGE=99#PROZENT=9.00#"
    ),
    "instalments": due_in_parts,
    "an attack on the text": lambda: invoice(
        (line(1, description="<x>&y</x>\x00\x0b\ud800]]>", detail="\x1f", group='"&<', classification='">'),),
        intro="  \x01 ",
        number="A&B<1>",
        buyer=replace(CLIENT, name="Bäcker & Söhne \"<GmbH>\" 'x'" + "ü" * 300, contact="\t"),
    ),
    "other scripts": lambda: invoice((line(1, description="خدمات 一月 नमस्ते 🎉"),), language="hi"),
    "many lines": lambda: invoice(200),
    "classified": lambda: invoice((line(1, classification="8471"), line(2, classification="998314"))),
}


def _priced(rows: Any) -> dict[str, Any]:
    made = papers.document(rows)
    sums = totals([(row.category, row.rate, row.net) for row in rows])
    return {"lines": rows, "taxes": made.taxes, "net": sums.net, "tax": sums.tax, "gross": sums.gross} | {
        "payable": sums.payable
    }
