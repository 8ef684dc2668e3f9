"""Double entry: the balanced postings behind every document, payment, write-off and allocation.

A debit is positive. Documents, payments and write-offs move receivables; an allocation posts only differences.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from desktop.domain.money import SCALE, exponent, round_half_away, spread

# (net, category, rate times 10**6, service period as ISO texts, role: revenue, deposits for what is charged or deducted
# as a deposit, deferred_revenue or accrued_revenue for a service of other months than the document's)
Line = tuple[int, str, int, str | None, str | None, str]
# (category, rate times 10**6, tax)
Tax = tuple[str, int, int]


class TaxedPart(NamedTuple):
    """What a discount or a loss falls on: lines that bear the same, net and tax in minor units, rate times 10**6.

    `shares` are (rate, tax) of the taxes that the rate is the sum of; none where it is one.
    """

    category: str
    rate: int
    net: int
    tax: int
    shares: tuple[tuple[int, int], ...] = ()


_SAME = Decimal(1)


class Posting(NamedTuple):
    """One side of an entry: `amount` in minor units of `currency`, `firm_amount` of the firm's; rate times 10**6."""

    role: str
    client_id: int | None
    currency: str
    amount: int
    firm_amount: int | None
    category: str | None = None
    rate_scaled: int | None = None
    period_start: str | None = None
    period_end: str | None = None


def firm_factor(rate_scaled: int | None, currency: str, firm_currency: str) -> Decimal | None:
    """Minor units of the firm's currency for one minor unit of `currency`; None where no exchange rate is known.

    `rate_scaled` is units of firm currency for one unit, times 10**6; the firm's own currency needs none.
    """
    if currency == firm_currency:
        return _SAME
    if rate_scaled is None:
        return None
    return (Decimal(rate_scaled) / SCALE).scaleb(exponent(firm_currency) - exponent(currency))


def in_firm(amount: int, factor: Decimal | None) -> int | None:
    """An amount in the firm's minor units, rounded half away from zero."""
    if factor is None or factor == _SAME:
        return None if factor is None else amount
    return round_half_away(amount * factor)


def invoice_postings(
    kind: str,
    client_id: int,
    currency: str,
    gross: int,
    lines: Iterable[Line],
    taxes: Iterable[Tax],
    factor: Decimal | None,
    rounding: int = 0,
) -> list[Posting]:
    """An issued document: receivable against revenue, deposits, tax payable and cash rounding.

    Amounts are positive on both kinds, a credit note posts the mirror. All lines of a deposit move `deposits`, and so
    do the negative lines by which a later invoice deducts it.
    Taxes of one rate, such as CGST and SGST, stay apart, for they are owed to several authorities.
    ValueError if lines and taxes do not add up to gross.
    """
    sides: dict[tuple[str, str | None, int | None, str | None, str | None], int] = {}
    left = gross
    all_deposits = kind == "deposit"
    for net, category, rate, start, end, role in lines:
        key = ("deposits" if all_deposits else role, category, rate, start, end)
        sides[key] = sides.get(key, 0) - net
        left -= net
    sign = -1 if kind == "credit_note" else 1
    levied: list[_Side] = []
    for category, rate, tax in taxes:
        levied.append(("tax_payable", category, rate, None, None, -sign * tax))
        left -= tax
    if left:
        raise ValueError(f"lines and taxes differ from the gross of {gross} by {left}")
    amounts: list[_Side] = [("receivable", None, None, None, None, sign * (gross + rounding))]
    amounts += [(*key, sign * amount) for key, amount in sides.items()]
    amounts += levied
    if rounding:
        amounts.append(("rounding", None, None, None, None, -sign * rounding))
    return _balanced(client_id, currency, amounts, factor)


def opening_postings(client_id: int, currency: str, amount: int, factor: Decimal | None) -> list[Posting]:
    """What was open when the book began, brought in against `opening`; negative for a client's credit."""
    return _pair("receivable", "opening", client_id, currency, amount, factor)


