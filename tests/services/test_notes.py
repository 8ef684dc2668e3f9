"""Notes on things: written, changed, ticked off, deleted, taken back; and they go where their thing goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.engine import Book
from desktop.errors import UserError
from desktop.services.attachments import attach, attachments
from desktop.services.catalogue import delete_item, save_item
from desktop.services.changes import change, undo
from desktop.services.check import check
from desktop.services.clients import create_client, delete_client
from desktop.services.imports import import_file
from desktop.services.merge_previews import compare_clients
from desktop.services.merging import merge_clients, merge_items
from desktop.services.notes import (
    LONGEST,
    NoteRow,
    add_note,
    change_note,
    count_notes,
    delete_note,
    notes,
    open_again,
    tick_off,
)
from desktop.services.people import people, remove_person, save_person
from tests.books import new_book

ANN = "ann"
DAY = date(2026, 3, 1)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def client(book: Book, code: str) -> int:
    return create_client(book, {"code": code, "name": f"{code} Ltd", "country": "DE"}, actor=ANN)


@pytest.fixture
def acme(book: Book) -> int:
    return client(book, "C-1")


def texts(book: Book, one: int, subject: str = "client") -> list[str]:
    return [note.text for note in notes(book, subject, one)]


def test_a_note_says_who_wrote_it_and_when(book: Book, acme: int) -> None:
    add_note(book, "client", acme, "  Wants one invoice a month \n", actor=ANN)
    (note,) = notes(book, "client", acme)
    assert (note.text, note.author, note.due_on, note.owner, note.done_on) == (
        "Wants one invoice a month",
        ANN,
        None,
        "",
        None,
    )
    assert note.at.endswith("Z")
    assert not note.waits
    assert (count_notes(book, "client", acme), count_notes(book, "agreement", acme)) == (1, 0)


def test_steps_that_wait_come_first_by_their_day(book: Book, acme: int) -> None:
    ida = save_person(book, {"name": "Ida"}, actor=ANN)
    late = add_note(book, "client", acme, "In June", actor=ANN, due_on=date(2026, 6, 1), owner_id=ida)
    add_note(book, "client", acme, "In May", actor=ANN, due_on=date(2026, 5, 1))
    add_note(book, "client", acme, "Just so", actor=ANN)
    assert texts(book, acme) == ["In May", "In June", "Just so"]
    assert notes(book, "client", acme)[1].owner == "Ida"
    tick_off(book, late, on=DAY, actor=ANN)
    assert texts(book, acme) == ["In May", "Just so", "In June"]
    open_again(book, late, actor=ANN)
    assert notes(book, "client", acme)[1].waits


def test_every_step_can_be_taken_back(book: Book, acme: int) -> None:
    one = add_note(book, "client", acme, "First", actor=ANN)
    before = notes(book, "client", acme)
    for act in (
        lambda: change_note(book, one, {"text": "Second", "due_on": DAY}, actor="bob"),
        lambda: tick_off(book, one, on=DAY, actor=ANN),
        lambda: delete_note(book, one, actor=ANN),
    ):
        act()
        assert notes(book, "client", acme) != before
        undo(book, ANN)
        assert notes(book, "client", acme) == before
    undo(book, ANN)
    assert notes(book, "client", acme) == []


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (LONGEST + 1)])
def test_a_note_needs_words_and_not_a_book_of_them(book: Book, acme: int, text: str) -> None:
    with pytest.raises(UserError):
        add_note(book, "client", acme, text, actor=ANN)
    assert count_notes(book, "client", acme) == 0


def test_what_is_gone_takes_no_note(book: Book, acme: int) -> None:
    with pytest.raises(UserError, match="The client is not there any more"):
        add_note(book, "client", acme + 1, "x", actor=ANN)
    with pytest.raises(UserError, match="The person"):
        add_note(book, "client", acme, "x", actor=ANN, owner_id=7)
    with pytest.raises(ValueError, match="firm"):
        add_note(book, "firm", 1, "x", actor=ANN)
    with pytest.raises(TypeError):
        change_note(book, add_note(book, "client", acme, "x", actor=ANN), {"author": "me"}, actor=ANN)


def test_a_person_that_goes_leaves_the_step(book: Book, acme: int) -> None:
    ida = save_person(book, {"name": "Ida"}, actor=ANN)
    add_note(book, "client", acme, "Call", actor=ANN, due_on=DAY, owner_id=ida)
    remove_person(book, ida, actor=ANN)
    assert people(book) == []
    assert [(one.text, one.owner_id) for one in notes(book, "client", acme)] == [("Call", None)]


def test_notes_and_files_follow_the_client_that_stays_and_come_back(book: Book, acme: int) -> None:
    other = client(book, "C-2")
    add_note(book, "client", acme, "Of the one", actor=ANN)
    add_note(book, "client", other, "Of the other", actor=ANN)
    attach(book, "client", other, "order.txt", b"An order", actor=ANN)
    assert {"1 note", "1 file"} <= set(compare_clients(book, acme, other).moves)
    merged = merge_clients(book, acme, other, actor=ANN)
    assert (merged.moved["note"], merged.moved["attachment"]) == (1, 1)
    assert texts(book, acme) == ["Of the other", "Of the one"]
    assert [one.name for one in attachments(book, "client", acme)] == ["order.txt"]
    assert texts(book, other) == []
    # Who still has the other before him writes to the one.
    late = add_note(book, "client", other, "Written late", actor=ANN)
    assert texts(book, acme)[0] == "Written late"
    delete_note(book, late, actor=ANN)
    undo(book, ANN, merged.change_set)
    assert (texts(book, acme), texts(book, other)) == (["Of the one"], ["Of the other"])
    assert [one.name for one in attachments(book, "client", other)] == ["order.txt"]
    assert check(book).problems == ()


def test_notes_follow_the_item_that_stays(book: Book) -> None:
    one = save_item(book, {"name": "Hosting", "unit": "month"}, actor=ANN)
    other = save_item(book, {"name": "Web hosting", "unit": "month"}, actor=ANN)
    add_note(book, "item", other, "Dearer from May on", actor=ANN)
    merge_items(book, one, other, actor=ANN)
    assert texts(book, one, "item") == ["Dearer from May on"]
    undo(book, ANN)
    assert texts(book, other, "item") == ["Dearer from May on"]


def test_what_is_deleted_takes_its_notes_along_and_brings_them_back(book: Book, acme: int) -> None:
    item = save_item(book, {"name": "Hosting", "unit": "month"}, actor=ANN)
    for subject, one in (("client", acme), ("item", item)):
        add_note(book, subject, one, "Keep in mind", actor=ANN)
        attach(book, subject, one, "a.txt", b"a", actor=ANN)
    delete_item(book, item, actor=ANN)
    delete_client(book, acme, actor=ANN)
    assert (count_notes(book, "client", acme), count_notes(book, "item", item)) == (0, 0)
    assert check(book).problems == ()
    undo(book, ANN)
    assert texts(book, acme) == ["Keep in mind"]
    assert [one.name for one in attachments(book, "client", acme)] == ["a.txt"]


def test_adding_a_thing_is_not_undone_under_its_notes(book: Book, acme: int) -> None:
    with book.reading() as session:
        added = session.connection().exec_driver_sql("SELECT max(id) FROM change_set").scalar_one()
    note = add_note(book, "client", acme, "Keep in mind", actor=ANN)
    with pytest.raises(UserError, match="1 note"):
        undo(book, ANN, added)
    delete_note(book, note, actor=ANN)
    undo(book, ANN, added)
    assert check(book).problems == ()


def test_a_note_of_nothing_is_found_by_the_check(book: Book, acme: int) -> None:
    note = add_note(book, "client", acme, "Keep in mind", actor=ANN)
    with change(book, ANN, "By hand") as made:
        made.connection.exec_driver_sql("DELETE FROM note WHERE id = ?", (note,))
        made.connection.exec_driver_sql(
            "INSERT INTO note (id, subject, subject_id, text, at, author) VALUES (?, 'client', 99, 'x', ?, ?)",
            (note + 1, made.at, ANN),
        )
    assert (f"note #{note + 1}", "it refers to a row that is not there (client)") in {
        (one.where, one.detail) for one in check(book).problems
    }


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "change", "tick", "open", "delete", "undo"]),
        st.integers(0, 5),
        st.text("ab \n", min_size=1, max_size=6),
    ),
    max_size=14,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_life_of_notes_is_taken_back_step_by_step(book: Book, steps: list[tuple[str, int, str]]) -> None:
    """After each undo the notes are as they were before the step; the book stays proved."""
    one = create_client(book, {"name": "Life", "country": "DE"}, actor=ANN)
    past: list[list[NoteRow]] = []
    for what, which, text in steps:
        now = notes(book, "client", one)
        chosen = now[which % len(now)].id if now else None
        if what == "undo":
            if past:
                undo(book, ANN)
                assert notes(book, "client", one) == past.pop()
            continue
        if what != "add" and chosen is None:
            continue
        try:
            if what == "add":
                add_note(book, "client", one, text, actor=ANN, due_on=DAY if which % 2 else None)
            elif chosen is not None and what == "change":
                change_note(book, chosen, {"text": text}, actor=ANN)
            elif chosen is not None and what == "tick":
                tick_off(book, chosen, on=DAY, actor=ANN)
            elif chosen is not None and what == "open":
                open_again(book, chosen, actor=ANN)
            elif chosen is not None:
                delete_note(book, chosen, actor=ANN)
        except UserError:
            assert not text.strip()
        if notes(book, "client", one) != now:
            past.append(now)
    while past:
        undo(book, ANN)
        assert notes(book, "client", one) == past.pop()
    assert check(book).problems == ()


def test_an_import_is_not_undone_under_the_notes_on_what_it_brought(book: Book) -> None:
    """Rows of a file are deleted together, without being looked at one by one."""
    rows = b"code,name,country\nA,Alder,DE\nB,Birch,DE\n"
    import_file(book, "clients", rows, actor=ANN, today=DAY)
    with book.reading() as session:
        brought = session.connection().exec_driver_sql("SELECT max(change_set_id) FROM import_batch").scalar_one()
        one = session.connection().exec_driver_sql("SELECT id FROM client WHERE code = 'B'").scalar_one()
    note = add_note(book, "client", one, "Keep in mind", actor=ANN)
    with pytest.raises(UserError, match="1 note"):
        undo(book, ANN, brought)
    delete_note(book, note, actor=ANN)
    undo(book, ANN, brought)
    assert check(book).problems == ()
