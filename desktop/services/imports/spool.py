"""Rows that wait to be written: a few in memory, the rest in a file of their own, so that a million fit anywhere."""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO, Any
from weakref import finalize

_CHUNK = 5_000

SpooledRow = tuple[Any, ...]


class Spool:
    """Keeps rows of SQLite's values in their order. The file goes with the object."""

    def __init__(self) -> None:
        self._chunk: list[SpooledRow] = []
        self._file: IO[bytes] | None = None
        self._count = 0

    def add(self, row: SpooledRow) -> None:
        self._chunk.append(row)
        self._count += 1
        if len(self._chunk) == _CHUNK:
            if self._file is None:
                self._file = TemporaryFile()  # noqa: SIM115 - it lives as long as the rows
                finalize(self, self._file.close)
            marshal.dump(self._chunk, self._file)
            self._chunk = []

    def __len__(self) -> int:
        return self._count

    def chunks(self) -> Iterator[list[SpooledRow]]:
        """All rows from the first on, in lists that can be written at once."""
        if self._file is not None:
            end = self._file.tell()
            self._file.seek(0)
            while self._file.tell() < end:
                yield marshal.load(self._file)
        if self._chunk:
            yield self._chunk
