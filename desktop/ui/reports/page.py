"""Reports: choose one, ask it, read the table, and open what lies behind each figure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop.errors import UserError
from desktop.i18n import _
from desktop.jobs import Job, Lane, State
from desktop.jobs import Report as Progress
from desktop.services.reports import BEHIND, Behind
from desktop.ui.actions import Action, Actions
from desktop.ui.desk import Desk
from desktop.ui.listing import Query, Row
from desktop.ui.rail import Place, PlaceButton
from desktop.ui.reports.answer import Answer, ask_report, facts_of
from desktop.ui.reports.columns import ReportRows, columns_of
from desktop.ui.reports.kinds import Asked, first_asked, kinds
from desktop.ui.reports.picture import Picture
from desktop.ui.reports.questions import QuestionBar, offered
from desktop.ui.reports.saving import ask_file, print_report
from desktop.ui.reports.sums import SumsRow
from desktop.ui.reports.targets import edit_targets
from desktop.ui.rows_model import RowsModel
from desktop.ui.table import Empty, Table

_WIDTH = 152
_LAST = "report"
_AGES = ("current", "d1_30", "d31_60", "d61_90", "over_90")
_DEPENDS = frozenset({"invoices", "payments", "clients", "agreements", "billables", "runs", "firm", "targets"})


class ReportsPage(QWidget):
    """Enter opens what is behind a row, Esc goes back; Ctrl+PgUp and Ctrl+PgDown walk through the reports."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.shell = desk.shell
        self._kinds = {one.name: one for one in kinds()}
        self._asked: Asked | None = None
        self._before: list[Asked] = []
        self._job: Job | None = None
        self.answer: Answer | None = None
        self.table: Table | None = None
        self.sums: SumsRow | None = None
        self._rows: list[Row] = []
        self._stale = True
        self.acts = Actions(self.shell.theme, self, self.shell.refusal)
        self.acts.declare(self._offers())
        self.acts.failed.connect(self.shell.notices.show_error)
        self.shell.jobs.changed.connect(self._hear)
        self._build()

    def _offers(self) -> Iterable[Action]:
        there = self._has_rows
        return [
            Action("reports.open", _("Open what is behind it"), self.open_current, "open", "", there),
            Action("reports.back", _("Back"), self.back, "previous", "", lambda: bool(self._before)),
            Action("reports.refresh", _("Ask again"), self.refresh, "refresh", "F5", lambda: self._asked is not None),
            Action("reports.export", _("Export…"), self.export, "export", "Ctrl+Shift+E", there),
            Action("reports.print", _("Print…"), self.print, "print", "Ctrl+P", there),
            Action("reports.targets", _("Set targets…"), self.set_targets, "edit", "", self._is_of_targets),
            Action("reports.previous", _("Previous report"), partial(self._walk, -1), "", "Ctrl+PgUp"),
            Action("reports.next", _("Next report"), partial(self._walk, 1), "", "Ctrl+PgDown"),
        ]

    # Building

    def _build(self) -> None:
        rule = QFrame()
        rule.setProperty("role", "side")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._build_list())
        layout.addWidget(rule)
        layout.addLayout(self._build_body(), 1)

    def _build_list(self) -> QWidget:
        theme = self.shell.theme
        self._buttons: dict[str, PlaceButton] = {}
        group = QButtonGroup(self)
        column = QVBoxLayout()
        column.setContentsMargins(16, 18, 12, 16)
        column.setSpacing(2)
        title = QLabel(_("Reports"))
        title.setProperty("role", "title")
        title.setContentsMargins(8, 0, 0, 4)
        column.addWidget(title)
        heading = ""
        for kind in self._kinds.values():
            if kind.group != heading:
                heading = kind.group
                words = QLabel(heading, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
                words.setProperty("role", "heading")
                words.setContentsMargins(8, 10, 0, 2)
                column.addWidget(words)
            button = PlaceButton(Place(kind.name, kind.title, QWidget), theme)
            button.setToolTip(kind.told)
            button.setAccessibleDescription(kind.told)
            button.clicked.connect(lambda _on=False, name=kind.name: self.choose(name))
            group.addButton(button)
            column.addWidget(button)
            self._buttons[kind.name] = button
        column.addStretch(1)
        side = QWidget()
        side.setLayout(column)
        holder = QScrollArea(widgetResizable=True)
        holder.setFrameShape(QFrame.Shape.NoFrame)
        holder.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder.setWidget(side)
        holder.setFixedWidth(theme.px(_WIDTH) + 28)
        return holder

    def _build_body(self) -> QVBoxLayout:
        self._title, self._facts, self._told = (
            QLabel(textFormat=Qt.TextFormat.PlainText),
            QLabel(textFormat=Qt.TextFormat.PlainText),
            QLabel(textFormat=Qt.TextFormat.PlainText),
        )
        self._title.setProperty("role", "title")
        for label in (self._facts, self._told):
            label.setProperty("role", "secondary")
            label.setTextFormat(Qt.TextFormat.PlainText)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._told)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addLayout(words, 1)
        self._back = self.acts.button("reports.back")
        self._set_targets = self.acts.button("reports.targets")
        for button in (self._back, self._set_targets, self.acts.button("reports.print")):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.acts.button("reports.export", "main"), 0, Qt.AlignmentFlag.AlignTop)
        self.questions = QuestionBar(self.desk)
        self.questions.asked.connect(self._follow_questions)
        self.questions.wrong.connect(self.shell.notices.show_error)
        self._card = QFrame()
        self._card.setProperty("role", "card")
        self._inside = QVBoxLayout(self._card)
        self._inside.setContentsMargins(1, 1, 1, 1)
        self._inside.setSpacing(0)
        foot = QHBoxLayout()
        foot.setContentsMargins(10, 8, 10, 9)
        foot.addWidget(self._facts)
        self.picture = Picture(self.shell.theme)
        self._inside.addWidget(self.picture)
        self._inside.addLayout(foot)
        body = QVBoxLayout()
        body.setContentsMargins(24, 18, 24, 0)
        body.setSpacing(14)
        body.addLayout(head)
        body.addWidget(self.questions)
        body.addWidget(self._card, 1)
        return body

    # Asking

    @property
    def asked(self) -> Asked | None:
        """What is shown, or will be once it is read."""
        return self._asked

    @property
    def facts(self) -> str:
        return self._facts.text()

    def choose(self, name: str) -> None:
        """Show a report by its name, with the client and currency asked before."""
        now = first_asked(name, self.desk.today())
        if self._asked is not None:
            asks = self._kinds[name].asks
            kept = {str(key): getattr(self._asked, key) for key in ("client_code", "currency") if key in asks}
            kept["in_firm"] = self._asked.in_firm
            now = now.behind(name, kept)
        self._before.clear()
        self.ask(now)

    def ask(self, asked: Asked) -> None:
        """Read a report and show it."""
        if self._job is not None:
            self._job.cancel()
        self._stale = False
        self._say_asked(asked)
        kind = self._kinds[asked.name]
        self._title.setText(kind.title)
        book, home = self.desk.book, self.shell.home_currency
        if asked.name == "statement" and not asked.client_code:
            self._job = None
            self._say_nothing(_("Choose the client whose statement you want."))
            return

        def work(progress: Progress) -> Answer:
            return ask_report(book, asked, home, progress)

        job = Job(_("Reading {report}").format(report=kind.title), work, lane=Lane.SIDE)
        job.ended.connect(self._end)
        self._job = self.shell.jobs.start(job, self._take, self._fail)
        self.acts.refresh()

    def _say_asked(self, asked: Asked) -> None:
        """Name in the list and in the questions what is asked."""
        self._asked = asked
        kind = self._kinds[asked.name]
        if any(one.hasFocus() for one in self._buttons.values()):
            self._buttons[asked.name].setFocus()
        self._buttons[asked.name].setChecked(True)
        self._back.setVisible(bool(self._before))
        self._set_targets.setVisible(self._is_of_targets())
        self._told.setText(kind.told)
        self.questions.show_asked(kind, asked)
        self.shell.memory.put(_LAST, asked.name)

    def refresh(self) -> None:
        if self._asked is not None:
            self.ask(self._asked)

    def back(self) -> None:
        """The report that a figure was opened in."""
        if self._before:
            self.ask(self._before.pop())

    def show_query(self, filters: frozenset[str], search: str = "") -> None:
        """Show what filters such as `report:open`, `client:CODE`, `currency:EUR`, `by:dso` and `age:0` to `age:4` ask
        for."""
        told = dict(one.split(":", 1) for one in filters if ":" in one)
        name = told.get("report", "aging")
        first = first_asked(name, self.desk.today())
        self._before.clear()
        age = int(told["age"]) if "age" in told else None
        client, currency = told.get("client", search), told.get("currency", "")
        by = told.get("by", first.by)
        self.ask(first.behind(name, {"client_code": client, "currency": currency, "age": age, "by": by}))

    def _follow_questions(self, asked: object) -> None:
        assert isinstance(asked, Asked)
        self.ask(asked)

    def _walk(self, step: int) -> None:
        names = list(self._kinds)
        place = names.index(self._asked.name) if self._asked is not None else 0
        self.choose(names[(place + step) % len(names)])

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        book, day = self.desk.book, self.desk.today()
        self.shell.jobs.ask(lambda: offered(book, day), self._offer)
        if self._asked is None:
            last = self.shell.memory.get(_LAST)
            self.choose(last if isinstance(last, str) and last in self._kinds else "aging")
        elif self._stale:
            self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._before:
            self.back()
        else:
            super().keyPressEvent(event)

    def _hear(self, changes: object) -> None:
        assert isinstance(changes, frozenset)
        if changes & _DEPENDS:
            self._stale = True
            if self.isVisible():
                self.refresh()

    def _offer(self, found: object) -> None:
        assert isinstance(found, tuple)
        self.questions.offer(*found)

    # Showing

    def _take(self, answer: object) -> None:
        assert isinstance(answer, Answer)
        if answer.asked != self._asked:
            return
        self._job = None
        self.answer = answer
        self._rows = answer.rows
        self._title.setText(answer.made.title)
        if self.table is None or [one.key for one in self.table.rows.columns] != [
            one.column.key for one in answer.columns
        ]:
            self._build_table(answer)
        assert self.table is not None
        assert self.sums is not None
        self.table.rows.set_query(self.table.rows.asked)
        self.sums.show_rows(answer.sums)
        self.picture.show_report(answer.made)
        self._facts.setText(facts_of(answer))
        self.acts.refresh()

    def _fail(self, error: object) -> None:
        self._job = None
        if isinstance(error, UserError):
            self._say_nothing(str(error))
        self.shell.notices.show_error(error)

    def _end(self, job: object) -> None:
        """After a stop the report that still stands there is the one that is named, printed and exported."""
        if job is self._job and self._job is not None and self._job.state is State.CANCELLED:
            self._job = None
            if self.answer is not None:
                if self._before and self._before[-1] == self.answer.asked:
                    self._before.pop()
                self._say_asked(self.answer.asked)
                self._title.setText(self.answer.made.title)

    def _say_nothing(self, sentence: str) -> None:
        self.answer = None
        self._drop_table()
        self.picture.show_report(None)
        self._facts.setText(sentence)
        self.acts.refresh()

    def _drop_table(self) -> None:
        for widget in (self.table, self.sums):
            if widget is not None:
                self._inside.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self.table = self.sums = None

    def _build_table(self, answer: Answer) -> None:
        self._drop_table()
        shell = self.shell
        columns = columns_of(answer.columns, shell.theme)
        model = RowsModel(ReportRows(lambda: self._rows), columns, shell.jobs, shell.home_currency)
        self.table = Table(model, shell.theme, shell.memory, shell.jobs, f"report.{answer.asked.name}")
        self.table.setAccessibleName(answer.made.title)
        self.table.set_empty(
            Empty(_("There is nothing to report for these days.")), Empty(_("There is nothing to report."))
        )
        self.table.set_menu([self.acts[one] for one in ("reports.open", "reports.export", "reports.print")])
        self.table.opened.connect(self._open)
        self.table.selection_changed.connect(self.acts.refresh)
        self.sums = SumsRow(shell.theme, self.table, columns, shell.home_currency)
        self._inside.insertWidget(1, self.table, 1)
        self._inside.insertWidget(2, self.sums)
        model.set_query(Query())

    # What can be done

    def _has_rows(self) -> bool:
        return self.answer is not None and bool(self.answer.rows)

    def open_current(self) -> None:
        one = self.table.current_id() if self.table is not None else None
        if one is not None:
            self._open(one)

    def _open(self, one: object) -> None:
        """Go to what lies behind a row: a document, a list, or another report."""
        assert isinstance(one, int)
        assert self.answer is not None
        assert self.table is not None
        behind = self.answer.rows[one - 1].get(BEHIND)
        if not isinstance(behind, Behind):
            return
        if behind.report:
            told = dict(behind.asked)
            column = self.table.rows.columns[max(0, self.table.currentIndex().column())].key
            if behind.report == "open" and column in _AGES:
                told["age"] = _AGES.index(column)
            self._before.append(self.answer.asked)
            self.ask(self.answer.asked.behind(behind.report, told))
        elif behind.id is not None:
            self.shell.go(behind.place, behind.id)
        else:
            self.shell.go(behind.place, filters=behind.filters, search=behind.search)

    def _is_of_targets(self) -> bool:
        return self._asked is not None and self._asked.name == "targets"

    def set_targets(self) -> None:
        edit_targets(self.desk, self)

    def export(self) -> None:
        assert self.answer is not None
        ask_file(self.shell, self, self.answer.made)

    def print(self) -> None:
        assert self.answer is not None
        print_report(self.shell, self, self.answer.made)
