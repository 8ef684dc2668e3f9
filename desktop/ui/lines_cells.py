"""How the cells of typed lines are painted, and the editor that each gives."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.ui.editors import ChoiceEditor, DateEditor, FigureEditor, TextEditor
from desktop.ui.lines_model import Lines
from desktop.ui.theme import Theme

_PAD = 10


class LineCells(QStyledItemDelegate):
    """Paints quiet cells, and gives each its editor."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        column = _lines(index.model()).columns[index.column()]
        editor: QWidget
        match column.kind:
            case "choice":
                choice = ChoiceEditor(column.choices)
                choice.activated.connect(lambda _at: self.commitData.emit(choice))
                editor = choice
            case "number" | "percent":
                editor = FigureEditor()
            case "date":
                editor = DateEditor(self._theme)
            case _:
                editor = TextEditor()
        editor.setParent(parent)
        editor.setAccessibleName(column.title)
        editor.setProperty("cell", True)
        return editor

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        text = str(index.data(Qt.ItemDataRole.EditRole))
        if isinstance(editor, ChoiceEditor):
            editor.setCurrentIndex(editor.findText(text))
            line = editor.lineEdit()
            if line is not None:
                line.setText(text)
                line.selectAll()
        elif isinstance(editor, TextEditor):
            editor.setText(text)
            editor.selectAll()

    def setModelData(
        self, editor: QWidget, model: QAbstractItemModel, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if isinstance(editor, ChoiceEditor):
            model.setData(index, editor.currentText())
        elif isinstance(editor, TextEditor):
            model.setData(index, editor.text())

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        editor.setGeometry(option.rect.adjusted(1, 1, -1, -2))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        model = _lines(index.model())
        column, rect, state = model.columns[index.column()], option.rect, option.state
        tokens = self._theme.tokens
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(tokens.line))
        if model.problem(index.row(), column.key):
            painter.fillRect(rect.adjusted(0, 0, 0, -1), QColor(tokens.blocked_tint))
        elif state & QStyle.StateFlag.State_Selected and state & QStyle.StateFlag.State_Active:
            painter.fillRect(rect.adjusted(0, 0, 0, -1), QColor(tokens.selection))
        text, ink = str(index.data()), tokens.text
        if not text:
            text, ink = model.hint(index.row(), index.column()), tokens.secondary
        painter.setPen(QColor(ink))
        painter.setFont(self._theme.font("body", figures=column.right or column.kind == "date"))
        inner = rect.adjusted(_PAD, 0, -_PAD, 0)
        side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)
        if state & QStyle.StateFlag.State_HasFocus:
            self._ring(painter, rect)

    def _ring(self, painter: QPainter, rect: QRect) -> None:
        painter.setPen(QPen(self._theme.color("accent"), 2))
        painter.drawRect(rect.adjusted(1, 1, -2, -3))


def _lines(model: QAbstractItemModel) -> Lines:
    assert isinstance(model, Lines)
    return model
