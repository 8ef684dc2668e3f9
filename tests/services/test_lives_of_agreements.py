"""Random lives of agreements: whatever is changed, paused, ended, paid ahead, run and credited in whatever order, each
unit of each day is billed exactly once, and the books prove it."""

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy.exc import IntegrityError

from db.engine import Book
from db.schema import Agreement, Pause, RuleSetting, Usage
from desktop.domain.findings.catalogue import RULES
from desktop.errors import UserError
from desktop.services.agreement_changes import add_line, change_line, end_line
from desktop.services.agreement_dates import pause_agreement, resume_agreement, set_price
from desktop.services.agreements import end_agreement, switch_agreement
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.commitments import add_prepayment
from desktop.services.credits import credit_invoice
from tests.billing_facts import money
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value
from tests.lives_proof import prove_life

FIRST = date(2026, 1, 1)
SPAN = 200
LAST = FIRST + timedelta(days=SPAN)
# Days around the one that it is: what was billed ahead, and what is billed in arrears.
around = st.integers(-45, 45)
# Most often a run went before.
runs = st.tuples(st.integers(0, 45), st.integers(-5, 45)) | st.none()
picks = st.integers(0, 1_000)
prices = st.sampled_from(["100", "31", "99.99", "33.33", "0.07"])
quantities = st.integers(1, 4)
EVERY = st.sampled_from([(1, "month"), (3, "month"), (1, "week"), (1, "year")])


Run = tuple[int, int] | None


