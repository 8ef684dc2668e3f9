"""The tills: each held nothing or more at the end of every day, and each entry stands in the journal as it was."""

from __future__ import annotations

import sqlite3
from typing import Final

from desktop.i18n import _
from desktop.services.check.problem import Problems, figure
from desktop.services.tills import MOVED

# At the end of each day what moved until then.
_BELOW: Final = f"""SELECT name, currency, day, balance FROM (
  SELECT coalesce(nullif(a.bank, ''), a.holder) name, coalesce(a.currency, (SELECT currency FROM firm)) currency, x.day,
    sum(sum(x.amount)) OVER (PARTITION BY a.id ORDER BY x.day) balance
  FROM bank_account a JOIN (
    SELECT p.account_id, p.paid_on day, {MOVED.format(p="p")} amount FROM payment p
    UNION ALL SELECT account_id, dated, amount FROM cash_movement) x ON x.account_id = a.id
  WHERE a.kind = 'cash' GROUP BY a.id, x.day)
WHERE balance < 0"""

_POSTED: Final = """SELECT m.number, m.currency, coalesce(sum(p.amount), 0), m.amount FROM cash_movement m
LEFT JOIN journal_entry e ON e.cash_movement_id = m.id
LEFT JOIN posting p ON p.entry_id = e.id AND p.role = 'cash'
GROUP BY m.id HAVING coalesce(sum(p.amount), 0) <> m.amount"""

_MIRRORS: Final = """SELECT m.number FROM cash_movement m JOIN cash_movement o ON o.id = m.reverses_id
WHERE m.amount <> -o.amount OR m.account_id <> o.account_id OR m.dated < o.dated"""


def check_tills(connection: sqlite3.Connection, problems: Problems) -> None:
    """Balances by day, the journal, and what takes entries back."""
    for name, currency, day, balance in connection.execute(_BELOW):
        told = _("it held {balance} at the end of {day}").format(balance=figure(balance, currency), day=day)
        problems.add("till", name, told)
    for number, currency, posted, amount in connection.execute(_POSTED):
        told = _("the journal has {one} for it, the cash book {other}")
        problems.add("till", number, told.format(one=figure(posted, currency), other=figure(amount, currency)))
    for (number,) in connection.execute(_MIRRORS):
        problems.add("till", number, _("it is not the mirror of the entry that it takes back"))
