"""One field over the whole window: type a few letters, choose with the arrows, Enter goes there or does it."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from desktop.i18n import _
from desktop.jobs import Lane
from desktop.services.finding_things import again, find
from desktop.services.things import Thing
from desktop.ui.desk import Desk
from desktop.ui.palette.entries import Entry, matching, of_thing, standing_entries
from desktop.ui.palette.rows import EntryModel, EntryPainter, spoken

if TYPE_CHECKING:
    from desktop.ui.main_window import MainWindow

_NAME = "palette"
_WIDTH, _TOP, _MARGIN = 620, 72, 24
_MOST_ROWS = 9
_MOST_RECENT = 12
# The window shows through, but steps back.
_VEIL = QColor(0, 0, 0, 60)


def show_palette(window: MainWindow, desk: Desk) -> None:
    """Open the palette over the window, or close it where it is open."""
    found = window.findChild(Palette, _NAME, Qt.FindChildOption.FindDirectChildrenOnly)
    if found is not None:
        found.leave()
        return
    Palette(window, desk).open()


class Palette(QWidget):
    """Lies over the window until something is chosen, Esc is pressed, or the focus goes elsewhere."""

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        super().__init__(window)
        self.setObjectName(_NAME)
        self.setAccessibleName(_("Find anything"))
        self._window = window
        self._desk = desk
        self._theme = desk.shell.theme
        self._before = window.focusWidget()
        self._left = False
        self._standing = standing_entries(window, desk)
        self._recent: list[Entry] = []
        self._things: list[Entry] = []
        self._ticket = self._answered = 0
        # Two books have other clients under the same numbers.
        self._memory_key = f"palette/{zlib.crc32(str(desk.book.path).encode()):08x}"
        self.rows = EntryModel()
        self._build()
        window.installEventFilter(self)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow_focus)

    def _build(self) -> None:
        px = self._theme.px
        self._card = QFrame(self)
        self._card.setProperty("role", "card")
        self.field = QLineEdit()
        self.field.setObjectName("search")
        self.field.setPlaceholderText(_("Client, invoice number, PO, amount, page or command"))
        self.field.setAccessibleName(_("Find anything"))
        self.field.textChanged.connect(self._ask)
        self.field.installEventFilter(self)
        self.list = QListView()
        self.list.setProperty("role", "choices")
        self.list.setAccessibleName(_("Found"))
        self.list.setModel(self.rows)
        self._painter = EntryPainter(self._theme, self.rows)
        self.list.setItemDelegate(self._painter)
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(self._choose)
        self._nothing = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._nothing.setProperty("role", "secondary")
        self._nothing.setContentsMargins(px(6), px(4), px(6), px(4))
        self._nothing.hide()
        layout = QVBoxLayout(self._card)
        layout.setContentsMargins(px(8), px(8), px(8), px(8))
        layout.setSpacing(px(8))
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        layout.addWidget(self._nothing)

    def open(self) -> None:
        """Show it with what was chosen lately, then the pages."""
        self._ask_recent()
        self._show_entries()
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def leave(self) -> None:
        """Close, and give the focus back to where it was."""
        if self._left:
            return
        self._left = True
        had_focus = self.isAncestorOf(QApplication.focusWidget() or self._window)
        self._window.removeEventFilter(self)
        self.hide()
        if had_focus and self._before is not None:
            self._before.setFocus()
        self.setParent(None)
        self.deleteLater()

    # What is found

    @property
    def titles(self) -> list[str]:
        return [entry.title for entry in self.rows.entries]

    @property
    def nothing_said(self) -> str:
        """What it says where nothing was found."""
        return "" if self._nothing.isHidden() else self._nothing.text()

    def _asked(self) -> str:
        return self.field.text().strip()

    def _ask(self) -> None:
        self._ticket += 1
        asked, ticket, book = self._asked(), self._ticket, self._desk.book
        if not asked:
            self._things = []
            self._show_entries()
            return
        # What was found for the letters before stays until the new answer is there, as far as it still fits.
        self._show_entries()
        self._desk.shell.jobs.ask(
            lambda: (ticket, find(book, asked)),
            self._take_things,
            # Lists and small writes have a lane of their own, and a slow one of them must not keep this waiting.
            lane=Lane.SIDE,
        )

    def _take_things(self, answer: object) -> None:
        assert isinstance(answer, tuple)
        ticket, things = answer
        if ticket == self._ticket and not self._left:
            self._answered = ticket
            self._things = [self._entry(thing) for thing in things]
            self._show_entries()

    def _entry(self, thing: Thing) -> Entry:
        return of_thing(thing, self._window, self._desk)

    def _ask_recent(self) -> None:
        keys, book = self._recent_keys(), self._desk.book
        if keys:
            self._desk.shell.jobs.ask(lambda: (keys, again(book, keys)), self._take_recent, lane=Lane.SIDE)

    def _take_recent(self, answer: object) -> None:
        assert isinstance(answer, tuple)
        keys, things = answer
        known = {entry.key: entry for entry in self._standing}
        known |= {thing.key: self._entry(thing) for thing in things}
        self._recent = [known[key] for key in keys if key in known]
        if not self._left:
            self._show_entries()

    def _show_entries(self) -> None:
        asked = self._asked()
        if asked:
            entries = self._answers(asked)
        else:
            keys = {entry.key for entry in self._recent}
            entries = [*self._recent, *(one for one in self._standing if one.kind == "page" and one.key not in keys)]
        self.rows.put(entries)
        nothing = bool(asked) and not entries and self._answered == self._ticket
        self._nothing.setText(_("Nothing here is called that. Try a part of the name or number.") if nothing else "")
        self._nothing.setVisible(nothing)
        self.list.setVisible(bool(entries))
        if entries:
            self._make_current(0)
        self._arrange()

    def _answers(self, asked: str) -> list[Entry]:
        recent = [entry.key for entry in self._recent]
        known = len(recent)
        found = {entry.key: entry for entry in [*self._things, *matching(self._standing, asked)]}
        return sorted(
            found.values(),
            key=lambda one: (one.rank, recent.index(one.key) if one.key in recent else known, one.place, one.title),
        )

    # Choosing

    def _choose(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        entry = self.rows.entries[index.row()]
        self._remember(entry.key)
        self.leave()
        # The palette is gone by then, and what is done finds the window as it was.
        QTimer.singleShot(0, self._window, entry.run)

    def _recent_keys(self) -> list[str]:
        stored = self._desk.shell.memory.get(self._memory_key, [])
        return [str(key) for key in stored] if isinstance(stored, list) else []

    def _remember(self, key: str) -> None:
        keys = [key, *(one for one in self._recent_keys() if one != key)]
        self._desk.shell.memory.put(self._memory_key, keys[:_MOST_RECENT])

    def _make_current(self, row: int) -> None:
        index = self.rows.index(row)
        self.list.setCurrentIndex(index)
        entry = self.rows.entries[row]
        # The focus stays in the field, so a reader hears of the choice from there.
        self.field.setAccessibleDescription(spoken(entry))
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.field, spoken(entry)))

    def _step(self, by: int) -> None:
        if self.rows.entries:
            row = self.list.currentIndex().row() + by
            last = len(self.rows.entries) - 1
            # One step past an end comes round; a page stops there.
            self._make_current(row % (last + 1) if abs(by) == 1 else max(0, min(last, row)))

    # What comes from the window

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._left:
            return False
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
        elif watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._take_key(event)
        return False

    def _take_key(self, event: QKeyEvent) -> bool:
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: _MOST_ROWS,
            Qt.Key.Key_PageUp: -_MOST_ROWS,
            Qt.Key.Key_Tab: 1,
            Qt.Key.Key_Backtab: -1,
        }
        key = Qt.Key(event.key())
        if key in steps:
            self._step(steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.list.currentIndex())
        elif key == Qt.Key.Key_Escape:
            self.leave()
        else:
            return False
        return True

    def _follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        # None is another window of the system: the palette waits there.
        if new is not None and not self._left and self.isVisible() and not self.isAncestorOf(new):
            self.leave()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._card.geometry().contains(event.position().toPoint()):
            self.leave()

    def resizeEvent(self, _event: object) -> None:
        self._arrange()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), _VEIL)

    def _arrange(self) -> None:
        px = self._theme.px
        rows = min(_MOST_ROWS, len(self.rows.entries))
        height = sum(self.list.sizeHintForRow(row) for row in range(rows))
        self.list.setFixedHeight(max(1, height + 2))
        width = min(px(_WIDTH), self.width() - 2 * _MARGIN)
        layout = self._card.layout()
        assert layout is not None
        layout.activate()
        wanted = self._card.sizeHint().height()
        top = min(px(_TOP), max(_MARGIN, self.height() - wanted - _MARGIN))
        self._card.setGeometry((self.width() - width) // 2, top, width, wanted)
