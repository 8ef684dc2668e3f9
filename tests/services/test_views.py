"""Saved views: kept by page, replaced by name, renamed, deleted and undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.services.changes import undo
from desktop.services.problems import ValidationError
from desktop.services.views import View, ViewColumn, delete_view, rename_view, save_view, saved_views
from tests.books import new_book

LATE = View(
    "kai",
    frozenset({"overdue", "currency:EUR"}),
    "due_date",
    True,
    (ViewColumn("client", 0), ViewColumn("open", 120), ViewColumn("run", 90, hidden=True)),
)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path)


def names(book: Book, page: str = "invoices") -> list[str]:
    return [one.name for one in saved_views(book, page)]


def test_a_view_comes_back_as_it_was_saved(book: Book) -> None:
    key = save_view(book, "invoices", "  Late in   euro ", LATE, actor="test")
    (kept,) = saved_views(book, "invoices")
    assert (kept.id, kept.name, kept.view) == (key, "Late in euro", LATE)
    assert saved_views(book, "clients") == []


def test_views_stand_in_the_order_in_which_they_were_made(book: Book) -> None:
    for name in ("Zulu", "Alpha", "Mike"):
        save_view(book, "invoices", name, View(), actor="test")
    assert names(book) == ["Zulu", "Alpha", "Mike"]


def test_saving_under_a_known_name_replaces_that_view_alone(book: Book) -> None:
    first = save_view(book, "invoices", "Late", View(), actor="test")
    other = save_view(book, "clients", "Late", View(), actor="test")
    assert save_view(book, "invoices", "Late", LATE, actor="test") == first
    assert saved_views(book, "invoices")[0].view == LATE
    assert (saved_views(book, "clients")[0].id, saved_views(book, "clients")[0].view) == (other, View())
    undo(book, "test")
    assert saved_views(book, "invoices")[0].view == View()


def test_a_view_is_renamed_and_deleted_and_both_are_undone(book: Book) -> None:
    key = save_view(book, "invoices", "Late", LATE, actor="test")
    rename_view(book, key, "Overdue", actor="test")
    assert names(book) == ["Overdue"]
    delete_view(book, key, actor="test")
    assert names(book) == []
    undo(book, "test")
    assert saved_views(book, "invoices")[0].view == LATE
    with pytest.raises(UserError, match="not there any more"):
        delete_view(book, key + 1, actor="test")


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_name_that_nobody_can_read_is_refused(book: Book, name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        save_view(book, "invoices", name, LATE, actor="test")
    assert set(refused.value.fields) == {"name"}
    assert names(book) == []


def test_two_views_of_a_page_never_share_a_name(book: Book) -> None:
    save_view(book, "invoices", "Late", LATE, actor="test")
    key = save_view(book, "invoices", "All", View(), actor="test")
    with pytest.raises(ValidationError, match="already"):
        rename_view(book, key, "Late", actor="test")
    assert names(book) == ["Late", "All"]
    rename_view(book, key, "All", actor="test")
