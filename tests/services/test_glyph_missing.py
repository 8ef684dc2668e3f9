"""What no font can print is held with its characters named, and issued once a person says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.engine import Book
from desktop.documents.render import render_pdf
from desktop.services.documents import documents
from desktop.services.runs import approve, exceptions, resume
from tests.books import new_book
from tests.contracts import ANNE, Contracts
from tests.documents.papers import missing_glyphs, text


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def test_a_run_holds_what_cannot_be_printed_and_nothing_else(book: Book) -> None:
    made = Contracts(book)
    made.agreement(made.client("C1", name="Łódź शर्मा שלום 😀"), "A1")
    made.agreement(made.client("C2", name="Tokyo 東京", contact="李 Li"), "A2")
    result = made.bill("2026-01-31")
    assert result.outcomes == {"issued": 1, "held": 1, "skipped": 0, "failed": 0}
    found = [one for one in exceptions(book, result.run) if one.code == "glyph_missing"]
    assert [one.client for one in found] == ["C2", "C2"]
    assert any("京 (U+4EAC), 東 (U+6771)" in one.message for one in found)
    assert any("李 (U+674E)" in one.message for one in found)

    approve(book, [one.id for one in exceptions(book, result.run)], "They know", actor=ANNE, now=book.now)
    assert resume(book, result.run, actor=ANNE, now=book.now).outcomes["issued"] == 2
    with book.reading() as session:
        ids = session.connection().exec_driver_sql("SELECT id FROM invoice ORDER BY id").scalars().all()
    first, second = documents(book, ids)
    assert (missing_glyphs(first[0]), missing_glyphs(second[0])) == ("", "京李東")
    assert "Łódź शर्मा" in text(render_pdf(*first))
    assert "Tokyo \ufffd\ufffd" in text(render_pdf(*second))
