"""Agrees a payment plan: equal parts are proposed, each can be changed, and their sum is told as one types."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.domain.money import exponent, major_text
from desktop.domain.periods import Interval
from desktop.errors import UserError
from desktop.i18n import _, money_text, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services import payment_plans
from desktop.services.payment_plans import AgreedPlan, PlanBasis, plan_basis
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Section
from desktop.ui.lines_editor import LineTable
from desktop.ui.lines_form import LinesForm
from desktop.ui.lines_model import LineColumn
from desktop.ui.repolish import repolish

_CHANGES = frozenset({"invoices", "clients"})
_SIZE = (620, 590)


def agree_plan(desk: Desk, parent: QWidget, numbers: Sequence[str]) -> None:
    """Ask for the instalments of what is open of these invoices of one client."""
    desk.shell.jobs.ask(lambda: plan_basis(desk.book, numbers), lambda found: _show(desk, parent, found))


def _show(desk: Desk, parent: QWidget, found: object) -> None:
    assert isinstance(found, PlanBasis)
    PlanDialog(desk, parent, found).open()


class PlanDialog(FormDialog):
    def __init__(self, desk: Desk, parent: QWidget, basis: PlanBasis) -> None:
        self.desk = desk
        self._basis = basis
        columns = [
            LineColumn("due", _("Due"), "date", width=180, hint=_("When it is due")),
            LineColumn(
                "amount",
                _("Amount in {currency}").format(currency=basis.currency),
                "number",
                wide=True,
                places=exponent(basis.currency),
            ),
        ]
        form = LinesForm([Section("", self._rhythm()), Section("", self._why())], desk.shell.theme)
        theme = desk.shell.theme
        self.table = form.add_table("parts", _("Instalments"), LineTable(columns, theme, _("Instalments"), 3), 1)
        super().__init__(desk.shell, self._title(), form, _("Agree the plan"), self._job, parent)
        self._sentence = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(layout.count() - 2, self._sentence)
        today = desk.today()
        form.put({"count": 3, "every": "monthly", "first": payment_plans.next_month(today), "on": today, "parts": []})
        for key in ("count", "every", "first"):
            form.editor(key).changed.connect(self.propose)
        form.table("parts").changed.connect(self.tell)
        self.saved.connect(self._told)
        self.resize(*(theme.px(side) for side in _SIZE))
        self.propose()

    def _title(self) -> str:
        numbers = self._basis.numbers
        if len(numbers) == 1:
            return _("Payment plan for {number}").format(number=numbers[0])
        return _("Payment plan for {count} invoices").format(count=number_text(len(numbers)))

    def _rhythm(self) -> list[Field]:
        return [
            Field("count", _("Instalments"), "whole", required=True, span=2),
            Field(
                "every",
                _("How far apart"),
                "choice",
                span=2,
                choices=[
                    (str(Interval(1, "month")), _("Monthly")),
                    (str(Interval(2, "week")), _("Every 2 weeks")),
                    (str(Interval(1, "week")), _("Weekly")),
                    (str(Interval(3, "month")), _("Quarterly")),
                ],
            ),
            Field("first", _("The first is due"), "date", required=True, span=2),
        ]

    def _why(self) -> list[Field]:
        note = _("It stays with the plan.")
        if self._basis.replaces:
            note = _("It replaces the plan of {numbers}.").format(numbers=", ".join(self._basis.replaces))
        return [
            Field("on", _("Agreed on"), "date", required=True, span=2),
            Field("reason", _("Reason"), required=True, span=4, note=note),
        ]

    @property
    def sentence(self) -> str:
        """What the dialog says of the sum."""
        return self._sentence.text()

    def propose(self) -> None:
        """Equal parts as the fields above say, in place of what stands in the table."""
        count, every, first = (self.form.read(key) for key in ("count", "every", "first"))
        if not isinstance(count, int) or not isinstance(first, date):
            return
        try:
            parts = payment_plans.propose(self._basis, count, first, str(every))
        except UserError as error:
            self._say(str(error), wrong=True)
            return
        currency = self._basis.currency
        self.table.put([{"due": due, "amount": Decimal(major_text(part, currency))} for due, part in parts])
        self.tell()

    def tell(self) -> None:
        """Whether the parts come to what is open."""
        basis = self._basis
        lacks = payment_plans.missing(self.table.values(), basis)
        if lacks is None:
            self._say("")
            return
        whole = money_text(basis.open, basis.currency)
        if not lacks:
            self._say(_("They come to {open}, which is all that is open.").format(open=whole))
            return
        difference = money_text(abs(lacks), basis.currency)
        said = _("{difference} is missing to the {open} that is open.")
        if lacks < 0:
            said = _("{difference} is too much for the {open} that is open.")
        self._say(said.format(difference=difference, open=whole), wrong=True)

    def _say(self, sentence: str, *, wrong: bool = False) -> None:
        self._sentence.setText(sentence)
        self._sentence.setProperty("role", "problem" if wrong else "strong")
        repolish(self._sentence)

    def _job(self, values: dict[str, object]) -> Job:
        book, actor, today, basis = self.desk.book, self.desk.actor, self.desk.today(), self._basis
        lines, on = values["parts"], values["on"]
        assert isinstance(lines, list)
        assert isinstance(on, date)

        def work(_report: object) -> tuple[AgreedPlan, ...]:
            parts = payment_plans.typed_parts(lines, basis.currency)
            return payment_plans.agree_plan(
                book, basis.numbers, parts, on=on, reason=str(values["reason"]), actor=actor, today=today
            )

        return Job(_("Agreeing the plan"), work, _CHANGES, lane=Lane.HAND, quiet=True)

    def _told(self, agreed: object) -> None:
        assert isinstance(agreed, tuple)
        plans: tuple[AgreedPlan, ...] = agreed
        count = len({due for plan in plans for _name, due, _amount in plan.instalments})
        said = ngettext("{amount} is due in {count} instalment.", "{amount} is due in {count} instalments.", count)
        self.desk.shell.notices.say(
            _("The payment plan of {numbers} is agreed.").format(numbers=", ".join(self._basis.numbers)),
            said.format(amount=money_text(self._basis.open, self._basis.currency), count=number_text(count)),
        )


def call_plan_off(desk: Desk, parent: QWidget, number: str, currency: str) -> None:
    """Ask why the plan of an invoice ends."""
    fields = [
        Field("on", _("On"), "date", required=True, span=2),
        Field(
            "reason",
            _("Reason"),
            required=True,
            span=4,
            note=_("What is open of the plan is due as it was before. What was paid stays paid."),
        ),
    ]
    form = LinesForm([Section("", fields)], desk.shell.theme)
    form.put({"on": desk.today()})
    actor, today = desk.actor, desk.today()

    def save(values: dict[str, object]) -> Job:
        on = values["on"]
        assert isinstance(on, date)

        def work(_report: object) -> int:
            return payment_plans.cancel_plan(
                desk.book, number, on=on, reason=str(values["reason"]), actor=actor, today=today
            )

        return Job(_("Calling the plan off"), work, _CHANGES, lane=Lane.HAND, quiet=True)

    def told(back: object) -> None:
        assert isinstance(back, int)
        desk.shell.notices.say(
            _("The payment plan of {number} is called off.").format(number=number),
            _("{amount} is due as it was before.").format(amount=money_text(back, currency)),
        )

    dialog = FormDialog(
        desk.shell,
        _("Call off the payment plan of {number}").format(number=number),
        form,
        _("Call the plan off"),
        save,
        parent,
    )
    dialog.saved.connect(told)
    dialog.open()
