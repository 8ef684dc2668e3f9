"""Rules on how the client stands: disputes, holds, limits, what is overdue, what was paid in part or too much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from desktop.domain.billing.deposits import closes
from desktop.domain.findings.rule import Case
from desktop.domain.wording import Said, money, phrase, phrases

Found = Iterator[tuple[Said, Said, str]]


def disputed(case: Case, _: Mapping[str, Any]) -> Found:
    if case.standing.disputed:
        numbers = ", ".join(case.standing.disputed[:3])
        yield (
            phrase("{client} disputes {numbers}.", client=case.client.name, numbers=numbers),
            phrase("Settle the dispute first, or approve."),
            f"client:{case.client.id}:disputed",
        )
    elif case.client.disputed:
        yield (
            phrase("{client} is marked as disputed.", client=case.client.name),
            phrase("Settle the dispute first, or approve."),
            f"client:{case.client.id}:disputed",
        )


def client_on_hold(case: Case, _: Mapping[str, Any]) -> Found:
    if case.client.on_hold:
        said = phrase("{client} is on hold.", client=case.client.name)
        if case.client.hold_reason:
            said = phrase("{client} is on hold: {reason}.", client=case.client.name, reason=case.client.hold_reason)
        yield (
            said,
            phrase("Take the hold off at the client, or approve this one invoice."),
            f"client:{case.client.id}:on_hold",
        )


def credit_limit(case: Case, _: Mapping[str, Any]) -> Found:
    limit = case.client.credit_limit
    before = sum(sibling.gross_firm for sibling in case.standing.siblings if sibling.clear)
    total = case.standing.open_firm + before + case.in_firm(case.draft.gross)
    if limit is not None and total > limit:
        currency = case.billing.firm.currency
        yield (
            phrase(
                "With this invoice {client} owes {total}, above the credit limit of {limit}.",
                client=case.client.name,
                total=money(total, currency),
                limit=money(limit, currency),
            ),
            phrase("Approve, or wait for a payment."),
            f"client:{case.client.id}:credit_limit",
        )


def client_overdue(case: Case, parameters: Mapping[str, Any]) -> Found:
    days = int(parameters["days"])
    if case.standing.overdue_days > days:
        yield (
            phrases(
                "{invoice} of {client} is {count} day overdue (limit {limit}).",
                "{invoice} of {client} is {count} days overdue (limit {limit}).",
                count=case.standing.overdue_days,
                invoice=case.standing.overdue_number,
                client=case.client.name,
                limit=days,
            ),
            phrase("Chase it first, or approve."),
            f"client:{case.client.id}:account",
        )


def partly_paid(case: Case, _: Mapping[str, Any]) -> Found:
    last = case.standing.last
    if last and 0 < last.open < last.payable and last.due_date <= case.billing.issue_date:
        yield (
            phrase(
                "{invoice} was paid in part: {open} of {payable} is still open.",
                invoice=last.number,
                open=money(last.open, case.draft.currency),
                payable=money(last.payable, case.draft.currency),
            ),
            phrase("Ask why it was paid short, or approve."),
            f"client:{case.client.id}:account",
        )


def deposit_open(case: Case, _: Mapping[str, Any]) -> Found:
    if case.draft.kind == "deposit":
        return
    for agreement in case.agreements:
        work = case.work.get(agreement.id)
        if work is None or not closes(agreement, case.billing.through):
            continue
        for deposit in work.deposits:
            if deposit.open > 0:
                yield (
                    phrase(
                        "The deposit {deposit} still has {open} open, and this final invoice asks for all that was not "
                        "received.",
                        deposit=deposit.number,
                        open=money(deposit.open, deposit.currency),
                    ),
                    phrase("Credit what is open of {deposit}, then approve.", deposit=deposit.number),
                    f"client:{case.client.id}:account",
                )


def unapplied_credit(case: Case, _: Mapping[str, Any]) -> Found:
    if case.standing.unapplied > 0:
        yield (
            phrase(
                "{client} has an unused credit of {amount}.",
                client=case.client.name,
                amount=money(case.standing.unapplied, case.draft.currency),
            ),
            phrase("Apply it under Payments once the invoice is issued."),
            f"client:{case.client.id}:account",
        )
