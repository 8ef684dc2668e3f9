"""What an import would do, before it does anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from desktop.i18n import _
from desktop.importing.conventions import Conventions
from desktop.importing.files import ImportFile, open_file
from desktop.importing.mapping import Mapping, Profile, signature
from desktop.importing.options import TableOptions
from desktop.importing.results import Note, Rejection, Report, Row

_ROWS = 20
_REJECTIONS = 200


class Summary(NamedTuple):
    """A note that holds for so many `rows`, `row` being the first; row 0 is the file."""

    text: str
    column: str
    row: int
    rows: int


@dataclass(frozen=True, slots=True)
class Preview:
    """`good` and `bad` count rows of the file. With `mapping.missing` nothing is read: `raw` shows what there is.

    `raw` are the first records as they stand, each with its line; `rejections` the first of them all.
    """

    kind: str
    name: str
    digest: str
    encoding: str
    encoding_sure: bool
    delimiter: str
    quote: str
    header: tuple[str, ...]
    header_row: int
    signature: str
    mapping: Mapping
    conventions: Conventions
    options: TableOptions
    sheet: str
    sheets: tuple[str, ...]
    raw: tuple[tuple[int, tuple[str, ...]], ...]
    rows: tuple[Row, ...]
    good: int
    bad: int
    rejections: tuple[Rejection, ...]
    notes: tuple[Summary, ...]

    @property
    def layout(self) -> str:
        """Encoding and delimiter, or the sheet, in words."""
        if self.sheet:
            return _("sheet “{sheet}”, column names in line {row}").format(sheet=self.sheet, row=self.header_row)
        sign = {"\t": _("tab"), ",": _("comma"), ";": _("semicolon"), "|": _("vertical bar")}.get(
            self.delimiter, f"“{self.delimiter}”"
        )
        return _("{encoding}, cells separated by {sign}, column names in line {row}").format(
            encoding=self.encoding.upper(), sign=sign, row=self.header_row
        )


def preview(
    source: Path | str | bytes,
    kind: str,
    options: TableOptions | None = None,
    profile: Profile | None = None,
    report: Report | None = None,
    name: str = "",
) -> Preview:
    """Read the whole file and keep nothing of it but figures and the first rows. UserError as open_file."""
    file = open_file(source, kind, options, profile, report, name)
    table, mapping = file.table, file.mapping
    rows: list[Row] = []
    rejections: list[Rejection] = []
    bad: set[int] = set()
    good = 0
    counted = _Notes([*table.notes, *file.conventions.notes(mapping)])
    if not mapping.missing:
        for result in file.rows(report):
            if isinstance(result, Row):
                good += len(result.rows) or 1
                counted.add(result.notes)
                if len(rows) < _ROWS:
                    rows.append(result)
            else:
                bad.add(result.row)
                if len(rejections) < _REJECTIONS:
                    rejections.append(result)
    return Preview(
        kind=kind,
        name=table.name,
        digest=table.digest,
        encoding=table.encoding,
        encoding_sure=table.encoding_sure,
        delimiter=table.dialect.delimiter,
        quote=table.dialect.quote,
        header=table.header,
        header_row=table.header_row,
        signature=signature(table.header),
        mapping=mapping,
        conventions=file.conventions,
        options=file.options,
        sheet=table.sheet,
        sheets=table.sheets,
        raw=_raw(file),
        rows=tuple(rows),
        good=good,
        bad=len(bad),
        rejections=tuple(rejections),
        notes=counted.summaries(),
    )


def _raw(file: ImportFile) -> tuple[tuple[int, tuple[str, ...]], ...]:
    return tuple((record.row, tuple(map(str, record.cells))) for record in islice(file.table.records(), _ROWS))


class _Notes:
    """Notes of equal text and column put together."""

    def __init__(self, notes: Iterable[Note]) -> None:
        self._found: dict[tuple[str, str], Summary] = {}
        self.add(notes)

    def add(self, notes: Iterable[Note]) -> None:
        for row, column, text in notes:
            before = self._found.get((column, text))
            self._found[column, text] = (
                before._replace(rows=before.rows + 1) if before else Summary(text, column, row, 1)
            )

    def summaries(self) -> tuple[Summary, ...]:
        return tuple(self._found.values())
