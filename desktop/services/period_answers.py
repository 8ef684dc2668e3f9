"""Answers the date cases of `sheaf periods`: the questions that public billing systems put to their own engines.

A case comes in those systems' terms (inclusive ends, target dates, bill-cycle days) and is put to Sheaf's periods.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from desktop.domain.periods import (
    Alignment,
    Cadence,
    Interval,
    Period,
    bill_date_after,
    bill_date_from,
    bill_date_in_month,
    periods,
    periods_between,
)
from desktop.errors import UserError
from desktop.i18n import _

Answer = dict[str, object]

_DAY = timedelta(days=1)
_MODES = ("advance", "arrears", "arrears-greedy", "current usage")


def answer_periods(case: Mapping[str, object]) -> Answer:
    """Everything that a case of its kind can ask for, JSON-ready: ISO dates, fractions as text.

    The case has the shape of `billing_periods.json` without its `expected`. Raises UserError for an unknown
    kind and for a field that is missing or cannot be read.
    """
    kind = case.get("kind")
    answer = _ANSWERS.get(kind) if isinstance(kind, str) else None
    if answer is None:
        raise UserError(
            _("“{kind}” is not a kind of date case.").format(kind=kind),
            _("The kinds are {kinds}.").format(kinds=", ".join(sorted(_ANSWERS))),
        )
    try:
        return answer(_Question(case))
    except (ValueError, OverflowError) as error:
        raise UserError(
            _("The date case {name} cannot be answered: {reason}").format(name=_name(case), reason=error),
            _("Correct the case and ask again."),
        ) from error


def _name(case: Mapping[str, object]) -> str:
    return f"“{case.get('id', '?')}”"


@dataclass(frozen=True, slots=True)
class _Question:
    """A case, read on demand: each kind needs other fields."""

    case: Mapping[str, object]

    def _wrong(self, field: str, remedy: str) -> UserError:
        value = self.case.get(field)
        if value is None:
            return UserError(
                _("The date case {name} lacks “{field}”.").format(name=_name(self.case), field=field), remedy
            )
        return UserError(
            _("“{value}” in the date case {name} cannot be “{field}”.").format(
                value=value, name=_name(self.case), field=field
            ),
            remedy,
        )

    def day_or_none(self, field: str) -> date | None:
        value = self.case.get(field)
        if value is None:
            return None
        try:
            return date.fromisoformat(value)  # type: ignore[arg-type]  # a TypeError is the user's, too
        except (TypeError, ValueError):
            raise self._wrong(field, _("Write a date like 2026-11-30.")) from None

    def day(self, *fields: str) -> date:
        """The first of the fields that is given."""
        for field in fields:
            found = self.day_or_none(field)
            if found is not None:
                return found
        raise self._wrong(fields[0], _("Write a date like 2026-11-30."))

    def _whole_number(self, field: str) -> int | None:
        value = self.case.get(field)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        raise self._wrong(field, _("Write a whole number."))

    @property
    def as_of(self) -> date:
        return self.day("as_of")

    @property
    def start(self) -> date:
        return self.day("started", "anchor")

    @property
    def end(self) -> date | None:
        """The first day after the agreement."""
        last = self.day_or_none("terminated")
        return last + _DAY if last and self.inclusive else last

    @property
    def inclusive(self) -> bool:
        convention = self.case.get("end_convention") or "exclusive"
        if convention == "inclusive" or convention == "inclusive last day":
            return True
        if convention in ("exclusive", "n/a"):
            return False
        raise self._wrong("end_convention", _("It is “inclusive last day”, “exclusive” or “n/a”."))

    @property
    def mode(self) -> str:
        mode = self.case.get("mode") or "advance"
        if mode not in _MODES:
            raise self._wrong("mode", _("It is one of {modes}.").format(modes=", ".join(_MODES)))
        return str(mode)

    @property
    def bill_day(self) -> int:
        """The bill-cycle day, or the anchor's where none is named."""
        named = self._whole_number("bcd")
        if named is None:
            return self.day("anchor", "started").day
        if not 1 <= named <= 31:
            raise self._wrong("bcd", _("A bill-cycle day is 1 to 31."))
        return named

    @property
    def on_last_day(self) -> bool:
        """Whether periods are calendar months that are billed on their last day."""
        return str(self.case.get("interval")).replace("_", "").replace("-", "").lower() == "monthlylastday"

    @property
    def interval(self) -> Interval:
        text = self.case.get("interval")
        if not isinstance(text, str):
            raise self._wrong("interval", _("Write it like “monthly” or “every 2 weeks”."))
        one = Interval(1, "month") if self.on_last_day else Interval.parse(text)
        count = self._whole_number("interval_count")
        return one if count is None else one.times(count)

    @property
    def fixed_30(self) -> bool:
        """The public cases tell a fixed 30-day month in their wording alone."""
        days = self._whole_number("fixed_days") or 0
        return days == 30 or "fixed 30" in str(self.case.get("context", "")).lower()

    def cadence(self) -> Cadence:
        anchor = self.day("anchor", "started", "as_of")
        if self.on_last_day:
            return Cadence(self.interval, "bcd", anchor.replace(day=1), 1, self.fixed_30)
        alignment: Alignment
        match self.case.get("alignment") or "anniversary":
            case "calendar":
                alignment = "calendar"
            case "anniversary":
                alignment = "anniversary"
            case "bcd":
                return Cadence(self.interval, "bcd", anchor, self.bill_day, self.fixed_30)
            case _other:
                raise self._wrong("alignment", _("It is “calendar”, “anniversary” or “bcd”."))
        return Cadence(self.interval, alignment, anchor, None, self.fixed_30)

    def told(self, end: date) -> str:
        """An end `end` (exclusive) in the case's convention."""
        return (end - _DAY if self.inclusive else end).isoformat()


