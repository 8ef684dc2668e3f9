"""The mail that a text makes, beside the text that is being written."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout

from desktop.i18n import _
from desktop.services.delivery.mail.mails import MailDraft
from desktop.ui.outbox.mail_body import MailBody
from desktop.ui.theme import Theme


class TextPreview(QFrame):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.about = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.about.setProperty("role", "note")
        self.subject = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.subject.setProperty("role", "strong")
        self.body = MailBody(theme)
        self.body.setAccessibleName(_("Preview"))
        self.setProperty("role", "card")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 14)
        layout.setSpacing(8)
        layout.addWidget(self.about)
        layout.addWidget(self.subject)
        layout.addWidget(self.body, 1)

    def show_mail(self, mail: MailDraft | None, text: str) -> None:
        """The mail; without one, in a book from which nothing went, the text as it is written."""
        if mail is None:
            self.about.setText(_("A preview needs a document of yours: issue one first."))
            self.subject.clear()
            self.body.show_text(text)
            return
        to = ", ".join(mail.to) or _("nobody yet")
        self.about.setText(_("As it would go to {addresses}").format(addresses=to))
        self.subject.setText(mail.subject)
        self.body.show_html(mail.html)
