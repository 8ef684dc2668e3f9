"""Brings an old book up to the program's tables, wholly or not at all, after a backup."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from db import ddl, early_books
from db.backup import copy_book
from db.engine import PLAIN, Driver
from db.files import free_name, in_words
from desktop.errors import UserError
from desktop.i18n import _

if TYPE_CHECKING:
    from alembic.config import Config

REVISIONS = Path(__file__).parent / "migrations"

Report = Callable[[int, int, str], None]


@cache
def _listed(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.name.partition("_")[0] for path in (folder / "versions").glob("[0-9]*.py")))


def known() -> tuple[str, ...]:
    """The revisions that this program knows, oldest first; read off the file names, so that Alembic stays unloaded."""
    return _listed(REVISIONS)


def newest() -> str:
    return known()[-1]


def upgrade(path: Path, *, driver: Driver = PLAIN, report: Report | None = None) -> Path:
    """Upgrade a closed book in one transaction and return the backup made before. A failure leaves the book as it was.

    Raises UserError where there is no room for the backup, or where the upgraded book would not hold together.
    """
    kept = _name_of_backup(path, driver)
    copy_book(path, kept, driver=driver, report=report)
    if report is not None:
        report(0, 0, _("Bringing {name} up to this version").format(name=path.name))
    from alembic import command

    try:
        with migrating(path, driver) as (connection, config):
            raw: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
            if _revision(raw) == early_books.FIRST:
                early_books.lift(raw, REVISIONS)
            command.upgrade(config, "head")
            _prove(connection, path, kept)
    except DBAPIError as error:
        # A full disk is for the person to mend; Alembic's words hide the driver's.
        raise (error if error.orig is None else in_words(path, error.orig)) from error
    return kept


@contextlib.contextmanager
def migrating(path: Path, driver: Driver = PLAIN) -> Iterator[tuple[Connection, Config]]:
    """One IMMEDIATE transaction for Alembic's commands: foreign keys off, triggers dropped before and made anew after.

    With foreign keys on, recreating a table would cascade away every row that belongs to its rows.
    """
    # 100 ms that only an old book needs.
    from alembic.config import Config

    def connect() -> sqlite3.Connection:
        connection = driver.connect(path, False)
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("PRAGMA synchronous=FULL")
        return connection

    engine = create_engine("sqlite://", module=driver.module, creator=connect, poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    config = Config()
    config.set_main_option("script_location", str(REVISIONS).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        raw: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
        ddl.drop_triggers(raw)
        yield connection, config
        for statement in ddl.trigger_statements(raw):
            raw.execute(statement)


def _prove(connection: Connection, path: Path, kept: Path) -> None:
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if lost:
        raise UserError(
            _("{path} cannot be brought up to this version: {count} rows would point nowhere.").format(
                path=path, count=len(lost)
            ),
            _("Nothing was changed. Send the report; until then open the book with the version that wrote it."),
        )


def _name_of_backup(path: Path, driver: Driver) -> Path:
    connection = driver.connect(path, False)
    try:
        return free_name(path, f"before upgrade from {_revision(connection)}")
    finally:
        connection.close()


def _revision(connection: sqlite3.Connection) -> str:
    (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(revision)
