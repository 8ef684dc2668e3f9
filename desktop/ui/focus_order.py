"""Tab goes through a window as one reads it: by the order of the layouts, whatever was made first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QMainWindow, QScrollArea, QSplitter, QStackedWidget, QTabWidget, QWidget


def follow_layout(root: QWidget) -> None:
    """Bring the Tab order of all that stands in a widget into the order of its layouts. Call it when one is filled."""
    stops = [widget for widget in _in_order(root) if widget.focusPolicy() & Qt.FocusPolicy.TabFocus]
    for before, after in pairwise(stops):
        QWidget.setTabOrder(before, after)


def _in_order(widget: QWidget) -> Iterator[QWidget]:
    yield widget
    for child in _children(widget):
        yield from _in_order(child)


def _children(widget: QWidget) -> Iterator[QWidget]:
    if isinstance(widget, QSplitter | QStackedWidget | QTabWidget):
        if isinstance(widget, QTabWidget):
            yield widget.tabBar()
        for place in range(widget.count()):
            page = widget.widget(place)
            if page is not None:
                yield page
    elif isinstance(widget, QScrollArea | QMainWindow):
        inside = widget.widget() if isinstance(widget, QScrollArea) else widget.centralWidget()
        if inside is not None:
            yield inside
    else:
        layout = widget.layout()
        if layout is not None:
            yield from _laid_out(layout)


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    for place in range(layout.count()):
        item = layout.itemAt(place)
        if item is None:
            continue
        inside, widget = item.layout(), item.widget()
        if widget is not None:
            yield widget
        elif inside is not None:
            yield from _laid_out(inside)
