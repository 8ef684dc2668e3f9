"""The pane at the right of a table: the thing itself, its facts, what can be done with it, and why."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.ui.actions import Actions

Fact = tuple[str, str]


class DetailPane(QWidget):
    """Heading, a body of the page's own, facts, buttons, and the reason in a sentence at the foot."""

    titled = Signal(object)  # the heading, whenever a thing is shown

    def __init__(self, actions: Actions, buttons: Sequence[str] = (), body: QWidget | None = None) -> None:
        super().__init__()
        self._heading, self._aside, self._reason = _label("strong"), _label("secondary"), _label("secondary")
        self._heading.setWordWrap(True)
        self._reason.setWordWrap(True)
        self._aside.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        head = QHBoxLayout()
        head.addWidget(self._heading, 1)
        head.addWidget(self._aside)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(12)
        self._facts.setVerticalSpacing(6)
        self._facts.setColumnStretch(1, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        for place, one in enumerate(buttons):
            # The first is what is most often done with it.
            row.addWidget(actions.button(one, "main" if place == 0 else ""))
        row.addStretch(1)
        self._buttons = QWidget()
        self._buttons.setLayout(row)
        row.setContentsMargins(0, 0, 0, 0)
        self._has_buttons = bool(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addLayout(self._facts)
        if body is None:
            layout.addStretch(1)
        else:
            layout.addWidget(body, 1)
        layout.addWidget(self._buttons)
        layout.addWidget(self._reason)

    @property
    def heading(self) -> str:
        return self._heading.text()

    @property
    def reason(self) -> str:
        """What it says below the facts."""
        return self._reason.text()

    def show_thing(self, heading: str, aside: str = "", facts: Sequence[Fact] = (), reason: str = "") -> None:
        """Facts are pairs of a word and its value; one with an empty word is a rule between groups."""
        self._heading.setText(heading)
        self._aside.setText(aside)
        self._reason.setText(reason)
        self._reason.setVisible(bool(reason))
        # Without a thing there is nothing to do with it.
        self._buttons.setVisible(self._has_buttons and bool(heading))
        self.titled.emit(heading)
        self._clear_facts()
        for row, (word, value) in enumerate(facts):
            if not word:
                rule = QFrame()
                rule.setProperty("role", "rule")
                self._facts.addWidget(rule, row, 0, 1, 2)
                continue
            name, shown = _label("secondary"), _label("")
            name.setText(word)
            name.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            shown.setText(value)
            shown.setWordWrap(True)
            self._facts.addWidget(name, row, 0)
            self._facts.addWidget(shown, row, 1)

    def _clear_facts(self) -> None:
        while item := self._facts.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()


def _label(role: str) -> QLabel:
    made = QLabel(textFormat=Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    if not role:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made
