"""The ledger: it agrees with documents, payments and the bank at every date, and each posting has an account."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import NoResultFound

from db.queries import ledger as queries
from desktop.i18n import _
from desktop.services.accounting.bank_entries import AGAINST
from desktop.services.accounting.mapping import Mapping
from desktop.services.accounting.words import role_word
from desktop.services.check.problem import NO_FIGURES, Problems, figure

# Two sums agree at every date if what each day adds to them is the same. Items of a payment plan come on its day, with
# what they take over; what settles an item out of a payment or a credit note moves nothing between the two sides.
_EVERY_DAY: Final = """
SELECT c.code, m.currency, m.day, sum(m.booked), sum(m.stands) FROM (
  SELECT p.client_id, p.currency, e.booked_on day, p.amount booked, 0 stands
    FROM posting p JOIN journal_entry e ON e.id = p.entry_id WHERE p.role = 'receivable' AND p.amount <> 0
  UNION ALL SELECT o.client_id, o.currency, coalesce(o.since, i.issue_date), 0, o.amount
    FROM open_item o JOIN invoice i ON i.id = o.invoice_id
  UNION ALL SELECT i.client_id, i.currency, a.dated, 0, -a.amount
    FROM allocation a JOIN invoice i ON i.id = a.invoice_id WHERE a.kind NOT IN ('payment', 'credit')
  UNION ALL SELECT client_id, currency, paid_on, 0, -amount FROM payment
  UNION ALL SELECT client_id, currency, issue_date, 0, -payable FROM invoice WHERE kind = 'credit_note'
) m LEFT JOIN client o ON o.id = m.client_id LEFT JOIN client c ON c.id = coalesce(o.merged_into_id, o.id)
GROUP BY coalesce(c.id, m.client_id), m.currency, m.day HAVING sum(m.booked) <> sum(m.stands)
ORDER BY m.day"""

# Once nothing is open in its currency, nothing is left of it in the firm's; without a rate there is no such value.
_LEFT: Final = """
SELECT c.code, p.currency, sum(p.firm_amount) FROM posting p LEFT JOIN client o ON o.id = p.client_id
LEFT JOIN client c ON c.id = coalesce(o.merged_into_id, o.id)
WHERE p.role = 'receivable' AND p.currency <> (SELECT currency FROM firm)
GROUP BY coalesce(c.id, p.client_id), p.currency
HAVING sum(p.amount) = 0 AND count(p.firm_amount) = count(*) AND sum(p.firm_amount) <> 0
AND NOT EXISTS (SELECT 1 FROM open_item i WHERE i.client_id = p.client_id AND i.currency = p.currency AND i.open > 0)"""

# What each document must have moved beside receivables: its tax, and the deposits that it charges or deducts.
_TAX: Final = """
SELECT i.number, i.currency, coalesce(t.amount, 0), CASE i.kind WHEN 'credit_note' THEN -i.tax ELSE i.tax END wanted
FROM invoice i LEFT JOIN (SELECT e.invoice_id, -sum(p.amount) amount FROM journal_entry e
  JOIN posting p ON p.entry_id = e.id AND p.role = 'tax_payable' WHERE e.invoice_id IS NOT NULL GROUP BY 1) t
  ON t.invoice_id = i.id
WHERE i.kind <> 'opening' AND coalesce(t.amount, 0) <> CASE i.kind WHEN 'credit_note' THEN -i.tax ELSE i.tax END"""
_DEPOSITS: Final = """
SELECT i.number, i.currency, coalesce(t.amount, 0),
  CASE i.kind WHEN 'credit_note' THEN -1 ELSE 1 END * coalesce(l.net, 0) wanted FROM invoice i
LEFT JOIN (SELECT n.invoice_id, sum(n.net) net FROM invoice_line n JOIN invoice o ON o.id = n.invoice_id
  WHERE n.deducts_id IS NOT NULL OR o.kind = 'deposit' GROUP BY 1) l ON l.invoice_id = i.id
