"""All projects in one table: agreed, billed, done, left, paid, and what budgets and purchase orders have used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from threading import Lock

from PySide6.QtWidgets import QWidget

from db.engine import Book
from desktop.i18n import _, ngettext, number_text
from desktop.services.projects import Position, positions
from desktop.ui.actions import Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.facts import FactsView
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip, money_figure
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.projects.bars import Bars
from desktop.ui.projects.page import ProjectPage
from desktop.ui.projects.words import bars, groups, over


class ProjectsPage(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._lock = Lock()
        self._found: Mapping[int, Position] = {}
        self._chosen: Position | None = None
        super().__init__(
            desk.shell,
            Design(
                name="projects",
                title=_("Projects"),
                columns=[
                    Column("state", "", 88, "tag", sort_key="state"),
                    Column("title", _("Project"), 136, sort_key="title", strong=True, lines=2),
                    Column("client", _("Client"), 118, sort_key="client", lines=2),
                    Column("code", _("Agreement"), 90, sort_key="code", secondary=True, hidden=True),
                    Column("scope", _("Agreed"), 112, "money", sort_key="scope"),
                    Column("billed", _("Billed"), 112, "money", sort_key="billed"),
                    Column("waiting", _("To bill"), 108, "money", sort_key="waiting"),
                    Column("left", _("Left"), 112, "money", sort_key="left"),
                    Column("paid", _("Paid, gross"), 112, "money", sort_key="paid"),
                    Column("open", _("Open, gross"), 108, "money", sort_key="open", secondary=True),
                    Column("planned", _("Planned"), 108, "money", sort_key="planned", hidden=True),
                    Column("budget", _("Budget"), 66, "percent", sort_key="budget", secondary=True),
                    Column("po", _("PO"), 56, "percent", sort_key="po", secondary=True),
                ],
                listing=FewRows(self._load),
                summary=lambda: _summary(desk.book, desk.today(), desk.shell.home_currency),
                search_hint=_("Search project, client, code"),
                nothing_yet=_(
                    "An agreement with a fixed price, hours, a budget, a purchase order with a limit or milestones "
                    "shows here where it stands. Add such an agreement first."
                ),
                depends=frozenset({"agreements", "billables", "invoices", "payments", "runs", "firm", "clients"}),
                chips=[
                    Chip("to_bill", _("To bill"), "state"),
                    Chip("over", _("Over"), "state"),
                    Chip("open", _("Open"), "state"),
                    Chip("billed", _("All billed"), "state"),
                    Chip("inactive", _("Off"), "state"),
                ],
                main_action="projects.open",
                side_actions=["projects.agreement"],
                menu=["projects.open", "projects.agreement"],
                sum_key="billed",
            ),
        )

    def offers(self) -> Iterable[Action]:
        one = self._one
        return [
            Action("projects.open", _("Open the project"), self.open_chosen, "open", "O", one, _("open")),
            Action("projects.agreement", _("Show the agreement"), self.show_agreement, "", "S", one, _("agreement")),
        ]

    def _load(self) -> Sequence[Row]:
        found = {one.agreement_id: one for one in positions(self.desk.book, self.desk.today())}
        with self._lock:
            self._found = found
        return [_row(one) for one in found.values()]

    def detail(self) -> QWidget:
        self.facts_view = FactsView(self.shell.theme)
        self.pane = DetailPane(self.acts, ["projects.open", "projects.agreement"], self.facts_view)
        return self.pane

    def show_detail(self, one: int | None) -> None:
        with self._lock:
            self._chosen = where = self._found.get(one) if one is not None else None
        self.acts.refresh()
        if where is None:
            self.pane.show_thing(_("No project chosen"), reason=_("Choose a project to see where it stands."))
            self.facts_view.show_groups(())
            return
        self.pane.show_thing(where.title or where.code, where.code, (), over(where))
        self.facts_view.show_groups(groups(where), Bars(self.shell.theme, bars(where)))

    def _one(self) -> bool:
        return self._chosen is not None and self.table.selected_count() == 1

    def open_row(self, one: int) -> None:
        self.shell.push(ProjectPage(self.desk, one))

    def open_chosen(self) -> None:
        self.open_row(self.selected_ids()[0])

    def show_agreement(self) -> None:
        self.shell.go("agreements", self.selected_ids()[0])


def _row(one: Position) -> Row:
    done = one.scope is not None and one.left is not None and one.left <= 0
    marks = [
        *(["to_bill"] if one.waiting else ()),
        *(["over"] if over(one) else ()),
        *(["open"] if one.open else ()),
        *(["billed"] if done else ()),
        *(["inactive"] if not one.active else ()),
    ]
    state = next((mark for mark in ("over", "inactive", "to_bill", "billed") if mark in marks), "active")
    return {
        "id": one.agreement_id,
        "state": state,
        "marks": marks,
        "title": one.title or one.code,
        "client": one.client_name,
        "code": one.code,
        "currency": one.currency,
        "scope": one.scope,
        "billed": one.billed,
        "waiting": one.waiting,
        "planned": one.planned,
        "left": one.left,
        "paid": one.paid,
        "open": one.open,
        "budget": one.budget_share,
        "po": one.po_share,
    }


def _summary(book: Book, today: date, home: str) -> Summary:
    found = positions(book, today)
    counts = dict.fromkeys(("to_bill", "over", "open", "billed", "inactive"), 0)
    sums: dict[str, dict[str, int]] = {"scope": {}, "billed": {}, "waiting": {}, "left": {}, "open": {}}
    for one in found:
        row = _row(one)
        marks = row["marks"]
        assert isinstance(marks, list)
        for mark in marks:
            counts[mark] += 1
        # What is left of a budget is no price that will be billed.
        given = {"scope": one.scope, "billed": one.billed, "waiting": one.waiting, "open": one.open}
        given["left"] = one.left if one.scope is not None else None
        for name, amount in given.items():
            if amount is not None:
                sums[name][one.currency] = sums[name].get(one.currency, 0) + amount
    figures = [
        money_figure(sums["scope"], home, _("agreed, with changes")),
        money_figure(sums["billed"], home, _("billed, net")),
        money_figure(sums["waiting"], home, _("done, not billed"), "to_bill"),
        money_figure(sums["left"], home, _("left of the agreed")),
        money_figure(sums["open"], home, _("open, gross"), "open"),
    ]
    said = ngettext("{count} project", "{count} projects", len(found)).format(count=number_text(len(found)))
    return Summary(said if found else "", figures if found else (), counts)
