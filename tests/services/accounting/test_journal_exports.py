"""The journal as files: texts that Beancount, Ledger and hledger read, with the balances that the book has."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from desktop.documents.text_ledgers import Account, Entry, Side, beancount, ledger
from desktop.domain.money import major_text, to_major
from desktop.errors import UserError
from desktop.services.accounting.adjustments import Line, adjust
from desktop.services.accounting.chart import account_numbered
from desktop.services.accounting.exports.journal_files import write_beancount, write_journal_table, write_ledger
from desktop.services.accounting.trial_balance import trial_balance
from tests.contracts import ANNE
from tests.lived_book import TODAY, lived_book

FIRST, MIDDLE = date(2026, 1, 1), date(2026, 4, 15)

# Beancount's own grammar, of what is used of it: directives, then postings with at most a total price.
_NAME = r"(Assets|Liabilities|Equity|Income|Expenses):[A-Z0-9][A-Za-z0-9\-]*"
_AMOUNT = r"-?\d+(\.\d+)? [A-Z]{3}( @@ \d+(\.\d+)? [A-Z]{3})?"
_BEANCOUNT = re.compile(
    r'(option "[a-z_]+" "([^"\\]|\\.)*"'
    rf"|\d{{4}}-\d\d-\d\d open {_NAME}"
    r'|\d{4}-\d\d-\d\d \* "([^"\\]|\\.)*" "([^"\\]|\\.)*"( \^[A-Za-z0-9\-_/.]+)?'
    r'|  entry: "[a-z0-9]+"'
    rf"|  {_NAME}  {_AMOUNT}"
    r"|)"
)
_LEDGER = re.compile(
    r"(; [^\n]*|commodity [A-Z]{3}|tag entry|account (Assets|Liabilities|Equity|Income|Expenses):\S+( \S+)*"
    r"|\d{4}-\d\d-\d\d \*( \([A-Za-z0-9\-_/.]+\))? [^;|]+"
    r"|    ; entry: [a-z0-9]+"
    rf"|    (Assets|Liabilities|Equity|Income|Expenses):\S+( \S+)*  {_AMOUNT}"
    r"|)"
)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with lived_book(tmp_path) as book:
        sides = [Line(account_numbered(book, "4930"), 1_250), Line(account_numbered(book, "1200"), -1_250)]
        adjust(book, sides, on=TODAY, note='Paper; "A4" {x} | y\n@ 5 = = =', actor=ANNE, today=TODAY)
        yield book


def balances_of(text: str) -> dict[tuple[str, str], Decimal]:
    """What the postings of a text come to, by the number of the account and currency."""
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for number, amount, currency in re.findall(
        r"^ +[A-Z][a-z]+:(\w+)[^\n]*?  (-?[\d.]+) ([A-Z]{3})(?: @@ .*)?$", text, re.MULTILINE
    ):
        found[number, currency] += Decimal(amount)
    return {key: amount for key, amount in found.items() if amount}


def balances_in(book: Book, last: date) -> dict[tuple[str, str], Decimal]:
    return {
        (row.account.number, currency): to_major(balance.closing, currency)
        for row in trial_balance(book, last).rows
        for currency, balance in row.currencies.items()
        if balance.closing
    }


@pytest.mark.parametrize("first", [FIRST, MIDDLE])
def test_beancount_has_the_balances_of_the_book(book: Book, tmp_path: Path, first: date) -> None:
    path = tmp_path / "journal.beancount"
    made = write_beancount(book, path, first, TODAY)
    text = path.read_text(encoding="utf-8")
    assert [line for line in text.split("\n") if not _BEANCOUNT.fullmatch(line)] == []
    assert made.entries == text.count("\n  entry: ") - text.count('entry: "opening"')
    assert balances_of(text) == balances_in(book, TODAY)
    opened = re.findall(r"^([\d-]+) open (\S+)$", text, re.MULTILINE)
    assert len({name for _day, name in opened}) == len(opened)
    assert text.index(" open ") < text.index(" * ")
    tool = shutil.which("bean-check")
    if tool is None:
        pytest.skip("Beancount is not installed; its grammar was checked line by line")
    proved = subprocess.run([tool, str(path)], capture_output=True, text=True, check=False)
    assert (proved.returncode, proved.stderr) == (0, "")


@pytest.mark.parametrize("first", [FIRST, MIDDLE])
def test_ledger_has_the_balances_of_the_book(book: Book, tmp_path: Path, first: date) -> None:
    path = tmp_path / "journal.ledger"
    write_ledger(book, path, first, TODAY)
    text = path.read_text(encoding="utf-8")
    assert [line for line in text.split("\n") if not _LEDGER.fullmatch(line)] == []
    assert balances_of(text) == balances_in(book, TODAY)


@pytest.mark.parametrize("tool, arguments", [("ledger", ["bal", "--strict"]), ("hledger", ["check", "accounts"])])
def test_ledgers_own_programs_read_it(book: Book, tmp_path: Path, tool: str, arguments: list[str]) -> None:
    found = shutil.which(tool)
    if found is None:
        pytest.skip(f"{tool} is not installed")
    path = tmp_path / "journal.ledger"
    write_ledger(book, path, FIRST, TODAY)
    proved = subprocess.run([found, "-f", str(path), *arguments], capture_output=True, text=True, check=False)
    assert proved.returncode == 0, proved.stderr
    assert proved.stderr == ""


def test_a_table_has_every_posting_and_both_sides(book: Book, tmp_path: Path) -> None:
    path = tmp_path / "journal.csv"
    made = write_journal_table(book, path, FIRST, TODAY)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len({row["Entry"] for row in rows}) == made.entries
    debit, credit = (sum(Decimal(row[f"{side} in EUR"] or 0) for row in rows) for side in ("Debit", "Credit"))
    total = trial_balance(book, TODAY, FIRST).total
    assert debit == credit == Decimal(major_text(total.debit, "EUR"))
    assert {row["Account"] for row in rows} >= {"1400", "8400", "1776"}
    # What a spreadsheet would take for a formula is written so that it does not.
    assert all(not value.startswith(("=", "+", "@")) for row in rows for value in row.values())


def test_days_on_which_nothing_was_booked_are_refused(book: Book, tmp_path: Path) -> None:
    path = tmp_path / "journal.beancount"
    with pytest.raises(UserError, match="Nothing was booked on these days"):
        write_beancount(book, path, date(2020, 1, 1), date(2020, 12, 31))
    with pytest.raises(UserError, match="The first day lies after the last one"):
        write_beancount(book, path, TODAY, FIRST)
    assert not path.exists()


def test_names_and_texts_that_would_break_the_grammar() -> None:
    odd = Account("", 'खाता: "x"; y  z', "asset")
    other = Account("1-2", "ürgent: [a](b)", "expense")
    sides = (Side(odd, "JPY", 500, -3), Side(other, "JPY", -500, 3), Side(other, "JPY", 0, 0))
    entry = Entry("1", FIRST, 'A "B" \\ C\nD', "; e | f", "INV 1/ü", sides)
    for line in beancount('F "G"', "EUR", [entry]):
        assert _BEANCOUNT.fullmatch(line), line
    for line in ledger("F\nG", "EUR", [entry]):
        assert _LEDGER.fullmatch(line), line
    told = [line for line in ledger("F", "EUR", [entry]) if line.startswith("  ") and line.endswith("EUR")]
    # Where the firm's value has the other sign it stands for itself, since a price is never negative.
    assert [line.rsplit("  ", 1)[1] for line in told] == [
        "500 JPY @@ 0.00 EUR", "-0.03 EUR", "-500 JPY @@ 0.00 EUR", "0.03 EUR",
    ]  # fmt: skip
