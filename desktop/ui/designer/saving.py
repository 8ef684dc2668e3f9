"""Saving a look as a version: what changed, in the program's words and in the person's."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from desktop.i18n import _, ngettext, number_text
from desktop.services.templates import TemplateRow, VersionRow, save_version
from desktop.services.templates.differences import differences
from desktop.ui.configuration.proposing import ask_when
from desktop.ui.designer.draft import Look
from desktop.ui.desk import Desk
from desktop.ui.editors import TextEditor
from desktop.ui.focus_order import follow_layout
from desktop.ui.notice import NoticeBar
from desktop.ui.saving import Written, writing

CHANGED = frozenset({"templates", "firm"})
_MARGIN = 24
_WIDTH = 460
_SHOWN = 8


class SaveDialog(QDialog):
    """Asks for a note; where the last version has printed nothing it may be replaced."""

    saved = Signal(object)  # the look that was saved

    def __init__(
        self, desk: Desk, row: TemplateRow, last: VersionRow, before: Look, look: Look, parent: QWidget
    ) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Save {name}").format(name=row.name))
        self._desk, self._row, self._look = desk, row, look
        found = differences(before.layout, look.layout, logo=before.logo != look.logo)
        heading = QLabel(_("What changed"))
        heading.setProperty("role", "strong")
        said = QLabel("\n".join(f"• {one}" for one in _few(found)), wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        said.setTextFormat(Qt.TextFormat.PlainText)
        said.setProperty("role", "secondary")
        self.note = TextEditor()
        self.note.setMaxLength(200)
        self.note.setPlaceholderText(_("such as “Larger type for the totals”"))
        label = QLabel(_("Note, for whoever looks for this version later"), wordWrap=True)
        label.setBuddy(self.note)
        self.replace = QCheckBox(
            _("Replace version {version}, which has printed nothing yet").format(version=number_text(last.version))
        )
        can = not last.documents and last.version > 1 and bool(last.made_by)
        self.replace.setVisible(can)
        self.replace.setChecked(can)
        self._notice = NoticeBar(desk.shell.theme)
        buttons = QDialogButtonBox()
        self.accept_button = buttons.addButton(_("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.accept_button.setProperty("role", "main")
        later = buttons.addButton(_("Propose from a day…"), QDialogButtonBox.ButtonRole.ActionRole)
        later.setAutoDefault(False)
        later.clicked.connect(self.propose)
        buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.setSpacing(10)
        for widget in (heading, said, label, self.note, self.replace, self._notice):
            layout.addWidget(widget)
        layout.addSpacing(6)
        layout.addWidget(buttons)
        self.accept_button.setDefault(True)
        self.setMinimumWidth(desk.shell.theme.px(_WIDTH))
        self.note.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        follow_layout(self)

    def accept(self) -> None:
        """Save, and close once it is saved."""
        desk = self._desk
        self.accept_button.setEnabled(False)
        job = writing(desk, _("Saving the template"), self._write, CHANGED)
        desk.shell.jobs.start(job, self._done, self._fail)

    def propose(self) -> None:
        """Let the new look count from a day on, once somebody has accepted it."""
        title = _("Another look of {template}").format(template=self._row.name)
        ask_when(self._desk, self, title, self._write, super().reject)

    def _write(self) -> int:
        return save_version(
            self._desk.book,
            self._row.id,
            self._look.layout,
            logo=self._look.logo,
            note=self.note.text().strip(),
            replace=self.replace.isChecked(),
            actor=self._desk.actor,
        )

    def _done(self, written: object) -> None:
        assert isinstance(written, Written)
        super().accept()
        self.saved.emit(self._look)

    def _fail(self, error: object) -> None:
        self.accept_button.setEnabled(True)
        self._notice.show_error(error)


def _few(found: list[str]) -> list[str]:
    more = len(found) - _SHOWN
    if more <= 0:
        return found
    words = ngettext("and {count} more", "and {count} more", more).format(count=number_text(more))
    return [*found[:_SHOWN], words]
