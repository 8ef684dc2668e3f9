"""The firm at a glance: cards with a figure and a small chart, each of which opens the list behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.services.today import Target
from desktop.ui.charts.chart import Chart, Value
from desktop.ui.charts.parts import AGES, PartsChart
from desktop.ui.elided_label import ElidedLabel
from desktop.ui.theme import Theme

Go = Callable[[Target], object]


class CardButton(QPushButton):
    """A button that is as large as what stands in it, and leads to a target."""

    def __init__(self, role: str, go: Go) -> None:
        super().__init__()
        self.setProperty("role", role)
        self.setAutoDefault(False)
        self._go = go
        self.target = Target()
        self.clicked.connect(self._follow)

    def _follow(self) -> None:
        self._go(self.target)

    def sizeHint(self) -> QSize:
        # A button sizes itself by its own text, which stands in its labels.
        layout = self.layout()
        assert layout is not None
        return layout.sizeHint()

    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        assert layout is not None
        return layout.minimumSize()


class GlanceCard(CardButton):
    """A figure, two lines of words, and a chart."""

    def __init__(self, theme: Theme, chart: Chart, go: Go) -> None:
        super().__init__("figures", go)
        self.chart = chart
        self._theme = theme
        self._figure, self._words, self._more = ElidedLabel(), ElidedLabel(), ElidedLabel()
        self._figure.setProperty("role", "figure")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 12)
        layout.setSpacing(1)
        for label in (self._figure, self._words, self._more):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            layout.addWidget(label)
        self._words.setProperty("role", "secondary")
        self._more.setProperty("role", "note")
        layout.addSpacing(8)
        layout.addStretch(1)
        layout.addWidget(chart)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def said(self) -> str:
        return f"{self._figure.text()} {self._words.text()} {self._more.text()}".strip()

    def put(self, figure: str, words: str, more: str, values: Sequence[Value], target: Target) -> None:
        self._figure.setFont(self._theme.font("figure", strong=True, figures=True))
        self._figure.setText(figure)
        self._words.setText(words)
        self._more.setText(more)
        self.chart.put(values)
        self.target = target
        self.setAccessibleName(self.said)
        self.setAccessibleDescription(self.chart.accessibleDescription())


class Swatch(QWidget):
    """The colour that a part has in the chart above."""

    def __init__(self, theme: Theme, place: int) -> None:
        super().__init__()
        self.setFixedSize(theme.px(10), theme.px(10))
        chart = _Spot(theme, place)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(chart)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


class _Spot(PartsChart):
    """One part alone, as its own whole."""

    def __init__(self, theme: Theme, place: int) -> None:
        super().__init__(theme, 10, "")
        self.colors = (AGES[place],)
        self.put([Value(1, "")])


class AgeRow(CardButton):
    """What is owed of one age."""

    def __init__(self, theme: Theme, place: int, go: Go) -> None:
        super().__init__("row", go)
        self._words, self._amount = ElidedLabel(), QLabel(textFormat=Qt.TextFormat.PlainText)
        self._amount.setFont(theme.font("body", figures=True))
        self._words.setProperty("role", "secondary")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 3, 4, 3)
        layout.setSpacing(8)
        layout.addWidget(Swatch(theme, place))
        layout.addWidget(self._words, 1)
        layout.addWidget(self._amount)
        for label in (self._words, self._amount):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def put(self, words: str, amount: str, target: Target) -> None:
        self._words.setText(words)
        self._amount.setText(amount)
        self.target = target
        self.setAccessibleName(f"{words} {amount}")


class DebtorRow(CardButton):
    """A client, what it owes, and in a bar how much of it is overdue; the largest debtor's bar is whole."""

    def __init__(self, theme: Theme, go: Go) -> None:
        super().__init__("row", go)
        self._name, self._amount = ElidedLabel(), QLabel(textFormat=Qt.TextFormat.PlainText)
        self._amount.setFont(theme.font("body", figures=True))
        self.chart = PartsChart(theme, 4, "")
        # Overdue, not yet due, and what the largest debtor owes more.
        self.chart.colors = (("held", 0.7), ("note", 0.4), ("line", 0.5))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._name, 1)
        row.addWidget(self._amount)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 3, 4, 6)
        layout.setSpacing(3)
        layout.addLayout(row)
        layout.addWidget(self.chart)
        for label in (self._name, self._amount):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def put(self, name: str, amount: str, values: Sequence[Value], target: Target) -> None:
        self._name.setText(name)
        self._amount.setText(amount)
        self.chart.put(values)
        self.target = target
        self.setAccessibleName(f"{name} {amount}")
        self.setAccessibleDescription(self.chart.accessibleDescription())
