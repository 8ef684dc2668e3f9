"""Shows what a mail says as a reader of mails would: its HTML in the window's own light or dark, or its plain text."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QFrame, QLayout, QTextBrowser, QVBoxLayout, QWidget

from desktop.i18n import _
from desktop.ui.theme import Theme


class MailBody(QTextBrowser):
    """Nothing is loaded from elsewhere, and no link opens by itself."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._html = ""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("role", "prose")
        self.setOpenLinks(False)
        self.setAccessibleName(_("What the mail says"))
        self._theme = theme
        theme.changed.connect(self._again)

    def show_html(self, html: str) -> None:
        self._html = html
        # Qt takes the colour of links from the document, not from the palette of dark and light.
        accent = self._theme.tokens.accent
        self.document().setDefaultStyleSheet(f"a {{ color: {accent}; }} body {{ margin: 0; }}")
        self.setHtml(html)

    def show_text(self, text: str) -> None:
        self._html = ""
        self.setPlainText(text)

    def _again(self) -> None:
        if self._html:
            self.show_html(self._html)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        return None


def mail_card(facts: QWidget, body: MailBody, files: QLayout) -> QFrame:
    """A mail as on a card: who it is from and for, what it says, what it carries."""
    card = QFrame()
    card.setProperty("role", "card")
    inside = QVBoxLayout(card)
    inside.setContentsMargins(14, 14, 14, 14)
    inside.setSpacing(12)
    inside.addWidget(facts)
    rule = QFrame()
    rule.setProperty("role", "rule")
    inside.addWidget(rule)
    inside.addWidget(body, 1)
    inside.addLayout(files)
    return card
