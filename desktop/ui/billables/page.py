"""Billables: hours, charges, discounts, deposits and metered use in one list, and what becomes of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, date_text, ngettext, number_text
from desktop.services.billables import delete_billables
from desktop.services.lists.billables import source
from desktop.services.milestones import milestone
from desktop.ui.actions import GAP, Action
from desktop.ui.billables.facts import Known, amount_text, day_of, groups, known, reason
from desktop.ui.billables.form import edit_billable, new_billable
from desktop.ui.billables.listing import STRANDED, BillableRows, hours_text, summary
from desktop.ui.billables.usage_check import UsageCheckPage
from desktop.ui.billables.usage_form import edit_usage, new_usage
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.facts import FactsView
from desktop.ui.filters import Chip
from desktop.ui.importing.exchange import exchange
from desktop.ui.latest import Latest
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.projects.known import milestone_row_id
from desktop.ui.projects.page import ProjectPage
from desktop.ui.runs.review import ReviewPage
from desktop.ui.saving import write

# Hours are added up row by row, which a hundred thousand of them would make slow.
_MOST_ROWS_TO_SUM = 5_000


def _ids_of(kind: str, ids: Sequence[int]) -> frozenset[int]:
    table = {"charges": "one_off"}.get(kind, kind)
    return frozenset(own for one, own in map(source, ids) if one == table)


class BillablesPage(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = BillableRows(desk.book)
        self._thing: Known | None = None
        self._put_off = False
        super().__init__(
            desk.shell,
            Design(
                name="billables",
                title=_("Billables"),
                columns=[
                    Column("tag", "", 104, "tag"),
                    Column("day", _("Date"), 98, "date", sort_key="day"),
                    Column("client", _("Client"), 120, sort_key="client", lines=2),
                    Column("what", _("What"), 160, sort_key="text", wide=True, lines=2),
                    Column("agreement", _("Agreement"), 90, sort_key="agreement", secondary=True),
                    Column("person", _("Person"), 72, sort_key="person", secondary=True, lines=2),
                    Column("quantity", _("Quantity"), 76, "number", sort_key="quantity"),
                    Column("unit_price", _("Rate"), 58, "number", secondary=True),
                    Column("amount", _("Amount"), 112, "money"),
                    Column("on", _("Billed on"), 112, secondary=True, hidden=True),
                    Column("kind_word", _("Kind"), 80, sort_key="kind", secondary=True, hidden=True),
                ],
                listing=self._rows,
                summary=lambda: summary(desk.book, self._rows, desk.shell.home_currency),
                search_hint=_("Search client, text, person, item"),
                nothing_yet=_(
                    "Hours worked and what is billed once will stand here until an invoice takes them: write down the "
                    "first hours, add a charge, or import a time sheet."
                ),
                nothing_found=_("Nothing fits the search and the filters. What an invoice took stands under “Billed”."),
                depends=frozenset({"billables", "runs", "invoices", "agreements", "clients"}),
                chips=[
                    Chip("unbilled", _("Unbilled"), "state"),
                    Chip("billed", _("Billed"), "state"),
                    Chip("time", _("Time"), "kind"),
                    Chip("charges", _("Charges"), "kind"),
                    Chip("usage", _("Usage"), "kind"),
                    Chip("milestone", _("Milestones"), "kind"),
                    Chip(STRANDED, _("No agreement"), "kind"),
                    Chip("unpriced", _("No price")),
                    Chip("late", _("Late")),
                ],
                first_filters=frozenset({"unbilled"}),
                main_action="billables.new",
                side_actions=["billables.import", "billables.charge"],
                many=["billables.delete"],
                menu=[
                    "billables.edit",
                    "billables.copy",
                    "billables.show",
                    GAP,
                    "billables.delete",
                    GAP,
                    "billables.new",
                    "billables.charge",
                    "billables.discount",
                    "billables.deposit",
                    "billables.usage",
                    GAP,
                    "billables.validate",
                    "billables.import",
                ],
                empty_action="billables.new",
                sum_key="amount",
            ),
        )

    def offers(self) -> Iterable[Action]:
        free = self._free
        return [
            Action("billables.new", _("New time entry…"), lambda: self.new("time"), "add", "Ctrl+N"),
            Action("billables.charge", _("New charge…"), lambda: self.new("charge"), "", "Ctrl+Shift+N"),
            Action("billables.discount", _("New discount…"), lambda: self.new("discount"), "", "Ctrl+Shift+D"),
            Action("billables.deposit", _("New deposit…"), lambda: self.new("deposit"), "", "Ctrl+Shift+P"),
            Action("billables.usage", _("New record of use…"), lambda: self.new("usage"), "", "Ctrl+Shift+U"),
            Action("billables.validate", _("Check the use recorded…"), self.validate, "", "Ctrl+Shift+K"),
            Action("billables.edit", _("Edit…"), self.edit, "edit", "E", free, _("edit")),
            Action("billables.copy", _("Duplicate…"), self.duplicate, "copy", "D", self._copyable, _("duplicate")),
            Action(
                "billables.show",
                self._show_text,
                self.show_holder,
                "open",
                "S",
                self._has_holder,
                _("show what has it"),
            ),
            Action("billables.delete", _("Delete"), self.delete, "delete", "Del", self._deletable, danger=True),
            Action("billables.import", _("Import…"), self.bring_in, "import"),
            *exchange(self.desk, self, ["time", "usage", "charges"], ids_of=_ids_of),
        ]

    def _show_summary(self, summary: object) -> None:
        super()._show_summary(summary)
        assert isinstance(summary, Summary)
        there = any(summary.counts.values())
        if not there and self.filters.on == self.design.first_filters:
            # In a book without any the table should say what will stand here, not that a filter hides it.
            self._put_off = True
            self.show_all()
        elif there and self._put_off:
            self._put_off = False
            self.filters.put(self.design.first_filters)

    # The pane at the right

    def detail(self) -> QWidget:
        self.facts_view = FactsView(self.shell.theme)
        self.pane = DetailPane(self.acts, ["billables.edit", "billables.copy", "billables.delete"], self.facts_view)
        self._latest = Latest(self.shell.jobs, self)
        self._adding = Latest(self.shell.jobs, self)
        return self.pane

    def show_detail(self, one: int | None) -> None:
        if one is None:
            self._latest.drop()
            self._take(None)
            return
        book, rows, today = self.desk.book, self._rows, self.desk.today()
        self._latest.ask(lambda: known(book, rows, one, today), self._take)

    def _take(self, thing: object) -> None:
        assert thing is None or isinstance(thing, Known)
        self._thing = thing
        self.acts.refresh()
        if thing is None:
            self.pane.show_thing(_("Nothing chosen"), reason=_("Choose a row to see what becomes of it."))
            self.facts_view.show_groups(())
            return
        row = thing.row
        named = row["text"] if row["kind"] == "milestone" else row["item"]
        heading = str(named or row["text"] or row["kind_word"])
        self.pane.show_thing(heading, amount_text(row), (), reason(thing, self.desk.today()))
        self.facts_view.show_groups(groups(thing, self.shell.go, self.show_holder))

    # What is chosen

    def _row(self) -> Row:
        return self._thing.row if self._thing else {}

    def _free(self) -> bool:
        return self._thing is not None and self._row()["state"] != "billed"

    def _copyable(self) -> bool:
        return self._thing is not None and self._row()["kind"] != "milestone"

    def _deletable(self) -> bool:
        """Among several the service tells which one is billed or on a draft."""
        selected = self.table.selected_count()
        return selected > 1 or (selected == 1 and self._row().get("state") in ("unbilled", "late", "not_billable"))

    def _has_holder(self) -> bool:
        return self._row().get("state") in ("billed", "draft")

    def _show_text(self) -> str:
        return _("Show the run") if self._row().get("state") == "draft" else _("Show the invoice")

    # What the selection comes to

    def _follow_selection(self) -> None:
        super()._follow_selection()
        ids, rows = self.selected_ids(), self._rows
        if 0 < len(ids) <= _MOST_ROWS_TO_SUM:
            self._adding.ask(lambda: rows.hours(ids), self._show_hours)
        else:
            self._adding.drop()

    def _show_hours(self, hours: object) -> None:
        assert isinstance(hours, Decimal)
        if hours:
            self.foot_bar.add(hours_text(hours))

    # What can be done

    def open_row(self, one: int) -> None:
        kind, own = source(one)
        if kind == "usage":
            edit_usage(self.desk, self, one, self._show_saved)
        elif kind == "milestone":
            # It is one of a project's, whose page shows what its share is of.
            self.shell.jobs.ask(lambda: milestone(self.desk.book, own), self._open_project)
        else:
            edit_billable(self.desk, self, one, self._show_saved)

    def _open_project(self, record: object) -> None:
        assert isinstance(record, dict)
        page = ProjectPage(self.desk, record["agreement_id"])
        self.shell.push(page)
        page.reveal_written(milestone_row_id(record["id"]))

    def new(self, kind: str) -> None:
        if kind == "usage":
            new_usage(self.desk, self, self._show_saved)
        else:
            new_billable(self.desk, self, kind, self._show_saved)

    def validate(self) -> None:
        self.shell.push(UsageCheckPage(self.desk))

    def edit(self) -> None:
        assert self._thing is not None
        self.open_row(self._thing.id)

    def duplicate(self) -> None:
        assert self._thing is not None
        copy = edit_usage if source(self._thing.id)[0] == "usage" else edit_billable
        copy(self.desk, self, self._thing.id, self._show_saved, copy=True)

    def _show_saved(self, one: int) -> None:
        # Its row comes with the reload that the write brings about; until then it would seem to be filtered out.
        self._to_reveal = one

    def show_holder(self) -> None:
        thing = self._thing
        assert thing is not None
        if thing.run_id is not None:
            self.shell.push(ReviewPage(self.desk, thing.run_id))
        else:
            self.shell.go("invoices", thing.row["invoice_id"])

    def delete(self) -> None:
        book, actor, ids = self.desk.book, self.desk.actor, self.selected_ids()
        picked = [source(one) for one in ids]
        time_ids = [own for kind, own in picked if kind == "time"]
        one_off_ids = [own for kind, own in picked if kind == "one_off"]
        usage_ids = [own for kind, own in picked if kind == "usage"]
        milestone_ids = [own for kind, own in picked if kind == "milestone"]
        if len(ids) == 1:
            row = self._row()
            said = _("{what} of {day} for {name} is deleted.").format(
                what=row["kind_word"], day=date_text(day_of(row)), name=row["client"]
            )
        else:
            said = ngettext("{count} billable is deleted.", "{count} billables are deleted.", len(ids))
            said = said.format(count=number_text(len(ids)))
        write(
            self.desk,
            _("Deleting"),
            lambda: delete_billables(
                book,
                time_ids=time_ids,
                one_off_ids=one_off_ids,
                usage_ids=usage_ids,
                milestone_ids=milestone_ids,
                actor=actor,
            ),
            said,
        )

    def bring_in(self) -> None:
        from desktop.ui.importing.dialog import ask_import

        ask_import(self.desk, self, "time")
