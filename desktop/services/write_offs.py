"""Losses taken on invoices that will not be paid, and taken back when they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.journal import in_firm
from desktop.errors import UserError
from desktop.i18n import _, money_text
from desktop.services.access.second_pair import check_second
from desktop.services.changes import change
from desktop.services.ledger import Ledger
from desktop.services.limits import check_limit
from desktop.services.open_amounts import Due
from desktop.services.payments import not_to_come, reason_given
from desktop.services.plan_items import give_back


@dataclass(frozen=True, slots=True)
class WrittenOff:
    """A loss, or its reversal with a negative amount; `open` is what is left of the invoice. Minor units."""

    id: int
    number: str
    currency: str
    amount: int
    open: int


@dataclass(frozen=True, slots=True)
class WriteOffRow:
    """A loss of an invoice that still stands; minor units."""

    id: int
    dated: date
    amount: int
    reason: str


def write_offs_of(book: Book, number: str) -> tuple[WriteOffRow, ...]:
    """The losses of an invoice that were not taken back, the oldest first."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT w.id, w.dated, w.amount, w.reason FROM write_off w JOIN invoice i ON i.id = w.invoice_id "
            "WHERE i.number = ? AND w.reverses_id IS NULL "
            "AND NOT EXISTS (SELECT 1 FROM write_off r WHERE r.reverses_id = w.id) ORDER BY w.dated, w.id",
            (number,),
        )
        return tuple(WriteOffRow(id_, date.fromisoformat(dated), amount, reason) for id_, dated, amount, reason in rows)


def write_off(
    book: Book, number: str, *, reason: str, on: date, actor: str, today: date, amount: int | None = None
) -> WrittenOff:
    """Write off what is open of an invoice or of one instalment, or an amount of it, the oldest instalment first.

    UserError where less is open, without a reason, above the actor's limit, and for a date to come.
    """
    with change(book, actor, "", undoable=False) as made:
        not_to_come(on, today)
        reason = reason_given(reason)
        ledger = Ledger(made)
        dues = ledger.named_dues([number])
        currency = dues[0].currency
        wanted = _amount(dues, amount)
        before = _by_actor(made.connection, dues[0].invoice_id, made.actor)
        check_limit(made.connection, made.actor, "write_off", before + wanted, dues[0].factor)
        worth = in_firm(before + wanted, dues[0].factor)
        check_second(book, made, "write_off", worth, subject="invoice", subject_id=dues[0].invoice_id)
        parts: list[tuple[Due, int, int | None]] = []
        left = wanted
        for due in dues:
            part = min(left, due.open)
            if part:
                parts.append((due, part, None))
                left -= part
        write_off_id = ledger.write_off(parts, on, reason)
        ledger.flush()
        made.summary = _("Write off {amount} of {number}: {reason}").format(
            amount=money_text(wanted, currency), number=number, reason=reason
        )
    return WrittenOff(write_off_id, number, currency, wanted, sum(due.open for due in dues))


def reverse_write_off(book: Book, write_off_id: int, *, reason: str, on: date, actor: str, today: date) -> WrittenOff:
    """Take a loss back: what it settled is open again from that date on.

    UserError where it was taken back already, without a reason, before its own date and for a date to come.
    """
    with change(book, actor, "", undoable=False) as made:
        not_to_come(on, today)
        reason = reason_given(reason)
        ledger = Ledger(made)
        invoice_id, number = _reversible(made.connection, write_off_id, on)
        parts: list[tuple[Due, int, int | None]] = []
        for allocation_id, item_id, amount in made.connection.exec_driver_sql(
            "SELECT id, open_item_id, amount FROM allocation WHERE invoice_id = ? AND write_off_id = ? ORDER BY id",
            (invoice_id, write_off_id),
        ).fetchall():
            (due,) = ledger.dues("o.id = ?", (item_id,))
            parts.append((due, -amount, allocation_id))
        reversal_id = ledger.write_off(parts, on, reason, reverses_id=write_off_id)
        for due, amount, _allocation in parts:
            give_back(ledger, due, -amount, on)
        ledger.flush()
        dues = ledger.invoice_dues(number)
        total = sum(amount for _due, amount, _allocation in parts)
        made.summary = _("Take back the write-off of {number}: {reason}").format(number=number, reason=reason)
    return WrittenOff(reversal_id, number, dues[0].currency, total, sum(due.open for due in dues))


def _amount(dues: list[Due], amount: int | None) -> int:
    still_open = sum(due.open for due in dues)
    number, currency = dues[0].number, dues[0].currency
    if not still_open:
        raise UserError(_("{number} is settled; nothing is left to write off.").format(number=number))
    if amount is None:
        return still_open
    if amount <= 0:
        raise UserError(_("The amount must be above zero."), _("Leave it out to write off all that is open."))
    if amount > still_open:
        raise UserError(
            _("Only {open} of {number} is open, not {amount}.").format(
                open=money_text(still_open, currency), number=number, amount=money_text(amount, currency)
            ),
            _("Leave the amount out to write off all that is open."),
        )
    return amount


def _by_actor(connection: Connection, invoice_id: int, actor: str) -> int:
    """What this person wrote off of the invoice, less what was taken back of that."""
    (total,) = connection.exec_driver_sql(
        "SELECT coalesce(sum(w.amount), 0) FROM write_off w LEFT JOIN write_off o ON o.id = w.reverses_id "
        "WHERE w.invoice_id = ? AND coalesce(o.actor, w.actor) = ?",
        (invoice_id, actor),
    ).one()
    return int(total)


def _reversible(connection: Connection, write_off_id: int, on: date) -> tuple[int, str]:
    row = connection.exec_driver_sql(
        "SELECT w.invoice_id, i.number, w.dated, w.reverses_id, r.id FROM write_off w "
        "JOIN invoice i ON i.id = w.invoice_id LEFT JOIN write_off r ON r.reverses_id = w.id WHERE w.id = ?",
        (write_off_id,),
    ).fetchone()
    if row is None:
        raise UserError(_("This write-off is not in the book."), _("Reload the list."))
    invoice_id, number, dated, reverses_id, reversed_by = row
    if reverses_id is not None or reversed_by is not None:
        raise UserError(
            _("The write-off of {number} was taken back already.").format(number=number),
            _("If the invoice is lost after all, write it off anew."),
        )
    if on.isoformat() < dated:
        raise UserError(
            _("{number} was written off later than that.").format(number=number),
            _("Take the day of the write-off or a later one."),
        )
    return invoice_id, number
