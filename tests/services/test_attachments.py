"""Files beside things: kept, looked at as copies that can only be read, saved, removed and taken back."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.engine import Book
from db.schema import Attachment
from desktop.errors import UserError
from desktop.services.attachments import (
    attach,
    attach_file,
    attachments,
    copy_to_look_at,
    count_attachments,
    remove_attachment,
    safe_name,
    save_copy,
)
from desktop.services.changes import change, undo
from desktop.services.clients import create_client
from desktop.services.files import LARGEST
from tests.books import new_book

ANN = "ann"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def acme(book: Book) -> int:
    return create_client(book, {"code": "C-1", "name": "Acme", "country": "DE"}, actor=ANN)


def test_a_file_from_disk_lies_beside_its_client(book: Book, acme: int, tmp_path: Path) -> None:
    order = tmp_path / "Order 7.pdf"
    order.write_bytes(b"%PDF-1.7 order")
    one = attach_file(book, "client", acme, order, actor=ANN)
    (row,) = attachments(book, "client", acme)
    assert (row.id, row.name, row.size, row.media_type, row.author) == (one, "Order 7.pdf", 14, "application/pdf", ANN)
    assert count_attachments(book, "client", acme) == 1
    order.unlink()
    assert save_copy(book, one, tmp_path / "again.pdf").read_bytes() == b"%PDF-1.7 order"


def test_a_copy_to_look_at_is_ours_alone_and_cannot_be_written(book: Book, acme: int, tmp_path: Path) -> None:
    one = attach(book, "client", acme, "order.txt", b"order", actor=ANN)
    copy = copy_to_look_at(book, one, tmp_path / "shown")
    assert (copy.name, copy.read_bytes()) == ("order.txt", b"order")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o400
    assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700
    # Looked at twice, it is written anew.
    assert copy_to_look_at(book, one, tmp_path / "shown") == copy


@pytest.mark.parametrize("name", ["setup.exe", "run.SH", "x.pdf.lnk", "page.html", "picture.svg"])
def test_what_would_be_run_is_not_opened(book: Book, acme: int, tmp_path: Path, name: str) -> None:
    one = attach(book, "client", acme, name, b"MZ", actor=ANN)
    with pytest.raises(UserError, match="would be run"):
        copy_to_look_at(book, one, tmp_path / "shown")
    assert save_copy(book, one, tmp_path / "copy").read_bytes() == b"MZ"


def test_a_name_in_the_book_cannot_lead_out_of_the_folder(book: Book, acme: int, tmp_path: Path) -> None:
    one = attach(book, "client", acme, "a.txt", b"a", actor=ANN)
    with change(book, ANN, "As a foreign book may have it") as made:
        made.update(Attachment, one, name="../../../escaped.txt")
    copy = copy_to_look_at(book, one, tmp_path / "shown")
    assert copy.parent.parent == tmp_path / "shown"
    assert copy.name == "escaped.txt"


@pytest.mark.parametrize(
    "given, kept",
    [
        ("Order.pdf", "Order.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ann\\order.pdf", "order.pdf"),
        ("..", "File"),
        ("", "File"),
        ("con.txt", "_con.txt"),
        ("LPT1", "_LPT1"),
        ("nul.tar.gz", "_nul.tar.gz"),
        ("a\x00b\n.txt", "ab.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ('what? "now".txt', "what now.txt"),
        ("trailing. ", "trailing"),
        ("x" * 300 + ".pdf", "x" * 117 + ".pdf"),
        ("Übersicht.pdf", "Übersicht.pdf"),
    ],
)
def test_names_are_such_as_every_system_keeps(given: str, kept: str) -> None:
    assert safe_name(given) == kept


@given(st.text(max_size=200))
def test_no_name_escapes(name: str) -> None:
    kept = safe_name(name)
    assert kept not in ("", ".", "..")
    assert len(kept) <= 140
    assert not set(kept) & set('/\\\0:*?"<>|')
    assert Path("folder", kept).parent == Path("folder")
    assert safe_name(kept) == kept


def test_a_file_can_be_removed_and_brought_back(book: Book, acme: int) -> None:
    one = attach(book, "client", acme, "a.txt", b"a", actor=ANN)
    remove_attachment(book, one, actor=ANN)
    assert attachments(book, "client", acme) == []
    undo(book, ANN)
    assert [row.name for row in attachments(book, "client", acme)] == ["a.txt"]


def test_the_same_file_lies_there_once(book: Book, acme: int) -> None:
    attach(book, "client", acme, "a.txt", b"a", actor=ANN)
    with pytest.raises(UserError, match=r"a\.txt lies here already"):
        attach(book, "client", acme, "a.txt", b"a", actor=ANN)
    attach(book, "client", acme, "a.txt", b"another", actor=ANN)
    assert count_attachments(book, "client", acme) == 2


def test_what_cannot_be_kept_is_refused_in_words(
    book: Book, acme: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError, match="is a folder"):
        attach_file(book, "client", acme, tmp_path, actor=ANN)
    with pytest.raises(UserError, match="cannot be read"):
        attach_file(book, "client", acme, tmp_path / "missing.pdf", actor=ANN)
    empty = tmp_path / "empty.txt"
    empty.touch()
    with pytest.raises(UserError, match=r"empty\.txt is empty"):
        attach_file(book, "client", acme, empty, actor=ANN)
    film = tmp_path / "film.mov"
    film.touch()
    os.truncate(film, LARGEST + 1)
    monkeypatch.setattr(Path, "read_bytes", lambda _path: pytest.fail("a film was read into memory"))
    with pytest.raises(UserError, match=r"film\.mov has 21 MB; a book keeps files of at most 20 MB"):
        attach_file(book, "client", acme, film, actor=ANN)
    assert count_attachments(book, "client", acme) == 0


def test_a_copy_that_cannot_be_written_says_so(book: Book, acme: int, tmp_path: Path) -> None:
    one = attach(book, "client", acme, "a.txt", b"a", actor=ANN)
    with pytest.raises(UserError, match="cannot be written"):
        save_copy(book, one, tmp_path / "no such folder" / "a.txt")
