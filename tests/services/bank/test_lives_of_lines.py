"""Random lives of bank lines: booked in parts, put aside, returned, taken back, passed over; the books stay true."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.services.bank.booking import book_line, put_aside
from desktop.services.bank.choosing import chosen, chosen_return
from desktop.services.bank.passes import passes
from desktop.services.bank.proposing import proposals
from desktop.services.bank.reconciling import run_pass
from desktop.services.bank.showing import shown_lines
from desktop.services.bank.undoing import take_back
from desktop.services.credits import credit_invoice
from desktop.services.payments import record_payment
from tests.bank_lines import add_account, add_line
from tests.books import new_book
from tests.contracts import rows
from tests.issued import ANNE, add_client, add_invoice
from tests.ledger_proof import prove

TODAY = date(2026, 3, 31)
START = date(2026, 1, 5)


class _Life:
    def __init__(self, book: Book, chance: Random) -> None:
        self.book, self.chance = book, chance
        self.account = add_account(book)
        self.clients = [
            add_client(book, f"C{k}", name=f"{name} AG") for k, name in enumerate(("Alpha", "Bravo", "Delta"))
        ]
        self.numbers = [self.invoice() for _ in range(4)]
        self.lines = [self.line() for _ in range(3)]
        self.done = 0

    def invoice(self) -> str:
        day = START + timedelta(self.chance.randrange(60))
        lines = [(self.chance.randrange(100, 300) * 100, self.chance.choice((0, 19)))]
        terms = self.chance.choice(("net 30", "net 30 2%/10"))
        return add_invoice(
            self.book, self.chance.choice(self.clients), day, *lines, terms=terms, parts=self.chance.random() < 0.3
        )

    def line(self) -> int:
        amount = self.chance.choice((11_900, 20_000, 23_800, 5_000, 35_700)) + self.chance.randrange(3)
        if self.chance.random() < 0.15:
            amount = -amount
        text = f"Invoice {self.chance.choice(self.numbers)}" if self.chance.random() < 0.6 else "Thanks"
        return add_line(self.book, self.account, START + timedelta(self.chance.randrange(80)), amount, text)

    def step(self) -> None:
        act = self.chance.choice(
            (self._choose, self._best, self._aside, self._return, self._back, self._pass, self._else)
        )
        with suppress(UserError):
            act()
            self.done += 1

    def _choose(self) -> None:
        found = proposals(self.book, today=TODAY)
        line = self.chance.choice(list(found.lines) or [0])
        items = self.chance.sample(list(found.items), k=min(len(found.items), self.chance.randrange(1, 3)))
        lost = "Small" if self.chance.random() < 0.3 else ""
        parts = chosen(found, line, items, charges=self.chance.choice((0, 0, 150)), write_off=lost)
        book_line(self.book, line, parts, actor=ANNE, today=TODAY)

    def _best(self) -> None:
        found = proposals(self.book, today=TODAY)
        line = self.chance.choice(list(found.lines) or [0])
        best = found.best(line)
        if best is not None:
            book_line(self.book, line, found.parts(best), actor=ANNE, today=TODAY)

    def _aside(self) -> None:
        put_aside(self.book, [self.chance.choice(self.lines)], note="Rent", actor=ANNE, today=TODAY)

    def _return(self) -> None:
        paid = rows(
            self.book, "SELECT amount - coalesce(charges, 0) FROM payment WHERE amount > 0 AND reverses_id IS NULL"
        )
        (amount,) = self.chance.choice(paid or [(100,)])
        line = add_line(self.book, self.account, START + timedelta(84), -amount - 350, "Return", returns=True)
        self.lines.append(line)
        found = proposals(self.book, today=TODAY)
        parts = chosen_return(found, line, self.chance.choice(list(found.past)) if found.past else 0)
        book_line(self.book, line, parts, actor=ANNE, today=TODAY)

    def _back(self) -> None:
        if self.chance.random() < 0.4 and passes(self.book):
            number = self.chance.choice(passes(self.book)).id
            take_back(self.book, reconciliation_id=number, actor=ANNE, today=TODAY, reason="Wrong")
        else:
            booked = [one.id for one in shown_lines(self.book) if one.matches]
            take_back(self.book, line_ids=[self.chance.choice(booked or [0])], actor=ANNE, today=TODAY, reason="Wrong")

    def _pass(self) -> None:
        run_pass(self.book, actor=ANNE, today=TODAY)

    def _else(self) -> None:
        """What happens beside the bank: more invoices and lines, credit notes, payments by hand."""
        self.lines.append(self.line())
        number = self.chance.choice(self.numbers)
        if self.chance.random() < 0.5:
            credit_invoice(self.book, number, reason="Less", actor=ANNE, today=TODAY, amount_gross=1_000)
        else:
            day = START + timedelta(self.chance.randrange(80))
            record_payment(self.book, amount=11_900, paid_on=day, actor=ANNE, today=TODAY, numbers=[number])
        self.numbers.append(self.invoice())


@pytest.mark.parametrize("seed", range(6))
def test_a_life(tmp_path: Path, seed: int) -> None:
    with new_book(tmp_path) as book:
        life = _Life(book, Random(f"lines:{seed}"))
        for _ in range(25):
            life.step()
        assert life.done > 5
        prove(book)
        for one in shown_lines(book):
            assert (one.state == "booked") is (one.left == 0)
            assert abs(one.left) <= abs(one.amount)
        # All of it can be taken back, unless something stands on it.
        with suppress(UserError):
            for one in shown_lines(book):
                if one.matches:
                    take_back(book, line_ids=[one.id], actor=ANNE, today=TODAY, reason="All")
        prove(book)
