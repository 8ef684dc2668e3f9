"""What a person said each column is: kept by heading while the file is read in one way and another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from desktop.services.imports import ImportPreview, Profile, TableOptions
from desktop.services.imports.columns import profile_of


@dataclass(frozen=True, slots=True)
class OwnMapping:
    """`said` gives the field of each heading, empty where the column is left out; `shown` is where it was said last."""

    said: Mapping[str, str]
    shown: ImportPreview

    @classmethod
    def of(cls, shown: ImportPreview, fields: Mapping[int, str], before: OwnMapping | None) -> OwnMapping:
        """The mapping as it stands now, and what was said before of headings that are not seen now."""
        names = dict(enumerate(_names(shown.file.header)))
        now = {names[place]: field for place, field in fields.items()}
        now |= {name: "" for name in names.values() if name not in now}
        taken = set(now.values())
        earlier = before.said.items() if before else ()
        return cls({name: field for name, field in earlier if name not in now and field not in taken} | now, shown)

    def holds(self, options: TableOptions) -> bool:
        """Whether a file read like this has the headings that it had."""
        return _reading(options) == _reading(self.shown.file.options)

    def profile(self, shown: ImportPreview) -> Profile:
        """What was said, of a file as it is read now; a heading that is new goes by what is recognised."""
        places = {name: place for place, name in enumerate(_names(shown.file.header))}
        own = {places[name]: field for name, field in self.said.items() if name in places}
        taken = set(own.values())
        fields = {
            place: field
            for field, found in shown.file.mapping.columns.items()
            for place in found
            if place not in own and field not in taken
        }
        profile = profile_of(shown.file, fields | own)
        # These the dialog asks for each time; a profile that stated them would hold against the person.
        asked = replace(
            profile.options,
            encoding=None,
            delimiter=None,
            decimal=None,
            date_order=None,
            header_row=None,
            sheet=None,
            first_row=None,
        )
        return replace(profile, options=asked)


def _names(header: Sequence[str]) -> Iterator[str]:
    """The heading of each column, or its number where it has none of its own."""
    seen: set[str] = set()
    for number, heading in enumerate(header, 1):
        yield f"#{number}" if not heading or heading in seen else heading
        seen.add(heading)


def _reading(options: TableOptions) -> tuple[object, ...]:
    return options.encoding, options.delimiter, options.header_row, options.sheet
