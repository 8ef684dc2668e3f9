"""Takes a received mail apart: its header and its parts, within bounds whatever somebody sent.

The standard library's parser takes time without bound over a header made for it, and recurses as deep as a mail says.
"""

from __future__ import annotations

import quopri
import re
from binascii import Error as NoBase64
from binascii import a2b_base64
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

LARGEST: Final = 1 << 20
"""Bytes of a mail that are looked at: what a report says stands before the message that it returns."""
_HEADER: Final = 1 << 16
_VALUE: Final = 4000
_FIELDS: Final = 500
_PARTS: Final = 40
_DEEPEST: Final = 6
_FIELD: Final = re.compile(rb"([!-9;-~]{1,80})[ \t]*:[ \t]*")
_PARAMETER: Final = re.compile(r';\s*([\w*-]{1,40})\s*=\s*(?:"((?:[^"\\]|\\.){0,400})"|([^\s;"]{1,400}))')


@dataclass(frozen=True)
class Part:
    """A mail or a part of one. Names of fields are in small letters, their values on one line."""

    fields: tuple[tuple[str, str], ...]
    body: bytes
    depth: int = 0

    def field(self, name: str) -> str:
        """The first field of this name, else an empty text."""
        return next((value for known, value in self.fields if known == name), "")

    @cached_property
    def media_type(self) -> str:
        return self.field("content-type").partition(";")[0].strip().lower() or "text/plain"

    def parameter(self, name: str) -> str:
        """A parameter of its content type."""
        for found in _PARAMETER.finditer(self.field("content-type")):
            if found[1].lower() == name:
                return found[3] if found[2] is None else re.sub(r"\\(.)", r"\1", found[2])
        return ""

    @cached_property
    def content(self) -> bytes:
        """Its bytes, decoded as far as they can be."""
        match self.field("content-transfer-encoding").strip().lower():
            case "base64":
                try:
                    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", self.body)
                    return a2b_base64(letters[: len(letters) // 4 * 4])
                except NoBase64:
                    return b""
            case "quoted-printable":
                return quopri.decodestring(self.body)
        return self.body

    @cached_property
    def text(self) -> str:
        """Its text; letters that cannot be read are marked."""
        try:
            return self.content.decode(self.parameter("charset") or "utf-8", "replace")
        except (LookupError, ValueError):
            return self.content.decode("utf-8", "replace")

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """What it is made of; a message inside counts as a part."""
        if self.depth >= _DEEPEST:
            return ()
        if self.media_type.startswith("multipart/"):
            return tuple(self._several())
        if self.media_type in ("message/rfc822", "message/global"):
            return (taken_apart(self.content, self.depth + 1),)
        return ()

    def walk(self) -> Iterator[Part]:
        """Itself and all that it is made of, outer before inner."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def _several(self) -> Iterator[Part]:
        boundary = self.parameter("boundary")
        if not boundary:
            return
        line = re.compile(rb"(?:\A|\n)--" + re.escape(boundary.encode()) + rb"(--)?[ \t]*\r?(?:\n|\Z)")
        start = -1
        for count, found in enumerate(line.finditer(self.body)):
            if start >= 0:
                yield taken_apart(self.body[start : found.start()], self.depth + 1)
            if found[1] or count >= _PARTS:
                return
            # The newline may belong to the next boundary as well.
            start = found.end()
        if start >= 0:
            yield taken_apart(self.body[start:], self.depth + 1)


def taken_apart(data: bytes, depth: int = 0) -> Part:
    """The mail in these bytes, of which no more than LARGEST are looked at."""
    data = data[:LARGEST]
    fields: list[tuple[str, str]] = []
    name, value = "", b""
    place = 0
    while place < min(len(data), _HEADER):
        end = data.find(b"\n", place)
        end = len(data) if end < 0 else end + 1
        line = data[place:end].rstrip(b"\r\n")
        if not line:
            place = end
            break
        if line[:1] in b" \t":
            value = (value + b" " + line.strip())[:_VALUE]
        else:
            found = _FIELD.match(line)
            if found is None:
                # No header goes on like this: the blank line before the text is missing.
                break
            if name and len(fields) < _FIELDS:
                fields.append((name, value.decode("utf-8", "replace")))
            name, value = found[1].decode("ascii").lower(), line[found.end() :][:_VALUE]
        place = end
    if name and len(fields) < _FIELDS:
        fields.append((name, value.decode("utf-8", "replace")))
    return Part(tuple(fields), data[place:], depth)
