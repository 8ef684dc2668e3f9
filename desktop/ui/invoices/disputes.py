"""Flags an invoice as disputed, and settles the dispute."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QWidget

from desktop.i18n import _
from desktop.services import disputes
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.saving import tell, writing

_CHANGES = frozenset({"invoices", "clients", "runs"})


def open_dispute(desk: Desk, parent: QWidget, number: str, currency: str) -> None:
    fields = [
        Field("reason", _("What is disputed"), "lines", required=True),
        Field("on", _("Since"), "date", required=True, span=3),
        Field(
            "amount", _("Amount"), "money", span=3, currency=currency, hint=_("All that is open"),
            note=_("Leave it empty where all of it is disputed."),
        ),
    ]  # fmt: skip
    form = Form([Section("", fields)], desk.shell.theme)
    form.put({"on": desk.today()})
    actor, today = desk.actor, desk.today()

    def work(values: dict[str, object]) -> object:
        on, amount = values["on"], values["amount"]
        assert isinstance(on, date)
        assert amount is None or isinstance(amount, int)
        return disputes.open_dispute(
            desk.book, number, reason=str(values["reason"]), on=on, amount=amount, actor=actor, today=today
        )

    dialog = FormDialog(
        desk.shell,
        _("Dispute of {number}").format(number=number),
        form,
        _("Flag as disputed"),
        lambda values: writing(desk, _("Flagging as disputed"), lambda: work(values), _CHANGES),
        parent,
    )
    said = _("{number} is flagged as disputed.").format(number=number)
    dialog.saved.connect(lambda written: tell(desk, said, written, _CHANGES))
    dialog.open()


def close_dispute(desk: Desk, parent: QWidget, number: str) -> None:
    fields = [
        Field("outcome", _("How it was settled"), "lines", required=True),
        Field("on", _("On"), "date", required=True, span=3),
    ]
    form = Form([Section("", fields)], desk.shell.theme)
    form.put({"on": desk.today()})
    actor, today = desk.actor, desk.today()

    def work(values: dict[str, object]) -> None:
        on = values["on"]
        assert isinstance(on, date)
        disputes.close_dispute(desk.book, number, outcome=str(values["outcome"]), on=on, actor=actor, today=today)

    dialog = FormDialog(
        desk.shell,
        _("Settle the dispute of {number}").format(number=number),
        form,
        _("Settle"),
        lambda values: writing(desk, _("Settling the dispute"), lambda: work(values), _CHANGES),
        parent,
    )
    said = _("The dispute of {number} is settled.").format(number=number)
    dialog.saved.connect(lambda written: tell(desk, said, written, _CHANGES))
    dialog.open()
