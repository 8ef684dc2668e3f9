"""One project: its milestones and change orders in one table, and beside it where the whole of it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from threading import Lock

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, money_text
from desktop.services.change_orders import ChangeOrderRow, delete_proposal, take_decision_back
from desktop.services.milestones import MilestoneRow, delete_milestone, mark_undone, order_milestones
from desktop.ui.actions import GAP, Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.facts import FactsView, Group
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip
from desktop.ui.importing.exchange import exchange
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.projects import words
from desktop.ui.projects.bars import Bars
from desktop.ui.projects.forms import ask_decision, ask_done, edit_change, edit_milestone
from desktop.ui.projects.known import Known, known, own_id, rows, summary
from desktop.ui.runs.review import ReviewPage
from desktop.ui.saving import take_back, write


class ProjectPage(Page):
    def __init__(self, desk: Desk, agreement_id: int) -> None:
        self.desk = desk
        self.agreement_id = agreement_id
        self._lock = Lock()
        self._known: Known = known(desk.book, agreement_id, desk.today())
        self._chosen: int | None = None
        where = self._known.where
        super().__init__(
            desk.shell,
            Design(
                name="project",
                title=where.title,
                columns=[
                    Column("state", "", 92, "tag"),
                    Column("what", _("Milestone or change"), 236, strong=True, lines=2),
                    Column("share", _("Share"), 62, "percent", secondary=True),
                    Column("amount", _("Amount, net"), 108, "money"),
                    Column("day", _("Date"), 98, "date"),
                    Column("done", _("Done"), 98, "date"),
                    Column("on", _("Invoice, reference"), 132, secondary=True, wide=True),
                ],
                listing=FewRows(self._load),
                summary=self._summary,
                search_hint=_("Search name, reason, reference"),
                nothing_yet=_(
                    "Milestones say what is billed when a part of the project is done, by an amount or by a share of "
                    "the agreed sum. Add the first one, or propose a change of what was agreed."
                ),
                depends=frozenset({"agreements", "billables", "invoices", "payments", "runs", "firm", "clients"}),
                chips=[
                    Chip("milestones", _("Milestones"), "kind"),
                    Chip("changes", _("Changes"), "kind"),
                    Chip("waiting", _("Waiting")),
                ],
                main_action="project.milestone",
                side_actions=["project.change"],
                many=["project.done"],
                menu=[
                    "project.edit",
                    "project.done",
                    "project.undone",
                    "project.show",
                    GAP,
                    "project.approve",
                    "project.reject",
                    "project.back",
                    GAP,
                    "project.up",
                    "project.down",
                    GAP,
                    "project.delete",
                    GAP,
                    "project.milestone",
                    "project.change",
                    "project.undo",
                ],
                empty_action="project.milestone",
            ),
        )

    def offers(self) -> Iterable[Action]:
        proposed, movable = self._proposed, self._movable
        return [
            Action("project.milestone", _("New milestone…"), self.new_milestone, "add", "Ctrl+N"),
            Action("project.change", _("Propose a change…"), self.new_change, "", "Ctrl+Shift+N"),
            Action("project.edit", _("Edit…"), self.edit, "edit", "E", self._editable, _("edit")),
            Action("project.done", _("Mark as done…"), self.done, "approve", "D", self._markable, _("done")),
            Action("project.undone", _("Not done"), self.undone, "", "U", self._marked),
            Action("project.show", self._show_text, self.show_holder, "open", "S", self._has_holder, _("show")),
            Action("project.approve", _("Approve…"), lambda: self.decide(True), "approve", "A", proposed, _("approve")),
            Action("project.reject", _("Reject…"), lambda: self.decide(False), "", "R", proposed, _("reject")),
            Action("project.back", _("Take the decision back"), self.take_decision_back, "", "B", self._decided),
            Action("project.up", _("Move up"), lambda: self.shift(-1), "", "Alt+Up", movable),
            Action("project.down", _("Move down"), lambda: self.shift(1), "", "Alt+Down", movable),
            Action("project.delete", _("Delete"), self.delete, "delete", "Del", self._deletable, danger=True),
            Action("project.undo", _("Undo the last change"), lambda: take_back(self.desk), "undo"),
            *exchange(
                self.desk,
                self,
                ["milestones", "changes"],
                fixed=lambda: {"agreement": self._known.where.code},
                only=lambda: {self.agreement_id},
            ),
        ]

    # What is shown

    def _load(self) -> Sequence[Row]:
        found = known(self.desk.book, self.agreement_id, self.desk.today())
        with self._lock:
            self._known = found
        return rows(found)

    def _summary(self) -> Summary:
        return summary(known(self.desk.book, self.agreement_id, self.desk.today()))

    def detail(self) -> QWidget:
        self.facts_view = FactsView(self.shell.theme)
        self.pane = DetailPane(self.acts, ["project.done", "project.approve", "project.edit"], self.facts_view)
        return self.pane

    def show_detail(self, one: int | None) -> None:
        self._chosen = one
        self.acts.refresh()
        where = self._known.where
        self.bars = Bars(self.shell.theme, words.bars(where))
        milestone, change = self._milestone(), self._change()
        if milestone is not None:
            aside = "" if milestone.amount is None else money_text(milestone.amount, where.currency)
            reason = words.milestone_reason(milestone, self._known.at_once)
            self.pane.show_thing(milestone.name, aside, (), reason)
            self.facts_view.show_groups(words.groups(where), self.bars)
        elif change is not None:
            self.pane.show_thing(change.reference, "", (), words.change_reason(change))
            facts = words.change_facts(change, where.currency)
            self.facts_view.show_groups([Group("", facts), *words.groups(where)], self.bars)
        else:
            self.pane.show_thing("", "", (), _("Choose a milestone or a change to see what becomes of it."))
            self.facts_view.show_groups(words.groups(where), self.bars)

    # What is chosen

    def _milestone(self) -> MilestoneRow | None:
        of_milestones, own = own_id(self._chosen) if self._chosen is not None else (False, 0)
        return self._known.milestones.get(own) if of_milestones else None

    def _change(self) -> ChangeOrderRow | None:
        of_milestones, own = own_id(self._chosen) if self._chosen is not None else (True, 0)
        return None if of_milestones else self._known.changes.get(own)

    def _state(self) -> str:
        one = self._milestone() or self._change()
        return one.state if one is not None else ""

    def _editable(self) -> bool:
        return self._state() in ("planned", "late", "done", "draft", "proposed")

    def _deletable(self) -> bool:
        return self._state() in ("planned", "late", "done", "proposed")

    def _to_mark(self) -> list[int]:
        """The milestones selected; none where one of the rows selected cannot be marked."""
        picked = [own_id(one) for one in self.selected_ids()]
        chosen = [self._known.milestones.get(own) if of_milestones else None for of_milestones, own in picked]
        ready = all(one is not None and one.state in ("planned", "late", "done") for one in chosen)
        return [own for _of_milestones, own in picked] if ready else []

    def _markable(self) -> bool:
        return bool(self._to_mark())

    def _marked(self) -> bool:
        return self._state() == "done"

    def _movable(self) -> bool:
        return self._milestone() is not None

    def _proposed(self) -> bool:
        return self._state() == "proposed"

    def _decided(self) -> bool:
        return self._state() in ("approved", "rejected")

    def _has_holder(self) -> bool:
        return self._state() in ("billed", "draft")

    def _show_text(self) -> str:
        return _("Show the run") if self._state() == "draft" else _("Show the invoice")

    # What can be done

    def open_row(self, one: int) -> None:
        self._chosen = one
        if self._editable():
            self.edit()
        elif self._has_holder():
            self.show_holder()

    def new_milestone(self) -> None:
        edit_milestone(self.desk, self, self._known, None, self.reveal_written)

    def new_change(self) -> None:
        edit_change(self.desk, self, self._known, None, self.reveal_written)

    def edit(self) -> None:
        milestone, change = self._milestone(), self._change()
        if milestone is not None:
            edit_milestone(self.desk, self, self._known, milestone.id, self.reveal_written)
        elif change is not None:
            edit_change(self.desk, self, self._known, change.id, self.reveal_written)

    def done(self) -> None:
        ask_done(self.desk, self, self._known, self._to_mark(), self.reveal_written)

    def undone(self) -> None:
        self._write(_("Marking the milestone"), mark_undone, _("{name} is not done any more."))

    def decide(self, approved: bool) -> None:
        change = self._change()
        assert change is not None
        ask_decision(self.desk, self, self._known, change.id, approved=approved, then=self.reveal_written)

    def take_decision_back(self) -> None:
        self._write(_("Taking the decision back"), take_decision_back, _("{name} is only proposed again."))

    def delete(self) -> None:
        act = delete_milestone if self._milestone() is not None else delete_proposal
        self._write(_("Deleting"), act, _("{name} is deleted."))

    def shift(self, by: int) -> None:
        milestone = self._milestone()
        assert milestone is not None
        ids = list(self._known.milestones)
        at = ids.index(milestone.id)
        if not 0 <= at + by < len(ids):
            return
        ids[at], ids[at + by] = ids[at + by], ids[at]
        book, actor, agreement_id = self.desk.book, self.desk.actor, self.agreement_id
        write(
            self.desk,
            _("Moving"),
            lambda: order_milestones(book, agreement_id, ids, actor=actor),
            _("{name} is moved.").format(name=milestone.name),
        )

    def show_holder(self) -> None:
        milestone = self._milestone()
        assert milestone is not None
        if milestone.invoice_id is not None:
            self.shell.go("invoices", milestone.invoice_id)
        elif milestone.run_id is not None:
            self.shell.push(ReviewPage(self.desk, milestone.run_id))

    def _write(self, title: str, act: Callable[..., object], said: str) -> None:
        milestone, change = self._milestone(), self._change()
        one, name = (milestone.id, milestone.name) if milestone is not None else (0, "")
        if change is not None:
            one, name = change.id, change.reference
        book, actor = self.desk.book, self.desk.actor
        write(self.desk, title, lambda: act(book, one, actor=actor), said.format(name=name))
