"""Help without a network: one short page for each place of the window, in a window of its own."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.i18n import _
from desktop.paths import resource
from desktop.ui.help_text import HelpText
from desktop.ui.main_window import MainWindow
from desktop.ui.page import Page
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
        Topic("outbox", _("Outbox")),
        Topic("payments", _("Payments")),
        Topic("bank", _("Bank")),
        Topic("collections", _("Collections")),
        Topic("reports", _("Reports")),
        Topic("ledger", _("Ledger")),
        Topic("hygiene", _("Clean-up")),
        Topic("settings", _("Settings")),
        Topic("templates", _("Templates")),
        Topic("mail_accounts", _("E-mail accounts")),
        Topic("schedule", _("Schedule")),
        Topic("projects", _("Projects")),
        Topic("archive", _("For the accountant")),
        Topic("import", _("Import")),
        Topic("books", _("Books and backups")),
        Topic("people", _("People and passphrases")),
        Topic("configuration", _("Configuration and sandbox")),
        Topic("privacy", _("Trust and privacy")),
        Topic("commands", _("Command line")),
        Topic("lists", _("Lists")),
        Topic("keys", _("Keys")),
    ]


def topic_text(name: str) -> str:
    """The page in Markdown."""
    return resource(f"help/{name}.md").read_text(encoding="utf-8")


def show_help(shell: Shell, parent: QWidget, topic: str = "") -> None:
    """Show a topic, or the page of the place where one is; a help window that is open comes to the front."""
    window = parent.window()
    at = ""
    if not topic:
        topic, at = _place_of(window)
    found = window.findChild(HelpWindow, _NAME, Qt.FindChildOption.FindDirectChildrenOnly)
    if isinstance(found, HelpWindow):
        found.show_topic(topic, at)
        found.raise_()
        found.activateWindow()
        return
    shown = HelpWindow(shell, window)
    shown.show_topic(topic, at)
    shown.show()


# Pages that lie above a place, or in a window of their own, and the topic that tells of them.
_OTHER_PAGES = {
    "impact": "configuration",
    "configuration_history": "configuration",
    "sandbox_comparison": "configuration",
    "review": "runs",
    "outcomes": "runs",
    "changes": "books",
    "imports": "import",
    "guide": "start",
    "mail": "outbox",
    "bank_statements": "bank",
    "bank_passes": "bank",
}

# Sections of the settings that have a page of their own.
_SECTIONS = {
    "configuration": "configuration",
    "people": "people",
    "privacy": "privacy",
    "schedules": "schedule",
    "mail": "mail_accounts",
}


def _place_of(window: QWidget) -> tuple[str, str]:
    """The topic of a window, and words of the page that are to be looked for in it."""
    if window.objectName() in _OTHER_PAGES:
        return _OTHER_PAGES[window.objectName()], ""
    main: QWidget | None = window
    while main is not None and not isinstance(main, MainWindow):
        above = main.parentWidget()
        main = above.window() if above is not None else None
    if main is None:
        return "", ""
    page = main.page
    name = page.design.name if isinstance(page, Page) else page.objectName() if page is not None else ""
    known = {topic.name for topic in topics()}
    if page is not None and (section := page.property("section")):
        own = _SECTIONS.get(str(page.property("section_name")))
        return (own, "") if own else (main.here, str(section))
    return (name if name in known else _OTHER_PAGES.get(name, main.here)), ""


def help_key(shell: Shell, dialog: QWidget, topic: str = "") -> None:
    """Let F1 open the help from a dialog, which the keys of the window do not reach."""
    QShortcut(QKeySequence(Qt.Key.Key_F1), dialog).activated.connect(lambda: show_help(shell, dialog, topic))


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
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("Search help"))
        self.search.setAccessibleName(_("Search help"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._look_for)
        self.search.returnPressed.connect(self._go_on)
        self._nothing = QLabel(_("No page has these words."), wordWrap=True)
        self._nothing.setProperty("role", "secondary")
        self._nothing.hide()
        self._buttons: dict[str, PlaceButton] = {}
        self._texts: dict[str, str] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._rail())
        layout.addWidget(self.page, 1)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self).activated.connect(self.search.setFocus)
        for keys in (QKeySequence(Qt.Key.Key_Escape), QKeySequence(QKeySequence.StandardKey.Close)):
            QShortcut(keys, self).activated.connect(self.close)
        px = shell.theme.px
        self.setMinimumSize(px(_LEAST_SIZE[0]), px(_LEAST_SIZE[1]))
        self.resize(px(_SIZE[0]), px(_SIZE[1]))
        self.restoreGeometry(self._memory.bytes(_NAME))
        self.page.setFocus()

    def show_topic(self, name: str, at: str = "") -> None:
        """Show a page, where these words stand first; one that there is not shows the first steps."""
        self.topic = name if name in self._buttons else "start"
        self._buttons[self.topic].setChecked(True)
        self.page.show_text(topic_text(self.topic))
        if at:
            self.page.find(at)

    def _look_for(self, typed: str) -> None:
        """Offer the pages that have all these words, and show the first place of the first."""
        words = typed.casefold().split()
        found = [name for name in self._buttons if all(word in self._texts[name] for word in words)]
        for name, button in self._buttons.items():
            button.setVisible(name in found)
        self._nothing.setVisible(not found)
        if words and found:
            self.show_topic(self.topic if self.topic in found else found[0], typed.split()[0])

    def _go_on(self) -> None:
        """To the next place, and from the last one round to the first."""
        words = self.search.text().split()
        if words and not self.page.find(words[0]):
            self.page.moveCursor(QTextCursor.MoveOperation.Start)
            self.page.find(words[0])

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
        layout.addWidget(self.search)
        layout.addSpacing(8)
        for topic in topics():
            self._texts[topic.name] = f"{topic.title} {topic_text(topic.name)}".casefold()
            button = PlaceButton(Place(topic.name, topic.title, QWidget), self._theme)
            button.clicked.connect(lambda _on=False, name=topic.name: self.show_topic(name))
            group.addButton(button)
            layout.addWidget(button)
            self._buttons[topic.name] = button
        layout.addWidget(self._nothing)
        layout.addStretch(1)
        return rail
