"""What clients dispute: what about, how much, who looks after it, and by when it is to be settled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, date_text, money_text, ngettext, number_text
from desktop.services.disputes import DisputeRow, assign_dispute, open_dispute, open_disputes
from desktop.services.lists.invoices import InvoiceList
from desktop.services.open_items import OpenItemRow
from desktop.services.people import people
from desktop.ui.actions import Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip
from desktop.ui.form import Field, Form, Section
from desktop.ui.invoices.disputes import close_dispute
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.saving import tell, writing

DISPUTED = frozenset({"invoices", "clients", "runs"})


def show_disputes(desk: Desk) -> None:
    """Show the open disputes above the place where one is."""
    desk.shell.push(DisputesPage(desk))


def ask_dispute(desk: Desk, parent: QWidget, items: Sequence[OpenItemRow]) -> None:
    """Ask which of these items is disputed, why, how much of it, and who looks after it until when."""
    desk.shell.jobs.ask(lambda: _names(desk), lambda names: _ask(desk, parent, items, names))


def _names(desk: Desk) -> list[str]:
    return [str(one["name"]) for one in people(desk.book)]


def categories() -> dict[str, str]:
    """What a dispute may be about, in words."""
    return {
        "other": _("Other"),
        "price": _("Price"),
        "quantity": _("Quantity"),
        "quality": _("Quality"),
        "delivery": _("Delivery"),
        "order_number": _("Order number"),
        "duplicate": _("Billed twice"),
    }


def _care(names: Sequence[str]) -> list[Field]:
    """What a dispute is about, who looks after it, and until when."""
    fields = [Field("category", _("What about"), "choice", required=True, choices=list(categories().items()))]
    if names:
        everyone = [("", _("Nobody yet")), *((name, name) for name in names)]
        fields.append(Field("owner", _("Looked after by"), "choice", span=3, choices=everyone))
    fields.append(
        Field("due_on", _("To be settled by"), "date", span=3, note=_("From that day on it stands in Today."))
    )
    return fields


def _ask(desk: Desk, parent: QWidget, items: Sequence[OpenItemRow], names: object) -> None:
    assert isinstance(names, list)
    invoices = {one.number: one for one in reversed(items)}
    choices = [
        (one.number, _("{number}, due {day}, {amount} open").format(
            number=one.number, day=date_text(one.due_date), amount=money_text(one.open, one.currency)
        ))
        for one in reversed(invoices.values())
    ]  # fmt: skip
    fields = [
        Field("number", _("Invoice"), "choice", required=True, choices=choices),
        Field("reason", _("What is disputed"), "lines", required=True),
        Field("on", _("Since"), "date", required=True, span=3),
        Field(
            "amount", _("Amount"), "money", span=3, currency=items[0].currency, hint=_("All that is open"),
            note=_("Leave it empty where all of it is disputed."),
        ),
        *_care(names),
    ]  # fmt: skip
    form = Form([Section("", fields)], desk.shell.theme)
    form.put({"number": choices[0][0], "on": desk.today(), "category": "other", "owner": ""})
    book, actor, today = desk.book, desk.actor, desk.today()

    def work(values: dict[str, object]) -> object:
        on, amount, due_on = values["on"], values["amount"], values["due_on"]
        assert isinstance(on, date)
        assert amount is None or isinstance(amount, int)
        assert due_on is None or isinstance(due_on, date)
        return open_dispute(
            book,
            str(values["number"]),
            reason=str(values["reason"]),
            on=on,
            amount=amount,
            category=str(values["category"]),
            owner=str(values.get("owner") or ""),
            due_on=due_on,
            actor=actor,
            today=today,
        )

    dialog = FormDialog(
        desk.shell,
        _("Mark as disputed"),
        form,
        _("Mark as disputed"),
        lambda values: writing(desk, _("Flagging as disputed"), lambda: work(values), DISPUTED),
        parent,
    )
    dialog.saved.connect(lambda written: tell(desk, _("The dispute is noted."), written, DISPUTED))
    dialog.open()


class DisputesPage(Page):
    """Enter goes to the invoice."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._found: dict[int, DisputeRow] = {}
        super().__init__(
            desk.shell,
            Design(
                name="disputes",
                title=_("Disputes"),
                columns=[
                    Column("number", _("Invoice"), 124, sort_key="number", strong=True),
                    Column("client", _("Client"), 170, sort_key="client"),
                    Column("amount", _("Disputed"), 104, "money", sort_key="amount"),
                    Column("category", _("What about"), 112, sort_key="category"),
                    Column("reason", _("What was said"), 220, wide=True, lines=2, secondary=True),
                    Column("opened_on", _("Since"), 100, "date", sort_key="opened_on", secondary=True),
                    Column("owner", _("Looked after by"), 116, sort_key="owner"),
                    Column("due_on", _("To be settled by"), 116, "date", sort_key="due_on"),
                ],
                listing=FewRows(self._load),
                summary=self._summary,
                search_hint=_("Search invoice, client, reason, owner"),
                nothing_yet=_("Nothing is disputed. Mark an invoice as disputed under Invoices or Collections."),
                depends=DISPUTED | {"payments"},
                chips=[Chip("late", _("To be settled by now")), Chip("nobody", _("Nobody looks after it"))],
                main_action="disputes.settle",
                side_actions=["disputes.assign"],
                menu=["disputes.settle", "disputes.assign", "disputes.open"],
                sum_key="amount",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("disputes.settle", _("Settle…"), self.settle, "done", "S", self._one, _("settle")),
            Action("disputes.assign", _("Who and by when…"), self.assign, "edit", "E", self._one, _("assign")),
            Action("disputes.open", _("Open the invoice"), self.open_chosen, "open", enabled=self._one),
        ]

    def _load(self) -> Sequence[Row]:
        found = open_disputes(self.desk.book)
        invoices = InvoiceList(self.desk.book, self.desk.today()).rows([one.invoice_id for one in found])
        self._found = {one.id: one for one in found}
        today = self.desk.today()
        rows = []
        for one in found:
            invoice = invoices.get(one.invoice_id, {})
            is_open = invoice.get("open") or 0
            assert isinstance(is_open, int)
            marks = [("late", one.due_on is not None and one.due_on <= today), ("nobody", not one.owner)]
            rows.append(
                {
                    "id": one.id,
                    "number": one.number,
                    "client": invoice.get("client", ""),
                    "amount": is_open if one.amount is None else min(one.amount, is_open),
                    "currency": one.currency,
                    "category": categories()[one.category],
                    "reason": one.reason,
                    "opened_on": one.opened_on,
                    "owner": one.owner,
                    "due_on": one.due_on,
                    "marks": tuple(mark for mark, holds in marks if holds),
                }
            )
        return rows

    def _summary(self) -> Summary:
        found, today = open_disputes(self.desk.book), self.desk.today()
        said = ngettext("{count} dispute is open", "{count} disputes are open", len(found))
        counts = {
            "late": sum(one.due_on is not None and one.due_on <= today for one in found),
            "nobody": sum(not one.owner for one in found),
        }
        return Summary(said.format(count=number_text(len(found))), counts=counts)

    def show_detail(self, one: int | None) -> None:
        self.acts.refresh()

    def _chosen(self) -> DisputeRow | None:
        ids = self.selected_ids()
        return self._found.get(ids[0]) if ids else None

    def _one(self) -> bool:
        return self.table.selected_count() == 1

    def settle(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            close_dispute(self.desk, self, chosen.number)

    def assign(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.shell.jobs.ask(lambda: _names(self.desk), lambda names: self._assign(chosen, names))

    def _assign(self, one: DisputeRow, names: object) -> None:
        assert isinstance(names, list)
        desk, book, actor = self.desk, self.desk.book, self.desk.actor
        form = Form([Section("", _care(names))], self.shell.theme)
        form.put({"category": one.category, "owner": one.owner, "due_on": one.due_on})

        def work(values: dict[str, object]) -> None:
            due_on, owner = values["due_on"], values.get("owner")
            assert due_on is None or isinstance(due_on, date)
            care = str(owner or "") if "owner" in values else None
            assign_dispute(book, one.number, category=str(values["category"]), owner=care, due_on=due_on, actor=actor)

        dialog = FormDialog(
            self.shell,
            _("Dispute of {number}").format(number=one.number),
            form,
            _("Save"),
            lambda values: writing(desk, _("Changing the dispute"), lambda: work(values), DISPUTED),
            self,
        )
        said = _("The dispute of {number} is changed.").format(number=one.number)
        dialog.saved.connect(lambda written: tell(desk, said, written, DISPUTED))
        dialog.open()

    def open_row(self, one: int) -> None:
        self.shell.go("invoices", self._found[one].invoice_id)

    def open_chosen(self) -> None:
        for one in self.selected_ids()[:1]:
            self.open_row(one)
