"""Statements that another program lays into a folder: each is taken in and moved aside, so that it comes in once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import Final

from db.engine import Book
from desktop.errors import UserError
from desktop.services.bank.statements import take_in
from desktop.services.runs.scope import Report
from desktop.services.sandbox.refusing import refuse_in_sandbox
from desktop.services.watching import DONE, REFUSED, check_folder

# How the writers of files call what is not whole, and what they lay beside an open one.
_UNFINISHED: Final = (".", "~$")
_UNFINISHED_ENDINGS: Final = frozenset({".part", ".tmp", ".crdownload", ".download", ".filepart"})


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that could not be taken in, or not whole, and why; it lies in the folder of refused ones now."""

    name: str
    problem: str


@dataclass(frozen=True, slots=True)
class FolderTaken:
    """So many files were looked at; `new` lines came in by them."""

    files: int
    new: int
    refused: tuple[RefusedFile, ...]


def take_in_folder(book: Book, folder: Path, *, actor: str, today: date, report: Report) -> FolderTaken:
    """Take in each file of a folder, by name, and move it aside. UserError where the folder cannot be used.

    What cannot be moved stays, and what is in the book already comes in no second time.
    """
    refuse_in_sandbox(book)
    files = sorted(path for path in check_folder(folder).iterdir() if _is_offered(path))
    new = 0
    refused: list[RefusedFile] = []
    for at, path in enumerate(files):
        report(at, len(files), path.name)
        problem = ""
        try:
            taken = take_in(book, [path], actor=actor, today=today)
            new += taken.new
            problem = " ".join(f"{one.problem} {one.remedy}".strip() for one in taken.rejected[:1])
        except UserError as error:
            problem = str(error)
        if problem:
            refused.append(RefusedFile(path.name, problem))
        _move(path, REFUSED if problem else DONE)
    return FolderTaken(len(files), new, tuple(refused))


def _is_offered(path: Path) -> bool:
    unfinished = path.name.startswith(_UNFINISHED) or path.suffix.lower() in _UNFINISHED_ENDINGS
    return not unfinished and path.is_file() and path.stat().st_size > 0


def _move(path: Path, name: str) -> None:
    aside = path.parent / name
    try:
        aside.mkdir(exist_ok=True)
        names = (path.name if number == 1 else f"{path.stem} ({number}){path.suffix}" for number in count(1))
        path.rename(next(aside / one for one in names if not (aside / one).exists()))
    except OSError:
        return
