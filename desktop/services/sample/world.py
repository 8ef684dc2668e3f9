"""The invented world of the sample firm: names and places from the resources, ids that pass their checks."""

from __future__ import annotations

import json
from functools import cache
from random import Random
from typing import Any

from desktop.domain.identifiers import check_iban, check_tax_id
from desktop.paths import resource

# At one number in 97 that passes, hardly one search in 10^9 needs more.
_TRIES = 5_000


@cache
def world() -> dict[str, Any]:
    """Countries with weights, names, places and patterns of ids; people by language; roles."""
    loaded: dict[str, Any] = json.loads(resource("sample/world.json").read_text(encoding="utf-8"))
    return loaded


@cache
def stock() -> dict[str, Any]:
    """What the sample firm sells, its staff, and the words of its time sheets."""
    loaded: dict[str, Any] = json.loads(resource("sample/catalogue.json").read_text(encoding="utf-8"))
    return loaded


def filled(pattern: str, chance: Random) -> str:
    """The pattern with a random digit for each #."""
    return "".join(str(chance.randrange(10)) if sign == "#" else sign for sign in pattern)


def tax_id(country: str, chance: Random) -> str:
    """A tax id that passes the country's check; for the United States, which have none, one of their form."""
    pattern: str = world()["countries"][country]["vat"]
    if not pattern:
        return filled("##-#######", chance)
    for _ in range(_TRIES):
        digits = filled(pattern, chance)
        if "@@" in digits:
            # France's two signs are a checksum over the rest.
            digits = digits.replace("@@", f"{(12 + 3 * (int(digits[4:]) % 97)) % 97:02}")
        checked = check_tax_id(country, digits)
        if checked.ok:
            return checked.normal
    raise AssertionError(f"no tax id of {country} fits {pattern}")


def broken_tax_id(right: str) -> str:
    """The id with its last digit off by one, as people mistype it."""
    at = max(index for index, sign in enumerate(right) if sign.isdigit())
    return f"{right[:at]}{(int(right[at]) + 1) % 10}{right[at + 1 :]}"


def iban(country: str, chance: Random) -> str:
    """An IBAN that passes its check; empty for countries whose accounts the sample does not know."""
    pattern: str = world()["countries"][country]["iban"]
    if not pattern:
        return ""
    account = filled(pattern[2:], chance)
    # ISO 7064 mod 97-10 over the account, with letters as numbers from 10.
    number = "".join(str(int(sign, 36)) for sign in f"{account}{country}00")
    text = f"{country}{98 - int(number) % 97:02}{account}"
    checked = check_iban(text)
    if not checked.ok:
        raise AssertionError(checked.problem)
    return checked.normal


def chosen_country(chance: Random) -> str:
    countries = world()["countries"]
    weights = [country["weight"] for country in countries.values()]
    return str(chance.choices(list(countries), weights)[0])


def company(country: str, chance: Random, taken: set[str]) -> tuple[str, str]:
    """A name that no other client has, and the part of it that its mail domain takes."""
    facts = world()["countries"][country]
    while True:
        root, branch, form = (chance.choice(facts[key]) for key in ("roots", "branches", "forms"))
        city = chance.choice(facts["cities"])[1]
        for middle in (branch, f"{branch} {city}", f"{branch} {city} {chance.randrange(2, 99)}"):
            name = f"{root} {middle} {form}"
            # The form alone tells nobody apart.
            if f"{root} {middle}" not in taken:
                taken.add(f"{root} {middle}")
                return name, f"{root}-{branch}"


_PLAIN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "è": "e", "É": "e", "ó": "o", "ł": "l", "ń": "n"}
    | {"ñ": "n", "í": "i", "á": "a", "ç": "c", "ś": "s", " ": "-", ".": "", "&": "", "'": "", "’": ""}
)


def mail_word(text: str) -> str:
    """Letters of a host name."""
    plain = text.lower().translate(_PLAIN)
    return "".join(sign for sign in plain if (sign.isascii() and sign.isalnum()) or sign == "-").strip("-")


def person(language: str, chance: Random) -> str:
    names = world()["people"].get(language) or world()["people"]["en"]
    return f"{chance.choice(names['first'])} {chance.choice(names['last'])}"
