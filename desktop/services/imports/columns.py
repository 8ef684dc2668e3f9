"""What a person may map the columns of a file to, and the profile that their choice makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from desktop.importing.kinds import kind_named
from desktop.importing.mapping import Profile
from desktop.importing.preview import Preview


@dataclass(frozen=True, slots=True)
class FieldOffer:
    """A field of a kind; `needed` ones must have a column, or one of their group must."""

    name: str
    needed: bool


def fields_of(kind: str) -> tuple[FieldOffer, ...]:
    """In the order of the kind's template. UserError for a kind that does not exist."""
    description = kind_named(kind)
    grouped = {name for group in description.one_of for name in group}
    return tuple(FieldOffer(field.name, field.required or field.name in grouped) for field in description.fields)


def profile_of(file: Preview, fields: Mapping[int, str], name: str = "") -> Profile:
    """A profile in which the column at each place, from 0, is that field; columns of one are joined as they come."""
    columns: dict[str, tuple[int, ...]] = {}
    for place, field in fields.items():
        if field:
            columns[field] = (*columns.get(field, ()), place)
    return replace(file.mapping, columns=columns).as_profile(name, file.options)
