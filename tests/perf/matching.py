"""How long 10,000 bank lines take to be explained against 20,000 open invoices, what memory, and how right it is.

Run it from the root of the project: `.venv/bin/python -m tests.perf.matching`. The floor is what reading the same texts
costs at the least: every run of letters and digits of every line and invoice by `re`, and a look-up of each.

Precision: of the lines that would book themselves, how many settle exactly what they were made to pay (items, amounts
and the payment that came back); money for nothing that is open counts against it. Recall: of the lines from which a
person could tell what they pay, how many book themselves and are right. `--seed N` makes another month, `--wrong` shows
what was wrong, `--habits` tells the figures for each habit.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import time
import tracemalloc
from collections import Counter

from desktop.domain.matching import explain
from desktop.domain.matching.facts import Explanation, Policy
from desktop.saying import put
from tests.perf.matching_set import TODAY, Month, Truth, make

POLICY = Policy(charges_up_to={"EUR": 1500})
_RUN = re.compile("[A-Z]+|[0-9]+")


def floor(month: Month) -> float:
    """Seconds to split every text into its runs and look each of them up."""
    begun = time.process_time()
    known: dict[str, int] = {}
    for item in month.items:
        for run in _RUN.findall(f"{item.number} {item.po_number} {' '.join(item.references)}".upper()):
            known[run] = item.id
    hits = 0
    for line in month.lines:
        for run in _RUN.findall(f"{line.party} {line.text} {line.reference} {line.end_to_end}".upper()):
            hits += run in known
    assert hits
    return time.process_time() - begun


def is_right(one: Explanation, truth: Truth) -> bool:
    settled = {share.item_id: share.amount + share.discount + share.write_off + share.withheld for share in one.shares}
    return settled == truth.settles and one.returned == truth.returned


def judge(month: Month, answers: dict[int, tuple[Explanation, ...]]) -> dict[str, Counter[str]]:
    """By habit: lines, tellable, sure, right (sure and right), best (the first explanation is right)."""
    counts: dict[str, Counter[str]] = {}
    for line in month.lines:
        truth, found = month.truths[line.id], answers[line.id]
        count = counts.setdefault(truth.habit, Counter())
        right = bool(found) and is_right(found[0], truth)
        sure = bool(found) and found[0].sure
        count["lines"] += 1
        count["tellable"] += truth.tellable
        count["sure"] += sure
        count["right"] += sure and right
        count["told"] += sure and right and truth.tellable
        count["best"] += right and truth.tellable
    return counts


def show_wrong(month: Month, answers: dict[int, tuple[Explanation, ...]]) -> None:
    items = {item.id: item for item in month.items}
    for line in month.lines:
        truth, found = month.truths[line.id], answers[line.id]
        if found and found[0].sure and not is_right(found[0], truth):
            meant = [(items[row].number, amount) for row, amount in truth.settles.items()]
            said = ". ".join(put(reason) for reason in found[0].reasons)
            print(f"{truth.habit}: {line.amount} {line.party!r} {line.text!r} meant {meant}: {said}")


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--lines", type=int, default=10_000)
    asked.add_argument("--invoices", type=int, default=20_000)
    asked.add_argument("--clients", type=int, default=0)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--habits", action="store_true")
    asked.add_argument("--wrong", action="store_true")
    asked.add_argument("--traced", action="store_true", help="trace the memory, which takes longer")
    given = asked.parse_args()
    month = make(given.lines, given.invoices, given.seed, given.clients)
    least = min(floor(month) for _run in range(3))
    if given.traced:
        tracemalloc.start()
    begun, worked = time.perf_counter(), time.process_time()
    answers = explain(month.lines, month.items, month.payers, month.past, POLICY, today=TODAY, settled=month.settled)
    seconds, worked = time.perf_counter() - begun, time.process_time() - worked
    counts = judge(month, answers)
    total: Counter[str] = sum(counts.values(), Counter())
    if given.habits:
        for habit, count in sorted(counts.items()):
            print(
                f"{habit:22}{count['lines']:6} lines {count['sure']:6} sure {count['sure'] - count['right']:4} wrong"
                f" {count['tellable']:6} tellable {count['told']:6} told {count['best']:6} best"
            )
    if given.wrong:
        show_wrong(month, answers)
    figures = {
        "lines": len(month.lines),
        "invoices": len(month.items),
        "seconds": round(seconds, 2),
        "cpu_seconds": round(worked, 2),
        "floor": round(least, 3),
        "ratio": round(worked / least, 1),
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "sure": total["sure"],
        "wrong": total["sure"] - total["right"],
        "precision": round(total["right"] / max(1, total["sure"]), 5),
        "recall": round(total["told"] / max(1, total["tellable"]), 4),
        "best_is_right": round(total["best"] / max(1, total["tellable"]), 4),
    }
    if given.traced:
        figures["traced_peak_mb"] = tracemalloc.get_traced_memory()[1] // 1_000_000
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
