"""Recurring lines: the periods due of each agreement line, priced, taxed and cut where either changes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from desktop.domain.agreement import Agreement, AgreementLine
from desktop.domain.billing.draft import Charged, Line, line_amount, part_of
from desktop.domain.billing.facts import Billing, ChargedSpan, Work
from desktop.domain.billing.taxing import Taxing, changes_within, rate_on
from desktop.domain.money import SCALE, scaled, unscaled
from desktop.domain.periods import Period, due_periods, split

_PLAIN = "agreed"
_RESIDUE = "Rounding of the parts"


def discount_words(fraction: int, reason: str = "") -> str:
    words = f"{unscaled(fraction * 100):f} %"
    return f"{reason} {words}" if reason else words


def periods_of(
    agreement: Agreement,
    line: AgreementLine,
    span: ChargedSpan | None,
    through: date,
    known: dict[object, list[Period]],
) -> list[Period]:
    """The periods of one line that are due and not charged; lines alike share the computation through `known`."""
    start = max(agreement.start, line.start) if line.start else agreement.start
    ends = [day for day in (agreement.end, line.end) if day is not None]
    end = min(ends) if ends else None
    charged = agreement.charged_through
    pauses = agreement.pauses
    if span is not None:
        if span.spans:
            pauses = (*pauses, *span.spans)
        elif charged is None or span.end > charged:
            charged = span.end
    key = (start, end, charged, pauses)
    found = known.get(key)
    if found is None:
        if end is not None and start >= end:
            found = []
        else:
            found = due_periods(
                agreement.cadence, start, end, agreement.timing, through, charged, pauses, agreement.trial_until
            )
        known[key] = found
    return found


def recurring_lines(
    agreement: Agreement, client_id: int, work: Work, billing: Billing, taxing: Taxing
) -> tuple[list[Line], list[Charged], list[str]]:
    """Lines in order of period, then position; what they charge; and what has no price, in words."""
    due: list[tuple[date, int, AgreementLine, Period]] = []
    known: dict[object, list[Period]] = {}
    for line in agreement.lines:
        if line.kind == "recurring":
            for period in periods_of(agreement, line, work.charged.get(line.id), billing.through, known):
                due.append((period.start, line.position, line, period))
    due.sort(key=lambda entry: (entry[0], entry[1]))
    lines: list[Line] = []
    charges: list[Charged] = []
    unpriced: list[str] = []
    for _, _, line, period in due:
        item = billing.items.get(line.item_id) if line.item_id else None
        entry = taxing.entry(item)
        cuts = [day for day, _ in line.prices if period.start < day < period.end]
        tax_cuts = changes_within(entry, period.start, period.end) if entry else []
        parts = split(period, [*cuts, *tax_cuts]) if cuts or tax_cuts else [period]
        first = len(lines)
        for part in parts:
            price, rate_id, source = _price(line, client_id, agreement.currency, part.start, billing)
            if price is None:
                unpriced.append(line.description or (item.name if item else ""))
            _append(agreement, line, part, price or 0, rate_id, source, billing, taxing, lines, charges)
        if tax_cuts and not cuts and not period.is_stub:
            _place_residue(lines, charges, first, line.quantity, agreement.currency)
    return lines, charges, unpriced


def _price(
    line: AgreementLine, client_id: int, currency: str, day: date, billing: Billing
) -> tuple[int | None, int | None, str]:
    agreed = line.price_on(day)
    if agreed is not None:
        return agreed, None, _PLAIN
    if line.item_id is None:
        return None, None, ""
    found = billing.prices.price(line.item_id, client_id, currency, day, unscaled(line.quantity))
    if found is None:
        return None, None, ""
    return scaled(Decimal(found.unit_price)), found.rate_id, found.source


def _append(
    agreement: Agreement,
    line: AgreementLine,
    part: Period,
    price: int,
    rate_id: int | None,
    source: str,
    billing: Billing,
    taxing: Taxing,
    lines: list[Line],
    charges: list[Charged],
) -> None:
    item = billing.items.get(line.item_id) if line.item_id else None
    entry = taxing.entry(item)
    quantity, base = line.quantity, SCALE
    if part.is_stub:
        quantity, base = line.quantity * part.days, part.full_days * SCALE
    amount = line_amount(quantity, price, base, agreement.currency)
    discount = line.discount or agreement.discount
    allowance = part_of(amount, discount) if discount else 0
    start, end = part.start.isoformat(), part.end.isoformat()
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
            price,
            base,
            allowance,
            discount_words(discount, agreement.discount_reason if not line.discount else "") if discount else "",
            0,
            amount - allowance,
            entry.id if entry else None,
            entry.category if entry else "",
            rate_on(entry, part.start) if entry else 0,
        )
    )
    charges.append(Charged("recurring", agreement.id, line.id, start, end, 0, position, quantity, amount - allowance))


def _place_residue(lines: list[Line], charges: list[Charged], first: int, units: int, currency: str) -> None:
    """Parts of one full period at one price add up to the period's price: the last part takes the cent left over."""
    parts = lines[first:]
    whole = line_amount(units, parts[0].unit_price, SCALE, currency)
    gross = [line_amount(p.quantity, p.unit_price, p.base_quantity, currency) for p in parts]
    residue = whole - sum(gross)
    if not residue:
        return
    last = parts[-1]
    if residue > 0:
        mended = last._replace(charge=last.charge + residue, net=last.net + residue)
    else:
        reason = last.allowance_reason or _RESIDUE
        mended = last._replace(allowance=last.allowance - residue, net=last.net + residue, allowance_reason=reason)
    lines[-1] = mended
    charges[-1] = charges[-1]._replace(amount=mended.net)
