"""Firms, clients, agreements and catalogues as billing sees them, with defaults that a test overrides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from desktop.domain.agreement import Agreement, AgreementLine
from desktop.domain.billing import Billing, ClientFacts, FirmFacts, ItemFacts, OneOff, TaxEntry, TimeEntry
from desktop.domain.money import SCALE
from desktop.domain.periods import Cadence, Interval
from desktop.domain.pricing import PriceBook, RateRow

LONG_AGO = date(2000, 1, 1)
STANDARD, REDUCED, EXEMPT, SMALL, REVERSE, OUTSIDE = 1, 2, 3, 4, 5, 6
RETAINER, ADVICE, BOOK, COURSE = 1, 2, 3, 4


def money(amount: str | int) -> int:
    """A price, quantity or fraction as the book keeps it."""
    return int(Decimal(amount) * SCALE)


def day(text: str) -> date:
    return date.fromisoformat(text)


TAXES = (
    TaxEntry(STANDARD, "standard", "S", "", "", ((LONG_AGO, money("0.19")),)),
    TaxEntry(REDUCED, "reduced", "S", "", "", ((LONG_AGO, money("0.07")),)),
    TaxEntry(EXEMPT, "exempt", "E", "", "Exempt from VAT", ((LONG_AGO, 0),)),
    TaxEntry(SMALL, "small-business", "E", "", "§ 19 UStG", ((LONG_AGO, 0),)),
    TaxEntry(REVERSE, "reverse-charge", "AE", "VATEX-EU-AE", "Reverse charge", ((LONG_AGO, 0),)),
    TaxEntry(OUTSIDE, "outside", "O", "VATEX-EU-O", "Not taxable here", ((LONG_AGO, 0),)),
)
ITEMS = (
    ItemFacts(RETAINER, "RET", "Monthly retainer", "month", "service", "standard"),
    ItemFacts(ADVICE, "ADV", "Tax advice by the hour", "hour", "service", "standard"),
    ItemFacts(BOOK, "BOOK", "Printed handbook", "piece", "goods", "reduced"),
    ItemFacts(COURSE, "COURSE", "Accounting course", "course", "service", "exempt"),
)


def client(**changes: Any) -> ClientFacts:
    given: dict[str, Any] = {
        "id": 1,
        "code": "C1",
        "name": "Acme GmbH",
        "country": "DE",
        "currency": "EUR",
        "street": "Hafenstraße 1",
        "postcode": "20457",
        "city": "Hamburg",
        "terms": "net 30",
    }
    return ClientFacts(**given | changes)


def setting(
    through: str,
    *,
    issue_date: str = "",
    taxes: Iterable[TaxEntry] = TAXES,
    items: Iterable[ItemFacts] = ITEMS,
    rates: Iterable[RateRow] = (),
    list_prices: Mapping[int, tuple[str, Decimal]] | None = None,
    **firm: Any,
) -> Billing:
    facts = {"name": "Harbour", "country": "DE", "currency": "EUR", "language": "en", "terms": "net 30"} | firm
    return Billing(
        through=day(through),
        issue_date=day(issue_date or through),
        firm=FirmFacts(**facts),
        taxes={entry.code: entry for entry in taxes},
        items={item.id: item for item in items},
        prices=PriceBook(rates, list_prices),
    )


def line(id: int = 1, **changes: Any) -> AgreementLine:
    """A recurring line of one unit at 100, unless told otherwise; quantity, price and discount as text."""
    for name in ("quantity", "unit_price", "discount"):
        if isinstance(changes.get(name), str):
            changes[name] = money(changes[name])
    given = {"position": id, "kind": "recurring", "item_id": RETAINER, "description": "", "quantity": SCALE}
    return AgreementLine(**{"id": id, "unit_price": money(100), **given, **changes})


def agreement(*lines: AgreementLine, every: str = "1 month", alignment: Any = "calendar", **changes: Any) -> Agreement:
    """Monthly by the calendar in arrears from 1 January 2026; dates as text, `anchor` is the start by default."""
    for name in ("start", "end", "trial_until", "charged_through", "po_expires"):
        if isinstance(changes.get(name), str):
            changes[name] = day(changes[name])
    pauses = tuple((day(a), day(b) if b else None) for a, b in changes.pop("pauses", ()))
    count, unit = every.split()
    start = changes.pop("start", date(2026, 1, 1))
    anchor = changes.pop("anchor", None)
    cadence = Cadence(
        Interval(int(count), unit),  # type: ignore[arg-type]
        alignment,
        day(anchor) if anchor else start,
        changes.pop("bill_day", None),
        changes.pop("fixed_30", False),
    )
    given: dict[str, Any] = {
        "id": 1,
        "code": "A1",
        "title": "Retainer",
        "client_id": 1,
        "segment_id": None,
        "billing": "recurring",
        "currency": "EUR",
        "timing": "arrears",
        "end": None,
    }
    return Agreement(cadence=cadence, start=start, lines=lines or (line(),), pauses=pauses, **given | changes)


def hours(id: int, on: str, amount: str, **changes: Any) -> TimeEntry:
    if isinstance(changes.get("rate"), str):
        changes["rate"] = money(changes["rate"])
    given: dict[str, Any] = {"agreement_id": 1, "item_id": ADVICE, "person": "Anne", "rate": None, "note": ""}
    return TimeEntry(id=id, day=day(on), hours=money(amount), **given | changes)


def one_off(id: int, on: str, price: str | None, **changes: Any) -> OneOff:
    if isinstance(changes.get("quantity"), str):
        changes["quantity"] = money(changes["quantity"])
    given: dict[str, Any] = {
        "agreement_id": 1,
        "item_id": RETAINER,
        "kind": "charge",
        "description": "",
        "quantity": SCALE,
        "currency": "EUR",
    }
    return OneOff(id=id, day=day(on), unit_price=None if price is None else money(price), **given | changes)


def rate(item_id: int, price: str, *, id: int = 1, since: str = "2000-01-01", **changes: Any) -> RateRow:
    given: dict[str, Any] = {"client_id": None, "currency": "EUR", "up_to": None}
    return RateRow(id=id, item_id=item_id, valid_from=day(since), price=Decimal(price), **given | changes)
