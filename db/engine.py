"""An open book: who may read, who may write, and how it becomes a single file again."""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool

from db.guard import Guard, SignInNeeded
from db.lock import BookLock
from db.refusals import as_user_error, not_folded, write_protected
from desktop.domain.access import SignedIn, Vouched
from desktop.errors import UserError
from desktop.i18n import _

# "SHEA", so that other programs, and `file`, can tell a book from any other SQLite database.
APPLICATION_ID = 0x53484541
_BUSY_SECONDS = 10.0
_READERS = 8
_CACHE_KIB = 131_072
_READER_CACHE_KIB = 8_192
_PAGES_BEFORE_FOLDING = 16_000
_WORKED_OUT = "worked_out"
_Found = TypeVar("_Found")


def _connect_plain(path: Path, read_only: bool) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}"
    return sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)


@dataclass(frozen=True, slots=True)
class Driver:
    """Where an encrypted driver steps in: a DB-API module like sqlite3, and how it opens (and unlocks) a file.

    `connect(path, read_only)` gives a connection that begins no transaction of its own and never makes the file.
    """

    module: ModuleType = sqlite3
    connect: Callable[[Path, bool], sqlite3.Connection] = _connect_plain


PLAIN = Driver()


class _Turns:
    """Writers take turns in the order in which they asked.

    A plain lock goes back to the long run that has just released it, and SQLite's own waiting sleeps up to
    100 ms a try; a person's small write would starve behind the chunks of a run.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._owner: int | None = None

    def __enter__(self) -> None:
        me = threading.get_ident()
        with self._guard:
            if self._owner == me:
                raise RuntimeError("a write began inside a write of the same thread")
            if self._owner is None and not self._waiting:
                self._owner = me
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()
        self._owner = me

    def __exit__(self, *_: object) -> None:
        with self._guard:
            self._owner = None
            if self._waiting:
                # Until the woken thread writes its name, nobody else may pass.
                self._owner = -1
                self._waiting.popleft().release()


class _Shared:
    """What an open book and its views for other people have in common."""

    def __init__(self) -> None:
        self.worked_out: dict[object, Any] = {}
        self.closed = False
        self.guarded = False
        self.writer: SignedIn | None = None


class Book:
    """One firm's data, open. Hold one per process and close it.

    `warnings` are sentences for the person who opened it. `clock` gives the time of what is written.
    """

    def __init__(
        self, path: Path, *, read_only: bool = False, driver: Driver = PLAIN, lock: BookLock | None = None
    ) -> None:
        self.path = path
        self.read_only = read_only
        self.warnings: tuple[str, ...] = ()
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.driver = driver
        self._lock = lock
        self._turns = _Turns()
        self.signed_in: SignedIn | None = None
        self.vouched: Vouched | None = None
        self._shared = _Shared()
        self._guard = Guard()
        first = driver.connect(path, read_only)
        if not read_only:
            # Once, and not with each connection: two that switch at the same moment lock each other out.
            first.execute("PRAGMA journal_mode=WAL").fetchall()
        self._shared.guarded = has_passphrases(first)
        first.close()
        self.engine = self._engine(read_only, writers=True)
        self._reader = self._engine(read_only, writers=False)
        self._write_session = sessionmaker(self.engine, expire_on_commit=False)
        self._read_session = sessionmaker(self._reader, expire_on_commit=False)
        # One for each thread: while one tries something out, the others see the book as it is.
        self._rehearsal = threading.local()

    def _engine(self, read_only: bool, *, writers: bool) -> Engine:
        def connect() -> sqlite3.Connection:
            connection = self.driver.connect(self.path, read_only)
            connection.execute("PRAGMA foreign_keys=ON")
            # Otherwise INSERT OR REPLACE deletes a frozen row without asking its trigger.
            connection.execute("PRAGMA recursive_triggers=ON")
            connection.execute("PRAGMA temp_store=MEMORY")
            # Minus means KiB. A run touches every index at random and outgrows SQLite's own 2 MB at once.
            connection.execute(f"PRAGMA cache_size=-{_CACHE_KIB if writers else _READER_CACHE_KIB}")
            if not read_only:
                connection.execute("PRAGMA synchronous=FULL")
                # Fold less often than at every fourth chunk of a run; closing folds all of it.
                connection.execute(f"PRAGMA wal_autocheckpoint={_PAGES_BEFORE_FOLDING}")
            if not writers:
                connection.execute("PRAGMA query_only=ON")
            return connection

        engine = create_engine(
            "sqlite://",
            module=self.driver.module,
            creator=connect,
            poolclass=QueuePool,
            pool_size=1 if writers else _READERS,
            max_overflow=0 if writers else _READERS,
        )
        begin_with = "BEGIN IMMEDIATE" if writers and not read_only else "BEGIN"

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            # Taken before the view of the book is: what is found in an older view never passes for a newer one.
            connection.info[_WORKED_OUT] = None if writers else self._shared.worked_out
            if writers:
                self._guard.stand(connection.connection.driver_connection, self._shared.writer, connection.info)
            connection.exec_driver_sql(begin_with)

        return engine

    @property
    def guarded(self) -> bool:
        """Whether people of the book have passphrases: then nobody reads or writes it before signing in."""
        return self._shared.guarded

    @guarded.setter
    def guarded(self, on: bool) -> None:
        self._shared.guarded = on

    def acting(self, who: SignedIn | None) -> Book:
        """The same open book in the hands of somebody else, such as a command beside the window."""
        view = copy(self)
        view.signed_in = who
        return view

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One view of the book for the whole block; a write in it is refused by SQLite."""
        self._refuse_closed()
        if (rehearsed := self._rehearsed) is not None:
            with Session(rehearsed, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
                yield session
            return
        self._refuse_stranger()
        with _user_errors(self.driver, writing=False), self._read_session() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One IMMEDIATE transaction: committed at the end of the block, rolled back when it raises.

        Raises UserError where the disk, a lock or a rule of the book refuses, RuntimeError when nested.
        """
        self._refuse_closed()
        if (rehearsed := self._rehearsed) is not None:
            options: dict[str, Any] = {"expire_on_commit": False, "join_transaction_mode": "create_savepoint"}
            with Session(rehearsed, **options) as session, session.begin():
                yield session
            return
        if self.read_only:
            raise write_protected(self.path)
        self._refuse_stranger()
        with self._turns:
            self._shared.writer = self.signed_in
            with _user_errors(self.driver, self._guard, writing=True), self._write_session.begin() as session:
                # SQLAlchemy begins at the first statement; the lock is wanted before the first read.
                session.connection()
                yield session
        # Not before the commit: whoever begins until then still sees the book as it was.
        self._shared.worked_out = {}

    @contextmanager
    def rehearsing(self) -> Iterator[Connection]:
        """Whatever this thread writes within the block, it reads there as well; all of it is taken back at the end.

        One IMMEDIATE transaction, in which reading() and writing() of this thread are parts, whatever the person may
        write. Raises UserError where the disk or a lock refuses, RuntimeError when nested.
        """
        self._refuse_closed()
        if self.read_only:
            raise write_protected(self.path)
        if self._rehearsed is not None:
            raise RuntimeError("a rehearsal began inside a rehearsal")
        self._refuse_stranger()
        with self._turns:
            self._shared.writer = None
            with _user_errors(self.driver, self._guard, writing=True), self.engine.connect() as connection:
                self._rehearsal.connection = connection
                try:
                    connection.begin()
                    yield connection
                finally:
                    self._rehearsal.connection = None
                    connection.rollback()

    @property
    def rehearses(self) -> bool:
        """Whether this thread is in a rehearsal, so that nothing it writes stays."""
        return self._rehearsed is not None

    @property
    def _rehearsed(self) -> Connection | None:
        return getattr(self._rehearsal, "connection", None)

    @property
    def now(self) -> str:
        """The time as the book writes it: UTC, ISO 8601, whole seconds."""
        return self.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def publish(self, address: dict[str, str]) -> None:
        """Tell other processes, through the lock, where this one takes commands."""
        if self._lock is not None:
            self._lock.publish(address)

    def compact(self) -> bool:
        """Write the file anew, so that what was deleted stands in none of its pages; whether nobody was in the way."""
        self._refuse_closed()
        with self._turns:
            connection = self.driver.connect(self.path, False)
            try:
                connection.execute("PRAGMA synchronous=FULL")
                connection.execute("VACUUM")
                # Until then the pages from before stand in the WAL or in the file itself.
                (busy, *_rest) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                return not busy
            except self.driver.module.OperationalError:
                # A full disk or a long read.
                return False
            finally:
                connection.close()

    def close(self) -> None:
        """Bring everything into the one file and let go of it. Closing twice does nothing."""
        if self._shared.closed:
            return
        # The last write ends before another process may open the book.
        with self._turns:
            self._shared.closed = True
        self.engine.dispose()
        self._reader.dispose()
        try:
            if not self.read_only:
                fold(self.path, self.driver)
        finally:
            if self._lock is not None:
                self._lock.release()

    def _refuse_closed(self) -> None:
        # The engine would open the file once more, without the lock.
        if self._shared.closed:
            raise RuntimeError(f"{self.path} is closed")

    def _refuse_stranger(self) -> None:
        if self._shared.guarded and self.signed_in is None:
            raise SignInNeeded(
                _("The people of this book sign in with a passphrase."), _("Sign in with your name and passphrase.")
            )

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def has_passphrases(connection: sqlite3.Connection) -> bool:
    """Whether people of the book sign in; those of a revision that knew no passphrases do not."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'passphrase'").fetchone() is None:
        return False
    return connection.execute("SELECT 1 FROM passphrase LIMIT 1").fetchone() is not None


