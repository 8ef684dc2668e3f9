"""What a proposed change makes different in the next run; accepted or refused from here."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.i18n import _, date_text
from desktop.jobs import Job
from desktop.services.configuration.applying import accept, refuse
from desktop.services.configuration.impact import Impact, impact
from desktop.services.configuration.standing import Proposal
from desktop.ui.actions import Action
from desktop.ui.configuration.changed import CONFIGURATION, IN_FORCE
from desktop.ui.configuration.difference_rows import count_words, difference_columns, difference_rows, total_words
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Form, Section
from desktop.ui.page import Design, Page, Summary
from desktop.ui.saving import tell, writing


def show_impact(desk: Desk, one: Proposal) -> None:
    """Plan in the background, then show the page."""
    book, actor, today = desk.book, desk.actor, desk.today()
    desk.shell.jobs.start(
        Job(
            _("Trying {number} on the next run").format(number=one.number),
            lambda report: impact(book, one.number, actor=actor, today=today, report=report),
        ),
        lambda found: desk.shell.push(ImpactPage(desk, one, found)),
    )


class ImpactPage(Page):
    def __init__(self, desk: Desk, one: Proposal, found: object) -> None:
        assert isinstance(found, Impact)
        self.desk, self.proposal, self.impact = desk, one, found
        rows = difference_rows(found.differences)
        super().__init__(
            desk.shell,
            Design(
                name="impact",
                title=_("{number}: {what}").format(number=one.number, what=one.summary),
                columns=difference_columns(),
                listing=FewRows(lambda: rows),
                search_hint=_("Search client, line"),
                nothing_yet=_(
                    "The next run would be the same with this change. What it changes shows on documents beside the "
                    "figures, or concerns agreements that are not due by then."
                ),
                nothing_found=_("Nothing fits the search."),
                depends=CONFIGURATION,
                summary=self._summary,
                main_action="impact.accept" if one.state == "proposed" else "",
                side_actions=["impact.refuse"] if one.state == "proposed" else [],
                sum_key="change",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("impact.accept", _("Accept…"), self.accept, "approve", "Ctrl+Return", self._may),
            Action("impact.refuse", _("Refuse…"), self.refuse, enabled=self._may),
        ]

    def _may(self) -> bool:
        return self.desk.may("configure")

    def _summary(self) -> Summary:
        found = self.impact
        words = _("A run on {day}: {totals}. {count}").format(
            day=date_text(found.day),
            totals=total_words(found.before, found.after) or _("nothing to bill"),
            count=count_words(found.differences, found.looked_at),
        )
        if found.left_out:
            words += " " + _("Left out, since they do not fit any more: {numbers}.").format(
                numbers=", ".join(found.left_out)
            )
        return Summary(words)

    def accept(self) -> None:
        ask_decision(self.desk, self, self.proposal, self.impact.text(), accepted=True)

    def refuse(self) -> None:
        ask_decision(self.desk, self, self.proposal, "", accepted=False)


def ask_decision(desk: Desk, parent: Page, one: Proposal, seen: str, *, accepted: bool) -> None:
    """Ask for a word with the decision; the page of the impact is left once it is made."""
    book, actor, today = desk.book, desk.actor, desk.today()
    form = Form([Section("", [Field("note", _("Note"), "lines", hint=_("Kept with the decision"))])], desk.shell.theme)
    title = _("Accept {number}") if accepted else _("Refuse {number}")
    verb = _("Accept") if accepted else _("Refuse")

    def work(typed: dict[str, object]) -> bool:
        note = str(typed["note"] or "")
        if accepted:
            return accept(book, one.number, actor=actor, today=today, note=note, impact=seen)
        refuse(book, one.number, actor=actor, note=note)
        return False

    def said(at_once: object) -> str:
        if not accepted:
            return _("{number} is refused.").format(number=one.number)
        if at_once:
            return _("{number} is in force.").format(number=one.number)
        return _("{number} is accepted and counts from {day}.").format(number=one.number, day=date_text(one.from_day))

    def saved(written: object) -> None:
        if isinstance(parent, ImpactPage):
            desk.shell.back()
        tell(desk, said, written, IN_FORCE)

    dialog = FormDialog(
        desk.shell,
        title.format(number=one.number),
        form,
        verb,
        lambda typed: writing(desk, verb, lambda: work(typed), IN_FORCE),
        parent,
    )
    dialog.saved.connect(saved)
    dialog.open()
