"""The bank: lines that nobody has looked at, and statements that are missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from desktop.i18n import _, date_text, ngettext, number_text
from desktop.services.bank.accounts import own_accounts
from desktop.services.bank.gaps import covered_until, gaps, said
from desktop.services.today.item import Item, Look, Target, Urgency

# Whoever takes statements in at all does so every few days; after so many the last one is old.
OLD_DAYS: Final = 10
# What came in and waits longer than this is late to be known.
_PATIENCE_DAYS: Final = 3

_OPEN: Final = """SELECT count(*), min(booked_on), sum(amount > 0) FROM bank_line WHERE state = 'open'"""
_CAME: Final = "SELECT currency, sum(amount) FROM bank_line WHERE state = 'open' AND amount > 0 GROUP BY currency"


def bank_lines(look: Look) -> Iterator[Item]:
    """Lines of statements that are not booked, together: one pass takes up all of them."""
    count, oldest, incoming = look.connection.exec_driver_sql(_OPEN).one()
    if not count:
        return
    since = date.fromisoformat(oldest)
    came = look.sum((amount, currency) for currency, amount in look.connection.exec_driver_sql(_CAME))
    words = ngettext("{count} bank line waits", "{count} bank lines wait", count)
    why = (
        _("Money came in that settles nothing yet; the oldest line is of {day}.")
        if incoming
        else _("Money went out that nobody has looked at; the oldest line is of {day}.")
    )
    yield Item(
        "bank",
        f"bank:{count}:{oldest}",
        Urgency.TODAY if look.today - since > timedelta(_PATIENCE_DAYS) else Urgency.WEEK,
        words.format(count=number_text(count)),
        why.format(day=date_text(since)),
        _("Match them") if count > 1 else _("Match it"),
        Target("bank"),
        came.amount if incoming else None,
        came.currency if incoming else "",
        bool(incoming) and not came.whole,
        count=count,
        weight=28,
    )


def missing_statements(look: Look) -> Iterator[Item]:
    """Accounts whose statements do not follow one another, and those of which none came for long."""
    names = {one.id: one.label for one in own_accounts(look.connection)}
    for gap in gaps(look.connection):
        if gap.account_id in names:
            yield Item(
                "statement",
                f"statement:{gap.statement_id}:{gap.kind}",
                Urgency.WEEK,
                _("The statements of {account} have a gap").format(account=names[gap.account_id]),
                said(gap),
                _("Take in statements"),
                Target("bank"),
                weight=46,
            )
    for account, name in names.items():
        last = covered_until(look.connection, account)
        if last is not None and (look.today - last).days > OLD_DAYS:
            yield Item(
                "statement",
                f"statement:{account}:{last}",
                Urgency.WEEK,
                _("The last statement of {account} reaches {day}").format(account=name, day=date_text(last)),
                _("What came in since is not known; reminders may ask for what is paid."),
                _("Take in statements"),
                Target("bank"),
                weight=47,
            )
