"""The review of one reminder run: exceptions first, the real letter beside them, and the one action that sends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, money_text, ngettext, number_text
from desktop.jobs import Job
from desktop.services.dunning.planning import cancel_run
from desktop.services.dunning.previews import reminder_pdf
from desktop.services.dunning.reviewing import HOLD, RELEASE, SKIP, decide
from desktop.services.dunning.runs import FAILED, HELD, PLANNED, SKIPPED, ReminderRow, run_named
from desktop.ui.actions import GAP, Action
from desktop.ui.collections.letter_pane import LetterPane
from desktop.ui.collections.reminder_begin import REMINDERS
from desktop.ui.collections.reminder_change import change_letter
from desktop.ui.collections.reminder_rows import NEEDS, READY, letter_words, review_rows, review_summary
from desktop.ui.collections.reminder_sending import ask_to_send, send_words
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog, Question
from desktop.ui.document_page import DocumentPage, Paper
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip
from desktop.ui.form import Field, Form, Section
from desktop.ui.page import Design, Page, Summary
from desktop.ui.pdf_view import PdfView
from desktop.ui.saving import writing
from desktop.ui.table import Empty

# What a decision may begin with.
_HOLDABLE, _RELEASABLE, _SKIPPABLE = (PLANNED, FAILED), (HELD, SKIPPED, FAILED), (PLANNED, HELD, FAILED)
_CHANGEABLE = (PLANNED, HELD, FAILED)
# Filters that stand on the figures of the strip and on no chip.
_ON_CARDS = ("held", "failed", "skipped", "noted")


def show_reminder_run(desk: Desk, run_id: int) -> None:
    """Show the review of a reminder run above the place where one is."""
    desk.shell.push(ReminderReviewPage(desk, run_id))


class ReminderReviewPage(Page):
    """Enter shows the letter as large as the window."""

    def __init__(self, desk: Desk, run_id: int) -> None:
        self.desk = desk
        self.run_id = run_id
        self._run = run_named(desk.book, run_id)
        self._rows = FewRows(lambda: review_rows(desk.book, run_id))
        self._asked: Mapping[str, int] = {}
        self._undecided = 0
        counts = self._run.counts
        waits = self._run.state == PLANNED and counts.get(HELD, 0) + counts.get(FAILED, 0) > 0
        super().__init__(
            desk.shell,
            Design(
                name="reminder_review",
                title=_("Reminder run {run}").format(run=self._run.number),
                columns=[
                    Column("tag", "", 84, "tag"),
                    Column("client", _("Client"), 160, sort_key="client"),
                    Column("level", _("Level"), 58, "number", sort_key="level", secondary=True),
                    Column("level_name", _("Name of the level"), 130, secondary=True, hidden=True),
                    Column("amount", _("Asks for"), 104, "money", sort_key="amount"),
                    Column("days", _("Days late"), 78, "number", sort_key="days", secondary=True),
                    Column("found", _("What is to be known"), 190, wide=True, lines=2),
                    Column("pay_by", _("To be paid by"), 100, "date", sort_key="pay_by", hidden=True),
                    Column("way", _("Goes"), 92, sort_key="way", hidden=True),
                    Column("code", _("Client code"), 92, sort_key="code", hidden=True),
                ],
                listing=self._rows,
                summary=self._summary,
                search_hint=_("Search client, level, reason"),
                nothing_yet=_("This run has no letters."),
                depends=REMINDERS | {"clients", "invoices", "payments", "notes", "outbox", "firm"},
                chips=[
                    Chip(NEEDS, _("Needs you"), "state"),
                    Chip(READY, _("Ready"), "state"),
                    Chip("sent", _("Sent"), "state", spare=True),
                ],
                first_filters=frozenset({NEEDS}) if waits else frozenset(),
                main_action="reminder.send",
                side_actions=["reminder.cancel"],
                menu=[
                    "reminder.open",
                    "reminder.release",
                    "reminder.hold",
                    "reminder.skip",
                    "reminder.change",
                    GAP,
                    "reminder.hold_note",
                    "reminder.client",
                ],
                many=["reminder.release", "reminder.hold", "reminder.skip"],
                sum_key="amount",
                detail_width=370,
            ),
        )
        self.filters.join("state", _ON_CARDS)
        self.model.loaded.connect(self._offer_sending)

    def offers(self) -> Iterable[Action]:
        can = self._can
        return [
            Action("reminder.send", self._send_text, self.send, "send", "Ctrl+Return", self._can_send),
            Action("reminder.cancel", _("Give the run up…"), self.cancel, enabled=self._planned, danger=True),
            Action("reminder.release", _("Let it go"), self.release, "approve", "A", can(_RELEASABLE), _("let it go")),
            Action("reminder.hold", _("Hold"), self.hold, "hold", "H", can(_HOLDABLE), _("hold")),
            Action("reminder.skip", _("Skip"), self.skip, "", "S", can(_SKIPPABLE), _("skip")),
            Action("reminder.change", _("Change…"), self.change, "edit", "E", can(_CHANGEABLE), _("change")),
            Action("reminder.hold_note", _("Hold with a reason…"), self.hold_note, enabled=can(_HOLDABLE)),
            Action("reminder.open", _("Open the letter"), self.open_chosen, "open", enabled=self._some),
            Action("reminder.client", _("Open the client"), self.client, enabled=self._some),
        ]

    # What stands around the table

    def _summary(self) -> Summary:
        self._run, self._asked, summary = review_summary(self.desk.book, self.run_id, self.shell.home_currency)
        self._undecided = summary.counts[NEEDS] if self._run.state == PLANNED else 0
        return summary

    def _planned(self) -> bool:
        return self._run.state == PLANNED

    def _send_text(self) -> str:
        if not self._planned():
            return _("Sent") if self._run.state == "sent" else _("Given up")
        return send_words(self._run.counts.get(PLANNED, 0))

    def _can_send(self) -> bool:
        return self._planned() and self._run.counts.get(PLANNED, 0) > 0

    def _offer_sending(self, _query: object = None) -> None:
        """An empty list of exceptions leads on to sending, any other empty list back to all."""
        done = self.filters.on == frozenset({NEEDS}) and not self.search.text() and self._planned()
        action = self.acts["reminder.send" if done else f"{self.design.name}.show_all"]
        words = _("Nothing needs you any more.") if done else _("Nothing fits the search and the filters.")
        self.table.set_empty(Empty(self.design.nothing_yet), Empty(words, action))

    # The pane at the right

    def detail(self) -> QWidget:
        self._pdf = PdfView(self.shell.theme, self.shell.jobs)
        self.pane = LetterPane(
            self.acts, self._pdf, ["reminder.release", "reminder.hold", "reminder.skip", "reminder.change"]
        )
        return self.pane

    def show_detail(self, one: int | None) -> None:
        letter = self._letter(one) if one is not None else None
        self.acts.refresh()
        if letter is None:
            self.pane.show_letter(_("No letter chosen"), "", "", decidable=False)
            self._pdf.say(_("Choose a letter to see its page."))
            return
        decidable = self._planned() and letter.state in (*_HOLDABLE, *_RELEASABLE)
        aside = money_text(letter.total, letter.currency)
        self.pane.show_letter(letter.name, aside, letter_words(letter), decidable=decidable)
        book, key = self.desk.book, letter.id
        self._pdf.ask(lambda: reminder_pdf(book, key))

    def _letter(self, one: int) -> ReminderRow | None:
        row = self._rows.rows([one]).get(one)
        letter = row["letter"] if row is not None else None
        return letter if isinstance(letter, ReminderRow) else None

    # What can be done

    def _some(self) -> bool:
        return self.table.selected_count() > 0

    def _can(self, states: tuple[str, ...]) -> Callable[[], bool]:
        def can() -> bool:
            chosen = [self._letter(one) for one in self.selected_ids()] if self._planned() else []
            return any(one is not None and one.state in states for one in chosen)

        return can

    def release(self) -> None:
        self._decide(RELEASE)

    def hold(self) -> None:
        self._decide(HOLD)

    def skip(self) -> None:
        self._decide(SKIP)

    def hold_note(self) -> None:
        field = Field("note", _("Why"), "lines", required=True, hint=_("For whoever looks at it next"))
        form = Form([Section("", [field])], self.shell.theme)
        ids = self.selected_ids()
        dialog = FormDialog(
            self.shell, _("Hold back"), form, _("Hold"), lambda typed: self._job(HOLD, ids, str(typed["note"])), self
        )
        dialog.saved.connect(lambda written: self._decided(HOLD, written))
        dialog.open()

    def _decide(self, act: str) -> None:
        self.shell.jobs.start(self._job(act, self.selected_ids(), ""), lambda written: self._decided(act, written))

    def _job(self, act: str, ids: list[int], note: str) -> Job:
        book, actor = self.desk.book, self.desk.actor
        return writing(self.desk, _("Deciding"), lambda: decide(book, ids, act, actor=actor, note=note), REMINDERS)

    def _decided(self, act: str, written: object) -> None:
        count = int(getattr(written, "result", 0))
        said = {
            RELEASE: ngettext("{count} reminder will go.", "{count} reminders will go.", count),
            HOLD: ngettext("{count} reminder is held back.", "{count} reminders are held back.", count),
            SKIP: ngettext("{count} reminder is skipped this time.", "{count} reminders are skipped this time.", count),
        }
        self.shell.notices.say(said[act].format(count=number_text(count)))

    def change(self) -> None:
        letter = self._letter(self.selected_ids()[0])
        if letter is not None:
            change_letter(self.desk, self, letter)

    def send(self) -> None:
        ask_to_send(self.desk, self, self._run, self._asked, self._undecided)

    def cancel(self) -> None:
        desk, run = self.desk, self._run

        def act() -> None:
            job = writing(
                desk, _("Giving the run up"), lambda: cancel_run(desk.book, run.id, actor=desk.actor), REMINDERS
            )
            said = _("Reminder run {run} is given up. Nobody was reminded by what it had not sent.")
            self.shell.jobs.start(job, lambda _done: self.shell.notices.say(said.format(run=run.number)))

        Question(
            self,
            _("Give up what reminder run {run} has not sent?").format(run=run.number),
            _("Nothing is lost: the next run plans these reminders again."),
            _("Give it up"),
            act,
        ).open()

    # One of them as large as the window

    def open_chosen(self) -> None:
        for one in self.selected_ids()[:1]:
            self.open_row(one)

    def open_row(self, one: int) -> None:
        letter = self._letter(one)
        if letter is None:
            return
        book = self.desk.book

        def save(path: Path) -> None:
            path.write_bytes(reminder_pdf(book, one))

        name = _("Reminder {client} {run}").format(client=letter.code, run=letter.run).replace("/", "-")
        paper = Paper(
            letter.name,
            f"{letter.level_name} · {money_text(letter.total, letter.currency)}",
            f"{name}.pdf",
            lambda: reminder_pdf(book, one),
            save,
        )
        self.shell.push(DocumentPage(self.desk, paper))

    def client(self) -> None:
        letter = self._letter(self.selected_ids()[0])
        if letter is not None:
            self.shell.go("clients", letter.client_id)
