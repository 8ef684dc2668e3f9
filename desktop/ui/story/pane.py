"""The pane beside a list, in tabs: what the thing is, its account, what happened, what was noted, its files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from desktop.i18n import _, number_text
from desktop.services.attachments import count_attachments
from desktop.services.notes import count_notes
from desktop.ui.actions import Action, Actions
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.latest import Latest
from desktop.ui.story.files import FilesTab, local_files
from desktop.ui.story.history import HistoryTab
from desktop.ui.story.notes import NotesTab
from desktop.ui.story.tab import StoryTab

OVERVIEW: Final = 0


class StoryPane(QWidget):
    """A thing's overview, which the page fills, and beside it the tabs that are the same for every thing.

    Ctrl+Tab goes from tab to tab; a file dropped anywhere on the pane is kept beside the thing.
    """

    def __init__(
        self, desk: Desk, subject: str, overview: DetailPane, acts: Actions, more: Sequence[tuple[str, StoryTab]] = ()
    ) -> None:
        """`acts` are the page's, which get the ways to the tabs; `more` are titles and tabs after the overview."""
        super().__init__()
        self._desk = desk
        self._subject = subject
        self._thing: int | None = None
        self.history = HistoryTab(desk, subject)
        self.notes = NotesTab(desk, subject)
        self.files = FilesTab(desk, subject)
        self._tabs: list[tuple[str, StoryTab]] = [
            *more,
            (_("History"), self.history),
            (_("Notes"), self.notes),
            (_("Files"), self.files),
        ]
        self.bar = QTabBar(expanding=False, drawBase=False, usesScrollButtons=True)
        self.bar.setProperty("role", "story")
        self.bar.setAccessibleName(_("What is shown of it"))
        self._name = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._name.setProperty("role", "strong")
        self._stack = QStackedWidget()
        self._stack.addWidget(overview)
        self.bar.addTab(_("Overview"))
        for title, tab in self._tabs:
            self.bar.addTab(title)
            self._stack.addWidget(tab)
        self.notes.counted.connect(lambda count: self._count(self.notes, count))
        self.files.counted.connect(lambda count: self._count(self.files, count))
        self.bar.currentChanged.connect(self._show_tab)
        overview.titled.connect(self._name.setText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.bar)
        layout.addWidget(self._name)
        layout.addWidget(self._stack, 1)
        self._latest = Latest(desk.shell.jobs, self)
        self.setAcceptDrops(True)
        self._show_tab(OVERVIEW)
        acts.declare(
            [
                Action("story.next", _("Next tab"), lambda: self.step(1), shortcut="Ctrl+Tab"),
                Action("story.previous", _("Previous tab"), lambda: self.step(-1), shortcut="Ctrl+Shift+Tab"),
                Action("story.note", _("Write a note"), self.write_note, "note", "Ctrl+Shift+M", self._some),
                Action("story.attach", _("Add a file…"), self.add_file, "", "Ctrl+Shift+F", self._some),
            ]
        )
        desk.shell.jobs.changed.connect(self._hear)

    def show_thing(self, one: int | None) -> None:
        """Show the thing with this id; tabs that are not looked at ask nothing."""
        self._thing = one
        for _title, tab in self._tabs:
            tab.show_thing(one)
        self._ask_counts()

    def open_tab(self, tab: QWidget) -> None:
        """Bring a tab to the front, with the focus where the work in it begins."""
        self.bar.setCurrentIndex(self._stack.indexOf(tab))
        if isinstance(tab, StoryTab):
            tab.focus_first()

    def step(self, by: int) -> None:
        """To the next tab, or to the one before."""
        self.bar.setCurrentIndex((self.bar.currentIndex() + by) % self.bar.count())

    def write_note(self) -> None:
        self.open_tab(self.notes)

    def add_file(self) -> None:
        self.open_tab(self.files)
        self.files.add()

    def titles(self) -> list[str]:
        """The tabs as they read."""
        return [self.bar.tabText(place) for place in range(self.bar.count())]

    # What is dropped

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._thing is not None and local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = local_files(event.mimeData())
        if self._thing is not None and paths:
            event.acceptProposedAction()
            self.open_tab(self.files)
            self.files.add_files(paths)

    # Following

    def _some(self) -> bool:
        return self._thing is not None

    def _show_tab(self, place: int) -> None:
        self._stack.setCurrentIndex(place)
        # The overview says itself what it is of.
        self._name.setVisible(place != OVERVIEW)

    def _hear(self, changes: object) -> None:
        assert isinstance(changes, frozenset)
        if changes and self.isVisible():
            self._ask_counts()

    def _ask_counts(self) -> None:
        one, book, subject = self._thing, self._desk.book, self._subject
        if one is None:
            self._latest.drop()
            self._take_counts((0, 0))
            return
        self._latest.ask(
            lambda: (count_notes(book, subject, one), count_attachments(book, subject, one)), self._take_counts
        )

    def _take_counts(self, counts: object) -> None:
        assert isinstance(counts, tuple)
        self._count(self.notes, counts[0])
        self._count(self.files, counts[1])

    def _count(self, tab: StoryTab, count: object) -> None:
        assert isinstance(count, int)
        title = next(title for title, one in self._tabs if one is tab)
        if count:
            title = _("{title} {count}").format(title=title, count=number_text(count))
        self.bar.setTabText(self._stack.indexOf(tab), title)
