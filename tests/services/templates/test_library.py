"""Templates: versions that printed stay for ever, others may be replaced, and what is in use cannot go."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Template
from desktop.domain.template import USUAL_LAYOUT, Block, Column, Layout, Text
from desktop.errors import UserError
from desktop.services.changes import change, undo
from desktop.services.check import check
from desktop.services.firm import set_logo
from desktop.services.problems import ValidationError
from desktop.services.templates import (
    choose,
    copy_template,
    new_template,
    remove_template,
    rename_template,
    save_version,
    take_again,
    template_version,
    templates,
    versions,
)
from tests.books import new_book
from tests.contracts import Contracts, rows

RED = replace(USUAL_LAYOUT, accent="#AA0000")
GREEN = replace(USUAL_LAYOUT, accent="#00AA00")


def png(width: int = 40, height: int = 20) -> bytes:
    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(made, "PNG")
    return made.getvalue()


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book
        assert check(book).problems == ()


@pytest.fixture
def look(book: Book) -> int:
    """A template of the test's own that has printed nothing."""
    return new_template(book, "Quay", RED, actor="Anne")


def billed(book: Book) -> str:
    """The number of a document that the firm's template printed."""
    made = Contracts(book)
    made.agreement(made.client(), "A1")
    made.bill("2026-01-31", "2026-02-03")
    ((number,),) = rows(book, "SELECT number FROM invoice")
    return number


def test_a_new_template_prints_and_says_who_made_it(book: Book, look: int) -> None:
    (row,) = [one for one in templates(book) if one.id == look]
    assert (row.name, row.version, row.made_by, row.documents, row.is_default, row.problem) == (
        "Quay",
        1,
        "Anne",
        0,
        False,
        "",
    )
    assert row.layout == RED
    assert template_version(book, row.version_id).layout == RED


def test_every_part_of_a_layout_survives_saving(book: Book, look: int) -> None:
    whole = Layout(
        page="LETTER",
        margin_left=30,
        blocks=(Block("notes"), Block("terms", False), Block("totals", True, 11, True, "#123456", "left", 4.5)),
        columns=(Column("net", "Sum", 30), Column("description")),
        texts=(Text("intro", "Dear {client.name},\nyours: {number} “é”", "invoice", "fr"), Text("footer", "x")),
        facts=("due", "date"),
    )
    version = save_version(book, look, whole, actor="Anne")
    assert template_version(book, version).layout == whole


def test_saving_makes_a_version_with_its_note(book: Book, look: int) -> None:
    save_version(book, look, GREEN, note=" greener ", actor="Ben")
    newest, first = versions(book, look)
    assert (newest.version, newest.made_by, newest.note) == (2, "Ben", "greener")
    assert (first.version, first.made_by) == (1, "Anne")
    undo(book, "Ben")
    assert [one.version for one in versions(book, look)] == [1]


def test_saving_what_is_no_different_makes_no_version(book: Book, look: int) -> None:
    before = rows(book, "SELECT count(*) FROM change_set")
    save_version(book, look, RED, note="nothing", actor="Ben")
    assert len(versions(book, look)) == 1
    assert rows(book, "SELECT count(*) FROM change_set") == before


def test_an_unused_version_is_replaced_and_a_used_one_never(book: Book, look: int) -> None:
    save_version(book, look, GREEN, replace=True, actor="Ben")
    (only,) = versions(book, look)
    assert (only.version, only.made_by) == (1, "Ben")
    choose(book, look, actor="Ben")
    billed(book)
    assert versions(book, look)[0].documents == 1
    save_version(book, look, RED, replace=True, actor="Ben")
    assert [(one.version, one.documents) for one in versions(book, look)] == [(2, 0), (1, 1)]
    assert template_version(book, versions(book, look)[1].id).layout == GREEN


def test_an_older_version_is_taken_again_as_a_new_one(book: Book, look: int) -> None:
    first = versions(book, look)[0].id
    save_version(book, look, GREEN, logo=png(), actor="Ben")
    again = take_again(book, first, actor="Cleo")
    assert template_version(book, again).layout == RED
    assert template_version(book, again).logo == b""
    assert versions(book, look)[0].note == "As version 1"
    assert take_again(book, first, actor="Cleo") == again


def test_a_copy_begins_as_the_template_looks_now(book: Book, look: int) -> None:
    save_version(book, look, GREEN, logo=png(), actor="Ben")
    copy = copy_template(book, look, "Pier", actor="Ben")
    (version,) = versions(book, copy)
    assert template_version(book, version.id).layout == GREEN
    assert template_version(book, version.id).logo == png()


