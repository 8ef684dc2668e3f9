"""Work by the clock: what is done when, what came of it, and whether the system calls Sheaf for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, local_moment_text, money_text, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.schedules.carrying_out import carry_out
from desktop.services.schedules.installing import Installed, install, installed, uninstall
from desktop.services.schedules.keeping import Schedule, delete_schedule, pause, schedules
from desktop.services.schedules.results import Result, results, see
from desktop.services.schedules.tasks import TASKS
from desktop.services.schedules.words import (
    headline,
    said_text,
    standing_text,
    standing_word,
    state_text,
    task_title,
    through_text,
    when_text,
)
from desktop.ui.actions import GAP, Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.dialog import Question
from desktop.ui.facts import Fact, FactsView, Group
from desktop.ui.few_rows import FewRows
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS
from desktop.ui.settings.schedule_form import ask_schedule, renewed
from desktop.ui.undoing.steps import EVERYTHING

_SHOWN_RESULTS = 8


class SchedulesSection(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = FewRows(self._load)
        self._known: dict[int, Schedule] = {}
        self._chosen: Schedule | None = None
        self._standing = Installed("", True, "", 0, "")
        super().__init__(
            desk.shell,
            Design(
                name="schedules",
                title=_("Schedule"),
                columns=[
                    Column("name", _("Schedule"), 160, sort_key="name", strong=True, wide=True),
                    Column("task", _("What"), 140, hidden=True),
                    Column("when", _("When"), 206),
                    Column("next", _("Next"), 146, sort_key="next_at"),
                    Column("last", _("Last"), 116, secondary=True),
                ],
                listing=self._rows,
                search_hint=_("Search schedules"),
                nothing_yet=_(
                    "What is done each day, week or month can be done by the clock: bill what is due, send what waits. "
                    "A run that is larger than you allow waits for you."
                ),
                depends=frozenset({"schedules", "runs", "firm"}),
                summary=self._summary,
                main_action="schedules.new",
                side_actions=["schedules.system", "schedules.due"],
                menu=["schedules.edit", "schedules.now", "schedules.pause", GAP, "schedules.delete"],
                empty_action="schedules.new",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("schedules.new", _("New schedule…"), self.new, "add", "Ctrl+N"),
            Action("schedules.edit", _("Edit…"), self.edit, "edit", "E", self._one, _("edit")),
            Action("schedules.now", _("Do it now…"), self.do_now, "run", "D", self._one, _("do it now")),
            Action("schedules.pause", self._pause_text, self.pause, "hold", "P", self._one),
            Action("schedules.system", self._system_text, self.ask_system, enabled=self._can_ask_system),
            Action("schedules.due", _("Do what is due"), self.do_due),
            Action("schedules.delete", _("Delete"), self.delete, "delete", "Del", self._one, danger=True),
        ]

    # What is shown

    @property
    def _now(self) -> datetime:
        """The time on the wall, on the day that the window goes by."""
        return datetime.combine(self.desk.today(), self.desk.book.clock().astimezone().time())

    def _load(self) -> Sequence[Row]:
        found, now = schedules(self.desk.book), self._now
        self._known = {one.id: one for one in found}
        self._standing = installed(self.desk.book)
        rows: list[Row] = []
        for one in found:
            last = next(iter(results(self.desk.book, one.id, 1)), None)
            upcoming = next(one.times.after(now))
            rows.append(
                {
                    "id": one.id,
                    "name": one.name,
                    "task": task_title(one.task),
                    "when": when_text(one.times),
                    "next": local_moment_text(upcoming) if one.active else _("stopped"),
                    "next_at": upcoming.isoformat() if one.active else "",
                    "last": state_text(last.state) if last else "",
                }
            )
        return rows

    def _summary(self) -> Summary:
        # Asked of the system with the rows, which come first: the pane and the actions tell of it too.
        return Summary(standing_word(self._standing))

    def detail(self) -> QWidget:
        self._facts = FactsView(self.shell.theme)
        self.pane = DetailPane(self.acts, ["schedules.edit", "schedules.now", "schedules.pause"], self._facts)
        return self.pane

    def show_detail(self, one: int | None) -> None:
        self._chosen = self._known.get(one) if one is not None else None
        self.acts.refresh()
        if self._chosen is None:
            self.pane.show_thing(_("No schedule chosen"))
            self._facts.show_groups(())
            return
        book, key = self.desk.book, self._chosen.id
        standing = standing_text(self._standing)
        self.pane.show_thing(self._chosen.name, "" if self._chosen.active else _("stopped"), reason=standing)
        self._facts.show_groups([self._about(self._chosen)])
        self.shell.jobs.ask(lambda: results(book, key, _SHOWN_RESULTS), lambda found: self._show_results(key, found))

    def _about(self, one: Schedule) -> Group:
        home = self.shell.home_currency
        bill = one.task == "bill"
        most = "" if one.most_amount is None else money_text(one.most_amount, home)
        documents = "" if one.most_documents is None else number_text(one.most_documents)
        made_up = _("made up for once") if one.catch_up else _("left out")
        return Group(
            "",
            [
                Fact(_("What"), task_title(one.task)),
                Fact(_("When"), when_text(one.times)),
                Fact(_("Next"), local_moment_text(next(one.times.after(self._now))) if one.active else _("stopped")),
                Fact(
                    _("For"), (one.segment or _("everyone")) if one.task in TASKS and TASKS[one.task].by_segment else ""
                ),
                Fact(_("Bills through"), through_text(one.through) if bill else ""),
                Fact(_("Most documents"), (documents or _("no limit")) if bill else ""),
                Fact(_("Most amount"), (most or _("no limit")) if bill else ""),
                Fact(_("A missed time is"), made_up),
            ],
        )

    def _show_results(self, key: int, found: object) -> None:
        assert isinstance(found, list)
        if self._chosen is None or self._chosen.id != key:
            return
        groups = [self._about(self._chosen)]
        groups += [Group(_result_title(one), [self._run_of(one), Fact("", said_text(one))]) for one in found]
        self._facts.show_groups(groups)
        unseen = [one.id for one in found if not one.seen and one.state != "running"]
        if unseen and self.isVisible():
            book = self.desk.book
            work = partial(see, book, unseen)
            self.shell.jobs.start(
                Job(_("Noting what was seen"), lambda _report: work(), {"today"}, lane=Lane.HAND, quiet=True)
            )

    def _run_of(self, one: Result) -> Fact:
        run = one.run_id
        return Fact(_("Run"), one.run, None if run is None else lambda: self._open_run(run))

    def _open_run(self, run: int) -> None:
        self.shell.go("runs", run)

    # What can be done

    def _one(self) -> bool:
        return self._chosen is not None

    def _pause_text(self) -> str:
        return _("Stop it") if self._chosen is None or self._chosen.active else _("Let it go on")

    def _is_in_line(self) -> bool:
        return bool(self._standing.system) and self._standing.fits

    def _can_ask_system(self) -> bool:
        return bool(self._standing.system) or bool(self._standing.usable and self._standing.times)

    def _system_text(self) -> str:
        if not self._standing.system:
            return _("Have the system call Sheaf…")
        return _("Take it out of the system…") if self._is_in_line() else _("Renew the entry…")

    def open_row(self, one: int) -> None:
        self.edit()

    def new(self) -> None:
        ask_schedule(self.desk, self, None, self._now, self.reveal_written)

    def edit(self) -> None:
        if self._chosen is not None:
            ask_schedule(self.desk, self, self._chosen, self._now, self.reveal_written)

    def pause(self) -> None:
        one = self._chosen
        assert one is not None
        book, actor, now = self.desk.book, self.desk.actor, self._now
        act = renewed(book, partial(pause, book, one.id, on=one.active, actor=actor, now=now))
        said = _("{name} is stopped.") if one.active else _("{name} goes on.")
        write(self.desk, _("Changing the schedule"), act, said.format(name=one.name), changed=SETTINGS)

    def delete(self) -> None:
        one = self._chosen
        assert one is not None
        book, actor = self.desk.book, self.desk.actor
        act = renewed(book, partial(delete_schedule, book, one.id, actor=actor))
        said = _("Schedule {name} deleted; what it did stands.").format(name=one.name)
        write(self.desk, _("Deleting the schedule"), act, said, changed=SETTINGS)

    def do_now(self) -> None:
        """Ask, then do the chosen one, whether or not it is due."""
        one = self._chosen
        assert one is not None
        follows = {
            "bill": _("What nothing stands against is issued at once, within the limits of the schedule."),
            "remind": _("Whoever is late is reminded at once, within the limits of the schedule."),
            "send": _("What waits goes out at once."),
            "bounces": _("The inboxes are read, and the documents that came back are marked."),
        }.get(one.task, "")
        Question(
            self, _("Do “{name}” now?").format(name=one.name), follows, _("Do it now"), lambda: self._carry_out(one)
        ).open()

    def do_due(self) -> None:
        """Go on with what was interrupted, and do what is due by now."""
        self._carry_out(None)

    def _carry_out(self, only: Schedule | None) -> None:
        book, actor = self.desk.book, self.desk.actor
        now = self._now

        def work(report: Callable[[int, int, str], None]) -> list[Result]:
            return carry_out(book, now=lambda: now, actor=actor, report=report, only=only)

        title = _("Doing what is due") if only is None else only.name
        self.shell.jobs.start(Job(title, work, EVERYTHING), self._tell)

    def _tell(self, found: object) -> None:
        assert isinstance(found, list)
        if not found:
            self.shell.notices.say(_("Nothing is due."), tone="note")
            return
        news = headline([replace(one, seen=False) for one in found])
        failed = any(one.state == "failed" for one in found)
        waits = any(one.state in ("waits", "put_off") for one in found)
        self.shell.notices.say(news, tone="blocked" if failed else "held" if waits else "good")

    # The system

    def ask_system(self) -> None:
        """Ask for what is next to do with the entry: make it, renew it, or take it out."""
        if self._is_in_line() or not self._standing.times:
            self._ask_uninstall()
        else:
            self._ask_install()

    def _ask_install(self) -> None:
        times = ngettext(
            "It calls “sheaf due” for this book at the times of {count} schedule, also while no window is open.",
            "It calls “sheaf due” for this book at the times of {count} schedules, also while no window is open.",
            self._standing.times,
        )
        follows = f"{times.format(count=number_text(self._standing.times))} {self._standing.caution}".strip()
        Question(
            self,
            _("Have the schedule of this system ({system}) call Sheaf?").format(system=self._standing.usable),
            follows,
            _("Enter it"),
            lambda: self._bring_in_line(_("Entering it in the system's schedule"), install),
            expected=True,
        ).open()

    def _ask_uninstall(self) -> None:
        Question(
            self,
            _("Take the entry out of the schedule of this system?"),
            _("Nothing is done by the clock any more until it is entered again. The schedules here stay."),
            _("Take it out"),
            lambda: self._bring_in_line(_("Taking it out of the system's schedule"), uninstall),
        ).open()

    def _bring_in_line(self, title: str, act: Callable[..., Installed]) -> None:
        book = self.desk.book
        self.shell.jobs.start(
            Job(title, lambda _report: act(book), {"schedules"}, lane=Lane.SIDE, quiet=True),
            lambda standing: self.shell.notices.say(standing_text(standing)),  # type: ignore[arg-type]
        )


def _result_title(one: Result) -> str:
    return f"{local_moment_text(one.due)} · {state_text(one.state)}"
