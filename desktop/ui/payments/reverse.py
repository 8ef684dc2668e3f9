"""Reverses a payment that the bank took back: a returned debit, a bounced cheque."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, money_text, number_text
from desktop.jobs import Job, Lane
from desktop.services.payment_reversals import Reversal, reverse_payment
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.listing import Row
from desktop.ui.payments.record import MONEY


def ask_reversal(desk: Desk, parent: QWidget, row: Row) -> None:
    """Ask for the day and the reason; what the payment settled is open again from that day."""
    number, currency = str(row["number"]), str(row["currency"])
    amount = money_text(int(str(row["amount"])), currency)
    if int(str(row["amount"])) < 0:
        consequence = _("The refund did not arrive: its credit is left again.")
    else:
        consequence = _("The whole {amount} is taken back.").format(amount=amount)
    if row["invoices"]:
        consequence += " " + _("Open again from that day: {invoices}.").format(invoices=row["invoices"])
    fields = [
        Field("on", _("Taken back on"), "date", required=True, note=consequence),
        Field(
            "reason",
            _("Reason"),
            required=True,
            hint=_("Returned by the bank"),
            note=_("A reversal stays in the books; if the money comes after all, record it anew."),
        ),
    ]
    form = Form([Section("", fields)], desk.shell.theme)
    form.put({"on": desk.today()})
    actor, today = desk.actor, desk.today()

    def save(values: dict[str, object]) -> Job:
        on = values["on"]
        assert isinstance(on, date)

        def work(_report: object) -> Reversal:
            return reverse_payment(desk.book, number, on=on, reason=str(values["reason"]), actor=actor, today=today)

        return Job(_("Reversing {number}").format(number=number), work, MONEY, lane=Lane.HAND, quiet=True)

    def told(result: object) -> None:
        assert isinstance(result, Reversal)
        restored = ", ".join(f"{one} {money_text(part, currency)}" for one, part in result.restored[:3])
        more = len(result.restored) - 3
        if more > 0:
            restored = _("{some} and {more} more").format(some=restored, more=number_text(more))
        said = _("Open again: {invoices}.").format(invoices=restored) if restored else ""
        if result.beside_plan:
            said += " " + _(
                "{amount} of it was paid before the payment plan of {invoices} was agreed: it is due as it was then, "
                "outside the plan. Agree on a new plan to take it in."
            ).format(
                amount=money_text(sum(part for _number, part in result.beside_plan), currency),
                invoices=", ".join(one for one, _part in result.beside_plan),
            )
        desk.shell.notices.say(
            _("Payment {number} is reversed by {reversal}.").format(number=number, reversal=result.payment), said
        )

    dialog = FormDialog(
        desk.shell, _("Reverse payment {number}").format(number=number), form, _("Reverse the payment"), save, parent
    )
    dialog.saved.connect(told)
    dialog.open()
