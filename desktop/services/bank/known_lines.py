"""Lines that need no matching: money between the firm's own accounts, and debits that the bank credits in one sum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import Connection

from desktop.domain.matching.facts import SURE, Explanation, Line, OpenInvoice, Share
from desktop.domain.references import bare_iban
from desktop.domain.wording import phrase
from desktop.services.bank.parts import PAYMENT, TRANSFER

_ORDERED: Final = """SELECT o.number, o.currency, i.open_item_id, i.amount FROM payment_order o
JOIN payment_order_item i ON i.order_id = o.id
WHERE o.state <> 'cancelled' AND i.state = 'ordered' AND i.open_item_id IS NOT NULL ORDER BY i.id"""


def known_lines(
    connection: Connection, lines: Iterable[Line], items: Mapping[int, OpenInvoice]
) -> dict[int, Explanation]:
    """By the line's id, what is known of it without reading it against all invoices."""
    own = _own_accounts(connection)
    orders = _debits(connection)
    found: dict[int, Explanation] = {}
    for line in lines:
        if line.returns:
            continue
        account = bare_iban(line.party_account)
        if account in own:
            said = phrase("The other side is your own account {account}.", account=account)
            found[line.id] = Explanation(line.id, TRANSFER, SURE, None, reasons=(said,), sure=True)
            continue
        for number, shares in orders.get((line.currency, line.amount), ()):
            if _bare(number) in _bare(f"{line.text} {line.reference} {line.end_to_end}") and _are_open(shares, items):
                said = phrase("Names payment order {number} and is what it comes to.", number=number)
                found.setdefault(line.id, Explanation(line.id, PAYMENT, SURE, None, shares, reasons=(said,), sure=True))
    return found


def _own_accounts(connection: Connection) -> set[str]:
    rows = connection.exec_driver_sql("SELECT iban, account_number FROM bank_account WHERE kind = 'bank'")
    return {account for row in rows for account in map(bare_iban, row) if account}


def _debits(connection: Connection) -> dict[tuple[str, int], list[tuple[str, tuple[Share, ...]]]]:
    """Orders of several debits that are under way, by currency and by what they come to."""
    parts: dict[tuple[str, str], list[Share]] = {}
    for number, currency, item, amount in connection.exec_driver_sql(_ORDERED):
        parts.setdefault((number, currency), []).append(Share(item, amount))
    found: dict[tuple[str, int], list[tuple[str, tuple[Share, ...]]]] = {}
    for (number, currency), shares in parts.items():
        total = sum(share.amount for share in shares)
        found.setdefault((currency, total), []).append((number, tuple(shares)))
    return found


def _are_open(shares: Iterable[Share], items: Mapping[int, OpenInvoice]) -> bool:
    return all(share.item_id in items and items[share.item_id].open >= share.amount for share in shares)


def _bare(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum())
