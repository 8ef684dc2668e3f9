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
_BELOW_PARAGRAPH, _BELOW_ITEM, _ABOVE_HEADING = 10, 4, 16
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
        listed = block.textList() is not None
        shape = QTextBlockFormat()
        shape.setLineHeight(_LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        shape.setTopMargin(_ABOVE_HEADING if level > 1 else 0)
        shape.setBottomMargin(_BELOW_ITEM if listed or level else _BELOW_PARAGRAPH)
        if cursor.currentTable() is not None:
            shape.setBottomMargin(0)
        if (
            block.blockFormat().hasProperty(QTextFormat.Property.BlockCodeFence)
            or block.blockFormat().nonBreakableLines()
        ):
            shape.setBottomMargin(0)
            shape.setBackground(QBrush(self._theme.color("quiet_tint")))
            shape.setLeftMargin(0)
        cursor.mergeBlockFormat(shape)
        if level:
            letters = QTextCharFormat()
            letters.setFont(self._theme.font("title" if level == 1 else "body", strong=True))
            cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
            cursor.mergeCharFormat(letters)
            return
        self._dress_code(block)

    def _dress_code(self, block: QTextBlock) -> None:
        pieces = []
        place = block.begin()
        while not place.atEnd():
            piece = place.fragment()
            if piece.charFormat().fontFixedPitch():
                pieces.append((piece.position(), piece.length()))
            place += 1
        letters = QTextCharFormat()
        letters.setBackground(QBrush(self._theme.color("quiet_tint")))
        letters.setProperty(QTextFormat.Property.FontPixelSize, self._theme.px(12))
        for start, length in pieces:
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
