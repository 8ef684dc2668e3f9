"""Text files that people hand in."""

from __future__ import annotations

from pathlib import Path

from desktop.errors import UserError
from desktop.i18n import _


def file_text(path: Path) -> str:
    """The text of a file of UTF-8, without a byte order mark. UserError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UserError(_("There is no file {path}.").format(path=path), _("Check its name and its folder.")) from None
    except UnicodeDecodeError:
        raise UserError(_("{path} is not a text in UTF-8.").format(path=path), _("Save it as UTF-8.")) from None
    except OSError as error:
        raise UserError(
            _("{path} cannot be read: {reason}.").format(path=path, reason=error.strerror or error),
            _("Check that it is a file and that you may read it."),
        ) from error
