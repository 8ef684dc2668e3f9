"""Two plans of the same run compared: agreement by agreement, line by line."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

NEW: Final = "new"
GONE: Final = "gone"
CHANGED: Final = "changed"

HELD: Final = "held"
READY: Final = "ready"
SKIPPED: Final = "skipped"


class PlannedLine(NamedTuple):
    """A line of a planned document; `thing` tells what it bills and when, so that both plans have it alike.

    Quantity and price times 10**6, `tax` a fraction times 10**6 with its category before it, `net` in minor units.
    """

    thing: Hashable
    text: str
    quantity: int
    price: int
    tax: str
    net: int


class Planned(NamedTuple):
    """What a plan makes of agreements: a document, or nothing (state `skipped`) and why.

    `words` are what the document says beside its lines, by name: terms, delivery, language, template, reason.
    `findings` are the codes of what the gate found. Amounts in minor units.
    """

    client: str
    name: str
    agreements: tuple[str, ...]
    kind: str
    currency: str
    state: str
    net: int
    gross: int
    findings: tuple[str, ...]
    words: tuple[tuple[str, str], ...]
    lines: tuple[PlannedLine, ...]


@dataclass(frozen=True, slots=True)
class LineChange:
    """One line that differs: new, gone or changed. Net in minor units, None on the side that has no such line."""

    what: str
    text: str
    net_before: int | None
    net_after: int | None
    quantity_before: int = 0
    quantity_after: int = 0
    price_before: int = 0
    price_after: int = 0
    tax_before: str = ""
    tax_after: str = ""


@dataclass(frozen=True, slots=True)
class WordChange:
    """Something beside the lines that differs: state, findings, or one of the words of `Planned`."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """How one document differs between two plans; gross in minor units, None on the side that has no document."""

    client: str
    name: str
    agreements: tuple[str, ...]
    kind: str
    currency: str
    gross_before: int | None
    gross_after: int | None
    lines: tuple[LineChange, ...]
    words: tuple[WordChange, ...]

    @property
    def change(self) -> int:
        """How much more, or less, is asked for."""
        return (self.gross_after or 0) - (self.gross_before or 0)


def plan_differences(before: Sequence[Planned], after: Sequence[Planned]) -> tuple[PlanDifference, ...]:
    """The documents that differ, in the order of the first plan, then those that only the second one has."""
    old, new = _by_key(before), _by_key(after)
    found = []
    for key in (*old, *(key for key in new if key not in old)):
        was, now = old.get(key), new.get(key)
        if was != now and (difference := _difference(was, now)) is not None:
            found.append(difference)
    return tuple(found)


def totals(plans: Sequence[Planned]) -> dict[str, int]:
    """Gross of all documents by currency, minor units; what is held is billed too once it is approved."""
    found: dict[str, int] = {}
    for one in plans:
        if one.state != SKIPPED:
            found[one.currency] = found.get(one.currency, 0) + one.gross
    return dict(sorted(found.items()))


def _by_key(plans: Sequence[Planned]) -> dict[Hashable, Planned]:
    found: dict[Hashable, Planned] = {}
    counts: dict[Hashable, int] = {}
    for one in plans:
        # A skipped agreement must meet the document that the other plan makes of it.
        document = (one.client, one.agreements, "deposit" if one.kind == "deposit" else "")
        number = counts[document] = counts.get(document, 0) + 1
        found[document, number] = one
    return found


def _difference(was: Planned | None, now: Planned | None) -> PlanDifference | None:
    known = now if now is not None and (was is None or was.state == SKIPPED) else was
    assert known is not None
    lines = _lines(was.lines if was else (), now.lines if now else ())
    words = _words(was, now)
    if not lines and not words:
        return None
    return PlanDifference(
        known.client,
        known.name,
        known.agreements,
        known.kind,
        known.currency,
        None if was is None or was.state == SKIPPED else was.gross,
        None if now is None or now.state == SKIPPED else now.gross,
        lines,
        words,
    )


def _lines(before: Sequence[PlannedLine], after: Sequence[PlannedLine]) -> tuple[LineChange, ...]:
    old, new = _by_thing(before), _by_thing(after)
    found = []
    for thing in (*old, *(thing for thing in new if thing not in old)):
        was, now = old.get(thing), new.get(thing)
        if was == now:
            continue
        if was is None:
            assert now is not None
            found.append(LineChange(NEW, now.text, None, now.net, 0, now.quantity, 0, now.price, "", now.tax))
        elif now is None:
            found.append(LineChange(GONE, was.text, was.net, None, was.quantity, 0, was.price, 0, was.tax, ""))
        else:
            sides = (was.net, now.net, was.quantity, now.quantity, was.price, now.price, was.tax, now.tax)
            found.append(LineChange(CHANGED, now.text, *sides))
    return tuple(found)


def _by_thing(lines: Sequence[PlannedLine]) -> Mapping[Hashable, PlannedLine]:
    """One thing may have several lines, such as the tiers of a price: told apart by their order."""
    found: dict[Hashable, PlannedLine] = {}
    counts: dict[Hashable, int] = {}
    for line in lines:
        number = counts[line.thing] = counts.get(line.thing, 0) + 1
        found[line.thing, number] = line
    return found


def _words(was: Planned | None, now: Planned | None) -> tuple[WordChange, ...]:
    old, new = _said(was), _said(now)
    return tuple(
        WordChange(name, old.get(name, ""), new.get(name, ""))
        for name in dict.fromkeys((*old, *new))
        if old.get(name, "") != new.get(name, "") and (name in ("state", "findings", "reason") or (old and new))
    )


def _said(one: Planned | None) -> dict[str, str]:
    if one is None:
        return {}
    return {"state": one.state, "findings": ", ".join(one.findings), **dict(one.words)}
