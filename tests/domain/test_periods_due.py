"""What a run may bill: nothing twice, nothing left out, whatever the runs, pauses and trials."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.periods import Cadence, Interval, Pause, Period, Timing, due_periods, periods, periods_between

DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
CADENCES = st.builds(
    Cadence,
    st.builds(Interval, st.integers(1, 14), st.sampled_from(["day", "week", "month"])),
    st.sampled_from(["calendar", "anniversary", "bcd"]),
    DAYS,
    st.one_of(st.none(), st.integers(1, 31)),
)
DAY = timedelta(days=1)
MONTHLY = Cadence(Interval(1, "month"), "calendar", date(2026, 1, 1))
THE_31ST = Cadence(Interval(1, "month"), "anniversary", date(2026, 1, 31))


def _d(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _spans(found: list[Period]) -> list[tuple[str, str]]:
    return [(period.start.isoformat(), period.end.isoformat()) for period in found]


def test_three_missed_months_from_the_31st() -> None:
    found = due_periods(THE_31ST, date(2026, 1, 31), None, "advance", date(2026, 3, 31), None)
    assert _spans(found) == [("2026-01-31", "2026-02-28"), ("2026-02-28", "2026-03-31"), ("2026-03-31", "2026-04-30")]
    assert not any(period.is_stub for period in found)


@pytest.mark.parametrize(
    "timing, through, charged, spans",
    [
        ("advance", "2026-01-09", None, []),
        ("advance", "2026-01-10", None, [("2026-01-10", "2026-02-01")]),
        ("advance", "2026-02-01", "2026-02-01", [("2026-02-01", "2026-03-01")]),
        ("advance", "2026-03-31", "2026-02-01", [("2026-02-01", "2026-03-01"), ("2026-03-01", "2026-03-21")]),
        ("advance", "2026-12-31", "2026-03-21", []),
        ("arrears", "2026-01-30", None, []),
        ("arrears", "2026-01-31", None, [("2026-01-10", "2026-02-01")]),
        ("arrears", "2026-03-19", "2026-03-01", []),
        ("arrears", "2026-03-20", "2026-03-01", [("2026-03-01", "2026-03-21")]),
        # Billed up to the middle of a period: the rest of it is a stub.
        ("arrears", "2026-02-28", "2026-02-11", [("2026-02-11", "2026-03-01")]),
        ("advance", "2026-02-11", "2026-02-11", [("2026-02-11", "2026-03-01")]),
        # Billed before its start: the start counts.
        ("advance", "2026-01-10", "2025-12-01", [("2026-01-10", "2026-02-01")]),
    ],
)
def test_what_is_due(timing: Timing, through: str, charged: str | None, spans: list[tuple[str, str]]) -> None:
    start, end = date(2026, 1, 10), date(2026, 3, 21)
    through_date = date.fromisoformat(through)
    assert _spans(due_periods(MONTHLY, start, end, timing, through_date, _d(charged))) == spans
    assert _spans(periods_between(MONTHLY, start, end, _d(charged), through_date, timing)) == spans


def test_stubs_are_measured_against_their_grid_period() -> None:
    first, _middle, last = periods(MONTHLY, date(2026, 1, 10), date(2026, 3, 21), date(2026, 12, 31))
    assert (first.days, first.full_days) == (22, 31)
    assert (last.days, last.full_days) == (20, 31)
    assert first.full_end == date(2026, 2, 1)
    assert last.full_start == date(2026, 3, 1)


@pytest.mark.parametrize(
    "timing, through, pauses, spans",
    [
        # Paused from the 10th to the 19th: two stubs, due together on the usual date.
        ("advance", "2026-01-01", [("2026-01-10", "2026-01-20")], [("01-01", "01-10"), ("01-20", "02-01")]),
        ("arrears", "2026-01-30", [("2026-01-10", "2026-01-20")], []),
        ("arrears", "2026-01-31", [("2026-01-10", "2026-01-20")], [("01-01", "01-10"), ("01-20", "02-01")]),
        # Paused at its start: in advance it is due when it resumes.
        ("advance", "2026-01-19", [("2025-12-20", "2026-01-20")], []),
        ("advance", "2026-01-20", [("2025-12-20", "2026-01-20")], [("01-20", "02-01")]),
        # Paused until further notice.
        ("advance", "2026-06-01", [("2026-01-20", None)], [("01-01", "01-20")]),
        # A whole period paused, and pauses that overlap, touch, or pause nothing.
        ("advance", "2026-02-01", [("2026-01-01", "2026-02-01")], [("02-01", "03-01")]),
        (
            "advance",
            "2026-01-01",
            [("2026-01-12", "2026-01-15"), ("2026-01-10", "2026-01-13"), ("2026-01-15", "2026-01-20")],
            [("01-01", "01-10"), ("01-20", "02-01")],
        ),
        ("advance", "2026-01-01", [("2026-01-10", "2026-01-10")], [("01-01", "02-01")]),
    ],
)
def test_pauses(
    timing: Timing, through: str, pauses: list[tuple[str, str | None]], spans: list[tuple[str, str]]
) -> None:
    broken = [(date.fromisoformat(begin), _d(resume)) for begin, resume in pauses]
    found = due_periods(MONTHLY, date(2026, 1, 1), None, timing, date.fromisoformat(through), None, broken)
    assert [(begin[5:], end[5:]) for begin, end in _spans(found)] == spans
    assert all(period.full_days == (period.full_end - period.full_start).days for period in found)


def test_a_trial_is_not_billed() -> None:
    start, trial = date(2026, 1, 1), date(2026, 2, 15)
    assert due_periods(MONTHLY, start, None, "advance", date(2026, 2, 14), None, (), trial) == []
    (stub,) = due_periods(MONTHLY, start, None, "advance", trial, None, (), trial)
    assert (stub.start, stub.end, stub.days, stub.full_days) == (trial, date(2026, 3, 1), 14, 28)
    assert due_periods(MONTHLY, start, trial, "advance", date(2027, 1, 1), None, (), trial) == []


@given(CADENCES, DAYS, st.integers(0, 1500), st.integers(0, 1500))
def test_periods_tile_the_agreement(cadence: Cadence, start: date, length: int, until: int) -> None:
    end, limit = start + timedelta(days=length), start + timedelta(days=until)
    found = periods(cadence, start, end, limit)
    edges = [start, *(period.end for period in found)]
    assert [period.start for period in found] == edges[:-1]
    assert all(period.start < period.end <= end and period.start < limit for period in found)
    assert edges[-1] >= min(end, limit)
    for period in found:
        assert period.full_start <= period.start < period.end <= period.full_end
        assert (period.full_start, period.full_end) == cadence.full_period(period.start)
    # Only the edges are stubs.
    assert not any(period.is_stub for period in found[1:-1])


@st.composite
def _pauses(draw: st.DrawFn, start: date) -> list[Pause]:
    found: list[Pause] = []
    for offset, length in draw(st.lists(st.tuples(st.integers(-50, 700), st.integers(0, 200)), max_size=4)):
        begin = start + timedelta(days=offset)
        found.append((begin, begin + timedelta(days=length)))
    if draw(st.booleans()):
        found.append((start + timedelta(days=draw(st.integers(0, 900))), None))
    return found


def _days(found: list[Period]) -> list[date]:
    return [period.start + timedelta(days=step) for period in found for step in range((period.end - period.start).days)]


@given(st.data(), CADENCES, DAYS, st.sampled_from(["advance", "arrears"]))
def test_no_day_is_billed_twice_or_left_out(data: st.DataObject, cadence: Cadence, start: date, timing: Timing) -> None:
    length = data.draw(st.one_of(st.none(), st.integers(1, 700)), "length")
    end = None if length is None else start + timedelta(days=length)
    trial = data.draw(st.one_of(st.none(), st.integers(-10, 90)), "trial")
    trial_until = None if trial is None else start + timedelta(days=trial)
    pauses = data.draw(_pauses(start), "pauses")
    runs = sorted(data.draw(st.lists(st.integers(-20, 900), min_size=1, max_size=8), "runs"))

    billed: list[date] = []
    charged: date | None = None
    for offset in runs:
        through = start + timedelta(days=offset)
        found = due_periods(cadence, start, end, timing, through, charged, pauses, trial_until)
        if timing == "arrears":
            assert all(period.end <= through + DAY for period in found)
        billed += _days(found)
        if found:
            charged = found[-1].end
        assert due_periods(cadence, start, end, timing, through, charged, pauses, trial_until) == []

    last = start + timedelta(days=runs[-1])
    once = _days(due_periods(cadence, start, end, timing, last, None, pauses, trial_until))
    assert billed == sorted(set(billed)) == once

    def served(day: date) -> bool:
        paused = any(begin <= day and (resume is None or day < resume) for begin, resume in pauses)
        return not paused and (end is None or day < end) and (trial_until is None or day >= trial_until)

    assert all(served(day) for day in billed)
    # Every day served up to a point is billed: in advance up to the through-date, in arrears up to the last cycle date.
    due_until = last + DAY if timing == "advance" else max(cadence.cycle_on_or_before(last + DAY), start)
    if end is not None and end <= last + DAY:
        due_until = max(due_until, end)
    span = (due_until - start).days
    assert {start + timedelta(days=step) for step in range(span) if served(start + timedelta(days=step))} <= set(billed)
