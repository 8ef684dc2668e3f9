"""Recurring lines: the periods due of each agreement line, priced, taxed and cut where either changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import groupby

from desktop.domain.agreement import Agreement, AgreementLine, Prepayment
from desktop.domain.billing.facts import Billing, ChargedSpan, ItemFacts, TaxEntry, Work
from desktop.domain.billing.lines import MISSING, Charged, Line, line_amount, part_of, positive_price
from desktop.domain.billing.taxing import Taxing, changes_within, rate_on
from desktop.domain.document import PREPAID_WORDS, RESIDUE_WORDS
from desktop.domain.money import SCALE, scaled, unscaled
from desktop.domain.periods import Period, due_periods, split

_PLAIN = "agreed"
# A part of a line's units at one price: units, unit price, id of its rate, where it comes from.
_Tier = tuple[int, int, int | None, str]
# A fraction taken off, times 10**6, and what for.
_Discount = tuple[int, str]


def discount_words(fraction: int, reason: str = "") -> str:
    words = f"{unscaled(fraction * 100):f} %"
    return f"{reason} {words}" if reason else words


def life_of(agreement: Agreement, line: AgreementLine) -> tuple[date, date | None]:
    """First day of a line and the first no longer in; the agreement's own dates clip it."""
    start = max(agreement.start, line.start) if line.start else agreement.start
    ends = [day for day in (agreement.end, line.end) if day is not None]
    return start, min(ends) if ends else None


def periods_of(
    agreement: Agreement,
    line: AgreementLine,
    span: ChargedSpan | None,
    through: date,
    known: dict[object, list[Period]],
) -> list[Period]:
    """The periods of one line that are due and not charged; lines alike share the computation through `known`.

    A stub that counts no days (the 31st alone in a fixed 30-day month) is never due.
    """
    key = (line.start, line.end, span.end, span.spans) if span else (line.start, line.end)
    found = known.get(key)
    if found is None:
        found = known[key] = _periods(agreement, line, span, through)
    return found


def _periods(agreement: Agreement, line: AgreementLine, span: ChargedSpan | None, through: date) -> list[Period]:
    start, end = life_of(agreement, line)
    if end is not None and start >= end:
        return []
    charged, pauses = agreement.charged_through, agreement.pauses
    if span is not None:
        if span.spans:
            pauses = (*pauses, *span.spans)
        elif charged is None or span.end > charged:
            charged = span.end
    found = due_periods(
        agreement.cadence, start, end, agreement.timing, through, charged, pauses, agreement.trial_until
    )
    for paid in agreement.prepayments:
        if paid.due <= through:
            last = date.fromordinal(paid.end.toordinal() - 1)
            ahead = due_periods(agreement.cadence, start, end, "advance", last, charged, pauses, agreement.trial_until)
            found += [period for period in ahead if paid.start <= period.start < paid.end and period not in found]
            found.sort(key=lambda period: period.start)
    return [period for period in found if period.days] if agreement.cadence.fixed_30 else found


def due_on(agreement: Agreement, line: AgreementLine, period: Period) -> date:
    """The through-date from which a run bills a period."""
    if agreement.timing == "advance":
        due = period.start
    else:
        _, end = life_of(agreement, line)
        close = period.full_end if end is None else min(period.full_end, end)
        due = date.fromordinal(close.toordinal() - 1)
    return min([due, *(paid.due for paid in agreement.prepayments if paid.start <= period.start < paid.end)])


def _discount(agreement: Agreement, line: AgreementLine, start: date, through: date) -> _Discount:
    """What is taken off a period that begins on a day; what was agreed for paying ahead comes on top."""
    fraction = line.discount or agreement.discount
    words = discount_words(fraction, agreement.discount_reason if not line.discount else "") if fraction else ""
    paid = _prepaid(agreement, start, through) if agreement.prepayments else None
    if paid is None or not paid.discount:
        return fraction, words
    ahead = discount_words(paid.discount, paid.reason or PREPAID_WORDS)
    return min(fraction + paid.discount, SCALE), f"{words}, {ahead}" if words else ahead


def _prepaid(agreement: Agreement, start: date, through: date) -> Prepayment | None:
    return next((one for one in agreement.prepayments if one.due <= through and one.start <= start < one.end), None)


