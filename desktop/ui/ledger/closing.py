"""The month end: what is left to do, closing the books through a day, and opening them again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, date_text, moment_text, number_text, pgettext
from desktop.jobs import Job
from desktop.services.accounting.checklist import LEFT, Step, checklist
from desktop.services.accounting.month_end import ClosedPeriod, close_books, closings, next_to_close, reopen
from desktop.ui.actions import Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.dialog import FormDialog
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip
from desktop.ui.form import Field, Form, Section
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary

CLOSED = frozenset({"ledger"})
_DEPENDS = frozenset({"ledger", "invoices", "payments", "bank", "runs", "outbox", "firm", "clients"})


class ClosingTab(Page):
    """Enter goes where a step is done."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._steps: list[Step] = []
        self._through = desk.today()
        self._last: ClosedPeriod | None = None
        super().__init__(
            desk.shell,
            Design(
                name="ledger_closing",
                title=pgettext("ledger", "Closing"),
                columns=[
                    Column("title", _("Step"), 190, strong=True),
                    Column("state", _("State"), 96, "tag"),
                    Column("found", _("How it stands"), 260, wide=True, lines=2),
                    Column("remedy", _("What to do"), 260, secondary=True, lines=2),
                ],
                listing=FewRows(self._load),
                summary=self._summary,
                search_hint=_("Search steps"),
                nothing_yet=_("Nothing is looked at."),
                depends=_DEPENDS,
                chips=[Chip(LEFT, _("To do")), Chip("done", _("Done"))],
                main_action="closing.close",
                side_actions=["closing.reopen", "closing.history"],
                menu=["closing.go", "closing.close"],
            ),
        )
        self.model.loaded.connect(self._follow)

    def offers(self) -> Iterable[Action]:
        return [
            Action("closing.close", _("Close the books…"), self.ask_closing, "done", "Ctrl+N"),
            Action("closing.go", _("Go there"), self.go_current, "open", "", self._leads),
            Action("closing.reopen", _("Reopen…"), self.ask_reopening, "undo", "", self._is_closed),
            Action("closing.history", _("Closed periods"), self.show_history, "calendar"),
        ]

    def _load(self) -> Sequence[Row]:
        book, today = self.desk.book, self.desk.today()
        self._through = next_to_close(book, today)
        self._last = next((one for one in closings(book) if one.reopened_at is None), None)
        self._steps = checklist(book, self._through, prove=False)
        return [
            {"id": place, "title": one.title, "state": one.state, "found": one.found, "remedy": one.remedy}
            for place, one in enumerate(self._steps, 1)
        ]

    def _summary(self) -> Summary:
        book, today = self.desk.book, self.desk.today()
        last = max((one.through for one in closings(book) if one.reopened_at is None), default=None)
        through = date_text(next_to_close(book, today))
        if last is None:
            return Summary(_("No period is closed. Next: through {day}.").format(day=through))
        if last >= next_to_close(book, today):
            return Summary(_("The books are closed through {day}.").format(day=date_text(last)))
        return Summary(
            _("The books are closed through {day}. Next: through {next}.").format(day=date_text(last), next=through)
        )

    def _follow(self, _query: object) -> None:
        self.acts.refresh()

    def detail(self) -> QWidget:
        self.pane = DetailPane(self.acts, ["closing.go"])
        return self.pane

    def show_detail(self, one: int | None) -> None:
        step = self._step(one)
        self.acts.refresh()
        if step is None:
            self.pane.show_thing(_("No step chosen"))
            return
        facts = [(_("Through"), date_text(self._through))]
        if step.count:
            facts.append((_("Left"), number_text(step.count)))
        self.pane.show_thing(step.title, "", facts, " ".join(filter(None, (step.found, step.remedy))))

    def _step(self, one: int | None) -> Step | None:
        return self._steps[one - 1] if one is not None and one <= len(self._steps) else None

    def _chosen(self) -> Step | None:
        ids = self.selected_ids()
        return self._step(ids[0]) if len(ids) == 1 else None

    def _leads(self) -> bool:
        step = self._chosen()
        return step is not None and bool(step.place)

    def _is_closed(self) -> bool:
        return self._last is not None

    def open_row(self, one: int) -> None:
        step = self._step(one)
        if step is None or not step.place:
            return
        page = self.shell.go(step.place)
        show = getattr(page, "show_query", None)
        if show is not None and step.filters:
            show(frozenset(step.filters))

    def go_current(self) -> None:
        self.open_row(self.selected_ids()[0])

    def show_history(self) -> None:
        self.shell.push(ClosedPage(self.desk))

    def ask_closing(self) -> FormDialog:
        """Ask through which day; what is left is named, and passed over only where the person says so."""
        left = [step for step in self._steps if step.state == LEFT]
        fields = [Field("through", _("Through"), "date", required=True)]
        note = _("It stays in the log with the closing.")
        fields.append(Field("note", _("Note"), "lines", note=note))
        sections = [Section("", fields)]
        if left:
            sections.append(
                Section(
                    _("Left to do"),
                    [
                        Field(step.key, _("Pass over: {step}").format(step=step.title), "check", note=step.found)
                        for step in left
                    ],
                )
            )
        form = Form(sections, self.shell.theme)
        form.put({"through": self._through})
        book, actor, today, title = self.desk.book, self.desk.actor, self.desk.today(), _("Close the books")

        def close(typed: dict[str, object]) -> Job:
            through = typed["through"]
            assert isinstance(through, date)
            passed = [step.key for step in left if typed[step.key]]
            return Job(
                _("Closing the books"),
                lambda report: close_books(
                    book,
                    through,
                    actor=actor,
                    today=today,
                    note=str(typed["note"] or ""),
                    passed_over=passed,
                    report=report,
                ),
                CLOSED,
            )

        dialog = FormDialog(self.shell, title, form, _("Close the books"), close, self)
        dialog.saved.connect(self._closed)
        dialog.open()
        return dialog

    def _closed(self, made: object) -> None:
        assert isinstance(made, ClosedPeriod)
        self.shell.notices.say(
            _("The books are closed through {day}; nothing is booked into those days any more.").format(
                day=date_text(made.through)
            )
        )

    def ask_reopening(self) -> FormDialog:
        assert self._last is not None
        day = date_text(self._last.through)
        form = Form([Section("", [Field("reason", _("Why"), required=True)])], self.shell.theme)
        book, actor = self.desk.book, self.desk.actor

        def work(typed: dict[str, object]) -> Job:
            reason = str(typed["reason"] or "")
            return Job(_("Reopening the books"), lambda _report: reopen(book, reason, actor=actor), CLOSED, quiet=True)

        dialog = FormDialog(
            self.shell, _("Reopen the books closed through {day}").format(day=day), form, _("Reopen"), work, self
        )
        dialog.saved.connect(self._reopened)
        dialog.open()
        return dialog

    def _reopened(self, through: object) -> None:
        assert isinstance(through, date)
        self.shell.notices.say(
            _("The books are open again; the closing through {day} stays in the list.").format(day=date_text(through))
        )


