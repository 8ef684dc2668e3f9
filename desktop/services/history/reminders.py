"""The letters of reminder runs that went to a client, from the rows themselves: a run writes many at once, which the
log seals as one."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import Connection

from db.queries.dunning import TAKEN_BACK
from db.queries.families import family
from desktop.i18n import _, date_text, money_text
from desktop.services.history.entry import HistoryEntry

_SENT: Final = f"""SELECT r.sent_at, n.actor, n.number, r.level, r.currency, r.amount + r.fee + r.interest, r.pay_by,
  r.delivery_id, (SELECT group_concat(number, ', ') FROM (SELECT DISTINCT i.number FROM reminder_item t
    JOIN open_item o ON o.id = t.open_item_id JOIN invoice i ON i.id = o.invoice_id
    WHERE t.reminder_id = r.id AND t.stands = 1 ORDER BY o.due_date, i.id))
 FROM reminder r JOIN reminder_run n ON n.id = r.run_id
 WHERE r.state = 'sent' AND NOT {TAKEN_BACK} AND {{where}} ORDER BY r.sent_at DESC, r.id DESC LIMIT :limit"""
_WHOSE: Final = {
    "client": f"r.client_id IN {family(':id')}",
    "invoice": """r.id IN (SELECT t.reminder_id FROM reminder_item t JOIN open_item o ON o.id = t.open_item_id
      WHERE o.invoice_id = :id AND t.stands = 1)""",
}


def reminded(connection: Connection, subject: str, subject_id: int, limit: int) -> list[HistoryEntry]:
    """What a client was reminded of, or how an invoice was, at most `limit`."""
    where = _WHOSE.get(subject)
    if where is None:
        return []
    rows = connection.exec_driver_sql(_SENT.format(where=where), {"id": subject_id, "limit": limit})
    return [
        HistoryEntry(
            at,
            actor,
            _("Reminder run {run} is sent").format(run=run),
            tuple(
                _("{thing}: {change}").format(thing=thing, change=value)
                for thing, value in (
                    (_("Level"), level),
                    (_("To pay"), money_text(total, currency)),
                    (_("Pay by"), date_text(date.fromisoformat(pay_by))),
                    (_("Invoices"), numbers),
                )
            ),
            place="delivery",
            thing=delivery,
        )
        for at, actor, run, level, currency, total, pay_by, delivery, numbers in rows
    ]
