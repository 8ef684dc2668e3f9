"""What a firm decides for all its e-mails at once, as boxes to tick."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.i18n import _
from desktop.services.delivery.mail.enclosing import WITH_PDF
from desktop.services.delivery.mail.mails import TOGETHER
from desktop.services.delivery.mail.settings import turn_mail_switch
from desktop.services.delivery.mail.waiting_mails import SEND_AT_ONCE
from desktop.ui.desk import Desk
from desktop.ui.editors import CheckEditor
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS


class MailSwitches(QWidget):
    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.boxes = {
            SEND_AT_ONCE: CheckEditor(_("Send e-mails by themselves, after a run and when they become due")),
            TOGETHER: CheckEditor(_("Put several documents of a client into one e-mail")),
            WITH_PDF: CheckEditor(_("Take the PDF along with e-invoices that are files of their own")),
        }
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for key, box in self.boxes.items():
            box.changed.connect(partial(self._turn, key))
            layout.addWidget(box)

    def show_turned(self, turned: Mapping[str, bool]) -> None:
        for key, box in self.boxes.items():
            box.put(turned[key])

    def _turn(self, key: str) -> None:
        book, actor, on = self.desk.book, self.desk.actor, bool(self.boxes[key].value())
        write(
            self.desk,
            _("Saving the setting"),
            lambda: turn_mail_switch(book, key, on, actor=actor),
            _("The setting is saved. It holds for e-mails that have not gone yet."),
            changed=SETTINGS | {"outbox"},
        )
