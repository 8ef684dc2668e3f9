"""The rail at the left: the places of the work in its order, and which firm this is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QKeySequence
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.i18n import _, number_text
from desktop.ui.repolish import repolish
from desktop.ui.theme import Theme

_WIDTH = 184
_PLACE_HEIGHT = 30


@dataclass(frozen=True)
class Place:
    """One place of the rail. Its page is built when it is first gone to; `low` ones stand at the foot."""

    name: str
    title: str
    build: Callable[[], QWidget]
    low: bool = False


class PlaceButton(QPushButton):
    """A place, with the number of things there that need a person."""

    def __init__(self, place: Place, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "place")
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setFixedHeight(theme.px(_PLACE_HEIGHT))
        self._place = place
        self._title, self._count = (
            QLabel(place.title, textFormat=Qt.TextFormat.PlainText),
            QLabel(textFormat=Qt.TextFormat.PlainText),
        )
        self._count.setFont(theme.font("body", figures=True))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 0)
        for label in (self._title, self._count):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        # Room for the chosen one's heavier letters, so that nothing moves when another is chosen.
        strong = QFontMetrics(theme.font("body", strong=True))
        self._title.setMinimumWidth(strong.horizontalAdvance(place.title))
        layout.addWidget(self._title, 1)
        layout.addWidget(self._count)
        self.setAccessibleName(place.title)
        self.toggled.connect(self._follow)
        self._follow()

    def count(self, things: int) -> None:
        self._count.setText(number_text(things) if things else "")
        self.setAccessibleName(f"{self._place.title} {self._count.text()}".strip())

    def _follow(self) -> None:
        # A stylesheet does not see the state of a label's parent.
        for label in (self._title, self._count):
            label.setProperty("role", "strong" if self.isChecked() else "secondary")
            repolish(label)

    def sizeHint(self) -> QSize:
        # A button sizes itself by its own text, and the text stands in the labels.
        layout = self.layout()
        assert layout is not None
        return layout.sizeHint()


class FindButton(QPushButton):
    """Opens what finds anything, and shows by which key it comes faster."""

    def __init__(self, action: QAction, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "find")
        self.setAutoDefault(False)
        self.setMinimumHeight(theme.px(_PLACE_HEIGHT))
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        words, key = QLabel(_("Find")), QLabel(keys, textFormat=Qt.TextFormat.PlainText)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 0, 8, 0)
        for label in (words, key):
            label.setProperty("role", "secondary")
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        key.setFont(theme.font("tag"))
        layout.addWidget(words, 1)
        layout.addWidget(key)
        self.setAccessibleName(action.text().replace("&", ""))
        self.setToolTip(f"{self.accessibleName()} ({keys})" if keys else self.accessibleName())
        self.clicked.connect(action.trigger)


class Rail(QFrame):
    """Says which place was chosen; the window goes there and marks it."""

    chosen = Signal(object)  # name of the place

    def __init__(self, places: Sequence[Place], theme: Theme) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(theme.px(_WIDTH))
        product = QLabel("Sheaf")
        product.setObjectName("product")
        self._firm, self._person, self._backup = (
            QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText),
            QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText),
            QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText),
        )
        self._person.hide()
        for label in (self._firm, self._person, self._backup):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("role", "secondary")
        self._theme = theme
        self._counts: dict[str, int] = {}
        self._buttons = {place.name: PlaceButton(place, theme) for place in places}
        group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 14, 11, 12)
        layout.setSpacing(2)
        layout.addWidget(_indented(product))
        layout.addSpacing(10)
        self._finding = QVBoxLayout()
        layout.addLayout(self._finding)
        for place in places:
            button = self._buttons[place.name]
            group.addButton(button)
            button.clicked.connect(lambda _on=False, name=place.name: self.chosen.emit(name))
            if not place.low:
                layout.addWidget(button)
        layout.addStretch(1)
        for place in places:
            if place.low:
                layout.addWidget(self._buttons[place.name])
        layout.addSpacing(4)
        layout.addWidget(_indented(self._firm))
        layout.addWidget(_indented(self._person))
        layout.addWidget(_indented(self._backup))

    def offer_finding(self, action: QAction) -> None:
        """Set the way to find anything above the places."""
        self._finding.addWidget(FindButton(action, self._theme))
        self._finding.addSpacing(8)

    def mark(self, name: str) -> None:
        self._buttons[name].setChecked(True)

    def count(self, name: str, things: int) -> None:
        """How many things of this place need a person; none shows nothing."""
        self._counts[name] = things
        self._buttons[name].count(things)

    @property
    def said(self) -> tuple[dict[str, int], str, str]:
        """All that was told to it: counts by place, the firm, and its backup."""
        return dict(self._counts), self._firm.text(), self._backup.text()

    def say(self, said: tuple[dict[str, int], str, str]) -> None:
        """What another rail was told."""
        for name, things in said[0].items():
            self.count(name, things)
        self.show_firm(said[1], said[2])

    @property
    def person(self) -> str:
        return self._person.text()

    def show_person(self, words: str) -> None:
        """Who has signed in; nothing in a book where nobody does."""
        self._person.setText(words)
        self._person.setVisible(bool(words))

    def show_firm(self, name: str, backup: str) -> None:
        """The firm of the open book, and how long ago it was backed up, in words."""
        self._firm.setText(name)
        self._backup.setText(backup)


def _indented(label: QLabel) -> QLabel:
    """Set under the words of the places."""
    label.setContentsMargins(8, 0, 4, 0)
    return label
