"""A run or a span of days as one file for the accountant: documents, e-invoices, tables, bookings and what proves them.

The same book gives the same bytes, whenever and wherever it is written by the same program in the same language.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from db.queries import archive as queries
from desktop.documents.batch import RenderPool, tell
from desktop.documents.forms import ending, form_named, on_paper
from desktop.domain.file_names import safe_name
from desktop.domain.money import major_text
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.services.archive.container import CHUNK, Container, Mark
from desktop.services.archive.datev_export import datev_files, keeps_datev
from desktop.services.archive.datev_settings import datev_settings
from desktop.services.archive.manifest import MANIFEST, SUMS, manifest_text, sums_text, totals
from desktop.services.archive.tables import documents_report, journal_report, write_table
from desktop.services.delivery.kept import files_of
from desktop.services.delivery.renderings import Key
from desktop.services.letters.files import letter_pdf
from desktop.services.letters.run_report import run_report
from desktop.services.runs.scope import RunFacts, run_facts
from desktop.services.table_files import replaced
from desktop.services.verify_script import SCRIPT, script_text

Report = Callable[[int, int, str], None]

DATEV: Final = "datev/EXTF_Buchungsstapel"
_TOLD_EACH = 50
_ORDER: Final = ("facturx", "pdf", "xrechnung", "xrechnung_ubl", "ubl")


@dataclass(frozen=True, slots=True)
class Archived:
    """`totals` in major units by currency, `left_out` sentences on what is not in it and why."""

    path: Path
    size: int
    sha256: str
    documents: int
    files: int
    totals: Mapping[str, Any]
    left_out: tuple[str, ...]


@dataclass(slots=True)
class _Subject:
    """What goes in: documents and bookings as the book stood when the archive was begun; `until` its last entry."""

    firm: str
    country: str
    tax_id: str
    currency: str
    book: str
    run: RunFacts | None
    first: date
    last: date
    documents: list[dict[str, Any]]
    until: int
    left_out: list[str] = field(default_factory=list)

    @property
    def day(self) -> date:
        """The day that everything in the archive bears."""
        return self.run.issue_date if self.run else self.last


def write_archive(
    book: Book,
    path: Path,
    *,
    run: str = "",
    first: date | None = None,
    last: date | None = None,
    report: Report | None = None,
    pool: RenderPool | None = None,
) -> Archived:
    """Write the documents of a run, or those issued in a span of days with everything booked in it, into a ZIP.

    The file takes its place once it is whole; what `report` raises ends the work and leaves nothing. UserError for a
    run that does not exist, where there is nothing to put in, and where the disk refuses.
    """
    heard = report or (lambda _done, _total, _text: None)
    with book.reading() as session:
        subject = _subject(session.connection(), run, first, last)
    with replaced(path) as unfinished:
        with unfinished.open("wb") as file, tempfile.TemporaryDirectory(prefix="sheaf-archive-") as folder:
            container = Container(file, subject.day)
            marks = _fill(book, subject, container, Path(folder), heard, pool)
            container.close()
        sha256, size = _digest(unfinished)
    told = totals([_major(row) for row in subject.documents])
    return Archived(path, size, sha256, len(subject.documents), len(marks) + 2, told, tuple(subject.left_out))


def documents_between(book: Book, first: date, last: date) -> int:
    """How many documents an archive of these days would hold. UserError where there is nothing to put in."""
    with book.reading() as session:
        return len(_subject(session.connection(), "", first, last).documents)


def _subject(connection: Connection, run: str, first: date | None, last: date | None) -> _Subject:
    name, country, tax_id, currency = connection.exec_driver_sql(
        "SELECT name, country, tax_id, currency FROM firm"
    ).one()
    uid = str(connection.exec_driver_sql("SELECT uid FROM book").scalar_one())
    until = queries.last_entry(connection)
    if run:
        facts = run_facts(connection, run)
        rows = queries.of_run(connection, facts.id)
        if not rows:
            raise UserError(
                _("Run {run} has issued nothing, so there is nothing to put into an archive.").format(run=run),
                _("Issue what it has ready, or choose another run."),
            )
        days = [date.fromisoformat(row["issue_date"]) for row in rows]
        return _Subject(name, country, tax_id, currency, uid, facts, min(days), max(days), rows, until)
    if first is None or last is None:
        raise ValueError("an archive is of a run or of a span of days")
    if first > last:
        raise UserError(_("The first day lies after the last one."), _("Choose an earlier first day."))
    rows = queries.between(connection, first.isoformat(), last.isoformat())
    if not rows and not queries.bookings_between(connection, first.isoformat(), last.isoformat(), until):
        raise UserError(
            _("From {first} to {last} nothing was issued or booked.").format(
                first=date_text(first), last=date_text(last)
            ),
            _("Choose other days."),
        )
    return _Subject(name, country, tax_id, currency, uid, None, first, last, rows, until)


def _fill(
    book: Book, subject: _Subject, container: Container, folder: Path, report: Report, pool: RenderPool | None
) -> list[Mark]:
    marks = list(_papers(book, subject, container, report, pool))
    report(0, 0, _("Writing tables and bookings"))
    if subject.run is not None:
        letter = run_report(book, subject.run.number, on=subject.day)
        marks.append(container.add("run-report.pdf", letter_pdf(letter)))
    marks += _tables(book, subject, container, folder)
    marks += _bookings(book, subject, container)
    # Whoever gets the archive can prove it without this program.
    marks.append(container.add(SCRIPT, script_text().encode()))
    facts = {
        "program": {"name": "Sheaf", "version": _own_version()},
        "firm": {"name": subject.firm, "country": subject.country, "tax_id": subject.tax_id, "book": subject.book},
        "run": {"number": subject.run.number, "through": subject.run.through.isoformat()} if subject.run else None,
        "from": subject.first.isoformat(),
        "to": subject.last.isoformat(),
        "date": subject.day.isoformat(),
    }
    manifest = container.add(MANIFEST, manifest_text(facts, subject.documents, marks, subject.left_out))
    container.add(SUMS, sums_text([*marks, manifest]))
    return marks


def _papers(
    book: Book, subject: _Subject, container: Container, report: Report, pool: RenderPool | None
) -> Iterator[Mark]:
    """The PDF of every document, and its e-invoice where that is a file of its own."""
    rows = {row["id"]: row for row in subject.documents}
    wanted: dict[str, list[int]] = {}
    for key, row in rows.items():
        row["files"] = []
        form = form_named(row["einvoice"]) if row["einvoice"] != "none" else "pdf"
        wanted.setdefault("facturx" if form == "facturx" else "pdf", []).append(key)
        if not on_paper(form):
            wanted.setdefault(form, []).append(key)
    total = sum(len(ids) for ids in wanted.values())
    names = _Names()
    done = 0
    # What cannot enclose its e-invoice goes as plain paper: that is known once the form was tried.
    for form in _ORDER:
        ids = wanted.get(form, [])
        refused: list[int] = []

        def refuse(key: Key, why: UserError, unfit: list[int] = refused) -> None:
            unfit.append(key[0])
            subject.left_out.append(why.message)

        for file in files_of(book, [(key, form) for key in ids], pool=pool, refused=refuse):
            row = rows[file.invoice_id]
            place = "documents" if on_paper(form) else "xml"
            name = names.taken(f"{place}/{safe_name(row['number']) or 'document'}", ending(form))
            yield container.add(name, file.content)
            row["files"].append(name)
            done += 1
            if done % _TOLD_EACH == 0 or done == total:
                tell(report, done, total)
        if form == "facturx" and refused:
            wanted.setdefault("pdf", []).extend(refused)


class _Names:
    """Paths within the archive, each once: many systems hold two for one that differ in case alone."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def taken(self, base: str, ending: str) -> str:
        name, again = base + ending, 1
        while name.casefold() in self._known:
            again += 1
            name = f"{base}-{again}{ending}"
        self._known.add(name.casefold())
        return name


