"""A list of a few lines each in a narrow pane: notes, files, bookings, what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.i18n import _
from desktop.ui.empty_state import EmptyState
from desktop.ui.tags import tag
from desktop.ui.theme import Theme

_PAD, _GAP, _TALL = 8, 8, 10_000
# Between words, and within one that fills a line, as an address of the web does.
_WRAP = (
    Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere | Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop
)
_ROOT = QModelIndex()


@dataclass(frozen=True)
class Entry:
    """One entry: what it says, below it in quieter words what goes with it, at its end a figure or a state's tag."""

    key: int
    text: str
    below: str = ""
    aside: str = ""
    tag: str = ""
    quiet: bool = False


class EntriesModel(QAbstractListModel):
    """Entries as given; read aloud as one sentence each."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entries: Sequence[Entry] = ()

    def put(self, entries: Sequence[Entry]) -> None:
        self.beginResetModel()
        self.entries = tuple(entries)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            word = tag(entry.tag).word if entry.tag else ""
            return ", ".join(part for part in (entry.text, word, entry.aside, entry.below) if part)
        return None


class EntryCells(QStyledItemDelegate):
    """Paints an entry in as many lines as it needs."""

    def __init__(self, theme: Theme, view: QListView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        entry = self._entry(index)
        width = max(40, self._view.viewport().width())
        text, below = self._places(entry, QRect(0, 0, width, _TALL))
        bottom = below.bottom() if entry.below else text.bottom()
        return QSize(width, bottom + _PAD + 2)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme, entry, rect = self._theme, self._entry(index), option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("selection"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.color("hover"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line"))
        text, below = self._places(entry, rect)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("secondary" if entry.quiet else "text"))
        painter.drawText(text, _WRAP, entry.text)
        self._paint_aside(painter, entry, rect)
        if entry.below:
            painter.setFont(theme.font("head"))
            painter.setPen(theme.color("secondary"))
            painter.drawText(below, _WRAP, entry.below)
        if option.state & QStyle.StateFlag.State_HasFocus and self._view.hasFocus():
            painter.setPen(theme.color("accent"))
            painter.drawRect(rect.adjusted(0, 0, -1, -2))
        painter.restore()

    def _paint_aside(self, painter: QPainter, entry: Entry, rect: QRect) -> None:
        width = self._aside_width(entry)
        if not width:
            return
        place = QStyle.alignedRect(
            self._view.layoutDirection(),
            Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignTop,
            QSize(width, self._line("body")),
            rect.adjusted(_PAD, _PAD, -_PAD, 0),
        )
        if not entry.tag:
            painter.setFont(self._theme.font("body", figures=True))
            painter.drawText(place, Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignTop, entry.aside)
            return
        word, tone = tag(entry.tag)
        ink, tint = self._theme.tokens.tone(tone)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tint))
        painter.drawRoundedRect(QRectF(place), place.height() / 2, place.height() / 2)
        painter.setFont(self._theme.font("tag", strong=True))
        painter.setPen(QColor(ink))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, word)

    def _places(self, entry: Entry, rect: QRect) -> tuple[QRect, QRect]:
        """Where the text and what stands below it are written."""
        inner = rect.adjusted(_PAD, _PAD, -_PAD, 0)
        taken = self._aside_width(entry)
        room = inner.adjusted(0, 0, -(taken + _GAP), 0) if taken else inner
        if taken and self._view.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            room = inner.adjusted(taken + _GAP, 0, 0, 0)
        height = self._height("body", entry.text, room.width())
        text = QRect(room.left(), inner.top(), room.width(), height)
        below = QRect(inner.left(), text.bottom() + 3, inner.width(), self._height("head", entry.below, inner.width()))
        return text, below

    def _aside_width(self, entry: Entry) -> int:
        if entry.tag:
            word = tag(entry.tag).word
            return QFontMetrics(self._theme.font("tag", strong=True)).horizontalAdvance(word) + 2 * _PAD
        if not entry.aside:
            return 0
        return QFontMetrics(self._theme.font("body", figures=True)).horizontalAdvance(entry.aside) + 2

    def _height(self, size: str, text: str, width: int) -> int:
        metrics = QFontMetrics(self._theme.font(size))
        return metrics.boundingRect(QRect(0, 0, max(20, width), _TALL), int(_WRAP), text).height() if text else 0

    def _line(self, size: str) -> int:
        return QFontMetrics(self._theme.font(size)).height()

    def _entry(self, index: QModelIndex | QPersistentModelIndex) -> Entry:
        model = index.model()
        assert isinstance(model, EntriesModel)
        return model.entries[index.row()]


class EntryList(QListView):
    """Speaks of its entries by their keys. Actions declared with it as their scope answer to their keys here."""

    opened = Signal(object)  # key, by Enter or double click
    current_changed = Signal(object)  # key or None

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.rows = EntriesModel(self)
        self._menu: list[QAction] = []
        self._words = ""
        self.setModel(self.rows)
        self.setItemDelegate(EntryCells(theme, self))
        self.setAccessibleName(name)
        self.setProperty("role", "entries")
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._empty = EmptyState(self.viewport())
        self._copy = QAction(_("Copy"), self)
        self._copy.setShortcut(QKeySequence.StandardKey.Copy)
        self._copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._copy.triggered.connect(self.copy)
        self.addAction(self._copy)
        self.doubleClicked.connect(lambda index: self.opened.emit(self.rows.entries[index.row()].key))
        theme.changed.connect(self.scheduleDelayedItemsLayout)

    def put(self, entries: Sequence[Entry], empty: str) -> None:
        """Show these; `empty` is the sentence that stands there without any. The chosen one stays chosen."""
        chosen, self._words = self.chosen, empty
        self.rows.put(entries)
        self.select(chosen)
        if entries:
            self._empty.hide()
        else:
            self._empty.say(empty)
            self._place_words()

    def select(self, key: int | None) -> None:
        """Choose the entry with this key, the first where it is gone."""
        places = [place for place, one in enumerate(self.rows.entries) if one.key == key]
        if self.rows.entries:
            self.setCurrentIndex(self.rows.index(places[0] if places else 0, 0))
        self.current_changed.emit(self.chosen)

    @property
    def chosen(self) -> int | None:
        place = self.currentIndex().row()
        return self.rows.entries[place].key if 0 <= place < len(self.rows.entries) else None

    @property
    def empty_words(self) -> str:
        return self._empty.words

    def texts(self) -> list[str]:
        """What the entries say, from the top down."""
        return [one.text for one in self.rows.entries]

    def set_menu(self, actions: Sequence[QAction]) -> None:
        self._menu = list(actions)

    def copy(self) -> None:
        place = self.currentIndex().row()
        if 0 <= place < len(self.rows.entries):
            one = self.rows.entries[place]
            parts = [part for part in (one.text, one.aside, one.below) if part]
            QGuiApplication.clipboard().setText("\n".join(parts))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self._menu)
        menu.addSeparator()
        menu.addAction(self._copy)
        from_keys = event.reason() is QContextMenuEvent.Reason.Keyboard
        beside = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft())
        menu.popup(beside if from_keys else event.globalPos())

    def event(self, event: QEvent) -> bool:
        # Del on a note must not reach the page, where it deletes the thing itself.
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._meant(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self._meant(event)
        if action is not None:
            if action.isEnabled():
                action.trigger()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen is not None:
            self.opened.emit(self.chosen)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Nothing: letters are the page's."""

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().currentChanged(current, previous)
        self.current_changed.emit(self.chosen)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()
        self._place_words()

    def _meant(self, event: QKeyEvent) -> QAction | None:
        keys = QKeySequence(event.keyCombination())
        return next((one for one in self.actions() if keys in one.shortcuts() and one is not self._copy), None)

    def _place_words(self) -> None:
        width = max(0, self.viewport().width() - 2 * _PAD)
        self._empty.setGeometry(_PAD, _PAD, width, self._empty.heightForWidth(width))
