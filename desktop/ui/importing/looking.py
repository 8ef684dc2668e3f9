"""Looks through a file for the dialog, in a worker: as it is described now, and with what a person said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from db.engine import Book
from desktop.services.imports import ImportPreview, Profile, TableOptions, preview_import
from desktop.services.imports.columns import FieldOffer, fields_of
from desktop.ui.importing.own_mapping import OwnMapping

Report = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Question:
    """`ticket` numbers the questions, of which only the answer to the newest counts."""

    ticket: int
    kind: str
    path: Path
    options: TableOptions
    own: OwnMapping | None
    today: date


@dataclass(frozen=True, slots=True)
class Looked:
    """A file as it was seen; `profile` is what it was mapped by where a person mapped it."""

    asked: Question
    shown: ImportPreview
    fields: tuple[FieldOffer, ...]
    profile: Profile | None


def look(book: Book, asked: Question, report: Report) -> Looked:
    """UserError where the file cannot be read like this."""

    def preview(profile: Profile | None) -> ImportPreview:
        return preview_import(
            book,
            asked.kind,
            asked.path,
            profile=profile,
            options=asked.options,
            today=asked.today,
            report=report,
        )

    profile = None
    if asked.own is not None:
        # Read in another way, the file may have other headings: they must be seen before they can be mapped.
        seen = asked.own.shown if asked.own.holds(asked.options) else preview(None)
        profile = asked.own.profile(seen)
    return Looked(asked, preview(profile), fields_of(asked.kind), profile)
