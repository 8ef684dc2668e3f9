"""The columns of a bank's table by what they mean, and its rows through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.errors import UserError
from desktop.i18n import _
from desktop.importing.bank.csv_profiles import JOINED, CsvProfile, column_key, currency_in
from desktop.importing.mapping import column_name
from desktop.importing.records import Record


class Columns:
    """Where each field of a profile stands in a table. UserError where the table lacks a column that is needed."""

    def __init__(self, header: Sequence[str], profile: CsvProfile, name: str) -> None:
        self.header = header
        self.width = len(header)
        self._places: dict[str, tuple[int, ...]] = {}
        keys = [column_key(heading) for heading in header]
        for field, headings in profile.columns.items():
            found = [place for heading in headings for place in _places(heading, header, keys)]
            if found:
                self._places[field] = tuple(dict.fromkeys(found))
        lacking = "booked_on" if not self.has("booked_on") else ""
        if not (self.has("amount") or self.has("debit") or self.has("credit")):
            lacking = lacking or "amount"
        if lacking:
            wanted = profile.columns.get(lacking) or profile.columns.get("credit") or ()
            raise UserError(
                _("“{name}” has no column “{column}”, which the profile “{profile}” reads.").format(
                    name=name, column=" / ".join(wanted) or lacking, profile=profile.name
                ),
                _("Its columns are: {columns}. Choose another profile, or none.").format(
                    columns=", ".join(one for one in header if one)
                ),
            )

    def has(self, field: str) -> bool:
        return field in self._places

    def places(self, *fields: str) -> tuple[int, ...]:
        return tuple(place for field in fields for place in self._places.get(field, ()))

    def heading(self, field: str) -> str:
        """The file's own heading of a field."""
        places = self._places.get(field)
        return " / ".join(column_name(self.header, place) for place in places) if places else field

    @property
    def currency(self) -> str:
        """The currency that the headings of the amounts name."""
        if self.has("currency"):
            return ""
        for place in self.places("amount", "credit", "debit", "balance"):
            if currency_in(self.header[place]):
                return currency_in(self.header[place])
        return ""

    def row(self, record: Record) -> Row:
        cells = [cell.strip() for cell in record.cells]
        return Row(record.row, cells, self._places)


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `number` is the line at which it starts in the file."""

    number: int
    cells: Sequence[str]
    places: dict[str, tuple[int, ...]]

    @property
    def filled(self) -> int:
        return sum(1 for cell in self.cells if cell)

    def first(self, field: str) -> str:
        """The first of a field's columns that says something."""
        for place in self.places.get(field, ()):
            if place < len(self.cells) and self.cells[place]:
                return self.cells[place]
        return ""

    def joined(self, field: str) -> str:
        assert field in JOINED
        cells = (self.cells[place] for place in self.places.get(field, ()) if place < len(self.cells))
        return " ".join(dict.fromkeys(cell for cell in cells if cell))


def _places(heading: str, header: Sequence[str], keys: Sequence[str]) -> list[int]:
    """The first column of that heading, or of that number where it is written #3."""
    if heading.startswith("#") and heading[1:].isdecimal():
        place = int(heading[1:]) - 1
        return [place] if 0 <= place < len(header) else []
    if heading in header:
        return [list(header).index(heading)]
    key = column_key(heading)
    return [keys.index(key)] if key and key in keys else []
