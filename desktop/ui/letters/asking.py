"""Asks what a letter shall tell: a statement's days, a reminder's level, a cover letter's words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from desktop.i18n import _
from desktop.jobs import Job, Lane
from desktop.services.clients import client
from desktop.services.letters.correspondence import Made, currencies
from desktop.services.letters.cover import cover_letter
from desktop.services.letters.reminder import reminder
from desktop.services.letters.statement import statement
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.letters.showing import show_letter

_BY_DAYS = 0


def ask_statement(desk: Desk, parent: QWidget, client_id: int, currency: str = "") -> None:
    """Ask as of when, in which currency, and whether with movements; then show it."""
    _with_client(desk, client_id, lambda name, known: _ask_statement(desk, parent, client_id, name, known, currency))


def _ask_statement(desk: Desk, parent: QWidget, client_id: int, name: str, known: Sequence[str], currency: str) -> None:
    form = Form(
        [
            Section(
                "",
                [
                    Field("as_of", _("As of"), "date", required=True, span=3),
                    _currency_field(known),
                    Field(
                        "since",
                        _("With all movements since"),
                        "date",
                        span=3,
                        note=_("Leave it empty for the open items alone."),
                    ),
                ],
            )
        ],
        desk.shell.theme,
    )
    form.put({"as_of": desk.today(), "currency": currency or known[0]})
    book = desk.book

    def make(values: dict[str, object]) -> Made:
        as_of, since = values["as_of"], values["since"]
        assert isinstance(as_of, date)
        assert since is None or isinstance(since, date)
        return statement(book, client_id, as_of=as_of, currency=str(values["currency"]), since=since)

    _open(desk, parent, _("Statement of account: {name}").format(name=name), form, make)


def ask_reminder(desk: Desk, parent: QWidget, client_id: int, currency: str = "") -> None:
    """Ask in which tone, with which fee and interest, and until when; then show it."""
    _with_client(desk, client_id, lambda name, known: _ask_reminder(desk, parent, client_id, name, known, currency))


def _ask_reminder(desk: Desk, parent: QWidget, client_id: int, name: str, known: Sequence[str], currency: str) -> None:
    levels = [
        (_BY_DAYS, _("By the days overdue")),
        (1, _("1: friendly")),
        (2, _("2: firm")),
        (3, _("3: the last one")),
    ]
    form = Form(
        [
            Section(
                "",
                [
                    Field(
                        "level",
                        _("Level"),
                        "choice",
                        required=True,
                        span=3,
                        choices=levels,
                        note=_("Levels 2 and 3 say that you reminded before."),
                    ),
                    _currency_field(known),
                    Field("as_of", _("As of"), "date", required=True, span=3),
                    Field("pay_by", _("Pay by"), "date", span=3, note=_("Empty: in 14, 10 or 7 days, by the level.")),
                    Field("fee", _("Fee"), "money", span=3, currency_from="currency"),
                    Field(
                        "interest", _("Interest a year"), "percent", span=3, note=_("On each amount since it was due.")
                    ),
                ],
            )
        ],
        desk.shell.theme,
    )
    form.put({"level": _BY_DAYS, "as_of": desk.today(), "currency": currency or known[0]})
    book = desk.book

    def make(values: dict[str, object]) -> Made:
        as_of, pay_by, level, fee = values["as_of"], values["pay_by"], values["level"], values["fee"]
        assert isinstance(as_of, date)
        assert pay_by is None or isinstance(pay_by, date)
        assert isinstance(level, int)
        return reminder(
            book,
            client_id,
            as_of=as_of,
            currency=str(values["currency"]),
            level=level or None,
            fee=int(str(fee or 0)),
            interest=Decimal(str(values["interest"] or 0)),
            pay_by=pay_by,
        )

    _open(desk, parent, _("Reminder to {name}").format(name=name), form, make)


def ask_cover_letter(desk: Desk, parent: QWidget, client_id: int, numbers: Sequence[str]) -> None:
    """Ask for the words of the letter that goes with these documents; then show it."""
    form = Form(
        [
            Section(
                "",
                [
                    Field(
                        "text",
                        _("What the letter says"),
                        "lines",
                        hint=_("We enclose the following documents."),
                        note=_("Fields such as {example} are filled in.").format(example="{client.contact}, {date}"),
                    )
                ],
            )
        ],
        desk.shell.theme,
    )
    book, today, chosen = desk.book, desk.today(), list(numbers)

    def make(values: dict[str, object]) -> Made:
        return cover_letter(book, client_id, on=today, numbers=chosen, text=str(values["text"] or "").strip())

    _open(desk, parent, _("Cover letter"), form, make)


def _with_client(desk: Desk, client_id: int, then: Callable[[str, list[str]], None]) -> None:
    """Look the client up in a worker, then ask with its name and its currencies, its own first."""
    book, today = desk.book, desk.today()

    def work() -> tuple[str, list[str]]:
        record = client(book, client_id)
        own = str(record["currency"])
        used = currencies(book, client_id, today)
        return str(record["name"]), [own, *(one for one in used if one != own)] if own in used or not used else used

    def go(found: object) -> None:
        assert isinstance(found, tuple)
        then(*found)

    desk.shell.jobs.ask(work, go)


def _currency_field(known: Sequence[str]) -> Field:
    return Field("currency", _("Currency"), "choice", required=True, span=3, choices=[(one, one) for one in known])


def _open(desk: Desk, parent: QWidget, title: str, form: Form, make: Callable[[dict[str, object]], Made]) -> None:
    dialog = FormDialog(
        desk.shell,
        title,
        form,
        _("Show the letter"),
        lambda values: Job(_("Writing the letter"), lambda _report: make(values), lane=Lane.SIDE),
        parent,
    )
    dialog.saved.connect(lambda made: show_letter(desk, made))
    dialog.open()
