"""What a rendering process does: documents in, files out. Loads neither Qt nor the book, nor Babel or ReportLab."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import io
import os
import pickle
import traceback
from collections.abc import Iterator, Mapping, Sequence
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


class Task(NamedTuple):
    """Some documents of a batch: the settings and tiers that the process has not seen, and for each document its
    setting's number and the name of its file. E-invoices without paper have no setting."""

    form: str
    settings: dict[int, Setting]
    tiers: Sequence[Tier]
    folder: str
    documents: Sequence[tuple[int | None, str, Document]]


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

    Answers with checksum and size of each file, with the OSError that kept one from being written, or with the
    traceback of a bug.
    """
    settings: dict[int, Setting] = {}
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
                answer = [
                    write(task.folder + os.sep + name, *_made(press, document, task.form, setting))
                    for setting, name, document in _with_settings(task, settings)
                ]
            except OSError as problem:
                answer = problem
            except Exception:
                answer = traceback.format_exc()
            pipe.send(answer)


def _with_settings(task: Task, known: Mapping[int, Setting]) -> Iterator[tuple[Setting | None, str, Document]]:
    for number, name, document in task.documents:
        yield None if number is None else known[number], name, document


def _made(press: Press, document: Document, form: str, setting: Setting | None) -> tuple[Frame | None, bytes]:
    if setting is None:
        return None, einvoice(document, form)
    return press.compose(document, setting, enclosed(document, form))


def write(path: str, frame: Frame | None, own: bytes) -> tuple[str, int]:
    """Write a file that is there whole or not at all; gives its SHA-256 and its size. Without a frame it is alone."""
    unfinished = path + PART
    data = own if frame is None else b"".join((frame.prefix.data, frame.data, own))
    # Plain functions of the system: pathlib's cost as much as setting a paragraph.
    try:
        file = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(file, rest) :]
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
