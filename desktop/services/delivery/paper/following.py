"""Follows print jobs in their queues, finds those again that the program lost, and takes them back.

The title of a job carries a mark of the program's own, by which it is known again.
"""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

from db.engine import Book
from desktop.delivery import printer
from desktop.delivery.printer import Queue, QueuedJob
from desktop.domain.delivery import CANCELLED, FAILED, SENDING, SENT, UNCERTAIN, WAITING
from desktop.domain.file_names import shortened
from desktop.domain.wording import Said, phrase
from desktop.errors import UserError
from desktop.i18n import _
from desktop.saying import put
from desktop.services.changes import change
from desktop.services.delivery.paper.print_jobs import PrintJobRow, accepted, noted, open_jobs, print_jobs, settle

_MARK: Final = re.compile(r"\[sheaf [0-9a-f]{12}\]")
_LONGEST_TITLE: Final = 200
_guard = threading.Lock()
_turns: WeakKeyDictionary[Book, threading.Lock] = WeakKeyDictionary()


def marked(name: str) -> str:
    """A title for a job that no other has; IPP allows a name 255 bytes, and what is cut would be the mark."""
    plain = "".join(sign if sign.isprintable() else " " for sign in name)
    return f"{shortened(plain, _LONGEST_TITLE)} [sheaf {uuid.uuid4().hex[:12]}]".strip()


def _turn(book: Book) -> threading.Lock:
    with _guard:
        return _turns.setdefault(book, threading.Lock())


@contextmanager
def printing_turn(book: Book) -> Iterator[None]:
    """While jobs are given to queues: one at a time, and nobody says meanwhile that a queue does not know one."""
    with _turn(book):
        yield


@dataclass(frozen=True, slots=True)
class Followed:
    """What the queues said since the last time: jobs by what became of them, and those that are still under way.

    `documents` counts those of the printed jobs. `problems` says which queue could not be asked, once each.
    """

    printed: int = 0
    documents: int = 0
    failed: int = 0
    uncertain: int = 0
    under_way: int = 0
    changed: bool = False
    problems: tuple[UserError, ...] = ()


def follow(book: Book) -> Followed:
    """Ask the queues what became of the jobs that are not over, and let documents stand as they say.

    A job that the program lost with its life is found by its title; one that its queue does not know any more is
    uncertain, and only a person says whether it is printed again.
    """
    with book.reading() as session:
        jobs = open_jobs(session.connection())
    if not jobs:
        return Followed()
    turn = _turn(book)
    # While a job is being given to its queue, nobody can say that the queue does not know it.
    alone = turn.acquire(blocking=False)
    try:
        return _follow(book, jobs if alone else [one for one in jobs if one.number is not None])
    finally:
        if alone:
            turn.release()


class _Asked(NamedTuple):
    """What a queue answered; without a queue there is none of that name any more."""

    queue: Queue | None
    jobs: list[QueuedJob]


class _Verdict(NamedTuple):
    """Where a job stands (sending where it is not over), the number by which it was found, and why."""

    state: str
    number: int | None
    answer: Said


def _follow(book: Book, jobs: Sequence[PrintJobRow]) -> Followed:
    asked: dict[str, _Asked] = {}
    problems: dict[str, UserError] = {}
    for name in dict.fromkeys(job.queue for job in jobs):
        try:
            asked[name] = _ask(name)
        except UserError as problem:
            problems[name] = problem
    verdicts = [(job, _verdict(job, asked[job.queue])) for job in jobs if job.queue in asked]
    # Nothing is written where nothing is new, so that asking every few seconds costs nothing.
    news = [(job, one) for job, one in verdicts if _is_news(job, one)]
    if news:
        with book.writing() as session:
            for job, one in news:
                if job.number is None and one.number is not None:
                    accepted(session.connection(), job.id, one.number)
                if one.state == SENDING:
                    noted(session.connection(), job.id, one.answer)
                else:
                    settle(session.connection(), job.id, one.state, one.answer, now=book.now)
    states = [one.state for _job, one in verdicts]
    return Followed(
        states.count(SENT),
        sum(job.documents for job, one in verdicts if one.state == SENT),
        states.count(FAILED),
        states.count(UNCERTAIN),
        states.count(SENDING) + len(jobs) - len(verdicts),
        bool(news),
        tuple(problems.values()),
    )


def _ask(name: str) -> _Asked:
    """UserError where nobody answers."""
    queue = next((one for one in printer.queues() if one.name == name), None)
    return _Asked(queue, printer.jobs(name) if queue is not None else [])


