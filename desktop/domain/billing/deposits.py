"""Deposits received come off what is billed later, with their tax (UStG section 14(5)), each only once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from desktop.domain.agreement import Agreement
from desktop.domain.billing.draft import Draft, complete
from desktop.domain.billing.facts import Billing, Deposit
from desktop.domain.billing.lines import Line
from desktop.domain.money import SCALE, per_major

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
        for basis, category, rate, code_id in deposit.groups:
            # Rounded down, so that with its tax it fits into the room.
            take = basis if final else min(basis, room * SCALE // (SCALE + rate))
            if take <= 0:
                continue
            room -= take + (take * rate + SCALE // 2) // SCALE
            deducted = True
            draft.lines.append(_line(deposit, len(draft.lines) + 1, take, category, rate, code_id))
    if deducted:
        if final:
            draft.kind = "final"
        complete(draft, billing)


def _line(deposit: Deposit, position: int, take: int, category: str, rate: int, code_id: int | None) -> Line:
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
    )
