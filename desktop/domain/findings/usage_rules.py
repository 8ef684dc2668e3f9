"""Rules on metered use: records that are missing, doubled, late, laid wrongly end to end, or far from the usual."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from statistics import median
from typing import Any

from desktop.domain.agreement import AgreementLine
from desktop.domain.billing import Work
from desktop.domain.billing.facts import UsageCharged, Used
from desktop.domain.billing.usage import UNMETERED
from desktop.domain.findings.rule import Case, parameter
from desktop.domain.money import unscaled
from desktop.domain.wording import day_words, span_words

Found = Iterator[tuple[str, str, str]]
Faults = Iterator[tuple[str, str, str]]

_DAY = timedelta(days=1)
_COMPARED = 6


def usage_missing(case: Case, _: Mapping[str, Any]) -> Found:
    missing: dict[int, list[tuple[str, date, date]]] = {}
    for line in case.draft.lines:
        if line.price_source == UNMETERED and line.agreement_line_id and line.period_start and line.period_end:
            span = (date.fromisoformat(line.period_start), date.fromisoformat(line.period_end))
            missing.setdefault(line.agreement_line_id, []).append((line.description, *span))
    owners = {charge.source_id: charge.agreement_id for charge in case.draft.charges if charge.kind == "usage"}
    for line_id, periods in missing.items():
        what, start, end = periods[0]
        more = (
            f" and {len(periods) - 1} more periods" if len(periods) > 2 else " and one more period" * (len(periods) - 1)
        )
        yield (
            f"No use of “{what}” is recorded for {span_words(start, end)}{more}.",
            "Enter what the meter counted, 0 where it was nothing, then look at the draft again.",
            f"agreement:{owners.get(line_id)}:usage",
        )


def usage_suspect(case: Case, parameters: Mapping[str, Any]) -> Found:
    spans: dict[tuple[int, int], dict[tuple[str, str], int]] = {}
    for charge in case.draft.charges:
        if charge.kind == "usage" and charge.agreement_id is not None:
            periods = spans.setdefault((charge.agreement_id, charge.source_id), {})
            span = (charge.period_start, charge.period_end)
            periods[span] = periods.get(span, 0) + charge.quantity
    if not spans:
        return
    names = {line.agreement_line_id: line.description for line in case.draft.lines}
    lines = {line.id: line for agreement in case.agreements for line in agreement.lines}
    for (agreement_id, line_id), periods in spans.items():
        work, line = case.work.get(agreement_id), lines.get(line_id)
        if work is None or line is None:
            continue
        for (first, last), units in periods.items():
            start, end = date.fromisoformat(first), date.fromisoformat(last)
            for _kind, sentence, remedy in faults(work, line, names[line_id], start, end, units, parameters):
                yield sentence, remedy, f"agreement:{agreement_id}:usage"


def faults(
    work: Work, line: AgreementLine, name: str, start: date, end: date, units: int, parameters: Mapping[str, Any]
) -> Faults:
    """(kind, sentence, remedy) of what looks wrong about the unbilled use of a period: late, gap, doubled, outlier.

    `units` are those to bill now; the parameters those of `usage_suspect`.
    """
    used = [one for one in work.used.get(line.id, ()) if start <= one.start < end]
    if not used:
        return
    charged = work.usage_charged.get(line.id, ())
    before = next((one for one in charged if (one.start, one.end) == (start, end)), None)
    late = before is not None and before.reached is None
    if late:
        rows = sum(one.rows for one in used)
        came = "record came" if rows == 1 else "records came"
        yield (
            "late",
            f"{rows} {came} late: {_figure(units)} of “{name}” for {span_words(start, end)}, which was billed already.",
            "Approve to bill them now, or correct the records.",
        )
    elif line.metering == "readings":
        yield from _laid(used, name, start, span_words(start, end))
    repeats = sum(one.repeats for one in used)
    if repeats and line.metering == "events":
        says = "record of it says" if repeats == 1 else "records of it say"
        yield (
            "doubled",
            f"{repeats} {says} the very same as another: “{name}” in {span_words(start, end)}.",
            "Delete what was recorded twice, or approve.",
        )
    if charged:
        yield from _unusual(charged, name, start, end, units + (before.units if before else 0), parameters)


def _laid(used: Sequence[Used], name: str, start: date, when: str) -> Faults:
    """Readings follow one another: their days add up to their span, which begins with the period at the latest."""
    first, last = min(one.first for one in used), max(one.last for one in used)
    days, span = sum(one.days for one in used), (last - first).days
    if first > start:
        days_missing = (first - start).days
        yield (
            "gap",
            f"The readings of “{name}” for {when} begin on {day_words(first)}, {_days(days_missing)} late.",
            "Enter the reading that is missing, or approve.",
        )
    if days < span:
        yield (
            "gap",
            f"The readings of “{name}” for {when} leave out {_days(span - days)}.",
            "Enter the reading that is missing, or approve.",
        )
    elif days > span:
        yield (
            "doubled",
            f"The readings of “{name}” for {when} count {_days(days - span)} twice.",
            "Correct the readings that overlap, or approve.",
        )


def _unusual(
    charged: Sequence[UsageCharged], name: str, start: date, end: date, units: int, parameters: Mapping[str, Any]
) -> Faults:
    usual = sorted((one for one in charged if one.end <= start), key=lambda one: one.start)[-_COMPARED:]
    if len(usual) < int(parameters["least"]):
        return
    middle = median(one.units for one in usual)
    times = parameter(parameters, "times")
    if middle > 0 and units > times * int(middle):
        yield (
            "outlier",
            f"{_figure(units)} of “{name}” for {span_words(start, end)} is more than {times:f} times the usual "
            f"{_figure(int(middle))} (median of {len(usual)} periods).",
            "Look at the records, then approve.",
        )


def _figure(units: int) -> str:
    return f"{unscaled(units):,f}"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
