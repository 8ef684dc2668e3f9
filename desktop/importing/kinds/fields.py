"""How a field of an import is described: what it is called, by whom, and what to do when it is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

FieldType = Literal[
    "text", "lines", "code", "email", "bool", "country", "currency", "language", "choice", "terms", "interval",
    "number", "price", "amount", "percent", "hours", "date", "anchor",
]  # fmt: skip
Words = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `names` are the headings that people and programs use, the likeliest first.

    `parts` are headings of columns that make the field together, such as a first and a last name; they count when no
    heading of `names` is there. `offered` fields stand in the template; the others are only recognised. `line` marks
    the fields of an agreement that may differ from row to row. `remedy` is asked when the value is needed and missing.
    """

    name: str
    type: FieldType
    names: tuple[str, ...] = ()
    parts: tuple[tuple[str, ...], ...] = ()
    required: bool = False
    offered: bool = True
    line: bool = False
    choices: Words = field(default_factory=dict)
    remedy: Callable[[], str] | None = None


def spelled(text: str) -> tuple[str, ...]:
    """The headings or words that stand between vertical bars."""
    return tuple(" ".join(part.split()) for part in text.split("|"))


class Verdict:
    """Collects what the checks of one row find."""

    __slots__ = ("notes", "problems")

    def __init__(self) -> None:
        self.problems: list[tuple[str, str, str]] = []
        self.notes: list[tuple[str, str]] = []

    def reject(self, column: str, problem: str, remedy: str) -> None:
        self.problems.append((column, problem, remedy))

    def note(self, column: str, text: str) -> None:
        self.notes.append((column, text))


Values = dict[str, Any]
Check = Callable[[Values, Verdict], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. `key` names the fields that tell its records apart, if all of them have a value.

    Of each group of `one_of` at least one field must have a value. `made_from` says from which field a missing code
    is made. `check` looks at a row whose fields could all be read, and may complete its values.
    """

    name: str
    fields: tuple[Field, ...]
    check: Check
    key: tuple[str, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    made_from: tuple[str, str] | None = None
    grouped: bool = False

    def field(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)
