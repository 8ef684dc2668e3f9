"""Jobs: results, progress, cancel, errors, what changed, and a shutdown that leaves no thread behind."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread
from pytestqt.qtbot import QtBot

from desktop.errors import UserError
from desktop.jobs import Job, Jobs, Lane, Progress, Report, State


@pytest.fixture
def jobs(qapp: QCoreApplication) -> Iterator[Jobs]:
    jobs = Jobs()
    yield jobs
    jobs.close()


class Listener(QObject):
    """Keeps what arrives and in which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[object] = []
        self.threads: set[QThread] = set()

    def hear(self, content: object) -> None:
        self.heard.append(content)
        self.threads.add(QThread.currentThread())


class Mortal:
    """Tells in which thread it died."""

    def __init__(self, deaths: list[int]) -> None:
        self.deaths = deaths

    def __del__(self) -> None:
        self.deaths.append(threading.get_ident())


def finish(qtbot: QtBot, jobs: Jobs, job: Job) -> None:
    with qtbot.waitSignal(job.ended, timeout=5000):
        jobs.start(job)


def test_the_work_runs_elsewhere_and_its_result_arrives_in_the_window_thread(qtbot: QtBot, jobs: Jobs) -> None:
    listener = Listener()
    job = Job("Count", lambda report: threading.get_ident())
    with qtbot.waitSignal(job.ended):
        jobs.start(job, then=listener.hear)
    assert job.state is State.DONE
    assert listener.heard != [threading.get_ident()]
    assert listener.threads == {listener.thread()}


def test_what_the_work_holds_dies_in_the_window_thread(qtbot: QtBot, jobs: Jobs) -> None:
    deaths: list[int] = []

    def ask() -> None:
        held = Mortal(deaths)
        jobs.ask(lambda: isinstance(held, Mortal), lambda _answer: None)

    ask()
    # The worker is done with it, and the window has not heard of that yet.
    jobs._executors[Lane.HAND].submit(lambda: None).result()
    assert deaths == []
    qtbot.waitUntil(lambda: not jobs.busy)
    assert deaths == [threading.get_ident()]


def test_what_a_traceback_holds_dies_in_the_window_thread(qtbot: QtBot, jobs: Jobs) -> None:
    deaths: list[int] = []
    errors: list[object] = []

    def ask() -> None:
        held = Mortal(deaths)

        def work() -> object:
            mine = held
            try:
                raise KeyError("inner")
            except KeyError as error:
                raise UserError(f"outer {type(mine).__name__}") from error

        jobs.ask(work, lambda _answer: None, errors.append)

    ask()
    jobs._executors[Lane.HAND].submit(lambda: None).result()
    qtbot.waitUntil(lambda: not jobs.busy)
    assert (len(errors), deaths) == (1, [])
    errors.clear()
    assert deaths == [threading.get_ident()]


def test_no_worker_keeps_an_answer_or_an_error_that_the_window_has(qtbot: QtBot, jobs: Jobs) -> None:
    """The window may have dropped it, and then the worker would be the last to hold it."""
    deaths: list[int] = []

    def fail() -> None:
        raise UserError(Mortal(deaths))  # type: ignore[arg-type]

    # The future of a job is what its worker holds longest.
    for work in (lambda: Mortal(deaths), fail):
        job = jobs.ask(work, lambda _answer: None, lambda _error: None)
        assert job._future is not None
        future = job._future
        qtbot.waitUntil(lambda: not jobs.busy)
        assert future.exception() is None
        assert future.result() is None
        job.error = None
    assert deaths == [threading.get_ident()] * 2


def test_a_plain_function_as_slot_also_runs_in_the_window_thread(qtbot: QtBot, jobs: Jobs) -> None:
    idents: list[int] = []
    job = Job("Report", lambda report: report(1, 2, "half"))
    job.progressed.connect(lambda _progress: idents.append(threading.get_ident()))
    with qtbot.waitSignal(job.ended):
        jobs.start(job, then=lambda _result: idents.append(threading.get_ident()))
    assert idents == [threading.get_ident()] * 2


def test_a_result_beyond_32_bits_arrives_whole(qtbot: QtBot, jobs: Jobs) -> None:
    listener = Listener()
    with qtbot.waitSignal(jobs.ask(lambda: 2**40, listener.hear).ended):
        pass
    assert listener.heard == [2**40]


def test_progress_is_thinned_but_the_last_report_arrives(qtbot: QtBot, jobs: Jobs) -> None:
    def count(report: Report) -> None:
        for number in range(1, 20_001):
            report(number, 20_000, f"row {number}")

    listener = Listener()
    job = Job("Count", count)
    job.progressed.connect(listener.hear)
    finish(qtbot, jobs, job)
    assert listener.heard[-1] == Progress(20_000, 20_000, "row 20000")
    assert len(listener.heard) < 200
    assert job.progress.done == 20_000


