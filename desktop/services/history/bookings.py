"""What was booked for a thing, from the rows themselves: runs issue thousands at once, which the log seals as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from db.queries.families import family
from desktop.i18n import _, date_text, money_text, ngettext, number_text
from desktop.services.history.entry import HistoryEntry

_CLIENT: Final = family(":id")
_INVOICES: Final = """SELECT i.created_at, i.actor, i.id, i.kind, i.number, i.payable, i.currency, i.due_date, i.reason,
 coalesce(r.number, '') AS run, coalesce(x.number, '') AS corrects FROM invoice i LEFT JOIN run r ON r.id = i.run_id
 LEFT JOIN invoice x ON x.id = i.corrects_id WHERE {where} ORDER BY i.created_at DESC, i.id DESC LIMIT :limit"""
_PAYMENTS: Final = """SELECT p.created_at, p.actor, p.id, p.number, p.amount, p.currency, p.paid_on, p.reference,
 coalesce(x.number, '') AS reverses, coalesce(y.number, n.number, '') AS refunds, p.note
 FROM payment p LEFT JOIN payment x ON x.id = p.reverses_id LEFT JOIN payment y ON y.id = p.refunds_payment_id
 LEFT JOIN invoice n ON n.id = p.refunds_credit_note_id WHERE {where}
 ORDER BY p.created_at DESC, p.id DESC LIMIT :limit"""
_ALLOCATIONS: Final = """SELECT a.created_at, a.actor, a.kind, a.amount, i.id, i.number, i.currency, a.dated,
 coalesce(p.number, n.number, '') AS source FROM allocation a JOIN invoice i ON i.id = a.invoice_id
 LEFT JOIN payment p ON p.id = a.payment_id LEFT JOIN invoice n ON n.id = a.credit_note_id
 WHERE a.kind <> 'plan' AND a.kind <> 'write_off' AND {where} ORDER BY a.created_at DESC, a.id DESC LIMIT :limit"""
_WRITE_OFFS: Final = """SELECT w.created_at, w.actor, w.amount, w.reason, w.reverses_id, i.id, i.number, i.currency
 FROM write_off w JOIN invoice i ON i.id = w.invoice_id WHERE {where}
 ORDER BY w.created_at DESC, w.id DESC LIMIT :limit"""
_PLANS: Final = """SELECT l.created_at, l.actor, l.reason, i.id, i.number FROM payment_plan l
 JOIN invoice i ON i.id = l.invoice_id WHERE {where} ORDER BY l.created_at DESC, l.id DESC LIMIT :limit"""
_ISSUED: Final = """SELECT max(created_at) AS created_at, actor, count(*) AS count FROM invoice WHERE run_id = :id
 GROUP BY actor, substr(created_at, 1, 10) ORDER BY 1 DESC LIMIT :limit"""

_WITH_CREDITS: Final = "SELECT :id UNION ALL SELECT k.id FROM invoice k WHERE k.corrects_id = :id"

_Told = Callable[[Any], HistoryEntry]


def booked(connection: Connection, subject: str, subject_id: int, limit: int) -> list[HistoryEntry]:
    """What was issued, paid, settled and written off, each source newest first and at most `limit` long."""
    found = []
    for sql, told in _SOURCES.get(subject, ()):
        rows = connection.exec_driver_sql(sql, {"id": subject_id, "limit": limit}).mappings()
        found += [told(row) for row in rows]
    return found


def _invoice(row: Mapping[str, Any]) -> HistoryEntry:
    sentences = {
        "invoice": _("Invoice {number} issued, {amount}"),
        "deposit": _("Deposit invoice {number} issued, {amount}"),
        "final": _("Final invoice {number} issued, {amount}"),
        "credit_note": _("Credit note {number} issued, {amount}"),
        "opening": _("Opening item {number} taken over, {amount}"),
    }
    summary = sentences[row["kind"]].format(number=row["number"], amount=money_text(row["payable"], row["currency"]))
    lines = []
    if row["corrects"]:
        lines.append(_("It credits {number}.").format(number=row["corrects"]))
    if row["reason"]:
        lines.append(_("Reason: {reason}").format(reason=row["reason"]))
    if row["run"]:
        lines.append(_("By run {run}.").format(run=row["run"]))
    if row["kind"] != "credit_note":
        lines.append(_("Due on {day}.").format(day=date_text(date.fromisoformat(row["due_date"]))))
    return HistoryEntry(row["created_at"], row["actor"], summary, tuple(lines), place="invoice", thing=row["id"])


def _payment(row: Mapping[str, Any]) -> HistoryEntry:
    amount = money_text(abs(row["amount"]), row["currency"])
    if row["reverses"]:
        summary = _("Payment {number} taken back by {reversal}, {amount}").format(
            number=row["reverses"], reversal=row["number"], amount=amount
        )
    elif row["amount"] < 0:
        summary = _("{amount} of {source} paid back by {number}").format(
            amount=amount, source=row["refunds"], number=row["number"]
        )
    else:
        summary = _("Payment {number} received, {amount}").format(number=row["number"], amount=amount)
    lines = [_("On {day}.").format(day=date_text(date.fromisoformat(row["paid_on"])))]
    if row["reference"]:
        lines.append(_("Reference: {reference}").format(reference=row["reference"]))
    if row["refunds"] and row["note"]:
        lines += _reason(row["note"])
    return HistoryEntry(row["created_at"], row["actor"], summary, tuple(lines), place="payment", thing=row["id"])


def _allocation(row: Mapping[str, Any]) -> HistoryEntry:
    back = row["amount"] < 0
    if row["kind"] == "discount":
        sentence = (
            _("Early-payment discount of {number} taken back, {amount}")
            if back
            else _("Early-payment discount of {number} granted, {amount}")
        )
    elif back:
        sentence = _("{number} no longer settled with {source}, {amount}")
    else:
        sentence = _("{number} settled with {source}, {amount}")
    summary = sentence.format(
        number=row["number"], source=row["source"], amount=money_text(abs(row["amount"]), row["currency"])
    )
    lines = (_("As of {day}.").format(day=date_text(date.fromisoformat(row["dated"]))),)
    return HistoryEntry(row["created_at"], row["actor"], summary, lines, place="invoice", thing=row["id"])


def _write_off(row: Mapping[str, Any]) -> HistoryEntry:
    sentence = (
        _("Write-off of {number} taken back, {amount}") if row["reverses_id"] else _("{number} written off, {amount}")
    )
    summary = sentence.format(number=row["number"], amount=money_text(abs(row["amount"]), row["currency"]))
    return HistoryEntry(
        row["created_at"], row["actor"], summary, _reason(row["reason"]), place="invoice", thing=row["id"]
    )


def _plan(row: Mapping[str, Any]) -> HistoryEntry:
    summary = _("Payment plan agreed for {number}").format(number=row["number"])
    return HistoryEntry(
        row["created_at"], row["actor"], summary, _reason(row["reason"]), place="invoice", thing=row["id"]
    )


def _issued(row: Mapping[str, Any]) -> HistoryEntry:
    summary = ngettext("{count} invoice issued", "{count} invoices issued", row["count"])
    return HistoryEntry(row["created_at"], row["actor"], summary.format(count=number_text(row["count"])))


def _reason(reason: str) -> tuple[str, ...]:
    return (_("Reason: {reason}").format(reason=reason),) if reason else ()


# Within one moment what stands first came last: a document is there before it is settled.
_SOURCES: Final[Mapping[str, tuple[tuple[str, _Told], ...]]] = {
    "client": (
        (_WRITE_OFFS.format(where=f"i.client_id IN {_CLIENT}"), _write_off),
        (_PLANS.format(where=f"i.client_id IN {_CLIENT}"), _plan),
        (_PAYMENTS.format(where=f"p.client_id IN {_CLIENT}"), _payment),
        (_INVOICES.format(where=f"i.client_id IN {_CLIENT}"), _invoice),
    ),
    "agreement": ((_INVOICES.format(where="i.agreement_id = :id"), _invoice),),
    "invoice": (
        (_WRITE_OFFS.format(where="i.id = :id"), _write_off),
        (_PLANS.format(where="i.id = :id"), _plan),
        (_ALLOCATIONS.format(where="a.invoice_id = :id"), _allocation),
        (
            _INVOICES.format(where=f"i.id IN ({_WITH_CREDITS})"),
            _invoice,
        ),
    ),
    "payment": (
        (_ALLOCATIONS.format(where="a.payment_id = :id"), _allocation),
        (_PAYMENTS.format(where="p.id = :id OR p.reverses_id = :id OR p.refunds_payment_id = :id"), _payment),
    ),
    "run": ((_ISSUED, _issued),),
}
