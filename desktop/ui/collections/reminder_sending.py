"""Puts the letters of a reminder run into the outbox, after a question in figures, and says what became of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, date_text, ngettext, number_text
from desktop.jobs import Job, Report, State
from desktop.services.dunning.runs import HELD, PLANNED, RunRow
from desktop.services.dunning.sending import SentRun, send_run
from desktop.ui.collections.reminder_begin import REMINDERS
from desktop.ui.desk import Desk
from desktop.ui.dialog import Question
from desktop.ui.outbox.preview import show_preview
from desktop.ui.runs.words import sums_text

_SENT = REMINDERS | {"outbox", "clients", "notes"}


def ask_to_send(desk: Desk, parent: QWidget, run: RunRow, asked: Mapping[str, int], undecided: int) -> None:
    """Ask, then send; `asked` is what the letters that are ready ask for, in minor units by currency."""
    count = run.counts.get(PLANNED, 0)
    words = ngettext("Send {count} reminder over {sum}?", "Send {count} reminders over {sum}?", count)
    more = [_("They bear the day {day}. What was paid since the run was planned is not asked for.").format(
        day=date_text(run.as_of)
    )]  # fmt: skip
    held = run.counts.get(HELD, 0)
    if held:
        kept = ngettext(
            "{count} that is held does not go, and is planned again by the next run.",
            "{count} that are held do not go, and are planned again by the next run.",
            held,
        )
        more.append(kept.format(count=number_text(held)))
    if undecided:
        left = ngettext("{count} was not looked at.", "{count} were not looked at.", undecided)
        more.append(left.format(count=number_text(undecided)))
    more.append(_("They wait in the outbox until they are sent, printed or handed over from there."))
    Question(
        parent,
        words.format(count=number_text(count), sum=sums_text(asked)),
        "\n".join(more),
        send_words(count),
        lambda: send(desk, run),
        expected=True,
    ).open()


def send_words(count: int) -> str:
    """The verb of sending so many."""
    return ngettext("Send {count} reminder", "Send {count} reminders", count).format(count=number_text(count))


def send(desk: Desk, run: RunRow) -> Job:
    """Send what is planned; a run that was stopped goes on where it was."""
    book, actor = desk.book, desk.actor

    def work(report: Report) -> SentRun:
        return send_run(book, run.id, actor=actor, report=report)

    job = Job(_("Sending reminder run {run}").format(run=run.number), work, _SENT)
    job.ended.connect(lambda ended: _say_if_stopped(desk, run, ended))
    return desk.shell.jobs.start(job, lambda done: _tell(desk, done))


def _say_if_stopped(desk: Desk, run: RunRow, job: object) -> None:
    assert isinstance(job, Job)
    if job.state is State.CANCELLED:
        desk.shell.notices.say(
            _("Reminder run {run} is stopped.").format(run=run.number),
            _("What is in the outbox stays there, and the rest is still to go. Nobody is reminded twice."),
            [(_("Go on"), lambda: send(desk, run))],
            tone="held",
        )


def _tell(desk: Desk, done: object) -> None:
    assert isinstance(done, SentRun)
    said = ngettext("{count} reminder is in the outbox.", "{count} reminders are in the outbox.", done.sent)
    more = [words.format(count=number_text(count)) for count, words in _left(done) if count]
    if done.failed:
        client, why = done.failed[0]
        words = ngettext(
            "{count} could not be written: {client}. {why}",
            "{count} could not be written, the first: {client}. {why}",
            len(done.failed),
        )
        more.append(words.format(count=number_text(len(done.failed)), client=client, why=why))
    offers: list[tuple[str, Callable[[], object]]] = []
    if done.deliveries:
        offers = [
            (_("Preview the e-mails"), lambda: show_preview(desk, done.deliveries)),
            (_("Go to the outbox"), lambda: desk.shell.go("outbox")),
        ]
    desk.shell.notices.say(
        said.format(count=number_text(done.sent)), " ".join(more), offers, tone="held" if done.failed else "good"
    )


def _left(done: SentRun) -> list[tuple[int, str]]:
    return [
        (done.held, ngettext("{count} is held.", "{count} are held.", done.held)),
        (done.skipped, ngettext("{count} was skipped.", "{count} were skipped.", done.skipped)),
        (done.cancelled, ngettext("{count} was paid meanwhile.", "{count} were paid meanwhile.", done.cancelled)),
    ]
