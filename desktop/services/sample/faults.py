"""Deliberate faults: what goes wrong in real firms, a few of each, so that the gate has something to find.

They are written as imports and old programs leave them, past the checks that a person's own entry would meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from db.schema import Agreement, AgreementLine, Client, OneOff
from desktop.domain.money import scaled
from desktop.domain.tax_catalogue import EU_COUNTRIES
from desktop.services import agreements, billables, milestones, usage
from desktop.services.changes import change
from desktop.services.disputes import open_dispute
from desktop.services.payments import record_payment
from desktop.services.project_documents import worked
from desktop.services.runs import Scope, bill
from desktop.services.sample.beginning import CLERK, Basis
from desktop.services.sample.world import broken_tax_id
from desktop.services.sample.year import Clock, Year

# Clients to one of each fault: a few in a firm of sixty, one in ten in a firm of thousands.
_CLIENTS_PER_FAULT = 200

# Agreements with something due, the oldest first; one per client, so that each fault is seen for itself.
_CANDIDATES = """SELECT a.id, a.client_id, a.billing, a.currency, c.code, c.country, c.tax_id, c.is_business, c.combine,
  (SELECT min(l.id) FROM agreement_line l WHERE l.agreement_id = a.id),
  (SELECT i.number FROM invoice i JOIN open_item o ON o.invoice_id = i.id WHERE i.agreement_id = a.id AND o.open > 0
    AND o.open = o.amount AND i.kind = 'invoice' ORDER BY i.id DESC LIMIT 1),
  (SELECT o.due_date FROM invoice i JOIN open_item o ON o.invoice_id = i.id WHERE i.agreement_id = a.id
    ORDER BY i.id DESC LIMIT 1),
  (SELECT max(i.net) FROM invoice i WHERE i.agreement_id = a.id), c.po_required,
  (SELECT min(o.due_date) FROM open_item o WHERE o.client_id = a.client_id AND o.open > 0),
  (SELECT max(u.id) FROM usage u WHERE u.agreement_id = a.id)
  FROM agreement a JOIN client c ON c.id = a.client_id
  WHERE a.active = 1 AND a.billing <> 'fixed' AND a.every_count = 1 AND a.every_unit = 'month'
    AND a.end_date IS NULL AND a.trial_until IS NULL AND a.timing = 'arrears'
    AND NOT EXISTS (SELECT 1 FROM pause p WHERE p.agreement_id = a.id AND p.end_date IS NULL)
    AND EXISTS (SELECT 1 FROM invoice i WHERE i.agreement_id = a.id)
  GROUP BY a.client_id HAVING a.id = min(a.id) ORDER BY a.id"""

_UNPAID_DEPOSITS = """SELECT a.id, (SELECT max(f.id) FROM one_off f WHERE f.agreement_id = a.id)
  FROM agreement a JOIN one_off d ON d.agreement_id = a.id AND d.kind = 'deposit'
  JOIN open_item o ON o.invoice_id = d.invoice_id AND o.open > 0
  WHERE NOT EXISTS (SELECT 1 FROM invoice i WHERE i.agreement_id = a.id AND i.kind = 'final') ORDER BY a.id LIMIT ?"""


_PROJECTS = """SELECT a.id, a.agreed FROM agreement a WHERE a.agreed IS NOT NULL
  AND EXISTS (SELECT 1 FROM invoice i WHERE i.agreement_id = a.id) ORDER BY a.id LIMIT ?"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agreement that is due, with what the faults need to know of it and its client."""

    id: int
    client_id: int
    billing: str
    currency: str
    code: str
    country: str
    tax_id: str
    is_business: bool
    combine: bool
    line_id: int
    unpaid: str | None
    last_due: str | None
    largest: int | None
    po_required: bool
    oldest_open: str | None
    last_reading: int | None

    @property
    def abroad(self) -> bool:
        return self.country in EU_COUNTRIES and self.country != "DE" and self.is_business

    @property
    def hourly(self) -> bool:
        return self.billing == "time"

    @property
    def metered(self) -> bool:
        return self.last_reading is not None

    @property
    def plain(self) -> bool:
        """Nothing else would hold a charge beside the agreement."""
        return not (self.combine or self.po_required or self.oldest_open)


