"""What can be no e-invoice at all is refused in one sentence; what can is not."""

from dataclasses import replace
from decimal import Decimal

import pytest

from desktop.documents.einvoice.problem import einvoice_problem
from desktop.domain.document import Document, DocumentTax
from desktop.saying import put
from tests.documents.einvoice.invoices import invoice, of_category
from tests.documents.papers import line, lines


def _india() -> Document:
    made = invoice(lines(2, rate=Decimal(18)), currency="INR")
    parts = (made.net * 9 + 50) // 100
    taxes = tuple(DocumentTax("S", Decimal(9), made.net, parts, name=name) for name in ("CGST", "SGST"))
    return replace(made, taxes=taxes, tax=2 * parts, gross=made.net + 2 * parts, payable=made.net + 2 * parts)


def _in_one_named_tax() -> Document:
    made = invoice(1)
    return replace(made, taxes=tuple(replace(tax, name="HST") for tax in made.taxes))


_REFUSED = {
    "dinars": (
        lambda: invoice(lines(1, currency="KWD"), currency="KWD"),
        "Amounts in KWD have 3 decimals; an e-invoice knows two at most (EN 16931).",
    ),
    "tax in dinars": (
        lambda: replace(invoice(1), tax_currency="TND", tax_in_tax_currency=1),
        "Amounts in TND have 3 decimals; an e-invoice knows two at most (EN 16931).",
    ),
    "two taxes on one amount": (
        _india,
        "Several taxes lie on one amount (CGST and SGST); an e-invoice knows one for each line (EN 16931).",
    ),
    "mixed with what is outside": (
        lambda: invoice((line(1), line(2, category="O", rate=Decimal(0)))),
        "What is outside the scope of VAT stands on one document with what is not;"
        " an e-invoice cannot hold both (EN 16931).",
    ),
    "a rate where there is none": (
        lambda: of_category("Z", "5"),
        "Tax category Z at 5% is not one of e-invoices (EN 16931).",
    ),
    "no rate where there is one": (
        lambda: of_category("S", "0"),
        "Tax category S at 0% is not one of e-invoices (EN 16931).",
    ),
    "nothing on the islands": (
        lambda: of_category("L", "0"),
        "Tax category L at 0% is not one of e-invoices (EN 16931).",
    ),
    "no category of the standard": (
        lambda: of_category("B", "19"),
        "“B” is no tax category of e-invoices (EN 16931).",
    ),
    "no lines": (lambda: invoice(()), "It has no line, and an e-invoice needs one (EN 16931)."),
    "taxes of other lines": (
        lambda: replace(invoice(1), taxes=()),
        "Its taxes are not those of its lines, so it cannot be an e-invoice (EN 16931).",
    ),
}


@pytest.mark.parametrize("case", _REFUSED)
def test_a_document_that_the_standard_cannot_say_is_refused(case: str) -> None:
    make, said = _REFUSED[case]
    problem = einvoice_problem(make())
    assert problem is not None
    assert put(problem) == said


@pytest.mark.parametrize(
    "make", [invoice, _in_one_named_tax, lambda: invoice(lines(1, currency="JPY"), currency="JPY")]
)
def test_what_the_standard_can_say_is_not_refused(make: object) -> None:
    assert callable(make)
    assert einvoice_problem(make()) is None
