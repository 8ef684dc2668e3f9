"""What the parts of a layout are called. A part that is new here goes by its name until it has words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from babel import Locale

from desktop.i18n import N_, _, naming_locale

PROPERTIES: Final[Mapping[str, str]] = {
    "page": N_("Paper"),
    "margin_left": N_("Left margin"),
    "margin_right": N_("Right margin"),
    "window": N_("Window of the envelope"),
    "marks": N_("Fold and punch marks"),
    "letterhead": N_("Letterhead"),
    "head": N_("Free at the top, first page"),
    "head_later": N_("Free at the top, later pages"),
    "foot": N_("Free at the bottom"),
    "typeface": N_("Typeface"),
    "size": N_("Size of the type"),
    "accent": N_("Accent colour"),
    "ink": N_("Colour of the text"),
    "quiet": N_("Colour of small text"),
    "logo_side": N_("Side of the logo"),
    "logo_width": N_("Greatest width of the logo"),
    "logo_height": N_("Greatest height of the logo"),
    "facts_place": N_("Where the facts stand"),
    "table": N_("Look of the table"),
    "blocks": N_("Parts of the page"),
    "facts": N_("Facts"),
    "columns": N_("Table columns"),
    "texts": N_("Texts"),
    "shown": N_("Shown"),
    "bold": N_("Bold"),
    "colour": N_("Colour"),
    "side": N_("Side"),
    "space": N_("Space above"),
    "title": N_("Title"),
    "width": N_("Width"),
}
CHOICE_WORDS: Final[Mapping[str, str]] = {
    "A4": N_("A4"),
    "LETTER": N_("US Letter"),
    "din5008b": N_("DIN 5008, form B"),
    "din5008a": N_("DIN 5008, form A"),
    "us10": N_("US No. 10"),
    "none": N_("No window"),
    "drawn": N_("Drawn on the page"),
    "preprinted": N_("Already on the paper"),
    "inter": N_("Inter, clear and modern"),
    "dejavu": N_("DejaVu Sans, wide"),
    "serif": N_("Serif, classic"),
    "rules": N_("Fine lines"),
    "zebra": N_("Striped rows"),
    "grid": N_("Grid"),
    "plain": N_("Without lines"),
    "right": N_("At the right"),
    "left": N_("At the left"),
    "centre": N_("In the centre"),
    "row": N_("In a row above the table"),
    "ink": N_("Colour of the text"),
    "quiet": N_("Colour of small text"),
    "accent": N_("Accent colour"),
}
BLOCK_WORDS: Final[Mapping[str, str]] = {
    "letterhead": N_("Letterhead"),
    "sender": N_("Sender above the address"),
    "address": N_("Address of the client"),
    "title": N_("Title"),
    "facts": N_("Facts: number, date and more"),
    "page_numbers": N_("Page numbers"),
    "footer": N_("Footer"),
    "subject": N_("Subject line"),
    "introduction": N_("Introduction"),
    "table": N_("Table of lines"),
    "totals": N_("Totals"),
    "tax_summary": N_("Tax summary"),
    "amount_in_words": N_("Amount in words"),
    "deposits": N_("Deposits received"),
    "registration": N_("Registration (India)"),
    "notes": N_("Notes on tax"),
    "terms": N_("Terms of payment"),
    "instalments": N_("Instalments"),
    "payment": N_("Bank account"),
    "pay_codes": N_("Codes to pay by"),
    "closing": N_("Closing text"),
    "signature": N_("Signature"),
}
FACT_WORDS: Final[Mapping[str, str]] = {
    "number": N_("Number"),
    "date": N_("Date"),
    "due": N_("Due date"),
    "period": N_("Period of service"),
    "supply_date": N_("Date of supply"),
    "client_code": N_("Client code"),
    "po_number": N_("Order number"),
    "reference": N_("Buyer’s reference"),
    "agreement": N_("Agreement"),
    "project": N_("Project"),
    "our_tax_id": N_("Our tax id"),
    "your_tax_id": N_("Your tax id"),
    "place": N_("Place of supply"),
    "certificate": N_("Exemption certificate"),
    "delivery": N_("Delivered to"),
}
COLUMN_WORDS: Final[Mapping[str, str]] = {
    "position": N_("Line number"),
    "description": N_("Description"),
    "classification": N_("HSN or SAC code"),
    "period": N_("Period"),
    "quantity": N_("Quantity"),
    "unit": N_("Unit"),
    "unit_price": N_("Unit price"),
    "discount": N_("Discount"),
    "tax": N_("Tax rate"),
    "net": N_("Net amount"),
    "gross": N_("Gross amount"),
}
PLACE_WORDS: Final[Mapping[str, str]] = {
    "subject": N_("Subject line"),
    "intro": N_("Introduction"),
    "closing": N_("Closing text"),
    "footer": N_("Footer"),
    "signature": N_("Signature"),
}
KIND_WORDS: Final[Mapping[str, str]] = {
    "": N_("Every kind"),
    "invoice": N_("Invoice"),
    "deposit": N_("Deposit invoice"),
    "final": N_("Final invoice"),
    "credit_note": N_("Credit note"),
    "statement": N_("Statement of account"),
    "receipt": N_("Receipt"),
    "reminder": N_("Payment reminder"),
    "payment_plan": N_("Payment plan"),
    "run_report": N_("Run report"),
    "cover_letter": N_("Cover letter"),
}
FIELD_WORDS: Final[Mapping[str, str]] = {
    "number": N_("Number of the document"),
    "title": N_("Its title, such as Invoice"),
    "date": N_("Date"),
    "due_date": N_("Due date"),
    "period": N_("Period of service"),
    "amount": N_("Amount to pay"),
    "net": N_("Net amount"),
    "tax": N_("Tax"),
    "gross": N_("Gross amount"),
    "currency": N_("Currency"),
    "po_number": N_("Order number"),
    "reference": N_("Buyer’s reference"),
    "agreement": N_("Agreement"),
    "project": N_("Project"),
    "corrects": N_("Number of the corrected invoice"),
    "level": N_("Level of the reminder"),
    "client.name": N_("Client: name"),
    "client.contact": N_("Client: contact"),
    "client.code": N_("Client: code"),
    "client.city": N_("Client: city"),
    "client.country": N_("Client: country"),
    "client.tax_id": N_("Client: tax id"),
    "firm.name": N_("Firm: name"),
    "firm.contact": N_("Firm: contact"),
    "firm.email": N_("Firm: e-mail"),
    "firm.phone": N_("Firm: telephone"),
    "firm.website": N_("Firm: website"),
    "firm.city": N_("Firm: city"),
    "firm.tax_id": N_("Firm: tax id"),
}


def word(words: Mapping[str, str], name: str) -> str:
    """What something is called in the reader's language."""
    return _(words[name]) if name in words else name.replace("_", " ").capitalize()


def choice_word(field: str, value: str) -> str:
    """What a value of a choice is called; the same word may mean another thing in another field."""
    if field == "facts_place" and value == "right":
        return _("Beside the address")
    return word(CHOICE_WORDS, value)


def language_word(code: str) -> str:
    """A language by its name."""
    return str(Locale.parse(naming_locale()).languages.get(code.replace("-", "_").split("_")[0], code)).capitalize()
