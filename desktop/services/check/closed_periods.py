"""Closed periods are as they were closed, and revenue to recognise is what documents deferred."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Final

from desktop.i18n import _
from desktop.services.accounting.journal_digest import journal_digests
from desktop.services.check.problem import NO_FIGURES, Problems, figure

# What documents put into deferred and accrued revenue, and what their schedules spread.
_DEFERRED: Final = """
SELECT i.number, i.currency, coalesce(p.amount, 0), coalesce(s.amount, 0) FROM invoice i
LEFT JOIN (SELECT invoice_id, sum(amount) amount FROM recognition_schedule GROUP BY invoice_id) s
  ON s.invoice_id = i.id
LEFT JOIN (SELECT e.invoice_id, -sum(p.amount) amount FROM posting p JOIN journal_entry e ON e.id = p.entry_id
  WHERE p.role IN ('deferred_revenue', 'accrued_revenue') AND e.invoice_id IS NOT NULL GROUP BY e.invoice_id) p
  ON p.invoice_id = i.id
WHERE coalesce(p.amount, 0) <> coalesce(s.amount, 0)"""
_EARNED: Final = """
SELECT i.number, s.currency, s.amount, r.amount FROM recognition_schedule s JOIN invoice i ON i.id = s.invoice_id
JOIN (SELECT e.schedule_id, -sum(p.amount) amount FROM journal_entry e JOIN posting p ON p.entry_id = e.id
  AND p.role = 'revenue' WHERE e.schedule_id IS NOT NULL GROUP BY e.schedule_id) r ON r.schedule_id = s.id
WHERE abs(r.amount) > abs(s.amount) OR r.amount * s.amount < 0"""
_LOST: Final = """
SELECT s.id, i.number FROM recognition_schedule s JOIN invoice i ON i.id = s.invoice_id
LEFT JOIN invoice_line l ON l.id = s.invoice_line_id LEFT JOIN recognition_schedule c ON c.id = s.corrects_id
WHERE l.invoice_id IS NOT s.invoice_id OR s.currency <> i.currency OR (s.corrects_id IS NOT NULL AND c.id IS NULL)
  OR (s."end" IS NULL AND s.milestone_id IS NULL)"""


def check_closed_periods(connection: sqlite3.Connection, problems: Problems) -> None:
    """The journal of each closed period against its digest, and schedules against documents and entries."""
    standing = [
        (row[0], row[1])
        for row in connection.execute("SELECT through, digest FROM closing WHERE reopened_at IS NULL ORDER BY through")
    ]
    try:
        now = journal_digests(connection, [date.fromisoformat(day) for day, _digest in standing])
    except NO_FIGURES:
        problems.add("closing", _("closed periods"), _("the day of one is no day"))
        standing, now = [], {}
    for day, digest in standing:
        if now.get(date.fromisoformat(day), digest) != digest:
            problems.add("closing", day, _("the journal through that day is not as it was when it was closed"))
    for number, currency, posted, spread in connection.execute(_DEFERRED):
        detail = _("the journal defers {one} of it, its schedules {other}")
        problems.add(
            "recognition",
            str(number),
            detail.format(one=figure(posted, currency), other=figure(spread, currency)),
        )
    for number, currency, amount, taken in connection.execute(_EARNED):
        detail = _("{one} is to be earned of it, and {other} was")
        problems.add(
            "recognition", str(number), detail.format(one=figure(amount, currency), other=figure(taken, currency))
        )
    for key, number in connection.execute(_LOST):
        problems.add("recognition", f"{number} #{key}", _("what it is to be earned by does not go with the document"))
