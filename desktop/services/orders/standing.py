"""Orders to the bank as they stand: listed, given to the bank, taken back, and settled when the money came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from db.engine import Book
from db.schema import PaymentOrder, PaymentOrderItem
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.change_sets import Change
from desktop.services.changes import change
from desktop.services.files import StoredFile
from desktop.services.ledger import Ledger
from desktop.services.payments import not_to_come
from desktop.services.refunds import refund_within
from desktop.services.sandbox.refusing import refuse_in_sandbox

_DEBIT = "direct_debit"


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order; minor units of `currency`. `waiting` of its items have neither come nor gone back."""

    id: int
    number: str
    kind: str
    account: str
    execute_on: date
    currency: str
    count: int
    total: int
    waiting: int
    paid: int
    returned: int
    state: str
    made_at: str
    actor: str


@dataclass(frozen=True, slots=True)
class OrderItemRow:
    """One debit or refund of an order; minor units. `settles` is the number of its invoice or credit."""

    id: int
    client: str
    name: str
    settles: str
    amount: int
    end_to_end: str
    mandate: str
    sequence: str
    state: str
    payment: str
    return_reason: str


def orders(book: Book) -> tuple[OrderRow, ...]:
    """Every order, the latest first."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            """SELECT o.id, o.number, o.kind, iif(a.iban = '', a.holder, a.iban), o.execute_on, o.currency, o.count,
              o.total, sum(i.state = 'ordered'), sum(i.state = 'paid'), sum(i.state = 'returned'), o.state, o.made_at,
              o.actor
            FROM payment_order o JOIN bank_account a ON a.id = o.account_id
            JOIN payment_order_item i ON i.order_id = o.id GROUP BY o.id ORDER BY o.id DESC"""
        )
        found = []
        for key, number, kind, account, day, *rest in rows:
            found.append(OrderRow(key, number, kind, account, date.fromisoformat(day), *rest))
        return tuple(found)


def order_items(book: Book, order_id: int) -> tuple[OrderItemRow, ...]:
    """The items of an order, as they stand in its file."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            """SELECT i.id, c.code, i.holder, coalesce(v.number, p.number, n.number), i.amount, i.end_to_end, i.mandate,
              i.sequence, i.state, coalesce(y.number, ''), i.return_reason
            FROM payment_order_item i JOIN client c ON c.id = i.client_id
            LEFT JOIN open_item t ON t.id = i.open_item_id LEFT JOIN invoice v ON v.id = t.invoice_id
            LEFT JOIN open_credit k ON k.id = i.credit_id LEFT JOIN payment p ON p.id = k.payment_id
            LEFT JOIN invoice n ON n.id = k.credit_note_id LEFT JOIN payment y ON y.id = i.payment_id
            WHERE i.order_id = ? ORDER BY i.id""",
            (order_id,),
        )
        return tuple(OrderItemRow(*row) for row in rows)


def order_id_of(book: Book, number: str) -> int:
    """UserError where there is no order of that number."""
    with book.reading() as session:
        found = (
            session.connection()
            .exec_driver_sql("SELECT id FROM payment_order WHERE number = ?", (number.strip().upper(),))
            .scalar()
        )
    if found is None:
        raise UserError(_("There is no order {number}.").format(number=number), _("The list of orders shows them all."))
    return int(found)


def order_file(book: Book, order_id: int) -> StoredFile:
    """The file as it was made, byte for byte."""
    with book.reading() as session:
        row = (
            session.connection()
            .exec_driver_sql(
                """SELECT f.id, f.name, f.media_type, f.content FROM payment_order o JOIN file f ON f.id = o.file_id
                WHERE o.id = ?""",
                (order_id,),
            )
            .fetchone()
        )
    if row is None:
        raise UserError(_("The order is not there any more."), _("Reload the list."))
    return StoredFile(*row)


def hand_over_order(book: Book, order_id: int, *, actor: str) -> None:
    """Note that the bank has the file. UserError where it has it already, or where the order was taken back."""
    refuse_in_sandbox(book)
    with change(book, actor, "") as made:
        number, state = _order(made.connection, order_id)
        if state != "made":
            raise _not_standing(number, state)
        made.update(PaymentOrder, order_id, state="handed_over", handed_over_at=made.at)
        made.summary = _("Give order {number} to the bank").format(number=number)


def cancel_order(book: Book, order_id: int, *, actor: str) -> None:
    """Take an order back: what it asked for may be asked for again. UserError once anything of it came."""
    with change(book, actor, "") as made:
        number, state = _order(made.connection, order_id)
        if state == "cancelled":
            raise _not_standing(number, state)
        items = made.connection.exec_driver_sql(
            "SELECT id, state FROM payment_order_item WHERE order_id = ?", (order_id,)
        ).fetchall()
        if any(one[1] in ("paid", "returned") for one in items):
            raise UserError(
                _("Money of order {number} came already.").format(number=number),
                _("What came back is a return; what is still to come can only be stopped at the bank."),
            )
        for item_id, _state in items:
            made.update(PaymentOrderItem, item_id, state="withdrawn")
        made.update(PaymentOrder, order_id, state="cancelled")
        made.summary = _("Take back order {number}").format(number=number)


def settle_order(book: Book, order_id: int, *, on: date, actor: str, today: date) -> tuple[int, ...]:
    """Book all that waits of an order as come, or gone, on that day; the ids of the payments.

    UserError where nothing of it waits, and for a day to come.
    """
    with change(book, actor, "", undoable=False) as made:
        not_to_come(on, today)
        number, _state = _order(made.connection, order_id)
        waiting = [
            row[0]
            for row in made.connection.exec_driver_sql(
                "SELECT id FROM payment_order_item WHERE order_id = ? AND state = 'ordered' ORDER BY id", (order_id,)
            )
        ]
        if not waiting:
            raise UserError(_("Nothing of order {number} waits.").format(number=number))
        (account_id,) = made.connection.exec_driver_sql(
            "SELECT account_id FROM payment_order WHERE id = ?", (order_id,)
        ).one()
        ledger = Ledger(made)
        payments = settle_items(made, ledger, waiting, paid_on=on, account_id=account_id)
        ledger.flush()
        for item_id, payment_id in zip(waiting, payments, strict=True):
            made.update(PaymentOrderItem, item_id, state="paid", payment_id=payment_id)
        made.summary = _("Book order {number} as done").format(number=number)
    return payments


def settle_items(
    made: Change, ledger: Ledger, item_ids: Sequence[int], *, paid_on: date, account_id: int | None
) -> tuple[int, ...]:
    """Book a payment, or a refund, for each of these items, in their order; the ids of the payments.

    The caller flushes the ledger and then notes at the items that they are paid. What was settled otherwise meanwhile
    becomes the client's credit. UserError for a credit of which less is left than is paid back.
    """
    payments = []
    for item_id in item_ids:
        row = made.connection.exec_driver_sql(
            """SELECT i.open_item_id, i.credit_id, i.amount, i.end_to_end, i.client_id, o.currency
            FROM payment_order_item i JOIN payment_order o ON o.id = i.order_id WHERE i.id = ?""",
            (item_id,),
        ).one()
        open_item_id, credit_id, amount, end_to_end, client_id, currency = row
        if credit_id is not None:
            (credit,) = ledger.credits("c.id = ?", (credit_id,))
            refund = refund_within(
                ledger, credit, amount, max(paid_on, credit.since), reference=end_to_end, account_id=account_id
            )
            payments.append(refund.refund_id)
            continue
        credit = ledger.payment(
            client_id=client_id,
            amount=amount,
            currency=currency,
            paid_on=paid_on,
            method=_DEBIT,
            reference=end_to_end,
            account_id=account_id,
        )
        (due,) = ledger.dues("o.id = ?", (open_item_id,))
        if part := min(amount, due.open):
            ledger.settle(due, credit, part, paid_on)
        payments.append(credit.source_id)
    return tuple(payments)


def _order(connection: Connection, order_id: int) -> tuple[str, str]:
    row = connection.exec_driver_sql("SELECT number, state FROM payment_order WHERE id = ?", (order_id,)).fetchone()
    if row is None:
        raise UserError(_("The order is not there any more."), _("Reload the list."))
    return str(row[0]), str(row[1])


def _not_standing(number: str, state: str) -> UserError:
    if state == "cancelled":
        return UserError(_("Order {number} was taken back.").format(number=number), _("Make a new one."))
    return UserError(_("The bank has order {number} already.").format(number=number), _("Nothing needs to be done."))
