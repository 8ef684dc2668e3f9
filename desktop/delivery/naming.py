"""Where a document's file lies within the folder of all: a pattern with fields, made into names that every system
takes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from desktop.domain.file_names import safe_name, shortened
from desktop.errors import UserError
from desktop.i18n import _

USUAL_PATTERN: Final = "{code} {client}/{year}/{number}"

FIELDS: Final = (
    "client",
    "code",
    "number",
    "kind",
    "date",
    "year",
    "month",
    "day",
    "segment",
    "amount",
    "currency",
    "run",
)
"""What a pattern may name: the client's name and code; the document's number, its kind in a word, its date whole and in
parts, its amount in major units with its currency; the client's segment; the run, empty for what none issued."""

# Within the folder of all, in bytes: Windows takes 260 characters with that folder's own.
_LONGEST_PATH: Final = 180
_LONGEST_FOLDER: Final = 60
_MOST_PARTS: Final = 8
_FIELD: Final = re.compile(r"\{([^{}]*)\}")
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')


def check_pattern(pattern: str) -> None:
    """UserError where the pattern names what is no field, leads out of the folder, or gives all files one name."""
    fields = _FIELD.findall(pattern)
    for field in fields:
        if field not in FIELDS:
            near = get_close_matches(field, FIELDS, 1) or [FIELDS[2]]
            raise UserError(
                _("“{field}” is not a field of a file's name.").format(field=f"{{{field}}}"),
                _("Perhaps you mean {field}. The fields are {fields}.").format(
                    field=f"{{{near[0]}}}", fields=", ".join(f"{{{name}}}" for name in FIELDS)
                ),
            )
    plain = _FIELD.sub("", pattern)
    if "{" in plain or "}" in plain:
        raise UserError(
            _("The brackets in “{pattern}” do not pair.").format(pattern=pattern),
            _("Each field stands between two of them, as in {field}.").format(field="{number}"),
        )
    if found := _UNSAFE.search(plain):
        raise UserError(
            _("“{sign}” cannot stand in the name of a file.").format(sign=found[0]), _("Leave it out of the pattern.")
        )
    parts = [part.strip() for part in _parts(pattern)]
    if not all(parts) or any(set(part) <= {".", " "} for part in parts):
        raise UserError(
            _("“{pattern}” does not lead to a place within the folder.").format(pattern=pattern),
            _("Write names with / between them, none of them empty, “.” or “..”."),
        )
    if len(parts) > _MOST_PARTS:
        raise UserError(
            _("“{pattern}” has more than {count} folders within each other.").format(
                pattern=pattern, count=_MOST_PARTS - 1
            ),
            _("Take some out."),
        )
    if "number" not in fields:
        raise UserError(
            _("Without {field} different documents would have one name.").format(field="{number}"),
            _("Put {field} into the pattern.").format(field="{number}"),
        )


def place_of(pattern: str, values: Mapping[str, str], ending: str) -> tuple[str, ...]:
    """The names on the way to a document's file, the file's own with its ending last. `values` are by FIELDS.

    What a value says never makes a folder of its own, and an empty part is left out. Long names are cut.
    """
    *folders, last = [_filled(part, values) for part in _parts(pattern)]
    # By the pattern alone, so that all files of a client lie in one folder.
    most = min(_LONGEST_FOLDER, _LONGEST_PATH // 2 // max(1, len(folders)))
    names = [name for folder in folders if (name := shortened(folder, most))]
    used = sum(len(name.encode()) + 1 for name in names) + len(ending)
    return (*names, _cut(last, safe_name(values["number"]) or "document", _LONGEST_PATH - used) + ending)


def _cut(name: str, number: str, most: int) -> str:
    """A file's name in at most so many bytes, still with the number, by which documents differ."""
    if len(name.encode()) <= most:
        return name or number
    return shortened(f"{shortened(name, max(0, most - len(number.encode()) - 1))} {number}".strip(), most)


@lru_cache(maxsize=64)
def _parts(pattern: str) -> tuple[str, ...]:
    return tuple(pattern.replace("\\", "/").split("/"))


def _filled(part: str, values: Mapping[str, str]) -> str:
    whole = _FIELD.sub(lambda field: " ".join(values.get(field[1], "").split()), part)
    return safe_name(unicodedata.normalize("NFC", " ".join(whole.split())), _LONGEST_PATH)
