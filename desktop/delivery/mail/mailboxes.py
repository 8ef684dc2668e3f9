"""Mails in files: one a file (.eml, .emlx), many a file (mbox), a Maildir, or a folder with any of these."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from desktop.delivery.mail.parts import LARGEST
from desktop.errors import UserError
from desktop.i18n import _

_SINGLE: Final = (".eml", ".emlx")
_MANY: Final = (".mbox", ".mbx")
_MBOX: Final = b"From "
_LONGEST_LINE: Final = 1 << 16


def mails_in(path: Path) -> Iterator[bytes]:
    """Each mail's beginning, as much as is looked at (LARGEST). UserError where there is nothing to read.

    Of a folder, what is no mail by its name or its first line is left alone.
    """
    try:
        if path.is_dir():
            found = False
            for one in _files(path):
                found = True
                yield from _mails_of(one)
            if not found:
                raise UserError(
                    _("{path} has no mails.").format(path=path.name or path),
                    _("Choose .eml or mbox files, a Maildir, or a folder with these."),
                )
        else:
            yield from _mails_of(path)
    except OSError as error:
        raise UserError(
            _("{path} cannot be read: {reason}").format(path=path.name, reason=error.strerror or error),
            _("Check the path, and that you may read it."),
        ) from error


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        here = Path(place)
        # A mail in `tmp` of a Maildir is not delivered yet.
        whole = here.name in ("new", "cur") and (here.parent / "tmp").is_dir()
        if (here / "cur").is_dir() and "tmp" in folders:
            folders.remove("tmp")
        for name in sorted(names):
            path = here / name
            if name.startswith(".") or not path.is_file():
                continue
            if whole or path.suffix.lower() in (*_SINGLE, *_MANY) or _is_mbox(path):
                yield path


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_MBOX)) == _MBOX


def _mails_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        if path.suffix.lower() == ".emlx":
            # Apple's files begin with the mail's size.
            file.readline(_LONGEST_LINE)
            yield file.read(LARGEST)
            return
        start = file.read(len(_MBOX))
        file.seek(0)
        if start == _MBOX:
            yield from _mbox(file)
        elif start:
            yield file.read(LARGEST)


def _mbox(file: BinaryIO) -> Iterator[bytes]:
    pieces: list[bytes] = []
    size = 0
    blank = True
    begun = False
    while line := file.readline(_LONGEST_LINE):
        if blank and line.startswith(_MBOX):
            if begun and pieces:
                yield b"".join(pieces)
            pieces, size, begun = [], 0, True
        elif size < LARGEST:
            pieces.append(line)
            size += len(line)
        blank = not line.strip()
    if begun and pieces:
        yield b"".join(pieces)
