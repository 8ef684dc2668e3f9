"""What an empty table says: what will stand there, and the action that fills it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.ui.actions import ActionButton


class EmptyState(QWidget):
    """A sentence with at most one action below it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._sentence = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._sentence.setProperty("role", "secondary")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(12)
        self._layout.addWidget(self._sentence)
        self._button: ActionButton | None = None
        self.hide()

    @property
    def words(self) -> str:
        return "" if self.isHidden() else self._sentence.text()

    def say(self, sentence: str, action: QAction | None = None) -> None:
        self._sentence.setText(sentence)
        if self._button is not None:
            self._button.deleteLater()
            self._button = None
        if action is not None:
            self._button = ActionButton(action)
            self._layout.addWidget(self._button, alignment=Qt.AlignmentFlag.AlignLeft)
            self._button.show()
        self.adjustSize()
        self.show()
