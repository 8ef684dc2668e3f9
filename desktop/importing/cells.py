"""From the raw text of one cell to a typed value, its plain form for the digest, and what is to be said about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from desktop.domain.periods import Interval
from desktop.domain.spreadsheet_text import unmarked
from desktop.domain.terms import parse_terms
from desktop.i18n import _, ngettext
from desktop.importing.kinds import Field
from desktop.importing.typed import Typed
from desktop.importing.values import UnreadableError
from desktop.importing.values.dates import parse_date
from desktop.importing.values.hours import parse_hours
from desktop.importing.values.numbers import EMPTY, parse_amount, parse_number
from desktop.importing.values.text import clean_code, clean_text
from desktop.importing.values.words import (
    parse_bool,
    parse_choice,
    parse_country,
    parse_currency,
    parse_language,
)

# What the book can hold: integers of 64 bits, scaled by a million.
_LARGEST = Decimal(10) ** 12
_STEP = Decimal("0.000001")
_ERRORS = re.compile(r"#(?:REF|VALUE|NAME|DIV/0|NUM|NULL|N/A|WERT|BEZUG|NV|ZAHL|VALEUR|NOM|NOMBRE)[!?]?", re.IGNORECASE)
_SHORTENED = re.compile(r"[0-9][.,][0-9]+E\+[0-9]{1,3}", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s.,;<>\"]{2,}")
_EMAIL_IN_BRACKETS = re.compile(r"[^<>]*<([^<>]+)>")


class Extra(NamedTuple):
    """What is to be said about a cell. `currency` is the code that stands beside an amount."""

    problem: str = ""
    remedy: str = ""
    notes: tuple[str, ...] = ()
    currency: str = ""


class Cell(NamedTuple):
    """`token` is the value's plain form, "" for a cell that is empty or cannot be read."""

    value: Any
    token: str = ""
    extra: Extra | None = None


EMPTY_CELL = Cell(None)


def cell_reader(field: Field, decimal: str | None, order: str | None) -> Callable[[str], Cell]:
    """The reading of a field's cells; `decimal` and `order` are those of its column, None where each cell decides."""
    parse_text, parse_typed = _parser(field, decimal, order), _parser(field, ".", "ymd")
    is_text = field.type in ("text", "lines", "code")
    lines = field.type == "lines"
    clean = clean_code if field.type == "code" else lambda raw: clean_text(raw, lines=lines)
    # Where none is one of the words to choose from, it says something.
    says_nothing = EMPTY - set(field.choices)

    def read(raw: str) -> Cell:
        text, lost = clean(raw)
        if text[:1] == "'":
            text = unmarked(text)
        if not text or (
            not is_text and text.casefold() in says_nothing and not (field.type == "bool" and text in "-–—")
        ):
            return EMPTY_CELL
        if text[0] == "#" and _ERRORS.fullmatch(text):
            return _problem(
                _("“{text}” is an error of the spreadsheet, not a value.").format(text=text),
                _("Correct the formula and save the file again, or clear the cell."),
            )
        try:
            cell = parse_typed(text) if isinstance(raw, Typed) else parse_text(text)
        except UnreadableError as error:
            return _problem(error.problem, error.remedy)
        if lost or "\ufffd" in text:
            extra = cell.extra or Extra()
            return cell._replace(extra=extra._replace(notes=(*extra.notes, *_about_signs(lost, text))))
        return cell

    return read


def _problem(problem: str, remedy: str) -> Cell:
    return Cell(None, "", Extra(problem, remedy))


def _about_signs(lost: int, text: str) -> list[str]:
    notes = []
    if lost:
        notes.append(
            ngettext(
                "{count} control character was left out.", "{count} control characters were left out.", lost
            ).format(count=lost)
        )
    if "\ufffd" in text:
        notes.append(_("“{text}” holds a character that could not be read.").format(text=text[:60]))
    return notes


