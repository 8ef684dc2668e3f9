"""Taking back what bank lines booked: payments are reversed, never deleted, and the lines are open again."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from db.engine import Book
from db.schema import BankMatch, PaymentOrderItem, Reconciliation
from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.services.accounting.bank_entries import AGAINST, take_aside_back
from desktop.services.bank.parts import PAYMENT, REFUND, RETURN
from desktop.services.bank.restoring import note_again, pay_again
from desktop.services.change_sets import Change, table_of
from desktop.services.changes import change
from desktop.services.ledger import Ledger
from desktop.services.payment_reversals import reverse_within
from desktop.services.payments import not_to_come, reason_given
from desktop.services.plan_items import give_back
from desktop.services.runs.scope import Report, silent

# So many lines are taken back within one transaction.
CHUNK: Final = 200

_MATCHES: Final = """SELECT m.id, m.line_id, m.reconciliation_id, m.kind,
  CASE WHEN m.recorded THEN NULL ELSE m.payment_id END, m.withheld_id, m.write_off_id
FROM bank_match m JOIN reconciliation r ON r.id = m.reconciliation_id
WHERE m.undone_at IS NULL AND r.undone_at IS NULL AND {where} ORDER BY m.id DESC"""

# What a payment settled after it was booked, or what was paid out of it, stands on it.
_LATER: Final = """SELECT p.number, i.number, NULL FROM allocation a JOIN payment p ON p.id = a.payment_id
  JOIN invoice i ON i.id = a.invoice_id
  WHERE a.payment_id IN (SELECT value FROM json_each(:ids)) AND a.amount > 0 AND a.created_at > p.created_at
  AND NOT EXISTS (SELECT 1 FROM allocation b WHERE b.reverses_id = a.id)
  AND NOT EXISTS (SELECT 1 FROM payment r WHERE r.reverses_id = p.id)
UNION ALL
SELECT p.number, NULL, f.number FROM payment f JOIN payment p ON p.id = f.refunds_payment_id
  WHERE p.id IN (SELECT value FROM json_each(:ids))
  AND NOT EXISTS (SELECT 1 FROM payment r WHERE r.reverses_id = f.id) LIMIT 1"""


class _Match(NamedTuple):
    id: int
    line_id: int
    reconciliation_id: int
    kind: str
    payment_id: int | None
    withheld_id: int | None
    write_off_id: int | None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What was taken back: so many lines are open again; the numbers of the payments that were reversed."""

    lines: int
    payments: tuple[str, ...]


def take_back(
    book: Book,
    *,
    reconciliation_id: int | None = None,
    line_ids: Collection[int] = (),
    actor: str,
    today: date,
    reason: str,
    report: Report = silent,
) -> TakenBack:
    """Take back all that a reconciliation booked, or all that stands of these lines.

    A payment is reversed on its own day, so that it never counted; what it settled, kept back, withheld and wrote off
    is open again. A return that is taken back is paid again, unless the line of its payment is taken back as well.
    What a person reversed meanwhile is left as it is. The last booked goes first, in chunks that are whole each:
    stopped in between, taking back again does the rest.
    UserError without a reason, where nothing stands, and where a payment was used or refunded since; then nothing was
    changed.
    """
    reason = reason_given(reason)
    with book.reading() as session:
        matches = _standing(session.connection(), reconciliation_id, line_ids)
        _refuse_if_used(session.connection(), matches)
    lines = list(dict.fromkeys(match.line_id for match in matches))
    leaving = frozenset(match.payment_id for match in matches if match.kind == PAYMENT and match.payment_id is not None)
    payments: list[str] = []
    for at in range(0, len(lines), CHUNK):
        report(at, len(lines), _("Taking back"))
        last = at + CHUNK >= len(lines)
        payments += _take_back_part(
            book, lines[at : at + CHUNK], reconciliation_id, last, leaving, actor=actor, today=today, reason=reason
        )
    report(len(lines), len(lines), _("Taking back"))
    return TakenBack(len(lines), tuple(payments))


def _standing(connection: Connection, reconciliation_id: int | None, line_ids: Collection[int]) -> list[_Match]:
    if reconciliation_id is not None:
        rows = connection.exec_driver_sql(_MATCHES.format(where="m.reconciliation_id = ?"), (reconciliation_id,))
    else:
        rows = _of_lines(connection, line_ids, None)
    matches = [_Match(*row) for row in rows]
    if not matches:
        raise UserError(
            _("Nothing of this is booked any more."), _("It was taken back already, or never booked. Reload the list.")
        )
    return matches


def _of_lines(connection: Connection, line_ids: Collection[int], reconciliation_id: int | None) -> Any:
    where, values = "m.line_id IN (SELECT value FROM json_each(?))", [json.dumps(list(line_ids))]
    if reconciliation_id is not None:
        where, values = f"{where} AND m.reconciliation_id = ?", [*values, str(reconciliation_id)]
    return connection.exec_driver_sql(_MATCHES.format(where=where), tuple(values))


def _refuse_if_used(connection: Connection, matches: Sequence[_Match]) -> None:
    payments = [match.payment_id for match in matches if match.payment_id is not None and match.kind == PAYMENT]
    row = connection.exec_driver_sql(_LATER, {"ids": json.dumps(payments)}).fetchone()
    if row is None:
        return
    number, invoice, refund = row
    remedy = _("Reverse {number} under Payments if that is to be undone as well; then take the line back.")
    if invoice is not None:
        said = _("What was left of payment {number} settled {invoice} since.").format(number=number, invoice=invoice)
    else:
        said = _("Payment {number} was refunded since, by {refund}.").format(number=number, refund=refund)
    raise UserError(said, remedy.format(number=number))


