"""Statements to everyone with a balance: one mail a client, with all open documents attached."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Report, State
from desktop.services.dunning.statement_run import StatementRun, statement_run
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.outbox.preview import show_preview

_OUTBOX = frozenset({"outbox"})


def ask_statement_run(desk: Desk, parent: QWidget) -> None:
    """Ask as of which day, and whether with all movements since another; then put the statements into the outbox."""
    fields = [
        Field("as_of", _("As of"), "date", required=True, span=3),
        Field("since", _("With all movements since"), "date", span=3, note=_("Empty tells what is open alone.")),
    ]
    form = Form([Section("", fields)], desk.shell.theme)
    form.put({"as_of": desk.today()})
    book, actor = desk.book, desk.actor

    def save(values: dict[str, object]) -> Job:
        as_of, since = values["as_of"], values["since"]
        assert isinstance(as_of, date)
        assert since is None or isinstance(since, date)

        def work(report: Report) -> StatementRun:
            return statement_run(book, as_of=as_of, since=since, actor=actor, report=report)

        job = Job(_("Putting statements into the outbox"), work, _OUTBOX)
        job.ended.connect(lambda ended: _say_if_stopped(desk, ended))
        return job

    dialog = FormDialog(
        desk.shell,
        _("Statements to everyone with a balance"),
        form,
        _("Put into the outbox"),
        save,
        parent,
    )
    dialog.saved.connect(lambda done: _tell(desk, done))
    dialog.open()


def _say_if_stopped(desk: Desk, job: object) -> None:
    assert isinstance(job, Job)
    if job.state is State.CANCELLED:
        desk.shell.notices.say(
            _("The statements are stopped."),
            _("What is in the outbox stays there; the same statement waits there only once."),
            tone="held",
        )


def _tell(desk: Desk, done: object) -> None:
    assert isinstance(done, StatementRun)
    if not done.clients and not done.refused:
        desk.shell.notices.say(_("There is nothing to tell anybody of: nothing is open."), tone="note")
        return
    said = ngettext(
        "Statements for {count} client are in the outbox.", "Statements for {count} clients are in the outbox.",
        done.clients,
    )  # fmt: skip
    more = ""
    if done.refused:
        client, why = done.refused[0]
        words = ngettext(
            "{count} client gets none: {client}. {why}",
            "{count} clients get none, the first: {client}. {why}",
            len(done.refused),
        )
        more = words.format(count=number_text(len(done.refused)), client=client, why=why)
    offers = [
        (_("Preview the e-mails"), lambda: show_preview(desk, done.deliveries)),
        (_("Go to the outbox"), lambda: desk.shell.go("outbox")),
    ]
    desk.shell.notices.say(
        said.format(count=number_text(done.clients)),
        more,
        offers if done.deliveries else (),
        tone="held" if done.refused else "good",
    )
