"""A form above a table that it is about: what a payment settles, which lines are credited."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from desktop.jobs import Job
from desktop.ui.columns import Column
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Form
from desktop.ui.listing import Listing
from desktop.ui.repolish import repolish
from desktop.ui.rows_model import RowsModel
from desktop.ui.shell import Shell
from desktop.ui.table import Empty, Table

_TABLE_HEIGHT = 190
# What follows from a figure is asked for when its typing pauses.
_TYPING_MS = 200


class TableFormDialog(FormDialog):
    """The rows selected in the table belong to what is saved. A dialog of its own overrides `follow`."""

    def __init__(
        self,
        shell: Shell,
        title: str,
        form: Form,
        verb: str,
        save: Callable[[dict[str, object]], Job],
        parent: QWidget,
        *,
        name: str,
        listing: Listing,
        columns: Sequence[Column],
        empty: str,
        hint: str = "",
        width: int = 640,
    ) -> None:
        super().__init__(shell, title, form, verb, save, parent)
        self.model = RowsModel(listing, columns, shell.jobs, shell.home_currency)
        self.table = Table(self.model, shell.theme, shell.memory, shell.jobs, name)
        self.table.setAccessibleName(title)
        self.table.setMinimumHeight(shell.theme.px(_TABLE_HEIGHT))
        self.table.set_empty(Empty(empty), Empty(empty))
        self._sentence = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._sentence.hide()
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.setStretch(0, 0)
        if hint:
            words = QLabel(hint, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
            words.setProperty("role", "note")
            layout.insertWidget(1, words)
        layout.insertWidget(layout.count() - 2, self._card(), 1)
        layout.insertWidget(layout.count() - 2, self._sentence)
        wanted = form.sizeHint().height()
        self._scroll.setMinimumHeight(min(wanted + 4, shell.theme.px(330)))
        self.resize(max(shell.theme.px(width), self.width()), wanted + shell.theme.px(_TABLE_HEIGHT) + 190)
        self._pause = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._pause.timeout.connect(self.follow)
        form.changed.connect(self._pause.start)
        self.table.selection_changed.connect(self._pause.start)

    @property
    def sentence(self) -> str:
        """What the dialog says of what would be saved."""
        return "" if self._sentence.isHidden() else self._sentence.text()

    def follow(self) -> None:
        """The form or the selection has changed: show what follows from it."""

    def say(self, sentence: str, *, wrong: bool = False) -> None:
        """Tell what would be saved, or what keeps it from being saved."""
        self._sentence.setText(sentence)
        self._sentence.setProperty("role", "problem" if wrong else "strong")
        repolish(self._sentence)
        self._sentence.setVisible(bool(sentence))

    def _card(self) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.table)
        return card
