"""Drivers that fail on purpose: at the n-th write, as a broken disk would, or with a disk that is really full."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.engine import PLAIN, Driver

_WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass
class Fault:
    """Fails the write number `at` (from 1, commits included) with an error of this name; 0 never."""

    at: int = 0
    name: str = "SQLITE_IOERR_WRITE"
    seen: int = 0

    def write(self) -> None:
        self.seen += 1
        if self.seen == self.at:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorname = self.name
            raise error

    def driver(self) -> Driver:
        fault = self

        class Cursor(sqlite3.Cursor):
            def execute(self, sql: str, *parameters: Any) -> Any:
                if sql.lstrip().upper().startswith(_WRITES):
                    fault.write()
                return super().execute(sql, *parameters)

            def executemany(self, sql: str, *parameters: Any) -> Any:
                fault.write()
                return super().executemany(sql, *parameters)

        class Connection(sqlite3.Connection):
            # The connection's own shortcuts do not ask for this cursor.
            def cursor(self, *_: Any) -> Any:
                return super().cursor(Cursor)

            def execute(self, *parameters: Any) -> Any:
                return self.cursor().execute(*parameters)

            def executemany(self, *parameters: Any) -> Any:
                return self.cursor().executemany(*parameters)

            def commit(self) -> None:
                if self.in_transaction:
                    fault.write()
                super().commit()

        def connect(path: Path, read_only: bool) -> sqlite3.Connection:
            uri = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}"
            return sqlite3.connect(
                uri, uri=True, timeout=10, isolation_level=None, check_same_thread=False, factory=Connection
            )

        return Driver(connect=connect)


@dataclass
class FullDisk:
    """Room for so many pages more than the book has when it is opened; None is room enough."""

    pages: int | None = None

    def driver(self) -> Driver:
        def connect(path: Path, read_only: bool) -> sqlite3.Connection:
            connection = PLAIN.connect(path, read_only)
            if self.pages is not None:
                (size,) = connection.execute("PRAGMA page_count").fetchone()
                connection.execute(f"PRAGMA max_page_count={size + self.pages}").fetchall()
            return connection

        return Driver(connect=connect)
