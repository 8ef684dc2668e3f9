"""Where an import comes from: a file, or the cells that a spreadsheet put on the clipboard."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.imports.headings import has_headings, names_field


@dataclass(frozen=True, slots=True)
class Source:
    """`content` is the file's path or the pasted bytes; `name` is what it is called in sentences."""

    name: str
    content: Path | bytes

    @property
    def stem(self) -> str:
        return Path(self.name).stem

    @property
    def place(self) -> str:
        """Where the file is, in full."""
        return str(self.content) if isinstance(self.content, Path) else ""

    @classmethod
    def of(cls, path: Path) -> Source:
        return cls(path.name, path)


def pasted(text: str, kind: str, titles: Sequence[str], fixed: Mapping[str, str]) -> Source:
    """The clipboard's cells as a table: under their own headings, else under the titles of the page's columns.

    `fixed` are fields that every row gets where no column is called so. UserError where there are no rows.
    """
    rows = [row for row in csv.reader(io.StringIO(text), delimiter="\t") if any(map(str.strip, row))]
    if not rows or (len(rows) == 1 and len(rows[0]) == 1):
        raise UserError(
            _("There are no rows to paste."), _("Copy the rows in the spreadsheet, with or without their headings.")
        )
    width = max(map(len, rows))
    if not has_headings(kind, rows[0]):
        rows.insert(0, [titles[place] if place < len(titles) else "" for place in range(width)])
    rows = [row + [""] * (width - len(row)) for row in rows]
    for field, value in fixed.items():
        if not names_field(kind, rows[0], field):
            rows = [[*row, value if place else field] for place, row in enumerate(rows)]
    out = io.StringIO()
    csv.writer(out, delimiter="\t").writerows(rows)
    return Source(_("the clipboard"), out.getvalue().encode())
