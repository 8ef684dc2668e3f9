"""Markdown as calm text: the sizes, colours and distances of the window instead of a browser's."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import QFrame, QTextBrowser

from desktop.ui.theme import Theme

_MARGIN = 32
# Longer lines are hard to follow back.
_READING_WIDTH = 640
_LINE_HEIGHT = 138
_BELOW_PARAGRAPH, _BELOW_ITEM, _ABOVE_HEADING = 10, 4, 18
_HEADING, _CODE = 15, 12
_INDENT = 24
_CELL_PAD = 6


class HelpText(QTextBrowser):
    """A text whose links name other texts."""

    asked = Signal(object)  # the target of a link

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._markdown = ""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("role", "prose")
        self.setOpenLinks(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.anchorClicked.connect(self._follow)
        theme.changed.connect(self._set)

    def show_text(self, markdown: str) -> None:
        """Show a text from its beginning."""
        self._markdown = markdown
        self._set()
        self.verticalScrollBar().setValue(0)
        title = self.document().firstBlock().text()
        self.setAccessibleName(title)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._set_margins()
        super().resizeEvent(event)

    def _follow(self, link: QUrl) -> None:
        self.asked.emit(link.toString())

    def _set(self) -> None:
        # The colours of links are taken from the palette when the text is read.
        self.setMarkdown(self._markdown)
        self.document().setDefaultFont(self._theme.font("body"))
        self.document().setIndentWidth(self._theme.px(_INDENT))
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        block = self.document().begin()
        while block.isValid():
            self._dress(block)
            block = block.next()
        for frame in self.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                self._rule(frame)
        cursor.endEditBlock()
        self.document().setUndoRedoEnabled(False)
        self._set_margins()

    def _dress(self, block: QTextBlock) -> None:
        cursor = QTextCursor(block)
        level = block.blockFormat().headingLevel()
        listed = block.textList() is not None and block.next().textList() is not None
        shape = QTextBlockFormat()
        shape.setLineHeight(_LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        shape.setTopMargin(_ABOVE_HEADING if level > 1 else 0)
        shape.setBottomMargin(_BELOW_ITEM if listed or level else _BELOW_PARAGRAPH)
        if cursor.currentTable() is not None:
            shape.setBottomMargin(0)
        if block.blockFormat().nonBreakableLines():
            shape.setBottomMargin(0)
            shape.setLeftMargin(self._theme.px(_INDENT) / 2)
        cursor.mergeBlockFormat(shape)
        if level:
            font = self._theme.font("title", strong=True)
            if level > 1:
                font.setPixelSize(self._theme.px(_HEADING))
            letters = QTextCharFormat()
            letters.setFont(font)
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            # Not merged: Markdown enlarges headings on top of their font.
            cursor.setCharFormat(letters)
            return
        self._dress_code(block)

    def _dress_code(self, block: QTextBlock) -> None:
        letters = QTextCharFormat()
        if not block.blockFormat().nonBreakableLines():
            letters.setBackground(QBrush(self._theme.color("quiet_tint")))
        letters.setProperty(QTextFormat.Property.FontPixelSize, self._theme.px(_CODE))
        for start, length in _code(block):
            cursor = QTextCursor(block)
            cursor.setPosition(start)
            cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(letters)

    def _rule(self, table: QTextTable) -> None:
        """Lines between the rows and none between the columns, as in the tables of the window."""
        shape = table.format()
        shape.setBorder(0)
        shape.setBorderCollapse(True)
        shape.setCellPadding(0)
        shape.setCellSpacing(0)
        shape.setBottomMargin(_BELOW_PARAGRAPH)
        shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        table.setFormat(shape)
        line = QBrush(QColor(self._theme.tokens.line))
        for row in range(table.rows()):
            for column in range(table.columns()):
                cell = table.cellAt(row, column)
                form = cell.format().toTableCellFormat()
                form.setTopPadding(_CELL_PAD)
                form.setBottomPadding(_CELL_PAD)
                form.setRightPadding(12)
                form.setBottomBorder(1)
                form.setBottomBorderBrush(line)
                form.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
                cell.setFormat(form)
        head = QTextCharFormat()
        head.setForeground(QBrush(self._theme.color("secondary")))
        head.setProperty(QTextFormat.Property.FontPixelSize, self._theme.px(_CODE))
        for column in range(table.columns()):
            cell = table.cellAt(0, column)
            cursor = cell.firstCursorPosition()
            cursor.setPosition(cell.lastPosition(), QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(head)

    def _set_margins(self) -> None:
        frame = self.document().rootFrame()
        shape = frame.frameFormat()
        px = self._theme.px
        left = px(_MARGIN)
        shape.setLeftMargin(left)
        shape.setTopMargin(px(28))
        shape.setBottomMargin(left)
        shape.setRightMargin(max(left, self.viewport().width() - left - px(_READING_WIDTH)))
        frame.setFrameFormat(shape)


def _code(block: QTextBlock) -> list[tuple[int, int]]:
    """Where code stands in a block: positions and lengths."""
    found = []
    place = block.begin()
    while not place.atEnd():
        piece = place.fragment()
        if piece.charFormat().fontFixedPitch():
            found.append((piece.position(), piece.length()))
        place += 1
    return found
