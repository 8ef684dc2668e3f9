"""The skeleton of a page: title, facts, main action, figures, one bar, one table, the thing itself at the right."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from desktop.i18n import _
from desktop.services.views import View
from desktop.ui.actions import GAP, Action, Actions
from desktop.ui.bar import Bar, Hints
from desktop.ui.columns import Column
from desktop.ui.elided_label import ElidedLabel
from desktop.ui.filters import (
    Chip,
    ChipButton,
    ChipMenu,
    ChipMenuButton,
    Figure,
    FigureCard,
    FigureStrip,
    Filters,
    SearchField,
)
from desktop.ui.focus_order import follow_layout
from desktop.ui.list_offers import ListOffers
from desktop.ui.listing import Listing, Query
from desktop.ui.page_foot import Foot
from desktop.ui.rows_model import RowsModel
from desktop.ui.shell import Shell
from desktop.ui.table import Empty, Table
from desktop.ui.wrapping import WrappingRow

_MARGIN = 24
_SEARCH_WIDTH = 280
_DETAIL_WIDTH = 316
_SELECTING_MS = 60


@dataclass(frozen=True)
class Summary:
    """What stands around a table, asked of the book by a worker. `choices` are the filters of chip menus by prefix."""

    facts: str = ""
    figures: Sequence[Figure] = ()
    counts: dict[str, int] = field(default_factory=dict)
    choices: dict[str, Sequence[tuple[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Design:
    """A page as data. Action ids name what `Page.offers` declares.

    `many` are those that act on all rows that are selected.
    `detail_width` is what the pane at the right gets beside a table of three usual panes, until a person draws it.
    `depends` names what the page shows ("invoices", "payments"): it reloads when a job has changed one of them.
    """

    name: str
    title: str
    columns: Sequence[Column]
    listing: Listing
    search_hint: str
    nothing_yet: str
    depends: frozenset[str]
    nothing_found: str = ""
    chips: Sequence[Chip] = ()
    chip_menus: Sequence[ChipMenu] = ()
    first_filters: frozenset[str] = frozenset()
    summary: Callable[[], Summary] | None = None
    main_action: str = ""
    side_actions: Sequence[str] = ()
    menu: Sequence[str] = ()
    many: Sequence[str] = ()
    empty_action: str = ""
    sum_key: str = ""
    sort: str = ""
    descending: bool = False
    detail_width: int = _DETAIL_WIDTH


class Page(QWidget):
    """One page. A page of its own overrides `offers`, `detail`, `show_detail` and `open_row`."""

    def __init__(self, shell: Shell, design: Design) -> None:
        super().__init__()
        self.shell = shell
        self.design = design
        self._stale = True
        self._had_selection = False
        self._to_reveal: int | None = None
        self._cards: list[FigureCard] = []
        self.model = RowsModel(design.listing, design.columns, shell.jobs, shell.home_currency)
        self.table = Table(self.model, shell.theme, shell.memory, shell.jobs, design.name)
        self.table.setAccessibleName(design.title)
        self.acts = Actions(shell.theme, self, shell.refusal)
        self.filters = Filters(design.chips, design.first_filters, self)
        declared = list(self.offers())
        self.acts.declare((one for one in declared if len(one.shortcut) != 1), scope=self)
        self.acts.declare((one for one in declared if len(one.shortcut) == 1), scope=self.table)
        first = View("", design.first_filters, design.sort, design.descending)
        self._list = ListOffers(shell, self.table, self, design.name, design.title, first, lambda: self.view)
        self._list.declare(self.acts)
        self._selecting = QTimer(self, singleShot=True, interval=_SELECTING_MS)
        self._build()
        self._connect()

    # What a page of its own says

    def offers(self) -> Iterable[Action]:
        """What can be done here. Called once, before anything is shown."""
        return ()

    def detail(self) -> QWidget | None:
        """What stands in the pane at the right; None for a page without one. Called once."""
        return None

    def show_detail(self, one: int | None) -> None:
        """Show the row with this id in the pane; None empties it. Also called when the row may have changed."""

    def open_row(self, one: int) -> None:
        """Open the row with this id: Enter, or a double click."""

    # What it offers

    def selected_ids(self) -> list[int]:
        return self.table.selected_ids()

    def reload(self) -> None:
        """Ask the book again for all that is shown."""
        self._stale = False
        self._had_selection = self.table.selected_count() > 0
        if self.model.query is None:
            self.model.set_query(Query(self.search.text(), self.filters.on, self.design.sort, self.design.descending))
        else:
            self.model.reload()
        if self.design.summary is not None:
            self.shell.jobs.ask(self.design.summary, self._show_summary)

    def reveal(self, one: int) -> None:
        """Select the row with this id, with the filters off if they hide it."""
        self._to_reveal = one
        if self.model.query is not None:
            self._reveal()

    def reveal_written(self, one: int) -> None:
        """As `reveal`, for a row just written: it comes with the reload that its write brings about."""
        self._to_reveal = one

    def show_query(self, filters: frozenset[str], search: str = "") -> None:
        """Show what these filters and this search leave, whatever narrowed the page before."""
        self.search.put(search)
        self.filters.put(filters)

    @property
    def facts(self) -> str:
        return self._head_facts.text()

    @property
    def foot(self) -> tuple[str, str]:
        """What the foot of the table says of the count and of the sums."""
        return self.foot_bar.said

    @property
    def view(self) -> View:
        """What is shown, and how."""
        asked = self.model.asked
        return View(asked.search, asked.filters, asked.sort, asked.descending, self.table.arrangement.state())

    def show_view(self, view: View) -> None:
        """Show a view whole: its rows, their order and the columns."""
        self.table.arrangement.put(view.columns)
        self.model.set_query(Query(view.search, view.filters, view.sort, view.descending))
        self.search.put(view.search)
        self.filters.put(view.filters)

    # Building

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 18, _MARGIN, 0)
        layout.setSpacing(14)
        layout.addLayout(self._build_head())
        self._strip = FigureStrip(spacing=12)
        layout.addWidget(self._strip)
        layout.addWidget(self._build_bar())
        layout.addWidget(self._build_body(), 1)
        self.table.set_menu([self.acts[one] if one != GAP else self._gap() for one in self.design.menu])
        many, any_list = self.design.many, self._list.of_selection()
        self.foot_bar.offer([self.acts[one] for one in ids] for ids in (many, any_list))
        self.foot_bar.offer([self.table.copying])
        empty_action = self.acts[self.design.empty_action] if self.design.empty_action else None
        show_all = Action(f"{self.design.name}.show_all", _("Show all"), self.show_all)
        self.acts.declare([show_all])
        self.table.set_empty(
            Empty(self.design.nothing_yet, empty_action),
            Empty(self.design.nothing_found or _("Nothing fits the search and the filters."), self.acts[show_all.id]),
        )
        follow_layout(self)

    def _gap(self) -> QAction:
        gap = QAction(self)
        gap.setSeparator(True)
        return gap

    def _build_head(self) -> QHBoxLayout:
        self._head_title, self._head_facts = (
            QLabel(self.design.title, textFormat=Qt.TextFormat.PlainText),
            ElidedLabel(),
        )
        self._head_title.setProperty("role", "title")
        self._head_facts.setProperty("role", "secondary")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._head_title)
        words.addWidget(self._head_facts)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addLayout(words, 1)
        # The words beside the buttons give way first, then the buttons go on in a second line.
        self._head_facts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        buttons = WrappingRow(spacing=12)
        for one in self.design.side_actions:
            buttons.addWidget(self.acts.button(one))
        if self.design.main_action:
            buttons.addWidget(self.acts.button(self.design.main_action, "main"))
        head.addLayout(buttons)
        return head

    def _build_bar(self) -> Bar:
        theme = self.shell.theme
        self.search = SearchField(self.design.search_hint, theme.px(_SEARCH_WIDTH))
        self._chips = {chip.key: ChipButton(chip, self.filters) for chip in self.design.chips}
        self._chip_menus = {chip.prefix: ChipMenuButton(chip, self.filters) for chip in self.design.chip_menus}
        hints = Hints(self.acts.hints(), theme)
        chips, menus = [*self._chips.values()], [*self._chip_menus.values()]
        self.bar = Bar(self.search, chips, menus, hints, self.filters, theme, self._list.views)
        return self.bar

    def _build_body(self) -> QWidget:
        column = next((one for one in self.design.columns if one.key == self.design.sum_key), None)
        self.foot_bar = Foot(self.table, self.shell.jobs, self.shell.theme, column)
        card = QFrame()
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.setSpacing(0)
        inside.addWidget(self.table, 1)
        inside.addWidget(self.foot_bar)
        pane = self.detail()
        return card if pane is None else self._beside(card, pane)

    def _beside(self, card: QWidget, pane: QWidget) -> QSplitter:
        frame = QFrame()
        frame.setProperty("role", "card")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(14, 14, 14, 14)
        inside.addWidget(pane)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(14)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(card)
        splitter.addWidget(frame)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 0)
        px = self.shell.theme.px
        splitter.setSizes([px(3 * _DETAIL_WIDTH), px(self.design.detail_width)])
        place = f"splitter/{self.design.name}"
        splitter.restoreState(self.shell.memory.bytes(place))
        splitter.splitterMoved.connect(lambda: self.shell.memory.put_bytes(place, splitter.saveState()))
        return splitter

    def _connect(self) -> None:
        self.acts.failed.connect(self.shell.notices.show_error)
        if self._list.views is not None:
            self._list.views.chosen.connect(self.show_view)
        self.search.searched.connect(self._ask)
        self.search.left.connect(self.table.setFocus)
        self.filters.changed.connect(self._ask)
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.activated.connect(self._find)
        self.table.opened.connect(self.open_row)
        self.table.current_changed.connect(self.show_detail)
        self.table.selection_changed.connect(self._selecting.start)
        self._selecting.timeout.connect(self._follow_selection)
        self.model.loaded.connect(self._after_loading)
        self.shell.jobs.changed.connect(self._hear)

    # Following

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.reload()
        self.table.setFocus()

    def show_all(self) -> None:
        """Take off the search and every filter."""
        self.search.clear()
        self.filters.put(frozenset())

    def _find(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _ask(self, _search: object = None) -> None:
        if self._stale and self.model.query is None:
            # The first question is put when the page is first seen.
            return
        asked = self.model.asked._replace(search=self.search.text(), filters=self.filters.on)
        if asked != self.model.asked:
            self.model.set_query(asked)

    def _hear(self, changes: object) -> None:
        assert isinstance(changes, frozenset)
        if not changes & self.design.depends:
            return
        self._stale = True
        if self.isVisible():
            self.reload()

    def _after_loading(self) -> None:
        if not self.model.complete:
            return
        if self._to_reveal is not None:
            self._reveal()
        current = self.table.current_id()
        if self._had_selection and current is not None and not self.table.selected_count():
            # What was selected is gone: its neighbour, which the pane shows already, takes its place.
            self.table.select([current])
        self.foot_bar.follow_rows()

    def _reveal(self) -> None:
        one = self._to_reveal
        assert one is not None
        if self.model.position_of(one) >= 0:
            self._to_reveal = None
            self.table.select([one])
        elif self.model.asked.narrowed:
            self.show_all()
        else:
            self._to_reveal = None

    def _follow_selection(self) -> None:
        self.acts.refresh()
        self.foot_bar.follow()

    def _show_summary(self, summary: object) -> None:
        assert isinstance(summary, Summary)
        self._head_facts.setText(summary.facts)
        self._head_facts.setVisible(bool(summary.facts))
        while len(self._cards) < len(summary.figures):
            self._cards.append(FigureCard(self.filters, self.shell.theme))
            self._strip.add(self._cards[-1])
            follow_layout(self)
        self._strip.setVisible(bool(summary.figures))
        for place, card in enumerate(self._cards):
            card.setVisible(place < len(summary.figures))
            if place < len(summary.figures):
                card.put(summary.figures[place])
        for key, button in self._chips.items():
            button.count(summary.counts.get(key))
        self.bar.fit()
        for prefix, menu in self._chip_menus.items():
            menu.offer(summary.choices.get(prefix, ()))
        self.acts.refresh()
