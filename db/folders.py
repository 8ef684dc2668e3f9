"""Folders that are bad places for a book: other computers and programs write into them behind our back."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from desktop.i18n import _

_SYNCHRONISED = (
    "dropbox",
    "onedrive",
    "google drive",
    "googledrive",
    "icloud",
    "mobile documents",
    "nextcloud",
    "owncloud",
    "syncthing",
    "sync",
    "pcloud",
    "seafile",
    "box sync",
)
# What a synchroniser leaves in the folders that it watches.
_MARKS = (".stfolder", ".dropbox", ".dropbox.cache", ".sync_journal.db", ".owncloudsync.log", "desktop.ini.onedrive")
_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "webdav", "davfs", "fuse.sshfs", "9p", "ncpfs"})


def folder_warning(book: Path) -> tuple[str, ...]:
    """A sentence if the book lies on a network drive or in a synchronised folder; a guess by names and marks."""
    folder = book.resolve().parent
    if service := _synchronised(folder):
        return (
            _(
                "The book lies in a folder that {service} synchronises. Work with it on one computer at a time and "
                "close it before the folder synchronises; a backup into that folder is the safer way."
            ).format(service=service),
        )
    if _on_network(folder):
        return (
            _(
                "The book lies on a network drive. Locks do not always work there: open it on one computer at a time, "
                "and keep backups elsewhere."
            ),
        )
    return ()


def _synchronised(folder: Path) -> str:
    for part in (folder, *folder.parents):
        name = part.name.lower()
        for service in _SYNCHRONISED:
            # "OneDrive - Example Ltd" is how companies name theirs.
            if name == service or name.startswith((f"{service} ", f"{service}-")):
                return part.name
        if any((part / mark).exists() for mark in _MARKS):
            return part.name
    return ""


def _on_network(folder: Path) -> bool:
    if sys.platform == "win32":
        import ctypes

        if str(folder).startswith("\\\\"):
            return True
        remote = 4
        return bool(ctypes.windll.kernel32.GetDriveTypeW(folder.drive + "\\") == remote)
    # Other systems have no such list and say nothing.
    return _mounted_as(folder, Path("/proc/self/mounts")) in _NETWORK


def _mounted_as(folder: Path, mounts: Path) -> str:
    """The file system of the mount that holds the folder."""
    best, kind = "", ""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        inside = str(folder) == point or str(folder).startswith(point.rstrip(os.sep) + os.sep)
        if inside and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind
