"""Time and materials: unbilled entries priced and grouped, up to the agreement's cap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from desktop.domain.agreement import Agreement, AgreementLine
from desktop.domain.billing.facts import Billing, ItemFacts, TimeEntry, Work
from desktop.domain.billing.lines import MISSING, Charged, Line, line_amount, part_of, positive_price
from desktop.domain.billing.rating import tier_words
from desktop.domain.billing.recurring import discount_words, iso
from desktop.domain.billing.taxing import Taxing, rate_on
from desktop.domain.document import CAP_WORDS
from desktop.domain.money import SCALE, major_text, scaled, spread, unscaled
from desktop.domain.pricing import Step

_DAY = timedelta(days=1)


def line_for(agreement: Agreement, entry: TimeEntry) -> AgreementLine | None:
    """The agreement line that takes an entry: the one of its item, else the one without an item."""
    general = None
    for line in agreement.lines:
        if line.kind != "time" or (line.start and entry.day < line.start) or (line.end and entry.day >= line.end):
            continue
        if line.item_id is not None and line.item_id == entry.item_id:
            return line
        if (line.item_id is None or entry.item_id is None) and general is None:
            general = line
    return general


def price_of(
    agreement: Agreement, line: AgreementLine | None, entry: TimeEntry, client_id: int, billing: Billing
) -> tuple[int | None, int | None, str]:
    """An hour's price: the entry's own, the agreement line's on that day, else the rate card's for the item."""
    if entry.rate is not None:
        return entry.rate, None, "entry"
    agreed = line.price_on(entry.day) if line else None
    if agreed is not None:
        return agreed, None, "agreed"
    item_id = entry.item_id or (line.item_id if line else None)
    if item_id is None:
        return None, None, ""
    found = billing.prices.price(item_id, client_id, agreement.currency, entry.day, unscaled(entry.hours))
    # A graduated card prices the hours of a period together, which single entries cannot.
    if found is None or found.mode == "graduated":
        return None, None, ""
    return scaled(Decimal(found.unit_price)), found.rate_id, found.source


def time_lines(
    agreement: Agreement, client_id: int, work: Work, billing: Billing, taxing: Taxing, position: int
) -> tuple[list[Line], list[Charged], list[TimeEntry]]:
    """Lines and charges of the entries up to the through-date, numbered after `position`; and entries without price."""
    groups: dict[object, tuple[_Head, list[TimeEntry]]] = {}
    unpriced: list[TimeEntry] = []
    # A head is told by its number, which is cheaper to look up 200,000 times.
    numbers: dict[_Head, int] = {}
    known: dict[tuple[object, ...], tuple[int, _Head, date]] = {}
    dated = any(line.start or line.end or line.prices for line in agreement.lines if line.kind == "time")
    grouping, through = agreement.grouping, billing.through
    for entry in work.time:
        if entry.day > through:
            continue
        key = (entry.item_id, entry.rate, entry.day) if dated else (entry.item_id, entry.rate)
        found = known.get(key)
        if found is None or entry.day < found[2]:
            made, lasting = _head(agreement, entry, client_id, billing, taxing)
            if made is None:
                unpriced.append(entry)
                continue
            found = (numbers.setdefault(made, len(numbers)), made, lasting or date.max)
            if lasting:
                known[key] = found
        number, head, _ = found
        group: object = number
        if head.steps:
            # Tiers are reached by all the hours of a period, so nothing else groups them.
            group = (number, agreement.cadence.full_period(entry.day))
        elif grouping == "entry":
            group = (number, entry.day, entry.id)
        elif grouping == "person":
            group = (number, entry.person)
        elif grouping == "day":
            group = (number, entry.day)
        if group in groups:
            groups[group][1].append(entry)
        else:
            groups[group] = (head, [entry])
    lines: list[Line] = []
    charges: list[Charged] = []
    filled: dict[object, _Filled] = {}
    for head, entries in groups.values():
        reached: _Filled = {}
        if head.steps:
            span = agreement.cadence.full_period(entries[0].day)
            period = (head.item_id, span)
            if period not in filled:
                filled[period] = _filled(work, head.item_id, *span)
            reached = filled[period]
        for tier, mine, units in _tiers(head, entries, reached):
            position += 1
            _group(agreement, tier, mine, units, entries, position, billing, taxing, lines, charges)
    if agreement.cap is not None and lines:
        _cap(agreement, work.time_billed, lines, charges)
    return lines, charges, unpriced


_Filled = dict[int | None, int]
"""Hours of a period by the upper end of the tier that they are in."""


class _Head(NamedTuple):
    """What entries on one line have in common; `rate` is the tax's, `steps` the tiers of a graduated card."""

    item_id: int | None
    price: int
    rate_id: int | None
    source: str
    line: AgreementLine | None
    rate: int
    steps: tuple[Step, ...] = ()


