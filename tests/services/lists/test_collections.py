"""The list of who is late: its figures are those of aging, its words those of notes and promises."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.engine import Book
from db.schema import Client, Segment
from desktop.errors import UserError
from desktop.services.aging import aging_at
from desktop.services.changes import change
from desktop.services.disputes import open_dispute
from desktop.services.lists.collections import CollectionList, client_of, row_id
from desktop.services.merging import merge_clients
from desktop.services.notes import add_note, tick_off
from desktop.services.payment_plans import agree_plan
from desktop.services.payments import record_payment
from desktop.services.promises import note_promise, withdraw_promise
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice
from tests.lived_book import lived_book

TODAY = date(2026, 6, 30)


def due(days: int) -> date:
    """An issue date so that an invoice at net 30 is that many days past due today."""
    return TODAY - timedelta(days=days + 30)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """ACME is late in two currencies, ZEN in one, NEW owes nothing that is due."""
    with new_book(tmp_path) as book:
        at(book, TODAY)
        acme, zen, new = (add_client(book, code) for code in ("ACME", "ZEN", "NEW"))
        with change(book, ANNE, "Set up") as made:
            made.update(Client, zen, segment_id=made.insert(Segment, name="Retainers"), on_hold=True)
        # The oldest first, since a series never goes back.
        for amount, late in ((1_000, 10), (3_000, -2)):
            paid = add_invoice(book, zen, due(120), (amount, 0))
            pay(book, paid, amount, due(120) + timedelta(days=30 + late))
        add_invoice(book, zen, due(100), (3_000, 0))
        for days, amount in ((91, 16_000), (61, 8_000), (31, 4_000), (30, 2_000)):
            add_invoice(book, acme, due(days), (amount, 0))
        add_invoice(book, acme, due(10), (500, 0), currency="USD")
        for days, amount in ((1, 1_000), (0, 200), (-5, 100)):
            add_invoice(book, acme, due(days), (amount, 0))
        add_invoice(book, new, due(-5), (7_000, 0))
        yield book


def pay(book: Book, number: str, amount: int, day: date) -> None:
    record_payment(book, amount=amount, paid_on=day, actor=ANNE, today=TODAY, numbers=[number], only_named=True)


def at(book: Book, day: date) -> None:
    book.clock = lambda: datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def shown(book: Book, *filters: str, search: str = "", sort: str = "", descending: bool = False) -> list[str]:
    """Code and currency of the rows in their order."""
    made = CollectionList(book, TODAY)
    ids = made.ids(search, frozenset(filters), sort, descending)
    rows = made.rows(ids)
    return [f"{rows[key]['code']} {rows[key]['currency']}" for key in ids]


def row(book: Book, code: str, currency: str = "EUR", today: date = TODAY) -> dict[str, object]:
    made = CollectionList(book, today)
    return next(
        dict(one) for one in made.rows(made.ids("", frozenset(), "", False)).values()
        if (one["code"], one["currency"]) == (code, currency)
    )  # fmt: skip


def test_a_row_has_the_buckets_of_aging(book: Book) -> None:
    acme = row(book, "ACME")
    figures = {name: acme[name] for name in ("open", "overdue", "d1_30", "d31_60", "d61_90", "over_90", "days")}
    assert figures == {
        "open": 31_300, "overdue": 31_000, "d1_30": 3_000, "d31_60": 4_000, "d61_90": 8_000, "over_90": 16_000,
        "days": 91,
    }  # fmt: skip
    assert row(book, "ACME", "USD")["overdue"] == 500


def test_the_latest_stand_first_and_who_owes_nothing_late_is_left_out(book: Book) -> None:
    assert shown(book) == ["ZEN EUR", "ACME EUR", "ACME USD"]
    assert shown(book, sort="overdue") == ["ACME USD", "ZEN EUR", "ACME EUR"]
    assert shown(book, sort="client", descending=True)[0] == "ZEN EUR"


def test_filters_narrow_each_other(book: Book) -> None:
    segment = row_segment(book)
    assert shown(book, "over_60") == ["ZEN EUR", "ACME EUR"]
    assert shown(book, "over_60", "on_hold") == ["ZEN EUR"]
    assert shown(book, f"segment:{segment}") == ["ZEN EUR"]
    assert shown(book, "currency:USD") == ["ACME USD"]
    assert shown(book, "currency:USD", "over_60") == []
    assert shown(book, search="retai") == ["ZEN EUR"]


def row_segment(book: Book) -> int:
    made = CollectionList(book, TODAY)
    made.ids("", frozenset(), "", False)
    ((segment, name),) = made.facts().segments
    assert name == "Retainers"
    return segment


def test_notes_and_steps_stand_in_the_row_until_they_are_done(book: Book) -> None:
    zen = client_of(CollectionList(book, TODAY).ids("", frozenset(), "", False)[0])
    assert shown(book, "silent") == ["ZEN EUR", "ACME EUR", "ACME USD"]
    step = add_note(book, "client", zen, "Rang, asked for a copy", actor=ANNE, due_on=TODAY)
    at(book, TODAY + timedelta(days=1))
    add_note(book, "client", zen, "No answer", actor=ANNE, due_on=TODAY + timedelta(days=9))
    found = row(book, "ZEN")
    assert (found["contact"], found["contact_on"]) == ("No answer", TODAY + timedelta(days=1))
    assert (found["step"], found["step_on"]) == ("Rang, asked for a copy", TODAY)
    assert shown(book, "step_due") == ["ZEN EUR"]
    assert shown(book, "silent") == ["ACME EUR", "ACME USD"]
    tick_off(book, step, on=TODAY, actor=ANNE)
    assert row(book, "ZEN")["step_on"] == TODAY + timedelta(days=9)
    assert shown(book, "step_due") == []
    assert shown(book, sort="step", descending=True)[0] == "ZEN EUR"


def test_the_promise_that_counts(book: Book) -> None:
    acme = client_of(key(book, "ACME"))

    def promise(amount: int, days: int) -> int:
        day = TODAY + timedelta(days=days)
        return note_promise(book, acme, amount=amount, currency="EUR", promised_on=day, actor=ANNE, today=TODAY)

    first, second = promise(1_000, 3), promise(2_000, 6)
    assert (row(book, "ACME")["promise_amount"], row(book, "ACME")["promise_state"]) == (1_000, "open")
    assert shown(book, "promised") == ["ACME EUR"]
    later = TODAY + timedelta(days=7)
    assert row(book, "ACME", today=later)["promise_amount"] == 2_000
    assert row(book, "ACME", today=later)["promise_state"] == "broken"
    made = CollectionList(book, later)
    made.ids("", frozenset(), "", False)
    assert made.facts().amounts["broken"] == {"EUR": 2_000}
    withdraw_promise(book, second, on=later, actor=ANNE)
    assert row(book, "ACME", today=later)["promise_amount"] == 1_000
    withdraw_promise(book, first, on=later, actor=ANNE)
    assert row(book, "ACME", today=later)["promise_state"] is None


def key(book: Book, code: str) -> int:
    made = CollectionList(book, TODAY)
    rows = made.rows(made.ids("", frozenset(), "", False))
    return next(one for one, found in rows.items() if found["code"] == code)


def test_the_habit_is_what_was_paid_late_weighted_by_amount(book: Book) -> None:
    assert row(book, "ZEN")["habit"] == 1
    assert row(book, "ACME")["habit"] is None
    assert shown(book, sort="habit")[0] == "ZEN EUR"
    assert row(book, "ZEN", today=TODAY + timedelta(days=400))["habit"] is None


def test_merged_clients_are_one_row(book: Book) -> None:
    acme, zen = client_of(key(book, "ACME")), client_of(key(book, "ZEN"))
    add_note(book, "client", zen, "Rang", actor=ANNE)
    merge_clients(book, acme, zen, actor=ANNE)
    assert shown(book) == ["ACME EUR", "ACME USD"]
    found = row(book, "ACME")
    assert (found["overdue"], found["days"], found["contact"]) == (34_000, 100, "Rang")


def test_an_id_tells_client_and_currency() -> None:
    ids = {row_id(client, currency) for client in (1, 2, 90_000) for currency in ("AAA", "EUR", "USD", "ZZZ")}
    assert len(ids) == 12
    assert {client_of(one) for one in ids} == {1, 2, 90_000}


def agree(book: Book, today: date) -> None:
    """Every figure of the list is that of aging."""
    made = CollectionList(book, today)
    rows = made.rows(made.ids("", frozenset(), "", False))
    found = {
        (one["client_id"], one["currency"]): tuple(
            one[name] or 0 for name in ("open", "overdue", "d1_30", "d31_60", "d61_90", "over_90", "credit", "disputed")
        )
        for one in rows.values()
    }
    aged = {}
    for one in aging_at(book, today):
        overdue = one.d1_30 + one.d31_60 + one.d61_90 + one.over_90
        if overdue:
            buckets = (one.d1_30, one.d31_60, one.d61_90, one.over_90)
            aged[one.client_id, one.currency] = (one.current + overdue, overdue, *buckets, one.credit, one.disputed)
    assert found == aged
    sums: dict[str, int] = {}
    for (_, currency), figures in aged.items():
        sums[currency] = sums.get(currency, 0) + figures[1]
    assert made.totals(list(rows)) == sums == dict(made.facts().amounts["overdue"])


def test_the_figures_are_those_of_aging_in_a_book_where_everything_happened(tmp_path: Path) -> None:
    with lived_book(tmp_path) as book:
        for days in (0, 20, 45, 75, 120):
            agree(book, date(2026, 4, 15) + timedelta(days=days))


EVENTS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(-40, 150), st.integers(1, 5_000), st.sampled_from(("EUR", "USD"))),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS, seed=st.integers(0, 10**6))
def test_whatever_happens_the_figures_are_those_of_aging(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[int, int, int, str]], seed: int
) -> None:
    with new_book(tmp_path_factory.mktemp("life")) as book:
        clients = [add_client(book, code) for code in ("A", "B")]
        numbers: list[str] = []
        for days, amount, currency in sorted(((one[1], one[2], one[3]) for one in events), reverse=True):
            day = min(due(days), TODAY)
            client = clients[amount % 2]
            numbers.append(add_invoice(book, client, day, (amount, 0), currency=currency, parts=bool(seed % 2)))
        for what, _days, amount, currency in events:
            client, number = clients[seed % 2], numbers[amount % len(numbers)]
            if what == 1:
                record_payment(
                    book, amount=amount, currency=currency, paid_on=TODAY, actor=ANNE, today=TODAY, client_id=client
                )
            elif what == 2:
                try_it(partial(open_dispute, book, number, reason="x", on=TODAY, actor=ANNE, today=TODAY))
            elif what == 3:
                try_it(partial(plan, book, number, amount))
        if seed % 3 == 0:
            merge_clients(book, clients[0], clients[1], actor=ANNE)
        agree(book, TODAY)


def try_it(act: Callable[[], object]) -> None:
    """Much of what is drawn is refused; what is not must still add up."""
    with suppress(UserError):
        act()


def plan(book: Book, number: str, amount: int) -> None:
    parts = [(TODAY - timedelta(days=amount % 40), amount // 2 + 1), (TODAY + timedelta(days=30), amount // 2)]
    agree_plan(book, [number], parts, on=TODAY, reason="asked", actor=ANNE, today=TODAY)
