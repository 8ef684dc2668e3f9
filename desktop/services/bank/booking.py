"""Lines become bookings: one by hand, or many of a pass within one transaction by the same road."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, Final, Literal

from db.engine import Book
from db.queries.families import heads
from db.schema import PaymentOrderItem, Reconciliation
from desktop.domain.wording import day, phrase
from desktop.errors import UserError
from desktop.i18n import _, date_text, money_text
from desktop.services.accounting.bank_entries import AGAINST, post_aside
from desktop.services.accounting.closing import first_open
from desktop.services.bank.at_hand import AtHand, OpenLine, Outcome
from desktop.services.bank.facts import STANDING
from desktop.services.bank.learning import Sign, keep_signs
from desktop.services.bank.line_payments import book_payment_part
from desktop.services.bank.parts import CHARGES, OTHER, PAYMENT, REFUND, RETURN, TRANSFER, Booked, Part
from desktop.services.bank.passes import begin
from desktop.services.bank.recorded import book_recorded_part
from desktop.services.bank.refunding import book_refund_part
from desktop.services.bank.returns import book_return_part
from desktop.services.change_sets import Change
from desktop.services.changes import change
from desktop.services.ledger import Ledger
from desktop.services.payments import not_to_come, reason_given

_ROWS: Final = f"""SELECT l.id, l.account_id, l.booked_on, l.amount, l.amount - coalesce(s.booked, 0), l.currency,
  l.party, l.text, l.reference, l.end_to_end, l.return_reason, l.state
