"""`import`, `template`, `export`: files that come in, and the same tables going out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop.cli.arguments import Commands, count
from desktop.cli.call import Call
from desktop.cli.tables import table
from desktop.errors import UserError
from desktop.i18n import _

if TYPE_CHECKING:
    from db.engine import Book
    from desktop.services.imports import ImportPreview, ImportResult, Profile

# As `desktop.importing` knows them; naming them here keeps every other command from loading it.
_KINDS = ("clients", "items", "rates", "agreements", "changes", "time", "usage", "milestones", "charges", "opening")
_SHOWN = 50


def add(commands: Commands) -> None:
    parser = commands.add("import", _import, _("take a file into the book: CSV, .xlsx, .ods or .xls"), writes=True)
    parser.add_argument("kind", metavar="KIND", help=", ".join(_KINDS))
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--profile", metavar="NAME", help=_("read the columns as they were mapped once"))
    parser.add_argument("--preview", action="store_true", help=_("tell what would happen and write nothing"))
    parser.add_argument("--all-or-nothing", action="store_true", help=_("import nothing where a row is rejected"))
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="FIELD=COLUMN",
        help=_("which column is a field; with --profile the mapping is kept under that name"),
    )
    parser.add_argument("--sheet", metavar="NAME", help=_("which sheet of a workbook; otherwise the one that fits"))
    parser.add_argument("--encoding", metavar="NAME", help=_("such as utf-8 or cp1252; otherwise found"))
    parser.add_argument("--delimiter", metavar="SIGN", help=_("what separates cells; otherwise found"))
    parser.add_argument("--decimal", choices=[".", ","], help=_("the decimal sign; otherwise found"))
    parser.add_argument("--date-order", choices=["dmy", "mdy", "ymd"], help=_("otherwise found"))
    parser.add_argument(
        "--header-row", type=count, metavar="N", help=_("the line of the column names; otherwise found")
    )

    export = commands.add("export", _export, _("write what the book holds under the headings of its import"))
    export.add_argument("kind", metavar="KIND", help=", ".join(_KINDS))
    export.add_argument("file", metavar="FILE", help=_("a new file whose ending says its form: .csv or .xlsx"))

    template = commands.add("template", _template, _("write an empty file with the column names"), book=False)
    template.add_argument("kind", metavar="KIND", help=", ".join(_KINDS))
    template.add_argument("file", metavar="FILE")


def _import(call: Call) -> int:
    from desktop.services.imports import SheetQuestionError

    try:
        return _take_in(call)
    except SheetQuestionError as question:
        raise UserError(
            question.message,
            _("Say by --sheet NAME which one to read: {sheets}.").format(sheets=", ".join(question.sheets)),
        ) from None


def _take_in(call: Call) -> int:
    from desktop.services.imports import TableOptions, import_file, preview_import, remember

    arguments = call.arguments
    path = call.path(arguments.file)
    delimiter = {"tab": "\t", "\\t": "\t"}.get(arguments.delimiter, arguments.delimiter)
    options = TableOptions(
        encoding=arguments.encoding,
        delimiter=delimiter,
        decimal=arguments.decimal,
        date_order=arguments.date_order,
        header_row=arguments.header_row,
        sheet=arguments.sheet,
    )
    with call.book() as book:
        profile = _profile(call, book, options)
        if arguments.preview:
            shown = preview_import(
                book,
                arguments.kind,
                path,
                profile=profile,
                options=options,
                today=call.today,
                report=call.progress,
            )
            call.answer(_preview_data(shown), lambda: _preview_text(shown))
            return 0
        result = import_file(
            book,
            arguments.kind,
            path,
            profile=profile,
            options=options,
            all_or_nothing=arguments.all_or_nothing,
            actor=call.actor,
            today=call.today,
            report=call.progress,
        )
        if arguments.map and profile is not None and profile.name:
            remember(book, profile, actor=call.actor)
    call.answer(_data(result), lambda: _text(result))
    if result.rejected and arguments.all_or_nothing:
        call.say(_("Nothing was imported, because rows are rejected."))
        return 1
    if result.rejected and not result.imported and not result.unchanged:
        call.say(_("Nothing was imported: every row is rejected."))
        return 1
    return 0


def _profile(call: Call, book: Book, options: Any) -> Profile | None:
    """The profile by its name, or one made of what --map says over what is recognised."""
    from desktop.services.imports import mapped, named_profile

    arguments = call.arguments
    if not arguments.map:
        return named_profile(book, arguments.kind, arguments.profile) if arguments.profile else None
    columns = {}
    for pair in arguments.map:
        field, equals, column = pair.partition("=")
        if not equals:
            raise UserError(_("“{pair}” maps nothing.").format(pair=pair), _("Write FIELD=COLUMN."))
        columns[field.strip()] = column
    return mapped(call.path(arguments.file), arguments.kind, columns, name=arguments.profile or "", options=options)


def _data(result: ImportResult) -> dict[str, Any]:
    return {
        "batch": result.batch,
        "rows": result.rows,
        "imported": result.imported,
        "unchanged": result.unchanged,
        "rejected": [one._asdict() for one in result.rejected],
        "notes": [
            {"row": note.row, "column": note.column, "text": note.text, "rows": note.rows} for note in result.notes
        ],
    }


def _preview_data(shown: ImportPreview) -> dict[str, Any]:
    file = shown.file
    heading = file.mapping.heading
    data: dict[str, Any] = (
        _data(shown.result)
        if shown.result is not None
        else {"batch": None, "rows": 0, "imported": 0, "unchanged": 0, "rejected": [], "notes": []}
    )
    return data | {
        "encoding": file.encoding,
        "delimiter": file.delimiter,
        "header": list(file.header),
        "columns": {name: heading(name) for name in file.mapping.columns},
        "missing": [list(group) for group in file.mapping.missing],
    }


def _text(result: ImportResult) -> str:
    from desktop.services.imports import summary

    parts = [_rejected(result), _notes(result), summary(result)]
    return "\n\n".join(part for part in parts if part)


def _preview_text(shown: ImportPreview) -> str:
    file = shown.file
    columns = table(
        [_("Column"), _("Field")],
        [[file.mapping.heading(name), name] for name in file.mapping.columns],
        empty=_("No column is recognised."),
    )
    unused = [file.header[place] for place in file.mapping.unmapped if file.header[place]]
    left = _("Not read: {columns}").format(columns=", ".join(unused)) if unused else ""
    if shown.result is None:
        missing = "; ".join(_(" or ").join(group) for group in file.mapping.missing)
        said = _("Nothing can be imported: no column is {fields}. Map one with --map FIELD=COLUMN.").format(
            fields=missing
        )
    else:
        said = _text(shown.result) + " " + _("Nothing was written.")
    return "\n\n".join(part for part in (file.layout, columns, left, said) if part)


def _rejected(result: ImportResult) -> str:
    rows = [[str(one.row), one.column, one.value[:40], one.problem, one.remedy] for one in result.rejected[:_SHOWN]]
    text = table([">" + _("Row"), _("Column"), _("Value"), _("Problem"), _("Remedy")], rows)
    more = len(result.rejected) - _SHOWN
    return text + "\n" + _("… and {count} more; --json lists them all.").format(count=more) if more > 0 else text


def _notes(result: ImportResult) -> str:
    lines = []
    for note in result.notes[:_SHOWN]:
        where = _("row {row}").format(row=note.row) if note.row else _("file")
        times = _(" ({count} rows)").format(count=note.rows) if note.rows > 1 else ""
        lines.append(f"{where}: {note.text}{times}")
    return "\n".join(lines)


def _export(call: Call) -> None:
    from desktop.services.exports import export_file

    path = call.path(call.arguments.file)
    with call.book() as book:
        made = export_file(book, call.arguments.kind, path, report=call.progress)
    call.answer(
        {"file": str(path), "kind": made.kind, "rows": made.rows},
        lambda: _("{path} is written: {count} rows of {kind}.").format(
            path=path, count=f"{made.rows:,}", kind=made.kind
        ),
    )


def _template(call: Call) -> None:
    from desktop.services.imports import write_template

    path = call.path(call.arguments.file)
    write_template(call.arguments.kind, path)
    call.answer({"file": str(path)}, lambda: _("{path} is written.").format(path=path))
