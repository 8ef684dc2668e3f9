"""Money: open amounts follow from allocations, entries balance, receivables are what is open."""

from __future__ import annotations

import sqlite3
from typing import Final

from desktop.i18n import N_, _
from desktop.services.check.problem import Problems, figure

_OPEN_ITEMS: Final = """
SELECT i.number, o.currency, o.open, o.amount - coalesce(a.settled, 0) FROM open_item o
JOIN invoice i ON i.id = o.invoice_id
LEFT JOIN (SELECT open_item_id, sum(amount) settled FROM allocation GROUP BY open_item_id) a ON a.open_item_id = o.id
WHERE o.open <> o.amount - coalesce(a.settled, 0)"""

# A reversed payment has given back all that it settled; its mirror uses up the rest. Refunds are negative, and what
# came back of them is not.
_OPEN_CREDITS: Final = """
WITH refunded AS (SELECT f.refunds_payment_id payment_id, f.refunds_credit_note_id credit_note_id,
  f.amount + coalesce(b.amount, 0) amount FROM payment f LEFT JOIN payment b ON b.reverses_id = f.id
  WHERE f.refunds_payment_id IS NOT NULL OR (f.amount < 0 AND f.refunds_credit_note_id IS NOT NULL))
SELECT coalesce(p.number, i.number), c.currency, c.open,
  c.amount - coalesce(a.used, n.used, 0) + coalesce(r.amount, 0) + coalesce(f.amount, g.amount, 0)
FROM open_credit c
LEFT JOIN payment p ON p.id = c.payment_id LEFT JOIN invoice i ON i.id = c.credit_note_id
LEFT JOIN (SELECT payment_id, sum(amount) used FROM allocation WHERE kind = 'payment' GROUP BY payment_id) a
  ON a.payment_id = c.payment_id
LEFT JOIN (SELECT credit_note_id, sum(amount) used FROM allocation WHERE kind = 'credit' GROUP BY credit_note_id) n
  ON n.credit_note_id = c.credit_note_id
LEFT JOIN payment r ON r.reverses_id = c.payment_id
LEFT JOIN (SELECT payment_id, sum(amount) amount FROM refunded GROUP BY payment_id) f ON f.payment_id = c.payment_id
LEFT JOIN (SELECT credit_note_id, sum(amount) amount FROM refunded GROUP BY credit_note_id) g
  ON g.credit_note_id = c.credit_note_id
WHERE c.open <> c.amount - coalesce(a.used, n.used, 0) + coalesce(r.amount, 0) + coalesce(f.amount, g.amount, 0)"""

_WRITE_OFFS: Final = """
SELECT i.number, i.currency, w.amount, coalesce(sum(a.amount), 0) FROM write_off w
JOIN invoice i ON i.id = w.invoice_id LEFT JOIN allocation a ON a.write_off_id = w.id
GROUP BY w.id HAVING w.amount <> coalesce(sum(a.amount), 0)"""

# On each day a plan takes over what its instalments are, and gives back what it takes from them.
_PLANS: Final = """
SELECT number, currency, sum(asked), sum(held) FROM (
  SELECT l.id, i.number, i.currency, o.since dated, o.amount asked, 0 held FROM payment_plan l
    JOIN invoice i ON i.id = l.invoice_id JOIN open_item o ON o.plan_id = l.id
  UNION ALL SELECT l.id, i.number, i.currency, a.dated, 0, a.amount FROM payment_plan l
    JOIN invoice i ON i.id = l.invoice_id JOIN allocation a ON a.plan_id = l.id)
GROUP BY id, dated HAVING sum(asked) <> sum(held)"""

