"""A report's picture with its title, and the sentences that belong to its figures."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.i18n import _
from desktop.services.reports import Chart, Report
from desktop.ui.charts.limits import LimitsChart
from desktop.ui.charts.plot import Plot
from desktop.ui.charts.ranges import RangesChart
from desktop.ui.theme import Theme

_HEIGHT = 168


class Picture(QWidget):
    """Hidden where a report has neither a picture nor anything to say."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._title, self._notes, self._key = (
            QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText),
            QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText),
            QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText),
        )
        self._title.setProperty("role", "heading")
        self._notes.setProperty("role", "secondary")
        self._key.setProperty("role", "note")
        for label in (self._title, self._notes, self._key):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.charts: dict[str, Plot] = {"line": LimitsChart(theme, _HEIGHT), "bars": RangesChart(theme, _HEIGHT)}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(6)
        layout.addWidget(self._notes)
        layout.addWidget(self._title)
        for chart in self.charts.values():
            layout.addWidget(chart)
        layout.addWidget(self._key)
        self.hide()

    @property
    def notes(self) -> str:
        return self._notes.text()

    @property
    def chart(self) -> Plot | None:
        """What is shown."""
        return next((chart for chart in self.charts.values() if not chart.isHidden()), None)

    def show_report(self, made: Report | None) -> None:
        told = made.chart if made is not None and made.chart is not None and made.chart.says_anything else None
        notes = "\n".join(made.notes) if made is not None else ""
        self._notes.setText(notes)
        self._notes.setVisible(bool(notes))
        self._title.setText(told.title if told else "")
        self._title.setVisible(told is not None)
        for shape, chart in self.charts.items():
            chart.setVisible(told is not None and shape == told.shape)
            if told is not None and shape == told.shape:
                chart.show_told(told)
        self._key.setText(_key(told) if told else "")
        self._key.setVisible(bool(self._key.text()))
        self.setVisible(told is not None or bool(notes))


def _key(told: Chart) -> str:
    """How the picture is read."""
    if told.shape == "bars":
        return _("Bar: what is expected. Line: the range that held what came in four of five past month ends.")
    if any(mark.centre is not None for mark in told.marks):
        return _("Dashed: the limits of what is usual. Solid: the centre. A diamond: more than chance.")
    return ""
