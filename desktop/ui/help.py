"""Help without a network: one short page for each place of the window, in a window of its own."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.i18n import _
from desktop.paths import resource
from desktop.ui.help_text import HelpText
from desktop.ui.main_window import MainWindow
from desktop.ui.rail import Place, PlaceButton
from desktop.ui.shell import Shell

_SIZE = (920, 700)
_LEAST_SIZE = (600, 400)
_RAIL_WIDTH = 184
_NAME = "help"


class Topic(NamedTuple):
    """One page of help: the place of the rail that it is about, or a name of its own, and its title."""

    name: str
    title: str


def topics() -> list[Topic]:
    """In the order of the rail, then what belongs to no place."""
    return [
        Topic("start", _("First steps")),
        Topic("today", _("Today")),
        Topic("clients", _("Clients")),
        Topic("agreements", _("Agreements")),
        Topic("billables", _("Billables")),
        Topic("runs", _("Runs")),
        Topic("invoices", _("Invoices")),
        Topic("payments", _("Payments")),
        Topic("collections", _("Collections")),
        Topic("reports", _("Reports")),
        Topic("hygiene", _("Clean-up")),
        Topic("settings", _("Settings")),
        Topic("projects", _("Projects")),
        Topic("import", _("Import")),
        Topic("books", _("Books and backups")),
        Topic("commands", _("Command line")),
        Topic("lists", _("Lists")),
        Topic("keys", _("Keys")),
    ]


def topic_text(name: str) -> str:
    """The page in Markdown."""
    return resource(f"help/{name}.md").read_text(encoding="utf-8")


def show_help(shell: Shell, parent: QWidget, topic: str = "") -> None:
    """Show a topic, or the page of the place that is shown; a help window that is open comes to the front."""
    window = parent.window()
    here = topic or (window.here if isinstance(window, MainWindow) else "")
    found = window.findChild(HelpWindow, _NAME, Qt.FindChildOption.FindDirectChildrenOnly)
    if isinstance(found, HelpWindow):
        found.show_topic(here)
        found.raise_()
        found.activateWindow()
        return
    shown = HelpWindow(shell, window)
    shown.show_topic(here)
    shown.show()


class HelpWindow(QWidget):
    """The pages at the left, the chosen one beside them."""

    def __init__(self, shell: Shell, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName(_NAME)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Help – Sheaf"))
        self._theme = shell.theme
        self._memory = shell.memory
        self.topic = ""
        self.page = HelpText(shell.theme)
        self.page.asked.connect(self.show_topic)
        self._buttons: dict[str, PlaceButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._rail())
        layout.addWidget(self.page, 1)
        for keys in (QKeySequence(Qt.Key.Key_Escape), QKeySequence(QKeySequence.StandardKey.Close)):
            QShortcut(keys, self).activated.connect(self.close)
        px = shell.theme.px
        self.setMinimumSize(px(_LEAST_SIZE[0]), px(_LEAST_SIZE[1]))
        self.resize(px(_SIZE[0]), px(_SIZE[1]))
        self.restoreGeometry(self._memory.bytes(_NAME))
        self.page.setFocus()

    def show_topic(self, name: str) -> None:
        """Show a page; one that there is not shows the first steps."""
        self.topic = name if name in self._buttons else "start"
        self._buttons[self.topic].setChecked(True)
        self.page.show_text(topic_text(self.topic))

    def closeEvent(self, event: QCloseEvent) -> None:
        self._memory.put_bytes(_NAME, self.saveGeometry())
        super().closeEvent(event)

    def _rail(self) -> QFrame:
        rail = QFrame()
        rail.setObjectName("rail")
        rail.setFixedWidth(self._theme.px(_RAIL_WIDTH))
        group = QButtonGroup(self)
        layout = QVBoxLayout(rail)
        layout.setContentsMargins(12, 14, 11, 12)
        layout.setSpacing(2)
        for topic in topics():
            button = PlaceButton(Place(topic.name, topic.title, QWidget), self._theme)
            button.clicked.connect(lambda _on=False, name=topic.name: self.show_topic(name))
            group.addButton(button)
            layout.addWidget(button)
            self._buttons[topic.name] = button
        layout.addStretch(1)
        return rail
