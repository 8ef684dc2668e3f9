"""A span's or a run's bookings as files for DATEV, one a fiscal year, because a file lies within one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from db.queries import archive as queries
from desktop.documents.datev import Booking, Head, datev_file
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.services.accounting.mapping import Mapping
from desktop.services.archive.datev_accounts import Accounts, charted
from desktop.services.archive.datev_bookings import bookings, most_bookings
from desktop.services.archive.datev_settings import GERMANY, DatevSettings, datev_settings
from desktop.services.runs.scope import run_facts
from desktop.services.table_files import replaced

# The most lines of a file that DATEV takes.
_MOST: Final = 99_999


@dataclass(frozen=True, slots=True)
class DatevFile:
    """A file of one fiscal year, that begins on `year`; `bookings` is the number of its lines."""

    year: date
    first: date
    last: date
    bookings: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Written:
    path: Path
    bookings: int
    first: date
    last: date


def keeps_datev(connection: Connection) -> bool:
    """Whether the firm's books are of the kind that DATEV's charts are made for."""
    return str(connection.exec_driver_sql("SELECT country FROM firm").scalar_one()) == GERMANY


def write_datev(
    book: Book, path: Path, *, first: date | None = None, last: date | None = None, run: str = ""
) -> Written:
    """Write the bookings of a run's documents, or all bookings of a span of days, both ends included, to one file.

    UserError where settings or accounts are missing, the days lie in several fiscal years, or nothing was booked.
    """
    settings = datev_settings(book)
    with book.reading() as session:
        connection = session.connection()
        if run:
            facts = run_facts(connection, run)
            documents = [row["id"] for row in queries.of_run(connection, facts.id)]
            rows = queries.bookings_of(connection, documents)
            span = None
        else:
            assert first is not None
            assert last is not None
            rows = queries.bookings_between(
                connection, first.isoformat(), last.isoformat(), queries.last_entry(connection)
            )
            span = (first, last)
        files = datev_files(connection, rows, settings, span)
    if not files:
        raise UserError(
            _("Nothing was booked there, so there is nothing for DATEV."), _("Choose other days, or another run.")
        )
    if len(files) > 1:
        raise UserError(
            _("These days lie in {count} fiscal years, and a file for DATEV in one.").format(count=len(files)),
            _("Write a file for each; the first ends on {day}.").format(
                day=date_text(files[1].year - timedelta(days=1))
            ),
        )
    (made,) = files
    with replaced(path) as unfinished:
        unfinished.write_bytes(made.content)
    return Written(path, made.bookings, made.first, made.last)


def datev_files(
    connection: Connection, rows: Sequence[Any], settings: DatevSettings, span: tuple[date, date] | None = None
) -> list[DatevFile]:
    """Files of these bookings by fiscal year; days as `span` has them, else as the bookings do."""
    home, currency, month = connection.exec_driver_sql("SELECT country, currency, fiscal_start_month FROM firm").one()
    settled = queries.settled_by(connection, {row[18] for row in rows if row[18] is not None})
    made = bookings(
        rows,
        settled,
        Accounts(settings.chart, settings.accounts, charted(Mapping(connection), settings.chart)),
        home=home,
        home_currency=currency,
        first_debtor=settings.first_debtor,
    )
    found = []
    for year, some in groupby(made, key=lambda booking: _year(booking.booked_on, month)):
        lines = list(some)
        if len(lines) > _MOST:
            raise most_bookings(len(lines), _MOST)
        found.append(_file(year, lines, settings, currency, span))
    return found


def _file(
    year: date, lines: Sequence[Booking], settings: DatevSettings, currency: str, span: tuple[date, date] | None
) -> DatevFile:
    first, last = lines[0].booked_on, lines[-1].booked_on
    if span is not None:
        first, last = max(span[0], year), min(span[1], _next(year) - timedelta(days=1))
    title = f"Sheaf {first:%d.%m.%Y}-{last:%d.%m.%Y}"
    head = Head(settings.consultant, settings.client, settings.chart, currency, year, first, last, last, title)
    return DatevFile(year, first, last, len(lines), datev_file(head, lines))


def _year(day: date, month: int) -> date:
    """The first day of the fiscal year that the day lies in."""
    return date(day.year if day.month >= month else day.year - 1, month, 1)


def _next(year: date) -> date:
    return date(year.year + 1, year.month, 1)
