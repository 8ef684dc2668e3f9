"""Work that waits too long to be billed, or cannot be: no agreement, no price."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from desktop.i18n import _, date_text, ngettext, number_text
from desktop.services.hygiene.finding import Finding, Look, Severity

# Work older than this many days should be billed by now.
OLD_DAYS: Final = 60
# A draft that waits longer was forgotten.
DRAFT_DAYS: Final = 14

_HEAD: Final = "JOIN client m ON m.id = {of}.client_id JOIN client c ON c.id = coalesce(m.merged_into_id, m.id)"

_LOOSE: Final = f"""SELECT c.id, c.code, c.name, count(*), min(t.work_date) FROM time_entry t {_HEAD.format(of="t")}
WHERE t.invoice_id IS NULL AND t.billable AND t.agreement_id IS NULL GROUP BY c.id ORDER BY c.name COLLATE NOCASE"""

# Hours that neither carry a rate nor find one: on a line of their agreement, in the catalogue or on the card.
_UNPRICED: Final = f"""SELECT c.id, c.code, c.name, sum(t.count), min(t.first) FROM (
  SELECT client_id, agreement_id, item_id, count(*) AS count, min(work_date) AS first FROM time_entry
  WHERE invoice_id IS NULL AND billable AND rate IS NULL AND agreement_id IS NOT NULL GROUP BY 1, 2, 3) t
{_HEAD.format(of="t")} JOIN agreement a ON a.id = t.agreement_id
WHERE NOT EXISTS (SELECT 1 FROM agreement_line l WHERE l.agreement_id = a.id AND l.kind = 'time'
  AND l.unit_price IS NOT NULL AND (l.item_id IS NULL OR l.item_id IS t.item_id OR t.item_id IS NULL))
AND NOT EXISTS (SELECT 1 FROM item i LEFT JOIN rate r ON r.item_id = i.id
  WHERE (i.price IS NOT NULL OR r.id IS NOT NULL) AND (i.id = t.item_id
  OR i.id IN (SELECT l.item_id FROM agreement_line l WHERE l.agreement_id = a.id AND l.kind = 'time')))
GROUP BY c.id ORDER BY c.name COLLATE NOCASE"""

_OLD: Final = f"""SELECT c.id, c.code, c.name, sum(w.count), min(w.first) FROM (
  SELECT client_id, count(*) AS count, min(work_date) AS first FROM time_entry
    WHERE invoice_id IS NULL AND billable AND work_date < :before GROUP BY client_id
  UNION ALL SELECT client_id, count(*), min(due_date) FROM one_off
    WHERE invoice_id IS NULL AND due_date < :before GROUP BY client_id) w {_HEAD.format(of="w")}
GROUP BY c.id ORDER BY min(w.first), c.name COLLATE NOCASE"""

_DRAFTS: Final = """SELECT r.id, r.number, count(*), r.started_at FROM draft d JOIN run r ON r.id = d.run_id
WHERE d.state IN ('ready', 'held', 'approved', 'failed') AND r.started_at < ? GROUP BY r.id ORDER BY r.id"""


def about_work(look: Look) -> Iterator[Finding]:
    """Findings about billables and drafts."""
    ask = look.connection.exec_driver_sql
    for row in ask(_LOOSE):
        yield _of_client(
            row,
            "time_without_agreement",
            "hold",
            ngettext(
                "{count} time entry of {client} belongs to no agreement, so that no run bills it.",
                "{count} time entries of {client} belong to no agreement, so that no run bills them.",
                row[3],
            ),
            _("Choose an agreement for them, or mark them as not billable."),
        )
    for row in ask(_UNPRICED):
        yield _of_client(
            row,
            "time_without_price",
            "block",
            ngettext(
                "{count} time entry of {client} finds no price.",
                "{count} time entries of {client} find no price.",
                row[3],
            ),
            _("Set a price on the agreement's line, on the rate card or on the entries."),
        )
    before = (look.today - timedelta(days=OLD_DAYS)).isoformat()
    for row in ask(_OLD, {"before": before}):
        yield _of_client(
            row,
            "unbilled_old",
            "hold",
            ngettext(
                "{count} entry of {client} waits to be billed since {day}.",
                "{count} entries of {client} wait to be billed, the oldest since {day}.",
                row[3],
            ),
            _("Bill them, or mark them as not billable."),
        )
    waited = (look.today - timedelta(days=DRAFT_DAYS)).isoformat()
    for run, number, count, started in ask(_DRAFTS, (waited,)):
        yield Finding(
            "drafts_waiting",
            "hold",
            "work",
            run,
            number,
            ngettext(
                "{count} draft of {run} waits since {day}.", "{count} drafts of {run} wait since {day}.", count
            ).format(count=number_text(count), run=number, day=_day(started[:10])),
            _("Issue them, or discard the run, so that the next one can bill anew."),
            "runs",
            run,
        )


def _of_client(row: Any, code: str, severity: Severity, sentence: str, remedy: str) -> Finding:
    told = sentence.format(count=number_text(row[3]), client=row[2], day=_day(row[4]))
    return Finding(
        code, severity, "work", row[0], f"{row[1]} {row[2]}", told, remedy, "billables", 0, f"client:{row[0]}"
    )


def _day(text: str) -> str:
    return date_text(date.fromisoformat(text))
