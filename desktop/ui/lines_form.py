"""A form that has tables of lines among its sections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.ui.form import Form, Section
from desktop.ui.lines_editor import LineTable
from desktop.ui.theme import Theme


class LinesForm(Form):
    """Each table is one value, a list of lines. Problems of a line stand under `key.place.column`."""

    def __init__(self, sections: Sequence[Section], theme: Theme) -> None:
        super().__init__(sections, theme)
        self._tables: dict[str, LineTable] = {}

    def add_table(self, key: str, title: str, table: LineTable, place: int) -> LineTable:
        """Set a table below so many sections."""
        heading = QLabel(title, textFormat=Qt.TextFormat.PlainText)
        heading.setProperty("role", "strong")
        holder = QWidget()
        inside = QVBoxLayout(holder)
        inside.setContentsMargins(0, 0, 0, 12)
        inside.setSpacing(8)
        inside.addWidget(heading)
        inside.addWidget(table)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(place, holder)
        table.changed.connect(self.changed)
        self._tables[key] = table
        return table

    def table(self, key: str) -> LineTable:
        return self._tables[key]

    def put(self, values: Mapping[str, object]) -> None:
        super().put(values)
        for key, table in self._tables.items():
            lines = values.get(key, ())
            assert isinstance(lines, Sequence)
            table.put(lines)

    @property
    def dirty(self) -> bool:
        return super().dirty or any(table.dirty for table in self._tables.values())

    def values(self) -> dict[str, object]:
        return super().values() | {key: table.values() for key, table in self._tables.items()}

    def entries(self) -> dict[str, Any]:
        return super().entries() | {key: table.model.entries() for key, table in self._tables.items()}

    def restore(self, entries: Mapping[str, Any]) -> None:
        super().restore(entries)
        for key, table in self._tables.items():
            if key in entries:
                table.model.restore(entries[key])

    def check(self) -> bool:
        # The fields last: where both are wrong, the first field has the focus.
        tables = [table.check() for table in self._tables.values()]
        return super().check() and all(tables)

    def refuse(self, problems: Mapping[str, str]) -> list[str]:
        own = dict(problems)
        for key, table in self._tables.items():
            names = [name for name in own if name == key or name.startswith(f"{key}.")]
            table.refuse({name[len(key) + 1 :]: own.pop(name) for name in names})
        return super().refuse(own)
