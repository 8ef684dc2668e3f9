"""What narrows a page's table: a search, and filters that stand on figure cards and chips at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.i18n import money_text, ngettext, number_text
from desktop.ui.elided_label import ElidedLabel
from desktop.ui.theme import Theme

# Letters that arrive together, pasted or typed ahead, make one question; a person's own come one by one.
_TYPING_MS = 5
# Of the words under a figure at least so much is seen: "blocked", in any language.
_LEAST_WORDS = 84


@dataclass(frozen=True)
class Chip:
    """A filter by name. Of one group at most one is on; those without a group combine.

    `spare` is left out where it would show nothing.
    """

    key: str
    text: str
    group: str = ""
    spare: bool = False


@dataclass(frozen=True)
class ChipMenu:
    """Filters of one kind behind one chip, for what a book may have dozens of; their keys begin with `prefix:`.

    Which there are comes with the page's summary, since they change with the book.
    """

    prefix: str
    text: str
    everything: str


@dataclass(frozen=True)
class Figure:
    """A figure over its words. With a filter's key it turns that filter on and off."""

    text: str
    words: str
    key: str = ""


def money_figure(amounts: Mapping[str, int], home: str, words: str, key: str = "") -> Figure:
    """Sums by currency: the firm's own in figures; that there are others, in words, since sums of two are none."""
    shown = home if home in amounts or not amounts else min(amounts)
    others = len(amounts.keys() - {shown})
    if others:
        more = ngettext("{count} more currency", "{count} more currencies", others).format(count=number_text(others))
        words = f"{words} · {more}"
    return Figure(money_text(amounts.get(shown, 0), shown) if shown else "0", words, key)


class Filters(QObject):
    """Which filters are on. Cards and chips of the same key show the same state."""

    changed = Signal()

    def __init__(self, chips: Sequence[Chip], first: frozenset[str], parent: QObject) -> None:
        super().__init__(parent)
        self._groups = {chip.key: chip.group for chip in chips}
        self._on = first

    @property
    def on(self) -> frozenset[str]:
        return self._on

    def join(self, group: str, keys: Iterable[str]) -> None:
        """Let filters that stand on figure cards alone belong to a group of chips."""
        self._groups |= dict.fromkeys(keys, group)

    def toggle(self, key: str) -> None:
        if key in self._on:
            self.put(self._on - {key})
            return
        group = self._groups.get(key, "")
        others = {one for one in self._on if group and self._groups.get(one, "") == group}
        self.put((self._on - others) | {key})

    def put(self, on: frozenset[str]) -> None:
        if on != self._on:
            self._on = on
        # A button toggles itself when it is pressed: it must hear what became of that.
        self.changed.emit()


class ChipButton(QPushButton):
    """A chip, with the number of rows behind it once that is known."""

    def __init__(self, chip: Chip, filters: Filters) -> None:
        super().__init__(chip.text)
        self.setProperty("role", "chip")
        self.setCheckable(True)
        self.setAutoDefault(False)
        self._chip = chip
        self._filters = filters
        self._rows: int | None = None
        self.clicked.connect(self._toggle)
        filters.changed.connect(self._follow)
        self._follow()

    @property
    def needed(self) -> bool:
        """Whether it has a place on the bar."""
        return not self._chip.spare or bool(self._rows) or self.isChecked()

    def count(self, rows: int | None) -> None:
        self._rows = rows
        self.setText(self._chip.text if rows is None else f"{self._chip.text} {number_text(rows)}")

    def _toggle(self) -> None:
        self._filters.toggle(self._chip.key)

    def _follow(self) -> None:
        self.setChecked(self._chip.key in self._filters.on)