# Where one of two rows that say the same was changed: (number, sentence).
_DISAGREEING: Final = (
    (
        "SELECT i.number FROM open_item o JOIN invoice i ON i.id = o.invoice_id"
        " WHERE o.client_id <> i.client_id OR o.currency <> i.currency",
        N_("its open amount names another client or currency"),
    ),
    (
        "SELECT i.number FROM invoice i LEFT JOIN open_credit c ON c.credit_note_id = i.id WHERE i.kind = 'credit_note'"
        " AND (c.amount IS NOT i.payable OR c.client_id <> i.client_id OR c.currency <> i.currency"
        " OR c.dated <> i.issue_date)",
        N_("its credit is not its payable amount"),
    ),
    (
        "SELECT p.number FROM payment p LEFT JOIN open_credit c ON c.payment_id = p.id WHERE p.reverses_id IS NULL"
        " AND p.refunds_payment_id IS NULL AND p.refunds_credit_note_id IS NULL"
        " AND (c.amount IS NOT p.amount OR c.client_id <> p.client_id OR c.currency <> p.currency"
        " OR c.dated <> p.paid_on)",
        N_("its credit is not its amount"),
    ),
    (
        "SELECT p.number FROM payment p JOIN payment o ON o.id = p.reverses_id"
        " WHERE p.amount <> -o.amount OR p.client_id <> o.client_id OR p.currency <> o.currency",
        N_("it is not the mirror of the payment that it reverses"),
    ),
    (
        "SELECT p.number FROM payment p LEFT JOIN open_credit c"
        " ON c.payment_id = p.refunds_payment_id OR c.credit_note_id = p.refunds_credit_note_id"
        " WHERE (p.refunds_payment_id IS NOT NULL OR p.refunds_credit_note_id IS NOT NULL)"
        " AND (p.amount >= 0 OR c.id IS NULL OR c.client_id <> p.client_id OR c.currency <> p.currency)",
        N_("it does not pay back a credit of its client"),
    ),
    (
        "SELECT i.number FROM allocation a JOIN open_item o ON o.id = a.open_item_id"
        " JOIN invoice i ON i.id = o.invoice_id WHERE a.invoice_id <> o.invoice_id",
        N_("an allocation names another invoice than its open amount"),
    ),
    (
        "SELECT i.number FROM allocation a JOIN invoice i ON i.id = a.invoice_id LEFT JOIN payment_plan l"
        " ON l.id = a.plan_id WHERE (a.kind = 'plan') <> (a.plan_id IS NOT NULL) OR l.invoice_id <> a.invoice_id",
        N_("an allocation names a payment plan that is not its own"),
    ),
    (
        "SELECT i.number FROM open_item o JOIN invoice i ON i.id = o.invoice_id LEFT JOIN payment_plan l"
        " ON l.id = o.plan_id WHERE o.since IS NOT l.agreed_on OR l.invoice_id <> o.invoice_id",
        N_("an instalment does not begin with its payment plan"),
    ),
    (
        "SELECT i.number FROM payment_plan l JOIN invoice i ON i.id = l.invoice_id JOIN open_item o ON o.plan_id = l.id"
        " WHERE l.cancelled_on IS NOT NULL AND o.open > 0",
        N_("something is open of a payment plan that was called off"),
    ),
    (
        "SELECT i.number FROM payment_plan l JOIN invoice i ON i.id = l.invoice_id WHERE l.cancelled_on IS NULL"
        " GROUP BY l.invoice_id HAVING count(*) > 1",
        N_("it has two payment plans at once"),
    ),
    (
        "SELECT i.number FROM allocation a JOIN allocation o ON o.id = a.reverses_id"
        " JOIN invoice i ON i.id = a.invoice_id"
        " WHERE a.amount <> -o.amount OR a.open_item_id <> o.open_item_id OR a.kind <> o.kind",
        N_("an allocation is not the mirror of the one that it takes back"),
    ),
)

_UNBALANCED: Final = """
SELECT e.id, e.kind, e.booked_on FROM journal_entry e LEFT JOIN posting p ON p.entry_id = e.id GROUP BY e.id
HAVING count(p.id) = 0 OR sum(p.amount) <> 0 OR sum(coalesce(p.firm_amount, 0)) <> 0
  OR count(DISTINCT p.currency) > 1"""