def test_cancel_takes_effect_at_the_next_report(qtbot: QtBot, jobs: Jobs) -> None:
    begun, steps = threading.Event(), []

    def work(report: Report) -> None:
        begun.set()
        for number in range(10_000):
            report(number, 10_000, "")
            steps.append(number)
            time.sleep(0.001)

    listener, changes = Listener(), Listener()
    jobs.changed.connect(changes.hear)
    job = Job("Issue", work, {"invoices"})
    with qtbot.waitSignal(job.ended):
        jobs.start(job, then=listener.hear)
        begun.wait(5)
        job.cancel()
    assert job.state is State.CANCELLED
    assert len(steps) < 10_000
    assert listener.heard == []
    # The chunks before the cancel are written: the pages must reload.
    assert changes.heard == [frozenset({"invoices"})]


def test_an_except_exception_around_a_chunk_does_not_swallow_the_cancel(qtbot: QtBot, jobs: Jobs) -> None:
    begun = threading.Event()

    def work(report: Report) -> None:
        begun.set()
        while True:
            try:
                report(0, 0, "")
            except Exception:
                return

    job = Job("Issue", work)
    with qtbot.waitSignal(job.ended):
        jobs.start(job)
        begun.wait(5)
        job.cancel()
    assert job.state is State.CANCELLED


def test_a_job_cancelled_while_it_waits_never_begins(qtbot: QtBot, jobs: Jobs) -> None:
    gate, ran = threading.Event(), []
    first = Job("First", lambda report: gate.wait(5))
    second = Job("Second", lambda report: ran.append(1))
    with qtbot.waitSignals([first.ended, second.ended, jobs.idle]):
        jobs.start(first)
        jobs.start(second)
        second.cancel()
        gate.set()
    assert second.state is State.CANCELLED
    assert ran == []


def test_the_book_has_one_thread_and_a_hand_beside_it(qtbot: QtBot, jobs: Jobs) -> None:
    """A person's own write slips in while a run goes on."""
    gate = threading.Event()
    threads: list[str] = []

    def plan(report: Report) -> None:
        threads.append(threading.current_thread().name)
        gate.wait(5)

    long = Job("Run", plan)
    after = Job("Import", lambda report: threads.append(threading.current_thread().name))
    jobs.start(long)
    jobs.start(after)
    finish(qtbot, jobs, Job("Save", lambda report: None, lane=Lane.HAND))
    assert after.state is State.WAITING
    with qtbot.waitSignal(after.ended):
        gate.set()
    assert len(set(threads)) == 1


def test_an_error_of_the_user_goes_to_the_window_with_its_remedy(qtbot: QtBot, jobs: Jobs) -> None:
    def work(report: Report) -> None:
        raise UserError("The file is empty.", "Choose another one.")

    job = Job("Import", work, {"clients"})
    with qtbot.waitSignals([jobs.failed, jobs.changed, job.ended]):
        jobs.start(job)
    assert job.state is State.FAILED
    assert isinstance(job.error, UserError)
    assert job.error.remedy == "Choose another one."


def test_a_bug_keeps_its_traceback_in_the_log(qtbot: QtBot, jobs: Jobs, caplog: pytest.LogCaptureFixture) -> None:
    def divide(report: Report) -> float:
        return 1 / 0

    with caplog.at_level(logging.ERROR, "desktop.jobs"):
        finish(qtbot, jobs, Job("Divide", divide))
    assert "ZeroDivisionError" in caplog.text
    assert "in divide" in caplog.text


def test_who_takes_the_error_keeps_it_from_the_window(qtbot: QtBot, jobs: Jobs) -> None:
    def work(report: Report) -> None:
        raise UserError("No such client.")

    listener = Listener()
    job = Job("Save", work)
    with qtbot.assertNotEmitted(jobs.failed), qtbot.waitSignal(job.ended):
        jobs.start(job, failed=listener.hear)
    assert [str(error) for error in listener.heard] == ["No such client."]


def test_a_listener_that_is_gone_hears_nothing(qtbot: QtBot, jobs: Jobs) -> None:
    gate = threading.Event()
    listener = Listener()
    heard = listener.heard
    job = Job("Read", lambda report: gate.wait(5))
    jobs.start(job, then=listener.hear)
    listener.deleteLater()
    QCoreApplication.sendPostedEvents(listener, QEvent.Type.DeferredDelete)
    with qtbot.waitSignal(job.ended):
        gate.set()
    assert heard == []


def _destroy(one: QObject) -> None:
    one.deleteLater()
    QCoreApplication.sendPostedEvents(one, QEvent.Type.DeferredDelete)


