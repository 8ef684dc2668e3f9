"""Receipts: a payment that came in, what it settled, what of that is still open, and what is left of it as credit."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from db.engine import Book
from db.queries import letters as queries
from desktop.domain.letter import Cell, LetterColumn, LetterRow, LetterTable, LetterTotal, Money, term
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.services.letters.correspondence import Made, correspondence

_METHODS = ("bank", "card", "cash", "cheque", "direct_debit", "withholding", "opening")


class _Settled(NamedTuple):
    """An item that the payment settled, in part or in whole; minor units."""

    name: str
    kind: str
    issued: date
    amount: int
    paid: int
    discount: int
    open: int


def receipt(book: Book, number: str, *, as_of: date) -> Made:
    """The receipt of a payment, with what it had settled at the end of a day.

    UserError where there is no such payment, before the day it came in, and for the reversal of a payment.
    """
    with book.reading() as session:
        connection = session.connection()
        row = queries.payment(connection, number)
        if row is None:
            raise UserError(
                _("There is no payment {number}.").format(number=number), _("See the list of payments for the numbers.")
            )
        key, client_id, paid_text, method, reference, currency, amount, reverses, returned_text = row
        paid_on = date.fromisoformat(paid_text)
        if reverses is not None:
            raise UserError(
                _("{number} takes payment {other} back: nothing was received.").format(number=number, other=reverses),
                _("Ask for the receipt of {other}.").format(other=reverses),
            )
        if amount < 0:
            raise UserError(
                _("{number} paid money back: nothing was received.").format(number=number),
                _("The client's account statement shows it."),
            )
        if as_of < paid_on:
            raise UserError(
                _("Payment {number} came in on {date}.").format(number=number, date=date_text(paid_on)),
                _("Take that day or a later one."),
            )
        to = correspondence(connection, client_id, "receipt", currency)
        settled = [
            _Settled(f"{whole}/{place}" if several else whole, kind, date.fromisoformat(issued), *figures)
            for whole, place, several, kind, issued, *figures in queries.settled_by(connection, key, as_of.isoformat())
        ]
    returned = date.fromisoformat(returned_text) if returned_text and returned_text <= as_of.isoformat() else None
    used = sum(one.paid for one in settled)
    left = 0 if returned else amount - used
    facts: list[tuple[Cell, Cell]] = [
        (term("date"), as_of),
        (term("received_on"), paid_on),
        (term("method"), term(f"method_{method}" if method in _METHODS else "method_other")),
        (term("reference"), reference or None),
        (term("client_code"), to.code),
    ]
    letter = to.letter(
        "receipt",
        as_of,
        number=number,
        facts=tuple(facts),
        opening=(term("receipt_opening", amount=Money(amount)),),
        tables=() if returned else (_table(settled),),
        totals=_totals(amount, used, left) if left else (LetterTotal(term("received"), Money(amount), emphasis=True),),
        terms=_terms(settled, left, returned),
        ending=() if returned else (term("thanks"),),
    )
    return letter, to.template


def _table(settled: list[_Settled]) -> LetterTable:
    discounted = any(one.discount for one in settled)
    shown = [LetterColumn("document"), LetterColumn("issued", "day"), LetterColumn("amount", "money")]
    shown += [LetterColumn("paid", "money"), *([LetterColumn("discount", "money")] if discounted else [])]

    def figures(paid: int, discount: int, is_open: int) -> tuple[Money, ...]:
        return (Money(paid), *((Money(discount),) if discounted else ()), Money(is_open))

    return LetterTable(
        (*shown, LetterColumn("still_open", "money")),
        tuple(
            LetterRow(
                (
                    term("named", kind=term(f"kind_{one.kind}"), number=one.name),
                    one.issued,
                    Money(one.amount),
                    *figures(one.paid, one.discount, one.open),
                )
            )
            for one in settled
        ),
        sums=(
            LetterRow(
                (
                    term("sum"),
                    None,
                    None,
                    *figures(
                        sum(one.paid for one in settled),
                        sum(one.discount for one in settled),
                        sum(one.open for one in settled),
                    ),
                ),
                strong=True,
            ),
        )
        if len(settled) > 1
        else (),
        empty="not_used",
    )


def _totals(amount: int, used: int, left: int) -> tuple[LetterTotal, ...]:
    return (
        LetterTotal(term("used"), Money(used)),
        LetterTotal(term("left_as_credit"), Money(left)),
        LetterTotal(term("received"), Money(amount), emphasis=True),
    )


def _terms(settled: list[_Settled], left: int, returned: date | None) -> tuple[Cell, ...]:
    if returned:
        return (term("receipt_returned", date=returned),)
    found: list[Cell] = []
    if settled:
        still = sum(one.open for one in settled)
        count = len({one.name.partition("/")[0] for one in settled})
        found.append(term("receipt_open", count, amount=Money(still)) if still else term("receipt_closed", count))
    if left:
        found.append(term("receipt_credit", amount=Money(left)))
    return tuple(found)
