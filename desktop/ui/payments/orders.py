"""Orders to the bank: the debits and refunds that were ordered, each with its file and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from desktop.i18n import _, date_text, money_text, ngettext, number_text, pgettext
from desktop.jobs import Job, Lane
from desktop.services.orders.standing import (
    OrderItemRow,
    OrderRow,
    cancel_order,
    hand_over_order,
    order_file,
    order_items,
    orders,
    settle_order,
)
from desktop.ui.actions import Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip
from desktop.ui.latest import Latest
from desktop.ui.listing import Row
from desktop.ui.opening import offer_folder
from desktop.ui.page import Design, Page, Summary
from desktop.ui.payments.new_order import ORDERS, ask_order, kind_words
from desktop.ui.payments.record import MONEY
from desktop.ui.rows_model import RowsModel
from desktop.ui.saving import write
from desktop.ui.table import Empty, Table

_FOLDER: Final = "orders_folder"


def show_orders(desk: Desk) -> None:
    """Show the orders above the place where one is."""
    desk.shell.push(OrdersPage(desk))


class OrdersPage(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._found: dict[int, OrderRow] = {}
        self._chosen: OrderRow | None = None
        super().__init__(
            desk.shell,
            Design(
                name="orders",
                title=_("Orders to the bank"),
                columns=[
                    Column("tag", "", 92, "tag"),
                    Column("number", pgettext("bank", "Order"), 108, sort_key="number", strong=True),
                    Column("total", _("Total"), 104, "money", sort_key="total"),
                    Column("execute_on", _("For"), 96, "date", sort_key="execute_on"),
                    Column("what", _("What"), 190, sort_key="what", wide=True),
                    Column("count", pgettext("bank", "Items"), 64, "number"),
                    Column("waiting", _("Waiting"), 72, "number", sort_key="waiting"),
                    Column("returned", _("Came back"), 84, "number", secondary=True),
                    Column("account", _("Account"), 190, secondary=True, hidden=True),
                    Column("actor", _("By"), 90, secondary=True, hidden=True),
                ],
                listing=FewRows(self._load),
                summary=self._summary,
                search_hint=_("Search order, account"),
                nothing_yet=_(
                    "Orders stand here once you make them: what clients with a mandate owe is fetched by one file, "
                    "and credit is paid back by another."
                ),
                depends=ORDERS | MONEY,
                chips=[Chip("waits", _("Waiting")), Chip("returned", _("Came back"))],
                main_action="orders.new",
                menu=["orders.file", "orders.hand_over", "orders.settle", "orders.cancel"],
                empty_action="orders.new",
                detail_width=380,
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("orders.new", _("New order…"), self.new, "payment", "Ctrl+N"),
            Action("orders.file", _("Save the file…"), self.save, "export", "F", self._one),
            Action("orders.hand_over", _("The bank has it"), self.hand_over, "", "H", self._made),
            Action("orders.settle", _("Book it as come"), self.settle, "", "S", self._waits),
            Action("orders.cancel", _("Take it back"), self.cancel, "undo", "X", self._open, danger=True),
        ]

    def _load(self) -> Sequence[Row]:
        found = orders(self.desk.book)
        self._found = {one.id: one for one in found}
        words = kind_words()
        return [
            {
                "id": one.id,
                "tag": _tag(one),
                "marks": tuple(
                    mark
                    for mark, holds in (("waits", _standing(one) and one.waiting), ("returned", one.returned))
                    if holds
                ),
                "number": one.number,
                "what": words[one.kind],
                "execute_on": one.execute_on,
                "total": one.total,
                "currency": one.currency,
                "count": one.count,
                "waiting": one.waiting,
                "returned": one.returned,
                "account": one.account,
                "actor": one.actor,
            }
            for one in found
        ]

    def _summary(self) -> Summary:
        found = orders(self.desk.book)
        said = ngettext("{count} order", "{count} orders", len(found)).format(count=number_text(len(found)))
        counts = {
            "waits": sum(_standing(one) and one.waiting > 0 for one in found),
            "returned": sum(one.returned > 0 for one in found),
        }
        return Summary(said, counts=counts)

    # The pane at the right

    def detail(self) -> QWidget:
        self._items: list[OrderItemRow] = []
        self._latest = Latest(self.shell.jobs, self)
        self._rows = FewRows(self._item_rows)
        self._model = RowsModel(
            self._rows,
            [
                Column("client", _("Client"), 110, wide=True),
                Column("settles", _("Number"), 116),
                Column("amount", _("Amount"), 84, "money"),
                Column("tag", "", 92, "tag"),
            ],
            self.shell.jobs,
            self.shell.home_currency,
        )
        table = Table(self._model, self.shell.theme, self.shell.memory, self.shell.jobs, "order_items")
        table.setAccessibleName(_("What the order holds"))
        table.set_empty(Empty(_("Choose an order to see what it holds.")), Empty(_("Nothing found.")))
        body = QWidget()
        inside = QVBoxLayout(body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(table)
        self.pane = DetailPane(self.acts, ["orders.file", "orders.hand_over", "orders.settle"], body)
        return self.pane

    def show_detail(self, one: int | None) -> None:
        chosen = self._found.get(one) if one is not None else None
        self._chosen = chosen
        self.acts.refresh()
        if chosen is None:
            self._take(())
            self.pane.show_thing(_("No order chosen"), reason=_("Choose an order to see what it holds."))
            return
        facts = [
            (_("For"), date_text(chosen.execute_on)),
            (_("Account"), chosen.account),
            (_("Waiting"), number_text(chosen.waiting)),
            (_("Came"), number_text(chosen.paid)),
            (_("Came back"), number_text(chosen.returned)),
            (_("By"), chosen.actor),
        ]
        self.pane.show_thing(chosen.number, money_text(chosen.total, chosen.currency), facts)
        book, key = self.desk.book, chosen.id
        self._latest.ask(lambda: order_items(book, key), self._take)

    def _take(self, found: object) -> None:
        assert isinstance(found, tuple)
        self._items = list(found)
        if self._model.query is None:
            self._model.set_query(self._model.asked)
        else:
            self._model.reload()

    def _item_rows(self) -> list[Row]:
        currency = self._chosen.currency if self._chosen else self.shell.home_currency
        return [
            {
                "id": one.id,
                "client": one.name,
                "settles": one.settles,
                "amount": one.amount,
                "currency": currency,
                "tag": _ITEM_TAGS[one.state],
            }
            for one in self._items
        ]

    # What can be done

    def _one(self) -> bool:
        return self._chosen is not None

    def _made(self) -> bool:
        return self._chosen is not None and self._chosen.state == "made"

    def _waits(self) -> bool:
        return self._open() and self._chosen is not None and self._chosen.waiting > 0

    def _open(self) -> bool:
        return self._chosen is not None and _standing(self._chosen)

    def new(self) -> None:
        ask_order(self.desk, self, lambda made: self._made_now(made.id, made.file_name))

    def _made_now(self, order_id: int, file_name: str) -> None:
        self.reveal_written(order_id)
        self._save(order_id, file_name)

    def save(self) -> None:
        assert self._chosen is not None
        key = self._chosen.id
        self.shell.jobs.ask(lambda: order_file(self.desk.book, key).name, lambda name: self._save(key, str(name)))

    def _save(self, order_id: int, name: str) -> None:
        start = self.shell.memory.folder(_FOLDER)
        dialog = QFileDialog(self, _("Save the file for the bank"), str(start))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda path: self._write(order_id, Path(path)))
        dialog.open()

    def _write(self, order_id: int, path: Path) -> None:
        self.shell.memory.put_folder(_FOLDER, path.parent)
        book = self.desk.book

        def work(_report: object) -> Path:
            path.write_bytes(order_file(book, order_id).content)
            return path

        def done(_path: object) -> None:
            self.shell.notices.say(
                _("{name} is saved.").format(name=path.name),
                _("Upload it at your bank; then note here that the bank has it."),
                [offer_folder(path.parent)],
            )

        self.shell.jobs.start(Job(_("Saving {name}").format(name=path.name), work, lane=Lane.SIDE, quiet=True), done)

    def hand_over(self) -> None:
        order = self._order()
        said = _("The bank has order {number}.").format(number=order.number)
        write(
            self.desk,
            _("Noting it"),
            lambda: hand_over_order(self.desk.book, order.id, actor=self.desk.actor),
            said,
            changed=ORDERS,
        )

    def cancel(self) -> None:
        order = self._order()
        said = _("Order {number} is taken back. If the bank has its file, stop it there.").format(number=order.number)
        write(
            self.desk,
            _("Taking the order back"),
            lambda: cancel_order(self.desk.book, order.id, actor=self.desk.actor),
            said,
            changed=ORDERS,
        )

    def settle(self) -> None:
        order, book, actor, today = self._order(), self.desk.book, self.desk.actor, self.desk.today()

        def work(_report: object) -> tuple[int, ...]:
            return settle_order(book, order.id, on=min(order.execute_on, today), actor=actor, today=today)

        def done(found: object) -> None:
            assert isinstance(found, tuple)
            said = ngettext(
                "{count} payment of order {number} is booked.",
                "{count} payments of order {number} are booked.",
                len(found),
            )
            self.shell.notices.say(
                said.format(count=number_text(len(found)), number=order.number),
                _("A debit that comes back is reversed under its payment, or by the bank's statement."),
            )

        title = _("Booking order {number}").format(number=order.number)
        self.shell.jobs.start(Job(title, work, MONEY | ORDERS, lane=Lane.HAND, quiet=True), done)

    def _order(self) -> OrderRow:
        assert self._chosen is not None
        return self._chosen


_ITEM_TAGS: Final = {"ordered": "waiting", "paid": "paid", "returned": "bounced", "withdrawn": "cancelled"}


def _standing(one: OrderRow) -> bool:
    return one.state != "cancelled"


def _tag(one: OrderRow) -> str:
    if one.state == "cancelled":
        return "cancelled"
    if one.returned:
        return "bounced"
    if not one.waiting:
        return "done"
    return "waiting" if one.state == "handed_over" else "ready"
