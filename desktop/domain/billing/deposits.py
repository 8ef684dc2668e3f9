"""Deposits received come off what is billed later, with their tax (UStG section 14(5)), each only once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from desktop.domain.agreement import Agreement
from desktop.domain.billing.draft import Draft, complete
from desktop.domain.billing.facts import Billing, Deposit
from desktop.domain.billing.lines import Line, part_of
from desktop.domain.money import SCALE, per_major
from desktop.domain.tax_parts import by_tax

_DAY = timedelta(days=1)
# (category, rate, the taxes that it is made of)
_Group = tuple[str, int, str]


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
    bases: dict[_Group, int] = {}
    for line in draft.lines:
        group = (line.category, line.rate, line.tax_parts)
        bases[group] = bases.get(group, 0) + line.net
    deducted = False
    for deposit in deposits:
        if deposit.currency != draft.currency:
            continue
        for basis, category, rate, code_id, parts in deposit.groups:
            group = (category, rate, parts)
            take = basis if final else min(basis, _fitting(bases, group))
            if take <= 0:
                continue
            bases[group] = bases.get(group, 0) - take
            deducted = True
            draft.lines.append(_line(deposit, len(draft.lines) + 1, take, category, rate, code_id, parts))
    if deducted:
        if final:
            draft.kind = "final"
        complete(draft, billing)


def _gross(bases: Mapping[_Group, int]) -> int:
    taxes = by_tax(bases.items()).items()
    return sum(bases.values()) + sum(part_of(basis, rate) for (_category, rate, _name), basis in taxes)


def _fitting(bases: Mapping[_Group, int], group: _Group) -> int:
    """The most of a group that leaves the document's total at nothing or above, its taxes rounded as they will be."""
    left = _gross(bases)
    if left <= 0:
        return 0

    def after(net: int) -> int:
        return _gross({**bases, group: bases.get(group, 0) - net})

    # What tax and rounding make of it is a few units away.
    net = left * SCALE // (SCALE + group[1])
    while net > 0 and after(net) < 0:
        net -= 1
    while after(net + 1) >= 0:
        net += 1
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
