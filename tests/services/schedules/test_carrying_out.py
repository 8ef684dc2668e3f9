"""Work by the clock over a real book: each time once, in its order, whatever fails, waits or was missed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.engine import Book
from db.schema import ExchangeRate, Segment
from desktop.domain.schedule import between
from desktop.domain.wording import phrase
from desktop.errors import UserError
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.runs import Scope, discard_run, plan, resume
from desktop.services.runs.planning import begin
from desktop.services.schedules import billing, tasks
from desktop.services.schedules.carrying_out import carry_out
from desktop.services.schedules.keeping import delete_schedule, pause, save_schedule, schedules
from desktop.services.schedules.results import Result, results, see
from desktop.services.schedules.tasks import Task
from desktop.services.schedules.turn import one_at_a_time, under_way
from desktop.services.schedules.work import Came, Work
from tests.billing_facts import day, money
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value

SINCE = datetime(2026, 1, 15, 12)
MONTH_END = {"name": "Month end", "task": "bill", "every": "month", "day": 31, "at": "6:30", "through": "this_month"}


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def made(book: Book) -> Contracts:
    return Contracts(book)


def add(book: Book, **changes: Any) -> int:
    return save_schedule(book, MONTH_END | changes, actor=ANNE, now=SINCE)


def do(book: Book, now: str, **more: Any) -> list[Result]:
    moment = datetime.fromisoformat(now)
    book.clock = lambda: moment.replace(tzinfo=UTC)
    return carry_out(book, now=lambda: moment, actor=ANNE, **more)


def states(book: Book) -> list[tuple[str, str]]:
    return [(due[:16], state) for due, state in rows(book, "SELECT due_at, state FROM schedule_result ORDER BY due_at")]


def stand_in(monkeypatch: pytest.MonkeyPatch, **doing: Callable[[Work], Came]) -> None:
    """Other work in the place of tasks."""
    known = {name: Task(name, act) for name, act in doing.items()}
    for module in ("keeping", "due", "carrying_out", "tasks"):
        monkeypatch.setattr(f"desktop.services.schedules.{module}.TASKS", known)


def test_the_month_is_billed_once_when_it_is_due(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    add(book)
    assert do(book, "2026-01-31T06:29") == []
    (found,) = do(book, "2026-01-31T06:30")
    assert (found.state, found.task, found.due) == ("done", "bill", datetime(2026, 1, 31, 6, 30))
    assert found.said == "Run R-2026-0001 issued 1 invoice over 119.00 EUR."
    assert rows(book, "SELECT i.issue_date, r.actor FROM invoice i JOIN run r ON r.id = i.run_id") == [
        ("2026-01-31", ANNE)
    ]
    assert do(book, "2026-01-31T06:30") == []
    assert do(book, "2026-02-27T23:59") == []
    assert value(book, "SELECT count(*) FROM invoice") == 1
    assert check(book).clean


def test_of_times_that_were_missed_the_last_is_made_up_for_and_the_others_are_noted(
    book: Book, made: Contracts
) -> None:
    made.agreement(made.client())
    add(book)
    (found,) = do(book, "2026-04-02T09:00")
    assert (found.due, found.state) == (datetime(2026, 3, 31, 6, 30), "done")
    assert states(book) == [
        ("2026-01-31T06:30", "missed"),
        ("2026-02-28T06:30", "missed"),
        ("2026-03-31T06:30", "done"),
    ]
    # It bills through the day told from the one on which it was due, with the date of the day on which it is done.
    assert rows(book, "SELECT through, issue_date FROM run") == [("2026-03-31", "2026-04-02")]
    assert value(book, "SELECT gross FROM invoice") == 3 * 119_00


def test_without_making_up_only_what_is_hardly_late_is_done(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    add(book, catch_up=False)
    assert do(book, "2026-01-31T07:31") == []
    assert states(book) == [("2026-01-31T06:30", "missed")]
    (found,) = do(book, "2026-02-28T07:30")
    assert found.state == "done"


def test_a_month_with_nothing_due_makes_no_run(book: Book, made: Contracts) -> None:
    made.agreement(made.client(), start_date=date(2026, 6, 1))
    add(book)
    (found,) = do(book, "2026-01-31T07:00")
    assert (found.state, found.said, found.seen, found.run) == ("done", "Nothing was due.", True, "")
    assert value(book, "SELECT count(*) FROM run") == 0


def test_invoices_never_bear_a_day_before_the_last_of_their_series(book: Book, made: Contracts) -> None:
    client = made.client()
    made.agreement(client)
    made.agreement(made.client("C2"), "A2", start_date=date(2026, 2, 1))
    add(book, through="last_month")
    made.bill("2026-01-31", issue_date="2026-02-20", scope=Scope(agreements=["A1"]))
    # The clock of this computer is behind.
    do(book, "2026-02-10T08:00")
    made.agreement(made.client("C3"), "A3")
    (found,) = do(book, "2026-02-10T09:00", only=schedules(book)[0])
    assert found.state == "done"
    assert rows(book, "SELECT DISTINCT issue_date FROM invoice") == [("2026-02-20",)]


def test_only_the_segment_of_the_schedule_is_billed(book: Book, made: Contracts) -> None:
    with change(book, ANNE, "Segment") as changed:
        segment = changed.insert(Segment, name="Retainers")
    made.agreement(made.client("IN", segment_id=segment), "A1")
    made.agreement(made.client("OUT"), "A2")
    add(book, segment_id=segment)
    do(book, "2026-01-31T07:00")
    assert rows(book, "SELECT c.code FROM invoice i JOIN client c ON c.id = i.client_id") == [("IN",)]
    assert value(book, "SELECT scope FROM run") == '{"segments": ["Retainers"]}'


# Limits


@pytest.mark.parametrize(
    "limit, why",
    [
        ({"most_documents": 1}, "over 238.00 EUR; more than 1 wait for a person."),
        ({"most_amount": 237_99}, "over 238.00 EUR; a run above 237.99 EUR waits for a person."),
    ],
)
def test_a_run_above_its_limit_is_planned_and_left_to_a_person(
    book: Book, made: Contracts, limit: dict[str, int], why: str
) -> None:
    made.agreement(made.client())
    made.agreement(made.client("C2"), "A2")
    add(book, **limit)
    (found,) = do(book, "2026-01-31T07:00")
    assert (found.state, found.run, found.run_state) == ("waits", "R-2026-0001", "review")
    assert found.said == f"Run R-2026-0001 would issue 2 invoices {why} Nothing of it is issued yet."
    assert value(book, "SELECT count(*) FROM invoice") == 0
    assert do(book, "2026-01-31T07:05") == []
    # A person lets it go.
    resume(book, "R-2026-0001", actor=ANNE, now=book.now)
    assert value(book, "SELECT count(*) FROM invoice") == 2


@pytest.mark.parametrize("limit", [{"most_documents": 2}, {"most_amount": 238_00}])
def test_a_run_at_its_limit_goes(book: Book, made: Contracts, limit: dict[str, int]) -> None:
    made.agreement(made.client())
    made.agreement(made.client("C2"), "A2")
    add(book, **limit)
    (found,) = do(book, "2026-01-31T07:00")
    assert found.state == "done"
    assert value(book, "SELECT count(*) FROM invoice") == 2


def test_a_limit_in_the_firms_currency_counts_others_by_their_rate(book: Book, made: Contracts) -> None:
    made.agreement(made.client("US", currency="USD", country="US"), "A1", currency="USD")
    add(book, most_amount=95_00)
    (found,) = do(book, "2026-01-31T07:00")
    assert found.state == "waits"
    assert "without an exchange rate of USD nobody can say whether that is above 95.00 EUR" in found.said
    discard_run(book, found.run, actor=ANNE, now=book.now)
    with change(book, ANNE, "Rate") as changed:
        changed.insert(ExchangeRate, currency="USD", valid_from=day("2026-01-01"), rate=money("0.951"))
    (found,) = do(book, "2026-01-31T08:00", only=schedules(book)[0])
    assert found.state == "waits"
    assert "over 100.00 USD; a run above 95.00 EUR waits" in found.said
    save_schedule(book, {"most_amount": 95_10}, actor=ANNE, now=SINCE, schedule_id=1)
    discard_run(book, found.run, actor=ANNE, now=book.now)
    (found,) = do(book, "2026-01-31T09:00", only=schedules(book)[0])
    assert found.said == "Run R-2026-0003 issued 1 invoice over 100.00 USD."


def test_what_the_gate_holds_is_held_and_told(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    made.agreement(made.client("C2", on_hold=True), "A2")
    add(book)
    (found,) = do(book, "2026-01-31T07:00")
    assert found.said == "Run R-2026-0001 issued 1 invoice over 119.00 EUR. 1 waits for you."
    assert (found.state, found.seen) == ("done", False)


# Order, failures, one at a time


def test_at_the_same_time_what_is_billed_goes_before_what_is_sent(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    def done(work: Work) -> Came:
        order.append(f"{work.name} {work.due:%d %H:%M}")
        return Came(phrase("Done."))

    stand_in(monkeypatch, bill=done, send=done)
    add(book, name="Sending", task="send", at="6:30")
    add(book, name="Billing", task="bill", at="6:30")
    add(book, name="Early", task="send", every="day", at="6:00", day=None)
    do(book, "2026-01-31T06:30")
    assert order == ["Early 31 06:00", "Billing 31 06:30", "Sending 31 06:30"]


def test_what_fails_keeps_its_reason_and_the_next_goes(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_work: Work) -> Came:
        raise UserError("The moon is full.", "Wait for a day.")

    def break_down(_work: Work) -> Came:
        raise RuntimeError("a bug")

    stand_in(monkeypatch, bill=refuse, send=break_down, bounces=lambda _work: Came(phrase("Done.")))
    for task in ("bill", "send", "bounces"):
        add(book, name=task, task=task)
    found = do(book, "2026-01-31T07:00")
    assert [(one.state, one.said) for one in found] == [
        ("failed", "The moon is full. Wait for a day."),
        ("failed", "Something went wrong that should not have; the log has the details."),
        ("done", "Done."),
    ]
    assert do(book, "2026-01-31T07:00") == []


def test_a_run_that_a_person_left_in_the_middle_is_not_passed_over(
    book: Book, made: Contracts, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It does not move, so nobody waits for it for long.
    monkeypatch.setattr(billing, "wait_for_others", lambda *_: None)
    made.agreement(made.client())
    begin(book, through=day("2026-01-31"), issue_date=day("2026-01-31"), scope=Scope(), actor=ANNE, now=book.now)
    add(book)
    (found,) = do(book, "2026-01-31T07:00")
    assert (found.state, found.seen) == ("put_off", False)
    assert found.said.startswith("Run R-2026-0001 was interrupted while it was planned; it has issued nothing yet.")
    # Nobody is told of it again at every call.
    assert do(book, "2026-01-31T08:00") == []
    discard_run(book, "R-2026-0001", actor=ANNE, now=book.now)
    (found,) = do(book, "2026-01-31T09:00")
    assert (found.state, found.due) == ("done", datetime(2026, 1, 31, 6, 30))
    assert found.said == "Run R-2026-0002 issued 1 invoice over 119.00 EUR."
    assert do(book, "2026-01-31T10:00") == []


def test_what_was_put_off_for_months_is_made_up_for_once(
    book: Book, made: Contracts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(billing, "wait_for_others", lambda *_: None)
    made.agreement(made.client())
    begin(book, through=day("2026-01-31"), issue_date=day("2026-01-31"), scope=Scope(), actor=ANNE, now=book.now)
    add(book)
    add(book, name="As it comes", catch_up=False)
    for now in ("2026-01-31T07:00", "2026-02-28T07:00"):
        assert [one.state for one in do(book, now)] == ["put_off", "failed"]
    (asked,) = do(book, "2026-03-01T07:00", only=schedules(book)[1])
    assert (asked.schedule, asked.state) == ("Month end", "failed")
    discard_run(book, "R-2026-0001", actor=ANNE, now=book.now)
    (found,) = do(book, "2026-03-01T09:00")
    assert (found.state, found.due) == ("done", datetime(2026, 2, 28, 6, 30))
    assert [row for row in states(book) if row[1] in ("missed", "put_off")] == [("2026-01-31T06:30", "missed")]
    assert value(book, "SELECT gross FROM invoice") == 2 * 119_00


def test_a_run_under_way_in_the_window_is_waited_for(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    run = begin(book, through=day("2026-01-31"), issue_date=day("2026-01-31"), scope=Scope(), actor=ANNE, now=book.now)
    slept, seconds = count(1), count()

    def sleep(_seconds: float) -> None:
        # The window's thread goes on meanwhile.
        if next(slept) == 3:
            resume(book, run.number, actor=ANNE, now=book.now)

    billing.wait_for_others(book, lambda *_: None, seconds=10, sleep=sleep, clock=lambda: float(next(seconds)))
    assert next(slept) == 4
    assert value(book, "SELECT state FROM run") == "done"


def test_a_second_caller_waits_for_the_first_and_finds_nothing_left(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(_work: Work) -> Came:
        begun.set()
        assert go_on.wait(20)
        return Came(phrase("Done."))

    stand_in(monkeypatch, bill=slow)
    add(book)
    found: list[list[Result]] = []
    moment = datetime(2026, 1, 31, 7)
    callers = [
        threading.Thread(target=lambda: found.append(carry_out(book, now=lambda: moment, actor=ANNE))) for _ in range(2)
    ]
    callers[0].start()
    assert begun.wait(20)
    assert under_way()
    callers[1].start()
    go_on.set()
    for caller in callers:
        caller.join(20)
    assert sorted(map(len, found)) == [0, 1]
    assert states(book) == [("2026-01-31T06:30", "done")]
    assert not under_way()


def test_waiting_for_ones_turn_can_be_given_up() -> None:
    class Enough(BaseException):
        pass

    def stop(*_args: object) -> None:
        raise Enough

    with one_at_a_time(lambda *_: None), pytest.raises(Enough), one_at_a_time(stop):
        pass
    assert not under_way()


# Interrupted, paused, changed, deleted


def stopped_after(reports: int) -> Callable[[int, int, str], None]:
    left = count(reports, -1)

    def report(_done: int, _total: int, _text: str) -> None:
        if next(left) <= 0:
            raise KeyboardInterrupt

    return report


@pytest.mark.parametrize("reports", range(5))
def test_what_was_cut_off_is_gone_on_with_by_the_next_call(book: Book, made: Contracts, reports: int) -> None:
    for k in range(3):
        made.agreement(made.client(f"C{k}"), f"A{k}")
    add(book)
    with pytest.raises(KeyboardInterrupt):
        do(book, "2026-01-31T07:00", report=stopped_after(reports))
    assert states(book) == [("2026-01-31T06:30", "running")]
    (found,) = do(book, "2026-02-01T07:00")
    assert found.state == "done"
    assert found.said.startswith("It was interrupted and went on later. Run R-2026-0001 issued 3 invoices")
    assert not found.seen
    assert rows(book, "SELECT count(*), count(DISTINCT client_id) FROM invoice") == [(3, 3)]
    assert value(book, "SELECT count(*) FROM run") == 1
    assert check(book).clean


def test_what_was_cut_off_is_weighed_against_its_limits_all_the_same(book: Book, made: Contracts) -> None:
    for k in range(3):
        made.agreement(made.client(f"C{k}"), f"A{k}")
    add(book, most_documents=2)
    with pytest.raises(KeyboardInterrupt):
        do(book, "2026-01-31T07:00", report=stopped_after(2))
    assert value(book, "SELECT state FROM run") == "planning"
    (found,) = do(book, "2026-02-01T07:00")
    assert (found.state, value(book, "SELECT count(*) FROM invoice")) == ("waits", 0)


def test_what_was_cut_off_and_stopped_since_is_left_alone(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    key = add(book)
    with pytest.raises(KeyboardInterrupt):
        do(book, "2026-01-31T07:00", report=stopped_after(1))
    pause(book, key, on=True, actor=ANNE, now=SINCE)
    (found,) = do(book, "2026-02-01T07:00")
    assert (found.state, found.said) == ("failed", "It was interrupted, and the schedule has been stopped since.")
    assert value(book, "SELECT count(*) FROM invoice") == 0


def test_a_stopped_schedule_makes_up_for_nothing_when_it_goes_on(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    key = add(book)
    pause(book, key, on=True, actor=ANNE, now=SINCE)
    assert do(book, "2026-03-05T07:00") == []
    pause(book, key, on=False, actor=ANNE, now=datetime(2026, 3, 5, 8))
    assert do(book, "2026-03-05T09:00") == []
    (found,) = do(book, "2026-03-31T07:00")
    assert found.due == datetime(2026, 3, 31, 6, 30)
    assert states(book) == [("2026-03-31T06:30", "done")]


def test_another_time_counts_from_when_it_was_set(book: Book) -> None:
    key = add(book)
    save_schedule(book, {"at": "05:00"}, actor=ANNE, now=datetime(2026, 3, 5), schedule_id=key)
    assert do(book, "2026-03-05T09:00") == []
    save_schedule(book, {"name": "End of month"}, actor=ANNE, now=datetime(2026, 4, 5), schedule_id=key)
    # A new name is no new time.
    assert [one.due for one in do(book, "2026-04-05T09:00")] == [datetime(2026, 3, 31, 5)]


def test_a_clock_that_ran_years_ahead_and_back_loses_no_month(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    add(book)
    do(book, "2026-01-31T07:00")
    do(book, "2027-03-01T07:00")
    assert ("2026-05-31T06:30", "missed") in states(book)
    (found,) = do(book, "2026-02-28T07:00")
    assert found.due == datetime(2026, 2, 28, 6, 30)
    assert [one for one in states(book) if one[1] == "missed"] == []


def test_deleting_takes_what_came_of_it_and_leaves_the_invoices(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    key = add(book)
    do(book, "2026-01-31T07:00")
    delete_schedule(book, key, actor=ANNE)
    assert (schedules(book), results(book)) == ([], [])
    assert value(book, "SELECT count(*) FROM invoice") == 1
    assert check(book).clean


def test_seeing_a_result_sees_what_came_before_it(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    add(book)
    add(book, name="Other", at="8:00")
    found = do(book, "2026-03-01T07:00")
    see(book, [found[0].id])
    assert rows(book, "SELECT schedule_id, due_at, state FROM schedule_result WHERE NOT seen") == [
        (2, "2026-01-31T08:00:00", "missed")
    ]


def test_plan_within_the_window_does_not_disturb(book: Book, made: Contracts) -> None:
    """What a person planned and has not issued is theirs: a schedule does not bill it beside them."""
    made.agreement(made.client())
    plan(book, through=day("2026-01-31"), issue_date=day("2026-01-31"), actor=ANNE, now=book.now)
    add(book)
    (found,) = do(book, "2026-01-31T07:00")
    assert (found.said, found.seen) == ("Nothing was due.", True)


# Years


steps = st.lists(
    st.tuples(st.integers(1, 60 * 24 * 70), st.sampled_from(["done", "waits", "refused", "bug", "cut off"])),
    max_size=25,
)
rhythm = st.one_of(
    st.fixed_dictionaries({"every": st.just("day")}),
    st.fixed_dictionaries({"every": st.just("week"), "weekday": st.integers(0, 6)}),
    st.fixed_dictionaries({"every": st.just("month"), "day": st.integers(1, 31)}),
)


@given(steps=steps, rhythms=st.lists(rhythm, min_size=1, max_size=3), catch_up=st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_over_years_each_time_of_each_schedule_has_one_row(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[int, str]],
    rhythms: list[dict[str, Any]],
    catch_up: bool,
) -> None:
    coming = ["done"]
    begun: list[tuple[str, datetime]] = []

    def act(work: Work) -> Came:
        begun.append((work.name, work.due))
        match coming[0]:
            case "refused":
                raise UserError("No.", "")
            case "bug":
                raise RuntimeError("bug")
            case "cut off":
                coming[0] = "done"
                raise KeyboardInterrupt
        return Came(phrase("Done."), "waits" if coming[0] == "waits" else "done")

    with new_book(tmp_path_factory.mktemp("years")) as book, pytest.MonkeyPatch.context() as patch:
        stand_in(patch, bill=act)
        for number, one in enumerate(rhythms):
            more = {"weekday": None, "day": None} | one
            add(book, name=f"S{number}", at=f"0{number}:30", catch_up=catch_up, **more)
        now = SINCE
        for minutes, outcome in steps:
            now += timedelta(minutes=minutes)
            coming[0] = outcome
            try:
                do(book, now.isoformat())
            except KeyboardInterrupt:
                assert outcome == "cut off"
        coming[0] = "done"
        do(book, now.isoformat())
        for schedule in schedules(book):
            told = rows(
                book, "SELECT due_at, state FROM schedule_result WHERE schedule_id = ? ORDER BY due_at", schedule.id
            )
            wanted = [one.isoformat(timespec="seconds") for one in between(schedule.times, SINCE, now)]
            assert [due for due, _state in told] == wanted
            assert {state for _due, state in told} <= {"done", "waits", "failed", "missed"}
            # Begun twice is only what was cut off the first time.
            acted = [due for name, due in begun if name == schedule.name]
            assert len(acted) - len(set(acted)) <= sum(outcome == "cut off" for _minutes, outcome in steps)
            assert {due.isoformat(timespec="seconds") for due in acted} == {
                due for due, state in told if state != "missed"
            }


def test_tasks_of_commands_and_forms_are_those_that_exist() -> None:
    from desktop.cli.schedules import _TASKS

    assert tuple(tasks.TASKS) == _TASKS
