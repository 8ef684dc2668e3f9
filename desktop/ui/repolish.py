"""Lets the stylesheet see that a property of a widget changed, which Qt does not notice by itself."""

from PySide6.QtWidgets import QWidget


def repolish(widget: QWidget) -> None:
    widget.style().unpolish(widget)
    widget.style().polish(widget)
