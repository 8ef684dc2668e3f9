"""A file opened for import: its table, its columns and its habits, ready to be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from desktop.importing.conventions import Conventions, find_conventions
from desktop.importing.kinds import kind_named
from desktop.importing.mapping import Mapping, Profile, header_score, map_columns
from desktop.importing.options import TableOptions
from desktop.importing.results import Rejection, Report, Row
from desktop.importing.rows import read_rows
from desktop.importing.tables import Table, open_table
from desktop.importing.trackers import tracker_profile


@dataclass(frozen=True, slots=True)
class ImportFile:
    """`options` are the given ones over the profile's."""

    kind: str
    table: Table
    mapping: Mapping
    conventions: Conventions
    options: TableOptions

    def rows(self, report: Report | None = None) -> Iterator[Row | Rejection]:
        """Read the file once more; see read_rows."""
        return read_rows(self.table, self.kind, self.mapping, self.options, self.conventions, report)


def open_file(
    source: Path | str | bytes,
    kind: str,
    options: TableOptions | None = None,
    profile: Profile | None = None,
    report: Report | None = None,
    name: str = "",
) -> ImportFile:
    """Find everything about a file but its rows. Fields without a column are listed in `mapping.missing`.

    UserError where the file is no table, the kind is unknown or the profile does not fit.
    """
    kind_named(kind)
    chosen = options or TableOptions()
    if profile:
        chosen = chosen.over(profile.options)
    table = open_table(source, chosen, header_score(kind), name)
    if profile is None and kind == "time":
        profile = tracker_profile(table.header)
    mapping = map_columns(table.header, kind, profile, lettered=bool(table.sheet))
    return ImportFile(kind, table, mapping, find_conventions(table, mapping, chosen, report), chosen)
