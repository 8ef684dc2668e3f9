"""What this program is: its version, its licence, and the parts it is made of with theirs."""

from __future__ import annotations

import platform
import sqlite3
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from desktop.i18n import _
from desktop.ui.enclosed_text import EnclosedText, licences, release_notes

_MARGIN = 24
_WIDTH = 640


class Part(NamedTuple):
    """Something that Sheaf stands on. `what` says what it does here."""

    name: str
    version: str
    licence: str
    what: str


def own_version() -> str:
    return _version("sheaf") or _("from source")


def parts() -> list[Part]:
    """What ships with Sheaf or is installed with it, by what it is for."""
    return [
        Part("Qt for Python", _version("PySide6-Essentials"), "LGPL-3.0", _("the window")),
        Part("Inter", "4.001", "SIL OFL 1.1", _("the letters of documents")),
        Part("DejaVu Sans", "2.37", "Bitstream Vera", _("letters that Inter lacks")),
        Part("Noto Serif", "2.004", "SIL OFL 1.1", _("another typeface of documents")),
        Part("Liberation Sans", "2.1.5", "SIL OFL 1.1", _("the slip of Swiss invoices")),
        Part("Noto Emoji", "3.006", "SIL OFL 1.1", _("pictures in texts")),
        Part("Noto Sans Devanagari", "2.001", "SIL OFL 1.1", _("the letters of Hindi")),
        Part("ReportLab", _version("reportlab"), "BSD", _("cuts fonts for documents")),
        Part("uharfbuzz", _version("uharfbuzz"), "Apache-2.0", _("joins the letters of Hindi and Arabic")),
        Part("Pillow", _version("pillow"), "MIT-CMU", _("reads the logo")),
        Part("pypdfium2, PDFium", _version("pypdfium2"), "Apache-2.0, BSD-3-Clause", _("shows pages")),
        Part("SQLite", sqlite3.sqlite_version, _("public domain"), _("the book")),
        Part("SQLAlchemy", _version("SQLAlchemy"), "MIT", _("asks the book")),
        Part("Alembic, Mako", _version("alembic"), "MIT", _("brings old books up to date")),
        Part("Babel", _version("babel"), "BSD-3-Clause", _("figures and dates of all countries")),
        Part("python-stdnum", _version("python-stdnum"), "LGPL-2.1 or later", _("checks tax IDs and IBANs")),
        Part("RapidFuzz", _version("rapidfuzz"), "MIT", _("tells how alike names are")),
        Part("python-calamine", _version("python-calamine"), "MIT", _("reads spreadsheets")),
        Part("openpyxl", _version("openpyxl"), "MIT", _("writes spreadsheets")),
        Part("python-dateutil", _version("python-dateutil"), "BSD-3-Clause", _("counts months")),
        Part("argon2-cffi", _version("argon2-cffi"), "MIT", _("proves passphrases")),
        Part("sqlcipher3", _version("sqlcipher3"), "zlib", _("encrypted books")),
        Part("SQLCipher", "4.19.0", "BSD-3-Clause", _("encrypted books")),
        Part("keyring", _version("keyring"), "MIT", _("keeps passwords in the keyring of the system")),
        Part("Python", platform.python_version(), "PSF-2.0", _("runs all of it")),
    ]


def show_about(parent: QWidget) -> None:
    About(parent.window()).open()


class About(QDialog):
    """Two sentences and a table; the versions can be copied for a question to somebody else."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("About Sheaf"))
        buttons = QDialogButtonBox()
        copy = buttons.addButton(_("Copy the versions"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self.copy)
        for title, path in ((_("What is new"), release_notes()), (_("Licences"), licences())):
            # An installation by pip has neither.
            if path.is_file():
                shown = buttons.addButton(title, QDialogButtonBox.ButtonRole.ActionRole)
                shown.clicked.connect(lambda _checked, title=title, path=path: EnclosedText(title, path, self).open())
        close = buttons.addButton(_("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setDefault(True)
        close.setFocus()
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.setSpacing(10)
        layout.addWidget(_label(f"Sheaf {own_version()}", "title"))
        layout.addWidget(
            _label(_("Bulk invoicing on your own computer. Nothing leaves it: Sheaf has no server."), "secondary")
        )
        layout.addWidget(
            _label(
                _(
                    "© 2026 Sheaf contributors. Free software under the MIT licence: use it, change it and pass it on, "
                    "as long as the copyright notice stays with it. It comes without warranty."
                )
            )
        )
        layout.addSpacing(4)
        layout.addWidget(_table(parts()), 1)
        layout.addWidget(
            _label(
                _("Parts under the LGPL are used unchanged, as libraries that you may replace by your own versions."),
                "note",
            )
        )
        layout.addSpacing(8)
        layout.addWidget(buttons)
        self.resize(max(_WIDTH, self.sizeHint().width()), self.sizeHint().height())

    def copy(self) -> None:
        """Put the versions on the clipboard."""
        lines = [f"Sheaf {own_version()}", *(f"{part.name} {part.version}" for part in parts()), platform.platform()]
        QGuiApplication.clipboard().setText("\n".join(lines))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _table(rows: list[Part]) -> QFrame:
    card = QFrame()
    card.setProperty("role", "card")
    grid = QGridLayout(card)
    grid.setContentsMargins(16, 12, 16, 12)
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(8)
    grid.setColumnStretch(3, 1)
    for column, heading in enumerate((_("Part"), _("Version"), _("Licence"), _("What for"))):
        grid.addWidget(_label(heading, "heading"), 0, column)
    for row, part in enumerate(rows, 1):
        for column, (text, role) in enumerate(zip(part, ("", "secondary", "", "secondary"), strict=True)):
            grid.addWidget(_label(text, role, wrap=False), row, column)
    return card


def _label(text: str, role: str = "", *, wrap: bool = True) -> QLabel:
    label = QLabel(text, wordWrap=wrap, textFormat=Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    return label
