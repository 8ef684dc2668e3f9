"""What fields and kinds of mails are called in the window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from desktop.i18n import N_
from desktop.services.templates.words import word

KIND_WORDS: Final[Mapping[str, str]] = {
    "invoice": N_("Invoice"),
    "deposit": N_("Deposit invoice"),
    "final": N_("Final invoice"),
    "credit_note": N_("Credit note"),
    "several": N_("Several documents"),
    "statement": N_("Statement of account"),
    "receipt": N_("Receipt"),
    "reminder": N_("Payment reminder"),
    "notice": N_("Notice before the due date"),
    "payment_plan": N_("Payment plan"),
    "cover_letter": N_("Cover letter"),
}
FIELD_WORDS: Final[Mapping[str, str]] = {
    "greeting": N_("Greeting with the contact’s name"),
    "contact": N_("Contact’s name"),
    "client": N_("Client’s name"),
    "client_code": N_("Client’s code"),
    "firm": N_("Your firm’s name"),
    "sender": N_("Your contact person"),
    "title": N_("What the document is called"),
    "number": N_("Number"),
    "issue_date": N_("Issue date"),
    "due_date": N_("Due date"),
    "amount": N_("Amount"),
    "open": N_("What is open now"),
    "currency": N_("Currency"),
    "payment": N_("Sentence on how and when to pay"),
    "period": N_("Service period"),
    "po_number": N_("PO number"),
    "reference": N_("Buyer reference"),
    "agreement": N_("Agreement"),
    "corrects": N_("Number of the invoice that it corrects"),
    "iban": N_("Your IBAN"),
    "payment_reference": N_("Payment reference"),
    "link": N_("Link to pay by"),
    "level": N_("Level of the reminder"),
    "count": N_("Number of documents"),
    "list": N_("List of the documents"),
}


def kind_word(kind: str) -> str:
    return word(KIND_WORDS, kind)


def field_word(field: str) -> str:
    return word(FIELD_WORDS, field)
