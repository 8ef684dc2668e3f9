"""Tab goes through a window as one reads it: by the order of the layouts, whatever was made first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QMainWindow, QScrollArea, QSplitter, QStackedWidget, QTabWidget, QWidget

from desktop.ui.layout_items import forget_items


def follow_layout(root: QWidget) -> None:
    """Bring the Tab order of all that stands in a widget into the order of its layouts. Call it when one is filled."""
    stops = [widget for widget in _in_order(root) if widget.focusPolicy() & Qt.FocusPolicy.TabFocus]
    for before, after in pairwise(stops):
        QWidget.setTabOrder(before, after)
    # Whoever filled it has just added layouts to layouts.
    forget_items()


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
            widgets = [child for child in widget.children() if isinstance(child, QWidget)]
            yield from _laid_out(layout, widgets)


def _laid_out(layout: QLayout, widgets: list[QWidget]) -> Iterator[QWidget]:
    """Asks where each one stands, never what stands where: Python would keep an item that it was given, though Qt
    deletes it with its widget and tells nobody, and whatever next takes its place in memory dies by it."""
    nested = [child for child in layout.children() if isinstance(child, QLayout)]
    parts: dict[int, QWidget | QLayout] = {layout.indexOf(one): one for one in widgets}
    parts |= {layout.indexOf(one): one for one in nested}
    for place in sorted(parts):
        part = parts[place]
        if place < 0:
            # It stands in another layout.
            continue
        if isinstance(part, QLayout):
            yield from _laid_out(part, widgets)
        else:
            yield part
