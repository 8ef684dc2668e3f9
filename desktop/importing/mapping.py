"""Which column of a file is which field: recognised by its heading, or mapped once by a person and remembered."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from desktop.errors import UserError
from desktop.i18n import _
from desktop.importing.kinds import Kind, kind_named
from desktop.importing.options import TableOptions

_BRACKETS = re.compile(r"\s*[(\[{][^)\]}]*[)\]}]\s*$")


@dataclass(frozen=True, slots=True)
class Profile:
    """How a person mapped the columns of a file: field to headings, more than one where they are joined.

    A column without a heading of its own goes by its number, such as #3. A profile is complete: a column that it
    does not name is left out even if its heading would be recognised.
    """

    name: str
    kind: str
    columns: dict[str, tuple[str, ...]]
    signature: str = ""
    options: TableOptions = field(default_factory=TableOptions)

    def to_json(self) -> str:
        columns = {name: list(headings) for name, headings in self.columns.items()}
        return json.dumps({"columns": columns, "options": self.options.stated()}, ensure_ascii=False)

    @classmethod
    def from_json(cls, name: str, kind: str, signature: str, text: str) -> Profile:
        """The inverse of to_json. UserError for a profile that cannot be read."""
        try:
            content = json.loads(text)
            columns = {str(key): tuple(map(str, headings)) for key, headings in content["columns"].items()}
            return cls(name, kind, columns, signature, TableOptions(**content.get("options", {})))
        except (ValueError, TypeError, KeyError, AttributeError):
            raise UserError(
                _("The profile “{name}” cannot be read.").format(name=name),
                _("Map the columns again and save it anew."),
            ) from None


@dataclass(frozen=True, slots=True)
class Mapping:
    """`columns` gives for each mapped field the places of its columns, from 0; several are joined by a space.

    `unmapped` are places of columns that no field takes, `missing` the groups of fields of which one would be needed:
    with any of these, no row can be read.
    """

    kind: str
    header: tuple[str, ...]
    columns: dict[str, tuple[int, ...]]
    unmapped: tuple[int, ...]
    missing: tuple[tuple[str, ...], ...]
    profile: str = ""
    lettered: bool = False

    def heading(self, name: str) -> str:
        """The file's own heading of a field, or the field's name where the file has none.

        Of a workbook the column's letter stands before it, as people find it there: "C: Price".
        """
        places = self.columns.get(name)
        return " + ".join(self.column(place) for place in places) if places else name

    def column(self, place: int) -> str:
        """The column as its file names it."""
        if not self.lettered:
            return column_name(self.header, place)
        return f"{letters(place)}: {self.header[place]}" if self.header[place] else letters(place)

    def as_profile(self, name: str, options: TableOptions | None = None) -> Profile:
        headings = {place: heading for heading, place in _places(self.header).items()}
        columns = {field: tuple(headings[place] for place in places) for field, places in self.columns.items()}
        return Profile(name, self.kind, columns, signature(self.header), options or TableOptions())


def column_name(header: Sequence[str], place: int) -> str:
    """The heading, or the column's number where it has none."""
    return header[place] or _("column {number}").format(number=place + 1)


