"""Money against what is owed, inside the caller's one write transaction: payments, allocations, losses, postings.

Rows are gathered and written in bulk by `flush`, so that one payment and a whole bank statement take the same road.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from desktop.domain.journal import (
    Posting,
    discount_postings,
    exchange_postings,
    in_firm,
    mirrored,
    negated,
    opening_postings,
    payment_postings,
    refund_back_postings,
    refund_postings,
    write_off_postings,
)
from desktop.services.accounting.closing import closed_error, closed_through
from desktop.services.change_sets import Change
from desktop.services.exchange import Conversion, ExchangeRates
from desktop.services.ledger_rows import LedgerRows
from desktop.services.open_amounts import Credit, Due, OpenAmounts, taxed_parts
from desktop.services.tills import Accounts

# A payment with this method brings in a client's credit from the program used before; no money moved.
OPENING = "opening"
# With this one the payer gave tax to the state in the client's name (TDS): it settles, and no money moved either.
WITHHOLDING = "withholding"


class Ledger(OpenAmounts):
    """The bookings of one transaction. Call `flush` before anything else reads or writes the same tables.

    Each raises UserError for a day on which the books are closed.
    """

    def __init__(self, change: Change) -> None:
        super().__init__(change.connection)
        self._change = change
        self._rates = ExchangeRates(change.connection)
        self.closed = closed_through(change.connection)
        self._new_credits: list[tuple[Credit, date]] = []
        self._accounts = Accounts(change.connection, self._rates.firm_currency)
        self._rows = LedgerRows(change.connection)
        self._held: dict[int, dict[int, int]] = {}
        # What each plan took out of items, or put into them, and its counterpart has yet to do.
        self._between: dict[int, int] = {}

    def payment(
        self,
        *,
        client_id: int,
        amount: int,
        currency: str,
        paid_on: date,
        method: str,
        reference: str = "",
        note: str = "",
        file_id: int | None = None,
        account_id: int | None = None,
        charges: int | None = 0,
        received: tuple[int, str] | None = None,
    ) -> Credit:
        """Book money received; all of it is the client's credit until it is allocated.

        `charges` is what banks kept back of the amount, which the client paid nevertheless. `received` is what reached
        the account in its own currency, where the bank converted it: the payment has the rate of that. UserError where
        the account is gone, and where a till may not take the money.
        """
        kept = charges or 0
        came = Conversion.of(self._rates, currency, paid_on, amount - kept, received)
        payment_id, number = self._payment_row(
            client_id, paid_on, method, reference, currency, amount, came.rate, in_firm(amount, came.factor), None,
            None, account_id, kept or None, *(received or (None, None)), note, file_id,
        )  # fmt: skip
        if method == OPENING:
            self._post("opening", paid_on, opening_postings(client_id, currency, -amount, came.factor), payment_id)
        else:
            role = WITHHOLDING if method == WITHHOLDING else self._accounts.role(account_id)
            postings = payment_postings(client_id, currency, amount, came.factor, role, kept, came.brought)
            self._post("payment", paid_on, postings, payment_id)
        self._accounts.move(account_id, paid_on, *(received or (amount - kept, currency)))
        credit = Credit(
            self._rows.next_id("open_credit"),
            "payment",
            payment_id,
            number,
            client_id,
            currency,
            paid_on,
            amount,
            amount,
            amount,
            came.factor,
        )
        self._new_credits.append((credit, paid_on))
        self._credits[credit.id] = credit
        return credit

    def refund(
        self,
        source: Credit,
        amount: int,
        on: date,
        *,
        method: str = "bank",
        reference: str = "",
        note: str = "",
        file_id: int | None = None,
        account_id: int | None = None,
    ) -> tuple[int, str]:
        """Pay out so much of what is left of a credit; the id of the refund and its number.

        The credit goes at its own rate, the money at that of the day. UserError where the account is gone, and where a
        till has less.
        """
        paid = Conversion.of(self._rates, source.currency, on, amount, None)
        of_payment = source.kind == "payment"
        refund_id, number = self._payment_row(
            source.client_id, on, method, reference, source.currency, -amount, paid.rate,
            in_firm(-amount, paid.factor), source.source_id if of_payment else None,
            None if of_payment else source.source_id, account_id, None, None, None, note, file_id,
        )  # fmt: skip
        credit = (source.open, source.open - amount, source.factor)
        role = self._accounts.role(account_id)
        self._post(
            "payment", on, refund_postings(source.client_id, source.currency, credit, paid.factor, role), refund_id
        )
        self._accounts.move(account_id, on, -amount, source.currency)
        source.open -= amount
        return refund_id, number

    def reverse(self, payment_id: int, source: Credit, on: date, note: str) -> tuple[int, str]:
        """Book the mirror of a stored payment, which uses up its credit, or of a refund, which gives it back.

        All of a payment must be left. Returns the id of the reversal and its number.
        """
        client_id, method, currency, amount, rate, firm, account_id, charges, received, into = (
            self.connection.exec_driver_sql(
                "SELECT client_id, method, currency, amount, firm_rate, firm_amount, account_id, charges, received,"
                " received_currency FROM payment WHERE id = ?",
                (payment_id,),
            ).one()
        )
        mirror_id, number = self._payment_row(
            client_id, on, method, "", currency, -amount, rate, negated(firm), None, None,
            account_id, negated(charges), negated(received), into, note, None, reverses_id=payment_id,
        )  # fmt: skip
        kind, postings = self._posted("payment_id", payment_id)
        if amount > 0:
            back = mirrored(postings)
        else:
            back = refund_back_postings(
                client_id, currency, (source.open, source.open - amount, source.factor), postings
            )
        self._post(kind, on, back, mirror_id)
        came = amount - (charges or 0) if received is None else received
        self._accounts.move(account_id, on, -came, into or currency)
        source.open -= amount
        if amount < 0:
            source.since = max(source.since, on)
        return mirror_id, number

    def settle(self, due: Due, source: Credit, amount: int, on: date, reverses_id: int | None = None) -> None:
        """Allocate a credit to an open item, no earlier than both were there; a negative amount restores."""
        dated = max(on, due.since, source.since) if amount > 0 else on
        allocation_id = self._allocation(
            source.kind,
            dated,
            due,
            amount,
            payment_id=source.source_id if source.kind == "payment" else None,
            credit_note_id=source.source_id if source.kind == "credit" else None,
            reverses_id=reverses_id,
        )
        source_moves = (source.open, source.open - amount, source.factor)
        postings = exchange_postings(due.client_id, due.currency, due.moves(amount), source_moves)
        self._post("allocation", dated, postings, allocation_id=allocation_id)
        due.open -= amount
        source.open -= amount
        if amount < 0:
            due.since, source.since = max(due.since, dated), max(source.since, dated)

    def discount(self, due: Due, payment_id: int, amount: int, on: date, reverses_id: int | None = None) -> None:
        """Grant the early-payment discount that a payer kept back; a negative amount withdraws it."""
        dated = max(on, due.since) if amount > 0 else on
        allocation_id = self._allocation("discount", dated, due, amount, payment_id=payment_id, reverses_id=reverses_id)
        parts = taxed_parts(self.connection, due.invoice_id)
        postings = discount_postings(due.client_id, due.currency, amount, parts, due.factor)
        postings += self._settle_rounding(due, amount)
        if amount < 0:
            due.since = max(due.since, dated)
        self._post("allocation", dated, postings, allocation_id=allocation_id)

    def write_off(
        self, parts: Sequence[tuple[Due, int, int | None]], on: date, reason: str, reverses_id: int | None = None
    ) -> int:
        """Take a loss on items of one invoice, or take it back with negative amounts; the write-off's id.

        A part is (item, amount, id of the allocation that it takes back).
        """
        first = parts[0][0]
        dated = max([on, *(due.since for due, amount, _ in parts if amount > 0)])
        total = sum(amount for _, amount, _ in parts)
        write_off_id = self._rows.add(
            "write_off", first.invoice_id, dated.isoformat(), total, reason, reverses_id, *self._signature()
        )
        groups = taxed_parts(self.connection, first.invoice_id)
        postings = write_off_postings(first.client_id, first.currency, total, groups, first.factor)
        left = total
        for due, amount, taken_back in parts:
            self._allocation("write_off", dated, due, amount, write_off_id=write_off_id, reverses_id=taken_back)
            postings += exchange_postings(
                due.client_id, due.currency, due.moves(amount), (left, left - amount, due.factor)
            )
            due.open -= amount
            left -= amount
            if amount < 0:
                due.since = max(due.since, dated)
        self._post("write_off", dated, postings, write_off_id=write_off_id)
        return write_off_id

    def plan(self, due: Due, plan_id: int, amount: int, on: date) -> None:
        """Let a payment plan take over what is due, or, with a negative amount, give it back.

        The same stays receivable; only what converting it in parts misses in the firm's currency is posted.
        """
        held = self.held_by(plan_id)
        held[due.id] = held.get(due.id, 0) + amount
        allocation_id = self._allocation("plan", on, due, amount, plan_id=plan_id)
        between = self._between.get(plan_id, 0)
        moved = (between, between - amount, due.factor)
        self._between[plan_id] = between - amount
        postings = exchange_postings(due.client_id, due.currency, due.moves(amount), moved)
        self._post("allocation", on, postings, allocation_id=allocation_id)
        due.open -= amount
        if amount < 0:
            due.since = max(due.since, on)

    def held_by(self, plan_id: int) -> dict[int, int]:
        """What a payment plan took over of each item and did not give back, by the item's id."""
        if plan_id not in self._held:
            rows = self.connection.exec_driver_sql(
                "SELECT open_item_id, sum(amount) FROM allocation WHERE plan_id = ? GROUP BY open_item_id", (plan_id,)
            )
            self._held[plan_id] = {int(row[0]): int(row[1]) for row in rows}
        return self._held[plan_id]

    def flush(self) -> None:
        """Write what was gathered and log it."""
        for credit, dated in self._new_credits:
            self._rows.put(
                "open_credit",
                credit.id,
                credit.client_id,
                credit.currency,
                credit.source_id,
                None,
                dated.isoformat(),
                credit.amount,
                credit.open,
            )
            credit.stored = credit.open
        self._new_credits.clear()
        moved: dict[str, Sequence[Due | Credit]] = {
            "open_item": [due for due in self._dues.values() if due.open != due.stored],
            "open_credit": [credit for credit in self._credits.values() if credit.open != credit.stored],
        }
        self._log(moved)
        self._rows.write()
        for table, changed in moved.items():
            if changed:
                self.connection.exec_driver_sql(
                    f"UPDATE {table} SET open = ? WHERE id = ?", [(row.open, row.id) for row in changed]
                )
                for row in changed:
                    row.stored = row.open
        self._settled.clear()
        self._held.clear()
        self._between.clear()

    def _payment_row(
        self, client_id: int, paid_on: date, *values: Any, reverses_id: int | None = None
    ) -> tuple[int, str]:
        """`values` are the columns from the method on, in their order, without what the row reverses."""
        number = self._rows.number("payment", "P", paid_on.year)
        own, rest = values[:6], values[6:]
        key = self._rows.add(
            "payment", number, client_id, paid_on.isoformat(), *own, reverses_id, *rest, *self._signature()
        )
        return key, number

    def _posted(self, column: str, key: int) -> tuple[str, list[Posting]]:
        """Kind and postings of the entry that a payment or a movement of cash made."""
        rows = self.connection.exec_driver_sql(
            "SELECT e.kind, p.role, p.client_id, p.currency, p.amount, p.firm_amount, p.category, p.rate,"
            " p.period_start, p.period_end FROM journal_entry e JOIN posting p ON p.entry_id = e.id"
            f" WHERE e.{column} = ? ORDER BY p.id",
            (key,),
        ).fetchall()
        return rows[0][0], [Posting(*row[1:]) for row in rows]

    def _settle_rounding(self, due: Due, amount: int) -> list[Posting]:
        """Moves the open amount and posts what converting the part alone misses against converting the whole."""
        moved = due.moves(amount)
        due.open -= amount
        return exchange_postings(due.client_id, due.currency, moved, (amount, 0, due.factor))

    def _allocation(
        self,
        kind: str,
        dated: date,
        due: Due,
        amount: int,
        *,
        payment_id: int | None = None,
        credit_note_id: int | None = None,
        write_off_id: int | None = None,
        plan_id: int | None = None,
        reverses_id: int | None = None,
    ) -> int:
        self._refuse_closed(dated)
        pending = self._settled.setdefault(due.id, {})
        pending[kind] = pending.get(kind, 0) + amount
        return self._rows.add(
            "allocation",
            kind,
            dated.isoformat(),
            due.id,
            due.invoice_id,
            payment_id,
            credit_note_id,
            write_off_id,
            plan_id,
            reverses_id,
            amount,
            *self._signature(),
        )

    def _post(
        self,
        kind: str,
        booked_on: date,
        postings: Iterable[Posting],
        payment_id: int | None = None,
        *,
        write_off_id: int | None = None,
        allocation_id: int | None = None,
        cash_movement_id: int | None = None,
    ) -> None:
        sides = list(postings)
        if not sides:
            return
        self._refuse_closed(booked_on)
        entry_id = self._rows.add(
            "journal_entry",
            kind,
            booked_on.isoformat(),
            None,
            payment_id,
            write_off_id,
            allocation_id,
            cash_movement_id,
        )
        for side in sides:
            self._rows.add("posting", entry_id, *side)

    def _refuse_closed(self, day: date) -> None:
        if self.closed is not None and day <= self.closed:
            raise closed_error(self.closed, day)

    def _signature(self) -> tuple[str, str]:
        return self._change.actor, self._change.at

    def _log(self, moved: Mapping[str, Sequence[Due | Credit]]) -> None:
        """One event with the whole rows and the open amounts before and after. Many at once the chain seals itself."""
        told = self._rows.told()
        if told is None:
            return
        subject, subject_id, rows = told
        before = {table: {str(item.id): item.stored for item in items} for table, items in moved.items() if items}
        after = {table: {str(item.id): item.open for item in items} for table, items in moved.items() if items}
        self._change.record(subject, subject_id, "book", before=before, after=rows | {"open": after})
