"""Changes of prices, taxes, terms and rules: what is proposed, accepted, in force; and the sandbox to try one in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, date_text, moment_text, ngettext, number_text
from desktop.services.configuration.history import FieldChange, told_changes
from desktop.services.configuration.impact import impact_of
from desktop.services.configuration.proposing import withdraw
from desktop.services.configuration.rolling_back import Billed, billed_by, roll_back
from desktop.services.configuration.standing import Proposal, proposals, state_word
from desktop.services.sandbox.making import Sandbox, sandbox_of
from desktop.services.sandbox.refusing import Origin, origin
from desktop.ui.actions import GAP, Action
from desktop.ui.columns import Column
from desktop.ui.configuration.changed import CONFIGURATION, IN_FORCE
from desktop.ui.configuration.difference_rows import field_words, total_words
from desktop.ui.configuration.history_page import HistoryPage
from desktop.ui.configuration.impact_page import ask_decision, show_impact
from desktop.ui.configuration.sandbox import SandboxSteps
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.dialog import FormDialog
from desktop.ui.facts import Fact, FactsView, Group
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip
from desktop.ui.form import Field, Form, Section
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.saving import tell, write, writing

_NAMED = 5


class ConfigurationSection(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._known: dict[int, Proposal] = {}
        self._chosen: Proposal | None = None
        self._sandbox: Sandbox | None = None
        self._origin: Origin | None = None
        self._steps = SandboxSteps(desk, self, lambda: self._sandbox)
        super().__init__(
            desk.shell,
            Design(
                name="configuration",
                title=_("Configuration"),
                columns=[
                    Column("number", _("Number"), 132, sort_key="number", secondary=True),
                    Column("summary", _("Change"), 200, sort_key="summary", strong=True, wide=True),
                    Column("from_day", _("From"), 100, "date", sort_key="from_day"),
                    Column("word", _("State"), 190, sort_key="word"),
                    Column("by", _("Proposed by"), 110, sort_key="by", secondary=True),
                ],
                listing=FewRows(self._load),
                search_hint=_("Search changes"),
                nothing_yet=_(
                    "Prices, taxes, terms, templates and rules can be changed from a day to come: where they are set, "
                    "choose “Propose from a day…” instead of “Save”. Here you see what the change does to the next run "
                    "before you accept it."
                ),
                nothing_found=_("Nothing fits the search."),
                depends=IN_FORCE,
                chips=[Chip(state, state_word(state)) for state in ("proposed", "accepted", "applied")],
                summary=self._summary,
                main_action="configuration.sandbox",
                side_actions=["configuration.compare", "configuration.discard", "configuration.history"],
                menu=[
                    "configuration.impact",
                    "configuration.accept",
                    "configuration.refuse",
                    "configuration.withdraw",
                    GAP,
                    "configuration.back",
                ],
                empty_action="configuration.history",
            ),
        )

    def offers(self) -> Iterable[Action]:
        steps = self._steps
        return [
            Action("configuration.impact", _("See what it changes"), self.impact, "open", "S", self._waits),
            Action("configuration.accept", _("Accept…"), self.impact, "approve", "A", self._open, _("accept")),
            Action("configuration.refuse", _("Refuse…"), self.refuse, "", "X", self._open),
            Action("configuration.withdraw", _("Withdraw"), self.withdraw, "", "W", self._waits),
            Action("configuration.back", _("Roll back…"), self.roll_back, "undo", "B", self._in_force, danger=True),
            Action("configuration.history", _("History"), self.history, "info"),
            Action("configuration.sandbox", self._sandbox_text, steps.make_or_open, enabled=self._real),
            Action("configuration.compare", _("Compare with the sandbox…"), steps.compare, enabled=self._has_sandbox),
            Action("configuration.discard", _("Discard the sandbox…"), steps.discard, enabled=self._has_sandbox),
        ]

    # What is shown

    def _load(self) -> Sequence[Row]:
        found = proposals(self.desk.book)
        self._known = {one.id: one for one in found}
        self._sandbox, self._origin = sandbox_of(self.desk.book), origin(self.desk.book)
        return [
            {
                "id": one.id,
                "state": one.state,
                "number": one.number,
                "summary": one.summary,
                "from_day": one.from_day,
                "word": one.state_word,
                "by": one.proposed_by,
                "reason": one.reason,
            }
            for one in found
        ]

    def _summary(self) -> Summary:
        if self._origin is not None:
            return Summary(_("This is the sandbox of {name}.").format(name=self._origin.name))
        waiting = sum(one.state == "proposed" for one in self._known.values())
        words = ngettext("{count} change waits to be decided.", "{count} changes wait to be decided.", waiting).format(
            count=number_text(waiting)
        )
        if self._sandbox is None:
            return Summary(words)
        made = _("The sandbox is of {day}.").format(day=moment_text(self._sandbox.made_at))
        return Summary(f"{words} {made}")

    def detail(self) -> QWidget:
        self._facts = FactsView(self.shell.theme)
        buttons = ["configuration.accept", "configuration.refuse", "configuration.withdraw", "configuration.back"]
        self.pane = DetailPane(self.acts, buttons, self._facts)
        return self.pane

    def show_detail(self, one: int | None) -> None:
        self._chosen = chosen = self._known.get(one) if one is not None else None
        self.acts.refresh()
        if chosen is None:
            self.pane.show_thing(_("No change chosen"))
            self._facts.show_groups(())
            return
        self.pane.show_thing(chosen.summary, chosen.state_word)
        self._facts.show_groups([self._about(chosen)])
        book = self.desk.book
        self.shell.jobs.ask(
            lambda: (told_changes(book, chosen.changes), billed_by(book, chosen.number)),
            lambda told: self._show_told(chosen, told),
        )

    def _show_told(self, one: Proposal, found: object) -> None:
        if self._chosen is not one:
            return
        assert isinstance(found, tuple)
        told, billed = found
        groups = [self._about(one), *(Group(what, [_fact(field) for field in fields]) for what, fields in told)]
        if billed.since:
            groups.append(Group(_("Since it came into force"), [Fact("", billed_words(billed))]))
        self._facts.show_groups(groups)

    def _about(self, one: Proposal) -> Group:
        seen = impact_of(one.impact)
        return Group(
            "",
            [
                Fact(_("Number"), one.number),
                Fact(_("About"), one.area_word),
                Fact(_("From"), date_text(one.from_day)),
                Fact(_("Why"), one.reason),
                Fact(_("Proposed"), _who(one.proposed_by, one.proposed_at)),
                Fact(_("Decided"), _who(one.decided_by, one.decided_at)),
                Fact(_("Note"), one.decision),
                Fact(_("Shown then"), "" if seen is None else total_words(seen.before, seen.after)),
            ],
        )

    # Which can be done

    def _waits(self) -> bool:
        return self._chosen is not None and self._chosen.state in ("proposed", "accepted")

    def _open(self) -> bool:
        return self._chosen is not None and self._chosen.state == "proposed" and self.desk.may("configure")

    def _in_force(self) -> bool:
        return self._chosen is not None and self._chosen.state == "applied" and self.desk.may("configure")

    def _real(self) -> bool:
        return self._origin is None

    def _has_sandbox(self) -> bool:
        return self._sandbox is not None

    def _sandbox_text(self) -> str:
        return _("Make a sandbox…") if self._sandbox is None else _("Open the sandbox")

    # What is done

    def open_row(self, one: int) -> None:
        if self._waits():
            self.impact()

    def impact(self) -> None:
        assert self._chosen is not None
        show_impact(self.desk, self._chosen)

    def refuse(self) -> None:
        assert self._chosen is not None
        ask_decision(self.desk, self, self._chosen, "", accepted=False)

    def withdraw(self) -> None:
        assert self._chosen is not None
        number, book, actor = self._chosen.number, self.desk.book, self.desk.actor
        write(
            self.desk,
            _("Withdrawing"),
            lambda: withdraw(book, number, actor=actor),
            _("{number} is withdrawn.").format(number=number),
            changed=CONFIGURATION,
        )

    def roll_back(self) -> None:
        assert self._chosen is not None
        number, book = self._chosen.number, self.desk.book
        self.shell.jobs.ask(lambda: billed_by(book, number), lambda billed: self._ask_roll_back(number, billed))

    def _ask_roll_back(self, number: str, billed: object) -> None:
        assert isinstance(billed, Billed)
        desk, book, actor, today = self.desk, self.desk.book, self.desk.actor, self.desk.today()
        words = _("All that it changed is as before from now on. What was issued stays as it is.")
        if billed.since:
            words += " " + billed_words(billed)
        form = Form([Section(words, [Field("reason", _("Why"), "lines")])], desk.shell.theme)
        verb = _("Roll back")

        def work(typed: dict[str, object]) -> object:
            return roll_back(book, number, reason=str(typed["reason"] or ""), actor=actor, today=today)

        dialog = FormDialog(
            desk.shell,
            _("Roll back {number}").format(number=number),
            form,
            verb,
            lambda typed: writing(desk, verb, lambda: work(typed), IN_FORCE),
            self,
        )
        said = _("{number} is rolled back.").format(number=number)
        dialog.saved.connect(lambda written: tell(desk, said, written, IN_FORCE))
        dialog.open()

    def history(self) -> None:
        self.shell.push(HistoryPage(self.desk))


def billed_words(billed: Billed) -> str:
    """What was issued under a change, in a sentence or two."""
    words = ngettext("{count} document was issued since.", "{count} documents were issued since.", billed.since).format(
        count=number_text(billed.since)
    )
    if not billed.by_it:
        return words
    named = ", ".join(billed.by_it[:_NAMED])
    if len(billed.by_it) > _NAMED:
        named = _("{some} and {more} more").format(some=named, more=number_text(len(billed.by_it) - _NAMED))
    return words + " " + _("Made by it: {numbers}.").format(numbers=named)


def _who(name: str, at: str) -> str:
    return _("{name}, {moment}").format(name=name, moment=moment_text(at)) if name and at else name


def _fact(one: FieldChange) -> Fact:
    return Fact(one.field, field_words(one))
