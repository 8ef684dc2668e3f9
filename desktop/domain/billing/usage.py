"""Metered use: what meters counted, priced in tiers, once a period is over or a threshold is crossed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from desktop.domain.agreement import Agreement, AgreementLine
from desktop.domain.billing.facts import Billing, ItemFacts, TaxEntry, UsageCharged, Used, Work
from desktop.domain.billing.lines import MISSING, Charged, Line, divide, line_amount, part_of, positive_price
from desktop.domain.billing.metering import Metered, look_back, meter_periods, parts_of, rises_within
from desktop.domain.billing.rating import FREE, Part, Shares, shares, tier_words
from desktop.domain.billing.recurring import discount_words, iso
from desktop.domain.billing.taxing import Taxing, changes_within, rate_on
from desktop.domain.document import EARLIER_WORDS, INCLUDED_WORDS, RESIDUE_WORDS, RETURNED_WORDS, minimum_words
from desktop.domain.money import SCALE, major_text, per_major, unscaled
from desktop.domain.periods import Period
from desktop.domain.pricing import Step

INCLUDED = "included"
"""The price source of units that the agreement includes."""
MINIMUM = "minimum"
"""The price source of what a period's minimum asks for beyond its use."""
RERATED = "rerated"
"""The price source of what earlier units of a period cost more or less by now."""
UNMETERED = "unmetered"
"""The price source of a period that is over without a record; the gate blocks it."""

_UNPRICED = Step(0, None, 0, None, MISSING)


class Entry(NamedTuple):
    """A line to be: units at a price of a part; `units` of it are counted, and `net` is what it must come to."""

    part: int
    quantity: int
    price: int
    rate_id: int | None
    source: str
    detail: str
    net: int
    units: int
    discounted: bool = True


@dataclass(slots=True)
class Rated:
    """What one period of a meter bills now, of records that end on [first, after).

    `owed` is the net of its use so far, with what was billed before.
    """

    period: Period
    over: bool
    parts: list[Part]
    first: date
    after: date
    entries: list[Entry] = field(default_factory=list)
    net: int = 0
    owed: int = 0
    rows: int = 0
    units: int = 0
    billed: int = 0

    @property
    def priced(self) -> bool:
        return all(entry.source != MISSING for entry in self.entries)


def add_usage(
    agreement: Agreement,
    client_id: int,
    work: Work,
    billing: Billing,
    taxing: Taxing,
    lines: list[Line],
    charges: list[Charged],
) -> None:
    """Append a line a tier of each period with unbilled use, and what its minimum asks for.

    A period is billed when it is over, whatever the agreement's timing, or before where what waits is worth the line's
    threshold. What arrived late is billed for its own period, and goes on from the tier that was reached.
    """
    for line in agreement.lines:
        if line.kind != "usage":
            continue
        used, charged = work.used.get(line.id, ()), work.usage_charged.get(line.id, ())
        item = billing.items.get(line.item_id) if line.item_id else None
        entry = taxing.entry(item)
        mark = max((one.mark for one in used), default=0)
        billed = {(one.start, one.end): one for one in charged}
        for rated in rate_meter(agreement, line, client_id, work, billing, entry):
            if not rated.over and not _crossed(line, rated):
                continue
            before = billed.get((rated.period.start, rated.period.end))
            sequence = before.sequence + 1 if before else 0
            for one in rated.entries:
                _append(agreement, line, item, entry, rated, one, sequence, mark, billing, lines, charges)
                sequence += 1


def _crossed(line: AgreementLine, rated: Rated) -> bool:
    return line.threshold is not None and rated.net >= line.threshold and bool(rated.entries) and rated.priced


