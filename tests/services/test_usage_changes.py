"""Meters whose line, life or agreement changes after a period was billed: no unit twice, no minimum for a day twice."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.schema import Agreement, RuleSetting
from desktop.domain.findings.catalogue import RULES
from desktop.errors import UserError
from desktop.services.agreement_changes import change_line
from desktop.services.agreement_outlook import outlook
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.credits import credit_invoice
from desktop.services.lists.agreements import AgreementList
from tests.billing_facts import day, money
from tests.books import new_book
from tests.contracts import ANNE, rows, value
from tests.services.test_usage_billing import NO_GATE, Meters


@pytest.fixture
def meters(tmp_path: Path) -> Iterator[Meters]:
    with new_book(tmp_path) as book:
        made = Meters(book)
        made.quiet()
        yield made
        assert check(book).problems == ()


def _meter(meters: Meters, **line: Any) -> tuple[int, int, int]:
    """(agreement, item, line) of a meter at 1.00 a unit."""
    item = meters.item("API", "API calls", unit="call")
    one = meters.meter(item, unit_price="1", **line)
    return one, item, value(meters.book, "SELECT id FROM agreement_line")


def _change(meters: Meters, one: int, line: int, on: str, price: str) -> None:
    change_line(meters.book, one, line, day(on), unit_price=Decimal(price), actor=ANNE)


def _lines(meters: Meters, invoice: int) -> list[tuple[Any, ...]]:
    return rows(
        meters.book,
        """SELECT period_start, period_end, quantity / 1000000, unit_price / 1000000, net FROM invoice_line
        WHERE invoice_id = ? ORDER BY position""",
        invoice,
    )


def test_late_use_goes_to_the_line_that_counts_on_its_day(meters: Meters) -> None:
    one, item, line = _meter(meters)
    meters.use(one, item, "2026-01-10", "10")
    meters.use(one, item, "2026-01-25", "4")
    meters.bill("2026-01-31")
    _change(meters, one, line, "2026-01-16", "3")
    meters.use(one, item, "2026-01-09", "1")
    meters.use(one, item, "2026-01-29", "5", "2026-01-12")
    meters.use(one, item, "2026-02-09", "7")
    meters.bill("2026-02-28")
    assert _lines(meters, 2) == [
        ("2026-01-01", "2026-01-16", 1, 1, 100),
        ("2026-01-16", "2026-02-01", 5, 3, 1_500),
        ("2026-02-01", "2026-03-01", 7, 3, 2_100),
    ]
    assert value(meters.book, "SELECT sum(quantity) FROM charge") == money(27)


def test_what_a_threshold_billed_stays_and_the_rest_is_the_new_lines(meters: Meters) -> None:
    one, item, line = _meter(meters, threshold=500)
    meters.use(one, item, "2026-01-10", "10")
    meters.use(one, item, "2026-01-18", "4")
    meters.bill("2026-01-20")
    _change(meters, one, line, "2026-01-16", "3")
    meters.use(one, item, "2026-01-09", "1")
    meters.use(one, item, "2026-01-17", "100")
    meters.use(one, item, "2026-01-29", "20")
    meters.bill("2026-01-31")
    assert _lines(meters, 2) == [("2026-01-01", "2026-01-16", 1, 1, 100), ("2026-01-16", "2026-02-01", 120, 3, 36_000)]


def test_two_lines_that_count_one_period_are_freed_together(meters: Meters) -> None:
    one, item, line = _meter(meters)
    meters.use(one, item, "2026-01-10", "10")
    meters.bill("2026-01-31")
    _change(meters, one, line, "2026-01-16", "3")
    meters.use(one, item, "2026-01-09", "1")
    meters.use(one, item, "2026-01-29", "5")
    meters.bill("2026-02-15")
    (number,) = rows(meters.book, "SELECT number FROM invoice WHERE id = 2")[0]
    with pytest.raises(UserError, match="Line 2 bills the same period of the same meter"):
        _free(meters, number, [1])
    _free(meters, number, [1, 2])
    assert rows(meters.book, "SELECT invoice_id FROM usage ORDER BY id") == [(1,), (None,), (None,)]
    meters.bill("2026-02-16")
    assert _lines(meters, 4) == _lines(meters, 2)


def _free(meters: Meters, number: str, lines: list[int]) -> None:
    today = day("2026-02-16")
    credit_invoice(meters.book, number, lines=lines, release=True, reason="Wrong", actor=ANNE, today=today)


def test_a_minimum_is_owed_once_for_each_day(meters: Meters) -> None:
    one, item, line = _meter(meters, minimum=3_100)
    meters.use(one, item, "2026-01-10", "10")
    meters.use(one, item, "2026-01-25", "4")
    meters.bill("2026-01-31")
    _change(meters, one, line, "2026-01-16", "3")
    meters.use(one, item, "2026-02-09", "20")
    meters.bill("2026-02-28")
    # 15 of 31 days stay with the old line, which owes 14.00 of use and 1.00 beyond it; 16 days go to the new one.
    january = "SELECT sum(amount) FROM charge WHERE period_end = '2026-02-01'"
    assert value(meters.book, january) == 3_100
    assert value(meters.book, "SELECT sum(amount) FROM charge WHERE period_start = '2026-02-01'") == 6_000
    assert meters.bill("2026-02-28").outcomes["skipped"] == 1


def test_what_was_billed_by_the_old_line_is_not_missing_of_the_new_one(meters: Meters) -> None:
    one, item, line = _meter(meters)
    meters.use(one, item, "2026-01-25", "4")
    meters.bill("2026-01-31")
    _change(meters, one, line, "2026-01-16", "3")
    meters.use(one, item, "2026-02-09", "1")
    meters.bill("2026-02-28")
    assert _lines(meters, 2) == [("2026-02-01", "2026-03-01", 1, 3, 300)]


def test_a_minimum_kept_for_days_after_a_shortened_end(meters: Meters) -> None:
    """Unused days are kept where the agreement says so, and a stub's minimum is never asked for again."""
    one, item, _ = _meter(meters, minimum=3_100)
    meters.use(one, item, "2026-01-10", "10")
    meters.bill("2026-01-31")
    meters.update(Agreement, one, end_date=day("2026-01-21"), unused="keep")
    assert meters.bill("2026-02-28").outcomes["skipped"] == 1
    meters.update(Agreement, one, unused="credit")
    result = meters.bill("2026-02-28")
    assert result.outcomes["held"] == 1
    assert value(meters.book, "SELECT net FROM draft WHERE state = 'held'") == -1_100


