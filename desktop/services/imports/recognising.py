"""What a file that nobody spoke of holds: known by a mapping that was kept, a tracker's columns, or its headings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _
from desktop.importing.files import ImportFile, open_file
from desktop.importing.kinds import KINDS, kind_named
from desktop.importing.mapping import Mapping, header_score, heading_key, map_columns, signature
from desktop.importing.options import TableOptions
from desktop.importing.tables import open_table
from desktop.importing.trackers import tracker_profile
from desktop.importing.workbooks import SheetQuestionError
from desktop.services.imports.profiles import profile_for

# What waits to be billed; everything else is brought in by a person who looks at it.
BILLABLE_KINDS = ("time", "usage", "milestones", "charges")


def recognise(session: Session, source: Path | bytes, name: str, options: TableOptions | None = None) -> ImportFile:
    """The file opened as the one kind of billables that it can be. UserError where it is none, or could be several."""
    kind = _kind_of(session, source, name, options or TableOptions(), BILLABLE_KINDS)
    file = open_file(source, kind, options, name=name)
    kept = profile_for(session, kind, signature(file.table.header))
    return file if kept is None else open_file(source, kind, options, kept, name=name)


def kind_of(book: Book, source: Path | bytes, name: str, options: TableOptions | None = None) -> str | None:
    """The kind that a file can only be, None where a person must say it."""
    try:
        with book.reading() as session:
            return _kind_of(session, source, name, options or TableOptions(), tuple(KINDS))
    except UserError:
        return None


def _kind_of(session: Session, source: Path | bytes, name: str, options: TableOptions, kinds: Sequence[str]) -> str:
    found: dict[str, tuple[int, int]] = {}
    refusal: UserError | None = None
    for kind in kinds:
        try:
            table = open_table(source, options, header_score(kind), name)
        except UserError as error:
            # Another kind may find its own sheet.
            if refusal is None or not isinstance(error, SheetQuestionError):
                refusal = error
            continue
        kept = profile_for(session, kind, signature(table.header)) is not None
        if kept or (kind == "time" and tracker_profile(table.header) is not None):
            return kind
        mapping = map_columns(table.header, kind)
        if not mapping.missing:
            found[kind] = _likeness(mapping)
    if not found:
        raise refusal or UserError(
            _("Nothing tells what “{name}” holds: its columns are those of no kind of billables.").format(name=name),
            _("Import it by hand once and keep the mapping: the next file like it is known by that."),
        )
    best = max(found.values())
    fitting = [kind for kind, likeness in found.items() if likeness == best]
    if len(fitting) > 1:
        raise UserError(
            _("“{name}” may hold {kinds}.").format(name=name, kinds=_(" or ").join(fitting)),
            _("Import it by hand once and keep the mapping: the next file like it is known by that."),
        )
    return fitting[0]


def _likeness(mapping: Mapping) -> tuple[int, int]:
    """How many columns are read, and how many are called as the kind itself calls them."""
    own = {heading_key(field.name) for field in kind_named(mapping.kind).fields}
    return len(mapping.header) - len(mapping.unmapped), sum(heading_key(one) in own for one in mapping.header)
