"""One call of a command: its arguments, where its answer goes, and the book that it works on."""

from __future__ import annotations

import argparse
import getpass
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from desktop.cli.progress import Progress
from desktop.cli.signing import signed_in
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.text_files import file_text

if TYPE_CHECKING:
    from db.engine import Book
    from desktop.domain.access import Vouched
    from desktop.services.handover import Answer


@dataclass(slots=True)
class Call:
    """`folder` is where relative paths start. `held` is the book that this process has open already, if any,
    and `ask` puts a question to the process that handed the command over."""

    arguments: argparse.Namespace
    out: TextIO
    err: TextIO
    folder: Path
    progress: Progress
    held: Book | None = None
    ask: Answer | None = None
    vouched: Vouched | None = None

    @property
    def clock(self) -> datetime:
        """The time on the wall, without a zone."""
        return datetime.now()

    @property
    def today(self) -> date:
        return self.clock.date()

    @property
    def now(self) -> str:
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def actor(self) -> str:
        """Who does it: the person named by --as, else the one who is logged in."""
        named = getattr(self.arguments, "actor", None)
        if named:
            return str(named)
        with suppress(OSError, KeyError, ImportError):
            return getpass.getuser()
        return "?"

    def path(self, text: str) -> Path:
        return Path(os.path.normpath(self.folder / Path(text).expanduser()))

    @contextmanager
    def book(self, *, signed: bool = True) -> Iterator[Book]:
        """The book that the command names, closed afterwards unless this process held it.

        Where its people sign in, so does whoever the command is for. Without `signed` nobody does: it acts by the
        rights of others, as a schedule does.
        """
        path = self.path(self.arguments.book)
        if self.held is not None and _same_file(self.held.path, path):
            yield signed_in(self, self.held.acting(self.held.signed_in)) if signed else self.held
            return
        with self._open(path) as book:
            for warning in book.warnings:
                self.say(warning)
            yield signed_in(self, book) if signed else book
            if not self.arguments.reads_only:
                from desktop.services.backups.making import back_up_after_command

                back_up_after_command(book, now=datetime.now(UTC))

    def _open(self, path: Path) -> Book:
        from db.book_files import open_book
        from desktop.cli.unlocking import driver_or_ask

        driver = driver_or_ask(self, path)
        try:
            return open_book(path, report=self.progress, driver=driver)
        except UserError:
            if not self.arguments.reads_only:
                raise
            # What only reads works beside another command, and on a medium that takes no writing.
            with suppress(UserError):
                return open_book(path, read_only=True, driver=driver)
            raise

    def answer(self, data: object, text: Callable[[], str]) -> None:
        """Print the answer: `data` as one JSON object with --json, else `text` for people."""
        self.progress.clear()
        if self.arguments.json:
            # A code page that lacks a letter must not spoil what a program reads.
            plain = (getattr(self.out, "encoding", None) or "utf-8").lower().replace("-", "") != "utf8"
            shown = json.dumps(data, ensure_ascii=plain, default=_json_value)
        else:
            shown = text()
        if shown:
            self.out.write(shown + "\n")
            self.out.flush()

    def say(self, sentence: str) -> None:
        """A sentence beside the answer, on stderr."""
        self.progress.clear()
        self.err.write(sentence + "\n")
        self.err.flush()

    def read_text(self, text: str) -> tuple[str, str]:
        """A file's text, or standard input for "-", and what to call it. Raises UserError."""
        if text == "-":
            import sys

            return sys.stdin.read(), _("standard input")
        path = self.path(text)
        return file_text(path), str(path)


def _json_value(value: object) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