FROM bank_line l LEFT JOIN ({STANDING}) s ON s.line_id = l.id WHERE l.id IN (SELECT value FROM json_each(?))"""

_ORDERED: Final = """SELECT open_item_id, id, amount FROM payment_order_item
WHERE state = 'ordered' AND open_item_id IN (SELECT value FROM json_each(?))"""

_MATCH: Final = """INSERT INTO bank_match (line_id, reconciliation_id, kind, amount, client_id, payment_id, withheld_id,
  write_off_id, score, reasons, note, recorded, account_id, undone_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)"""


class Booking:
    """The lines of one transaction, booked for one reconciliation. Call `flush` at its end."""

    def __init__(self, made: Change, reconciliation_id: int, today: date, *, by_hand: bool) -> None:
        self._at_hand = AtHand(made, Ledger(made), heads(made.connection), today, by_hand)
        self._reconciliation_id = reconciliation_id
        self._matches: list[tuple[Any, ...]] = []
        self._whole: list[tuple[int]] = []
        self._lines: dict[int, OpenLine] = {}
        # Lines of closed days, which the first open day takes: the bank's own day of each.
        self._late: dict[int, date] = {}

    def load(self, line_ids: Collection[int], item_ids: Collection[int]) -> None:
        """Read lines and open items of many bookings at once; what was not read before is read one by one."""
        rows = self._at_hand.made.connection.exec_driver_sql(_ROWS, (json.dumps(list(line_ids)),))
        for row in rows:
            booked_on = date.fromisoformat(row[2])
            opened = first_open(self._at_hand.ledger.closed, booked_on)
            if opened != booked_on:
                self._late[row[0]] = booked_on
            self._lines[row[0]] = OpenLine(row[0], row[1], opened, *row[3:])
        wanted = (json.dumps(list(item_ids)),)
        self._at_hand.ledger.dues("o.id IN (SELECT value FROM json_each(?))", wanted)
        for item, key, amount in self._at_hand.made.connection.exec_driver_sql(_ORDERED, wanted):
            self._at_hand.ordered[item] = (key, amount)

    def book(self, line_id: int, parts: Sequence[Part]) -> Booked:
        """Book parts of a line. UserError where it or what it should settle is not as it was; nothing may be flushed
        then.
        """
        line = self.line(line_id)
        not_to_come(line.booked_on, self._at_hand.today)
        _check(line, parts)
        made = [self._book(line, part) for part in parts]
        if line.id in self._late:
            made[0].notes.append(
                phrase(
                    "The books are closed for {day}; it is booked on {opened}, the first open day.",
                    day=day(self._late[line.id]),
                    opened=day(line.booked_on),
                )
            )
        line.left -= sum(part.amount for part in parts)
        if not line.left:
            self._whole.append((line.id,))
        return Booked(
            line.id,
            self._reconciliation_id,
            line.left,
            tuple(number for one in made for number in one.payments),
            tuple(settled for one in made for settled in one.settled),
            tuple(dict.fromkeys(one.client_id for one in made if one.client_id is not None)),
            tuple(note for one in made for note in one.notes),
        )

    def flush(self) -> None:
        """Write what was booked, the money first: matches name it."""
        self._at_hand.ledger.flush()
        connection = self._at_hand.made.connection
        if self._matches:
            before = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM bank_match").scalar_one()
            connection.exec_driver_sql(_MATCH, self._matches)
            if any(match[2] in AGAINST for match in self._matches):
                post_aside(self._at_hand.made, before)
        if self._whole:
            connection.exec_driver_sql("UPDATE bank_line SET state = 'booked' WHERE id = ?", self._whole)
        for key, payment_id in self._at_hand.paid:
            self._at_hand.made.update(PaymentOrderItem, key, state="paid", payment_id=payment_id)
        self._at_hand.paid.clear()
        self._matches.clear()
        self._whole.clear()

    def line(self, line_id: int) -> OpenLine:
        """A line as it stands within this transaction. UserError where there is none."""
        if line_id not in self._lines:
            self.load([line_id], [])
        if line_id not in self._lines:
            raise UserError(_("The bank line is not in the book any more."), _("Reload the list."))
        return self._lines[line_id]

    def _book(self, line: OpenLine, part: Part) -> Outcome:
        if part.payment_id is not None:
            done = book_recorded_part(self._at_hand, line, part)
        elif part.kind == PAYMENT:
            done = book_payment_part(self._at_hand, line, part)
        elif part.kind == RETURN:
            done = book_return_part(self._at_hand, line, part)
        elif part.kind == REFUND:
            done = book_refund_part(self._at_hand, line, part)
        else:
            if part.kind == OTHER:
                reason_given(part.note)
            done = Outcome(part.client_id)
        reasons = json.dumps([said.stored() for said in part.reasons], ensure_ascii=False)
        beside: Sequence[tuple[int | None, int]] = done.write_offs or [(None, part.amount)]
        for write_off_id, amount in beside:
            self._matches.append(
                (
                    line.id,
                    self._reconciliation_id,
                    part.kind,
                    amount,
                    done.client_id,
                    done.payment_id,
                    done.withheld_id,
                    write_off_id,
                    part.score,
                    reasons,
                    part.note.strip(),
                    part.payment_id is not None,
                    part.account_id,
                )
            )
        return done


def _check(line: OpenLine, parts: Sequence[Part]) -> None:
    if not line.amount:
        raise UserError(
            _("This line of {day} has no amount; there is nothing to book.").format(day=date_text(line.booked_on))
        )
    if not line.left:
        raise UserError(
            _("The line of {day} over {amount} is booked already.").format(
                day=date_text(line.booked_on), amount=money_text(line.amount, line.currency)
            ),
            _("Take it back first if it should be booked otherwise."),
        )
    if not parts:
        raise UserError(_("Nothing says what this line is."), _("Choose what it pays, or put it aside with a note."))
    known = (PAYMENT, RETURN, REFUND, CHARGES, TRANSFER, OTHER)
    for part in parts:
        if part.kind not in known:
            raise UserError(_("“{kind}” is nothing that a bank line can be.").format(kind=part.kind))
        if not part.amount or (part.amount > 0) != (line.left > 0):
            raise UserError(
                _("A part of {part} does not go with a line of {amount}.").format(
                    part=money_text(part.amount, line.currency), amount=money_text(line.amount, line.currency)
                ),
                _("Give each part an amount with the line's own sign."),
            )
    together = sum(part.amount for part in parts)
    if abs(together) > abs(line.left):
        raise UserError(
            _("The parts come to {parts}, and only {left} of the line is not booked yet.").format(
                parts=money_text(together, line.currency), left=money_text(line.left, line.currency)
            ),
            _("Lower a part."),
        )


def book_line(
    book: Book, line_id: int, parts: Sequence[Part], *, actor: str, today: date, learn: Iterable[Sign] = ()
) -> Booked:
    """Book a line, or parts of it, as a person decided; `learn` are signs that its payer is known by from now on.

    UserError where the line is booked already, a part does not go with it, an invoice has less open than a share wants,
    its currency or client is another, a write-off is above the actor's limit or has no reason, or the day is to come.
    """
    with change(book, actor, "", undoable=False) as made:
        reconciliation_id, number = begin(made, "hand", today)
        booking = Booking(made, reconciliation_id, today, by_hand=True)
        booking.load([line_id], [share.item_id for part in parts for share in part.shares])
        booked = booking.book(line_id, parts)
        booking.flush()
        keep_signs(made, learn)
        made.update(Reconciliation, reconciliation_id, lines=1, booked=1)
        line = booking.line(line_id)
        made.summary = _("Book bank line of {day} over {amount} ({number})").format(
            day=date_text(line.booked_on), amount=money_text(line.amount, line.currency), number=number
        )
    return booked


def put_aside(
    book: Book,
    line_ids: Sequence[int],
    *,
    note: str,
    actor: str,
    today: date,
    kind: Literal["other", "charges", "transfer"] = OTHER,
    account_id: int | None = None,
) -> None:
    """Book what is left of lines as nothing that a client owes or gets, with a note of what it is, and on an account
    of the ledger where one is chosen.

    UserError without a note, which only bank charges and transfers may lack, and where a line is booked already.
    """
    if kind == OTHER:
        note = reason_given(note)
    with change(book, actor, "", undoable=False) as made:
        reconciliation_id, number = begin(made, "hand", today)
        booking = Booking(made, reconciliation_id, today, by_hand=True)
        booking.load(line_ids, [])
        for line_id in line_ids:
            booking.book(line_id, [Part(kind, booking.line(line_id).left, note=note, account_id=account_id)])
        booking.flush()
        made.update(Reconciliation, reconciliation_id, lines=len(line_ids), booked=len(line_ids))
        said = _("Put bank lines aside ({number}): {note}") if note else _("Put bank lines aside ({number})")
        made.summary = said.format(number=number, note=note)
