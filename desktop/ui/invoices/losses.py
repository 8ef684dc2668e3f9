"""Writes off what will not be paid, and takes a loss back when it is paid after all."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, date_text, money_text
from desktop.jobs import Job, Lane
from desktop.services import write_offs
from desktop.services.write_offs import WriteOffRow, WrittenOff
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section

_CHANGES = frozenset({"invoices", "clients"})


def write_off(desk: Desk, parent: QWidget, number: str, is_open: int, currency: str) -> None:
    """Ask how much of an invoice is lost, and why."""
    fields = [
        Field("amount", _("Amount"), "money", required=True, span=3, currency=currency),
        Field("on", _("On"), "date", required=True, span=3),
        Field(
            "reason",
            _("Reason"),
            required=True,
            note=_(
                "It stays with the booking. A write-off is booked as a loss; it can be taken back by another booking."
            ),
        ),
    ]
    form = Form([Section("", fields)], desk.shell.theme)
    form.put({"amount": is_open, "on": desk.today()})
    actor, today = desk.actor, desk.today()

    def save(values: dict[str, object]) -> Job:
        amount, on = values["amount"], values["on"]
        assert isinstance(amount, int)
        assert isinstance(on, date)

        def work(_report: object) -> WrittenOff:
            return write_offs.write_off(
                desk.book, number, amount=amount, on=on, reason=str(values["reason"]), actor=actor, today=today
            )

        return Job(_("Writing off"), work, _CHANGES, lane=Lane.HAND, quiet=True)

    def told(result: object) -> None:
        assert isinstance(result, WrittenOff)
        left = _("{amount} of it stays open.").format(amount=money_text(result.open, currency)) if result.open else ""
        desk.shell.notices.say(
            _("{amount} of {number} is written off.").format(amount=money_text(result.amount, currency), number=number),
            left,
        )

    dialog = FormDialog(desk.shell, _("Write off {number}").format(number=number), form, _("Write off"), save, parent)
    dialog.saved.connect(told)
    dialog.open()


def take_back_write_off(desk: Desk, parent: QWidget, number: str, currency: str) -> None:
    """Ask which loss of an invoice is taken back; the latest is proposed."""
    desk.shell.jobs.ask(
        lambda: write_offs.write_offs_of(desk.book, number),
        lambda found: _ask_back(desk, parent, number, currency, found),
    )


def _ask_back(desk: Desk, parent: QWidget, number: str, currency: str, found: object) -> None:
    assert isinstance(found, tuple)
    losses: tuple[WriteOffRow, ...] = found
    if not losses:
        desk.shell.notices.say(_("Nothing of {number} is written off.").format(number=number), tone="note")
        return
    choices = [
        (loss.id, f"{money_text(loss.amount, currency)} · {date_text(loss.dated)} · {loss.reason}") for loss in losses
    ]
    fields = [
        Field("loss", _("Write-off"), "choice", required=True, choices=choices),
        Field("on", _("On"), "date", required=True, span=3),
        Field("reason", _("Reason"), required=True, note=_("What was written off is open again from that day.")),
    ]
    form = Form([Section("", fields)], desk.shell.theme)
    form.put({"loss": losses[-1].id, "on": desk.today()})
    actor, today = desk.actor, desk.today()

    def save(values: dict[str, object]) -> Job:
        loss, on = values["loss"], values["on"]
        assert isinstance(loss, int)
        assert isinstance(on, date)

        def work(_report: object) -> WrittenOff:
            return write_offs.reverse_write_off(
                desk.book, loss, on=on, reason=str(values["reason"]), actor=actor, today=today
            )

        return Job(_("Taking the write-off back"), work, _CHANGES, lane=Lane.HAND, quiet=True)

    def told(result: object) -> None:
        assert isinstance(result, WrittenOff)
        desk.shell.notices.say(
            _("{amount} of {number} is open again.").format(amount=money_text(result.open, currency), number=number)
        )

    dialog = FormDialog(
        desk.shell, _("Take the write-off of {number} back").format(number=number), form, _("Take back"), save, parent
    )
    dialog.saved.connect(told)
    dialog.open()
