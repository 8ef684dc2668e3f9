"""What was issued for paper alone and cannot be sent as an e-invoice says so in one sentence."""

from dataclasses import replace
from decimal import Decimal

import pytest

from desktop.domain.document import Document
from desktop.services.einvoice_fit import unfit
from tests.documents.einvoice.invoices import CASES, CLIENT, FIRM, invoice
from tests.documents.papers import lines

_FORMS = ("facturx", "xrechnung", "xrechnung_ubl", "ubl")


def _said(document: Document, form: str) -> str:
    problem = unfit(document, form)
    return problem.message if problem else ""


@pytest.mark.parametrize("form", _FORMS)
def test_what_is_whole_fits_every_form(form: str) -> None:
    assert _said(invoice(1), form) == ""
    assert _said(CASES["small business"](), form) == ""


def test_what_the_standard_cannot_say_fits_paper_alone() -> None:
    dinars = invoice(lines(1, currency="KWD"), currency="KWD")
    assert unfit(dinars, "pdf") is None
    assert _said(dinars, "facturx") == (
        "INV-2026-0418 cannot be written as Factur-X. Amounts in KWD have 3 decimals; an e-invoice knows two at most"
        " (EN 16931)."
    )
    assert "Tax category S at 0%" in _said(invoice(lines(1, rate=Decimal(0))), "ubl")


@pytest.mark.parametrize(
    "changes, form, part",
    [
        ({"seller": replace(FIRM, tax_id="", tax_number="")}, "facturx", "the firm's VAT id or register number"),
        ({"seller": replace(FIRM, endpoint="", email="")}, "ubl", "the firm's electronic address"),
        ({"buyer": replace(CLIENT, country="")}, "facturx", "the client's country"),
        ({"buyer": replace(CLIENT, postcode="")}, "xrechnung", "the client's postcode"),
        ({"buyer_reference": ""}, "xrechnung_ubl", "the client's reference (Leitweg-ID)"),
        ({"buyer_reference": "", "po_number": ""}, "ubl", "the client's reference or PO number"),
    ],
)
def test_what_is_missing_is_named(changes: dict[str, object], form: str, part: str) -> None:
    assert _said(invoice(1, **changes), form).endswith(f"it was issued without {part}.")


def test_a_draft_has_no_number_to_send() -> None:
    assert _said(invoice(1, number=""), "xrechnung").startswith("A draft has no number yet")
