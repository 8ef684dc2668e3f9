"""Widths, order and choice of a table's columns: set from the columns' own data, then as the person left them."""

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QHeaderView

from desktop.ui.columns import Column
from desktop.ui.memory import Memory
from desktop.ui.theme import Theme

_SAVE_AFTER_MS = 400
# Below this part of their width names are not told apart any more: then the table is scrolled instead.
_LEAST_PERCENT = 66


class ColumnLayout(QObject):
    """Keeps a header as its person arranged it, by the columns' keys: a new column of a new version just joins."""

    def __init__(
        self, header: QHeaderView, columns: tuple[Column, ...], memory: Memory, name: str, theme: Theme
    ) -> None:
        super().__init__(header)
        self._header = header
        self._columns = columns
        self._memory = memory
        self._name = f"columns/{name}"
        self._timer = QTimer(self, singleShot=True, interval=_SAVE_AFTER_MS)
        self._timer.timeout.connect(self._save)
        self._least = {
            place: theme.px(column.width) * _LEAST_PERCENT // 100 for place, column in enumerate(columns) if column.wide
        }
        self._sharing = False
        self._arrange(theme)
        header.installEventFilter(self)
        header.sectionResized.connect(self._share_room)
        header.sectionResized.connect(self._save_soon)
        header.sectionMoved.connect(self._save_soon)

    def shown(self) -> list[Column]:
        """The columns that can be seen, in the order in which they stand."""
        order = (self._header.logicalIndex(place) for place in range(len(self._columns)))
        return [self._columns[one] for one in order if not self._header.isSectionHidden(one)]

    def show(self, column: Column, visible: bool) -> None:
        """Show or hide a column; the last one stays."""
        if visible or len(self.shown()) > 1:
            self._header.setSectionHidden(self._columns.index(column), not visible)
            self._share_room()
            self._save_soon()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._share_room()
        return super().eventFilter(watched, event)

    def _share_room(self) -> None:
        """Wide columns take what room is left, as long as it is enough to read them."""
        if self._sharing:
            return
        header = self._header
        wide = [place for place in self._least if not header.isSectionHidden(place)]
        taken = sum(header.sectionSize(place) for place in range(len(self._columns)) if place not in wide)
        left = max(header.width() - taken - sum(self._least[place] for place in wide), 0)
        # Each of these says again that a section has another size.
        self._sharing = True
        for number, place in enumerate(wide, 1):
            part = left * number // len(wide) - left * (number - 1) // len(wide)
            header.resizeSection(place, self._least[place] + part)
        self._sharing = False

    def _save_soon(self) -> None:
        # Not the timer's own slot: it would take the section's number for a time.
        self._timer.start()

    def _arrange(self, theme: Theme) -> None:
        remembered = self._memory.get(self._name)
        kept: dict[str, dict[str, int | bool]] = remembered if isinstance(remembered, dict) else {}
        for place, column in enumerate(self._columns):
            one = kept.get(column.key, {})
            if column.wide:
                self._header.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)
            else:
                self._header.resizeSection(place, int(one.get("width", theme.px(column.width))))
            self._header.setSectionHidden(place, bool(one.get("hidden", column.hidden)))
        if kept:
            places = {column.key: int(kept.get(column.key, {}).get("place", 99)) for column in self._columns}
            order = sorted(range(len(self._columns)), key=lambda one: (places[self._columns[one].key], one))
            for place, section in enumerate(order):
                self._header.moveSection(self._header.visualIndex(section), place)

    def _save(self) -> None:
        header = self._header
        state = {
            column.key: {
                "width": header.sectionSize(one) if not header.isSectionHidden(one) else self._width(column),
                "hidden": header.isSectionHidden(one),
                "place": header.visualIndex(one),
            }
            for one, column in enumerate(self._columns)
        }
        self._memory.put(self._name, state)

    def _width(self, column: Column) -> int:
        """A hidden column has no size of its own; it comes back as it was."""
        kept = self._memory.get(self._name)
        one = kept.get(column.key, {}) if isinstance(kept, dict) else {}
        return int(one.get("width", column.width))