def test_a_stub_that_was_billed_does_not_grow_when_the_agreement_goes_on(meters: Meters) -> None:
    one, item, _ = _meter(meters, minimum=3_100)
    meters.update(Agreement, one, end_date=day("2026-01-16"))
    meters.use(one, item, "2026-01-10", "10")
    meters.bill("2026-01-31")
    assert value(meters.book, "SELECT sum(amount) FROM charge") == 1_500
    meters.update(Agreement, one, end_date=None)
    meters.use(one, item, "2026-01-20", "1")
    meters.bill("2026-01-31")
    assert value(meters.book, "SELECT sum(amount) FROM charge") == 3_100


def test_what_is_due_next_of_use_alone_is_its_running_period(meters: Meters) -> None:
    one, item, _ = _meter(meters, threshold=500)
    today = day("2026-01-10")

    def due() -> list[tuple[str, str]]:
        found = outlook(meters.book, one, today, 2)
        return [(period.start.isoformat(), period.due.isoformat()) for period in found]

    assert due() == [("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-02-28")]
    meters.use(one, item, "2026-01-05", "10")
    meters.bill("2026-01-10")
    assert due()[0] == ("2026-01-01", "2026-01-31")
    meters.use(one, item, "2026-01-25", "1")
    meters.bill("2026-01-31")
    assert due()[0] == ("2026-02-01", "2026-02-28")
    assert AgreementList(meters.book, today).rows([one])[one]["next_due"] == day("2026-02-28")


