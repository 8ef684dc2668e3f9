"""Ways past a role that write no row of their own, or a row of a table that others may write too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from db.guard import NotAllowed
from db.schema import Person
from desktop.domain.access import SignedIn
from desktop.domain.rotation import Rotation
from desktop.errors import UserError
from desktop.services import firm
from desktop.services.access.second_pair import set_seconds_above
from desktop.services.backups.choices import Choices, keep_machine_choices, machine_choices
from desktop.services.changes import change
from desktop.services.configuration.applying import accept
from desktop.services.configuration.proposing import propose, withdraw
from desktop.services.configuration.standing import proposal
from desktop.services.sandbox.making import discard_sandbox, make_sandbox, sandbox_of
from desktop.services.write_offs import write_off
from tests.access import as_role, guard, person
from tests.books import new_book
from tests.issued import add_client, add_invoice

TODAY = date(2026, 11, 22)
NEXT = date(2027, 1, 1)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as made:
        guard(made)
        yield made


def _propose(book: Book) -> str:
    return propose(
        book,
        lambda: firm.update_firm(book, {"terms": "net 14"}, actor="?"),
        summary="Other terms",
        reason="",
        from_day=NEXT,
        actor="?",
        today=TODAY,
    )


def test_a_clerk_takes_back_the_own_proposal_alone(book: Book) -> None:
    clerk = as_role(book, "clerk")
    withdraw(clerk, _propose(clerk), actor="?")
    theirs = _propose(book)
    with pytest.raises(NotAllowed):
        withdraw(clerk, theirs, actor="?")
    own = _propose(clerk)
    accept(book, own, actor="?", today=TODAY)
    with pytest.raises(NotAllowed):
        withdraw(clerk, own, actor="?")
    assert [proposal(book, one).state for one in (theirs, own)] == ["proposed", "accepted"]
    withdraw(book, theirs, actor="?")


def test_nobody_is_a_second_person_under_the_own_name_spelled_otherwise(book: Book) -> None:
    set_seconds_above(book, {"configuration": 0}, actor="?")
    bookkeeper = as_role(book, "bookkeeper", "Ben")
    number = _propose(bookkeeper)
    with pytest.raises(UserError, match="another person"):
        accept(bookkeeper, number, actor="Ben ", today=TODAY)
    assert proposal(book, number).proposed_by == "Ben"


@pytest.mark.parametrize("state", ["accepted", "applied"])
def test_a_clerk_writes_no_decision(book: Book, state: str) -> None:
    clerk = as_role(book, "clerk")
    _propose(clerk)
    with pytest.raises(NotAllowed) as refused, clerk.writing() as session:
        session.connection().exec_driver_sql("UPDATE configuration_change SET state = ?", (state,))
    assert refused.value.right == "configure"


@pytest.mark.parametrize("kind", ["adjustment", "bank", "recognition"])
def test_a_clerk_books_no_entry_by_hand(book: Book, kind: str) -> None:
    statement = "INSERT INTO journal_entry (kind, booked_on, note) VALUES (?, '2026-11-22', '')"
    with pytest.raises(NotAllowed) as refused, as_role(book, "clerk").writing() as session:
        session.connection().exec_driver_sql(statement, (kind,))
    assert refused.value.right == "money"


def test_a_sandbox_takes_the_right_to_configure(book: Book) -> None:
    clerk = as_role(book, "clerk")
    with pytest.raises(NotAllowed):
        make_sandbox(clerk, actor="?")
    made = make_sandbox(as_role(book, "bookkeeper", "Ben"), actor="?")
    with pytest.raises(NotAllowed):
        discard_sandbox(made.path, who=clerk.signed_in)
    assert sandbox_of(book) is not None
    discard_sandbox(made.path, who=book.signed_in)


def test_where_backups_go_takes_the_right_to_configure() -> None:
    before = machine_choices()
    with pytest.raises(NotAllowed):
        keep_machine_choices(Choices(rotation=Rotation(1, 0, 0)), who=SignedIn(1, "Rita", "clerk"))
    assert machine_choices() == before


def test_a_limit_holds_under_the_own_name_spelled_otherwise(book: Book) -> None:
    number = add_invoice(book, add_client(book, "C1"), TODAY, (100_00, 0))
    bookkeeper = as_role(book, "bookkeeper", "Ben")
    with change(book, "?", "A limit") as made:
        made.update(Person, person(book, "Ben", "bookkeeper"), write_off_limit=10_00)
    with pytest.raises(UserError, match="Ben"):
        write_off(bookkeeper, number, reason="Gone", actor="Ben ", on=TODAY, today=TODAY)
