"""Files beside things: a signed order, a letter. They are in the book, and leave it only as copies."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final

from sqlalchemy import func, select

from db.engine import Book
from db.schema import Attachment, File
from desktop.errors import UserError
from desktop.i18n import _, number_text
from desktop.services.beside import require_subject
from desktop.services.change_sets import Change
from desktop.services.changes import change
from desktop.services.files import LARGEST, keep_file, stored_file
from desktop.services.records import found
from desktop.services.subjects import called

_LONGEST_NAME: Final = 120
_LONGEST_ENDING: Final = 20
# Names that are devices on Windows, whatever follows the dot.
_DEVICES: Final = re.compile(r"(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])$")
# What a desktop runs instead of showing it.
_RUN: Final = frozenset(
    [
        ".app",
        ".appimage",
        ".bat",
        ".bash",
        ".cmd",
        ".com",
        ".cpl",
        ".desktop",
        ".dll",
        ".exe",
        ".hta",
        ".htm",
        ".html",
        ".jar",
        ".js",
        ".jse",
        ".lnk",
        ".msc",
        ".msi",
        ".pif",
        ".ps1",
        ".py",
        ".pyw",
        ".reg",
        ".scf",
        ".scr",
        ".sh",
        ".svg",
        ".url",
        ".vb",
        ".vbe",
        ".vbs",
        ".ws",
        ".wsf",
        ".wsh",
        ".xhtml",
    ]
)


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """A file beside a thing; `size` in bytes, `at` UTC text."""

    id: int
    subject: str
    subject_id: int
    name: str
    size: int
    media_type: str
    at: str
    author: str


def attachments(book: Book, subject: str, subject_id: int) -> list[AttachmentRow]:
    """Those of one thing, the newest first; their bytes are not read."""
    query = (
        select(
            Attachment.id,
            Attachment.subject,
            Attachment.subject_id,
            Attachment.name,
            func.length(File.content),
            File.media_type,
            Attachment.at,
            Attachment.author,
        )
        .join(File, File.id == Attachment.file_id)
        .where(Attachment.subject == subject, Attachment.subject_id == subject_id)
        .order_by(Attachment.id.desc())
    )
    with book.reading() as session:
        return [AttachmentRow(*row) for row in session.execute(query)]


def count_attachments(book: Book, subject: str, subject_id: int) -> int:
    """How many files one thing has."""
    with book.reading() as session:
        return int(
            session.connection()
            .exec_driver_sql(
                "SELECT count(*) FROM attachment WHERE subject = ? AND subject_id = ?", (subject, subject_id)
            )
            .scalar_one()
        )


def attach(book: Book, subject: str, subject_id: int, name: str, content: bytes, *, actor: str) -> int:
    """Keep bytes beside a thing, or beside what that was merged into; the attachment's id.

    UserError where it is empty or too large, or lies there under that name already.
    """
    name = safe_name(name)
    with change(book, actor, _("Attach {file}").format(file=name)) as made:
        subject_id = require_subject(made.connection, subject, subject_id)
        made.summary = _("Attach {file} to {thing}").format(
            file=name, thing=called(made.connection, subject, subject_id)
        )
        return attach_within(made, subject, subject_id, name, content)


def attach_within(made: Change, subject: str, subject_id: int, name: str, content: bytes) -> int:
    """As `attach`, within the caller's change; the thing is there."""
    name = safe_name(name)
    file_id = keep_file(made, name, content)
    known = made.session.scalar(
        select(Attachment.id).where(
            Attachment.subject == subject,
            Attachment.subject_id == subject_id,
            Attachment.file_id == file_id,
            Attachment.name == name,
        )
    )
    if known is not None:
        raise UserError(_("{file} lies here already, with the same contents.").format(file=name))
    return made.insert(
        Attachment,
        subject=subject,
        subject_id=subject_id,
        file_id=file_id,
        name=name,
        at=made.at,
        author=made.actor,
    )


def attach_file(book: Book, subject: str, subject_id: int, path: Path, *, actor: str) -> int:
    """As `attach`, from a file on disk. UserError also for a folder and for what cannot be read."""
    return attach(book, subject, subject_id, path.name, read_file(path), actor=actor)


