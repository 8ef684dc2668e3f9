"""Uses a client's credit on what is open: of one payment or credit note, or whichever is the oldest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, money_text, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.credit_use import Applied, apply_credit
from desktop.services.payment_suggestions import Suggestion, suggest_payment
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Form, Section
from desktop.ui.listing import Row
from desktop.ui.payments.record import MONEY
from desktop.ui.table_form import TableFormDialog


def use_credit(
    desk: Desk,
    parent: QWidget,
    client_id: int,
    currency: str,
    number: str = "",
    *,
    source: str = "",
    available: int = 0,
) -> None:
    """Show what is open of the client and use credit on the chosen ones; `number` is chosen first.

    `source` is the payment or credit note it is taken from, with `available` minor units left; otherwise the oldest.
    """
    book, today = desk.book, desk.today()

    def shown(found: object) -> None:
        assert isinstance(found, Suggestion)
        credit = available if source else found.credit
        if not credit:
            desk.shell.notices.say(_("This client has no unused credit in {code}.").format(code=currency), tone="note")
            return
        if not found.items:
            desk.shell.notices.say(
                _("Nothing of this client is open in {code}.").format(code=currency),
                _("The credit stays until the next invoice."),
                tone="note",
            )
            return
        UseCredit(desk, parent, found, credit, number, source).open()

    desk.shell.jobs.ask(
        lambda: suggest_payment(book, client_id=client_id, currency=currency, amount=0, paid_on=today), shown
    )


class UseCredit(TableFormDialog):
    def __init__(self, desk: Desk, parent: QWidget, found: Suggestion, credit: int, number: str, source: str) -> None:
        self.desk = desk
        self._found = found
        self._credit = credit
        self._source = source
        self._first = number
        self._rows = FewRows(self._items)
        note = _("{amount} is unused.").format(amount=money_text(credit, found.currency))
        fields = [
            Field(
                "amount", _("Amount"), "money", span=3, currency=found.currency, note=note, hint=_("As much as fits")
            ),
            Field("on", _("On"), "date", required=True, span=3),
        ]
        super().__init__(
            desk.shell,
            _("Use credit of {source}").format(source=source) if source else _("Use credit"),
            Form([Section("", fields)], desk.shell.theme),
            _("Use the credit"),
            self._job,
            parent,
            name="credit_use",
            listing=self._rows,
            columns=[
                Column("name", _("Invoice"), 140, strong=True),
                Column("due_date", _("Due"), 110, "date"),
                Column("days_overdue", _("Days late"), 90, "number", secondary=True),
                Column("open", _("Open"), 120, "money"),
            ],
            empty=_("Nothing is open."),
            hint=_("It is used on the selected invoices, the oldest first."),
        )
        self.form.put({"on": desk.today()})
        self.saved.connect(self._told)
        self.model.loaded.connect(self._select_first)
        self.model.set_query(self.model.asked)

    def _items(self) -> Sequence[Row]:
        return [
            {
                "id": item.id,
                "number": item.number,
                "name": item.name,
                "due_date": item.due_date,
                "days_overdue": item.days_overdue or None,
                "open": item.open,
                "currency": self._found.currency,
            }
            for item in self._found.items
        ]

    def _select_first(self) -> None:
        if self._first:
            self.table.select([item.id for item in self._found.items if item.number == self._first])
            self._first = ""

    def _job(self, values: dict[str, object]) -> Job:
        book, actor, today = self.desk.book, self.desk.actor, self.desk.today()
        on, amount = values["on"], values["amount"]
        assert isinstance(on, date)
        assert amount is None or isinstance(amount, int)
        rows = self._rows.rows(self.table.selected_ids())
        numbers = [str(row["name"]) for row in rows.values()]

        def work(_report: object) -> tuple[Applied, ...]:
            return apply_credit(
                book,
                client_id=self._found.client_id,
                on=on,
                source=self._source or None,
                numbers=numbers,
                amount=amount,
                currency=self._found.currency,
                actor=actor,
                today=today,
            )

        return Job(_("Using credit"), work, MONEY, lane=Lane.HAND, quiet=True)

    def _told(self, applied: object) -> None:
        assert isinstance(applied, tuple)
        used: tuple[Applied, ...] = applied
        numbers = list(dict.fromkeys(one.number for one in used))
        total = money_text(sum(one.amount for one in used), self._found.currency)
        said = ngettext(
            "{amount} of credit used on {number}.", "{amount} of credit used on {count} invoices.", len(numbers)
        )
        self.desk.shell.notices.say(
            said.format(amount=total, number=numbers[0] if numbers else "", count=number_text(len(numbers)))
        )
