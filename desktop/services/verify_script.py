"""The small program that proves a book without this one, for whoever trusts neither this program nor its maker."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from desktop.errors import UserError
from desktop.i18n import _
from desktop.paths import resource

SCRIPT: Final = "sheaf_verify.py"
README: Final = "README.txt"


def script_text() -> str:
    return resource(f"verify/{SCRIPT}").read_text(encoding="utf-8")


def write_verify_script(folder: Path) -> tuple[Path, Path]:
    """Copy the script and what explains it into a folder. UserError where the folder cannot be written."""
    if not folder.is_dir():
        raise UserError(
            _("The folder {folder} does not exist.").format(folder=folder), _("Make it first, or choose another.")
        )
    made = (folder / SCRIPT, folder / f"{SCRIPT.removesuffix('.py')}-{README}")
    try:
        for target, source in zip(made, (SCRIPT, README), strict=True):
            target.write_text(resource(f"verify/{source}").read_text(encoding="utf-8"), encoding="utf-8")
    except OSError as error:
        raise UserError(
            _("The folder {folder} cannot be written: {reason}.").format(folder=folder, reason=error.strerror),
            _("Choose another folder."),
        ) from error
    return made