def worked_out(connection: Connection, key: object, work: Callable[[], _Found]) -> _Found:
    """What the work finds in a book of which it reads much: found once for as long as nobody writes to the book.

    The key names the work and all that it is given beside the book. In a transaction that writes it works anew.
    """
    known: dict[object, _Found] | None = connection.info.get(_WORKED_OUT)
    if known is None:
        return work()
    if key not in known:
        known[key] = work()
    return known[key]


def fold(path: Path, driver: Driver = PLAIN) -> None:
    """Write the WAL into the file and go back to a rollback journal, so that the book is one file.

    Where a reader still holds the book the WAL stays, and the next opening continues with it. UserError where the disk
    refuses; the WAL stays then as well.
    """
    connection = driver.connect(path, False)
    try:
        connection.execute("PRAGMA busy_timeout=2000")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        connection.execute("PRAGMA journal_mode=DELETE").fetchall()
    except driver.module.OperationalError as error:
        if getattr(error, "sqlite_errorname", "") not in ("SQLITE_BUSY", "SQLITE_LOCKED"):
            raise not_folded(path, error) from error
    finally:
        connection.close()


@contextmanager
def _user_errors(driver: Driver, guard: Guard | None = None, *, writing: bool) -> Iterator[None]:
    try:
        yield
    except (DBAPIError, driver.module.Error) as error:
        # The log is written past SQLAlchemy, whose errors carry the driver's own.
        told = error.orig if isinstance(error, DBAPIError) else error
        mendable = (None if guard is None else guard.refusal(told)) or as_user_error(told)
        # A reader that writes is a bug, whatever the file allows.
        if mendable is None or (not writing and "readonly" in str(told)):
            raise
        raise mendable from error
    except OverflowError as error:
        # The driver's word for an integer beyond 64 bits; arithmetic of whole numbers never says it.
        if "SQLite" not in str(error):
            raise
        raise UserError(_("A figure is larger than a book can hold."), _("Check its digits.")) from error
