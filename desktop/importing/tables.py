"""A file as a table: which text or sheet it is, where its columns are named, and its records as a stream."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from desktop.errors import UserError
from desktop.i18n import _, ngettext
from desktop.importing.dialect import find_dialect, stated_delimiter
from desktop.importing.encoding import Scan, scan
from desktop.importing.header_row import find_header, widened
from desktop.importing.options import TableOptions
from desktop.importing.records import Dialect, Record, read_records
from desktop.importing.results import Note
from desktop.importing.workbooks import HEAD, Workbook, is_workbook

_SAMPLE_LINES = 400
_SAMPLE_CHARACTERS = 200_000


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose layout is known. `header` has one text a column, empty where it has no name.

    `lines` counts the lines of the file, `digest` is the SHA-256 of its bytes. `encoding_sure` is false where no
    mark and no rule of Unicode told the encoding. Of a workbook `sheet` is the one that is read, `sheets` are all that
    can be; it has neither encoding nor delimiter.
    """

    name: str
    encoding: str
    encoding_sure: bool
    dialect: Dialect
    header: tuple[str, ...]
    header_row: int
    lines: int
    digest: str
    notes: tuple[Note, ...]
    _read: Callable[[Table], Iterator[Record]] = field(repr=False)
    sheet: str = ""
    sheets: tuple[str, ...] = ()

    def records(self) -> Iterator[Record]:
        """The records below the header, in the file's order; blank ones are left out. A text is read anew."""
        return self._read(self)


def open_table(
    source: Path | str | bytes,
    options: TableOptions | None = None,
    score: Callable[[Sequence[str]], int] = lambda cells: 0,
    name: str = "",
) -> Table:
    """Find encoding, delimiter and header of a file or of its bytes.

    `score` says how many known column names a row of cells holds; it settles what the layout leaves open.
    UserError for a file that is missing, empty, or neither a text nor a workbook.
    """
    options = options or TableOptions()
    opener, name = _opener(source, name)
    try:
        with opener() as stream:
            head = stream.read(HEAD)
        if is_workbook(head):
            return _workbook_table(opener, head, options, score, name)
        with opener() as stream:
            found = scan(stream, name, options)
        with _lines(opener(), found.encoding, found.zeros > 0) as lines:
            sample, whole = _sample(lines)
    except OSError as error:
        raise _unreadable(name, error) from None
    except ValueError:
        # A path with a zero byte in it.
        raise _unreadable(name, FileNotFoundError()) from None
    start = 1 if options.first_row is None else options.first_row
    first = start
    stated = stated_delimiter(sample[0])
    if stated:
        first = start + 1
        if options.delimiter is None and stated not in "\"'":
            options = TableOptions(delimiter=stated).over(options)
    dialect = find_dialect(sample[first - start :], options, score)
    records = list(read_records(sample[first - start :], dialect, first=first))
    if not whole and len(records) > 1:
        records.pop()  # it may end beyond the sample
    place = find_header(records, options, score, name)
    header = widened(records, place)
    body = records[place + 1].row if place + 1 < len(records) else max(records[place].row + 1, found.lines + 1)
    return Table(
        name=name,
        encoding=found.encoding,
        encoding_sure=found.sure,
        dialect=dialect,
        header=header,
        header_row=records[place].row,
        lines=max(found.lines, records[-1].row),
        digest=found.digest,
        notes=tuple(_notes(found, records[place], place)),
        _read=partial(_text_records, opener, found.zeros > 0, start, body),
    )


def _text_records(opener: Callable[[], BinaryIO], zeros: bool, start: int, body: int, table: Table) -> Iterator[Record]:
    with _lines(opener(), table.encoding, zeros) as lines:
        for _skipped in islice(lines, body - start):
            pass
        yield from read_records(lines, table.dialect, len(table.header), body)


def _workbook_table(
    opener: Callable[[], BinaryIO],
    head: bytes,
    options: TableOptions,
    score: Callable[[Sequence[str]], int],
    name: str,
) -> Table:
    with opener() as stream:
        book = Workbook(stream.read(), head, name)
    sheet = book.choose(options, score)
    first = sheet.sample()
    place = find_header(first, options, score, name)
    header, row = widened(first, place), first[place].row
    notes = [*sheet.notes]
    if place:
        notes.append(_low_header(row))
    return Table(
        name=name,
        encoding="",
        encoding_sure=True,
        dialect=Dialect(delimiter=""),
        header=header,
        header_row=row,
        lines=sheet.height,
        digest=book.digest,
        notes=tuple(notes),
        _read=lambda table: sheet.records(table.header_row, len(table.header)),
        sheet=sheet.name,
        sheets=book.sheets,
    )


def _opener(source: Path | str | bytes, name: str) -> tuple[Callable[[], BinaryIO], str]:
    if isinstance(source, bytes):
        return lambda: io.BytesIO(source), name or _("the file")
    path = Path(source)
    try:
        if path.is_dir():
            raise UserError(_("“{name}” is a folder.").format(name=path.name), _("Choose the CSV file in it."))
        if path.exists() and not path.is_file():
            # A device or a pipe may never end.
            raise UserError(_("“{name}” is not a file.").format(name=path.name), _("Choose a CSV file."))
    except OSError as error:
        raise _unreadable(path.name, error) from None
    return lambda: path.open("rb"), name or path.name


def _unreadable(name: str, error: OSError) -> UserError:
    if isinstance(error, FileNotFoundError):
        return UserError(_("There is no file “{name}”.").format(name=name), _("Check its name and its folder."))
    if isinstance(error, PermissionError):
        return UserError(
            _("“{name}” may not be read.").format(name=name),
            _("Close the program that holds it, or ask for the right to read it."),
        )
    return UserError(
        _("“{name}” cannot be read: {reason}.").format(name=name, reason=error.strerror or error),
        _("Copy it to this computer and import the copy."),
    )


@contextmanager
def _lines(stream: BinaryIO, encoding: str, zeros: bool) -> Iterator[Iterator[str]]:
    """Lines with their ends, whichever of the three they have. The stream is closed at the end."""
    with io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="") as text:
        yield (line.replace("\0", "") for line in text) if zeros else text


def _sample(lines: Iterator[str]) -> tuple[list[str], bool]:
    """The first lines, and whether they are all."""
    sample: list[str] = []
    size = 0
    for line in lines:
        sample.append(line)
        size += len(line)
        if len(sample) >= _SAMPLE_LINES or size >= _SAMPLE_CHARACTERS:
            return sample, next(lines, None) is None
    return sample, True


def _notes(found: Scan, header: Record, above: int) -> Iterator[Note]:
    if not found.sure:
        yield Note(
            0,
            "",
            _("The file is not Unicode; it was read as {encoding}. Look at the letters with accents.").format(
                encoding=found.encoding
            ),
        )
    if found.unreadable:
        yield Note(
            0,
            "",
            ngettext(
                "{count} character could not be read as {encoding} and shows as �.",
                "{count} characters could not be read as {encoding} and show as �.",
                found.unreadable,
            ).format(count=found.unreadable, encoding=found.encoding),
        )
    if found.zeros:
        yield Note(
            0,
            "",
            ngettext("{count} zero byte was left out.", "{count} zero bytes were left out.", found.zeros).format(
                count=found.zeros
            ),
        )
    if above:
        yield _low_header(header.row)


def _low_header(row: int) -> Note:
    return Note(0, "", _("The column names stand in line {row}.").format(row=row))
