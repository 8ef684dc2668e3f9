"""A mail as it went, as large as the window: its head, its text or its HTML, and its files, which open as they were."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.i18n import _, moment_text
from desktop.services.delivery.mail.sent_mails import SentMail
from desktop.ui.actions import Action, Actions
from desktop.ui.desk import Desk
from desktop.ui.facts import Fact, FactsView, Group
from desktop.ui.outbox.attached import open_attached
from desktop.ui.outbox.facts import size_text
from desktop.ui.outbox.mail_body import MailBody, mail_card
from desktop.ui.wrapping import WrappingRow

_MARGIN = 24


class MailPage(QWidget):
    """Esc goes back to the outbox; Ctrl+T shows the HTML, and again the plain text."""

    def __init__(self, desk: Desk, mail: SentMail, title: str) -> None:
        super().__init__()
        self.setObjectName("mail")
        self.desk = desk
        self.mail = mail
        self._rich = bool(mail.html)
        self.acts = Actions(desk.shell.theme, self, desk.shell.refusal)
        self.acts.declare(
            [
                Action("mail.back", _("Back"), desk.shell.back),
                Action("mail.form", self._form_text, self.turn, shortcut="Ctrl+T", enabled=lambda: bool(mail.html)),
            ]
        )
        self.body = MailBody(desk.shell.theme)
        self._build(title)
        self._show()

    def _build(self, title: str) -> None:
        name = QLabel(self.mail.subject or title, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        name.setProperty("role", "title")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(name, 1)
        if self.mail.html:
            head.addWidget(self.acts.button("mail.form"))
        head.addWidget(self.acts.button("mail.back"))
        self.facts = FactsView(self.desk.shell.theme)
        self.facts.show_groups([Group("", self._facts())])
        files = WrappingRow(spacing=8)
        for one in self.mail.attachments:
            button = QPushButton(_("{name} ({size})").format(name=one.name, size=size_text(one.size)))
            button.setAutoDefault(False)
            button.clicked.connect(partial(open_attached, self.desk, one))
            files.addWidget(button)
        card = mail_card(self.facts, self.body, files)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 18, _MARGIN, 0)
        layout.setSpacing(14)
        layout.addLayout(head)
        layout.addWidget(card, 1)
        sheet = self.facts.widget()
        if sheet is not None:
            self.facts.setMaximumHeight(sheet.sizeHint().height() + 4)

    def _facts(self) -> list[Fact]:
        mail = self.mail
        account = _("{address} (account “{name}”)").format(address=mail.sender, name=mail.account)
        return [
            Fact(_("Sender"), account if mail.account else mail.sender),
            Fact(_("To"), ", ".join(mail.to)),
            Fact(_("Copy to"), ", ".join(mail.cc)),
            Fact(_("Hidden copy"), ", ".join(mail.bcc)),
            Fact(_("Answers to"), mail.reply_to),
            Fact(_("Written as a draft"), moment_text(mail.made_at) if mail.draft else ""),
            Fact(_("Sent"), moment_text(mail.sent_at) if mail.sent_at else ""),
            Fact(_("Answer"), mail.answer),
            Fact("Message-ID", mail.message_id),
        ]

    def _form_text(self) -> str:
        return _("As plain text") if self._rich else _("As formatted text")

    def turn(self) -> None:
        self._rich = not self._rich
        self._show()
        self.acts.refresh()

    def _show(self) -> None:
        if self._rich:
            self.body.show_html(self.mail.html)
        else:
            self.body.show_text(self.mail.text)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.body.setFocus()
