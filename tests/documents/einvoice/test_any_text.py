"""Whatever people write into the book, the XML stays one that the schema knows."""

from dataclasses import fields, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.document import BankAccount, Document, Party
from tests.documents.einvoice.invoices import CASES
from tests.documents.einvoice.proof import FORMS, read, schema_errors, written

# What a form chooses from a list cannot be any text.
_CHOSEN = ("country", "legal_scheme", "endpoint_scheme", "name")
_OF_PARTIES = [field.name for field in fields(Party) if field.name not in _CHOSEN]
_OF_DOCUMENTS = (
    "number", "po_number", "buyer_reference", "contract", "project", "intro", "closing", "late_clause", "terms",
    "mandate", "creditor_id", "debited", "card", "corrects", "reason",
)  # fmt: skip
_OF_LINES = ("description", "unit", "allowance_reason", "detail", "group", "classification")
_text = st.text(max_size=40)


@st.composite
def _documents(draw: st.DrawFn) -> Document:
    made = CASES[draw(st.sampled_from(["final", "direct debit", "card", "credit note", "allowance and charge"]))]()
    changes: dict[str, Any] = {name: draw(_text) for name in draw(st.sets(st.sampled_from(_OF_DOCUMENTS)))}
    for whose in ("seller", "buyer"):
        told = {name: draw(_text) for name in draw(st.sets(st.sampled_from(_OF_PARTIES)))}
        changes[whose] = replace(getattr(made, whose), name=draw(st.text(min_size=1)), **told)
    rows = list(made.lines)
    texts: dict[str, Any] = {name: draw(_text) for name in _OF_LINES}
    rows[0] = replace(rows[0], **texts)
    changes["bank"] = (BankAccount(draw(_text), draw(_text), draw(_text)),)
    return replace(made, lines=tuple(rows), **changes)


@settings(max_examples=60)
@given(_documents(), st.sampled_from(sorted(FORMS)))
def test_any_text_leaves_the_xml_sound(document: Document, form: str) -> None:
    xml = written(document, form)
    assert schema_errors(read(xml)) == []
