"""The reminder runs of the book: what each asked for, and what became of its letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from desktop.i18n import _, ngettext, number_text
from desktop.services.dunning.runs import FAILED, HELD, PLANNED, SENT, SKIPPED, runs
from desktop.ui.actions import Action
from desktop.ui.collections.claims import show_claims
from desktop.ui.collections.holds import show_holds
from desktop.ui.collections.reminder_begin import REMINDERS, begin_reminders
from desktop.ui.collections.reminder_review import show_reminder_run
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.runs.words import sums_text

_TAGS = {PLANNED: "in_review", SENT: "sent", "cancelled": "cancelled"}


def show_reminder_runs(desk: Desk) -> None:
    """Show the reminder runs above the place where one is."""
    desk.shell.push(ReminderRunsPage(desk))


class ReminderRunsPage(Page):
    """Enter opens the review of a run."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        super().__init__(
            desk.shell,
            Design(
                name="reminder_runs",
                title=_("Reminder runs"),
                columns=[
                    Column("number", _("Run"), 110, sort_key="number", strong=True),
                    Column("tag", "", 96, "tag"),
                    Column("as_of", _("As of"), 100, "date", sort_key="as_of"),
                    Column("sent", _("Sent"), 72, "number", sort_key="sent"),
                    Column("ready", _("Ready"), 72, "number"),
                    Column("held", _("Held"), 72, "number"),
                    Column("skipped", _("Skipped"), 80, "number", secondary=True),
                    Column("failed", _("Failed"), 72, "number", secondary=True),
                    Column("asked", _("Asks for"), 220, wide=True, lines=2),
                    Column("override", _("Without bank statements"), 150, secondary=True, lines=2),
                    Column("actor", _("By"), 90, secondary=True),
                ],
                listing=FewRows(self._load),
                summary=self._summary,
                search_hint=_("Search run, reason, person"),
                nothing_yet=_(
                    "A reminder run reminds everyone who is late at once: you look only at what it holds back. Each "
                    "run will stand here with what became of every letter."
                ),
                depends=REMINDERS,
                chips=[Chip(PLANNED, _("Waits for you"))],
                main_action="reminder_runs.new",
                side_actions=["reminder_runs.claims", "reminder_runs.holds"],
                menu=["reminder_runs.open"],
                empty_action="reminder_runs.new",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("reminder_runs.new", _("Remind who is late…"), self.new, "send", "Ctrl+N"),
            Action("reminder_runs.claims", _("Fees and interest"), lambda: show_claims(self.desk)),
            Action("reminder_runs.holds", _("Held reminders"), lambda: show_holds(self.desk)),
            Action("reminder_runs.open", _("Look at it"), self.open_chosen, "open", enabled=self._some),
        ]

    def _load(self) -> Sequence[Row]:
        return [
            {
                "id": one.id,
                "number": one.number,
                "tag": _TAGS[one.state],
                "state": one.state,
                "as_of": one.as_of,
                "sent": one.counts.get(SENT, 0),
                "ready": one.counts.get(PLANNED, 0),
                "held": one.counts.get(HELD, 0),
                "skipped": one.counts.get(SKIPPED, 0),
                "failed": one.counts.get(FAILED, 0),
                "asked": sums_text({currency: amount for currency, amount in one.amounts.items() if amount}),
                "override": one.override,
                "actor": one.actor,
            }
            for one in runs(self.desk.book)
        ]

    def _summary(self) -> Summary:
        found = runs(self.desk.book)
        said = ngettext("{count} run", "{count} runs", len(found)).format(count=number_text(len(found)))
        return Summary(said, counts={PLANNED: sum(one.state == PLANNED for one in found)})

    def _some(self) -> bool:
        return self.table.selected_count() > 0

    def new(self) -> None:
        begin_reminders(self.desk, self, self.open_row)

    def open_chosen(self) -> None:
        for one in self.selected_ids()[:1]:
            self.open_row(one)

    def open_row(self, one: int) -> None:
        show_reminder_run(self.desk, one)
