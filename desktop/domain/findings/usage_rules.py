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
from desktop.domain.money import scaled
from desktop.domain.wording import Said, day, days, number, phrase, phrases, span

Found = Iterator[tuple[Said, Said, str]]
Faults = Iterator[tuple[str, Said, Said]]

_DAY = timedelta(days=1)
_COMPARED = 6


def usage_missing(case: Case, _: Mapping[str, Any]) -> Found:
    missing: dict[int, list[tuple[str, date, date]]] = {}
    for line in case.draft.lines:
        if line.price_source == UNMETERED and line.agreement_line_id and line.period_start and line.period_end:
            period = (date.fromisoformat(line.period_start), date.fromisoformat(line.period_end))
            missing.setdefault(line.agreement_line_id, []).append((line.description, *period))
    owners = {charge.source_id: charge.agreement_id for charge in case.draft.charges if charge.kind == "usage"}
    for line_id, periods in missing.items():
        what, start, end = periods[0]
        said = phrase("No use of “{item}” is recorded for {period}.", item=what, period=span(start, end))
        if len(periods) > 1:
            said = phrases(
                "No use of “{item}” is recorded for {period} and one more period.",
                "No use of “{item}” is recorded for {period} and {count} more periods.",
                count=len(periods) - 1,
                item=what,
                period=span(start, end),
            )
        yield (
            said,
            phrase("Enter what the meter counted, 0 where it was nothing, then look at the draft again."),
            f"agreement:{owners.get(line_id)}:usage",
        )


def usage_suspect(case: Case, parameters: Mapping[str, Any]) -> Found:
    spans: dict[tuple[int, int], dict[tuple[str, str], int]] = {}
    for charge in case.draft.charges:
        if charge.kind == "usage" and charge.agreement_id is not None:
            periods = spans.setdefault((charge.agreement_id, charge.source_id), {})
            period = (charge.period_start, charge.period_end)
            periods[period] = periods.get(period, 0) + charge.quantity
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
            for _kind, said, remedy in faults(work, line, names[line_id], start, end, units, parameters):
                yield said, remedy, f"agreement:{agreement_id}:usage"


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
        yield (
            "late",
            phrases(
                "{count} record came late: {units} of “{item}” for {period}, which was billed already.",
                "{count} records came late: {units} of “{item}” for {period}, which was billed already.",
                count=rows,
                units=number(units),
                item=name,
                period=span(start, end),
            ),
            phrase("Approve to bill them now, or correct the records."),
        )
    elif line.metering == "readings":
        yield from _laid(used, name, start, end)
    repeats = sum(one.repeats for one in used)
    if repeats and line.metering == "events":
        yield (
            "doubled",
            phrases(
                "{count} record of it says the very same as another: “{item}” in {period}.",
                "{count} records of it say the very same as another: “{item}” in {period}.",
                count=repeats,
                item=name,
                period=span(start, end),
            ),
            phrase("Delete what was recorded twice, or approve."),
        )
    if charged:
        yield from _unusual(charged, name, start, end, units + (before.units if before else 0), parameters)


def _laid(used: Sequence[Used], name: str, start: date, end: date) -> Faults:
    """Readings follow one another: their days add up to their span, which begins with the period at the latest."""
    first, last = min(one.first for one in used), max(one.last for one in used)
    read, spanned = sum(one.days for one in used), (last - first).days
    when = span(start, end)
    if first > start:
        yield (
            "gap",
            phrase(
                "The readings of “{item}” for {period} begin on {day}, {days} late.",
                item=name,
                period=when,
                day=day(first),
                days=days((first - start).days),
            ),
            phrase("Enter the reading that is missing, or approve."),
        )
    if read < spanned:
        yield (
            "gap",
            phrase(
                "The readings of “{item}” for {period} leave out {days}.",
                item=name,
                period=when,
                days=days(spanned - read),
            ),
            phrase("Enter the reading that is missing, or approve."),
        )
    elif read > spanned:
        yield (
            "doubled",
            phrase(
                "The readings of “{item}” for {period} count {days} twice.",
                item=name,
                period=when,
                days=days(read - spanned),
            ),
            phrase("Correct the readings that overlap, or approve."),
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
            phrase(
                "{units} of “{item}” for {period} is more than {times} times the usual {usual} "
                "(median of {count} periods).",
                units=number(units),
                item=name,
                period=span(start, end),
                times=number(scaled(times)),
                usual=number(int(middle)),
                count=len(usual),
            ),
            phrase("Look at the records, then approve."),
        )
