"""Reminders: the levels of the firm and of segments, how reminders are sent, and what interest costs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, number_text
from desktop.services.dunning.levels import Level, has_own_levels, save_levels
from desktop.services.dunning.policies import policy_parts
from desktop.services.segments import segments
from desktop.ui.actions import GAP, Action
from desktop.ui.choices import language_name
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.facts import Fact, FactsView, Group
from desktop.ui.filters import ChipMenu
from desktop.ui.latest import Latest
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS
from desktop.ui.settings.reminder_levels import LevelRows, ask_level, drop_level, level_words, segment_of
from desktop.ui.settings.reminder_policy import ask_policy, policy_facts
from desktop.ui.settings.reminder_rates import show_rates


class RemindersSection(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = LevelRows(desk.book, desk.shell.home_currency)
        self._chosen: Row = {}
        self._names: dict[int, str] = {}
        self._own = False
        super().__init__(
            desk.shell,
            Design(
                name="reminders",
                title=_("Reminders"),
                columns=[
                    Column("number", _("Level"), 58, "number"),
                    Column("name", _("Name"), 150, strong=True, wide=True, lines=2),
                    Column("days", _("Begins"), 118, lines=2),
                    Column("fee", _("Fee"), 72, "money"),
                    Column("interest", _("Interest"), 68),
                    Column("to_pay", _("Days to pay"), 96, "number", hidden=True),
                    Column("way", _("Way"), 130, secondary=True, hidden=True),
                ],
                listing=self._rows,
                summary=self._summary,
                search_hint=_("Search levels"),
                nothing_yet="",
                depends=frozenset({"firm", "clients"}),
                chip_menus=[ChipMenu("segment", _("Segment"), _("The whole firm"))],
                main_action="reminders.new",
                side_actions=["reminders.rates", "reminders.policy"],
                menu=["reminders.edit", "reminders.delete", GAP, "reminders.reset"],
            ),
        )
        self.filters.changed.connect(self._follow_segment)

    def offers(self) -> Iterable[Action]:
        return [
            Action("reminders.new", _("New level…"), self.new, "add", "Ctrl+N"),
            Action("reminders.policy", _("How reminders are sent…"), self.policy, "edit", "Ctrl+E"),
            Action("reminders.rates", _("Rates of interest"), lambda: show_rates(self.desk), "", "Ctrl+R"),
            Action("reminders.edit", _("Change the level…"), self.edit, "edit", "E", self._one, _("change")),
            Action("reminders.delete", _("Take it away"), self.delete, "delete", "Del", self._one, danger=True),
            Action("reminders.reset", self._reset_text, self.reset, "undo", "R", lambda: self._own),
        ]

    @property
    def segment(self) -> int | None:
        return segment_of(self.filters.on)

    def _summary(self) -> Summary:
        book, segment = self.desk.book, self.segment
        self._names = {int(one["id"]): str(one["name"]) for one in segments(book)}
        self._own = has_own_levels(book, segment)
        if segment is not None:
            name = self._names.get(segment, "")
            said = _("own levels of segment {name}") if self._own else _("segment {name} follows the firm")
            facts = said.format(name=name)
        elif self._own:
            facts = _("the firm’s levels; a segment may have its own")
        else:
            facts = _("the levels as they come; the firm or a segment may have its own")
        return Summary(facts, choices={"segment": [(f"segment:{key}", name) for key, name in self._names.items()]})

    def _follow_segment(self) -> None:
        self.shell.jobs.ask(self._summary, self._show_summary)
        # Where the levels are the same, the row stays, and what is beside it does not.
        self._ask_policy()

    # The pane at the right

    def detail(self) -> QWidget:
        self._facts = FactsView(self.shell.theme)
        self._latest = Latest(self.shell.jobs, self)
        self.pane = DetailPane(self.acts, ["reminders.edit", "reminders.delete"], self._facts)
        return self.pane

    def show_detail(self, one: int | None) -> None:
        self._chosen = self._rows.rows([one]).get(one, {}) if one is not None else {}
        self.acts.refresh()
        self._ask_policy()

    def _ask_policy(self) -> None:
        book, segment = self.desk.book, self.segment
        self._latest.ask(lambda: policy_parts(book, segment), self._show)

    def _show(self, parts: object) -> None:
        assert isinstance(parts, dict)
        home = self.shell.home_currency
        level = self._chosen.get("level")
        texts: list[Fact] = []
        if isinstance(level, Level):
            self.pane.show_thing(level.name, number_text(level.level), (), level_words(level, home))
            texts = [
                Fact(language_name(code) if code else _("Every language"), text) for code, text in level.texts.items()
            ]
        else:
            self.pane.show_thing(_("No level chosen"))
        self._facts.show_groups(
            [Group(_("How reminders are sent"), policy_facts(parts, home)), Group(_("Words of your own"), texts)]
        )

    # What can be done

    def _one(self) -> bool:
        return bool(self._chosen)

    def _reset_text(self) -> str:
        return _("Leave the levels to the firm") if self.segment is not None else _("Back to the levels as they come")

    def open_row(self, one: int) -> None:
        self.edit()

    def new(self) -> None:
        ask_level(self.desk, self, self.segment, None, self.reveal_written)

    def edit(self) -> None:
        ask_level(self.desk, self, self.segment, int(str(self._chosen["place"])), self.reveal_written)

    def policy(self) -> None:
        segment = self.segment
        ask_policy(self.desk, self, segment, self._names.get(segment, "") if segment is not None else "")

    def delete(self) -> None:
        place, name = int(str(self._chosen["place"])), str(self._chosen["name"])
        act = partial(drop_level, self.desk.book, self.segment, place, actor=self.desk.actor)
        said = _("Level “{name}” is taken away.").format(name=name)
        write(self.desk, _("Taking a level away"), act, said, changed=SETTINGS)

    def reset(self) -> None:
        act = partial(save_levels, self.desk.book, (), actor=self.desk.actor, segment_id=self.segment)
        said = _("The levels are left to the firm.") if self.segment is not None else _("The levels are as they come.")
        write(self.desk, _("Leaving the levels"), act, said, changed=SETTINGS)
