"""Lets what a backup has waiting ask a person where the backup is restored: it may have gone out since."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final

from db.backup import SIDECARS
from db.book_files import look_into
from db.cipher import database_errors
from desktop.domain.delivery import UNCERTAIN
from desktop.domain.wording import phrase
from desktop.errors import UserError
from desktop.services.encryption.opening import driver_for

_SAID: Final = phrase("The book was restored from a backup: this may have gone out since.").stored()
_WAITING: Final = "SELECT id, title FROM delivery WHERE state = 'waiting' AND channel IN ('email', 'print')"


def doubt(connection: sqlite3.Connection, replaced: Path, *, now: str) -> int:
    """Let the mails and prints that wait in a restored book be uncertain; how many these are. Within the caller's
    transaction; `now` is UTC text.

    What waits in the book that it replaces as well has certainly not gone.
    """
    if not _has_outbox(connection):
        return 0
    (uid,) = connection.execute("SELECT uid FROM book").fetchone()
    doubtful = set(connection.execute(_WAITING)) - _still_waiting(replaced, uid)
    told = [(UNCERTAIN, _SAID, key) for key, _title in sorted(doubtful)]
    connection.executemany("UPDATE delivery SET state = ?, answer = ?, not_before = '' WHERE id = ?", told)
    connection.executemany(
        "UPDATE mailing SET state = ? WHERE id = (SELECT mailing_id FROM delivery WHERE id = ?)",
        [(UNCERTAIN, key) for key, _title in doubtful],
    )
    connection.executemany(
        "INSERT INTO delivery_event (at, kind, detail, delivery_id, actor) VALUES (?, ?, ?, ?, '')",
        [(now, *one) for one in told],
    )
    return len(told)


def _still_waiting(path: Path, uid: str) -> set[tuple[int, str]]:
    """What waits in the closed book at this path, if it is the same book and nothing is unfinished beside it."""
    if not path.exists() or any(path.with_name(path.name + ending).exists() for ending in SIDECARS):
        return set()
    with suppress(UserError, *database_errors()), look_into(path, driver_for(path)) as connection:
        if _has_outbox(connection) and connection.execute("SELECT uid FROM book").fetchone() == (uid,):
            return set(connection.execute(_WAITING))
    return set()


def _has_outbox(connection: sqlite3.Connection) -> bool:
    """A backup may be older than the outbox."""
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'mailing'").fetchone() is not None
