"""What the preview of an import says: its sentence, what would be rejected, what a person should confirm."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.i18n import _, ngettext, number_text
from desktop.services.imports import ImportPreview, ImportResult
from desktop.ui.columns import Column
from desktop.ui.importing.words import field_word
from desktop.ui.listing import Row


def rejection_columns() -> list[Column]:
    return [
        Column("row", _("Row"), 64, "number", sort_key="row", secondary=True),
        Column("column", _("Column"), 110, sort_key="column"),
        Column("value", _("Value"), 120, sort_key="value", strong=True),
        Column("problem", _("Problem"), 230, sort_key="problem", wide=True, lines=2),
        Column("remedy", _("What mends it"), 320, lines=2, secondary=True),
    ]


def rejection_rows(result: ImportResult | None) -> Sequence[Row]:
    if result is None:
        return []
    return [
        {"row": one.row, "column": one.column, "value": one.value, "problem": one.problem, "remedy": one.remedy}
        for one in result.rejected
    ]


def note_columns() -> list[Column]:
    return [
        Column("row", _("Row"), 64, "number", secondary=True),
        Column("column", _("Column"), 130),
        Column("text", _("How it is read"), 400, wide=True, lines=2),
        Column("rows", _("Rows"), 72, "number", secondary=True),
    ]


def note_rows(shown: ImportPreview | None) -> Sequence[Row]:
    """Row 0 is the file as a whole, and has no number."""
    if shown is None:
        return []
    notes = shown.result.notes if shown.result else shown.file.notes
    return [{"row": note.row or None, "column": note.column, "text": note.text, "rows": note.rows} for note in notes]


def preview_words(shown: ImportPreview | None, *, begun: bool, all_or_nothing: bool) -> str:
    """What importing would do, or what holds it; `begun` tells whether a file was chosen."""
    if shown is None:
        return "" if begun else _("Choose a CSV file or a spreadsheet, or write an empty one to fill in.")
    if shown.result is None:
        groups = [_(" or ").join(field_word(name) for name in group) for group in shown.file.mapping.missing]
        return _("Say which column is: {fields}.").format(fields=", ".join(groups))
    result = shown.result
    if all_or_nothing and result.rejected:
        return _held(result)
    would = ngettext("{count} row would be imported", "{count} rows would be imported", result.imported)
    parts = [would.format(count=number_text(result.imported))]
    if result.unchanged:
        known = ngettext("{count} is in the book already", "{count} are in the book already", result.unchanged)
        parts.append(known.format(count=number_text(result.unchanged)))
    if result.rejected_rows:
        rejected = ngettext("{count} is rejected", "{count} are rejected", result.rejected_rows)
        parts.append(rejected.format(count=number_text(result.rejected_rows)))
    said = ", ".join(parts) + "."
    if result.profile:
        said += " " + _("The columns are mapped as in “{name}”.").format(name=result.profile)
    return said


def _held(result: ImportResult) -> str:
    count = result.rejected_rows
    why = ngettext(
        "Nothing would be imported: {count} of {total} rows is rejected.",
        "Nothing would be imported: {count} of {total} rows are rejected.",
        count,
    ).format(count=number_text(count), total=number_text(result.rows))
    if not result.imported:
        return why + " " + _("Mend the file and choose it again.")
    rest = ngettext(
        "Mend the file and choose it again, or clear the tick to import the {count} good row.",
        "Mend the file and choose it again, or clear the tick to import the {count} good rows.",
        result.imported,
    ).format(count=number_text(result.imported))
    return why + " " + rest
