"""The file of a PDF in two parts: a prefix of objects that documents share, and what one document adds to it.

The prefix comes first, so its bytes, its part of the cross-reference and the state of its checksum are made once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

_HEADER = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"


class Prefix:
    """Objects 1 to n of a file. `resources` is the number of the one that every page names as its resources."""

    def __init__(self, objects: Sequence[bytes], resources: int, media_box: bytes, language: str, author: str) -> None:
        parts = [_HEADER]
        at = len(_HEADER)
        entries = []
        for number, body in enumerate(objects, 1):
            entry = b"%d 0 obj\n%b\nendobj\n" % (number, body)
            entries.append(b"%010d 00000 n \n" % at)
            parts.append(entry)
            at += len(entry)
        self.data = b"".join(parts)
        self.last = len(objects)
        self._entries = b"".join(entries)
        self._sum = hashlib.sha256(self.data)
        self._digest = self._sum.digest()
        self._pages = b"/MediaBox[%b]/Resources %d 0 R>>" % (media_box, resources)
        self._language = text_string(language)
        self._author = text_string(author)

    def delta(self, contents: Sequence[bytes], title: str, day: date) -> bytes:
        """The rest of the file: pages from their packed contents, then what names and finds them.

        The date is the document's, not the clock's, and the identity follows from the content, so that the same
        document gives the same bytes.
        """
        number = self.last + 1
        pages = number + 2 * len(contents)
        moment = b"(D:%04d%02d%02d000000Z)" % (day.year, day.month, day.day)
        parts = []
        kids = []
        for packed in contents:
            parts.append(
                b"%d 0 obj\n<</Filter/FlateDecode/Length %d>>stream\n%b\nendstream\nendobj\n"
                % (number, len(packed), packed)
            )
            parts.append(
                b"%d 0 obj\n<</Type/Page/Parent %d 0 R/Contents %d 0 R>>\nendobj\n" % (number + 1, pages, number)
            )
            kids.append(b"%d 0 R" % (number + 1))
            number += 2
        parts.append(
            b"%d 0 obj\n<</Type/Pages/Count %d/Kids[%b]%b\nendobj\n" % (pages, len(kids), b" ".join(kids), self._pages)
        )
        parts.append(
            b"%d 0 obj\n<</Type/Catalog/Pages %d 0 R/Lang%b/ViewerPreferences<</DisplayDocTitle true>>>>\nendobj\n"
            % (pages + 1, pages, self._language)
        )
        parts.append(
            b"%d 0 obj\n<</Title%b/Author%b/Creator(Sheaf)/Producer(Sheaf)/CreationDate%b/ModDate%b>>\nendobj\n"
            % (pages + 2, text_string(title), self._author, moment, moment)
        )
        at = len(self.data)
        entries = []
        for part in parts:
            entries.append(b"%010d 00000 n \n" % at)
            at += len(part)
        objects = b"".join(parts)
        identity = hashlib.sha256(self._digest + objects).hexdigest()[:32].encode("ascii")
        size = pages + 3
        table = b"xref\n0 %d\n0000000000 65535 f \n%b%b" % (size, self._entries, b"".join(entries))
        trailer = b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]>>\nstartxref\n%d\n%%%%EOF\n"
        return objects + table + trailer % (size, pages + 1, pages + 2, identity, identity, at)

    def checksum(self, delta: bytes) -> str:
        """The SHA-256 of the whole file, without going over the prefix again."""
        whole = self._sum.copy()
        whole.update(delta)
        return whole.hexdigest()


def text_string(text: str) -> bytes:
    """A text string object: plain where ASCII serves, else UTF-16 with its mark."""
    if text.isascii() and text.isprintable():
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        return b"(%b)" % escaped.encode("ascii")
    return b"<FEFF" + text.encode("utf-16-be", "replace").hex().upper().encode("ascii") + b">"


def form(content: bytes, box: bytes, resources: int) -> bytes:
    """A form: drawing that pages name instead of repeating it. The content is packed already."""
    head = b"<</Type/XObject/Subtype/Form/BBox[%b]/Resources %d 0 R/Filter/FlateDecode/Length %d>>stream\n"
    return head % (box, resources, len(content)) + content + b"\nendstream"


def references(entries: dict[str, int]) -> bytes:
    """A dictionary of names and the objects they stand for."""
    return b"<<%b>>" % b"".join([b"/%b %d 0 R" % (name.encode("ascii"), number) for name, number in entries.items()])


def resources(fonts: dict[str, int], drawings: dict[str, int]) -> bytes:
    drawn = b"/XObject%b" % references(drawings) if drawings else b""
    return b"<</Font%b%b>>" % (references(fonts), drawn)
