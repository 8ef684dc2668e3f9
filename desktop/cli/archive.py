"""`archive`, `verify`, `verify-script`, `datev`: what goes to the accountant, and whether it is what was written."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from pathlib import Path

from desktop.cli.arguments import Commands, Parser, day
from desktop.cli.call import Call
from desktop.cli.progress import Stopped
from desktop.errors import UserError
from desktop.i18n import _, date_text, ngettext, number_text


def add(commands: Commands) -> None:
    archive = commands.add(
        "archive", _archive, _("write documents, e-invoices, tables and bookings into one ZIP for the accountant")
    )
    _add_subject(archive, _("the .zip file"))

    verify = commands.add(
        "verify", _verify, _("prove that an archive is as it was written; exit 1 if anything is off"), book=False
    )
    verify.add_argument("file", metavar="FILE", help=_("the .zip file"))
    verify.add_argument(
        "--book", metavar="BOOK", help=_("prove also that its documents are those of this book, by their seals")
    )

    script = commands.add(
        "verify-script",
        _verify_script,
        _("copy out the small program that proves a book with Python alone"),
        book=False,
    )
    script.add_argument("--to", required=True, metavar="DIR", help=_("the folder"))

    datev = commands.add("datev", _datev, _("write bookings as a file that DATEV reads"))
    _add_subject(datev, _("the .csv file"))


def _add_subject(parser: Parser, file: str) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--run", dest="run_number", metavar="RUN", help=_("the documents of this run"))
    which.add_argument("--from", dest="first", type=day, metavar="DATE", help=_("everything from this day on"))
    parser.add_argument("--until", type=day, metavar="DATE", help=_("up to this day; --to DATE says the same"))
    parser.add_argument("--to", action="append", required=True, metavar="FILE", help=file)


def _subject(call: Call) -> tuple[date | None, date | None, Path]:
    """The days, None where it is a run, and the file. UserError where one of them is not said, or said twice."""
    arguments = call.arguments
    last, files = arguments.until, []
    for text in arguments.to:
        named = _as_day(text) if arguments.first and last is None else None
        if named:
            last = named
        else:
            files.append(text)
    if len(files) != 1:
        raise UserError(_("It is not said which file to write."), _("Name one by --to FILE."))
    if arguments.first and last is None:
        raise UserError(_("It is not said up to which day."), _("Name it by --until DATE."))
    if last and not arguments.first:
        raise UserError(_("A run has its own days."), _("Leave out --until, or name days by --from and --until."))
    return arguments.first, last, call.path(files[0])


def _as_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _archive(call: Call) -> None:
    from desktop.services.archive.making import write_archive

    first, last, path = _subject(call)
    if path.suffix.lower() != ".zip":
        raise UserError(_("An archive is a ZIP file."), _("Give the file the ending .zip."))
    run = call.arguments.run_number or ""
    try:
        with call.book() as book:
            made = write_archive(book, path, run=run, first=first, last=last, report=call.progress)
    except Stopped as stopped:
        raise Stopped(_("Stopped. No archive was written.")) from stopped
    data = {
        "file": str(made.path),
        "bytes": made.size,
        "sha256": made.sha256,
        "documents": made.documents,
        "files": made.files,
        "totals": made.totals,
        "left_out": list(made.left_out),
    }

    def text() -> str:
        words = ngettext(
            "{count} document is in {file}. SHA-256 of the archive: {sha256}",
            "{count} documents are in {file}. SHA-256 of the archive: {sha256}",
            made.documents,
        )
        said = words.format(count=number_text(made.documents), file=made.path, sha256=made.sha256)
        return "\n".join([said, *made.left_out])

    call.answer(data, text)


def _verify(call: Call) -> int:
    from desktop.services.archive.verifying import verify_archive

    path = call.path(call.arguments.file)
    with ExitStack() as stack:
        book = stack.enter_context(call.book()) if call.arguments.book else None
        found = verify_archive(path, book, call.progress)
    data = {
        "clean": not found.problems,
        "file": str(path),
        "run": found.run or None,
        "documents": found.documents,
        "files": found.files,
        "totals": found.totals,
        "in_book": found.seals,
        "problems": list(found.problems),
    }

    def text() -> str:
        if found.problems:
            return ""
        words = ngettext(
            "{file} is as it was written: {count} document, every file proved.",
            "{file} is as it was written: {count} documents, every file proved.",
            found.documents,
        )
        said = words.format(file=path.name, count=number_text(found.documents))
        return said if found.seals is None else said + " " + _("All of them are in the book, sealed alike.")

    call.answer(data, text)
    for sentence in found.problems:
        call.say(sentence)
    return 1 if found.problems else 0


def _verify_script(call: Call) -> None:
    from desktop.services.verify_script import write_verify_script

    script, readme = write_verify_script(call.path(call.arguments.to))
    call.answer(
        {"script": str(script), "readme": str(readme)},
        lambda: _("{script} is written. It needs only Python: python3 {name} BOOK").format(
            script=script, name=script.name
        ),
    )


def _datev(call: Call) -> None:
    from desktop.services.archive.datev_export import write_datev

    first, last, path = _subject(call)
    if path.suffix.lower() != ".csv":
        raise UserError(_("Bookings for DATEV are a CSV file."), _("Give the file the ending .csv."))
    with call.book() as book:
        made = write_datev(book, path, first=first, last=last, run=call.arguments.run_number or "")
    data = {"file": str(made.path), "bookings": made.bookings, "from": made.first, "to": made.last}

    def text() -> str:
        words = ngettext(
            "{count} booking from {first} to {last} is written to {file}.",
            "{count} bookings from {first} to {last} are written to {file}.",
            made.bookings,
        )
        return words.format(
            count=number_text(made.bookings),
            first=date_text(made.first),
            last=date_text(made.last),
            file=made.path,
        )

    call.answer(data, text)
