"""Puts the stored sentences of findings and reasons into the reader's language, with figures of the reader's locale."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.lists import format_list

from desktop.domain.money import unscaled
from desktop.domain.wording import PLURAL, Figure, Said, restored
from desktop.i18n import (
    _,
    amount_text,
    current_locale,
    date_text,
    naming_locale,
    ngettext,
    number_text,
    percent_text,
    span_text,
)


def told(stored: str) -> str:
    """What the book keeps of a sentence, in words."""
    return put(restored(stored)) if stored else ""


def put(said: Said) -> str:
    """A sentence in words."""
    if not said.template:
        return ""
    one, _plural, many = said.template.partition(PLURAL)
    template = ngettext(one, many, int(str(said.figures["count"]))) if many else _(one)
    return template.format(**{name: _figure(value) for name, value in said.figures.items()})


def _figure(value: Figure) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return number_text(value)
    return _KINDS[value[0]](*value[1:])


def _money(minor: int, currency: str) -> str:
    # The code and not the sign: a sentence may hold several currencies, and some share a sign.
    return f"{amount_text(minor, currency)} {currency}"


def _price(scaled: int, currency: str) -> str:
    return f"{number_text(unscaled(scaled))} {currency}"


def _country(code: str) -> str:
    return str(Locale.parse(naming_locale()).territories.get(code, code))


def _days(count: int) -> str:
    return ngettext("{count} day", "{count} days", count).format(count=number_text(count))


def _span(start: str, end: str) -> str:
    return span_text(date.fromisoformat(start), date.fromisoformat(end))


def _sentence(template: str, figures: Mapping[str, Figure]) -> str:
    return put(Said(template, figures))


def _joined(*texts: Any) -> str:
    return format_list([_figure(one) for one in texts], locale=current_locale())


_KINDS: dict[str, Callable[..., str]] = {
    "money": _money,
    "price": _price,
    "number": lambda scaled: number_text(unscaled(scaled)),
    "percent": lambda value: percent_text(Decimal(value)),
    "day": lambda iso: date_text(date.fromisoformat(iso), form="long"),
    "country": _country,
    "span": _span,
    "days": _days,
    "word": lambda text: _(text),
    "list": _joined,
    "said": _sentence,
}
