"""The bank: each line stands as its matches say, and what they name was booked."""

from __future__ import annotations

import sqlite3
from typing import Final

from desktop.i18n import _
from desktop.services.check.problem import Problems, figure

# What was taken back, alone or with its whole reconciliation, counts no more.
_STANDING: Final = """SELECT m.line_id, sum(m.amount) AS booked FROM bank_match m
  JOIN reconciliation r ON r.id = m.reconciliation_id
  WHERE m.undone_at IS NULL AND r.undone_at IS NULL GROUP BY m.line_id"""


def check_banking(connection: sqlite3.Connection, problems: Problems) -> None:
    """Lines against their matches, and matches against the payments that they name."""
    apart = _("{booked} of its {amount} is booked, yet it stands as “{state}”")
    for day, position, amount, currency, state, booked in connection.execute(
        f"""SELECT l.booked_on, l.position, l.amount, l.currency, l.state, coalesce(s.booked, 0) FROM bank_line l
        LEFT JOIN ({_STANDING}) s ON s.line_id = l.id
        WHERE (l.state = 'booked') <> (coalesce(s.booked, 0) = l.amount) OR abs(coalesce(s.booked, 0)) > abs(l.amount)
        ORDER BY l.id"""
    ):
        told = apart.format(booked=figure(booked, currency), amount=figure(amount, currency), state=state)
        problems.add("bank line", f"{day} #{position}", told)
    lost = _("it was booked as a payment that is not there")
    for day, position in connection.execute(
        """SELECT l.booked_on, l.position FROM bank_match m JOIN bank_line l ON l.id = m.line_id
        WHERE m.kind = 'payment' AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.id = m.payment_id)"""
    ):
        problems.add("bank line", f"{day} #{position}", lost)