def _filled(work: Work, item_id: int | None, start: date, end: date) -> _Filled:
    """What earlier invoices billed of a period in tiers."""
    found: _Filled = {}
    for one in work.tiers:
        if one.item_id == item_id and start <= one.day < end:
            found[one.high] = found.get(one.high, 0) + one.units
    return found


def _head(
    agreement: Agreement, entry: TimeEntry, client_id: int, billing: Billing, taxing: Taxing
) -> tuple[_Head | None, date | None]:
    """What an entry is billed by, None where nothing prices it; and the day from which on that holds for its like."""
    line = line_for(agreement, entry)
    price, rate_id, source = price_of(agreement, line, entry, client_id, billing)
    item_id = entry.item_id or (line.item_id if line else None)
    steps: tuple[Step, ...] = ()
    if price is None:
        card = billing.prices.steps(item_id, client_id, agreement.currency, entry.day) if item_id else None
        if card is None or card[0] != "graduated":
            return None, None
        steps, price, source = card[1], 0, card[1][0].source
    tax = taxing.entry(billing.items.get(item_id) if item_id else None)
    since = tax.rates[-1][0] if tax and tax.rates else date.min
    lasting = source in ("entry", "agreed") and entry.day >= since
    rate = rate_on(tax, entry.day) if tax else 0
    return _Head(item_id, price, rate_id, source, line, rate, steps), since if lasting else None


def _tiers(head: _Head, entries: Sequence[TimeEntry], filled: _Filled) -> list[tuple[_Head, Sequence[TimeEntry], int]]:
    """The group as it is, or a part for each tier that its hours fall into, with the entries that begin in it."""
    units = sum([entry.hours for entry in entries])
    if not head.steps:
        return [(head, entries, units)]
    found: list[tuple[_Head, Sequence[TimeEntry], int]] = []
    ordered = sorted(entries, key=lambda entry: (entry.day, entry.id))
    parts = _taken(head.steps, units, filled)
    sign = 1 if units >= 0 else -1
    at = begun = top = 0
    for count, (place, part) in enumerate(parts, 1):
        top += part * sign
        mine: list[TimeEntry] = []
        while at < len(ordered) and (begun < top or count == len(parts)):
            mine.append(ordered[at])
            begun += ordered[at].hours * sign
            at += 1
        # Beyond the last tier nothing prices the hours, as nothing prices units there.
        tier = head._replace(steps=head.steps[place : place + 1], price=0, rate_id=None, source=MISSING)
        for step in tier.steps:
            tier = tier._replace(price=step.price, rate_id=step.rate_id, source=step.source)
        found.append((tier, mine, part))
    return found


def _taken(steps: Sequence[Step], units: int, filled: _Filled) -> list[tuple[int, int]]:
    """(index of the step, hours) of a group: the lowest room is filled first, the highest hours taken back first.

    `filled` are the hours by upper end of their tier that the period has so far, and has these too afterwards.
    """
    if filled.keys() - {step.high for step in steps}:
        # Another card since, with other tiers: the hours stand in the order in which they came.
        total = sum(filled.values())
        filled.clear()
        for step in steps:
            filled[step.high] = max(0, (total if step.high is None else min(total, step.high)) - step.low)
    found: list[tuple[int, int]] = []
    left = units
    order = list(enumerate(steps))
    for place, step in order if units > 0 else order[::-1]:
        has = filled.get(step.high, 0)
        if units > 0:
            part = left if step.high is None else max(0, min(left, step.high - step.low - has))
        else:
            part = max(left, -max(0, has))
        if part:
            found.append((place, part))
            filled[step.high] = has + part
            left -= part
    if left > 0:
        found.append((len(steps), left))
    elif left < 0:
        # Taken back beyond all that was worked: as it would be priced.
        for place, step in order:
            part = max(left, step.low - step.high) if step.high is not None else left
            if part:
                found.append((place, part))
                left -= part
    return found or [(0, 0)]


