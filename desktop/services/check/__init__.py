"""Proves a book: what is stored follows from what was done, and nothing was changed by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from sqlite3 import DatabaseError

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from db.engine import Book
from db.refusals import as_user_error
from desktop.i18n import _
from desktop.services.audit import verify_chain
from desktop.services.change_sets import raw
from desktop.services.check.accounts import check_accounts, check_assigned
from desktop.services.check.banking import check_banking
from desktop.services.check.billing import check_billing
from desktop.services.check.closed_periods import check_closed_periods
from desktop.services.check.delivery import check_delivery
from desktop.services.check.documents import check_documents
from desktop.services.check.file import check_file
from desktop.services.check.log_proof import check_log
from desktop.services.check.money import check_money
from desktop.services.check.printing import check_printing
from desktop.services.check.problem import Problem, Problems
from desktop.services.check.reminding import check_reminders
from desktop.services.check.run_seals import check_run_seals
from desktop.services.check.tills import check_tills

__all__ = ["CheckResult", "Problem", "check"]

Report = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """`head` is the last link of the log: noted elsewhere, it proves the book against a full rewrite."""

    clean: bool
    problems: tuple[Problem, ...]
    head: str


def check(book: Book, head: str | None = None, *, report: Report | None = None) -> CheckResult:
    """Look at everything, of one moment, and change nothing. `head` is one noted before: it must be in the log.

    `report(done, total, text)` counts within each part; raising there stops.
    """
    told = report or (lambda done, total, text: None)
    problems = Problems()
    with book.reading() as session:
        connection = session.connection()
        told(0, 0, _("Checking the file"))
        last = ""
        try:
            check_file(raw(connection), problems)
            last = _check_chain(connection, problems, head, told)
            _compare_with_log(connection, problems, told)
            check_documents(raw(connection), problems, told)
            told(0, 0, _("Checking payments and the journal"))
            check_money(raw(connection), problems)
            check_accounts(raw(connection), problems)
            check_assigned(connection, problems)
            check_tills(raw(connection), problems)
            check_closed_periods(raw(connection), problems)
            check_banking(raw(connection), problems)
            check_reminders(raw(connection), problems)
            told(0, 0, _("Checking what was billed"))
            check_billing(raw(connection), problems)
            check_run_seals(raw(connection), problems)
            told(0, 0, _("Checking what went out"))
            check_delivery(raw(connection), problems)
            check_printing(raw(connection), problems)
        except (DatabaseError, DBAPIError) as error:
            of_sqlite = error.orig if isinstance(error, DBAPIError) else error
            # A text that is none was written past the program, which writes nothing else.
            if as_user_error(of_sqlite) is None and "UTF-8" not in str(of_sqlite):
                raise
            problems.add(
                "file", _("the book's file"), _("it cannot be read to its end: {reason}").format(reason=of_sqlite)
            )
    found = problems.all()
    return CheckResult(not found, found, last)


def _compare_with_log(connection: Connection, problems: Problems, report: Report) -> None:
    """A log that its chain proves can be read; one that was changed may say anything."""
    try:
        check_log(connection, problems, report)
    except (LookupError, ValueError, TypeError):
        if not problems.of_kind("log"):
            raise
        problems.add("log", _("the log"), _("it was changed so that it cannot be compared with the rows"))


def _check_chain(connection: Connection, problems: Problems, head: str | None, report: Report) -> str:
    state = verify_chain(connection, report)
    for link in state.broken:
        problems.add("log", _("event {number}").format(number=link.event), link.detail)
    if head:
        row = connection.exec_driver_sql("SELECT 1 FROM audit_event WHERE hash = ?", (head.strip().lower(),)).fetchone()
        if row is None:
            problems.add(
                "log", head, _("the log does not contain this head: it was rewritten since, or it is of another book")
            )
    return state.head
