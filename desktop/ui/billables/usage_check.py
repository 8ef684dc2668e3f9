"""What a run would find wrong with the use recorded, before it is run."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from PySide6.QtWidgets import QWidget

from db.engine import Book
from desktop.i18n import _, date_text, ngettext, number_text
from desktop.services.meters import validate_usage
from desktop.ui.actions import Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.facts import Fact, FactsView, Group
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary

_BLOCKING = ("missing", "unpriced")


class UsageCheckPage(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = FewRows(lambda: _problems(desk.book, desk.today()))
        self._chosen: Row = {}
        super().__init__(
            desk.shell,
            Design(
                name="usage_check",
                title=_("Use through {day}").format(day=date_text(desk.today())),
                columns=[
                    Column("state", "", 100, "tag", sort_key="state"),
                    Column("agreement", _("Agreement"), 96, sort_key="agreement"),
                    Column("client", _("Client"), 150, sort_key="client", lines=2),
                    Column("item", _("What is counted"), 140, sort_key="item", secondary=True, lines=2),
                    Column("message", _("What was found"), 260, wide=True, lines=2),
                ],
                listing=self._rows,
                summary=self._summary,
                search_hint=_("Search agreement, client, item"),
                nothing_yet=_("Every metered period that is over has its records, and none of them looks wrong."),
                nothing_found=_("Nothing fits the search and the filters."),
                depends=frozenset({"billables", "agreements", "invoices", "runs"}),
                chips=[
                    Chip("missing", _("Missing"), "state"),
                    Chip("doubled", _("Doubled"), "state"),
                    Chip("gap", _("Gaps"), "state"),
                    Chip("outlier", _("Unusual"), "state"),
                    Chip("late", _("Late"), "state"),
                    Chip("outside", _("Not billed by any run"), "state"),
                ],
                side_actions=["usage_check.agreement"],
                menu=["usage_check.agreement"],
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("usage_check.agreement", _("Show the agreement"), self.show_agreement, "open", "S", self._one),
        ]

    def detail(self) -> QWidget:
        self.facts_view = FactsView(self.shell.theme)
        self.pane = DetailPane(self.acts, ["usage_check.agreement"], self.facts_view)
        return self.pane

    def show_detail(self, one: int | None) -> None:
        self._chosen = self._rows.rows([one]).get(one, {}) if one is not None else {}
        self.acts.refresh()
        row = self._chosen
        if not row:
            self.pane.show_thing(_("Nothing chosen"), reason=_("Choose a row to see what can be done about it."))
            self.facts_view.show_groups(())
            return
        self.pane.show_thing(str(row["item"]), "", (), str(row["message"]))
        go, owner = self.shell.go, row["agreement_id"]
        self.facts_view.show_groups(
            [
                Group(
                    "",
                    [
                        Fact(_("Client"), str(row["client"])),
                        Fact(_("Agreement"), str(row["agreement"]), lambda: go("agreements", owner)),
                        Fact(_("In a run"), _("It blocks.") if row["state"] in _BLOCKING else _("It is held.")),
                    ],
                ),
                Group(_("What to do"), [Fact("", str(row["remedy"]))]),
            ]
        )

    def open_row(self, one: int) -> None:
        self.shell.go("agreements", self._rows.rows([one])[one]["agreement_id"])

    def show_agreement(self) -> None:
        self.shell.go("agreements", self._chosen["agreement_id"])

    def _one(self) -> bool:
        return bool(self._chosen)

    def _summary(self) -> Summary:
        rows = list(_problems(self.desk.book, self.desk.today()))
        counts: dict[str, int] = {}
        for row in rows:
            counts[str(row["state"])] = counts.get(str(row["state"]), 0) + 1
        if not rows:
            return Summary(_("Nothing stands against billing the use recorded"))
        said = ngettext("{count} thing to look at", "{count} things to look at", len(rows))
        return Summary(said.format(count=number_text(len(rows))), (), counts)


def _problems(book: Book, today: date) -> Iterable[Row]:
    return [
        {
            "id": place,
            "state": one.kind,
            "agreement": one.agreement,
            "agreement_id": one.agreement_id,
            "client": one.client,
            "item": one.item,
            "message": one.message,
            "remedy": one.remedy,
        }
        for place, one in enumerate(validate_usage(book, today), 1)
    ]
