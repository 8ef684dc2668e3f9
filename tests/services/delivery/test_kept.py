"""What went out is given again byte for byte, whatever the program or the book says by then."""

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from desktop.documents import render
from desktop.documents.batch import RenderPool
from desktop.documents.render import render_pdf
from desktop.errors import UserError
from desktop.services.delivery.kept import File, Key, file_of, files_of, keep
from desktop.services.documents import document
from tests.books import new_book
from tests.issued import add_client, add_invoice

DAY = date(2026, 3, 31)
NOW = "2026-03-31T10:00:00Z"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """Seven invoices of two clients, with ids from 1 on."""
    with new_book(tmp_path) as made:
        for code in ("A", "B"):
            add_client(made, code)
        for number in range(7):
            add_invoice(made, 1 + number % 2, DAY, *[(10_000 + number, 19)] * (1 + number % 3))
        yield made


@pytest.fixture(scope="module")
def pool() -> Iterator[RenderPool]:
    with RenderPool(2) as started:
        yield started


def put(book: Book, files: list[File], now: str = NOW) -> None:
    with book.writing() as session:
        keep(session.connection(), files, now=now)


def rows(book: Book, sql: str) -> list[tuple[object, ...]]:
    with book.reading() as session:
        return [tuple(row) for row in session.connection().exec_driver_sql(sql)]


def plain(book: Book, invoice: int) -> bytes:
    return render_pdf(*document(book, invoice))


ALL: list[Key] = [(number, "pdf") for number in (5, 2, 7, 1, 3, 6, 4)]


def test_each_is_what_rendering_gives_in_the_order_asked(book: Book, pool: RenderPool) -> None:
    found = list(files_of(book, ALL, pool=pool))
    assert [(one.invoice_id, one.form) for one in found] == ALL
    for one in found:
        assert one.content == plain(book, one.invoice_id)
        assert one.sha256 == hashlib.sha256(one.content).hexdigest()
        assert one.size == len(one.content)
    assert len({one.prefix for one in found}) == 1


def test_forms_come_mixed_and_an_einvoice_shares_nothing(book: Book, pool: RenderPool) -> None:
    wanted = [(number, form) for number in (3, 1, 2) for form in ("ubl", "pdf")]
    refused: list[Key] = []
    found = {
        (one.invoice_id, one.form): one
        for one in files_of(book, wanted, pool=pool, refused=lambda key, _why: refused.append(key))
    }
    # The seller of these has no address: no e-invoice can be made, and paper can.
    assert refused == [(3, "ubl"), (1, "ubl"), (2, "ubl")]
    assert list(found) == [(3, "pdf"), (1, "pdf"), (2, "pdf")]
    with pytest.raises(UserError):
        list(files_of(book, wanted, pool=pool))


def test_what_is_kept_goes_before_what_would_be_rendered(
    book: Book, pool: RenderPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    went = list(files_of(book, ALL[:3], pool=pool))
    put(book, went)
    monkeypatch.setattr(render, "render_pdf", lambda *_args: b"as a later program makes it")
    changed = File(4, "pdf", b"%PDF shared", b" and own", hashlib.sha256(b"%PDF shared and own").hexdigest())
    put(book, [changed])
    found = list(files_of(book, ALL, pool=pool))
    assert [(one.invoice_id, one.form) for one in found] == ALL
    assert found[:3] == went
    assert found[-1] == changed
    for one in found[3:-1]:
        assert one.content == plain(book, one.invoice_id)
    assert file_of(book, 4) == changed


def test_a_prefix_is_kept_once_and_the_first_file_stays(book: Book, pool: RenderPool) -> None:
    went = list(files_of(book, ALL, pool=pool))
    put(book, went[:4])
    put(
        book,
        [*went[4:], File(5, "pdf", b"", b"another", hashlib.sha256(b"another").hexdigest())],
        "2027-01-01T00:00:00Z",
    )
    assert rows(book, "SELECT count(*) FROM rendering_prefix") == [(1,)]
    assert rows(book, "SELECT count(*), count(DISTINCT sha256) FROM rendering") == [(7, 7)]
    assert rows(book, "SELECT sha256, made_at FROM rendering WHERE invoice_id = 5") == [(went[0].sha256, NOW)]
    assert list(files_of(book, ALL)) == went


def test_an_einvoice_is_kept_whole(book: Book) -> None:
    content = b"<Invoice/>" * 50
    made = File(1, "xrechnung", b"", content, hashlib.sha256(content).hexdigest())
    put(book, [made])
    assert file_of(book, 1, "xrechnung") == made
    assert file_of(book, 1).content == plain(book, 1)


@pytest.mark.parametrize("table", ["rendering", "rendering_prefix"])
def test_kept_bytes_that_were_changed_are_not_given(book: Book, table: str) -> None:
    put(book, list(files_of(book, ALL[:1])))
    with book.writing() as session:
        session.connection().exec_driver_sql(f"UPDATE {table} SET content = x'00'")
    with pytest.raises(UserError, match="not the file that was sent"):
        file_of(book, 5)


def test_nothing_is_kept_where_the_claim_fails(book: Book) -> None:
    found = file_of(book, 1)

    def claim() -> None:
        with book.writing() as session:
            keep(session.connection(), [found], now=NOW)
            raise RuntimeError("unplugged")

    with pytest.raises(RuntimeError, match="unplugged"):
        claim()
    assert rows(book, "SELECT count(*) FROM rendering") == [(0,)]
    assert rows(book, "SELECT count(*) FROM rendering_prefix") == [(0,)]


def test_who_stops_early_leaves_the_pool_to_others(book: Book, pool: RenderPool) -> None:
    files = files_of(book, ALL, pool=pool)
    next(files)
    files.close()
    assert len(list(files_of(book, ALL, pool=pool))) == len(ALL)


def test_nothing_wanted_gives_nothing(book: Book) -> None:
    assert list(files_of(book, [])) == []
