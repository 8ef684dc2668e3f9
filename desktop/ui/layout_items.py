"""Items of layouts that PySide showed to Python, let go before Qt deletes them.

Whoever adds a filled layout to another gets an object for each of its items. Qt deletes an item with its widget and
tells nobody; what Qt puts in its place in memory is taken for the old one when it dies, and takes the program with it.
"""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QLayoutItem, QSpacerItem, QWidgetItem

from desktop.ui.wrapping import WrappingRow

_ITEMS = (QWidgetItem, QSpacerItem)


def shown_items() -> list[QLayoutItem]:
    """Those that Python knows and nobody needs; a row that wraps holds its own and hears when one is taken."""
    there = shiboken6.getAllValidWrappers()
    own = {id(item) for row in there if type(row) is WrappingRow for item in row.items}
    return [
        one for one in there if isinstance(one, _ITEMS) and id(one) not in own and not shiboken6.createdByPython(one)
    ]


def forget_items() -> None:
    for one in shown_items():
        shiboken6.invalidate(one)
