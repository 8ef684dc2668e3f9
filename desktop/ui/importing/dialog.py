"""Takes a file into the book: choose it, see how it is read, mend that, then import what is good."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane, State
from desktop.services.imports import (
    ImportPreview,
    ImportResult,
    Profile,
    SheetQuestionError,
    import_file,
    write_template,
)
from desktop.services.imports.columns import profile_of
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.editors import ChoiceEditor
from desktop.ui.few_rows import FewRows
from desktop.ui.help import help_key
from desktop.ui.importing.file_questions import ask_file, ask_template, remember_folder
from desktop.ui.importing.habits import Habits
from desktop.ui.importing.looking import Looked, Question, look
from desktop.ui.importing.mapping import ColumnMapping
from desktop.ui.importing.own_mapping import OwnMapping
from desktop.ui.importing.preview import note_columns, note_rows, preview_words, rejection_columns, rejection_rows
from desktop.ui.importing.projects import ask_projects
from desktop.ui.importing.remembering import keep
from desktop.ui.importing.result import IMPORTED, tell_import
from desktop.ui.importing.source import Source
from desktop.ui.importing.words import kinds
from desktop.ui.job_bar import JobBar
from desktop.ui.listing import Row
from desktop.ui.notice import NoticeBar
from desktop.ui.repolish import repolish
from desktop.ui.rows_model import RowsModel
from desktop.ui.table import Empty, Table

_SIZE = (980, 680)


def ask_import(desk: Desk, parent: QWidget, kind: str | None = None, source: Source | Path | None = None) -> None:
    """Open the dialog, with a kind and a file or pasted rows chosen where they are known."""
    ImportDialog(desk, parent, kind, source).open()


class ImportDialog(QDialog):
    """Each choice reads the file anew in a worker; nothing is written before the verb is pressed."""

    def __init__(
        self, desk: Desk, parent: QWidget, kind: str | None = None, source: Source | Path | None = None
    ) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Import a file"))
        help_key(desk.shell, self, "import")
        self.setAcceptDrops(True)
        self.desk = desk
        self._source: Source | None = None
        self._kind_is_said = kind is not None
        self._own: OwnMapping | None = None
        self._seen: Looked | None = None
        self._looking: Job | None = None
        self._ticket = 0
        self._importing: Job | None = None
        self.kind = ChoiceEditor(kinds())
        self.kind.put(kind or "clients")
        self.habits = Habits()
        self.mapping = ColumnMapping(desk.shell.theme)
        self.refused = self._table("import_rejected", self._rejections, rejection_columns(), _("No row is rejected."))
        self.notes = self._table("import_notes", self._notes, note_columns(), _("Nothing is in doubt."))
        self.all_or_nothing = QCheckBox(_("Import nothing if a row is rejected"))
        self.remember = QCheckBox(_("Remember these columns for the next file like this"))
        self.notice = NoticeBar(desk.shell.theme)
        self._build()
        self._connect()
        self._follow()
        if isinstance(source, Path):
            self.choose(source)
        elif source is not None:
            self.take(source)

    def _table(self, name: str, load: Callable[[], list[Row]], columns: list[Column], nothing: str) -> Table:
        shell = self.desk.shell
        model = RowsModel(FewRows(load), columns, shell.jobs, shell.home_currency)
        table = Table(model, shell.theme, shell.memory, shell.jobs, name)
        table.set_empty(Empty(nothing), Empty(nothing))
        return table

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(14)
        layout.addLayout(self._build_head())
        layout.addWidget(self.habits)
        layout.addWidget(self._build_tabs(), 1)
        self.sentence = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.sentence.setProperty("role", "strong")
        layout.addWidget(self.sentence)
        choices = QHBoxLayout()
        choices.setSpacing(24)
        choices.addWidget(self.all_or_nothing)
        choices.addWidget(self.remember)
        choices.addStretch(1)
        self.link = QPushButton()
        self.link.setAutoDefault(False)
        choices.addWidget(self.link)
        layout.addLayout(choices)
        layout.addWidget(JobBar(self.desk.shell.jobs))
        layout.addWidget(self.notice)
        buttons = QDialogButtonBox()
        self.verb = buttons.addButton(_("Import"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.verb.setProperty("role", "main")
        self.verb.setDefault(True)
        buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        px = self.desk.shell.theme.px
        self.resize(px(_SIZE[0]), px(_SIZE[1]))

    def _build_head(self) -> QHBoxLayout:
        memory = self.desk.shell.memory
        what = QLabel(_("It holds"))
        what.setProperty("role", "secondary")
        what.setBuddy(self.kind)
        self.kind.setAccessibleName(_("What the file holds"))
        self.kind.setMinimumWidth(self.desk.shell.theme.px(220))
        self._file = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._choose = QPushButton(_("Choose the file…"))
        self._choose.clicked.connect(lambda: ask_file(self, memory, self.choose))
        template = QPushButton(_("Write an empty file…"))
        template.setToolTip(_("A file with the column names of this kind, to fill in"))
        template.clicked.connect(lambda: ask_template(self, memory, str(self.kind.value()), self.write_template))
        for button in (self._choose, template):
            button.setAutoDefault(False)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._choose)
        head.addWidget(self._file, 1)
        head.addWidget(what)
        head.addWidget(self.kind)
        head.addWidget(template)
        return head

    def _build_tabs(self) -> QFrame:
        self.tabs = QTabWidget()
        for widget in (self.mapping, self.refused, self.notes):
            self.tabs.addTab(widget, "")
        self._nothing = QLabel(
            _("The first rows of the file will stand here, with a choice above each column: which field it is."),
            wordWrap=True,
            alignment=Qt.AlignmentFlag.AlignTop,
        )
        self._nothing.setProperty("role", "secondary")
        card = QFrame()
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(12, 8, 12, 8)
        inside.addWidget(self.tabs, 1)
        inside.addWidget(self._nothing, 1)
        return card

    def _connect(self) -> None:
        self.kind.activated.connect(self._say_kind)
        self.link.clicked.connect(self._ask_projects)
        self.habits.changed.connect(self._look)
        self.mapping.chosen.connect(self._map)
        self.all_or_nothing.toggled.connect(lambda _on: self._follow())

    @property
    def shown(self) -> ImportPreview | None:
        """The file as it stands in the dialog."""
        return self._seen.shown if self._seen else None

    # Choosing

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.choose(Path(files[0]))

    def choose(self, path: Path) -> None:
        """Look at another file; what was said of the last one is forgotten."""
        remember_folder(self.desk.shell.memory, path)
        self.take(Source.of(path))

    def take(self, source: Source) -> None:
        """As `choose`, for what need not be a file."""
        self._source = source
        self.habits.forget()
        self.remember.setChecked(False)
        self._start_over()

    def write_template(self, path: Path) -> None:
        """Write the column names of the chosen kind into a new file."""
        kind = str(self.kind.value())
        self.desk.shell.jobs.start(
            Job(_("Writing the empty file"), lambda _report: write_template(kind, path), lane=Lane.SIDE, quiet=True),
            lambda _done: self.notice.say(
                _("{file} is written.").format(file=path.name), _("Fill it in, then choose it here.")
            ),
            self.notice.show_error,
        )

    # Looking

    def _say_kind(self, _index: int) -> None:
        self._kind_is_said = True
        self._start_over()

    def _ask_projects(self) -> None:
        """Ask once which agreements a tracker's projects are, and look at the file with the answers."""
        result = self.shown.result if self.shown else None
        if result is not None:
            ask_projects(self.desk, self, result.projects, self._look)

    def _start_over(self) -> None:
        self._own = None
        self._look()

    def _map(self) -> None:
        assert self.shown is not None
        if self._own is None:
            self.remember.setChecked(True)
        self._own = OwnMapping.of(self.shown, self.mapping.fields, self._own)
        self._look()

    def _look(self) -> None:
        """Read the file as it is described now; the newest question wins."""
        if self._source is None:
            return
        try:
            options = self.habits.options.over(self._source.options)
        except UserError as error:
            self.notice.show_error(error)
            return
        if self._looking is not None:
            self._looking.cancel()
        self._ticket += 1
        kind = str(self.kind.value())
        source, found = self._source, not self._kind_is_said and self._own is None
        book, asked = self.desk.book, Question(self._ticket, kind, source, options, self._own, self.desk.today(), found)
        title = _("Looking through {file}").format(file=source.name)
        self._looking = Job(title, lambda report: look(book, asked, report), lane=Lane.SIDE)
        self._looking.ended.connect(self._looked)
        self.notice.hide()
        self.desk.shell.jobs.start(self._looking, self._show, self._refuse)
        self._follow()

    def _show(self, found: object) -> None:
        assert isinstance(found, Looked)
        if found.asked.ticket != self._ticket:
            return
        self._seen = found
        self.kind.put(found.asked.kind)
        self.habits.show_file(found.shown)
        self.mapping.show_file(found.shown, found.fields)
        for table in (self.refused, self.notes):
            table.rows.set_query(table.rows.asked)

    def _refuse(self, error: object) -> None:
        if self._looking is not None and self._looking.error is error:
            self._seen = None
            self.notice.show_error(error)
            if isinstance(error, SheetQuestionError):
                self.habits.offer_sheets(error.sheets)
                self.habits.sheet.setFocus()

    def _looked(self, job: object) -> None:
        if job is self._looking:
            self._looking = None
            self._follow()

    def _rejections(self) -> list[Row]:
        return list(rejection_rows(self.shown.result if self.shown else None))

    def _notes(self) -> list[Row]:
        return list(note_rows(self.shown))

    # Showing

    def _follow(self) -> None:
        busy = self._looking is not None or self._importing is not None
        shown = self.shown
        result = shown.result if shown else None
        self._file.setText(self._source.name if self._source else _("or drop it here"))
        self._file.setToolTip(self._source.place if self._source else "")
        self._file.setProperty("role", "strong" if self._source else "secondary")
        repolish(self._file)
        self.tabs.setVisible(shown is not None)
        self._nothing.setVisible(shown is None)
        for widget in (self.kind, self.habits, self.mapping, self._choose, self.all_or_nothing, self.remember):
            widget.setEnabled(self._importing is None)
        self.habits.setVisible(self._source is not None)
        used = len(self.mapping.fields) if shown else 0
        self.tabs.setTabText(0, _("Columns") + (f" {used}/{len(shown.file.header)}" if shown else ""))
        self.tabs.setTabText(1, _("Rejected") + (f" {number_text(result.rejected_rows)}" if result else ""))
        self.tabs.setTabText(2, _("To confirm") + (f" {number_text(len(self._notes()))}" if shown else ""))
        projects = len(result.projects) if result else 0
        asking = ngettext("Say what the project is…", "Say what the {count} projects are…", projects)
        self.link.setText(asking.format(count=number_text(projects)))
        self.link.setVisible(projects > 0)
        self.link.setEnabled(not busy)
        strict = self.all_or_nothing.isChecked()
        words = preview_words(shown, begun=self._source is not None, all_or_nothing=strict)
        self.sentence.setText("" if busy else words)
        refused = bool(strict and result and result.rejected)
        good = result.imported if result and not refused else 0
        self.verb.setEnabled(not busy and good > 0)
        count = ngettext("Import {count} row", "Import {count} rows", good).format(count=number_text(good))
        self.verb.setText(count if good else _("Import"))

    # Importing

    def accept(self) -> None:
        """Import as a job that can be stopped; the dialog closes when it is done."""
        seen = self._seen
        if seen is None or not self.verb.isEnabled():
            return
        desk, asked = self.desk, seen.asked
        kept = self._kept() if self.remember.isChecked() else None
        all_or_nothing = self.all_or_nothing.isChecked()

        def work(report: Callable[[int, int, str], None]) -> ImportResult:
            if kept is not None:
                # Before the import, which is then the last change and the one that Undo takes back.
                keep(desk.book, kept, asked.source.stem, desk.actor)
            return import_file(
                desk.book,
                asked.kind,
                asked.source.content,
                profile=seen.profile,
                options=asked.options,
                all_or_nothing=all_or_nothing,
                actor=desk.actor,
                today=asked.today,
                report=report,
                name=asked.source.name,
            )

        job = Job(_("Importing {file}").format(file=asked.source.name), work, IMPORTED)
        self._importing = job
        job.ended.connect(self._ended)
        desk.shell.jobs.start(job, self._done, self.notice.show_error)
        self._follow()

    def _kept(self) -> Profile:
        assert self.shown is not None
        return profile_of(self.shown.file, self.mapping.fields)

    def _done(self, result: object) -> None:
        assert isinstance(result, ImportResult)
        if result.batch is None and result.rejected and self.all_or_nothing.isChecked():
            # The book changed since the preview, and now a row is rejected.
            self.notice.say(_("Nothing was imported, because rows are rejected."), tone="held")
            self._look()
            return
        super().accept()
        tell_import(self.desk, self.parentWidget() or self, result)

    def _ended(self, job: object) -> None:
        self._importing = None
        if isinstance(job, Job) and job.state is State.CANCELLED:
            self.notice.say(_("Stopped. Nothing was imported."), tone="note")
        if isinstance(job, Job) and job.state is not State.DONE:
            self._follow()

    def reject(self) -> None:
        """Close; an import under way is stopped first, and leaves the book as it was."""
        for job in (self._looking, self._importing):
            if job is not None:
                job.cancel()
        if self._importing is None:
            super().reject()
