"""Templates: how documents look, as small pictures of the firm's own invoice, with their versions beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.i18n import _, moment_text, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.paths import documents_dir
from desktop.services.templates import (
    ENDING,
    TemplateRow,
    copy_template,
    export_file,
    finished,
    free_name,
    import_file,
    new_template,
    remove_template,
    rename_template,
    take_again,
    template_file,
    templates,
    versions,
)
from desktop.ui.actions import GAP, Action, Actions
from desktop.ui.designer.compare import ComparePage
from desktop.ui.designer.gallery import Gallery
from desktop.ui.designer.page import open_designer
from desktop.ui.designer.uses import UsesPage
from desktop.ui.desk import Desk
from desktop.ui.dialog import Question
from desktop.ui.elided_label import ElidedLabel
from desktop.ui.focus_order import follow_layout
from desktop.ui.form import Field, Section
from desktop.ui.freshness import Freshness
from desktop.ui.latest import Latest
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS, ask
from desktop.ui.wrapping import WrappingRow

_MARGIN = 24
_PANE = 300
_ID = Qt.ItemDataRole.UserRole


class TemplatesSection(QWidget):
    """The arrows walk through the pictures, Enter opens the designer."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._rows: dict[int, TemplateRow] = {}
        self.acts = Actions(desk.shell.theme, self, desk.shell.refusal)
        self.gallery = Gallery(desk)
        self.versions = QListWidget()
        declared = list(self._offers())
        self.acts.declare((one for one in declared if len(one.shortcut) != 1), scope=self)
        self.acts.declare((one for one in declared if len(one.shortcut) == 1), scope=self.gallery)
        self.acts.failed.connect(desk.shell.notices.show_error)
        self._latest = Latest(desk.shell.jobs, self)
        self._build()
        self.gallery.currentItemChanged.connect(self._choose)
        self.gallery.itemActivated.connect(self._open)
        self.gallery.customContextMenuRequested.connect(self._show_menu)
        self.versions.currentItemChanged.connect(lambda _now, _before: self.acts.refresh())
        self._freshness = Freshness(self, desk.shell.jobs, self.reload, {"firm", "templates", "invoices"})

    def _offers(self) -> Iterable[Action]:
        return [
            Action("templates.new", _("New from…"), self.new, "add", "Ctrl+N"),
            Action("templates.edit", _("Edit…"), self.edit, "edit", "E", self._one),
            Action("templates.copy", _("Copy…"), self.copy, "copy", "C", self._one),
            Action("templates.compare", _("Compare versions…"), self.compare, "", "V", self._one),
            Action("templates.uses", _("Use for…"), self.uses, "", "U"),
            Action("templates.import", _("Import…"), self.import_one, "import", "Ctrl+I"),
            Action("templates.export", _("Export…"), self.export, "export", "Ctrl+E", self._one),
            Action("templates.rename", _("Rename…"), self.rename, "", "F2", self._one),
            Action("templates.remove", _("Remove…"), self.remove, "delete", "Del", self._one, danger=True),
            Action("templates.again", _("Take this version again"), self.again, "undo", "", self._older),
        ]

    def _build(self) -> None:
        title = QLabel(_("Templates"))
        title.setProperty("role", "title")
        said = QLabel(_("How invoices, letters and all other documents look."), wordWrap=True)
        said.setProperty("role", "secondary")
        bar = WrappingRow()
        bar.addWidget(self.acts.button("templates.new", "main"))
        for one in ("edit", "copy", "compare", "uses", "import", "export"):
            bar.addWidget(self.acts.button(f"templates.{one}"))
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.gallery, 1)
        row.addWidget(self._pane())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 18, _MARGIN, 16)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addWidget(said)
        layout.addLayout(bar)
        layout.addLayout(row, 1)

    def _pane(self) -> QWidget:
        self._name, self._facts, self._problem = (
            ElidedLabel(),
            QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText),
            QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText),
        )
        self._name.setProperty("role", "strong")
        self._facts.setProperty("role", "secondary")
        self._problem.setProperty("role", "problem")
        heading = QLabel(_("Versions"))
        heading.setProperty("role", "heading")
        self.versions.setAccessibleName(_("Versions of the template"))
        self.versions.setWordWrap(True)
        self.versions.setSpacing(3)
        self.versions.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        pane = QFrame()
        pane.setProperty("role", "card")
        pane.setFixedWidth(self.desk.shell.theme.px(_PANE))
        pane.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        buttons = WrappingRow()
        for one in ("rename", "remove"):
            buttons.addWidget(self.acts.button(f"templates.{one}"))
        layout = QVBoxLayout(pane)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(8)
        for widget in (self._name, self._facts, self._problem):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        layout.addSpacing(6)
        layout.addWidget(heading)
        layout.addWidget(self.versions, 1)
        layout.addWidget(self.acts.button("templates.again"))
        return pane

    # What is shown

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        follow_layout(self)

    def reload(self) -> None:
        self._freshness.loaded()
        book = self.desk.book
        self.desk.shell.jobs.ask(lambda: templates(book), self._take)

    def _take(self, found: object) -> None:
        assert isinstance(found, list)
        self._rows = {one.id: one for one in found}
        self.gallery.show_rows(found)
        self._choose()

    @property
    def current(self) -> int:
        return self.gallery.current

    @property
    def row(self) -> TemplateRow:
        return self._rows[self.current]

    def _choose(self, _now: object = None, _before: object = None) -> None:
        self.acts.refresh()
        self.versions.clear()
        row = self._rows.get(self.current)
        if row is None:
            return
        self._name.setText(row.name)
        facts = [_("Prints for the firm")] if row.is_default else []
        facts.append(
            ngettext("{count} document printed", "{count} documents printed", row.documents).format(
                count=number_text(row.documents)
            )
        )
        self._facts.setText(" · ".join(facts))
        self._problem.setText(
            _("It cannot be printed as it stands; what can be read of it is. {problem}").format(problem=row.problem)
            if row.problem
            else ""
        )
        self._problem.setVisible(bool(row.problem))
        book = self.desk.book
        self._latest.ask(lambda: (row.id, versions(book, row.id)), self._take_versions)

    def _take_versions(self, answer: object) -> None:
        assert isinstance(answer, tuple)
        template_id, found = answer
        if template_id != self.current:
            return
        self.versions.clear()
        for one in found:
            who = one.made_by or _("Sheaf")
            lines = [
                _("Version {version} · {who}").format(version=number_text(one.version), who=who),
                moment_text(one.made_at)
                + " · "
                + ngettext("{count} document", "{count} documents", one.documents).format(
                    count=number_text(one.documents)
                ),
            ]
            item = QListWidgetItem("\n".join([*lines, *([one.note] if one.note else [])]))
            item.setData(_ID, one.id)
            self.versions.addItem(item)
        self.versions.setCurrentRow(0)

    def _show_menu(self, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        groups = ["edit", "copy", "compare", "rename", GAP, "uses", "export", GAP, "remove"]
        self.acts.fill(menu, [f"templates.{one}" if one else GAP for one in groups])
        menu.popup(self.gallery.viewport().mapToGlobal(where))

    # What is done

    def _one(self) -> bool:
        return self.current in self._rows

    def _older(self) -> bool:
        return self.versions.currentRow() > 0

    def _open(self, _item: object) -> None:
        self.edit()

    def edit(self) -> None:
        open_designer(self.desk, self.current)

    def new(self) -> None:
        """Begin with any template of the book: the finished ones stand among them."""
        self._ask_copy(_("New template"), self.current)

    def copy(self) -> None:
        self._ask_copy(_("Copy {name}").format(name=self.row.name), self.current)

    def _ask_copy(self, title: str, source: int) -> None:
        names = [row.name for row in self._rows.values()]
        choices: list[tuple[object, str]] = [(row.id, row.name) for row in self._rows.values()]
        choices += [(name, _("{name}, as it comes with Sheaf").format(name=name)) for name in finished()]
        fields = [
            Field("name", _("Name"), required=True),
            Field(
                "source",
                _("Begin with"),
                "choice",
                required=True,
                choices=choices,
            ),
        ]
        first = self._rows[source].name if source in self._rows else _("My template")
        ask(
            self.desk,
            self,
            title,
            [Section("", fields)],
            {"name": free_name(names, first), "source": source},
            _("Make it"),
            self._make,
            _("The template is made."),
            partial(open_designer, self.desk),
        )

    def _make(self, typed: dict[str, object]) -> int:
        """Done by a worker."""
        book, actor, name = self.desk.book, self.desk.actor, str(typed["name"] or "")
        if isinstance(typed["source"], str):
            text = finished()[typed["source"]]
            return new_template(book, name, template_file(text).layout, actor=actor)
        return copy_template(book, int(str(typed["source"])), name, actor=actor)

    def rename(self) -> None:
        row, book, actor = self.row, self.desk.book, self.desk.actor
        ask(
            self.desk,
            self,
            _("Rename {name}").format(name=row.name),
            [Section("", [Field("name", _("Name"), required=True)])],
            {"name": row.name},
            _("Rename"),
            lambda typed: rename_template(book, row.id, str(typed["name"] or ""), actor=actor),
            _("The template is renamed."),
        )

    def remove(self) -> None:
        row = self.row
        question = Question(
            self,
            _("Remove {name}?").format(name=row.name),
            _("All its versions go with it. What printed a document, or is to print one, stays."),
            _("Remove"),
            partial(self._remove, row),
        )
        question.open()

    def _remove(self, row: TemplateRow) -> None:
        act = partial(remove_template, self.desk.book, row.id, actor=self.desk.actor)
        self._write(_("Removing the template"), act, _("{name} is removed.").format(name=row.name))

    def again(self) -> None:
        version = int(self.versions.currentItem().data(_ID))
        act = partial(take_again, self.desk.book, version, actor=self.desk.actor)
        self._write(_("Taking the version again"), act, _("It prints again, as a new version."))

    def _write(self, title: str, act: Callable[[], object], said: str) -> None:
        write(self.desk, title, act, said, changed=SETTINGS)

    def compare(self) -> None:
        desk, row = self.desk, self.row
        desk.shell.jobs.ask(lambda: (row, versions(desk.book, row.id)), self._compare)

    def _compare(self, answer: object) -> None:
        assert isinstance(answer, tuple)
        self.desk.shell.push(ComparePage(self.desk, *answer))

    def uses(self) -> None:
        self.desk.shell.push(UsesPage(self.desk, self.current or None))

    def import_one(self) -> None:
        dialog = QFileDialog(self, _("Import a template"), str(documents_dir()), _("Templates (*.json)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.import_from(Path(name)))
        dialog.open()

    def import_from(self, path: Path) -> None:
        """Import a file; a bad one is refused with its line."""
        act = partial(import_file, self.desk.book, path, actor=self.desk.actor)
        write(self.desk, _("Importing the template"), act, self._imported, changed=SETTINGS)

    def _imported(self, row: object) -> str:
        assert isinstance(row, TemplateRow)
        return _("{name} is imported.").format(name=row.name)

    def export(self) -> None:
        name = "".join(sign if sign.isalnum() or sign in " -_" else "-" for sign in self.row.name)
        dialog = QFileDialog(
            self, _("Export {name}").format(name=self.row.name), str(documents_dir()), _("Templates (*.json)")
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(name + ENDING)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        version = self.row.version_id
        dialog.fileSelected.connect(lambda chosen: self.export_to(version, Path(chosen)))
        dialog.open()

    def export_to(self, version_id: int, path: Path) -> None:
        """Write a version to a file."""
        shell, book = self.desk.shell, self.desk.book

        def work(_report: object) -> None:
            export_file(book, version_id, path)

        job = Job(_("Exporting the template"), work, lane=Lane.SIDE, quiet=True)
        shell.jobs.start(job, lambda _done: shell.notices.say(_("{file} is saved.").format(file=path.name)))
