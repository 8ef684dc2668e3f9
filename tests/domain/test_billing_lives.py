"""Whole lives of agreements, run by run: no day billed twice, none left out, and every part adds up."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.agreement import Agreement, AgreementLine
from desktop.domain.billing import Charged, ChargedSpan, Draft, TaxEntry, Work, build
from desktop.domain.money import SCALE
from desktop.domain.periods import Cadence, Interval
from desktop.saying import put
from tests.billing_facts import REDUCED, STANDARD, TAXES, agreement, client, line, money, setting
from tests.domain.test_billing import check_lines

FIRST = date(2026, 1, 1)
DAY = timedelta(days=1)

days = st.integers(0, 400).map(lambda n: FIRST + n * DAY)
cents = st.integers(0, 10_000_000).map(lambda amount: amount * 10_000)
# A day of any line costs a cent, so that no run adds up to nothing.
prices = st.integers(100_000, 10_000_000).map(lambda amount: amount * 10_000)
intervals = st.sampled_from(
    [Interval(1, "month"), Interval(3, "month"), Interval(1, "week"), Interval(10, "day"), Interval(1, "year")]
)


@st.composite
def lines(draw: Any, id: int) -> AgreementLine:
    start = draw(st.none() | days)
    end = draw(st.none() | days)
    if start and end and end <= start:
        end = None
    changes = sorted(draw(st.dictionaries(days, prices, max_size=2)).items())
    return AgreementLine(
        id=id,
        position=id,
        kind="recurring",
        item_id=draw(st.sampled_from([1, 3])),
        description="",
        quantity=draw(st.sampled_from([SCALE, 3 * SCALE, SCALE // 4])),
        unit_price=draw(prices),
        discount=draw(st.sampled_from([0, 100_000, 333_333])),
        start=start,
        end=end,
        prices=tuple(changes),
    )


@st.composite
def agreements(draw: Any) -> Agreement:
    start = draw(days)
    end = draw(st.none() | st.integers(1, 500).map(lambda n: start + n * DAY))
    pauses = []
    for _ in range(draw(st.integers(0, 2))):
        first = draw(days)
        length = draw(st.none() | st.integers(1, 90))
        pauses.append((first, None if length is None else first + length * DAY))
    interval = draw(intervals)
    cadence = Cadence(
        interval,
        draw(st.sampled_from(["calendar", "anniversary", "bcd"])),
        draw(days),
        draw(st.none() | st.integers(1, 31)),
        draw(st.booleans()) and interval.months > 0,
    )
    trial = draw(st.none() | st.integers(1, 60).map(lambda n: start + n * DAY))
    base = agreement(
        *(draw(lines(k)) for k in range(1, draw(st.integers(1, 2)) + 1)), discount=draw(st.sampled_from([0, 50_000]))
    )
    return base._replace(
        cadence=cadence,
        start=start,
        end=end,
        pauses=tuple(pauses),
        trial_until=trial,
        timing=draw(st.sampled_from(["advance", "arrears"])),
    )


def dated(*changes: tuple[date, int]) -> tuple[TaxEntry, ...]:
    rates = ((date(2000, 1, 1), money("0.16")), *((day, money(rate) // 100) for day, rate in changes))
    return (
        TaxEntry(STANDARD, "standard", "S", "", "", rates),
        TaxEntry(REDUCED, "reduced", "S", "", "", ((date(2000, 1, 1), money("0.07")),)),
        *TAXES[2:],
    )


tax_changes = st.lists(st.tuples(days, st.integers(1, 25)), max_size=2, unique_by=lambda pair: pair[0])


class Book:
    """What was charged of each line so far, as the services would load it."""

    def __init__(self, agreed: Agreement) -> None:
        self.agreed = agreed
        self.charges: list[Charged] = []

    def work(self) -> Work:
        charged = {}
        for one in self.agreed.lines:
            spans = sorted(
                (date.fromisoformat(c.period_start), date.fromisoformat(c.period_end))
                for c in self.charges
                if c.source_id == one.id
            )
            if spans:
                charged[one.id] = ChargedSpan(spans[0][0], spans[-1][1], tuple(spans))
        return Work(charged=charged)

    def run(self, through: date, taxes: tuple[TaxEntry, ...]) -> Draft | None:
        built = build(self.agreed, client(), self.work(), setting(through.isoformat(), taxes=taxes))
        assert len(built.drafts) <= 1
        if not built.drafts:
            assert built.skip is not None
            assert put(built.skip.reason).endswith(".")
            return None
        (draft,) = built.drafts
        check_lines(draft)
        self.charges += draft.charges
        return draft


def billable(agreed: Agreement, one: AgreementLine) -> set[date]:
    """The days that a line is to bill up to the horizon, told by the contract day by day."""
    found = set()
    for n in range(1200):
        day = FIRST + n * DAY
        alive = agreed.start <= day and (agreed.end is None or day < agreed.end)
        alive &= (one.start is None or one.start <= day) and (one.end is None or day < one.end)
        alive &= agreed.trial_until is None or day >= agreed.trial_until
        if alive and not any(a <= day and (b is None or day < b) for a, b in agreed.pauses):
            found.add(day)
    return found


def covered(charges: list[Charged], line_id: int) -> list[date]:
    found: list[date] = []
    for charge in charges:
        if charge.source_id == line_id:
            first, last = date.fromisoformat(charge.period_start), date.fromisoformat(charge.period_end)
            found += [first + n * DAY for n in range((last - first).days)]
    return found


@settings(max_examples=150)
@given(agreements(), st.lists(st.integers(0, 800), min_size=1, max_size=6), tax_changes, st.data())
def test_no_day_is_billed_twice_and_none_that_is_due_is_left_out(
    agreed: Agreement, throughs: list[int], changes: list[tuple[date, int]], data: Any
) -> None:
    book, taxes = Book(agreed), dated(*sorted(changes))
    for through in sorted(throughs):
        book.run(FIRST + through * DAY, taxes)
        if book.charges and data.draw(st.booleans()):
            # A credit note frees one charge; its days are due again.
            book.charges.pop(data.draw(st.integers(0, len(book.charges) - 1)))
    last = FIRST + max(throughs) * DAY
    book.run(last, taxes)
    for one in agreed.lines:
        billed = covered(book.charges, one.id)
        assert len(billed) == len(set(billed))
        wanted = billable(agreed, one)
        assert set(billed) <= wanted
        # A 31st alone counts no day of a fixed month and is never billed.
        if not agreed.cadence.fixed_30:
            assert not {day for day in wanted - set(billed) if due(agreed, one, day) <= last}


def due(agreed: Agreement, one: AgreementLine, day: date) -> date:
    """From which through-date on a day is to be billed: its period's last day, or, in advance, its first."""
    _, end = agreed.cadence.full_period(day)
    if agreed.timing == "arrears":
        ends = [end, *(bound for bound in (agreed.end, one.end) if bound)]
        return min(ends) - DAY
    return day


