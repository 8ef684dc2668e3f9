"""Credit paid back: what a client has left of a payment or a credit note, where it wants its money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.journal import firm_factor, in_firm
from desktop.errors import UserError
from desktop.i18n import _, date_text, money_text
from desktop.services.access.second_pair import check_second
from desktop.services.changes import change
from desktop.services.exchange import ExchangeRates
from desktop.services.ledger import WITHHOLDING, Ledger
from desktop.services.open_amounts import Credit, OpenAmounts
from desktop.services.payments import not_to_come, reason_given
from desktop.services.tills import reached


@dataclass(frozen=True, slots=True)
class Refund:
    """The refund's own number, what it pays back of the payment or credit note `source`, and what is left of that.

    Minor units of `currency`.
    """

    refund: str
    refund_id: int
    source: str
    client_id: int
    currency: str
    amount: int
    left: int


def refund_credit(
    book: Book,
    number: str,
    *,
    on: date,
    reason: str,
    actor: str,
    today: date,
    amount: int | None = None,
    method: str = "bank",
    reference: str = "",
    file_id: int | None = None,
    account_id: int | None = None,
) -> Refund:
    """Pay back what is left of a payment or credit note, or so much of it; minor units of its currency.

    UserError for an unknown number, more than is left, what a payment order pays back already, tax withheld, a date
    before it was free or to come, no reason, and a till with less in it.
    """
    with change(book, actor, "", undoable=False) as made:
        not_to_come(on, today)
        reason = reason_given(reason)
        ledger = Ledger(made)
        credit = ledger.named_credit(number)
        amount = credit.open if amount is None else amount
        rates = ExchangeRates(made.connection)
        worth = in_firm(amount, firm_factor(rates.on(credit.currency, on), credit.currency, rates.firm_currency))
        check_second(book, made, "refund", worth, subject="client", subject_id=credit.client_id)
        _not_ordered(made.connection, credit, amount)
        account_id, method = reached(made.connection, credit.currency, account_id, method, 0, None)
        refund = refund_within(
            ledger,
            credit,
            amount,
            on,
            method=method,
            reference=reference,
            note=reason,
            file_id=file_id,
            account_id=account_id,
        )
        ledger.flush()
        made.summary = _("Pay back {amount} of {number}: {reason}").format(
            amount=money_text(amount, credit.currency), number=number, reason=reason
        )
    return refund


def credit_left(book: Book, number: str) -> tuple[str, int]:
    """Currency and minor units of what is left of a payment or credit note. UserError for an unknown number."""
    with book.reading() as session:
        credit = OpenAmounts(session.connection()).named_credit(number)
    return credit.currency, credit.open


def refund_within(
    ledger: Ledger,
    credit: Credit,
    amount: int,
    on: date,
    *,
    method: str = "bank",
    reference: str = "",
    note: str = "",
    file_id: int | None = None,
    account_id: int | None = None,
) -> Refund:
    """As refund_credit, within the caller's transaction and of what an order pays back too; the caller flushes."""
    _refundable(ledger.connection, credit)
    if not 0 < amount <= credit.open:
        raise UserError(
            _("{left} of {number} is left; {amount} cannot be paid back.").format(
                left=money_text(credit.open, credit.currency),
                number=credit.number,
                amount=money_text(amount, credit.currency),
            ),
            _("Take it off the invoices that it settles first, or pay back less."),
        )
    if on < credit.since:
        raise UserError(
            _("{number} is free to be paid back from {day} on.").format(
                number=credit.number, day=date_text(credit.since)
            ),
            _("Take that day or a later one."),
        )
    refund_id, number = ledger.refund(
        credit,
        amount,
        on,
        method=method,
        reference=reference.strip(),
        note=note.strip(),
        file_id=file_id,
        account_id=account_id,
    )
    return Refund(number, refund_id, credit.number, credit.client_id, credit.currency, amount, credit.open)


def _refundable(connection: Connection, credit: Credit) -> None:
    if credit.kind != "payment":
        return
    method = connection.exec_driver_sql("SELECT method FROM payment WHERE id = ?", (credit.source_id,)).scalar()
    if method == WITHHOLDING:
        raise UserError(
            _("{number} is tax that the payer gave to the state; no money of it is here.").format(number=credit.number),
            _("Reverse it if it was not withheld."),
        )


def _not_ordered(connection: Connection, credit: Credit, amount: int) -> None:
    """UserError where an order that the bank has, or will get, pays back what would be paid back here."""
    row = connection.exec_driver_sql(
        "SELECT sum(i.amount), min(o.number) FROM payment_order_item i JOIN payment_order o ON o.id = i.order_id"
        " WHERE i.credit_id = ? AND i.state = 'ordered'",
        (credit.id,),
    ).one()
    if row[0] and amount > credit.open - row[0]:
        raise UserError(
            _("Payment order {order} pays back {amount} of {number} already.").format(
                order=row[1], amount=money_text(row[0], credit.currency), number=credit.number
            ),
            _("Settle or cancel that order first."),
        )