def _period(question: _Question) -> Answer:
    """The period billed as of a date: in advance the one begun, in arrears the one ended last.

    An agreement that ended by then is billed to its end; an end still to come is not known as of that date.
    Where no period has ended since the start, the first one is meant.
    """
    cadence, as_of, start = question.cadence(), question.as_of, question.start
    current = billed = cadence.number(as_of)
    terminated, end = question.day_or_none("terminated"), question.end
    if terminated is not None and end is not None and terminated <= as_of:
        billed = min(billed, cadence.number(end - _DAY))
    else:
        end = None
        if question.mode.startswith("arrears"):
            billed -= 1
    first = cadence.number(start)
    # Before the start only the grid answers: its days are those that the anchor gives as of the date.
    measured = billed if as_of < start else max(billed, first)
    billed = max(billed, first)
    close = cadence.cycle(billed + 1)
    return {
        "period_start": max(cadence.cycle(billed), start).isoformat(),
        "period_end": question.told(close if end is None else min(close, end)),
        "current_period_start": cadence.cycle(current).isoformat(),
        "current_period_end": question.told(cadence.cycle(current + 1)),
        "previous_period_start": cadence.cycle(current - 1).isoformat(),
        "days_in_period": (cadence.cycle(measured + 1) - cadence.cycle(measured)).days,
    }


def _billed_through(question: _Question, cadence: Cadence, target: date) -> date | None:
    """Up to where a run with that target date bills; None if nothing is due yet.

    In arrears the target reaches the cycle dates up to it; a greedy run takes the period that the target is in,
    and the rest of an agreement whose end that period shows; in advance the period begun counts whole.
    """
    start, end = question.start, question.end
    first = cadence.cycle_on_or_after(start)
    if question.mode == "arrears":
        reached = end if end is not None and end <= target else cadence.cycle_on_or_before(target)
        return None if target < first and reached != end else reached
    if target < start:
        return None
    open_until = max(first, cadence.cycle_after(target))
    if end is not None and end <= open_until:
        return end
    if question.mode == "arrears-greedy":
        return cadence.cycle_on_or_after(target)
    return first if target < first else open_until


def _bill_cycle_dates(question: _Question) -> Answer:
    """Without a target date only the first cycle date can be told."""
    cadence, start, end = question.cadence(), question.start, question.end
    first = cadence.cycle_on_or_after(start)
    if question.day_or_none("as_of") is None:
        return {"first_bill_cycle_date": first.isoformat()}
    through = _billed_through(question, cadence, question.as_of)
    following = first if through is None or through < first else cadence.cycle_after(through)
    return {
        "first_bill_cycle_date": first.isoformat(),
        "something_to_bill": through is not None and (end is None or end > start),
        "billed_through": through and through.isoformat(),
        "next_bill_cycle_date": following.isoformat(),
    }


