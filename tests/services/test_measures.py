"""Figures of months agree with the long way round: aging as of the day, documents counted one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from db.schema import Client, Person, Segment
from desktop.domain import dso
from desktop.domain.figures.effectiveness import effectiveness
from desktop.errors import UserError
from desktop.services.aging import aging_at
from desktop.services.changes import change, undo
from desktop.services.credits import credit_invoice
from desktop.services.disputes import close_dispute, open_dispute
from desktop.services.figures.measures import MEASURES, controlled
from desktop.services.figures.monthly import MonthFacts, Monthly
from desktop.services.figures.months import spans_until, whole_spans_until
from desktop.services.figures.targets import TARGETS, keep_targets, read_target, standings_of, targets_of
from desktop.services.payments import record_payment
from desktop.services.reports import BEHIND, BY, plain_rows, report
from desktop.services.runs import Scope, bill
from desktop.services.today import SLOW, today
from desktop.services.write_offs import write_off
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice
from tests.lived_book import lived_book
from tests.ui.program import add_retainers

TODAY = date(2026, 6, 30)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def pay(book: Book, number: str, amount: int, day: date, **more: Any) -> None:
    record_payment(book, amount=amount, paid_on=day, actor=ANNE, today=TODAY, numbers=[number], only_named=True, **more)


def monthly(book: Book, as_of: date, count: int, currency: str = "") -> Monthly:
    with book.reading() as session:
        found = Monthly(MonthFacts(session.connection(), as_of), spans_until(as_of, count), currency)
        # Each is read when it is first asked for.
        assert len(found.receivables) == len(found.current) == len(found.open) == count
        return found


@pytest.mark.parametrize("as_of", [date(2026, 4, 30), date(2026, 5, 17), date(2026, 6, 1)])
@pytest.mark.parametrize("currency", ["EUR", "USD"])
def test_balances_are_those_of_aging(tmp_path: Path, as_of: date, currency: str) -> None:
    with lived_book(tmp_path) as book:
        found = monthly(book, as_of, 6, currency)
        for place, span in enumerate(found.spans):
            rows = [row for row in aging_at(book, span.last) if row.currency == currency]
            assert found.current[place] == sum(row.current for row in rows)
            assert found.open[place] == sum(row.total + row.credit for row in rows)
            assert found.receivables[place] == sum(row.total for row in rows)


def test_an_item_is_current_until_the_evening_of_its_due_date(book: Book) -> None:
    client = add_client(book, "ACME")
    add_invoice(book, client, date(2026, 5, 1), (10_000, 0))  # due on 31 May
    assert monthly(book, date(2026, 5, 31), 1).current == [10_000]
    assert monthly(book, date(2026, 5, 20), 1).current == [10_000]
    assert monthly(book, date(2026, 6, 1), 2).current == [10_000, 0]


def test_dso_and_effectiveness_of_a_report_are_those_of_the_formulas(book: Book) -> None:
    client = add_client(book, "ACME")
    numbers = [add_invoice(book, client, date(2026, month, 10), (10_000, 0)) for month in range(1, 7)]
    for number in numbers[:3]:
        pay(book, number, 10_000, date(2026, 6, 15))
    last = report(book, "dso", as_of=TODAY).rows[-1]
    # April's is overdue on 30 June, May's and June's 30 days run until 9 June and 10 July.
    assert (last["receivables"], last["sales"], last["days"]) == (30_000, 30_000, 91)
    assert (last["dso"], last["best"]) == (dso.simple(30_000, 30_000, 91), dso.simple(10_000, 30_000, 91))
    assert last["delinquent"] == last["dso"] - last["best"]
    row = report(book, "collection", as_of=TODAY).rows[-1]
    assert (row["month"], row["beginning"], row["sales"], row["ending"], row["current"]) == (
        "2026-06",
        50_000,
        10_000,
        30_000,
        10_000,
    )
    assert row["effectiveness"] == effectiveness(50_000, 10_000, 30_000, 10_000) == Decimal("60.0")


def test_unused_credit_makes_nobody_delinquent_and_nothing_more_than_collected(book: Book) -> None:
    client = add_client(book, "ACME")
    add_invoice(book, client, date(2026, 6, 10), (100_000, 0))  # due on 10 July
    record_payment(
        book, amount=40_000, paid_on=date(2026, 6, 15), actor=ANNE, today=TODAY, client_id=client, only_named=True
    )
    (row,) = report(book, "dso", as_of=TODAY).rows
    assert (row["receivables"], row["current"]) == (60_000, 100_000)
    assert (row["dso"], row["best"], row["delinquent"]) == (Decimal("54.6"), Decimal("54.6"), Decimal(0))
    record_payment(
        book, amount=70_000, paid_on=date(2026, 6, 20), actor=ANNE, today=TODAY, client_id=client, only_named=True
    )
    (row,) = report(book, "dso", as_of=TODAY).rows
    assert (row["receivables"], row["dso"], row["best"], row["delinquent"]) == (-10_000, 0, 0, 0)
    (row,) = report(book, "collection", as_of=TODAY).rows
    assert (row["ending"], row["effectiveness"]) == (-10_000, 100)


def test_no_limit_of_a_share_is_more_than_all(book: Book) -> None:
    client = add_client(book, "ACME")
    for span in whole_spans_until(TODAY, 8):
        # In every other month all of it is paid at once, else nothing of it.
        number = add_invoice(book, client, span.first, (10_000, 0), terms="net 10")
        if span.first.month % 2:
            pay(book, number, 10_000, span.last)
    with book.reading() as session:
        points = controlled(session.connection(), "effectiveness", TODAY).points
    assert {point.upper for point in points} == {Decimal(100)}


@pytest.mark.parametrize("name", ["dso", "collection"])
def test_what_a_picture_leaves_out_is_said_beside_it(book: Book, name: str) -> None:
    client = add_client(book, "ACME", currency="USD")
    add_invoice(book, client, date(2026, 6, 10), (10_000, 0), currency="USD")
    made = report(book, name, as_of=TODAY)
    assert [row["currency"] for row in made.rows] == ["USD"]
    assert made.notes == ("Without USD: no exchange rate is known.",)
    assert report(book, name, as_of=TODAY, currency="USD").notes == ()


def test_days_late_are_of_what_payments_settled(book: Book) -> None:
    client = add_client(book, "ACME")
    late, early, credited, lost, part = (
        add_invoice(book, client, date(2026, 3, 1), (10_000, 0)) for _place in range(5)
    )  # due on 31 March
    pay(book, late, 4_000, date(2026, 4, 1))
    pay(book, late, 6_000, date(2026, 4, 20))
    pay(book, early, 10_000, date(2026, 3, 29))
    pay(book, part, 1_000, date(2026, 4, 2))
    credit_invoice(book, credited, reason="wrong", actor=ANNE, today=date(2026, 4, 3))
    write_off(book, lost, reason="gone", on=date(2026, 4, 4), actor=ANNE, today=TODAY)
    rows = plain_rows(report(book, "paying", as_of=TODAY, since=date(2026, 1, 1)))
    assert [(row["client"], row["items"], row["days_late"], row["most"], row["on_time"]) for row in rows] == [
        ("ACME", "2", "9.0", "20", "50.0")
    ]
    found = {row["month"]: row for row in plain_rows(report(book, "times", as_of=TODAY))}
    assert (found["2026-04"]["paid"], found["2026-04"]["days_late"], found["2026-04"]["invoice_to_cash"]) == (
        "1",
        "20.0",
        "50.0",
    )
    assert found["2026-03"]["days_late"] == "-2.0"
    # Before the last part came it was not paid.
    assert plain_rows(report(book, "paying", as_of=date(2026, 4, 19), since=date(2026, 4, 1))) == []


def test_dispute_rates_are_of_the_month_in_which_documents_were_issued(book: Book) -> None:
    client = add_client(book, "ACME")
    numbers = [add_invoice(book, client, date(2026, 4, 10), (10_000, 0)) for _place in range(4)]
    add_invoice(book, client, date(2026, 5, 10), (10_000, 0))
    open_dispute(book, numbers[0], reason="x", on=date(2026, 5, 20), actor=ANNE, today=TODAY, amount=2_500)
    close_dispute(book, numbers[0], outcome="y", on=date(2026, 6, 2), actor=ANNE, today=TODAY)
    open_dispute(book, numbers[0], reason="again", on=date(2026, 6, 5), actor=ANNE, today=TODAY, amount=1_000)
    first, second = report(book, "dispute_rate", as_of=TODAY).rows
    assert (first["documents"], first["disputed_documents"], first["rate"], first["disputed"]) == (
        4,
        1,
        Decimal("25.0"),
        2_500,
    )
    assert first["rate_by_value"] == Decimal("6.3")
    assert (second["month"], second["rate"]) == ("2026-05", Decimal("0.0"))
    (early,) = report(book, "dispute_rate", as_of=date(2026, 5, 1)).rows
    assert early["disputed_documents"] == 0


def test_run_quality_counts_what_was_held_and_what_was_corrected(book: Book) -> None:
    add_retainers(book, 6, faulty=1)
    done = bill(book, through=date(2026, 5, 31), issue_date=date(2026, 5, 31), scope=Scope(), actor=ANNE, now=book.now)
    assert done.outcomes["issued"] == 5
    credit_invoice(book, done.invoices[0], reason="wrong", actor=ANNE, today=date(2026, 6, 3))
    (row,) = report(book, "runs", as_of=TODAY).rows
    told = (row["drafts"], row["held"], row["failed"], row["issued"], row["corrected"], row["right"])
    assert told == (6, 0, 1, 5, 1, 4)
    assert (row["failed_rate"], row["corrected_rate"], row["right_rate"]) == (
        Decimal("16.7"),
        Decimal("20.0"),
        Decimal("66.7"),
    )
    (before,) = report(book, "runs", as_of=date(2026, 6, 2)).rows
    assert before["corrected"] == 0


def test_waiting_is_counted_from_the_last_day_of_what_is_billed(book: Book) -> None:
    add_retainers(book, 2)
    issued = date(2026, 6, 10)
    bill(book, through=date(2026, 5, 31), issue_date=issued, scope=Scope(), actor=ANNE, now=book.now)
    found = {row["month"]: row for row in plain_rows(report(book, "times", as_of=TODAY))}
    assert (found["2026-06"]["billed"], found["2026-06"]["order_to_invoice"]) == ("2", "10.0")


def test_aging_by_segment_and_salesperson_adds_up_and_opens_its_documents(book: Book) -> None:
    with change(book, ANNE, "Set up") as made:
        segment, person = made.insert(Segment, name="Retainers"), made.insert(Person, name="Mia")
    for code, own in (("A", {"segment_id": segment}), ("B", {"salesperson_id": person}), ("C", {})):
        client = add_client(book, code)
        add_invoice(book, client, date(2026, 3, 1), (10_000, 0))
        add_invoice(book, client, date(2026, 6, 20), (500, 0))
        with change(book, ANNE, "Set") as made:
            if own:
                made.update(Client, client, **own)
    whole = report(book, "aging", as_of=TODAY).sums[0]
    for by, group, nameless in (("segment", "Retainers", "No segment"), ("salesperson", "Mia", "No salesperson")):
        made_by = report(book, "aging", as_of=TODAY, by=by)
        assert [(row["group"], row["total"]) for row in made_by.rows] == [(group, 10_500), (nameless, 21_000)] or [
            (row["group"], row["total"]) for row in made_by.rows
        ] == [(nameless, 21_000), (group, 10_500)]
        assert made_by.sums[0]["total"] == whole["total"]
        for row in made_by.rows:
            behind = report(book, "open", as_of=TODAY, **row[BEHIND].asked)
            assert sum(one["open"] for one in behind.rows) == row["total"]


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_has_a_chart_from_an_empty_book_on(tmp_path: Path, name: str) -> None:
    with new_book(tmp_path, file="empty.sheaf") as empty:
        made = report(empty, "control", as_of=TODAY, by=name)
        assert (made.rows, made.notes) == (
            (),
            ("Limits need 6 months with a value; there are 0.",),
        )
    with lived_book(tmp_path) as book:
        made = report(book, "control", as_of=TODAY, by=name)
        assert made.chart is not None
        assert [row["month"] for row in made.rows][-1] == "2026-06"
        assert len(made.chart.marks) == len(made.rows)


def test_a_chart_has_whole_months_alone_and_names_what_is_more_than_chance(book: Book) -> None:
    client = add_client(book, "ACME")
    for span in whole_spans_until(TODAY, 12):
        net = 90_000 if span.key == "2025-12" else 10_000 + 100 * (span.first.month % 3)
        add_invoice(book, client, span.first + timedelta(days=9), (net, 0))
    made = report(book, "control", as_of=TODAY, by="revenue")
    assert [row["month"] for row in made.rows if row["signal"]] == ["2025-12"]
    assert made.notes == ("Last in December 2025: Above the upper limit.",)
    early = report(book, "control", as_of=TODAY - timedelta(days=1), by="revenue")
    assert early.rows[-1]["month"] == "2026-05"
    with book.reading() as session:
        assert controlled(session.connection(), "revenue", TODAY).points[-7].signals == ("above",)


def test_targets_are_kept_read_and_refused(book: Book) -> None:
    assert targets_of(book) == dict.fromkeys(TARGETS) | {"dso": Decimal(45), "dispute_rate": Decimal(5)}
    keep_targets(book, {"dso": Decimal("30.5"), "dispute_rate": None}, actor=ANNE)
    assert (targets_of(book)["dso"], targets_of(book)["dispute_rate"]) == (Decimal("30.5"), None)
    undo(book, ANNE)
    assert targets_of(book)["dso"] == Decimal(45)
    assert (read_target("30,5"), read_target("off")) == (Decimal("30.5"), None)
    for values in ({"dso": Decimal(-1)}, {"dispute_rate": Decimal(101)}, {"weather": Decimal(1)}):
        with pytest.raises(UserError):
            keep_targets(book, values, actor=ANNE)
    for text in ("soon", "NaN x"):
        with pytest.raises(UserError, match="no target"):
            read_target(text)


def test_a_crossed_target_stands_on_today_with_the_way_to_its_chart(book: Book) -> None:
    client = add_client(book, "ACME")
    for month in (1, 2, 3, 4, 5, 6):
        add_invoice(book, client, date(2026, month, 10), (10_000, 0))

    def crossed() -> list[tuple[str, str, frozenset[str]]]:
        found = today(book, TODAY, book.now, sources=SLOW).items
        return [(one.sentence, one.why, one.target.filters) for one in found if one.kind == "target"]

    assert [one.crossed for one in standings_of(book, TODAY)] == [True, *[False] * (len(TARGETS) - 1)]
    ((sentence, why, filters),) = crossed()
    assert sentence == "DSO is above its target"
    assert why == "It is 182 days and should be at most 45 days."
    assert filters == frozenset({"report:control", "by:dso"})
    keep_targets(book, {"dso": Decimal(200)}, actor=ANNE)
    assert crossed() == []
    keep_targets(book, {"dso": None, "overdue_share": Decimal(10), "first_time_right": Decimal(90)}, actor=ANNE)
    assert [sentence for sentence, _why, _filters in crossed()] == ["Overdue share of what is open is above its target"]


def test_a_group_that_a_report_does_not_have_is_refused(book: Book) -> None:
    for name in BY:
        with pytest.raises(UserError, match="cannot be grouped"):
            report(book, name, as_of=TODAY, by="colour")