class LivesOfAgreements(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.book: Book = new_book(self.folder)
        with change(self.book, ANNE, "Ask nobody") as made:
            for one in RULES:
                if one.severity == "hold" or one.code.startswith("usage"):
                    made.insert(RuleSetting, code=one.code, scope="firm", enabled=False)
        self.contracts = Contracts(self.book)
        self.clock = FIRST
        self.records = 0

    @initialize(
        every=EVERY,
        timing=st.sampled_from(["advance", "arrears"]),
        alignment=st.sampled_from(["calendar", "anniversary"]),
        fixed=st.booleans(),
        discount=st.sampled_from(["0", "0.07"]),
        start=st.integers(0, 40),
        trial=st.none() | st.integers(1, 40),
        lines=st.lists(st.tuples(prices, quantities), min_size=1, max_size=2),
        threshold=st.none() | st.sampled_from([500, 2_000]),
    )
    def agree(
        self,
        every: tuple[int, str],
        timing: str,
        alignment: str,
        fixed: bool,
        discount: str,
        start: int,
        trial: int | None,
        lines: list[tuple[str, int]],
        threshold: int | None,
    ) -> None:
        begin = FIRST + timedelta(days=start)
        client = self.contracts.client(street="Weg 1", city="Bonn")
        self.agreement = self.contracts.agreement(
            client,
            "A1",
            *({"unit_price": price, "quantity": str(units)} for price, units in lines),
            start_date=begin,
            every_count=every[0],
            every_unit=every[1],
            timing=timing,
            alignment=alignment,
            fixed_30=fixed,
            discount=money(discount),
            trial_until=begin + timedelta(days=trial) if trial else None,
        )
        self.meter = self.contracts.item("KWH", unit="kWh")
        self.metered = self.contracts.agreement(
            client,
            "M1",
            {"kind": "usage", "item_id": self.meter, "unit_price": "0.37", "threshold": threshold},
            billing="usage",
        )

    def teardown(self) -> None:
        try:
            if hasattr(self, "agreement"):
                self.settle()
        finally:
            self.book.close()
            shutil.rmtree(self.folder)

    def attempt(self, act: Callable[[], Any]) -> None:
        """What the books refuse must leave no trace; the proof looks at the same book either way."""
        with suppress(UserError):
            act()

    def on(self, run: Run, day: int) -> date:
        """So many days from the one that it is, once what goes before was run."""
        if run is not None:
            self.run_through(*run)
        return self.clock + timedelta(days=day)

    def a_line(self, pick: int) -> int:
        found = rows(
            self.book,
            "SELECT id FROM agreement_line WHERE agreement_id = ? ORDER BY end_date IS NOT NULL, id",
            self.agreement,
        )
        return int(found[pick % len(found)][0])

    @rule(run=runs, pick=picks, day=around, quantity=quantities, price=st.none() | prices)
    def change_a_line(self, run: Run, pick: int, day: int, quantity: int, price: str | None) -> None:
        on = self.on(run, day)
        given: dict[str, Any] = {} if price is None else {"unit_price": Decimal(price)}
        line = self.a_line(pick)
        self.attempt(
            lambda: change_line(self.book, self.agreement, line, on, quantity=Decimal(quantity), actor=ANNE, **given)
        )

    @rule(run=runs, day=around, quantity=quantities, price=prices)
    def add_a_line(self, run: Run, day: int, quantity: int, price: str) -> None:
        on = self.on(run, day)
        self.attempt(
            lambda: add_line(
                self.book,
                self.agreement,
                on,
                item_id=self.contracts.item(),
                quantity=Decimal(quantity),
                unit_price=Decimal(price),
                actor=ANNE,
            )
        )

    @rule(run=runs, pick=picks, day=around, credit=st.booleans())
    def end_a_line(self, run: Run, pick: int, day: int, credit: bool) -> None:
        on = self.on(run, day)
        line = self.a_line(pick)
        self.attempt(lambda: end_line(self.book, self.agreement, line, on, credit=credit, actor=ANNE))

    @rule(run=runs, pick=picks, day=around, price=prices)
    def agree_on_a_price(self, run: Run, pick: int, day: int, price: str) -> None:
        on = self.on(run, day)
        line = self.a_line(pick)
        self.attempt(lambda: set_price(self.book, line, on, Decimal(price), actor=ANNE))

    @rule(run=runs, day=around, length=st.none() | st.integers(0, 50))
    def pause(self, run: Run, day: int, length: int | None) -> None:
        on = self.on(run, day)
        last = None if length is None else on + timedelta(days=length)
        self.attempt(lambda: pause_agreement(self.book, self.agreement, on, last, actor=ANNE))

    @rule(run=runs, day=around)
    def resume(self, run: Run, day: int) -> None:
        on = self.on(run, day)
        self.attempt(lambda: resume_agreement(self.book, self.agreement, on, actor=ANNE))

    @rule(pick=picks)
    def take_a_pause_back(self, pick: int) -> None:
        found = rows(self.book, "SELECT id FROM pause ORDER BY id")
        if found:
            with change(self.book, ANNE, "No pause") as made:
                made.delete(Pause, found[pick % len(found)][0])

    @rule(run=runs, day=around, credit=st.booleans())
    def end(self, run: Run, day: int, credit: bool) -> None:
        on = self.on(run, day)
        self.attempt(lambda: end_agreement(self.book, self.agreement, on, actor=ANNE, credit=credit))

    @rule()
    def go_on(self) -> None:
        self.contracts.update(Agreement, self.agreement, end_date=None)

    @rule(run=runs, day=st.none() | around)
    def try_until(self, run: Run, day: int | None) -> None:
        """A trial granted, prolonged or cut short, whatever was billed of it."""
        self.contracts.update(Agreement, self.agreement, trial_until=None if day is None else self.on(run, day))

    @rule(day=st.integers(0, 60))
    def begin_on_another_day(self, day: int) -> None:
        with suppress(IntegrityError, UserError):
            self.contracts.update(Agreement, self.agreement, start_date=FIRST + timedelta(days=day))

    @rule(active=st.booleans())
    def switch(self, active: bool) -> None:
        switch_agreement(self.book, self.agreement, active=active, actor=ANNE)

    @rule(run=runs, day=around, months=st.integers(1, 6), ahead=st.integers(-10, 60))
    def pay_ahead(self, run: Run, day: int, months: int, ahead: int) -> None:
        on = self.on(run, day)
        values = {
            "start_date": on,
            "end_date": on + timedelta(days=30 * months),
            "due_date": on - timedelta(days=ahead),
        }
        self.attempt(lambda: add_prepayment(self.book, self.agreement, values, actor=ANNE))

    @rule(day=st.integers(0, SPAN - 1), units=st.integers(0, 4_000))
    def count(self, day: int, units: int) -> None:
        """A record of a day may arrive long after the invoice of its period."""
        first = FIRST + timedelta(days=min(max(day, 0), SPAN - 1))
        self.records += units
        with change(self.book, ANNE, "Count") as made:
            made.insert(
                Usage,
                agreement_id=self.metered,
                item_id=self.meter,
                start_date=first,
                end_date=first + timedelta(days=1),
                days=1,
                quantity=money(units),
            )

    @rule(run=runs, day=around, price=st.sampled_from(["0.37", "0.41", "1"]), late=st.integers(-20, 20))
    def change_the_meter(self, run: Run, day: int, price: str, late: int) -> None:
        """Its line is replaced within a period, whatever of that was billed, and a record of about then comes late."""
        on = self.on(run, day)
        line = value(self.book, "SELECT id FROM agreement_line WHERE kind = 'usage' AND end_date IS NULL")
        self.attempt(lambda: change_line(self.book, self.metered, line, on, unit_price=Decimal(price), actor=ANNE))
        self.count((on - FIRST).days + late, 100)

    @rule(forward=st.integers(0, 60), ahead=st.integers(-20, 45))
    def bill_some(self, forward: int, ahead: int) -> None:
        self.run_through(forward, ahead)

    def run_through(self, forward: int, ahead: int) -> None:
        self.clock = min(self.clock + timedelta(days=forward), LAST)
        self.bill(self.clock + timedelta(days=ahead))

    def bill(self, through: date) -> None:
        result = self.contracts.bill(through.isoformat(), self.clock.isoformat())
        assert not result.outcomes["held"], rows(
            self.book, "SELECT code, message FROM finding WHERE severity <> 'note'"
        )
        assert not result.outcomes["failed"], rows(self.book, "SELECT error FROM draft WHERE state = 'failed'")

    @rule(pick=picks, whole=st.booleans(), place=picks)
    def take_back(self, pick: int, whole: bool, place: int) -> None:
        found = rows(self.book, "SELECT number, id FROM invoice WHERE kind <> 'credit_note' ORDER BY id")
        if not found:
            return
        number, key = found[pick % len(found)]
        count = value(self.book, "SELECT count(*) FROM invoice_line WHERE invoice_id = ?", key)
        lines = None if whole else [place % count + 1]
        self.attempt(
            lambda: credit_invoice(
                self.book, number, reason="Wrong", actor=ANNE, today=self.clock, lines=lines, release=True
            )
        )

    def settle(self) -> None:
        """Let the life end, bill all of it, and prove it."""
        switch_agreement(self.book, self.agreement, active=True, actor=ANNE)
        end = value(self.book, "SELECT end_date FROM agreement WHERE id = ?", self.agreement)
        last = LAST + timedelta(days=40)
        if end is None or date.fromisoformat(end) > last:
            self.contracts.update(Agreement, self.agreement, end_date=last)
        self.clock = last
        self.bill(last)
        # A total of nothing waits for company.
        client = value(self.book, "SELECT client_id FROM agreement WHERE id = ?", self.agreement)
        for agreement in (self.agreement, self.metered):
            self.contracts.one_off(client, agreement, last.isoformat(), "1000")
        self.bill(last)
        assert check(self.book).problems == ()
        prove_life(self.book, self.agreement)
        assert value(self.book, "SELECT count(*) FROM usage WHERE invoice_id IS NULL AND quantity <> 0") == 0
        units = "SELECT coalesce(sum(quantity), 0) FROM charge WHERE kind = 'usage' AND reversed_by IS NULL"
        assert value(self.book, units) == money(self.records)


TestLivesOfAgreements = LivesOfAgreements.TestCase
TestLivesOfAgreements.settings = settings(
    max_examples=int(os.environ.get("SHEAF_LIVES", "25")),
    stateful_step_count=16,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
