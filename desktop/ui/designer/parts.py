"""Blocks, columns and facts: shelves of parts, with the style of the one that is chosen below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.domain.template import (
    COLOURS,
    COLUMNS,
    FACTS,
    FIXED_BLOCKS,
    SIDES,
    Column,
)
from desktop.i18n import _
from desktop.services.templates.words import BLOCK_WORDS, COLUMN_WORDS, FACT_WORDS, choice_word, word
from desktop.ui.designer.draft import LayoutDraft, ordered
from desktop.ui.designer.editors import ColourEditor, LengthEditor
from desktop.ui.designer.shelf import Entry, Shelf
from desktop.ui.editors import ChoiceEditor, TextEditor
from desktop.ui.theme import Theme

_OWN = "own"
_NEEDED_COLUMNS = ("description", "net")
_SIZE, _SPACE, _WIDTH = (5.0, 40.0), (-20.0, 100.0), (5.0, 120.0)
_LONGEST_TITLE = 40


def movers(shelf: Shelf) -> QHBoxLayout:
    """Buttons that do what Alt and the arrows do."""
    row = QHBoxLayout()
    row.setSpacing(8)
    for text, spoken, step in (
        (_("Up"), _("Move the part up"), -1),
        (_("Down"), _("Move the part down"), 1),
    ):
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.setAccessibleName(spoken)
        button.clicked.connect(lambda _on=False, step=step: shelf.shift(step))
        row.addWidget(button)
    row.addStretch(1)
    return row


def quiet(text: str) -> QLabel:
    label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setProperty("role", "note")
    return label


class BlocksPart(QWidget):
    """Every block of the page; those of the body can be moved."""

    def __init__(self, draft: LayoutDraft, theme: Theme) -> None:
        super().__init__()
        self._draft = draft
        self.body = Shelf(theme, _("Blocks of the page, from top to bottom"))
        self.fixed = Shelf(theme, _("Blocks with a place of their own"), movable=False)
        self.style_of = BlockStyle(draft, theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(quiet(_("Tick what is to be printed. Blocks follow one another as they stand here.")))
        layout.addWidget(self.body)
        layout.addLayout(movers(self.body))
        layout.addWidget(self.style_of)
        layout.addWidget(quiet(_("These have a place of their own on the page.")))
        layout.addWidget(self.fixed)
        self.body.changed.connect(self._arrange)
        self.fixed.changed.connect(self._switch)
        self.body.chosen.connect(self._choose)
        self.fixed.chosen.connect(self._choose)
        draft.replaced.connect(self.show_layout)
        self.show_layout()
        self.body.setCurrentRow(0)

    def show_layout(self) -> None:
        layout = self._draft.layout
        for shelf, names in ((self.fixed, FIXED_BLOCKS), (self.body, layout.order())):
            entries = [(name, layout.block(name).shown) for name in names]
            shelf.put(entries, [word(BLOCK_WORDS, name) for name in names])
        self.style_of.show_block(self.style_of.block)

    def _arrange(self, entries: Sequence[Entry]) -> None:
        layout = self._draft.layout
        for name, shown in entries:
            if layout.block(name).shown != shown:
                layout = replace(
                    layout, blocks=ordered(layout, layout.order(), replace(layout.block(name), shown=shown))
                )
        self._draft.end_step()
        self._draft.set(blocks=ordered(layout, [name for name, _shown in entries]))

    def _switch(self, entries: Sequence[Entry]) -> None:
        for name, shown in entries:
            block = self._draft.layout.block(name)
            if block.shown != shown:
                self._draft.end_step()
                self._draft.set_block(replace(block, shown=shown))

    def _choose(self, name: str) -> None:
        if name:
            self.style_of.show_block(name)


class BlockStyle(QWidget):
    """Size, weight, colour, side and space of one block."""

    def __init__(self, draft: LayoutDraft, theme: Theme) -> None:
        super().__init__()
        self._draft = draft
        self.block = ""
        self._title = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._title.setProperty("role", "strong")
        self.size_of = LengthEditor(*_SIZE, 0.5, free=True)
        self.bold = ChoiceEditor([(None, _("as usual")), (True, _("Bold")), (False, _("Not bold"))])
        self.colour = ChoiceEditor([*((one, _colour_word(one)) for one in COLOURS), (_OWN, _("A colour of its own"))])
        self.own_colour = ColourEditor(theme, _("Colour of its own"))
        self.side = ChoiceEditor([("", _("as usual")), *((one, choice_word("side", one)) for one in SIDES)])
        self.space = LengthEditor(*_SPACE, 1, free=True)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 4)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._title, 0, 0, 1, 2)
        rows: list[tuple[str, QWidget]] = [
            (_("Size (pt)"), self.size_of),
            (_("Weight"), self.bold),
            (_("Colour"), self.colour),
            (_("Side"), self.side),
            (_("Space above (mm)"), self.space),
        ]
        for place, (text, field) in enumerate(rows, 1):
            label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
            label.setBuddy(field)
            field.setAccessibleName(text)
            grid.addWidget(label, 2 * place, 0)
            grid.addWidget(field, 2 * place, 1)
        grid.addWidget(self.own_colour, 7, 1)
        self.size_of.changed.connect(self._take_size)
        self.space.changed.connect(self._take_space)
        self.bold.changed.connect(lambda: self._put(bold=self.bold.value()))
        self.side.changed.connect(lambda: self._put(side=self.side.value()))
        self.colour.changed.connect(self._take_colour)
        self.own_colour.changed.connect(self._take_own)

    def show_block(self, name: str) -> None:
        self.block = name
        self.setEnabled(bool(name))
        if not name:
            return
        block = self._draft.layout.block(name)
        self._title.setText(word(BLOCK_WORDS, name))
        self.size_of.put_length(block.size)
        self.bold.put(block.bold)
        self.side.put(block.side)
        self.space.put_length(block.space)
        own = block.colour.startswith("#")
        self.colour.put(_OWN if own else block.colour)
        self.own_colour.setVisible(own)
        if own:
            self.own_colour.put(block.colour)

    def _put(self, **values: object) -> None:
        block = replace(self._draft.layout.block(self.block), **values)  # type: ignore[arg-type]
        self._draft.set_block(block, f"block {self.block} {','.join(values)}")

    def _take_size(self) -> None:
        if (length := self.size_of.length()) is not None:
            self._put(size=length)

    def _take_space(self) -> None:
        if (length := self.space.length()) is not None:
            self._put(space=length)

    def _take_colour(self) -> None:
        chosen = str(self.colour.value())
        self.own_colour.setVisible(chosen == _OWN)
        if chosen == _OWN:
            self.own_colour.put(self._draft.layout.accent)
            chosen = self._draft.layout.accent
        self._put(colour=chosen)

    def _take_own(self) -> None:
        if (colour := self.own_colour.colour()) is not None:
            self._put(colour=colour)


def _colour_word(name: str) -> str:
    return choice_word("colour", name) if name else _("as usual")


class ColumnsPart(QWidget):
    """The columns of the table of lines in their order, each with a title and a width of its own."""

    def __init__(self, draft: LayoutDraft, theme: Theme) -> None:
        super().__init__()
        self._draft = draft
        self._own: dict[str, Column] = {}
        self.shelf = Shelf(theme, _("Columns of the table, in their order"), needed=_NEEDED_COLUMNS)
        self._title = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._title.setProperty("role", "strong")
        self.title = TextEditor()
        self.title.setMaxLength(_LONGEST_TITLE)
        self.title.setPlaceholderText(_("as usual, in the document’s language"))
        self.width_of = LengthEditor(*_WIDTH, 1, free=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._title, 0, 0, 1, 2)
        for row, (text, field) in enumerate(((_("Title"), self.title), (_("Width (mm)"), self.width_of)), 1):
            label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
            label.setBuddy(field)
            field.setAccessibleName(text)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.shelf)
        layout.addLayout(movers(self.shelf))
        layout.addLayout(grid)
        self.shelf.changed.connect(self._arrange)
        self.shelf.chosen.connect(self._choose)
        self.title.changed.connect(self._take_title)
        self.width_of.changed.connect(self._take_width)
        draft.replaced.connect(self.show_layout)
        self.show_layout()
        self.shelf.setCurrentRow(0)

    def show_layout(self) -> None:
        self._own |= {column.column: column for column in self._draft.layout.columns}
        names = _with_the_others([column.column for column in self._draft.layout.columns], self.shelf, COLUMNS)
        self.shelf.put(names, [word(COLUMN_WORDS, name) for name, _shown in names])
        self._choose(self.shelf.current)

    def _arrange(self, entries: Sequence[Entry]) -> None:
        self._draft.end_step()
        self._draft.set(columns=tuple(self._own.get(name, Column(name)) for name, shown in entries if shown))
        self._choose(self.shelf.current)

    def _choose(self, name: str) -> None:
        column = self._own.get(name, Column(name)) if name else None
        shown = any(one.column == name for one in self._draft.layout.columns)
        for field in (self.title, self.width_of):
            field.setEnabled(shown)
        if column is not None:
            self._title.setText(word(COLUMN_WORDS, name))
            self.title.put(column.title or None)
            self.width_of.put_length(column.width)

    def _take_title(self) -> None:
        self._put(title=self.title.text().strip())

    def _take_width(self) -> None:
        if (length := self.width_of.length()) is not None:
            self._put(width=length)

    def _put(self, **values: object) -> None:
        name = self.shelf.current
        self._own[name] = replace(self._own.get(name, Column(name)), **values)  # type: ignore[arg-type]
        columns = tuple(self._own[one.column] for one in self._draft.layout.columns)
        self._draft.set(f"column {name} {','.join(values)}", columns=columns)


class FactsPart(QWidget):
    """The facts beside the address, in their order."""

    def __init__(self, draft: LayoutDraft, theme: Theme) -> None:
        super().__init__()
        self._draft = draft
        self.shelf = Shelf(theme, _("Facts, in their order"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(quiet(_("What a document does not have takes no room.")))
        layout.addWidget(self.shelf)
        layout.addLayout(movers(self.shelf))
        self.shelf.changed.connect(self._arrange)
        draft.replaced.connect(self.show_layout)
        self.show_layout()

    def show_layout(self) -> None:
        names = _with_the_others(list(self._draft.layout.facts), self.shelf, FACTS)
        self.shelf.put(names, [word(FACT_WORDS, name) for name, _shown in names])

    def _arrange(self, entries: Sequence[Entry]) -> None:
        self._draft.end_step()
        self._draft.set(facts=tuple(name for name, shown in entries if shown))


def _with_the_others(shown: Sequence[str], shelf: Shelf, known: Sequence[str]) -> list[Entry]:
    """What is shown in its order, and what is not where it stood on the shelf, or behind."""
    before = [name for name, _shown in shelf.entries]
    if [name for name in before if name in shown] == list(shown) and len(before) == len(known):
        return [(name, name in shown) for name in before]
    return [*((name, True) for name in shown), *((name, False) for name in known if name not in shown)]
