"""One record read by itself, before it is held against the others of its file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from desktop.i18n import _
from desktop.importing.results import Note, Rejection


class Part(NamedTuple):
    """`tokens` are `field=value` in plain form, in order; with any problem, the values are incomplete."""

    row: int
    values: dict[str, Any]
    tokens: list[str]
    notes: tuple[Note, ...]
    problems: tuple[Rejection, ...]


def digest_of(kind: str, tokens: Iterable[str]) -> str:
    content = kind + "\x1f" + "\x1f".join(tokens)
    return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()


def missing(row: int, heading: str, remedy: Callable[[], str] | None) -> Rejection:
    return Rejection(
        row,
        heading,
        "",
        _("“{column}” is empty.").format(column=heading),
        remedy() if remedy else _("Fill in the cell."),
    )
