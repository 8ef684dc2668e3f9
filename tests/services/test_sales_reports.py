"""Revenue, disputes and DSO: each figure agrees with the journal, with aging and with the lines behind it."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from db.schema import Client, Item, Segment
from desktop.cli.reports import _BY, _NAMES, _TARGETS
from desktop.errors import UserError
from desktop.jobs import Cancelled
from desktop.services.aging import aging_at
from desktop.services.changes import change
from desktop.services.credits import credit_invoice
from desktop.services.disputes import close_dispute, open_dispute
from desktop.services.figures import figures
from desktop.services.figures.targets import TARGETS
from desktop.services.payments import record_payment
from desktop.services.reports import BEHIND, BY, NAMES, plain_rows, report
from tests.books import new_book
from tests.contracts import Contracts, value
from tests.issued import ANNE, add_client, add_invoice
from tests.lived_book import lived_book

TODAY = date(2026, 6, 30)
SINCE = date(2026, 1, 1)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def rows(book: Book, name: str, **asked: Any) -> list[dict[str, str | None]]:
    return plain_rows(report(book, name, **({"as_of": TODAY} | asked)))


def revenue_booked(book: Book, since: date, until: date) -> dict[str, int]:
    with book.reading() as session:
        found = session.connection().exec_driver_sql(
            """SELECT p.currency, -sum(p.amount) FROM posting p JOIN journal_entry e ON e.id = p.entry_id
            WHERE p.role = 'revenue' AND e.booked_on BETWEEN ? AND ? AND e.kind IN ('invoice', 'credit_note')
            GROUP BY p.currency HAVING sum(p.amount) <> 0""",
            (since.isoformat(), until.isoformat()),
        )
        return dict(tuple(row) for row in found)


@pytest.mark.parametrize("by", BY["revenue"])
def test_revenue_is_what_the_journal_has_however_it_is_grouped(tmp_path: Path, by: str) -> None:
    with lived_book(tmp_path) as book:
        assert revenue_booked(book, SINCE, TODAY)
        for since, until in ((SINCE, TODAY), (date(2026, 2, 1), date(2026, 2, 28)), (date(2026, 4, 1), TODAY)):
            made = report(book, "revenue", as_of=until, since=since, by=by)
            sums = {row["currency"]: row["net"] for row in made.sums if row["net"]}
            assert sums == revenue_booked(book, since, until)
            for row in made.rows:
                assert row["billed"] + row["credited"] == row["net"]
                behind = report(book, "billed", as_of=until, since=since, **row[BEHIND].asked)
                assert sum(line["net"] for line in behind.rows) == row["net"]
                assert len({line["number"] for line in behind.rows}) == row["documents"]
            lines = report(book, "billed", as_of=until, since=since)
            assert {row["currency"]: row["net"] for row in lines.sums if row["net"]} == sums


def test_deposits_are_revenue_once_they_are_deducted(book: Book) -> None:
    client = add_client(book, "ACME")
    add_invoice(book, client, date(2026, 2, 1), (40_000, 19), kind="deposit")
    assert rows(book, "revenue") == []
    add_invoice(book, client, date(2026, 3, 1), (100_000, 19), (-40_000, 19), kind="final", deducts={2: 1})
    (row,) = rows(book, "revenue")
    assert (row["group"], row["net"], row["documents"]) == ("2026-03", "1000.00", "1")


def test_groups_have_names_shares_and_a_place_for_what_has_none(book: Book) -> None:
    made = Contracts(book)
    client = made.client("C1")
    other = made.client("C2")
    with change(book, ANNE, "Set up") as changed:
        changed.update(Client, client, segment_id=changed.insert(Segment, name="Retainers"))
    made.agreement(client, "A1", {"unit_price": "300"})
    made.agreement(other, "A2", {"unit_price": "100"})
    made.bill("2026-01-31", "2026-02-01")
    assert [(row["group"], row["net"], row["share"]) for row in rows(book, "revenue", by="segment")] == [
        ("No segment", "100.00", "25.0"),
        ("Retainers", "300.00", "75.0"),
    ]
    assert [(row["group"], row["name"]) for row in rows(book, "revenue", by="item")] == [
        ("RET", value(book, "SELECT name FROM item WHERE code = 'RET'"))
    ]
    assert [row["group"] for row in rows(book, "revenue", by="client", client_code="C1")] == ["C1"]
    number = value(book, "SELECT number FROM invoice WHERE client_id = ?", client)
    credit_invoice(book, number, reason="wrong", actor=ANNE, today=TODAY)
    assert [(row["billed"], row["credited"], row["net"]) for row in rows(book, "revenue", by="client")] == [
        ("300.00", "-300.00", "0.00"),
        ("100.00", "0.00", "100.00"),
    ]


def test_merged_items_and_clients_are_one_group(book: Book) -> None:
    made = Contracts(book)
    one, other = made.client("C1"), made.client("C2")
    made.agreement(one, "A1")
    made.agreement(other, "A2", {"item_id": made.item("OLD")})
    made.bill("2026-01-31", "2026-02-01")
    made.update(Client, other, merged_into_id=one)
    made.update(Item, made.items["OLD"], merged_into_id=made.items["RET"])
    assert [(row["group"], row["net"]) for row in rows(book, "revenue", by="client")] == [("C1", "200.00")]
    assert [(row["group"], row["net"]) for row in rows(book, "revenue", by="item")] == [("RET", "200.00")]


def test_disputes_are_those_of_aging_and_tell_their_rate(book: Book) -> None:
    client = add_client(book, "ACME")
    first, second, third = (add_invoice(book, client, date(2026, 1, 10), (10_000, 0)) for _ in range(3))
    opened = date(2026, 3, 1)
    open_dispute(book, first, reason="hours", on=opened, actor=ANNE, today=TODAY, amount=4_000)
    open_dispute(book, second, reason="price", on=opened, actor=ANNE, today=TODAY)
    close_dispute(book, second, outcome="agreed", on=date(2026, 4, 1), actor=ANNE, today=TODAY)
    record_payment(book, amount=7_000, paid_on=date(2026, 5, 1), actor=ANNE, today=TODAY, numbers=[first])
    for day in (opened - timedelta(days=1), opened, date(2026, 3, 31), date(2026, 4, 1), TODAY):
        made = report(book, "disputes", as_of=day)
        assert sum(row["disputed"] for row in made.rows) == sum(row.disputed for row in aging_at(book, day))
    (row,) = rows(book, "disputes")
    assert row == {
        "client": "ACME", "client_name": "ACME Ltd", "number": first, "opened": "2026-03-01", "days": "121",
        "reason": "hours", "currency": "EUR", "disputed": "30.00", "open": "30.00", "closed": None, "outcome": "",
    }  # fmt: skip
    made = report(book, "disputes", as_of=TODAY)
    assert [total["reason"] for total in made.sums] == ["1 of 3 open invoices (33.3 %), 13 % of €230.00"]
    found = rows(book, "disputes", since=SINCE)
    assert [(one["number"], one["closed"], one["days"], one["disputed"]) for one in found] == [
        (first, None, "121", "30.00"),
        (second, "2026-04-01", "31", None),
    ]
    assert third not in {one["number"] for one in found}


def test_dso_is_that_of_the_first_page(book: Book) -> None:
    client = add_client(book, "ACME")
    for month in range(1, 7):
        number = add_invoice(book, client, date(2026, month, 5), (10_000 * month, 19))
        if month % 2:
            record_payment(book, amount=5_000, paid_on=date(2026, month, 20), actor=ANNE, today=TODAY, numbers=[number])
    made = report(book, "dso", as_of=TODAY)
    last, shown = made.rows[-1], figures(book, TODAY)
    assert (last["as_of"], last["dso"], last["count_back"]) == (TODAY, shown.dso, shown.dso_count_back)
    assert isinstance(last["dso"], Decimal)
    assert [row["dso"] for row in made.rows] == [one for one in shown.dso_by_month if one is not None]
    for row in made.rows:
        aged = aging_at(book, row["as_of"])
        assert row["receivables"] == sum(one.total for one in aged)
        asked = row[BEHIND].asked
        assert sum(one["total"] for one in report(book, row[BEHIND].report, **asked).rows) == row["receivables"]


def test_receivables_of_each_month_are_those_of_aging_in_a_book_where_everything_happened(tmp_path: Path) -> None:
    with lived_book(tmp_path) as book:
        made = report(book, "dso", as_of=TODAY)
        assert {row["currency"] for row in made.rows} > {"EUR"}
        for row in made.rows:
            totals = [one.total for one in aging_at(book, row["as_of"]) if one.currency == row["currency"]]
            assert row["receivables"] == sum(totals)


def test_every_report_leads_to_what_is_behind_it(tmp_path: Path) -> None:
    with lived_book(tmp_path) as book:
        code = value(book, "SELECT code FROM client WHERE id = (SELECT min(client_id) FROM invoice)")
        for name in NAMES:
            client = code if name == "statement" else None
            for row in report(book, name, as_of=TODAY, client_code=client).rows:
                behind = row.get(BEHIND)
                if behind is None:
                    # What goes in and out of a till without a payment has no document.
                    assert name == "cash" or row["kind"] == "brought_forward"
                elif behind.report:
                    made = report(book, behind.report, **({"as_of": TODAY} | behind.asked))
                    assert made.rows or row.get("value") is None or not row.get("expected", 1)
                else:
                    assert behind.place
                    assert behind.id is not None or behind.search or behind.filters


def test_a_currency_and_an_age_narrow(book: Book) -> None:
    client = add_client(book, "ACME")
    for day in (date(2026, 1, 10), date(2026, 5, 25)):
        for currency in ("EUR", "USD"):
            add_invoice(book, client, day, (10_000, 0), currency=currency)
    made = report(book, "open", as_of=TODAY, currency="USD")
    assert [(row["currency"], row["open"]) for row in made.rows] == [("USD", 10_000)] * 2
    assert [row["open"] for row in made.sums] == [20_000]
    aged = report(book, "open", as_of=TODAY, currency="USD", age=4)
    assert [row["days"] for row in aged.rows] == [141]


def test_what_cannot_be_asked_is_refused(book: Book) -> None:
    with pytest.raises(UserError, match="no report"):
        report(book, "weather", as_of=TODAY)
    for name in ("revenue", "billed"):
        with pytest.raises(UserError, match="grouped"):
            report(book, name, as_of=TODAY, by="colour")
    with pytest.raises(UserError, match="after the last"):
        report(book, "journal", as_of=TODAY, since=TODAY + timedelta(days=1))


def test_a_long_report_stops_where_it_is_told_to(tmp_path: Path) -> None:
    def stop(done: int, _total: int, _text: str) -> None:
        raise Cancelled

    with lived_book(tmp_path) as book:
        for name in ("journal", "revenue"):
            with pytest.raises(Cancelled):
                report(book, name, as_of=TODAY, progress=stop)


def test_the_command_knows_every_report_and_group() -> None:
    assert (NAMES, BY, tuple(TARGETS)) == (_NAMES, _BY, _TARGETS)
