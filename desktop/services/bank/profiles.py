"""How the tables of the firm's banks are read: shipped with the program, or told once by a person and kept."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select

from db.engine import Book
from db.schema import SavedMapping
from desktop.errors import UserError
from desktop.i18n import _
from desktop.importing.bank import recognise
from desktop.importing.bank.csv import open_bank_table
from desktop.importing.bank.csv_banks import BANKS, recognised
from desktop.importing.bank.csv_guess import guessed
from desktop.importing.bank.csv_profiles import CsvProfile
from desktop.importing.bank.sources import file_source
from desktop.importing.mapping import signature
from desktop.services.changes import change

KIND: Final = "bank"
_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class TableLook:
    """A bank's table before it is read: its columns, its first rows, and the profile by which it would be read.

    `known` tells whether that profile is kept or shipped; else it is a guess, which may lack what is needed.
    """

    name: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    header_row: int
    rows: tuple[tuple[str, ...], ...]
    profile: CsvProfile
    known: bool


@dataclass(frozen=True, slots=True)
class ListedProfile:
    """A profile by the headings that it reads; `own` ones were kept by a person and can be forgotten."""

    name: str
    own: bool
    day: tuple[str, ...]
    amount: tuple[str, ...]
    text: tuple[str, ...]


def listed_profiles(book: Book) -> tuple[ListedProfile, ...]:
    """As `profiles`, for a list of them."""
    with book.reading() as session:
        kept = _kept(session.connection())
    return (*(_listed(one, True) for one in kept), *(_listed(one, False) for one in BANKS))


def _listed(one: CsvProfile, own: bool) -> ListedProfile:
    def headings(*fields: str) -> tuple[str, ...]:
        return tuple(heading for field in fields for heading in one.columns.get(field, ()))

    return ListedProfile(one.name, own, headings("booked_on"), headings("amount", "credit", "debit"), headings("text"))


def profiles(book: Book) -> tuple[CsvProfile, ...]:
    """Those that people kept, by name, then those of known banks."""
    with book.reading() as session:
        return (*_kept(session.connection()), *BANKS)


def profile_named(book: Book, name: str) -> CsvProfile:
    """UserError where there is none of that name."""
    known = profiles(book)
    for profile in known:
        if profile.name.casefold() == name.strip().casefold():
            return profile
    raise UserError(
        _("There is no profile “{name}” for bank statements.").format(name=name),
        _("There are: {names}.").format(names=", ".join(f"“{one.name}”" for one in known)),
    )


def profile_of(connection: Connection, path: Path) -> CsvProfile | None:
    """The profile that a person kept for a table with this header; None for any other file."""
    kept = _kept(connection)
    if not kept:
        return None
    source = file_source(path)
    if recognise(source.head, source.name) != "csv":
        return None
    for profile in kept:
        # How it is parted and where its header stands may itself be what the profile tells.
        with suppress(UserError):
            header = open_bank_table(source.content(), source.name, profile).header
            if profile.signature == signature(header):
                return profile
    return None


def look(book: Book, path: Path, *, profile: CsvProfile | None = None) -> TableLook:
    """How a table would be read, for a person to look at. UserError where it is no table."""
    source = file_source(path)
    table = open_bank_table(source.content(), source.name, profile)
    with book.reading() as session:
        found = profile or profile_of(session.connection(), path) or recognised(table.header)
    rows = []
    for record in table.records():
        rows.append(tuple(record.cells))
        if len(rows) == _SHOWN:
            break
    return TableLook(
        source.name,
        table.encoding,
        table.dialect.delimiter,
        table.header,
        table.header_row,
        tuple(rows),
        found or guessed(table.header),
        found is not None,
    )


def keep_profile(book: Book, profile: CsvProfile, header: Sequence[str], *, actor: str) -> CsvProfile:
    """Keep a profile under its name for tables with this header, in place of an earlier one of that name.

    UserError where it has no name or lacks the day or the amount.
    """
    if not profile.name.strip():
        raise UserError(_("The profile has no name."), _("Give it the name of the bank."))
    if any(bank.name.casefold() == profile.name.strip().casefold() for bank in BANKS):
        raise UserError(
            _("“{name}” is a profile that Sheaf brings along.").format(name=profile.name.strip()),
            _("Give yours another name."),
        )
    if profile.lacks:
        raise UserError(
            _("The profile says no column for the day, or none for the amount."),
            _("Say which column is the day of booking, and which the amount or what came in and went out."),
        )
    kept = replace(profile, name=profile.name.strip(), signature=signature(header))
    with change(book, actor, _("Keep the bank profile “{name}”").format(name=kept.name)) as made:
        known = made.session.scalars(
            select(SavedMapping.id).where(SavedMapping.kind == KIND, SavedMapping.name == kept.name)
        ).first()
        values = {"signature": kept.signature, "mapping": kept.to_json()}
        if known is None:
            made.insert(SavedMapping, kind=KIND, name=kept.name, **values)
        else:
            made.update(SavedMapping, known, **values)
    return kept


def forget_profile(book: Book, name: str, *, actor: str) -> None:
    """UserError where no kept one has that name."""
    with change(book, actor, _("Forget the bank profile “{name}”").format(name=name)) as made:
        known = made.session.scalars(
            select(SavedMapping.id).where(SavedMapping.kind == KIND, SavedMapping.name == name)
        ).first()
        if known is None:
            raise UserError(
                _("No profile “{name}” was kept for bank statements.").format(name=name),
                _("Those that Sheaf brings along stay."),
            )
        made.delete(SavedMapping, known)


def _kept(connection: Connection) -> tuple[CsvProfile, ...]:
    rows = connection.exec_driver_sql(
        "SELECT name, signature, mapping FROM saved_mapping WHERE kind = ? ORDER BY name", (KIND,)
    )
    return tuple(CsvProfile.from_json(*row) for row in rows)
