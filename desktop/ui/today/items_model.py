"""The items of Today as rows, each group under its heading."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from desktop.i18n import _, date_text, moment_text, money_text, number_text, short_day_text
from desktop.services.today import Item, Urgency

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class Heading(NamedTuple):
    """Stands above the items of one urgency."""

    urgency: Urgency
    things: int

    @property
    def text(self) -> str:
        return f"{urgency_word(self.urgency)} · {number_text(self.things)}"


Row = Heading | Item


def urgency_word(urgency: Urgency) -> str:
    match urgency:
        case Urgency.LATE:
            return _("Late, or standing still")
        case Urgency.TODAY:
            return _("Today")
        case Urgency.WEEK:
            return _("This week")
    return _("When there is time")


def amount_words(item: Item) -> str:
    if item.amount is None:
        return ""
    text = money_text(item.amount, item.currency)
    return f"≈ {text}" if item.about else text


def due_words(item: Item) -> str:
    """When it is due, and whose it is."""
    when = ""
    if item.due is not None:
        when = short_day_text(item.due)
        if item.due_at and item.urgency in (Urgency.LATE, Urgency.TODAY):
            when = moment_text(item.due_at).removeprefix(date_text(item.due)).strip() or when
            if item.urgency is Urgency.LATE:
                when = moment_text(item.due_at).replace(date_text(item.due), short_day_text(item.due))
    return " · ".join(part for part in (item.owner, when) if part)


def spoken(item: Item) -> str:
    """All that a row shows, in the order in which it is read."""
    parts = [item.sentence, item.why, amount_words(item), due_words(item), item.verb]
    return ". ".join(part.rstrip(".") for part in parts if part)


class ItemsModel(QAbstractListModel):
    """Headings cannot be chosen. A new list is a new question, and resets the model."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[Row] = ()

    def put(self, items: Sequence[Item]) -> None:
        """Items in their order."""
        rows: list[Row] = []
        for urgency, group in groupby(items, key=lambda item: item.urgency):
            found = list(group)
            rows += [Heading(urgency, len(found)), *found]
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    @property
    def items(self) -> list[Item]:
        return [row for row in self._rows if isinstance(row, Item)]

    def row(self, index: Index) -> Row:
        return self._rows[index.row()]

    def item(self, index: Index) -> Item | None:
        row = self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None
        return row if isinstance(row, Item) else None

    def place_of(self, key: str) -> int:
        """The row of the item with this key, -1 where it is gone."""
        return next((place for place, row in enumerate(self._rows) if isinstance(row, Item) and row.key == key), -1)

    def nearest_item(self, place: int) -> int:
        """The row of an item at or after a place, else the last one before it; -1 where there is none."""
        places = [number for number, row in enumerate(self._rows) if isinstance(row, Item)]
        return next((number for number in places if number >= place), places[-1] if places else -1)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.item(index) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text if isinstance(row, Heading) else row.sentence
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.text if isinstance(row, Heading) else spoken(row)
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(row, Item):
            return "\n".join(part for part in (row.sentence, row.why, due_words(row)) if part)
        return None