def _due(question: _Question) -> list[Period]:
    """What a run with the case's date as target bills. A target date counts as reached, not as served."""
    cadence, start, end, target = question.cadence(), question.start, question.end, question.as_of
    match question.mode:
        case "arrears":
            return periods_between(cadence, start, end, None, target - _DAY, "arrears")
        case "arrears-greedy":
            through = _billed_through(question, cadence, target)
            return periods(cadence, start, through, through) if through else []
        case _:
            return periods_between(cadence, start, end, None, target, "advance")


def _billed_periods(question: _Question) -> Answer:
    return {"periods": [[due.start.isoformat(), question.told(due.end)] for due in _due(question)]}


def _figure(parts: list[Period]) -> str:
    """The number of full periods that they make: each stub rounded to 9 decimals, half away from zero."""
    total = sum((_nine_decimals(part.fraction) for part in parts), Decimal(0))
    return f"{total.normalize():f}"


def _nine_decimals(fraction: Fraction) -> Decimal:
    return (Decimal(fraction.numerator) / fraction.denominator).quantize(Decimal("1e-9"), ROUND_HALF_UP)


def _proration_sum(question: _Question) -> Answer:
    return {"cycles": _figure(_due(question))}


def _proration_factor(question: _Question) -> Answer:
    """One stub: from the start to the cycle date that is the anchor, or from that date to the end."""
    anchor = question.day("anchor")
    start, end = question.day_or_none("started") or anchor, question.end or anchor
    if start >= end:
        raise ValueError(_("{start} is not before {end}.").format(start=start, end=end))
    return {
        "period_start": start.isoformat(),
        "period_end": question.told(end),
        "proration_factor": _figure(periods(question.cadence(), start, end, end)),
    }


def _invoice_date(question: _Question, on: date) -> Answer:
    """The date that invoices the period beginning `on`: its first day, or the day after its last one."""
    end = question.end
    if end is not None and on >= end:
        return {"next_invoice_date": None}
    if question.mode == "advance":
        return {"next_invoice_date": on.isoformat()}
    close = question.cadence().cycle_after(on)
    if end is not None:
        close = min(close, end)
    return {"next_invoice_date": (close - _DAY if question.on_last_day else close).isoformat()}


def _first_invoice_date(question: _Question) -> Answer:
    return _invoice_date(question, question.start)


def _next_invoice_date(question: _Question) -> Answer:
    """The date of the invoice that follows the one of the case's date."""
    cadence, as_of = question.cadence(), question.as_of
    if question.mode == "advance":
        return _invoice_date(question, cadence.cycle_after(as_of))
    return _invoice_date(question, as_of + _DAY if question.on_last_day else as_of)


def _due_day_of_month(question: _Question) -> Answer:
    return {"due_date": bill_date_after(question.as_of, question.bill_day).isoformat()}


def _align_same_month(question: _Question) -> Answer:
    """The bill-cycle day of the date's month; days and weeks know none."""
    as_of = question.as_of
    aligned = bill_date_in_month(as_of, question.bill_day) if question.interval.months else as_of
    return {"bill_cycle_date": aligned.isoformat()}


def _align_next(question: _Question) -> Answer:
    """The next bill-cycle day from the date on; days and weeks count from the anchor and leave it behind."""
    as_of = question.as_of
    if question.interval.months:
        return {"bill_cycle_date": bill_date_from(as_of, question.bill_day).isoformat()}
    cadence, anchor = question.cadence(), question.day("anchor", "started")
    return {"bill_cycle_date": cadence.cycle_on_or_after(max(as_of, anchor + _DAY)).isoformat()}


_ANSWERS: dict[str, Callable[[_Question], Answer]] = {
    "period": _period,
    "bill_cycle_dates": _bill_cycle_dates,
    "billed_periods": _billed_periods,
    "proration_sum": _proration_sum,
    "proration_factor": _proration_factor,
    "next_invoice_date": _next_invoice_date,
    "first_invoice_date": _first_invoice_date,
    "due_day_of_month": _due_day_of_month,
    "align_same_month": _align_same_month,
    "align_next": _align_next,
}
