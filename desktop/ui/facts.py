"""What is known of a thing, in groups of a word and its value; as long as it is, it scrolls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QWidget

from desktop.ui.theme import Theme

_WORD_WIDTH = 92
_TOP = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


@dataclass(frozen=True)
class Fact:
    """A word and its value; with `open` the value can be pressed. An empty word gives the value the whole width."""

    word: str
    value: str
    open: Callable[[], object] | None = None


@dataclass(frozen=True)
class Group:
    """Facts that belong together. Those without a value are left out, and so is a group without facts."""

    title: str
    facts: Sequence[Fact]


class FactsView(QScrollArea):
    """Shows groups of facts below each other, their values under one another."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._shown: list[str] = []
        self.show_groups(())

    @property
    def words(self) -> str:
        """All that is shown, line by line."""
        return "\n".join(self._shown)

    def show_groups(self, groups: Sequence[Group], head: QWidget | None = None) -> None:
        """Show these groups, below a widget if there is one, which then belongs to the view."""
        self._shown = []
        sheet = QWidget()
        grid = QGridLayout(sheet)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, self._theme.px(_WORD_WIDTH))
        grid.setColumnStretch(1, 1)
        row = 0
        if head is not None:
            grid.addWidget(head, 0, 0, 1, 2)
            row = 1
        for group in groups:
            facts = [fact for fact in group.facts if fact.value]
            if not facts:
                continue
            row = self._begin(grid, row, group.title)
            for fact in facts:
                self._add(grid, row, fact)
                row += 1
        grid.setRowStretch(row, 1)
        before = self.takeWidget()
        if before is not None:
            before.deleteLater()
        self.setWidget(sheet)

    def _begin(self, grid: QGridLayout, row: int, title: str) -> int:
        if row:
            rule = QFrame()
            rule.setProperty("role", "rule")
            grid.addWidget(rule, row, 0, 1, 2)
            row += 1
        if title:
            heading = QLabel(title, textFormat=Qt.TextFormat.PlainText)
            heading.setProperty("role", "heading")
            grid.addWidget(heading, row, 0, 1, 2)
            self._shown.append(title)
            row += 1
        return row

    def _add(self, grid: QGridLayout, row: int, fact: Fact) -> None:
        value = self._value(fact)
        if not fact.word:
            grid.addWidget(value, row, 0, 1, 2)
        else:
            word = QLabel(fact.word, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
            word.setProperty("role", "secondary")
            word.setAlignment(_TOP)
            grid.addWidget(word, row, 0)
            grid.addWidget(value, row, 1)
        self._shown.append(f"{fact.word} {fact.value}".strip())

    def _value(self, fact: Fact) -> QWidget:
        label = QLabel(wordWrap=True)
        label.setAlignment(_TOP)
        label.setFont(self._theme.font("body", figures=True))
        if fact.open is None:
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setText(fact.value)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            return label
        # A link wraps where a button would push the pane wide, and takes the focus as one does.
        act = fact.open
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setText(f'<a href="#" style="text-decoration: none">{escape(fact.value)}</a>')
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        label.setAccessibleName(fact.value)
        label.linkActivated.connect(lambda _link: act())
        return label
