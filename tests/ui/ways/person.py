"""Someone at the window: real clicks on what can be seen, real keys to what has the focus, and a count of both."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QPushButton, QWidget

from desktop.ui.form import Form
from tests.ui.program import Driver


class Person:
    """`clicks` and `keys` count what the person did. A widget that cannot be seen cannot be clicked."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.clicks = 0
        self.keys = 0
        # Offscreen nobody activates a window; without that no shortcut works.
        driver.window.activateWindow()
        driver.until(driver.window.isActiveWindow)

    # Mouse

    def click(self, text: str, within: QWidget | None = None) -> None:
        """Press the button that says this, in the dialog that is open or in the window."""
        button = self.button(text, within)
        self.clicks += 1
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(button.width() // 2, button.height() // 2))
        self.driver.settle()

    def button(self, text: str, within: QWidget | None = None) -> QAbstractButton:
        place = within or self.front
        found = [
            one
            for one in place.findChildren(QAbstractButton)
            if one.isVisible() and (one.text().replace("&", "") == text or one.accessibleName() == text)
        ]
        assert found, f"no button {text!r}; there are {self.offered(place)}"
        # What was just chosen may take a moment to make it possible.
        self.driver.until(found[0].isEnabled)
        return found[0]

    def offered(self, within: QWidget | None = None) -> list[str]:
        """What the buttons in view say."""
        place = within or self.front
        return [one.text() for one in place.findChildren(QPushButton) if one.isVisible() and one.text()]

    # Keys

    def press(self, *keys: str) -> None:
        """One key after the other, each as a shortcut is written: "A", "Down", "Ctrl+Return"."""
        for key in keys:
            self.keys += 1
            self._press(key)
            self.driver.settle()

    def _press(self, written: str) -> None:
        *modifiers, name = written.split("+") if written != "+" else [written]
        held = Qt.KeyboardModifier.NoModifier
        for one in modifiers:
            held |= {"Ctrl": Qt.KeyboardModifier.ControlModifier, "Shift": Qt.KeyboardModifier.ShiftModifier,
                     "Alt": Qt.KeyboardModifier.AltModifier}[one]  # fmt: skip
        key = getattr(Qt.Key, f"Key_{name if len(name) > 1 else name.upper()}")
        # A window manager would hand the keys on when a dialog closes; offscreen there is none.
        front = self.front
        front.activateWindow()
        self.driver.until(front.isActiveWindow)
        QTest.keyClick(self.focus, key, held)

    def fill(self, **texts: str) -> None:
        """Write into the fields of the form in front, each in place of what stands there, and leave it by Tab."""
        form = self.front.findChild(Form)
        assert form is not None
        for key, text in texts.items():
            editor = form.editor(key)
            assert isinstance(editor, QWidget)
            editor.setFocus()
            QTest.keySequence(editor, QKeySequence.StandardKey.SelectAll)
            self.write(text)
            QTest.keyClick(self.focus, Qt.Key.Key_Tab)
            self.driver.settle()

    def write(self, text: str) -> None:
        """Type into what has the focus."""
        self.keys += len(text)
        QTest.keyClicks(self.focus, text)

    @property
    def focus(self) -> QWidget:
        return self.front.focusWidget() or self.front

    # What is in view

    @property
    def front(self) -> QWidget:
        """The dialog that lies before everything, else the window."""
        dialogs = [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]
        return dialogs[-1] if dialogs else self.driver.window

    def dialog(self) -> QDialog:
        self.driver.until(lambda: isinstance(self.front, QDialog))
        front = self.front
        assert isinstance(front, QDialog)
        front.activateWindow()
        return front

    def until(self, holds: Callable[[], bool]) -> None:
        self.driver.until(holds)
        self.driver.settle()
