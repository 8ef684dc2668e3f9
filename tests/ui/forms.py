"""What a person does in dialogs, for tests of pages: find the one that is open, choose, save, take back."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QPushButton

from desktop.ui.dialog import FormDialog
from desktop.ui.editors import ChoiceEditor
from desktop.ui.form import Form
from tests.ui.program import Driver


def open_dialogs() -> list[FormDialog]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, FormDialog) and one.isVisible()]


def dialog(driver: Driver) -> FormDialog:
    driver.until(lambda: bool(open_dialogs()))
    return open_dialogs()[0]


def save(driver: Driver, shown: FormDialog) -> bool:
    """Press the verb; whether the dialog closed upon it."""
    shown.accept()
    driver.settle()
    return not open_dialogs()


def choose(driver: Driver, form: Form, key: str, value: object) -> None:
    """Choose as a person does, which the form hears."""
    editor = form.editor(key)
    assert isinstance(editor, ChoiceEditor)
    editor.put(value)
    editor.activated.emit(editor.currentIndex())
    driver.settle()


def write(form: Form, **texts: str) -> None:
    """Type texts into fields."""
    for key, text in texts.items():
        editor = form.editor(key)
        editor.setText(text)  # type: ignore[union-attr]
        editor.changed.emit()


def said_at(form: Form, key: str) -> str:
    """What stands below a field."""
    return form.editor(key).accessibleDescription()


def press(driver: Driver, text: str) -> None:
    """Press the button with this text in the notice."""
    notices = driver.window.notices
    button = next(one for one in notices.findChildren(QPushButton) if one.text() == text and not one.isHidden())
    button.click()
    driver.settle()