@pytest.mark.parametrize("name, words", [(" ", "needs a name"), ("qUAY", "already"), ("x" * 61, "at most 60")])
def test_names_are_checked(book: Book, look: int, name: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        new_template(book, name, RED, actor="Anne")
    other = new_template(book, "Other", RED, actor="Anne")
    with pytest.raises(ValidationError, match=words):
        rename_template(book, other, name, actor="Anne")
    rename_template(book, other, "Others", actor="Anne")
    assert "Others" in [one.name for one in templates(book)]


def test_an_unused_template_can_go_and_come_back(book: Book, look: int) -> None:
    save_version(book, look, GREEN, actor="Anne")
    remove_template(book, look, actor="Anne")
    assert look not in [one.id for one in templates(book)]
    undo(book, "Anne")
    assert [one.version for one in versions(book, look)] == [2, 1]


def test_what_uses_a_template_is_named(book: Book, look: int) -> None:
    made = Contracts(book)
    made.client("C1", name="Anchor GmbH")
    choose(book, look, scope="client", scope_id=1, actor="Anne")
    choose(book, look, scope="client", scope_id=1, kind="credit_note", actor="Anne")
    with pytest.raises(UserError, match="prints for: client Anchor GmbH"):
        remove_template(book, look, actor="Anne")
    choose(book, None, scope="client", scope_id=1, actor="Anne")
    with pytest.raises(UserError, match="client Anchor GmbH"):
        remove_template(book, look, actor="Anne")
    choose(book, None, scope="client", scope_id=1, kind="credit_note", actor="Anne")
    remove_template(book, look, actor="Anne")


def test_what_printed_a_document_cannot_go(book: Book, look: int) -> None:
    choose(book, look, actor="Anne")
    billed(book)
    others = [one.id for one in templates(book) if one.id != look]
    choose(book, others[0], actor="Anne")
    with pytest.raises(UserError, match="printed 1 document, which keeps its look"):
        remove_template(book, look, actor="Anne")


def test_the_only_template_cannot_go(book: Book) -> None:
    first, *others = [one.id for one in templates(book)]
    with change(book, "test", "No default") as made:
        made.connection.exec_driver_sql("UPDATE firm SET template_id = NULL")
    for one in others:
        remove_template(book, one, actor="Anne")
    with pytest.raises(UserError, match="only template"):
        remove_template(book, first, actor="Anne")
    assert [one.id for one in templates(book)] == [first]
    with change(book, "test", "As before") as made:
        made.connection.exec_driver_sql("UPDATE firm SET template_id = ?", (first,))
        made.session.get_one(Template, first)


@pytest.mark.parametrize(
    "layout, logo, words",
    [
        (replace(USUAL_LAYOUT, accent="red"), None, "not a colour"),
        (replace(USUAL_LAYOUT, margin_left=1), None, "too small"),
        (replace(USUAL_LAYOUT, columns=(Column("net"),)), None, "needs its column"),
        (replace(USUAL_LAYOUT, texts=(Text("intro", "Dear {nobody}"),)), None, "no field “{nobody}”"),
        (USUAL_LAYOUT, b"GIF89a", "not a picture"),
        (USUAL_LAYOUT, png()[:40], "cannot be read"),
    ],
)
def test_what_would_not_print_is_refused_when_it_is_saved(
    book: Book, look: int, layout: Layout, logo: bytes | None, words: str
) -> None:
    with pytest.raises(UserError, match=words):
        save_version(book, look, layout, logo=logo, actor="Anne")
    assert len(versions(book, look)) == 1


def test_a_logo_is_kept_changed_and_taken_off(book: Book, look: int) -> None:
    with_logo = save_version(book, look, RED, logo=png(), actor="Anne")
    assert template_version(book, with_logo).logo == png()
    kept = save_version(book, look, GREEN, actor="Anne")
    assert template_version(book, kept).logo == png()
    off = save_version(book, look, GREEN, logo=b"", actor="Anne")
    assert template_version(book, off).logo == b""


def test_the_firms_logo_reaches_all_but_those_with_one_of_their_own(book: Book, look: int) -> None:
    own = new_template(book, "Own", RED, logo=png(30, 30), actor="Anne")
    set_logo(book, "firm.png", png(), actor="Anne")
    shown = {one.id: template_version(book, one.version_id).logo for one in templates(book)}
    assert shown[look] == png()
    assert shown[own] == png(30, 30)
    assert template_version(book, versions(book, new_template(book, "N", RED, actor="A"))[0].id).logo == png()
