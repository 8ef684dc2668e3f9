"""Pays back what a client has left of a payment or a credit note."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, money_text
from desktop.jobs import Job, Lane
from desktop.services.refunds import Refund, credit_left, refund_credit
from desktop.services.tills import Account, account_choices
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.payments.arrival import account_field
from desktop.ui.payments.methods import methods
from desktop.ui.payments.record import MONEY


def ask_refund(desk: Desk, parent: QWidget, number: str) -> None:
    """Ask how much of it goes back, by which way, and why; nothing is asked where nothing is left."""

    def shown(found: object) -> None:
        assert isinstance(found, tuple)
        (currency, left), accounts = found
        if not left:
            desk.shell.notices.say(_("Nothing is left of {number}.").format(number=number), tone="note")
            return
        _show(desk, parent, number, currency, left, accounts)

    desk.shell.jobs.ask(lambda: (credit_left(desk.book, number), account_choices(desk.book)), shown)


def _show(desk: Desk, parent: QWidget, number: str, currency: str, left: int, accounts: tuple[Account, ...]) -> None:
    note = _("{amount} is left of it.").format(amount=money_text(left, currency))
    ways = [one for one in methods() if one[0] != "withholding"]
    fields = [
        Field("amount", _("Amount"), "money", required=True, span=3, currency=currency, note=note),
        Field("on", _("Paid back on"), "date", required=True, span=3),
        account_field(accounts, _("Paid from")),
        Field("method", _("Paid by"), "choice", span=3, choices=ways),
        Field("reference", _("Reference"), span=3),
        Field(
            "reason",
            _("Reason"),
            required=True,
            span=3,
            hint=_("Paid twice"),
            note=_("The money itself is sent by you, or by a payment order."),
        ),
    ]
    form = Form([Section("", fields)], desk.shell.theme)
    form.put({"account_id": None, "amount": left, "on": desk.today(), "method": "bank"})
    book, actor, today = desk.book, desk.actor, desk.today()

    def save(values: dict[str, object]) -> Job:
        amount, on, account = values["amount"], values["on"], values["account_id"]
        assert isinstance(amount, int)
        assert isinstance(on, date)
        assert account is None or isinstance(account, int)

        def work(_report: object) -> Refund:
            return refund_credit(
                book,
                number,
                amount=amount,
                on=on,
                reason=str(values["reason"]),
                method=str(values["method"] or "bank"),
                reference=str(values["reference"] or ""),
                account_id=account,
                actor=actor,
                today=today,
            )

        return Job(_("Paying back {number}").format(number=number), work, MONEY, lane=Lane.HAND, quiet=True)

    def told(result: object) -> None:
        assert isinstance(result, Refund)
        desk.shell.notices.say(
            _("{amount} of {number} is paid back by {refund}.").format(
                amount=money_text(result.amount, currency), number=number, refund=result.refund
            ),
            _("{amount} is left.").format(amount=money_text(result.left, currency)) if result.left else "",
            [(_("Show it"), lambda: desk.shell.go("payments", result.refund_id))],
        )

    dialog = FormDialog(
        desk.shell, _("Pay back {number}").format(number=number), form, _("Book the refund"), save, parent
    )
    dialog.saved.connect(told)
    dialog.open()
