"""The run report: everyone accounted for, who approved what, and a hash that any tool can reckon again."""

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from desktop.documents.render import render_pdf
from desktop.domain.letter import Letter, LetterTable, Money, Term, term
from desktop.errors import UserError
from desktop.services.check import check
from desktop.services.letters.run_report import run_report
from desktop.services.runs import BillResult, approve, exceptions, resume
from tests.books import new_book
from tests.contracts import Contracts, rows, value
from tests.documents.papers import text

ON = date(2026, 3, 1)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def billed(book: Book) -> BillResult:
    """Two invoices at once, one held above its limit, one blocked without a city, one skipped."""
    contracts = Contracts(book)
    contracts.agreement(contracts.client("C1"), "A1")
    contracts.agreement(contracts.client("C2", currency="USD"), "A2", currency="USD")
    contracts.agreement(contracts.client("C3"), "A3", {"unit_price": "20000"})
    contracts.agreement(contracts.client("C4", street="", city=""), "A4")
    contracts.agreement(contracts.client("C5"), "A5", start_date="2026-06-01")
    return contracts.bill("2026-02-28")


def table(letter: Letter, title: str) -> LetterTable:
    (found,) = [one for one in letter.tables if isinstance(one.title, Term) and one.title.key == title]
    return found


def test_everyone_has_one_outcome_and_every_document_its_seal(book: Book) -> None:
    result = billed(book)
    letter, _ = run_report(book, result.run, on=ON)
    counts = {row.cells[0].key: row.cells[1] for row in letter.tables[0].rows if isinstance(row.cells[0], Term)}
    told = {f"outcome_{state}": count for state, count in result.outcomes.items() if count}
    assert {key: counts.get(key, 0) for key in told} == told
    assert sum(int(str(one)) for one in counts.values()) == value(book, "SELECT count(*) FROM outcome")
    outcomes = table(letter, "outcomes")
    assert len(outcomes.rows) == value(book, "SELECT count(*) FROM outcome")
    assert [row.cells[3] for row in outcomes.rows if row.cells[2] == term("outcome_issued")] == result.invoices
    assert all(row.cells[3] for row in outcomes.rows)
    seals = [(row.cells[0], row.cells[2]) for row in table(letter, "seals").rows]
    assert seals == rows(book, "SELECT number, digest FROM invoice ORDER BY id")
    sums = {row.cells[0]: row.cells[4] for row in table(letter, "totals").rows}
    assert sums == {currency: Money(total, currency) for currency, total in result.totals.items()}


def test_the_hash_is_that_of_the_lines_of_the_list(book: Book) -> None:
    result = billed(book)
    letter, _ = run_report(book, result.run, on=ON)
    lines = "".join(f"{row.cells[0]} {row.cells[2]}\n" for row in table(letter, "seals").rows)
    assert letter.terms[0] == term("run_hash", hash=hashlib.sha256(lines.encode()).hexdigest())
    head = value(book, "SELECT hash FROM audit_event WHERE action = 'sealed'")
    assert letter.terms[2] == term("run_head", head=head)
    assert check(book, str(head)).clean
    again, _ = run_report(book, result.run_id, on=date(2030, 1, 1))
    assert again.terms == letter.terms


def test_a_run_that_issued_nothing_has_a_head_as_well(book: Book) -> None:
    contracts = Contracts(book)
    contracts.agreement(contracts.client("C5"), "A5", start_date="2026-06-01")
    result = contracts.bill("2026-02-28")
    assert not result.invoices
    letter, _ = run_report(book, result.run, on=ON)
    head = value(book, "SELECT hash FROM audit_event WHERE action = 'sealed'")
    assert letter.terms == (term("run_head", head=head), term("run_head_how"))
    assert check(book, str(head)).clean
    resume(book, result.run, actor="ann", now=book.now)
    assert run_report(book, result.run, on=ON)[0].terms == letter.terms


def test_it_says_what_waits_and_who_approved_what(book: Book) -> None:
    result = billed(book)
    letter, _ = run_report(book, result.run, on=ON)
    waiting = result.outcomes["held"] + result.outcomes.get("failed", 0)
    assert letter.opening == (term("run_open", waiting, count=waiting),)
    held = [one for one in exceptions(book, result.run) if one.client == "C3" and one.severity == "hold"]
    approve(book, [one.id for one in held], "as agreed", actor="Ben", now=book.now)
    resume(book, result.run, actor="Anne", now=book.now)
    letter, _ = run_report(book, result.run, on=ON)
    (note,) = [row.note for row in table(letter, "outcomes").rows if row.note is not None]
    assert isinstance(note, Term)
    values = dict(note.values)
    assert values["second"] == term("noted", text="as agreed")
    first = values["first"]
    assert isinstance(first, Term)
    assert (first.key, dict(first.values)["name"]) == ("approved_by", "Ben")


def test_amounts_of_agreements_on_one_invoice_stand_once(book: Book) -> None:
    contracts = Contracts(book)
    client = contracts.client("C1", combine=True)
    contracts.agreement(client, "A1")
    contracts.agreement(client, "A2")
    letter, _ = run_report(book, contracts.bill("2026-01-31").run, on=ON)
    outcomes = table(letter, "outcomes")
    assert len({row.cells[3] for row in outcomes.rows}) == 1
    assert [row.cells[4] for row in outcomes.rows] == [Money(23_800, "EUR"), None]


def test_it_prints_amounts_of_each_currency_as_that_currency_is_written(book: Book) -> None:
    contracts = Contracts(book)
    contracts.agreement(contracts.client("C1", currency="JPY", country="JP"), "A1", currency="JPY")
    letter, template = run_report(book, contracts.bill("2026-01-31").run, on=ON)
    assert letter.currencies() == ("EUR", "JPY")
    said = text(render_pdf(letter, template))
    assert "Run report" in said
    gross = value(book, "SELECT gross FROM invoice")
    assert f"{gross:,}" in said
    assert f"{gross:,}.00" not in said


def test_a_run_without_documents_has_no_hash(book: Book) -> None:
    contracts = Contracts(book)
    contracts.agreement(contracts.client("C5"), "A5", start_date="2026-06-01")
    letter, template = run_report(book, contracts.bill("2026-02-28").run, on=ON)
    assert [one.key for one in letter.terms if isinstance(one, Term)] == ["run_head", "run_head_how"]
    assert "No document was issued." in text(render_pdf(letter, template))
    with pytest.raises(UserError, match="R-9"):
        run_report(book, "R-9", on=ON)
