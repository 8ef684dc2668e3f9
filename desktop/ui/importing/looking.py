"""Looks through a file for the dialog, in a worker: as it is described now, and with what a person said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from db.engine import Book
from desktop.services.imports import ImportPreview, Profile, TableOptions, preview_import
from desktop.services.imports.columns import FieldOffer, fields_of
from desktop.services.imports.recognising import kind_of
from desktop.ui.importing.own_mapping import OwnMapping
from desktop.ui.importing.source import Source

Report = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Question:
    """`ticket` numbers the questions, of which only the answer to the newest counts.

    `found` is set where nobody said the kind: then the file's own counts, and `kind` only if it tells none.
    """

    ticket: int
    kind: str
    source: Source
    options: TableOptions
    own: OwnMapping | None
    today: date
    found: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """A file as it was seen; `profile` is what it was mapped by where a person mapped it."""

    asked: Question
    shown: ImportPreview
    fields: tuple[FieldOffer, ...]
    profile: Profile | None


def look(book: Book, asked: Question, report: Report) -> Looked:
    """UserError where the file cannot be read like this."""

    source = asked.source
    if asked.found:
        kind = kind_of(book, source.content, source.name, asked.options)
        asked = replace(asked, kind=kind or asked.kind)

    def preview(profile: Profile | None) -> ImportPreview:
        return preview_import(
            book,
            asked.kind,
            source.content,
            profile=profile,
            options=asked.options,
            today=asked.today,
            report=report,
            name=source.name,
        )

    profile = None
    if asked.own is not None:
        # Read in another way, the file may have other headings: they must be seen before they can be mapped.
        seen = asked.own.shown if asked.own.holds(asked.options) else preview(None)
        profile = asked.own.profile(seen)
    return Looked(asked, preview(profile), fields_of(asked.kind), profile)
