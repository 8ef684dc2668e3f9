"""A ZIP archive of statements, as banks give a month or a year of them: read member by member, never unpacked."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from desktop.domain.bank_statement import Statement
from desktop.errors import UserError
from desktop.i18n import _, number_text
from desktop.importing.bank.bank_file import BankFile
from desktop.importing.bank.problems import Problems
from desktop.importing.bank.recognising import ARCHIVE, recognise
from desktop.importing.bank.sources import HEAD, LARGEST, MEGABYTE, Source, refuse_above
from desktop.importing.results import Rejection

_MOST_MEMBERS: Final = 5_000
_LARGEST_TOGETHER: Final = 1024 * MEGABYTE
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError)


def read_archive(path: Path, read: Callable[[Source], BankFile]) -> BankFile:
    """All its statements, in the order of their names. What is no statement is said in `problems`; UserError where
    nothing is, and where the archive is broken, locked or swells beyond what statements are."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(archive, path.name, read)
    except _BROKEN:
        raise UserError(
            _("The archive “{name}” is broken or cut off.").format(name=path.name),
            _("Download it again from your bank. Nothing of it was taken in."),
        ) from None


def _read(archive: zipfile.ZipFile, name: str, read: Callable[[Source], BankFile]) -> BankFile:
    members = sorted((one for one in archive.infolist() if _is_file(one)), key=lambda one: one.filename)
    if any(one.flag_bits & 1 for one in members):
        raise UserError(
            _("The archive “{name}” is locked with a password.").format(name=name),
            _("Unpack it, and take in the files that are in it."),
        )
    if len(members) > _MOST_MEMBERS:
        raise UserError(
            _("The archive “{name}” holds {count} files, and no more than {most} are read at once.").format(
                name=name, count=number_text(len(members)), most=number_text(_MOST_MEMBERS)
            ),
            _("Unpack it, and take in the files that are in it, some at a time."),
        )
    refuse_above(name, sum(one.file_size for one in members), _LARGEST_TOGETHER)
    statements: list[Statement] = []
    problems = Problems()
    refused: UserError | None = None
    formats: list[str] = []
    rejected: list[Rejection] = []
    for member in members:
        source = _source(archive, member)
        found = recognise(source.head, source.name)
        if not found or found == ARCHIVE:
            problems.add(_("“{file}” in the archive is no bank statement and was left out.").format(file=source.name))
            continue
        try:
            found_in = read(source)
        except UserError as error:
            refused = refused or error
            problems.add(error.message)
            continue
        formats.append(found_in.format)
        statements += [_placed(one, source.name) for one in found_in.statements]
        rejected += [one._replace(problem=f"{source.name}: {one.problem}") for one in found_in.rejected]
        for said in found_in.problems:
            problems.add(f"{source.name}: {said}")
    if not formats:
        raise refused or UserError(
            _("The archive “{name}” holds no bank statement that Sheaf can read.").format(name=name),
            _("Download the statements from your bank as CAMT.053, MT940, OFX or QIF, and take them in."),
        )
    return BankFile(formats[0], tuple(statements), problems.said(), tuple(rejected))


def _is_file(member: zipfile.ZipInfo) -> bool:
    parts = member.filename.split("/")
    return not member.is_dir() and member.file_size > 0 and "__MACOSX" not in parts and not parts[-1].startswith(".")


def _source(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Source:
    name = member.filename.rpartition("/")[2]
    refuse_above(name, member.file_size, LARGEST)
    with archive.open(member) as stream:
        head = stream.read(HEAD)
    return Source(name, member.file_size, head, lambda: archive.open(member))  # type: ignore[arg-type, return-value]


def _placed(statement: Statement, name: str) -> Statement:
    """Lines alone would say nothing in an archive."""
    entries = tuple(replace(one, place=f"{name}:{one.place}") for one in statement.entries)
    return replace(statement, entries=entries, problems=tuple(f"{name}: {said}" for said in statement.problems))
