"""Gives a file whose own list of tables is broken the list of another book that was built alike.

The list is a b-tree that begins on the first page (SQLite file format, sections 1.3, 1.6 and 2.6). It is appended to
the file with its page numbers changed, so that no page that may still hold rows is written over.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

_MAGIC: Final = b"SQLite format 3\0"
_HEADER: Final = 100
_TABLE_INTERIOR, _TABLE_LEAF = 5, 13
_INDEX_INTERIOR, _INDEX_LEAF = 2, 10
_TABLE_PAGES: Final = (_TABLE_INTERIOR, _TABLE_LEAF)
_INDEX_PAGES: Final = (_INDEX_INTERIOR, _INDEX_LEAF)
# Most roots must be what the list says they are; some may be among what is broken.
_RIGHT: Final = 0.8


class NotAlike(Exception):
    """The other book was not built as this one was."""


def graft_tables(damaged: Path, donor: Path, roots: dict[int, bool]) -> None:
    """Rewrite the first page of `damaged` (a working copy) from `donor`, and append the rest of its list of tables.

    `roots` are the donor's root pages, True for a table's and False for an index's. Raises NotAlike where the pages of
    the damaged file are not what they say, ValueError where the donor is no plain SQLite file.
    """
    given = donor.read_bytes()
    if not given.startswith(_MAGIC):
        raise ValueError("no SQLite file")
    size = _page_size(given)
    content = bytearray(damaged.read_bytes())
    content.extend(bytes(-len(content) % size))
    _compare(content, size, roots)
    before = len(content) // size
    tree = _Tree(given, size, before)
    first = tree.moved_root()
    content[:size] = first
    for page in tree.appended:
        content.extend(page)
    total = len(content) // size
    # The size in pages, then no free pages: theirs are not this file's.
    struct.pack_into(">I", content, 28, total)
    struct.pack_into(">II", content, 32, 0, 0)
    # A rollback journal, whatever the donor had.
    content[18:20] = b"\x01\x01"
    # The size counts only where the version of the last change and that which it is valid for agree.
    content[92:96] = content[24:28]
    damaged.write_bytes(content)


def _page_size(content: bytes) -> int:
    (size,) = struct.unpack_from(">H", content, 16)
    return 65536 if size == 1 else int(size)


def _compare(content: bytearray, size: int, roots: dict[int, bool]) -> None:
    right = sum(
        content[(number - 1) * size] in (_TABLE_PAGES if is_table else _INDEX_PAGES)
        for number, is_table in roots.items()
        if 1 < number <= len(content) // size
    )
    wrong = sum(
        content[(number - 1) * size] in (_INDEX_PAGES if is_table else _TABLE_PAGES)
        for number, is_table in roots.items()
        if 1 < number <= len(content) // size
    )
    if wrong or right < len(roots) * _RIGHT:
        raise NotAlike(f"{right} of {len(roots)} root pages fit, {wrong} are of the other kind")


class _Tree:
    """The list of tables of a donor, with new page numbers from `before` on."""

    def __init__(self, content: bytes, size: int, before: int) -> None:
        self._content = content
        self._size = size
        self._before = before
        self._usable = size - content[20]
        self.appended: list[bytes] = []

    def moved_root(self) -> bytes:
        return self._moved(1)

    def _append(self) -> int:
        self.appended.append(b"")
        return len(self.appended) - 1

    def _number(self, place: int) -> int:
        return self._before + place + 1

    def _moved(self, number: int) -> bytes:
        page = bytearray(self._content[(number - 1) * self._size : number * self._size])
        if len(page) != self._size:
            raise ValueError("a page is missing")
        start = _HEADER if number == 1 else 0
        kind = page[start]
        if kind not in _TABLE_PAGES:
            raise ValueError("not a page of a table")
        (cells,) = struct.unpack_from(">H", page, start + 3)
        pointers = start + (12 if kind == _TABLE_INTERIOR else 8)
        for cell in range(cells):
            (at,) = struct.unpack_from(">H", page, pointers + 2 * cell)
            if kind == _TABLE_INTERIOR:
                self._move_child(page, at)
            else:
                self._move_overflow(page, at)
        if kind == _TABLE_INTERIOR:
            self._move_child(page, start + 8)
        return bytes(page)

    def _move_child(self, page: bytearray, at: int) -> None:
        (child,) = struct.unpack_from(">I", page, at)
        place = self._append()
        self.appended[place] = self._moved(child)
        struct.pack_into(">I", page, at, self._number(place))

    def _move_overflow(self, page: bytearray, at: int) -> None:
        length, at = _varint(page, at)
        _row, at = _varint(page, at)
        local = self._local(length)
        if local == length:
            return
        (number,) = struct.unpack_from(">I", page, at + local)
        place = self._append()
        struct.pack_into(">I", page, at + local, self._number(place))
        while number:
            rest = bytearray(self._content[(number - 1) * self._size : number * self._size])
            (following,) = struct.unpack_from(">I", rest, 0)
            after = self._append() if following else 0
            struct.pack_into(">I", rest, 0, self._number(after) if following else 0)
            self.appended[place] = bytes(rest)
            place, number = after, following

    def _local(self, length: int) -> int:
        """How much of a row stands on its own page (section 1.6)."""
        most = self._usable - 35
        if length <= most:
            return length
        least = (self._usable - 12) * 32 // 255 - 23
        rest = least + (length - least) % (self._usable - 4)
        return rest if rest <= most else least


def _varint(page: bytearray, at: int) -> tuple[int, int]:
    value = 0
    for step in range(8):
        byte = page[at + step]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + step + 1
    return value << 8 | page[at + 8], at + 9