# What each document must have moved in receivables, in its own currency.
_POSTED: Final = """
SELECT i.number, i.currency, coalesce(sum(p.amount), 0),
  CASE i.kind WHEN 'credit_note' THEN -(i.gross + i.rounding) WHEN 'opening' THEN o.amount
  ELSE i.gross + i.rounding END wanted
FROM invoice i
LEFT JOIN (SELECT invoice_id, sum(amount) amount FROM open_item WHERE plan_id IS NULL GROUP BY invoice_id) o
  ON o.invoice_id = i.id
LEFT JOIN journal_entry e ON e.invoice_id = i.id
LEFT JOIN posting p ON p.entry_id = e.id AND p.role = 'receivable' AND p.client_id = i.client_id
GROUP BY i.id HAVING coalesce(sum(p.amount), 0) <> wanted"""

_RECEIVED: Final = """
SELECT y.number, y.currency, coalesce(-sum(p.amount), 0), y.amount FROM payment y
LEFT JOIN journal_entry e ON e.payment_id = y.id
LEFT JOIN posting p ON p.entry_id = e.id AND p.role = 'receivable' AND p.client_id = y.client_id
GROUP BY y.id HAVING coalesce(-sum(p.amount), 0) <> y.amount"""

# Of clients that were merged one may have paid what the other owed: together they must agree.
_RECEIVABLES: Final = """
SELECT c.code, m.currency, sum(m.booked), sum(m.stands) FROM (
  SELECT client_id, currency, amount booked, 0 stands FROM posting WHERE role = 'receivable'
  UNION ALL SELECT client_id, currency, 0, open FROM open_item
  UNION ALL SELECT client_id, currency, 0, -open FROM open_credit
) m LEFT JOIN client o ON o.id = m.client_id
LEFT JOIN client c ON c.id = coalesce(o.merged_into_id, o.id)
GROUP BY coalesce(c.id, m.client_id), m.currency HAVING sum(m.booked) <> sum(m.stands)"""

# What was merged names the one that stands for all, in one step.
_MERGED: Final = """
SELECT 'client', c.code FROM client c JOIN client h ON h.id = c.merged_into_id
WHERE h.merged_into_id IS NOT NULL OR c.active
UNION ALL SELECT 'item', i.code FROM item i JOIN item h ON h.id = i.merged_into_id
WHERE h.merged_into_id IS NOT NULL OR i.active"""


def check_money(connection: sqlite3.Connection, problems: Problems) -> None:
    """Open amounts, credits, losses and the journal."""
    for query, sentence in (
        (_OPEN_ITEMS, _("{one} is open, but its allocations leave {other}")),
        (_OPEN_CREDITS, _("{one} of its credit is left, but its allocations leave {other}")),
        (_WRITE_OFFS, _("{one} was written off, but its allocations say {other}")),
        (_PLANS, _("the instalments of its payment plan come to {one}, but {other} was taken over by it")),
    ):
        _compare(connection, problems, "open amount", query, sentence)
    for query, sentence in _DISAGREEING:
        for (number,) in connection.execute(query):
            problems.add("open amount", number, _(sentence))
    for what, code in connection.execute(_MERGED):
        problems.add(what, code, _("it was merged, and yet it or what it was merged into is no longer as that left it"))
    for key, kind, day in connection.execute(_UNBALANCED):
        where = _("entry #{number} ({kind}, {day})").format(number=key, kind=kind, day=day)
        problems.add("journal", where, _("its sides do not balance"))
    for query, sentence in (
        (_POSTED, _("the journal has {one} for it, the document {other}")),
        (_RECEIVED, _("the journal has {one} for it, the payment {other}")),
        (_RECEIVABLES, _("receivables are {one} by the journal, but {other} is open")),
    ):
        _compare(connection, problems, "journal", query, sentence)


def _compare(connection: sqlite3.Connection, problems: Problems, what: str, query: str, sentence: str) -> None:
    """The query gives what is wrong as (where, currency, one figure, the other)."""
    for where, currency, one, other in connection.execute(query):
        problems.add(what, str(where), sentence.format(one=figure(one, currency), other=figure(other, currency)))