def _lambda(listener: Listener, heard: list[object]) -> Callable[[object], object]:
    return lambda content: heard.append((listener.objectName(), content))


def _partial(listener: Listener, heard: list[object]) -> Callable[[object], object]:
    return partial(lambda one, content: heard.append((one.objectName(), content)), listener)


def _nested(listener: Listener, heard: list[object]) -> Callable[[object], object]:
    show = _lambda(listener, heard)

    def again(content: object) -> object:
        return show(content) if content is not None else again("nothing")

    return again


@pytest.mark.parametrize("make", [_lambda, _partial, _nested])
def test_an_answer_that_holds_what_is_deleted_is_dropped(
    qtbot: QtBot, jobs: Jobs, make: Callable[[Listener, list[object]], Callable[[object], object]]
) -> None:
    heard: list[object] = []
    gone, here = Listener(), Listener()
    gate = threading.Event()
    job = Job("Read", lambda report: gate.wait(5))
    jobs.start(job, make(gone, heard))
    _destroy(gone)
    with qtbot.waitSignal(job.ended):
        gate.set()
    assert heard == []
    other = Job("Read", lambda report: True)
    with qtbot.waitSignal(other.ended):
        jobs.start(other, make(here, heard))
    assert heard == [("", True)]


def _through_function(form: Listener) -> Callable[[object], object]:
    def hear(error: object) -> None:
        form.hear(error)

    return hear


@pytest.mark.parametrize("changes, told", [({"clients"}, 1), (set(), 0)])
def test_that_a_write_failed_is_told_though_its_form_is_gone(
    qtbot: QtBot, jobs: Jobs, changes: set[str], told: int
) -> None:
    shown = Listener()
    jobs.failed.connect(shown.hear)
    gate = threading.Event()

    def work(_report: Report) -> None:
        gate.wait(5)
        raise UserError("No such client.")

    for as_method in (True, False):
        shown.heard.clear()
        gate.clear()
        form = Listener()
        job = Job("Save", work, changes, quiet=True)
        jobs.start(job, failed=form.hear if as_method else _through_function(form))
        _destroy(form)
        with qtbot.waitSignal(job.ended):
            gate.set()
        assert shown.heard == [job] * told


def test_close_waits_for_the_threads_and_delivers_what_they_said(qapp: QCoreApplication) -> None:
    jobs = Jobs()
    begun = threading.Event()
    ended = Listener()
    jobs.ended.connect(ended.hear)

    def work(report: Report) -> None:
        begun.set()
        while True:
            report(0, 0, "")
            time.sleep(0.001)

    running = jobs.start(Job("Run", work))
    waiting = jobs.start(Job("Import", lambda report: None))
    begun.wait(5)
    jobs.close()
    assert {running.state, waiting.state} == {State.CANCELLED}
    assert ended.heard == [waiting, running]
    assert not [
        thread.name for thread in threading.enumerate() if thread.name.startswith(("book", "hand", "side", "later"))
    ]
    ran: list[int] = []
    late = jobs.start(Job("Late", lambda report: ran.append(1)))
    assert late.state is State.CANCELLED
    assert ran == []


def test_a_quiet_question_is_not_shown(qtbot: QtBot, jobs: Jobs) -> None:
    gate = threading.Event()
    asked = jobs.ask(lambda: gate.wait(5), print)
    shown = jobs.start(Job("Import", lambda report: gate.wait(5)))
    assert jobs.shown == [shown]
    with qtbot.waitSignals([asked.ended, shown.ended]):
        gate.set()
    assert jobs.shown == []


def test_what_nobody_waits_for_lets_lists_go_first(qtbot: QtBot, jobs: Jobs) -> None:
    beside = Jobs(jobs)
    order: list[str] = []
    gate = threading.Event()

    def first_list() -> None:
        gate.wait(5)
        order.append("list")

    first = beside.ask(first_list, print)
    later = jobs.ask(lambda: order.append("later"), print, lane=Lane.LATER)
    second = jobs.ask(lambda: order.append("next list"), print)
    with qtbot.waitSignals([first.ended, second.ended, later.ended], timeout=5000):
        gate.set()
    assert order == ["list", "next list", "later"]


def test_a_question_that_gave_way_is_cancelled_before_it_begins(qtbot: QtBot, jobs: Jobs) -> None:
    gate = threading.Event()
    ran: list[int] = []
    jobs.ask(lambda: gate.wait(5), print)
    later = jobs.ask(lambda: ran.append(1), print, lane=Lane.LATER)
    with qtbot.waitSignal(later.ended, timeout=5000):
        later.cancel()
    assert (later.state, ran) == (State.CANCELLED, [])
    gate.set()
