"""Makes an order to the bank: of which kind, from which account, for which day, and what it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from PySide6.QtWidgets import QWidget

from desktop.errors import UserError
from desktop.i18n import _, money_text, ngettext, number_text, pgettext
from desktop.jobs import Job, Lane
from desktop.services.firm import bank_accounts
from desktop.services.orders.making import VERSIONS, MadeOrder, earliest_day, make_order
from desktop.services.orders.wanted import Wanted, credits_to_refund, debits_due
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Form, Section
from desktop.ui.latest import Latest
from desktop.ui.listing import Row
from desktop.ui.table_form import TableFormDialog

ORDERS: Final = frozenset({"orders"})


def kind_words() -> Mapping[str, str]:
    return {
        "sepa_debit": _("SEPA direct debits"),
        "sepa_transfer": _("Refunds by SEPA transfer"),
        "ach_debit": _("ACH debits (United States)"),
    }


def ask_order(desk: Desk, parent: QWidget, then: Callable[[MadeOrder], object]) -> None:
    """Ask what is ordered; `then` gets the order once it is made. Says so where the firm has no bank account."""

    def shown(found: object) -> None:
        assert isinstance(found, list)
        if not found:
            desk.shell.notices.say(
                _("The firm has no bank account yet."),
                _("Add it in the settings of the firm."),
                [(_("Open the settings"), lambda: desk.shell.go("settings"))],
                tone="held",
            )
            return
        dialog = OrderDialog(desk, parent, found)
        dialog.saved.connect(then)
        dialog.open()

    desk.shell.jobs.ask(lambda: bank_accounts(desk.book), shown)


class OrderDialog(TableFormDialog):
    """Everything that can be ordered is selected; what cannot stands beside it with its reason."""

    def __init__(self, desk: Desk, parent: QWidget, accounts: Sequence[Mapping[str, object]]) -> None:
        self.desk = desk
        self._asked: tuple[str, date] | None = None
        self._found: list[Wanted] = []
        self._rows = FewRows(self._load)
        numbered = [(one["id"], f"{one['bank'] or one['holder']} {one['iban']}") for one in accounts]
        fields = [
            Field(
                "kind", pgettext("bank", "Order"), "choice", required=True, span=3, choices=list(kind_words().items())
            ),
            Field("account_id", _("Account"), "choice", required=True, span=3, choices=numbered),
            Field("execute_on", _("For"), "date", required=True, span=2, note=_("The day on which the bank books.")),
            Field("version", _("Form of the file"), "choice", required=True, span=2, choices=_forms()),
        ]
        super().__init__(
            desk.shell,
            _("New order to the bank"),
            Form([Section("", fields)], desk.shell.theme),
            _("Make the order"),
            self._job,
            parent,
            name="new_order",
            listing=self._rows,
            columns=[
                Column("number", _("Number"), 128, strong=True),
                Column("client", _("Client"), 150),
                Column("due", _("Due on"), 92, "date"),
                Column("amount", _("Amount"), 104, "money"),
                Column("problem", _("What keeps it out"), 280, wide=True),
            ],
            empty=_("Nothing of this kind can be ordered until that day."),
            hint=_("All that is selected goes into the file. Select others to leave some out."),
            width=880,
        )
        self._latest = Latest(desk.shell.jobs, self)
        self._fresh = False
        self.model.loaded.connect(self._choose_all)
        kind = "sepa_debit"
        self.form.put(
            {
                "kind": kind,
                "account_id": numbered[0][0],
                "execute_on": earliest_day(kind, desk.today()),
                "version": VERSIONS[kind][0],
            }
        )
        self.form.editor("kind").changed.connect(self._follow_kind)
        self.follow()

    def _follow_kind(self) -> None:
        kind = str(self.form.read("kind"))
        self.form.put({"version": VERSIONS[kind][0], "execute_on": earliest_day(kind, self.desk.today())})

    def follow(self) -> None:
        kind, day = str(self.form.read("kind")), self.form.read("execute_on")
        if isinstance(day, date) and self._asked != (kind, day):
            self._asked = (kind, day)
            book = self.desk.book
            self._latest.ask(
                lambda: (
                    credits_to_refund(book) if kind == "sepa_transfer" else debits_due(book, kind=kind, execute_on=day)
                ),
                self._take,
            )
            return
        self._say()

    def _take(self, found: object) -> None:
        assert isinstance(found, tuple)
        self._found = list(found)
        self._fresh = True
        if self.model.query is None:
            self.model.set_query(self.model.asked)
        else:
            self.model.reload()

    def _load(self) -> Sequence[Row]:
        return [
            {
                "id": one.id,
                "number": one.number,
                "client": one.name,
                "due": one.due_date,
                "amount": one.amount,
                "currency": one.currency,
                "problem": one.problem,
            }
            for one in self._found
        ]

    def _choose_all(self, _query: object) -> None:
        """Once for each answer: what a person then leaves out stays out."""
        if self._fresh:
            self._fresh = False
            self.table.select([one.id for one in self._found if not one.problem])
            self._say()

    def _selected(self) -> list[Wanted]:
        chosen = set(self.table.selected_ids())
        return [one for one in self._found if one.id in chosen]

    def _say(self) -> None:
        chosen = self._selected()
        bad = next((one for one in chosen if one.problem), None)
        if bad is not None:
            self.say(f"{bad.number}: {bad.problem}", wrong=True)
        elif chosen:
            said = ngettext("{count} item, {total}", "{count} items, {total}", len(chosen))
            total = money_text(sum(one.amount for one in chosen), chosen[0].currency)
            self.say(said.format(count=number_text(len(chosen)), total=total))
        else:
            self.say("")

    def _job(self, values: dict[str, object]) -> Job:
        book, actor, today = self.desk.book, self.desk.actor, self.desk.today()
        kind, account, day = str(values["kind"]), values["account_id"], values["execute_on"]
        version = str(values["version"])
        chosen = {one.id for one in self._selected()}
        assert isinstance(account, int)
        assert isinstance(day, date)

        def work(_report: object) -> MadeOrder:
            if not chosen:
                raise UserError(_("Nothing is selected."), _("Select what is to be ordered."))
            # A form that belongs to another kind is the one that was shown before.
            return make_order(
                book,
                kind=kind,
                account_id=account,
                execute_on=day,
                actor=actor,
                today=today,
                ids=chosen,
                version=version if version in VERSIONS[kind] else "",
            )

        return Job(_("Making the order"), work, ORDERS, lane=Lane.HAND, quiet=True)


def _forms() -> list[tuple[str, str]]:
    return [(one, one) for versions in VERSIONS.values() for one in versions]
