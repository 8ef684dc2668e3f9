"""Brings accepted changes into force when their day has come: at opening, and while the window stays open."""

from __future__ import annotations

from desktop.i18n import _
from desktop.jobs import Job, Lane
from desktop.services.configuration.applying import Applied, apply_due
from desktop.services.configuration.standing import due
from desktop.ui.configuration.changed import IN_FORCE
from desktop.ui.desk import Desk


def bring_into_force(desk: Desk) -> None:
    """Look in the background; where nothing waits for today, nothing is said and no page reloads."""
    book, today = desk.book, desk.today()

    def waiting() -> int:
        with book.reading() as session:
            return 0 if book.read_only else len(due(session.connection(), today))

    def begin(count: object) -> None:
        if count:
            desk.shell.jobs.start(
                Job(
                    _("Bringing changes into force"),
                    lambda _report: apply_due(book, today=today),
                    IN_FORCE,
                    lane=Lane.HAND,
                    quiet=True,
                ),
                lambda done: _tell(desk, done),
            )

    desk.shell.jobs.ask(waiting, begin)


def _tell(desk: Desk, done: object) -> None:
    assert isinstance(done, Applied)
    if done.failed:
        number, reason = done.failed[0]
        desk.shell.notices.say(
            _("{number} was accepted for today and could not come into force.").format(number=number),
            reason,
            tone="held",
        )
    elif done.numbers:
        desk.shell.notices.say(
            _("In force from today: {numbers}.").format(numbers=", ".join(done.numbers)), tone="note"
        )
