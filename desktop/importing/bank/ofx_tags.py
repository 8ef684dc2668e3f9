"""The tags of an OFX file, SGML or XML alike: of the first kind nobody has to close a tag that holds a value."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

_TAG: Final = re.compile(r"([A-Za-z][\w.\-]*)([^>]*)>(.*)", re.DOTALL)
_CDATA: Final = "![CDATA["
_COMMENT: Final = "!--"
# Nothing that a bank writes between two tags is longer; the rest of it is let go.
_LONGEST: Final = 1 << 16


class Tag(NamedTuple):
    """An opening tag with the value that follows it, or a closing one. `line` is where it stands in the file."""

    name: str
    value: str
    closes: bool
    line: int


def tags(chunks: Iterable[str]) -> Iterator[Tag]:
    """Tags in upper case, without a namespace; values with their entities resolved and single spaces."""
    name, line = "", 1
    words: list[str] = []
    until = ""
    for piece, at in _pieces(chunks):
        if until:
            inside, ended, after = piece.partition(until)
            if until == "]]>":
                words.append(("" if not words or not inside else "<") + inside if not ended else inside)
            if ended:
                words.append(html.unescape(after))
                until = ""
            continue
        if piece.startswith((_CDATA, _COMMENT)):
            is_data = piece.startswith(_CDATA)
            until = "]]>" if is_data else "-->"
            inside, ended, after = piece[len(_CDATA if is_data else _COMMENT) :].partition(until)
            if is_data:
                words.append(inside)
            if ended:
                words.append(html.unescape(after))
                until = ""
            continue
        found = _TAG.fullmatch(piece[1:] if piece.startswith("/") else piece)
        if found is None:
            if not piece.startswith(("?", "!")):
                words.append("<" + piece)
            continue
        if name:
            yield Tag(name, " ".join("".join(words).split()), False, line)
        name, line = found[1].upper(), at
        words = [html.unescape(found[3])]
        if piece.startswith("/"):
            yield Tag(name, "", True, line)
            name = ""
    if name:
        yield Tag(name, " ".join("".join(words).split()), False, line)


def _pieces(chunks: Iterable[str]) -> Iterator[tuple[str, int]]:
    """What stands between one "<" and the next, with the line of its beginning; what is before the first is left."""
    rest, line, begun = "", 1, False
    for chunk in chunks:
        *whole, rest = (rest + chunk).split("<")
        for piece in whole:
            if begun:
                yield piece[:_LONGEST], line
            begun = True
            line += piece.count("\n")
        if len(rest) > _LONGEST:
            line += rest.count("\n", _LONGEST)
            rest = rest[:_LONGEST]
    if begun and rest:
        yield rest, line
