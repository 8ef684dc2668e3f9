"""An empty file with the right column names, for people who start from nothing."""

from __future__ import annotations

import csv
from pathlib import Path

from desktop.errors import UserError
from desktop.i18n import _
from desktop.importing.kinds import headers


def write_template(kind: str, path: Path) -> None:
    """Write the header row of a kind. UserError where the file exists or cannot be written."""
    names = headers(kind)
    try:
        # The mark lets spreadsheet programs see that it is UTF-8; they keep it when they save.
        with path.open("x", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerow(names)
    except FileExistsError:
        raise UserError(
            _("“{name}” exists already.").format(name=path.name), _("Choose another name, so that nothing is lost.")
        ) from None
    except OSError as error:
        raise UserError(
            _("“{name}” cannot be written: {reason}.").format(name=path.name, reason=error.strerror or error),
            _("Choose another folder."),
        ) from None
