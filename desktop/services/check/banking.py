"""The bank: each line stands as its matches say, and what they name was booked of it and of nothing else."""

from __future__ import annotations

import sqlite3
from typing import Final

from desktop.i18n import _
from desktop.services.bank.facts import STANDING
from desktop.services.check.problem import Problems, figure

_STATES: Final = f"""SELECT l.booked_on, l.position, l.amount, l.currency, l.state, coalesce(s.booked, 0)
FROM bank_line l LEFT JOIN ({STANDING}) s ON s.line_id = l.id
WHERE (l.state = 'booked') <> (coalesce(s.booked, 0) = l.amount)
OR abs(coalesce(s.booked, 0)) > abs(l.amount) OR coalesce(s.booked, 0) * l.amount < 0 ORDER BY l.id"""

# What the bank gave of a payment: its amount less what banks kept back, or what it was converted into.
_PAYMENTS: Final = """SELECT l.booked_on, l.position, l.currency, sum(m.amount), count(DISTINCT m.line_id), p.number,
  CASE WHEN p.currency = l.currency THEN p.amount - coalesce(p.charges, 0)
    WHEN p.received_currency = l.currency THEN p.received END,
  min(coalesce(c.merged_into_id, m.client_id) = coalesce(o.merged_into_id, p.client_id)), m.kind,
  p.reverses_id IS NOT NULL, p.account_id IS NULL OR p.account_id = l.account_id
FROM bank_match m JOIN reconciliation r ON r.id = m.reconciliation_id JOIN bank_line l ON l.id = m.line_id
JOIN payment p ON p.id = m.payment_id JOIN client o ON o.id = p.client_id LEFT JOIN client c ON c.id = m.client_id
WHERE m.undone_at IS NULL AND r.undone_at IS NULL AND m.kind IN ('payment', 'return')
GROUP BY m.payment_id ORDER BY m.payment_id"""


def check_banking(connection: sqlite3.Connection, problems: Problems) -> None:
    """Lines against their matches, and matches against the payments that they name."""
    apart = _("{booked} of its {amount} is booked, yet it stands as “{state}”")
    for day, position, amount, currency, state, booked in connection.execute(_STATES):
        told = apart.format(booked=figure(booked, currency), amount=figure(amount, currency), state=state)
        problems.add("bank line", f"{day} #{position}", told)
    lost = _("it was booked as a payment that is not there")
    for day, position in connection.execute(
        """SELECT l.booked_on, l.position FROM bank_match m JOIN bank_line l ON l.id = m.line_id
        WHERE m.kind IN ('payment', 'return', 'refund') AND NOT EXISTS (
          SELECT 1 FROM payment p WHERE p.id = m.payment_id)"""
    ):
        problems.add("bank line", f"{day} #{position}", lost)
    _check_payments(connection, problems)


def _check_payments(connection: sqlite3.Connection, problems: Problems) -> None:
    for row in connection.execute(_PAYMENTS):
        day, position, currency, booked, lines, number, came, same_client, kind, reversal, same_account = row
        where = f"{day} #{position}"
        if lines > 1:
            problems.add("bank line", where, _("payment {number} is booked of another line too").format(number=number))
        elif kind == "return" and not reversal:
            told = _("it returned a payment, yet {number} takes none back")
            problems.add("bank line", where, told.format(number=number))
        elif kind == "payment" and came != booked:
            told = _("{booked} of it is booked as payment {number}, which brought {came}")
            problems.add(
                "bank line",
                where,
                told.format(
                    booked=figure(booked, currency),
                    number=number,
                    came="?" if came is None else figure(came, currency),
                ),
            )
        if not same_client:
            problems.add("bank line", where, _("payment {number} is another client's").format(number=number))
        if not same_account:
            problems.add("bank line", where, _("payment {number} came to another account").format(number=number))
