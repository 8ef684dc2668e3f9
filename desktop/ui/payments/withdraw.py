"""Takes a payment off an invoice that it settled by mistake; it is the client's credit again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, money_text
from desktop.jobs import Job, Lane
from desktop.services.allocations import AllocatedRow
from desktop.services.credit_use import withdraw_credit
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.payments.record import MONEY


def withdraw(desk: Desk, parent: QWidget, payment: str, settled: Sequence[AllocatedRow]) -> None:
    standing = {one.number: one for one in settled if one.amount}
    choices = [(one.number, f"{one.number} · {money_text(one.amount, one.currency)}") for one in standing.values()]
    fields = [
        Field("number", _("Invoice"), "choice", required=True, choices=choices),
        Field(
            "on",
            _("On"),
            "date",
            required=True,
            note=_("The invoice is open again from that day, and the money is the client’s unused credit."),
        ),
    ]
    form = Form([Section("", fields)], desk.shell.theme)
    form.put({"on": desk.today(), "number": choices[0][0] if len(choices) == 1 else None})
    actor, today = desk.actor, desk.today()

    def save(values: dict[str, object]) -> Job:
        number, on = str(values["number"]), values["on"]
        assert isinstance(on, date)

        def work(_report: object) -> tuple[str, int]:
            return number, withdraw_credit(desk.book, payment, number, on=on, actor=actor, today=today)

        return Job(_("Taking {payment} off").format(payment=payment), work, MONEY, lane=Lane.HAND, quiet=True)

    def told(result: object) -> None:
        assert isinstance(result, tuple)
        number, amount = result
        desk.shell.notices.say(
            _("{payment} is off {number}.").format(payment=payment, number=number),
            _("{amount} of it is open again.").format(amount=money_text(amount, standing[number].currency)),
        )

    dialog = FormDialog(
        desk.shell, _("Take {payment} off an invoice").format(payment=payment), form, _("Take it off"), save, parent
    )
    dialog.saved.connect(told)
    dialog.open()
