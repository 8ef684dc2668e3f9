"""Random lives of two invoices that are paid by plan: agreed, paid, taken back, called off and agreed again."""

import shutil
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from db.engine import Book
from desktop.domain.instalments import equal_instalments
from desktop.domain.periods import Interval
from desktop.errors import UserError
from desktop.services.aging import aging_at
from desktop.services.credits import credit_invoice
from desktop.services.payment_plans import agree_plan, cancel_plan, plan_basis, schedule
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payments import record_payment
from desktop.services.write_offs import reverse_write_off, write_off
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice
from tests.ledger_proof import prove

FIRST = date(2026, 1, 1)
picks = st.integers(0, 100)


class LivesOfPlans(RuleBasedStateMachine):
    """The day moves on, so that nearly everything asked for is possible; what was told of a day stays true of it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.book: Book = new_book(self.folder)
        self.today = FIRST
        self.payments: list[str] = []
        self.losses: list[int] = []
        self.told: dict[date, object] = {}

    @initialize(instalments=st.booleans())
    def invoices(self, instalments: bool) -> None:
        client = add_client(self.book, "ONE")
        terms = "1/3 now, 2/3 net 30" if instalments else "net 30"
        self.numbers = [
            add_invoice(self.book, client, FIRST, (net, 19), currency="EUR", terms=terms) for net in (10_001, 5_003)
        ]

    def teardown(self) -> None:
        self.book.close()
        shutil.rmtree(self.folder)

    def attempt(self, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except UserError:
            return None

    def number(self, pick: int) -> str:
        return self.numbers[pick % 2]

    @rule(days=st.integers(1, 20))
    def time_passes(self, days: int) -> None:
        self.told[self.today] = aging_at(self.book, self.today)
        self.today += timedelta(days=days)

    @rule(both=st.booleans(), pick=picks, count=st.integers(1, 4), ahead=st.integers(0, 30))
    def plan(self, both: bool, pick: int, count: int, ahead: int) -> None:
        numbers = self.numbers if both else [self.number(pick)]

        def act() -> None:
            basis = plan_basis(self.book, numbers)
            if basis.open < count:
                return
            parts = equal_instalments(basis.open, count, self.today + timedelta(days=ahead), Interval(10, "day"))
            agree_plan(self.book, numbers, parts, on=self.today, reason="p", actor=ANNE, today=self.today)

        self.attempt(act)

    @rule(pick=picks)
    def call_off(self, pick: int) -> None:
        number = self.number(pick)
        before = sum(one.open for one in schedule(self.book, number).parts)
        self.attempt(lambda: cancel_plan(self.book, number, on=self.today, reason="o", actor=ANNE, today=self.today))
        assert sum(one.open for one in schedule(self.book, number).parts) == before

    @rule(pick=picks, amount=st.integers(1, 12_000))
    def pay(self, pick: int, amount: int) -> None:
        self.payments.append(
            record_payment(
                self.book, amount=amount, paid_on=self.today, actor=ANNE, today=self.today, numbers=[self.number(pick)]
            ).payment
        )

    @rule(pick=picks)
    def bounce(self, pick: int) -> None:
        if self.payments:
            payment = self.payments.pop(pick % len(self.payments))
            reverse_payment(self.book, payment, on=self.today, reason="b", actor=ANNE, today=self.today)

    @rule(pick=picks, amount=st.integers(1, 5_000))
    def lose(self, pick: int, amount: int) -> None:
        lost = self.attempt(
            lambda: write_off(
                self.book, self.number(pick), amount=amount, reason="l", on=self.today, actor=ANNE, today=self.today
            )
        )
        if lost is not None:
            self.losses.append(lost.id)

    @rule(pick=picks)
    def recover(self, pick: int) -> None:
        if self.losses:
            lost = self.losses.pop(pick % len(self.losses))
            reverse_write_off(self.book, lost, reason="r", on=self.today, actor=ANNE, today=self.today)

    @rule(pick=picks, amount=st.integers(1, 4_000))
    def credit(self, pick: int, amount: int) -> None:
        self.attempt(
            lambda: credit_invoice(
                self.book, self.number(pick), amount_gross=amount, reason="c", actor=ANNE, today=self.today
            )
        )

    @invariant()
    def the_books_agree(self) -> None:
        prove(self.book)

    @invariant()
    def what_was_told_stays_true(self) -> None:
        for day, rows in self.told.items():
            assert aging_at(self.book, day) == rows, day


TestLivesOfPlans = LivesOfPlans.TestCase
TestLivesOfPlans.settings = settings(
    max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