class ChipMenuButton(QPushButton):
    """A chip that opens its filters; of these one or none is on, and the chip then says which."""

    def __init__(self, chip: ChipMenu, filters: Filters) -> None:
        super().__init__(chip.text)
        self.setProperty("role", "chip")
        self.setCheckable(True)
        self.setAutoDefault(False)
        self._chip = chip
        self._filters = filters
        self._choices: Sequence[tuple[str, str]] = ()
        self.setProperty("menu", True)
        self.setMenu(QMenu(self))
        filters.changed.connect(self._follow)
        self.offer(())

    def offer(self, choices: Sequence[tuple[str, str]]) -> None:
        """The filters there are now: key and name."""
        self._choices = choices
        menu = self.menu()
        menu.clear()
        for key, text in (("", self._chip.everything), *choices):
            # A name may hold what a menu would take for a mnemonic.
            action = menu.addAction(text.replace("&", "&&"))
            action.setCheckable(True)
            action.setData(key)
            action.triggered.connect(lambda _on=False, key=key: self.choose(key))
        self.setVisible(bool(choices))
        self._follow()

    def choose(self, key: str) -> None:
        """Turn one of the filters on and the others off; an empty key turns all off."""
        self._filters.put(frozenset(one for one in self._filters.on if not self._is_mine(one)) | ({key} - {""}))

    def _is_mine(self, key: str) -> bool:
        return key.startswith(f"{self._chip.prefix}:")

    def _follow(self) -> None:
        chosen = next((one for one in self._filters.on if self._is_mine(one)), "")
        for action in self.menu().actions():
            action.setChecked(action.data() == chosen)
        self.setText(next((text for key, text in self._choices if key == chosen), self._chip.text).replace("&", "&&"))
        self.setChecked(bool(chosen))


class FigureCard(QPushButton):
    """A figure of the strip; pressed, it shows its rows."""

    def __init__(self, filters: Filters, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "figures")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(False)
        self._filters = filters
        self._key = ""
        self._theme = theme
        self._figure, self._words = ElidedLabel(), ElidedLabel()
        self._figure.setProperty("role", "figure")
        self._words.setProperty("role", "secondary")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 10)
        layout.setSpacing(1)
        for label in (self._figure, self._words):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            layout.addWidget(label)
        self.clicked.connect(self._toggle)
        filters.changed.connect(self._follow)

    def put(self, figure: Figure) -> None:
        self._key = figure.key
        self._figure.setFont(self._theme.font("figure", strong=True, figures=True))
        self._figure.setText(figure.text)
        self._words.setText(figure.words)
        self.setAccessibleName(f"{figure.text} {figure.words}")
        self.updateGeometry()
        self.setToolTip(self.accessibleName())
        self.setCheckable(bool(figure.key))
        # One that filters nothing is no button: neither key nor mouse should promise otherwise.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if figure.key else Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not figure.key)
        self._follow()

    def sizeHint(self) -> QSize:
        # A button sizes itself by its own text and would cut its labels off.
        layout = self.layout()
        assert layout is not None
        return layout.sizeHint()

    def minimumSizeHint(self) -> QSize:
        # Where the strip is narrow the words give way before the figures do.
        layout = self.layout()
        assert layout is not None
        least = layout.minimumSize()
        margins = layout.contentsMargins()
        words = min(self._words.sizeHint().width(), self._theme.px(_LEAST_WORDS))
        wanted = max(self._figure.sizeHint().width(), words) + margins.left() + margins.right()
        return QSize(max(least.width(), wanted), least.height())

    def _toggle(self) -> None:
        self._filters.toggle(self._key)

    def _follow(self) -> None:
        self.setChecked(bool(self._key) and self._key in self._filters.on)


class FigureStrip(QWidget):
    """The figure cards beside each other; where not even their figures have room it does not widen the window."""

    def __init__(self, spacing: int) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(spacing)
        self._row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        self.hide()

    def add(self, card: FigureCard) -> None:
        # Without a stretch: that would take no account of how much each has to say.
        self._row.addWidget(card)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())


class SearchField(QLineEdit):
    """Searches with every letter, at once by Enter; Esc empties it."""

    searched = Signal(object)  # the text
    left = Signal()  # by Esc when empty, by Enter or by Down: the table is next

    def __init__(self, hint: str, width: int = 0) -> None:
        super().__init__()
        self._width = width
        self.setObjectName("search")
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.setClearButtonEnabled(False)
        self._last = ""
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(self._search)
        self.textChanged.connect(lambda _text: self._typing.start())

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(self._width or hint.width(), hint.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape and self.text():
            self.clear()
            self._search()
        elif key in (Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._search()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def put(self, text: str) -> None:
        """Show a search that whoever calls asks for itself."""
        self.setText(text)
        self._typing.stop()
        self._last = text

    def _search(self) -> None:
        self._typing.stop()
        if self.text() != self._last:
            self._last = self.text()
            self.searched.emit(self._last)
