"""What was agreed with clients: the agreements, what each bills next, and all that is done with one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.i18n import _
from desktop.services.agreements import delete_agreement, switch_agreement, update_agreement
from desktop.ui.actions import GAP, Action
from desktop.ui.agreements.change import ask_change
from desktop.ui.agreements.contract import ask_contract, save_contract
from desktop.ui.agreements.dates import ask_pause, ask_price_back, ask_resume, ask_rise
from desktop.ui.agreements.ending import ask_end
from desktop.ui.agreements.facts import Known, groups, known, reason
from desktop.ui.agreements.form import edit_agreement
from desktop.ui.agreements.listing import AgreementRows, summary
from desktop.ui.agreements.renewals_page import RenewalsPage
from desktop.ui.agreements.rises_page import RisesPage, ask_proposal
from desktop.ui.agreements.terms import (
    ask_commitment,
    ask_notice,
    ask_prepayment,
    ask_taking_back,
    renew_chosen,
    take_notice_back,
)
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.facts import FactsView
from desktop.ui.filters import Chip, ChipMenu
from desktop.ui.importing.exchange import exchange, same_ids
from desktop.ui.latest import Latest
from desktop.ui.page import Design, Page
from desktop.ui.projects.bars import Bars
from desktop.ui.projects.list_page import ProjectsPage
from desktop.ui.projects.page import ProjectPage
from desktop.ui.projects.words import bars, is_project
from desktop.ui.saving import take_back, write
from desktop.ui.story.pane import StoryPane


class AgreementsPage(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = AgreementRows(desk.book, desk.today)
        self._known: Known | None = None
        super().__init__(
            desk.shell,
            Design(
                name="agreements",
                title=_("Agreements"),
                columns=[
                    Column("code", _("Code"), 68, sort_key="code", secondary=True),
                    Column("title", _("Agreement"), 160, sort_key="title", strong=True, wide=True, lines=2),
                    Column("tag", "", 84, "tag", sort_key="state"),
                    Column("client", _("Client"), 150, sort_key="client", wide=True, lines=2),
                    Column("cadence", _("Billed"), 140, sort_key="billing", secondary=True),
                    Column("amount", _("A period"), 88, "money"),
                    Column("next_due", _("Next due"), 104, "date"),
                    Column("po_left", _("PO left"), 84, "money", secondary=True),
                    Column("po_number", _("PO number"), 110, secondary=True, hidden=True),
                    Column("segment", _("Segment"), 120, sort_key="segment", secondary=True, hidden=True),
                    Column("billed_through", _("Billed until"), 100, "date", sort_key="billed_through", hidden=True),
                    Column("start", _("Starts"), 100, "date", sort_key="start", hidden=True),
                ],
                listing=self._rows,
                summary=lambda: summary(desk.book, desk.today()),
                search_hint=_("Search title, client, code, PO"),
                nothing_yet=_(
                    "Agreements say what is billed to whom, how often and at which price; a run then bills them all. "
                    "Add the first one, or import a list."
                ),
                depends=frozenset({"agreements", "clients", "invoices", "firm"}),
                chips=[
                    Chip("ended", _("Ended"), "state"),
                    Chip("inactive", _("Off"), "state"),
                    Chip("not_started", _("To start"), "state"),
                    Chip("paused", _("Paused"), "state"),
                    Chip("trial", _("Trial"), "state"),
                ],
                chip_menus=[
                    ChipMenu("billing", _("Kind"), _("All kinds")),
                    ChipMenu("segment", _("Segment"), _("All segments")),
                ],
                main_action="agreements.new",
                side_actions=["agreements.projects", "agreements.renewals", "agreements.rises"],
                many=["agreements.rise", "agreements.propose"],
                menu=[
                    "agreements.edit",
                    "agreements.change",
                    "agreements.rise",
                    "agreements.propose",
                    "agreements.price_back",
                    GAP,
                    "agreements.pause",
                    "agreements.resume",
                    "agreements.end",
                    "agreements.notice",
                    "agreements.notice_back",
                    "agreements.renew",
                    "agreements.switch",
                    GAP,
                    "agreements.prepay",
                    "agreements.commit",
                    "agreements.beside_back",
                    GAP,
                    "agreements.project",
                    GAP,
                    "agreements.attach",
                    "agreements.contract",
                    "agreements.final",
                    GAP,
                    "agreements.client",
                    "agreements.delete",
                    GAP,
                    "agreements.undo",
                ],
                empty_action="agreements.new",
            ),
        )

    def offers(self) -> Iterable[Action]:
        one, some = self._one, self._some
        return [
            Action("agreements.new", _("New agreement…"), self.new, shortcut="Ctrl+N"),
            Action("agreements.edit", _("Edit…"), self.edit, "edit", "E", one, _("edit")),
            Action("agreements.change", _("Change from a day…"), self.change, "", "C", one, _("change")),
            Action("agreements.notice", _("Give notice…"), self.notice, enabled=self._goes_on),
            Action("agreements.notice_back", _("Withdraw the notice"), self.notice_back, enabled=self._noticed),
            Action("agreements.renew", _("Renew"), self.renew, enabled=self._asks),
            Action("agreements.prepay", _("Bill ahead…"), self.prepay, enabled=one),
            Action("agreements.commit", _("Commitment…"), self.commit, enabled=one),
            Action("agreements.beside_back", _("Take back what was agreed beside…"), self.beside_back, enabled=one),
            Action("agreements.propose", _("Propose prices…"), self.propose, enabled=some),
            Action("agreements.projects", _("Projects"), self.projects, shortcut="Ctrl+Shift+J"),
            Action("agreements.renewals", _("Renewals"), self.renewals, shortcut="Ctrl+Shift+R"),
            Action("agreements.rises", _("Proposed prices"), self.rises, shortcut="Ctrl+Shift+P"),
            Action("agreements.rise", _("Price rise…"), self.rise, "", "R", some, _("price rise")),
            Action("agreements.price_back", _("Take back a price…"), self.price_back, enabled=one),
            Action("agreements.pause", _("Pause…"), self.pause, "hold", "P", one, _("pause")),
            Action("agreements.resume", _("Resume…"), self.resume, enabled=self._has_pause),
            Action("agreements.end", _("End…"), self.end, enabled=one),
            Action("agreements.switch", self._switch_text, self.switch, enabled=one),
            Action("agreements.project", _("Milestones and changes…"), self.project, "", "M", one, _("project")),
            Action("agreements.attach", _("Attach signed contract…"), self.attach, enabled=one),
            Action("agreements.contract", _("Save the contract…"), self.save_contract, enabled=self._has_contract),
            Action("agreements.final", self._final_text, self.final, enabled=one),
            Action("agreements.client", _("Open the client"), self.client, enabled=one),
            Action("agreements.delete", _("Delete"), self.delete, "delete", enabled=one, danger=True),
            Action("agreements.undo", _("Undo the last change"), lambda: take_back(self.desk), "undo"),
            *exchange(self.desk, self, ["agreements", "changes"], ids_of=same_ids),
        ]

    # The pane at the right

    def detail(self) -> QWidget:
        self._facts = FactsView(self.shell.theme)
        self._latest = Latest(self.shell.jobs, self)
        self.pane = DetailPane(self.acts, ["agreements.edit", "agreements.change", "agreements.pause"], self._facts)
        self.story_pane = StoryPane(self.desk, "agreement", self.pane, self.acts)
        return self.story_pane

    def show_detail(self, one: int | None) -> None:
        self.story_pane.show_thing(one)
        if one is None:
            self._latest.drop()
            self._known = None
            self.pane.show_thing(_("No agreement chosen"), reason=_("Choose an agreement to see what it bills."))
            self._facts.show_groups(())
            self.acts.refresh()
            return
        book, today = self.desk.book, self.desk.today()
        self._latest.ask(lambda: known(book, one, today), self._show)

    def _show(self, found: object) -> None:
        assert isinstance(found, Known)
        self._known = found
        record = found.record
        self.pane.show_thing(str(record["title"]), str(record["code"]), (), reason(found, self.desk.today()))
        head = Bars(self.shell.theme, bars(found.where)) if is_project(found.where) else None
        self._facts.show_groups(groups(found, self.shell.go, self.save_contract, self.project), head)
        self.acts.refresh()

    # What can be done

    @property
    def _record(self) -> Mapping[str, Any]:
        return self._known.record if self._known else {}

    def _some(self) -> bool:
        return self.table.selected_count() > 0

    def _one(self) -> bool:
        return self.table.selected_count() == 1 and self._known is not None

    def _has_pause(self) -> bool:
        today = self.desk.today()
        return self._one() and any(one["end_date"] is None or one["end_date"] > today for one in self._record["pauses"])

    def _goes_on(self) -> bool:
        return self._one() and self._record["end_date"] is None

    def _noticed(self) -> bool:
        return self._one() and self._record["notice_given_on"] is not None

    def _asks(self) -> bool:
        return self._one() and self._record["renewal"] == "ask" and self._goes_on()

    def _has_contract(self) -> bool:
        return self._one() and self._record["contract_id"] is not None

    def _switch_text(self) -> str:
        return _("Switch off") if self._record.get("active", True) else _("Switch on")

    def _final_text(self) -> str:
        return _("Not final") if self._record.get("is_final") else _("Mark as final")

    def open_row(self, one: int) -> None:
        edit_agreement(self.desk, self, one, self.reveal_written)

    def new(self) -> None:
        edit_agreement(self.desk, self, None, self.reveal_written)

    def edit(self) -> None:
        self.open_row(self._chosen())

    def _chosen(self) -> int:
        return self.selected_ids()[0]

    def _title(self) -> str:
        return str(self._record.get("title", ""))

    def rise(self) -> None:
        ask_rise(self.desk, self, self.selected_ids())

    def price_back(self) -> None:
        ask_price_back(self.desk, self, self._chosen())

    def pause(self) -> None:
        ask_pause(self.desk, self, self._chosen(), self._title())

    def resume(self) -> None:
        ask_resume(self.desk, self, self._chosen(), self._title())

    def end(self) -> None:
        ask_end(self.desk, self, self._chosen())

    def change(self) -> None:
        ask_change(self.desk, self, self._chosen())

    def notice(self) -> None:
        ask_notice(self.desk, self, self._chosen(), self._title())

    def notice_back(self) -> None:
        take_notice_back(self.desk, self._chosen(), self._title())

    def renew(self) -> None:
        renew_chosen(self.desk, [self._chosen()])

    def prepay(self) -> None:
        ask_prepayment(self.desk, self, self._chosen())

    def commit(self) -> None:
        ask_commitment(self.desk, self, self._chosen(), str(self._record["currency"]))

    def beside_back(self) -> None:
        ask_taking_back(self.desk, self, self._chosen(), str(self._record["currency"]))

    def propose(self) -> None:
        ask_proposal(self.desk, self, self.selected_ids())

    def projects(self) -> None:
        self.shell.push(ProjectsPage(self.desk))

    def renewals(self) -> None:
        self.shell.push(RenewalsPage(self.desk))

    def rises(self) -> None:
        self.shell.push(RisesPage(self.desk))

    def attach(self) -> None:
        ask_contract(self.desk, self, self._chosen())

    def save_contract(self) -> None:
        if self._known is not None and self._known.contract:
            save_contract(self.desk, self, int(self._record["contract_id"]), self._known.contract)

    def project(self) -> None:
        self.shell.push(ProjectPage(self.desk, self._chosen()))

    def client(self) -> None:
        self.shell.go("clients", int(self._record["client_id"]))

    def _do(self, title: str, act: Callable[[int], object], said: str) -> None:
        one = self._chosen()
        write(self.desk, title, lambda: act(one), said.format(title=self._title()))

    def switch(self) -> None:
        book, actor, on = self.desk.book, self.desk.actor, not self._record.get("active", True)
        said = _("{title} is switched on; the next run bills all that is due.") if on else _("{title} is switched off.")
        self._do(_("Switching"), lambda one: switch_agreement(book, one, active=on, actor=actor), said)

    def final(self) -> None:
        book, actor, final = self.desk.book, self.desk.actor, not self._record.get("is_final")
        said = (
            _("The next invoice of {title} is its final one: it deducts the deposits.")
            if final
            else _("{title} goes on: its next invoice is not the final one.")
        )
        self._do(_("Marking"), lambda one: update_agreement(book, one, {"is_final": final}, actor=actor), said)

    def delete(self) -> None:
        book, actor = self.desk.book, self.desk.actor
        self._do(_("Deleting"), lambda one: delete_agreement(book, one, actor=actor), _("{title} is deleted."))
