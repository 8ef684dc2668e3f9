"""The printers of Linux and macOS: CUPS's queues, what they can do, jobs given to them and what became of those.

A job goes by `lp`, which knows how the system signs in; the PDF reaches the queue as it is.
"""

from __future__ import annotations

import getpass
import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from desktop.delivery import ipp
from desktop.errors import UserError
from desktop.i18n import _

QueueState = Literal["idle", "printing", "stopped"]
JobState = Literal["waiting", "held", "printing", "stopped", "cancelled", "aborted", "done"]

ONE_SIDED, LONG_EDGE, SHORT_EDGE = SIDES = ("one-sided", "two-sided-long-edge", "two-sided-short-edge")
"""On one side, or on both, turned over the long or the short edge (IPP's `sides`)."""

_QUEUE_STATES: Final[dict[int, QueueState]] = {3: "idle", 4: "printing", 5: "stopped"}
_JOB_STATES: Final[dict[int, JobState]] = {
    3: "waiting",
    4: "held",
    5: "printing",
    6: "stopped",
    7: "cancelled",
    8: "aborted",
    9: "done",
}
_OF_QUEUE = (
    "printer-name",
    "printer-info",
    "printer-location",
    "printer-state",
    "printer-state-message",
    "printer-state-reasons",
    "printer-is-accepting-jobs",
    "queued-job-count",
    "media-supported",
    "media-source-supported",
    "sides-supported",
    "copies-supported",
)
_OF_JOB = ("job-id", "job-name", "job-state", "job-state-reasons", "job-printer-state-message")
_ACCEPTED = re.compile(r"request id is (\S+)-(\d+) ")
_SECONDS = 120
_USUAL_COPIES = 999


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue and what it offers. `words` is what the printer says of itself, `jobs` how many are before a new one.

    `trays` are IPP's names of sources, `media` of paper sizes (iso_a4_210x297mm); empty where it has no choice.
    """

    name: str
    info: str = ""
    location: str = ""
    state: QueueState = "idle"
    words: str = ""
    accepting: bool = True
    jobs: int = 0
    usual: bool = False
    sides: tuple[str, ...] = ()
    trays: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    most_copies: int = _USUAL_COPIES


@dataclass(frozen=True, slots=True)
class Options:
    """How a job is printed; an empty text leaves it to the printer. Copies are collated: the whole job, then again."""

    copies: int = 1
    sides: str = ""
    tray: str = ""
    media: str = ""


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """A job as the queue knows it; `words` is what it says about it."""

    number: int
    title: str
    state: JobState
    words: str = ""


class Unclear(Exception):
    """`lp` was given the file and did not answer: the job may be in the queue or not."""


def available() -> bool:
    """Whether this system prints by CUPS."""
    return sys.platform != "win32" and shutil.which("lp") is not None


def queues() -> list[Queue]:
    """Every queue, the usual one first, then by name. UserError where no print server answers."""
    _need_commands()
    where = ipp.place()
    try:
        found = ipp.ask(where, ipp.GET_PRINTERS, wanted=_OF_QUEUE)
    except ipp.Refused as problem:
        if problem.status == ipp.NOT_FOUND:
            return []
        raise _refused(problem) from problem
    except ipp.Unreachable as problem:
        raise _unreachable(where) from problem
    usual = _usual(where)
    return sorted((_queue(one, usual) for one in found), key=lambda one: (not one.usual, one.name.casefold()))


def queue(name: str) -> Queue:
    """One queue. UserError where there is none of that name or no print server answers."""
    _need_commands()
    where = ipp.place()
    try:
        (found, *_others) = ipp.ask(where, ipp.GET_PRINTER, queue=name, wanted=_OF_QUEUE)
    except ipp.Refused as problem:
        raise (_unknown(name) if problem.status == ipp.NOT_FOUND else _refused(problem)) from problem
    except ipp.Unreachable as problem:
        raise _unreachable(where) from problem
    return _queue(found, "")


def submit(name: str, file: Path, title: str, options: Options) -> int:
    """Give a PDF to a queue; the job's number there.

    UserError where the queue certainly did not take it; Unclear where nobody knows.
    """
    there = queue(name)
    if not there.accepting:
        raise UserError(
            _("The printer {queue} takes no jobs at the moment.").format(queue=name),
            _("Let it accept jobs again in the system's printer settings, or choose another printer."),
        )
    chosen = ["-n", str(options.copies)]
    if options.copies > 1:
        chosen += ["-o", "multiple-document-handling=separate-documents-collated-copies"]
    if options.sides:
        chosen += ["-o", f"sides={options.sides}"]
    if options.tray:
        chosen += ["-o", f"media-col={{media-source={options.tray}}}"]
    if options.media:
        chosen += ["-o", f"media={options.media}", "-o", "fit-to-page"]
    try:
        done = _command("lp", "-d", name, "-t", title, *chosen, "--", str(file))
    except subprocess.TimeoutExpired as problem:
        raise Unclear from problem
    accepted = _ACCEPTED.search(done.stdout)
    if accepted:
        return int(accepted[2])
    if done.returncode == 0:
        raise Unclear
    raise _not_taken(name, done.stderr)


def jobs(name: str) -> list[QueuedJob]:
    """The jobs of a queue that it still remembers, those that are over too. UserError where it cannot be asked."""
    _need_commands()
    where = ipp.place()
    try:
        # The name of a job is shown to its owner alone.
        found = ipp.ask(where, ipp.GET_JOBS, queue=name, user=_user(), wanted=_OF_JOB, which_jobs="all")
    except ipp.Refused as problem:
        raise (_unknown(name) if problem.status == ipp.NOT_FOUND else _refused(problem)) from problem
    except ipp.Unreachable as problem:
        raise _unreachable(where) from problem
    return [
        QueuedJob(
            one["job-id"][0],
            _text(one, "job-name"),
            _JOB_STATES.get(_number(one, "job-state"), "waiting"),
            _text(one, "job-printer-state-message"),
        )
        for one in found
        if one.get("job-id")
    ]


def cancel(name: str, number: int) -> None:
    """Take a job out of its queue. UserError where the queue refuses; one that is over already is left alone."""
    _need_commands()
    try:
        done = _command("cancel", f"{name}-{number}")
    except subprocess.TimeoutExpired as problem:
        raise _unreachable(ipp.place()) from problem
    if done.returncode and not any(one.number == number and _is_over(one) for one in jobs(name)):
        raise UserError(
            _("The printer {queue} did not cancel job {job}: {reason}").format(
                queue=name, job=number, reason=_bare(done.stderr)
            ),
            _("Cancel it in the system's printer settings."),
        )


def _is_over(job: QueuedJob) -> bool:
    return job.state in ("cancelled", "aborted", "done")


def _command(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LC_ALL": "C", "CUPS_SERVER": ipp.place().words()}
    # In a session of its own it cannot ask a terminal for a password that nobody is there to type.
    return subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env=environment,
        timeout=_SECONDS,
        start_new_session=True,
        check=False,
    )


def _user() -> str:
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return "anonymous"


def _usual(where: ipp.Place) -> str:
    try:
        return _text(ipp.ask(where, ipp.GET_DEFAULT, wanted=["printer-name"])[0], "printer-name")
    except (ipp.Refused, ipp.Unreachable, IndexError):
        return ""


def _queue(found: ipp.Attributes, usual: str) -> Queue:
    name = _text(found, "printer-name")
    copies = found.get("copies-supported") or [(1, _USUAL_COPIES)]
    return Queue(
        name=name,
        info=_text(found, "printer-info"),
        location=_text(found, "printer-location"),
        state=_QUEUE_STATES.get(_number(found, "printer-state"), "idle"),
        words=_text(found, "printer-state-message"),
        accepting=bool((found.get("printer-is-accepting-jobs") or [True])[0]),
        jobs=_number(found, "queued-job-count"),
        usual=bool(usual) and name == usual,
        sides=tuple(one for one in SIDES if one in found.get("sides-supported", ())),
        trays=tuple(map(str, found.get("media-source-supported", ()))),
        media=tuple(str(one) for one in found.get("media-supported", ()) if not str(one).startswith("custom_")),
        most_copies=int(copies[0][1]) if isinstance(copies[0], tuple) else _USUAL_COPIES,
    )


def _text(found: ipp.Attributes, name: str) -> str:
    return str((found.get(name) or [""])[0])


def _number(found: ipp.Attributes, name: str) -> int:
    return int((found.get(name) or [0])[0])


def _bare(words: str) -> str:
    """What a command of CUPS complains of, without its own name."""
    return re.sub(r"^\w+:\s*(Error - )?", "", words.strip().splitlines()[-1] if words.strip() else "").strip()


def _need_commands() -> None:
    if not available():
        raise UserError(
            _("This computer has no printing system that takes jobs unattended."),
            _("Print by the system's print dialog, or make one PDF for a print shop."),
        )


def _unreachable(where: ipp.Place) -> UserError:
    if where.host.startswith("/") or where.host == "localhost":
        return UserError(
            _("The computer's printing system does not answer."),
            _("Start it (its service is called cups), then try again. Nothing was printed."),
        )
    return UserError(
        _("The print server {server} does not answer.").format(server=where.host),
        _("Look at the network and at that computer, then try again. Nothing was printed."),
    )


def _unknown(name: str) -> UserError:
    return UserError(
        _("There is no printer {queue} on this computer.").format(queue=name),
        _("Choose one of those that “sheaf printers” or the print dialog shows."),
    )


def _refused(problem: ipp.Refused) -> UserError:
    return UserError(
        _("The printing system refuses: {reason}").format(reason=str(problem)),
        _("Ask whoever looks after this computer for the right to print."),
    )


def _not_taken(name: str, words: str) -> UserError:
    said = _bare(words)
    lower = said.lower()
    if "does not exist" in lower:
        return _unknown(name)
    if "too many" in lower:
        return UserError(
            _("The queue of {queue} is full: it takes no more jobs until some of them are printed.").format(queue=name),
            _("Print the rest then, or all of it in one job. What was not taken still waits in the outbox."),
        )
    if any(one in lower for one in ("forbidden", "unauthorized", "not authorized", "not allowed", "password")):
        return UserError(
            _("You may not print on {queue}: {reason}").format(queue=name, reason=said),
            _("Ask whoever looks after the printer for the right to print, or choose another one."),
        )
    return UserError(
        _("The printer {queue} did not take the job: {reason}").format(queue=name, reason=said or "lp"),
        _("Look at the printer in the system's settings, then print again. Nothing was printed."),
    )
