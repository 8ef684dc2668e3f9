"""A CSV file as a table: which text it is, where its columns are named, and its records as a stream."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from desktop.errors import UserError
from desktop.i18n import _, ngettext
from desktop.importing.dialect import find_dialect, stated_delimiter
from desktop.importing.encoding import Scan, scan
from desktop.importing.options import TableOptions
from desktop.importing.records import Dialect, Record, read_records
from desktop.importing.results import Note

_SAMPLE_LINES = 400
_SAMPLE_CHARACTERS = 200_000
# Titles, addresses and print dates above the column names.
_HEADER_WITHIN = 30
_FIGURE = re.compile(r"[-+(]?[0-9][0-9.,:/' -]*\)?")


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose layout is known. `header` has one text a column, empty where it has no name.

    `lines` counts the lines of the file, `digest` is the SHA-256 of its bytes. `encoding_sure` is false where no
    mark and no rule of Unicode told the encoding.
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
    _open: Callable[[], BinaryIO] = field(repr=False)
    _zeros: bool = False
    _body: int = 2

    def records(self) -> Iterator[Record]:
        """The records below the header, in the file's order; blank ones are left out. The file is read anew."""
        width = len(self.header)
        with _lines(self._open(), self.encoding, self._zeros) as lines:
            for _skipped in islice(lines, self._body - 1):
                pass
            yield from read_records(lines, self.dialect, width, self._body)


def open_table(
    source: Path | str | bytes,
    options: TableOptions | None = None,
    score: Callable[[Sequence[str]], int] = lambda cells: 0,
    name: str = "",
) -> Table:
    """Find encoding, delimiter and header of a file or of its bytes.

    `score` says how many known column names a row of cells holds; it settles what the layout leaves open.
    UserError for a file that is missing, empty, not text, or another format than CSV.
    """
    options = options or TableOptions()
    opener, name = _opener(source, name)
    try:
        with opener() as stream:
            found = scan(stream, name, options)
        with _lines(opener(), found.encoding, found.zeros > 0) as lines:
            sample, whole = _sample(lines)
    except OSError as error:
        raise _unreadable(name, error) from None
    except ValueError:
        # A path with a zero byte in it.
        raise _unreadable(name, FileNotFoundError()) from None
    first = 1
    stated = stated_delimiter(sample[0])
    if stated:
        first = 2
        if options.delimiter is None and stated not in "\"'":
            options = TableOptions(delimiter=stated).over(options)
    dialect = find_dialect(sample[first - 1 :], options, score)
    records = list(read_records(sample[first - 1 :], dialect, first=first))
    if not whole and len(records) > 1:
        records.pop()  # it may end beyond the sample
    place = _header_place(records, options, score, name)
    header = [cell.strip().lstrip("\ufeff").strip() for cell in records[place].cells]
    below = Counter(len(record.cells) for record in records[place + 1 :] if not record.flaw)
    if below:
        # Where nearly every row is wider than its header, the columns beyond have no name.
        width, times = below.most_common(1)[0]
        if width > len(header) and times * 10 >= sum(below.values()) * 9:
            header += [""] * (width - len(header))
    body = records[place + 1].row if place + 1 < len(records) else max(records[place].row + 1, found.lines + 1)
    return Table(
        name=name,
        encoding=found.encoding,
        encoding_sure=found.sure,
        dialect=dialect,
        header=tuple(header),
        header_row=records[place].row,
        lines=max(found.lines, records[-1].row),
        digest=found.digest,
        notes=tuple(_notes(found, records[place], place)),
        _open=opener,
        _zeros=found.zeros > 0,
        _body=body,
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


def _header_place(
    records: list[Record], options: TableOptions, score: Callable[[Sequence[str]], int], name: str
) -> int:
    if options.header_row is not None:
        found = next((place for place, record in enumerate(records) if record.row == options.header_row), None)
        if found is None:
            raise UserError(
                _("Line {row} of “{name}” holds no column names.").format(row=options.header_row, name=name),
                _("Choose a line among the first {count} that is not empty.").format(count=_SAMPLE_LINES),
            )
        return found
    filled = [place for place, record in enumerate(records[:_HEADER_WITHIN]) if any(map(str.strip, record.cells))]
    if not filled:
        raise UserError(
            _("“{name}” has no line with column names.").format(name=name),
            _("Put the names of the columns in the first line."),
        )
    known = {place: score(records[place].cells) for place in filled}
    best = max(filled, key=lambda place: known[place])
    if known[best] > 1:
        return best
    usual = Counter(len(record.cells) for record in records).most_common(1)[0][0]
    named = {place: sum(map(bool, map(str.strip, records[place].cells))) for place in filled}
    likely = [place for place in filled if named[place] * 10 >= usual * 6]
    # A title may hold a delimiter or two; the names of the columns are as many as the columns.
    full = next((place for place in likely if len(records[place].cells) >= usual), None)
    if usual < 2 or full is None:
        return best
    if any(_FIGURE.fullmatch(cell.strip()) for cell in records[full].cells):
        # A row of data: the names above it are fewer.
        return max((place for place in likely if place < full), default=full)
    return full


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
        yield Note(0, "", _("The column names stand in line {row}.").format(row=header.row))
