"""The panel at the left: everything that a layout holds, in sections that open one by one."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.i18n import _
from desktop.ui.designer.draft import LayoutDraft
from desktop.ui.designer.logo import LogoPart
from desktop.ui.designer.parts import BlocksPart, ColumnsPart, FactsPart
from desktop.ui.designer.rows import Rows
from desktop.ui.designer.texts import TextsPart
from desktop.ui.desk import Desk
from desktop.ui.form import Fold

_SCROLL_BAR = 14


class Panel(QScrollArea):
    """`folds` are the sections by name: page, colours, logo, facts, columns, blocks, texts."""

    def __init__(self, draft: LayoutDraft, desk: Desk) -> None:
        super().__init__(widgetResizable=True)
        self.setFocusPolicy(self.focusPolicy().NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(self.horizontalScrollBarPolicy().ScrollBarAlwaysOff)
        theme = desk.shell.theme
        self.folds: dict[str, Fold] = {}
        self.rows: dict[str, Rows] = {}
        self.logo = LogoPart(draft, desk)
        self.blocks = BlocksPart(draft, theme)
        self.columns = ColumnsPart(draft, theme)
        self.facts = FactsPart(draft, theme)
        self.texts = TextsPart(draft, theme)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, _SCROLL_BAR, 16)
        column.setSpacing(10)
        own: dict[str, QWidget] = {
            "logo": self.logo,
            "facts": self.facts,
            "columns": self.columns,
            "blocks": self.blocks,
            "texts": self.texts,
        }
        for name, title in (
            ("page", _("Page and margins")),
            ("colours", _("Colours and type")),
            ("logo", _("Logo")),
            ("facts", _("Address and facts")),
            ("columns", _("Table columns")),
            ("blocks", _("Blocks")),
            ("texts", _("Texts")),
        ):
            grid = QGridLayout()
            grid.setHorizontalSpacing(12)
            grid.setVerticalSpacing(8)
            grid.setColumnStretch(1, 1)
            if name == "logo":
                grid.addWidget(self.logo, 0, 0, 1, 2)
            if name not in ("blocks", "texts"):
                self.rows[name] = Rows(draft, theme, name, grid)
            if name in own and name != "logo":
                grid.addWidget(own[name], grid.rowCount(), 0, 1, 2)
            fold = Fold(title, grid)
            self.folds[name] = fold
            card = QFrame()
            card.setProperty("role", "card")
            inside = QVBoxLayout(card)
            inside.setContentsMargins(10, 8, 12, 10)
            inside.addWidget(fold)
            column.addWidget(card)
        column.addStretch(1)
        body = QWidget()
        body.setLayout(column)
        self.setWidget(body)
        self.folds["page"].open()
        self.setFocusProxy(self.folds["page"].heading)

    def open(self, name: str) -> None:
        """Open a section and bring it into view."""
        self.folds[name].open()
        self.ensureWidgetVisible(self.folds[name])