def read_file(path: Path) -> bytes:
    """The bytes of a file that is to be kept. UserError for a folder, what cannot be read, and what is too large."""
    if path.is_dir():
        raise UserError(_("{file} is a folder.").format(file=path.name), _("Choose the files in it."))
    try:
        # A film of some gigabytes is refused before it fills the memory.
        size = path.stat().st_size
        content = path.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        raise UserError(
            _("{file} cannot be read: {reason}.").format(file=path.name, reason=error.strerror or str(error)),
            _("Choose another file."),
        ) from error
    if size > LARGEST:
        raise UserError(
            _("{name} has {size} MB; a book keeps files of at most {most} MB.").format(
                name=path.name, size=number_text(-(-size // 1048576)), most=number_text(LARGEST // 1048576)
            ),
            _("Scan it at a lower resolution, or keep it in a folder."),
        )
    return content


def remove_attachment(book: Book, attachment_id: int, *, actor: str) -> None:
    """Take a file from its thing. Its bytes stay in the book, so that undoing brings it back."""
    with change(book, actor, _("Remove a file")) as made:
        row: Attachment = found(made.session, Attachment, attachment_id, _("The file"))
        made.summary = _("Remove {file} from {thing}").format(
            file=row.name, thing=called(made.connection, row.subject, row.subject_id)
        )
        made.delete(Attachment, attachment_id)


def save_copy(book: Book, attachment_id: int, target: Path) -> Path:
    """Write a copy of a file to `target`. UserError where it cannot be written."""
    _name, content = _content(book, attachment_id)
    return _written(target, content)


def copy_to_look_at(book: Book, attachment_id: int, folder: Path) -> Path:
    """Write a copy that can only be read into a folder of its own below `folder`, for another program to show.

    UserError for what a desktop would run rather than show, and where it cannot be written.
    """
    name, content = _content(book, attachment_id)
    return _to_look_at(folder / str(attachment_id), name, content)


def stored_to_look_at(book: Book, file_id: int, folder: Path) -> Path:
    """As `copy_to_look_at`, of a file that a booking names."""
    file = stored_file(book, file_id)
    return _to_look_at(folder / f"file-{file_id}", safe_name(file.name), file.content)


def _to_look_at(own: Path, name: str, content: bytes) -> Path:
    if PurePosixPath(name).suffix.lower() in _RUN:
        raise UserError(
            _("{file} would be run, not shown.").format(file=name),
            _("Save a copy of it if you know who sent it, and open that."),
        )
    target = own / name
    try:
        own.mkdir(mode=0o700, parents=True, exist_ok=True)
        if target.exists():
            target.chmod(0o600)
    except OSError as error:
        raise _unwritable(target, error) from error
    _written(target, content)
    with suppress(OSError):
        target.chmod(0o400)
    return target


def safe_name(name: str) -> str:
    """The name alone, such as any system can keep: no folders, nothing unprintable, no device, not too long."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    plain = unicodedata.normalize("NFC", last)
    # Marks of direction would show "exe.pdf" for what ends in ".exe".
    plain = "".join(sign for sign in plain if unicodedata.category(sign)[0] != "C" and sign not in '<>:"/\\|?*')
    plain = plain.strip().strip(".").strip()
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > _LONGEST_ENDING:
        stem, ending = plain, ""
    stem = stem.rstrip()
    if _DEVICES.match(stem.split(".")[0].strip()):
        stem = f"_{stem}"
    stem = stem[: _LONGEST_NAME - len(ending)].rstrip() or _("File")
    return f"{stem}.{ending}" if ending else stem


def _content(book: Book, attachment_id: int) -> tuple[str, bytes]:
    with book.reading() as session:
        row: Attachment = found(session, Attachment, attachment_id, _("The file"))
        name, file_id = row.name, row.file_id
    # The name may have come into the book by another hand than this program's.
    return safe_name(name), stored_file(book, file_id).content


def _written(target: Path, content: bytes) -> Path:
    try:
        target.write_bytes(content)
    except OSError as error:
        raise _unwritable(target, error) from error
    return target


def _unwritable(target: Path, error: OSError) -> UserError:
    return UserError(
        _("{file} cannot be written: {reason}.").format(file=target.name, reason=error.strerror or str(error)),
        _("Choose another folder."),
    )