def _group(
    agreement: Agreement,
    head: _Head,
    entries: Sequence[TimeEntry],
    hours: int,
    whole: Sequence[TimeEntry],
    position: int,
    billing: Billing,
    taxing: Taxing,
    lines: list[Line],
    charges: list[Charged],
) -> None:
    """A line of the hours of these entries; of a tier the entries that begin in it, `whole` those of all tiers."""
    item_id, line = head.item_id, head.line
    item = billing.items.get(item_id) if item_id else None
    tax = taxing.entry(item)
    quantity, price = positive_price(hours, head.price)
    amount = line_amount(quantity, price, SCALE, agreement.currency)
    discount = (line.discount if line else 0) or agreement.discount
    allowance = part_of(amount, discount) if discount else 0
    days = [entry.day for entry in whole]
    first, last = min(days), max(days)
    net = amount - allowance
    lines.append(
        Line(
            position,
            # A tier that no entry begins in has no charge of its own, so it is no line of the agreement's either.
            line.id if line and entries else None,
            item_id,
            head.rate_id,
            head.source,
            _words(agreement, whole, line, item),
            _detail(agreement, whole) if not head.steps else tier_words(head.steps[0]),
            "",
            iso(first),
            iso(last + _DAY),
            quantity,
            item.unit if item else "hour",
            price,
            SCALE,
            allowance,
            discount_words(discount, agreement.discount_reason if not (line and line.discount) else "")
            if discount
            else "",
            0,
            net,
            tax.id if tax else None,
            tax.category if tax else "",
            rate_on(tax, first) if tax else 0,
        )
    )
    if not entries:
        return
    weights = [entry.hours for entry in entries]
    shares = spread(net, weights if sum(weights) else [1] * len(entries)) if hours else [0] * len(entries)
    agreement_id = agreement.id
    for entry, share in zip(entries, shares, strict=True):
        day = entry.day
        charges.append(
            Charged("time", agreement_id, entry.id, iso(day), iso(day + _DAY), 0, position, entry.hours, share)
        )


def _words(
    agreement: Agreement, entries: Sequence[TimeEntry], line: AgreementLine | None, item: ItemFacts | None
) -> str:
    if agreement.grouping == "entry" and entries[0].note:
        return entries[0].note
    return (line.description if line and line.description else "") or (item.name if item else "")


def _detail(agreement: Agreement, entries: Sequence[TimeEntry]) -> str:
    if agreement.grouping in ("entry", "person"):
        return entries[0].person
    if agreement.grouping == "day":
        return "; ".join(dict.fromkeys(entry.note for entry in entries if entry.note))
    return ""


def _cap(agreement: Agreement, billed: int, lines: list[Line], charges: list[Charged]) -> None:
    """What is above the cap is taken off the last lines, so that every hour stays on the paper."""
    assert agreement.cap is not None
    excess = billed + sum(line.net for line in lines) - agreement.cap
    at = len(lines) - 1
    while excess > 0 and at >= 0:
        line = lines[at]
        off = min(excess, max(line.net, 0))
        if off:
            reason = f"{CAP_WORDS} {major_text(agreement.cap, agreement.currency)} {agreement.currency}"
            lines[at] = line._replace(
                allowance=line.allowance + off,
                net=line.net - off,
                allowance_reason=f"{line.allowance_reason}, {reason}" if line.allowance_reason else reason,
            )
            mine = [k for k, charge in enumerate(charges) if charge.position == line.position]
            weights = [charges[k].quantity for k in mine]
            for k, share in zip(mine, spread(lines[at].net, weights) if mine else (), strict=True):
                charges[k] = charges[k]._replace(amount=share)
            excess -= off
        at -= 1