def recurring_lines(
    agreement: Agreement, client_id: int, work: Work, billing: Billing, taxing: Taxing
) -> tuple[list[Line], list[Charged]]:
    """Lines in order of period, then position, and what they charge."""
    due: list[tuple[date, int, AgreementLine, Period]] = []
    known: dict[object, list[Period]] = {}
    for line in agreement.lines:
        if line.kind == "recurring":
            for period in periods_of(agreement, line, work.charged.get(line.id), billing.through, known):
                due.append((period.start, line.position, line, period))
    due.sort(key=lambda entry: (entry[0], entry[1]))
    lines: list[Line] = []
    charges: list[Charged] = []
    for _, _, line, period in due:
        item = billing.items.get(line.item_id) if line.item_id else None
        entry = taxing.entry(item)
        discount = _discount(agreement, line, period.start, billing.through)
        cuts = _rises(line, period) if line.prices else []
        if entry is not None and entry.rates and entry.rates[-1][0] > period.start:
            cuts += changes_within(entry, period.start, period.end)
        if not cuts:
            for sequence, tier in enumerate(_tiers(line, client_id, agreement.currency, period.start, billing)):
                _append(agreement, line, period, sequence, tier, discount, item, entry, lines, charges)
            continue
        parts = [
            (part, _tiers(line, client_id, agreement.currency, part.start, billing)) for part in _split(period, cuts)
        ]
        for tiers, members in groupby(parts, key=lambda pair: pair[1]):
            alike = [part for part, _ in members]
            for sequence, tier in enumerate(tiers):
                first = len(lines)
                for part in alike:
                    _append(agreement, line, part, sequence, tier, discount, item, entry, lines, charges)
                if len(alike) > 1:
                    _place_residue(agreement, alike, tier, discount[0], lines, charges, first)
    return lines, charges


@lru_cache(maxsize=4096)
def iso(day: date) -> str:
    """One text a day: the lines of a run hold the same few by the ten thousand."""
    return day.isoformat()


def _rises(line: AgreementLine, period: Period) -> list[date]:
    """First days of another price agreed ahead, strictly inside the period."""
    return [
        day
        for day, price in line.prices
        if period.start < day < period.end and price != line.price_on(date.fromordinal(day.toordinal() - 1))
    ]


def _split(period: Period, cuts: Sequence[date]) -> list[Period]:
    """The period cut at the dates; a part without days (a 31st of a fixed 30-day month) goes with its neighbour."""
    parts: list[Period] = []
    for part in split(period, cuts):
        if parts and not (part.days and parts[-1].days):
            before = parts.pop()
            part = Period(before.start, part.end, part.full_start, part.full_end, part.fixed_30)
        parts.append(part)
    return parts


def _tiers(line: AgreementLine, client_id: int, currency: str, day: date, billing: Billing) -> tuple[_Tier, ...]:
    """What the units of a line cost on a day: in one part, or one part a tier of a graduated card."""
    agreed = line.price_on(day)
    if agreed is not None:
        return ((line.quantity, agreed, None, _PLAIN),)
    if line.item_id is None:
        return ((line.quantity, 0, None, MISSING),)
    found = billing.prices.tiers(line.item_id, client_id, currency, day, unscaled(line.quantity))
    if found is None:
        return ((line.quantity, 0, None, MISSING),)
    return tuple((scaled(tier.quantity), scaled(tier.unit_price), tier.rate_id, tier.source) for tier in found)


def _figures(units: int, period: Period, price: int, discount: int, currency: str) -> tuple[int, int, int]:
    """(quantity, base quantity, net) of a span: units x days over the days of the full period where it is a stub."""
    quantity, base = units, SCALE
    if period.is_stub:
        quantity, base = units * period.days, period.full_days * SCALE
    amount = line_amount(quantity, price, base, currency)
    return quantity, base, amount - part_of(amount, discount) if discount else amount


def _append(
    agreement: Agreement,
    line: AgreementLine,
    part: Period,
    sequence: int,
    tier: _Tier,
    discount: _Discount,
    item: ItemFacts | None,
    entry: TaxEntry | None,
    lines: list[Line],
    charges: list[Charged],
) -> None:
    fraction, reason = discount
    units, price, rate_id, source = tier
    quantity, base, net = _figures(units, part, price, fraction, agreement.currency)
    quantity, unit_price = positive_price(quantity, price)
    start, end = iso(part.start), iso(part.end)
    position = len(lines) + 1
    lines.append(
        Line(
            position,
            line.id,
            line.item_id,
            rate_id,
            source,
            line.description or (item.name if item else ""),
            "",
            "",
            start,
            end,
            quantity,
            item.unit if item else "",
            unit_price,
            base,
            line_amount(quantity, unit_price, base, agreement.currency) - net if fraction else 0,
            reason,
            0,
            net,
            entry.id if entry else None,
            entry.category if entry else "",
            rate_on(entry, part.start) if entry else 0,
        )
    )
    charges.append(Charged("recurring", agreement.id, line.id, start, end, sequence, position, quantity, net))


def _place_residue(
    agreement: Agreement,
    parts: Sequence[Period],
    tier: _Tier,
    discount: int,
    lines: list[Line],
    charges: list[Charged],
    first: int,
) -> None:
    """Parts at one price add up to what the span costs undivided: the last part takes the cents left over."""
    whole = Period(parts[0].start, parts[-1].end, parts[0].full_start, parts[0].full_end, parts[0].fixed_30)
    last = lines[-1]
    _, _, net = _figures(tier[0], whole, tier[1], discount, agreement.currency)
    residue = net - sum(part.net for part in lines[first:])
    if not residue:
        return
    if residue < 0 or last.allowance >= residue:
        reason = last.allowance_reason or RESIDUE_WORDS
        mended = last._replace(allowance=last.allowance - residue, net=last.net + residue, allowance_reason=reason)
    else:
        mended = last._replace(charge=last.charge + residue, net=last.net + residue)
    lines[-1] = mended
    charges[-1] = charges[-1]._replace(amount=mended.net)
