"""Random lives of the money of two clients that become one and part again: the books agree at every date."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from desktop.services.aging import aging_at
from desktop.services.changes import undo
from desktop.services.merging import merge_clients
from tests.contracts import value
from tests.issued import ANNE
from tests.services.test_lives_of_money import TODAY, LivesOfMoney


class LivesOfMergedMoney(LivesOfMoney):
    def __init__(self) -> None:
        super().__init__()
        self.merges: list[int] = []

    @rule(first=st.booleans())
    def merge(self, first: bool) -> None:
        keep, absorb = self.clients_ids if first else reversed(self.clients_ids)
        merged = self.attempt(lambda: merge_clients(self.book, keep, absorb, actor=ANNE))
        if merged is not None:
            self.merges.append(merged.change_set)
            owing = {row.client_id for row in aging_at(self.book, TODAY)}
            assert absorb not in owing

    @rule()
    def part(self) -> None:
        if self.merges and self.attempt(lambda: undo(self.book, ANNE, self.merges[-1])) is not None:
            self.merges.pop()
            assert value(self.book, "SELECT count(*) FROM client WHERE merged_into_id IS NOT NULL") == 0


TestLivesOfMergedMoney = LivesOfMergedMoney.TestCase
TestLivesOfMergedMoney.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
