"""Lines by which the bank carries out an order: debits that it credits in one sum, and refunds that it pays."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from sqlalchemy import Connection

from desktop.domain.matching.facts import SURE, Explanation, Line, OpenInvoice, PaidBack, Share
from desktop.domain.references import bare_iban
from desktop.domain.wording import Said, money, phrase
from desktop.services.bank.parts import PAYMENT, REFUND

# In the order of the file, which numbers its blocks so: one for each scheme and sequence.
_ITEMS: Final = """SELECT o.number, o.currency, i.open_item_id, i.credit_id, i.client_id, i.amount, i.end_to_end,
  i.iban, i.scheme, i.sequence, i.state FROM payment_order o JOIN payment_order_item i ON i.order_id = o.id
WHERE o.id IN (SELECT order_id FROM payment_order_item WHERE state = 'ordered') AND o.state <> 'cancelled'
ORDER BY o.id, i.scheme, i.sequence, i.id"""
# What stands for an end-to-end id that nobody gave.
_UNNAMED: Final = ("", "NOTPROVIDED", "NONREF")


@dataclass(frozen=True, slots=True)
class _Item:
    number: str
    currency: str
    open_item_id: int | None
    credit_id: int | None
    client_id: int
    amount: int
    end_to_end: str
    iban: str
    scheme: str
    sequence: str
    state: str

    @property
    def signed(self) -> int:
        """What it changes of the account."""
        return self.amount if self.credit_id is None else -self.amount


@dataclass(frozen=True, slots=True)
class _Sum:
    """What of an order, or of a block of its file, the bank may book as one. `block` is the file's own name for it."""

    number: str
    block: str
    items: tuple[_Item, ...]

    @property
    def key(self) -> tuple[str, int]:
        return self.items[0].currency, sum(item.signed for item in self.items)


def order_lines(
    connection: Connection, lines: Sequence[Line], items: Mapping[int, OpenInvoice]
) -> dict[int, Explanation]:
    """By the line's id, what the bank carried out of orders under way.

    A line that names an order and is what it comes to, or what one block of its file comes to, is sure. So is a refund
    by its end-to-end id, or where the receiver's account and the amount fit one refund only. Where one client's debits
    were settled otherwise meanwhile their money becomes its credit, which a person is to see.
    """
    ordered = [_Item(*row) for row in connection.exec_driver_sql(_ITEMS)]
    if not ordered:
        return {}
    sums = _sums(ordered)
    refunds = [item for item in ordered if item.credit_id is not None and item.state == "ordered"]
    batches = _batches(connection, lines)
    found: dict[int, Explanation] = {}
    for line in lines:
        if line.returns or not line.amount:
            continue
        text = _bare(f"{line.text} {line.reference} {line.end_to_end} {batches.get(line.id, '')}")
        one = _refund(line, refunds, text)
        if one is None:
            whole = _whole(sums.get((line.currency, line.amount), ()), text)
            one = None if whole is None else _carried_out(line, whole, items)
        if one is not None:
            found[line.id] = one
    return found


def _sums(ordered: Iterable[_Item]) -> dict[tuple[str, int], list[_Sum]]:
    found: dict[tuple[str, int], list[_Sum]] = {}
    for number, of_order in groupby(ordered, key=lambda item: item.number):
        own = list(of_order)
        parts = [_Sum(number, "", tuple(own))]
        blocks = groupby(own, key=lambda item: (item.scheme, item.sequence))
        parts += [_Sum(number, f"{number}-{at}", tuple(one)) for at, (_key, one) in enumerate(blocks, 1)]
        if len(parts) == 2:
            # The only block is the order.
            parts.pop()
        for part in parts:
            waiting = tuple(item for item in part.items if item.state == "ordered")
            asked = tuple(item for item in part.items if item.state in ("ordered", "paid"))
            for items in {waiting: None, asked: None} if waiting else ():
                one = _Sum(number, part.block, items)
                found.setdefault(one.key, []).append(one)
    return found


def _whole(sums: Sequence[_Sum], text: str) -> _Sum | None:
    """The one sum that the text names. Of several that are equally large it has to name the block."""
    named = [one for one in sums if _bare(one.number) in text]
    if len(named) > 1:
        named = [one for one in named if one.block and _bare(one.block) in text]
    return named[0] if len(named) == 1 else None


def _refund(line: Line, refunds: Iterable[_Item], text: str) -> Explanation | None:
    fitting = [item for item in refunds if item.signed == line.amount and item.currency == line.currency]
    named = [item for item in fitting if _bare(item.end_to_end) == _bare(line.end_to_end)]
    if not named and _bare(line.end_to_end) in _UNNAMED:
        account = bare_iban(line.party_account)
        named = [item for item in fitting if account and bare_iban(item.iban) == account]
    if not named:
        named = [item for item in fitting if _bare(item.end_to_end) in text]
    if len(named) != 1:
        return None
    return _paid_back(
        line, named, phrase("Pays the refund {reference} that you ordered", reference=named[0].end_to_end)
    )


def _carried_out(line: Line, whole: _Sum, items: Mapping[int, OpenInvoice]) -> Explanation | None:
    said = phrase("Names payment order {number} and is what it comes to.", number=whole.number)
    if line.amount < 0:
        waiting = all(item.state == "ordered" for item in whole.items)
        return _paid_back(line, whole.items, said) if waiting else None
    shares: list[Share] = []
    beyond: dict[int, int] = {}
    for item in whole.items:
        due = items.get(item.open_item_id or 0)
        part = min(due.open, item.amount) if due is not None else 0
        if due is not None and part:
            shares.append(Share(due.id, part))
        if part < item.amount:
            beyond[item.client_id] = beyond.get(item.client_id, 0) + item.amount - part
    if len(beyond) > 1:
        return None
    reasons = [said]
    client = next(iter(beyond), None)
    surplus = sum(beyond.values())
    if surplus:
        amount = money(surplus, line.currency)
        reasons.append(phrase("{amount} of it was settled otherwise meanwhile, and becomes credit", amount=amount))
    return Explanation(line.id, PAYMENT, SURE, client, tuple(shares), surplus, reasons=tuple(reasons), sure=not surplus)


def _paid_back(line: Line, settled: Sequence[_Item], said: Said) -> Explanation:
    clients = {item.client_id for item in settled}
    back = tuple(
        PaidBack(item.credit_id, item.client_id, item.amount) for item in settled if item.credit_id is not None
    )
    client = clients.pop() if len(clients) == 1 else None
    return Explanation(line.id, REFUND, SURE, client, paid_back=back, reasons=(said,), sure=True)


def _batches(connection: Connection, lines: Iterable[Line]) -> dict[int, str]:
    """What the bank calls the order by itself: the message or the block that a line sums up."""
    rows = connection.exec_driver_sql(
        "SELECT id, batch FROM bank_line WHERE batch <> '' AND id IN (SELECT value FROM json_each(?))",
        (json.dumps([line.id for line in lines]),),
    )
    return {row[0]: row[1] for row in rows}


def _bare(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum())
