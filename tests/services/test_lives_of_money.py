"""Random lives of a client's money: whatever happens in whatever order, the books agree at every date."""

import shutil
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from db.engine import Book
from desktop.domain.instalments import equal_instalments
from desktop.domain.money import round_half_away
from desktop.domain.periods import Interval
from desktop.errors import UserError
from desktop.services.cash_book import cash_book, count_till, enter_cash, reverse_cash, save_till
from desktop.services.credit_use import apply_credit, withdraw_credit
from desktop.services.credits import credit_invoice
from desktop.services.disputes import close_dispute, open_dispute
from desktop.services.payment_plans import agree_plan, cancel_plan, plan_basis
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payments import record_payment
from desktop.services.refunds import refund_credit
from desktop.services.write_offs import reverse_write_off, write_off
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice, add_rate
from tests.ledger_proof import firm_receivable, prove

FIRST = date(2026, 1, 1)
TODAY = FIRST + timedelta(days=120)
days = st.integers(0, 120).map(lambda number: FIRST + timedelta(days=number))
picks = st.integers(0, 1_000)
lines = st.lists(
    st.tuples(st.integers(-5_000, 30_000).filter(bool), st.sampled_from([0, 7, 19])), min_size=1, max_size=3
).filter(lambda rows: sum(net for net, _ in rows) > 0 and sum(net * (100 + rate) for net, rate in rows) > 100)


