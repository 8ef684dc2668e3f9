"""A document that went out is given again as it went, by every way that gives one."""

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from desktop.services.archive.making import write_archive
from desktop.services.delivery.kept import File, keep
from desktop.services.document_files import render
from desktop.services.einvoice_files import save_einvoice
from desktop.services.previews import invoice_pdf, save_pdf
from tests.books import new_book
from tests.issued import add_client, add_invoice

DAY = date(2026, 3, 31)
WENT = b"%PDF as it went out"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """Five invoices; the third went out, made by a program that drew otherwise."""
    with new_book(tmp_path) as made:
        add_client(made, "A")
        for _number in range(5):
            add_invoice(made, 1, DAY, (10_000, 19))
        with made.writing() as session:
            keep(
                session.connection(),
                [
                    File(3, form, WENT, form.encode(), hashlib.sha256(WENT + form.encode()).hexdigest())
                    for form in FORMS
                ],
                now="2026-03-31T10:00:00Z",
            )
        yield made


FORMS = ("pdf", "facturx")


def rendered(book: Book, folder: Path) -> bytes:
    numbers = [f"INV-2026-000{number}" for number in (5, 3, 1)]
    told: list[tuple[int, int]] = []
    found = render(book, folder / "pdf", numbers=numbers, report=lambda done, total, _text: told.append((done, total)))
    assert [one.number for one in found] == numbers
    for one in found:
        data = one.path.read_bytes()
        assert (one.sha256, one.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert found[0].path.read_bytes() == invoice_pdf(book, 5)
    assert told[-1] == (3, 3)
    return found[1].path.read_bytes()


def saved(book: Book, folder: Path) -> bytes:
    save_pdf(book, 3, folder / "one.pdf")
    return (folder / "one.pdf").read_bytes()


def archived(book: Book, folder: Path) -> bytes:
    made = write_archive(book, folder / "all.zip", first=DAY, last=DAY)
    assert made.documents == 5
    with zipfile.ZipFile(folder / "all.zip") as archive:
        return archive.read("documents/INV-2026-0003.pdf")


@pytest.mark.parametrize("way", [rendered, saved, archived, lambda book, _folder: invoice_pdf(book, 3)])
def test_each_way_gives_what_went(book: Book, tmp_path: Path, way: Callable[[Book, Path], bytes]) -> None:
    assert way(book, tmp_path) == WENT + b"pdf"


def test_an_einvoice_is_given_as_it_went(book: Book, tmp_path: Path) -> None:
    save_einvoice(book, 3, "facturx", tmp_path / "one.pdf")
    assert (tmp_path / "one.pdf").read_bytes() == WENT + b"facturx"
