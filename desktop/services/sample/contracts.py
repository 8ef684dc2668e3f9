"""The agreements of the sample, segment by segment: what each bills, since when, and what was agreed ahead."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from desktop.services.sample.beginning import HOURS, LICENCES, PROJECTS, RETAINERS, Basis
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
    """One agreement to be: fields, lines, rises (line index, from, price), pauses (first, last day), hours, charges."""

    values: dict[str, Any]
    lines: list[Line] = field(default_factory=list)
    rises: list[tuple[int, date, Decimal]] = field(default_factory=list)
    pauses: list[tuple[date, date | None]] = field(default_factory=list)
    work: Work | None = None
    charges: list[dict[str, Any]] = field(default_factory=list)
    signed: bool = False


def contracts(member: Member, basis: Basis, year: Year, *, clean: bool) -> list[Contract]:
    """What the sample firm agreed with a client."""
    chance = Random(f"agreement:{member.seed}")
    made = {RETAINERS: _retainers, HOURS: _hours, LICENCES: _licences, PROJECTS: _projects}[member.segment](
        member, basis, year, chance, clean
    )
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
    if chance.random() < 0.3:
        # New staff in the middle of the year: more seats from a day on.
        contract.lines.append(
            _line(basis, "CRM", max(1, seats // 12)) | {"start_date": add_months(year.opening, 5).replace(day=12)}
        )
    if chance.random() < 0.12:
        values |= {"start_date": year.last_run, "trial_until": year.today + timedelta(days=20), "charged_through": None}
        values["title"] = "CRM licences, trial"
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


def _projects(member: Member, basis: Basis, year: Year, chance: Random, clean: bool) -> list[Contract]:
    """A deposit at the start, a part in the middle, the rest at the end, when the deposit is deducted."""
    made = []
    for begun, length in ((add_months(year.opening, chance.randrange(1, 3)), 4), (add_months(year.month, -5), 7)):
        name, middle, end = chance.choice(stock()["projects"])
        start = begun + timedelta(days=chance.randrange(2, 20))
        until = add_months(start, length)
        total = Decimal(chance.randrange(24, 62) * 200)
        values: dict[str, Any] = {
            "billing": "fixed",
            "title": name,
            "start_date": start,
            "end_date": until,
            "deposits": "final",
        }
        contract = Contract(values | {"deposits": "final"})
        half = Decimal("0.3")
        for day, kind, words, part in (
            (start, "deposit", f"{name}: deposit of 30 %", half),
            (add_months(start, length // 2 + 1), "charge", f"{name}: {middle}", half),
            (until - timedelta(days=1), "charge", f"{name}: {end}", 1 - half),
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
        made.append(contract)
    return made
