"""Decimal sign and date order of each column: found in it, then in the rest of the file, else assumed and said so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from babel import Locale, UnknownLocaleError
from babel.numbers import get_decimal_symbol

from desktop.i18n import _, current_locale
from desktop.importing.kinds import kind_named
from desktop.importing.mapping import Mapping
from desktop.importing.options import TableOptions
from desktop.importing.results import Note, Report
from desktop.importing.tables import Table
from desktop.importing.typed import Typed
from desktop.importing.values.dates import date_evidence, is_dotted
from desktop.importing.values.numbers import decimal_evidence

_NUMBERS = frozenset({"number", "price", "amount", "percent", "hours"})
_DATES = frozenset({"date", "anchor"})
# More different texts than this in one column are all of one hand.
_ENOUGH = 100_000
# Among a hundred decisive cells, this many may be slips before the column counts as mixed.
_SLIPS = 5
REPORT_EVERY = 2000


class Convention(NamedTuple):
    """How one column writes its figures: `value` is a decimal sign or an order of dates.

    None means that cells contradict each other, so that each must speak for itself. `sure` is false where the file
    leaves it open and something was assumed; `words` says what and why.
    """

    value: str | None
    sure: bool
    words: str


@dataclass(frozen=True, slots=True)
class Conventions:
    decimals: dict[str, Convention] = field(default_factory=dict)
    orders: dict[str, Convention] = field(default_factory=dict)

    def notes(self, mapping: Mapping) -> list[Note]:
        """What a person should confirm."""
        found = [*self.decimals.items(), *self.orders.items()]
        return [Note(0, mapping.heading(name), convention.words) for name, convention in found if not convention.sure]


def find_conventions(
    table: Table, mapping: Mapping, options: TableOptions, report: Report | None = None
) -> Conventions:
    """Read the table once and look at every figure and date in it."""
    types = {field.name: field.type for field in kind_named(mapping.kind).fields}
    columns = {
        name: places[0] for name, places in mapping.columns.items() if types[name] in _NUMBERS or types[name] in _DATES
    }
    texts = _distinct(table, columns, report)
    decimals = _decimals({name: texts[name] for name in columns if types[name] in _NUMBERS}, table, options)
    orders = _orders({name: texts[name] for name in columns if types[name] in _DATES}, decimals, options)
    return Conventions(decimals, orders)


def _distinct(table: Table, columns: dict[str, int], report: Report | None) -> dict[str, set[str]]:
    texts: dict[str, set[str]] = {name: set() for name in columns}
    wanted = [(place, texts[name]) for name, place in columns.items()]
    for count, record in enumerate(table.records()):
        if report and count % REPORT_EVERY == 0:
            report(record.row, table.lines, _("Looking through {name}").format(name=table.name))
        cells = record.cells
        for place, seen in wanted:
            if place < len(cells) and len(seen) < _ENOUGH and not isinstance(cells[place], Typed):
                seen.add(cells[place])
    return texts


def _decimals(texts: dict[str, set[str]], table: Table, options: TableOptions) -> dict[str, Convention]:
    if options.decimal:
        return {name: Convention(options.decimal, True, _("as chosen")) for name in texts}
    found: dict[str, Convention] = {}
    open_: dict[str, str] = {}
    for name, cells in texts.items():
        votes = Counter(decimal_evidence(text) for text in cells)
        decided = _majority({sign: votes[sign] for sign in ",."})
        if decided == "":
            open_[name] = min((text for text in cells if decimal_evidence(text) == "?"), default="")
        elif decided is None:
            words = _("Decimal commas and decimal points both appear; a figure like 1.234 is rejected.")
            found[name] = Convention(None, False, words)
        else:
            found[name] = Convention(decided, True, _decimal_words(decided))
    others = {convention.value for convention in found.values()}
    for name, example in open_.items():
        if len(others) == 1 and None not in others:
            value = others.copy().pop()
            assert value is not None
            words = _("{sign}, as in the other columns").format(sign=_decimal_words(value))
            found[name] = Convention(value, True, words)
        else:
            value, why = _usual_decimal(table, options)
            words = _decimal_words(value)
            if example:
                words = _("“{example}” may have a decimal sign or thousands: read with a {sign}, {why}.").format(
                    example=example.strip(), sign=words, why=why
                )
            found[name] = Convention(value, not example, words)
    return found


def _orders(
    texts: dict[str, set[str]], decimals: dict[str, Convention], options: TableOptions
) -> dict[str, Convention]:
    if options.date_order:
        return {name: Convention(options.date_order, True, _("as chosen")) for name in texts}
    found: dict[str, Convention] = {}
    open_: dict[str, str] = {}
    for name, cells in texts.items():
        evidence = [(text, date_evidence(text)) for text in cells]
        votes = Counter(next(iter(orders)) for _text, orders in evidence if len(orders) == 1)
        doubtful = sorted(text for text, orders in evidence if len(orders) > 1)
        decided = _majority({order: votes[order] for order in ("dmy", "mdy", "ymd")})
        if decided is None:
            words = _("Day and month change places; a date like 03/04/2026 is rejected.")
            found[name] = Convention(None, False, words)
        elif decided:
            found[name] = Convention(decided, True, _order_words(decided))
        elif doubtful and all(map(is_dotted, doubtful)):
            found[name] = Convention("dmy", True, _order_words("dmy"))
        else:
            open_[name] = doubtful[0] if doubtful else ""
    others = {convention.value for convention in found.values()}
    for name, example in open_.items():
        if len(others) == 1 and None not in others:
            value = others.copy().pop()
            assert value is not None
            words = _("{order}, as in the other columns").format(order=_order_words(value))
            found[name] = Convention(value, True, words)
        else:
            value, why = _usual_order(decimals, options)
            words = _order_words(value)
            if example:
                words = _("“{example}” may start with the day or the month: read with the {order}, {why}.").format(
                    example=example.strip(), order=words, why=why
                )
            found[name] = Convention(value, not example, words)
    return found


def _majority(votes: dict[str, int]) -> str | None:
    """What the decisive cells agree on, a few slips aside; "" without any, None where they contradict each other."""
    total = sum(votes.values())
    if not total:
        return ""
    best = max(votes, key=lambda choice: votes[choice])
    return best if (total - votes[best]) * 100 <= total * _SLIPS else None


def _usual_decimal(table: Table, options: TableOptions) -> tuple[str, str]:
    if table.dialect.delimiter == ";":
        return ",", _("as usual in files with semicolons")
    if table.dialect.delimiter == ",":
        return ".", _("as usual in files with commas between the cells")
    sign = get_decimal_symbol(_locale(options.locale))
    return ("," if sign == "," else "."), _("as usual where you are")


def _usual_order(decimals: dict[str, Convention], options: TableOptions) -> tuple[str, str]:
    if any(convention.value == "," and convention.sure for convention in decimals.values()):
        return "dmy", _("as usual beside decimal commas")
    pattern = _locale(options.locale).date_formats["short"].pattern
    order = "".join(sorted("dMy", key=pattern.find)).lower()
    # No country writes the month first and the year before it in digits that could be mistaken.
    return (order if order in ("dmy", "mdy") else "dmy"), _("as usual where you are")


def _locale(name: str | None) -> Locale:
    try:
        return Locale.parse((name or current_locale()).replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(current_locale())


def _decimal_words(sign: str) -> str:
    return _("decimal comma") if sign == "," else _("decimal point")


def _order_words(order: str) -> str:
    return {"dmy": _("day first"), "mdy": _("month first"), "ymd": _("year first")}[order]
