"""Settings: the sections at the left, the one that is chosen beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.i18n import _
from desktop.ui.desk import Desk
from desktop.ui.rail import Place, PlaceButton

_WIDTH = 176
_LAST = "settings_section"


def sections(desk: Desk) -> Sequence[Place]:
    """In the order in which a new book needs them; each is imported when it is first looked at."""

    def firm() -> QWidget:
        from desktop.ui.settings.firm import FirmSection

        return FirmSection(desk)

    def segments() -> QWidget:
        from desktop.ui.settings.segments import SegmentsSection

        return SegmentsSection(desk)

    def items() -> QWidget:
        from desktop.ui.settings.items import ItemsSection

        return ItemsSection(desk)

    def taxes() -> QWidget:
        from desktop.ui.settings.taxes import TaxesSection

        return TaxesSection(desk)

    def tax_rules() -> QWidget:
        from desktop.ui.settings.tax_rules import TaxRulesSection

        return TaxRulesSection(desk)

    def series() -> QWidget:
        from desktop.ui.settings.series import SeriesSection

        return SeriesSection(desk)

    def gate() -> QWidget:
        from desktop.ui.settings.gate import GateSection

        return GateSection(desk)

    def templates() -> QWidget:
        from desktop.ui.settings.templates import TemplatesSection

        return TemplatesSection(desk)

    def mail() -> QWidget:
        from desktop.ui.settings.mail_accounts import MailAccountsSection

        return MailAccountsSection(desk)

    def mail_texts() -> QWidget:
        from desktop.ui.settings.mail_texts import MailTextsSection

        return MailTextsSection(desk)

    def reminders() -> QWidget:
        from desktop.ui.settings.reminders import RemindersSection

        return RemindersSection(desk)

    def bank() -> QWidget:
        from desktop.ui.settings.bank import BankSection

        return BankSection(desk)

    def people() -> QWidget:
        from desktop.ui.settings.people import PeopleSection

        return PeopleSection(desk)

    def configuration() -> QWidget:
        from desktop.ui.configuration.section import ConfigurationSection

        return ConfigurationSection(desk)

    def currencies() -> QWidget:
        from desktop.ui.settings.currencies import CurrenciesSection

        return CurrenciesSection(desk)

    def accounts() -> QWidget:
        from desktop.ui.settings.accounts import AccountsSection

        return AccountsSection(desk)

    def imports() -> QWidget:
        from desktop.ui.settings.imports import ImportsSection

        return ImportsSection(desk)

    def schedules() -> QWidget:
        from desktop.ui.settings.schedules import SchedulesSection

        return SchedulesSection(desk)

    def backups() -> QWidget:
        from desktop.ui.settings.backups import BackupsSection

        return BackupsSection(desk)

    def security() -> QWidget:
        from desktop.ui.settings.security import SecuritySection

        return SecuritySection(desk)

    def privacy() -> QWidget:
        from desktop.ui.settings.privacy import PrivacySection

        return PrivacySection(desk)

    def appearance() -> QWidget:
        from desktop.ui.settings.appearance import AppearanceSection

        return AppearanceSection(desk)

    built: Sequence[tuple[str, str, Callable[[], QWidget]]] = (
        ("firm", _("Firm"), firm),
        ("items", _("Items and prices"), items),
        ("segments", _("Segments"), segments),
        ("taxes", _("Taxes"), taxes),
        ("tax_rules", _("Tax by place"), tax_rules),
        ("series", _("Number series"), series),
        ("templates", _("Templates"), templates),
        ("mail", _("E-mail accounts"), mail),
        ("mail_texts", _("E-mail texts"), mail_texts),
        ("gate", _("Rules of the gate"), gate),
        ("bank", _("Bank"), bank),
        ("reminders", _("Reminders"), reminders),
        ("people", _("People and limits"), people),
        ("configuration", _("Configuration"), configuration),
        ("currencies", _("Currencies"), currencies),
        ("accounts", _("Chart of accounts"), accounts),
        ("schedules", _("Schedule"), schedules),
        ("imports", _("Imports"), imports),
        ("backups", _("Backups"), backups),
        ("security", _("Security"), security),
        ("privacy", _("Privacy"), privacy),
        ("appearance", _("Appearance"), appearance),
    )
    return [Place(name, title, build) for name, title, build in built]


class SettingsPage(QWidget):
    """Opens where the person was last. Ctrl+PgUp and Ctrl+PgDown walk through the sections."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._places = {place.name: place for place in sections(desk)}
        self._shown: dict[str, QWidget] = {}
        self.section = ""
        self._stack = QStackedWidget()
        self._stack.setObjectName("pages")
        self._buttons: dict[str, PlaceButton] = {}
        group = QButtonGroup(self)
        title = QLabel(_("Settings"))
        title.setProperty("role", "title")
        title.setContentsMargins(24, 18, 0, 10)
        column = QVBoxLayout()
        column.setContentsMargins(16, 0, 12, 16)
        column.setSpacing(2)
        for name, place in self._places.items():
            button = PlaceButton(place, desk.shell.theme)
            button.clicked.connect(lambda _on=False, name=name: self.show_section(name))
            group.addButton(button)
            column.addWidget(button)
            self._buttons[name] = button
        column.addStretch(1)
        names = QWidget()
        names.setLayout(column)
        self._names = QScrollArea()
        self._names.setWidget(names)
        self._names.setWidgetResizable(True)
        self._names.setFrameShape(QFrame.Shape.NoFrame)
        self._names.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # The names themselves take the focus.
        self._names.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        headed = QVBoxLayout()
        headed.setContentsMargins(0, 0, 0, 0)
        headed.setSpacing(0)
        headed.addWidget(title)
        headed.addWidget(self._names, 1)
        side = QWidget()
        side.setLayout(headed)
        side.setMinimumWidth(desk.shell.theme.px(_WIDTH) + 28)
        side.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        rule = QFrame()
        rule.setProperty("role", "side")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(side)
        layout.addWidget(rule)
        layout.addWidget(self._stack, 1)
        for keys, step in (("Ctrl+PgUp", -1), ("Ctrl+PgDown", 1)):
            shortcut = QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda step=step: self._walk(step))

    def show_section(self, name: str) -> QWidget:
        """Show a section by its name, such as `firm` or `gate`."""
        if name not in self._shown:
            self._shown[name] = self._places[name].build()
            self._stack.addWidget(self._shown[name])
        self.section = name
        # The help looks for it by its title.
        self.setProperty("section", self._places[name].title)
        self.setProperty("section_name", name)
        self._stack.setCurrentWidget(self._shown[name])
        self._buttons[name].setChecked(True)
        self._names.ensureWidgetVisible(self._buttons[name])
        self._desk.shell.memory.put(_LAST, name)
        return self._shown[name]

    def show_query(self, filters: frozenset[str], _search: str = "") -> None:
        """Show the section that a filter such as `section:firm` names."""
        for name in self._places:
            if f"section:{name}" in filters:
                self.show_section(name)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.section:
            last = self._desk.shell.memory.get(_LAST)
            self.show_section(last if isinstance(last, str) and last in self._places else "firm")

    def _walk(self, step: int) -> None:
        names = list(self._places)
        place = names.index(self.section) if self.section in names else 0
        self.show_section(names[(place + step) % len(names)])