def _take_back_part(
    book: Book,
    line_ids: Sequence[int],
    reconciliation_id: int | None,
    last: bool,
    leaving: Collection[int],
    *,
    actor: str,
    today: date,
    reason: str,
) -> list[str]:
    with change(book, actor, "", undoable=False) as made:
        connection = made.connection
        matches = [_Match(*row) for row in _of_lines(connection, line_ids, reconciliation_id)]
        # A person's booking may have come in between two chunks.
        _refuse_if_used(connection, matches)
        ledger = Ledger(made)
        done: set[int] = set()
        again: dict[int, int] = {}
        payments: list[str] = []
        for match in matches:
            if match.write_off_id is not None:
                _take_loss_back(ledger, match.write_off_id, reason)
            for key in (match.payment_id, match.withheld_id):
                if key is not None and key not in done:
                    done.add(key)
                    payments += _take_money_back(made, ledger, match.kind, key, leaving, today, reason, again)
        ledger.flush()
        note_again(made, again)
        take_aside_back(made, [match.id for match in matches if match.kind in AGAINST])
        _mark(made, matches, reconciliation_id if last else None)
        said = ngettext(
            "Take back {count} bank line: {reason}", "Take back {count} bank lines: {reason}", len(line_ids)
        )
        made.summary = said.format(count=number_text(len(line_ids)), reason=reason)
    return payments


def _take_money_back(
    made: Change,
    ledger: Ledger,
    kind: str,
    payment_id: int,
    leaving: Collection[int],
    today: date,
    reason: str,
    again: dict[int, int],
) -> list[str]:
    connection = made.connection
    number, paid_on, reversed_by, reverses = connection.exec_driver_sql(
        "SELECT p.number, p.paid_on, r.number, p.reverses_id FROM payment p LEFT JOIN payment r"
        " ON r.reverses_id = p.id WHERE p.id = ?",
        (payment_id,),
    ).one()
    if kind == RETURN and reverses in leaving:
        _reopen_order(made, reverses, "returned")
        return []
    if kind == RETURN:
        return [pay_again(made, ledger, payment_id, again)]
    if reversed_by is not None:
        return []
    on = date.fromisoformat(paid_on)
    if kind != REFUND:
        on = max(on, ledger.named_credit(number).since)
    not_to_come(on, today)
    _reopen_order(made, payment_id, "paid")
    return [reverse_within(ledger, number, on=on, reason=reason).payment]


def _reopen_order(made: Change, payment_id: int, state: str) -> None:
    """A debit is under way again once all that the bank told of it is taken back."""
    rows = made.connection.exec_driver_sql(
        "SELECT id FROM payment_order_item WHERE payment_id = ? AND state = ?", (payment_id, state)
    )
    for (key,) in rows.fetchall():
        made.update(PaymentOrderItem, key, state="ordered", payment_id=None, return_reason="")


def _take_loss_back(ledger: Ledger, write_off_id: int, reason: str) -> None:
    dated, reversed_by = ledger.connection.exec_driver_sql(
        "SELECT w.dated, r.id FROM write_off w LEFT JOIN write_off r ON r.reverses_id = w.id WHERE w.id = ?",
        (write_off_id,),
    ).one()
    if reversed_by is not None:
        return
    on = date.fromisoformat(dated)
    parts = []
    for allocation_id, item_id, amount in ledger.connection.exec_driver_sql(
        "SELECT id, open_item_id, amount FROM allocation WHERE write_off_id = ? ORDER BY id", (write_off_id,)
    ).fetchall():
        (due,) = ledger.dues("o.id = ?", (item_id,))
        parts.append((due, -amount, allocation_id))
    ledger.write_off(parts, on, reason, reverses_id=write_off_id)
    for due, amount, _allocation in parts:
        give_back(ledger, due, -amount, on)


def _mark(made: Change, matches: Sequence[_Match], reconciliation_id: int | None) -> None:
    """Mark what was taken back, and open its lines; with its last lines, the whole reconciliation."""
    connection = made.connection
    before = {match.id: {"undone_at": None} for match in matches}
    after = {match.id: {"undone_at": made.at} for match in matches}
    connection.exec_driver_sql(
        "UPDATE bank_match SET undone_at = ? WHERE id = ?", [(made.at, match.id) for match in matches]
    )
    made.record_rows(table_of(BankMatch), before, after)
    lines = dict.fromkeys(match.line_id for match in matches)
    connection.exec_driver_sql("UPDATE bank_line SET state = 'open' WHERE id = ?", [(line,) for line in lines])
    if reconciliation_id is not None:
        made.update(Reconciliation, reconciliation_id, undone_at=made.at, undone_by=made.actor)
        return
    for key in dict.fromkeys(match.reconciliation_id for match in matches):
        left = connection.exec_driver_sql(
            "SELECT 1 FROM bank_match WHERE reconciliation_id = ? AND undone_at IS NULL LIMIT 1", (key,)
        ).fetchone()
        if left is None:
            made.update(Reconciliation, key, undone_at=made.at, undone_by=made.actor)
