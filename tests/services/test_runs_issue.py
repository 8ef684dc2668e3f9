"""Issuing: numbers without gaps, one bad draft parked, and a disk that fails loses and doubles nothing."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from db.book_files import open_book
from db.engine import Book, Driver
from db.refusals import BookUnusable
from db.schema import Client, Series
from desktop.errors import UserError
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.runs import (
    Scope,
    approve,
    discard,
    discard_run,
    earliest_issue_date,
    exceptions,
    explain,
    hold_drafts,
    interrupted,
    look_again,
    plan,
    resume,
)
from desktop.services.runs.freezing import ready
from desktop.services.runs.issuing_runs import issue
from tests.billing_facts import day
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value
from tests.faults import Fault, FullDisk
from tests.whole_books import told

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book
        assert check(book).problems == ()


@pytest.fixture
def made(book: Book) -> Contracts:
    return Contracts(book)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.services.runs.planning.CHUNK", 2)
    monkeypatch.setattr("desktop.services.runs.issuing_runs.CHUNK", 2)


def numbers(book: Book) -> list[tuple[str, str]]:
    return rows(book, "SELECT number, issue_date FROM invoice ORDER BY id")


# --- numbers and dates


def test_numbers_have_no_gaps_and_dates_do_not_run_backwards(book: Book, made: Contracts) -> None:
    client = made.client()
    for k in (1, 2):
        made.agreement(client, f"A{k}")
    made.bill("2026-01-31", "2026-02-03")
    made.bill("2026-02-28", "2026-03-01")
    assert numbers(book) == [
        ("INV-2026-0001", "2026-02-03"),
        ("INV-2026-0002", "2026-02-03"),
        ("INV-2026-0003", "2026-03-01"),
        ("INV-2026-0004", "2026-03-01"),
    ]


def test_a_run_dated_before_the_series_is_blocked_and_says_from_when(book: Book, made: Contracts) -> None:
    first, second = made.client("C1"), made.client("C2")
    made.agreement(first, "A1")
    made.bill("2026-01-31", "2026-02-10")
    made.agreement(second, "A2")
    assert made.bill("2026-01-31", "2026-02-09").outcomes["held"] == 1
    (found,) = exceptions(book)
    assert (found.code, found.severity) == ("date_backwards", "block")
    assert found.remedy == "Plan the run with an issue date from 10 February 2026 on."


def test_what_is_issued_later_takes_the_series_date_and_falls_due_from_it(book: Book, made: Contracts) -> None:
    made.agreement(made.client("C1", on_hold=True), "A1")
    late = made.bill("2026-01-31", "2026-02-01").run
    made.agreement(made.client("C2"), "A2")
    made.bill("2026-01-31", "2026-02-20")
    approve(book, [exceptions(book)[0].id], "", actor=ANNE, now=book.now)
    resume(book, late, actor=ANNE, now=book.now)
    assert rows(book, "SELECT number, issue_date, due_date FROM invoice ORDER BY id") == [
        ("INV-2026-0001", "2026-02-20", "2026-03-22"),
        ("INV-2026-0002", "2026-02-20", "2026-03-22"),
    ]


def test_a_new_year_begins_its_numbers_anew(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    made.bill("2026-11-30", "2026-12-30")
    made.bill("2026-12-31", "2027-01-02")
    assert numbers(book) == [("INV-2026-0001", "2026-12-30"), ("INV-2027-0001", "2027-01-02")]


def test_a_run_is_dated_from_the_last_invoice_on(book: Book, made: Contracts) -> None:
    client = made.client()
    made.agreement(client)
    assert earliest_issue_date(book) is None
    made.bill("2026-11-30", "2026-12-30")
    made.bill("2026-12-31", "2027-01-02")
    made.one_off(client, None, "2027-01-01", "500", kind="deposit")
    made.bill("2027-01-31", "2027-02-05", scope=Scope(clients=["C1"], agreements=["A1"]))
    assert earliest_issue_date(book) == day("2027-02-05")


def test_the_last_invoice_of_the_old_year_may_follow_the_first_of_the_new(book: Book, made: Contracts) -> None:
    """Each year counts for itself; the dates within it do not run backwards."""
    first, second = made.client("C1"), made.client("C2")
    made.agreement(first, "A1")
    made.bill("2026-11-30", "2027-01-05")
    made.agreement(second, "A2")
    assert made.bill("2026-11-30", "2026-12-31").outcomes["issued"] == 1
    assert numbers(book)[-1] == ("INV-2026-0001", "2026-12-31")


@pytest.mark.parametrize(
    "rule, month, expected",
    [
        ("never", 1, ["N1 block", "N2"]),
        ("fiscal", 4, ["N1 block", "N2"]),
        ("calendar", 1, ["N1", "N1"]),
    ],
)
def test_the_series_own_year_decides_what_is_backwards(
    tmp_path: Path, rule: str, month: int, expected: list[str]
) -> None:
    with new_book(tmp_path, file="series.sheaf", fiscal_start_month=month) as book:
        made = Contracts(book)
        made.update(Series, 1, pattern="N{n}" if rule == "never" else "N{n}-{year}", year_rule=rule)
        made.agreement(made.client("C1"), "A1")
        made.bill("2026-11-30", "2027-01-05")
        made.agreement(made.client("C2"), "A2")
        blocked = made.bill("2026-11-30", "2026-12-31").outcomes["held"] == 1
        assert blocked == ("block" in expected[0])
        if blocked:
            (found,) = exceptions(book)
            assert look_again(book, [found.draft_id], actor=ANNE) == 1
            resume(book, found.run, actor=ANNE, now=book.now)
            assert [on for _, on in numbers(book)] == ["2027-01-05", "2027-01-05"]


def test_kinds_have_series_of_their_own(book: Book, made: Contracts) -> None:
    client = made.client()
    agreement = made.agreement(client)
    made.bill("2026-01-31", "2026-02-10")
    # The deposits' own series is still empty: an earlier date is not backwards in it.
    made.one_off(client, agreement, "2026-01-05", "500", kind="deposit")
    assert made.bill("2026-01-31", "2026-02-05").invoices == ["DP-2026-0001"]


# --- one bad draft among good ones


@pytest.mark.usefixtures("small_chunks")
def test_a_draft_that_cannot_be_issued_is_parked_and_the_others_go_on(
    book: Book, made: Contracts, caplog: pytest.LogCaptureFixture
) -> None:
    for k in range(5):
        made.agreement(made.client(f"C{k}", terms="whenever" if k == 2 else None), f"A{k}")
    with caplog.at_level(logging.WARNING):
        result = made.bill("2026-01-31")
    assert result.outcomes == {"issued": 4, "held": 0, "skipped": 0, "failed": 1}
    assert [number for number, _ in numbers(book)] == [f"INV-2026-000{k}" for k in (1, 2, 3, 4)]
    assert "“whenever” is not a payment term" in caplog.text
    (found,) = exceptions(book)
    assert (found.agreement, found.severity, found.code) == ("A2", "block", "failed")
    assert "“whenever” is not a payment term" in found.message
    assert [one.reason for one in explain(book, result.run) if one.outcome == "failed"] == [found.message]
    with pytest.raises(UserError, match="cannot be approved"):
        approve(book, [found.id], "", actor=ANNE, now=book.now)
    again = made.bill("2026-01-31")
    assert again.outcomes["skipped"] == 5
    made.update(Client, 3, terms="net 7")
    # The terms stand on the draft: the second look that resume takes finds them changed.
    assert resume(book, result.run, actor=ANNE, now=book.now).outcomes["held"] == 1
    assert look_again(book, [found.draft_id], actor=ANNE) == 1
    assert resume(book, result.run, actor=ANNE, now=book.now).outcomes["issued"] == 5
    assert numbers(book)[-1][0] == "INV-2026-0005"


@pytest.mark.usefixtures("small_chunks")
def test_what_was_parked_is_tried_again_by_resume(book: Book, made: Contracts, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(draft: Any, *rest: Any) -> Any:
        if draft.client_id == 1:
            raise ValueError("no template fits")
        return ready(draft, *rest)

    for k in (1, 2, 3):
        made.agreement(made.client(f"C{k}"), f"A{k}")
    monkeypatch.setattr("desktop.services.runs.issuing_runs.ready", broken)
    result = made.bill("2026-01-31")
    assert result.outcomes == {"issued": 2, "held": 0, "skipped": 0, "failed": 1}
    assert resume(book, result.run, actor=ANNE, now=book.now).outcomes["failed"] == 1
    monkeypatch.undo()
    assert resume(book, result.run, actor=ANNE, now=book.now).outcomes["issued"] == 3
    assert exceptions(book) == []


@pytest.mark.usefixtures("small_chunks")
def test_a_source_billed_behind_the_runs_back_parks_its_draft(
    book: Book, made: Contracts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong before, the schema refuses to bill hours twice, and the run goes on."""
    client = made.client()
    agreement = made.agreement(client, "A1", {"kind": "time"}, billing="time")
    entry = made.hours(client, agreement, "2026-01-10", "1")
    made.bill("2026-01-31")
    others = [made.agreement(made.client(f"C{k}"), f"B{k}") for k in (2, 3)]
    run = plan(book, through=day("2026-01-31"), issue_date=day("2026-01-31"), actor=ANNE, now=book.now)
    body = value(book, "SELECT body FROM draft WHERE run_id = ? ORDER BY id LIMIT 1", run.id)
    twice = body.replace('"charges":[', f'"charges":[["time",{agreement},{entry},"2026-01-10","2026-01-11",0,1,1,0],')
    with book.writing() as session:
        session.connection().exec_driver_sql("UPDATE draft SET body = ? WHERE id = 2", (twice,))
    monkeypatch.setattr("desktop.services.runs.issuing_runs.recheck", lambda connection, run, part, now: part)
    result = resume(book, run.number, actor=ANNE, now=book.now)
    assert result.outcomes == {"issued": 1, "held": 0, "skipped": 1, "failed": 1}
    assert [one.message for one in exceptions(book)] == ["Something of it is billed already."]
    assert len(others) == 2
    discard(book, [2], actor=ANNE)


