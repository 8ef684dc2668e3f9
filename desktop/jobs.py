"""Long work off the window's thread: a job, its progress, its cancel, and word of what it changed.

Every signal here is emitted in the thread that made `Jobs`, the window's, whatever the slot is: a worker only
posts to the mailbox, since a lambda or a partial connected to a worker's signal would run in the worker.
"""

import logging
import os
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from enum import Enum
from functools import partial
from itertools import count
from threading import Condition, Event
from types import FunctionType, MethodType
from typing import NamedTuple
from weakref import WeakMethod

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from shiboken6 import isValid

from desktop.errors import UserError

log = logging.getLogger(__name__)

# More often than this nobody can read it, and each one costs the window a repaint.
_SECONDS_BETWEEN_REPORTS = 0.05
# So soon one that gives way hears that it was cancelled.
_SECONDS_BETWEEN_LOOKS = 0.05


class Cancelled(BaseException):
    """The person asked to stop. Not an Exception, so that no `except Exception` around a chunk swallows it."""


class Lane(Enum):
    """Where a job waits for its turn.

    BOOK is one thread for the long work on the book. HAND is one thread for lists and a person's own small
    writes, which slip in between the chunks of BOOK. SIDE is for rendering and files. LATER is one thread for
    questions that look at the whole book and that nobody waits for: none begins while HAND has something to do. MAIL is
    one thread for what waits for servers and printers.
    """

    BOOK = "book"
    HAND = "hand"
    SIDE = "side"
    LATER = "later"
    MAIL = "mail"


