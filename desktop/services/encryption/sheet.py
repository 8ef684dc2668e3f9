"""The recovery key on a page to print and lock away: in numbered rows, with what it opens and how."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Final

from db.cipher import Key
from db.files import in_words
from desktop.documents.report_pdf import Head, Table, report_pdf
from desktop.i18n import _, current_language, date_text
from desktop.services.encryption.recovery import recovery_key

_IN_A_ROW: Final = 4


def key_rows(key: Key) -> list[str]:
    """The recovery key as people copy it: four groups a row."""
    groups = recovery_key(key).split("-")
    return ["  ".join(groups[start : start + _IN_A_ROW]) for start in range(0, len(groups), _IN_A_ROW)]


def sheet_pdf(path: Path, key: Key, *, today: date) -> bytes:
    """The page for a book's key."""
    return report_pdf(
        Table(
            title=_("Recovery key"),
            facts=_("{book}, made on {date}").format(book=path.name, date=date_text(today)),
            firm=path.stem,
            heads=(Head(_("Row"), False), Head(_("Groups"), False)),
            rows=[[str(number), row] for number, row in enumerate(key_rows(key), 1)],
            sums=(),
            page=_("Page {page} of {pages}"),
            day=today,
            language=current_language(),
            notes=(
                _("Whoever has this page and a copy of the book can read all of it. Keep it where you keep deeds."),
                _("On a new computer, open the book and type the groups row by row. Spaces and dashes do not matter."),
                _("Nobody else has this key, nor can anybody make it again: without it and the keyring it is lost."),
                _("It opens the backups made while this key was in use as well. Another key needs another page."),
            ),
        )
    )


def write_sheet(path: Path, key: Key, target: Path, *, today: date) -> None:
    """Write the page for nobody but its owner. UserError where the file cannot be written."""
    data = sheet_pdf(path, key, today=today)
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            os.fsync(file.fileno())
    except OSError as error:
        raise in_words(target, error) from error
