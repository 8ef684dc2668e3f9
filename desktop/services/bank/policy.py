"""What the firm lets a pass do by itself."""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.matching.facts import SURE, Policy
from desktop.domain.money import exponent
from desktop.errors import UserError
from desktop.i18n import _, number_text
from desktop.services.bank.accounts import own_accounts
from desktop.services.book_settings import keep_setting
from desktop.services.changes import change

_SETTING: Final = "bank.policy"
_LEAST_THRESHOLD: Final = 500_000
_MOST: Final = 100
_LONGEST_GRACE: Final = 30


def bank_policy(book: Book) -> Policy:
    with book.reading() as session:
        return policy_within(session.connection())


def policy_within(connection: Connection) -> Policy:
    """As `bank_policy`, within the caller's transaction."""
    row = connection.exec_driver_sql("SELECT value FROM setting WHERE key = ?", (_SETTING,)).fetchone()
    kept: dict[str, Any] = json.loads(row[0]) if row else {}
    standard = Policy()
    return Policy(
        kept.get("threshold", standard.threshold),
        kept.get("tolerance", standard.tolerance),
        kept.get("tolerance_share", standard.tolerance_share),
        kept.get("charges_up_to", standard.charges_up_to),
        kept.get("most", standard.most),
        kept.get("discount_grace", standard.discount_grace),
        kept.get("oldest_first", standard.oldest_first),
    )


def policy_currencies(book: Book) -> tuple[str, ...]:
    """In which currencies amounts of the rule are asked for: the firm's, its accounts', and those that it names."""
    with book.reading() as session:
        connection = session.connection()
        home = str(connection.exec_driver_sql("SELECT currency FROM firm").scalar_one())
        held = [one.currency for one in own_accounts(connection) if one.currency]
        policy = policy_within(connection)
    return tuple(dict.fromkeys((home, *held, *policy.tolerance, *policy.charges_up_to)))


def keep_bank_policy(book: Book, policy: Policy, *, actor: str) -> None:
    """UserError for a threshold below a half or above the whole, an amount below zero, and what no currency is."""
    _check(policy)
    with change(book, actor, _("Change what bank lines book by themselves")) as made:
        keep_setting(
            made,
            _SETTING,
            {
                "threshold": policy.threshold,
                "tolerance": dict(policy.tolerance),
                "tolerance_share": policy.tolerance_share,
                "charges_up_to": dict(policy.charges_up_to),
                "most": policy.most,
                "discount_grace": policy.discount_grace,
                "oldest_first": policy.oldest_first,
            },
        )


def _check(policy: Policy) -> None:
    if policy.threshold is not None and not _LEAST_THRESHOLD <= policy.threshold <= SURE:
        raise UserError(
            _("The score from which a line books itself is between 50 and 100 percent."),
            _("Choose one, or let nothing book itself."),
        )
    if not 0 <= policy.tolerance_share < SURE:
        raise UserError(_("The part of an invoice that may be written off is between 0 and 100 percent."))
    if not 1 <= policy.most <= _MOST:
        raise UserError(
            _("A payment can be for 1 to {most} invoices.").format(most=number_text(_MOST)), _("Choose a number.")
        )
    if not 0 <= policy.discount_grace <= _LONGEST_GRACE:
        raise UserError(
            _("Discounts can count as in time for 0 to {most} days more.").format(most=number_text(_LONGEST_GRACE)),
            _("Choose a number of days."),
        )
    for amounts in (policy.tolerance, policy.charges_up_to):
        for currency, amount in amounts.items():
            try:
                exponent(currency)
            except ValueError as error:
                raise UserError(
                    _("“{code}” is not the code of a currency.").format(code=currency),
                    _("Use a code such as EUR or USD."),
                ) from error
            if amount < 0:
                raise UserError(_("An amount that may be missing cannot be below zero."), _("Correct the amount."))
