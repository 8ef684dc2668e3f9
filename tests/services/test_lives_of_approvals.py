"""Random reviews by several people: nothing large is issued that two of them did not approve as it is."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from db.schema import AgreementLine, Client
from desktop.errors import UserError
from desktop.services.check import check
from desktop.services.limits import set_second_approval
from desktop.services.people import save_person
from desktop.services.runs import (
    LineEdit,
    approve,
    approve_drafts,
    edit,
    exceptions,
    hold_drafts,
    look_again,
    plan,
    resume,
)
from tests.billing_facts import day, money
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows

LIMIT = 2_000
PEOPLE = ("Ann", "Ben", "Cleo")
people = st.sampled_from(PEOPLE)
drafts = st.integers(1, 3)
prices = st.sampled_from([500, 1_999, 2_001, 6_000])


class Review(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.book = new_book(self.folder)
        # Who approved each draft since it last changed; what is issued.
        self.seen: dict[int, set[str]] = {1: set(), 2: set(), 3: set()}
        self.issued: set[int] = set()

    @initialize(first=prices, second=prices, third=prices)
    def begin(self, first: int, second: int, third: int) -> None:
        made = Contracts(self.book)
        # Cleo may approve up to 3,000.
        save_person(self.book, {"name": "Cleo", "approval_limit": 300_000}, actor=ANNE)
        set_second_approval(self.book, LIMIT * 100, actor=ANNE)
        for number, price in enumerate((first, second, third), 1):
            made.agreement(made.client(f"C{number}", on_hold=True), f"A{number}", {"unit_price": str(price)})
        self.run = plan(
            self.book, through=day("2026-01-31"), issue_date=day("2026-01-31"), actor=ANNE, now=self.book.now
        ).number

    def teardown(self) -> None:
        assert check(self.book).problems == ()
        self.book.close()
        shutil.rmtree(self.folder)

    def attempt(self, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except UserError:
            return None

    def open(self, draft: int) -> bool:
        return draft not in self.issued

    @rule(who=people, chosen=st.sets(drafts, min_size=1))
    def approve_all(self, who: str, chosen: set[int]) -> None:
        done = approve_drafts(self.book, sorted(chosen), "", actor=who, now=self.book.now)
        for draft in (*done.released, *done.waiting):
            self.seen[draft].add(who)
        assert not set(done.released) & set(done.waiting)

    @rule(who=people, place=st.integers(0, 5))
    def approve_one(self, who: str, place: int) -> None:
        found = exceptions(self.book)
        if place < len(found) and self.attempt(
            lambda: approve(self.book, [found[place].id], "", actor=who, now=self.book.now)
        ):
            self.seen[found[place].draft_id].add(who)

    @rule(who=people, draft=drafts, price=prices)
    def change_by_hand(self, who: str, draft: int, price: int) -> None:
        if self.open(draft):
            edit(self.book, draft, [LineEdit(1, unit_price=Decimal(price))], actor=who)
            self.seen[draft] = set()

    @rule(who=people, draft=drafts)
    def hold(self, who: str, draft: int) -> None:
        if self.open(draft):
            hold_drafts(self.book, [draft], "Wait", actor=who, now=self.book.now)
            self.seen[draft] = set()

    @rule(draft=drafts, price=prices)
    def change_the_agreement(self, draft: int, price: int) -> None:
        row = rows(self.book, "SELECT unit_price FROM agreement_line WHERE id = ?", draft)
        if row[0][0] != money(price):
            Contracts(self.book).update(AgreementLine, draft, unit_price=money(price))
            self.seen[draft] = set()

    @rule(draft=drafts)
    def dispute(self, draft: int) -> None:
        disputed = rows(self.book, "SELECT disputed FROM client WHERE id = ?", draft)[0][0]
        Contracts(self.book).update(Client, draft, disputed=not disputed)

    @rule(draft=drafts)
    def look(self, draft: int) -> None:
        if self.open(draft):
            look_again(self.book, [draft], actor=ANNE)

    @rule()
    def issue(self) -> None:
        state = rows(self.book, "SELECT state FROM run")[0][0]
        if state != "done":
            resume(self.book, self.run, actor=ANNE, now=self.book.now)

    @invariant()
    def large_ones_were_approved_by_two(self) -> None:
        for draft, net, first, second in rows(
            self.book, "SELECT id, net, decided_by, seconded_by FROM draft WHERE state = 'issued'"
        ):
            if draft in self.issued:
                continue
            self.issued.add(draft)
            assert self.seen[draft], "Nobody approved it as it is."
            if net > LIMIT * 100:
                assert len(self.seen[draft]) > 1
                assert {first, second} <= self.seen[draft]
                assert first != second
            assert net <= 300_000 or self.seen[draft] != {"Cleo"}


Review.TestCase.settings = settings(
    max_examples=25, stateful_step_count=18, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
test_reviews = Review.TestCase
