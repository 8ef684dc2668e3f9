"""How bank lines are named on the command line."""

from __future__ import annotations

from desktop.errors import UserError
from desktop.i18n import _


def line_of(names: list[str]) -> int:
    if not names:
        raise UserError(_("Name the line by its number."), _("See: sheaf bank BOOK lines"))
    return line_ids(names[:1])[0]


def line_ids(names: list[str]) -> list[int]:
    for name in names:
        if not name.isdecimal():
            raise UserError(
                _("“{text}” is not the number of a line.").format(text=name), _("See: sheaf bank BOOK lines")
            )
    if not names:
        raise UserError(_("Name the lines by their numbers."), _("See: sheaf bank BOOK lines"))
    return [int(name) for name in names]
