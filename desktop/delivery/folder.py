"""Puts files into a folder: each is there whole or not at all, none takes another's place, and none is there twice."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from desktop.domain.file_names import same_name
from desktop.domain.wording import Said, phrase

_PART: Final = ".part"
_MOST_OF_ONE_NAME: Final = 1_000
_OF_ONE_PLACE: Final = (
    errno.EACCES,
    errno.EPERM,
    errno.EEXIST,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.ENAMETOOLONG,
    errno.EINVAL,
    errno.EILSEQ,
    errno.ELOOP,
)


class NotFiled(Exception):
    """A folder that took no file, and why; what it had is as it was."""

    def __init__(self, said: Said) -> None:
        super().__init__(said)
        self.said = said


class PlaceTaken(NotFiled):
    """Only this file found no place; the others may."""


class Folder:
    """A folder that is there. NotFiled where it is not: a folder is never made up, its disk may be unplugged."""

    def __init__(self, root: Path) -> None:
        self.root = root
        # What each folder within has, by the names that some system takes for one.
        self._names: dict[Path, dict[str, str]] = {}
        if not root.is_absolute():
            raise NotFiled(phrase("The folder “{folder}” is not a whole path.", folder=str(root)))
        try:
            there = root.is_dir()
        except OSError as error:
            raise _not_filed(root, error) from error
        if not there:
            raise NotFiled(phrase("The folder “{folder}” is not there.", folder=str(root)))

    def put(self, place: Sequence[str], content: bytes) -> Path:
        """The path of the file that has this content: at its place, or with a number where another file stands there.

        `place` are the names from `naming.place_of`. The same content again is not written again. The file survives a
        power cut once this returns. Raises NotFiled, as PlaceTaken where the folder takes other files.
        """
        *folders, name = place
        if not name or any(one in ("", ".", "..") or "/" in one or os.sep in one for one in place):
            raise ValueError(f"{place} is no place within a folder")
        folder = self.root
        try:
            for one in folders:
                folder = self._below(folder, one)
            return self._filed(folder, name, content)
        except OSError as error:
            # What is believed to be there may have been taken away.
            self._names.clear()
            refusal = _not_filed(folder / name, error)
            raise PlaceTaken(refusal.said) if self._serves(error) else refusal from error

    def _serves(self, error: OSError) -> bool:
        """Whether what went wrong is only of a place within, and not of the whole folder or its disk."""
        if error.errno not in _OF_ONE_PLACE:
            return False
        try:
            handle, probe = tempfile.mkstemp(_PART, dir=self.root)
            os.close(handle)
            Path(probe).unlink()
        except OSError:
            return False
        return True

    def _below(self, folder: Path, name: str) -> Path:
        found = self._listed(folder)
        key = same_name(name)
        if key not in found:
            (folder / name).mkdir(exist_ok=True)
            _sync(folder)
            found[key] = name
        return folder / found[key]

    def _filed(self, folder: Path, name: str, content: bytes) -> Path:
        names = self._listed(folder)
        stem, ending = Path(name).stem, Path(name).suffix
        for number in range(1, _MOST_OF_ONE_NAME):
            wanted = name if number == 1 else f"{stem}-{number}{ending}"
            standing = names.get(same_name(wanted))
            if standing is None and _put_new(folder / wanted, content):
                names[same_name(wanted)] = wanted
                return folder / wanted
            path = folder / (standing or wanted)
            if _holds(path, content):
                names[same_name(wanted)] = path.name
                return path
        raise PlaceTaken(phrase("“{file}” is there a thousand times.", file=str(folder / name)))

    def _listed(self, folder: Path) -> dict[str, str]:
        found = self._names.get(folder)
        if found is None:
            found = self._names[folder] = {same_name(one.name): one.name for one in folder.iterdir()}
        return found


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content


def _put_new(path: Path, content: bytes) -> bool:
    """Write a new file; False where one of that name has come into being meanwhile."""
    unfinished = path.with_name(path.name + _PART)
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if not _named(unfinished, path):
            return False
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
    _sync(path.parent)
    return True


def _named(unfinished: Path, path: Path) -> bool:
    """Give a finished file its name unless another has it."""
    try:
        # A link is refused where the name is taken; a renaming would replace what has it.
        path.hardlink_to(unfinished)
    except FileExistsError:
        return False
    except OSError:
        # Sticks and shares know no links.
        if path.exists():
            return False
        unfinished.replace(path)
    return True


def _sync(folder: Path) -> None:
    """Only then does a new name survive a power cut; Windows has no such call, and some shares refuse it."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            with contextlib.suppress(OSError):
                os.fsync(handle)
        finally:
            os.close(handle)


def _not_filed(path: Path, error: OSError) -> NotFiled:
    where = str(path.parent)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NotFiled(phrase("The disk of the folder “{folder}” is full.", folder=where))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return NotFiled(phrase("The folder “{folder}” lets nobody write into it.", folder=where))
    if error.errno in (errno.ENOENT, errno.ESTALE, errno.EIO, errno.ENODEV, errno.ENXIO):
        return NotFiled(phrase("The folder “{folder}” was taken away meanwhile.", folder=where))
    return NotFiled(
        phrase("“{file}” cannot be written: {reason}.", file=str(path), reason=error.strerror or str(error))
    )
