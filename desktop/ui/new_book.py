"""Begins a book: the firm's name, country, currency and language, then where the file lies."""

from __future__ import annotations

import getpass
import re
from collections.abc import Callable
from pathlib import Path

from babel import Locale
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.i18n import _, naming_locale
from desktop.jobs import Job
from desktop.paths import documents_dir
from desktop.services import books
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.shell import Shell

_LANGUAGES = (("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español"), ("hi", "हिन्दी"))
_CURRENCIES = ("EUR", "USD", "GBP", "CHF", "PLN", "SEK", "NOK", "DKK", "CZK", "HUF", "RON", "JPY", "CAD", "AUD", "INR")


def ask_new_book(shell: Shell, parent: QWidget, made: Callable[[object], object]) -> None:
    """Ask for the firm, then for the file; `made` gets the open book."""
    locale = Locale.parse(naming_locale())
    countries = sorted(
        ((code, name) for code, name in locale.territories.items() if len(code) == 2 and code.isalpha()),
        key=lambda one: one[1],
    )
    form = Form(
        [
            Section(
                _("Your firm"),
                [
                    Field("name", _("Name"), required=True, hint=_("As it stands on your invoices")),
                    Field("country", _("Country"), "choice", required=True, span=3, choices=countries),
                    Field(
                        "currency",
                        _("Currency"),
                        "choice",
                        required=True,
                        span=3,
                        choices=[(c, c) for c in _CURRENCIES],
                    ),
                    Field(
                        "region",
                        _("State or province"),
                        span=3,
                        note=_("In India, the United States and Canada it decides your tax."),
                    ),
                    Field(
                        "language",
                        _("Language of your documents"),
                        "choice",
                        span=3,
                        choices=_LANGUAGES,
                        note=_("Each client can have another."),
                    ),
                ],
            )
        ],
        shell.theme,
    )
    form.put({"country": locale.territory or "DE", "currency": "EUR", "language": "en"})

    def save(values: dict[str, object]) -> Job:
        return Job(_("New book"), lambda _report: values, quiet=True)

    dialog = FormDialog(shell, _("New book"), form, _("Choose the file…"), save, parent)
    dialog.saved.connect(lambda values: _ask_file(shell, parent, values, made))
    dialog.open()


def _ask_file(shell: Shell, parent: QWidget, values: object, made: Callable[[object], object]) -> None:
    assert isinstance(values, dict)
    name = re.sub(r"[^\w &.-]", "", str(values["name"])).strip() or "Book"
    dialog = QFileDialog(parent, _("Where the book lies"), str(documents_dir()), "Sheaf (*.sheaf)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("sheaf")
    dialog.selectFile(f"{name}.sheaf")

    def make(file: str) -> None:
        path = Path(file)

        def work(_report: object) -> object:
            return books.new(
                path,
                name=str(values["name"]),
                country=str(values["country"]),
                currency=str(values["currency"]),
                language=str(values["language"] or ""),
                region=str(values["region"] or ""),
                actor=getpass.getuser(),
            )

        shell.jobs.start(Job(_("Making the book"), work), made)

    dialog.fileSelected.connect(make)
    dialog.open()
