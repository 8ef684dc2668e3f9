"""Issues what a run released, from wherever it is asked for: progress, a stop that loses nothing, and the result."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, State
from desktop.services.runs import BillResult, resume
from desktop.services.runs.next_step import NextStep, next_step
from desktop.ui.desk import Desk
from desktop.ui.runs.result import ResultPage

CHANGES = frozenset({"runs", "invoices", "clients", "billables", "agreements"})


def go_on(desk: Desk, origin: QWidget, run_id: int, number: str) -> Job:
    """Plan what is left to plan, issue what is released, then show what it came to, if `origin` is still in view."""
    actor, now = desk.actor, desk.now

    def work(report: Callable[[int, int, str], None]) -> BillResult:
        return resume(desk.book, number, actor=actor, now=now, report=report)

    in_view = [origin]
    # A page that was left is deleted; to ask it whether it is shown would then be a fault.
    origin.destroyed.connect(in_view.clear)
    job = Job(_("Issuing run {number}").format(number=number), work, CHANGES)
    job.ended.connect(
        lambda ended: say_if_stopped(desk, ended, lambda: go_on(desk, desk.shell.notices, run_id, number), number)
    )
    return desk.shell.jobs.start(job, lambda result: _show(desk, in_view, run_id, result))


def say_if_stopped(desk: Desk, job: object, again: Callable[[], object], number: str) -> None:
    """After a stop by hand: what is safe, and the way on."""
    assert isinstance(job, Job)
    if job.state is State.CANCELLED:
        desk.shell.notices.say(
            _("Run {number} is stopped.").format(number=number),
            _("What is issued stands, and the rest is still to do. Nothing is billed twice."),
            [(_("Go on"), again)],
            tone="held",
        )


def offer_to_go_on(desk: Desk) -> None:
    """Say at opening which run was stopped in the middle, with what is safe and the way on."""
    book = desk.book
    desk.shell.jobs.ask(lambda: next_step(book, desk.today()), lambda step: _offer(desk, step))


def _offer(desk: Desk, step: object) -> None:
    assert isinstance(step, NextStep)
    if step.kind == "resume":
        desk.shell.notices.say(
            _("Run {number} was stopped in the middle.").format(number=step.number),
            _("What is issued stands, and the rest is still to do. Nothing is billed twice."),
            [
                (_("Go on"), lambda: go_on(desk, desk.shell.notices, step.run, step.number)),
                (_("Look at it"), lambda: desk.shell.go("runs", step.run)),
            ],
            tone="held",
        )


def _show(desk: Desk, in_view: list[QWidget], run_id: int, result: object) -> None:
    assert isinstance(result, BillResult)
    if any(one.isVisible() for one in in_view):
        desk.shell.push(ResultPage(desk, run_id))
        return
    # Whoever went on to other work is not torn away from it.
    count = len(result.invoices)
    said = ngettext("{count} invoice is issued.", "{count} invoices are issued.", count)
    desk.shell.notices.say(
        said.format(count=number_text(count)),
        offers=[(_("Show what it came to"), lambda: _open(desk, run_id))],
    )


def _open(desk: Desk, run_id: int) -> None:
    desk.shell.go("runs")
    desk.shell.push(ResultPage(desk, run_id))
