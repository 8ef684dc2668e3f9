"""Which of several amounts add up to a sum: exactly, with bounds on the work, and whether there is just one answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

# Choices of each half of the amounts that are tried: 1,024 for ten of them.
_HALF: Final = 1_024
_PAIRS: Final = 60
_THREES: Final = 40
# Ways kept to one sum of a half.
_KEPT: Final = 4


class Subset(NamedTuple):
    """Which choice (its place among the choices) each amount takes, None for left out."""

    choices: tuple[int | None, ...]

    @property
    def taken(self) -> list[int]:
        return [at for at, choice in enumerate(self.choices) if choice is not None]


class Found(NamedTuple):
    """At most two answers, which is enough to know that one is not the only one. `all_tried`: there are no others."""

    subsets: list[Subset]
    all_tried: bool


Choices = Sequence[Sequence[int]]


def adding_up(choices: Choices, target: int, most: int, accepted: Callable[[Subset], bool] | None = None) -> Found:
    """Subsets of the amounts, each by one of its choices, that add up to `target`; of at most `most` amounts.

    Tries all where each half has at most 1,024 choices, else each by its first choice: singles, pairs, threes of the
    first 40, and of 60 and fewer also all but one to three.
    """
    if _product(choices) <= _HALF * _HALF:
        half = _split(choices)
        if _product(choices[:half]) <= _HALF and _product(choices[half:]) <= _HALF:
            return Found(_halves(choices, half, target, most, accepted), True)
    return Found(_few(choices, target, most, accepted), False)


def _product(choices: Choices) -> int:
    product = 1
    for ways in choices:
        product *= len(ways) + 1
    return product


def _split(choices: Choices) -> int:
    """Where to cut so that both halves have about as many choices."""
    whole, product = _product(choices), 1
    for at, ways in enumerate(choices):
        product *= len(ways) + 1
        if product * product >= whole:
            return at + 1 if product <= _HALF else at
    return len(choices)


def _sums(choices: Choices) -> dict[int, list[tuple[int | None, ...]]]:
    """Every sum with some of the ways to it, the plainest first."""
    reached: dict[int, list[tuple[int | None, ...]]] = {0: [()]}
    for ways in choices:
        longer: dict[int, list[tuple[int | None, ...]]] = {}
        for total, chosen in reached.items():
            for place, value in ((None, 0), *enumerate(ways)):
                known = longer.setdefault(total + value, [])
                for one in chosen:
                    if len(known) < _KEPT:
                        known.append((*one, place))
        reached = longer
    return reached


def _reachable(choices: Choices) -> set[int]:
    reached = {0}
    for ways in choices:
        longer = set(reached)
        for value in ways:
            longer.update([total + value for total in reached])
        reached = longer
    return reached


def _halves(
    choices: Choices, half: int, target: int, most: int, accepted: Callable[[Subset], bool] | None
) -> list[Subset]:
    # Most sums have no answer, which plain sets tell in a fraction of the time.
    first, second = _reachable(choices[:half]), _reachable(choices[half:])
    if not any(target - total in second for total in first):
        return []
    left = _sums(choices[:half])
    right = _sums(choices[half:])
    small, large, swapped = (left, right, False) if len(left) <= len(right) else (right, left, True)
    found: list[Subset] = []
    for total, ones in small.items():
        others = large.get(target - total)
        if not others:
            continue
        for one in ones:
            for other in others:
                subset = Subset((*other, *one) if swapped else (*one, *other))
                if 0 < len(subset.taken) <= most and (accepted is None or accepted(subset)):
                    found.append(subset)
                    if len(found) == 2:
                        return found
    return found


def _few(choices: Choices, target: int, most: int, accepted: Callable[[Subset], bool] | None) -> list[Subset]:
    values = [ways[0] for ways in choices]
    found: list[Subset] = []
    for others in (False, True):
        for taken in _one_to_three(values, sum(values) - target if others else target):
            subset = Subset(tuple(0 if (at in taken) != others else None for at in range(len(values))))
            if 0 < len(subset.taken) <= most and (accepted is None or accepted(subset)):
                found.append(subset)
                if len(found) == 2:
                    return found
        if len(values) > _PAIRS:
            break
    return found


def _one_to_three(values: Sequence[int], sought: int) -> list[set[int]]:
    """At most four sets of one to three places whose values add up; the more values, the smaller the sets."""
    found: list[set[int]] = []
    at: dict[int, list[int]] = {}
    for place, value in enumerate(values):
        at.setdefault(value, []).append(place)
    found += [{place} for place in at.get(sought, ())[:_KEPT]]
    for first, value in enumerate(values):
        for second in at.get(sought - value, ()):
            if second > first:
                found.append({first, second})
                if len(found) >= _KEPT:
                    return found
    few = values[:_THREES]
    for first, value in enumerate(few):
        for second in range(first + 1, len(few)):
            for third in at.get(sought - value - few[second], ()):
                if third > second:
                    found.append({first, second, third})
                    if len(found) >= _KEPT:
                        return found
    return found
