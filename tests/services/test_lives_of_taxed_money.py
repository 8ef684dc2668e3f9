"""Random lives of a firm whose invoices bear several taxes, are rounded to a coin, withheld from, credited, planned."""

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
from db.schema import Client
from desktop.domain.billing import part_of
from desktop.domain.instalments import equal_instalments
from desktop.domain.periods import Interval
from desktop.errors import UserError
from desktop.services.credits import credit_invoice
from desktop.services.payment_plans import agree_plan, plan_basis
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payments import record_payment
from desktop.services.rounding import set_rounding
from desktop.services.tax_rules import Area, save_areas
from desktop.services.withholding import expected_withholding
from desktop.services.write_offs import write_off
from tests.contracts import ANNE, Contracts, rows
from tests.ledger_proof import prove
from tests.regions import book_of, issue_all

FIRST = date(2026, 4, 1)
picks = st.integers(0, 100)
# The firm's country, currency and region, the client's region, and the coin that amounts are rounded to.
PLACES = {
    "India within a state": ("IN", "INR", "Karnataka", "Karnataka", "1"),
    "India between states": ("IN", "INR", "Karnataka", "Goa", "1"),
    "Quebec": ("CA", "CAD", "QC", "QC", "0.05"),
    "Texas": ("US", "USD", "TX", "TX Austin", "0"),
    "Switzerland": ("CH", "CHF", "", "", "0.05"),
}


class LivesOfTaxedMoney(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.today = FIRST
        self.payments: list[str] = []
        self.invoices: list[str] = []

    @initialize(place=st.sampled_from(sorted(PLACES)), fraction=st.sampled_from(["0", "0.1", "0.02"]))
    def firm(self, place: str, fraction: str) -> None:
        country, self.currency, region, there, coin = PLACES[place]
        self.book: Book = book_of(self.folder, country, self.currency, region=region)
        set_rounding(self.book, self.currency, Decimal(coin), actor=ANNE)
        if country == "US":
            taxes = [("Texas", Decimal("6.25")), ("Austin", Decimal(1)), ("Transit", Decimal("0.975"))]
            save_areas(self.book, [Area("TX Austin", "Austin", taxes, FIRST)], actor=ANNE)
        self.made = Contracts(self.book)
        self.client = self.made.client(
            country=country,
            currency=self.currency,
            region=there[:2] if country == "US" else there,
            place_of_supply=there if country == "US" else "",
            withholding=int(Decimal(fraction) * 1_000_000),
        )
        self.items = [self.made.item("SVC", hsn_sac="998311")]
        if country == "IN":
            self.items.append(self.made.item("BOOK", hsn_sac="4901", tax="gst-5"))

        self.bill([33_333, 1_005], "2/10 net 30")

    def teardown(self) -> None:
        if hasattr(self, "book"):
            self.book.close()
        shutil.rmtree(self.folder)

    def attempt(self, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except UserError:
            return None

    def number(self, pick: int) -> str:
        return self.invoices[pick % len(self.invoices)]

    @rule(days=st.integers(1, 20))
    def time_passes(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule(
        nets=st.lists(st.integers(100, 99_999), min_size=1, max_size=3),
        terms=st.sampled_from(["2/10 net 30", "1/3 now, rest net 30"]),
    )
    def bill(self, nets: list[int], terms: str) -> None:
        if len(self.invoices) > 3:
            return
        self.made.update(Client, self.client, terms=terms)
        for place, net in enumerate(nets):
            self.made.one_off(
                self.client,
                None,
                self.today.isoformat(),
                str(Decimal(net) / 100),
                item_id=self.items[place % len(self.items)],
                currency=self.currency,
                description=f"Audit {place} of {self.today}",
            )
        number = issue_all(self.book, self.today.isoformat())
        if number not in self.invoices:
            self.invoices.append(number)

    @rule(pick=picks, amount=st.integers(1, 99_999), whole=st.booleans(), kept=st.sampled_from([0, 1, 700, None]))
    def pay(self, pick: int, amount: int, whole: bool, kept: int | None) -> None:
        number = self.number(pick)
        expected = expected_withholding(self.book, [number])
        (is_open,) = rows(
            self.book,
            "SELECT sum(o.open) FROM open_item o JOIN invoice i ON i.id = o.invoice_id WHERE i.number = ?",
            number,
        )[0]
        assert 0 <= expected <= is_open
        withheld = expected if kept is None else kept
        if whole and is_open > withheld:
            amount = is_open - withheld
        done = record_payment(
            self.book,
            amount=amount,
            withheld=withheld,
            paid_on=self.today,
            today=self.today,
            numbers=[number],
            actor=ANNE,
        )
        self.payments += [done.payment, done.withheld] if done.withheld else [done.payment]
        assert sum(part for _number, part in done.allocated) + done.unapplied == amount + withheld

    @rule(pick=picks)
    def bounce(self, pick: int) -> None:
        if self.payments:
            payment = self.payments.pop(pick % len(self.payments))
            reverse_payment(self.book, payment, on=self.today, reason="b", actor=ANNE, today=self.today)

    @rule(pick=picks, amount=st.none() | st.integers(1, 20_000), line=st.booleans())
    def credit(self, pick: int, amount: int | None, line: bool) -> None:
        given = {"lines": [1]} if line else {"amount_gross": amount}
        self.attempt(
            lambda: credit_invoice(self.book, self.number(pick), reason="c", actor=ANNE, today=self.today, **given)
        )

    @rule(pick=picks, amount=st.none() | st.integers(1, 20_000))
    def lose(self, pick: int, amount: int | None) -> None:
        self.attempt(
            lambda: write_off(
                self.book, self.number(pick), amount=amount, reason="l", on=self.today, actor=ANNE, today=self.today
            )
        )

    @rule(pick=picks, count=st.integers(1, 4))
    def plan(self, pick: int, count: int) -> None:
        def act() -> None:
            basis = plan_basis(self.book, [self.number(pick)])
            if basis.open >= count:
                parts = equal_instalments(basis.open, count, self.today, Interval(10, "day"))
                agree_plan(self.book, basis.numbers, parts, on=self.today, reason="p", actor=ANNE, today=self.today)

        self.attempt(act)

    @invariant()
    def the_books_agree(self) -> None:
        prove(self.book)

    @invariant()
    def each_tax_is_its_rate_of_what_bears_it(self) -> None:
        for basis, rate, tax in rows(self.book, "SELECT basis, rate, tax FROM invoice_tax"):
            assert tax == part_of(basis, rate)
        for row in rows(self.book, "SELECT net + tax, gross, gross + rounding, payable FROM invoice"):
            assert (row[0], row[2]) == (row[1], row[3])
        for (number, left), (_number, payable) in zip(
            rows(self.book, _LEFT.format("t.basis", "JOIN invoice_tax t ON t.invoice_id = i.id")),
            rows(self.book, _LEFT.format("i.payable", "")),
            strict=True,
        ):
            # What is credited whole leaves no basis behind, and nothing is credited twice.
            assert payable >= 0, number
            assert left == 0 if payable == 0 else left >= 0, number


_LEFT = """SELECT o.number, sum(CASE WHEN i.kind = 'credit_note' THEN -{0} ELSE {0} END) FROM invoice o
JOIN invoice i ON i.id = o.id OR i.corrects_id = o.id {1} WHERE o.kind = 'invoice' GROUP BY o.id ORDER BY o.id"""

TestLivesOfTaxedMoney = LivesOfTaxedMoney.TestCase
TestLivesOfTaxedMoney.settings = settings(
    max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
