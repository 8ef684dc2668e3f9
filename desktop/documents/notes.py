"""The words of law where tax is not charged, in the client's language, and what the firm says beside them."""

from __future__ import annotations

from desktop.documents.flow import Flow
from desktop.domain.document import Document

# Where the words of the EU's directive say nothing.
_OWN_WORDS = ("CA", "IN", "US")


def paint_notes(flow: Flow) -> None:
    notes: list[str] = []
    document = flow.document
    assert isinstance(document, Document)
    for group in document.taxes:
        said = group.exemption.strip()
        law = flow.words.notes.get(group.category, "").format(tax=flow.tax)
        if said and document.seller.country in _OWN_WORDS:
            law = ""
        if group.category == "O" and document.seller.country == "US":
            # Services without sales tax are the rule there, not something to explain.
            law = ""
        if group.category in ("E", "O") and said:
            law = ""
        elif law and said.casefold().rstrip(".") in law.casefold():
            said = ""
        notes += [note for note in (law, said) if note and note not in notes]
    if document.seller.country == "IN" and document.seller.tax_id:
        words = flow.words
        shifted = any(group.category == "AE" for group in document.taxes)
        # CGST Rules, rule 46(p).
        notes.append(words.reverse_charge.format(answer=words.yes if shifted else words.no))
    flow.gap(6)
    for note in notes:
        flow.paragraph(flow.styles.text, note)
