"""Random lives of a whole firm: agreements, runs, exceptions, money, the bank, reminders, month ends, undo.

Whatever is done in whatever order, the book proves itself after each step, and in the end nothing is billed twice.
`python -m tests.services.test_lives_of_books 300` lives so many long lives; the suite a few short ones.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from desktop.errors import UserError
from desktop.services.accounting.checklist import checklist
from desktop.services.accounting.deferrals import POLICY
from desktop.services.accounting.month_end import close_books, reopen
from desktop.services.accounting.recognition import recognise
from desktop.services.bank.reconciling import run_pass
from desktop.services.bank.undoing import take_back
from desktop.services.book_settings import set_book_setting
from desktop.services.changes import changes, undo
from desktop.services.check import check
from desktop.services.credit_use import apply_credit
from desktop.services.credits import credit_invoice
from desktop.services.disputes import close_dispute, open_dispute
from desktop.services.dunning.planning import cancel_run, plan_run
from desktop.services.dunning.sending import send_run
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payments import record_payment
from desktop.services.runs import approve_drafts, hold_drafts, resume
from desktop.services.write_offs import write_off
from tests.bank_lines import add_account, add_line, add_statement
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows
from tests.ledger_proof import prove

FIRST = date(2026, 1, 1)
picks = st.integers(0, 1_000)
shares = st.sampled_from([10, 50, 98, 100, 100, 100, 103])


class LivesOfBooks(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.book = new_book(self.folder)
        self.today = date(2026, 1, 20)
        self.book.clock = lambda: datetime(self.today.year, self.today.month, self.today.day, 12, tzinfo=UTC)
        self.made = Contracts(self.book)
        self.changed = False

    @initialize()
    def begin(self) -> None:
        self.account = add_account(self.book)
        add_statement(self.book, self.account)
        self.sign_up("120", "recurring", False, "net 14")
        # What the life stands on is not undone.
        self.beginning = self.count("change_set")

    def teardown(self) -> None:
        prove(self.book)
        self.attempt(lambda: reopen(self.book, "The end", actor=ANNE))
        self.bill()
        # The same once more finds nothing left to do.
        before = self.count("invoice")
        self.bill()
        assert self.count("invoice") == before
        self.book.close()
        shutil.rmtree(self.folder)

    def attempt(self, act: Callable[[], Any]) -> Any:
        """What the program refuses must leave no trace; the invariant looks at the same book either way."""
        self.changed = True
        try:
            return act()
        except UserError:
            return None

    @property
    def agreements(self) -> list[tuple[int, int, str]]:
        """(client, agreement, billing)"""
        return rows(self.book, "SELECT client_id, id, billing FROM agreement ORDER BY id")

    def count(self, table: str) -> int:
        return int(rows(self.book, f"SELECT count(*) FROM {table}")[0][0])

    def numbers(self, where: str = "1") -> list[str]:
        found = f"SELECT number FROM invoice i WHERE kind IN ('invoice', 'deposit', 'final') AND {where} ORDER BY id"
        return [number for (number,) in rows(self.book, found)]

    def open_number(self, pick: int) -> tuple[str, int] | None:
        found = rows(
            self.book,
            "SELECT i.number, sum(o.open) FROM open_item o JOIN invoice i ON i.id = o.invoice_id"
            " WHERE o.open > 0 AND i.kind <> 'credit_note' GROUP BY i.id ORDER BY i.id",
        )
        return (found[pick % len(found)][0], int(found[pick % len(found)][1])) if found else None

    @rule(
        price=st.sampled_from(["0.01", "49.99", "120", "1333.33", "15000"]),
        billing=st.sampled_from(["recurring", "time"]),
        advance=st.booleans(),
        terms=st.sampled_from(["net 14", "net 30 2%/10", "receipt", "3 x monthly from net 10"]),
    )
    def sign_up(self, price: str, billing: str, advance: bool, terms: str) -> None:
        number = self.count("change_set")
        client = self.made.client(f"C{number}", terms=terms)
        self.made.agreement(
            client,
            f"A{number}",
            {"unit_price": price, "kind": billing},
            start_date=self.today - timedelta(days=number * 3 % 25),
            timing="advance" if advance and billing == "recurring" else "arrears",
            billing="recurring" if billing == "recurring" else "time",
        )
        self.changed = True

    @rule(pick=picks, hours=st.sampled_from(["0.25", "1.5", "7.75"]), ago=st.integers(0, 30))
    def work(self, pick: int, hours: str, ago: int) -> None:
        timed = [(client, agreement) for client, agreement, billing in self.agreements if billing == "time"]
        if timed:
            client, agreement = timed[pick % len(timed)]
            self.made.hours(client, agreement, (self.today - timedelta(days=ago)).isoformat(), hours)
            self.changed = True

    @rule(pick=picks, price=st.sampled_from(["75", "-20", "250.50"]), kind=st.sampled_from(["charge", "deposit"]))
    def charge(self, pick: int, price: str, kind: str) -> None:
        client, agreement, _ = self.agreements[pick % len(self.agreements)]
        if price.startswith("-"):
            kind = "discount"
        self.attempt(lambda: self.made.one_off(client, agreement, self.today.isoformat(), price, kind=kind))

    @rule()
    def bill(self) -> None:
        unfinished = rows(self.book, "SELECT number FROM run WHERE state NOT IN ('done', 'discarded')")
        for (run,) in unfinished:
            self.attempt(partial(resume, self.book, run, actor=ANNE, now=self.book.now))
        self.attempt(lambda: self.made.bill(self.today.isoformat()))

    @rule(pick=picks, release=st.booleans())
    def decide(self, pick: int, release: bool) -> None:
        held = [draft for (draft,) in rows(self.book, "SELECT id FROM draft WHERE state = 'held' ORDER BY id")]
        if not held:
            return
        chosen = held[: pick % len(held) + 1]
        if release:
            self.attempt(lambda: approve_drafts(self.book, chosen, "seen", actor=ANNE, now=self.book.now))
            self.bill()
        else:
            self.attempt(lambda: hold_drafts(self.book, chosen, "later", actor=ANNE, now=self.book.now))

    @rule(pick=picks, share=shares, ago=st.integers(0, 10))
    def pay(self, pick: int, share: int, ago: int) -> None:
        if found := self.open_number(pick):
            number, owed = found
            day = self.today - timedelta(days=ago)
            self.attempt(
                lambda: record_payment(
                    self.book,
                    amount=max(owed * share // 100, 1),
                    paid_on=day,
                    actor=ANNE,
                    today=self.today,
                    numbers=[number],
                )
            )

    @rule(picked=st.lists(picks, min_size=1, max_size=4), share=shares)
    def statement(self, picked: list[int], share: int) -> None:
        for pick in picked:
            if found := self.open_number(pick):
                number, owed = found
                add_line(self.book, self.account, self.today, max(owed * share // 100, 1), f"Invoice {number}")
        self.attempt(lambda: run_pass(self.book, actor=ANNE, today=self.today))

    @rule(pick=picks)
    def take_a_line_back(self, pick: int) -> None:
        booked = [line for (line,) in rows(self.book, "SELECT id FROM bank_line WHERE state = 'booked'")]
        if booked:
            line = booked[pick % len(booked)]
            self.attempt(
                lambda: take_back(self.book, line_ids=[line], actor=ANNE, today=self.today, reason="Not theirs")
            )

    @rule(pick=picks)
    def bounce(self, pick: int) -> None:
        paid = [number for (number,) in rows(self.book, "SELECT number FROM payment WHERE reverses_id IS NULL")]
        if paid:
            number = paid[pick % len(paid)]
            self.attempt(
                lambda: reverse_payment(
                    self.book, number, on=self.today, reason="bounced", actor=ANNE, today=self.today
                )
            )

    @rule(pick=picks, part=st.booleans(), again=st.booleans())
    def correct(self, pick: int, part: bool, again: bool) -> None:
        if numbers := self.numbers():
            number = numbers[pick % len(numbers)]
            given: dict[str, Any] = {"amount_gross": 100 + pick} if part else {"reissue": again}
            self.attempt(
                lambda: credit_invoice(self.book, number, reason="wrong", actor=ANNE, today=self.today, **given)
            )

    @rule(pick=picks)
    def give_up(self, pick: int) -> None:
        if found := self.open_number(pick):
            self.attempt(
                lambda: write_off(
                    self.book, found[0], reason="small", on=self.today, actor=ANNE, today=self.today, amount=found[1]
                )
            )

    @rule(pick=picks)
    def use_credit(self, pick: int) -> None:
        client = self.agreements[pick % len(self.agreements)][0]
        self.attempt(lambda: apply_credit(self.book, client_id=client, on=self.today, actor=ANNE, today=self.today))

    @rule(pick=picks, over=st.booleans())
    def quarrel(self, pick: int, over: bool) -> None:
        if numbers := self.numbers():
            number = numbers[pick % len(numbers)]
            if over:
                self.attempt(
                    lambda: close_dispute(
                        self.book, number, outcome="settled", on=self.today, actor=ANNE, today=self.today
                    )
                )
            else:
                self.attempt(
                    lambda: open_dispute(
                        self.book, number, reason="hours", amount=None, on=self.today, actor=ANNE, today=self.today
                    )
                )

    @rule(keep=st.booleans())
    def remind(self, keep: bool) -> None:
        planned = self.attempt(lambda: plan_run(self.book, as_of=self.today, actor=ANNE))
        if planned is None or not planned.run:
            return
        if keep:
            self.attempt(lambda: send_run(self.book, planned.run, actor=ANNE))
        else:
            self.attempt(lambda: cancel_run(self.book, planned.run, actor=ANNE))

    @rule()
    def earn(self) -> None:
        through = self.today.replace(day=1) - timedelta(days=1)
        self.attempt(lambda: recognise(self.book, through=through, actor=ANNE, today=self.today))

    @rule()
    def close_the_month(self) -> None:
        through = self.today.replace(day=1) - timedelta(days=1)
        passed = [point.key for point in checklist(self.book, through)]
        self.attempt(
            lambda: close_books(
                self.book, through, actor=ANNE, today=self.today, note="As it stands", passed_over=passed
            )
        )

    @rule()
    def open_again(self) -> None:
        self.attempt(lambda: reopen(self.book, "Forgot one", actor=ANNE))

    @rule(word=st.sampled_from(["issue", "daily", "monthly"]))
    def earn_otherwise(self, word: str) -> None:
        set_book_setting(self.book, POLICY, word, actor=ANNE)

    @rule()
    def take_it_back(self) -> None:
        (last,) = changes(self.book)[:1]
        if last.id > self.beginning and last.undoable and not last.undone_by:
            # Without its number, an undo that is the last would be passed over for what stands before it.
            self.attempt(lambda: undo(self.book, ANNE, last.id))
            self.made.items = dict(rows(self.book, "SELECT code, id FROM item"))

    @rule(days=st.sampled_from([1, 9, 31]))
    def time_goes_by(self, days: int) -> None:
        self.today += timedelta(days=days)

    @invariant()
    def proves_itself(self) -> None:
        if self.changed:
            self.changed = False
            assert check(self.book).problems == ()


_SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
TestLivesOfBooks = LivesOfBooks.TestCase
TestLivesOfBooks.settings = settings(max_examples=6, stateful_step_count=25, deadline=None, suppress_health_check=_SLOW)

if __name__ == "__main__":
    run_state_machine_as_test(
        LivesOfBooks,
        settings=settings(
            max_examples=int(sys.argv[1]), stateful_step_count=120, deadline=None, suppress_health_check=_SLOW
        ),
    )
