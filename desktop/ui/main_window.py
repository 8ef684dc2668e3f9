"""The window: the rail, the pages, and below them what goes on and what happened."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.i18n import _
from desktop.jobs import Job, Jobs
from desktop.ui.actions import GAP, Action, Actions
from desktop.ui.focus_order import follow_layout
from desktop.ui.job_bar import JobBar
from desktop.ui.memory import Memory
from desktop.ui.notice import NoticeBar
from desktop.ui.page import Page
from desktop.ui.palette.key import FindKey
from desktop.ui.rail import Place, Rail
from desktop.ui.repolish import repolish
from desktop.ui.shell import MayStay, Shell, ShowsQuery
from desktop.ui.theme import Theme

_SIZE = (1440, 840)
_LEAST_SIZE = (960, 560)
# Red, around all of a sandbox.
_MARKED_FRAME = 3
# What a window manager puts around it.
_FRAME = (8, 40)
# Places that a digit key reaches.
_DIGITS = 9
# The action that finds anything; the rail shows it where it is declared.
_FIND = "go.find"


def first_size(room: QSize) -> QSize:
    """How large a window is that was never moved, on a screen with so much room; it fits, where it can at all."""
    least, usual = QSize(*_LEAST_SIZE), QSize(*_SIZE)
    left = room - QSize(*_FRAME)
    return usual if left.width() < least.width() or left.height() < least.height() else usual.boundedTo(left)


class MainWindow(QMainWindow):
    """Shows at once, empty; `furnish` brings the places once the book is open."""

    closed = Signal()  # no shown job runs any more; the composition root closes the jobs and the book

    def __init__(self, theme: Theme, memory: Memory, jobs: Jobs, slot: int = 1) -> None:
        """`slot` tells the windows of one book apart: each has a size and a place of its own to remember."""
        super().__init__()
        self.slot = slot
        self.memory_key = "window" if slot == 1 else f"window{slot}"
        self._theme = theme
        self._memory = memory
        self._jobs = jobs
        self._places: dict[str, Place] = {}
        self._roots: dict[str, QWidget] = {}
        self._pushed: list[QWidget] = []
        self._outgrown: list[QWidget] = []
        self._current: int | None = None
        self._here = ""
        self._been: list[str] = []
        self._closing = False
        self._cover: QWidget | None = None
        self._put_by: list[QDialog] = []
        self.notices = NoticeBar(theme)
        # Asked only once there is a shell, and a desk on it.
        self.acts = Actions(theme, self, lambda action_id: self.shell.refusal(action_id))
        self.shell = Shell(theme, memory, jobs, self.notices, self.acts, self.go, self.push, self.back)
        self.rail: Rail | None = None
        self._stack = QStackedWidget()
        self._stack.setObjectName("pages")
        self._page_menu: QMenu | None = None
        self.setWindowTitle("Sheaf")
        self._build()
        theme.zoomed.connect(self.rebuild)
        self.acts.failed.connect(self.notices.show_error)
        jobs.failed.connect(self._show_failure)
        jobs.changed.connect(self._hear)
        jobs.idle.connect(self._close_when_idle)
        jobs.idle.connect(self._drop_outgrown)

    def _build(self) -> None:
        foot = QVBoxLayout()
        foot.setContentsMargins(24, 0, 24, 16)
        foot.setSpacing(0)
        foot.addWidget(JobBar(self._jobs))
        foot.addWidget(self.notices)
        content = QWidget()
        content.setObjectName("content")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addLayout(foot)
        self._content = content
        whole = QWidget()
        self._row = QHBoxLayout(whole)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(content, 1)
        self._mark = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._mark.setProperty("role", "sandbox")
        self._mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._mark.hide()
        self._under = under = QWidget()
        # Otherwise a plain widget paints no frame.
        under.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        marked = QVBoxLayout(under)
        marked.setContentsMargins(0, 0, 0, 0)
        marked.setSpacing(0)
        marked.addWidget(self._mark)
        marked.addWidget(whole, 1)
        self.setCentralWidget(under)
        self.setMinimumSize(*_LEAST_SIZE)
        self.resize(first_size(self.screen().availableGeometry().size()))
        self.restoreGeometry(self._memory.bytes(self.memory_key))

    def mark(self, words: str) -> None:
        """Say above every page, in red, what kind of book this is; the frame of the window is red as well."""
        self._mark.setText(words)
        self._mark.setVisible(bool(words))
        frame = _MARKED_FRAME if words else 0
        self._under.setContentsMargins(frame, frame, frame, frame)
        self._under.setProperty("role", "sandbox" if words else "")
        repolish(self._under)

    @property
    def marked(self) -> str:
        """What stands above every page; empty in a real book."""
        return self._mark.text()

    def furnish(
        self,
        places: Sequence[Place],
        actions: Iterable[Action] = (),
        menus: Mapping[str, Sequence[str]] | None = None,
        first: str = "",
    ) -> None:
        """Bring the rail, the window's own actions, and the menus: titles with the ids of their actions.

        Each place gets Ctrl and a digit, in the order of the rail. Shown is `first`, or the first of them.
        """
        self._places = {place.name: place for place in places}
        going = [self._going(place, digit) for digit, place in enumerate(places, 1)]
        self.acts.declare([*actions, *going, Action("go.back", _("Back"), self.back, shortcut="Alt+Left")])
        if _FIND in self.acts:
            FindKey(self, self.acts[_FIND])
        self._build_rail()
        bar = self.menuBar()
        given = list((menus or {}).items())
        last = max(1, len(given) - 1)
        for title, ids in given[:last]:
            self.acts.fill(bar.addMenu(title), ids)
        find = [_FIND, GAP] if _FIND in self.acts else []
        self.acts.fill(bar.addMenu(_("Go")), [*find, *(action.id for action in going), GAP, "go.back"])
        self._page_menu = bar.addMenu("")
        # Help stands last, as everywhere.
        for title, ids in given[last:]:
            self.acts.fill(bar.addMenu(title), ids)
        self.go(first if first in self._places else places[0].name)

    def _build_rail(self) -> None:
        self.rail = Rail(self.places, self._theme)
        if _FIND in self.acts:
            self.rail.offer_finding(self.acts[_FIND])
        self.rail.chosen.connect(self._visit)
        self._row.insertWidget(0, self.rail)

    def rebuild(self) -> None:
        """Build the rail and the pages anew, in the sizes of now. What lies above a place stays until it is left."""
        if self.rail is None:
            return
        old, said = self.rail, self.rail.said
        old.hide()
        old.deleteLater()
        self._build_rail()
        self.rail.say(said)
        self.rail.show_person(old.person)
        self.rail.mark(self._here)
        shown = self._roots.get(self._here)
        for root in self._roots.values():
            self._stack.removeWidget(root)
            root.hide()
            self._outgrown.append(root)
        self._roots = {}
        self._drop_outgrown()
        if self._pushed:
            return
        built = self._root(self._here)
        self._show(built)
        if isinstance(shown, Page) and isinstance(built, Page):
            built.show_query(shown.filters.on, shown.search.text())
            # One that was itself built a moment ago has no rows yet.
            current = shown.table.current_id()
            self._current = current if current is not None else self._current
            if self._current is not None:
                built.reveal_written(self._current)

    def _drop_outgrown(self) -> None:
        # What they have asked for must still find them.
        if not self._jobs.alive:
            while self._outgrown:
                self._outgrown.pop().deleteLater()

    def _going(self, place: Place, digit: int) -> Action:
        keys = f"Ctrl+{digit}" if digit <= _DIGITS else ""
        return Action(f"go.{place.name}", place.title, lambda: self._visit(place.name), shortcut=keys)

    def _visit(self, name: str) -> None:
        """Go where the person points. What was done elsewhere is no news there; what is to be mended still is."""
        before = self._here
        self.go(name)
        if self._here != before:
            self.notices.close_news()

    # The places

    @property
    def here(self) -> str:
        """The place that is shown, or that lies below what is."""
        return self._here

    @property
    def places(self) -> list[Place]:
        """In the order of the rail; none before `furnish`."""
        return list(self._places.values())

    @property
    def menus(self) -> list[QMenu]:
        return [menu for action in self.menuBar().actions() if isinstance(menu := action.menu(), QMenu)]

    @property
    def page(self) -> QWidget | None:
        """What is shown; nothing before `furnish`."""
        return self._stack.currentWidget()

    def go(
        self, name: str, one: int | None = None, *, filters: frozenset[str] | None = None, search: str = ""
    ) -> QWidget:
        """Show a place: there the row with this id, or the rows that these filters and this search leave.

        With neither filters nor a search the place stays as the person left it.
        """
        if self._stays(self._pushed, lambda: self.go(name, one, filters=filters, search=search)):
            return self._pushed[-1]
        while self._pushed:
            self._drop(self._pushed.pop())
        if self._here and self._here != name:
            self._been.append(self._here)
        self._here = name
        self._current = None
        root = self._root(name)
        self._show(root)
        if self.rail is not None:
            self.rail.mark(name)
        if (filters is not None or search) and isinstance(root, ShowsQuery):
            root.show_query(filters or frozenset(), search)
        if one is not None and isinstance(root, Page):
            root.reveal(one)
        return root

    def push(self, page: QWidget) -> None:
        """Show a page above its place, until the person goes back."""
        self._pushed.append(page)
        self._stack.addWidget(page)
        self._show(page)

    def back(self) -> None:
        """To the page below, or to the place where the person was before."""
        if self._stays(self._pushed[-1:], self.back):
            return
        if self._pushed:
            self._drop(self._pushed.pop())
            self._show(self._pushed[-1] if self._pushed else self._root(self._here))
        elif self._been:
            before = self._been.pop()
            self._here = ""
            self.go(before)

    def clear(self) -> None:
        """Drop what was pushed before there were places: the greeting."""
        while self._pushed:
            self._drop(self._pushed.pop())

    def _stays(self, pages: Sequence[QWidget], leave: Callable[[], object]) -> bool:
        """Whether one of these pages asks the person first; `leave` is done when that is the answer."""
        return any(isinstance(page, MayStay) and not page.may_leave(leave) for page in pages)

    def _root(self, name: str) -> QWidget:
        if name not in self._roots:
            self._roots[name] = self._places[name].build()
            self._stack.addWidget(self._roots[name])
        return self._roots[name]

    def _drop(self, page: QWidget) -> None:
        self._stack.removeWidget(page)
        page.deleteLater()

    def _show(self, page: QWidget) -> None:
        self._stack.setCurrentWidget(page)
        follow_layout(self)
        if self._page_menu is None:
            return
        self._page_menu.clear()
        self._page_menu.menuAction().setVisible(isinstance(page, Page))
        if isinstance(page, Page):
            self._page_menu.setTitle(page.design.title)
            page.acts.fill(self._page_menu, page.acts.ids)

    # What happens

    def _hear(self, _changes: object) -> None:
        self.acts.refresh()

    # Locked

    def cover(self, page: QWidget) -> None:
        """Show this page alone: neither keys nor menus reach what lies below, and its dialogs are put by."""
        self._cover = page
        self._put_by = [one for one in self.findChildren(QDialog) if one.isVisible()]
        for dialog in self._put_by:
            dialog.hide()
        self._show_whole(False)
        self._row.addWidget(page, 1)
        page.show()

    def uncover(self, *, keep: bool) -> None:
        """Bring back what lay below; without `keep` dialogs and pages above a place go, as they were another's."""
        page, self._cover = self._cover, None
        if page is not None:
            self._row.removeWidget(page)
            page.hide()
            page.deleteLater()
        for dialog in self._put_by:
            if keep:
                dialog.show()
            else:
                dialog.deleteLater()
        self._put_by = []
        self._show_whole(True)
        if not keep:
            while self._pushed:
                self._drop(self._pushed.pop())

    def _show_whole(self, shown: bool) -> None:
        self._content.setVisible(shown)
        if self.rail is not None:
            self.rail.setVisible(shown)
        self.menuBar().setVisible(shown)
        self.acts.sleep(not shown)

    def _show_failure(self, job: object) -> None:
        assert isinstance(job, Job)
        self.notices.show_error(job.error)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # What arrives here nothing in between had a use for. Enter presses the button in focus, as Space does.
        focus = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape and self._cover is None:
            self.back()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focus, QPushButton):
            focus.click()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._stays(self._pushed, self.close):
            event.ignore()
            return
        self._memory.put_bytes(self.memory_key, self.saveGeometry())
        self._memory.save()
        if self._jobs.shown:
            # What is written stays written; the rest is taken up again next time.
            event.ignore()
            self._closing = True
            self._jobs.cancel_all()
            self.notices.say(_("Sheaf closes as soon as the step under way is written."), tone="note")
            return
        event.accept()
        self.closed.emit()

    def _close_when_idle(self) -> None:
        if self._closing:
            self.close()