def rate_meter(
    agreement: Agreement,
    line: AgreementLine,
    client_id: int,
    work: Work,
    billing: Billing,
    tax: TaxEntry | None,
) -> list[Rated]:
    """What each period of a usage line comes to now, oldest first; the running one with what it has so far."""
    used, charged = work.used.get(line.id, ()), work.usage_charged.get(line.id, ())
    since = look_back(agreement, line, billing.through)
    for one in used:
        if one.start < since:
            since = one.start
    last = _charged_to(agreement, line, work)
    billed = {(one.start, one.end): one for one in charged}
    found: list[Rated] = []
    at = 0
    waiting = sorted(used)
    for metered in meter_periods(agreement, line, since, charged, billing.through):
        period = metered.period
        while at < len(waiting) and waiting[at].start < period.start:
            at += 1
        mine: list[Used] = []
        while at < len(waiting) and waiting[at].start < period.end:
            mine.append(waiting[at])
            at += 1
        before = billed.get((period.start, period.end))
        rated = _rate(agreement, line, client_id, metered, mine, before, billing, tax)
        if metered.over and not rated.rows and before is None and (last is None or period.start >= last):
            rated.entries.insert(0, _nothing(rated, UNMETERED))
        if rated.entries or rated.rows or before is not None:
            found.append(rated)
    return found


def _charged_to(agreement: Agreement, line: AgreementLine, work: Work) -> date | None:
    """The first day after all that was charged of a meter, by this line or one that it followed."""
    ends = [
        one.end
        for other in agreement.lines
        if other.item_id == line.item_id and other.kind == "usage"
        for one in work.usage_charged.get(other.id, ())
    ]
    return max(ends, default=None)


def _nothing(rated: Rated, source: str, at: int = 0) -> Entry:
    step = rated.parts[at].steps[0] if rated.parts[at].steps else _UNPRICED
    return Entry(at, 0, step.price, step.rate_id, source or step.source, "", 0, 0)


def _rate(
    agreement: Agreement,
    line: AgreementLine,
    client_id: int,
    metered: Metered,
    used: Sequence[Used],
    before: UsageCharged | None,
    billing: Billing,
    tax: TaxEntry | None,
) -> Rated:
    period = metered.period
    parts = _parts(agreement, line, client_id, period, billing, tax)
    rated = Rated(period, metered.over, parts, metered.first, metered.after, rows=sum([one.rows for one in used]))
    new = _by_part(parts, [(one.start, one.units) for one in used])
    old = [0] * len(parts)
    if before is not None:
        old = _by_part(parts, before.parts or [(before.start, before.units)])
    rated.units, rated.billed = sum(new), sum(old)
    discount = line.discount or agreement.discount
    if any(new):
        included = _included(line, period)
        was = shares(parts, old, included) if any(old) else {}
        now = shares(parts, [a + b for a, b in zip(old, new, strict=True)], included)
        _compare(rated, was, now, discount, agreement.currency)
        if before is not None and not before.in_order:
            _settle(rated, was, before, discount, agreement.currency)
    if rated.rows:
        _note_nothing(rated, used)
    rated.net = sum(entry.net for entry in rated.entries)
    rated.owed = rated.net + (before.amount - before.minimum if before else 0)
    if metered.over and line.minimum:
        _fill_up(rated, _least(agreement, line.minimum, metered, before), before, agreement.currency)
    return rated


def _note_nothing(rated: Rated, used: Sequence[Used]) -> None:
    """A line of nothing where the records of a part come to nothing, so that they count as billed too."""
    noted = {entry.part for entry in rated.entries}
    for one in used:
        at = _part_of(rated.parts, one.start)
        if at not in noted:
            noted.add(at)
            rated.entries.append(_nothing(rated, "", at))


def _least(agreement: Agreement, minimum: int, metered: Metered, before: UsageCharged | None) -> int:
    """The minimum of a period by the days that its line lives, minor units."""
    period = metered.period
    least = minimum
    if period.is_stub and period.full_days:
        least = divide(least * period.days, period.full_days)
    if not metered.odd:
        return least
    lived = max(0, (metered.after - metered.first).days)
    if agreement.unused != "keep" and lived < period.days:
        least = divide(least * lived, period.days)
    # The grid that made it a stub is gone; what was billed to its end was at least what was asked for then.
    return min(least, before.amount) if before is not None and before.reached is None else least


