"""What became of the backups of a book: kept beside the books, since a failed one is told when its disk is gone.

Not in the book: a backup that changed its book would call for the next one.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from desktop.paths import data_dir


@dataclass(frozen=True, slots=True)
class Record:
    """`made_at` and `failed_at` are UTC text, empty where it never was; `head` is the head of the log that the last
    backup holds, `file` its path. `failure` says why the last attempt came to nothing, `second_failure` why the copy
    to the second place did. `same_disk` says that every copy lies on the disk of the book."""

    made_at: str = ""
    file: str = ""
    size: int = 0
    head: str = ""
    failed_at: str = ""
    failure: str = ""
    second_failure: str = ""
    same_disk: bool = False


def record_of(path: Path, identity: str) -> Record:
    """What is known; nothing where it cannot be read."""
    try:
        found = json.loads(_file(path, identity).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Record()
    if not isinstance(found, dict):
        return Record()
    usual: dict[str, Any] = asdict(Record())
    return Record(**{name: found[name] for name, value in usual.items() if type(found.get(name)) is type(value)})


def record_within(connection: Connection) -> Record:
    """As `record_of`, for what reads an open book."""
    (uid,) = connection.exec_driver_sql("SELECT uid FROM book").one()
    file = next(row[2] for row in connection.exec_driver_sql("PRAGMA database_list") if row[1] == "main")
    return record_of(Path(file), str(uid))


def keep_record(path: Path, identity: str, record: Record) -> None:
    """What cannot be written is told by the age of the last backup."""
    file = _file(path, identity)
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished.write_text(json.dumps(asdict(record), ensure_ascii=False), encoding="utf-8")
        unfinished.replace(file)


def with_failure(record: Record, at: str, failure: str) -> Record:
    return replace(record, failed_at=at, failure=failure)


def _file(path: Path, identity: str) -> Path:
    # A copy of a book is the same book by its number, and another by its place.
    name = hashlib.sha256(f"{identity}\n{path.resolve()}".encode()).hexdigest()[:24]
    return data_dir() / "backups" / "record" / f"{name}.json"
