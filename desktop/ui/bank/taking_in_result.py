"""What is said once statements came in, and the way to take a file out again."""

from __future__ import annotations

from desktop.i18n import _
from desktop.jobs import Job
from desktop.services.bank.gaps import said
from desktop.services.bank.taken import TakenIn, summary
from desktop.services.imports.history import undo_import
from desktop.ui.desk import Desk
from desktop.ui.theme import Tone

# What taking statements in, or taking them out again, may write.
BANK = frozenset({"bank"})


def take_back_file(desk: Desk, batch: int) -> None:
    """Undo a file that was taken in as a whole, and say so. Refused, with the reason, once a line of it is booked."""
    book, actor = desk.book, desk.actor
    desk.shell.jobs.start(
        Job(_("Taking the file out"), lambda _report: undo_import(book, batch, actor=actor), BANK),
        lambda what: desk.shell.notices.say(_("Undone: {what}").format(what=what)),
    )


def tell_taken(desk: Desk, result: TakenIn) -> None:
    """Say what came in, with the way back."""
    batches = result.batches
    offers = []
    if batches:

        def take_back() -> None:
            for batch in reversed(batches):
                take_back_file(desk, batch)

        offers.append((_("Undo"), take_back))
    if not batches and not result.rejected:
        desk.shell.notices.say(_("All of these lines are in the book already."), tone="note")
        return
    tone: Tone = "held" if result.rejected or result.gaps else "good"
    more = result.rejected[0].problem if result.rejected else said(result.gaps[0]) if result.gaps else ""
    desk.shell.notices.say(_("Statements: {what}").format(what=summary(result)), more, offers, tone=tone)
