"""Proves an archive: every file is there and none more, every byte as it was written, and the manifest adds up.

Nothing is unpacked, and nothing is believed before it is checked: an archive may come from anyone.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO, Final
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from db.engine import Book
from db.queries import archive as queries
from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.services.archive.container import CHUNK, Entry, Mark, directory, dos_day, header
from desktop.services.archive.manifest import (
    MANIFEST,
    SUMS,
    Manifest,
    ManifestProblem,
    read_manifest,
    sums_text,
    totals,
)

Report = Callable[[int, int, str], None]

# A manifest of a hundred thousand documents has some 60 MB.
_LARGEST_MANIFEST: Final = 500_000_000
_AT_ONCE: Final = 500
_LONGEST_NAME: Final = 1_000
_LARGEST_FILE: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and what is wrong in sentences; none where the archive is as it was written.

    `run` is empty for a span of days; `seals` tells how many documents were compared with the book, None without one.
    """

    documents: int
    files: int
    run: str
    totals: Mapping[str, object]
    seals: int | None
    problems: tuple[str, ...]


def verify_archive(path: Path, book: Book | None = None, report: Report | None = None) -> Verified:
    """Prove an archive, with a book also that its documents are those of the book.

    UserError where the file cannot be read or is no archive of this kind at all; what is wrong with one that is comes
    as problems. `report` may raise to stop.
    """
    heard = report or (lambda _done, _total, _text: None)
    try:
        with path.open("rb") as file:
            infos = _infos(path, file)
            return _verified(path, file, infos, book, heard)
    except OSError as error:
        raise UserError(
            _("{path} cannot be read: {reason}.").format(path=path, reason=error.strerror or error),
            _("Check that it is a file and that you may read it."),
        ) from error


def _infos(path: Path, file: BinaryIO) -> Sequence[ZipInfo]:
    """The archive's list of files, with names and sizes that are safe to go on with."""
    try:
        with ZipFile(file) as archive:
            infos = archive.infolist()
    except (BadZipFile, ValueError, NotImplementedError, OverflowError, EOFError, struct.error) as error:
        raise _refused(path, _("it is cut off or damaged, or no ZIP at all")) from error
    size = path.stat().st_size
    names: set[str] = set()
    for info in infos:
        name = info.filename
        if _leaves(name):
            raise _refused(path, _("the path “{name}” in it leads out of its folder").format(name=name))
        if info.compress_type != ZIP_STORED or info.compress_size != info.file_size:
            raise _refused(path, _("“{name}” in it is packed, which Sheaf's archives never are").format(name=name))
        if name.casefold() in names:
            raise _refused(path, _("“{name}” is in it twice").format(name=name))
        names.add(name.casefold())
    if sum(info.file_size for info in infos) > size or any(info.file_size >= _LARGEST_FILE for info in infos):
        raise _refused(path, _("its files claim to be larger than the archive"))
    if MANIFEST not in {info.filename for info in infos}:
        raise _refused(path, _("it has no {manifest}").format(manifest=MANIFEST))
    return infos


def _leaves(name: str) -> bool:
    """Whether a path is none that stays below the folder that it is unpacked into, on any system."""
    if len(name.encode(errors="replace")) > _LONGEST_NAME:
        return True
    parts = name.split("/")
    return any(part in ("", ".", "..") for part in parts) or any(sign in name for sign in ("\\", ":", "\x00"))


def _verified(path: Path, file: BinaryIO, infos: Sequence[ZipInfo], book: Book | None, report: Report) -> Verified:
    problems: list[str] = []
    places, misplaced = _places(file, infos, path.stat().st_size)
    if misplaced:
        problems.append(misplaced)
    marks: dict[str, Mark] = {}
    for done, info in enumerate(infos):
        if done % 50 == 0:
            report(done, len(infos), _("Verifying files"))
        mark, crc = _read(file, places[info.filename], info)
        marks[mark.path] = mark
        if crc != info.CRC:
            problems.append(_("“{name}” was changed: its checksum is wrong.").format(name=mark.path))
    manifest = _manifest(path, file, places[MANIFEST], marks[MANIFEST])
    problems += _differences(manifest, marks)
    problems += _sums_problem(file, places, marks)
    problems += _inconsistencies(manifest, infos)
    seals = None
    if book is not None:
        report(0, 0, _("Comparing with the book"))
        seals, different = _against(book, manifest)
        problems += different
    return Verified(len(manifest.documents), len(infos), manifest.run, manifest.totals, seals, tuple(problems))


def _places(file: BinaryIO, infos: Sequence[ZipInfo], size: int) -> tuple[dict[str, int], str]:
    """Where each file's content begins, and what is wrong with the bytes between the files.

    Everything that stands there follows from the files' names, sizes and checksums and one day.
    """
    year, month, day = infos[0].date_time[:3]
    try:
        written = dos_day(date(year, month, day))
    except ValueError:
        written = 0
    entries, places = [], {}
    at, sound = 0, True
    for info in infos:
        entry = Entry(info.filename, info.file_size, info.CRC, at)
        begun = header(entry, written)
        file.seek(at)
        sound = sound and file.read(len(begun)) == begun
        places[info.filename] = at + len(begun)
        entries.append(entry)
        at += len(begun) + info.file_size
    file.seek(at)
    for piece in directory(entries, written, at):
        sound = sound and file.read(len(piece)) == piece
        at += len(piece)
    if sound and at == size:
        return places, ""
    return places, _("The archive was changed between its files, or packed anew: it is not as it was written.")


