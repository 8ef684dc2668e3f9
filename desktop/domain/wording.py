"""Sentences of findings and reasons: an English template and its figures, kept apart.

What a rule finds is stored once and read by people of several languages, so a sentence is put into words and its
figures into signs only where it is read. `phrase`, `phrases` and `own_word` mark their texts for the collector.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

Figure = str | int | tuple[Any, ...]
"""A text of the book, a count, or a figure of one of the functions below: its kind first, then plain values."""

PLURAL = "\n"
"""Parts the two forms of a template that counts; no template has a line break of its own."""


class Said(NamedTuple):
    """A sentence before it is put into words: an English template with named fields, and what they stand for."""

    template: str
    figures: Mapping[str, Figure] = {}

    def stored(self) -> str:
        """As the book keeps it: the bare template, or `[template, figures]` as JSON."""
        if not self.figures:
            return self.template
        return json.dumps([self.template, self.figures], ensure_ascii=False, separators=(",", ":"))


def restored(text: str) -> Said:
    """What `Said.stored` wrote."""
    return Said(*json.loads(text)) if text.startswith("[") else Said(text)


def phrase(template: str, /, **figures: Figure) -> Said:
    """A sentence with its figures."""
    return Said(template, figures)


def phrases(one: str, many: str, /, *, count: int, **figures: Figure) -> Said:
    """A sentence whose form goes by `count`."""
    return Said(one + PLURAL + many, {"count": count, **figures})


def as_typed(text: str) -> Said:
    """A text of a person or of another program, which is not translated. An empty one stays empty."""
    return Said("{text}", {"text": text}) if text else Said("")


def own_word(text: str) -> tuple[str, str]:
    """A word of the program's own inside a sentence."""
    return ("word", text)


def words(*texts: Figure) -> tuple[Any, ...]:
    """Several words or texts, joined as the language joins them: “street and city”."""
    return ("list", *texts)


def money(minor: int, currency: str) -> tuple[str, int, str]:
    """An amount in minor units."""
    return ("money", minor, currency)


def price(scaled: int, currency: str) -> tuple[str, int, str]:
    """A price times 10**6, with all the decimals it has."""
    return ("price", scaled, currency)


def number(scaled: int) -> tuple[str, int]:
    """A quantity times 10**6."""
    return ("number", scaled)


def percent(value: Decimal | int) -> tuple[str, str]:
    """A rate in percent: 19 stands for 19 %."""
    return ("percent", f"{value:f}" if isinstance(value, Decimal) else str(value))


def day(value: date) -> tuple[str, str]:
    return ("day", value.isoformat())


def country(code: str) -> tuple[str, str]:
    """A country by its code (ISO 3166)."""
    return ("country", code)


def span(start: date, end: date) -> tuple[str, str, str]:
    """A half-open span of days."""
    return ("span", start.isoformat(), end.isoformat())


def days(count: int) -> tuple[str, int]:
    """A number of days, with the word for them."""
    return ("days", count)


def sentence(said: Said) -> tuple[str, str, Mapping[str, Figure]]:
    """A sentence inside another one."""
    return ("said", said.template, said.figures)
