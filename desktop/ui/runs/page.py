"""The runs of the book: what each did, and the way into a new one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.i18n import _, date_text, money_text, month_text, ngettext, short_day_text
from desktop.jobs import Job
from desktop.services.delivery.statuses import funnel
from desktop.services.lists.runs import RunList
from desktop.services.runs import discard_run
from desktop.services.runs.next_step import NextStep, next_step
from desktop.ui.actions import Action
from desktop.ui.archiving import archive_run
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.dialog import Question
from desktop.ui.filters import Chip
from desktop.ui.handing_over import ask_run_zip
from desktop.ui.latest import Latest
from desktop.ui.letters.showing import show_run_report
from desktop.ui.outbox.print_ways import print_run
from desktop.ui.page import Design, Page, Summary
from desktop.ui.runs.begin import begin_run, bill_month
from desktop.ui.runs.funnel import FunnelView
from desktop.ui.runs.issuing import CHANGES, go_on
from desktop.ui.runs.review import ReviewPage
from desktop.ui.story.pane import StoryPane


class RunsPage(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = RunList(desk.book)
        self._chosen: dict[str, object] = {}
        self._next: NextStep | None = None
        super().__init__(
            desk.shell,
            Design(
                name="runs",
                title=_("Runs"),
                columns=[
                    Column("number", _("Run"), 104, sort_key="number", strong=True),
                    Column("state", _("State"), 92, "tag", sort_key="state"),
                    Column("through", _("Through"), 100, "date", sort_key="through"),
                    Column("scope", _("Scope"), 130, secondary=True, wide=True),
                    Column("issued", _("Issued"), 76, "number", sort_key="issued"),
                    Column("waiting", _("Waiting"), 76, "number"),
                    Column("skipped", _("Skipped"), 82, "number", secondary=True),
                    Column("failed", _("Failed"), 72, "number", secondary=True),
                    Column("amount", _("Billed"), 124, "money"),
                ],
                listing=self._rows,
                search_hint=_("Search run, segment, client"),
                nothing_yet=_(
                    "A run bills everything that is due through a day, in one go: you look only at what it holds back. "
                    "Each run will stand here, with what became of every agreement. Begin the first one."
                ),
                depends=frozenset({"runs", "invoices", "outbox", "payments"}),
                chips=[
                    Chip("open", _("Open"), "state"),
                    Chip("done", _("Done"), "state"),
                    Chip("manual", _("By hand")),
                ],
                summary=self._summary,
                main_action="runs.next",
                side_actions=["runs.new"],
                menu=[
                    "runs.open",
                    "runs.report",
                    "runs.print",
                    "runs.zip",
                    "runs.archive",
                    "runs.resume",
                    "runs.discard",
                ],
                empty_action="runs.next",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("runs.next", self._next_text, self.take_next_step, shortcut="Ctrl+Return"),
            Action("runs.new", _("New run…"), self.new, shortcut="Ctrl+N"),
            Action("runs.open", _("Review"), self.open_chosen, enabled=self._one),
            Action("runs.report", _("Run report"), self.report, "open", "P", self._one),
            Action("runs.print", _("Print the documents…"), self.print, "print", "Ctrl+P", self._issued),
            Action("runs.zip", _("Hand over as ZIP…"), self.zip, "export", "Z", self._issued, _("ZIP")),
            Action("runs.archive", _("Archive for the accountant…"), self.archive, "export", enabled=self._issued),
            Action("runs.resume", _("Resume"), self.resume, enabled=self._unfinished),
            Action("runs.discard", _("Discard…"), self.discard, enabled=self._unfinished, danger=True),
        ]

    # What comes next

    def _summary(self) -> Summary:
        self._next = next_step(self.desk.book, self.desk.today())
        return Summary(self._next_words(self._next))

    def _next_words(self, step: NextStep) -> str:
        """What the main action would do, in figures of the calendar."""
        through, issued = date_text(step.through), date_text(step.issued)
        match step.kind:
            case "resume":
                return _("Run {number} was stopped in the middle.").format(number=step.number)
            case "review":
                return _("Run {number} waits for you.").format(number=step.number)
            case "bill":
                return _("Everything due through {through}, dated {issued}, is next.").format(
                    through=through, issued=issued
                )
            case _:
                return _("No month waits to be billed: a run through today or another day is begun by hand.")

    def _next_text(self) -> str:
        step = self._next
        if step is None or step.kind == "choose":
            return _("Bill to date…")
        if step.kind == "bill":
            if step.whole_month:
                return _("Bill {month}").format(month=month_text(step.through, year=False))
            return _("Bill through {day}").format(day=short_day_text(step.through))
        return _("Go on with {number}").format(number=step.number)

    def take_next_step(self) -> None:
        """Bill the month, or go on with the run that was stopped or waits; ask where neither is plain."""
        step = self._next
        if step is None or step.kind == "choose":
            self.new()
        elif step.kind == "bill":
            bill_month(self.desk, step, self.open_row)
        elif step.kind == "resume":
            go_on(self.desk, self, step.run, step.number)
        else:
            self.open_row(step.run)

    def detail(self) -> QWidget:
        self.funnel = FunnelView(self.desk)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.funnel)
        column.addStretch(1)
        self._latest = Latest(self.shell.jobs, self)
        self.pane = DetailPane(self.acts, ["runs.open", "runs.resume", "runs.discard"], body)
        self.story_pane = StoryPane(self.desk, "run", self.pane, self.acts)
        return self.story_pane

    def show_detail(self, one: int | None) -> None:
        self.story_pane.show_thing(one)
        row = self._rows.rows([one]).get(one) if one is not None else None
        self._chosen = dict(row) if row else {}
        self.acts.refresh()
        if one is None or row is None:
            self._latest.drop()
            self.funnel.show_funnel(None)
            self.pane.show_thing(_("No run chosen"), reason=_("Choose a run to see what it did."))
            return
        book, number = self.desk.book, str(row["number"])
        self._latest.ask(lambda: (funnel(book, one), number), self._show_funnel)
        waiting, issued = int(str(row["waiting"])), int(str(row["issued"]))
        self.pane.show_thing(
            str(row["number"]),
            date_text(date.fromisoformat(str(row["through"]))),
            [
                (_("Billed"), str(row["billed"]) or money_text(0, str(row["currency"]))),
                (_("Issued"), str(issued)),
                (_("Waiting"), str(waiting)),
                (_("Skipped"), str(row["skipped"])),
                (_("Failed"), str(row["failed"])),
            ],
            self._reason(str(row["state"]), waiting),
        )

    def _show_funnel(self, answer: object) -> None:
        assert isinstance(answer, tuple)
        self.funnel.show_funnel(*answer)

    def _reason(self, state: str, waiting: int) -> str:
        if state in ("planning", "issuing"):
            return _("It was interrupted. What it issued stands; resume it to do the rest.")
        if waiting:
            return ngettext("{count} draft waits for you.", "{count} drafts wait for you.", waiting).format(
                count=waiting
            )
        return _("Everything of this run is done.")

    def _one(self) -> bool:
        return bool(self._chosen)

    def _issued(self) -> bool:
        return int(str(self._chosen.get("issued", 0))) > 0

    def _unfinished(self) -> bool:
        return self._chosen.get("state") in ("planning", "issuing", "review")

    def open_row(self, one: int) -> None:
        self.shell.push(ReviewPage(self.desk, one))

    def open_chosen(self) -> None:
        ids = self.selected_ids()
        if ids:
            self.open_row(ids[0])

    def report(self) -> None:
        show_run_report(self.desk, self.selected_ids()[0])

    def print(self) -> None:
        print_run(self.desk, self, str(self._chosen["number"]))

    def zip(self) -> None:
        ask_run_zip(self.desk, self, str(self._chosen["number"]))

    def archive(self) -> None:
        archive_run(self.desk, self, str(self._chosen["number"]))

    def new(self) -> None:
        begin_run(self.desk, self, self.open_row)

    def resume(self) -> None:
        (one,) = self.selected_ids()[:1]
        go_on(self.desk, self, one, str(self._chosen["number"]))

    def discard(self) -> None:
        desk, number = self.desk, str(self._chosen["number"])

        def act() -> None:
            job = Job(
                _("Discarding run {number}").format(number=number),
                lambda _report: discard_run(desk.book, number, actor=desk.actor, now=desk.now),
                CHANGES,
            )
            self.shell.jobs.start(job)

        Question(
            self,
            _("Discard what run {number} has not issued?").format(number=number),
            _("Its invoices stand. What its drafts would have billed can be billed by the next run."),
            _("Discard"),
            act,
        ).open()
