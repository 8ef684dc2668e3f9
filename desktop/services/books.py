"""A book as a file: make, open, back up, look into a backup, restore."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from babel import Locale, UnknownLocaleError

from db import backup as copies
from db import book_files
from db.engine import Book, Driver
from desktop.domain.access import SignedIn
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.access.file_owner import refuse_unless_owner
from desktop.services.book_settings import LAST_BACKUP, keep_setting
from desktop.services.changes import change
from desktop.services.delivery.doubting import doubt
from desktop.services.encryption.opening import driver_for
from desktop.services.field_checks import check_country, check_currency, check_language, check_place
from desktop.services.problems import Problems
from desktop.services.records import Record

Report = Callable[[int, int, str], None]


def new(
    path: Path, *, name: str, country: str, currency: str, language: str = "", region: str = "", actor: str = ""
) -> Book:
    """Make and open a book for a firm, with its country's tax codes, number series and a template.

    Codes may be in small letters; without a language it is the country's. `region` is the firm's state, which decides
    its tax in India. Raises ValidationError for codes that do not exist, UserError where the file cannot be made.
    """
    problems = Problems()
    values: Record = {"country": country, "currency": currency, "language": language, "region": region.strip()}
    if not name.strip():
        problems.add("name", _("The firm needs a name."))
    check_country(values, problems)
    check_currency(values, problems)
    check_language(values, problems)
    if values["country"] == "IN":
        check_place("IN", dict(values), problems, "region")
    problems.raise_any()
    values["language"] = values["language"] or _language_of(values["country"])
    return book_files.create_book(path, name=name.strip(), actor=actor, **values)


# Where firms write to each other in another language than the one that most people speak at home.
_LANGUAGES_OF_BUSINESS = {"IN": "en"}


def _language_of(country: str) -> str:
    if country in _LANGUAGES_OF_BUSINESS:
        return _LANGUAGES_OF_BUSINESS[country]
    try:
        return Locale.parse(f"und_{country}").language
    except (ValueError, UnknownLocaleError):
        return "en"


def open_(path: Path, *, read_only: bool = False, report: Report | None = None) -> Book:
    """Open a book; `book.warnings` are sentences for the person. Raises UserError where it cannot be opened, Locked
    where its key is wanted."""
    return book_files.open_book(path, read_only=read_only, report=report, driver=driver_for(path))


def back_up(book: Book, target: Path, *, report: Report | None = None, actor: str = "") -> None:
    """A proved copy of the open book as one file; people may go on working. `report` counts pages.

    The book remembers the day of its last copy.

    A file of that name is replaced once the copy is whole, but never the book itself, and never a file that is no
    book or is another firm's. Raises UserError.
    """
    target = target.absolute()
    _refuse_folder(target)
    if target.exists():
        if target.samefile(book.path):
            raise UserError(_("A book cannot be its own backup."), _("Choose another name."))
        # Says what it is, if it is no book.
        with book_files.look_into(target, driver_for(target)) as there:
            (uid,) = there.execute("SELECT uid FROM book").fetchone()
        if uid != _uid(book):
            raise UserError(
                _("{path} is another book, or a backup of one; it is not replaced.").format(path=target),
                _("Choose another name."),
            )
    copies.copy_book(book.path, target, driver=book.driver, report=report)
    if not book.read_only:
        # Whoever opens the book can see how old its last copy is.
        with change(book, actor, _("Back up to {file}").format(file=target.name), undoable=False) as made:
            keep_setting(made, LAST_BACKUP, book.now[:10])


def _uid(book: Book) -> str:
    with book.reading() as session:
        return str(session.connection().exec_driver_sql("SELECT uid FROM book").scalar_one())


@dataclass(frozen=True, slots=True)
class Contents:
    """What a closed book or backup holds. Times are UTC text; the dates are those of its issued documents."""

    firm: str
    created_at: str
    changed_at: str
    clients: int
    invoices: int
    payments: int
    first_issue: date | None
    last_issue: date | None


def contents(path: Path, *, driver: Driver | None = None) -> Contents:
    """Look into a book or backup, of an older version as well, without changing it. UserError where it is none."""
    with book_files.look_into(path, driver or driver_for(path)) as connection:
        return contents_of(connection)


def contents_of(connection: sqlite3.Connection) -> Contents:
    """As `contents`, of a file that is looked into already."""
    # Words that every revision knows.
    (firm,) = connection.execute("SELECT name FROM firm").fetchone()
    (created_at,) = connection.execute("SELECT created_at FROM book").fetchone()
    (changed_at,) = connection.execute("SELECT max(at) FROM change_set").fetchone()
    first, last, invoices = connection.execute(
        "SELECT min(issue_date), max(issue_date), count(*) FROM invoice"
    ).fetchone()
    clients, payments = connection.execute(
        "SELECT (SELECT count(*) FROM client), (SELECT count(*) FROM payment)"
    ).fetchone()
    return Contents(firm, created_at, changed_at, clients, invoices, payments, _day(first), _day(last))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def restore(
    source: Path, target: Path, *, now: str, who: SignedIn | None = None, report: Report | None = None
) -> Path | None:
    """Put a backup in the place of a closed book, or where none is, and return under which name the old one is kept.

    What waits in it to go out, and may have gone since, is uncertain then; `now` is UTC text.
    Show `contents` of both before. Raises UserError where the backup is damaged, the book is open, or its people sign
    in and `who` is no owner; the book is then as it was.
    """
    source, target = source.absolute(), target.absolute()
    _refuse_folder(target)
    contents(source)
    if target.exists() and source.samefile(target):
        raise UserError(_("This is the book itself, not a backup of it."), _("Choose the backup's file."))
    if target.exists():
        refuse_unless_owner(who, target, source)
    return book_files.replace_book(
        source,
        target,
        report=report,
        driver=driver_for(source),
        prepare=lambda connection: doubt(connection, target, now=now),
    )


def _refuse_folder(target: Path) -> None:
    if target.is_dir():
        raise UserError(_("{path} is a folder.").format(path=target), _("Add a file name to it."))
    if not target.parent.is_dir():
        raise UserError(
            _("The folder {folder} does not exist.").format(folder=target.parent),
            _("Make it first, or choose another."),
        )
