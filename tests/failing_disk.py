"""A disk under SQLite that fails on purpose: the n-th write, sync, truncation or deletion of a file, whatever does it.

A layer between SQLite and the system's files (a VFS), so that journals, logs and books fail alike, as they would when
the disk is full or breaks. It counts and fails for all connections of this process that are opened while it stands.
"""

from __future__ import annotations

import _sqlite3
import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from dataclasses import dataclass, field
from typing import Any, Final

FULL: Final = 13
WRITE_FAILED: Final = 10 | 3 << 8
SYNC_FAILED: Final = 10 | 4 << 8
_OK: Final = 0

_File = c_void_p
_Write = CFUNCTYPE(c_int, _File, c_void_p, c_int, c_int64)
_Truncate = CFUNCTYPE(c_int, _File, c_int64)
_Sync = CFUNCTYPE(c_int, _File, c_int)


class _Methods(Structure):
    """sqlite3_io_methods, the first version's functions by name and those of later versions as they are."""

    _fields_ = (
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", c_void_p),
        ("truncate", c_void_p),
        ("sync", c_void_p),
        ("rest", c_void_p * 13),
    )


class _Opened(Structure):
    _fields_ = (("methods", POINTER(_Methods)),)


# Names stay addresses: SQLite keeps parameters of the name behind its end.
_Open = CFUNCTYPE(c_int, c_void_p, c_void_p, POINTER(_Opened), c_int, c_void_p)
_Delete = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)


class _Vfs(Structure):
    """sqlite3_vfs up to its third version."""

    _fields_ = (
        ("version", c_int),
        ("file_size", c_int),
        ("longest_name", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", _Open),
        ("delete", _Delete),
        ("rest", c_void_p * 14),
    )


@dataclass
class FailingDisk:
    """Fails the step number `at` (from 1; 0 never) with an error of SQLite's, once, or for good until it is mended."""

    at: int = 0
    error: int = FULL
    for_good: bool = False
    seen: int = 0
    failed: int = 0
    _tables: dict[int, tuple[_Methods, list[Any]]] = field(default_factory=dict, repr=False)

    def mend(self) -> None:
        """From now on everything is written again, and counted anew."""
        self.at = self.seen = 0

    def _step(self) -> int:
        self.seen += 1
        if self.at and (self.seen == self.at or (self.for_good and self.seen > self.at)):
            self.failed += 1
            return self.error
        return _OK

    def _methods(self, place: int, given: _Methods) -> _Methods:
        """The file's own functions, with those that write asked for leave first."""
        if place in self._tables:
            return self._tables[place][0]
        write, truncate, sync = _Write(given.write), _Truncate(given.truncate), _Sync(given.sync)
        kept = [
            _Write(lambda file, data, count, offset: self._step() or write(file, data, count, offset)),
            _Truncate(lambda file, size: self._step() or truncate(file, size)),
            _Sync(lambda file, flags: self._step() or sync(file, flags)),
        ]
        made = _Methods.from_buffer_copy(given)
        made.write, made.truncate, made.sync = (ctypes.cast(one, c_void_p).value for one in kept)
        self._tables[place] = made, kept
        return made


def library() -> Any:
    """The very SQLite that Python's module stands on; None where it cannot be reached from outside."""
    try:
        found = ctypes.CDLL(_sqlite3.__file__)
        found.sqlite3_vfs_find.restype = POINTER(_Vfs)
        found.sqlite3_vfs_find.argtypes = (c_char_p,)
        found.sqlite3_vfs_register.argtypes = (POINTER(_Vfs), c_int)
        found.sqlite3_vfs_unregister.argtypes = (POINTER(_Vfs),)
    except (AttributeError, OSError):
        return None
    return found


@contextmanager
def failing_disk() -> Iterator[FailingDisk]:
    """For the block, every file that SQLite opens lies on this disk. Close all connections before the end."""
    sqlite = library()
    assert sqlite is not None
    system = sqlite.sqlite3_vfs_find(None)
    disk = FailingDisk()
    real: _Vfs = system.contents
    open_real, delete_real = real.open, real.delete

    def opened(_vfs: Any, name: Any, file: Any, flags: int, out: Any) -> int:
        code = int(open_real(system, name, file, flags, out))
        if file.contents.methods:
            place = ctypes.addressof(file.contents.methods.contents)
            file.contents.methods = ctypes.pointer(disk._methods(place, file.contents.methods.contents))
        return code

    def deleted(_vfs: Any, name: Any, sync: int) -> int:
        return disk._step() or int(delete_real(system, name, sync))

    shim = _Vfs.from_buffer_copy(real)
    shim.name = b"failing"
    shim.open, shim.delete = _Open(opened), _Delete(deleted)
    sqlite.sqlite3_vfs_register(ctypes.byref(shim), 1)
    try:
        yield disk
    finally:
        sqlite.sqlite3_vfs_unregister(ctypes.byref(shim))
        sqlite.sqlite3_vfs_register(system, 1)
