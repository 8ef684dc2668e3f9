"""What is due in a book whose people sign in goes by the rights of who set it up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.engine import Book
from desktop.services.people import save_person
from desktop.services.schedules.carrying_out import carry_out
from desktop.services.schedules.keeping import save_schedule, schedules
from desktop.services.schedules.results import Result
from tests.access import as_role, guard, person
from tests.books import new_book
from tests.contracts import Contracts, value

SINCE = datetime(2026, 1, 15, 12)
DUE = datetime(2026, 1, 31, 7)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as made:
        made.clock = lambda: DUE.replace(tzinfo=UTC)
        contracts = Contracts(made)
        contracts.agreement(contracts.client())
        guard(made)
        person(made, "Rita", "bookkeeper")
        save_schedule(
            as_role(made, "bookkeeper"),
            {"name": "Month end", "task": "bill", "every": "month", "day": 31, "at": "6:30", "through": "this_month"},
            actor="Rita",
            now=SINCE,
        )
        yield made


def do(book: Book) -> Result:
    (found,) = carry_out(book.acting(None), now=lambda: DUE, actor="cron")
    return found


def test_it_is_done_in_the_name_of_who_set_it_up(book: Book) -> None:
    assert do(book).state == "done"
    assert value(book, "SELECT actor FROM run") == "Rita"


@pytest.mark.parametrize("change, says", [({"role": "reader"}, "not change it"), ({"active": False}, "any more")])
def test_it_fails_where_they_may_not_any_more(book: Book, change: dict[str, object], says: str) -> None:
    save_person(book, change, actor="Olga", person_id=person(book, "Rita", ""))
    found = do(book)
    assert (found.state, says in found.said) == ("failed", True)
    assert value(book, "SELECT count(*) FROM invoice") == 0


def test_asked_for_now_it_goes_by_the_rights_of_who_asks(book: Book) -> None:
    (schedule,) = schedules(book)
    (found,) = carry_out(as_role(book, "reader", "Rolf"), now=lambda: SINCE, actor="Rolf", only=schedule)
    assert found.state == "failed"
    assert value(book, "SELECT count(*) FROM run") == 0
    (found,) = carry_out(as_role(book, "clerk", "Carla"), now=lambda: DUE, actor="Carla", only=schedule)
    assert found.state == "done", found.said
    assert value(book, "SELECT actor FROM run") == "Carla"
