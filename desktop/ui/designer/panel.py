"""The panel at the left: everything that a layout holds, in sections that open one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt, QTimer, Signal
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
# What has just been opened is laid out in more than one go.
_OPENING_MS = 60
Part = TypeVar("Part", bound=QWidget)


class Panel(QScrollArea):
    """`folds` are the sections by name. What is in one is built when it is first opened: all at once would be felt."""

    built = Signal()

    def __init__(self, draft: LayoutDraft, desk: Desk) -> None:
        super().__init__(widgetResizable=True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._draft = draft
        self._desk = desk
        theme = desk.shell.theme
        self.folds: dict[str, Fold] = {}
        self._grids: dict[str, QGridLayout] = {}
        self._rows: dict[str, Rows] = {}
        self._parts: dict[str, QWidget] = {}
        self._cards: dict[str, QFrame] = {}
        self._opened = ""
        self._opening = QTimer(self, singleShot=True, interval=_OPENING_MS)
        self._opening.timeout.connect(self._bring_into_view)
        self._make: dict[str, Callable[[], QWidget]] = {
            "logo": lambda: LogoPart(draft, desk),
            "facts": lambda: FactsPart(draft, theme),
            "columns": lambda: ColumnsPart(draft, theme),
            "blocks": lambda: BlocksPart(draft, theme),
            "texts": lambda: TextsPart(draft, theme),
        }
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, _SCROLL_BAR, 16)
        column.setSpacing(10)
        for name, title in (
            ("page", _("Page and margins")),
            ("colours", _("Colours and type")),
            ("logo", _("Logo")),
            ("facts", _("Address and facts")),
            ("columns", _("Table columns")),
            ("blocks", _("Parts of the page")),
            ("texts", _("Texts")),
        ):
            column.addWidget(self._section(name, title))
        column.addStretch(1)
        body = QWidget()
        body.setLayout(column)
        self.setWidget(body)
        self.folds["page"].open()
        self.setFocusProxy(self.folds["page"].heading)

    def _section(self, name: str, title: str) -> QWidget:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        fold = Fold(title, grid)
        self.folds[name], self._grids[name] = fold, grid
        fold.heading.toggled.connect(lambda on: self._follow(name, on))
        self._cards[name] = card = QFrame()
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(10, 8, 12, 10)
        inside.addWidget(fold)
        return card

    def _build(self, name: str) -> None:
        if name in self._rows or name in self._parts:
            return
        grid = self._grids[name]
        part = self._make[name]() if name in self._make else None
        # The picture first; elsewhere the plain fields.
        if part is not None and name == "logo":
            grid.addWidget(part, 0, 0, 1, 2)
        if name not in ("blocks", "texts"):
            self._rows[name] = Rows(self._draft, self._desk.shell.theme, name, grid)
        if part is not None:
            self._parts[name] = part
            if name != "logo":
                grid.addWidget(part, grid.rowCount(), 0, 1, 2)
        self.built.emit()

    def open(self, name: str) -> None:
        """Open a section and bring it into view."""
        self.folds[name].open()
        self._bring(name)

    def _follow(self, name: str, on: bool) -> None:
        self._build(name)
        if on:
            self._bring(name)

    def _bring(self, name: str) -> None:
        self._opened = name
        # Not before its fields have their places.
        self._opening.start()

    def _bring_into_view(self) -> None:
        """The whole of what was opened a moment ago, or its beginning where it is too long."""
        card, bar, room = self._cards[self._opened], self.verticalScrollBar(), self.viewport().height()
        bar.setValue(min(card.y(), max(bar.value(), card.geometry().bottom() + 1 - room)))

    # What is in a section, built where it is not yet

    def rows(self, name: str) -> Rows:
        self._build(name)
        return self._rows[name]

    @property
    def logo(self) -> LogoPart:
        return self._part("logo", LogoPart)

    @property
    def facts(self) -> FactsPart:
        return self._part("facts", FactsPart)

    @property
    def columns(self) -> ColumnsPart:
        return self._part("columns", ColumnsPart)

    @property
    def blocks(self) -> BlocksPart:
        return self._part("blocks", BlocksPart)

    @property
    def texts(self) -> TextsPart:
        return self._part("texts", TextsPart)

    def _part(self, name: str, kind: type[Part]) -> Part:
        self._build(name)
        part = self._parts[name]
        assert isinstance(part, kind)
        return part
