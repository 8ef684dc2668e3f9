"""Checks of the fields that firm, segments, clients and agreements share; each notes a sentence, none raises."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any

from babel import Locale, UnknownLocaleError
from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import Session

from desktop.domain.identifiers import check_tax_id
from desktop.domain.money import exponent
from desktop.domain.states import INDIA, state_of
from desktop.domain.terms import parse_terms
from desktop.i18n import _, date_text
from desktop.saying import put
from desktop.services.problems import Problems
from desktop.services.records import Record

# How an invoice reaches its client.
DELIVERIES = ("pdf", "email", "print", "folder", "facturx", "xrechnung", "ubl")

# CLDR lists these among the territories; none is a country with a code of ISO 3166-1.
_NO_COUNTRY = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]{2,}")


@cache
def countries() -> frozenset[str]:
    """Codes of ISO 3166-1, alpha-2."""
    codes = {str(code) for code in Locale("en").territories}
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - _NO_COUNTRY


def check_country(values: Record, problems: Problems, *, needed: bool = True) -> None:
    country = values.get("country")
    if country is None:
        return
    values["country"] = country = country.upper()
    if not country and needed:
        problems.add("country", _("Choose a country: the tax and the form of the address depend on it."))
    elif country and country not in countries():
        problems.add("country", _("“{code}” is not the code of a country.").format(code=country))


def check_currency(values: Record, problems: Problems) -> None:
    currency = values.get("currency")
    if currency is None:
        return
    values["currency"] = currency = currency.upper()
    try:
        exponent(currency)
    except ValueError:
        problems.add("currency", _("“{code}” is not the code of a currency.").format(code=currency))


def check_language(values: Record, problems: Problems) -> None:
    language = values.get("language")
    if not language:
        return
    try:
        values["language"] = str(Locale.parse(language.replace("-", "_")))
    except (ValueError, UnknownLocaleError):
        problems.add("language", _("“{code}” is not the code of a language.").format(code=language))


def check_terms(values: Record, problems: Problems) -> None:
    """Terms are kept in their canonical form."""
    terms = values.get("terms")
    if not terms:
        return
    try:
        values["terms"] = str(parse_terms(terms))
    except ValueError as error:
        problems.add("terms", str(error))


def check_delivery(values: Record, problems: Problems) -> None:
    delivery = values.get("delivery")
    if delivery and delivery not in DELIVERIES:
        problems.add("delivery", _("“{word}” is no way of delivery.").format(word=delivery))


def is_email(text: str) -> bool:
    """Whether it has the form of an address; not whether anybody reads it."""
    return _EMAIL.fullmatch(text) is not None


def check_email(values: Record, problems: Problems) -> None:
    email = values.get("email")
    if email and not is_email(email):
        problems.add("email", _("“{text}” is not an e-mail address.").format(text=email))


def check_tax_id_of(country: str, values: Record, problems: Problems) -> None:
    """A good tax id is kept as its country writes it."""
    tax_id = values.get("tax_id")
    if not tax_id:
        return
    checked = check_tax_id(country, tax_id)
    if checked.ok:
        values["tax_id"] = checked.normal
    else:
        problems.add("tax_id", put(checked.problem))


def check_place(country: str, values: Record, problems: Problems, name: str = "place_of_supply") -> None:
    """A place of supply is kept as its country's list writes it; in India it is one of the states."""
    text = values.get(name)
    if not text:
        return
    values[name] = code = state_of(country, text)
    if country == "IN" and code not in INDIA:
        problems.add(name, _("“{text}” is no state of India: write its name or its GST code.").format(text=text))


def check_needed(values: Record, problems: Problems, **sentences: str) -> None:
    """A sentence for each of these fields that is given and empty."""
    for name, sentence in sentences.items():
        if name in values and not values[name]:
            problems.add(name, sentence)


def check_not_negative(values: Record, problems: Problems, *names: str) -> None:
    for name in names:
        if values.get(name) is not None and values[name] < 0:
            problems.add(name, _("This cannot be below 0."))


def check_span(values: Record, problems: Problems, start: str = "start_date", end: str = "end_date") -> None:
    """Half-open spans that hold at least a day; the sentence names first and last day, as people do."""
    first, after = values.get(start), values.get(end)
    if first is not None and after is not None and after <= first:
        problems.add(
            end,
            _("It ends on {last}, before it starts on {first}.").format(
                last=date_text(date.fromordinal(after.toordinal() - 1)), first=date_text(first)
            ),
        )


def check_unique(
    session: Session, column: Any, values: Record, problems: Problems, what: str, own_id: int | None = None
) -> None:
    """No second row with this text, whatever its capitals; `what` names the thing as in "a client"."""
    name = column.key
    text = values.get(name)
    if not text:
        return
    model = column.class_
    query = select(column).where(func.lower(column) == func.lower(text))
    if own_id is not None:
        query = query.where(model.id != own_id)
    taken = session.scalar(query.limit(1))
    if taken is not None:
        problems.add(name, _("There is {what} “{text}” already.").format(what=what, text=taken))


def check_exists(session: Session, model: Any, name: str, values: Record, problems: Problems, what: str) -> None:
    """A reference points at a row that is there; `what` as in "The segment"."""
    if values.get(name) is not None and session.get(model, values[name]) is None:
        problems.add(name, _("{what} is not there any more.").format(what=what))


def next_code(session: Session, column: Any, prefix: str) -> str:
    """The code after the highest made this way, such as C-0007."""
    digits = func.substr(column, len(prefix) + 1)
    highest = session.scalar(select(func.max(cast(digits, Integer))).where(column.op("GLOB")(f"{prefix}[0-9]*")))
    return f"{prefix}{(highest or 0) + 1:04}"
