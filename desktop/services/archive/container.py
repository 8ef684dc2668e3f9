"""A ZIP of which every byte follows from its files and one day, so that a changed byte anywhere is found.

Files are stored, not packed: most of them are packed already, and what packing gives depends on the library that does
it. Fields are those of the ZIP file format specification (APPNOTE 6.3); ZIP64 where an archive outgrows the plain form.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

CHUNK: Final = 1 << 20
_LIMIT_16, _LIMIT_32 = 0xFFFF, 0xFFFFFFFF
_VERSION, _VERSION_64 = 20, 45
_UNIX, _ORDINARY_FILE = 3 << 8, 0o100644 << 16
# Names are UTF-8.
_FLAGS = 0x0800
_FIRST_YEAR, _LAST_YEAR = 1980, 2107


class Entry(NamedTuple):
    """One file of the archive: its size in bytes, its CRC-32, and where its header begins."""

    name: str
    size: int
    crc: int
    offset: int


class Mark(NamedTuple):
    """What proves one file: its path within the archive, its size in bytes and its SHA-256 in hexadecimal digits."""

    path: str
    size: int
    sha256: str


def dos_day(day: date) -> int:
    """The day as ZIP files keep it; they know the years 1980 to 2107."""
    year = min(max(day.year, _FIRST_YEAR), _LAST_YEAR)
    return (year - _FIRST_YEAR) << 9 | day.month << 5 | day.day


def header(entry: Entry, day: int) -> bytes:
    """What stands before a file's content."""
    name = entry.name.encode()
    fields = (0x04034B50, _VERSION, _FLAGS, 0, 0, day, entry.crc, entry.size, entry.size, len(name), 0)
    return struct.pack("<IHHHHHIIIHH", *fields) + name


def directory(entries: Sequence[Entry], day: int, start: int) -> Iterator[bytes]:
    """What stands behind all files: the list of them, which begins at `start`, and the archive's end."""
    size = 0
    for entry in entries:
        name, far = entry.name.encode(), entry.offset >= _LIMIT_32
        extra = struct.pack("<HHQ", 1, 8, entry.offset) if far else b""
        needed = _VERSION_64 if far else _VERSION
        fields = (
            0x02014B50, _UNIX | _VERSION, needed, _FLAGS, 0, 0, day, entry.crc, entry.size, entry.size,
            len(name), len(extra), 0, 0, 0, _ORDINARY_FILE, _LIMIT_32 if far else entry.offset,
        )  # fmt: skip
        made = struct.pack("<IHHHHHHIIIHHHHHII", *fields) + name + extra
        size += len(made)
        yield made
    count = len(entries)
    if count >= _LIMIT_16 or start >= _LIMIT_32 or size >= _LIMIT_32:
        versions = (_UNIX | _VERSION_64, _VERSION_64)
        yield struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, *versions, 0, 0, count, count, size, start)
        yield struct.pack("<IIQI", 0x07064B50, 0, start + size, 1)
    short = min(count, _LIMIT_16)
    yield struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, short, short, min(size, _LIMIT_32), min(start, _LIMIT_32), 0)


class Container:
    """Writes such an archive to an open file, one content after the other; `close` ends it."""

    def __init__(self, file: BinaryIO, day: date) -> None:
        self._file = file
        self._day = dos_day(day)
        self._entries: list[Entry] = []
        self._at = 0

    def add(self, name: str, content: bytes) -> Mark:
        self._begin(name, len(content), zlib.crc32(content))
        self._file.write(content)
        return Mark(name, len(content), hashlib.sha256(content).hexdigest())

    def add_file(self, name: str, path: Path) -> Mark:
        """Add what a file holds, a piece at a time."""
        crc, size, digest = 0, 0, hashlib.sha256()
        with path.open("rb") as source:
            while piece := source.read(CHUNK):
                crc, size = zlib.crc32(piece, crc), size + len(piece)
                digest.update(piece)
            self._begin(name, size, crc)
            source.seek(0)
            while piece := source.read(CHUNK):
                self._file.write(piece)
        return Mark(name, size, digest.hexdigest())

    def close(self) -> None:
        for piece in directory(self._entries, self._day, self._at):
            self._file.write(piece)

    def _begin(self, name: str, size: int, crc: int) -> None:
        if size >= _LIMIT_32:
            raise ValueError(f"{name} has {size} bytes; a file within the archive has less than {_LIMIT_32}")
        entry = Entry(name, size, crc, self._at)
        begun = header(entry, self._day)
        self._file.write(begun)
        self._entries.append(entry)
        self._at += len(begun) + size
