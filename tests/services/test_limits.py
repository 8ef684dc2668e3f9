from collections.abc import Iterator
from pathlib import Path

import pytest

from db.engine import Book
from desktop.services.changes import undo
from desktop.services.limits import (
    Act,
    limit_of,
    limits_of_others,
    second_approval,
    set_limits_of_others,
    set_second_approval,
)
from desktop.services.people import save_person
from desktop.services.problems import ValidationError
from tests.books import new_book


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as made:
        yield made


def limit(book: Book, actor: str) -> int | None:
    with book.reading() as session:
        return limit_of(session.connection(), actor, "credit")


def test_everyone_else_has_the_common_limit(book: Book) -> None:
    none: dict[Act, int | None] = {"credit": None, "write_off": None, "approval": None}
    assert limits_of_others(book) == none
    set_limits_of_others(book, {"credit": 5_050, "write_off": None, "approval": 700}, actor="Anne")
    assert limits_of_others(book) == {"credit": 5_050, "write_off": None, "approval": 700}
    save_person(book, {"name": "Boss"}, actor="Anne")
    assert (limit(book, "somebody"), limit(book, "Boss")) == (5_050, None)
    set_limits_of_others(book, {"credit": 100, "write_off": 0}, actor="Anne")
    assert limits_of_others(book) == {"credit": 100, "write_off": 0, "approval": 700}
    undo(book, "Anne")
    assert limits_of_others(book) == {"credit": 5_050, "write_off": None, "approval": 700}
    set_limits_of_others(book, none, actor="Anne")
    assert limits_of_others(book) == none


def test_what_two_people_approve_is_set_and_taken_away(book: Book) -> None:
    assert second_approval(book) is None
    set_second_approval(book, 2_500_050, actor="Anne")
    assert second_approval(book) == 2_500_050
    with pytest.raises(ValidationError):
        set_second_approval(book, -1, actor="Anne")
    set_second_approval(book, None, actor="Anne")
    assert second_approval(book) is None
    undo(book, "Anne")
    assert second_approval(book) == 2_500_050


def test_a_limit_below_nothing_is_refused(book: Book) -> None:
    with pytest.raises(ValidationError) as refused:
        set_limits_of_others(book, {"credit": -1, "write_off": None}, actor="Anne")
    assert refused.value.fields == {"credit_limit": "This cannot be below 0."}
