"""Answers `sheaf calc`: the totals of an invoice that stands outside any book, by the rules that the book follows.

A case has the shape of the public invoice cases: lines with quantity, price, allowances and charges; allowances and
charges of the document; what is prepaid; rounding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import Any

from desktop.domain.invoice import Adjustment, LineFigures, Named, cash_rounding, line_net, totals
from desktop.domain.money import exponent, major_text, parse_plain, to_minor
from desktop.errors import UserError
from desktop.i18n import _

Answer = dict[str, Any]
_Key = tuple[str, Decimal, Named]
_Line = tuple[str, Decimal, int, Named]


_CATEGORIES = ("S", "Z", "E", "AE", "K", "G", "O", "L", "M")
# Reasons that follow from the category alone (VATEX code list); an exemption (E) has a reason of its own.
_EXEMPTIONS = {"AE": "VATEX-EU-AE", "K": "VATEX-EU-IC", "G": "VATEX-EU-G", "O": "VATEX-EU-O"}
_RATED = frozenset({"S", "L", "M"})
_ZERO, _ONE, _HUNDRED = Decimal(0), Decimal(1), Decimal(100)
# No invoice has more digits before or behind the point; a product of two such figures is exact within the context.
_DIGITS = 18
_EXACT = Context(prec=100)


def calculate(case: object) -> Answer:
    """Line nets, sums, tax groups and what is payable, amounts as text in major units.

    The tax in the tax currency is None unless the case names its `tax_currency_rate`, units of the tax currency for
    one unit of the invoice's. A rate that is the sum of several taxes is given as `taxes` of a line, each with `name`
    and `rate`: every one of them is rounded on all that bears it. `round_to` is the step, in major units, that what is
    payable is rounded to. Raises UserError naming the field that is missing or cannot be read.
    """
    whole = _Part.of(case, _("the invoice"))
    with localcontext(_EXACT):
        return _answer(whole)


def _answer(whole: _Part) -> Answer:
    currency = whole.currency("currency")
    lines = whole.parts("lines")
    if not lines:
        raise UserError(_("The invoice has no lines."), _("Put at least one object into “lines”."))
    nets = [_line_net(line, currency) for line in lines]
    keys = [_tax_key(line) for line in lines]
    rated: list[_Line] = [(category, rate, net, taxes) for (category, rate, taxes), net in zip(keys, nets, strict=True)]
    allowances, charges = (
        [_adjustment(part, currency, rated) for part in whole.parts(field)]
        for field in ("doc_allowances", "doc_charges")
    )
    prepaid, rounding = (to_minor(whole.number(field, _ZERO), currency) for field in ("prepaid", "rounding"))
    found = totals(rated, allowances, charges, prepaid, rounding)
    step = whole.number_or_none("round_to")
    if step is not None:
        rounding = cash_rounding(found.gross - prepaid, to_minor(step, currency))
        found = totals(rated, allowances, charges, prepaid, rounding)

    def text(minor: int) -> str:
        return major_text(minor, currency)

    return {
        "lines": [{"id": line.data.get("id"), "net": text(net)} for line, net in zip(lines, nets, strict=True)],
        "line_total": text(found.line_total),
        "allowance_total": text(found.allowance_total),
        "charge_total": text(found.charge_total),
        "tax_exclusive": text(found.net),
        "taxes": [
            {
                "category": group.category,
                "rate": _plain(group.rate),
                "basis": text(group.basis),
                "tax": text(group.tax),
                "exemption": _EXEMPTIONS.get(group.category),
            }
            | ({"name": group.name} if group.name else {})
            for group in found.taxes
        ],
        "tax_total": text(found.tax),
        "tax_total_tax_currency": _in_tax_currency(whole, found.tax, currency),
        "tax_inclusive": text(found.gross),
        "payable": text(found.payable),
    } | ({} if step is None else {"rounding": text(found.rounding)})


def _line_net(line: _Part, currency: str) -> int:
    """Minor units. The unit price (BT-146) may be left to the gross price and its discount (BT-148 less BT-147)."""
    price = line.number_or_none("unit_price")
    if price is None:
        gross = line.number_or_none("gross_price")
        if gross is None:
            raise line.wrong("unit_price", _("Give a unit price, or a gross price and its discount."))
        price = gross - line.number("price_discount", _ZERO)
    base = line.number("base_qty", _ONE)
    if base <= 0:
        raise line.wrong("base_qty", _("Give a base quantity above zero."))
    bare = LineFigures(line.number("qty"), price, "", _ZERO, base)
    before = line_net(bare, currency)
    allowance, charge = (
        sum(_amount(part, currency, before) for part in line.parts(field)) for field in ("allowances", "charges")
    )
    return before - allowance + charge


def _amount(part: _Part, currency: str, base: int) -> int:
    """Minor units: the amount as stated, else the percentage of the stated base, else of `base` (minor units)."""
    stated = part.number_or_none("amount")
    if stated is not None:
        return to_minor(stated, currency)
    percent = part.number_or_none("percent")
    if percent is None:
        raise part.wrong("amount", _("Give an amount, or a percentage and its base."))
    own_base = part.number_or_none("base")
    if own_base is None:
        own_base = Decimal(base).scaleb(-exponent(currency))
    return to_minor(own_base * percent / _HUNDRED, currency)


def _adjustment(part: _Part, currency: str, lines: list[_Line]) -> Adjustment:
    """Without a base of its own, a percentage is one of the lines that bear the same tax."""
    category, rate, taxes = _tax_key(part)
    base = sum(net for own, percent, net, named in lines if (own, percent, named) == (category, rate, taxes))
    return Adjustment(_amount(part, currency, base), category, rate, taxes=taxes)


def _tax_key(part: _Part) -> _Key:
    category = part.word("tax_category", _CATEGORIES)
    taxes = tuple((_name(one), one.number("rate")) for one in part.parts("taxes"))
    whole = sum((rate for _tax, rate in taxes), _ZERO) if taxes else None
    rate = part.number("tax_rate", whole if category in _RATED or taxes else _ZERO)
    if rate < 0 or any(one < 0 for _tax, one in taxes):
        raise part.wrong("tax_rate", _("Give a percentage of zero or more."))
    if whole is not None and whole != rate:
        raise part.wrong("tax_rate", _("It is the sum of its taxes, or left out."))
    return category, rate, taxes


def _name(part: _Part) -> str:
    value = part.data.get("name")
    if not isinstance(value, str) or not value.strip():
        raise part.wrong("name", _("Each of several taxes has a name."))
    return value.strip()


def _in_tax_currency(whole: _Part, tax: int, currency: str) -> str | None:
    if whole.data.get("tax_currency") is None:
        return None
    wanted = whole.currency("tax_currency")
    rate = _ONE if wanted == currency else whole.number_or_none("tax_currency_rate")
    if rate is None:
        return None
    return major_text(to_minor(Decimal(tax).scaleb(-exponent(currency)) * rate, wanted), wanted)


def _plain(rate: Decimal) -> str:
    return f"{rate.normalize():f}" if rate else "0"


@dataclass(frozen=True, slots=True)
class _Part:
    """A JSON object of the case and the words that say where it stands."""

    data: Mapping[str, Any]
    where: str

    @classmethod
    def of(cls, value: object, where: str) -> _Part:
        if not isinstance(value, Mapping):
            raise UserError(
                _("There is no JSON object at {where}.").format(where=where),
                _("Write it in braces, with named fields."),
            )
        return cls(value, where)

    def _path(self, field: str) -> str:
        return f"{self.where}.{field}" if "[" in self.where else field

    def wrong(self, field: str, remedy: str) -> UserError:
        value = self.data.get(field)
        if value is None:
            return UserError(_("“{field}” is missing.").format(field=self._path(field)), remedy)
        return UserError(_("“{value}” cannot be “{field}”.").format(value=value, field=self._path(field)), remedy)

    def number_or_none(self, field: str) -> Decimal | None:
        """Text or a JSON number read as Decimal or int: a float may have lost digits already."""
        value = self.data.get(field)
        if value is None:
            return None
        if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
            try:
                found = parse_plain(str(value))
            except ValueError:
                pass
            else:
                digits = found.as_tuple().exponent
                if found.adjusted() < _DIGITS and isinstance(digits, int) and digits >= -_DIGITS:
                    return found
        raise self.wrong(field, _('Write a number like "1234.50", with at most 18 digits on each side.'))

    def number(self, field: str, otherwise: Decimal | None = None) -> Decimal:
        found = self.number_or_none(field)
        if found is None:
            found = otherwise
        if found is None:
            raise self.wrong(field, _('Write a number like "1234.50".'))
        return found

    def word(self, field: str, known: tuple[str, ...]) -> str:
        value = self.data.get(field)
        if value not in known:
            raise self.wrong(field, _("It is one of {words}.").format(words=", ".join(known)))
        return str(value)

    def currency(self, field: str) -> str:
        value = self.data.get(field)
        try:
            exponent(str(value))
        except ValueError:
            raise self.wrong(field, _("Write an ISO 4217 code, such as EUR.")) from None
        return str(value)

    def parts(self, field: str) -> list[_Part]:
        value = self.data.get(field)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.wrong(field, _("Write a list of objects."))
        return [_Part.of(one, f"{self._path(field)}[{place}]") for place, one in enumerate(value)]
