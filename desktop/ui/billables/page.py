"""What waits to be billed: hours and one-off charges in one list, with what each would cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtWidgets import QWidget

from desktop.errors import UserError
from desktop.i18n import _, date_text, money_text, ngettext, number_text
from desktop.services.billables import delete_billables
from desktop.services.lists.billables import source
from desktop.ui.actions import GAP, Action
from desktop.ui.billables.forms import Kind, edit_billable
from desktop.ui.billables.listing import BillableRows, kind_word, summary
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.facts import Fact, FactsView, Group
from desktop.ui.filters import Chip
from desktop.ui.latest import Latest
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page
from desktop.ui.saving import take_back, write


class BillablesPage(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = BillableRows(desk.book)
        self._row: Row = {}
        super().__init__(
            desk.shell,
            Design(
                name="billables",
                title=_("Billables"),
                columns=[
                    Column("day", _("Day"), 100, "date", sort_key="day"),
                    Column("what", _("What"), 200, sort_key="text", strong=True, wide=True),
                    Column("client", _("Client"), 140, sort_key="client", wide=True),
                    Column("agreement", _("Agreement"), 92, sort_key="agreement", secondary=True),
                    Column("person", _("Person"), 100, sort_key="person", secondary=True, hidden=True),
                    Column("quantity", _("Quantity"), 82, "number", sort_key="quantity"),
                    Column("unit_price", _("Price"), 84, "number", secondary=True),
                    Column("amount", _("Amount"), 100, "money"),
                    Column("tag", "", 92, "tag"),
                    Column("where", _("On"), 120, secondary=True),
                ],
                listing=self._rows,
                summary=lambda: summary(desk.book, desk.shell.home_currency),
                search_hint=_("Search text, client, person"),
                nothing_yet=_(
                    "Hours worked and charges made once wait here until a run bills them. Add the first, or import a "
                    "time sheet."
                ),
                nothing_found=_("Nothing waits here."),
                depends=frozenset({"billables", "runs", "invoices", "agreements", "firm"}),
                chips=[
                    Chip("unbilled", _("Unbilled"), "state"),
                    Chip("billed", _("Billed"), "state"),
                    Chip("time", _("Hours"), "kind"),
                    Chip("charges", _("Charges"), "kind"),
                    Chip("loose", _("No agreement")),
                    Chip("unpriced", _("No price")),
                    Chip("not_billable", _("Not billable"), "state"),
                ],
                first_filters=frozenset({"unbilled"}),
                main_action="billables.time",
                side_actions=["billables.charge", "billables.discount", "billables.deposit"],
                menu=[
                    "billables.edit",
                    "billables.open",
                    GAP,
                    "billables.time",
                    "billables.charge",
                    "billables.discount",
                    "billables.deposit",
                    GAP,
                    "billables.delete",
                    GAP,
                    "billables.undo",
                ],
                empty_action="billables.time",
                sum_key="amount",
            ),
        )

    def offers(self) -> Iterable[Action]:
        one, some = self._one, self._some
        return [
            Action("billables.time", _("New time entry…"), lambda: self.new("time"), shortcut="Ctrl+N"),
            Action("billables.charge", _("New charge…"), lambda: self.new("charge"), shortcut="Ctrl+Shift+N"),
            Action("billables.discount", _("New discount…"), lambda: self.new("discount")),
            Action("billables.deposit", _("New deposit…"), lambda: self.new("deposit")),
            Action("billables.edit", _("Edit…"), self.edit, "edit", "E", one, _("edit")),
            Action("billables.open", self._open_text, self.open_where, "", "O", self._has_where, _("open")),
            Action("billables.delete", _("Delete"), self.delete, "delete", "Del", some, danger=True),
            Action("billables.undo", _("Undo the last change"), lambda: take_back(self.desk), "undo"),
        ]

    # The pane at the right

    def detail(self) -> QWidget:
        self._facts = FactsView(self.shell.theme)
        self._latest = Latest(self.shell.jobs, self)
        self.pane = DetailPane(self.acts, ["billables.edit", "billables.delete"], self._facts)
        return self.pane

    def show_detail(self, one: int | None) -> None:
        if one is None:
            self._latest.drop()
            self._show({})
            return
        rows = self._rows
        self._latest.ask(lambda: rows.rows([one]).get(one, {}), self._show)

    def _show(self, row: object) -> None:
        assert isinstance(row, Mapping)
        self._row = row
        if not row:
            self.pane.show_thing(_("Nothing chosen"), reason=_("Choose an entry to see what it will cost."))
            self._facts.show_groups(())
        else:
            self.pane.show_thing(str(row["what"]), kind_word(str(row["kind"])), (), _reason(row))
            self._facts.show_groups(self._groups(row))
        self.acts.refresh()

    def _groups(self, row: Row) -> Sequence[Group]:
        go, currency, price, amount = self.shell.go, str(row["currency"]), row["unit_price"], row["amount"]
        agreement_id = row["agreement_id"]
        day = row["day"]
        return [
            Group(
                "",
                [
                    Fact(_("Client"), str(row["client"]), lambda: go("clients", row["client_id"])),
                    Fact(
                        _("Agreement"),
                        str(row["agreement"]) or _("none"),
                        (lambda: go("agreements", agreement_id)) if agreement_id is not None else None,
                    ),
                    Fact(_("Item"), str(row["item"])),
                    Fact(_("Person"), str(row["person"])),
                ],
            ),
            Group(
                "",
                [
                    Fact(_("Day"), date_text(_day(day))),
                    Fact(_("Hours") if row["kind"] == "time" else _("Quantity"), number_text(row["quantity"])),  # type: ignore[arg-type]
                    Fact(_("Price"), f"{currency} {number_text(price)}" if price is not None else _("none")),  # type: ignore[arg-type]
                    Fact(_("Priced"), _priced(row)),
                    Fact(_("Amount"), money_text(amount, currency) if isinstance(amount, int) else ""),
                ],
            ),
            Group("", [Fact(_("On"), str(row["where"]), self.open_where)] if row["where"] else []),
        ]

    # What can be done

    def _some(self) -> bool:
        return self.table.selected_count() > 0

    def _one(self) -> bool:
        return self.table.selected_count() == 1 and bool(self._row)

    def _has_where(self) -> bool:
        return self._one() and bool(self._row["where"])

    def _open_text(self) -> str:
        return _("Open the run") if self._row.get("state") == "draft" else _("Open the invoice")

    def open_where(self) -> None:
        """To the invoice that billed it, or to the runs, where its draft waits."""
        if self._row.get("invoice_id") is not None:
            self.shell.go("invoices", int(str(self._row["invoice_id"])))
        else:
            self.shell.go("runs")

    def new(self, kind: Kind) -> None:
        edit_billable(self.desk, self, kind, None, self.reveal)

    def open_row(self, one: int) -> None:
        row = self._rows.rows([one]).get(one)
        if row is None:
            return
        if row["invoice"]:
            raise_billed(str(row["invoice"]))
        edit_billable(self.desk, self, str(row["kind"]), one, self.reveal)  # type: ignore[arg-type]

    def edit(self) -> None:
        self.open_row(self.selected_ids()[0])

    def delete(self) -> None:
        sources = [source(one) for one in self.selected_ids()]
        time_ids = [number for kind, number in sources if kind == "time"]
        one_off_ids = [number for kind, number in sources if kind == "one_off"]
        book, actor, count = self.desk.book, self.desk.actor, len(sources)

        def work() -> int:
            return delete_billables(book, time_ids=time_ids, one_off_ids=one_off_ids, actor=actor)

        said = ngettext("{count} entry is deleted.", "{count} entries are deleted.", count)
        write(self.desk, _("Deleting"), work, said.format(count=number_text(count)))


def raise_billed(number: str) -> None:
    raise UserError(
        _("It was billed on {number}.").format(number=number),
        _("Write a credit note that frees it, then change it and bill it again."),
    )