class ClosedPage(Page):
    """Every closing with who, when, what was passed over, and why it was reopened."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._found: dict[int, ClosedPeriod] = {}
        super().__init__(
            desk.shell,
            Design(
                name="ledger_closed",
                title=_("Closed periods"),
                columns=[
                    Column("through", _("Through"), 110, "date", sort_key="through", strong=True),
                    Column("state", _("State"), 110, "tag"),
                    Column("at", _("Closed"), 150, secondary=True),
                    Column("actor", _("By"), 140),
                    Column("note", _("Note"), 240, secondary=True, wide=True),
                ],
                listing=FewRows(self._load),
                search_hint=_("Search closed periods"),
                nothing_yet=_("No period was closed yet."),
                depends=CLOSED,
                side_actions=["closed.back"],
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [Action("closed.back", _("Back"), self.shell.back, "previous")]

    def _load(self) -> Sequence[Row]:
        found = closings(self.desk.book)
        self._found = {one.id: one for one in found}
        return [
            {
                "id": one.id,
                "through": one.through,
                "state": "reopened" if one.reopened_at else "closed_books",
                "at": moment_text(one.closed_at),
                "actor": one.actor,
                "note": one.note,
            }
            for one in found
        ]

    def detail(self) -> QWidget:
        self.pane = DetailPane(self.acts)
        return self.pane

    def show_detail(self, one: int | None) -> None:
        made = self._found.get(one) if one is not None else None
        if made is None:
            self.pane.show_thing(_("No closing chosen"))
            return
        facts = [(_("Closed"), moment_text(made.closed_at)), (_("By"), made.actor)]
        titles = {step.key: step.title for step in made.steps}
        if made.passed_over:
            facts.append((_("Passed over"), ", ".join(titles.get(key, key) for key in made.passed_over)))
        if made.note:
            facts.append((_("Note"), made.note))
        if made.reopened_at:
            facts += [
                ("", ""),
                (_("Reopened"), moment_text(made.reopened_at)),
                (_("By"), made.reopened_by or ""),
                (_("Why"), made.reason or ""),
            ]
        facts += [("", ""), (_("Journal"), f"{made.digest[:16]}…"), (_("Log"), f"{made.head[:16]}…")]
        self.pane.show_thing(_("Through {day}").format(day=date_text(made.through)), "", facts)
