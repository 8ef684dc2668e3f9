"""Lines that a person types, as a table's model: each cell keeps what was typed until it can be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from desktop.errors import UserError
from desktop.i18n import _, date_text, number_text, parse_number
from desktop.services.imports.pasting import pasted_cells
from desktop.ui.editors import Choice
from desktop.ui.typed_dates import parse_date

Kind = Literal["text", "choice", "number", "percent", "date"]
Index = QModelIndex | QPersistentModelIndex
Hint = str | Callable[[Mapping[str, object]], str]

_ROOT = QModelIndex()


@dataclass(frozen=True)
class LineColumn:
    """One column. `hint` is what an empty cell stands for, such as "rate card"; it may depend on the line.

    `start` is what a new line has there; `wide` takes what room is left. Numbers show at least so many `places`.
    """

    key: str
    title: str
    kind: Kind = "text"
    width: int = 100
    wide: bool = False
    choices: Sequence[Choice] = ()
    hint: Hint = ""
    start: object = None
    places: int = 0

    @property
    def right(self) -> bool:
        return self.kind in ("number", "percent")


class Unread(NamedTuple):
    """What was typed and is none of what the column takes, with the reason."""

    text: str
    problem: str


def read(column: LineColumn, text: str) -> object:
    """The value of a text, None if it is empty. UserError where it cannot be read."""
    text = " ".join(text.split())
    if not text:
        return None
    match column.kind:
        case "number":
            return parse_number(text)
        case "percent":
            return parse_number(text.replace("%", "").strip())
        case "date":
            return parse_date(text, date.today())
        case "choice":
            return _chosen(column.choices, text)
    return text


def _chosen(choices: Sequence[Choice], text: str) -> object:
    wanted = text.casefold()
    names = [(value, name.casefold()) for value, name in choices]
    for fits in (str.__eq__, str.startswith, str.__contains__):
        found = [value for value, name in names if fits(name, wanted)]
        if len(found) == 1:
            return found[0]
    raise UserError(_("“{text}” is not in the list.").format(text=text))


def written(column: LineColumn, value: object) -> str:
    """A value as its cell shows it."""
    if isinstance(value, Unread):
        return value.text
    if column.kind == "choice":
        return next((name for one, name in column.choices if one == value), "")
    if isinstance(value, Decimal | int):
        text = number_text(value)
        own = number_text(value, places=column.places)
        # Digits that were typed beyond them stay in sight.
        return own if len(own) > len(text) else text
    if isinstance(value, date):
        return date_text(value)
    return "" if value is None else str(value)


class Lines(QAbstractTableModel):
    """The lines in their order. A line may carry values that no column shows, such as its id; they stay with it."""

    changed = Signal()

    def __init__(self, columns: Sequence[LineColumn]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self._lines: list[dict[str, object]] = []
        self._problems: dict[tuple[int, str], str] = {}

    # The lines

    def put(self, lines: Sequence[Mapping[str, object]]) -> None:
        self.beginResetModel()
        self._lines = [dict(line) for line in lines]
        self._problems = {}
        self.endResetModel()

    def line(self, row: int) -> Mapping[str, object]:
        return self._lines[row]

    def filled(self) -> list[int]:
        """Places of the lines in which somebody typed something."""
        return [row for row, line in enumerate(self._lines) if not self._blank(line)]

    def values(self) -> list[dict[str, object]]:
        """The filled lines. Ask `problems` before."""
        return [dict(self._lines[row]) for row in self.filled()]

    def unread(self) -> dict[tuple[int, str], str]:
        """What cannot be read, by row and key."""
        return {
            (row, column.key): f"{column.title}: {value.problem}"
            for row, line in enumerate(self._lines)
            for column in self.columns
            if isinstance(value := line.get(column.key), Unread)
        }

    def texts(self) -> list[list[str]]:
        """What stands in the filled cells, readable or not."""
        return [[written(column, self._lines[row].get(column.key)) for column in self.columns] for row in self.filled()]

    def _blank(self, line: Mapping[str, object]) -> bool:
        starts = {column.key: column.start for column in self.columns}
        return all(line.get(key) == start or line.get(key) is None for key, start in starts.items())

    def add(self, row: int) -> None:
        """A new line at this place."""
        self.beginInsertRows(_ROOT, row, row)
        self._lines.insert(row, {column.key: column.start for column in self.columns})
        self._problems = {}
        self.endInsertRows()
        self.changed.emit()

    def remove(self, row: int) -> None:
        self.beginRemoveRows(_ROOT, row, row)
        del self._lines[row]
        self._problems = {}
        self.endRemoveRows()
        self.changed.emit()

    def move(self, row: int, to: int) -> bool:
        """Let two neighbours change places."""
        if not 0 <= to < len(self._lines) or abs(to - row) != 1:
            return False
        self.beginMoveRows(_ROOT, row, row, _ROOT, to + (to > row))
        self._lines[row], self._lines[to] = self._lines[to], self._lines[row]
        self._problems = {}
        self.endMoveRows()
        self.changed.emit()
        return True

    def paste(self, row: int, column: int, text: str) -> list[str]:
        """Cells as a spreadsheet copies them, from this one on to the right and down; lines are added as needed.

        What stands beyond the last column finds no place and is given back.
        """
        beyond = []
        for down, cells in enumerate(pasted_cells(text)):
            if row + down >= len(self._lines):
                self.add(row + down)
            for right, cell in enumerate(cells):
                if column + right < len(self.columns):
                    self._type(row + down, column + right, cell)
                elif cell.strip():
                    beyond.append(cell.strip())
        self._redraw()
        self.changed.emit()
        return beyond

    def all_lines(self) -> list[dict[str, object]]:
        """Every line as it stands, filled or not, for `put`."""
        return [dict(line) for line in self._lines]

    def entries(self) -> list[dict[str, Any]]:
        """Every line as JSON holds it: the texts of its cells, and the values that no column shows."""
        keys = {column.key for column in self.columns}
        return [
            {
                "texts": {column.key: written(column, line.get(column.key)) for column in self.columns},
                "beside": {key: _packed(value) for key, value in line.items() if key not in keys},
            }
            for line in self._lines
        ]

    def restore(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """The lines that `entries` gave."""
        self.put([{key: _unpacked(value) for key, value in entry["beside"].items()} for entry in entries])
        for row, entry in enumerate(entries):
            for at, column in enumerate(self.columns):
                self._type(row, at, str(entry["texts"].get(column.key, "")))
        self._redraw()
        self.changed.emit()

    # What is wrong

    def show_problems(self, problems: Mapping[tuple[int, str], str]) -> None:
        self._problems = dict(problems)
        self._redraw()

    def problem(self, row: int, key: str) -> str:
        return self._problems.get((row, key), "")

    # Qt's questions

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        column, line = self.columns[index.column()], self._lines[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return written(column, line.get(column.key))
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.problem(index.row(), column.key) or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            text = written(column, line.get(column.key)) or self.hint(index.row(), index.column())
            return f"{column.title}: {text}. {self.problem(index.row(), column.key)}".strip()
        return None

    def hint(self, row: int, column: int) -> str:
        """What an empty cell stands for."""
        hint = self.columns[column].hint
        return hint if isinstance(hint, str) else hint(self._lines[row])

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemNeverHasChildren if index.isValid() else flags

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or str(value) == self.data(index):
            return False
        self._type(index.row(), index.column(), str(value))
        self._redraw()
        self.changed.emit()
        return True

    def _type(self, row: int, at: int, text: str) -> None:
        column = self.columns[at]
        try:
            value = read(column, text)
        except UserError as error:
            value = Unread(" ".join(text.split()), error.message)
        self._lines[row][column.key] = value
        # The person mends it: the complaint goes, and comes back only when the form is checked again.
        self._problems.pop((row, column.key), None)

    def _redraw(self) -> None:
        if self._lines:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._lines) - 1, len(self.columns) - 1))


def _packed(value: object) -> object:
    """A value as JSON holds it."""
    match value:
        case Decimal():
            return {"decimal": str(value)}
        case date():
            return {"date": value.isoformat()}
    return value


def _unpacked(value: object) -> object:
    match value:
        case {"decimal": str(text)}:
            return Decimal(text)
        case {"date": str(text)}:
            return date.fromisoformat(text)
    return value
