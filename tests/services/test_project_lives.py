"""Random lives of projects: milestones, change orders, hours, deposits, credit notes and payments in any order.

Whatever happens, the position of each project equals its documents and payments to the cent.
"""

import shutil
import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from db.engine import Book
from desktop.domain.money import SCALE, unscaled
from desktop.errors import UserError
from desktop.services import change_orders, runs
from desktop.services.check import check
from desktop.services.credits import credit_invoice
from desktop.services.milestones import create_milestone, mark_done, milestones
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payments import record_payment
from desktop.services.projects import Position, position, positions
from desktop.services.write_offs import write_off
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value

FIRST = date(2026, 1, 1)
AGREED = 1_000_001
HOURS = {"kind": "time", "unit_price": "90"}
picks = st.integers(0, 1_000)
cents = st.integers(1, 400_000)


class LivesOfProjects(RuleBasedStateMachine):
    """Two projects of one client that wants joint invoices, and a third whose invoices are its own."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.book: Book = new_book(self.folder, street="Kai 1", postcode="20457", city="Hamburg", tax_id="DE136695976")
        self.today = FIRST
        self.payments: list[str] = []
        self.changed = True

    @initialize(weights=st.lists(st.integers(1, 10), min_size=1, max_size=4))
    def begin(self, weights: list[int]) -> None:
        put = self.put = Contracts(self.book)
        joint, own = (put.client(code, postcode="53111", combine=code == "C1") for code in ("C1", "C2"))
        self.clients = [joint, joint, own]
        self.projects = [
            put.agreement(client, f"P{n}", HOURS, billing="fixed", agreed=AGREED, budget=500_000, title=f"Project {n}")
            for n, client in enumerate(self.clients, 1)
        ]
        parts = [SCALE * weight // sum(weights) for weight in weights]
        parts[-1] += SCALE - sum(parts)
        for project in self.projects:
            for n, part in enumerate(parts, 1):
                values = {"name": f"Phase {n} accepted", "item_id": 1, "fraction": unscaled(part)}
                create_milestone(self.book, project, values, actor=ANNE)
            create_milestone(self.book, project, {"name": "Extra work", "item_id": 1, "amount": 33_333}, actor=ANNE)

    def teardown(self) -> None:
        self.book.close()
        shutil.rmtree(self.folder)

    def attempt(self, act: Any) -> Any:
        self.changed = True
        try:
            return act()
        except UserError:
            return None

    def _invoices(self) -> list[str]:
        return [row[0] for row in rows(self.book, "SELECT number FROM invoice WHERE kind <> 'credit_note' ORDER BY id")]

    @rule(project=st.integers(0, 2), pick=picks)
    def finish(self, project: int, pick: int) -> None:
        waiting = [
            one.id
            for one in milestones(self.book, self.projects[project], self.today)
            if one.state in ("planned", "late")
        ]
        if waiting:
            mark_done(
                self.book, waiting[pick % len(waiting)], self.today, actor=ANNE, today=self.today, now=self.book.now
            )
        self.changed = True

    @rule(project=st.integers(0, 2), hours=st.integers(1, 30))
    def work(self, project: int, hours: int) -> None:
        self.put.hours(self.clients[project], self.projects[project], self.today.isoformat(), str(Decimal(hours) / 4))
        self.changed = True

    @rule(project=st.integers(0, 2), amount=st.integers(1, 900))
    def ask_deposit(self, project: int, amount: int) -> None:
        on = self.today.isoformat()
        self.put.one_off(self.clients[project], self.projects[project], on, str(amount), kind="deposit")
        self.changed = True

    @rule(project=st.integers(0, 2), amount=st.integers(-300_000, 300_000).filter(bool), back=st.integers(-20, 20))
    def change_scope(self, project: int, amount: int, back: int) -> None:
        dated = max(FIRST, self.today + timedelta(days=back))
        values = {"amount": amount, "dated": dated, "reason": "More of it", "reference": "CO"}
        order = change_orders.propose(self.book, self.projects[project], values, actor=ANNE)
        self.attempt(lambda: change_orders.approve(self.book, order, by="Eva", on=self.today, actor=ANNE))

    @rule(pick=picks)
    def change_mind(self, pick: int) -> None:
        found = rows(self.book, "SELECT id FROM change_order WHERE state = 'approved' ORDER BY id")
        if found:
            order = found[pick % len(found)][0]
            self.attempt(lambda: change_orders.take_decision_back(self.book, order, actor=ANNE))

    @rule(days=st.integers(0, 25))
    def bill(self, days: int) -> None:
        self.today += timedelta(days=days)
        run = runs.plan(self.book, through=self.today, issue_date=self.today, actor=ANNE, now=self.book.now)
        held = [one.id for one in runs.exceptions(self.book, run.number) if one.severity != "note"]
        if held:
            runs.approve(self.book, held, "seen", actor="Eva", now=self.book.now)
        runs.resume(self.book, run.number, actor=ANNE, now=self.book.now)
        assert value(self.book, "SELECT count(*) FROM draft WHERE state <> 'issued'") == 0
        self.changed = True

    @rule(pick=picks, how=st.sampled_from(["release", "keep", "amount"]), amount=cents)
    def credit(self, pick: int, how: str, amount: int) -> None:
        found = self._invoices()
        if found:
            more: dict[str, Any] = {"amount_gross": amount} if how == "amount" else {"release": how == "release"}
            number = found[pick % len(found)]
            self.attempt(
                lambda: credit_invoice(self.book, number, reason="wrong", actor=ANNE, today=self.today, **more)
            )

    @rule(pick=picks, amount=cents)
    def pay(self, pick: int, amount: int) -> None:
        found = self._invoices()
        if found:
            numbers = [found[pick % len(found)]]
            result = self.attempt(
                lambda: record_payment(
                    self.book, amount=amount, paid_on=self.today, actor=ANNE, today=self.today, numbers=numbers
                )
            )
            if result is not None:
                self.payments.append(result.payment)

    @rule(pick=picks)
    def bounce(self, pick: int) -> None:
        if self.payments:
            number = self.payments[pick % len(self.payments)]
            self.attempt(
                lambda: reverse_payment(
                    self.book, number, on=self.today, reason="bounced", actor=ANNE, today=self.today
                )
            )

    @rule(pick=picks, amount=st.integers(1, 5_000))
    def lose(self, pick: int, amount: int) -> None:
        found = self._invoices()
        if found:
            number = found[pick % len(found)]
            self.attempt(
                lambda: write_off(
                    self.book, number, amount=amount, reason="small", on=self.today, actor=ANNE, today=self.today
                )
            )

    @invariant()
    def positions_equal_documents_and_payments(self) -> None:
        if not self.changed:
            return
        self.changed = False
        found = positions(self.book, self.today)
        assert [one.agreement_id for one in found] == self.projects
        assert found == [position(self.book, project, self.today) for project in self.projects]
        for where, client in ((found[:2], self.clients[0]), (found[2:], self.clients[2])):
            self._prove(where, client)
        for one in found:
            assert one.invoiced == one.paid + one.credited + one.let_go + one.open
            agreed = value(
                self.book,
                "SELECT coalesce(sum(amount), 0) FROM change_order WHERE agreement_id = ? AND state = 'approved'",
                one.agreement_id,
            )
            assert one.scope is not None
            assert one.scope + one.ahead == AGREED + agreed
            self._prove_milestones(one)

    def _prove(self, where: list[Position], client: int) -> None:
        """The client has no documents but those of its projects."""

        def total(sql: str) -> int:
            return int(value(self.book, sql, client) or 0)

        assert sum(one.billed for one in where) == total(
            "SELECT sum(CASE kind WHEN 'credit_note' THEN -net ELSE net END) FROM invoice WHERE client_id = ?"
        )
        assert sum(one.invoiced for one in where) == total(
            "SELECT sum(payable) FROM invoice WHERE client_id = ? AND kind <> 'credit_note'"
        )
        for name, kinds in (
            ("paid", "('payment')"),
            ("credited", "('credit')"),
            ("let_go", "('discount', 'write_off')"),
        ):
            assert sum(getattr(one, name) for one in where) == total(
                f"""SELECT sum(a.amount) FROM allocation a JOIN invoice i ON i.id = a.invoice_id
                WHERE i.client_id = ? AND a.kind IN {kinds}"""
            )
        assert sum(one.open for one in where) == total("SELECT sum(open) FROM open_item WHERE client_id = ?")
        assert sum(one.deposits for one in where) == total(
            """SELECT sum(a.amount) FROM allocation a JOIN invoice i ON i.id = a.invoice_id
            WHERE i.client_id = ? AND a.kind = 'payment' AND i.kind = 'deposit'"""
        )

    def _prove_milestones(self, where: Position) -> None:
        """Shares billed, waiting and planned come to the price with all that is approved of its changes."""
        shares = [one for one in milestones(self.book, where.agreement_id, self.today) if one.fraction is not None]
        if any(one.state in ("planned", "late") for one in shares):
            assert sum(one.amount or 0 for one in shares) == (where.scope or 0) + where.ahead

    @rule()
    def finish_everything(self) -> None:
        """Once all shares are billed they are the price as it was on the latest of their days."""
        for project in self.projects:
            for one in milestones(self.book, project, self.today):
                if one.state in ("planned", "late"):
                    mark_done(self.book, one.id, self.today, actor=ANNE, today=self.today, now=self.book.now)
        self.bill(0)
        for project in self.projects:
            net, latest = rows(
                self.book,
                """SELECT sum(c.amount), max(m.done_on) FROM charge c JOIN milestone m ON m.id = c.milestone_id
                WHERE m.agreement_id = ? AND c.reversed_by IS NULL AND m.fraction IS NOT NULL""",
                project,
            )[0]
            changes = value(
                self.book,
                """SELECT coalesce(sum(amount), 0) FROM change_order
                WHERE agreement_id = ? AND state = 'approved' AND dated <= ?""",
                project,
                latest,
            )
            assert net == AGREED + changes
        assert [one for one in check(self.book).problems if one.what != "file"] == []


LivesOfProjects.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=18,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestLivesOfProjects = LivesOfProjects.TestCase
