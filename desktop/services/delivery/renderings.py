"""The files of documents as they first went out, kept in the book: what many share once, and packed what each adds."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection

from db.queries.rows import ids_text
from desktop.errors import UserError
from desktop.i18n import _

Key = tuple[int, str]
"""A document by its id, and its form (of FORMS)."""

# Half of the bytes in a tenth of a millisecond; packing harder takes off a twentieth more.
_PACKING = 1
_PREFIXES_IN_MIND = 32


@dataclass(frozen=True, slots=True)
class File:
    """The file of an issued document in a form: what it shares with others at its beginning (empty where nothing is
    shared), what follows, and the SHA-256 of the whole in hexadecimal digits."""

    invoice_id: int
    form: str
    prefix: bytes
    rest: bytes
    sha256: str

    @property
    def content(self) -> bytes:
        return self.prefix + self.rest

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.prefix) + len(self.rest)


def keep(connection: Connection, files: Iterable[File], *, now: str) -> None:
    """Keep files in the transaction in which they go out; `now` is UTC text. A file that is kept already stays."""
    rows = [
        (
            one.invoice_id,
            one.form,
            _prefix_id(connection, one.prefix),
            zlib.compress(one.rest, _PACKING),
            one.sha256,
            now,
        )
        for one in files
    ]
    if rows:
        connection.exec_driver_sql(
            "INSERT INTO rendering (invoice_id, form, prefix_id, content, sha256, made_at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (invoice_id, form) DO NOTHING",
            rows,
        )


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


def _prefix_id(connection: Connection, prefix: bytes) -> int | None:
    if not prefix:
        return None
    digest = _digest(prefix)
    found = connection.exec_driver_sql("SELECT id FROM rendering_prefix WHERE digest = ?", (digest,)).scalar()
    if found is None:
        found = connection.exec_driver_sql(
            "INSERT INTO rendering_prefix (digest, content) VALUES (?, ?) RETURNING id", (digest, prefix)
        ).scalar_one()
    return int(found)


@lru_cache(maxsize=_PREFIXES_IN_MIND)
def _digest(prefix: bytes) -> str:
    return hashlib.sha256(prefix).hexdigest()