def test_a_bug_is_not_parked(book: Book, made: Contracts, monkeypatch: pytest.MonkeyPatch) -> None:
    made.agreement(made.client())

    def broken(*_: Any) -> Any:
        raise KeyError("a bug")

    monkeypatch.setattr("desktop.services.runs.issuing_runs.ready", broken)
    with pytest.raises(KeyError):
        made.bill("2026-01-31")
    assert interrupted(book) == ["R-2026-0001"]
    monkeypatch.undo()
    assert resume(book, "R-2026-0001", actor=ANNE, now=book.now).outcomes["issued"] == 1


def test_without_a_series_the_draft_says_so(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    with change(book, ANNE, "No series") as changed:
        changed.update(Series, 1, is_default=False)
    assert made.bill("2026-01-31").outcomes["failed"] == 1
    assert "no number series" in exceptions(book)[0].message
    made.update(Series, 1, is_default=True)
    assert resume(book, "R-2026-0001", actor=ANNE, now=book.now).outcomes["issued"] == 1


# --- cancel, and other people's writes in between


class Stopped(Exception):
    pass


@pytest.mark.usefixtures("small_chunks")
def test_a_cancel_takes_effect_between_chunks_and_the_rest_is_resumed(book: Book, made: Contracts) -> None:
    for k in range(5):
        made.agreement(made.client(f"C{k}"), f"A{k}")
    steps: list[tuple[int, int, str]] = []

    def report(done: int, total: int, text: str) -> None:
        steps.append((done, total, text))
        if (text, done) == ("Issuing", 2):
            raise Stopped

    with pytest.raises(Stopped):
        made.bill("2026-01-31", report=report)
    assert len(numbers(book)) == 2
    assert value(book, "SELECT state FROM run") == "issuing"
    assert [step for step in steps if step[2] == "Planning"] == [
        (0, 5, "Planning"),
        (2, 5, "Planning"),
        (4, 5, "Planning"),
        (5, 5, "Planning"),
    ]
    assert resume(book, "R-2026-0001", actor=ANNE, now=book.now).outcomes["issued"] == 5


def between(text: str, at: int, act: Any) -> Any:
    def report(done: int, total: int, said: str) -> None:
        if (said, done) == (text, at):
            act()

    return report


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("act", ["hold", "discard", "client"])
def test_what_a_person_decides_between_chunks_counts(book: Book, made: Contracts, act: str) -> None:
    for k in range(4):
        made.agreement(made.client(f"C{k}"), f"A{k}")

    def person() -> None:
        if act == "hold":
            hold_drafts(book, [4], "Wait", actor="Ben", now=book.now)
        elif act == "discard":
            discard(book, [4], actor="Ben")
        else:
            made.update(Client, 4, on_hold=True)

    result = made.bill("2026-01-31", report=between("Issuing", 2, person))
    assert result.outcomes["issued"] == 3
    assert result.outcomes["skipped" if act == "discard" else "held"] == 1
    assert value(book, "SELECT state FROM draft WHERE id = 4") == ("discarded" if act == "discard" else "held")


@pytest.mark.usefixtures("small_chunks")
def test_what_a_person_changes_while_a_run_plans_is_seen(book: Book, made: Contracts) -> None:
    for k in range(4):
        made.agreement(made.client(f"C{k}"), f"A{k}")
    change_first = between("Planning", 2, lambda: made.update(Client, 1, on_hold=True))
    result = made.bill("2026-01-31", report=change_first)
    assert result.outcomes == {"issued": 3, "held": 1, "skipped": 0, "failed": 0}


@pytest.mark.usefixtures("small_chunks")
def test_a_run_discarded_while_it_is_planned_plans_no_more(book: Book, made: Contracts) -> None:
    for k in range(4):
        made.agreement(made.client(f"C{k}"), f"A{k}")
    away = between("Planning", 2, lambda: discard_run(book, "R-2026-0001", actor="Ben", now=book.now))
    with pytest.raises(UserError, match="was discarded while it was planned"):
        made.bill("2026-01-31", report=away)
    assert value(book, "SELECT count(*) FROM invoice") == 0
    assert made.bill("2026-01-31").outcomes["issued"] == 4


@pytest.mark.usefixtures("small_chunks")
def test_a_run_and_a_person_write_at_the_same_time(book: Book, made: Contracts) -> None:
    for k in range(30):
        made.agreement(made.client(f"C{k:02d}"), f"A{k:02d}")
    stop, written, failed = threading.Event(), [0], list[BaseException]()

    def person() -> None:
        try:
            while not stop.is_set():
                with change(book, "Ben", "Note") as changed:
                    changed.update(Client, 1 + written[0] % 30, note=f"call {written[0]}")
                written[0] += 1
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=person)
    thread.start()
    try:
        result = made.bill("2026-01-31")
    finally:
        stop.set()
        thread.join()
    assert failed == []
    assert written[0] >= 10
    assert result.outcomes == {"issued": 30, "held": 0, "skipped": 0, "failed": 0}
    assert [number for number, _ in numbers(book)] == [f"INV-2026-{k:04d}" for k in range(1, 31)]


