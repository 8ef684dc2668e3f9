"""Asks from which day a change of the settings shall count, and why; the change then waits to be accepted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, date_text
from desktop.services.configuration.proposing import propose
from desktop.services.configuration.standing import Proposal, proposal
from desktop.ui.configuration.changed import CONFIGURATION
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.saving import Written, writing


def ask_when(
    desk: Desk, parent: QWidget, title: str, act: Callable[[], object], then: Callable[[], object] | None = None
) -> FormDialog:
    """`act` writes the change; it is done once to see what it writes, and taken back. `then` follows the proposal."""
    book, actor, today = desk.book, desk.actor, desk.today()
    fields = [
        Field(
            "from_day",
            _("Counts from"),
            "date",
            required=True,
            span=3,
            note=_("Prices and rates keep the day that they name themselves."),
        ),
        Field("reason", _("Why"), "lines", hint=_("Read by whoever decides, and kept in the history")),
    ]
    form = Form([Section(_("Nothing changes until it is accepted."), fields)], desk.shell.theme)
    form.put({"from_day": today, "reason": ""})

    def work(typed: dict[str, object]) -> Proposal:
        since = typed["from_day"]
        assert isinstance(since, date)
        number = propose(
            book, act, summary=title, reason=str(typed["reason"] or ""), from_day=since, actor=actor, today=today
        )
        return proposal(book, number)

    dialog = FormDialog(
        desk.shell,
        _("Propose: {what}").format(what=title),
        form,
        _("Propose"),
        lambda typed: writing(desk, _("Proposing"), lambda: work(typed), CONFIGURATION),
        parent,
    )

    def saved(written: object) -> None:
        assert isinstance(written, Written)
        made = written.result
        assert isinstance(made, Proposal)
        if then is not None:
            then()
        desk.shell.notices.say(
            _("{number} is proposed, to count from {day}.").format(number=made.number, day=date_text(made.from_day)),
            offers=[(_("See what it changes"), lambda: show_proposal(desk, made))],
        )

    dialog.saved.connect(saved)
    dialog.open()
    return dialog


def show_proposal(desk: Desk, made: Proposal) -> None:
    """Plan the next run with the change and without it, and show what differs."""
    from desktop.ui.configuration.impact_page import show_impact

    show_impact(desk, made)
