"""From a posting to what made it."""

from __future__ import annotations

from desktop.i18n import _
from desktop.services.accounting.journal import JournalRow
from desktop.ui.shell import Shell


def go_behind(shell: Shell, row: JournalRow) -> None:
    """Open the document, payment or bank line of a posting; say so where it stands for itself."""
    if row.place:
        shell.go(row.place, row.place_id)
        return
    shell.notices.say(
        _("Entry {number} was booked by itself; no document is behind it.").format(number=row.entry), tone="note"
    )
