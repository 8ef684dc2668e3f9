"""JSON with the place of each value in its text: what is wrong with a value is said with line and column."""

from __future__ import annotations

import json
import re
from typing import Any, Final, NamedTuple

from desktop.domain.wording import Said, phrase

Path = tuple[str | int, ...]

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS: Final = {"true": True, "false": False, "null": None}
_DECODER: Final = json.JSONDecoder()
_DEEPEST: Final = 40
_LONGEST_NUMBER: Final = 40
_HALVES = re.compile("[\ud800-\udfff]")


class Place(NamedTuple):
    """Line and column of a text, both from 1."""

    line: int
    column: int


class JsonProblem(ValueError):
    """What is wrong with the text, and where."""

    def __init__(self, place: Place, said: Said) -> None:
        super().__init__(said.template)
        self.place = place
        self.said = said


class Placed(NamedTuple):
    """The data of a text, and where the value of each path begins."""

    data: Any
    places: dict[Path, int]
    text: str

    def place(self, path: Path) -> Place:
        """Where a value stands; of a path that is not there, what it would be in."""
        while path and path not in self.places:
            path = path[:-1]
        return place_of(self.text, self.places[path])


def place_of(text: str, offset: int) -> Place:
    return Place(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


def placed_json(text: str) -> Placed:
    """Read a text. JsonProblem where it is no JSON, or names one thing twice."""
    reader = _Reader(text)
    data, end = reader.value(reader.skip(0), ())
    end = reader.skip(end)
    if end < len(text):
        raise reader.problem(end, phrase("Here the file should end."))
    return Placed(data, reader.places, text)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.places: dict[Path, int] = {}

    def problem(self, at: int, said: Said) -> JsonProblem:
        return JsonProblem(place_of(self.text, min(at, len(self.text))), said)

    def skip(self, at: int) -> int:
        found = _SPACE.match(self.text, at)
        assert found is not None
        return found.end()

    def value(self, at: int, path: Path) -> tuple[Any, int]:
        self.places[path] = at
        if len(path) > _DEEPEST:
            raise self.problem(at, phrase("This is nested too deep."))
        sign = self.text[at : at + 1]
        if sign == "{":
            return self._object(at + 1, path)
        if sign == "[":
            return self._list(at + 1, path)
        if sign == '"':
            return self._string(at)
        for word, meant in _WORDS.items():
            if self.text.startswith(word, at):
                return meant, at + len(word)
        if number := _NUMBER.match(self.text, at):
            if len(number[0]) > _LONGEST_NUMBER:
                raise self.problem(at, phrase("This number has too many digits."))
            return json.loads(number[0]), number.end()
        if not sign:
            raise self.problem(at, phrase("The file ends in the middle of something."))
        raise self.problem(at, phrase("Here belongs a value: a text in quotation marks, a number, true or false."))

    def _string(self, at: int) -> tuple[str, int]:
        try:
            text, end = _DECODER.raw_decode(self.text, at)
        except json.JSONDecodeError as error:
            if error.msg.startswith("Unterminated"):
                raise self.problem(at, phrase("This text has no closing quotation mark.")) from None
            raise self.problem(error.pos, phrase("This sign must be written with a backslash in a text.")) from None
        if _HALVES.search(text):
            raise self.problem(at, phrase("This text has half a sign, which no font shows."))
        return text, end

    def _object(self, at: int, path: Path) -> tuple[dict[str, Any], int]:
        made: dict[str, Any] = {}
        at = self.skip(at)
        if self.text.startswith("}", at):
            return made, at + 1
        while True:
            if not self.text.startswith('"', at):
                raise self.problem(at, phrase("Here belongs a name in quotation marks."))
            began = at
            name, at = self._string(at)
            if name in made:
                raise self.problem(began, phrase("“{name}” stands here twice.", name=name))
            at = self.skip(at)
            if not self.text.startswith(":", at):
                raise self.problem(at, phrase("A colon is missing behind “{name}”.", name=name))
            made[name], at = self.value(self.skip(at + 1), (*path, name))
            # What is wrong is often the name itself.
            self.places[(*path, name)] = began
            at = self.skip(at)
            if self.text.startswith("}", at):
                return made, at + 1
            at = self._comma(at, "}")

    def _list(self, at: int, path: Path) -> tuple[list[Any], int]:
        made: list[Any] = []
        at = self.skip(at)
        if self.text.startswith("]", at):
            return made, at + 1
        while True:
            one, at = self.value(at, (*path, len(made)))
            made.append(one)
            at = self.skip(at)
            if self.text.startswith("]", at):
                return made, at + 1
            at = self._comma(at, "]")

    def _comma(self, at: int, closing: str) -> int:
        if not self.text.startswith(",", at):
            if at >= len(self.text):
                raise self.problem(at, phrase("The file ends in the middle of something."))
            raise self.problem(at, phrase("A comma or “{sign}” is missing here.", sign=closing))
        after = self.skip(at + 1)
        if self.text.startswith(closing, after):
            raise self.problem(at, phrase("There is one comma too many here."))
        return after