def _parts(
    agreement: Agreement, line: AgreementLine, client_id: int, period: Period, billing: Billing, tax: TaxEntry | None
) -> list[Part]:
    cuts = rises_within(line, period.start, period.end) if line.prices else []
    if tax is not None and tax.rates and tax.rates[-1][0] > period.start:
        cuts += changes_within(tax, period.start, period.end)
    assert line.item_id is not None
    parts: list[Part] = []
    for start, end in parts_of(period, cuts) if cuts else ((period.start, period.end),):
        agreed = line.price_on(start)
        mode = "flat"
        steps: tuple[Step, ...] = ()
        if agreed is not None:
            steps = (Step(0, None, agreed, None, "agreed"),)
        elif card := billing.prices.steps(line.item_id, client_id, agreement.currency, period.start):
            # One card prices a whole period, so that its tiers are reached by all of its units.
            mode, steps = card
        parts.append(Part(iso(start), iso(end), mode, steps, rate_on(tax, start) if tax else 0))
    return parts


def _by_part(parts: Sequence[Part], counted: Sequence[tuple[date, int]]) -> list[int]:
    """Units by part; each count is of the part that its first day lies in."""
    if len(parts) == 1:
        return [sum(units for _, units in counted)]
    found = [0] * len(parts)
    for day, units in counted:
        found[_part_of(parts, day)] += units
    return found


def _part_of(parts: Sequence[Part], day: date) -> int:
    text = day.isoformat()
    return max((k for k, part in enumerate(parts) if part.start <= text), default=0)


