"""Metered use through whole runs: thresholds, late records, credits, and every unit billed exactly once."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.engine import Book
from db.schema import Rate, RuleSetting, Usage
from desktop.errors import UserError
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.credits import credit_invoice
from desktop.services.runs import LineEdit, approve_drafts, edit, look_again, plan, resume
from desktop.services.trail import trail
from desktop.services.unbilled import unbilled
from tests.billing_facts import day, money
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value

NO_GATE = ("usage_suspect", "differs_from_usual", "look_alike", "amount_above", "usage_missing")


class Meters(Contracts):
    """A book with one item on a graduated or volume card, and an agreement that counts it."""

    def card(self, mode: str, *tiers: tuple[str | None, str]) -> int:
        item = self.item("API", "API calls", unit="call")
        with change(self.book, ANNE, "Add a card") as made:
            for up_to, price in tiers:
                made.insert(
                    Rate,
                    item_id=item,
                    currency="EUR",
                    valid_from=date(2025, 1, 1),
                    up_to=money(up_to) if up_to else None,
                    price=money(price),
                    mode=mode,
                )
        return item

    def meter(self, item: int, **line: Any) -> int:
        told = {"kind": "usage", "item_id": item, "unit_price": None} | line
        return self.agreement(self.client(), "A1", told, billing="usage")

    def use(self, agreement: int, item: int, last: str, units: str, first: str = "") -> int:
        start, end = day(first or last), day(last) + timedelta(days=1)
        with change(self.book, ANNE, "Count") as made:
            return made.insert(
                Usage,
                agreement_id=agreement,
                item_id=item,
                start_date=start,
                end_date=end,
                days=(end - start).days,
                quantity=money(units),
            )

    def quiet(self) -> None:
        """No rule holds anything: what is tried here is the billing."""
        with change(self.book, ANNE, "Quiet") as made:
            for code in NO_GATE:
                made.insert(RuleSetting, code=code, scope="firm", enabled=False)

    def nets(self) -> list[tuple[Any, ...]]:
        return rows(
            self.book, "SELECT invoice_id, quantity / 1000000, unit_price / 1000000, net FROM invoice_line ORDER BY id"
        )


@pytest.fixture
def meters(tmp_path: Path) -> Any:
    with new_book(tmp_path) as book:
        made = Meters(book)
        made.quiet()
        yield made
        assert check(book).problems == ()


def test_a_period_is_billed_when_it_is_over(meters: Meters) -> None:
    item = meters.card("graduated", ("10", "10"), ("30", "8"), (None, "5"))
    one = meters.meter(item)
    for last in ("2026-01-03", "2026-01-31", "2026-02-01"):
        meters.use(one, item, last, "17")
    assert meters.bill("2026-01-30").outcomes["skipped"] == 1
    assert meters.bill("2026-01-31").outcomes["issued"] == 1
    assert meters.nets() == [(1, 10, 10, 10_000), (1, 20, 8, 16_000), (1, 4, 5, 2_000)]
    assert rows(meters.book, "SELECT invoice_id FROM usage ORDER BY id") == [(1,), (1,), (None,)]
    assert meters.bill("2026-01-31").outcomes["skipped"] == 1


def test_in_advance_use_still_waits_for_the_end(meters: Meters) -> None:
    item = meters.card("flat", (None, "2"))
    line = {"kind": "usage", "item_id": item, "unit_price": None}
    one = meters.agreement(meters.client(), "A1", {}, line, billing="hybrid", timing="advance")
    meters.use(one, item, "2026-01-05", "3")
    assert meters.bill("2026-01-15").outcomes["issued"] == 1
    assert meters.nets() == [(1, 1, 100, 10_000)]
    assert meters.bill("2026-02-01").outcomes["issued"] == 1
    assert meters.nets()[1:] == [(2, 1, 100, 10_000), (2, 3, 2, 600)]


def test_a_threshold_crossed_twice_with_late_rows_loses_nothing(meters: Meters) -> None:
    item = meters.card("graduated", ("100", "1"), (None, "0.5"))
    one = meters.meter(item, threshold=6_000)
    meters.use(one, item, "2026-01-03", "59")
    assert meters.bill("2026-01-05").outcomes["issued"] == 0
    meters.use(one, item, "2026-01-04", "11")
    # Counted ahead: it lies beyond the run's day and waits.
    meters.use(one, item, "2026-01-20", "7")
    assert meters.bill("2026-01-05").outcomes["issued"] == 1
    meters.use(one, item, "2026-01-02", "13")
    meters.use(one, item, "2026-01-09", "100")
    assert meters.bill("2026-01-10").outcomes["issued"] == 1
    meters.use(one, item, "2026-01-10", "1")
    assert meters.bill("2026-01-31").outcomes["issued"] == 1
    meters.use(one, item, "2026-01-11", "9")
    meters.use(one, item, "2026-02-11", "2")
    assert meters.bill("2026-02-28").outcomes["issued"] == 1
    assert value(meters.book, "SELECT count(*) FROM usage WHERE invoice_id IS NULL") == 0
    january = "SELECT sum(amount), sum(quantity) FROM charge WHERE period_start = '2026-01-01'"
    assert rows(meters.book, january) == [(10_000 + 5_000, money(200))]
    assert value(meters.book, "SELECT sum(amount) FROM charge WHERE period_start = '2026-02-01'") == 200


def test_a_volume_card_rates_earlier_units_again_in_a_line_of_its_own(meters: Meters) -> None:
    item = meters.card("volume", ("10", "10"), (None, "8"))
    one = meters.meter(item)
    meters.use(one, item, "2026-01-05", "8")
    meters.bill("2026-01-31")
    meters.use(one, item, "2026-01-06", "5")
    meters.use(one, item, "2026-02-06", "1")
    meters.bill("2026-02-28")
    assert meters.nets() == [(1, 8, 10, 8_000), (2, 5, 8, 4_000), (2, -8, 2, -1_600), (2, 1, 10, 1_000)]
    assert rows(meters.book, "SELECT quantity, amount FROM charge WHERE invoice_id = 2") == [
        (money(5), 4_000),
        (0, -1_600),
        (money(1), 1_000),
    ]


def test_allowance_and_minimum_belong_to_the_period(meters: Meters) -> None:
    item = meters.card("flat", (None, "2"))
    one = meters.meter(item, included=money(10), minimum=5_000)
    meters.use(one, item, "2026-01-05", "12")
    meters.bill("2026-01-31")
    assert meters.nets() == [(1, 10, 0, 0), (1, 2, 2, 400), (1, 1, 46, 4_600)]
    meters.use(one, item, "2026-01-06", "20")
    meters.use(one, item, "2026-02-06", "100")
    meters.bill("2026-02-28")
    # Forty more of January only take the place of its minimum.
    assert meters.nets()[3:5] == [(2, 20, 2, 4_000), (2, -1, 40, -4_000)]
    assert value(meters.book, "SELECT sum(amount) FROM charge WHERE period_start = '2026-01-01'") == 5_000


def test_a_minimum_is_owed_without_any_record(meters: Meters) -> None:
    one = meters.meter(meters.card("flat", (None, "2")), minimum=5_000)
    assert meters.bill("2026-02-28").outcomes["issued"] == 1
    assert value(meters.book, "SELECT net FROM invoice") == 10_000
    assert one
    assert meters.bill("2026-02-28").outcomes["skipped"] == 1


def test_a_stub_has_its_part_of_allowance_and_minimum(meters: Meters) -> None:
    item = meters.card("flat", (None, "1"))
    told = {"kind": "usage", "item_id": item, "unit_price": None, "included": money(10), "minimum": 3_100}
    one = meters.agreement(meters.client(), "A1", told, billing="usage", start_date="2026-01-17")
    meters.use(one, item, "2026-01-20", "7")
    meters.bill("2026-01-31")
    # 15 of 31 days: five whole units are free, and 15.00 is the least.
    assert meters.nets() == [(1, 5, 0, 0), (1, 2, 1, 200), (1, 1, 13, 1_300)]


def test_a_negative_record_takes_back_what_was_counted_too_high(meters: Meters) -> None:
    item = meters.card("graduated", ("10", "10"), (None, "8"))
    one = meters.meter(item)
    meters.use(one, item, "2026-01-05", "15")
    meters.bill("2026-01-31")
    meters.use(one, item, "2026-01-05", "-7")
    meters.use(one, item, "2026-02-05", "20")
    meters.bill("2026-02-28")
    assert value(meters.book, "SELECT sum(amount) FROM charge WHERE period_start = '2026-01-01'") == 8_000


def test_what_arrives_after_planning_goes_on_the_next_invoice(meters: Meters) -> None:
    item = meters.card("flat", (None, "2"))
    one = meters.meter(item)
    meters.use(one, item, "2026-01-05", "3")
    run = plan(meters.book, through=day("2026-01-31"), issue_date=day("2026-01-31"), actor=ANNE, now=meters.book.now)
    meters.use(one, item, "2026-01-06", "4")
    drafts = [row[0] for row in rows(meters.book, "SELECT id FROM draft")]
    assert look_again(meters.book, drafts, actor=ANNE) == 1
    assert rows(meters.book, "SELECT state, net FROM draft") == [("ready", 600)]
    resume(meters.book, run.number, actor=ANNE, now=meters.book.now)
    assert rows(meters.book, "SELECT invoice_id FROM usage ORDER BY id") == [(1,), (None,)]
    meters.use(one, item, "2026-02-06", "1")
    meters.bill("2026-02-28")
    assert meters.nets() == [(1, 3, 2, 600), (2, 4, 2, 800), (2, 1, 2, 200)]


def test_a_missing_record_blocks_until_it_is_there(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        meters = Meters(book)
        item = meters.card("flat", (None, "2"))
        one = meters.meter(item)
        run = plan(book, through=day("2026-01-31"), issue_date=day("2026-01-31"), actor=ANNE, now=book.now)
        assert rows(book, "SELECT code, severity FROM finding") == [("usage_missing", "block")]
        meters.use(one, item, "2026-01-06", "4")
        (draft,) = rows(book, "SELECT id, net FROM draft")
        assert look_again(book, [draft[0]], actor=ANNE) == 1
        assert value(book, "SELECT net FROM draft") == 800
        resume(book, run.number, actor=ANNE, now=book.now)
        assert value(book, "SELECT net FROM invoice") == 800
        assert check(book).clean


def test_lines_of_one_period_are_taken_off_and_freed_together(meters: Meters) -> None:
    item = meters.card("graduated", ("10", "10"), (None, "8"))
    one = meters.meter(item)
    meters.use(one, item, "2026-01-05", "15")
    plan(meters.book, through=day("2026-01-31"), issue_date=day("2026-01-31"), actor=ANNE, now=meters.book.now)
    with pytest.raises(UserError, match="Line 2 bills the same period"):
        edit(meters.book, 1, [LineEdit(1, remove=True)], actor=ANNE)
    resume(meters.book, "R-2026-0001", actor=ANNE, now=meters.book.now)
    (number,) = rows(meters.book, "SELECT number FROM invoice")[0]
    with pytest.raises(UserError, match="freed together"):
        _free(meters.book, number, [1])
    _free(meters.book, number, [1, 2])
    assert rows(meters.book, "SELECT invoice_id FROM usage") == [(None,)]


def _free(book: Book, number: str, lines: list[int]) -> None:
    credit_invoice(book, number, lines=lines, release=True, reason="Wrong", actor=ANNE, today=day("2026-02-01"))


def test_hours_over_two_tiers_are_freed_with_both(meters: Meters) -> None:
    item = meters.card("graduated", ("10", "10"), (None, "8"))
    client = meters.client()
    one = meters.agreement(client, "A1", {"kind": "time", "item_id": item, "unit_price": None}, billing="time")
    for on in ("2026-01-05", "2026-01-06"):
        meters.hours(client, one, on, "7", item_id=item)
    meters.bill("2026-01-31")
    assert meters.nets() == [(1, 10, 10, 10_000), (1, 4, 8, 3_200)]
    (number,) = rows(meters.book, "SELECT number FROM invoice")[0]
    with pytest.raises(UserError, match="Line 2 bills the same hours in another tier"):
        _free(meters.book, number, [1])
    _free(meters.book, number, [1, 2])
    assert rows(meters.book, "SELECT invoice_id FROM time_entry") == [(None,), (None,)]


def test_a_line_walks_to_its_records_and_what_waits_is_worth_its_part(meters: Meters) -> None:
    item = meters.card("graduated", ("10", "10"), (None, "8"))
    one = meters.meter(item)
    meters.use(one, item, "2026-01-05", "9")
    meters.use(one, item, "2026-01-07", "6")
    (waiting,) = unbilled(meters.book, day("2026-01-15"))
    assert (waiting.kind, waiting.entries, waiting.amount) == ("usage", 2, 14_000)
    meters.bill("2026-01-31")
    first, second = trail(meters.book, rows(meters.book, "SELECT number FROM invoice")[0][0]).lines
    assert [record.quantity for record in first.sources[0].records] == [9, 6]
    assert second.sources[0].records == ()
    assert unbilled(meters.book, day("2026-01-31")) == []


# --- any life of a meter


def cost(units: int, mode: str, tiers: list[tuple[int | None, int]], included: int, minimum: int) -> int:
    """What the units of a whole month cost in cents: in one piece, units whole, prices in cents."""
    total = 0
    low = 0
    if mode == "volume":
        price = next(price for up_to, price in tiers if up_to is None or units <= up_to)
        total = max(units - included, 0) * price
    else:
        for up_to, price in tiers:
            high = units if up_to is None else min(units, up_to)
            total += max(high - max(low, included), 0) * price
            low = high
    return max(total, minimum)


@st.composite
def lives(draw: Any) -> tuple[Any, ...]:
    mode = draw(st.sampled_from(["graduated", "volume", "flat"]))
    tiers = [(10, 9), (40, 7), (None, 4)] if mode != "flat" else [(None, 6)]
    terms = {
        "included": draw(st.sampled_from([0, 0, 5, 25])),
        "minimum": draw(st.sampled_from([None, None, 150])),
        "threshold": draw(st.sampled_from([None, 40, 120])),
    }
    events: list[tuple[Any, ...]] = []
    now = 0
    for _ in range(draw(st.integers(3, 14))):
        kind = draw(st.sampled_from(["use", "use", "use", "run", "credit"]))
        if kind == "use":
            events.append(("use", draw(st.integers(0, 58)), draw(st.integers(1, 30))))
        elif kind == "run":
            now += draw(st.integers(0, 20))
            events.append(("run", now))
        else:
            events.append(("credit", draw(st.integers(0, 9))))
    return mode, tiers, terms, events


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lives())
def test_every_unit_is_billed_once_whatever_comes_when(life: tuple[Any, ...]) -> None:
    """The nets of a period come to what all its units cost in one piece, with allowance and minimum, to the cent."""
    mode, tiers, terms, events = life
    start = date(2026, 1, 1)
    with tempfile.TemporaryDirectory() as folder, new_book(Path(folder)) as book:
        meters = Meters(book)
        meters.quiet()
        cents = [(str(up_to) if up_to else None, f"0.{price:02d}") for up_to, price in tiers]
        item = meters.card(mode, *cents)
        one = meters.meter(
            item, included=money(terms["included"]), minimum=terms["minimum"], threshold=terms["threshold"]
        )
        used: dict[int, int] = {1: 0, 2: 0}
        last = start
        for what, *figures in events:
            if what == "use":
                counted = start + timedelta(days=figures[0])
                meters.use(one, item, counted.isoformat(), str(figures[1]))
                used[counted.month] += figures[1]
            elif what == "run":
                last = start + timedelta(days=figures[0])
                _run(meters, last)
            else:
                _credit(book, figures[0], last)
        _run(meters, max(last, date(2026, 2, 28)))
        assert check(book).problems == ()
        assert value(book, "SELECT count(*) FROM usage WHERE invoice_id IS NULL AND quantity > 0") in (
            0,
            *_nothing_owed(book, used, mode, tiers, terms),
        )
        for month, units in used.items():
            billed = value(
                book,
                "SELECT coalesce(sum(amount), 0) FROM charge WHERE reversed_by IS NULL AND period_start = ?",
                date(2026, month, 1).isoformat(),
            )
            assert billed == cost(units, mode, tiers, terms["included"], terms["minimum"] or 0)


def _nothing_owed(book: Book, used: dict[int, int], mode: str, tiers: Any, terms: dict[str, Any]) -> tuple[int, ...]:
    """Units that add nothing to what is billed, being included or within the minimum, wait for an invoice that there
    may never be: all that wait, where that holds for each period of them.
    """

    def worth(units: int) -> int:
        return cost(units, mode, tiers, terms["included"], terms["minimum"] or 0)

    waiting = rows(
        book,
        """SELECT CAST(substr(date(end_date, '-1 day'), 6, 2) AS INTEGER), quantity / 1000000 FROM usage
        WHERE invoice_id IS NULL AND quantity > 0""",
    )
    by_month: dict[int, int] = {}
    for month, units in waiting:
        by_month[month] = by_month.get(month, 0) + units
    free = all(worth(used[month]) == worth(used[month] - units) for month, units in by_month.items())
    return (len(waiting),) if free else ()


def _run(meters: Meters, through: date) -> None:
    issue = max(through, date(2026, 3, 1))
    result = meters.bill(through.isoformat(), issue.isoformat())
    drafts = [row[0] for row in rows(meters.book, "SELECT id FROM draft WHERE state = 'held'")]
    if drafts:
        # A negative total needs a person's word.
        approve_drafts(meters.book, drafts, "Agreed", actor=ANNE, now=meters.book.now)
        resume(meters.book, result.run, actor=ANNE, now=meters.book.now)


def _credit(book: Book, which: int, last: date) -> None:
    """Take back one whole invoice, so that its use is billed again."""
    numbers = rows(
        book,
        """SELECT number FROM invoice i WHERE kind = 'invoice' AND payable > 0
        AND NOT EXISTS (SELECT 1 FROM invoice n WHERE n.corrects_id = i.id) ORDER BY id""",
    )
    if numbers:
        (number,) = numbers[which % len(numbers)]
        issue = max(last, date(2026, 3, 1))
        credit_invoice(book, number, release=True, reason="Counted anew", actor=ANNE, today=issue)
