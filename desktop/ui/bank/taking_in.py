"""Taking statements in: files are looked through first, and what they would bring stands there before it is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane, Report, State
from desktop.services.bank.accounts import OwnAccount
from desktop.services.bank.profiles import keep_profile
from desktop.services.bank.statements import take_in
from desktop.services.bank.tables import CsvProfile, UnknownTableError
from desktop.services.bank.taken import TakenIn
from desktop.ui.bank.taking_in_columns import TableColumns
from desktop.ui.bank.taking_in_look import Seen, look_through
from desktop.ui.bank.taking_in_result import BANK, tell_taken
from desktop.ui.bank.taking_in_tables import (
    refusal_columns,
    refusal_rows,
    remark_columns,
    remark_rows,
    statement_columns,
    statement_rows,
    would_say,
)
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.editors import ChoiceEditor
from desktop.ui.few_rows import FewRows
from desktop.ui.focus_order import follow_layout
from desktop.ui.help import help_key
from desktop.ui.job_bar import JobBar
from desktop.ui.listing import Row
from desktop.ui.notice import NoticeBar
from desktop.ui.rows_model import RowsModel
from desktop.ui.table import Empty, Table

_SIZE = (1040, 680)
_FOLDER = "statements_folder"


def ask_statements(desk: Desk, parent: QWidget, paths: Sequence[Path] = ()) -> None:
    """Open the dialog, with these files chosen where they are known."""
    dialog = TakeInDialog(desk, parent)
    dialog.open()
    if paths:
        dialog.choose(paths)


class TakeInDialog(QDialog):
    """Each choice looks through the files anew in a worker; nothing is written before the verb is pressed."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent.window())
        self.setWindowTitle(_("Take in bank statements"))
        help_key(desk.shell, self, "import")
        self.setAcceptDrops(True)
        self.desk = desk
        self._paths: tuple[Path, ...] = ()
        self._seen: Seen | None = None
        self._own = False
        self._ticket = 0
        self._looking: Job | None = None
        self._taking: Job | None = None
        self._accounts: tuple[OwnAccount, ...] = ()
        self.account = ChoiceEditor([(None, _("as the file says"))])
        self.account.put(None)
        self.columns = TableColumns(desk.shell.theme)
        self.statements = self._table("taking_in", self._statement_rows, statement_columns(), _("No statement yet."))
        self.refused = self._table("taking_in_rejected", self._refusals, refusal_columns(), _("No line is rejected."))
        self.remarks = self._table("taking_in_remarks", self._remarks, remark_columns(), _("Nothing is in doubt."))
        self.all_or_nothing = QCheckBox(_("Take in nothing if a line is rejected"))
        self.remember = QCheckBox(_("Remember these columns as"))
        self.profile_name = QLineEdit()
        self.notice = NoticeBar(desk.shell.theme)
        self._build()
        self._connect()
        self._follow()

    def _table(self, name: str, load: Callable[[], list[Row]], columns: list[Column], nothing: str) -> Table:
        shell = self.desk.shell
        table = Table(
            RowsModel(FewRows(load), columns, shell.jobs, shell.home_currency),
            shell.theme,
            shell.memory,
            shell.jobs,
            name,
        )
        table.set_empty(Empty(nothing), Empty(nothing))
        return table

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(14)
        layout.addLayout(self._build_head())
        layout.addWidget(self._build_tabs(), 1)
        self.sentence = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.sentence.setProperty("role", "strong")
        layout.addWidget(self.sentence)
        choices = QHBoxLayout()
        choices.setSpacing(12)
        choices.addWidget(self.all_or_nothing)
        choices.addSpacing(24)
        choices.addWidget(self.remember)
        self.profile_name.setAccessibleName(_("Name of the bank’s profile"))
        self.profile_name.setPlaceholderText(_("Name of the bank"))
        choices.addWidget(self.profile_name)
        choices.addStretch(1)
        layout.addLayout(choices)
        layout.addWidget(JobBar(self.desk.shell.jobs))
        layout.addWidget(self.notice)
        buttons = QDialogButtonBox()
        self.verb = buttons.addButton(_("Take in"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.verb.setProperty("role", "main")
        self.verb.setDefault(True)
        buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        follow_layout(self)
        px = self.desk.shell.theme.px
        self.resize(px(_SIZE[0]), px(_SIZE[1]))

    def _build_head(self) -> QHBoxLayout:
        self._choose = QPushButton(_("Choose the files…"))
        # Before a file is chosen, Enter chooses one.
        self._choose.setAutoDefault(True)
        self._files = QLabel(textFormat=Qt.TextFormat.PlainText)
        word = QLabel(_("Account"))
        word.setProperty("role", "secondary")
        word.setBuddy(self.account)
        self.account.setAccessibleName(_("Account that the files are of"))
        self.account.setMinimumWidth(self.desk.shell.theme.px(260))
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._choose)
        head.addWidget(self._files, 1)
        head.addWidget(word)
        head.addWidget(self.account)
        return head

    def _build_tabs(self) -> QFrame:
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(_("What the files hold"))
        for widget in (self.statements, self.refused, self.remarks, self.columns):
            self.tabs.addTab(widget, "")
        card = QFrame()
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(12, 8, 12, 8)
        inside.addWidget(self.tabs)
        return card

    def _connect(self) -> None:
        self._choose.clicked.connect(self.ask_files)
        self.account.changed.connect(self._look)
        self.columns.changed.connect(self._map)
        self.all_or_nothing.toggled.connect(lambda _on: self._follow())
        self.remember.toggled.connect(lambda _on: self._follow())

    # Choosing

    def ask_files(self) -> None:
        memory = self.desk.shell.memory
        dialog = QFileDialog(self, _("Bank statements"), str(memory.folder(_FOLDER)))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.choose([Path(name) for name in names]))
        dialog.open()

    def choose(self, paths: Sequence[Path]) -> None:
        """Look through other files; what was said of the last ones is forgotten."""
        self._paths = tuple(paths)
        self.desk.shell.memory.put_folder(_FOLDER, self._paths[0].parent)
        self._own = False
        self.remember.setChecked(False)
        self.profile_name.clear()
        self._look()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.choose(files)

    # Looking

    def _map(self) -> None:
        if not self._own:
            self._own = True
            self.remember.setChecked(True)
            self.profile_name.setText(self._paths[0].stem)
        self._look()

    def _profile(self) -> CsvProfile | None:
        """What the person said of the table's columns; None where nothing was said."""
        return self.columns.profile if self._own else None

    def _look(self) -> None:
        """Look through the files as they are described now; the newest question wins."""
        if not self._paths:
            return
        try:
            profile = self._profile()
        except UserError as error:
            self.notice.show_error(error)
            return
        if self._looking is not None:
            self._looking.cancel()
        self._ticket += 1
        book, paths, today, ticket = self.desk.book, self._paths, self.desk.today(), self._ticket
        account = self._account_id()

        def work(report: Report) -> Seen:
            return look_through(book, paths, today, account_id=account, profile=profile, ticket=ticket, report=report)

        self._looking = Job(_("Looking through the statements"), work, lane=Lane.SIDE)
        self._looking.ended.connect(self._looked)
        self.notice.hide()
        self.desk.shell.jobs.start(self._looking, self._show, self.notice.show_error)
        self._follow()

    def _show(self, found: object) -> None:
        assert isinstance(found, Seen)
        if found.ticket != self._ticket:
            return
        self._seen = found
        if found.accounts != self._accounts:
            self._accounts = found.accounts
            own = [(one.id, one.label) for one in found.accounts]
            self.account.offer([(None, _("as the file says")), *own])
        if found.table is not None:
            self.columns.show_file(found.table)
            if isinstance(found.refusal, UnknownTableError):
                self.tabs.setCurrentWidget(self.columns)
        if found.refusal is not None:
            self.notice.show_error(found.refusal)
        for table in (self.statements, self.refused, self.remarks):
            table.rows.set_query(table.rows.asked)

    def _looked(self, job: object) -> None:
        if job is self._looking:
            self._looking = None
            self._follow()

    def _account_id(self) -> int | None:
        value = self.account.value()
        return value if isinstance(value, int) else None

    @property
    def taken(self) -> TakenIn | None:
        """What taking the files in would bring, as it is seen now."""
        return self._seen.taken if self._seen else None

    def _statement_rows(self) -> list[Row]:
        return statement_rows(self.taken)

    def _refusals(self) -> list[Row]:
        return refusal_rows(self.taken)

    def _remarks(self) -> list[Row]:
        return remark_rows(self.taken)

    # Showing

    def _follow(self) -> None:
        busy = self._looking is not None or self._taking is not None
        taken, seen = self.taken, self._seen
        if not self._paths:
            self._files.setText(_("or drop them here"))
        elif len(self._paths) == 1:
            self._files.setText(self._paths[0].name)
        else:
            files = ngettext("{count} file", "{count} files", len(self._paths))
            self._files.setText(files.format(count=number_text(len(self._paths))))
        self._files.setToolTip("\n".join(map(str, self._paths)))
        for widget in (self.account, self.columns, self._choose, self.all_or_nothing, self.remember):
            widget.setEnabled(self._taking is None)
        is_table = seen is not None and seen.table is not None
        self.tabs.setTabVisible(self.tabs.indexOf(self.columns), is_table)
        self.remember.setVisible(is_table)
        self.profile_name.setVisible(is_table)
        self.profile_name.setEnabled(self.remember.isChecked() and self._taking is None)
        titles = (
            (self.statements, _("Statements"), len(taken.statements) if taken else 0),
            (self.refused, _("Rejected"), len(taken.rejected) if taken else 0),
            (self.remarks, _("Remarks"), len(self._remarks())),
        )
        for table, word, count in titles:
            title = f"{word} {number_text(count)}" if taken else word
            self.tabs.setTabText(self.tabs.indexOf(table), title)
        self.tabs.setTabText(self.tabs.indexOf(self.columns), _("Columns"))
        strict = self.all_or_nothing.isChecked()
        self.sentence.setText("" if busy else would_say(taken, begun=bool(self._paths), all_or_nothing=strict))
        ready = taken is not None and not (strict and taken.rejected) and (taken.new or self._brings_statements(taken))
        self.verb.setEnabled(not busy and bool(ready))
        new = taken.new if taken else 0
        words = ngettext("Take in {count} line", "Take in {count} lines", new).format(count=number_text(new))
        self.verb.setText(words if new else _("Take in"))

    def _brings_statements(self, taken: TakenIn) -> bool:
        """A statement without movements still proves its days and balances."""
        return any(not one.lines for one in taken.statements)

    # Taking in

    def accept(self) -> None:
        """Take the files in as a job that can be stopped; the dialog closes when it is done."""
        if not self.verb.isEnabled() or self._seen is None:
            return
        try:
            profile = self._profile()
        except UserError as error:
            self.notice.show_error(error)
            return
        desk, paths, today, account = self.desk, self._paths, self.desk.today(), self._account_id()
        table, strict = self._seen.table, self.all_or_nothing.isChecked()
        kept = table.profile if table is not None and profile is None else profile
        name = self.profile_name.text().strip()
        if not self.remember.isChecked() or table is None:
            kept = None

        def work(report: Report) -> TakenIn:
            if kept is not None and table is not None:
                # Before the lines, which are then the last change and the one that Undo takes back.
                keep_profile(desk.book, replace(kept, name=name), table.header, actor=desk.actor)
            return take_in(
                desk.book,
                paths,
                actor=desk.actor,
                today=today,
                account_id=account,
                profile=profile,
                all_or_nothing=strict,
                report=report,
            )

        job = Job(_("Taking in the statements"), work, BANK)
        self._taking = job
        job.ended.connect(self._ended)
        desk.shell.jobs.start(job, self._done, self.notice.show_error)
        self._follow()

    def _done(self, result: object) -> None:
        assert isinstance(result, TakenIn)
        if self.all_or_nothing.isChecked() and result.rejected:
            # The book changed since the files were looked through, and now a line is rejected.
            self.notice.say(_("Nothing was taken in, because lines are rejected."), tone="held")
            self._look()
            return
        super().accept()
        tell_taken(self.desk, result)

    def _ended(self, job: object) -> None:
        self._taking = None
        if isinstance(job, Job) and job.state is State.CANCELLED:
            self.notice.say(_("Stopped. Files that were finished stay in the book."), tone="note")
        if isinstance(job, Job) and job.state is not State.DONE:
            self._follow()

    def done(self, result: int) -> None:
        super().done(result)
        self.deleteLater()

    def reject(self) -> None:
        """Close; what is under way is stopped first."""
        for job in (self._looking, self._taking):
            if job is not None:
                job.cancel()
        if self._taking is None:
            super().reject()
