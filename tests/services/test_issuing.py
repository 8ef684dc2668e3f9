"""Documents issued in one transaction: numbered, frozen, opened, charged and posted, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from db.engine import Book
from db.schema import Series
from desktop.domain.billing import Charged, Line, TaxLine
from desktop.domain.money import SCALE
from desktop.errors import UserError
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.issuing import Issued, ReadyInvoice, freeze_parties, issue_documents
from desktop.services.series_counters import SeriesCounters
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value
from tests.issued import add_rate

FIRST = date(2026, 3, 2)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        Contracts(book).client()
        yield book
        assert check(book).problems == ()


def line(net: int = 10000, **changes: Any) -> Line:
    plain = Line(
        1,
        None,
        None,
        None,
        "",
        "Care",
        "",
        "",
        "2026-03-01",
        "2026-04-01",
        SCALE,
        "month",
        net * 10_000,
        SCALE,
        0,
        "",
        0,
        net,
        None,
        "S",
        190000,
    )
    return plain._replace(**changes)


def document(**changes: Any) -> ReadyInvoice:
    given: dict[str, Any] = {
        "kind": "invoice",
        "client_id": 1,
        "seller_id": 0,
        "buyer_id": 0,
        "template_version_id": 1,
        "issue_date": FIRST,
        "terms": "net 10 2%/5",
        "language": "en",
        "currency": "EUR",
        "net": 10000,
        "tax": 1900,
        "gross": 11900,
        "payable": 11900,
        "lines": [line()],
        "taxes": [TaxLine("S", 190000, 10000, 1900, "", "")],
    }
    return ReadyInvoice(**given | changes)


def issue(book: Book, *documents: ReadyInvoice) -> list[Issued]:
    with change(book, ANNE, "Issue", undoable=False) as made:
        (seller,) = freeze_parties(made.connection, "seller", [{"name": "Harbour"}])
        (buyer,) = freeze_parties(made.connection, "buyer", [{"name": "Acme", "city": "Bonn"}])
        ready = [replace(one, seller_id=seller, buyer_id=buyer) for one in documents]
        return issue_documents(made.connection, ready, actor=ANNE, now=made.at)


def test_an_invoice_is_numbered_frozen_opened_and_posted(book: Book) -> None:
    (issued,) = issue(book, document())
    assert (issued.number, issued.issue_date, issued.due_date) == ("INV-2026-0001", FIRST, date(2026, 3, 12))
    assert rows(book, "SELECT discount, discount_until, tax_date, firm_gross, firm_rate, actor FROM invoice") == [
        (20000, "2026-03-07", "2026-03-02", 11900, SCALE, ANNE)
    ]
    assert rows(book, "SELECT instalment, due_date, amount, open FROM open_item") == [(1, "2026-03-12", 11900, 11900)]
    assert rows(book, "SELECT role, amount FROM posting ORDER BY id") == [
        ("receivable", 11900),
        ("revenue", -10000),
        ("tax_payable", -1900),
    ]
    assert value(book, "SELECT booked_on FROM journal_entry") == "2026-03-02"


def test_numbers_follow_each_other_within_and_across_transactions(book: Book) -> None:
    numbers = [one.number for one in issue(book, document(), document())] + [
        one.number for one in issue(book, document())
    ]
    assert numbers == ["INV-2026-0001", "INV-2026-0002", "INV-2026-0003"]
    assert rows(book, "SELECT year, next, last_date FROM series_year") == [(2026, 4, "2026-03-02")]


def test_a_date_before_the_last_takes_the_last_and_falls_due_from_it(book: Book) -> None:
    issue(book, document(issue_date=date(2026, 3, 20)))
    (issued,) = issue(book, document())
    assert (issued.issue_date, issued.due_date) == (date(2026, 3, 20), date(2026, 3, 30))
    assert value(book, "SELECT booked_on FROM journal_entry ORDER BY id DESC LIMIT 1") == "2026-03-20"


def test_a_transaction_that_fails_leaves_no_gap(book: Book) -> None:
    bad = document(charges=[Charged("time", None, 99, "2026-03-01", "2026-03-02", 0, 1, SCALE, 10000)])
    with pytest.raises(IntegrityError):
        issue(book, document(), bad)
    assert value(book, "SELECT count(*) FROM invoice") + value(book, "SELECT count(*) FROM party") == 0
    (issued,) = issue(book, document())
    assert issued.number == "INV-2026-0001"


def test_hours_are_charged_once(book: Book) -> None:
    made = Contracts(book)
    entry = made.hours(1, None, "2026-03-01", "1")
    charges = [Charged("time", None, entry, "2026-03-01", "2026-03-02", 0, 1, SCALE, 10000)]
    issue(book, document(charges=charges))
    assert rows(book, "SELECT invoice_id, draft_id FROM time_entry") == [(1, None)]
    with pytest.raises((IntegrityError, UserError)):
        issue(book, document(charges=charges))
    assert value(book, "SELECT count(*) FROM invoice") == 1


def test_a_credit_note_opens_a_credit_and_posts_the_mirror(book: Book) -> None:
    (issued,) = issue(book, document(kind="credit_note"))
    assert issued.number == "CN-2026-0001"
    assert rows(book, "SELECT amount, open, dated FROM open_credit") == [(11900, 11900, "2026-03-02")]
    assert value(book, "SELECT count(*) FROM open_item") == 0
    assert value(book, "SELECT amount FROM posting WHERE role = 'receivable'") == -11900


def test_a_kind_without_its_own_series_takes_the_invoices(book: Book) -> None:
    Contracts(book).update(Series, value(book, "SELECT id FROM series WHERE kind = 'deposit'"), is_default=False)
    assert [one.number for one in issue(book, document(), document(kind="deposit"))] == [
        "INV-2026-0001",
        "INV-2026-0002",
    ]


def test_without_any_series_nothing_is_issued(book: Book) -> None:
    Contracts(book).update(Series, value(book, "SELECT id FROM series WHERE kind = 'invoice'"), is_default=False)
    with pytest.raises(UserError, match="no number series for invoices"):
        issue(book, document())


def test_the_year_of_the_series_prints_on_the_number(tmp_path: Path) -> None:
    with new_book(tmp_path, file="fiscal.sheaf", fiscal_start_month=4) as book:
        Contracts(book).client()
        Contracts(book).update(Series, 1, year_rule="fiscal", pattern="{yy}/{n:03}", first=7)
        issued = issue(book, document(issue_date=date(2026, 3, 31)), document(issue_date=date(2026, 4, 1)))
        assert [one.number for one in issued] == ["25/007", "26/007"]


def test_instalments_are_due_one_by_one(book: Book) -> None:
    plan = [(date(2026, 4, 1), 5000), (date(2026, 5, 1), 6900)]
    (issued,) = issue(book, document(instalments=plan))
    assert issued.due_date == date(2026, 5, 1)
    assert rows(book, "SELECT instalment, due_date, open FROM open_item ORDER BY id") == [
        (1, "2026-04-01", 5000),
        (2, "2026-05-01", 6900),
    ]


def test_foreign_amounts_keep_the_rate_of_their_day(book: Book) -> None:
    add_rate(book, "USD", date(2026, 1, 1), Decimal("0.9"))
    add_rate(book, "USD", date(2026, 3, 10), Decimal("0.8"))
    issue(book, document(currency="USD"), document(currency="USD", issue_date=date(2026, 3, 10)))
    issue(book, document(currency="USD", issue_date=date(2026, 3, 10), kind="credit_note", firm_rate=900000))
    assert rows(book, "SELECT firm_rate, firm_net, firm_tax, firm_gross FROM invoice ORDER BY id") == [
        (900000, 9000, 1710, 10710),
        (800000, 8000, 1520, 9520),
        (900000, 9000, 1710, 10710),
    ]
    issue(book, document(currency="GBP", issue_date=date(2026, 3, 10)))
    assert rows(book, "SELECT firm_rate, firm_gross FROM invoice WHERE currency = 'GBP'") == [(None, None)]


def test_the_same_party_is_frozen_once(book: Book) -> None:
    issue(book, document())
    issue(book, document())
    assert rows(book, "SELECT role, name FROM party ORDER BY role") == [("buyer", "Acme"), ("seller", "Harbour")]


def test_a_document_that_does_not_add_up_is_refused(book: Book) -> None:
    with pytest.raises(ValueError, match="differ from the gross"):
        issue(book, document(gross=11901, payable=11901))


def test_what_is_taken_and_not_stored_leaves_the_series_alone(book: Book) -> None:
    with book.reading() as session:
        series = SeriesCounters(session.connection())
        assert [series.take("invoice", FIRST)[0] for _ in range(2)] == ["INV-2026-0001", "INV-2026-0002"]
    assert rows(book, "SELECT * FROM series_year") == []


def test_terms_in_instalments_open_one_item_each(book: Book) -> None:
    (issued,) = issue(book, document(terms="30% now, 70% net 30"))
    assert issued.due_date == date(2026, 4, 1)
    assert rows(book, "SELECT instalment, due_date, amount, open FROM open_item ORDER BY id") == [
        (1, "2026-03-02", 3570, 3570),
        (2, "2026-04-01", 8330, 8330),
    ]
    assert rows(book, "SELECT terms, discount FROM invoice") == [("30% now, 70% net 30", None)]


def test_a_deposit_is_due_whole_when_its_first_instalment_is(book: Book) -> None:
    (issued,) = issue(book, document(kind="deposit", terms="30% net 10, 70% net 30"))
    assert issued.due_date == date(2026, 3, 12)
    assert rows(book, "SELECT due_date, amount FROM open_item") == [("2026-03-12", 11900)]
