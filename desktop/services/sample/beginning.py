"""The sample firm before its first client: its data, its segments, its catalogue and its prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from db.engine import Book
from desktop.paths import resource
from desktop.services import catalogue, currencies, firm, people, rates, segments, taxes
from desktop.services.accounting.chart import take_chart
from desktop.services.accounting.chart_files import chart
from desktop.services.sample.world import stock
from desktop.services.sample.year import Year, add_months

NAME = "Brandt & Partner GmbH"
OWNER = "Lena Brandt"
CLERK = "Mara Vogt"
SELLER = "Jonas Kühn"

RETAINERS = "Retainers"
PROJECTS = "Projects"
HOURS = "Time and materials"
LICENCES = "Licences and support"
USAGE = "Hosting by use"

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Basis:
    """Ids of what every client and agreement refers to, by segment name and by item code; of the people who sell."""

    segments: dict[str, int]
    items: dict[str, int]
    sellers: tuple[int, ...]


def begin(book: Book, year: Year) -> Basis:
    """Enter the firm as of a month before its history."""
    sellers = _firm(book)
    segment_ids = {
        name: segments.save_segment(book, {"name": name, "terms": terms, "note": note}, actor=OWNER)
        for name, terms, note in (
            (RETAINERS, "net 14", "Monthly or quarterly care, billed by the first of the month"),
            (PROJECTS, "net 30", "Fixed prices with a deposit"),
            (HOURS, "net 30", "Hours worked, billed a month in arrears"),
            (LICENCES, "net 14", "Software and support, billed in advance"),
            (USAGE, "net 14", "A monthly fee, and what the meters count"),
        )
    }
    item_ids = _catalogue(book)
    _prices(book, year, item_ids)
    _exchange(book, year)
    take_chart(book, chart("skr03"), actor=OWNER, title="SKR03")
    return Basis(segment_ids, item_ids, sellers)


def _firm(book: Book) -> tuple[int, ...]:
    """The firm and its people; the ids of those who sell."""
    firm.update_firm(
        book,
        {
            "contact": OWNER,
            "street": "Am Sandtorkai 27",
            "postcode": "20457",
            "city": "Hamburg",
            "tax_id": "DE123456788",
            "tax_number": "48/712/01234",
            "email": "rechnung@brandt-partner.example",
            "phone": "+49 40 5550 1420",
            "website": "www.brandt-partner.example",
            "registration": "HRB 140228, Amtsgericht Hamburg",
            "terms": "net 14",
            "delivery": "email",
            "late_clause": "Amounts unpaid after the due date bear statutory interest (section 288 BGB).",
            "footer": "Brandt & Partner GmbH · Geschäftsführung: Lena Brandt, Jonas Kühn",
        },
        actor=OWNER,
    )
    for values in (
        {"iban": "DE89370400440532013000", "bic": "COBADEFFXXX", "bank": "Commerzbank", "currency": "EUR"},
        {"iban": "CH9300762011623852957", "bic": "KBBECH22XXX", "bank": "Berner Kantonalbank", "currency": "CHF"},
    ):
        firm.save_bank_account(book, values, actor=OWNER)
    firm.set_logo(book, "logo.png", resource("sample/logo.png").read_bytes(), actor=OWNER)
    owner = people.save_person(book, {"name": OWNER}, actor=OWNER)
    people.save_person(book, {"name": CLERK, "credit_limit": 100_000, "write_off_limit": 5_000}, actor=OWNER)
    return owner, people.save_person(book, {"name": SELLER}, actor=OWNER)


def _catalogue(book: Book) -> dict[str, int]:
    tax_codes = {code["code"]: code["id"] for code in taxes.tax_codes(book)}
    return {
        code: catalogue.save_item(
            book,
            {
                "code": code,
                "name": name,
                "unit": unit,
                "kind": kind,
                "price": Decimal(price) if price else None,
                "tax_code_id": tax_codes[tax],
            },
            actor=OWNER,
        )
        for code, name, unit, kind, price, tax in stock()["items"]
    }


def _prices(book: Book, year: Year, items: dict[str, int]) -> None:
    """Hours and seats by card in euros, everything by card in the other currencies; hours rise once in the year."""
    before = add_months(year.opening, -24)
    rise = date(year.today.year, 1, 1)
    for currency in ("EUR", *stock()["currencies"]):
        factor = Decimal(stock()["currencies"].get(currency, ["1"])[0])
        for code, (old, new) in stock()["hours"].items():
            for day, price in ((before, old), (rise, new)):
                _set(book, items[code], day, [(None, _in(price, factor))], currency)
        tiers = [(None if up_to is None else Decimal(up_to), _in(price, factor)) for up_to, price in stock()["seats"]]
        _set(book, items["CRM"], before, tiers, currency, "volume")
        calls = [(None if up_to is None else Decimal(up_to), _in(price, factor)) for up_to, price in stock()["calls"]]
        _set(book, items["API"], before, calls, currency, "graduated")
        if currency == "EUR":
            continue
        for code, _name, _unit, kind, price, _tax in stock()["items"]:
            if price and kind == "service":
                _set(book, items[code], before, [(None, _in(price, factor))], currency)


def _in(price: str, factor: Decimal) -> Decimal:
    """A price in another currency, to whole units where it has none of the small coins."""
    value = Decimal(price) * factor
    return value.quantize(Decimal(1) if value >= 20 else _CENT, rounding="ROUND_HALF_UP")


def _set(
    book: Book,
    item_id: int,
    day: date,
    tiers: list[tuple[Decimal | None, Decimal]],
    currency: str,
    mode: str = "flat",
) -> None:
    rates.set_rate(book, item_id, valid_from=day, tiers=tiers, currency=currency, mode=mode, actor=OWNER)


def _exchange(book: Book, year: Year) -> None:
    """A rate a month that wanders a little, the same way for every seed."""
    for currency, (_factor, rate) in stock()["currencies"].items():
        for step in range(15):
            day = add_months(year.opening, step - 1)
            if day <= year.today:
                drift = Decimal((day.month * 7 + day.year + len(currency) * step) % 21 - 10) / 1000
                currencies.set_exchange_rate(
                    book, currency, day, (Decimal(rate) * (1 + drift)).quantize(Decimal("0.0001")), actor=CLERK
                )
