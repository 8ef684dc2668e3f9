"""Where documents go that are put into folders, and how their files are named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from db.queries import filing as queries
from db.queries.portal import all_clients
from desktop.delivery.naming import FIELDS, USUAL_PATTERN, check_pattern, place_of
from desktop.documents.forms import ending
from desktop.documents.words import words_for
from desktop.domain.file_names import told_apart
from desktop.domain.money import major_text
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.book_settings import keep_setting
from desktop.services.changes import change

FOLDER: Final = "delivery.folder"
PATTERN: Final = "delivery.pattern"
KEYS: Final = (FOLDER, PATTERN)
# In bytes: a folder that begins with it keeps it whole.
_LONGEST_CODE: Final = 40
PATTERN_FIELDS: Final = FIELDS
"""What a pattern may name."""


@dataclass(frozen=True, slots=True)
class FolderSettings:
    """`folder` is a whole path, empty where none is set; `pattern` names files within it, by `naming.FIELDS`."""

    folder: str
    pattern: str


def folder_settings(connection: Connection) -> FolderSettings:
    known = {
        key: json.loads(value)
        for key, value in connection.exec_driver_sql("SELECT key, value FROM setting WHERE key IN (?, ?)", KEYS)
    }
    return FolderSettings(str(known.get(FOLDER) or ""), str(known.get(PATTERN) or USUAL_PATTERN))


def folder_settings_of(book: Book) -> FolderSettings:
    with book.reading() as session:
        return folder_settings(session.connection())


def set_folder(book: Book, *, actor: str, folder: str | None = None, pattern: str | None = None) -> None:
    """Set either or both; empty takes the folder away, and the usual pattern for the pattern.

    UserError for a folder that is not there or no whole path, and for a pattern that makes no files' names.
    """
    with change(book, actor, _("Set where documents are filed")) as made:
        if folder is not None:
            keep_setting(made, FOLDER, _checked(folder.strip()) or None)
        if pattern is not None:
            plain = pattern.strip()
            if plain:
                check_pattern(plain)
            keep_setting(made, PATTERN, plain if plain and plain != USUAL_PATTERN else None)


def _checked(folder: str) -> str:
    path = Path(folder).expanduser() if folder else None
    if path is None:
        return ""
    if not path.is_absolute():
        raise UserError(
            _("“{folder}” is not a whole path.").format(folder=folder), _("Give it from the root of the disk on.")
        )
    if not path.is_dir():
        raise UserError(
            _("There is no folder “{folder}”.").format(folder=folder), _("Make it first, or choose another.")
        )
    return str(path)


def example(book: Book, pattern: str) -> str:
    """Where the document that was issued last would be put by a pattern, or one as it might be. UserError as
    `check_pattern`."""
    check_pattern(pattern)
    with book.reading() as session:
        connection = session.connection()
        row = queries.last_document(connection) or (
            0, 1, None, "INV-2026-0001", "pdf", "", "C-001", _("A client"), _("Retainers"), "invoice",
            date(2026, 1, 31).isoformat(), "EUR", 119_000, "R-2026-0001",
        )  # fmt: skip
        return "/".join(
            place_of(pattern, values_of(row, firm_language(connection), codes_as_names(connection)), ending("pdf"))
        )


def firm_language(connection: Connection) -> str:
    return str(connection.exec_driver_sql("SELECT language FROM firm").scalar_one())


def codes_as_names(connection: Connection) -> dict[str, str]:
    """Each client's code as a part of a name that no other client's is, so that two never share a folder by it."""
    rows = all_clients(connection)
    names = told_apart({key: code for key, code, _name in rows}, _LONGEST_CODE)
    return {code: names[key] for key, code, _name in rows}


def values_of(row: tuple[Any, ...], language: str, codes: Mapping[str, str]) -> dict[str, str]:
    """What a row of `queries.waiting` says for each of `naming.FIELDS`; kinds in the firm's language, `codes` from
    `codes_as_names`."""
    _id, _invoice, _file, title, _form, letter, code, client, segment, kind, day, currency, payable, run = row
    return {
        "client": client,
        "code": codes.get(code, code),
        "number": title,
        "kind": words_for(language).title(kind or letter),
        "date": day,
        "year": day[:4],
        "month": day[5:7],
        "day": day[8:10],
        "segment": segment,
        "amount": "" if payable is None else major_text(payable, currency),
        "currency": currency,
        "run": run,
    }
