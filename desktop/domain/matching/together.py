"""Explains many lines at once, so that no open item is given away twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from desktop.domain.matching.facts import Explanation, Line, OpenInvoice, PastPayment, Payer, Policy
from desktop.domain.matching.matcher import Matcher

Report = Callable[[int, int], None]

# Lines that read differently once others took their part are read again, so often at most.
_ROUNDS: Final = 8
_TOLD: Final = 200


def explain(
    lines: Sequence[Line],
    items: Iterable[OpenInvoice],
    payers: Iterable[Payer],
    past: Iterable[PastPayment] = (),
    policy: Policy | None = None,
    *,
    today: date,
    settled: Mapping[str, int] | None = None,
    report: Report | None = None,
) -> dict[int, tuple[Explanation, ...]]:
    """The explanations of each line by its id, best first, at most five.

    The first of all lines together never take more of an item than is open: the sure ones take theirs first, the older
    line before the younger, then the others by their score. What is left is what the rest is read against.
    """
    matcher = Matcher(items, payers, past, policy, today=today, settled=settled)
    return settle_in_turn(matcher, lines, report=report)


def settle_in_turn(
    matcher: Matcher, lines: Sequence[Line], *, report: Report | None = None
) -> dict[int, tuple[Explanation, ...]]:
    """As `explain`, with a matcher that is there; it keeps what the lines took."""
    answers: dict[int, tuple[Explanation, ...]] = {}
    for done, line in enumerate(lines):
        if report is not None and done % _TOLD == 0:
            report(done, len(lines))
        answers[line.id] = matcher.explain(line)
    waiting = {line.id: line for line in sorted(lines, key=lambda line: (line.booked_on, line.id))}
    for _round in range(_ROUNDS):
        stale = _take_sure(matcher, waiting, answers)
        touched = _touched(waiting, answers, stale)
        if not touched:
            break
        for line_id in touched:
            answers[line_id] = matcher.explain(waiting[line_id])
    _take_rest(matcher, waiting, answers)
    if report is not None:
        report(len(lines), len(lines))
    return answers


def _take_sure(matcher: Matcher, waiting: dict[int, Line], answers: dict[int, tuple[Explanation, ...]]) -> set[int]:
    """Let sure lines take what they explain; returns the items and, negated, the payments that something is gone of."""
    gone: set[int] = set()
    for line_id, line in list(waiting.items()):
        answer = answers[line_id]
        if not answer or not answer[0].sure:
            continue
        if _uses(answer[0], gone):
            answer = answers[line_id] = matcher.explain(line)
            if not answer or not answer[0].sure:
                continue
        gone |= _take(matcher, answer[0])
        del waiting[line_id]
    return gone


def _touched(waiting: Mapping[int, Line], answers: Mapping[int, tuple[Explanation, ...]], gone: set[int]) -> list[int]:
    return [line_id for line_id in waiting if any(_uses(one, gone) for one in answers[line_id])]


def _take_rest(matcher: Matcher, waiting: dict[int, Line], answers: dict[int, tuple[Explanation, ...]]) -> None:
    """The best of what is not sure, one after the other; read again where an earlier one took it away."""
    gone: set[int] = set()
    order = sorted(waiting, key=lambda line_id: -answers[line_id][0].score if answers[line_id] else 1)
    for line_id in order:
        answer = answers[line_id]
        if any(_uses(one, gone) for one in answer):
            again = matcher.explain(waiting[line_id])
            # What another suggestion leaves over is not sure for that: a person may decide otherwise.
            answer = answers[line_id] = tuple(unsure(one) for one in again)
        if answer:
            gone |= _take(matcher, answer[0])


def unsure(one: Explanation) -> Explanation:
    return replace(one, sure=False) if one.sure else one


def _uses(one: Explanation, gone: set[int]) -> bool:
    return any(share.item_id in gone for share in one.shares) or (one.returned is not None and -one.returned in gone)


def _take(matcher: Matcher, one: Explanation) -> set[int]:
    for share in one.shares:
        matcher.settled(share.item_id, share.amount + share.discount + share.write_off + share.withheld)
    if one.returned is not None:
        matcher.taken_back(one.returned)
        return {-one.returned}
    return {share.item_id for share in one.shares}