LEFT JOIN (SELECT e.invoice_id, -sum(p.amount) amount FROM journal_entry e
  JOIN posting p ON p.entry_id = e.id AND p.role = 'deposits' WHERE e.invoice_id IS NOT NULL GROUP BY 1) t
  ON t.invoice_id = i.id
WHERE i.kind <> 'opening' AND (l.invoice_id IS NOT NULL OR t.invoice_id IS NOT NULL)
AND coalesce(t.amount, 0) <> CASE i.kind WHEN 'credit_note' THEN -1 ELSE 1 END * coalesce(l.net, 0)"""
# Beside documents only a discount that was taken changes tax, and nothing else touches deposits.
_ELSEWHERE: Final = """
SELECT e.id, p.role FROM posting p JOIN journal_entry e ON e.id = p.entry_id
LEFT JOIN allocation a ON a.id = e.allocation_id
WHERE (p.role = 'tax_payable' AND e.invoice_id IS NULL AND a.kind IS NOT 'discount')
OR (p.role = 'deposits' AND e.invoice_id IS NULL) ORDER BY p.id"""

_KINDS: Final = ", ".join(f"'{kind}'" for kind in AGAINST)
# Of a bank line put aside the journal has as much as stands of it, once it was posted at all.
_ASIDE: Final = f"""
SELECT l.booked_on, l.position, l.currency, sum(p.amount),
  CASE WHEN m.undone_at IS NULL AND r.undone_at IS NULL AND m.kind IN ({_KINDS}) THEN m.amount ELSE 0 END wanted
FROM journal_entry e JOIN bank_match m ON m.id = e.match_id JOIN bank_line l ON l.id = m.line_id
JOIN reconciliation r ON r.id = m.reconciliation_id
JOIN posting p ON p.entry_id = e.id AND p.role = 'bank'
GROUP BY m.id HAVING sum(p.amount) <> wanted OR count(DISTINCT p.currency) > 1 OR max(p.currency) <> l.currency
OR min(e.booked_on) < l.booked_on"""
_NO_MATCH: Final = """
SELECT e.id FROM journal_entry e LEFT JOIN bank_match m ON m.id = e.match_id
WHERE (e.kind = 'bank') <> (m.id IS NOT NULL) ORDER BY e.id"""
_MIRRORS: Final = """
SELECT e.id FROM journal_entry e JOIN journal_entry o ON o.id = e.reverses_id
WHERE e.kind <> o.kind OR e.booked_on < o.booked_on OR o.reverses_id IS NOT NULL
OR EXISTS (SELECT 1 FROM (
  SELECT p.role, p.account_id, p.currency, p.amount, p.firm_amount FROM posting p WHERE p.entry_id IN (e.id, o.id))
  GROUP BY role, account_id, currency HAVING sum(amount) <> 0 OR sum(coalesce(firm_amount, 0)) <> 0)
UNION SELECT min(e.id) FROM journal_entry e WHERE e.reverses_id IS NOT NULL
GROUP BY e.reverses_id HAVING count(*) > 1"""
_BY_HAND: Final = """
SELECT e.id FROM journal_entry e WHERE e.kind = 'adjustment' AND (coalesce(trim(e.note), '') = '' OR EXISTS (
  SELECT 1 FROM posting p WHERE p.entry_id = e.id AND (p.account_id IS NULL OR p.role <> 'other')))
