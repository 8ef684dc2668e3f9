"""Every kind, category and edge, in every form, passes the schemas and the schematron of EN 16931."""

import os

import pytest

from desktop.documents.einvoice.problem import einvoice_problem
from desktop.domain.document import Document
from tests.documents.einvoice.invoices import CASES, invoice
from tests.documents.einvoice.proof import FORMS, breaches, written
from tests.documents.einvoice.random_documents import random_document

# SHEAF_EINVOICES=5000 proves as many; the usual number keeps the suite quick.
HOW_MANY = int(os.environ.get("SHEAF_EINVOICES", "300"))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", CASES)
def test_a_case_passes(case: str, form: str) -> None:
    made = CASES[case]()
    assert einvoice_problem(made) is None
    assert breaches(written(made, form)) == []


def test_two_thousand_lines_pass() -> None:
    """In UBL alone: the stylesheet of the other syntax takes three times as long to read them."""
    assert breaches(written(invoice(2000), "peppol")) == []


@pytest.mark.parametrize("syntax", ["cii", "ubl"])
def test_documents_by_chance_pass(syntax: str) -> None:
    pairs = {"cii": ("facturx", "xrechnung"), "ubl": ("peppol", "xrechnung_ubl")}
    wrong: dict[int, list[str]] = {}
    for seed in range(HOW_MANY):
        made = random_document(seed)
        assert einvoice_problem(made) is None
        if found := breaches(written(made, pairs[syntax][seed % 2])):
            wrong[seed] = found
    assert wrong == {}


def test_chance_makes_every_kind_and_category() -> None:
    made = [random_document(seed) for seed in range(300)]
    assert {document.kind for document in made} == {"invoice", "deposit", "final", "credit_note"}
    categories = {tax.category for document in made for tax in document.taxes}
    assert categories == {"S", "Z", "E", "AE", "K", "G", "O", "L", "M"}
    assert {document.means for document in made} == {"transfer", "debit", "card"}
    assert any(line.quantity < 0 for document in made for line in document.lines)
    assert any(line.allowance and line.charge for document in made for line in document.lines)
    assert any(document.instalments for document in made)
    assert any(document.tax_in_tax_currency is not None for document in made)


def test_the_proof_finds_what_is_wrong() -> None:
    """A total that is a cent off, and an element out of its place."""
    made = invoice(1)
    cent_off = Document(**{name: getattr(made, name) for name in made.__slots__} | {"gross": made.gross + 1})
    for form in FORMS:
        assert any(breach.startswith(("BR-CO-15", "BR-CO-16")) for breach in breaches(written(cent_off, form)))
        xml = written(made, form)
        assert breaches(xml.replace(b"BuyerReference", b"BuyerReverence"))


def test_the_same_document_gives_the_same_bytes() -> None:
    for form in FORMS:
        assert written(random_document(7), form) == written(random_document(7), form)
