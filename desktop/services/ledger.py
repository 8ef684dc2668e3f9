"""Money against what is owed, inside the caller's one write transaction: payments, allocations, losses, postings.

Rows are gathered and written in bulk by `flush`, so that one payment and a whole bank statement take the same road.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from desktop.domain.journal import (
    Posting,
    discount_postings,
    exchange_postings,
    firm_factor,
    in_firm,
    opening_postings,
    payment_postings,
    write_off_postings,
)
from desktop.domain.money import SCALE, exponent, round_half_away
from desktop.services.change_sets import Change
from desktop.services.exchange import ExchangeRates
from desktop.services.open_amounts import Credit, Due, OpenAmounts, taxed_parts

# A payment with this method brings in a client's credit from the program used before; no money moved.
OPENING = "opening"
# With this one the payer gave tax to the state in the client's name (TDS): it settles, and no money moved either.
WITHHOLDING = "withholding"

# What an event in the log is about, and up to how many rows it holds them whole.
_SUBJECTS = ("payment", "write_off", "allocation")
_LOGGED_WHOLE = 500

# In the order in which rows may refer to each other.
_COLUMNS = {
    "payment": "id, number, client_id, paid_on, method, reference, currency, amount, firm_rate, firm_amount, "
    "reverses_id, account_id, charges, received, received_currency, note, file_id, actor, created_at",
    "open_credit": "id, client_id, currency, payment_id, credit_note_id, dated, amount, open",
    "write_off": "id, invoice_id, dated, amount, reason, reverses_id, actor, created_at",
    "allocation": "id, kind, dated, open_item_id, invoice_id, payment_id, credit_note_id, write_off_id, plan_id, "
    "reverses_id, amount, actor, created_at",
    "journal_entry": "id, kind, booked_on, invoice_id, payment_id, write_off_id, allocation_id",
    "posting": "id, entry_id, role, client_id, currency, amount, firm_amount, category, rate, period_start, period_end",
}


class _Came(NamedTuple):
    """How a payment reached the firm: the account, what banks kept back, and what they gave where they converted it."""

    account_id: int | None
    charges: int | None
    received: int | None
    received_currency: str | None


class Ledger(OpenAmounts):
    """The bookings of one transaction. Call `flush` before anything else reads or writes the same tables."""

    def __init__(self, change: Change) -> None:
        super().__init__(change.connection)
        self._change = change
        self._rates = ExchangeRates(change.connection)
        self._new_credits: list[tuple[Credit, date]] = []
        self._rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _COLUMNS}
        self._next: dict[str, int] = {}
        self._sequences: dict[int, int] = {}
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
        charges: int | None = None,
        received: tuple[int, str] | None = None,
    ) -> Credit:
        """Book money received; all of it is the client's credit until it is allocated.

        It came to the account `account_id`. Banks kept back `charges` of it, minor units of its currency; or they
        converted it and gave `received`, (minor units, currency). What the firm's own currency came to is its rate.
        """
        rate = self._rates.on(currency, paid_on)
        if received is not None and received[1] == self._rates.firm_currency != currency:
            rate = _given_rate(amount - (charges or 0), currency, *received)
        factor = firm_factor(rate, currency, self._rates.firm_currency)
        came = _Came(account_id, charges, *(received or (None, None)))
        payment_id, number = self._payment_row(
            client_id, paid_on, method, reference, currency, amount, rate, factor, None, came, note, file_id
        )
        self._post_payment(payment_id, method, paid_on, client_id, currency, amount, factor, charges or 0)
        credit = Credit(
            self._id("open_credit"),
            "payment",
            payment_id,
            number,
            client_id,
            currency,
            paid_on,
            amount,
            amount,
            amount,
            factor,
        )
        self._new_credits.append((credit, paid_on))
        self._credits[credit.id] = credit
        return credit

    def reverse(self, source: Credit, method: str, firm_rate: int | None, on: date, note: str) -> tuple[int, str]:
        """Book the mirror of a payment at its own rate and use up its credit, all of which must be left.

        Returns the id of the reversal and its number.
        """
        account_id, charges, received, received_currency = self.connection.exec_driver_sql(
            "SELECT account_id, charges, received, received_currency FROM payment WHERE id = ?", (source.source_id,)
        ).one()
        came = _Came(
            account_id,
            None if charges is None else -charges,
            None if received is None else -received,
            received_currency,
        )
        reversal_id, number = self._payment_row(
            source.client_id,
            on,
            method,
            "",
            source.currency,
            -source.amount,
            firm_rate,
            source.factor,
            source.source_id,
            came,
            note,
            None,
        )
        self._post_payment(
            reversal_id,
            method,
            on,
            source.client_id,
            source.currency,
            -source.amount,
            source.factor,
            came.charges or 0,
        )
        source.open -= source.amount
        return reversal_id, number

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
        write_off_id = self._id("write_off")
        self._rows["write_off"].append(
            (write_off_id, first.invoice_id, dated.isoformat(), total, reason, reverses_id, *self._signature())
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
            self._rows["open_credit"].append(
                (
                    credit.id,
                    credit.client_id,
                    credit.currency,
                    credit.source_id,
                    None,
                    dated.isoformat(),
                    credit.amount,
                    credit.open,
                )
            )
            credit.stored = credit.open
        self._new_credits.clear()
        moved: dict[str, Sequence[Due | Credit]] = {
            "open_item": [due for due in self._dues.values() if due.open != due.stored],
            "open_credit": [credit for credit in self._credits.values() if credit.open != credit.stored],
        }
        self._log(moved)
        for table, rows in self._rows.items():
            if rows:
                columns = _COLUMNS[table]
                marks = ", ".join("?" * (columns.count(",") + 1))
                self.connection.exec_driver_sql(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
                rows.clear()
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
        self._next.clear()
        self._sequences.clear()

    def _payment_row(
        self,
        client_id: int,
        paid_on: date,
        method: str,
        reference: str,
        currency: str,
        amount: int,
        rate: int | None,
        factor: Decimal | None,
        reverses_id: int | None,
        came: _Came,
        note: str,
        file_id: int | None,
    ) -> tuple[int, str]:
        payment_id, number = self._id("payment"), self._payment_number(paid_on.year)
        self._rows["payment"].append(
            (
                payment_id,
                number,
                client_id,
                paid_on.isoformat(),
                method,
                reference,
                currency,
                amount,
                rate,
                in_firm(amount, factor),
                reverses_id,
                *came,
                note,
                file_id,
                *self._signature(),
            )
        )
        return payment_id, number

    def _post_payment(
        self,
        payment_id: int,
        method: str,
        on: date,
        client_id: int,
        currency: str,
        amount: int,
        factor: Decimal | None,
        charges: int,
    ) -> None:
        if method == OPENING:
            kind, postings = "opening", opening_postings(client_id, currency, -amount, factor)
        else:
            role = WITHHOLDING if method == WITHHOLDING else "bank"
            kind, postings = "payment", payment_postings(client_id, currency, amount, factor, role, charges)
        self._post(kind, on, postings, payment_id=payment_id)

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
        allocation_id = self._id("allocation")
        pending = self._settled.setdefault(due.id, {})
        pending[kind] = pending.get(kind, 0) + amount
        self._rows["allocation"].append(
            (
                allocation_id,
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
        )
        return allocation_id

    def _post(
        self,
        kind: str,
        booked_on: date,
        postings: Iterable[Posting],
        *,
        payment_id: int | None = None,
        write_off_id: int | None = None,
        allocation_id: int | None = None,
    ) -> None:
        sides = list(postings)
        if not sides:
            return
        entry_id = self._id("journal_entry")
        self._rows["journal_entry"].append(
            (entry_id, kind, booked_on.isoformat(), None, payment_id, write_off_id, allocation_id)
        )
        self._rows["posting"] += [(self._id("posting"), entry_id, *side) for side in sides]

    def _signature(self) -> tuple[str, str]:
        return self._change.actor, self._change.at

    def _id(self, table: str) -> int:
        following = self._next.get(table)
        if following is None:
            (highest,) = self.connection.exec_driver_sql(f"SELECT coalesce(max(id), 0) FROM {table}").one()
            following = highest + 1
        self._next[table] = following + 1
        return following

    def _payment_number(self, year: int) -> str:
        """P-2026-0001 and on. Payments are never deleted and a year's numbers rise with the ids."""
        last = self._sequences.get(year)
        if last is None:
            # The unary plus walks back from the newest payment, which nearly always is of the year asked for.
            row = self.connection.exec_driver_sql(
                "SELECT number FROM payment WHERE +number GLOB ? ORDER BY id DESC LIMIT 1", (f"P-{year}-*",)
            ).fetchone()
            last = int(row[0].rsplit("-", 1)[1]) if row else 0
        self._sequences[year] = last + 1
        return f"P-{year}-{last + 1:04}"

    def _log(self, moved: Mapping[str, Sequence[Due | Credit]]) -> None:
        """One event with the whole rows and the open amounts before and after. Many at once the chain seals itself."""
        subject = next((table for table in _SUBJECTS if self._rows[table]), None)
        if subject is None or sum(len(self._rows[table]) for table in _SUBJECTS) > _LOGGED_WHOLE:
            return
        rows = {table: [_named(table, row) for row in self._rows[table]] for table in _SUBJECTS if self._rows[table]}
        before = {table: {str(item.id): item.stored for item in items} for table, items in moved.items() if items}
        after = {table: {str(item.id): item.open for item in items} for table, items in moved.items() if items}
        self._change.record(subject, self._rows[subject][0][0], "book", before=before, after=rows | {"open": after})


def _given_rate(amount: int, currency: str, given: int, firm_currency: str) -> int:
    """The rate at which a bank converted: units of the firm's currency for one unit, times 10**6."""
    shift = exponent(currency) - exponent(firm_currency)
    return round_half_away((Decimal(given) / amount * SCALE).scaleb(shift))


def _named(table: str, row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(_COLUMNS[table].split(", "), row, strict=True))
