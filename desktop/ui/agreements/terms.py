"""What ends or renews a term: notice, its withdrawal, another term; and what is agreed beside the lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from desktop.errors import UserError
from desktop.i18n import _, date_text, money_text, ngettext, number_text
from desktop.jobs import Job
from desktop.services.catalogue import items
from desktop.services.commitments import (
    add_commitment,
    add_prepayment,
    commitments,
    prepayments,
    remove_commitment,
    remove_prepayment,
)
from desktop.services.problems import ValidationError
from desktop.services.renewals import give_notice, last_day_after_notice, renew, withdraw_notice
from desktop.ui.agreements.words import span_text
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.editors import Choice
from desktop.ui.form import Field, Form, Section
from desktop.ui.last_days import day_after
from desktop.ui.latest import Latest
from desktop.ui.saving import tell, write, writing


def _open(
    desk: Desk,
    parent: QWidget,
    title: str,
    form: Form,
    verb: str,
    work: Callable[[dict[str, object]], Callable[[], object]],
    said: str | Callable[[object], str],
) -> None:
    def save(values: dict[str, object]) -> Job:
        return writing(desk, title, work(values))

    dialog = FormDialog(desk.shell, title, form, verb, save, parent)
    dialog.saved.connect(lambda written: tell(desk, said, written))
    dialog.open()


class NoticeForm(Form):
    """Says which day the notice ends it on, as soon as its own day is typed."""

    def __init__(self, desk: Desk, agreement_id: int) -> None:
        super().__init__(
            [
                Section(
                    "",
                    [
                        Field("given_on", _("Notice given on"), "date", required=True, span=3),
                        Field("last_day", _("Ends on another day"), "date", span=3, hint=_("As the term says")),
                    ],
                )
            ],
            desk.shell.theme,
        )
        self._desk = desk
        self._agreement_id = agreement_id
        self._latest = Latest(desk.shell.jobs, self)
        self.put({"given_on": desk.today()})
        self.editor("given_on").changed.connect(self._ask)
        self._ask()

    def _ask(self) -> None:
        try:
            given = self.editor("given_on").value()
        except UserError:
            return
        if isinstance(given, date):
            book, one = self._desk.book, self._agreement_id
            self._latest.ask(lambda: last_day_after_notice(book, one, given), self._tell)

    def _tell(self, last: object) -> None:
        assert isinstance(last, date)
        self.explain("given_on", _("By its term it ends on {day}.").format(day=date_text(last)))


def ask_notice(desk: Desk, parent: QWidget, agreement_id: int, name: str) -> None:
    form = NoticeForm(desk, agreement_id)
    book, actor = desk.book, desk.actor

    def work(values: dict[str, object]) -> Callable[[], object]:
        given, last = values["given_on"], values["last_day"]
        assert isinstance(given, date)
        assert last is None or isinstance(last, date)
        return lambda: give_notice(book, agreement_id, given, actor=actor, last_day=last)

    def said(last: object) -> str:
        assert isinstance(last, date)
        return _("Notice is noted: {name} ends on {day}.").format(name=name, day=date_text(last))

    _open(desk, parent, _("Give notice"), form, _("Give notice"), work, said)


def take_notice_back(desk: Desk, agreement_id: int, name: str) -> None:
    book, actor = desk.book, desk.actor
    write(
        desk,
        _("Withdrawing the notice"),
        lambda: withdraw_notice(book, agreement_id, actor=actor),
        _("The notice is withdrawn: {name} goes on.").format(name=name),
    )


def renew_chosen(desk: Desk, ids: Sequence[int]) -> None:
    book, actor, today = desk.book, desk.actor, desk.today()

    def said(count: object) -> str:
        assert isinstance(count, int)
        words = ngettext("{count} agreement has another term.", "{count} agreements have another term.", count)
        return words.format(count=number_text(count))

    write(desk, _("Renewing"), lambda: renew(book, list(ids), actor=actor, today=today), said)


def ask_prepayment(desk: Desk, parent: QWidget, agreement_id: int) -> None:
    """Years paid ahead; those that there are can be taken back here."""
    book = desk.book
    desk.shell.jobs.ask(
        lambda: prepayments(book, agreement_id), lambda found: _show_prepayment(desk, parent, agreement_id, found)
    )


def _show_prepayment(desk: Desk, parent: QWidget, agreement_id: int, found: object) -> None:
    assert isinstance(found, list)
    standing: list[Choice] = [(one["id"], span_text(one["start_date"], one["end_date"])) for one in found]
    fields = [
        Field("start_date", _("Periods from"), "date", required=True, span=2),
        Field("end_date", _("through"), "date", required=True, span=2),
        Field("due_date", _("Billed on"), "date", required=True, span=2),
        Field("discount", _("Discount %"), "percent", span=2),
        Field("reason", _("Its reason on the invoice"), span=4, hint=_("Paid ahead")),
    ]
    book, actor, today = desk.book, desk.actor, desk.today()
    form = Form([Section("", fields)], desk.shell.theme)
    first = today.replace(day=1) if today.day == 1 else _next_month(today)
    form.put({"start_date": first, "end_date": first.replace(year=first.year + 1), "due_date": today})
    # A year through its last day, not the first of the next.
    end = date.fromordinal(first.replace(year=first.year + 1).toordinal() - 1)
    form.put({"start_date": first, "end_date": end, "due_date": today})
    if standing:
        form.explain("start_date", _("Paid ahead already: {spans}").format(spans=", ".join(n for _i, n in standing)))

    def work(values: dict[str, object]) -> Callable[[], object]:
        percent = values["discount"]
        given = {
            "start_date": values["start_date"],
            "end_date": day_after(values["end_date"]),
            "due_date": values["due_date"],
            "discount": percent / 100 if isinstance(percent, Decimal) else Decimal(0),
            "reason": values["reason"] or "",
        }
        return lambda: add_prepayment(book, agreement_id, given, actor=actor)

    said = _("A run from that day on bills all of it at once.")
    _open(desk, parent, _("Bill ahead"), form, _("Bill ahead"), work, said)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def ask_commitment(desk: Desk, parent: QWidget, agreement_id: int, currency: str) -> None:
    book, today = desk.book, desk.today()

    def show(found: object) -> None:
        assert isinstance(found, list)
        fields = [
            Field("start_date", _("From"), "date", required=True, span=3),
            Field("end_date", _("through"), "date", required=True, span=3),
            Field("amount", _("At least, net"), "money", required=True, span=3, currency=currency),
            Field("item_id", _("What lacks is billed as"), "choice", span=3, choices=found),
            Field("description", _("Text on the invoice"), hint=_("The item’s name")),
        ]
        form = Form([Section("", fields)], desk.shell.theme)
        form.put({"start_date": date(today.year, 1, 1), "end_date": date(today.year, 12, 31)})

        def work(values: dict[str, object]) -> Callable[[], object]:
            given = {
                **values,
                "end_date": day_after(values["end_date"]),
                "description": values["description"] or "",
            }
            return lambda: add_commitment(book, agreement_id, given, actor=desk.actor)

        said = _("What lacks to it is billed once its last day is over.")
        _open(desk, parent, _("Commitment"), form, _("Agree on it"), work, said)

    desk.shell.jobs.ask(lambda: [(one["id"], str(one["name"])) for one in items(book)], show)


def ask_taking_back(desk: Desk, parent: QWidget, agreement_id: int, currency: str) -> None:
    """Take back a year paid ahead, or a commitment, that stands."""
    book, actor = desk.book, desk.actor

    def known() -> list[Choice]:
        ahead: list[Choice] = [
            (
                ("prepayment", one["id"]),
                _("Billed ahead: {span}").format(span=span_text(one["start_date"], one["end_date"])),
            )
            for one in prepayments(book, agreement_id)
        ]
        least: list[Choice] = [
            (
                ("commitment", one.id),
                _("At least {amount}: {span}").format(
                    amount=money_text(one.amount, currency), span=span_text(one.start, one.end)
                ),
            )
            for one in commitments(book, agreement_id)
        ]
        return [*ahead, *least]

    def show(found: object) -> None:
        assert isinstance(found, list)
        if not found:
            desk.shell.notices.say(_("Nothing is billed ahead, and nothing committed to."), tone="note")
            return
        fields = [Field("what", _("What no longer holds"), "choice", required=True, choices=found)]
        form = Form([Section("", fields)], desk.shell.theme)
        form.put({"what": found[0][0]})

        def work(values: dict[str, object]) -> Callable[[], object]:
            chosen = values["what"]
            if not isinstance(chosen, tuple):
                raise ValidationError({"what": _("Choose one.")})
            kind, key = chosen
            remove = remove_prepayment if kind == "prepayment" else remove_commitment
            return lambda: remove(book, key, actor=actor)

        _open(desk, parent, _("Take back"), form, _("Take it back"), work, _("It is taken back."))

    desk.shell.jobs.ask(known, show)
