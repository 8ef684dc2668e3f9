"""The ledger: accounts, journal and what else keeps the books, each in a tab."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from desktop.i18n import _, pgettext
from desktop.ui.desk import Desk
from desktop.ui.page import Page
from desktop.ui.rail import Place

_MARGIN = 24
_LAST = "ledger_tab"
_TAB = "tab:"


def tabs(desk: Desk) -> Sequence[Place]:
    """In the order of the work; each is imported when it is first looked at."""

    def accounts() -> QWidget:
        from desktop.ui.ledger.accounts import AccountsTab

        return AccountsTab(desk)

    def journal() -> QWidget:
        from desktop.ui.ledger.journal import JournalTab

        return JournalTab(desk)

    def recognition() -> QWidget:
        from desktop.ui.ledger.recognition import RecognitionTab

        return RecognitionTab(desk)

    def closing() -> QWidget:
        from desktop.ui.ledger.closing import ClosingTab

        return ClosingTab(desk)

    built: Sequence[tuple[str, str, Callable[[], QWidget]]] = (
        ("accounts", _("Accounts"), accounts),
        ("journal", _("Journal"), journal),
        ("recognition", _("Recognition"), recognition),
        ("closing", pgettext("ledger", "Closing"), closing),
    )
    return [Place(name, title, build) for name, title, build in built]


class LedgerPage(QWidget):
    """Opens on the tab where the person was last. Ctrl+PgUp and Ctrl+PgDown, or Ctrl+Tab, walk through the tabs."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._places = {place.name: place for place in tabs(desk)}
        self._shown: dict[str, QWidget] = {}
        self.tab = ""
        self.bar = QTabBar(expanding=False, drawBase=False, usesScrollButtons=True)
        self.bar.setAccessibleName(_("What is shown of the ledger"))
        for place in self._places.values():
            self.bar.addTab(place.title)
        self._stack = QStackedWidget()
        self._stack.setObjectName("pages")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        bar = QVBoxLayout()
        bar.setContentsMargins(_MARGIN, 14, _MARGIN, 0)
        bar.addWidget(self.bar)
        layout.addLayout(bar)
        layout.addWidget(self._stack, 1)
        self.bar.currentChanged.connect(self._follow)
        for keys, step in (("Ctrl+PgUp", -1), ("Ctrl+PgDown", 1), ("Ctrl+Shift+Tab", -1), ("Ctrl+Tab", 1)):
            shortcut = QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda step=step: self._walk(step))

    def show_tab(self, name: str) -> QWidget:
        """Show a tab by its name, such as `accounts` or `journal`."""
        if name not in self._shown:
            self._shown[name] = self._places[name].build()
            self._stack.addWidget(self._shown[name])
        self.tab = name
        # The help looks for it by its title.
        self.setProperty("section", self._places[name].title)
        self.setProperty("section_name", name)
        self._stack.setCurrentWidget(self._shown[name])
        self.bar.setCurrentIndex(list(self._places).index(name))
        self._desk.shell.memory.put(_LAST, name)
        return self._shown[name]

    def show_query(self, filters: frozenset[str], search: str = "") -> None:
        """Show the tab that a filter such as `tab:journal` names, and there what the others and the search leave."""
        named = next((one.removeprefix(_TAB) for one in filters if one.startswith(_TAB)), "")
        page = self.show_tab(named if named in self._places else next(iter(self._places)))
        rest = frozenset(one for one in filters if not one.startswith(_TAB))
        if isinstance(page, Page):
            page.show_query(rest, search)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.tab:
            last = self._desk.shell.memory.get(_LAST)
            self.show_tab(last if isinstance(last, str) and last in self._places else next(iter(self._places)))

    def _follow(self, place: int) -> None:
        self.show_tab(list(self._places)[place])

    def _walk(self, step: int) -> None:
        names = list(self._places)
        place = names.index(self.tab) if self.tab in names else 0
        self.show_tab(names[(place + step) % len(names)])
