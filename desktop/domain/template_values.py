"""What a value in a template's data must be: each check gives the value, or says where it is wrong and why."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from desktop.domain.wording import Said, phrase

_COLOUR = re.compile("#[0-9A-Fa-f]{6}")


class TemplateProblem(ValueError):
    """What is wrong with a layout, and where: the keys and places that lead to it."""

    def __init__(self, path: Sequence[str | int], said: Said) -> None:
        super().__init__(said.template)
        self.path = tuple(path)
        self.said = said


def mapping_of(data: object, path: tuple[str | int, ...], shape: type) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise TemplateProblem(path, phrase("Here belongs an object in braces."))
    known = {field.name for field in fields(shape)}
    for name in data:
        if name not in known:
            raise TemplateProblem((*path, str(name)), phrase("“{name}” is not known.", name=str(name)))
    return dict(data)


def named_by(values: Mapping[str, Any], name: str, known: Sequence[str], path: tuple[str | int, ...]) -> None:
    if name not in values:
        raise TemplateProblem(path, phrase("“{name}” is missing.", name=name))
    one_of(values[name], known, (*path, name))


def list_in(values: Mapping[str, Any], name: str) -> list[tuple[int, Any]]:
    found = values[name]
    if not isinstance(found, list | tuple):
        raise TemplateProblem((name,), phrase("Here belongs a list in brackets."))
    return list(enumerate(found))


def unique_by(name: str, found: Sequence[Any]) -> tuple[Any, ...]:
    seen = set()
    for at, one in enumerate(found):
        key = getattr(one, name)
        if key in seen:
            raise TemplateProblem((f"{name}s", at, name), phrase("“{name}” stands here twice.", name=key))
        seen.add(key)
    return tuple(found)


def one_of(value: object, known: Sequence[str], path: Sequence[str | int]) -> str:
    if not isinstance(value, str) or value not in known:
        raise TemplateProblem(
            path,
            phrase("“{value}” is not one of {choices}.", value=str(value), choices=", ".join(filter(None, known))),
        )
    return value


def length_of(value: object, least: float, most: float, path: Sequence[str | int]) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TemplateProblem(path, phrase("“{value}” is not a number.", value=str(value)))
    if not least <= value <= most:
        raise TemplateProblem(
            path,
            phrase(
                "{value} is too small or too large: it goes from {least} to {most}.",
                value=f"{value:g}",
                least=f"{least:g}",
                most=f"{most:g}",
            ),
        )
    return value


def colour_of(value: object, path: Sequence[str | int]) -> None:
    if not isinstance(value, str) or not _COLOUR.fullmatch(value):
        raise TemplateProblem(path, phrase("“{value}” is not a colour; write it like #2457D6.", value=str(value)))


def flag_of(value: object, path: Sequence[str | int]) -> None:
    if not isinstance(value, bool):
        raise TemplateProblem(path, phrase("“{value}” is neither true nor false.", value=str(value)))


def text_of(value: object, longest: int, path: Sequence[str | int]) -> str:
    if not isinstance(value, str):
        raise TemplateProblem(path, phrase("Here belongs a text in quotation marks."))
    if len(value) > longest:
        raise TemplateProblem(
            path, phrase("The text is {length} characters long; {most} are the most.", length=len(value), most=longest)
        )
    return value
