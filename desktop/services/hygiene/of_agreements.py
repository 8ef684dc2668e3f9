"""Agreements without lines, about to end, ended with work left, or counting what nobody recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from desktop.i18n import _, date_text
from desktop.services.hygiene.finding import Finding, Look, Severity

# An end that comes within so many days is told.
AHEAD_DAYS: Final = 60
# A meter without a record for so many days was forgotten.
SILENT_METER_DAYS: Final = 40

_WITHOUT_LINES: Final = """SELECT a.id, a.code, c.name FROM agreement a JOIN client c ON c.id = a.client_id
WHERE a.active AND NOT EXISTS (SELECT 1 FROM agreement_line l WHERE l.agreement_id = a.id)
AND NOT EXISTS (SELECT 1 FROM milestone m WHERE m.agreement_id = a.id)
AND NOT EXISTS (SELECT 1 FROM one_off o WHERE o.agreement_id = a.id)
AND (a.billing <> 'fixed' OR a.agreed IS NULL) ORDER BY a.code"""

_LINE_WITHOUT_PRICE: Final = """SELECT a.id, a.code, c.name, l.position FROM agreement a
JOIN client c ON c.id = a.client_id JOIN agreement_line l ON l.agreement_id = a.id
WHERE a.active AND l.kind <> 'time' AND l.unit_price IS NULL AND l.item_id IS NULL ORDER BY a.code, l.position"""

_LEFT_OVER: Final = """SELECT a.id, a.code, c.name, a.end_date, a.active, sum(w.count) FROM (
  SELECT agreement_id, count(*) AS count FROM time_entry WHERE invoice_id IS NULL AND billable
    AND agreement_id IS NOT NULL GROUP BY agreement_id
  UNION ALL SELECT agreement_id, count(*) FROM one_off WHERE invoice_id IS NULL AND agreement_id IS NOT NULL
    GROUP BY agreement_id
  UNION ALL SELECT agreement_id, count(*) FROM usage WHERE invoice_id IS NULL GROUP BY agreement_id
  UNION ALL SELECT agreement_id, count(*) FROM milestone WHERE invoice_id IS NULL AND done_on IS NOT NULL
    GROUP BY agreement_id) w
