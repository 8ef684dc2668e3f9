"""Rows of a label and a field for the plain properties of a layout, built from what a layout may hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from desktop.domain.template import CHOICES, LENGTHS, Layout
from desktop.i18n import _
from desktop.services.templates.words import PROPERTIES, choice_word, word
from desktop.ui.designer.draft import LayoutDraft
from desktop.ui.designer.editors import SWATCHES, ColourEditor, LengthEditor
from desktop.ui.editors import CheckEditor, ChoiceEditor
from desktop.ui.theme import Theme

SECTIONS: Final = {
    "colours": ("typeface", "size", "accent", "ink", "quiet"),
    "logo": ("logo_side", "logo_width", "logo_height"),
    "facts": ("facts_place",),
    "columns": ("table",),
}
# What only paper that is printed already needs.
_OF_PREPRINTED: Final = ("head", "head_later", "foot")
_LISTS: Final = ("blocks", "facts", "columns", "texts")


def properties(section: str) -> list[str]:
    """The layout's plain fields of a section; one that no section names stands with the page."""
    if section != "page":
        return list(SECTIONS[section])
    elsewhere = {name for names in SECTIONS.values() for name in names}
    return [field.name for field in fields(Layout) if field.name not in elsewhere and field.name not in _LISTS]


class Rows:
    """The fields of one section, kept in step with the draft."""

    def __init__(self, draft: LayoutDraft, theme: Theme, section: str, grid: QGridLayout) -> None:
        self._draft = draft
        self._theme = theme
        self._grid = grid
        self._labels: dict[str, QLabel] = {}
        self._fields: dict[str, QWidget] = {}
        self._shows: list[Callable[[], None]] = []
        for name in properties(section):
            self._add(name)
        draft.replaced.connect(self.show)
        self.show()

    def show(self) -> None:
        for show in self._shows:
            show()
        self._follow()

    def field(self, name: str) -> QWidget:
        return self._fields[name]

    def _follow(self) -> None:
        for name in _OF_PREPRINTED:
            if name in self._fields:
                needed = self._draft.layout.letterhead == "preprinted"
                self._fields[name].setVisible(needed)
                self._labels[name].setVisible(needed)

    def _add(self, name: str) -> None:
        value, text = getattr(self._draft.layout, name), word(PROPERTIES, name)
        if isinstance(value, bool):
            self._place(name, None, self._check(name, text))
        elif name in CHOICES:
            self._place(name, text, self._choice(name, text))
        elif name in LENGTHS:
            unit = _("pt") if name == "size" else _("mm")
            self._place(name, _("{what} ({unit})").format(what=text, unit=unit), self._length(name))
        elif isinstance(value, str) and value.startswith("#"):
            self._place(name, text, self._colour(name, text))

    def _place(self, name: str, text: str | None, field: QWidget) -> None:
        row = self._grid.rowCount()
        self._fields[name] = field
        if text is None:
            self._grid.addWidget(field, row, 0, 1, 2)
            return
        label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        label.setBuddy(field)
        self._labels[name] = label
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(field, row, 1)

    def _check(self, name: str, text: str) -> QWidget:
        box = CheckEditor(text)
        box.changed.connect(lambda: self._draft.set(**{name: box.isChecked()}))
        self._shows.append(lambda: box.put(getattr(self._draft.layout, name)))
        return box

    def _choice(self, name: str, text: str) -> QWidget:
        box = ChoiceEditor([(value, choice_word(name, value)) for value in CHOICES[name]])
        box.setAccessibleName(text)

        def take() -> None:
            self._draft.set(**{name: box.value()})
            self._follow()

        box.changed.connect(take)
        self._shows.append(lambda: box.put(getattr(self._draft.layout, name)))
        return box

    def _length(self, name: str) -> QWidget:
        least, most = LENGTHS[name]
        box = LengthEditor(least, most, 0.25 if name == "size" else 1)

        def take() -> None:
            if (length := box.length()) is not None:
                self._draft.set(**{name: length})

        box.changed.connect(take)
        box.editingFinished.connect(self._draft.end_step)
        self._shows.append(lambda: box.put_length(getattr(self._draft.layout, name)))
        return box

    def _colour(self, name: str, text: str) -> QWidget:
        box = ColourEditor(self._theme, text, SWATCHES if name == "accent" else ())

        def take() -> None:
            if (colour := box.colour()) is not None:
                self._draft.set(**{name: colour})

        box.changed.connect(take)
        self._shows.append(lambda: box.put(getattr(self._draft.layout, name)))
        return box
