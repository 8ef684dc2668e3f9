"""Documents as chance makes them, lawful by the domain's own arithmetic: every kind, category and edge there is."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from desktop.domain.document import (
    CAP_WORDS,
    INCLUDED_WORDS,
    PREPAID_WORDS,
    BankAccount,
    Document,
    DocumentLine,
    DocumentTax,
    Party,
    commitment_words,
    minimum_words,
    unused_words,
)
from desktop.domain.invoice import LineFigures, line_net, totals
from tests.documents.papers import BANK, BUYER, FRENCH, SELLER

CURRENCIES = ("EUR", "EUR", "EUR", "CHF", "GBP", "USD", "JPY", "HUF", "PLN", "SEK", "KRW")
RATES = {
    "S": ("19", "7", "20", "5.5", "2.1", "8.1", "25.5", "13.5", "0.5"),
    "L": ("7", "3", "9.5", "20"),
    "M": ("4", "10", "0.5", "0"),
}
TEXTS = (
    "Wartung",
    "Fish & Chips <extra>",
    "Fußpflege “Größe 38” – 3 × täglich",
    "一月の請求書",
    "فاتورة الخدمات",
    "Emoji 🎉 und Tab\tund\x00 Steuerzeichen\x1f",
    "Zeile eins\r\nZeile zwei\rZeile drei",
    "]]> & &amp; ünïcode \ud83d halb",
    "x" * 5_000,
    "# keine Skontozeile",
    "'\"",
)
UNITS = ("hour", "day", "Stk", "month", "", "GB", "Wagenladung", "kg", "HUR", "m²", "KGM", "page", "<b>")
DETAILS = (
    "",
    INCLUDED_WORDS,
    minimum_words("500.00", "EUR"),
    commitment_words("1000.00", "420.50"),
    unused_words(3, 31, "INV-1"),
    "von Hand",
)
REASONS = ("", f"{CAP_WORDS} 120.50 EUR", f"{PREPAID_WORDS} 10 %", "Treue & Mehr", "   ")
SPANISH = replace(FRENCH, name="Canarias SL", country="ES", tax_id="ESB12345674", city="Las Palmas")
SMALL = replace(SELLER, tax_id="", tax_number="22/123/45678", legal_id="", website="")
SWISS = replace(SELLER, country="CH", tax_id="CHE-116.281.710 MWST", tax_number="", city="Zürich", postcode="8001")
PLACE = Party("Lager Süd", street="Tor 3", postcode="80331", city="München", country="DE")
DAY = date(2026, 11, 30)


def random_document(seed: int) -> Document:
    """The document of a number, always the same."""
    dice = Random(seed)
    currency = dice.choice(CURRENCIES)
    seller, buyer, groups = _parties(dice)
    kind = dice.choices(("invoice", "deposit", "final", "credit_note"), (6, 1, 2, 3))[0]
    rows = tuple(
        _line(dice, position, currency, *dice.choice(groups)) for position in range(1, dice.choice((2, 3, 5, 16)))
    )
    deposits: tuple[tuple[str, date, int, int, int], ...] = ()
    if kind == "final":
        rows, deposits = _deducted(dice, rows, currency)
    sums = totals([(row.category, row.rate, row.net) for row in rows])
    prepaid = dice.choice((0, 0, 0, sums.gross // 3, sums.gross))
    rounding = dice.choice((0, 0, 0, 2, -3))
    values: dict[str, Any] = {
        "kind": kind,
        "number": dice.choice(("INV-2026-0418", "RE/26&7", "№ 12 <A>")),
        "issue_date": DAY,
        "due_date": DAY + timedelta(days=dice.choice((0, 14, 30, 400))),
        "currency": currency,
        "language": dice.choice(("de", "en", "fr", "es", "pl", "de_CH")),
        "seller": seller,
        "buyer": buyer,
        "lines": rows,
        "taxes": tuple(_tax(dice, group.category, group.rate, group.basis, group.tax) for group in sums.taxes),
        "net": sums.net,
        "tax": sums.tax,
        "gross": sums.gross,
        "prepaid": prepaid,
        "rounding": rounding,
        "payable": sums.gross - prepaid + rounding,
        "tax_date": dice.choice((None, DAY)),
        "po_number": dice.choice(("", "4711-22", "PO <7> & 8")),
        "buyer_reference": dice.choice(("04011000-1234512345-06", "Anke Petersen")),
        "agreement": "Support",
        "contract": dice.choice(("", "V-77")),
        "project": dice.choice(("", "P-1 & P-2")),
        "intro": dice.choice(("", *TEXTS)),
        "closing": dice.choice(("", "  ", "Vielen Dank!")),
        "late_clause": dice.choice(("", "Bei Verzug 9 & mehr.")),
        "deposits": deposits,
        "terms": dice.choice(("", "30 Tage netto.", "#SKONTO#TAGE=1#PROZENT=99.00#")),
        "delivery": dice.choice((None, None, PLACE, replace(PLACE, name="", country="")))
        if "G" not in [category for category, _rate in groups]
        else None,
    }
    if dice.random() < 0.7:
        values |= {"period_start": date(2026, 11, 1), "period_end": date(2026, 12, 1)}
    values |= _payment(dice, values["payable"])
    if kind == "credit_note":
        values |= {"corrects": "INV-2026-0001", "corrects_date": dice.choice((None, date(2026, 1, 2)))}
        values |= {"reason": dice.choice(("", "Doppelt berechnet"))}
    if currency != "EUR" and dice.random() < 0.5:
        values |= {"tax_currency": "EUR", "tax_in_tax_currency": sums.tax * 9 // 10}
    elif dice.random() < 0.1:
        values |= {"tax_currency": currency, "tax_in_tax_currency": sums.tax}
    return Document(**values)


def _parties(dice: Random) -> tuple[Party, Party, list[tuple[str, Decimal]]]:
    """Who bills whom, and the categories that may stand on their documents."""
    plain = replace(
        BUYER,
        email="rechnung@nordlicht.example",
        phone=dice.choice(("", "+49 40 99")),
        contact=dice.choice(("", "A B")),
    )
    abroad = replace(FRENCH, endpoint="303265045", endpoint_scheme="0002", legal_id="303265045", legal_scheme="0002")
    islands = replace(SPANISH, email="a@canarias.example")
    seller = replace(SELLER, legal_id=dice.choice(("", "HRB 123456")), contact=dice.choice(("", "Ida Brandt")))
    zero = Decimal(0)
    match dice.randrange(8):
        case 0:
            return SWISS, replace(plain, tax_id=""), [("O", zero)]
        case 1:
            return seller, plain, [("O", zero)]
        case 2:
            return SMALL, plain, [("E", zero), ("Z", zero)]
        case 3:
            return seller, abroad, [("AE", zero), ("K", zero), ("E", zero)]
        case 4:
            return seller, replace(islands, tax_id=""), [("G", zero), ("Z", zero)]
        case 5:
            categories: tuple[str, ...] = dice.choice((("L",), ("M",), ("L", "M", "E")))
        case _:
            categories = dice.choice((("S",), ("S", "S", "S"), ("S", "Z"), ("S", "E", "Z")))
    made = [(category, Decimal(dice.choice(RATES.get(category, ("0",))))) for category in categories]
    return seller, islands if "L" in categories or "M" in categories else plain, made


def _line(dice: Random, position: int, currency: str, category: str, rate: Decimal) -> DocumentLine:
    quantity = Decimal(dice.choice((1, 1, 2, 12, 1000))) if dice.random() < 0.6 else _decimal(dice, 10_000, 6)
    if dice.random() < 0.15:
        quantity = -quantity
    price = _decimal(dice, dice.choice((1, 100, 100_000)), dice.choice((0, 2, 4, 6)))
    base = Decimal(dice.choice((1, 1, 1, 30, 1000)))
    figures = LineFigures(quantity, price, category, rate, base)
    whole = line_net(figures, currency)
    allowance = dice.choice((0, 0, 0, whole // 10, whole // 7, 5, whole))
    charge = dice.choice((0, 0, 0, 0, whole // 20, 250))
    dated = dice.choice((None, 0, 10, -40))
    return DocumentLine(
        position=position,
        description=dice.choice(TEXTS),
        quantity=quantity,
        unit=dice.choice(UNITS),
        unit_price=price,
        net=whole - allowance + charge,
        category=category,
        rate=rate,
        base_quantity=base,
        allowance=allowance,
        charge=charge,
        allowance_reason=dice.choice(REASONS),
        period_start=None if dated is None else DAY + timedelta(days=dated),
        period_end=None if dated is None else DAY + timedelta(days=dated + dice.choice((1, 31))),
        detail=dice.choice(DETAILS),
        group=dice.choice(("", "", "Phase 1 & 2")),
        classification=dice.choice(("", "", "8471", "998314", "0902 10", "frei")),
    )


def _deducted(
    dice: Random, rows: tuple[DocumentLine, ...], currency: str
) -> tuple[tuple[DocumentLine, ...], tuple[tuple[str, date, int, int, int], ...]]:
    """With the deposits that the invoice takes off, as negative lines of their group."""
    basis: dict[tuple[str, Decimal], int] = {}
    for row in rows:
        basis[row.category, row.rate] = basis.get((row.category, row.rate), 0) + row.net
    taken = []
    for number, ((category, rate), net) in enumerate(basis.items(), start=1):
        if net <= 0:
            continue
        part = dice.choice((net, net // 2 or net))
        minor = line_net(LineFigures(Decimal(1), Decimal(1), category, rate), currency)
        taken.append(
            DocumentLine(
                len(rows) + number,
                f"Anzahlungsrechnung A-{number}",
                Decimal(-1),
                "",
                Decimal(part) / minor,
                -part,
                category,
                rate,
            )
        )
    told = tuple((row.description, DAY - timedelta(days=60), -row.net, 0, -row.net) for row in taken)
    return rows + tuple(taken), told


def _tax(dice: Random, category: str, rate: Decimal, basis: int, tax: int) -> DocumentTax:
    words = dice.choice(("", "", "Kleinunternehmer, § 19 UStG"))
    code = dice.choice(("", "", "VATEX-EU-132-1C" if category == "E" else "", "erfunden"))
    return DocumentTax(category, rate, basis, tax, words, "", code)


def _payment(dice: Random, payable: int) -> dict[str, Any]:
    foreign = BankAccount("Brandt", "1234 567-8", "CHASUS33", "Chase")
    means = dice.choice(("transfer", "transfer", "debit", "card"))
    values: dict[str, Any] = {
        "means": means,
        "bank": dice.choice(((), BANK, (*BANK, replace(BANK[0], holder="")), (foreign,), (*BANK, foreign))),
        "mandate": "M-2026-17",
        "creditor_id": "DE98ZZZ09999999999",
        "debited": "DE02 1203 0000 0000 2020 51",
        "card": dice.choice(("", "Visa 4242", "4242 4242 4242 4242", "Mastercard …1881")),
    }
    if dice.random() < 0.3:
        values |= {
            "discount_percent": Decimal(dice.choice(("2", "2.5", "3.125"))),
            "discount_until": DAY + timedelta(days=10),
        }
    if payable > 3 and dice.random() < 0.3:
        third = payable // 3
        values["instalments"] = ((DAY, third), (DAY + timedelta(days=30), payable - third))
    return values


def _decimal(dice: Random, most: int, places: int) -> Decimal:
    return Decimal(dice.randrange(most * 10**places)).scaleb(-places)
