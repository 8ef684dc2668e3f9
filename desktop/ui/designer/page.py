"""The designer of a template: at the left what can be said about it, at the right what it prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from desktop.domain.document import TemplateVersion
from desktop.i18n import _, ngettext, number_text
from desktop.services.templates import TemplateRow, VersionRow, template_version, templates, versions
from desktop.ui.actions import Action, Actions
from desktop.ui.designer.compare import ComparePage
from desktop.ui.designer.draft import LayoutDraft, Look
from desktop.ui.designer.panel import Panel
from desktop.ui.designer.preview import Preview
from desktop.ui.designer.saving import SaveDialog
from desktop.ui.desk import Desk
from desktop.ui.elided_label import ElidedLabel
from desktop.ui.focus_order import follow_layout
from desktop.ui.notice import NoticeBar

_MARGIN = 24
_PANEL, _LEAST_PANEL, _LEAST_PAGE = 420, 280, 280


class Opened(NamedTuple):
    """A template as the designer opens it."""

    row: TemplateRow
    version: TemplateVersion
    versions: list[VersionRow]


def opened(desk: Desk, template_id: int) -> Opened:
    """Read by a worker."""
    row = next(one for one in templates(desk.book) if one.id == template_id)
    return Opened(row, template_version(desk.book, row.version_id), versions(desk.book, template_id))


def open_designer(desk: Desk, template_id: int) -> None:
    """Show the designer above the page that is shown."""

    def push(found: object) -> None:
        assert isinstance(found, Opened)
        desk.shell.push(DesignerPage(desk, found))

    desk.shell.jobs.ask(lambda: opened(desk, template_id), push)


class DesignerPage(QWidget):
    def __init__(self, desk: Desk, found: Opened) -> None:
        super().__init__()
        self.desk = desk
        self.found = found
        self.draft = LayoutDraft(found.version.layout, found.version.logo, self)
        self.panel = Panel(self.draft, desk)
        # Its own: what it asks must stand where the person looks.
        self.notice = NoticeBar(desk.shell.theme)
        self.acts = Actions(desk.shell.theme, self, desk.shell.refusal)
        self.acts.declare(self._offers())
        self.acts.failed.connect(self.notice.show_error)
        self.preview = Preview(desk, [("Alt ↑ ↓", _("move a part")), *self.acts.hints(), ("Esc", _("back"))])
        self._build()
        self.draft.changed.connect(self._follow)
        self.panel.built.connect(self._order_focus)
        self.preview.bar.changed.connect(self._draw)
        desk.shell.jobs.changed.connect(self._hear)
        self._follow()

    def _offers(self) -> Iterable[Action]:
        return [
            Action(
                "designer.undo", _("Undo"), self.draft.undo, "undo", "Ctrl+Z", lambda: self.draft.can_undo, _("undo")
            ),
            Action("designer.redo", _("Redo"), self.draft.redo, "", "Ctrl+Shift+Z", lambda: self.draft.can_redo),
            Action("designer.compare", _("Compare…"), self.compare, "", "Ctrl+D"),
            Action("designer.save", _("Save…"), self.save, "save", "Ctrl+S", lambda: self.draft.dirty, _("save")),
        ]

    def _build(self) -> None:
        self._title, self._facts = QLabel(self.found.row.name, textFormat=Qt.TextFormat.PlainText), ElidedLabel()
        self._title.setProperty("role", "title")
        self._facts.setProperty("role", "secondary")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._facts)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addLayout(words, 1)
        for one in ("undo", "redo", "compare"):
            head.addWidget(self.acts.button(f"designer.{one}"))
        head.addWidget(self.acts.button("designer.save", "main"))
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(16)
        px = self.desk.shell.theme.px
        self.panel.setMinimumWidth(px(_LEAST_PANEL))
        self.preview.setMinimumWidth(_LEAST_PAGE)
        split.addWidget(self.panel)
        split.addWidget(self.preview)
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        split.setSizes([px(_PANEL), 10_000])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 18, _MARGIN, 14)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self.notice)
        layout.addWidget(split, 1)

    # What is shown

    def _follow(self) -> None:
        self.acts.refresh()
        row = self.found.row
        facts = [_("Version {version}").format(version=number_text(row.version))]
        if row.is_default:
            facts.append(_("prints for the firm"))
        facts.append(
            ngettext("{count} document printed", "{count} documents printed", row.documents).format(
                count=number_text(row.documents)
            )
        )
        if self.draft.dirty:
            facts.append(_("not saved yet"))
        self._facts.setText(" · ".join(facts))
        if row.problem:
            self.notice.say(
                _("This template cannot be printed as it stands; look at it, and save it anew."),
                row.problem,
                tone="held",
            )
        self._draw()

    def _draw(self) -> None:
        self.preview.show_look(self.draft.look)

    def _hear(self, changes: object) -> None:
        assert isinstance(changes, frozenset)
        if changes & {"invoices", "runs"}:
            self.preview.bar.load()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._order_focus()
        self.panel.setFocus()

    def _order_focus(self) -> None:
        follow_layout(self)

    # What is done

    def save(self) -> None:
        last = self.found.versions[0]
        dialog = SaveDialog(self.desk, self.found.row, last, self.draft.saved, self.draft.look, self)
        dialog.saved.connect(self._saved)
        dialog.open()

    def _saved(self, look: object) -> None:
        assert isinstance(look, Look)
        self.draft.mark_saved(look)
        desk, template_id = self.desk, self.found.row.id
        desk.shell.jobs.ask(lambda: opened(desk, template_id), self._take)

    def _take(self, found: object) -> None:
        assert isinstance(found, Opened)
        self.found = found
        self._follow()
        number = number_text(found.row.version)
        self.notice.say(_("Saved as version {version}. It prints from now on.").format(version=number))

    def compare(self) -> None:
        page = ComparePage(self.desk, self.found.row, self.found.versions, self.draft.look)
        page.taken.connect(self.draft.take)
        self.desk.shell.push(page)

    def may_leave(self, leave: Callable[[], object]) -> bool:
        """Ask before changes are dropped; the answer leaves."""
        if not self.draft.dirty:
            return True
        self._leaving = leave
        self.notice.say(
            _("The changes to {name} are not saved yet.").format(name=self.found.row.name),
            offers=[(_("Save…"), self.save), (_("Drop the changes"), self._drop)],
            tone="held",
        )
        return False

    def _drop(self) -> None:
        self.draft.mark_saved(self.draft.look)
        self._leaving()