UNION SELECT p.entry_id FROM posting p JOIN journal_entry e ON e.id = p.entry_id
WHERE p.account_id IS NOT NULL AND e.kind NOT IN ('adjustment', 'bank')"""


# What a person put on an account of his choice, by day.
_CHOSEN: Final = """
SELECT s.account_id, e.booked_on, s.currency, sum(s.amount) FROM posting s JOIN journal_entry e ON e.id = s.entry_id
WHERE s.account_id IS NOT NULL GROUP BY 1, 2, 3"""


def check_accounts(connection: sqlite3.Connection, problems: Problems) -> None:
    """Receivables, tax, deposits and the bank's other lines against the journal, and entries by hand."""
    receivables = _("on {day} the journal moved receivables by {one}, the client's account by {other}")
    for client, currency, day, one, other in connection.execute(_EVERY_DAY):
        told = receivables.format(day=day, one=figure(one, currency), other=figure(other, currency))
        problems.add("ledger", str(client), told)
    home = next((row[0] for row in connection.execute("SELECT currency FROM firm")), "")
    left = _("nothing is open in {currency}, but {left} is left of it in receivables")
    for client, currency, amount in connection.execute(_LEFT):
        problems.add("ledger", str(client), left.format(currency=currency, left=figure(amount, home)))
    for query, sentence in (
        (_TAX, _("the journal has {one} of tax for it, the document {other}")),
        (_DEPOSITS, _("the journal has {one} of deposits for it, the document {other}")),
    ):
        for number, currency, one, other in connection.execute(query):
            told = sentence.format(one=figure(one, currency), other=figure(other, currency))
            problems.add("ledger", str(number), told)
    strange = _("it moves tax or deposits, and no document is behind it")
    mirror = _("it is not the mirror of the entry that it takes back")
    _entries(connection, problems, _ELSEWHERE, strange)
    for day, position, currency, one, other in connection.execute(_ASIDE):
        told = _("the journal has {one} for it, the bank line {other}")
        where = f"{day} #{position}"
        problems.add("bank line", where, told.format(one=figure(one, currency), other=figure(other, currency)))
    _entries(connection, problems, _NO_MATCH, _("it is of a bank line that is not there, or the other way round"))
    _entries(connection, problems, _MIRRORS, mirror)
    _entries(connection, problems, _BY_HAND, _("accounts are chosen where they follow, or not where they are chosen"))


def check_assigned(connection: Connection, problems: Problems) -> None:
    """Where the book keeps a chart, every posting of the open period has an account of it, and nobody's choice parts
    receivables from the open items."""
    try:
        mapping = Mapping(connection)
        if not mapping.charted:
            return
        closed = connection.exec_driver_sql(
            "SELECT coalesce(max(through), '') FROM closing WHERE reopened_at IS NULL"
        ).scalar_one()
        lacking: dict[str, str] = {}
        for traits, stretch, _first, last in queries.kinds_of_postings(connection, mapping.days):
            if last > closed and not mapping.of_traits(traits, stretch).assigned:
                lacking.setdefault(mapping.closest_name(traits), traits[1])
        for name, role in sorted(lacking.items()):
            told = _("no account of the chart takes it: {name}").format(name=name)
            problems.add("ledger", role_word(role), told)
        _parted(connection, mapping, problems)
    except (*NO_FIGURES, LookupError, AttributeError, NoResultFound):
        problems.add("ledger", _("accounts"), _("which account takes what cannot be read"))


def _parted(connection: Connection, mapping: Mapping, problems: Problems) -> None:
    """Receivables that entries by hand or bank lines put aside moved; what was taken back adds up to nothing."""
    moved: dict[tuple[int, str], int] = {}
    for account, day, currency, amount in connection.exec_driver_sql(_CHOSEN):
        if mapping.rules.named("receivable", date.fromisoformat(day)) == account:
            moved[account, currency] = moved.get((account, currency), 0) + amount
    for (account, currency), amount in sorted(moved.items()):
        if amount:
            told = _(
                "by hand and by bank lines {amount} {currency} were moved on it, and open items know nothing of it"
            )
            called = mapping.accounts[account].called
            problems.add("ledger", called, told.format(amount=figure(amount, currency), currency=currency))


def _entries(connection: sqlite3.Connection, problems: Problems, query: str, sentence: str) -> None:
    for row in connection.execute(query):
        problems.add("journal", _("entry #{number}").format(number=row[0]), sentence)
