"""The rules of the gate: what each looks at, whether it is on, how hard it is, and for whom it differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from db.engine import Book
from desktop.i18n import _, number_text, pgettext
from desktop.services.rules import OwnRule, own_rules, reset_rule, rules, set_rule
from desktop.services.segments import segments
from desktop.ui.actions import GAP, Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.facts import Fact, FactsView, Group
from desktop.ui.filters import Chip, ChipMenu
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.payments.payers import ask_client, payers
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS
from desktop.ui.settings.gate_rows import GateRows, Level, level_of, own_words, source_word
from desktop.ui.settings.rule_care import ask_care
from desktop.ui.settings.rule_form import edit_rule
from desktop.ui.settings.rule_templates import delete, give_template, rename, save_as_template
from desktop.ui.tags import tag


class GateSection(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = GateRows(desk.book, desk.shell.home_currency)
        self._chosen: Row = {}
        self._own: dict[tuple[str, str, int], OwnRule] = {}
        # Where nobody is named, an empty column would only take room.
        uncared = not any(rule.owner or rule.hours is not None for rule in rules(desk.book))
        super().__init__(
            desk.shell,
            Design(
                name="gate",
                title=_("Rules of the gate"),
                columns=[
                    Column("state", "", 82, "tag", sort_key="state"),
                    Column("title", _("What it looks at"), 200, sort_key="title", strong=True, wide=True, lines=2),
                    Column("severity", _("Effect"), 84, "tag", sort_key="severity"),
                    Column("limits", _("Limits"), 146, lines=2),
                    Column("care", _("Looked at by"), 104, secondary=True, lines=2, hidden=uncared),
                    Column("source", _("Set by"), 90, sort_key="source", secondary=True),
                ],
                listing=self._rows,
                summary=self._summary,
                search_hint=_("Search rules"),
                nothing_yet="",
                depends=frozenset({"firm", "clients"}),
                chips=[
                    Chip("on", pgettext("switched", "On"), "state"),
                    Chip("off", _("Off"), "state"),
                    Chip("own", _("Set here")),
                ],
                chip_menus=[
                    ChipMenu("segment", _("Segment"), _("The whole firm")),
                    ChipMenu("client", _("Client"), _("The whole firm")),
                ],
                main_action="gate.edit",
                side_actions=["gate.care", "gate.template", "gate.client"],
                menu=[
                    "gate.edit",
                    "gate.switch",
                    "gate.reset",
                    GAP,
                    "gate.care",
                    "gate.template",
                    "gate.save_template",
                    "gate.rename_template",
                    "gate.delete_template",
                ],
            ),
        )
        self.filters.changed.connect(self._follow_level)

    def offers(self) -> Iterable[Action]:
        return [
            Action("gate.edit", _("Change the rule…"), self.edit, "edit", "E", self._one, _("change")),
            Action("gate.switch", self._switch_text, self.switch, "", "O", self._one, _("on or off")),
            Action("gate.reset", _("Leave to the level above"), self.reset, "undo", "R", self._is_own, _("reset")),
            Action("gate.client", _("Rules of a client…"), self.client),
            Action("gate.care", _("Who looks…"), self.care, "", "W"),
            Action("gate.template", _("Use a template…"), self.template, "", "T", hint=_("template")),
            Action("gate.save_template", _("Save as a template…"), self.save_template, enabled=self._has_templates),
            Action("gate.rename_template", _("Rename a template…"), self.rename_template),
            Action("gate.delete_template", _("Delete a template…"), self.delete_template),
        ]

    @property
    def level(self) -> Level:
        return level_of(self.filters.on)

    def _summary(self) -> Summary:
        own = own_rules(self.desk.book)
        known = segments(self.desk.book)
        self._own = {(one.code, one.scope, one.scope_id): one for one in own}
        scope, scope_id = self.level
        clients = {one.scope_id: one.name for one in own if one.scope == "client"}
        if scope == "client" and scope_id not in clients:
            clients[scope_id] = next((payer.name for payer in payers(self.desk) if payer.id == scope_id), "")
        on = sum(1 for rule in rules(self.desk.book, scope, scope_id) if rule.enabled)
        facts = _("{count} are on").format(count=number_text(on))
        return Summary(
            f"{facts} · {self._level_word(known, clients)}",
            choices={
                "segment": [(f"segment:{one['id']}", str(one["name"])) for one in known],
                "client": [(f"client:{key}", name) for key, name in clients.items()],
            },
        )

    def _level_word(self, known: Sequence[Mapping[str, object]], clients: Mapping[int, str]) -> str:
        scope, scope_id = self.level
        if scope == "segment":
            name = next((str(one["name"]) for one in known if one["id"] == scope_id), "")
            return _("for segment {name}").format(name=name)
        if scope == "client":
            return _("for {name}").format(name=clients.get(scope_id, ""))
        return _("for the whole firm; a segment or a client may differ")

    def _follow_level(self) -> None:
        # The sentence in the head names the level.
        self.shell.jobs.ask(self._summary, self._show_summary)

    # The pane at the right

    def detail(self) -> QWidget:
        self._facts = FactsView(self.shell.theme)
        self.pane = DetailPane(self.acts, ["gate.edit", "gate.switch"], self._facts)
        return self.pane

    def show_detail(self, one: int | None) -> None:
        row = self._rows.rows([one]).get(one, {}) if one is not None else {}
        self._chosen = row
        self.acts.refresh()
        if not row:
            self.pane.show_thing(_("No rule chosen"))
            self._facts.show_groups(())
            return
        consequence = {
            "block": _("What it finds cannot be issued before it is mended."),
            "hold": _("What it finds waits until a person approves it."),
            "note": _("What it finds is told and goes out."),
        }
        off = _("It is off and finds nothing.")
        reason = consequence[str(row["severity"])] if row["enabled"] else off
        self.pane.show_thing(str(row["title"]), str(row["code"]), (), reason)
        facts = [
            Fact(_("It"), tag(str(row["severity"])).word),
            Fact(_("Limits"), str(row["limits"])),
            Fact(_("Looked at by"), str(row["care"])),
            Fact(_("Set by"), str(row["source"])),
        ]
        elsewhere = [
            Fact(one.name or source_word(one.scope), own_words(one, self.shell.home_currency))
            for one in self._own.values()
            if one.code == row["code"]
        ]
        self._facts.show_groups([Group("", facts), Group(_("What is said of it"), elsewhere)])

    # What can be done

    def _one(self) -> bool:
        return bool(self._chosen)

    def _has_templates(self) -> bool:
        """Only what the firm or a segment says is kept as a template."""
        return self.level[0] in ("firm", "segment")

    def _is_own(self) -> bool:
        return bool(self._chosen.get("own"))

    def _switch_text(self) -> str:
        return _("Switch off") if self._chosen.get("enabled", True) else _("Switch on")

    def _standing(self) -> OwnRule:
        """What this level itself says of the chosen rule."""
        code, (scope, scope_id) = str(self._chosen["code"]), self.level
        return self._own.get((code, scope, scope_id)) or OwnRule(code, scope, scope_id, "", None, None, {})

    def open_row(self, one: int) -> None:
        self.edit()

    def switch(self) -> None:
        code, on = str(self._chosen["code"]), not self._chosen["enabled"]
        act = partial(_switch, self.desk.book, code, self.level, on, self.desk.actor)
        said = _("“{title}” is on.") if on else _("“{title}” is off.")
        write(self.desk, _("Switching the rule"), act, said.format(title=self._chosen["title"]), changed=SETTINGS)

    def reset(self) -> None:
        own = self._standing()
        act = partial(
            reset_rule, self.desk.book, own.code, scope=own.scope, scope_id=own.scope_id, actor=self.desk.actor
        )
        said = _("“{title}” follows the level above.").format(title=self._chosen["title"])
        write(self.desk, _("Resetting the rule"), act, said, changed=SETTINGS)

    def edit(self) -> None:
        edit_rule(self.desk, self, self._chosen, self._standing())

    def care(self) -> None:
        """Who looks at what is held by rules without an owner of their own."""
        ask_care(self.desk, self, self.level)

    def template(self) -> None:
        scope, scope_id = self.level
        give_template(self.desk, self, scope_id if scope == "segment" else None)

    def save_template(self) -> None:
        save_as_template(self.desk, self, self.level)

    def rename_template(self) -> None:
        rename(self.desk, self)

    def delete_template(self) -> None:
        delete(self.desk, self)

    def client(self) -> None:
        """Choose a client and show the rules as they count there."""
        ask_client(self.desk, self, _("Rules of a client"), _("Show"), self._show_client)

    def _show_client(self, client_id: int) -> None:
        self.filters.put(frozenset({f"client:{client_id}"}))


def _switch(book: Book, code: str, level: Level, on: bool, actor: str) -> None:
    """Switch a rule at a level; what the level says of its severity and limits stays."""
    scope, scope_id = level
    own = next((one for one in own_rules(book) if (one.code, one.scope, one.scope_id) == (code, *level)), None)
    set_rule(
        book,
        code,
        scope=scope,
        scope_id=scope_id,
        enabled=on,
        severity=own.severity if own else None,
        parameters=own.parameters if own else {},
        owner=(own.owner or None) if own else None,
        hours=own.hours if own else None,
        actor=actor,
    )
