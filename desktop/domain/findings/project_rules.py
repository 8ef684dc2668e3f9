"""Rules of projects: what a client expects to spend in all, and what a fixed price allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from desktop.domain.billing.milestones import scope_on
from desktop.domain.findings.rule import Case
from desktop.domain.wording import Said, money, phrase

Found = Iterable[tuple[Said, Said, str]]


def budget_exceeded(case: Case, _: Mapping[str, Any]) -> Found:
    if case.draft.kind == "deposit":
        return
    for agreement in case.agreements:
        if agreement.budget is None:
            continue
        billed = sum(charge.amount for charge in case.draft.charges if charge.agreement_id == agreement.id)
        work = case.work.get(agreement.id)
        left = agreement.budget - (work.worked if work else 0)
        if billed > max(left, 0):
            currency = case.draft.currency
            yield (
                phrase(
                    "Its budget of {budget} has {left} left, this bills {billed}.",
                    budget=money(agreement.budget, currency),
                    left=money(max(left, 0), currency),
                    billed=money(billed, currency),
                ),
                phrase("Ask the client to raise the budget, or approve."),
                f"agreement:{agreement.id}:budget",
            )


def scope_exceeded(case: Case, _: Mapping[str, Any]) -> Found:
    for agreement in case.agreements:
        work = case.work.get(agreement.id)
        if work is None or work.scope is None:
            continue
        here = sum(
            charge.amount
            for charge in case.draft.charges
            if charge.kind == "milestone" and charge.agreement_id == agreement.id
        )
        agreed = scope_on(work.scope, case.billing.through)
        total = work.scope.billed + work.scope.others + here
        if here > 0 and total > agreed:
            currency = case.draft.currency
            yield (
                phrase(
                    "With this, its milestones come to {total}; {agreed} is agreed.",
                    total=money(total, currency),
                    agreed=money(agreed, currency),
                ),
                phrase("Enter the change order that the client approved, or approve."),
                f"agreement:{agreement.id}:agreed",
            )
