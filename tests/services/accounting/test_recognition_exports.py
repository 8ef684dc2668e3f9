"""What is deferred, accrued and earned finds an account in every chart, and goes to the accountant in every form."""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from db.schema import RuleSetting, Setting
from desktop.domain.money import to_major
from desktop.services.accounting.chart import take_chart
from desktop.services.accounting.chart_files import chart, offered_charts
from desktop.services.accounting.deferrals import POLICY
from desktop.services.accounting.exports.journal_files import write_beancount, write_journal_table, write_ledger
from desktop.services.accounting.recognition import recognise
from desktop.services.accounting.trial_balance import trial_balance
from desktop.services.archive.datev_export import write_datev
from desktop.services.archive.datev_settings import set_datev
from desktop.services.changes import change
from desktop.services.credits import credit_invoice
from desktop.services.reports import report
from tests.billing_facts import day
from tests.books import new_book
from tests.contracts import ANNE, Contracts
from tests.issued import add_rate
from tests.ledger_proof import prove
from tests.services.accounting.test_journal_exports import balances_in, balances_of
from tests.services.archive.test_datev import balances, lines_of

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """A year in advance at home, abroad and in dollars, months in arrears, and part of the year credited."""
    with new_book(tmp_path) as book:
        with change(book, ANNE, "Set up") as made:
            made.insert(RuleSetting, code="negative_total", scope="firm", enabled=False)
            made.insert(Setting, key=POLICY, value='"daily"')
        contracts = Contracts(book)
        add_rate(book, "USD", FIRST, Decimal("0.917"))
        home = contracts.client()
        dutch = contracts.client("C2", country="NL", tax_id="NL004495445B01")
        american = contracts.client("C3", country="US", currency="USD")
        for place, client in enumerate((home, dutch, american), 1):
            currency = "USD" if client == american else "EUR"
            yearly: dict[str, Any] = {"every_unit": "year", "timing": "advance", "currency": currency}
            contracts.agreement(client, f"Y{place}", {"unit_price": "1000.01"}, **yearly)
            contracts.agreement(client, f"M{place}", {"unit_price": "99.99"}, currency=currency)
        first = contracts.bill("2026-01-15").invoices
        contracts.bill("2026-02-05")
        recognise(book, through=day("2026-03-31"), actor=ANNE, today=LAST)
        credit_invoice(book, first[0], reason="Half", actor=ANNE, today=day("2026-04-10"), amount_gross=50_000)
        recognise(book, through=day("2026-06-30"), actor=ANNE, today=LAST)
        yield book


def use(book: Book, name: str) -> None:
    take_chart(book, chart(name), actor=ANNE, title=name)


@pytest.mark.parametrize("name", [one.name for one in offered_charts()])
def test_every_chart_has_an_account_for_every_posting(book: Book, tmp_path: Path, name: str) -> None:
    use(book, name)
    for on in (day("2026-01-31"), day("2026-02-05"), LAST):
        found = trial_balance(book, on)
        assert all(row.account.assigned for row in found.rows), name
        assert found.total.closing == 0
    for write, ending in ((write_beancount, "beancount"), (write_ledger, "ledger")):
        path = tmp_path / f"journal.{ending}"
        write(book, path, FIRST, LAST)
        assert balances_of(path.read_text(encoding="utf-8")) == balances_in(book, LAST)
    tool = shutil.which("bean-check")
    if tool is not None:
        proved = subprocess.run([tool, str(tmp_path / "journal.beancount")], capture_output=True, check=False)
        assert (proved.returncode, proved.stderr) == (0, b"")
    write_journal_table(book, tmp_path / "journal.csv", FIRST, LAST)
    with (tmp_path / "journal.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["Kind"] for row in rows} == {"Invoice", "Credit note", "Recognition"}
    assert all(row["Account"] and row["Document"] for row in rows)
    prove(book)


def test_the_journal_of_a_client_has_what_was_earned_of_its_documents(book: Book) -> None:
    everyone = [row for row in report(book, "journal", as_of=LAST, since=FIRST).rows if row["kind"] == "recognition"]
    assert everyone
    assert all(row["document"] for row in everyone)
    one = report(book, "journal", as_of=LAST, since=FIRST, client_code="C2").rows
    assert [row for row in one if row["kind"] == "recognition"] == [row for row in everyone if row["client"] == "C2"]
    assert {row["client"] for row in one} == {"C2"}


@pytest.mark.parametrize("number", ["03", "04"])
def test_datev_comes_to_the_trial_balance(book: Book, tmp_path: Path, number: str) -> None:
    use(book, f"skr{number}")
    set_datev(book, {"datev.consultant": "1001", "datev.client": "12", "datev.chart": number}, actor=ANNE)
    path = tmp_path / "EXTF_Buchungsstapel.csv"
    write_datev(book, path, first=FIRST, last=LAST)
    _head, told = lines_of(path.read_bytes())
    found: dict[str, Decimal] = defaultdict(Decimal)
    receivable = {"03": "1400", "04": "1200"}[number]
    for account, amount in balances(told).items():
        found[receivable if account >= 10_000 else f"{account:04}"] += amount
    known = {row.account.number: to_major(row.firm.closing, "EUR") for row in trial_balance(book, LAST, FIRST).rows}
    assert {key: amount for key, amount in found.items() if amount} == {k: a for k, a in known.items() if a}
    # What was earned names the document that it is of.
    assert all(line["Belegfeld 1"].startswith(("INV", "CN", "CR")) for line in told)


def test_datev_takes_a_small_business_and_what_it_earns_to_one_account(tmp_path: Path) -> None:
    with new_book(tmp_path, small_business=True) as book:
        with change(book, ANNE, "Set up") as made:
            made.insert(Setting, key=POLICY, value='"monthly"')
        contracts = Contracts(book)
        contracts.agreement(contracts.client(), "Y1", {"unit_price": "1200"}, every_unit="year", timing="advance")
        contracts.bill("2026-01-01")
        recognise(book, through=day("2026-01-31"), actor=ANNE, today=LAST)
        use(book, "skr03")
        set_datev(book, {"datev.consultant": "1001", "datev.client": "12", "datev.chart": "03"}, actor=ANNE)
        path = tmp_path / "EXTF_Buchungsstapel.csv"
        write_datev(book, path, first=FIRST, last=LAST)
        _head, told = lines_of(path.read_bytes())
        (revenue,) = [row for row in trial_balance(book, LAST).rows if row.account.kind == "income"]
        sides = {line["Konto"] for line in told} | {line["Gegenkonto (ohne BU-Schlüssel)"] for line in told}
        assert revenue.account.number in sides