def payment_postings(
    client_id: int,
    currency: str,
    amount: int,
    factor: Decimal | None,
    role: str = "bank",
    charges: int = 0,
    brought: int | None = None,
) -> list[Posting]:
    """Money received. `role` is `cash` for a till, `withholding` for tax that the payer gave to the state.

    `charges` is what banks kept back of it, `brought` what the rest is worth in the firm's minor units where the bank
    said so; what rounding the rate of that misses is a difference of exchange.
    """
    firm, fees = in_firm(amount, factor), in_firm(charges, factor)
    if firm is None or fees is None:
        own = None
    else:
        own = firm - fees if brought is None else brought
    sides = [(role, amount - charges, own), ("receivable", -amount, negated(firm))]
    if charges:
        sides.append(("fees", charges, fees))
    return _met_by_exchange(client_id, currency, sides)


def refund_postings(
    client_id: int, currency: str, credit: tuple[int, int, Decimal | None], factor: Decimal | None, role: str = "bank"
) -> list[Posting]:
    """Money given back of a credit: (left before, left after, its own factor); the money goes at that of the day.

    Where the rate of the day is not known that of the credit serves for both; a credit that has none has no worth.
    """
    before, after, own = credit
    if own is None or factor is None:
        factor = own
    amount = before - after
    return _met_by_exchange(
        client_id,
        currency,
        [("receivable", amount, _moved(before, after, own)), (role, -amount, in_firm(-amount, factor))],
    )


def refund_back_postings(
    client_id: int, currency: str, credit: tuple[int, int, Decimal | None], refund: Sequence[Posting]
) -> list[Posting]:
    """A refund that did not arrive: its money comes back as it went, and its credit, as it is now, is left again."""
    before, after, factor = credit
    money = [one for one in refund if one.role not in ("receivable", "exchange")]
    sides = [(one.role, -one.amount, negated(one.firm_amount)) for one in money]
    return _met_by_exchange(
        client_id, currency, [("receivable", before - after, _moved(before, after, factor)), *sides]
    )


def cash_postings(kind: str, currency: str, amount: int, factor: Decimal | None) -> list[Posting]:
    """Cash that moved without a client, signed; what goes to the bank or comes from it is in transit until it is there.

    `kind` is one of `db.schema.orders.CASH_KINDS`.
    """
    against = {"opening": "opening", "deposit": "transit", "withdrawal": "transit"}.get(kind, "other")
    return _pair("cash", against, None, currency, amount, factor)


def mirrored(postings: Iterable[Posting]) -> list[Posting]:
    """The same on the other side."""
    return [one._replace(amount=-one.amount, firm_amount=negated(one.firm_amount)) for one in postings]


def negated(amount: int | None) -> int | None:
    """With the other sign, where there is an amount."""
    return None if amount is None else -amount


def write_off_postings(
    client_id: int, currency: str, amount: int, parts: Sequence[TaxedPart], factor: Decimal | None
) -> list[Posting]:
    """A loss on an invoice; negative for its reversal.

    The loss is booked gross and kept apart by tax group, so that the tax within it can be claimed back where and
    when the law allows (Art. 90 leaves that to each state).
    """
    sides: list[_Side] = [("receivable", None, None, None, None, -amount)]
    shares = _shares(amount, parts)
    sides += [
        ("bad_debt", part.category, part.rate, None, None, share)
        for part, share in zip(parts, shares, strict=True)
        if share
    ]
    if not shares:
        sides.append(("bad_debt", None, None, None, None, amount))
    return _balanced(client_id, currency, sides, factor)


