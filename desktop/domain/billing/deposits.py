"""Deposits received come off what is billed later, with their tax (UStG section 14(5)), each only once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from desktop.domain.agreement import Agreement
from desktop.domain.billing.draft import Draft, complete
from desktop.domain.billing.facts import Billing, Deposit
from desktop.domain.billing.lines import Line, part_of
from desktop.domain.money import SCALE, per_major
from desktop.domain.tax_parts import Parts, taxes_of

_DAY = timedelta(days=1)


def closes(agreement: Agreement, through: date) -> bool:
    """Whether what is billed through a day is the agreement's final invoice."""
    return agreement.is_final or (agreement.end is not None and agreement.end <= through + _DAY)


def deduct(draft: Draft, agreement: Agreement, deposits: Sequence[Deposit], billing: Billing) -> None:
    """Take deposits received off, group by group with their tax.

    On each next invoice no more than makes its total nothing; on the final invoice all, so that the total may go below
    nothing where the client paid more than was due.
    """
    final = closes(agreement, billing.through)
    if agreement.deposits == "final" and not final:
        return
    room = max(draft.gross, 0)
    deducted = False
    for deposit in deposits:
        if deposit.currency != draft.currency:
            continue
        for basis, category, rate, code_id, parts in deposit.groups:
            taxes = taxes_of(rate, parts)
            take = basis if final else min(basis, _fitting(room, rate, taxes))
            if take <= 0:
                continue
            room -= _gross(take, taxes)
            deducted = True
            draft.lines.append(_line(deposit, len(draft.lines) + 1, take, category, rate, code_id, parts))
    if deducted:
        if final:
            draft.kind = "final"
        complete(draft, billing)


def _gross(net: int, taxes: Parts) -> int:
    return net + sum(part_of(net, rate) for _name, rate in taxes)


def _fitting(room: int, rate: int, taxes: Parts) -> int:
    """Rounded down, so that with its tax it fits into the room; several taxes may each round a unit up."""
    net = room * SCALE // (SCALE + rate)
    while net > 0 and _gross(net, taxes) > room:
        net -= 1
    return net


def _line(
    deposit: Deposit, position: int, take: int, category: str, rate: int, code_id: int | None, parts: str
) -> Line:
    return Line(
        position,
        None,
        None,
        None,
        "deposit",
        deposit.number,
        deposit.issue_date.isoformat(),
        "",
        None,
        None,
        -SCALE,
        "",
        take * (SCALE // per_major(deposit.currency)),
        SCALE,
        0,
        "",
        0,
        -take,
        code_id,
        category,
        rate,
        deposit.invoice_id,
        tax_parts=parts,
    )
