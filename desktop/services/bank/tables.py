"""A bank's table as a person describes it: what each of its columns is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from desktop.importing.bank.csv import UnknownTableError
from desktop.importing.bank.csv_profiles import DEBIT_WORDS, JOINED, CsvProfile, column_key

__all__ = ["DEBIT_WORDS", "JOINED", "CsvProfile", "UnknownTableError", "columns_of", "fields_of"]


def fields_of(header: Sequence[str], profile: CsvProfile) -> dict[int, str]:
    """The field of each column by its place from 0; columns that are left out are not named."""
    keys = [column_key(heading) for heading in header]
    found: dict[int, str] = {}
    for field, headings in profile.columns.items():
        for heading in headings:
            place = _place(heading, header, keys)
            if place is not None:
                found.setdefault(place, field)
    return found


def columns_of(header: Sequence[str], fields: Mapping[int, str]) -> dict[str, tuple[str, ...]]:
    """The inverse of fields_of, as a profile says it. A heading that stands twice, or is none, is told by its place."""
    keys = [column_key(heading) for heading in header]
    columns: dict[str, tuple[str, ...]] = {}
    for place, field in sorted(fields.items()):
        plain = bool(keys[place]) and keys.count(keys[place]) == 1
        columns[field] = (*columns.get(field, ()), header[place] if plain else f"#{place + 1}")
    return columns


def _place(heading: str, header: Sequence[str], keys: Sequence[str]) -> int | None:
    if heading.startswith("#") and heading[1:].isdecimal():
        place = int(heading[1:]) - 1
        return place if 0 <= place < len(header) else None
    if heading in header:
        return list(header).index(heading)
    key = column_key(heading)
    return keys.index(key) if key and key in keys else None
