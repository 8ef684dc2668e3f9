"""Writes a credit note: all that is left of an invoice, an amount, or some of its lines."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.domain.crediting import CreditFigures
from desktop.errors import UserError
from desktop.i18n import _, money_text, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services import credits
from desktop.services.credits import CreditableLine, CreditResult, creditable_lines, plan_credit
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Form, Section
from desktop.ui.latest import Latest
from desktop.ui.listing import Row
from desktop.ui.table_form import TableFormDialog

_CHANGES = frozenset({"invoices", "payments", "clients", "billables", "agreements", "runs"})
_WHOLE, _AMOUNT, _LINES = "whole", "amount", "lines"
_AGAIN, _ANEW, _NOTHING = "again", "anew", "nothing"


def credit_invoice(desk: Desk, parent: QWidget, number: str) -> None:
    """Show what can be credited of an invoice, and ask how much, why, and what becomes of it."""
    desk.shell.jobs.ask(lambda: creditable_lines(desk.book, number), lambda found: _show(desk, parent, number, found))


def _show(desk: Desk, parent: QWidget, number: str, found: object) -> None:
    assert isinstance(found, tuple)
    currency, left, lines = found
    if left <= 0:
        desk.shell.notices.say(_("All of {number} was credited already.").format(number=number), tone="note")
        return
    CreditDialog(desk, parent, number, currency, left, lines).open()


class CreditDialog(TableFormDialog):
    def __init__(
        self, desk: Desk, parent: QWidget, number: str, currency: str, left: int, lines: Sequence[CreditableLine]
    ) -> None:
        self.desk = desk
        self._number = number
        self._currency = currency
        self._lines = [line for line in lines if line.left]
        whole = _("Everything, {amount}") if len(self._lines) == len(lines) else _("Everything left, {amount}")
        fields = [
            Field(
                "how",
                _("Credit"),
                "choice",
                span=3,
                choices=[
                    (_WHOLE, whole.format(amount=money_text(left, currency))),
                    (_LINES, _("The selected lines")),
                    (_AMOUNT, _("An amount")),
                ],
            ),
            Field("amount", _("Amount with tax"), "money", span=3, currency=currency),
            Field("reason", _("Reason"), required=True, note=_("It stands on the credit note.")),
            Field(
                "after",
                _("And then"),
                "choice",
                choices=[
                    (_NOTHING, _("Do not bill it again")),
                    (_AGAIN, _("Let the next run bill it again")),
                    (_ANEW, _("Issue the same invoice anew at once")),
                ],
            ),
        ]
        super().__init__(
            desk.shell,
            _("Credit {number}").format(number=number),
            Form([Section("", fields)], desk.shell.theme),
            _("Write the credit note"),
            self._job,
            parent,
            name="credit_lines",
            listing=FewRows(self._rows),
            columns=[
                Column("position", _("Line"), 64, "number", secondary=True),
                Column("description", _("Text"), 300, wide=True),
                Column("net", _("Net"), 120, "money"),
            ],
            empty=_("No line is left whole; credit an amount, or all that is left."),
        )
        self._latest = Latest(desk.shell.jobs, self)
        self.form.put({"how": _WHOLE, "after": _NOTHING})
        self.saved.connect(self._told)
        self.keep_typing(f"credit {number}")
        # At once: who goes on by Tab must find the field that was just chosen.
        self.form.changed.connect(self._open_fields)
        self.model.set_query(self.model.asked)
        self.follow()

    def _rows(self) -> Sequence[Row]:
        return [
            {
                "id": line.position,
                "position": line.position,
                "description": line.description,
                "net": line.net,
                "currency": self._currency,
            }
            for line in self._lines
        ]

    def _open_fields(self) -> None:
        how = self.form.editor("how").value()
        self.form.editor("amount").setEnabled(how == _AMOUNT)
        self.table.setEnabled(how == _LINES)

    def follow(self) -> None:
        self._open_fields()
        how = self.form.editor("how").value()
        if how == _AMOUNT and not isinstance(self._read_amount(), int):
            self.say("")
            return
        amount, lines = self._part(self._read_amount())
        ask = partial(plan_credit, self.desk.book, self._number, amount_gross=amount, lines=lines)
        self._latest.ask(lambda: _answer(ask), self._take)

    def _read_amount(self) -> object:
        try:
            return self.form.editor("amount").value()
        except UserError:
            return None

    def _part(self, amount: object) -> tuple[int | None, list[int] | None]:
        """(gross amount, lines) as the service takes them; neither is everything."""
        how = self.form.editor("how").value()
        if how == _AMOUNT:
            return (amount if isinstance(amount, int) else 0), None
        return None, self.table.selected_ids() if how == _LINES else None

    def _take(self, answer: object) -> None:
        if isinstance(answer, UserError):
            self.say(str(answer), wrong=True)
            return
        assert isinstance(answer, CreditFigures)
        self.say(
            _("Credits {payable}: {net} net and {tax} tax.").format(
                payable=money_text(answer.payable, self._currency),
                net=money_text(answer.net, self._currency),
                tax=money_text(answer.tax, self._currency),
            )
        )

    def _job(self, values: dict[str, object]) -> Job:
        desk, number = self.desk, self._number
        amount, lines = self._part(values["amount"])
        actor, today, after = desk.actor, desk.today(), values["after"]

        def work(_report: object) -> CreditResult:
            return credits.credit_invoice(
                desk.book,
                number,
                reason=str(values["reason"]),
                actor=actor,
                today=today,
                reissue=after == _ANEW,
                release=after == _AGAIN,
                amount_gross=amount,
                lines=lines,
            )

        return Job(_("Writing the credit note"), work, _CHANGES, lane=Lane.HAND, quiet=True)

    def _told(self, result: object) -> None:
        assert isinstance(result, CreditResult)
        shell = self.desk.shell
        shell.notices.say(
            _("{number} is credited by {note}, {amount}.").format(
                number=self._number, note=result.credit_note, amount=money_text(result.amount, result.currency)
            ),
            _consequences(result),
            [(_("Show it"), lambda: shell.go("invoices", result.credit_note_id))],
        )


def _consequences(result: CreditResult) -> str:
    parts = []
    if result.reissued:
        parts.append(_("It is issued anew as {number}.").format(number=result.reissued))
    if result.unapplied:
        left = money_text(result.unapplied, result.currency)
        parts.append(_("{amount} stays as the client’s credit.").format(amount=left))
    if result.released:
        said = ngettext("{count} charge may be billed again.", "{count} charges may be billed again.", result.released)
        parts.append(said.format(count=number_text(result.released)))
    return " ".join(parts)


def _answer(ask: partial[CreditFigures]) -> CreditFigures | UserError:
    try:
        return ask()
    except UserError as error:
        return error
