"""The bank by the clock: statements of a folder come in, and what is sure of the lines that wait books itself."""

from __future__ import annotations

from pathlib import Path

from desktop.domain.wording import Said, as_typed, phrase, phrases, sentence
from desktop.services.bank.folder import take_in_folder
from desktop.services.bank.reconciling import run_pass
from desktop.services.schedules.work import Came, Work


def reconcile(work: Work) -> Came:
    """Take in what lies in the schedule's folder, if it has one, then pass over all lines that wait.

    A file that cannot be taken in makes it failed, and the pass goes on with the others.
    """
    refused: list[str] = []
    new = 0
    if work.folder:
        found = take_in_folder(work.book, Path(work.folder), actor=work.actor, today=work.today, report=work.report)
        new, refused = found.new, [f"{one.name}: {one.problem}" for one in found.refused]
    done = run_pass(work.book, actor=work.actor, today=work.today, origin="schedule", report=work.report)
    waiting = done.suggested + done.unmatched + len(done.parked)
    said = _told(new, done.matched, waiting)
    if not refused:
        return Came(said, quiet=not (new or done.matched))
    why = as_typed(" ".join(refused))
    return Came(phrase("{first} {second}", first=sentence(said), second=sentence(why)), "failed")


def _told(new: int, matched: int, waiting: int) -> Said:
    came = phrases("{count} new bank line came in.", "{count} new bank lines came in.", count=new)
    booked = phrases("{count} line booked itself.", "{count} lines booked themselves.", count=matched)
    left = phrases("{count} line waits for you.", "{count} lines wait for you.", count=waiting)
    return phrase("{first} {second} {third}", first=sentence(came), second=sentence(booked), third=sentence(left))