def _read(file: BinaryIO, place: int, info: ZipInfo) -> tuple[Mark, int]:
    file.seek(place)
    digest, crc, left = hashlib.sha256(), 0, info.file_size
    while left and (piece := file.read(min(left, CHUNK))):
        digest.update(piece)
        crc = zlib.crc32(piece, crc)
        left -= len(piece)
    return Mark(info.filename, info.file_size - left, digest.hexdigest()), crc


def _manifest(path: Path, file: BinaryIO, place: int, mark: Mark) -> Manifest:
    if mark.size > _LARGEST_MANIFEST:
        raise _refused(path, _("its {manifest} is too large to be one").format(manifest=MANIFEST))
    file.seek(place)
    try:
        return read_manifest(file.read(mark.size))
    except ManifestProblem as problem:
        raise _refused(path, _("its {manifest} cannot be read").format(manifest=MANIFEST)) from problem


def _differences(manifest: Manifest, marks: Mapping[str, Mark]) -> Iterator[str]:
    listed = {one["path"]: one for one in manifest.files}
    if len(listed) != len(manifest.files):
        yield _("The manifest lists a file twice.")
    for path, one in listed.items():
        mark = marks.get(path)
        if mark is None:
            yield _("“{name}” is missing.").format(name=path)
        elif mark.size != one["bytes"]:
            yield _("“{name}” has {size} bytes, and had {wanted}.").format(
                name=path, size=number_text(mark.size), wanted=number_text(one["bytes"])
            )
        elif mark.sha256 != one["sha256"]:
            yield _("“{name}” was changed: its SHA-256 is not that of the manifest.").format(name=path)
    for path in marks:
        if path not in listed and path not in (MANIFEST, SUMS):
            yield _("“{name}” is in the archive and not in its manifest.").format(name=path)


def _sums_problem(file: BinaryIO, places: Mapping[str, int], marks: Mapping[str, Mark]) -> Iterator[str]:
    if SUMS not in marks:
        yield _("“{name}” is missing.").format(name=SUMS)
        return
    file.seek(places[SUMS])
    wanted = sums_text(mark for path, mark in marks.items() if path != SUMS)
    if file.read(marks[SUMS].size) != wanted:
        yield _("{name} does not agree with the files.").format(name=SUMS)


def _inconsistencies(manifest: Manifest, infos: Sequence[ZipInfo]) -> Iterator[str]:
    listed = {one["path"] for one in manifest.files}
    numbers: set[str] = set()
    owned: set[str] = set()
    for one in manifest.documents:
        if one["number"] in numbers:
            yield _("The manifest lists {number} twice.").format(number=one["number"])
        numbers.add(one["number"])
        if not any(path.startswith("documents/") for path in one["files"]):
            yield _("{number} has no document in the archive.").format(number=one["number"])
        for path in one["files"]:
            if path not in listed:
                yield _("The manifest does not list “{name}”, a file of {number}.").format(
                    name=path, number=one["number"]
                )
        owned.update(one["files"])
    for path in sorted(listed):
        if path.startswith(("documents/", "xml/")) and path not in owned:
            yield _("“{name}” belongs to no document of the manifest.").format(name=path)
    if manifest.totals != totals(manifest.documents):
        yield _("The totals of the manifest are not the sums of its documents.")
    if manifest.date != "-".join(f"{part:02}" for part in infos[0].date_time[:3]):
        yield _("The manifest is not of the archive's day.")


def _against(book: Book, manifest: Manifest) -> tuple[int, list[str]]:
    """How many documents have the book's seal, and what differs from it."""
    problems: list[str] = []
    agreed = 0
    with book.reading() as session:
        connection = session.connection()
        for start in range(0, len(manifest.documents), _AT_ONCE):
            some = manifest.documents[start : start + _AT_ONCE]
            known = queries.documents_named(connection, [one["number"] for one in some])
            for one in some:
                told = known.get(one["number"])
                if told is None:
                    problems.append(_("{number} is not in the book.").format(number=one["number"]))
                elif told != tuple(one[name] for name in queries.NAMED):
                    problems.append(_("{number} is another one in the book.").format(number=one["number"]))
                else:
                    agreed += 1
        if manifest.run:
            issued = set(queries.numbers_of_run(connection, manifest.run))
            missing = len(issued - {one["number"] for one in manifest.documents})
            if missing:
                words = ngettext(
                    "{count} document of run {run} is in the book and not in the archive.",
                    "{count} documents of run {run} are in the book and not in the archive.",
                    missing,
                )
                problems.append(words.format(count=number_text(missing), run=manifest.run))
    return agreed, problems


def _refused(path: Path, why: str) -> UserError:
    return UserError(
        _("{file} is no archive that can be trusted: {why}.").format(file=path.name, why=why),
        _("Ask for it again from who wrote it."),
    )
