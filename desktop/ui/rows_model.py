"""The one model behind every table: the ids of a query in order, and a cache of the rows that are looked at.

Both come from a worker: a table never waits for the book, and never holds more of it than it shows.
"""

from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from desktop.jobs import Job, Jobs, State
from desktop.ui.columns import Column, cell_text
from desktop.ui.id_changes import Changes, changes
from desktop.ui.listing import Begins, Listing, Query, Row

BLOCK = 128
CACHED_ROWS = 40 * BLOCK
# What a window shows at a glance; its rows come with the ids, those below follow.
_FIRST_ROWS = 32
_CACHED_TEXTS = 20_000

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
# Stands for a row that was deleted after its id was read, so that it is not asked for again and again.
_GONE: Row = {}


class Edit(NamedTuple):
    """What a person typed into a cell, for the page to save."""

    id: int
    key: str
    text: str


class _Loaded(NamedTuple):
    ticket: int
    query: Query
    ids: "array[int]"
    steps: Changes | None
    rows: dict[int, Row]
    complete: bool = True


class _Fetched(NamedTuple):
    ticket: int
    ids: "array[int]"
    rows: dict[int, Row]


class RowsModel(QAbstractTableModel):
    """Rows of a listing. A new query resets; a reload of the same one moves only what moved."""

    loading = Signal(object)  # bool: whether a query is under way
    moving = Signal()  # a reload is about to move rows
    loaded = Signal(object)  # Query that is now shown; of a long list twice, first when it is not yet `complete`
    edited = Signal(object)  # Edit

    def __init__(self, listing: Listing, columns: Sequence[Column], jobs: Jobs, home_currency: str = "") -> None:
        super().__init__()
        self.listing = listing
        self.columns = tuple(columns)
        self.home_currency = home_currency
        self.query: Query | None = None
        self.complete = True
        self._jobs = jobs
        self._asked = Query()
        self._ids = array("q")
        self._rows: OrderedDict[int, Row] = OrderedDict()
        self._texts: dict[tuple[int, int], str] = {}
        self._ticket = 0
        self._question: Job | None = None
        self._seen = range(0)
        self._wanted: set[int] = set()
        self._fetching = False
        self._fetch_failed = False

    # Asking for ids

    @property
    def asked(self) -> Query:
        """The question that is shown, or that will be once its answer is here."""
        return self._asked

    def set_query(self, query: Query) -> None:
        """Show the answer to another question."""
        self._asked = query
        self._load(None)

    def reload(self) -> None:
        """Ask the same question again, since something was written."""
        self._load(self._ids)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        key = self.columns[column].sort_key if column >= 0 else ""
        self.set_query(self._asked._replace(sort=key, descending=order is Qt.SortOrder.DescendingOrder))

    def _load(self, base: "array[int] | None") -> None:
        if self._question is not None:
            self._question.cancel()
        self._ticket += 1
        ticket, query, listing = self._ticket, self._asked, self.listing
        # A reload keeps its place, a new query starts at the top: what will be in view comes with the ids.
        start = self._seen.start if base is not None else 0
        watched = base[self._seen.start : self._seen.stop] if base else array("q")

        def work() -> _Loaded:
            ids = array("q", listing.ids(query.search, query.filters, query.sort, query.descending))
            first = dict.fromkeys([*watched, *ids[start : start + BLOCK]])
            steps = changes(base, ids) if base is not None else None
            return _Loaded(ticket, query, ids, steps, dict(listing.rows(list(first))))

        def begin() -> _Loaded:
            assert isinstance(listing, Begins)
            first = listing.first_ids(query.search, query.filters, query.sort, query.descending, BLOCK)
            ids = array("q", first)
            rows = dict(listing.rows(first[:_FIRST_ROWS]))
            return _Loaded(ticket, query, ids, None, rows, complete=len(ids) < BLOCK)

        self.loading.emit(True)
        self._ask(begin if base is None and isinstance(listing, Begins) else work)

    def _ask(self, work: Callable[[], _Loaded]) -> None:
        self._question = self._jobs.ask(work, self._take)
        self._question.ended.connect(self._end_question)

    def _ask_for_the_rest(self) -> None:
        ticket, query, listing, first = self._ticket, self._asked, self.listing, array("q", self._ids)

        def work() -> _Loaded:
            ids = array("q", listing.ids(query.search, query.filters, query.sort, query.descending))
            if ids[: len(first)] == first:
                return _Loaded(ticket, query, ids, Changes([], None, [(len(first), len(ids))]), {})
            # Somebody wrote meanwhile.
            return _Loaded(ticket, query, ids, changes(first, ids), dict(listing.rows(ids[:BLOCK])))

        self._ask(work)

    def _end_question(self, job: object) -> None:
        if job is self._question:
            self._question = None
            self.loading.emit(False)

    def _take(self, answer: object) -> None:
        assert isinstance(answer, _Loaded)
        if answer.ticket != self._ticket:
            return
        self._fetch_failed = False
        self.complete = answer.complete
        if answer.query == self.query and answer.steps is not None:
            self._become(answer.ids, answer.steps, answer.rows)
        else:
            self.beginResetModel()
            self._ids = answer.ids
            self._keep_only(answer.rows)
            self.query = answer.query
            self.endResetModel()
        if not answer.complete:
            self._ask_for_the_rest()
        self.loaded.emit(answer.query)

    def _become(self, ids: "array[int]", steps: Changes, rows: dict[int, Row]) -> None:
        self.moving.emit()
        for start, stop in steps.removed:
            self.beginRemoveRows(_ROOT, start, stop - 1)
            del self._ids[start:stop]
            self.endRemoveRows()
        if steps.order is not None:
            self._reorder(steps.order)
        for start, stop in steps.inserted:
            self.beginInsertRows(_ROOT, start, stop - 1)
            self._ids[start:start] = ids[start:stop]
            self.endInsertRows()
        if rows:
            # What was only continued shows what it did.
            self._keep_only(rows)
        if rows and self._ids:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, len(self.columns) - 1))

    def _reorder(self, order: "array[int]") -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        places = {one: place for place, one in enumerate(order)} if before else {}
        after = [self.index(places[self._ids[index.row()]], index.column()) for index in before]
        self._ids = order
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _keep_only(self, rows: dict[int, Row]) -> None:
        self._rows = OrderedDict(rows)
        self._texts.clear()
        self._wanted.clear()

    # Fetching rows

    def watch(self, first: int, last: int) -> None:
        """The positions in view, both ends included: their rows and their neighbours' are fetched before others."""
        self._seen = range(max(0, first), max(0, last + 1))
        self._fetch_failed = False
        for one in self._ids[self._seen.start : self._seen.stop]:
            if one in self._rows:
                self._rows.move_to_end(one)
        self._fetch()

    def _want(self, block: int) -> None:
        self._wanted.add(block)
        if not self._fetch_failed:
            self._fetch()

    def _fetch(self) -> None:
        """Ask for what is wanted, one question at a time.

        What scrolled out of view while it waited is dropped: dragging the scroll bar passes thousands of rows.
        """
        if self._fetching:
            return
        if self._seen:
            half = BLOCK // 2
            first, last = max(0, self._seen.start - half), self._seen.stop - 1 + half
            blocks = list(range(first // BLOCK, last // BLOCK + 1))
        else:
            blocks = sorted(self._wanted)
        self._wanted.clear()
        ids = [
            one for block in blocks for one in self._ids[block * BLOCK : (block + 1) * BLOCK] if one not in self._rows
        ]
        if not ids:
            return
        self._fetching = True
        listing, missing, ticket = self.listing, array("q", ids), self._ticket
        job = self._jobs.ask(lambda: _Fetched(ticket, missing, dict(listing.rows(missing))), self._keep)
        job.ended.connect(self._end_fetch)

    def _keep(self, answer: object) -> None:
        assert isinstance(answer, _Fetched)
        if answer.ticket != self._ticket and self._question is None:
            # Read before the last load: what it says may be out of date.
            return
        for one in answer.ids:
            self._rows[one] = answer.rows.get(one, _GONE)
        while len(self._rows) > CACHED_ROWS:
            self._rows.popitem(last=False)
        if self._seen and self._ids:
            last = min(self._seen.stop, len(self._ids)) - 1
            self._changed(min(self._seen.start, last), last)
        elif self._ids:
            self._changed(0, len(self._ids) - 1)

    def _changed(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))

    def _end_fetch(self, job: object) -> None:
        assert isinstance(job, Job)
        self._fetching = False
        # A question that fails must not be put again by the very repaint that shows the failure.
        self._fetch_failed = job.state is State.FAILED
        if not self._fetch_failed:
            self._fetch()

    # What is known

    @property
    def ids(self) -> Sequence[int]:
        return self._ids

    def id_at(self, position: int) -> int:
        return self._ids[position]

    def position_of(self, one: int) -> int:
        """Where an id stands, -1 if it does not."""
        try:
            return self._ids.index(one)
        except ValueError:
            return -1

    def row_at(self, position: int) -> Row | None:
        """The row, or None while it is fetched."""
        row = self._rows.get(self._ids[position])
        if row is None:
            self._want(position // BLOCK)
        return row

    def text_at(self, position: int, column: int) -> str:
        """A cell as it reads; empty while it is fetched."""
        place = (self._ids[position], column)
        text = self._texts.get(place)
        if text is None:
            row = self.row_at(position)
            if not row:
                return ""
            if len(self._texts) > _CACHED_TEXTS:
                self._texts.clear()
            text = self._texts[place] = cell_text(self.columns[column], row, self.home_currency)
        return text

    # Qt's questions

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text_at(index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self.columns[index.column()])
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Vertical or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self.columns[section])
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid():
            flags |= Qt.ItemFlag.ItemNeverHasChildren
            if self.columns[index.column()].editable and self.row_at(index.row()):
                flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Hands the text on; the cell changes once it is saved and read again."""
        column = self.columns[index.column()]
        if role != Qt.ItemDataRole.EditRole or not column.editable or value == self.data(index, role):
            return False
        self.edited.emit(Edit(self._ids[index.row()], column.key, str(value)))
        return True


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