class State(Enum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Progress(NamedTuple):
    """`total` is 0 where the amount of work is not known."""

    done: int
    total: int
    text: str


Report = Callable[[int, int, str], None]

_numbers = count()


class _Task:
    """All of a job that a worker knows: were it to drop the last reference to a QObject, it would destroy it. So the
    window's thread takes the work away, once it is done."""

    def __init__(self, work: Callable[[Report], object]) -> None:
        self.number = next(_numbers)
        self.work = work
        self.stop = Event()


class Job(QObject):
    """One piece of work. `work` gets `report(done, total, text)`, which raises Cancelled where a cancel was asked.

    It runs in another thread: it must not touch a widget, nor may its result hold one.
    `changes` names what the work writes ("invoices", "payments"). It is announced however the job ends,
    since work that failed half-way has written its first chunks. A quiet job is not shown in the job bar.
    """

    progressed = Signal(object)  # Progress
    succeeded = Signal(object)  # what the work returned
    failed = Signal(object)  # the exception
    ended = Signal(object)  # this job, after any of the above

    def __init__(
        self,
        title: str,
        work: Callable[[Report], object],
        changes: Collection[str] = (),
        *,
        lane: Lane = Lane.BOOK,
        quiet: bool = False,
    ) -> None:
        super().__init__()
        self.title = title
        self.changes = frozenset(changes)
        self.lane = lane
        self.quiet = quiet
        self.state = State.WAITING
        self.progress = Progress(0, 0, "")
        self.error: BaseException | None = None
        self._heard: Callable[[], bool] | None = None
        self._task = _Task(work)
        self._future: Future[None] | None = None

    @property
    def stopping(self) -> bool:
        return self._task.stop.is_set()

    def cancel(self) -> None:
        """Stop before the work begins, or at its next report; what is written until then stays."""
        self._task.stop.set()
        if self._future is not None:
            self._future.cancel()


class _Precedence:
    """How much of HAND runs or waits, in all windows of a book; LATER lets it go first."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = Condition()

    def add(self, change: int) -> None:
        with self._changed:
            self._count += change
            self._changed.notify_all()

    def wait(self, stop: Event) -> None:
        with self._changed:
            while self._count and not stop.is_set():
                self._changed.wait(_SECONDS_BETWEEN_LOOKS)


class _Letter(NamedTuple):
    number: int
    state: State
    content: object


class Jobs(QObject):
    """Runs jobs in their lanes and tells the window about them."""

    started = Signal(object)  # Job
    progressed = Signal(object)  # Job
    ended = Signal(object)  # Job
    failed = Signal(object)  # Job, whose error its starter leaves to the window
    changed = Signal(object)  # frozenset[str]: what was written
    idle = Signal()  # nothing runs or waits any more

    _posted = Signal()  # from whichever thread: one more letter is in the box

    def __init__(self, beside: "Jobs | None" = None) -> None:
        """`beside` others it shares their lanes, and what any of them wrote is told to all: windows of one book."""
        super().__init__()
        self._executors: dict[Lane, Executor] = (
            beside._executors
            if beside is not None
            else {
                Lane.BOOK: ThreadPoolExecutor(1, "book"),
                Lane.HAND: ThreadPoolExecutor(1, "hand"),
                Lane.SIDE: ThreadPoolExecutor(max(2, min(4, os.cpu_count() or 2)), "side"),
                Lane.LATER: ThreadPoolExecutor(1, "later"),
                Lane.MAIL: ThreadPoolExecutor(1, "mail"),
            }
        )
        self._precedence: _Precedence = beside._precedence if beside is not None else _Precedence()
        self._family: list[Jobs] = beside._family if beside is not None else []
        self._family.append(self)
        self._alive: dict[int, Job] = {}
        # A letter that went with the signal could be dropped last by the worker, with all that an answer or the frames
        # of a traceback hold.
        self._box: deque[_Letter] = deque()
        self._closed = False
        self._retired = False
        self._posted.connect(self._receive, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether anything runs or waits, here or beside."""
        return any(one._alive for one in self._family)

    @property
    def alive(self) -> bool:
        """Whether anything of these runs or waits."""
        return bool(self._alive)

    @property
    def shown(self) -> list[Job]:
        """Jobs that run or wait and are not quiet, oldest first."""
        return [job for job in self._alive.values() if not job.quiet]

    def start(
        self,
        job: Job,
        then: Callable[[object], object] | None = None,
        failed: Callable[[object], object] | None = None,
    ) -> Job:
        """Queue a job. `then` gets its result, `failed` its exception; without `failed` the window shows the error.

        A page may close while its job runs: an answer for what is deleted by then is dropped, be it a bound method or
        a function that holds it. That a write failed is then for the window to show. After `close` nothing starts any
        more.
        """
        if self._closed:
            # The window is going away, and its last repaint must not bring it down.
            job.state = State.CANCELLED
            return job
        if then is not None:
            job.succeeded.connect(_while_it_lives(then))
        if failed is not None:
            job.failed.connect(_while_it_lives(failed))
            job._heard = _ears(failed)
        task = job._task
        self._alive[task.number] = job
        self.started.emit(job)
        lane = job.lane
        if lane is Lane.HAND:
            self._precedence.add(1)
        job._future = self._executors[lane].submit(self._run_later if lane is Lane.LATER else self._run, task)
        job._future.add_done_callback(lambda future: self._settle(task.number, lane, future))
        return job

    def ask(
        self,
        work: Callable[[], object],
        then: Callable[[object], object],
        failed: Callable[[object], object] | None = None,
        *,
        lane: Lane = Lane.HAND,
    ) -> Job:
        """A question to the book or to a file: no progress, not shown, changes nothing."""
        return self.start(Job("", lambda _report: work(), lane=lane, quiet=True), then, failed)

    def announce(self, changes: Collection[str]) -> None:
        """Say what was written outside a job, by a command that another process handed over."""
        if changes:
            for one in list(self._family):
                if not one._retired:
                    one.changed.emit(frozenset(changes))

    def cancel_all(self) -> None:
        for job in list(self._alive.values()):
            job.cancel()

    def retire(self) -> None:
        """The window of these is gone: nothing starts any more, and nobody is told of results. Those beside go on."""
        self._closed = self._retired = True
        self.cancel_all()
        self._leave_when_idle()

    def _leave_when_idle(self) -> None:
        # Until then the family holds it: what a worker posts must find it.
        if self._retired and not self._alive and self in self._family:
            self._family.remove(self)

    def close(self) -> None:
        """Cancel everything, also beside, and wait for it: no thread outlives this call. What was still posted is
        delivered."""
        for one in self._family:
            one._closed = True
            one.cancel_all()
        for executor in self._executors.values():
            executor.shutdown(wait=True)
        for one in list(self._family):
            QCoreApplication.sendPostedEvents(one)

    def _run_later(self, task: _Task) -> None:
        self._precedence.wait(task.stop)
        if task.stop.is_set():
            self._post(_Letter(task.number, State.CANCELLED, None))
        else:
            self._run(task)

    def _run(self, task: _Task) -> None:
        next_report = 0.0

        def report(done: int, total: int, text: str) -> None:
            nonlocal next_report
            if task.stop.is_set():
                raise Cancelled
            now = time.monotonic()
            if now >= next_report or 0 < total <= done:
                next_report = now + _SECONDS_BETWEEN_REPORTS
                self._post(_Letter(task.number, State.RUNNING, Progress(done, total, text)))

        self._post(_Letter(task.number, State.RUNNING, None))
        try:
            self._box.append(_Letter(task.number, State.DONE, task.work(report)))
        except Cancelled:
            self._box.append(_Letter(task.number, State.CANCELLED, None))
        except BaseException as error:
            self._box.append(_Letter(task.number, State.FAILED, error))
        self._posted.emit()

    def _settle(self, number: int, lane: Lane, future: Future[None]) -> None:
        """Runs in the worker, or where the job was cancelled while it waited."""
        if lane is Lane.HAND:
            self._precedence.add(-1)
        if future.cancelled():
            self._post(_Letter(number, State.CANCELLED, None))

    def _post(self, letter: _Letter) -> None:
        self._box.append(letter)
        self._posted.emit()

    def _receive(self) -> None:
        number, state, content = self._box.popleft()
        job = self._alive[number]
        job.state = state
        if state is State.RUNNING:
            if self._retired:
                return
            if isinstance(content, Progress):
                job.progress = content
                job.progressed.emit(content)
            self.progressed.emit(job)
            return
        del self._alive[number]
        # It may hold a whole import in its closure.
        job._task.work = _nothing
        if self._retired:
            self.announce(job.changes)
            self._leave_when_idle()
            return
        if state is State.DONE:
            job.succeeded.emit(content)
        elif state is State.FAILED:
            assert isinstance(content, BaseException)
            self._fail(job, content)
        self.announce(job.changes)
        self.ended.emit(job)
        job.ended.emit(job)
        if not self._alive:
            self.idle.emit()

    def _fail(self, job: Job, error: BaseException) -> None:
        job.error = error
        if not isinstance(error, UserError):
            log.error("%s failed", job.title or "A question", exc_info=error)
        asked, heard = job._heard is not None, job._heard is not None and job._heard()
        job.failed.emit(error)
        # Who asked and went away needs no answer; what was to be written, somebody believes to stand in the book.
        if not heard and (not asked or job.changes or not job.quiet):
            self.failed.emit(job)


def _held(answer: object, seen: set[int]) -> Iterator[QObject]:
    """The objects that a callable speaks to: its own, and those that it holds as a lambda or a partial."""
    if id(answer) in seen:
        return
    seen.add(id(answer))
    if isinstance(answer, QObject):
        yield answer
    elif isinstance(answer, MethodType):
        yield from _held(answer.__self__, seen)
    elif isinstance(answer, partial):
        for part in (answer.func, *answer.args, *answer.keywords.values()):
            yield from _held(part, seen)
    elif isinstance(answer, FunctionType):
        for part in (*(answer.__defaults__ or ()), *(answer.__kwdefaults__ or {}).values()):
            yield from _held(part, seen)
        for cell in answer.__closure__ or ():
            # One that is defined further down in its function is empty until then.
            with suppress(ValueError):
                yield from _held(cell.cell_contents, seen)


def _speaks_to_the_living(answer: object) -> bool:
    return all(isValid(one) for one in _held(answer, set()))


def _while_it_lives(answer: Callable[[object], object]) -> Callable[[object], object]:
    if isinstance(answer, MethodType):
        # Qt itself lets go of a method with its object, and holding it here would keep the object.
        return answer

    def tell(content: object) -> None:
        if _speaks_to_the_living(answer):
            answer(content)

    return tell


def _ears(answer: Callable[[object], object]) -> Callable[[], bool]:
    """Whether somebody would still hear; without keeping the object of a method."""
    if not isinstance(answer, MethodType):
        return lambda: _speaks_to_the_living(answer)
    method = WeakMethod(answer)
    return lambda: (found := method()) is not None and _speaks_to_the_living(found)


def _nothing(_report: Report) -> None:
    return None
