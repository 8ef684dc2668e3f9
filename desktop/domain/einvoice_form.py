"""Which form of e-invoice a document takes, from what the client, its delivery, its segment and the firm say."""

from __future__ import annotations

from typing import Final

NONE: Final = "none"
# Who takes the invoice as such a file wants this form of it.
_OF_DELIVERY: Final = {"facturx": "facturx", "xrechnung": "xrechnung", "ubl": "peppol"}


def einvoice_form(client: str | None, delivery: str, segment: str | None, firm: str) -> str:
    """One of EINVOICES: the client's own, else what the delivery implies, else the segment's, else the firm's."""
    return client or _OF_DELIVERY.get(delivery) or segment or firm or NONE