def _parser(field: Field, decimal: str | None, order: str | None) -> Callable[[str], Cell]:
    def number(text: str) -> Cell:
        return _number_cell(parse_number(text, decimal))

    def amount(text: str) -> Cell:
        value, currency = parse_amount(text, decimal)
        cell = _number_cell(value)
        return cell._replace(extra=Extra(currency=currency)) if currency else cell

    def percent(text: str) -> Cell:
        return _number_cell(parse_number(text.replace("%", "").replace("％", ""), decimal))

    def hours(text: str) -> Cell:
        return _number_cell(parse_hours(text, decimal))

    def day(text: str) -> Cell:
        return _date_cell(parse_date(text, order))

    def anchor(text: str) -> Cell:
        if re.fullmatch(r"[0-9]{1,2}\.?", text):
            return _bill_day_cell(int(text.rstrip(".")), text)
        return _date_cell(parse_date(text, order))

    return {
        "text": _text_cell,
        "lines": _text_cell,
        "code": _code_cell,
        "email": _email_cell,
        "bool": lambda text: _word_cell(parse_bool(text)),
        "country": lambda text: _word_cell(parse_country(text)),
        "currency": lambda text: _word_cell(parse_currency(text)),
        "language": lambda text: _word_cell(parse_language(text)),
        "choice": lambda text: _word_cell(parse_choice(text, field.choices)),
        "terms": _terms_cell,
        "interval": _interval_cell,
        "number": number,
        "price": amount,
        "amount": amount,
        "percent": percent,
        "hours": hours,
        "date": day,
        "anchor": anchor,
    }[field.type]


def _text_cell(text: str) -> Cell:
    return Cell(text, text)


def _code_cell(text: str) -> Cell:
    if "+" in text and _SHORTENED.fullmatch(text):
        note = _("“{text}” looks like a long number that a spreadsheet has shortened.").format(text=text)
        return Cell(text, text, Extra(notes=(note,)))
    return Cell(text, text)


def _word_cell(value: str | bool) -> Cell:
    return Cell(value, str(value))


def _date_cell(day: date) -> Cell:
    return Cell(day, day.isoformat())


def _bill_day_cell(day: int, text: str) -> Cell:
    if not 1 <= day <= 31:
        raise UnreadableError(
            _("Day {text} does not exist in any month.").format(text=text), _("Write a day from 1 to 31, or a date.")
        )
    return Cell(day, str(day))


def _number_cell(value: Decimal) -> Cell:
    if abs(value) > _LARGEST:
        raise UnreadableError(
            _("The number is larger than {limit}.").format(limit=f"{_LARGEST:,.0f}"), _("Check its digits.")
        )
    plain = value.normalize()
    exponent = plain.as_tuple().exponent
    assert isinstance(exponent, int)
    # Beyond 28 digits Decimal itself would round.
    if exponent < -6 or len(value.as_tuple().digits) > 28:
        raise UnreadableError(
            _("The number has more than six decimals."), _("Round it to six decimals, which is all that is kept.")
        )
    # Normalised, a thousand is 1E+3, and nought may be negative.
    plain = plain.quantize(Decimal(1)) if exponent > 0 else plain
    return Cell(plain, f"{plain:f}") if plain else Cell(Decimal(0), "0")


def _email_cell(text: str) -> Cell:
    addresses = []
    for part in re.split(r"[,;]", text):
        if part.strip():
            found = _EMAIL_IN_BRACKETS.fullmatch(part.strip())
            addresses.append((found[1] if found else part).strip())
    for address in addresses:
        if not _EMAIL.fullmatch(address):
            raise UnreadableError(
                _("“{text}” is not an e-mail address.").format(text=address),
                _("Write it like name@example.com, or leave it empty."),
            )
    joined = ", ".join(addresses)
    return Cell(joined, joined) if joined else EMPTY_CELL


def _terms_cell(text: str) -> Cell:
    try:
        return _word_cell(str(parse_terms(text)))
    except ValueError as error:
        raise UnreadableError(str(error), _("Leave it empty to take the terms of the segment or the firm.")) from None


def _interval_cell(text: str) -> Cell:
    try:
        return _word_cell(str(Interval.parse(text)))
    except ValueError as error:
        raise UnreadableError(str(error), _("Write monthly, quarterly, yearly or every 2 weeks.")) from None
