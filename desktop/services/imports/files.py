"""Takes a file into the book: judged first, then written in one transaction, so that nothing is ever half imported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import ImportBatch
from desktop.i18n import _, ngettext
from desktop.importing.files import ImportFile, open_file
from desktop.importing.kinds import kind_named
from desktop.importing.mapping import Profile, require, signature
from desktop.importing.options import TableOptions
from desktop.importing.preview import Preview, Summary, preview
from desktop.importing.results import Note, Rejection, Report, Row
from desktop.services.changes import change
from desktop.services.imports.agreements import AgreementIntake
from desktop.services.imports.billables import ChargeIntake
from desktop.services.imports.catalogue import ItemIntake, RateIntake
from desktop.services.imports.changes import ChangeIntake
from desktop.services.imports.clients import ClientIntake
from desktop.services.imports.intake import Intake
from desktop.services.imports.milestones import MilestoneIntake
from desktop.services.imports.opening import OpeningIntake
from desktop.services.imports.profiles import profile_for
from desktop.services.imports.time import TimeIntake, UnknownProject
from desktop.services.imports.usage import UsageIntake

_INTAKES: dict[str, type[Intake]] = {
    "clients": ClientIntake,
    "items": ItemIntake,
    "rates": RateIntake,
    "agreements": AgreementIntake,
    "changes": ChangeIntake,
    "time": TimeIntake,
    "usage": UsageIntake,
    "milestones": MilestoneIntake,
    "charges": ChargeIntake,
    "opening": OpeningIntake,
}
KINDS = tuple(_INTAKES)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of the rows of a file: `rows` are `imported` (new or changed), `unchanged`, or among `rejected`.

    `batch` is None where nothing was written. `profile` names the remembered mapping that was used. `projects` are
    those of a time tracker for which a person must say the agreement once.
    """

    batch: int | None
    kind: str
    name: str
    rows: int
    imported: int
    unchanged: int
    rejected: tuple[Rejection, ...]
    notes: tuple[Summary, ...] = ()
    profile: str = ""
    projects: tuple[UnknownProject, ...] = ()

    @property
    def rejected_rows(self) -> int:
        return len({one.row for one in self.rejected})


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What the file looks like, and what importing it would do; `result` is None while a needed field has no column."""

    file: Preview
    result: ImportResult | None


def _silent(_done: int, _total: int, _text: str) -> None:
    pass


def preview_import(
    book: Book,
    kind: str,
    source: Path | str | bytes,
    *,
    profile: Profile | None = None,
    options: TableOptions | None = None,
    today: date,
    report: Report = _silent,
    name: str = "",
) -> ImportPreview:
    """Look through a file and write nothing. UserError where it is no table, or the profile does not fit."""
    with book.reading() as session:
        file = _open(session, kind, source, profile, options, report, name)
        chosen = _profile_of(session, file, profile)
        shown = preview(source, kind, options, chosen, report, name)
        if shown.mapping.missing:
            return ImportPreview(shown, None)
        judged = _Judgement(session, file, today)
        judged.read(report)
        return ImportPreview(shown, judged.result(None))


def import_file(
    book: Book,
    kind: str,
    source: Path | str | bytes,
    *,
    profile: Profile | None = None,
    options: TableOptions | None = None,
    all_or_nothing: bool = False,
    actor: str,
    today: date,
    report: Report = _silent,
    name: str = "",
) -> ImportResult:
    """Take in the good rows of a file, or with `all_or_nothing` none where one is rejected.

    A file whose rows are all in the book already writes nothing. What is imported is one change set, undone as one.
    `report` may raise to stop; the book is then as it was. UserError as for preview_import, and where a needed field
    has no column.
    """
    with book.reading() as session:
        file = _open(session, kind, source, profile, options, report, name)
        require(file.mapping)
        basis = _last_change(session)
        judged = _Judgement(session, file, today)
        judged.read(report)
    if not judged.changes or (all_or_nothing and judged.rejected):
        return judged.result(None, refused=all_or_nothing)
    with change(book, actor, _("Import {file}").format(file=file.table.name)) as made:
        if _last_change(made.session) != basis:
            # Somebody wrote since: what was judged may no longer hold.
            judged = _Judgement(made.session, file, today)
            judged.read(report)
            if not judged.changes or (all_or_nothing and judged.rejected):
                return judged.result(None, refused=all_or_nothing)
        text = ngettext(
            "Import {count} row of {kind} from {file}", "Import {count} rows of {kind} from {file}", judged.imported
        )
        made.summary = text.format(count=f"{judged.imported:,}", kind=kind, file=file.table.name)
        change_set = made.id
        batch = made.insert(
            ImportBatch,
            kind=kind,
            file_name=file.table.name,
            file_digest=file.table.digest,
            at=made.at,
            actor=actor,
            rows=judged.rows,
            imported=judged.imported,
            unchanged=judged.unchanged,
            rejected=len({one.row for one in judged.rejected}),
            change_set_id=change_set,
        )
        judged.intake.write(made, batch, report)
    return judged.result(batch)


def summary(result: ImportResult) -> str:
    """The result in a sentence."""
    parts = [
        ngettext("{count} row imported", "{count} rows imported", result.imported).format(count=f"{result.imported:,}"),
        _("{count} unchanged").format(count=f"{result.unchanged:,}"),
        _("{count} rejected").format(count=f"{result.rejected_rows:,}"),
    ]
    return ", ".join(parts) + "."


def _open(
    session: Session,
    kind: str,
    source: Path | str | bytes,
    profile: Profile | None,
    options: TableOptions | None,
    report: Report,
    name: str,
) -> ImportFile:
    kind_named(kind)
    file = open_file(source, kind, options, profile, report, name)
    if profile is None:
        remembered = _profile_of(session, file, None)
        if remembered is not None:
            file = open_file(source, kind, options, remembered, report, name)
    return file


def _profile_of(session: Session, file: ImportFile, given: Profile | None) -> Profile | None:
    return given or profile_for(session, file.kind, signature(file.table.header))


def _last_change(session: Session) -> int:
    return int(session.connection().exec_driver_sql("SELECT coalesce(max(id), 0) FROM change_set").scalar_one())


class _Judgement:
    """A file held against the book as one transaction sees it."""

    def __init__(self, session: Session, file: ImportFile, today: date) -> None:
        self.file = file
        self.intake = _INTAKES[file.kind](session, frozenset(file.mapping.columns), today)
        self.imported = self.unchanged = self.changes = 0
        self.rejected: list[Rejection] = []
        self._notes = [*file.table.notes, *file.conventions.notes(file.mapping)]

    @property
    def rows(self) -> int:
        return self.imported + self.unchanged + len({one.row for one in self.rejected})

    def read(self, report: Report) -> None:
        for row, state, problems in self.intake.judge(self._good(report)):
            count = len(row.rows) or 1
            if state == "same":
                self.unchanged += count
            elif state is not None:
                self.imported += count
                self.changes += 1
            for field, value, problem, remedy in problems:
                self._reject(row, field, value, problem, remedy)

    def _good(self, report: Report) -> Iterator[Row]:
        for found in self.file.rows(report):
            if isinstance(found, Rejection):
                self.rejected.append(found)
            else:
                self._notes += found.notes
                yield found

    def _reject(self, row: Row, field: str, value: str, problem: str, remedy: str) -> None:
        heading = self.file.mapping.heading(field)
        for number in row.rows or (row.row,):
            self.rejected.append(Rejection(number, heading, value, problem, remedy))

    def result(self, batch: int | None, *, refused: bool = False) -> ImportResult:
        """`refused` is set where rows that are good were left out because others are not."""
        notes: dict[tuple[str, str], Summary] = {}
        headings = self.file.mapping.heading
        own = [Note(row, headings(column) if column else "", text) for row, column, text in self.intake.notes]
        for row, column, text in self._notes + own:
            known = notes.get((column, text))
            notes[column, text] = known._replace(rows=known.rows + 1) if known else Summary(text, column, row, 1)
        return ImportResult(
            batch,
            self.file.kind,
            self.file.table.name,
            self.rows,
            0 if refused and self.rejected else self.imported,
            self.unchanged,
            tuple(sorted(self.rejected, key=lambda one: one.row)),
            tuple(notes.values()),
            self.file.mapping.profile,
            self.intake.unknown_projects if isinstance(self.intake, TimeIntake) else (),
        )
