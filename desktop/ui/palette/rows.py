"""The lines of the palette: title and what tells it apart, and at the end its kind and its keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.ui.palette.entries import Entry, kind_word
from desktop.ui.theme import Theme

_HEIGHT = 46
_PAD = 14
_GAP = 12
_RADIUS = 6

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class EntryModel(QAbstractListModel):
    """The entries that are shown, best first."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []

    def put(self, entries: Sequence[Entry]) -> None:
        self.beginResetModel()
        self.entries = list(entries)
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(entry)
        return None


def spoken(entry: Entry) -> str:
    """An entry as a screen reader says it."""
    return ", ".join(part for part in (entry.title, entry.detail, kind_word(entry.kind), entry.keys) if part)


class EntryPainter(QStyledItemDelegate):
    """Paints an entry; where the width ends, the second line is shortened first."""

    def __init__(self, theme: Theme, model: EntryModel) -> None:
        super().__init__()
        self._theme = theme
        self._model = model

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, self._theme.px(_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, entry = self._theme, self._model.entries[index.row()]
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        leading: Qt.LayoutDirection = option.direction
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selection"))
            painter.drawRoundedRect(box.adjusted(4, 1, -4, -1), _RADIUS, _RADIUS)
        inner = box.adjusted(_PAD, 0, -_PAD, 0)
        end = self._paint_end(painter, inner, entry, leading)
        words = inner.adjusted(0, 0, -end, 0)
        strong, small = theme.font("body", strong=True), theme.font("head")
        lines = [(entry.title, strong, "text")]
        if entry.detail:
            lines.append((entry.detail, small, "secondary"))
        heights = [QFontMetrics(font).height() for _text, font, _ink in lines]
        top = box.top() + (box.height() - sum(heights)) // 2
        for (text, font, ink), height in zip(lines, heights, strict=True):
            painter.setFont(font)
            painter.setPen(theme.color(ink))
            line = QRect(words.left(), top, words.width(), height)
            shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, line.width())
            place = QStyle.visualRect(leading, inner, line)
            side = QStyle.visualAlignment(leading, Qt.AlignmentFlag.AlignLeft)
            painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, shown)
            top += height
        painter.restore()

    def _paint_end(self, painter: QPainter, inner: QRect, entry: Entry, leading: Qt.LayoutDirection) -> int:
        """Kind and keys at the end of the line; the width that they take."""
        font = self._theme.font("head")
        metrics = QFontMetrics(font)
        painter.setFont(font)
        taken = 0
        for text, ink in ((entry.keys, "text"), (kind_word(entry.kind), "secondary")):
            if text:
                width = metrics.horizontalAdvance(text)
                line = QRect(inner.right() - taken - width, inner.top(), width + 1, inner.height())
                painter.setPen(self._theme.color(ink))
                painter.drawText(
                    QStyle.visualRect(leading, inner, line),
                    Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignHCenter,
                    text,
                )
                taken += width + _GAP
        return taken
