"""Whoever had the last reminder and still owes, with what reminders asked for beside it: to call, sue, or let be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from desktop.i18n import _, ngettext, number_text
from desktop.services.dunning.escalations import Escalation, escalations
from desktop.ui.actions import Action
from desktop.ui.collections.forms import note_call
from desktop.ui.collections.reminder_begin import REMINDERS
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.few_rows import FewRows
from desktop.ui.letters.asking import ask_statement
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary


def show_escalations(desk: Desk) -> None:
    """Show who is to be escalated above the place where one is."""
    desk.shell.push(EscalationsPage(desk))


class EscalationsPage(Page):
    """Enter goes to the client's row of Collections."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._found: dict[int, Escalation] = {}
        super().__init__(
            desk.shell,
            Design(
                name="escalations",
                title=_("To be escalated"),
                columns=[
                    Column("name", _("Client"), 200, sort_key="name", strong=True),
                    Column("open", _("Owes"), 110, "money", sort_key="open"),
                    Column("oldest", _("Due since"), 104, "date", sort_key="oldest"),
                    Column("since", _("Last reminder"), 110, "date", sort_key="since"),
                    Column("days", _("Days ago"), 80, "number", sort_key="days"),
                    Column("pay_by", _("Was to pay by"), 110, "date", secondary=True),
                    Column("items", _("What"), 240, wide=True, lines=2, secondary=True),
                ],
                listing=FewRows(self._load),
                summary=self._summary,
                search_hint=_("Search client, invoice"),
                nothing_yet=_(
                    "Nobody is to be escalated: whoever had the last reminder has paid, promised to pay, or still has "
                    "some days. How many is set in the settings under Reminders."
                ),
                depends=REMINDERS | {"clients", "invoices", "payments", "notes", "firm"},
                main_action="escalations.call",
                side_actions=["escalations.statement"],
                menu=["escalations.call", "escalations.statement", "escalations.open"],
                sum_key="open",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("escalations.call", _("Note a call…"), self.call, "note", "N", self._one, _("call")),
            Action("escalations.statement", _("Statement of account…"), self.statement, "export", "T", self._one),
            Action("escalations.open", _("Show it in Collections"), self.open_chosen, "open", enabled=self._one),
        ]

    def _load(self) -> Sequence[Row]:
        found = escalations(self.desk.book, self.desk.today())
        self._found = dict(enumerate(found, 1))
        return [
            {
                "id": key,
                "name": one.name,
                "open": one.open,
                "currency": one.currency,
                "oldest": one.oldest,
                "since": one.since,
                "days": one.days,
                "pay_by": one.pay_by,
                "items": ", ".join(one.items),
            }
            for key, one in self._found.items()
        ]

    def _summary(self) -> Summary:
        count = len(escalations(self.desk.book, self.desk.today()))
        said = ngettext(
            "{count} client did not pay after the last reminder",
            "{count} clients did not pay after the last reminder",
            count,
        )
        return Summary(said.format(count=number_text(count)))

    def show_detail(self, one: int | None) -> None:
        self.acts.refresh()

    def _one(self) -> bool:
        return self.table.selected_count() == 1

    def _chosen(self) -> Escalation:
        return self._found[self.selected_ids()[0]]

    def call(self) -> None:
        one = self._chosen()
        note_call(self.desk, self, one.client_id, one.name)

    def statement(self) -> None:
        one = self._chosen()
        ask_statement(self.desk, self, one.client_id, one.currency)

    def open_row(self, one: int) -> None:
        self.shell.go("collections", self._found[one].client_id)

    def open_chosen(self) -> None:
        self.open_row(self.selected_ids()[0])
