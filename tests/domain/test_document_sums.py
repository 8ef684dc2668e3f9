"""A document whose figures are not those of its lines is told from one that adds up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.domain.document_sums import adds_up
from tests.documents.einvoice.invoices import CASES, invoice


@pytest.mark.parametrize("name", sorted(CASES))
def test_lawful_documents_add_up(name: str) -> None:
    assert adds_up(CASES[name]())


@pytest.mark.parametrize("field", ["net", "tax", "gross", "payable", "prepaid", "rounding"])
def test_a_sum_that_is_off_by_a_cent_does_not(field: str) -> None:
    given = invoice()
    assert not adds_up(replace(given, **{field: getattr(given, field) + 1}))


def test_a_line_or_a_tax_that_is_off_does_not() -> None:
    given = invoice()
    first, *rest = given.lines
    assert not adds_up(replace(given, lines=(replace(first, net=first.net + 1), *rest)))
    assert not adds_up(replace(given, lines=(replace(first, quantity=first.quantity + 1), *rest)))
    group, *others = given.taxes
    assert not adds_up(replace(given, taxes=(replace(group, basis=group.basis + 1), *others)))
