"""What a person chose for a line, as the parts that book it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from desktop.domain.matching.facts import SURE, Explanation, Line, OpenInvoice, Policy, Share
from desktop.domain.payments import Item, allocate
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.bank.parts import PAYMENT, RETURN, Part, parts_of
from desktop.services.bank.proposing import Proposals


def chosen(
    found: Proposals,
    line_id: int,
    item_ids: Sequence[int] = (),
    *,
    client_id: int | None = None,
    charges: int = 0,
    paid: int | None = None,
    write_off: str = "",
) -> tuple[Part, ...]:
    """The parts by which a line pays these open items, in this order; what is left over is the client's credit.

    `charges` is what banks kept back of the payment, minor units of the line's currency. Of items in another currency
    `paid` says what was paid in theirs; without it the bank's own word counts, or else what is open of them. Discounts
    in time are granted where they make up the difference. With `write_off`, a reason, what stays open is written off.
    UserError where nothing is chosen, where an item is not open any more, and for items of several currencies.
    """
    line = _line(found, line_id)
    items = _items(found, item_ids)
    if not items and client_id is None:
        raise UserError(_("Nothing says what this line pays."), _("Choose an invoice or a client."))
    if line.amount <= 0:
        raise UserError(
            _("This money went out; it pays no invoice."),
            _("Book it as a return, a refund, bank charges or a transfer, or put it aside."),
        )
    amount = _amount(line, items, charges, paid)
    settled, surplus = allocate(
        amount,
        [Item(one.id, one.due, one.open, _discount(found.policy, line, one)) for one in items],
        [one.id for one in items],
    )
    by_item = {one.key: one for one in settled}
    shares = []
    for one in items:
        part = by_item.get(one.id)
        share = Share(one.id, part.amount, part.discount) if part else Share(one.id, 0)
        if write_off:
            share = replace(share, write_off=one.open - share.amount - share.discount)
        if share.amount or share.discount or share.write_off:
            shares.append(share)
    explanation = Explanation(line_id, PAYMENT, SURE, client_id, tuple(shares), surplus)
    parts = parts_of(explanation, line, found.items, found.past, found.heads)
    return tuple(replace(part, score=None, reason=write_off) for part in parts)


def chosen_return(found: Proposals, line_id: int, payment_id: int) -> tuple[Part, ...]:
    """The parts by which a line takes a payment back; what went out beyond it is the bank's fee.

    UserError where the payment is not one that may come back.
    """
    line = _line(found, line_id)
    if payment_id not in found.past:
        raise UserError(
            _("This payment cannot come back."),
            _("It was taken back already, is too long ago, or was none by bank. Put the line aside with a note."),
        )
    explanation = Explanation(line_id, RETURN, SURE, found.past[payment_id].client_id, returned=payment_id)
    parts = parts_of(explanation, line, found.items, found.past, found.heads)
    return tuple(replace(part, score=None) for part in parts)


def _line(found: Proposals, line_id: int) -> Line:
    if line_id not in found.lines:
        raise UserError(
            _("This bank line is booked already, or is not in the book."),
            _("Take it back first if it should be booked otherwise."),
        )
    return found.lines[line_id]


def _items(found: Proposals, item_ids: Sequence[int]) -> list[OpenInvoice]:
    missing = [item for item in item_ids if item not in found.items]
    if missing:
        raise UserError(_("An invoice that was chosen is not open any more."), _("Reload the list."))
    items = [found.items[item] for item in dict.fromkeys(item_ids)]
    if len({one.currency for one in items}) > 1:
        raise UserError(
            _("The invoices chosen are in several currencies."), _("Split the line: one part for each currency.")
        )
    return items


def _amount(line: Line, items: Sequence[OpenInvoice], charges: int, paid: int | None) -> int:
    """What there is to settle with, in the currency of the items."""
    if not items or items[0].currency == line.currency:
        return line.amount + charges
    if paid is not None:
        return paid
    if line.original is not None and line.original[1] == items[0].currency:
        return line.original[0]
    return sum(one.open for one in items)


def _discount(policy: Policy, line: Line, item: OpenInvoice) -> int:
    if not item.discount or item.discount_until is None:
        return 0
    in_time = line.booked_on <= item.discount_until + timedelta(days=policy.discount_grace)
    return item.discount if in_time else 0