JOIN agreement a ON a.id = w.agreement_id JOIN client c ON c.id = a.client_id
WHERE a.end_date <= :today OR NOT a.active GROUP BY a.id ORDER BY a.code"""

_ENDING: Final = """SELECT a.id, a.code, c.name, a.end_date FROM agreement a JOIN client c ON c.id = a.client_id
WHERE a.active AND a.end_date > :today AND a.end_date <= :soon ORDER BY a.end_date, a.code"""

_ORDERS: Final = """SELECT a.id, a.code, c.name, a.po_number, a.po_expires FROM agreement a
JOIN client c ON c.id = a.client_id
WHERE a.active AND (a.end_date IS NULL OR a.end_date > :today) AND a.po_expires <= :soon
ORDER BY a.po_expires, a.code"""

# What waits is found by its own index, what is billed by its charges: billed records themselves have none.
_SILENT_METERS: Final = """SELECT * FROM (SELECT a.id, a.code, c.name, i.name AS item, max(
  coalesce((SELECT max(u.end_date) FROM usage u WHERE u.agreement_id = a.id AND u.item_id = l.item_id
    AND u.invoice_id IS NULL), ''),
  coalesce((SELECT max(h.period_end) FROM charge h WHERE h.agreement_line_id = l.id AND h.kind = 'usage'
    AND h.reversed_by IS NULL AND h.quantity > 0), '')) AS last
FROM agreement_line l JOIN agreement a ON a.id = l.agreement_id JOIN client c ON c.id = a.client_id
JOIN item i ON i.id = l.item_id
WHERE l.kind = 'usage' AND a.active AND (a.end_date IS NULL OR a.end_date > :today)
AND (l.end_date IS NULL OR l.end_date > :today)
AND max(a.start_date, coalesce(l.start_date, '')) <= :before) WHERE last <= :before ORDER BY code, item"""

_LATE_MILESTONES: Final = """SELECT a.id, a.code, c.name, m.id AS milestone, m.name AS what, m.planned_on
FROM milestone m JOIN agreement a ON a.id = m.agreement_id JOIN client c ON c.id = a.client_id
WHERE m.invoice_id IS NULL AND m.done_on IS NULL AND m.planned_on < :today AND a.active
ORDER BY m.planned_on, a.code"""


def about_agreements(look: Look) -> Iterator[Finding]:
    """Findings about agreements and their milestones."""
    days = {
        "today": look.day,
        "soon": (look.today + timedelta(days=AHEAD_DAYS)).isoformat(),
        "before": (look.today - timedelta(days=SILENT_METER_DAYS)).isoformat(),
    }
    ask = look.connection.exec_driver_sql
    for row in ask(_WITHOUT_LINES):
        yield _agreement(
            row,
            "agreement_without_lines",
            "hold",
            _("{code} with {client} has no line and bills nothing.").format(code=row[1], client=row[2]),
            _("Add what it bills, or switch it off."),
        )
    for row in ask(_LINE_WITHOUT_PRICE):
        yield _agreement(
            row,
            f"line_without_price/{row.position}",
            "block",
            _("Line {position} of {code} has neither an item nor a price.").format(position=row.position, code=row[1]),
            _("Set its price, or the item that prices it."),
        )
    for row in ask(_LEFT_OVER, days):
        ended = (
            _("{code} ended on {day}").format(code=row[1], day=_last(row[3]))
            if row[3] and row[3] <= look.day
            else _("{code} is switched off").format(code=row[1])
        )
        yield _agreement(
            row,
            "ended_unbilled",
            "hold",
            _("{ended}, and {count} entries of it are not billed.").format(ended=ended, count=row[5]),
            _("Bill them, or mark them as not billable."),
        )
    for row in ask(_ENDING, days):
        yield _agreement(
            row,
            "agreement_ends",
            "note",
            _("{code} with {client} ends on {day}.").format(code=row[1], client=row[2], day=_last(row[3])),
            _("Renew it, or let it end."),
        )
    for row in ask(_ORDERS, days):
        past = row.po_expires < look.day
        sentence = (
            _("The order {po} of {code} expired on {day}.") if past else _("The order {po} of {code} ends on {day}.")
        )
        yield _agreement(
            row,
            "po_expires",
            "hold" if past else "note",
            sentence.format(po=row.po_number, code=row[1], day=_day(row.po_expires)),
            _("Ask {client} for a new order.").format(client=row[2]),
        )
    for row in ask(_SILENT_METERS, days):
        sentence = (
            _("{item} of {code} has no record since {day}.") if row.last else _("{item} of {code} has no record yet.")
        )
        yield _agreement(
            row,
            f"meter_silent/{row.item}",
            "hold",
            sentence.format(item=row.item, code=row[1], day=_last(row.last) if row.last else ""),
            _("Bring its usage in; a period without a record is not billed."),
        )
    for row in ask(_LATE_MILESTONES, days):
        yield _agreement(
            row,
            f"milestone_late/{row.milestone}",
            "note",
            _("“{what}” of {code} was planned for {day} and is not done.").format(
                what=row.what, code=row[1], day=_day(row.planned_on)
            ),
            _("Mark it done, or plan another day."),
        )


def _agreement(row: Any, code: str, severity: Severity, message: str, remedy: str) -> Finding:
    name = f"{row[1]} · {row[2]}"
    return Finding(code, severity, "agreements", row[0], name, message, remedy, "agreements", row[0])


def _day(text: str) -> str:
    return date_text(date.fromisoformat(text))


def _last(text: str) -> str:
    """The last day of a half-open span, as people say it."""
    return date_text(date.fromisoformat(text) - timedelta(days=1))
