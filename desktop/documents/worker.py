"""What a rendering process does: documents in, files out. Loads neither Qt nor the book, nor Babel or ReportLab."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import io
import os
import pickle
import traceback
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from multiprocessing.connection import Connection
from operator import attrgetter
from typing import Any, NamedTuple

from desktop.documents.composer import Press
from desktop.documents.forms import einvoice, enclosed
from desktop.documents.glyphs import Tier
from desktop.documents.pdffile import Frame
from desktop.documents.setting import Setting
from desktop.domain.document import BankAccount, Document, DocumentLine, DocumentTax, Party, Registration

PART = ".part"
"""What the name of an unfinished file ends with."""
PACKING = 1
"""How hard zlib packs what a book keeps: half of the bytes in a tenth of a millisecond; packing harder takes off a
twentieth more."""

# What a document shares with others, if it has pages, and its own.
_Made = tuple[Frame | None, bytes]


class Task(NamedTuple):
    """Some documents of a batch: the settings and tiers that the process has not seen, and for each document its
    setting's number, the name of its file and its form. E-invoices without paper have no setting. Without a folder the
    files come back through the pipe."""

    settings: dict[int, Setting]
    tiers: Sequence[Tier]
    folder: str | None
    documents: Sequence[tuple[int | None, str, Document, str]]


class Pieces(NamedTuple):
    """Files of a task without a folder: for each the digest of its prefix (empty where it has none), what follows the
    prefix, the SHA-256 of the whole, and what follows as a book keeps it. A process sends a prefix once."""

    prefixes: dict[str, bytes]
    files: list[tuple[str, bytes, str, bytes]]


def _reduced(kind: Any) -> Any:
    values = attrgetter(*[field.name for field in fields(kind)])
    return lambda value: (kind, values(value))


# Dataclasses with slots are pickled field by field in Python, on both sides. By their constructor it takes a third.
_REDUCERS: Any = {
    kind: _reduced(kind) for kind in (BankAccount, Document, DocumentLine, DocumentTax, Party, Registration)
}


def packed(task: Task) -> bytes:
    """The task for the pipe."""
    stream = io.BytesIO()
    pickler = pickle.Pickler(stream, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = _REDUCERS
    pickler.dump(task)
    return stream.getvalue()


def serve(pipe: Connection) -> None:
    """The life of a rendering process: the basic tier first, then tasks until the pipe closes.

    Answers with checksum and size of each file or with Pieces, with the OSError that kept one from being written, or
    with the traceback of a bug.
    """
    settings: dict[int, Setting] = {}
    told: set[str] = set()
    # What was loaded stays, and a document leaves next to nothing behind: looking every few objects is for nothing.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    with contextlib.suppress(EOFError, ConnectionError, KeyboardInterrupt):
        press = Press(pickle.loads(pipe.recv_bytes()))
        while True:
            task: Task = pickle.loads(pipe.recv_bytes())
            settings.update(task.settings)
            press.learn(task.tiers)
            answer: object
            try:
                made = _all_made(press, task, settings)
                if task.folder is None:
                    answer = _pieces((piece for _name, piece in made), told)
                else:
                    answer = [write(task.folder + os.sep + name, *piece) for name, piece in made]
            except OSError as problem:
                answer = problem
            except Exception:
                answer = traceback.format_exc()
            pipe.send(answer)


def _all_made(press: Press, task: Task, known: Mapping[int, Setting]) -> Iterator[tuple[str, _Made]]:
    for number, name, document, form in task.documents:
        yield name, _made(press, document, form, None if number is None else known[number])


def _made(press: Press, document: Document, form: str, setting: Setting | None) -> _Made:
    if setting is None:
        return None, einvoice(document, form)
    return press.compose(document, setting, enclosed(document, form))


def _pieces(made: Iterable[_Made], told: set[str]) -> Pieces:
    prefixes: dict[str, bytes] = {}
    files = []
    for frame, own in made:
        if frame is None:
            files.append(("", own, hashlib.sha256(own).hexdigest(), zlib.compress(own, PACKING)))
            continue
        digest = frame.prefix.digest
        if digest not in told:
            told.add(digest)
            prefixes[digest] = frame.prefix.data
        rest = frame.data + own
        files.append((digest, rest, frame.checksum(own), zlib.compress(rest, PACKING)))
    return Pieces(prefixes, files)


def write(path: str, frame: Frame | None, own: bytes, *, lasting: bool = False) -> tuple[str, int]:
    """Write a file that is there whole or not at all; gives its SHA-256 and its size. Without a frame it is alone.

    What is `lasting` has reached the disk before its name does.
    """
    unfinished = path + PART
    data = own if frame is None else b"".join((frame.prefix.data, frame.data, own))
    # Plain functions of the system: pathlib's cost as much as setting a paragraph.
    try:
        file = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(file, rest) :]
            if lasting:
                os.fsync(file)
        finally:
            os.close(file)
        os.replace(unfinished, path)  # noqa: PTH105
    except BaseException as problem:
        with contextlib.suppress(OSError):
            os.unlink(unfinished)  # noqa: PTH108
        if isinstance(problem, OSError) and not problem.filename:
            # A full disk is noticed while writing, where the system names no file.
            problem.filename = path
        raise
    return (hashlib.sha256(own).hexdigest() if frame is None else frame.checksum(own)), len(data)
