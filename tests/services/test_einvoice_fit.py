"""What was issued for paper alone and cannot be sent as an e-invoice says so in one sentence."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from desktop.domain.document import Document
from desktop.services.einvoice_fit import unfit
from tests.documents.einvoice.invoices import CASES, CLIENT, FIRM, invoice, of_category
from tests.documents.papers import lines

_FORMS = ("facturx", "xrechnung", "xrechnung_ubl", "ubl")
_GLN = {"endpoint": "4012345000009", "endpoint_scheme": "0088"}
# Peppol reaches nobody by a mail address.
_PEPPOL: dict[str, Any] = {"seller": replace(FIRM, **_GLN), "buyer": replace(CLIENT, **_GLN)}


def _said(document: Document, form: str) -> str:
    problem = unfit(document, form)
    return problem.message if problem else ""


@pytest.mark.parametrize("form", _FORMS)
def test_what_is_whole_fits_every_form(form: str) -> None:
    reached = _PEPPOL if form == "ubl" else {}
    assert _said(invoice(1, **reached), form) == ""
    assert _said(replace(CASES["small business"](), **reached), form) == ""


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
        ({"means": "debit", "mandate": ""}, "xrechnung", "the mandate of the direct debit"),
        ({"buyer": replace(CLIENT, endpoint_scheme="EM")}, "ubl", "the client's electronic address"),
        ({"seller": replace(FIRM, endpoint="", email="")}, "ubl", "the firm's electronic address"),
        ({"buyer": replace(CLIENT, country="")}, "facturx", "the client's country"),
        ({"buyer": replace(CLIENT, postcode="")}, "xrechnung", "the client's postcode"),
        ({"buyer_reference": ""}, "xrechnung_ubl", "the client's reference (Leitweg-ID)"),
        ({"buyer_reference": "", "po_number": ""}, "ubl", "the client's reference or PO number"),
    ],
)
def test_what_is_missing_is_named(changes: dict[str, Any], form: str, part: str) -> None:
    assert _said(invoice(1, **(_PEPPOL if form == "ubl" else {}) | changes), form).endswith(
        f"it was issued without: {part}."
    )


@pytest.mark.parametrize(
    "category, changes, part",
    [
        ("G", {"seller": replace(FIRM, tax_id="", tax_number="12-3456789")}, "the firm's VAT id"),
        ("K", {"seller": replace(FIRM, tax_id="12-3456789")}, "the firm's VAT id"),
        ("AE", {"buyer": replace(CLIENT, tax_id="12345", legal_id="")}, "the client's VAT id"),
    ],
)
def test_a_number_that_is_no_vat_id_is_none(category: str, changes: dict[str, Any], part: str) -> None:
    assert _said(of_category(category, **changes), "facturx").endswith(f"it was issued without: {part}.")


def test_a_draft_has_no_number_to_send() -> None:
    assert _said(invoice(1, number=""), "xrechnung").startswith("A draft has no number yet")
