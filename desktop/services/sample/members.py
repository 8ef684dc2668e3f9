"""The clients of the sample: who they are, how they pay, and which segment they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from db.engine import Book
from desktop.services import clients
from desktop.services.sample.beginning import CLERK, HOURS, LICENCES, PROJECTS, RETAINERS, USAGE, Basis
from desktop.services.sample.world import chosen_country, company, filled, iban, mail_word, person, tax_id, world

_SEGMENTS = {RETAINERS: 36, HOURS: 22, LICENCES: 18, PROJECTS: 12, USAGE: 12}
_TERMS = ("net 30", "net 14 2%/7", "net 10", "eom", "day 15", "50% receipt, 50% net 30")


@dataclass(frozen=True, slots=True)
class Member:
    """A client of the sample; `habit` is how it pays: prompt, slow, late or silent (no longer)."""

    id: int
    code: str
    name: str
    country: str
    currency: str
    segment: str
    habit: str
    po: bool
    seed: str


def add_members(book: Book, basis: Basis, count: int, seed: int, *, clean: bool) -> list[Member]:
    """Enter the clients through the same service as a person would."""
    taken: set[str] = set()
    return [_add(book, basis, number, f"{seed}:{number}", taken, clean) for number in range(1, count + 1)]


def _add(book: Book, basis: Basis, number: int, seed: str, taken: set[str], clean: bool) -> Member:
    chance = Random(f"client:{seed}")
    # The first dozen shows every country, however few the clients are.
    countries = list(world()["countries"])
    country = countries[(number - 1) // 4] if number % 4 == 2 and number < 48 else chosen_country(chance)
    segment = chance.choices(list(_SEGMENTS), list(_SEGMENTS.values()))[0]
    facts = world()["countries"][country]
    values, contact = _described(country, facts, segment, chance, taken)
    values["code"] = f"C-{number:04}"
    values["segment_id"] = basis.segments[segment]
    # By its own chance: what else is drawn stays what it was. A third has nobody.
    values["salesperson_id"] = Random(f"seller:{seed}").choice((*basis.sellers, None))
    habit = chance.choices(("prompt", "slow", "late"), (58, 30, 12))[0]
    if not clean and number % 19 == 7:
        habit = "silent"
    client_id = clients.create_client(book, values, actor=CLERK, contacts=[contact])
    return Member(
        client_id,
        values["code"],
        values["name"],
        country,
        facts["currency"],
        segment,
        habit,
        bool(values.get("po_required")),
        seed,
    )


def _described(
    country: str, facts: dict[str, Any], segment: str, chance: Random, taken: set[str]
) -> tuple[dict[str, Any], dict[str, object]]:
    """Fields of the client and of its contact."""
    language = facts["language"]
    contact = person(language, chance)
    consumer = country == "DE" and chance.random() < 0.04
    if consumer:
        name = domain = contact
        while name in taken:
            name = domain = contact = person(language, chance)
        taken.add(name)
    else:
        name, domain = company(country, chance, taken)
    postcode, city = chance.choice(facts["cities"])
    host = f"{mail_word(domain)}.example"
    values: dict[str, Any] = {
        "name": name,
        "contact": contact,
        "email": f"invoices@{host}",
        "phone": facts["phone"].format(a=filled("###", chance), b=filled("#######", chance)),
        "street": facts["house"].format(street=chance.choice(facts["streets"]), n=chance.randrange(1, 120)),
        "postcode": postcode,
        "city": city,
        "region": world()["regions"].get(city, ""),
        "country": country,
        "currency": facts["currency"],
        "language": language if language in ("de", "fr") else "en",
        "is_business": not consumer,
        "tax_id": "" if consumer else tax_id(country, chance),
        "iban": iban(country, chance),
        "terms": chance.choice(_TERMS) if chance.random() < 0.35 else None,
        "delivery": chance.choices((None, "print", "folder"), (80, 12, 8))[0],
        "combine": segment == RETAINERS and chance.random() < 0.15,
        "credit_limit": chance.choice((6_000_000, 8_000_000, 12_000_000)) if chance.random() < 0.2 else None,
    }
    if not consumer and chance.random() < 0.18:
        values["po_required"] = True
    if not consumer and chance.random() < 0.1:
        values["buyer_reference_required"] = True
        values["buyer_reference"] = filled("KST-####", chance)
    role = chance.choice(world()["roles"])
    return values, {"name": contact, "role": role, "email": f"{mail_word(contact)}@{host}", "gets_invoices": True}
