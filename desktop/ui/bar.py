"""The bar above a table: its search, its chips and the keys of its actions, none of them cut however narrow it is."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget

from desktop.i18n import _
from desktop.ui.filters import ChipButton, ChipMenuButton, Filters, SearchField
from desktop.ui.theme import Theme

_LEAST_SEARCH_WIDTH = 160
_GAP = 12
_HINT_GAP = "   "


class Hints(QWidget):
    """Keys with their words, the first ones first: those without room are left out whole."""

    def __init__(self, hints: Sequence[tuple[str, str]], theme: Theme) -> None:
        super().__init__()
        self._hints = [f"{keys} {word}" for keys, word in hints]
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(_HINT_GAP.join(self._hints))
        theme.changed.connect(self.update)

    @property
    def shown(self) -> str:
        metrics = QFontMetrics(self._theme.font("body"))
        text = ""
        for hint in self._hints:
            longer = f"{text}{_HINT_GAP}{hint}" if text else hint
            if metrics.horizontalAdvance(longer) > self.width():
                break
            text = longer
        return text

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._theme.font("body"))
        painter.setPen(self._theme.color("secondary"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.shown)


class FoldedChips(QPushButton):
    """The chips that have no room, behind one; it says which of them is on."""

    def __init__(self, filters: Filters) -> None:
        super().__init__(_("More"))
        self.setProperty("role", "chip")
        self.setProperty("menu", True)
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setMenu(QMenu(self))
        self.menu().aboutToShow.connect(self._offer)
        self._chips: Sequence[ChipButton] = ()
        filters.changed.connect(self._follow)

    def hold(self, chips: Sequence[ChipButton]) -> None:
        self._chips = tuple(chips)
        self.setVisible(bool(chips))
        self._follow()

    def _offer(self) -> None:
        menu = self.menu()
        menu.clear()
        for chip in self._chips:
            action = menu.addAction(chip.text().replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(chip.isChecked())
            action.triggered.connect(chip.click)

    def _follow(self) -> None:
        on = [chip.text() for chip in self._chips if chip.isChecked()]
        self.setText(" · ".join(on).replace("&", "&&") or _("More"))
        self.setChecked(bool(on))


class Bar(QWidget):
    """Where it is narrow the hints go first, then the search gets shorter, then the last chips fold into a menu."""

    def __init__(
        self,
        search: SearchField,
        chips: Sequence[ChipButton],
        menus: Sequence[ChipMenuButton],
        hints: Hints,
        filters: Filters,
        theme: Theme,
        views: QPushButton | None = None,
    ) -> None:
        super().__init__()
        self._search, self._chips = search, list(chips)
        # What never folds.
        self._menus: list[QPushButton] = [*menus, *([views] if views else [])]
        self._least = theme.px(_LEAST_SEARCH_WIDTH)
        self._gap = theme.px(_GAP)
        self.folded = FoldedChips(filters)
        self._fitted: object = None
        search.setMinimumWidth(self._least)
        search.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(self._gap)
        # It fits itself into any width; the layout would hold the window as wide as all chips.
        layout.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        layout.addWidget(search)
        for button in (*self._chips, self.folded, *menus):
            layout.addWidget(button)
        layout.addWidget(hints, 1)
        if views:
            layout.addWidget(views)
        self.folded.hold(())
        filters.changed.connect(self.fit)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._least, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            # A chip's count came, or a menu got its first choices.
            self.fit()
        return super().event(event)

    def fit(self) -> None:
        """Place what has room; again when a chip is needed that was not, or the other way round."""
        room = self.width() - self._least - 2 * self._gap
        room -= sum(menu.sizeHint().width() + self._gap for menu in self._menus if not menu.isHidden())
        chips = [chip for chip in self._chips if chip.needed]
        widths = [chip.sizeHint().width() + self._gap for chip in chips]
        fitted = (room, widths, chips, [chip.text() for chip in chips if chip.isChecked()])
        if fitted == self._fitted:
            # Trying out what folds asks for the layout again, which must come to an end.
            return
        self._fitted = fitted
        whole = len(chips)
        if sum(widths) > room:
            while whole and sum(widths[:whole]) + self._folded_width(chips[whole:]) > room:
                whole -= 1
        for chip in self._chips:
            chip.setVisible(chip in chips[:whole])
        self.folded.hold(chips[whole:])
        # The layout heard of the event before, and remembers the widths of then.
        layout = self.layout()
        assert layout is not None
        layout.invalidate()
        layout.setGeometry(self.rect())

    def _folded_width(self, chips: Sequence[ChipButton]) -> int:
        self.folded.hold(chips)
        return self.folded.sizeHint().width() + self._gap
