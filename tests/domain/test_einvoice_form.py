"""Who decides in which form an invoice goes out."""

from __future__ import annotations

import pytest

from desktop.domain.einvoice_form import einvoice_form


@pytest.mark.parametrize(
    "client, delivery, segment, firm, form",
    [
        (None, "pdf", None, "none", "none"),
        (None, "email", None, "facturx", "facturx"),
        (None, "email", "xrechnung", "facturx", "xrechnung"),
        (None, "email", "none", "facturx", "none"),
        (None, "facturx", "xrechnung", "none", "facturx"),
        (None, "xrechnung", None, "none", "xrechnung"),
        (None, "ubl", None, "none", "peppol"),
        ("", "ubl", None, "none", "peppol"),
        ("none", "xrechnung", "facturx", "facturx", "none"),
        ("xrechnung_ubl", "xrechnung", "facturx", "facturx", "xrechnung_ubl"),
    ],
)
def test_the_nearest_that_says_something_decides(
    client: str | None, delivery: str, segment: str | None, firm: str, form: str
) -> None:
    assert einvoice_form(client, delivery, segment, firm) == form
