"""What of a bank line is booked as what: the parts that a person or a pass gives, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from desktop.domain.matching.facts import Explanation, Line, OpenInvoice, PastPayment, Share
from desktop.domain.money import spread
from desktop.domain.wording import Said, phrase
from desktop.i18n import _

PAYMENT: Final = "payment"
RETURN: Final = "return"
REFUND: Final = "refund"
CHARGES: Final = "charges"
TRANSFER: Final = "transfer"
OTHER: Final = "other"
"""What a part is booked as; the last is put aside with its note."""

NOTHING: Final = "nothing"
RECORDED: Final = "recorded"
"""Kinds of explanations that book no money: one that explains nothing, and one that names a payment that is there
(`returned` is its id)."""


@dataclass(frozen=True, slots=True)
class Part:
    """What of a line is booked as what. `amount` has the line's sign, in minor units of the line's currency.

    A payment settles `shares` by open item; what they leave of it is the credit of `client_id`, which may be left out
    where there are shares. Its own amount is `amount` and `charges`, what banks kept back of it. Of another currency
    than the line's it is `paid`, minor units of `currency`, as its shares are. `reason` says why a share writes off.

    Money that was recorded by hand before is `payment_id`: the line then names that payment, refund or reversal, and
    books nothing. A return takes back the payment `returned`, by its id. A refund pays out the credit `credit_id`. The
    other kinds settle nothing; `note` says what they are, and must where the kind is `other`; `account_id` is where the
    ledger has them, which their kind decides where none is chosen. `score` and `reasons` are those of the explanation
    that it comes from; without a score a person decided.
    """

    kind: str
    amount: int
    client_id: int | None = None
    shares: tuple[Share, ...] = ()
    charges: int = 0
    paid: int | None = None
    currency: str = ""
    returned: int | None = None
    payment_id: int | None = None
    credit_id: int | None = None
    account_id: int | None = None
    note: str = ""
    reason: str = ""
    score: int | None = None
    reasons: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Booked:
    """What became of one line. `left` is what of it is not booked yet, signed minor units of its currency.

    `payments` are numbers, those of reversals and of tax withheld among them, `settled` (id of the open item, amount by
    which it is lower, or with a minus higher again), `clients` ids. `notes` are sentences that a person should read.
    """

    line_id: int
    reconciliation_id: int
    left: int
    payments: tuple[str, ...] = ()
    settled: tuple[tuple[int, int], ...] = ()
    clients: tuple[int, ...] = ()
    notes: tuple[Said, ...] = ()


def parts_of(
    explanation: Explanation,
    line: Line,
    items: Mapping[int, OpenInvoice],
    past: Mapping[int, PastPayment],
    heads: Mapping[int, int],
) -> tuple[Part, ...]:
    """What booking an explanation does: one payment a client, since a payment has one, or the return with its fee.

    Empty where it explains nothing.
    """
    lost = any(share.write_off for share in explanation.shares)
    given = Part(
        explanation.kind,
        line.amount,
        explanation.client_id,
        reason=_("Difference of a payment by bank") if lost else "",
        score=explanation.score,
        reasons=explanation.reasons,
    )
    if explanation.kind == NOTHING:
        return ()
    if explanation.kind == RECORDED:
        # What a person recorded is a payment; what went out, a refund, or a reversal of what came back.
        kind = PAYMENT if line.amount > 0 else RETURN if line.returns else REFUND
        return (replace(given, kind=kind, payment_id=explanation.returned),)
    if explanation.kind == RETURN and explanation.returned is not None:
        return _returned(given, explanation.returned, past)
    if explanation.kind == REFUND:
        return tuple(
            replace(given, amount=-one.amount, client_id=one.client_id, credit_id=one.credit_id)
            for one in explanation.paid_back
        )
    if explanation.kind != PAYMENT:
        return (given,)
    return tuple(_payments(given, explanation, line, items, heads))


def _returned(given: Part, returned: int, past: Mapping[int, PastPayment]) -> tuple[Part, ...]:
    payment = past[returned]
    fee = given.amount + payment.amount
    whole = replace(given, amount=-payment.amount, returned=returned, client_id=payment.client_id)
    if fee >= 0:
        return (whole,) if not fee else (replace(whole, amount=given.amount),)
    note = phrase("Fee of the bank for the return")
    return whole, replace(given, kind=CHARGES, amount=fee, client_id=payment.client_id, note=note.stored())


def _payments(
    given: Part, explanation: Explanation, line: Line, items: Mapping[int, OpenInvoice], heads: Mapping[int, int]
) -> Sequence[Part]:
    shares: dict[int, list[Share]] = {}
    for share in explanation.shares:
        owner = items[share.item_id].client_id
        shares.setdefault(heads.get(owner, owner), []).append(share)
    if not shares:
        return [given]
    payer = explanation.client_id
    payer = None if payer is None else heads.get(payer, payer)
    if explanation.surplus and payer is not None:
        # Money of a payer who is asked for nothing any more is its own, beside what pays for others.
        shares.setdefault(payer, [])
    kept = payer if payer in shares else next(iter(shares))
    sums = {client: sum(share.amount for share in own) for client, own in shares.items()}
    sums[kept] += explanation.surplus
    currency = items[explanation.shares[0].item_id].currency
    if currency != line.currency:
        amounts = spread(line.amount, list(sums.values()))
        return [
            replace(given, amount=amount, client_id=client, shares=tuple(shares[client]), paid=paid, currency=currency)
            for (client, paid), amount in zip(sums.items(), amounts, strict=True)
        ]
    # What the shares come to beyond the line is what banks kept back; the largest payment bears it.
    beyond = sum(sums.values()) - line.amount
    sums[kept] -= min(beyond, 0)
    bearer = max(sums, key=lambda client: sums[client])
    return [
        replace(
            given,
            amount=gross - (max(beyond, 0) if client == bearer else 0),
            client_id=client,
            shares=tuple(shares[client]),
            charges=max(beyond, 0) if client == bearer else 0,
        )
        for client, gross in sums.items()
    ]
