"""From what was found about a draft to the field that mends it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from PySide6.QtWidgets import QWidget

from desktop.ui.agreements.form import edit_agreement
from desktop.ui.clients.form import edit_client
from desktop.ui.desk import Desk
from desktop.ui.settings.firm import FirmSection
from desktop.ui.settings.page import SettingsPage

# What stands on the client's page and not in its form.
_ON_THE_PAGE: Final = ("account", "delivery_address")
_SECTIONS: Final = {"firm": "firm", "item": "items", "tax_code": "taxes", "exchange": "currencies"}
_WAYS: Final = frozenset({"client", "agreement", *_SECTIONS})


def field_to_mend(findings: Iterable[tuple[str, str, str, str, str]]) -> str:
    """The first field that one of the findings (code, severity, message, remedy, field) names; empty without any."""
    return next((one[4] for one in findings if one[4].partition(":")[0] in _WAYS), "")


def mend(desk: Desk, parent: QWidget, field: str, mended: Callable[[], object]) -> None:
    """Open what holds a field, such as client:12:tax_id, and begin there; `mended` hears of a form that was saved."""
    subject, key, column = [*field.split(":"), "", ""][:3]
    if (subject, column) == ("firm", "rate"):
        subject = "exchange"
    if subject in _SECTIONS:
        page = desk.shell.go("settings")
        assert isinstance(page, SettingsPage)
        section = page.show_section(_SECTIONS[subject])
        if isinstance(section, FirmSection):
            section.focus_on(column)
    elif subject == "client" and column in _ON_THE_PAGE:
        desk.shell.go("clients", int(key))
    elif subject == "client":
        edit_client(desk, parent, int(key), lambda _id: mended(), column)
    elif subject == "agreement":
        edit_agreement(desk, parent, int(key), lambda _id: mended(), field=column)
