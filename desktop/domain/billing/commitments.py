"""Commitments: what a client spent less than it committed to is billed when the span is over.

What is charged late for the span takes the place of what was asked for.
"""

from __future__ import annotations

from datetime import date, timedelta

from desktop.domain.agreement import Agreement
from desktop.domain.billing.facts import Billing, Commitment, Work
from desktop.domain.billing.lines import Charged, Line, divide, positive_price
from desktop.domain.billing.taxing import Taxing, rate_on
from desktop.domain.document import commitment_words
from desktop.domain.money import SCALE, major_text, per_major

COMMITMENT = "commitment"
"""The price source of the line that bills a shortfall."""
_DAY = timedelta(days=1)


def add_commitments(
    agreement: Agreement, work: Work, billing: Billing, taxing: Taxing, lines: list[Line], charges: list[Charged]
) -> None:
    """Append the shortfall of each commitment whose span is over, or what it changed by; `lines` so far count towards
    it. What a person asked less for stays less."""
    own = list(charges)
    for commitment in work.commitments:
        if commitment.end > billing.through + _DAY:
            continue
        spent = commitment.spent + sum(
            amount_within(
                charge.amount,
                date.fromisoformat(charge.period_start),
                date.fromisoformat(charge.period_end),
                commitment.start,
                commitment.end,
            )
            for charge in own
        )
        lacks = max(0, commitment.amount - spent)
        if commitment.asked is not None:
            lacks = min(lacks, commitment.asked)
        if lacks != commitment.billed:
            _append(agreement, commitment, spent, lacks - commitment.billed, billing, taxing, lines, charges)


def amount_within(amount: int, start: date, end: date, first: date, after: date) -> int:
    """What of an amount for [start, end) falls on the days of [first, after), minor units."""
    days = (min(end, after) - max(start, first)).days
    if days <= 0:
        return 0
    return amount if days == (end - start).days else divide(amount * days, (end - start).days)


def _append(
    agreement: Agreement,
    commitment: Commitment,
    spent: int,
    net: int,
    billing: Billing,
    taxing: Taxing,
    lines: list[Line],
    charges: list[Charged],
) -> None:
    item = billing.items.get(commitment.item_id) if commitment.item_id else None
    entry = taxing.entry(item)
    currency = agreement.currency
    start, end = commitment.start.isoformat(), commitment.end.isoformat()
    quantity, price = positive_price(SCALE, net * (SCALE // per_major(currency)))
    position = len(lines) + 1
    lines.append(
        Line(
            position,
            None,
            commitment.item_id,
            None,
            COMMITMENT,
            commitment.description or (item.name if item else "") or agreement.title,
            commitment_words(major_text(commitment.amount, currency), major_text(spent, currency)),
            "",
            start,
            end,
            quantity,
            "",
            price,
            SCALE,
            0,
            "",
            0,
            net,
            entry.id if entry else None,
            entry.category if entry else "",
            rate_on(entry, commitment.end - _DAY) if entry else 0,
        )
    )
    charges.append(
        Charged(COMMITMENT, agreement.id, commitment.id, start, end, commitment.sequence, position, quantity, net)
    )
