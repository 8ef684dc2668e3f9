"""What the table says of each line: its figures, and the notes that stand small beneath its description."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from desktop.documents.flow import Flow
from desktop.domain.document import (
    CAP_WORDS,
    EARLIER_WORDS,
    INCLUDED_WORDS,
    PREPAID_WORDS,
    RESIDUE_WORDS,
    RETURNED_WORDS,
    DocumentLine,
    commitment_amounts,
    minimum_of,
    unused_days,
)

_ZERO = Decimal(0)
ONE = Decimal(1)
UNTAXED = "O"
_CAP = re.compile(CAP_WORDS + r" (\d+(?:\.\d+)?) [A-Z]{3}")
# Days of a full week, month, quarter and so on: what a base quantity must be to mean the days of a period.
_FULL_PERIODS = frozenset(
    days
    for shortest, longest in ((28, 31), (59, 62), (89, 92), (120, 123), (180, 184), (242, 245), (270, 276), (360, 366))
    for days in (7, 14, *range(shortest, longest + 1), 730, 731)
)
_ZERO_RATED = ("AE", "K", "G", "E", "Z")
_CLASSIFICATION = "HSN/SAC"


class Measure(NamedTuple):
    """Quantity, unit and price of a line; `share` and `per` stand small beneath quantity and price."""

    quantity: str
    unit: str
    share: str
    price: str
    per: str


def measure_of(flow: Flow, line: DocumentLine) -> Measure:
    writer, words = flow.writer, flow.words
    quantity, share, per = line.quantity, "", ""
    if line.base_quantity != ONE:
        base = writer.number(line.base_quantity)
        part = _part_of_period(line)
        if part:
            quantity = part[0]
            share = words.of_days.format(days=part[1], base=base)
        else:
            per = words.per.format(quantity=base)
    return Measure(writer.number(quantity), words.unit(line.unit, quantity), share, writer.price(line.unit_price), per)


def _part_of_period(line: DocumentLine) -> tuple[Decimal, int] | None:
    """Units and days of a line that bills part of a period: its quantity is units x days, its base the full days."""
    if not (line.period_start and line.period_end) or line.base_quantity not in _FULL_PERIODS:
        return None
    days = (line.period_end - line.period_start).days
    if not 0 < days < line.base_quantity or line.quantity % days:
        return None
    return line.quantity / days, days


def _rate(flow: Flow, line: DocumentLine) -> str:
    if line.category == UNTAXED:
        return "–"
    return flow.writer.percent(_ZERO if line.category in _ZERO_RATED else line.rate)


def _discount(flow: Flow, line: DocumentLine) -> str:
    return flow.writer.amount(line.charge - line.allowance) if line.charge or line.allowance else ""


def _gross(flow: Flow, line: DocumentLine) -> str:
    """The line with its tax, rounded for itself: the document's tax is reckoned on the sum and may differ by a unit."""
    rate = _ZERO if line.category in (*_ZERO_RATED, UNTAXED) else line.rate
    return flow.writer.amount(line.net + int((line.net * rate / 100).to_integral_value(ROUND_HALF_UP)))


def period_of(flow: Flow, line: DocumentLine) -> str:
    return flow.writer.span(line.period_start, line.period_end) if line.period_start and line.period_end else ""


CELLS: Mapping[str, Callable[[Flow, DocumentLine], str]] = {
    "position": lambda flow, line: str(line.position),
    "classification": lambda flow, line: line.classification,
    "period": period_of,
    "unit": lambda flow, line: flow.words.unit(line.unit, line.quantity),
    "discount": _discount,
    "tax": _rate,
    "net": lambda flow, line: flow.writer.amount(line.net),
    "gross": _gross,
}
"""One cell of a line, for every column that says one thing."""


def noted(line: DocumentLine) -> bool:
    """Whether the line itself has anything that may stand as a note."""
    return bool(line.period_start or line.detail or line.classification or line.allowance or line.charge)


