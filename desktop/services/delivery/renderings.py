"""The files of documents as they first went out, kept in the book: what many share once, and packed what each adds."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from db import chain, row_seals
from db.queries.rows import ids_text
from desktop.documents.worker import PACKING
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.change_sets import raw

Key = tuple[int, str]
"""A document by its id, and its form (of FORMS)."""

_PREFIXES_IN_MIND = 32


@dataclass(frozen=True, slots=True)
class File:
    """The file of an issued document in a form: what it shares with others at its beginning (empty where nothing is
    shared), what follows, and the SHA-256 of the whole in hexadecimal digits; `packed` is what follows as the book
    keeps it, where that is known."""

    invoice_id: int
    form: str
    prefix: bytes
    rest: bytes
    sha256: str
    packed: bytes = field(default=b"", repr=False, compare=False)

    @property
    def content(self) -> bytes:
        return self.prefix + self.rest

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.prefix) + len(self.rest)


def keep(connection: Connection, files: Iterable[File], *, now: str) -> None:
    """Keep files in the transaction in which they go out; `now` is UTC text. A file that is kept already stays."""
    driver = raw(connection)
    prefixes: dict[bytes, int | None] = {b"": None}
    rows = []
    for one in files:
        if one.prefix not in prefixes:
            prefixes[one.prefix] = _prefix_id(driver, one.prefix)
        packed = one.packed or zlib.compress(one.rest, PACKING)
        rows.append((one.invoice_id, one.form, prefixes[one.prefix], packed, one.sha256, now))
    driver.executemany(
        "INSERT INTO rendering (invoice_id, form, prefix_id, content, sha256, made_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (invoice_id, form) DO NOTHING",
        rows,
    )


def keep_sealed(connection: Connection, files: Iterable[File], *, actor: str, now: str) -> None:
    """As `keep`, where no change set is being written: what was kept is sealed in the log by one of its own."""
    driver = raw(connection)
    (before,) = driver.execute("SELECT coalesce(max(id), 0) FROM rendering").fetchone()
    keep(connection, files, now=now)
    (last,) = driver.execute("SELECT coalesce(max(id), 0) FROM rendering").fetchone()
    if last == before:
        return
    summary = _("Keep files as they went out")
    (number,) = driver.execute(
        "INSERT INTO change_set (at, actor, summary, undoable) VALUES (?, ?, ?, 0) RETURNING id", (now, actor, summary)
    ).fetchone()
    chain.append(driver, number, now, actor, summary, [row_seals.seal_range(driver, "rendering", before + 1, last)])


def kept_keys(connection: Connection, invoice_ids: Collection[int]) -> set[Key]:
    """Which files of these documents are kept."""
    found = connection.exec_driver_sql(
        "SELECT invoice_id, form FROM rendering WHERE invoice_id IN (SELECT value FROM json_each(?))",
        (ids_text(invoice_ids),),
    )
    return {(invoice, form) for invoice, form in found}


def kept_files(connection: Connection, keys: Sequence[Key], prefixes: dict[int, bytes]) -> list[File]:
    """Kept files in the order of the keys; `prefixes` are those that were read already, by their ids.

    UserError where what was kept is not what went out any more.
    """
    found = {
        (invoice, form): (prefix, content, sha256)
        for invoice, form, prefix, content, sha256 in connection.exec_driver_sql(
            "SELECT r.invoice_id, r.form, r.prefix_id, r.content, r.sha256 FROM json_each(?) k"
            " JOIN rendering r ON r.invoice_id = k.value ->> 0 AND r.form = k.value ->> 1",
            (json.dumps(list(keys)),),
        )
    }
    unread = {prefix for prefix, _content, _sha256 in found.values() if prefix is not None} - prefixes.keys()
    for key, content in connection.exec_driver_sql(
        "SELECT id, content FROM rendering_prefix WHERE id IN (SELECT value FROM json_each(?))", (ids_text(unread),)
    ):
        prefixes[key] = content
    return [_whole(key, *found[key], prefixes) for key in keys]


def _whole(key: Key, prefix_id: int | None, packed: bytes, sha256: str, prefixes: dict[int, bytes]) -> File:
    prefix = b"" if prefix_id is None else prefixes[prefix_id]
    try:
        rest = zlib.decompress(packed)
    except zlib.error:
        rest = b""
    begun = hashlib.sha256(prefix)
    begun.update(rest)
    if begun.hexdigest() != sha256:
        raise UserError(
            _("The copy of a document that went out was changed in the book: it is not the file that was sent."),
            _("Check the book, and restore a backup from before."),
        )
    return File(*key, prefix, rest, sha256)


def _prefix_id(driver: Any, prefix: bytes) -> int:
    digest = _digest(prefix)
    found = (
        driver.execute("SELECT id FROM rendering_prefix WHERE digest = ?", (digest,)).fetchall()
        or driver.execute(
            "INSERT INTO rendering_prefix (digest, content) VALUES (?, ?) RETURNING id", (digest, prefix)
        ).fetchall()
    )
    return int(found[0][0])


@lru_cache(maxsize=_PREFIXES_IN_MIND)
def _digest(prefix: bytes) -> str:
    return hashlib.sha256(prefix).hexdigest()
