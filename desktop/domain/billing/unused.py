"""Credits for days that were charged and then fell out of a line's life: an end, a change, a pause."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from desktop.domain.agreement import Agreement, AgreementLine
from desktop.domain.billing.facts import Standing, Work
from desktop.domain.billing.lines import Charged, Line, divide, line_amount
from desktop.domain.billing.recurring import life_of
from desktop.domain.document import RESIDUE_WORDS, unused_words
from desktop.domain.money import SCALE
from desktop.domain.periods import Period, carved

UNUSED = "unused"
"""The price source of a line that credits unused days: its price is that of the line which charged them."""

_Span = tuple[date, date]


def add_unused(agreement: Agreement, work: Work, lines: list[Line], charges: list[Charged]) -> None:
    """Append a negative line for each run of unused days of a standing charge, at its own price and tax.

    What is credited of a charge is never more than its amount, and all of it where all of its days are unused. Where
    an amount of the invoice, or its line, was credited by a credit note, only what is left of that is.
    """
    rooms: dict[object, int] = {}
    for line in agreement.lines:
        for charge in work.standing.get(line.id, ()):
            limits: dict[object, int] = {}
            if charge.room is not None:
                limits[charge.invoice_id, charge.line.category, charge.line.rate] = charge.room
            if charge.line_room is not None:
                limits[charge.line_id] = charge.line_room
            left = {key: rooms.get(key, limit) for key, limit in limits.items()}
            spans = unused_spans(agreement, line, charge.start, charge.end)
            made = _credits(agreement, charge, spans, len(lines))
            credited = -sum(credit.net for credit, _ in made)
            if any(credited > room for room in left.values()):
                continue
            rooms |= {key: room - credited for key, room in left.items()}
            lines += [credit for credit, _ in made]
            charges += [credit for _, credit in made]


def life_begins(agreement: Agreement, line: AgreementLine) -> date:
    """The first day of a line that is billed at all: not before it starts, nor within the trial."""
    start, _ = life_of(agreement, line)
    return max(start, agreement.trial_until) if agreement.trial_until else start


def unused_spans(agreement: Agreement, line: AgreementLine, start: date, end: date) -> list[_Span]:
    """The days of [start, end) on which the line does not live, or is paused."""
    first, stop = life_begins(agreement, line), life_of(agreement, line)[1]
    breaks: list[tuple[date, date | None]] = [(date.min, first), *agreement.pauses]
    if stop is not None:
        breaks.append((stop, None))
    unused: list[_Span] = []
    reached = start
    for kept in carved(Period(start, end, start, end), breaks):
        if reached < kept.start:
            unused.append((reached, kept.start))
        reached = kept.end
    if reached < end:
        unused.append((reached, end))
    return unused


def _credits(
    agreement: Agreement, charge: Standing, spans: Sequence[_Span], position: int
) -> list[tuple[Line, Charged]]:
    days = _counted(agreement, charge)
    charged = days(charge.start, charge.end)
    made: list[tuple[Line, Charged]] = []
    left, units_left = charge.amount, charge.quantity
    for start, end in spans:
        unused = days(start, end)
        if (start, end) == (charge.start, charge.end):
            credit, units = _whole(charge, days), charge.quantity
        elif unused:
            credit, units = _part(charge, unused, days), divide(charge.quantity * unused, charged)
        else:
            # The 31st of a fixed month of 30 days costs nothing.
            continue
        credit = _within(credit, left)
        left += credit.net
        units = min(units, units_left, key=abs)
        units_left -= units
        position += 1
        first, last = start.isoformat(), end.isoformat()
        whole = days(*_span_of(charge.line))
        credit = credit._replace(
            position=position,
            price_source=UNUSED,
            detail=unused_words(unused, whole, charge.number),
            heading="",
            period_start=first,
            period_end=last,
            deducts_id=None,
            corrects_line_id=charge.line_id,
        )
        row = Charged(
            UNUSED, agreement.id, charge.charge_id, first, last, charge.sequence, position, -units, credit.net
        )
        made.append((credit, row))
    return made


def _span_of(line: Line) -> _Span:
    assert line.period_start is not None
    assert line.period_end is not None
    return date.fromisoformat(line.period_start), date.fromisoformat(line.period_end)


def _counted(agreement: Agreement, charge: Standing) -> Callable[[date, date], int]:
    """How days are counted where the line was billed: by the calendar, or by fixed months of 30 days."""
    cadence = agreement.cadence
    start, end = _span_of(charge.line)
    if cadence.counts_30:
        full_start, full_end = cadence.full_period(start)
        if end <= full_end:
            return lambda first, last: Period(first, last, full_start, full_end, fixed_30=True).days
    return lambda first, last: (last - first).days


def _part(charge: Standing, unused: int, days: Callable[[date, date], int]) -> Line:
    """So many days of the line, as it was priced: units x days over the days of the full period."""
    line = charge.line
    whole = days(*_span_of(line))
    if line.base_quantity == SCALE:
        quantity, base = line.quantity * unused, SCALE * whole
    else:
        quantity, base = divide(line.quantity * unused, whole), line.base_quantity
    allowance, surcharge = divide(line.allowance * unused, whole), divide(line.charge * unused, whole)
    net = -line_amount(quantity, line.unit_price, base, charge.currency) + allowance - surcharge
    return line._replace(quantity=-quantity, base_quantity=base, allowance=-allowance, charge=-surcharge, net=net)


def _whole(charge: Standing, days: Callable[[date, date], int]) -> Line:
    """All that stands of a charge, to the cent: the mirror of its line, or of what earlier credits left of it."""
    line = charge.line
    if (charge.start, charge.end) == _span_of(line) and charge.amount == line.net:
        return line._replace(quantity=-line.quantity, allowance=-line.allowance, charge=-line.charge, net=-line.net)
    return _at(_part(charge, days(charge.start, charge.end), days), -charge.amount)


def _within(credit: Line, left: int) -> Line:
    """Of two roundings up the second must not credit what the first one did."""
    return _at(credit, -left) if (credit.net < -left if left >= 0 else credit.net > -left) else credit


def _at(line: Line, net: int) -> Line:
    """The line at another net: what rounding makes of the difference stands as its allowance."""
    if line.net == net:
        return line
    reason = line.allowance_reason or RESIDUE_WORDS
    return line._replace(allowance=line.allowance + line.net - net, net=net, allowance_reason=reason)
