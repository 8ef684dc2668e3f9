"""Time and materials: unbilled entries priced and grouped, up to the agreement's cap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from desktop.domain.agreement import Agreement, AgreementLine
from desktop.domain.billing.facts import Billing, ItemFacts, TimeEntry, Work
from desktop.domain.billing.lines import Charged, Line, line_amount, part_of, positive_price
from desktop.domain.billing.recurring import discount_words, iso
from desktop.domain.billing.taxing import Taxing, rate_on
from desktop.domain.document import CAP_WORDS
from desktop.domain.money import SCALE, major_text, scaled, spread, unscaled

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
    groups: dict[tuple[object, ...], list[tuple[TimeEntry, AgreementLine | None]]] = {}
    unpriced: list[TimeEntry] = []
    for entry in work.time:
        if entry.day > billing.through:
            continue
        line = line_for(agreement, entry)
        price, rate_id, source = price_of(agreement, line, entry, client_id, billing)
        if price is None:
            unpriced.append(entry)
            continue
        item_id = entry.item_id or (line.item_id if line else None)
        item = billing.items.get(item_id) if item_id else None
        tax = taxing.entry(item)
        rate = rate_on(tax, entry.day) if tax else 0
        head: tuple[object, ...] = (item_id, price, rate_id, source, line.id if line else None, rate)
        if agreement.grouping == "entry":
            head = (*head, entry.day, entry.id)
        elif agreement.grouping == "person":
            head = (*head, entry.person)
        elif agreement.grouping == "day":
            head = (*head, entry.day)
        groups.setdefault(head, []).append((entry, line))
    lines: list[Line] = []
    charges: list[Charged] = []
    for head, members in groups.items():
        position += 1
        entries = [entry for entry, _ in members]
        _group(agreement, head, entries, members[0][1], position, billing, taxing, lines, charges)
    if agreement.cap is not None and lines:
        _cap(agreement, work.time_billed, lines, charges)
    return lines, charges, unpriced


def _group(
    agreement: Agreement,
    head: tuple[object, ...],
    entries: Sequence[TimeEntry],
    line: AgreementLine | None,
    position: int,
    billing: Billing,
    taxing: Taxing,
    lines: list[Line],
    charges: list[Charged],
) -> None:
    item_id, price, rate_id, source = head[:4]
    assert isinstance(price, int)
    item: ItemFacts | None = billing.items.get(item_id) if isinstance(item_id, int) else None
    tax = taxing.entry(item)
    hours = sum(entry.hours for entry in entries)
    quantity, price = positive_price(hours, price)
    amount = line_amount(quantity, price, SCALE, agreement.currency)
    discount = (line.discount if line else 0) or agreement.discount
    allowance = part_of(amount, discount) if discount else 0
    first = min(entry.day for entry in entries)
    last = max(entry.day for entry in entries)
    net = amount - allowance
    lines.append(
        Line(
            position,
            line.id if line else None,
            item_id if isinstance(item_id, int) else None,
            rate_id if isinstance(rate_id, int) else None,
            str(source),
            _words(agreement, entries, line, item),
            _detail(agreement, entries),
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
    shares = spread(net, [entry.hours for entry in entries]) if hours else [0] * len(entries)
    for entry, share in zip(entries, shares, strict=True):
        charges.append(
            Charged(
                "time",
                agreement.id,
                entry.id,
                iso(entry.day),
                iso(entry.day + _DAY),
                0,
                position,
                entry.hours,
                share,
            )
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
            for k, share in zip(mine, spread(lines[at].net, weights), strict=True):
                charges[k] = charges[k]._replace(amount=share)
            excess -= off
        at -= 1
