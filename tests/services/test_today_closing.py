"""Today tells of months that are over and not closed, to firms that close them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from desktop.services.accounting.month_end import next_to_close, reopen
from desktop.services.today import Item, Urgency, today
from desktop.services.today.closing import months_open
from tests.books import new_book
from tests.closed import close


def items(book: Book, day: date) -> tuple[Item, ...]:
    return today(book, day, f"{day}T08:00:00Z", sources=(months_open,)).items


def test_a_firm_that_never_closes_is_left_alone(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        assert items(book, date(2026, 3, 5)) == ()


@pytest.mark.parametrize(
    "closed, on, said, urgency, through",
    [
        ("2026-01-31", "2026-02-28", None, None, "2026-01-31"),
        ("2026-01-31", "2026-03-01", "The month that ended on 28 Feb 2026 is not closed", "LATER", "2026-02-28"),
        ("2026-02-15", "2026-03-10", "The month that ended on 28 Feb 2026 is not closed", "TODAY", "2026-02-28"),
        ("2025-12-31", "2026-03-12", "2 months that are over are not closed", "LATE", "2026-01-31"),
    ],
)
def test_the_first_open_month_is_told_with_how_many_wait(
    tmp_path: Path, closed: str, on: str, said: str | None, urgency: str | None, through: str
) -> None:
    with new_book(tmp_path) as book:
        close(book, closed)
        found = items(book, date.fromisoformat(on))
        assert [(one.sentence, one.urgency) for one in found] == (
            [(said, Urgency[urgency])] if said and urgency else []
        )
        assert all(one.target.filters == {"tab:closing"} for one in found)
        assert next_to_close(book, date.fromisoformat(on)).isoformat() == through


def test_what_was_reopened_wants_to_be_closed_again(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        close(book, "2026-02-28")
        assert items(book, date(2026, 3, 5)) == ()
        reopen(book, "An invoice was forgotten", actor="Anne")
        assert len(items(book, date(2026, 3, 5))) == 1
