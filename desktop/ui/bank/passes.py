"""What was booked of bank lines, pass by pass and decision by decision, each to be taken back as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, moment_text, ngettext, number_text, pgettext
from desktop.jobs import Job, Report
from desktop.services.bank.passes import Pass, passes
from desktop.services.bank.undoing import TakenBack, take_back
from desktop.ui.actions import Action
from desktop.ui.bank.forms import ask_why
from desktop.ui.bank.matching import BANKED
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page


def show_passes(desk: Desk) -> None:
    """Show the passes above the place where one is."""
    desk.shell.push(PassesPage(desk))


class PassesPage(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._found: dict[int, Pass] = {}
        super().__init__(
            desk.shell,
            Design(
                name="bank_passes",
                title=_("Passes over bank lines"),
                columns=[
                    Column("state", "", 90, "tag"),
                    Column("number", _("Number"), 110, sort_key="number", strong=True),
                    Column("origin", _("How"), 90, sort_key="origin", wide=True),
                    Column("at", _("When"), 150, sort_key="id"),
                    Column("actor", _("By"), 120, sort_key="actor", secondary=True),
                    Column("lines", pgettext("bank", "Lines"), 80, "number", sort_key="lines"),
                    Column("booked", _("Booked"), 80, "number", sort_key="booked"),
                    Column("standing", _("Still booked"), 100, "number", sort_key="standing"),
                ],
                listing=FewRows(self._load),
                search_hint=_("Search number, who"),
                nothing_yet=_("What is booked of bank lines stands here, so that all of a pass can be taken back."),
                depends=BANKED,
                chips=[Chip("pass", _("Passes")), Chip("hand", _("By hand")), Chip("schedule", _("By the clock"))],
                menu=["passes.take_back"],
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("passes.take_back", _("Take back…"), self.take_back, "undo", "U", self._stands, _("take back")),
        ]

    def _load(self) -> Sequence[Row]:
        found = passes(self.desk.book)
        self._found = {one.id: one for one in found}
        return [_row(one) for one in found]

    def detail(self) -> QWidget:
        self.pane = DetailPane(self.acts, ["passes.take_back"])
        return self.pane

    def show_detail(self, one: int | None) -> None:
        chosen = self._found.get(one) if one is not None else None
        self.acts.refresh()
        if chosen is None:
            self.pane.show_thing("", reason=_("Choose a pass to see what stands of it."))
            return
        facts = [
            (_("How"), _origin(chosen.origin)),
            (_("When"), moment_text(chosen.at)),
            (_("By"), chosen.actor),
            (_("Looked at"), number_text(chosen.lines)),
            (_("Booked"), number_text(chosen.booked)),
            (_("Still booked"), number_text(chosen.standing)),
        ]
        if chosen.undone_at:
            facts.append((_("Taken back"), moment_text(chosen.undone_at)))
            facts.append((_("By"), chosen.undone_by or ""))
        self.pane.show_thing(chosen.number, facts=facts)

    def _stands(self) -> bool:
        chosen = self._found.get(self.table.current_id() or 0)
        return chosen is not None and chosen.standing > 0

    def take_back(self) -> None:
        """Ask why, and take back all that the chosen pass booked."""
        chosen = self._found[self.table.current_id() or 0]
        book, actor, today = self.desk.book, self.desk.actor, self.desk.today()

        def save(values: dict[str, Any]) -> Job:
            def work(report: Report) -> TakenBack:
                return take_back(
                    book,
                    reconciliation_id=chosen.id,
                    actor=actor,
                    today=today,
                    reason=values["reason"],
                    report=report,
                )

            return Job(_("Taking back"), work, BANKED)

        def told(result: object) -> None:
            assert isinstance(result, TakenBack)
            said = ngettext("{count} line waits again.", "{count} lines wait again.", result.lines)
            self.shell.notices.say(said.format(count=number_text(result.lines)))

        ask_why(self.desk, self, _("Take back {number}").format(number=chosen.number), save=save, done=told)


def _row(one: Pass) -> Row:
    return {
        "id": one.id,
        "marks": (one.origin,),
        "state": "undone" if one.undone_at or not one.standing else "standing",
        "number": one.number,
        "origin": _origin(one.origin),
        "at": moment_text(one.at),
        "actor": one.actor,
        "lines": one.lines,
        "booked": one.booked,
        "standing": one.standing,
    }


def _origin(origin: str) -> str:
    return {"pass": _("Pass"), "hand": _("By hand"), "schedule": _("By the clock")}[origin]
