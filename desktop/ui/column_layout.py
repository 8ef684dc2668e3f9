"""Widths, order and choice of a table's columns: set from the columns' own data, then as the person left them."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QHeaderView

from desktop.services.views import ViewColumn
from desktop.ui.columns import Column
from desktop.ui.memory import Memory
from desktop.ui.theme import Theme

_SAVE_AFTER_MS = 400
# Below this part of their width names are not told apart any more: then the table is scrolled instead. Figures, days
# and states never give way: half of one is worse than none.
_LEAST_PERCENT = 66
# Translated words and a country's figures and days take more room than what a column was drawn for.
_MOST_PERCENT = 150
# Narrower texts are codes and kinds, of no use when they are cut.
_LEAST_WORDS = 100
# A width is kept as drawn for the design's own font, so that it fits on a screen with a larger one.
_EXACT = 1_000


class ColumnLayout(QObject):
    """Keeps a header as its person arranged it, by the columns' keys: a new column of a new version just joins."""

    changed = Signal()  # by a person, or by what was put

    def __init__(
        self, header: QHeaderView, columns: tuple[Column, ...], memory: Memory, name: str, theme: Theme
    ) -> None:
        super().__init__(header)
        self._header = header
        self._columns = columns
        self._memory = memory
        self._theme = theme
        self._name = f"columns/{name}"
        self._timer = QTimer(self, singleShot=True, interval=_SAVE_AFTER_MS)
        self._timer.timeout.connect(self._save)
        self._wide = {place for place, column in enumerate(columns) if column.wide}
        self._yielding = self._wide | {
            place
            for place, column in enumerate(columns)
            if column.kind == "text" and column.width >= _LEAST_WORDS and not column.strong
        }
        # What a person does not want to see; beyond that a narrow table leaves out what is secondary.
        self._hidden: set[int] = set()
        # Columns that a person has given a width of their own; they take no more part in sharing the room.
        self._own: set[int] = set()
        # What its words were found to need beyond what was drawn for it.
        self._needed: dict[int, int] = {}
        self._widths = {place: self._first(place) for place in range(len(columns))}
        self._arranging = False
        self._apply(self._remembered())
        header.installEventFilter(self)
        header.sectionResized.connect(self._follow_width)
        header.sectionMoved.connect(self._save_soon)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Every column there is, shown or not."""
        return self._columns

    def shown(self) -> list[Column]:
        """The columns that can be seen, in the order in which they stand."""
        return [self._columns[one] for one in self._order() if one not in self._hidden]

    def show(self, column: Column, visible: bool) -> None:
        """Show or hide a column; the last one stays."""
        if visible or len(self.shown()) > 1:
            section = self._columns.index(column)
            self._hidden = self._hidden - {section} if visible else self._hidden | {section}
            self._share_room()
            self._save_soon()

    def state(self) -> tuple[ViewColumn, ...]:
        """Every column in its order, as `put` takes it."""
        return tuple(
            ViewColumn(self._columns[one].key, self._design_width(one), one in self._hidden) for one in self._order()
        )

    def put(self, columns: Sequence[ViewColumn]) -> None:
        """Arrange the columns so; without any, as they first came."""
        self._apply(columns)
        self._save_soon()

    def need(self, section: int, width: int) -> None:
        """Give a column so much where it has less, up to half as much again; not where a person has set its width."""
        width = min(width, self._theme.px(self._columns[section].width) * _MOST_PERCENT // 100)
        if width > self._needed.get(section, 0):
            self._needed[section] = width
        if section not in self._own and width > self._widths[section]:
            self._widths[section] = width
            self._share_room()

    def _first(self, section: int) -> int:
        return max(self._theme.px(self._columns[section].width), self._needed.get(section, 0))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._share_room()
        return super().eventFilter(watched, event)

    def _order(self) -> list[int]:
        return [self._header.logicalIndex(place) for place in range(len(self._columns))]

    def _follow_width(self, section: int, before: int, width: int) -> None:
        if self._arranging:
            return
        # A column that is hidden or shown again tells of it as a width from or to nothing.
        if before and width:
            self._widths[section] = width
            self._own.add(section)
        self._share_room()
        self._save_soon()

    def _share_room(self) -> None:
        """Wide columns take what room is left; where there is too little, words give way, then what is secondary."""
        if self._arranging:
            return
        header = self._header
        shown = self._fitting()
        left = header.width() - sum(self._widths[place] for place in shown)
        sharing = self._wide if left >= 0 else self._yielding
        taking = [place for place in shown if place in sharing and place not in self._own]
        # Each of these says again that a section has another size.
        self._arranging = True
        for place in range(len(self._columns)):
            header.setSectionHidden(place, place not in shown)
        for place in set(shown) - set(taking):
            header.resizeSection(place, self._widths[place])
        if left >= 0:
            for number, place in enumerate(taking, 1):
                part = left * number // len(taking) - left * (number - 1) // len(taking)
                header.resizeSection(place, self._widths[place] + part)
        else:
            spare = {place: self._widths[place] - self._least(place) for place in taking}
            for place in taking:
                given = min(-left * spare[place] // max(sum(spare.values()), 1) + 1, spare[place])
                header.resizeSection(place, self._widths[place] - given)
        self._arranging = False

    def _fitting(self) -> list[int]:
        """What can be seen beside each other: secondary columns go, but none that a person chose."""
        shown = [place for place in self._order() if place not in self._hidden]
        spare = [place for place in shown if self._columns[place].secondary and not self._columns[place].hidden]
        spare = [place for place in spare if place not in self._own and place not in self._wide]
        # Days and figures say more than one word of a few.
        spare.sort(key=lambda place: self._columns[place].kind == "text")
        while spare and sum(self._least(place) for place in shown) > self._header.width() > 0:
            shown.remove(spare.pop())
        return shown

    def _least(self, section: int) -> int:
        width = self._widths[section]
        return width * _LEAST_PERCENT // 100 if section in self._yielding - self._own else width

    def _save_soon(self) -> None:
        # Not the timer's own slot: it would take the section's number for a time.
        self._timer.start()
        self.changed.emit()

    def _remembered(self) -> list[ViewColumn]:
        kept = self._memory.get(self._name)
        if not isinstance(kept, list):
            return []
        return [ViewColumn(str(key), int(width), bool(hidden)) for key, width, hidden in kept]

    def _save(self) -> None:
        self._memory.put(self._name, [(one.key, one.width, one.hidden) for one in self.state()])

    def _apply(self, columns: Sequence[ViewColumn]) -> None:
        header, given = self._header, {one.key: (place, one) for place, one in enumerate(columns)}
        self._arranging = True
        self._own.clear()
        for section, column in enumerate(self._columns):
            one = given[column.key][1] if column.key in given else ViewColumn(column.key, 0, column.hidden)
            width = self._first(section)
            if one.width and (column.wide or one.width != column.width):
                self._own.add(section)
                width = self._theme.px(_EXACT * one.width) // _EXACT
            self._widths[section] = width
            header.setSectionHidden(section, False)
            header.resizeSection(section, width)
            self._hidden = self._hidden | {section} if one.hidden else self._hidden - {section}
        # What is not named stands where the design has it, behind what is.
        order = sorted(
            range(len(self._columns)), key=lambda one: (given.get(self._columns[one].key, (_EXACT, None))[0], one)
        )
        for place, section in enumerate(order):
            header.moveSection(header.visualIndex(section), place)
        self._arranging = False
        self._share_room()

    def _design_width(self, section: int) -> int:
        """In pixels of the design; 0 where the column shares the room that is left."""
        if section not in self._own:
            return 0 if section in self._wide else self._columns[section].width
        return self._widths[section] * _EXACT // self._theme.px(_EXACT)