def _tables(book: Book, subject: _Subject, container: Container, folder: Path) -> Iterator[Mark]:
    title = subject.run.number if subject.run else _("Documents")
    listed = documents_report(subject.firm, subject.currency, title, subject.day, subject.documents)
    numbers = [row["number"] for row in subject.documents] if subject.run else None
    journal = journal_report(book, subject.first, subject.last, subject.until, numbers)
    for made, name in ((listed, "invoices.csv"), (listed, "invoices.xlsx"), (journal, "journal.csv")):
        path = folder / name
        write_table(made, path)
        yield container.add_file(name, path)
        path.unlink()


def _bookings(book: Book, subject: _Subject, container: Container) -> Iterator[Mark]:
    """Files for DATEV where the firm is German; what they lack is said, and stops nothing else."""
    with book.reading() as session:
        connection = session.connection()
        if not keeps_datev(connection):
            return
        span = None
        try:
            settings = datev_settings(book)
            if subject.run:
                rows = queries.bookings_of(connection, [row["id"] for row in subject.documents])
            else:
                span = (subject.first, subject.last)
                rows = queries.bookings_between(
                    connection, subject.first.isoformat(), subject.last.isoformat(), subject.until
                )
            files = datev_files(connection, rows, settings, span)
        except UserError as problem:
            subject.left_out.append(_("The bookings for DATEV are not in it. {why}").format(why=problem.message))
            return
    for one in files:
        year = f"_{one.year.year}" if len(files) > 1 else ""
        yield container.add(f"{DATEV}{year}.csv", one.content)


def _digest(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size


def _major(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**row, **{name: major_text(row[name], row["currency"]) for name in ("net", "tax", "gross")}}


def _own_version() -> str:
    with suppress(PackageNotFoundError):
        return version("sheaf")
    return ""