@settings(max_examples=100)
@given(agreements(), st.integers(0, 800), st.integers(0, 800), tax_changes)
def test_one_run_or_two_bill_the_same_days_and_the_same_money(
    agreed: Agreement, first: int, second: int, changes: list[tuple[date, int]]
) -> None:
    """What two runs bill of a line adds up to what one run bills of it, to the cent of each rounded line."""
    taxes = dated(*sorted(changes))
    early, late = sorted((first, second))
    once, twice = Book(agreed), Book(agreed)
    once.run(FIRST + late * DAY, taxes)
    twice.run(FIRST + early * DAY, taxes)
    twice.run(FIRST + late * DAY, taxes)
    for one in agreed.lines:
        assert sorted(covered(once.charges, one.id)) == sorted(covered(twice.charges, one.id))
        apart = abs(total(once, one) - total(twice, one))
        assert apart <= 2 * (1 + max(count(once, one), count(twice, one)))


def total(book: Book, one: AgreementLine) -> int:
    return sum(charge.amount for charge in book.charges if charge.source_id == one.id)


def count(book: Book, one: AgreementLine) -> int:
    return sum(charge.source_id == one.id for charge in book.charges)


@settings(max_examples=150)
@given(
    cents,
    st.sampled_from([0, 100_000, 333_333]),
    st.lists(st.integers(1, 364), min_size=1, max_size=5, unique=True),
    st.booleans(),
)
def test_a_year_cut_by_taxes_costs_what_the_year_costs(price: int, discount: int, cuts: list[int], fixed: bool) -> None:
    base = agreement(line(unit_price=price, discount=discount), every="1 year", timing="advance", fixed_30=fixed)
    taxes = dated(*((FIRST + n * DAY, 1 + k) for k, n in enumerate(sorted(cuts))))
    whole = build(base, client(), Work(), setting("2026-01-01")).drafts
    cut = build(base, client(), Work(), setting("2026-01-01", taxes=taxes)).drafts
    assert len(cut) == len(whole)
    if whole:
        assert cut[0].net == whole[0].net
        assert sum(charge.amount for charge in cut[0].charges) == whole[0].net


@settings(max_examples=150)
@given(cents, cents, st.integers(1, 30), st.sampled_from([0, 100_000]))
def test_a_rise_within_a_month_weighs_each_price_by_its_days(before: int, after: int, cut: int, discount: int) -> None:
    priced = line(unit_price=before, discount=discount, prices=((FIRST + cut * DAY, after),))
    drafts = build(agreement(priced), client(), Work(), setting("2026-01-31")).drafts
    net = drafts[0].net if drafts else 0
    exact = Fraction(before * cut + after * (31 - cut), 31 * 10_000) * Fraction(SCALE - discount, SCALE)
    assert abs(net - exact) <= 2
