"""The cash book of a till, with what a person enters in it: cash that moves without a client, and what was counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QWidget

from desktop.errors import UserError
from desktop.i18n import _, money_text
from desktop.jobs import Job, Lane
from desktop.services.cash_book import (
    KINDS,
    CashBook,
    CashEntry,
    Till,
    cash_book,
    count_till,
    enter_cash,
    entry_words,
    reverse_cash,
    tills,
)
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Form, Section
from desktop.ui.latest import Latest
from desktop.ui.listing import Row
from desktop.ui.payments.record import MONEY
from desktop.ui.settings.tills import add_till
from desktop.ui.story.files import look_at_file
from desktop.ui.table_form import TableFormDialog

_COUNT: Final = "count"
_REVERSE: Final = "reverse"


def open_cash_book(desk: Desk, parent: QWidget) -> None:
    """Show the cash book; where the firm has no till yet, ask for one first."""

    def shown(found: object) -> None:
        assert isinstance(found, tuple)
        if found:
            CashDialog(desk, parent, found).open()
        else:
            add_till(desk, parent, then=lambda _id: open_cash_book(desk, parent))

    desk.shell.jobs.ask(lambda: tills(desk.book), shown)


class CashDialog(TableFormDialog):
    """The entries of this year, the last one first, under the one that is to be entered."""

    def __init__(self, desk: Desk, parent: QWidget, known: Sequence[Till]) -> None:
        self.desk = desk
        self._tills = {one.id: one for one in known}
        self._over = parent
        self._shown: CashBook | None = None
        self._rows = FewRows(self._entries)
        super().__init__(
            desk.shell,
            _("Cash book"),
            Form([Section("", self._fields())], desk.shell.theme),
            _("Enter it"),
            self._job,
            parent,
            name="cash_book",
            listing=self._rows,
            columns=[
                Column("dated", _("Date"), 96, "date"),
                Column("number", _("Number"), 104, strong=True),
                Column("entry", _("Entry"), 176),
                Column("told", _("For"), 170, wide=True),
                Column("amount", _("Amount"), 104, "money"),
                Column("balance", _("Balance"), 104, "money"),
                Column("voucher", _("Voucher"), 120),
            ],
            empty=_("Nothing was entered this year. Begin with what is in the till now."),
            hint=_("The last entry stands first. Nothing in it is ever changed: a wrong one is taken back."),
            width=930,
        )
        self._latest = Latest(desk.shell.jobs, self)
        # It is the till's own.
        self.form.editor("currency").setEnabled(False)
        first = next(iter(self._tills.values()))
        self.form.put(
            {
                "till": first.id,
                "currency": first.currency,
                "kind": "expense" if first.last else "opening",
                "on": desk.today(),
            }
        )
        self.saved.connect(self._told)
        self.table.opened.connect(self._open_voucher)
        self.follow()

    def _fields(self) -> list[Field]:
        words = entry_words()
        kinds = [(kind, words[kind]) for kind in KINDS]
        kinds += [(_COUNT, _("The till was counted")), (_REVERSE, _("Take back the selected entry"))]
        currencies = sorted({one.currency for one in self._tills.values()})
        return [
            Field("till", _("Till"), "choice", required=True, span=2, choices=[(t.id, t.name) for t in self._all()]),
            Field("kind", _("Entry"), "choice", required=True, span=2, choices=kinds),
            Field("on", _("On"), "date", required=True, span=2),
            Field("amount", _("Amount"), "money", span=2, currency_from="currency"),
            Field("currency", _("Currency"), "choice", span=1, choices=[(one, one) for one in currencies]),
            Field("text", _("For"), span=3, hint=_("What it is for, or why")),
            Field("attach", _("Voucher"), "file", hint=_("The file of the receipt")),
        ]

    def _all(self) -> Sequence[Till]:
        return list(self._tills.values())

    def follow(self) -> None:
        till = self.form.read("till")
        if not isinstance(till, int):
            return
        kind = self.form.read("kind")
        self.form.show_field("amount", kind != _REVERSE)
        self.form.show_field("attach", kind in KINDS)
        if self._shown is not None and self._shown.till.id == till:
            return
        self.form.editor("currency").put(self._tills[till].currency)
        book, today = self.desk.book, self.desk.today()
        first = today.replace(month=1, day=1)
        self._latest.ask(lambda: cash_book(book, till, since=first, until=today), self._take)

    def _take(self, found: object) -> None:
        assert isinstance(found, CashBook)
        self._shown = found
        held = money_text(found.till.balance, found.till.currency)
        self.say(_("“{till}” holds {amount}.").format(till=found.till.name, amount=held))
        if self.model.query is None:
            self.model.set_query(self.model.asked)
        else:
            self.model.reload()

    def _entries(self) -> list[Row]:
        if self._shown is None:
            return []
        currency, words = self._shown.till.currency, entry_words()
        return [
            {
                "id": place,
                "dated": row.dated,
                "number": row.number,
                "entry": words[row.kind],
                "told": " · ".join(part for part in (row.client, row.text) if part),
                "amount": row.amount,
                "balance": row.balance,
                "voucher": _("Enter opens") if row.file_id is not None else "",
                "currency": currency,
            }
            for place, row in reversed(list(enumerate(self._shown.rows, 1)))
        ]

    def _job(self, values: dict[str, object]) -> Job:
        book, actor, today = self.desk.book, self.desk.actor, self.desk.today()
        till, kind, amount, on = values["till"], str(values["kind"]), values["amount"], values["on"]
        text, attach = str(values["text"] or ""), values["attach"]
        assert attach is None or isinstance(attach, Path)
        assert isinstance(till, int)
        assert isinstance(on, date)
        chosen = [str(row["number"]) for row in self._rows.rows(self.table.selected_ids()).values()]

        def work(_report: object) -> CashEntry:
            if kind == _REVERSE:
                if len(chosen) != 1:
                    raise UserError(
                        _("Which entry is to be taken back?"), _("Select one entry in the list, then enter it again.")
                    )
                return reverse_cash(book, chosen[0], on=on, reason=text, actor=actor, today=today)
            if not isinstance(amount, int):
                raise UserError(_("The amount is missing."), _("Enter how much it is."))
            if kind == _COUNT:
                return count_till(book, till, counted=amount, dated=on, text=text, actor=actor, today=today)
            return enter_cash(
                book, till, kind=kind, amount=amount, dated=on, text=text, attach=attach, actor=actor, today=today
            )

        return Job(_("Entering it in the cash book"), work, MONEY | {"firm"}, lane=Lane.HAND, quiet=True)

    def _open_voucher(self, place: object) -> None:
        assert self._shown is not None
        assert isinstance(place, int)
        file_id = self._shown.rows[place - 1].file_id
        if file_id is not None:
            look_at_file(self.desk, file_id)

    def _told(self, entry: object) -> None:
        assert isinstance(entry, CashEntry)
        desk, parent = self.desk, self._over
        held = money_text(entry.balance, entry.currency)
        said = _("{number} is entered.").format(number=entry.number) if entry.number else _("The count is right.")
        desk.shell.notices.say(
            said,
            _("The till holds {amount}.").format(amount=held),
            [(_("Open the cash book"), lambda: open_cash_book(desk, parent))],
        )
