"""What a file that nobody spoke of holds: known by a mapping that was kept, a tracker's columns, or its headings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from desktop.errors import UserError
from desktop.i18n import _
from desktop.importing.files import ImportFile, open_file
from desktop.importing.kinds import kind_named
from desktop.importing.mapping import heading_key, signature
from desktop.importing.options import TableOptions
from desktop.importing.workbooks import SheetQuestionError
from desktop.services.imports.profiles import profile_for

# What waits to be billed; everything else is brought in by a person who looks at it.
BILLABLE_KINDS = ("time", "usage", "milestones", "charges")


def recognise(
    session: Session,
    source: Path | bytes,
    name: str,
    options: TableOptions | None = None,
    kinds: Sequence[str] = BILLABLE_KINDS,
) -> ImportFile:
    """The file opened as the one kind that it can be. UserError where it is none, or could be several."""
    found: list[tuple[tuple[int, int], ImportFile]] = []
    refusal: UserError | None = None
    for kind in kinds:
        try:
            file = open_file(source, kind, options, name=name)
            kept = profile_for(session, kind, signature(file.table.header))
            if kept is not None:
                return open_file(source, kind, options, kept, name=name)
        except UserError as error:
            # Another kind may find its own sheet.
            if refusal is None or not isinstance(error, SheetQuestionError):
                refusal = error
            continue
        if file.mapping.profile:
            return file
        if not file.mapping.missing:
            found.append((_likeness(file), file))
    if not found:
        raise refusal or UserError(
            _("Nothing tells what “{name}” holds: its columns are those of no kind of billables.").format(name=name),
            _("Import it by hand once and keep the mapping: the next file like it is known by that."),
        )
    best = max(likeness for likeness, _file in found)
    fitting = [file for likeness, file in found if likeness == best]
    if len(fitting) > 1:
        kinds_text = _(" or ").join(file.kind for file in fitting)
        raise UserError(
            _("“{name}” may hold {kinds}.").format(name=name, kinds=kinds_text),
            _("Import it by hand once and keep the mapping: the next file like it is known by that."),
        )
    return fitting[0]


def _likeness(file: ImportFile) -> tuple[int, int]:
    """How many columns are read, and how many are called as the kind itself calls them."""
    mapping = file.mapping
    own = {heading_key(field.name) for field in kind_named(file.kind).fields}
    return len(mapping.header) - len(mapping.unmapped), sum(heading_key(one) in own for one in mapping.header)
