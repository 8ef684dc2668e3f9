"""Whether the codes to pay by that the firm has set up can stand on its documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final

from desktop.domain.billing.einvoicing import SellerFacts
from desktop.domain.document import BankAccount, Document, Party
from desktop.domain.findings.rule import Case
from desktop.domain.pay_codes import has_swiss_address, is_sepa, is_swiss, problems_of_codes
from desktop.domain.wording import Said, phrase

Found = Iterator[tuple[Said, Said, str]]

_DAY: Final = date(2000, 1, 1)
_ANY_AMOUNT: Final = 1
# No bank has a code for it, so that the link is looked at alone.
_NO_CURRENCY: Final = ""


def pay_code_missing(case: Case, _: Mapping[str, Any]) -> Found:
    """A code whose account, UPI id or link is there but not right. What the firm has not set up, it does not miss, and
    amounts beyond what a code may have are nobody's mistake.
    """
    firm, draft = case.billing.firm, case.draft
    if draft.gross > 0:
        yield from _problems(
            Party(firm.name, postcode=firm.seller.postcode, city=firm.seller.city, country=firm.country),
            firm.seller,
            draft.currency,
            case.client.country if case.client.country in ("CH", "LI") else "",
        )


@lru_cache(maxsize=64)
def _problems(seller: Party, facts: SellerFacts, currency: str, buyer: str) -> tuple[tuple[Said, Said, str], ...]:
    """The same for all documents of a currency and country, so found out once a run."""
    bank = tuple(
        BankAccount("", number, bic)
        for (number, own), bic in zip(facts.accounts, facts.bics, strict=True)
        if own in ("", currency)
    )
    set_up = {
        "CHF": any(is_swiss(account) for account in bank),
        "EUR": any(is_sepa(account) for account in bank),
        "INR": bool(facts.upi_id),
    }
    remedy = phrase("Correct it under Settings, Firm; until then documents go out without the code.")
    found: list[tuple[Said, Said, str]] = []
    if set_up.get(currency):
        paper = _paper(seller, buyer, currency, bank, upi_id=facts.upi_id)
        where = "iban" if has_swiss_address(seller) or currency != "CHF" else "postcode"
        field = "upi_id" if currency == "INR" else where
        found += [(said, remedy, f"firm:1:{field}") for said in problems_of_codes(paper)]
    if facts.link:
        paper = _paper(seller, buyer, _NO_CURRENCY, bank, link=facts.link)
        found += [(said, remedy, "firm:1:payment_link") for said in problems_of_codes(paper)]
    return tuple(found)


def _paper(
    seller: Party, buyer: str, currency: str, bank: tuple[BankAccount, ...], upi_id: str = "", link: str = ""
) -> Document:
    """As much of a document as decides on its codes."""
    return Document(
        kind="invoice",
        number="",
        issue_date=_DAY,
        due_date=_DAY,
        currency=currency,
        language="en",
        seller=seller,
        buyer=Party("", country=buyer),
        lines=(),
        taxes=(),
        net=_ANY_AMOUNT,
        tax=0,
        gross=_ANY_AMOUNT,
        payable=_ANY_AMOUNT,
        bank=bank,
        upi_id=upi_id,
        link=link,
    )
