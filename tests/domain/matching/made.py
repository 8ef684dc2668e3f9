"""Lines, open items and payers for tests of matching, with defaults where a test does not care."""

from __future__ import annotations

from datetime import date
from typing import Any

from desktop.domain.matching import explain
from desktop.domain.matching.facts import Explanation, Line, OpenInvoice, PastPayment, Payer, Policy
from desktop.saying import put

TODAY = date(2026, 3, 31)
BOOKED = date(2026, 3, 20)
ACME_ACCOUNT = "DE02500105170137075030"


def line(amount: int, text: str = "", **facts: Any) -> Line:
    return Line(**{"id": 1, "amount": amount, "currency": "EUR", "booked_on": BOOKED, "text": text, **facts})


def item(row: int, number: str, open_: int, client: int = 1, **facts: Any) -> OpenInvoice:
    defaults: dict[str, Any] = {
        "id": row,
        "invoice_id": row,
        "client_id": client,
        "group": client,
        "number": number,
        "name": number,
        "currency": "EUR",
        "issued": date(2026, 2, 1),
        "due": date(2026, 3, 1),
        "amount": open_,
        "open": open_,
    }
    return OpenInvoice(**defaults | facts)


def payer(client: int, name: str, *accounts: str, **facts: Any) -> Payer:
    defaults: dict[str, Any] = {
        "client_id": client,
        "group": client,
        "code": f"C-{client}",
        "names": (name,),
        "accounts": accounts,
    }
    return Payer(**defaults | facts)


ACME = payer(1, "ACME GmbH", ACME_ACCOUNT)


def explained(
    one: Line,
    items: list[OpenInvoice],
    *payers: Payer,
    policy: Policy | None = None,
    past: list[PastPayment] | None = None,
    settled: dict[str, int] | None = None,
) -> tuple[Explanation, ...]:
    return explain([one], items, payers or [ACME], past or [], policy, today=TODAY, settled=settled)[one.id]


def shares(one: Explanation) -> dict[int, int]:
    """What each item gets of the payment, by its id."""
    return {share.item_id: share.amount for share in one.shares}


def told(one: Explanation) -> list[str]:
    """The reasons in words."""
    return [put(reason) for reason in one.reasons]