class LivesOfMoney(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.book: Book = new_book(self.folder)
        self.invoices: list[str] = []
        self.sources: list[str] = []
        self.write_offs: list[int] = []
        self.planned: list[str] = []
        self.movements: list[str] = []
        self.last_issue = FIRST
        self.changed = False

    @initialize()
    def clients(self) -> None:
        self.clients_ids = [add_client(self.book, code) for code in ("ONE", "TWO")]
        add_rate(self.book, "USD", FIRST, Decimal("0.913579"))
        add_rate(self.book, "USD", FIRST + timedelta(days=40), Decimal("0.877777"))
        self.till = save_till(self.book, "Desk", "EUR", actor=ANNE)

    def teardown(self) -> None:
        self.book.close()
        shutil.rmtree(self.folder)

    def attempt(self, act: Callable[[], Any]) -> Any:
        """What the books refuse must leave no trace; the invariants look at the same book either way."""
        self.changed = True
        try:
            return act()
        except UserError:
            return None

    @rule(
        day=days,
        lines=lines,
        client=st.integers(0, 1),
        currency=st.sampled_from(["EUR", "USD"]),
        terms=st.sampled_from(["net 30", "net 30 2%/10", "receipt", "1/3 now, rest net 40", "3 x monthly from net 10"]),
        parts=st.booleans(),
    )
    def invoice(
        self, day: date, lines: list[tuple[int, int]], client: int, currency: str, terms: str, parts: bool
    ) -> None:
        self.last_issue = day = max(day, self.last_issue)
        self.invoices.append(
            add_invoice(self.book, self.clients_ids[client], day, *lines, currency=currency, terms=terms, parts=parts)
        )
        self.changed = True

    @rule(day=days, amount=st.integers(1, 60_000), pick=picks, only=st.booleans(), place=st.none() | st.integers(1, 4))
    def pay(self, day: date, amount: int, pick: int, only: bool, place: int | None) -> None:
        if not self.invoices:
            return
        number = self.invoices[pick % len(self.invoices)]
        named = number if place is None else f"{number}/{place}"
        result = self.attempt(
            lambda: record_payment(
                self.book, amount=amount, paid_on=day, actor=ANNE, today=TODAY, numbers=[named], only_named=only
            )
        )
        if result is not None:
            self.sources.append(result.payment)

    @rule(
        day=days,
        amount=st.integers(2, 60_000),
        pick=picks,
        kept=st.integers(0, 500),
        arrived=st.none() | st.integers(1, 70_000),
    )
    def pay_by_a_bank_that_takes_its_share(
        self, day: date, amount: int, pick: int, kept: int, arrived: int | None
    ) -> None:
        if not self.invoices:
            return
        number = self.invoices[pick % len(self.invoices)]
        result = self.attempt(
            lambda: record_payment(
                self.book,
                amount=amount,
                paid_on=day,
                actor=ANNE,
                today=TODAY,
                numbers=[number],
                charges=kept,
                received=None if arrived is None else (arrived, "EUR"),
                discount="none" if pick % 2 else "terms",
            )
        )
        if result is not None:
            self.sources.append(result.payment)

    @rule(day=days, amount=st.integers(1, 60_000), pick=picks)
    def pay_in_cash(self, day: date, amount: int, pick: int) -> None:
        if not self.invoices:
            return
        number = self.invoices[pick % len(self.invoices)]
        result = self.attempt(
            lambda: record_payment(
                self.book, amount=amount, paid_on=day, actor=ANNE, today=TODAY, numbers=[number], method="cash"
            )
        )
        if result is not None:
            self.sources.append(result.payment)

    @rule(day=days, amount=st.none() | st.integers(1, 60_000), pick=picks, cash=st.booleans())
    def pay_back(self, day: date, amount: int | None, pick: int, cash: bool) -> None:
        if self.sources:
            number = self.sources[pick % len(self.sources)]
            result = self.attempt(
                lambda: refund_credit(
                    self.book,
                    number,
                    on=day,
                    reason="r",
                    actor=ANNE,
                    today=TODAY,
                    amount=amount,
                    account_id=self.till if cash else None,
                )
            )
            if result is not None:
                self.sources.append(result.refund)

    @rule(
        day=days,
        amount=st.integers(1, 20_000),
        kind=st.sampled_from(["withdrawal", "deposit", "expense", "income", "opening", "count", "back"]),
        pick=picks,
    )
    def move_cash(self, day: date, amount: int, kind: str, pick: int) -> None:
        def act() -> Any:
            if kind == "count":
                return count_till(self.book, self.till, counted=amount, dated=day, text="c", actor=ANNE, today=TODAY)
            if kind == "back":
                number = self.movements[pick % len(self.movements)] if self.movements else "K-2026-0001"
                return reverse_cash(self.book, number, on=day, reason="b", actor=ANNE, today=TODAY)
            return enter_cash(
                self.book, self.till, kind=kind, amount=amount, dated=day, text="m", actor=ANNE, today=TODAY
            )

        entry = self.attempt(act)
        if entry is not None and entry.number:
            self.movements.append(entry.number)

    @rule(
        day=days,
        pick=picks,
        also=picks,
        count=st.integers(1, 4),
        every=st.sampled_from([Interval(1, "month"), Interval(10, "day")]),
    )
    def plan(self, day: date, pick: int, also: int, count: int, every: Interval) -> None:
        if not self.invoices:
            return
        numbers = [self.invoices[one % len(self.invoices)] for one in ((pick, also) if also % 3 == 0 else (pick,))]

        def act() -> None:
            try:
                basis = plan_basis(self.book, numbers)
                parts = equal_instalments(basis.open, count, day, every)
            except ValueError:
                return
            agree_plan(self.book, numbers, parts, on=day, reason="p", actor=ANNE, today=TODAY)
            self.planned += numbers

        self.attempt(act)

    @rule(day=days, pick=picks)
    def call_plan_off(self, day: date, pick: int) -> None:
        if self.planned:
            number = self.planned[pick % len(self.planned)]
            self.attempt(lambda: cancel_plan(self.book, number, on=day, reason="o", actor=ANNE, today=TODAY))

    @rule(day=days, pick=picks)
    def reverse(self, day: date, pick: int) -> None:
        if self.sources:
            number = self.sources[pick % len(self.sources)]
            self.attempt(lambda: reverse_payment(self.book, number, on=day, reason="b", actor=ANNE, today=TODAY))

    @rule(pick=picks, amount=st.none() | st.integers(1, 20_000), lines=st.none() | st.sets(st.integers(1, 3)))
    def credit(self, pick: int, amount: int | None, lines: set[int] | None) -> None:
        if self.invoices:
            number = self.invoices[pick % len(self.invoices)]
            result = self.attempt(
                lambda: credit_invoice(
                    self.book,
                    number,
                    reason="c",
                    actor=ANNE,
                    today=self.last_issue,
                    amount_gross=amount,
                    lines=None if lines is None else sorted(lines),
                    reissue=amount is None and lines is None and bool(pick % 2),
                )
            )
            if result is not None:
                self.sources.append(result.credit_note)
                if result.reissued:
                    self.invoices.append(result.reissued)

    @rule(day=days, client=st.integers(0, 1), currency=st.sampled_from(["EUR", "USD"]), amount=st.none() | picks)
    def use_credit(self, day: date, client: int, currency: str, amount: int | None) -> None:
        self.attempt(
            lambda: apply_credit(
                self.book,
                client_id=self.clients_ids[client],
                on=day,
                actor=ANNE,
                today=TODAY,
                amount=amount,
                currency=currency,
            )
        )

    @rule(day=days, source=picks, pick=picks)
    def withdraw(self, day: date, source: int, pick: int) -> None:
        if self.sources:
            of, number = self.sources[source % len(self.sources)], self.invoices[pick % len(self.invoices)]
            self.attempt(lambda: withdraw_credit(self.book, of, number, on=day, actor=ANNE, today=TODAY))

    @rule(day=days, pick=picks, amount=st.none() | st.integers(1, 20_000))
    def lose(self, day: date, pick: int, amount: int | None) -> None:
        if self.invoices:
            number = self.invoices[pick % len(self.invoices)]
            lost = self.attempt(
                lambda: write_off(self.book, number, reason="l", on=day, actor=ANNE, today=TODAY, amount=amount)
            )
            if lost is not None:
                self.write_offs.append(lost.id)

    @rule(day=days, pick=picks)
    def recover(self, day: date, pick: int) -> None:
        if self.write_offs:
            lost = self.write_offs[pick % len(self.write_offs)]
            self.attempt(lambda: reverse_write_off(self.book, lost, reason="r", on=day, actor=ANNE, today=TODAY))

    @rule(day=days, pick=picks, close=st.booleans(), amount=st.none() | st.integers(1, 20_000))
    def dispute(self, day: date, pick: int, close: bool, amount: int | None) -> None:
        if self.invoices:
            number = self.invoices[pick % len(self.invoices)]
            if close:
                self.attempt(lambda: close_dispute(self.book, number, outcome="o", on=day, actor=ANNE, today=TODAY))
            else:
                self.attempt(
                    lambda: open_dispute(self.book, number, reason="d", on=day, actor=ANNE, today=TODAY, amount=amount)
                )

    @invariant()
    def the_books_agree(self) -> None:
        if not self.changed:
            return
        self.changed = False
        prove(self.book)
        self.the_firm_is_owed_what_is_open()
        self.the_till_holds_what_the_journal_says()

    def the_till_holds_what_the_journal_says(self) -> None:
        kept = cash_book(self.book, self.till, since=FIRST, until=TODAY)
        assert all(row.balance >= 0 for row in kept.rows)
        with self.book.reading() as session:
            posted = session.connection().exec_driver_sql(
                "SELECT coalesce(sum(amount), 0) FROM posting WHERE role = 'cash'"
            )
            assert kept.closing == kept.till.balance == posted.scalar()

    def the_firm_is_owed_what_is_open(self) -> None:
        """In the firm's currency too: open items less credits, each converted at its own document's rate."""
        with self.book.reading() as session:
            connection = session.connection()
            items = connection.exec_driver_sql(
                "SELECT i.firm_rate, o.open, (SELECT coalesce(sum(e.amount), 0) FROM open_item e "
                "WHERE e.invoice_id = o.invoice_id AND e.plan_id IS o.plan_id AND e.instalment < o.instalment) "
                "FROM open_item o JOIN invoice i ON i.id = o.invoice_id WHERE i.kind <> 'credit_note'"
            ).fetchall()
            credits = connection.exec_driver_sql(
                "SELECT c.id, coalesce(p.firm_rate, n.firm_rate), c.open FROM open_credit c "
                "LEFT JOIN payment p ON p.id = c.payment_id LEFT JOIN invoice n ON n.id = c.credit_note_id"
            ).fetchall()
        # An instalment counts over those before it, so that together they come to their invoice converted whole.
        expected = sum(_firm(before + amount, rate) - _firm(before, rate) for rate, amount, before in items)
        expected -= sum(_firm(amount, rate) for _, rate, amount in credits)
        assert firm_receivable(self.book) == expected


def _firm(amount: int, rate: int) -> int:
    return round_half_away(Decimal(amount * rate) / 1_000_000)


TestLivesOfMoney = LivesOfMoney.TestCase
TestLivesOfMoney.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
