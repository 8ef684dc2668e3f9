"""How the cells of a table are painted: quiet text, figures under figures, states as tinted pills."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.ui.columns import Column, score_of
from desktop.ui.listing import Row
from desktop.ui.rows_model import RowsModel
from desktop.ui.tags import tag
from desktop.ui.theme import Theme

PAD = 10
_PILL_WIDTH, _PILL_HEIGHT, _PILL_PAD = 62, 20, 10
_BAR_HEIGHT, _BAR_GAP = 4, 3
_REMEMBERED_LINES = 5_000
_WRAPPED = QTextOption()
_WRAPPED.setWrapMode(QTextOption.WrapMode.WordWrap)


class Cells(QStyledItemDelegate):
    """Paints from the model directly: going through Qt's roles costs a table its smooth scrolling."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self.hovered = -1
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        """Take colours and fonts from the theme, which does not change while a table is painted."""
        theme = self._theme
        self._ground = {name: theme.color(name) for name in ("selection", "hover")}
        self._ink = {name: theme.color(name) for name in ("text", "secondary")}
        self._body = theme.font("body")
        self._strong = theme.font("body", strong=True)
        self._figures = theme.font("body", figures=True)
        self._pill = theme.font("tag", strong=True)
        self._lines: dict[tuple[str, int, int, int], list[str]] = {}

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        model = index.model()
        assert isinstance(model, RowsModel)
        column = model.columns[index.column()]
        position = index.row()
        rect, state = option.rect, option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, self._ground["selection"])
        elif position == self.hovered:
            painter.fillRect(rect, self._ground["hover"])
        text = model.text_at(position, index.column())
        if not text:
            return
        if column.kind == "tag":
            row = model.row_at(position)
            self._paint_tag(painter, rect, str(row[column.key]) if row else "")
            return
        if column.kind == "score":
            self._paint_score(painter, rect, model.row_at(position) or {}, column, text)
            return
        painter.setPen(self._ink["secondary" if column.secondary and not selected else "text"])
        painter.setFont(self._font(column))
        self._paint_text(painter, rect.adjusted(PAD, 0, -PAD, 0), column, text)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, self._theme.row_height)

    def width_of(self, model: RowsModel, position: int, section: int) -> int:
        """What a cell needs to be read on one line; nothing while its row is fetched."""
        column, text = model.columns[section], model.text_at(position, section)
        if column.kind == "tag":
            least = self._theme.px(_PILL_WIDTH)
            return max(least, QFontMetrics(self._pill).horizontalAdvance(text) + 2 * _PILL_PAD) + 2 * PAD
        font = self._pill if column.kind == "score" else self._font(column)
        return QFontMetrics(font).horizontalAdvance(text) + 2 * PAD + 1

    def _font(self, column: Column) -> QFont:
        if column.figures:
            return self._figures
        return self._strong if column.strong else self._body

    def _paint_text(self, painter: QPainter, rect: QRect, column: Column, text: str) -> None:
        metrics = painter.fontMetrics()
        side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        lines = [text]
        if metrics.horizontalAdvance(text) > rect.width():
            room = 2 if column.lines == 2 and rect.height() >= 2 * metrics.height() else 1
            lines = self._fitted(text, painter.font(), rect.width(), room)
        line_height = metrics.height()
        top = rect.top() + (rect.height() - line_height * len(lines)) // 2
        for number, line in enumerate(lines):
            place = QRect(rect.left(), top + number * line_height, rect.width(), line_height)
            painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, line)

    def _fitted(self, text: str, font: QFont, width: int, lines: int) -> list[str]:
        key = (text, font.weight(), width, lines)
        found = self._lines.get(key)
        if found is None:
            if len(self._lines) > _REMEMBERED_LINES:
                self._lines.clear()
            found = self._lines[key] = _broken(text, font, width, lines)
        return found

    def _paint_tag(self, painter: QPainter, rect: QRect, code: str) -> None:
        word, tone = tag(code)
        ink, tint = self._theme.tokens.tone(tone)
        painter.setFont(self._pill)
        metrics = painter.fontMetrics()
        px = self._theme.px
        width = min(max(px(_PILL_WIDTH), metrics.horizontalAdvance(word) + 2 * _PILL_PAD), rect.width() - PAD)
        height = px(_PILL_HEIGHT)
        pill = QRectF(rect.left() + PAD, rect.top() + (rect.height() - height) / 2, width, height)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tint))
        painter.drawRoundedRect(pill, height / 2, height / 2)
        painter.restore()
        painter.setPen(QColor(ink))
        painter.drawText(
            pill, Qt.AlignmentFlag.AlignCenter, metrics.elidedText(word, Qt.TextElideMode.ElideRight, round(width))
        )

    def _paint_score(self, painter: QPainter, rect: QRect, row: Row, column: Column, text: str) -> None:
        ink, tint = (QColor(one) for one in self._theme.tokens.tone(tag(str(row.get(column.key))).tone))
        share = score_of(row)
        inner = rect.adjusted(PAD, 0, -PAD, 0)
        painter.setFont(self._pill)
        painter.setPen(ink)
        bar, gap = self._theme.px(_BAR_HEIGHT), self._theme.px(_BAR_GAP)
        height = painter.fontMetrics().height()
        top = rect.top() + (rect.height() - height - (gap + bar if share is not None else 0)) // 2
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(
            QRect(inner.left(), top, inner.width(), height),
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            shown,
        )
        if share is not None:
            paint_bar(painter, QRect(inner.left(), top + height + gap, inner.width(), bar), share, ink, tint)


def paint_bar(painter: QPainter, rect: QRect, percent: int, ink: QColor, ground: QColor) -> None:
    """A bar that is full at a hundred percent."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    whole = QRectF(rect)
    for brush, width in ((ground, whole.width()), (ink, whole.width() * percent / 100)):
        painter.setBrush(brush)
        painter.drawRoundedRect(QRectF(whole.left(), whole.top(), width, whole.height()), 2, 2)
    painter.restore()


def _broken(text: str, font: QFont, width: int, lines: int) -> list[str]:
    """The text in so many lines, the last one ending in an ellipsis where it does not fit."""
    metrics = QFontMetrics(font)
    kept: list[str] = []
    rest = text
    while len(kept) < lines - 1 and metrics.horizontalAdvance(rest) > width:
        layout = QTextLayout(rest, font)
        layout.setTextOption(_WRAPPED)
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(width)
        layout.endLayout()
        length = line.textLength()
        # A word that is longer than the line is cut like the last one.
        kept.append(metrics.elidedText(rest[:length].rstrip(), Qt.TextElideMode.ElideRight, width))
        rest = rest[length:].lstrip()
    return [*kept, metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width)]
