"""Begins a run: a whole month at once, or after a dialog that asks through which day, dated when, and for whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QWidget

from desktop.i18n import _
from desktop.jobs import Job, State
from desktop.services.runs import Scope, interrupted, plan
from desktop.services.runs.next_step import NextStep, next_step
from desktop.services.segments import segments as list_segments
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section

_EVERYONE = ""


def bill_month(desk: Desk, step: NextStep, opened: Callable[[int], object]) -> Job:
    """Plan the month that is over for everyone, then hand over the run's id for review."""
    job = _planning(desk, step.through, step.issued, Scope())
    return desk.shell.jobs.start(job, lambda run_id: opened(int(str(run_id))))


def _planning(desk: Desk, through: date, issued: date, scope: Scope) -> Job:
    actor, now = desk.actor, desk.now

    def work(report: Callable[[int, int, str], None]) -> int:
        return plan(desk.book, through=through, issue_date=issued, scope=scope, actor=actor, now=now, report=report).id

    job = Job(_("Planning the run"), work, {"runs", "billables"})
    job.ended.connect(lambda ended: _say_if_stopped(desk, ended))
    return job


def _say_if_stopped(desk: Desk, job: object) -> None:
    assert isinstance(job, Job)
    if job.state is State.CANCELLED:
        desk.shell.notices.say(
            _("Planning is stopped."),
            _("Nothing is issued. Under Runs you go on with this run, or discard it."),
            [(_("Show the runs"), lambda: desk.shell.go("runs"))],
            tone="held",
        )


def begin_run(desk: Desk, parent: QWidget, opened: Callable[[int], object]) -> None:
    """Ask, plan in the background, then hand over the run's id for review."""
    desk.shell.jobs.ask(
        lambda: (
            interrupted(desk.book),
            [str(segment["name"]) for segment in list_segments(desk.book)],
            next_step(desk.book, desk.today()),
        ),
        lambda found: _show(desk, parent, opened, found),
    )


def _show(desk: Desk, parent: QWidget, opened: Callable[[int], object], found: object) -> None:
    assert isinstance(found, tuple)
    waiting, segments, step = found
    if waiting:
        desk.shell.notices.say(
            _("Run {number} was interrupted.").format(number=waiting[0]),
            _("Resume or discard it before you begin another."),
            tone="held",
        )
        return
    form = Form(
        [
            Section(
                "",
                [
                    Field("through", _("Bill what is due through"), "date", required=True, span=3),
                    Field("issued", _("Date of the invoices"), "date", required=True, span=3),
                    Field(
                        "segment",
                        _("For"),
                        "choice",
                        span=3,
                        choices=[(_EVERYONE, _("Everyone")), *((name, name) for name in segments)],
                    ),
                    Field(
                        "billing",
                        _("Kind"),
                        "choice",
                        span=3,
                        choices=[
                            (_EVERYONE, _("All kinds")),
                            ("recurring", _("Recurring")),
                            ("time", _("Time and materials")),
                            ("hybrid", _("Hybrid")),
                            ("fixed", _("Fixed")),
                        ],
                    ),
                ],
            )
        ],
        desk.shell.theme,
    )
    form.put({"through": step.through, "issued": step.issued, "segment": _EVERYONE, "billing": _EVERYONE})

    def save(values: dict[str, object]) -> Job:
        through, issued = values["through"], values["issued"]
        assert isinstance(through, date)
        assert isinstance(issued, date)
        scope = Scope(
            segments=[str(values["segment"])] if values["segment"] else [],
            billing=[str(values["billing"])] if values["billing"] else [],
        )
        return _planning(desk, through, issued, scope)

    dialog = FormDialog(desk.shell, _("New run"), form, _("Plan the run"), save, parent)
    dialog.saved.connect(opened)
    dialog.open()
