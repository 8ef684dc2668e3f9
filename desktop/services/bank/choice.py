"""Which reading of a bank line a person is offered first, and what those chosen by hand would come to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Final, Literal

from desktop.domain.matching.facts import Explanation
from desktop.errors import UserError
from desktop.i18n import _, money_text, ngettext, number_text
from desktop.services.bank.choosing import chosen
from desktop.services.bank.parts import CHARGES, NOTHING, OTHER, PAYMENT, RECORDED, REFUND, RETURN, TRANSFER, Part
from desktop.services.bank.proposing import Proposals

Standing = Literal["sure", "suggested", "equal", "doubtful", "unmatched"]
PartKind = Literal["payment", "refund", "charges", "transfer", "other"]

# What is less likely than not is offered, and never chosen for a person: a fraction times 10**6.
_LIKELY: Final = 500_000
# More invoices than this are counted instead of named.
_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """What open items come to beside the line that would pay them, minor units of `currency`; `left` is signed: above
    zero what the line brings more than is open, below zero what stays open.
    """

    open: int
    left: int
    currency: str


def readings(found: Proposals, line_id: int) -> tuple[Explanation, ...]:
    """What the line may be, the best first; those that explain nothing left out."""
    return tuple(one for one in found.of(line_id) if one.kind != NOTHING)


def preferred(found: Proposals, line_id: int) -> Explanation | None:
    """The reading that Enter books. None where there is none, where another one is as likely, and where none is."""
    several = readings(found, line_id)
    if (
        not several
        or not is_likely(several[0])
        or (len(several) > 1 and not several[0].sure and several[1].score >= several[0].score)
    ):
        return None
    return several[0]


def is_likely(reading: Explanation) -> bool:
    """Whether it is more likely than not."""
    return reading.score >= _LIKELY


def standing(found: Proposals, line_id: int) -> Standing:
    """How an open line stands."""
    several = readings(found, line_id)
    if not several:
        return "unmatched"
    if several[0].sure:
        return "sure"
    if not is_likely(several[0]):
        return "doubtful"
    return "suggested" if preferred(found, line_id) is not None else "equal"


def reading_text(found: Proposals, reading: Explanation, clients: Mapping[int, str]) -> str:
    """A reading in a few words: what is paid, and by whom. `clients` are names by id."""
    client = "" if reading.client_id is None else clients.get(reading.client_id, "")
    if reading.kind == PAYMENT:
        names = [name for name, _amount in found.names(reading)]
        if not names:
            return _("Credit of {client}").format(client=client)
        if len(names) > _NAMED:
            said = ngettext("{count} invoice", "{count} invoices", len(names)).format(count=number_text(len(names)))
        else:
            said = ", ".join(names)
        return f"{said} · {client}" if client else said
    if reading.kind == RECORDED:
        payment = found.past.get(reading.returned or 0)
        if payment is None:
            return _("Recorded by hand before")
        return _("Recorded before as {payment}").format(payment=payment.number)
    if reading.kind == RETURN and reading.returned is not None:
        said = _("Return of {payment}").format(payment=found.past[reading.returned].number)
        return f"{said} · {client}" if client else said
    said = kind_text(reading.kind)
    return f"{said} · {client}" if client else said


def reading_amount(found: Proposals, reading: Explanation) -> tuple[int, str]:
    """What a reading pays with all that is left over, minor units, and in which currency."""
    line = found.lines[reading.line_id]
    if not reading.shares:
        return line.amount, line.currency
    amount = sum(share.amount for share in reading.shares) + reading.surplus
    return amount, found.items[reading.shares[0].item_id].currency


def kind_text(kind: str) -> str:
    """What a part of a line is, in words."""
    words = {
        PAYMENT: _("Payment"),
        RETURN: _("Return"),
        REFUND: _("Refund"),
        CHARGES: _("Bank charges"),
        TRANSFER: _("Between own accounts"),
        OTHER: _("Put aside"),
    }
    return words.get(kind, "")


def difference(found: Proposals, line_id: int, item_ids: Collection[int]) -> Difference | None:
    """None for nothing chosen, and for items of another currency than the line's or of several."""
    line = found.lines.get(line_id)
    items = [found.items[one] for one in item_ids if one in found.items]
    if line is None or not items or {one.currency for one in items} != {line.currency}:
        return None
    together = sum(one.open for one in items)
    return Difference(together, line.amount - together, line.currency)


def part_of(
    found: Proposals,
    line_id: int,
    amount: int,
    kind: PartKind,
    *,
    item_ids: Sequence[int] = (),
    client_id: int | None = None,
    credit_id: int | None = None,
    note: str = "",
) -> tuple[Part, ...]:
    """The parts that book so much of a line and leave the rest of it open; `amount` has no sign. A refund pays back
    the credit `credit_id`.

    UserError for an amount that is not a part of what is left of the line, and as `chosen`.
    """
    line = found.lines.get(line_id)
    if line is None:
        raise UserError(_("This bank line is booked already, or is not in the book."), _("Reload the list."))
    if not 0 < amount <= abs(line.amount):
        raise UserError(
            _("The part is between nothing and {amount}.").format(amount=money_text(abs(line.amount), line.currency)),
            _("Correct the amount."),
        )
    signed = amount if line.amount > 0 else -amount
    if kind != PAYMENT:
        return (Part(kind, signed, client_id=client_id, credit_id=credit_id, note=note),)
    # What the payer was asked for in another currency, and what banks kept, is told of the whole line only.
    narrowed = copy(found)
    narrowed.lines = {line_id: replace(line, amount=signed, original=None, charges=0)}
    return chosen(narrowed, line_id, item_ids, client_id=client_id)