@pytest.mark.usefixtures("small_chunks")
def test_two_that_issue_one_run_at_once_issue_it_once(book: Book, made: Contracts) -> None:
    for k in range(8):
        made.agreement(made.client(f"C{k}"), f"A{k}")
    run = plan(book, through=day("2026-01-31"), issue_date=day("2026-01-31"), actor=ANNE, now=book.now)
    failed = list[BaseException]()

    def go() -> None:
        try:
            issue(book, run, actor=ANNE, now=book.now)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(numbers(book)) == 8
    assert value(book, "SELECT state FROM run") == "done"


def test_only_one_run_begins_at_a_time(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    results, refused = list[Any](), list[UserError]()
    gate = threading.Barrier(2)

    def go() -> None:
        gate.wait()
        try:
            results.append(made.bill("2026-01-31"))
        except UserError as error:
            refused.append(error)

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) + len(refused) == 2
    assert sum(result.outcomes["issued"] for result in results) == 1
    assert all("was interrupted" in error.message for error in refused)


# --- disks that fail


def fill(book: Book) -> None:
    """A bit of everything: months, hours, charges, a deposit, a hold, a block, a foreign currency."""
    made = Contracts(book)
    for k in range(4):
        client = made.client(f"C{k}", on_hold=k == 2, combine=k == 3)
        agreement = made.agreement(client, f"A{k}", {}, {"kind": "time"}, billing="hybrid")
        made.hours(client, agreement, "2026-01-10", "1.5")
        made.agreement(client, f"B{k}", start_date="2026-01-11")
    made.one_off(1, 1, "2026-01-15", "300", kind="deposit")
    made.one_off(2, None, "2026-01-15", "77")
    made.agreement(made.client("FR", country="FR"), "F1")
    made.agreement(made.client("US", country="US", currency="USD"), "U1", currency="USD")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed book with a run due."""
    folder = tmp_path_factory.mktemp("before")
    with new_book(folder) as book:
        fill(book)
        return book.path


@pytest.fixture(scope="module")
def undisturbed(before: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    with copied(before, tmp_path_factory.mktemp("undisturbed") / "b.sheaf") as book:
        Contracts(book).bill("2026-01-31")
        assert check(book).problems == ()
        return told(book)


def copied(source: Path, target: Path, driver: Driver | None = None) -> Book:
    target.unlink(missing_ok=True)
    shutil.copyfile(source, target)
    book = open_book(target, driver=driver) if driver else open_book(target)
    book.clock = lambda: NOON
    return book


def go_on(book: Book) -> None:
    """What a person does after the disk was mended: resume the run, or begin it where it never began."""
    runs = rows(book, "SELECT number FROM run")
    if runs:
        assert interrupted(book) == [runs[0][0]] or value(book, "SELECT state FROM run") in ("review", "done")
        resume(book, runs[0][0], actor=ANNE, now=book.now)
    else:
        Contracts(book).bill("2026-01-31")


@pytest.mark.usefixtures("small_chunks")
def test_an_error_at_any_write_of_a_run_stops_it_and_loses_nothing(
    before: Path, undisturbed: dict[str, list[tuple[Any, ...]]], tmp_path: Path
) -> None:
    at, writes, said = 0, 1, set[str]()
    while at < writes:
        at += 1
        fault = Fault()
        with copied(before, tmp_path / "faulty.sheaf", fault.driver()) as book:
            fault.at, fault.seen = at, 0
            try:
                Contracts(book).bill("2026-01-31")
            except BookUnusable as error:
                said.add(error.message)
                writes = at + 1
            fault.at = 0
            # Nobody is to blame for a disk: no draft was parked.
            assert rows(book, "SELECT id FROM draft WHERE state = 'failed'") == []
            assert at % 4 or check(book).problems == ()
            go_on(book)
            assert told(book) == undisturbed, at
            assert at % 4 or check(book).problems == ()
    assert at > 60
    assert said == {"The disk of the book reported an error (disk I/O error). What was just asked for was not saved."}


@pytest.mark.usefixtures("small_chunks")
def test_a_full_disk_stops_a_run_and_room_lets_it_go_on(
    before: Path, undisturbed: dict[str, list[tuple[Any, ...]]], tmp_path: Path
) -> None:
    pages, stopped, said = 0, 0, set[str]()
    while True:
        disk = FullDisk()
        path = tmp_path / "full.sheaf"
        with copied(before, path) as room:
            pass
        disk.pages = pages
        full = open_book(path, driver=disk.driver())
        full.clock = lambda: NOON
        with full:
            try:
                Contracts(full).bill("2026-01-31")
                done = True
            except BookUnusable as error:
                said.add(error.message)
                done = False
                stopped += 1
            assert rows(full, "SELECT id FROM draft WHERE state = 'failed'") == []
        with open_book(path) as room:
            room.clock = lambda: NOON
            assert check(room).problems == ()
            go_on(room)
            assert told(room) == undisturbed
        if done:
            break
        pages += 1
    assert stopped > 5
    assert said == {"The disk is full. What was just asked for was not saved; everything before it is."}