def letters(place: int) -> str:
    """What a spreadsheet calls the column at this place from 0: A, Z, AA."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def heading_key(heading: str) -> str:
    """A heading without case, accents, spaces and signs; umlauts and their spelling with an e are the same."""
    split = unicodedata.normalize("NFKD", heading.replace("°", "o").casefold())
    letters = "".join(sign for sign in split if sign.isalnum())
    for pair, single in (("ae", "a"), ("oe", "o"), ("ue", "u")):
        letters = letters.replace(pair, single)
    return letters


def signature(header: Iterable[str]) -> str:
    """The same for the same headings in any order and spelling: by it a mapped file is known again."""
    keys = sorted(key for key in map(heading_key, header) if key)
    return hashlib.blake2b("\n".join(keys).encode(), digest_size=16).hexdigest()


def header_score(kind: str) -> Callable[[Sequence[str]], int]:
    """A measure of a row of cells: how many fields of the kind its headings name."""
    known = _known(kind)

    def score(cells: Sequence[str]) -> int:
        keys = {key for cell in cells if len(cell) < 60 for key in heading_keys(cell)}
        return len({known[key][0].field for key in keys if key in known})

    return score


def map_columns(header: Sequence[str], kind: str, profile: Profile | None = None, *, lettered: bool = False) -> Mapping:
    """Give each field its column: by the profile, else by what the headings say. `lettered`: of a workbook.

    UserError for a profile of another kind, with unknown fields, or whose columns the file does not have.
    """
    description = kind_named(kind)
    columns = _by_profile(header, description, profile) if profile else _by_headings(header, description)
    taken = {place for places in columns.values() for place in places}
    needed = [(field.name,) for field in description.fields if field.required] + list(description.one_of)
    if description.made_from and description.made_from[1] in columns:
        needed.remove((description.made_from[0],))
    return Mapping(
        kind=kind,
        header=tuple(header),
        columns=columns,
        unmapped=tuple(place for place in range(len(header)) if place not in taken),
        missing=tuple(group for group in needed if not any(name in columns for name in group)),
        profile=profile.name if profile else "",
        lettered=lettered,
    )


def require(mapping: Mapping) -> None:
    """UserError naming the fields that no column gives."""
    if not mapping.missing:
        return
    # What only a tracker's own columns give is nothing to ask a person for.
    offered = [[name for name in group if not name.startswith("tracker_")] for group in mapping.missing]
    names = "; ".join(map(_(" or ").join, offered))
    unused = ", ".join(f"“{column_name(mapping.header, place)}”" for place in mapping.unmapped[:12])
    raise UserError(
        _("No column of the file is recognised as {fields}.").format(fields=names),
        _("Map one of these columns to it: {columns}.").format(columns=unused)
        if unused
        else _("Add the column, or export the file with it."),
    )


def _places(header: Sequence[str]) -> dict[str, int]:
    """Each column by its heading, or by its number where it has none or shares it with an earlier one."""
    places: dict[str, int] = {}
    seen: set[str] = set()
    for place, heading in enumerate(header):
        key = heading_key(heading)
        places[f"#{place + 1}" if not key or key in seen or heading.startswith("#") else heading] = place
        seen.add(key)
    return places


def _by_profile(header: Sequence[str], kind: Kind, profile: Profile) -> dict[str, tuple[int, ...]]:
    if profile.kind != kind.name:
        raise UserError(
            _("The profile “{name}” is for {other}, not for {kind}.").format(
                name=profile.name, other=profile.kind, kind=kind.name
            ),
            _("Choose a profile for {kind}.").format(kind=kind.name),
        )
    places = {
        heading if heading.startswith("#") else heading_key(heading): place
        for heading, place in _places(header).items()
    }
    names = {field.name for field in kind.fields}
    columns: dict[str, tuple[int, ...]] = {}
    for name, headings in profile.columns.items():
        keys = [heading if heading.startswith("#") else heading_key(heading) for heading in headings]
        lost = [heading for heading, key in zip(headings, keys, strict=True) if key not in places]
        if name not in names or not headings:
            raise UserError(
                _("The profile “{profile}” maps “{name}”, which {kind} do not have.").format(
                    profile=profile.name, name=name, kind=kind.name
                ),
                _("Map the columns again and save the profile anew."),
            )
        if lost:
            raise UserError(
                _("The profile “{profile}” expects the column “{column}”, which the file does not have.").format(
                    profile=profile.name, column=lost[0]
                ),
                _("Import without the profile, or map the columns again."),
            )
        columns[name] = tuple(places[key] for key in keys)
    return columns


def _by_headings(header: Sequence[str], kind: Kind) -> dict[str, tuple[int, ...]]:
    known = _known(kind.name)
    claims: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for place, heading in enumerate(header):
        for less, key in enumerate(heading_keys(heading)):
            if key in known:
                for claim in known[key]:
                    if heading.rstrip().endswith("?") and kind.field(claim.field).type != "bool":
                        continue  # “Employee?” asks for a yes, not for a name
                    claims.setdefault((claim.field, claim.part), []).append((claim.rank * 2 + less, place))
                break
    taken: set[int] = set()
    columns: dict[str, tuple[int, ...]] = {}

    def best(name: str, part: int) -> int | None:
        place = min(((rank, place) for rank, place in claims.get((name, part), ()) if place not in taken), default=None)
        return place[1] if place else None

    for description in kind.fields:
        whole = best(description.name, 0)
        parts = [best(description.name, part) for part in range(1, len(description.parts) + 1)]
        places = (whole,) if whole is not None else tuple(place for place in parts if place is not None)
        if places:
            columns[description.name] = places
            taken.update(places)
    return columns


def heading_keys(heading: str) -> tuple[str, ...]:
    """What a heading may be known as, with and without what stands in brackets behind it: “Amount (USD)”."""
    whole, bare = heading_key(heading), heading_key(_BRACKETS.sub("", heading))
    return (whole, bare) if bare and bare != whole else (whole,)


class _Claim(NamedTuple):
    """A field, or the part of one, that a heading may stand for; part 0 is the whole field."""

    field: str
    part: int
    rank: int


@cache
def _known(kind: str) -> dict[str, list[_Claim]]:
    """What each heading may stand for. A field's own name ranks first unless its names list it further down."""
    known: dict[str, list[_Claim]] = {}
    for description in kind_named(kind).fields:
        own = () if description.name in description.names else (description.name,)
        for part, headings in enumerate(((*own, *description.names), *description.parts)):
            for rank, heading in enumerate(headings):
                claims = known.setdefault(heading_key(heading), [])
                if not any(claim.field == description.name for claim in claims):
                    claims.append(_Claim(description.name, part, rank))
    return known
