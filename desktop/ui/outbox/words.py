"""The words of the outbox: ways, kinds of documents and letters, and what happened to a delivery."""

from __future__ import annotations

from desktop.i18n import _, pgettext
from desktop.ui.invoices.listing import kind_word
from desktop.ui.tags import tag


def way_word(channel: str) -> str:
    """How a document goes to its client."""
    words = {
        "email": _("E-mail"),
        "print": _("On paper"),
        "folder": _("Folder"),
        "hand": pgettext("delivery", "By hand"),
    }
    return words.get(channel, channel)


def form_word(form: str) -> str:
    """What it goes out as."""
    words = {
        "pdf": "PDF",
        "facturx": "Factur-X",
        "xrechnung": "XRechnung",
        "xrechnung_ubl": "XRechnung (UBL)",
        "ubl": "Peppol UBL",
    }
    return words.get(form, form)


def document_word(kind: str) -> str:
    """The kind of an issued document or of a letter."""
    words = {
        "statement": _("Statement of account"),
        "receipt": _("Receipt"),
        "reminder": _("Reminder"),
        "payment_plan": _("Payment plan"),
        "run_report": _("Run report"),
        "cover_letter": _("Cover letter"),
    }
    return words.get(kind) or kind_word(kind)


def happened(kind: str) -> str:
    """What an event of a delivery says of itself: a state, a fate, or what a person did."""
    words = {
        "waiting": _("Waits for its next turn"),
        "sent": _("Went out"),
        "drafted": _("Written as a draft for your own mail program"),
        "cancelled": pgettext("delivery", "Taken out of the outbox"),
    }
    return words.get(kind) or tag(kind).word