def number_of(queue: str, title: str) -> int | None:
    """The number of the job with this title, where the queue can be asked and knows it."""
    try:
        found = _named(_ask(queue).jobs, title)
    except UserError:
        return None
    return None if found is None else found.number


def _is_news(job: PrintJobRow, verdict: _Verdict) -> bool:
    return (job.state, job.number, job.answer) != (verdict.state, verdict.number, put(verdict.answer))


def _verdict(job: PrintJobRow, asked: _Asked) -> _Verdict:
    found = _named(asked.jobs, job.title) if job.number is None else _numbered(asked.jobs, job)
    if found is None:
        return _Verdict(UNCERTAIN, job.number, lost(job.queue) if job.number is None else _gone(job))
    match found.state:
        case "done":
            printed = phrase("Printed on {queue}, job {job}.", queue=job.queue, job=str(found.number))
            return _Verdict(SENT, found.number, printed)
        case "cancelled":
            return _Verdict(FAILED, found.number, _CANCELLED_THERE)
        case "aborted":
            return _Verdict(FAILED, found.number, _gave_up(found))
    return _Verdict(SENDING, found.number, _under_way(asked.queue, found))


def _named(known: Sequence[QueuedJob], title: str) -> QueuedJob | None:
    """The job with the program's own mark in its title."""
    mark = _MARK.search(title)
    if mark is None:
        return None
    return next((one for one in known if mark[0] in one.title), None)


def _numbered(known: Sequence[QueuedJob], job: PrintJobRow) -> QueuedJob | None:
    """The job by its number; a server that was set up anew counts from 1 again, and its job is another one."""
    found = next((one for one in known if one.number == job.number), None)
    # The server hides the title from all but the job's owner.
    return found if found is None or not found.title or _named([found], job.title) else None


def lost(queue: str) -> Said:
    return phrase(
        "The program ended while it gave this to the printer {queue}, whose queue does not know it: it may be printed"
        " or not.",
        queue=queue,
    )


def _gone(job: PrintJobRow) -> Said:
    return phrase(
        "The queue of {queue} does not know job {job} any more: it may be printed or not.",
        queue=job.queue,
        job=str(job.number),
    )


_CANCELLED_THERE: Final = phrase("Somebody cancelled the job in its queue: a part of it may be printed.")
_CANCELLED_HERE: Final = phrase("Cancelled while it was being printed: a part of it may be printed.")
_WITHDRAWN: Final = phrase("Cancelled before anything was printed.")


def _gave_up(job: QueuedJob) -> Said:
    if not job.words:
        return phrase("The printer gave the job up: a part of it may be printed.")
    return phrase("The printer gave the job up: {reason}", reason=job.words)


def _under_way(queue: Queue | None, job: QueuedJob) -> Said:
    name = queue.name if queue is not None else ""
    if job.state == "held":
        return phrase("The queue of {queue} holds the job until somebody releases it.", queue=name)
    if job.state == "stopped" or (queue is not None and queue.state == "stopped"):
        return phrase("The printer {queue} is stopped: the job waits in its queue.", queue=name)
    return Said("")


def cancel_jobs(book: Book, ids: Collection[int], *, actor: str) -> int:
    """Take jobs out of their queues; how many were. Documents of which nothing was printed wait again, those of a job
    that was being printed are failed and say so.

    UserError where a queue refuses, or none of the jobs can be cancelled any more.
    """
    follow(book)
    jobs = [one for one in print_jobs(book, list(ids)) if one.state == SENDING and one.number is not None]
    if not jobs:
        raise UserError(_("Nothing of this is in a queue any more."), _("Look at the list of print jobs."))
    for job in jobs:
        assert job.number is not None
        before = _numbered(_ask(job.queue).jobs, job)
        printer.cancel(job.queue, job.number)
        after = _numbered(_ask(job.queue).jobs, job)
        if after is not None and after.state == "done":
            follow(book)
            continue
        begun = before is None or before.state not in ("waiting", "held")
        summary = _("Cancel print job {job} on {queue}").format(job=job.number, queue=job.queue)
        with change(book, actor, summary, undoable=False) as made:
            settle(
                made.connection,
                job.id,
                CANCELLED,
                _CANCELLED_HERE if begun else _WITHDRAWN,
                now=made.at,
                actor=actor,
                documents=FAILED if begun else WAITING,
            )
    return len(jobs)