def test_records_that_come_to_nothing_are_billed_with_their_period(meters: Meters) -> None:
    one, item, _ = _meter(meters)
    meters.use(one, item, "2026-01-05", "10")
    meters.bill("2026-01-31")
    meters.use(one, item, "2026-01-07", "0")
    meters.use(one, item, "2026-01-08", "5")
    meters.use(one, item, "2026-01-09", "-5")
    meters.use(one, item, "2026-02-03", "1")
    meters.bill("2026-02-28")
    assert value(meters.book, "SELECT count(*) FROM usage WHERE invoice_id IS NULL") == 0
    assert _lines(meters, 2) == [("2026-01-01", "2026-02-01", 0, 1, 0), ("2026-02-01", "2026-03-01", 1, 1, 100)]


# --- any life of a meter whose line is replaced

uses = st.tuples(st.just("use"), st.integers(0, 58), st.integers(-5, 30))
changes = st.tuples(st.just("change"), st.integers(-30, 10), st.sampled_from(["1", "2", "3"]))
others = st.tuples(st.just("run"), st.integers(0, 30)) | st.tuples(st.just("credit"), st.integers(0, 9))
# Each begins with what makes it worth a try: a period that was billed, and its line replaced.
lives = st.tuples(
    st.just(("use", 3, 20)),
    st.tuples(st.just("run"), st.integers(10, 40)),
    changes,
    uses,
    uses,
    uses | changes | others,
    uses | changes | others,
    uses | changes | others,
    uses | changes | others,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lives, st.sampled_from([None, 1_000]), st.sampled_from([None, 2_000]))
def test_each_unit_is_billed_once_whatever_line_counts_it(
    life: tuple[tuple[Any, ...], ...], threshold: int | None, minimum: int | None
) -> None:
    with tempfile.TemporaryDirectory() as folder, new_book(Path(folder)) as book:
        meters = Meters(book)
        meters.quiet()
        with change(book, ANNE, "Ask nobody") as made:
            for rule in RULES:
                if rule.severity == "hold" and rule.code not in NO_GATE:
                    made.insert(RuleSetting, code=rule.code, scope="firm", enabled=False)
        one, item, _ = _meter(meters, threshold=threshold, minimum=minimum)
        used, now = 0, day("2026-01-01")
        for what, *figures in life:
            if what == "use":
                meters.use(one, item, (day("2026-01-01") + timedelta(days=figures[0])).isoformat(), str(figures[1]))
                used += figures[1]
            elif what == "run":
                now += timedelta(days=figures[0])
                meters.bill(now.isoformat(), max(now, day("2026-03-01")).isoformat())
            elif what == "change":
                on = max(day("2026-01-01"), now + timedelta(days=figures[0]))
                line = value(book, "SELECT id FROM agreement_line WHERE end_date IS NULL")
                with suppress(UserError):
                    _change(meters, one, line, on.isoformat(), figures[1])
            elif numbers := rows(book, "SELECT number FROM invoice WHERE kind = 'invoice' AND gross > 0"):
                with suppress(UserError):
                    number = numbers[figures[0] % len(numbers)][0]
                    today = max(now, day("2026-03-01"))
                    credit_invoice(book, number, release=True, reason="Wrong", actor=ANNE, today=today)
        # Something to pay beside it, since a total of nothing waits.
        meters.one_off(value(book, "SELECT id FROM client"), one, "2026-03-01", "10000")
        last = max(now, day("2026-03-31"))
        meters.bill(last.isoformat(), last.isoformat())
        assert check(book).problems == ()
        assert value(book, "SELECT count(*) FROM usage WHERE invoice_id IS NULL") == 0
        units = "SELECT coalesce(sum(quantity), 0) FROM charge WHERE kind = 'usage' AND reversed_by IS NULL"
        assert value(book, units) == money(used)
