"""The firm's tills: where cash is kept, each in one currency and with a cash book of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.i18n import _
from desktop.services.cash_book import remove_till, save_till, tills
from desktop.ui.actions import Action, Actions
from desktop.ui.choices import currencies
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Section
from desktop.ui.listing import Row
from desktop.ui.rows_model import RowsModel
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS, ask
from desktop.ui.table import Empty, Table
from desktop.ui.wrapping import WrappingRow


def add_till(desk: Desk, parent: QWidget, then: Callable[[int], object] | None = None) -> None:
    """Ask for a new till; `then` gets its id."""
    _ask_till(desk, parent, "", desk.shell.home_currency, None, then)


def _ask_till(
    desk: Desk,
    parent: QWidget,
    name: str,
    currency: str,
    key: int | None,
    then: Callable[[int], object] | None = None,
) -> None:
    fields = [
        Field("name", _("Name"), required=True, hint=_("Front desk"), span=3),
        Field(
            "currency",
            _("Currency"),
            "choice",
            required=True,
            span=3,
            choices=list(currencies(desk.shell.home_currency)),
            note=_("Cash that clients pay in it goes here where there is no other till of it."),
        ),
    ]
    book, actor = desk.book, desk.actor

    def work(typed: dict[str, object]) -> int:
        return save_till(book, str(typed["name"]), str(typed["currency"]), actor=actor, account_id=key)

    ask(
        desk,
        parent,
        _("Edit the till") if key else _("Add a till"),
        [Section("", fields)],
        {"name": name, "currency": currency},
        _("Save"),
        work,
        _("Till saved."),
        then,
    )


class Tills(QWidget):
    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        shell = desk.shell
        self._rows = FewRows(self._load)
        self.model = RowsModel(
            self._rows,
            [Column("name", _("Till"), 150, wide=True), Column("balance", _("Holds"), 100, "money")],
            shell.jobs,
            shell.home_currency,
        )
        self.table = Table(self.model, shell.theme, shell.memory, shell.jobs, "tills")
        self.table.setAccessibleName(_("Tills"))
        nothing = Empty(_("Where cash is kept; each till has its cash book under Payments."))
        self.table.set_empty(nothing, nothing)
        self.acts = Actions(shell.theme, self, shell.refusal)
        self.acts.declare(
            [
                Action("tills.add", _("Add…"), self.add, "add"),
                Action("tills.edit", _("Edit…"), self.edit, "edit", enabled=self._one),
                Action("tills.remove", _("Remove"), self.remove, "delete", "Del", enabled=self._one, danger=True),
            ],
            scope=self.table,
        )
        self.acts.failed.connect(shell.notices.show_error)
        self.table.set_menu([self.acts[one] for one in self.acts.ids])
        self.table.opened.connect(lambda _one: self.edit())
        self.table.selection_changed.connect(self.acts.refresh)
        title = QLabel(_("Tills"))
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
            {"id": one.id, "name": one.name, "currency": one.currency, "balance": one.balance}
            for one in tills(self._desk.book)
        ]

    def _chosen(self) -> Row:
        key = self.table.current_id()
        return self._rows.rows([key]).get(key, {}) if key is not None else {}

    def _one(self) -> bool:
        return bool(self._chosen())

    def add(self) -> None:
        add_till(self._desk, self)

    def edit(self) -> None:
        row = self._chosen()
        if row:
            _ask_till(self._desk, self, str(row["name"]), str(row["currency"]), int(str(row["id"])))

    def remove(self) -> None:
        row = self._chosen()
        act = partial(remove_till, self._desk.book, int(str(row["id"])), actor=self._desk.actor)
        said = _("Till {name} is removed.").format(name=row["name"])
        write(self._desk, _("Removing the till"), act, said, changed=SETTINGS)
