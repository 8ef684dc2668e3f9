"""How bank lines are matched: by which rule, by which signs payers are known, and how tables of banks are read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.domain.matching.facts import Policy
from desktop.i18n import _, moment_text, ngettext, number_text
from desktop.services.bank.learning import Learned, forget, learned
from desktop.services.bank.policy import bank_policy
from desktop.ui.actions import Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.facts import Fact, FactsView, Group
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip
from desktop.ui.latest import Latest
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.saving import write
from desktop.ui.settings.bank_profiles import show_profiles
from desktop.ui.settings.bank_rule import CHANGED, ask_rule, rule_facts


class BankSection(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._known: dict[int, Learned] = {}
        self._chosen: Learned | None = None
        super().__init__(
            desk.shell,
            Design(
                name="bank_rules",
                title=_("Bank"),
                columns=[
                    Column("kind", _("Sign"), 84, sort_key="kind", secondary=True, lines=2),
                    Column("value", _("Payer"), 150, sort_key="value", strong=True, wide=True, lines=2),
                    Column("client", _("Client"), 130, sort_key="client", lines=2),
                    Column("at", _("Since"), 120, sort_key="since", secondary=True, hidden=True),
                    Column("actor", _("By"), 90, sort_key="actor", secondary=True, hidden=True),
                ],
                listing=FewRows(self._load),
                summary=self._summary,
                search_hint=_("Search payers and clients"),
                nothing_yet=_(
                    "No payer was learned yet. On the Bank page L keeps the account and the name of a line for its "
                    "client, and the next one is known by them."
                ),
                depends=CHANGED,
                chips=[Chip(kind, words, "kind") for kind, words in _kinds().items()],
                main_action="bank_rules.rule",
                side_actions=["bank_rules.profiles"],
                menu=["bank_rules.client", "bank_rules.forget"],
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("bank_rules.rule", _("Change the rule…"), lambda: ask_rule(self.desk, self), "edit", "Ctrl+E"),
            Action("bank_rules.profiles", _("Tables of banks"), lambda: show_profiles(self.desk), "", "Ctrl+R"),
            Action("bank_rules.client", _("Show the client"), self.show_client, "", "C", self._one),
            Action("bank_rules.forget", _("Forget this sign"), self.forget, "delete", "Del", self._one, danger=True),
        ]

    def _load(self) -> Sequence[Row]:
        found = learned(self.desk.book)
        self._known = {one.id: one for one in found}
        words = _kinds()
        return [
            {
                "id": one.id,
                "marks": (one.kind,),
                "kind": words[one.kind],
                "value": one.value,
                "client": f"{one.client_name} · {one.client}",
                "since": one.at,
                "at": moment_text(one.at),
                "actor": one.actor,
            }
            for one in found
        ]

    def _summary(self) -> Summary:
        found = learned(self.desk.book)
        said = ngettext("{count} sign tells a payer", "{count} signs tell payers", len(found))
        counts = {kind: sum(one.kind == kind for one in found) for kind in _kinds()}
        return Summary(said.format(count=number_text(len(found))), counts=counts)

    # The pane at the right

    def detail(self) -> QWidget:
        self._facts = FactsView(self.shell.theme)
        self._latest = Latest(self.shell.jobs, self)
        self.pane = DetailPane(self.acts, ["bank_rules.client", "bank_rules.forget"], self._facts)
        return self.pane

    def show_detail(self, one: int | None) -> None:
        self._chosen = self._known.get(one) if one is not None else None
        self.acts.refresh()
        book = self.desk.book
        self._latest.ask(lambda: bank_policy(book), self._show)

    def _show(self, policy: object) -> None:
        assert isinstance(policy, Policy)
        chosen = self._chosen
        facts: list[Fact] = []
        if chosen is None:
            self.pane.show_thing("")
        else:
            self.pane.show_thing(chosen.value)
            facts = [
                Fact(_("Sign"), _kinds()[chosen.kind]),
                Fact(_("Client"), chosen.client_name, partial(self.shell.go, "clients", chosen.client_id)),
                Fact(_("Since"), moment_text(chosen.at)),
                Fact(_("By"), chosen.actor),
            ]
        self._facts.show_groups(
            [Group(_("Learned payer"), facts), Group(_("The rule of matching"), rule_facts(policy))]
        )

    # What can be done

    def _one(self) -> bool:
        return self._chosen is not None

    def open_row(self, one: int) -> None:
        self.shell.go("clients", self._known[one].client_id)

    def show_client(self) -> None:
        if self._chosen is not None:
            self.shell.go("clients", self._chosen.client_id)

    def forget(self) -> None:
        """Know no payer by the chosen sign any more."""
        chosen = self._chosen
        if chosen is None:
            return
        act = partial(forget, self.desk.book, chosen.id, actor=self.desk.actor)
        said = _("“{sign}” tells no payer any more. What was booked stays.").format(sign=chosen.value)
        write(self.desk, _("Forgetting a sign"), act, said, changed=CHANGED)


def open_bank_rules(desk: Desk) -> None:
    """The settings of matching."""
    desk.shell.go("settings", filters=frozenset({"section:bank"}))


def _kinds() -> dict[str, str]:
    return {"account": _("Account"), "name": _("Name"), "text": _("Words in the text")}
