"""A made month: what books itself is right, and most of what a person could tell does."""

from __future__ import annotations

from collections import Counter

import pytest

from desktop.domain.matching import explain
from tests.perf.matching import POLICY, is_right, judge
from tests.perf.matching_set import TODAY, make


@pytest.mark.parametrize("seed", [11, 12])
def test_what_books_itself_is_right_and_most_does(seed: int) -> None:
    month = make(lines=700, invoices=1_500, seed=seed)
    found = explain(month.lines, month.items, month.payers, month.past, POLICY, today=TODAY, settled=month.settled)
    wrong = [
        (line.text, found[line.id][0])
        for line in month.lines
        if found[line.id] and found[line.id][0].sure and not is_right(found[line.id][0], month.truths[line.id])
    ]
    assert wrong == []
    total: Counter[str] = sum(judge(month, found).values(), Counter())
    assert total["told"] / total["tellable"] >= 0.9
