"""What is found in files of statements before they are taken in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from db.engine import Book
from desktop.errors import UserError
from desktop.jobs import Report
from desktop.services.bank.accounts import OwnAccount, own_accounts
from desktop.services.bank.profiles import TableLook, look
from desktop.services.bank.statements import preview
from desktop.services.bank.tables import CsvProfile, UnknownTableError
from desktop.services.bank.taken import TakenIn


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found in the files; `table` where the one file is a table, `refusal` where it cannot be read so.

    `ticket` tells the answer to the newest question from older ones.
    """

    ticket: int
    taken: TakenIn | None
    table: TableLook | None
    accounts: tuple[OwnAccount, ...]
    refusal: UserError | None = None


def look_through(
    book: Book,
    paths: Sequence[Path],
    today: date,
    *,
    account_id: int | None,
    profile: CsvProfile | None,
    ticket: int,
    report: Report,
) -> Seen:
    """Read the files as they would be taken in, and nothing more."""
    with book.reading() as session:
        accounts = own_accounts(session.connection())
    table = refusal = taken = None
    try:
        taken = preview(book, paths, today=today, account_id=account_id, profile=profile, report=report)
    except UserError as error:
        refusal = error
    is_table = isinstance(refusal, UnknownTableError) or (taken and taken.files[0].format == "csv") or profile
    if len(paths) == 1 and is_table:
        table = look(book, paths[0], profile=profile)
    return Seen(ticket, taken, table, accounts, refusal)
