"""What Undo and Redo do next, and that what people decide can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from db.schema import Client
from desktop.errors import UserError
from desktop.services.changes import change, undo
from desktop.services.check import check
from desktop.services.people import save_person
from desktop.services.runs import Assignment, approve_drafts, assign, hold_drafts, resume
from desktop.services.undo_steps import ChangeList, Step, steps, why_not
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows

NOW = "2026-02-01T10:00:00Z"
DRAFT = "SELECT state, severity, decided_by, decision_note, owner_id, due_at, seconded_by FROM draft ORDER BY id"
FINDING = "SELECT draft_id, code, severity, approved FROM finding ORDER BY draft_id, id"
OUTCOME = "SELECT state, reason FROM outcome ORDER BY id"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book
        assert check(book).problems == ()


def named(step: Step | None) -> str:
    return "" if step is None else step.summary


def add(book: Book, code: str) -> None:
    with change(book, "test", f"Add {code}") as made:
        made.insert(Client, code=code, name=code, country="DE", currency="EUR")


def test_undo_and_redo_walk_back_and_forth(book: Book) -> None:
    add(book, "A")
    add(book, "B")
    assert (named(steps(book).undo), steps(book).redo) == ("Add B", None)
    undo(book, "test")
    assert (named(steps(book).undo), named(steps(book).redo)) == ("Add A", "Add B")
    undo(book, "test")
    assert named(steps(book).redo) == "Add A"
    for expected in ("Add A", "Add B"):
        forth = steps(book).redo
        assert forth is not None
        assert forth.summary == expected
        undo(book, "test", forth.id)
    assert steps(book).redo is None
    assert named(steps(book).undo) == "Add B"
    undo(book, "test")
    assert (named(steps(book).undo), named(steps(book).redo)) == ("Add A", "Add B")


def test_a_new_change_leaves_nothing_to_redo(book: Book) -> None:
    add(book, "A")
    undo(book, "test")
    add(book, "B")
    assert steps(book).redo is None
    assert named(steps(book).undo) == "Add B"


def test_what_undo_names_is_what_it_takes_back(book: Book) -> None:
    for code in "ABC":
        add(book, code)
    for _turn in range(3):
        assert named(steps(book).undo) == undo(book, "test")


def test_the_list_tells_of_each_change_and_why_it_stays(book: Book) -> None:
    add(book, "A")
    with change(book, "anna", "Book money", undoable=False) as made:
        made.record("payment", 1, "book")
    add(book, "B")
    undo(book, "test")
    listing = ChangeList(book)
    ids = listing.ids("", frozenset(), "", False)
    found = [listing.rows(ids)[one] for one in ids]
    assert [row["summary"] for row in found][:4] == ["Undone: Add B", "Add B", "Book money", "Add A"]
    assert [row["state"] for row in found][:4] == ["open", "undone", "lasting", "open"]
    assert listing.ids("anna", frozenset(), "", False) == [ids[2]]
    assert ids[2] not in listing.ids("", frozenset({"undoable"}), "", False)
    assert why_not(book, ids[3]) == ("", "")
    assert "was undone already" in why_not(book, ids[1])[0]
    said, remedy = why_not(book, ids[2])
    assert "cannot be undone" in said
    assert "reversed" in remedy


# What people decide


@pytest.fixture
def held(book: Book) -> Contracts:
    made = Contracts(book)
    for number in (1, 2):
        client = made.client(f"C{number}", on_hold=True)
        made.agreement(client, f"A{number}", {"unit_price": "100"})
    made.bill("2026-01-31")
    return made


def standing(book: Book) -> list[Any]:
    return [rows(book, DRAFT), rows(book, FINDING), rows(book, OUTCOME)]


def drafts(book: Book) -> list[int]:
    return [row[0] for row in rows(book, "SELECT id FROM draft ORDER BY id")]


def test_an_approval_is_undone_and_redone(book: Book, held: Contracts) -> None:
    before = standing(book)
    approve_drafts(book, drafts(book), "as agreed", actor=ANNE, now=NOW)
    approved = standing(book)
    assert approved != before
    assert "Approve 2 drafts" in undo(book, ANNE)
    assert standing(book) == before
    forth = steps(book).redo
    assert forth is not None
    undo(book, ANNE, forth.id)
    assert standing(book) == approved
    assert len(resume(book, "R-2026-0001", actor=ANNE, now=NOW).invoices) == 2


def test_holding_and_assigning_are_undone(book: Book, held: Contracts) -> None:
    save_person(book, {"name": "Bo"}, actor=ANNE)
    before = standing(book)
    hold_drafts(book, drafts(book)[:1], "wait for the order", actor=ANNE, now=NOW)
    assign(book, drafts(book), Assignment(owner="Bo"), actor=ANNE)
    assert standing(book) != before
    undo(book, ANNE)
    undo(book, ANNE)
    assert standing(book) == before


def test_an_approval_of_what_was_issued_since_is_not_undone(book: Book, held: Contracts) -> None:
    approve_drafts(book, drafts(book), "", actor=ANNE, now=NOW)
    made = steps(book).undo
    assert made is not None
    resume(book, "R-2026-0001", actor=ANNE, now=NOW)
    with pytest.raises(UserError, match="issued since as INV-"):
        undo(book, ANNE, made.id)
