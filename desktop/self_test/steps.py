"""What the program does for a firm, done once for a small one. Each step says what it saw, or raises."""

from __future__ import annotations

import lzma
import sqlite3
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from desktop import paths, secrets
from desktop.errors import UserError
from desktop.i18n import _

if TYPE_CHECKING:
    from db.cipher import Key

_CLIENTS = 12
_ACTOR = "self-test"
# A number that is right and one that has a digit wrong, of countries whose rules lie in modules of their own.
_TAX_IDS = (
    ("DE", "DE136695976", "DE136695977"),
    ("FR", "FR40303265045", "FR41303265045"),
    ("IN", "27AAPFU0939F1ZV", "27AAPFU0939F1ZX"),
    ("CH", "CHE-100.155.212 MWST", "CHE-100.155.213 MWST"),
)


class Bench:
    """The folder of the self-test, and what one step leaves for the next."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.book = folder / "sample.sheaf"
        self.run = ""
        self.key: Key | None = None

    def clear(self) -> None:
        """Take what was put outside the folder away again: the key in the keyring."""
        if self.key is not None:
            from desktop.services.encryption.opening import secret_name

            with suppress(secrets.NoKeyring):
                secrets.forget(secret_name(self.key.salt))


class Failed(Exception):
    """A step saw something else than it should have."""


def own_version() -> str:
    try:
        return version("sheaf")
    except PackageNotFoundError:
        return ""


def _program(_bench: Bench) -> str:
    if not own_version():
        raise Failed(_("the program does not know its own version"))
    where = _("a program of its own") if getattr(sys, "frozen", False) else _("from source")
    return _("version {version}, {where}, SQLite {sqlite}").format(
        version=own_version(), where=where, sqlite=sqlite3.sqlite_version
    )


def _sample(bench: Bench) -> str:
    from desktop.services.sample import make_sample

    made = make_sample(bench.book, today=date.today(), clients=_CLIENTS)
    return _("{clients} clients and {invoices} invoices of a year").format(clients=made.clients, invoices=made.invoices)


def _bill(bench: Bench) -> str:
    from desktop.services.books import open_
    from desktop.services.runs import bill

    with open_(bench.book) as book:
        today = date.today()
        result = bill(book, through=today, issue_date=today, actor=_ACTOR, now=book.now)
    if not result.invoices:
        raise Failed(_("the run issued nothing"))
    bench.run = result.run
    return _("run {run} issued {count}").format(run=result.run, count=len(result.invoices))


def _render(bench: Bench) -> str:
    from pypdfium2 import PdfDocument

    from desktop.services.books import open_
    from desktop.services.document_files import render

    with open_(bench.book) as book:
        written = render(book, bench.folder / "invoices", run=bench.run)
    for one in written:
        document = PdfDocument(one.path)
        text = "".join(page.get_textpage().get_text_range() for page in document)
        document.close()
        if one.number not in text:
            raise Failed(_("{file} does not say its number {number}").format(file=one.path.name, number=one.number))
    return _("{count} PDFs that say their numbers").format(count=len(written))


def _check_book(bench: Bench) -> str:
    from desktop.services.books import open_
    from desktop.services.check import check

    with open_(bench.book) as book:
        result = check(book)
    if result.problems:
        raise Failed("; ".join(f"{one.where}: {one.detail}" for one in result.problems[:3]))
    return _("the book is clean")


def _tax_ids(_bench: Bench) -> str:
    from desktop.domain.identifiers import check_tax_id

    for country, right, wrong in _TAX_IDS:
        if not check_tax_id(country, right).ok or check_tax_id(country, wrong).ok:
            raise Failed(_("tax IDs of {country} are not told apart").format(country=country))
    return _("right and wrong numbers of {countries} are told apart").format(
        countries=", ".join(country for country, *_numbers in _TAX_IDS)
    )


def _keyring(_bench: Bench) -> str:
    if not secrets.has_keyring():
        return _("this system has none; passwords are asked for each time")
    name = f"self-test-{datetime.now(UTC).timestamp()}"
    try:
        secrets.keep(name, "kept")
        found = secrets.read(name)
        secrets.forget(name)
    except UserError as error:
        return _("it is there, but: {reason}").format(reason=error)
    if found != "kept":
        raise Failed(_("it did not give back what it was given"))
    return _("it keeps and gives back")


def _upgrade(bench: Bench) -> str:
    from desktop.services.books import open_
    from desktop.services.check import check

    path = bench.folder / "old.sheaf"
    path.write_bytes(lzma.decompress(paths.resource("self_test/old.sheaf.xz").read_bytes()))
    with open_(path) as book:
        problems = check(book).problems
    kept = list(bench.folder.glob("old before upgrade*.sheaf"))
    if problems or len(kept) != 1:
        raise Failed("; ".join(f"{one.where}: {one.detail}" for one in problems[:3]) or _("no backup was kept"))
    return _("a book of an early version is upgraded, clean, and kept as it was")


def _encrypt(bench: Bench) -> str:
    from desktop.services.books import open_
    from desktop.services.encryption.opening import is_encrypted
    from desktop.services.encryption.recovery import new_key
    from desktop.services.encryption.switching import encrypt

    bench.key = new_key()
    encrypt(bench.book, bench.key)
    if not is_encrypted(bench.book) or b"SQLite format 3" in bench.book.read_bytes()[:64]:
        raise Failed(_("the file can still be read by anybody"))
    with open_(bench.book) as book, book.reading() as session:
        count = session.connection().exec_driver_sql("SELECT count(*) FROM invoice").scalar_one()
    return _("encrypted, and its {count} documents open again").format(count=count)


Step = tuple[str, Callable[["Bench"], str]]
STEPS: tuple[Step, ...] = (
    ("program", _program),
    ("sample", _sample),
    ("bill", _bill),
    ("render", _render),
    ("check", _check_book),
    ("tax-ids", _tax_ids),
    ("keyring", _keyring),
    ("upgrade", _upgrade),
)
# What comes after the window, which opens the book as it is.
LAST: tuple[Step, ...] = (("encrypt", _encrypt),)
