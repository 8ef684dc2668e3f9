"""The words of an invoice's instalments: short where there are many, plain where a plan is broken."""

from datetime import date, timedelta

from desktop.services.instalments import Instalment
from desktop.services.payment_plans import PlanRow, Schedule
from desktop.ui.invoices.instalments import broken, schedule_facts

TODAY = date(2026, 5, 31)
AGREED = date(2026, 3, 1)


def part(place: int, days: int, amount: int, is_open: int, taken: int = 0, plan: date | None = None) -> Instalment:
    return Instalment(f"INV-1/{place}", TODAY + timedelta(days=days), amount, is_open, taken, plan, None)


def made(*parts: Instalment, plan: bool = False) -> Schedule:
    plans = (PlanRow(1, AGREED, "short of cash", "Anne", None),) if plan else ()
    return Schedule("INV-1", "EUR", parts, plans)


def test_each_part_says_how_it_stands() -> None:
    found = made(part(1, -40, 1_000, 0), part(2, -1, 1_000, 400), part(3, 30, 1_000, 500), part(4, 60, 1_000, 1_000))
    assert schedule_facts(found, TODAY) == [
        ("", ""),
        ("21 Apr 2026", "€10.00 · paid"),
        ("30 May 2026", "€4.00 of €10.00 · 1 day late"),
        ("30 Jun 2026", "€5.00 of €10.00 · paid in part"),
        ("30 Jul 2026", "€10.00 · open"),
    ]
    assert broken(found, TODAY) == ""


def test_what_a_plan_took_over_gives_way_to_the_plan() -> None:
    found = made(
        part(1, -60, 3_000, 0, 3_000),
        part(2, -2, 1_000, 1_000, plan=AGREED),
        part(3, -1, 2_000, 2_000, plan=AGREED),
        plan=True,
    )
    assert schedule_facts(found, TODAY)[1:] == [
        ("Payment plan", "of 1 Mar 2026: short of cash"),
        ("29 May 2026", "€10.00 · 2 days late"),
        ("30 May 2026", "€20.00 · 1 day late"),
    ]
    assert broken(found, TODAY) == "The payment plan is broken: 2 instalments are late, the first by 2 days."
    kept = made(*found.parts[:1], part(2, -1, 1_000, 1_000, plan=AGREED), plan=True)
    assert broken(kept, TODAY) == "The payment plan is broken: 1 instalment is late, by 1 day."


def test_many_parts_are_told_in_few_rows() -> None:
    parts = [part(place, 30 * (place - 4), 1_000, 0 if place < 4 else 1_000) for place in range(1, 13)]
    facts = schedule_facts(made(*parts), TODAY)
    assert facts[1] == ("3 paid", "€30.00")
    assert facts[-1] == ("3 more", "€30.00")
    assert len(facts) == 9