def discount_postings(
    client_id: int, currency: str, amount: int, parts: Sequence[TaxedPart], factor: Decimal | None
) -> list[Posting]:
    """An early-payment discount taken, gross; negative for its reversal.

    It reduces the taxable amount (Directive 2006/112 Art. 90), so the tax of each group falls in proportion.
    """
    sides: list[_Side] = [("receivable", None, None, None, None, -amount)]
    shares = _shares(amount, parts)
    for part, share in zip(parts, shares, strict=True):
        taxes = part.shares or ((part.rate, part.tax),)
        tax_shares = [round_half_away(Decimal(share) * tax / (part.net + part.tax)) if share else 0 for _, tax in taxes]
        sides.append(("discount", part.category, part.rate, None, None, share - sum(tax_shares)))
        sides += [
            ("tax_payable", part.category, rate, None, None, taken)
            for (rate, _), taken in zip(taxes, tax_shares, strict=True)
        ]
    if not shares:
        sides.append(("discount", None, None, None, None, amount))
    return _balanced(client_id, currency, sides, factor)


def exchange_postings(
    client_id: int,
    currency: str,
    item: tuple[int, int, Decimal | None],
    source: tuple[int, int, Decimal | None],
) -> list[Posting]:
    """What an allocation gains or loses because item and source were booked at different rates, else nothing.

    Item and source are (open before, open after, factor). The difference is taken between the rounded open amounts,
    so that the firm's receivable is nothing once both are settled, whatever the parts. An instalment's amounts count
    over those of the instalments before it.
    """
    item_moved, source_moved = _moved(*item), _moved(*source)
    if item_moved is None or source_moved is None or item_moved == source_moved:
        return []
    difference = item_moved - source_moved
    return [
        Posting("receivable", client_id, currency, 0, -difference),
        Posting("exchange", client_id, currency, 0, difference),
    ]


_Side = tuple[str, str | None, int | None, str | None, str | None, int]


def _moved(before: int, after: int, factor: Decimal | None) -> int | None:
    first, last = in_firm(before, factor), in_firm(after, factor)
    return None if first is None or last is None else first - last


def _shares(amount: int, parts: Sequence[TaxedPart]) -> list[int]:
    if not parts:
        return []
    return spread(amount, [part.net + part.tax for part in parts])


def _met_by_exchange(client_id: int, currency: str, sides: Sequence[tuple[str, int, int | None]]) -> list[Posting]:
    """Sides (role, amount, of the firm's) that balance in their currency; exchange balances the firm's."""
    postings = [Posting(role, client_id, currency, amount, firm) for role, amount, firm in sides]
    missing = -sum(one.firm_amount or 0 for one in postings)
    if missing:
        postings.append(Posting("exchange", client_id, currency, 0, missing))
    return postings


def _pair(
    debit: str, credit: str, client_id: int | None, currency: str, amount: int, factor: Decimal | None
) -> list[Posting]:
    firm = in_firm(amount, factor)
    return [
        Posting(debit, client_id, currency, amount, firm),
        Posting(credit, client_id, currency, -amount, None if firm is None else -firm),
    ]


def _balanced(client_id: int, currency: str, sides: Iterable[_Side], factor: Decimal | None) -> list[Posting]:
    """Postings of the sides that are not zero; the firm's amounts add up to nothing as well.

    The residue of converting goes to the largest side that is neither receivable nor tax, because those two must be
    the document's own converted figures.
    """
    sides = [side for side in sides if side[5]]
    if factor is None:
        firm: list[int | None] = [None] * len(sides)
    elif factor == _SAME:
        firm = [side[5] for side in sides]
    else:
        converted = [round_half_away(side[5] * factor) for side in sides]
        residue = sum(converted)
        if residue:
            converted[max(range(len(sides)), key=lambda i: (_GIVES_WAY.get(sides[i][0], 2), abs(sides[i][5])))] -= (
                residue
            )
        firm = list(converted)
    return [
        Posting(role, client_id, currency, amount, firm_amount, category, rate, start, end)
        for (role, category, rate, start, end, amount), firm_amount in zip(sides, firm, strict=True)
    ]


_GIVES_WAY = {"receivable": 0, "tax_payable": 1}
