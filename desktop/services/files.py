"""Bytes kept in the book: logos, signed contracts, attachments. The same bytes are kept once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import PurePath

from sqlalchemy import select

from db.engine import Book
from db.schema import File
from desktop.errors import UserError
from desktop.i18n import _, number_text
from desktop.services.changes import Change
from desktop.services.records import found

# A book is copied whole for each backup; scans beyond this belong into a folder.
LARGEST = 20 * 1024 * 1024

_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"PK\x03\x04", "application/zip"),
)
_OFFICE = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".odt": "application/vnd.oasis.opendocument.text",
}


@dataclass(frozen=True, slots=True)
class StoredFile:
    id: int
    name: str
    media_type: str
    content: bytes = field(repr=False)


def media_type(name: str, content: bytes) -> str:
    """By what the bytes start with; the name only tells office documents apart."""
    for start, kind in _SIGNATURES:
        if content.startswith(start):
            if kind == "application/zip":
                return _OFFICE.get(PurePath(name).suffix.lower(), kind)
            return kind
    try:
        content[:4096].decode("utf-8")
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "text/plain"


def keep_file(change: Change, name: str, content: bytes) -> int:
    """The id of the file with these bytes, kept within the caller's change. UserError when empty or too large."""
    if not content:
        raise UserError(_("{name} is empty.").format(name=name), _("Choose another file."))
    if len(content) > LARGEST:
        raise UserError(
            _("{name} has {size} MB; a book keeps files of at most {most} MB.").format(
                name=name, size=number_text(round(len(content) / 1048576)), most=number_text(LARGEST // 1048576)
            ),
            _("Scan it at a lower resolution, or keep it in a folder."),
        )
    digest = hashlib.sha256(content).hexdigest()
    known = change.session.scalar(select(File.id).where(File.sha256 == digest))
    if known is not None:
        return known
    return change.insert(
        File, sha256=digest, name=PurePath(name).name, media_type=media_type(name, content), content=content
    )


def stored_file(book: Book, file_id: int) -> StoredFile:
    with book.reading() as session:
        row: File = found(session, File, file_id, _("The file"))
        return StoredFile(row.id, row.name, row.media_type, row.content)