class Faults:
    """The faults, each a method that spoils one agreement or client."""

    def __init__(self, book: Book, basis: Basis, year: Year, clock: Clock) -> None:
        self.book = book
        self.basis = basis
        self.year = year
        self.clock = clock

    def put(self, clients: int) -> int:
        """Spoil a few agreements with each fault; how many in all."""
        with self.book.reading() as session:
            free = [Candidate(*row) for row in session.connection().exec_driver_sql(_CANDIDATES)]
        times = max(1, clients // _CLIENTS_PER_FAULT)
        count = self._finish_unpaid(times) + self._beyond_scope(times)
        for _ in range(times):
            for fits, spoil in self._all():
                found = next((one for one in free if fits(one)), None)
                if found is not None:
                    free.remove(found)
                    spoil(found)
                    count += 1
        return count

    def _finish_unpaid(self, times: int) -> int:
        """Projects done before their deposit was paid."""
        with self.book.reading() as session:
            done = session.connection().exec_driver_sql(_UNPAID_DEPOSITS, (times,)).fetchall()
        for agreement_id, last_charge in done:
            with change(self.book, CLERK, "Change an agreement") as made:
                made.update(Agreement, agreement_id, end_date=self.year.today)
                made.update(OneOff, last_charge, due_date=self.year.last_run + timedelta(days=3))
        return len(done)

    def _beyond_scope(self, times: int) -> int:
        """More work than was agreed, and nobody wrote the change order."""
        with self.book.reading() as session:
            rows = session.connection().exec_driver_sql(_PROJECTS, (times,)).fetchall()
        for agreement_id, agreed in rows:
            values = {"name": "More pages than agreed", "amount": agreed}
            extra = milestones.create_milestone(self.book, agreement_id, values, actor=CLERK)
            done, today = self.year.last_run + timedelta(days=8), self.year.today
            milestones.mark_done(self.book, extra, done, actor=CLERK, today=today, now=self.clock.text)
        return len(rows)

    def _all(self) -> Iterator[tuple[Callable[[Candidate], bool], Callable[[Candidate], None]]]:
        """Those that few agreements suit come first."""
        today = self.year.today.isoformat()
        yield lambda one: one.unpaid is not None and one.last_due is not None and one.last_due <= today, self.part_paid
        yield lambda one: one.unpaid is not None, self.disputed
        yield lambda one: one.metered, self.no_reading
        yield lambda one: one.metered, self.reading_too_high
        yield lambda one: one.country == "US", self.tax_mix
        yield lambda one: one.abroad and one.country != "AT", self.no_tax_id
        yield lambda one: one.abroad, self.wrong_tax_id
        yield lambda one: one.hourly and one.currency == "EUR", self.off_card
        yield lambda one: one.hourly, self.twice_the_hours
        yield lambda one: one.hourly, self.budget_used_up
        yield lambda one: one.hourly, self.late_hours
        yield lambda one: one.hourly, self.hours_without_rate
        yield lambda one: one.country == "DE", self.no_street
        yield lambda one: one.country == "DE" and one.is_business, self.wrong_treatment
        yield lambda one: one.currency == "EUR", self.other_currency
        yield lambda one: not one.hourly, self.no_price
        yield lambda one: not one.hourly, self.vague
        yield lambda one: not one.hourly, self.large_discount
        yield lambda one: one.currency == "EUR", self.large_amount
        yield lambda one: one.country == "DE" and one.plain, self.look_alike
        yield lambda one: not one.combine, self.more_off_than_on
        for spoil in (
            self.no_reference,
            self.on_hold,
            self.over_limit,
            self.po_missing,
            self.po_expired,
            self.po_used_up,
            self.ends_soon,
            self.loose_hours,
        ):
            yield lambda one: True, spoil

    def _client(self, one: Candidate, **values: Any) -> None:
        with change(self.book, CLERK, f"Change client {one.code}") as made:
            made.update(Client, one.client_id, **values)

    def _agreement(self, one: Candidate, **values: Any) -> None:
        with change(self.book, CLERK, "Change an agreement") as made:
            made.update(Agreement, one.id, **values)

    def _line(self, one: Candidate, **values: Any) -> None:
        with change(self.book, CLERK, "Change an agreement") as made:
            last = _last_position(made.connection, one.id)
            whole = {"kind": "recurring", "quantity": scaled(Decimal(1)), "position": last + 1} | values
            made.insert(AgreementLine, agreement_id=one.id, **whole)

    def _charge(self, one: Candidate, words: str, price: str, **values: Any) -> None:
        billables.create_one_off(
            self.book,
            {
                "agreement_id": one.id,
                "client_id": one.client_id,
                "due_date": self.year.last_run + timedelta(days=6),
                "description": words,
                "item_id": self.basis.items["WORKSHOP"],
                "unit_price": Decimal(price),
            }
            | values,
            actor=CLERK,
        )

    def _hours(self, one: Candidate, day: date, hours: str, item: int | None, note: str) -> None:
        billables.create_time_entry(
            self.book,
            {
                "agreement_id": one.id,
                "work_date": day,
                "hours": Decimal(hours),
                "person": "Tobias Reiter",
                "item_id": item,
                "note": note,
            },
            actor=CLERK,
        )

    # Blocks

    def no_street(self, one: Candidate) -> None:
        self._client(one, street="", postcode="", city="")

    def no_tax_id(self, one: Candidate) -> None:
        self._client(one, tax_id="")

    def wrong_tax_id(self, one: Candidate) -> None:
        self._client(one, tax_id=broken_tax_id(one.tax_id))

    def no_reference(self, one: Candidate) -> None:
        self._client(one, buyer_reference_required=True, buyer_reference="")

    def other_currency(self, one: Candidate) -> None:
        """An order in dollars from a client that pays in euros."""
        agreements.create_agreement(
            self.book,
            {
                "client_id": one.client_id,
                "title": "Campaign for the American market",
                "start_date": self.year.last_run,
                "currency": "USD",
            },
            [{"item_id": self.basis.items["ADS"]}],
            actor=CLERK,
        )

    def wrong_treatment(self, one: Candidate) -> None:
        self._client(one, tax_treatment="reverse_charge")

    def tax_mix(self, one: Candidate) -> None:
        """Goods for a client abroad, on one invoice with services that are not taxable here."""
        self._charge(one, "Network gateway for the office", "566", item_id=self.basis.items["GATEWAY"])

    def no_price(self, one: Candidate) -> None:
        self._line(one, item_id=self.basis.items["PROJECT"], start_date=self.year.last_run, description="Newsletter")

    def no_reading(self, one: Candidate) -> None:
        """The platform's export of the month lacks a meter."""
        rows = usage.usage_rows(self.book, agreement_id=one.id, first=self.year.last_run)
        usage.delete_usage(self.book, [row.id for row in rows], actor=CLERK)

    # Holds

    def reading_too_high(self, one: Candidate) -> None:
        """A digit too many."""
        assert one.last_reading is not None
        reading = usage.usage(self.book, one.last_reading)
        usage.change_usage(self.book, one.last_reading, {"quantity": reading["quantity"] * 20}, actor=CLERK)

    def budget_used_up(self, one: Candidate) -> None:
        """It held for a year of work; this month's goes beyond it."""
        with self.book.reading() as session:
            billed = worked(session.connection(), [one.id]).get(one.id, 0)
        self._agreement(one, budget=billed + max(one.largest or 0, 100) // 4)

    def large_amount(self, one: Candidate) -> None:
        self._charge(one, "Trade fair: stand, demo and five workshop days", "14850")

    def twice_the_hours(self, one: Candidate) -> None:
        days = list(self.year.workdays(self.year.last_run))
        for day in days[:8]:
            self._hours(one, day, "7.5", self.basis.items["H-DEV"], "Release weekend: fixes and monitoring")

    def off_card(self, one: Candidate) -> None:
        with change(self.book, CLERK, "Change an agreement") as made:
            made.update(AgreementLine, one.line_id, unit_price=scaled(Decimal("89")))

    def disputed(self, one: Candidate) -> None:
        assert one.unpaid is not None
        today = self.year.today
        open_dispute(self.book, one.unpaid, reason="Two items were not ordered", on=today, actor=CLERK, today=today)

    def on_hold(self, one: Candidate) -> None:
        self._client(one, on_hold=True, hold_reason="waits for the new contract")

    def over_limit(self, one: Candidate) -> None:
        self._client(one, credit_limit=20_000)

    def part_paid(self, one: Candidate) -> None:
        assert one.unpaid is not None
        today = self.year.today
        record_payment(
            self.book, numbers=[one.unpaid], amount=10_000, paid_on=today, actor=CLERK, today=today, only_named=True
        )

    def po_missing(self, one: Candidate) -> None:
        self._client(one, po_required=True)
        self._agreement(one, po_number="", po_limit=None, po_expires=None)

    def po_expired(self, one: Candidate) -> None:
        self._agreement(one, po_number="25-0117", po_expires=self.year.today - timedelta(days=9), po_limit=None)

    def po_used_up(self, one: Candidate) -> None:
        self._agreement(one, po_number="77-1203", po_limit=max(one.largest or 0, 100) // 2, po_expires=None)

    def large_discount(self, one: Candidate) -> None:
        self._agreement(one, discount=scaled(Decimal("0.2")), discount_reason="Promised by phone")

    def look_alike(self, one: Candidate) -> None:
        """The same workshop twice within a few days, once for each of two people who ordered it."""
        before = self.year.today - timedelta(days=5)
        words, item = "Workshop: search and analytics", {"agreement_id": None, "due_date": self.year.last_run}
        self._charge(one, words, "1450", **item)
        self.clock.day = before
        bill(
            self.book,
            through=self.year.last_run,
            issue_date=before,
            scope=Scope(clients=[one.code]),
            actor=CLERK,
            now=self.clock.text,
        )
        self.clock.day = self.year.today
        self._charge(one, words, "1450", **(item | {"due_date": before}))

    def vague(self, one: Candidate) -> None:
        self._line(one, description="Consulting", unit_price=scaled(Decimal(240)), start_date=self.year.last_run)

    def late_hours(self, one: Candidate) -> None:
        """Somebody finds his notes of a quarter ago."""
        day = self.year.last_run - timedelta(days=50)
        self._hours(one, day, "3.5", self.basis.items["H-DEV"], "Workshop with the warehouse team")

    def more_off_than_on(self, one: Candidate) -> None:
        self._charge(one, "Goodwill for the outage in spring", "600", kind="discount", agreement_id=None)

    # Notes, and what a run does not bill

    def ends_soon(self, one: Candidate) -> None:
        self._agreement(one, end_date=self.year.today + timedelta(days=20))

    def hours_without_rate(self, one: Candidate) -> None:
        project, first = self.basis.items["PROJECT"], self.year.last_run
        self._hours(one, first + timedelta(days=8), "2", project, "New warehouse: first call")
        self._hours(one, first + timedelta(days=9), "1.5", project, "Offer for the new warehouse")

    def loose_hours(self, one: Candidate) -> None:
        """Hours for a client without saying under which agreement."""
        billables.create_time_entry(
            self.book,
            {
                "client_id": one.client_id,
                "work_date": self.year.last_run + timedelta(days=10),
                "hours": Decimal("1.25"),
                "person": "Ruth Okafor",
                "note": "Short analysis on request",
            },
            actor=CLERK,
        )


def _last_position(connection: Connection, agreement_id: int) -> int:
    row = connection.exec_driver_sql(
        "SELECT max(position) FROM agreement_line WHERE agreement_id = ?", (agreement_id,)
    ).one()
    return int(row[0] or 0)
