"""The file itself: sound pages, references that point somewhere, and the guards in place."""

from __future__ import annotations

import sqlite3

from db import ddl
from db.schema.desk import SUBJECTS
from desktop.i18n import _
from desktop.services.check.problem import Problems
from desktop.services.subjects import word


def check_file(connection: sqlite3.Connection, problems: Problems) -> None:
    """Pages, references and triggers."""
    for (text,) in connection.execute("PRAGMA integrity_check(20)"):
        if text != "ok":
            problems.add("file", _("the book's file"), text)
    for table, row, parent, _number in connection.execute("PRAGMA foreign_key_check"):
        problems.add(
            "file",
            f"{word(table)} #{row}",
            _("it refers to a row that is not there ({what})").format(what=word(parent)),
        )
    _check_beside(connection, problems)
    wanted = {statement.split()[2]: statement for statement in ddl.trigger_statements(connection)}
    there = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    for name, statement in wanted.items():
        if there.get(name) != statement:
            problems.add("guard", name, _("this guard of the book is missing or was changed"))
    for name in there.keys() - wanted.keys():
        problems.add("guard", name, _("this trigger is not the program's"))


def _check_beside(connection: sqlite3.Connection, problems: Problems) -> None:
    """A note or a file names its thing by table and number, which no foreign key watches."""
    for table in ("note", "attachment"):
        for subject in SUBJECTS:
            rows = connection.execute(
                f"SELECT id FROM {table} WHERE subject = ? AND NOT EXISTS"
                f" (SELECT 1 FROM {subject} t WHERE t.id = {table}.subject_id)",
                (subject,),
            )
            for (row,) in rows:
                problems.add(
                    "file",
                    f"{word(table)} #{row}",
                    _("it refers to a row that is not there ({what})").format(what=word(subject)),
                )