def notes_of(flow: Flow, line: DocumentLine, shown: frozenset[str], gone: frozenset[str]) -> list[str]:
    """What stands beneath the description: all that has no column among the shown; `gone` are the columns that the
    template has and the page has no room for."""
    words, notes = flow.words, []
    if gone and ("quantity" in gone or "unit_price" in gone):
        notes.append(_calculation(flow, line))
    if line.period_start and "period" not in shown:
        notes.append(period_of(flow, line))
    if line.detail:
        notes.append(_detail(flow, line.detail))
    if line.classification and "classification" not in shown:
        notes.append(f"{_CLASSIFICATION} {line.classification}")
    if line.allowance or line.charge:
        notes += _changes(flow, line, "discount" not in shown)
    if "tax" in gone:
        notes.append(f"{flow.tax} {_rate(flow, line)}")
    if "gross" in gone:
        notes.append(f"{words.gross} {_gross(flow, line)}")
    return [note for note in notes if note]


def _changes(flow: Flow, line: DocumentLine, amounts: bool) -> list[str]:
    words, reason = flow.words, line.allowance_reason
    if not amounts:
        return [_said(flow, reason)] if reason else []
    notes = []
    if line.allowance:
        notes.append(_change(flow, words.discount, -line.allowance, reason))
    if line.charge:
        notes.append(_change(flow, words.surcharge, line.charge, "" if line.allowance else reason))
    return notes


def _calculation(flow: Flow, line: DocumentLine) -> str:
    """Quantity and price in words, where the figures are too wide for columns of their own."""
    cells = measure_of(flow, line)
    return " ".join(filter(None, (cells.quantity, cells.unit, cells.share, "×", cells.price, cells.per)))


def _detail(flow: Flow, detail: str) -> str:
    """What billing says on its own, in the document's language; anything else as it is written."""
    words, writer = flow.words, flow.writer
    if unused := unused_days(detail):
        return words.unused.format(*unused)
    if amounts := commitment_amounts(detail):
        committed, spent = (writer.money(int(text.replace(".", ""))) for text in amounts)
        return words.committed.format(committed=committed, spent=spent)
    if least := minimum_of(detail):
        return words.minimum.format(amount=writer.money(int(least[0].replace(".", ""))))
    if detail.startswith(EARLIER_WORDS + " "):
        return words.earlier + detail.removeprefix(EARLIER_WORDS)
    return {INCLUDED_WORDS: words.included, RETURNED_WORDS: words.by_period}.get(detail, detail)


def _change(flow: Flow, word: str, minor: int, reason: str) -> str:
    amount = flow.writer.amount(minor)
    return f"{word} {amount} · {_said(flow, reason)}" if reason else f"{word} {amount}"


def _said(flow: Flow, reason: str) -> str:
    """What billing gave as a reason on its own, in the document's language; anything else as it is written."""
    parts = []
    for part in reason.split(", "):
        if cap := _CAP.fullmatch(part):
            parts.append(flow.words.cap.format(amount=flow.writer.money(int(cap[1].replace(".", "")))))
        elif part.startswith(PREPAID_WORDS + " "):
            parts.append(flow.words.prepaid_discount + part.removeprefix(PREPAID_WORDS))
        else:
            parts.append(flow.words.residue if part == RESIDUE_WORDS else part)
    return ", ".join(parts)


def titles_of(flow: Flow) -> dict[str, str]:
    """The heads of the columns, before a template names them otherwise."""
    words, currency = flow.words, flow.document.currency
    return {
        "position": words.position,
        "description": words.description,
        "classification": _CLASSIFICATION,
        "period": words.period,
        "quantity": words.quantity,
        "unit": words.unit_title,
        "unit_price": words.unit_price,
        "discount": words.discount,
        "tax": flow.tax,
        "net": f"{words.amount} {currency}",
        "gross": f"{words.gross} {currency}",
    }