def _included(line: AgreementLine, period: Period) -> int:
    """The allowance of a period: of a stub by its days, and of whole units no part is lost."""
    if not line.included or not period.is_stub or not period.full_days:
        return line.included
    if line.included % SCALE:
        return divide(line.included * period.days, period.full_days)
    return -(-line.included // SCALE * period.days // period.full_days) * SCALE


def _net(units: int, price: int, discount: int, currency: str) -> int:
    amount = line_amount(units, price, SCALE, currency)
    return amount - part_of(amount, discount) if discount else amount


def _compare(rated: Rated, was: Shares, now: Shares, discount: int, currency: str) -> None:
    """Entries for what the period's units cost beyond what those billed before did, cent by cent."""
    for at, part in enumerate(rated.parts):
        several = part.mode == "graduated" and len(part.steps) > 1
        moved = _moved(at, part, was, now) if was else None
        for step in range(FREE, len(part.steps) + 1):
            key = (at, step)
            if key not in now and key not in was:
                continue
            units = now.get(key, 0) - was.get(key, 0)
            if moved and step in moved:
                if step == moved[1]:
                    _rerate(rated, at, part, moved, was, now, discount, currency)
                continue
            if step == FREE:
                if units:
                    rated.entries.append(Entry(at, units, 0, None, INCLUDED, INCLUDED_WORDS, 0, units))
                continue
            tier = part.steps[step] if step < len(part.steps) else _UNPRICED
            net = _net(now.get(key, 0), tier.price, discount, currency)
            if key in was:
                net -= _net(was[key], tier.price, discount, currency)
            if units or net:
                detail = tier_words(tier) if several and tier is not _UNPRICED else ""
                rated.entries.append(Entry(at, units, tier.price, tier.rate_id, tier.source, detail, net, units))


def _moved(at: int, part: Part, was: Shares, now: Shares) -> tuple[int, int] | None:
    """(step before, step now) where all units of a part have another price by now, as on a volume card."""
    if part.mode == "graduated":
        return None
    before = [step for key, step in was if key == at and step != FREE]
    after = [step for key, step in now if key == at and step != FREE]
    if len(before) == len(after) == 1 and before != after:
        return before[0], after[0]
    return None


def _rerate(
    rated: Rated, at: int, part: Part, moved: tuple[int, int], was: Shares, now: Shares, discount: int, currency: str
) -> None:
    """All units at the price now reached: the new ones on a line, and what the earlier ones differ by on another."""
    old = part.steps[moved[0]] if moved[0] < len(part.steps) else _UNPRICED
    new = part.steps[moved[1]] if moved[1] < len(part.steps) else _UNPRICED
    before, after = was[at, moved[0]], now[at, moved[1]]
    units = after - before
    net = _net(units, new.price, discount, currency)
    if units:
        rated.entries.append(Entry(at, units, new.price, new.rate_id, new.source, "", net, units))
    rest = _net(after, new.price, discount, currency) - _net(before, old.price, discount, currency) - net
    if rest:
        words = f"{EARLIER_WORDS} {unscaled(old.price):f} → {unscaled(new.price):f}"
        entry = Entry(at, before, new.price - old.price, new.rate_id, RERATED, words, rest, 0)
        rated.entries.append(entry)


def _settle(rated: Rated, was: Shares, before: UsageCharged, discount: int, currency: str) -> None:
    """After a credit took out units from between, the period still comes to what all its units cost."""
    expected = 0
    for (at, step), units in was.items():
        steps = rated.parts[at].steps
        if step != FREE:
            expected += _net(units, (steps[step] if step < len(steps) else _UNPRICED).price, discount, currency)
    rest = expected - (before.amount - before.minimum)
    if rest:
        # Two corrections of the same units would only confuse each other.
        rest += sum(entry.net for entry in rated.entries if entry.source == RERATED)
        rated.entries = [entry for entry in rated.entries if entry.source != RERATED]
    if rest:
        rated.entries.append(_sum_entry(rated, rest, RERATED, RETURNED_WORDS, currency))


def _fill_up(rated: Rated, least: int, before: UsageCharged | None, currency: str) -> None:
    """What the period's minimum asks for beyond its use; late use is taken off what was asked for."""
    wanted = max(0, least - rated.owed) - (before.minimum if before else 0)
    if wanted:
        words = minimum_words(major_text(least, currency), currency)
        rated.entries.append(_sum_entry(rated, wanted, MINIMUM, words, currency))


def _sum_entry(rated: Rated, net: int, source: str, detail: str, currency: str) -> Entry:
    price = net * SCALE // per_major(currency)
    return Entry(len(rated.parts) - 1, SCALE, price, None, source, detail, net, 0, discounted=False)


def _days_of(part: Part, rated: Rated, through: date) -> tuple[str, str]:
    """The days that a line of a part counts, half-open: issuing marks the records that end on them as billed."""
    after = rated.after if rated.over else min(rated.after, date.fromordinal(through.toordinal() + 1))
    end = min(part.end, iso(after))
    start = max(part.start, iso(rated.first))
    # A part that lies beyond has no records of its own; its earlier units may cost something else by now.
    return (start, end) if start < end else (iso(date.fromordinal(after.toordinal() - 1)), iso(after))


def _append(
    agreement: Agreement,
    line: AgreementLine,
    item: ItemFacts | None,
    tax: TaxEntry | None,
    rated: Rated,
    one: Entry,
    sequence: int,
    mark: int,
    billing: Billing,
    lines: list[Line],
    charges: list[Charged],
) -> None:
    part = rated.parts[one.part]
    quantity, price = positive_price(one.quantity, one.price)
    amount = line_amount(quantity, price, SCALE, agreement.currency)
    discount = (line.discount or agreement.discount) if one.discounted else 0
    allowance = part_of(amount, discount) if discount else 0
    reason = discount_words(discount, agreement.discount_reason if not line.discount else "") if allowance else ""
    residue, charge = one.net - (amount - allowance), 0
    if residue:
        # What was rounded before and now: the period costs what all its units cost.
        reason = reason or RESIDUE_WORDS
        if residue < 0 or allowance >= residue:
            allowance -= residue
        else:
            charge = residue
    start, end = _days_of(part, rated, billing.through)
    position = len(lines) + 1
    lines.append(
        Line(
            position,
            line.id,
            line.item_id,
            one.rate_id,
            one.source,
            line.description or (item.name if item else ""),
            one.detail,
            "",
            start,
            end,
            quantity,
            item.unit if item and one.discounted else "",
            price,
            SCALE,
            allowance,
            reason,
            charge,
            one.net,
            tax.id if tax else None,
            tax.category if tax else "",
            part.rate,
        )
    )
    period = rated.period
    charges.append(
        Charged(
            "usage",
            agreement.id,
            line.id,
            iso(period.start),
            iso(period.end),
            sequence,
            position,
            one.units,
            one.net,
            0 if one.source in (MINIMUM, UNMETERED) else mark,
        )
    )
