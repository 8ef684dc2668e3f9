"""The agreements of the sample, segment by segment: what each bills, since when, and what was agreed ahead."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from desktop.services.sample.beginning import HOURS, LICENCES, PROJECTS, RETAINERS, USAGE, Basis
from desktop.services.sample.members import Member
from desktop.services.sample.world import filled, stock
from desktop.services.sample.year import Year, add_months

Line = dict[str, Any]


@dataclass(slots=True)
class Work:
    """Hours that come up each month: (person, item code) and how long each stretch is."""

    staff: list[tuple[str, str]]
    stretches: list[Decimal]


@dataclass(slots=True)
class Contract:
    """One agreement to be: fields, lines, rises (line index, from, price), pauses (first, last day), hours, charges.

    `meters` are what is counted in an ordinary month, by item code; `milestones` (name, fraction, day); `orders` are
    changes of the scope (day, amount, reason); `more` is a line changed in mid-period (line index, day, quantity).
    """

    values: dict[str, Any]
    lines: list[Line] = field(default_factory=list)
    rises: list[tuple[int, date, Decimal]] = field(default_factory=list)
    pauses: list[tuple[date, date | None]] = field(default_factory=list)
    work: Work | None = None
    charges: list[dict[str, Any]] = field(default_factory=list)
    meters: dict[str, Decimal] = field(default_factory=dict)
    milestones: list[tuple[str, Decimal, date]] = field(default_factory=list)
    orders: list[tuple[date, int, str]] = field(default_factory=list)
    more: list[tuple[int, date, Decimal]] = field(default_factory=list)
    signed: bool = False


def contracts(member: Member, basis: Basis, year: Year, *, clean: bool) -> list[Contract]:
    """What the sample firm agreed with a client."""
    chance = Random(f"agreement:{member.seed}")
    made = {RETAINERS: _retainers, HOURS: _hours, LICENCES: _licences, PROJECTS: _projects, USAGE: _usage}[
        member.segment
    ](member, basis, year, chance, clean)
    for contract in made:
        contract.signed = chance.random() < 0.5
        contract.values["client_id"] = member.id
        if member.po and contract.values["billing"] != "fixed":
            contract.values |= {
                "po_number": filled("##-####", chance),
                "po_limit": 9_000_000,
                "po_expires": add_months(year.month, 14),
            }
        elif member.po:
            contract.values["po_number"] = filled("##-####", chance)
    return made


def _recurring(year: Year, chance: Random, clean: bool) -> dict[str, Any]:
    """Rhythm and dates of an agreement that bills by the month or quarter."""
    months = chance.choices((1, 3), (85, 15))[0]
    timing = chance.choices(("advance", "arrears"), (55, 45))[0]
    first = add_months(year.opening.replace(month=1), -12 * chance.randrange(1, 4))
    values: dict[str, Any] = {"billing": "recurring", "every_count": months, "timing": timing, "start_date": first}
    kind = chance.random()
    if months == 1 and kind < 0.12 and year.free_bill_day:
        values |= {"alignment": "bcd", "bill_day": year.free_bill_day, "start_date": first.replace(day=28)}
    elif months == 1 and kind < 0.2 and year.today.day < 26:
        values |= {
            "alignment": "anniversary",
            "start_date": first.replace(day=chance.randrange(year.today.day + 2, 29)),
        }
    elif kind < 0.3 and not (clean and months == 3):
        # Signed early in the year, in the middle of a month: the first invoice bills a stub.
        start = add_months(year.opening, chance.randrange(1, 5)) + timedelta(days=chance.randrange(4, 20))
        return values | {"start_date": start}
    values["charged_through"] = year.billed_before(values["start_date"], months, timing)
    return values


def _line(basis: Basis, code: str, quantity: int | str = 1, price: Decimal | None = None) -> Line:
    return {"item_id": basis.items[code], "quantity": Decimal(quantity), "unit_price": price}


def _own_price(code: str, member: Member, chance: Random) -> Decimal | None:
    """A price agreed with the client, near the list; only in euros, where these items have no rate card."""
    listed = next(row[4] for row in stock()["items"] if row[0] == code)
    if member.currency != "EUR" or chance.random() < 0.55:
        return None
    return (Decimal(listed) * Decimal(chance.choice(("0.92", "0.95", "1.05", "1.1"))) / 5).quantize(Decimal(1)) * 5


def _retainers(member: Member, basis: Basis, year: Year, chance: Random, clean: bool) -> list[Contract]:
    values = _recurring(year, chance, clean)
    months = values["every_count"]
    codes = chance.sample(("CARE-S", "CARE-L", "SEO", "EDIT", "ADS"), chance.choice((1, 1, 2, 2, 3)))
    contract = Contract(values, [_line(basis, code, months, _own_price(code, member, chance)) for code in codes])
    if chance.random() < 0.6:
        contract.lines.append(_line(basis, "HOST", months * chance.randrange(1, 5)))
    values["title"] = chance.choice(("Website and search", "Digital presence", "Online marketing", "Site operations"))
    if chance.random() < 0.12:
        values |= {
            "discount": Decimal(chance.choice(("0.05", "0.1"))),
            "discount_reason": chance.choice(stock()["discounts"]),
        }
    _rise(contract, year, chance)
    _interrupt(contract, year, chance)
    # With the retainer in arrears, never paused and without an end, every month bills both of its parts.
    steady = months == 1 and not {"alignment", "end_date"} & values.keys() and not contract.pauses
    if steady and chance.random() < 0.3:
        if values["timing"] == "advance" and "charged_through" in values:
            values["charged_through"] = year.billed_before(values["start_date"], 1, "arrears")
        values |= {"billing": "hybrid", "timing": "arrears"}
        contract.lines.append({"kind": "time", "item_id": basis.items["H-DES"], "quantity": Decimal(1)})
        contract.work = Work([("Emil Sander", "H-DES")], _stretches(chance, 3))
    made = [contract]
    # Of the same rhythm, because a client may want both on one invoice.
    if steady and chance.random() < 0.3:
        made.append(_backup(basis, year, chance, values["timing"]))
    return made


def _backup(basis: Basis, year: Year, chance: Random, timing: str) -> Contract:
    values: dict[str, Any] = {
        "billing": "recurring",
        "title": "Off-site backup",
        "timing": timing,
        "start_date": add_months(year.opening, -10),
        "charged_through": year.billed_before(add_months(year.opening, -10), 1, timing),
    }
    return Contract(values, [_line(basis, "BACKUP", chance.randrange(2, 9))])


def _rise(contract: Contract, year: Year, chance: Random) -> None:
    """Agreed prices rise with the new year, some in the past and some agreed for the next."""
    for index, line in enumerate(contract.lines):
        price = line["unit_price"]
        if price is None:
            continue
        for day, odds in ((date(year.today.year, 1, 1), 0.5), (date(year.today.year + 1, 1, 1), 0.4)):
            if day > max(year.opening, contract.values["start_date"]) and chance.random() < odds:
                price = (price * Decimal("1.04")).quantize(Decimal("0.5"))
                contract.rises.append((index, day, price))


def _interrupt(contract: Contract, year: Year, chance: Random) -> None:
    """A few agreements pause or end."""
    which, start = chance.random(), contract.values["start_date"]
    if contract.values["every_count"] != 1 or start > year.opening or "alignment" in contract.values:
        return
    if which < 0.05:
        first = add_months(year.opening, 4)
        contract.pauses.append((first, add_months(first, 2) - timedelta(days=1)))
    elif which < 0.09:
        contract.pauses.append((add_months(year.last_run, -1), None))
    elif which < 0.13:
        contract.values["end_date"] = add_months(year.opening, 7) + timedelta(days=chance.randrange(10, 25))


def _stretches(chance: Random, least: int) -> list[Decimal]:
    count = chance.randrange(least, least + 7)
    return [Decimal(chance.randrange(4, 24)) / 4 for _ in range(count)]


def _hours(member: Member, basis: Basis, year: Year, chance: Random, clean: bool) -> list[Contract]:
    staff = chance.sample([(name, code) for name, code in stock()["staff"]], chance.choice((1, 2, 2, 3)))
    values: dict[str, Any] = {
        "billing": "time",
        "title": chance.choice(("Development on call", "Product team", "Shop development", "Data and reporting")),
        "start_date": add_months(year.opening, -chance.randrange(2, 20)),
        "grouping": chance.choices(("item", "person", "day", "entry"), (50, 20, 10, 20))[0],
    }
    if chance.random() < 0.1:
        values |= {"discount": Decimal("0.05"), "discount_reason": chance.choice(stock()["discounts"])}
    codes = list(dict.fromkeys(code for _name, code in staff))
    lines: list[Line] = [{"kind": "time", "item_id": basis.items[code], "quantity": Decimal(1)} for code in codes]
    return [Contract(values, lines, work=Work(staff, _stretches(chance, 6)))]


def _licences(member: Member, basis: Basis, year: Year, chance: Random, clean: bool) -> list[Contract]:
    kind = chance.random()
    if kind < 0.25:
        return [_shop(member, basis, year, chance)]
    values: dict[str, Any] = {
        "billing": "recurring",
        "title": "CRM licences and support",
        "every_count": chance.choice((1, 1, 3)),
        "timing": "advance",
        "start_date": date(year.opening.year - chance.randrange(1, 3), 1, 1),
    }
    months = values["every_count"]
    values["charged_through"] = year.billed_before(values["start_date"], months, "advance")
    seats = chance.randrange(12, 70)
    contract = Contract(values, [_line(basis, "CRM", seats), _line(basis, chance.choice(("SUP-S", "SUP-P")), months)])
    if chance.random() < 0.4:
        # New staff in the middle of the year: more seats from a day on, in a period that is billed already.
        contract.more.append((0, add_months(year.opening, 5).replace(day=12), Decimal(seats + max(1, seats // 12))))
    if chance.random() < 0.12:
        values |= {"start_date": year.last_run, "trial_until": year.today + timedelta(days=20), "charged_through": None}
        values["title"] = "CRM licences, trial"
        contract.more.clear()
    return [contract]


def _shop(member: Member, basis: Basis, year: Year, chance: Random) -> Contract:
    start = add_months(year.month, -12 - chance.randrange(0, 12)).replace(day=chance.randrange(1, 28))
    values: dict[str, Any] = {
        "billing": "recurring",
        "title": "Shop software",
        "every_unit": "year",
        "alignment": "anniversary",
        "timing": "advance",
        "start_date": start,
    }
    if start < year.opening:
        values["charged_through"] = add_months(start, 12)
    return Contract(values, [_line(basis, "SHOP", chance.randrange(1, 3))])


def _usage(member: Member, basis: Basis, year: Year, chance: Random, clean: bool) -> list[Contract]:
    """A shop platform: its fee, visits in tiers with some included, and storage with a least amount."""
    first = add_months(year.opening, -chance.randrange(3, 20))
    values: dict[str, Any] = {
        "billing": "hybrid",
        "title": chance.choice(("Shop platform", "Online shop, hosted", "Booking platform")),
        "start_date": first,
        "charged_through": year.billed_before(first, 1, "arrears"),
        "renewal": "auto",
        "term_count": 1,
        "term_unit": "year",
        "term_end": add_months(first.replace(year=year.today.year + 1), 0),
        "notice_count": 2,
        "index_name": "CPI",
    }
    included = Decimal(chance.choice((0, 20, 50)))
    lines: list[Line] = [
        _line(basis, "PLATFORM"),
        _line(basis, "API") | {"kind": "usage", "included": included, "metering": "readings"},
        _line(basis, "STORE") | {"kind": "usage", "minimum": 2_500, "metering": "readings"},
    ]
    meters = {"API": Decimal(chance.randrange(60, 620)), "STORE": Decimal(chance.randrange(90, 900))}
    return [Contract(values, lines, meters=meters)]


def _projects(member: Member, basis: Basis, year: Year, chance: Random, clean: bool) -> list[Contract]:
    """By a deposit and parts, the final invoice deducting it, and by milestones, with a change on the way."""
    begun = add_months(year.opening, chance.randrange(1, 3))
    made = [_by_deposit(basis, begun, 4, chance), _by_milestones(year, chance)]
    if chance.random() < 0.6:
        made.append(_by_deposit(basis, add_months(year.month, -5), 7, chance))
    return made


def _by_milestones(year: Year, chance: Random) -> Contract:
    name, middle, end = chance.choice(stock()["projects"])
    start = add_months(year.month, -6) + timedelta(days=chance.randrange(2, 20))
    price = chance.randrange(24, 62) * 20_000
    values = {"billing": "fixed", "title": name, "start_date": start, "agreed": price}
    steps = [
        ("Kick-off", Decimal("0.3"), start + timedelta(days=7)),
        (middle[0].upper() + middle[1:], Decimal("0.4"), add_months(start, 3)),
        (end[0].upper() + end[1:], Decimal("0.3"), add_months(start, 8)),
    ]
    orders = [(add_months(start, 2), price // 10, "One more language")] if chance.random() < 0.5 else []
    return Contract(values, milestones=steps, orders=orders)


def _by_deposit(basis: Basis, begun: date, length: int, chance: Random) -> Contract:
    """A deposit at the start, a part in the middle, the rest at the end, when the deposit is deducted."""
    name, middle, end = chance.choice(stock()["projects"])
    start = begun + timedelta(days=chance.randrange(2, 20))
    until = add_months(start, length)
    total = Decimal(chance.randrange(24, 62) * 200)
    contract = Contract(
        {"billing": "fixed", "title": name, "start_date": start, "end_date": until, "deposits": "final"}
    )
    third = Decimal("0.3")
    for day, kind, words, part in (
        (start, "deposit", f"{name}: deposit of 30 %", third),
        (add_months(start, length // 2 + 1), "charge", f"{name}: {middle}", third),
        (until - timedelta(days=1), "charge", f"{name}: {end}", 1 - third),
    ):
        contract.charges.append(
            {
                "due_date": day,
                "kind": kind,
                "description": words,
                "item_id": basis.items["PROJECT"],
                "unit_price": total * part,
            }
        )
    return contract
