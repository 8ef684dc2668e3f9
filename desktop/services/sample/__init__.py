"""A lifelike firm to look at, to learn with and to measure: the same seed and day give the same book."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from db.book_files import create_book
from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.sample.banking import bank
from desktop.services.sample.beginning import NAME, begin
from desktop.services.sample.faults import Faults
from desktop.services.sample.history import enter_contracts, live
from desktop.services.sample.members import add_members
from desktop.services.sample.paying import Payer
from desktop.services.sample.posting import post
from desktop.services.sample.year import Clock, Year, add_months

Report = Callable[[int, int, str], None]


def _silent(_done: int, _total: int, _text: str) -> None:
    """Reports to nobody."""


@dataclass(frozen=True, slots=True)
class SampleResult:
    """What was made: the file, and how many of each."""

    book: Path
    clients: int
    agreements: int
    invoices: int


def make_sample(
    path: Path,
    *,
    today: date,
    clients: int = 60,
    seed: int = 1,
    clean: bool = False,
    report: Report = _silent,
) -> SampleResult:
    """Make a book of a year's history and a month due to be billed today, and close it.

    With `clean` a run over it holds nothing. UserError where something is in the way of the file.
    """
    if not 1 <= clients <= 20_000:
        raise UserError(
            _("A sample of {count} clients cannot be made.").format(count=clients), _("Choose 1 to 20,000.")
        )
    year = Year(today)
    clock = Clock(add_months(year.opening, -1))
    with create_book(path, name=NAME, country="DE", currency="EUR", language="en", now=clock()) as book:
        book.clock = clock
        return _fill(book, year, clock, clients, seed, clean, report)


def _fill(book: Book, year: Year, clock: Clock, clients: int, seed: int, clean: bool, report: Report) -> SampleResult:
    basis = begin(book, year)
    report(0, 13, _("Clients and agreements"))
    members = add_members(book, basis, clients, seed, clean=clean)
    entered = enter_contracts(book, members, basis, year, clean=clean)
    payer = Payer({member.id: member for member in members}, year, clean)
    live(book, entered, payer, year, clock, clean=clean, report=report)
    if not clean:
        Faults(book, basis, year, clock).put(clients)
    post(book)
    bank(book, year, clock, clean=clean)
    report(13, 13, _("Done"))
    with book.reading() as session:
        count = session.connection().exec_driver_sql(
            "SELECT (SELECT count(*) FROM client), (SELECT count(*) FROM agreement), (SELECT count(*) FROM invoice)"
        )
        return SampleResult(book.path, *(int(figure) for figure in count.one()))
