"""Renewals coming up: whose term ends, until when notice can be given, and what it is worth a year."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QWidget

from db.engine import Book
from desktop.i18n import _, date_text, money_text, ngettext, number_text
from desktop.services.renewals import Renewal, renewals
from desktop.ui.actions import Action
from desktop.ui.agreements.terms import ask_notice, renew_chosen, take_notice_back
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.facts import Fact, FactsView, Group
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary


class RenewalsPage(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = FewRows(lambda: _listed(desk.book, desk))
        self._chosen: Row = {}
        super().__init__(
            desk.shell,
            Design(
                name="renewals",
                title=_("Renewals"),
                columns=[
                    Column("state", "", 84, "tag", sort_key="state"),
                    Column("title", _("Agreement"), 170, sort_key="title", strong=True, wide=True),
                    Column("client", _("Client"), 150, sort_key="client", wide=True),
                    Column("term_last", _("Term through"), 108, "date", sort_key="term_last"),
                    Column("notice_by", _("Notice by"), 108, "date", sort_key="notice_by"),
                    Column("a_year", _("A year"), 100, "money", sort_key="a_year"),
                    Column("index_name", _("Index"), 90, sort_key="index_name", secondary=True),
                ],
                listing=self._rows,
                summary=self._summary,
                search_hint=_("Search agreement, client, index"),
                nothing_yet=_(
                    "No term ends in the next months. Enter the term and the notice at an agreement, under “Term, "
                    "notice and prices to come”, and it shows here in time."
                ),
                nothing_found=_("Nothing fits the search and the filters."),
                depends=frozenset({"agreements", "clients"}),
                chips=[
                    Chip("decide", _("Decide"), "state"),
                    Chip("renews", _("Renews by itself"), "state"),
                    Chip("ends", _("Ends"), "state"),
                ],
                main_action="renewals.renew",
                side_actions=["renewals.notice", "renewals.show"],
                many=["renewals.renew"],
                menu=["renewals.renew", "renewals.notice", "renewals.withdraw", "renewals.show"],
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("renewals.renew", self._renew_text, self.renew, "approve", "R", self._asks, _("renew")),
            Action("renewals.notice", _("Give notice…"), self.notice, "", "N", self._goes_on, _("notice")),
            Action("renewals.withdraw", _("Withdraw the notice"), self.withdraw, "", "W", self._noticed),
            Action("renewals.show", _("Show the agreement"), self.show_agreement, "open", "S", self._one, _("show")),
        ]

    def detail(self) -> QWidget:
        self.facts_view = FactsView(self.shell.theme)
        self.pane = DetailPane(self.acts, ["renewals.renew", "renewals.notice", "renewals.show"], self.facts_view)
        return self.pane

    def show_detail(self, one: int | None) -> None:
        self._chosen = self._rows.rows([one]).get(one, {}) if one is not None else {}
        self.acts.refresh()
        row = self._chosen
        if not row:
            self.pane.show_thing(_("No agreement chosen"), reason=_("Choose one to see what follows its term."))
            self.facts_view.show_groups(())
            return
        found = row["renewal"]
        assert isinstance(found, Renewal)
        self.pane.show_thing(found.title, found.code, (), _reason(found))
        worth = money_text(found.a_year, found.currency) if found.a_year is not None else ""
        given = date_text(found.notice_given_on) if found.notice_given_on else ""
        go = self.shell.go
        self.facts_view.show_groups(
            [
                Group(
                    "",
                    [
                        Fact(_("Client"), found.client),
                        Fact(_("Term to"), date_text(found.term_last)),
                        Fact(_("Notice by"), date_text(found.notice_by) if found.notice_by else ""),
                        Fact(_("Given on"), given),
                        Fact(_("A year"), worth),
                        Fact(_("Index"), found.index_name),
                    ],
                ),
                Group("", [Fact("", _("Show the agreement"), lambda: go("agreements", found.agreement_id))]),
            ]
        )

    def open_row(self, one: int) -> None:
        self.shell.go("agreements", one)

    def _one(self) -> bool:
        return self.table.selected_count() == 1 and bool(self._chosen)

    def _states(self) -> set[object]:
        return {row["state"] for row in self._rows.rows(self.selected_ids()).values()}

    def _asks(self) -> bool:
        return self._states() == {"decide"}

    def _goes_on(self) -> bool:
        return self._one() and self._chosen["state"] != "ends"

    def _noticed(self) -> bool:
        return self._one() and self._chosen["noticed"] is True

    def _renew_text(self) -> str:
        count = self.table.selected_count()
        return _("Renew {count}").format(count=number_text(count)) if count > 1 else _("Renew")

    def renew(self) -> None:
        renew_chosen(self.desk, self.selected_ids())

    def notice(self) -> None:
        ask_notice(self.desk, self, self.selected_ids()[0], str(self._chosen["title"]))

    def withdraw(self) -> None:
        take_notice_back(self.desk, self.selected_ids()[0], str(self._chosen["title"]))

    def show_agreement(self) -> None:
        self.shell.go("agreements", self.selected_ids()[0])

    def _summary(self) -> Summary:
        rows = _listed(self.desk.book, self.desk)
        counts: dict[str, int] = {}
        for row in rows:
            counts[str(row["state"])] = counts.get(str(row["state"]), 0) + 1
        waiting = counts.get("decide", 0)
        said = ngettext("{count} term waits for you", "{count} terms wait for you", waiting)
        return Summary(said.format(count=number_text(waiting)) if rows else "", (), counts)


def _reason(found: Renewal) -> str:
    day = date_text(found.term_last)
    match found.state:
        case "decide":
            return _("Its term ends on {day}. No run bills it after that until you renew it.").format(day=day)
        case "renews":
            assert found.notice_by is not None
            return _("It goes on after {day} unless notice is given by {notice}.").format(
                day=day, notice=date_text(found.notice_by)
            )
        case "ends":
            return _("It bills its last day on {day}.").format(day=day)
    return _("It goes on after {day}: notice comes too late for this term.").format(day=day)


def _listed(book: Book, desk: Desk) -> list[Row]:
    return [
        {
            "id": one.agreement_id,
            "state": "renews_surely" if one.state == "fixed" else one.state,
            "title": one.title,
            "client": one.client,
            "currency": one.currency,
            "term_last": one.term_last,
            "notice_by": one.notice_by,
            "a_year": one.a_year,
            "index_name": one.index_name,
            "noticed": one.notice_given_on is not None,
            "renewal": one,
        }
        for one in renewals(book, desk.today())
    ]
