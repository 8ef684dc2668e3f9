"""The forecast of a book: what it expects of habits, what it is tried on, and that its trials see no future."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from db.schema import Client, Segment
from desktop.domain.figures.forecast import HORIZONS
from desktop.services.changes import change
from desktop.services.figures.forecasting import Forecast, forecast
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payments import record_payment
from desktop.services.reports import BEHIND, plain_rows, report
from desktop.services.write_offs import write_off
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice
from tests.lived_book import lived_book

TODAY = date(2026, 6, 30)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def pay(book: Book, number: str, amount: int, day: date) -> str:
    return record_payment(
        book, amount=amount, paid_on=day, actor=ANNE, today=TODAY, numbers=[number], only_named=True
    ).payment


def history(book: Book, client: int, late: int, *, amount: int = 10_000, months: int = 9, **more: Any) -> None:
    """An invoice on the first of each month, due on the 30th day, paid so many days later where that has come."""
    for place in range(months):
        issued = date(2025 + (9 + place) // 12, (9 + place) % 12 + 1, 1)
        number = add_invoice(book, client, issued, (amount, 0), **more)
        paid = issued + timedelta(days=30 + late)
        if paid <= TODAY:
            pay(book, number, amount, paid)


def made(book: Book, as_of: date = TODAY, client: int | None = None) -> Forecast:
    with book.reading() as session:
        return forecast(session.connection(), as_of, client)


def test_each_client_is_expected_to_pay_as_it_does(book: Book) -> None:
    quick, slow = add_client(book, "QUICK"), add_client(book, "SLOW")
    history(book, quick, 2)
    history(book, slow, 45)
    # Due on 1 July: of the quick one by the 3rd of July, of the slow one by the 15th of August; the slow one's May and
    # June invoices are open as well.
    found = made(book)
    assert found.owed == {("EUR", quick): 10_000, ("EUR", slow): 20_000}
    weeks = found.by_week("EUR")
    by_week = {first: amount for (first, _last), amount in zip(found.weeks, weeks.amounts, strict=True) if amount}
    assert by_week == {date(2026, 7, 1): 10_000, date(2026, 7, 13): 10_000, date(2026, 8, 10): 10_000}
    assert found.by_horizon("EUR").amounts == (20_000, 30_000, 30_000)
    assert found.habits == {quick: (8, "own"), slow: (7, "own")}


def test_who_has_no_habit_is_taken_for_its_segment_and_then_for_all(book: Book) -> None:
    history(book, add_client(book, "OLD"), 10)
    new = add_client(book, "NEW")
    number = add_invoice(book, new, date(2026, 6, 20), (5_000, 0))
    assert made(book).habits[new] == (0, "firm")
    with change(book, ANNE, "Set up") as made_:
        segment = made_.insert(Segment, name="S")
        made_.update(Client, new, segment_id=segment)
        made_.update(Client, 1, segment_id=segment)
    assert made(book).habits[new] == (0, "segment")
    write_off(book, number, reason="gone", on=TODAY, actor=ANNE, today=TODAY)
    assert new not in made(book).habits


def test_weeks_add_up_to_the_days_and_end_with_them(tmp_path: Path) -> None:
    with lived_book(tmp_path) as book:
        for as_of in (date(2026, 4, 15), TODAY):
            found = made(book, as_of)
            assert found.weeks[0][0] == as_of + timedelta(days=1)
            assert found.weeks[-1][1] == as_of + timedelta(days=HORIZONS[-1])
            assert all(first.weekday() == 0 for first, _last in found.weeks[1:])
            for currency, outlook in found.outlook.expected.items():
                weeks = found.by_week(currency).amounts
                assert abs(sum(weeks) - outlook.amounts[-1]) <= len(weeks)
                of_clients = sum(amount for (one, _client), amount in found.outlook.payers.items() if one == currency)
                assert abs(of_clients - outlook.amounts[-1]) <= len(found.owed)


def test_trials_compare_what_was_expected_with_what_came(book: Book) -> None:
    client = add_client(book, "ACME")
    history(book, client, 5, months=8)
    # The habit of five days is broken once: the invoice of May is paid 40 days late.
    number = add_invoice(book, client, date(2026, 5, 2), (30_000, 0))
    pay(book, number, 10_000, date(2026, 6, 6))
    found = {trial.made: trial for trial in made(book).trials["EUR", 30]}
    assert (found[date(2026, 3, 31)].expected, found[date(2026, 3, 31)].came) == (10_000, 10_000)
    last = found[date(2026, 5, 31)]
    assert (last.expected, last.came) == (40_000, 20_000)
    (told,) = [
        row for row in plain_rows(report(book, "forecast", as_of=TODAY, by="proof")) if row["made"] == "2026-05-31"
    ]
    assert (told["horizon"], told["error"], told["off_by"]) == ("30", "200.00", "100.0")


def test_a_trial_sees_nothing_of_what_came_after_it(book: Book) -> None:
    client = add_client(book, "ACME")
    history(book, client, 5)
    before = {key: [one.expected for one in some] for key, some in made(book, date(2026, 4, 30)).trials.items()}
    past = made(book, date(2026, 3, 31)).by_horizon("EUR").amounts
    # What happens later changes nothing of what would have been said then.
    other = add_client(book, "LATE")
    for place in range(6):
        pay(book, add_invoice(book, other, date(2026, 5, 1 + place), (9_000, 0)), 9_000, date(2026, 5, 20))
    again = made(book, TODAY)
    assert made(book, date(2026, 3, 31)).by_horizon("EUR").amounts == past
    for key, some in before.items():
        assert [one.expected for one in again.trials[key]][: len(some)] == some
    trial = next(one for one in again.trials["EUR", 30] if one.made == date(2026, 3, 31))
    assert trial.expected == past[0]


def test_a_trial_knows_of_no_reversal_that_came_after_it(book: Book) -> None:
    client = add_client(book, "ACME")
    history(book, client, 20)
    number = add_invoice(book, client, date(2025, 10, 3), (10_000, 0))  # due on 2 November
    payment = pay(book, number, 10_000, date(2025, 11, 20))
    before = made(book, date(2026, 5, 31))
    reverse_payment(book, payment, reason="returned", on=date(2026, 6, 10), actor=ANNE, today=TODAY)
    pay(book, number, 10_000, date(2026, 6, 20))
    assert made(book, date(2026, 5, 31)).trials == before.trials
    found = made(book)
    assert all(found.trials["EUR", days] for days in HORIZONS)
    for (currency, days), trials in found.trials.items():
        for trial in trials:
            then = made(book, trial.made).by_horizon(currency)
            place = HORIZONS.index(days)
            assert (trial.expected, trial.spread) == (then.amounts[place], then.spreads[place])
    # Now the habit knows of both invoices alike: the one that was opened again was paid 230 days late.
    assert found.habits[client] == (9, "own")


def test_money_that_went_back_is_open_again_and_never_came(book: Book) -> None:
    client = add_client(book, "ACME")
    history(book, client, 5, months=8)
    number = add_invoice(book, client, date(2026, 5, 2), (30_000, 0))
    paid = pay(book, number, 30_000, date(2026, 6, 6))
    reverse_payment(book, paid, on=date(2026, 6, 10), reason="returned", actor=ANNE, today=TODAY)
    found = made(book)
    assert found.owed["EUR", client] == 30_000
    assert next(one for one in found.trials["EUR", 30] if one.made == date(2026, 5, 31)).came == 10_000


def test_without_a_past_it_says_so(book: Book) -> None:
    assert report(book, "forecast", as_of=TODAY).notes == ("Nothing was open on 30 Jun 2026.",)
    client = add_client(book, "ACME")
    add_invoice(book, client, date(2026, 1, 20), (7_000, 0))
    early = add_invoice(book, client, date(2026, 5, 26), (5_000, 0))
    add_invoice(book, client, date(2026, 6, 20), (8_000, 0))
    found = report(book, "forecast", as_of=TODAY)
    assert found.notes == ("Nobody has paid anything yet, so nothing tells when what is open will come.",)
    assert all(row["expected"] == 0 for row in found.rows)
    # Due on 25 June and paid that day; of what was then open as long, the one of January was not.
    pay(book, early, 5_000, date(2026, 6, 25))
    notes = report(book, "forecast", as_of=TODAY).notes
    assert notes[0].startswith("30 days: €40.00 (")
    assert notes[0].endswith("Never tried: the book has no past to try it on.")
    assert notes[-1] == "€70.00 is open longer than anybody ever took to pay, and not expected."


def test_one_client_and_one_currency_narrow_it(book: Book) -> None:
    first, second = add_client(book, "A"), add_client(book, "B", currency="USD")
    history(book, first, 3)
    history(book, second, 3, currency="USD")
    assert {row["currency"] for row in report(book, "forecast", as_of=TODAY).rows} == {"EUR", "USD"}
    only = report(book, "forecast", as_of=TODAY, currency="USD")
    assert {row["currency"] for row in only.rows} == {"USD"}
    assert only.chart is not None
    assert only.chart.currency == "USD"
    assert "$" in only.notes[0]
    assert set(made(book, client=first).owed) == {("EUR", first)}


@pytest.mark.parametrize("by", ["week", "horizon", "client", "proof"])
def test_each_form_leads_to_the_next(tmp_path: Path, by: str) -> None:
    with lived_book(tmp_path) as book:
        found = report(book, "forecast", as_of=TODAY, by=by)
        for row in found.rows:
            assert row[BEHIND].report in ("forecast", "open")
