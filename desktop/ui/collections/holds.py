"""Who gets no reminders, and why: holds of clients and of invoices, until a day or until they are released."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, ngettext, number_text
from desktop.services.dunning.holds import hold_client, hold_invoice, holds, release_hold
from desktop.services.open_items import OpenItemRow
from desktop.ui.actions import Action
from desktop.ui.collections.reminder_begin import REMINDERS
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Form, Section
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.saving import tell, write, writing

_HELD = REMINDERS | {"clients"}


def show_holds(desk: Desk) -> None:
    """Show the holds above the place where one is."""
    desk.shell.push(HoldsPage(desk))


def ask_hold(desk: Desk, parent: QWidget, client_id: int, name: str, items: Sequence[OpenItemRow]) -> None:
    """Ask whether all reminders to a client are held or those for one invoice, why, and until when."""
    numbers = list(dict.fromkeys(one.number for one in items))
    fields = [
        Field(
            "number",
            _("What is held"),
            "choice",
            required=True,
            choices=[("", _("All reminders to {client}").format(client=name)), *((one, one) for one in numbers)],
        ),
        Field("reason", _("Why"), required=True, hint=_("For whoever looks at it next")),
        Field("until", _("Until"), "date", span=3, note=_("Empty holds it until somebody releases it.")),
    ]
    form = Form([Section("", fields)], desk.shell.theme)
    form.put({"number": ""})
    book, actor, today = desk.book, desk.actor, desk.today()

    def work(values: dict[str, object]) -> int:
        until, number, reason = values["until"], str(values["number"] or ""), str(values["reason"])
        assert until is None or isinstance(until, date)
        if number:
            return hold_invoice(book, number, reason=reason, on=today, until=until, actor=actor)
        return hold_client(book, client_id, reason=reason, on=today, until=until, actor=actor)

    dialog = FormDialog(
        desk.shell,
        _("Hold reminders to {client}").format(client=name),
        form,
        _("Hold the reminders"),
        lambda values: writing(desk, _("Holding reminders"), lambda: work(values), _HELD),
        parent,
    )
    dialog.saved.connect(lambda written: tell(desk, _("Reminders to {client} are held.").format(client=name), written))
    dialog.open()


class HoldsPage(Page):
    """Enter goes to the client."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = FewRows(self._load)
        super().__init__(
            desk.shell,
            Design(
                name="reminder_holds",
                title=_("Reminders that are held"),
                columns=[
                    Column("name", _("Client"), 220, sort_key="name", strong=True),
                    Column("what", _("What"), 150, sort_key="what"),
                    Column("since", _("Since"), 104, "date", sort_key="since", secondary=True),
                    Column("until", _("Until"), 104, "date", sort_key="until"),
                    Column("reason", _("Why"), 300, wide=True, lines=2),
                ],
                listing=self._rows,
                summary=self._summary,
                search_hint=_("Search client, invoice, reason"),
                nothing_yet=_("No reminders are held. Hold those to a client, or for one invoice, under Collections."),
                depends=_HELD,
                main_action="holds.release",
                menu=["holds.release", "holds.client"],
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("holds.release", _("Let them go again"), self.release, "approve", "R", self._one, _("release")),
            Action("holds.client", _("Open the client"), self.client, "open", enabled=self._one),
        ]

    def _load(self) -> Sequence[Row]:
        return [
            {
                "id": one.id,
                "client_id": one.client_id,
                "name": one.name,
                "what": one.number or _("all reminders"),
                "since": one.since,
                "until": one.until,
                "reason": one.reason,
            }
            for one in holds(self.desk.book, self.desk.today())
        ]

    def _summary(self) -> Summary:
        count = len(holds(self.desk.book, self.desk.today()))
        said = ngettext("{count} hold stands", "{count} holds stand", count).format(count=number_text(count))
        return Summary(said)

    def show_detail(self, one: int | None) -> None:
        self.acts.refresh()

    def _one(self) -> bool:
        return self.table.selected_count() == 1

    def release(self) -> None:
        key = self.selected_ids()[0]
        name = str(self._rows.rows([key])[key]["name"])
        act = partial(release_hold, self.desk.book, key, on=self.desk.today(), actor=self.desk.actor)
        said = _("Reminders to {client} go again.").format(client=name)
        write(self.desk, _("Releasing a hold"), act, said, changed=_HELD)

    def open_row(self, one: int) -> None:
        self.shell.go("clients", int(str(self._rows.rows([one])[one]["client_id"])))

    def client(self) -> None:
        self.open_row(self.selected_ids()[0])
