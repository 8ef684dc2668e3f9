"""Changes one's own passphrase, the old one first."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.i18n import _
from desktop.services.access.passphrases import change_own
from desktop.services.problems import ValidationError
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Section
from desktop.ui.settings.asking import ask


def ask_own_passphrase(desk: Desk, parent: QWidget) -> FormDialog:
    """Ask for the old and the new passphrase, and change it."""
    fields = [
        Field("old", _("Present passphrase"), "password", required=True),
        Field("new", _("New passphrase"), "password", required=True, note=passphrase_note()),
        Field("again", _("Once more"), "password", required=True),
    ]
    book = desk.book

    def work(typed: dict[str, object]) -> None:
        change_own(book, str(typed["old"]), typed_twice(typed))

    return ask(desk, parent, _("My passphrase"), [Section("", fields)], {}, _("Change"), work, _("Passphrase changed."))


def passphrase_note() -> str:
    return _("At least 8 characters. A few words that only you put together are easy to keep and hard to guess.")


def typed_twice(typed: dict[str, object]) -> str:
    """The new passphrase. ValidationError where it was typed once so and once otherwise."""
    if typed["new"] != typed["again"]:
        raise ValidationError({"again": _("The two are not the same.")})
    return str(typed["new"])
