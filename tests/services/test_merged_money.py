"""Random lives of the money of two clients that become one and part again: the books agree at every date."""

from datetime import date

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from desktop.services.aging import aging_at
from desktop.services.changes import undo
from desktop.services.merging import merge_clients
from desktop.services.payments import record_payment
from tests.contracts import value
from tests.issued import ANNE, add_invoice
from tests.services.test_lives_of_money import FIRST, TODAY, LivesOfMoney, days


class LivesOfMergedMoney(LivesOfMoney):
    def __init__(self) -> None:
        super().__init__()
        self.merges: list[int] = []

    @initialize()
    def clients(self) -> None:
        """Begin as one, each with an invoice: what crosses between them is what parting must see."""
        super().clients()
        for client in self.clients_ids:
            self.invoices.append(add_invoice(self.book, client, FIRST, (10_000, 19)))
        self.merge(True)

    @rule(first=st.booleans())
    def merge(self, first: bool) -> None:
        keep, absorb = self.clients_ids if first else reversed(self.clients_ids)
        merged = self.attempt(lambda: merge_clients(self.book, keep, absorb, actor=ANNE))
        if merged is not None:
            self.merges.append(merged.change_set)
            owing = {row.client_id for row in aging_at(self.book, TODAY)}
            assert absorb not in owing

    @rule(day=days, amount=st.integers(1, 60_000), part=st.booleans())
    def pay_the_oldest(self, day: date, amount: int, part: bool) -> None:
        """What is not for one invoice by name goes to the oldest, whose of the two it is."""
        paid = self.attempt(
            lambda: record_payment(
                self.book, amount=amount, paid_on=day, actor=ANNE, today=TODAY, client_id=self.clients_ids[0]
            )
        )
        self.sources.append(paid.payment)
        if part:
            self.part()

    @rule()
    def part(self) -> None:
        if self.merges and self.attempt(lambda: undo(self.book, ANNE, self.merges[-1])) is not None:
            self.merges.pop()
            assert value(self.book, "SELECT count(*) FROM client WHERE merged_into_id IS NOT NULL") == 0


TestLivesOfMergedMoney = LivesOfMergedMoney.TestCase
TestLivesOfMergedMoney.settings = settings(
    max_examples=25, stateful_step_count=15, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
