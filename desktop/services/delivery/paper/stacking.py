"""The file of a print job, or for a print shop: many documents as one PDF, with a cover sheet if one is wanted."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from db.engine import Book
from desktop.documents.batch import RenderPool
from desktop.documents.merging import MergedPdf, Unmergeable, page_count
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.delivery.kept import File, files_of
from desktop.services.delivery.paper.papers import Paper
from desktop.services.delivery.paper.print_settings import PrintSettings
from desktop.services.letters.files import letter_pdf
from desktop.services.letters.print_cover import Covered, print_cover
from desktop.services.table_files import replaced

Report = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents of one job, in order; `number` of `all` jobs, both from 1."""

    papers: tuple[Paper, ...]
    number: int
    all: int

    @property
    def clients(self) -> int:
        return len({one.client_id for one in self.papers})


@dataclass(frozen=True, slots=True)
class Sheets:
    """A document with its PDF; `file` is that of an issued document, to be kept when it goes out."""

    paper: Paper
    file: File | None
    letter: bytes = b""

    @property
    def pdf(self) -> bytes:
        # Put together when it is asked for: what thousands have in common is in memory once.
        return self.letter if self.file is None else self.file.content


class Merged(NamedTuple):
    """A file that was written: its documents and pages, cover and empty pages included, and its size in bytes."""

    path: Path
    documents: int
    pages: int
    size: int


def batches(papers: Sequence[Paper], *, per_client: bool, most: int = 0) -> list[Batch]:
    """The jobs that the documents make: one, or one for each client in the order of its first document; none of them
    with more than `most` documents, where that is not 0."""
    groups: dict[int, list[Paper]] = {}
    for one in papers:
        groups.setdefault(one.client_id if per_client else 0, []).append(one)
    parts = [
        tuple(some[start : start + (most or len(some))])
        for some in groups.values()
        for start in range(0, len(some), most or len(some))
    ]
    return [Batch(some, number, len(parts)) for number, some in enumerate(parts, 1)]


def sheets(book: Book, papers: Sequence[Paper], *, pool: RenderPool | None = None) -> Generator[Sheets, None, None]:
    """Each document with its PDF, as it went out or would go now, in their order."""
    wanted = [(one.invoice_id, "pdf") for one in papers if one.invoice_id is not None]
    with closing(_files(book, wanted, pool)) as files:
        for one in papers:
            if one.invoice_id is None:
                with book.reading() as session:
                    yield Sheets(one, None, _letter(session.connection(), one.file_id))
            else:
                yield Sheets(one, next(files))


def _files(book: Book, wanted: list[tuple[int, str]], pool: RenderPool | None) -> Generator[File, None, None]:
    # A generator, so that whoever stops half-way gives the pool back.
    yield from files_of(book, wanted, pool=pool)


def _letter(connection: Connection, file_id: int | None) -> bytes:
    found = connection.exec_driver_sql("SELECT content FROM file WHERE id = ?", (file_id,)).scalar_one()
    return bytes(found)


def write_stack(
    book: Book,
    path: Path,
    stack: Sequence[Sheets],
    settings: PrintSettings,
    *,
    title: str,
    on: date,
    run: str = "",
    job: tuple[int, int] = (1, 1),
) -> Merged:
    """Write documents as one PDF, with a bookmark each. UserError where the disk refuses, and for a letter's file that
    cannot be joined to others."""
    with replaced(path) as unfinished, unfinished.open("wb") as out:
        pdf = MergedPdf(out, title, on)
        whole = settings.whole_sheets
        try:
            if settings.cover:
                covered = [_covered(one) for one in stack]
                made = print_cover(book, covered, on=on, queue=settings.queue, run=run, job=job)
                # Where both sides are printed, the cover has its sheet for itself.
                pdf.add(letter_pdf(made), _("Cover sheet"), whole_sheets=settings.duplex)
            for one in stack:
                pdf.add(one.pdf, f"{one.paper.title} · {one.paper.client}", whole_sheets=whole)
        except Unmergeable as problem:
            raise UserError(
                _("{title} cannot be joined with others: its file is of another make.").format(title=title),
                _("Print it by itself."),
            ) from problem
        pdf.finish()
    return Merged(path, len(stack), pdf.pages, path.stat().st_size)


def _covered(one: Sheets) -> Covered:
    paper = one.paper
    return Covered(paper.title, paper.code, paper.client, page_count(one.pdf), paper.currency, paper.gross)


def merge_to(
    book: Book,
    path: Path,
    papers: Sequence[Paper],
    settings: PrintSettings,
    *,
    on: date,
    report: Report,
    title: str,
    run: str = "",
    most: int = 0,
    pool: RenderPool | None = None,
) -> list[Merged]:
    """All documents as one PDF for a print shop, or several of at most `most` documents, numbered beside the name.

    `report` may raise between documents: files that are whole by then stay. Nothing is marked as printed.
    """
    # A shop prints on its own machines, whatever queue is chosen here.
    settings = replace(settings, queue="")
    found = batches(papers, per_client=False, most=most)
    written = []
    with closing(sheets(book, papers, pool=pool)) as stack:
        done = 0
        for batch in found:
            some = []
            for _paper in batch.papers:
                report(done, len(papers), title)
                some.append(next(stack))
                done += 1
            digits = len(str(batch.all))
            name = path if batch.all == 1 else path.with_stem(f"{path.stem}-{batch.number:0{digits}}")
            job = (batch.number, batch.all)
            written.append(write_stack(book, name, some, settings, title=title, on=on, run=run, job=job))
    report(len(papers), len(papers), title)
    return written
