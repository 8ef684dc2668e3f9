"""Entries by hand, and taking them back."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QWidget

from desktop.errors import UserError
from desktop.i18n import _, pgettext
from desktop.services.accounting.adjustments import Adjustment, Line, adjust, reverse
from desktop.services.accounting.chart import ledger_accounts
from desktop.services.accounting.journal import JournalRow
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.saving import writing

LEDGER = frozenset({"ledger"})
# Sides that are seen at once, and those that fold out.
_SEEN, _MOST = 2, 6


def book_by_hand(desk: Desk, parent: QWidget) -> FormDialog | None:
    """Ask for the sides of an entry and book it."""
    choices = [
        (str(one["id"]), f"{one['number']} {one['name']}")
        for one in ledger_accounts(desk.book, desk.today())
        if one["active"]
    ]
    if not choices:
        desk.shell.notices.show_error(
            UserError(
                _("The book has no chart of accounts yet."),
                _("Choose one under Settings, Chart of accounts; then entries can be booked by hand."),
            )
        )
        return None
    home = desk.shell.home_currency
    form = Form(
        [
            Section(
                "",
                [
                    Field("on", _("On"), "date", required=True, span=2),
                    Field("note", _("What for"), required=True, span=4),
                ],
            ),
            Section(pgettext("entry", "Sides"), [field for at in range(_SEEN) for field in _side(at, choices, home)]),
            Section(_("More sides"), [field for at in range(_SEEN, _MOST) for field in _side(at, choices, home)], True),
            Section(
                "",
                [
                    Field(
                        "despite",
                        _("Book it although documents or payments keep one of these accounts"),
                        "check",
                        note=_("Receivables, tax and deposits would then differ from the documents behind them."),
                    )
                ],
            ),
        ],
        desk.shell.theme,
    )
    form.put({"on": desk.today()})
    book, actor, today = desk.book, desk.actor, desk.today()

    def work(typed: dict[str, object]) -> Adjustment:
        on = typed["on"]
        assert isinstance(on, date)
        return adjust(
            book,
            _lines(typed),
            on=on,
            note=str(typed["note"] or ""),
            actor=actor,
            today=today,
            despite_warnings=bool(typed["despite"]),
        )

    return _ask(desk, parent, _("Book by hand"), form, _("Book"), work)


def ask_reversal(desk: Desk, parent: QWidget, row: JournalRow) -> FormDialog:
    """Ask why and on which day an entry is taken back."""
    form = Form(
        [
            Section(
                "",
                [
                    Field("on", _("On"), "date", required=True, span=2),
                    Field("reason", _("Why"), required=True, span=4),
                ],
            )
        ],
        desk.shell.theme,
    )
    form.put({"on": desk.today()})
    book, actor, today = desk.book, desk.actor, desk.today()

    def work(typed: dict[str, object]) -> Adjustment:
        on = typed["on"]
        assert isinstance(on, date)
        return reverse(book, row.entry, on=on, reason=str(typed["reason"] or ""), actor=actor, today=today)

    title = _("Take back entry {number}").format(number=row.entry)
    return _ask(desk, parent, title, form, _("Take back"), work)


def _ask(desk: Desk, parent: QWidget, title: str, form: Form, verb: str, work: object) -> FormDialog:
    assert callable(work)
    dialog = FormDialog(
        desk.shell, title, form, verb, lambda typed: writing(desk, title, lambda: work(typed), LEDGER), parent
    )

    def saved(written: object) -> None:
        made = getattr(written, "result", None)
        assert isinstance(made, Adjustment)
        desk.shell.notices.say(_("Booked as entry {number}.").format(number=made.entry))

    dialog.saved.connect(saved)
    dialog.open()
    return dialog


def _side(at: int, choices: list[tuple[str, str]], home: str) -> list[Field]:
    number = at + 1
    required = at < _SEEN
    return [
        Field(
            f"account{at}",
            _("Account"),
            "choice",
            required=required,
            span=6,
            choices=choices if required else [("", ""), *choices],
            spoken=_("Account of side {number}").format(number=number),
        ),
        Field(
            f"debit{at}",
            pgettext("ledger", "Debit"),
            "money",
            span=3,
            currency=home,
            spoken=_("Debit of side {number}").format(number=number),
        ),
        Field(
            f"credit{at}",
            pgettext("ledger", "Credit"),
            "money",
            span=3,
            currency=home,
            spoken=_("Credit of side {number}").format(number=number),
        ),
    ]


def _lines(typed: dict[str, object]) -> list[Line]:
    lines = []
    for at in range(_MOST):
        account, debit, credit = (typed[f"{name}{at}"] for name in ("account", "debit", "credit"))
        if not account or (debit is None and credit is None):
            continue
        assert debit is None or isinstance(debit, int)
        assert credit is None or isinstance(credit, int)
        lines.append(Line(int(str(account)), (debit or 0) - (credit or 0)))
    return lines
