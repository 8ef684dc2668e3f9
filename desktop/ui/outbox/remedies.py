"""What is most likely wanted next of a delivery, as the first two buttons beside it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop.i18n import _
from desktop.services.delivery.remedying import ADDRESS, AGAIN
from desktop.ui.actions import Actions
from desktop.ui.listing import Row

_BY_HAND = {"print": "outbox.print", "folder": "outbox.file", "hand": "outbox.handed"}


def remedies(row: Row, *, mailed: bool) -> tuple[str, str]:
    """The actions for a row, the likelier first; `mailed` says that there is a mail to look at."""
    mail, state, fate = row.get("channel") == "email", row.get("state"), row.get("fate")
    match state:
        case "uncertain":
            return "outbox.arrived", "outbox.lost"
        case "failed" if mail and not row.get("address"):
            return "outbox.address", "outbox.cancel"
        case "failed" if row.get("remedy") == ADDRESS:
            return "outbox.address", "outbox.retry"
        case "failed" if row.get("remedy") == AGAIN:
            return "outbox.again", "outbox.cancel"
        case "failed":
            return "outbox.retry", "outbox.address" if mail else "outbox.cancel"
        case "waiting" if mail:
            return "outbox.chosen", "outbox.address"
        case "waiting":
            return _BY_HAND[str(row["channel"])], "outbox.cancel"
        case "sending":
            return "outbox.document", "outbox.client"
    if fate == "bounced":
        first, second = "outbox.again", "outbox.address"
        return (second, first) if row.get("remedy") == ADDRESS else (first, second)
    return "outbox.mail" if mailed else "outbox.document", "outbox.again"


class RemedyButtons(QWidget):
    """Two buttons that follow actions of the page."""

    def __init__(self, acts: Actions) -> None:
        super().__init__()
        self._acts = acts
        self._ids: tuple[str, ...] = ()
        self.buttons = (QPushButton(), QPushButton())
        self.buttons[0].setProperty("role", "main")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for place, button in enumerate(self.buttons):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _on=False, place=place: self._acts[self._ids[place]].trigger())
            row.addWidget(button)
        row.addStretch(1)
        self.hide()

    def offer(self, row: Row, *, mailed: bool) -> None:
        """Offer what fits this row; nothing for none."""
        self.setVisible(bool(row))
        if not row:
            return
        self._ids = remedies(row, mailed=mailed)
        for one, button in zip(self._ids, self.buttons, strict=True):
            action = self._acts[one]
            missing = one == "outbox.address" and row.get("state") == "failed" and not row.get("address")
            button.setText(_("Type the address…") if missing else action.text())
            button.setEnabled(action.isEnabled())
