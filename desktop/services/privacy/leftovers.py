"""Where erased data could linger beside the book: backups, and the program's own log."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from db.engine import Book
from desktop.paths import log_dir
from desktop.services.backups.choices import choices_of
from desktop.services.backups.shelf import backups_of, identity


def backups_that_hold(book: Book) -> tuple[Path, ...]:
    """Backups that are known of, all of them made before what was just erased was gone."""
    return tuple(kept.path for kept in backups_of(book.path, choices_of(book), identity(book)))


def cover_logs(marks: Sequence[str], folder: Path | None = None) -> int:
    """Cover what tells of a person in the files of the program's log; how many places.

    Byte for byte and in place: the file that is being written stays the same file.
    """
    covered = 0
    for path in sorted((folder or log_dir()).glob("*.log*")):
        with contextlib.suppress(OSError):
            content = path.read_bytes()
            changed = content
            for mark in marks:
                plain = mark.encode()
                covered += changed.count(plain)
                changed = changed.replace(plain, b"*" * len(plain))
            if changed != content:
                with path.open("r+b") as file:
                    file.write(changed)
    return covered
