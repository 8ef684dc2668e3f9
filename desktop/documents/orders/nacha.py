"""ACH debits of the United States as a NACHA file: fixed records of 94 signs, in blocks of ten."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import groupby
from typing import Final

from desktop.domain.payment_order import Order, OrderItem, routing_is_sound

_WIDTH, _BLOCK = 94, 10
_DEBITS_ONLY: Final = "225"
_CODES: Final = {"checking": "27", "savings": "37"}
_LARGEST: Final = 10**10 - 1
_HASH: Final = 10**10


def nacha(order: Order) -> bytes:
    """The file, by the NACHA Operating Rules, appendix three: CCD for businesses and PPD for consumers, a batch each.

    ValueError for a routing number with a wrong check digit, an amount that ten digits do not hold, another currency
    than the dollar.
    """
    _check(order)
    origin = order.account.routing[:8]
    records = [_file_header(order)]
    hashes = batches = entries = trace = 0
    for is_business, block in groupby(sorted(order.items, key=_is_business), key=_is_business):
        batches += 1
        items = list(block)
        records.append(_batch_header(order, batches, "CCD" if is_business else "PPD", origin))
        for item in items:
            trace += 1
            records.append(_entry(item, origin, trace))
        entry_hash = sum(int(item.routing[:8]) for item in items)
        hashes += entry_hash
        entries += len(items)
        records.append(_batch_control(order, batches, items, entry_hash, origin))
    blocks = -(-(len(records) + 1) // _BLOCK)
    records.append(f"9{batches:06}{blocks:06}{entries:08}{hashes % _HASH:010}{order.total:012}{0:012}".ljust(_WIDTH))
    records += ["9" * _WIDTH] * (blocks * _BLOCK - len(records))
    assert all(len(record) == _WIDTH for record in records)
    return "".join(record + "\r\n" for record in records).encode("ascii")


def _check(order: Order) -> None:
    if order.currency != "USD":
        raise ValueError(f"an ACH debit is in USD, not in {order.currency}")
    for routing in (order.account.routing, *(item.routing for item in order.items)):
        if not routing_is_sound(routing):
            raise ValueError(f"{routing!r} is no routing number")
    for item in order.items:
        if not 0 < item.amount <= _LARGEST:
            raise ValueError(f"{item.end_to_end}: an amount of {item.amount} has no place in the file")


def _is_business(item: OrderItem) -> bool:
    return item.is_business


def _file_header(order: Order) -> str:
    account = order.account
    return (
        f"101 {account.routing}{_digits(account.company_id):>10}{order.made_at:%y%m%d%H%M}A094101"
        f"{_text(account.bank, 23)}{_text(account.holder, 23)}{'':8}"
    )


def _batch_header(order: Order, number: int, entry_class: str, origin: str) -> str:
    account = order.account
    return (
        f"5{_DEBITS_ONLY}{_text(account.holder, 16)}{'':20}{_text(account.company_id, 10)}{entry_class}"
        f"{_text('PAYMENT', 10)}{order.made_at:%y%m%d}{order.execute_on:%y%m%d}{'':3}1{origin}{number:07}"
    )


def _entry(item: OrderItem, origin: str, trace: int) -> str:
    return (
        f"6{_CODES[item.account_kind]}{item.routing}{_text(item.account_number, 17)}{item.amount:010}"
        f"{_text(item.end_to_end, 15)}{_text(item.holder, 22)}{'':2}0{origin}{trace:07}"
    )


def _batch_control(order: Order, number: int, items: Iterable[OrderItem], entry_hash: int, origin: str) -> str:
    amounts = [item.amount for item in items]
    return (
        f"8{_DEBITS_ONLY}{len(amounts):06}{entry_hash % _HASH:010}{sum(amounts):012}{0:012}"
        f"{_text(order.account.company_id, 10)}{'':25}{origin}{number:07}"
    )


def _digits(text: str) -> str:
    return text.strip()[:10]


def _text(text: str, width: int) -> str:
    """Upper case in ASCII, cut and filled to its field."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(sign if sign.isprintable() else " " for sign in plain).upper()[:width].ljust(width)
