"""Fees and interest that reminders asked for: billed by an invoice, or waived."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from desktop.i18n import _, money_text, ngettext, number_text
from desktop.services.catalogue import items
from desktop.services.dunning.claims import Claim, bill_claims, claims, waive_claims
from desktop.services.named_things import thing_named
from desktop.ui.actions import Action
from desktop.ui.collections.reminder_begin import REMINDERS
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Form, Section
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.runs.review import ReviewPage
from desktop.ui.saving import Written, write, writing

_CLAIMED = REMINDERS | {"runs", "clients"}


def show_claims(desk: Desk) -> None:
    """Show the claims above the place where one is."""
    desk.shell.push(ClaimsPage(desk))


class ClaimsPage(Page):
    """Enter bills."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._found: dict[int, Claim] = {}
        super().__init__(
            desk.shell,
            Design(
                name="claims",
                title=_("Fees and interest"),
                columns=[
                    Column("name", _("Client"), 200, sort_key="name", strong=True),
                    Column("total", _("Asked for"), 104, "money", sort_key="total"),
                    Column("fee", _("Fees"), 96, "money", sort_key="fee", secondary=True),
                    Column("interest", _("Interest"), 96, "money", sort_key="interest", secondary=True),
                    Column("until", _("Until"), 104, "date", sort_key="until"),
                    Column("runs", _("By"), 150, lines=2, secondary=True),
                    Column("numbers", _("For"), 200, wide=True, lines=2, secondary=True),
                ],
                listing=FewRows(self._load),
                summary=self._summary,
                search_hint=_("Search client, run, invoice"),
                nothing_yet=_(
                    "Reminders asked for no fee and no interest that is neither billed nor waived. Both are set in the "
                    "settings under Reminders."
                ),
                depends=_CLAIMED | {"invoices"},
                main_action="claims.bill",
                side_actions=["claims.waive"],
                menu=["claims.bill", "claims.waive", "claims.client"],
                sum_key="total",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("claims.bill", _("Bill it…"), self.bill, "", "B", self._one, _("bill")),
            Action("claims.waive", _("Waive"), self.waive, "", "W", self._one, _("waive")),
            Action("claims.client", _("Open the client"), self.client, "open", enabled=self._one),
        ]

    def _load(self) -> Sequence[Row]:
        self._found = dict(enumerate(claims(self.desk.book), 1))
        return [
            {
                "id": key,
                "name": one.name,
                "total": one.total,
                "fee": one.fee,
                "interest": one.interest,
                "currency": one.currency,
                "until": one.until,
                "runs": ", ".join(one.runs),
                "numbers": ", ".join(one.numbers),
            }
            for key, one in self._found.items()
        ]

    def _summary(self) -> Summary:
        count = len(claims(self.desk.book))
        said = ngettext(
            "{count} claim, no part of what is receivable until it is billed",
            "{count} claims, no part of what is receivable until they are billed",
            count,
        )
        return Summary(said.format(count=number_text(count)))

    def show_detail(self, one: int | None) -> None:
        self.acts.refresh()

    def _one(self) -> bool:
        return self.table.selected_count() == 1

    def _chosen(self) -> Claim:
        return self._found[self.selected_ids()[0]]

    def waive(self) -> None:
        one = self._chosen()
        act = partial(waive_claims, self.desk.book, one.client_id, one.currency, actor=self.desk.actor)
        said = _("{amount} of fees and interest is waived for {client}.").format(
            amount=money_text(one.total, one.currency), client=one.name
        )
        write(self.desk, _("Waiving"), act, said, changed=_CLAIMED)

    def bill(self) -> None:
        one = self._chosen()
        self.shell.jobs.ask(lambda: items(self.desk.book), lambda found: self._ask_item(one, found))

    def _ask_item(self, one: Claim, found: object) -> None:
        assert isinstance(found, list)
        desk, book, actor, today = self.desk, self.desk.book, self.desk.actor, self.desk.today()
        choices = [(str(item["code"]), f"{item['name']} ({item['code']})") for item in found]
        field = Field(
            "item",
            _("Billed as"),
            "choice",
            required=True,
            choices=choices,
            note=_(
                "The item says whether it bears tax. In the EU compensation for late payment is outside the scope of "
                "VAT."
            ),
        )
        form = Form([Section("", [field])], self.shell.theme)

        def work(values: dict[str, object]) -> int:
            code = str(values["item"] or "")
            run, _draft = bill_claims(book, one.client_id, one.currency, item=code, actor=actor, today=today)
            return thing_named(book, f"run:{run}")[1]

        dialog = FormDialog(
            self.shell,
            _("Bill {amount} to {client}").format(amount=money_text(one.total, one.currency), client=one.name),
            form,
            _("Draft the invoice"),
            lambda values: writing(desk, _("Billing fees and interest"), lambda: work(values), _CLAIMED),
            self,
        )
        dialog.saved.connect(self._drafted)
        dialog.open()

    def _drafted(self, written: object) -> None:
        assert isinstance(written, Written)
        run = written.result
        assert isinstance(run, int)
        self.shell.push(ReviewPage(self.desk, run))

    def open_row(self, one: int) -> None:
        self.bill()

    def client(self) -> None:
        self.shell.go("clients", self._chosen().client_id)
