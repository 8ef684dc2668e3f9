"""The rules of the gate: what each looks at, whether it is on, how hard it is, and for whom it differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from db.engine import Book
from desktop.i18n import _, number_text, percent_text
from desktop.services.rules import OwnRule, RuleRow, own_rules, reset_rule, rules, set_rule
from desktop.services.segments import segments
from desktop.ui.actions import Action
from desktop.ui.choices import inherited
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.facts import Fact, FactsView, Group
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip, ChipMenu
from desktop.ui.form import Field, Section
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.payments.payers import ask_client, payers
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS, ask
from desktop.ui.tags import tag

Level = tuple[str, int]
FIRM: Level = ("firm", 0)
_SCOPES = ("client", "segment")


class GateRows(FewRows):
    """The rules at the level that a filter names, such as `segment:3`; else the firm's."""

    def __init__(self, book: Book, home: str) -> None:
        super().__init__(self._load_level)
        self._book = book
        self._home = home
        self.level = FIRM

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        self.level = level_of(filters)
        others = frozenset(one for one in filters if one.partition(":")[0] not in _SCOPES)
        return super().ids(search, others, sort, descending)

    def _load_level(self) -> list[Row]:
        # Asked for within one call of `ids`, which questions to a listing never share.
        scope, scope_id = self.level
        return [_row(rule, place, self._home) for place, rule in enumerate(rules(self._book, scope, scope_id), 1)]


def level_of(filters: frozenset[str]) -> Level:
    for scope in _SCOPES:
        for one in filters:
            word, colon, key = one.partition(":")
            if colon and word == scope:
                return (scope, int(key))
    return FIRM


def _row(rule: RuleRow, place: int, home: str) -> Row:
    return {
        "id": place,
        "code": rule.code,
        "title": rule.title,
        "state": "on" if rule.enabled else "off",
        "severity": rule.severity,
        "limits": ", ".join(parameter_words(name, value, home) for name, value in rule.parameters.items()),
        "source": source_word(rule.source),
        "parameters": rule.parameters,
        "enabled": rule.enabled,
        "own": rule.own,
        "marks": ("own",) if rule.own else (),
    }


def source_word(source: str) -> str:
    words = {
        "default": _("as it comes"),
        "firm": _("the firm"),
        "segment": _("the segment"),
        "client": _("the client"),
        "agreement": _("the agreement"),
    }
    return words.get(source, source)


def parameter_words(name: str, value: int, home: str) -> str:
    """A parameter as it reads in a table: `60 days`."""
    figure = number_text(value)
    match name:
        case "limit":
            return _("above {amount}").format(amount=f"{figure} {home}")
        case "percent":
            return percent_text(value)
        case "days":
            return _("{count} days").format(count=figure)
        case "least":
            return _("once there are {count}").format(count=figure)
        case "times":
            return _("{count} times the usual").format(count=figure)
    return f"{name} {figure}"


class GateSection(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = GateRows(desk.book, desk.shell.home_currency)
        self._chosen: Row = {}
        self._own: dict[tuple[str, str, int], OwnRule] = {}
        super().__init__(
            desk.shell,
            Design(
                name="gate",
                title=_("Rules of the gate"),
                columns=[
                    Column("state", "", 82, "tag", sort_key="state"),
                    Column("title", _("What it looks at"), 200, sort_key="title", strong=True, wide=True),
                    Column("severity", _("Effect"), 84, "tag", sort_key="severity"),
                    Column("limits", _("Limits"), 158),
                    Column("source", _("Set by"), 90, sort_key="source", secondary=True),
                ],
                listing=self._rows,
                summary=self._summary,
                search_hint=_("Search rules"),
                nothing_yet="",
                depends=frozenset({"firm", "clients"}),
                chips=[
                    Chip("on", _("On"), "state"),
                    Chip("off", _("Off"), "state"),
                    Chip("own", _("Set here")),
                ],
                chip_menus=[
                    ChipMenu("segment", _("Segment"), _("The whole firm")),
                    ChipMenu("client", _("Client"), _("The whole firm")),
                ],
                main_action="gate.edit",
                side_actions=["gate.client"],
                menu=["gate.edit", "gate.switch", "gate.reset"],
            ),
        )
        self.filters.changed.connect(self._follow_level)

    def offers(self) -> Iterable[Action]:
        return [
            Action("gate.edit", _("Change the rule…"), self.edit, "edit", "E", self._one, _("change")),
            Action("gate.switch", self._switch_text, self.switch, "", "O", self._one, _("on or off")),
            Action("gate.reset", _("Leave to the level above"), self.reset, "undo", "R", self._is_own, _("reset")),
            Action("gate.client", _("Rules of a client…"), self.client),
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
            Fact(_("Set by"), str(row["source"])),
        ]
        elsewhere = [
            Fact(one.name or source_word(one.scope), _own_words(one, self.shell.home_currency))
            for one in self._own.values()
            if one.code == row["code"]
        ]
        self._facts.show_groups([Group("", facts), Group(_("What is said of it"), elsewhere)])

    # What can be done

    def _one(self) -> bool:
        return bool(self._chosen)

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
        own, title = self._standing(), str(self._chosen["title"])
        parameters = self._chosen["parameters"]
        assert isinstance(parameters, Mapping)
        above = _("As it comes") if own.scope == "firm" else _("As the level above")
        fields = [
            Field(
                "enabled", _("It is"), "choice", span=3, choices=inherited([(True, _("on")), (False, _("off"))], above)
            ),
            Field("severity", _("What it finds"), "choice", span=3, choices=inherited(_severities(), above)),
        ]
        labels = {
            "limit": _("Limit in {currency}").format(currency=self.shell.home_currency),
            "percent": _("Limit in percent"),
            "days": _("Days"),
            "least": _("Invoices needed to compare"),
            "times": _("Times the usual"),
        }
        fields += [
            Field(name, labels.get(str(name), str(name)), "whole", span=3, hint=number_text(int(value)))
            for name, value in parameters.items()
        ]
        values = {"enabled": own.enabled, "severity": own.severity, **own.parameters}
        book, actor = self.desk.book, self.desk.actor

        def work(typed: dict[str, object]) -> None:
            enabled, severity = typed["enabled"], typed["severity"]
            set_rule(
                book,
                own.code,
                scope=own.scope,
                scope_id=own.scope_id,
                enabled=enabled if isinstance(enabled, bool) else None,
                severity=str(severity) if severity else None,
                parameters={name: value for name in parameters if isinstance(value := typed[name], int)},
                actor=actor,
            )

        ask(
            self.desk,
            self,
            title,
            [Section("", fields)],
            values,
            _("Save"),
            work,
            _("“{title}” is changed.").format(title=title),
        )

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
        actor=actor,
    )


def _severities() -> list[tuple[object, str]]:
    return [
        ("block", _("blocks the invoice")),
        ("hold", _("holds it for a person")),
        ("note", _("is only told")),
    ]


def _own_words(one: OwnRule, home: str) -> str:
    parts = [] if one.enabled is None else [_("on") if one.enabled else _("off")]
    if one.severity:
        parts.append(tag(one.severity).word)
    parts += [parameter_words(name, value, home) for name, value in one.parameters.items()]
    return ", ".join(parts)
