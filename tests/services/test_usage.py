"""Use written down by hand: what is refused, what becomes of it, what a run would find wrong, and its list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.schema import Agreement
from desktop.errors import UserError
from desktop.services.changes import undo
from desktop.services.check import check
from desktop.services.lists.billables import BillableList, billable_facts, row_id
from desktop.services.meters import meters, validate_usage
from desktop.services.problems import ValidationError
from desktop.services.runs import plan, resume
from desktop.services.usage import change_usage, delete_usage, record_usage, usage, usage_rows
from tests.billing_facts import day
from tests.books import new_book
from tests.contracts import ANNE, rows, value
from tests.services.test_usage_billing import Meters


@pytest.fixture
def counted(tmp_path: Path) -> Iterator[tuple[Meters, int, int]]:
    """A book, its agreement from January 2026, and the item that it counts at 2.00."""
    with new_book(tmp_path) as book:
        made = Meters(book)
        item = made.card("flat", (None, "2"))
        yield made, made.meter(item), item


def test_a_record_is_one_day_unless_told(counted: tuple[Meters, int, int]) -> None:
    made, one, item = counted
    new = record_usage(
        made.book,
        {"agreement_id": one, "item_id": item, "start_date": day("2026-01-05"), "quantity": Decimal("2.5")},
        actor=ANNE,
    )
    found = usage(made.book, new)
    assert (found["end_date"], found["days"], found["quantity"]) == (day("2026-01-06"), 1, Decimal("2.5"))
    change_usage(made.book, new, {"end_date": day("2026-01-08")}, actor=ANNE)
    assert usage(made.book, new)["days"] == 3
    undo(made.book, ANNE)
    assert usage(made.book, new)["days"] == 1
    assert check(made.book).clean


@pytest.mark.parametrize(
    "values, field, says",
    [
        ({"agreement_id": None}, "agreement_id", "Choose an agreement."),
        ({"quantity": None}, "quantity", "0 says that there were none"),
        ({"start_date": None}, "start_date", "From which day"),
        ({"end_date": date(2026, 1, 2)}, "end_date", "before its first"),
        ({"start_date": date(2025, 12, 1)}, "end_date", "does not count this item on 1 Dec 2025"),
    ],
)
def test_what_no_run_could_bill_is_refused(
    counted: tuple[Meters, int, int], values: dict[str, object], field: str, says: str
) -> None:
    made, one, item = counted
    given = {"agreement_id": one, "item_id": item, "start_date": date(2026, 1, 5), "quantity": Decimal(1)} | values
    with pytest.raises(ValidationError) as refused:
        record_usage(made.book, given, actor=ANNE)
    assert says in refused.value.fields[field]


def test_an_item_that_is_not_counted_is_refused(counted: tuple[Meters, int, int]) -> None:
    made, one, _ = counted
    given = {"agreement_id": one, "item_id": made.item(), "start_date": date(2026, 1, 5), "quantity": Decimal(1)}
    with pytest.raises(ValidationError, match="no line of usage"):
        record_usage(made.book, given, actor=ANNE)


def test_states_follow_what_bills_a_record(counted: tuple[Meters, int, int]) -> None:
    made, one, item = counted
    made.quiet()
    first = made.use(one, item, "2026-01-05", "3")
    run = plan(made.book, through=day("2026-01-31"), issue_date=day("2026-01-31"), actor=ANNE, now=made.book.now)
    after = made.use(one, item, "2026-01-06", "4")
    assert {row.id: (row.state, row.run) for row in usage_rows(made.book, agreement_id=one)} == {
        first: ("draft", run.number),
        after: ("unbilled", ""),
    }
    with pytest.raises(UserError, match=f"draft of run {run.number}"):
        delete_usage(made.book, [first], actor=ANNE)
    resume(made.book, run.number, actor=ANNE, now=made.book.now)
    assert {row.id: row.state for row in usage_rows(made.book)} == {first: "billed", after: "late"}
    with pytest.raises(UserError, match="It was billed on"):
        change_usage(made.book, first, {"quantity": Decimal(9)}, actor=ANNE)
    assert delete_usage(made.book, [after], actor=ANNE) == 1


def test_the_list_shows_use_beside_hours(counted: tuple[Meters, int, int]) -> None:
    made, one, item = counted
    made.quiet()
    first = made.use(one, item, "2026-01-05", "3")
    made.bill("2026-01-31")
    late = made.use(one, item, "2026-01-06", "4")
    listing = BillableList(made.book)
    ids = {
        name: list(listing.ids("", frozenset({name}), "", False)) for name in ("usage", "unbilled", "billed", "late")
    }
    assert ids == {
        "usage": [row_id("usage", late), row_id("usage", first)],
        "unbilled": [row_id("usage", late)],
        "billed": [row_id("usage", first)],
        "late": [row_id("usage", late)],
    }
    row = listing.rows(ids["late"])[row_id("usage", late)]
    assert (row["kind"], row["day"], row["state"], row["amount"]) == ("usage", "2026-01-06", "late", 800)
    facts = billable_facts(made.book)
    assert (facts.unbilled, facts.used, facts.counts["late"]) == (1, 1, 1)
    assert list(listing.ids("API", frozenset(), "client", False)) == ids["usage"]


def test_what_a_run_would_find_is_told_before(counted: tuple[Meters, int, int]) -> None:
    made, one, item = counted
    for last in ("2026-01-05", "2026-01-05", "2026-01-20"):
        made.use(one, item, last, "3")
    made.update(Agreement, one, start_date=day("2026-01-10"))
    found = validate_usage(made.book, day("2026-02-28"))
    assert [(problem.kind, problem.agreement) for problem in found] == [("missing", "A1"), ("outside", "A1")]
    assert "February 2026" in found[0].message
    assert "2 records lie outside" in found[1].message
    assert validate_usage(made.book, day("2026-01-31"), agreement_ids=[]) == []


def test_a_meter_tells_its_periods(counted: tuple[Meters, int, int]) -> None:
    made, one, item = counted
    made.quiet()
    made.use(one, item, "2026-01-05", "3")
    made.bill("2026-01-31")
    made.use(one, item, "2026-02-03", "4")
    (meter,) = meters(made.book, one, day("2026-02-10"))
    assert meter.name == "API calls"
    running, before = meter.periods
    assert (running.waiting, before.billed) == (Decimal(4), Decimal(3))
    assert (running.worth, running.over, len(running.invoices)) == (800, False, 0)
    assert (before.amount, before.over) == (600, True)
    assert before.invoices == (value(made.book, "SELECT number FROM invoice"),)
    assert rows(made.book, "SELECT count(*) FROM charge") == [(1,)]
