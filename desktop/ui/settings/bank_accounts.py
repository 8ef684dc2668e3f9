"""The firm's bank accounts, in the order in which documents show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.i18n import _
from desktop.services.firm import bank_accounts, remove_bank_account, save_bank_account
from desktop.ui.actions import Action, Actions
from desktop.ui.choices import currencies
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Section
from desktop.ui.listing import Row
from desktop.ui.rows_model import RowsModel
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS, ask, texts
from desktop.ui.table import Empty, Table
from desktop.ui.wrapping import WrappingRow


class BankAccounts(QWidget):
    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        shell = desk.shell
        self._rows = FewRows(self._load)
        self.model = RowsModel(
            self._rows,
            [Column("account", _("Account"), 200, wide=True), Column("currency_word", _("For"), 56, secondary=True)],
            shell.jobs,
            shell.home_currency,
        )
        self.table = Table(self.model, shell.theme, shell.memory, shell.jobs, "bank_accounts")
        self.table.setAccessibleName(_("Bank accounts"))
        nothing = Empty(_("Without an account your clients do not know where to pay."))
        self.table.set_empty(nothing, nothing)
        self.acts = Actions(shell.theme, self, shell.refusal)
        self.acts.declare(
            [
                Action("accounts.add", _("Add…"), self.add, "add"),
                Action("accounts.edit", _("Edit…"), self.edit, "edit", enabled=self._one),
                Action("accounts.remove", _("Remove"), self.remove, "delete", "Del", enabled=self._one, danger=True),
            ],
            scope=self.table,
        )
        self.acts.failed.connect(shell.notices.show_error)
        self.table.set_menu([self.acts[one] for one in self.acts.ids])
        self.table.opened.connect(lambda _one: self.edit())
        self.table.selection_changed.connect(self.acts.refresh)
        title = QLabel(_("Bank accounts"))
        title.setProperty("role", "strong")
        buttons = WrappingRow()
        for one in self.acts.ids:
            buttons.addWidget(self.acts.button(one))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(title)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)

    def reload(self) -> None:
        if self.model.query is None:
            self.model.set_query(self.model.asked)
        else:
            self.model.reload()

    def _load(self) -> Sequence[Row]:
        return [
            {**one, "account": _grouped(str(one["iban"])), "currency_word": one["currency"] or _("all")}
            for one in bank_accounts(self._desk.book)
        ]

    def _chosen(self) -> Row:
        key = self.table.current_id()
        return self._rows.rows([key]).get(key, {}) if key is not None else {}

    def _one(self) -> bool:
        return bool(self._chosen())

    def add(self) -> None:
        self._open_form({"currency": None}, None)

    def edit(self) -> None:
        row = self._chosen()
        if row:
            self._open_form(row, int(str(row["id"])))

    def _open_form(self, values: Mapping[str, object], key: int | None) -> None:
        known = [(code, text) for code, text in currencies(self._desk.shell.home_currency)]
        fields = [
            Field("iban", _("IBAN or account number"), required=True),
            Field("bic", _("BIC"), span=3),
            Field("bank", _("Bank"), span=3),
            Field("holder", _("Holder"), hint=_("The firm")),
            Field(
                "currency",
                _("For invoices in"),
                "choice",
                choices=[(None, _("every currency")), *known],
                note=_("An account of a currency stands only on invoices in it."),
            ),
        ]
        abroad = [
            Field("routing", _("Routing number"), span=2),
            Field("company_id", _("Company id"), span=2, hint=_("As the bank gave it to you")),
        ]
        book, actor = self._desk.book, self._desk.actor

        def work(typed: dict[str, object]) -> int:
            wanted = {**typed, **texts(typed, "iban", "bic", "bank", "holder", "routing", "company_id")}
            return save_bank_account(book, wanted, actor=actor, account_id=key)

        title = _("Edit the account") if key else _("Add a bank account")
        sections = [Section("", fields), Section(_("ACH debits (United States)"), abroad, folds=True)]
        ask(self._desk, self, title, sections, values, _("Save"), work, _("Bank account saved."))

    def remove(self) -> None:
        row = self._chosen()
        act = partial(remove_bank_account, self._desk.book, int(str(row["id"])), actor=self._desk.actor)
        said = _("Account {iban} is removed.").format(iban=row["iban"])
        write(self._desk, _("Removing the account"), act, said, changed=SETTINGS)


def _grouped(iban: str) -> str:
    """An IBAN in groups of four, as it is printed; other numbers as they are."""
    if not iban[:2].isalpha():
        return iban
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
