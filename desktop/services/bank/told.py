"""The statements that are in the book, for lists: their days and balances, and whether each follows the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from sqlalchemy import Connection

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.bank.accounts import own_accounts
from desktop.services.bank.gaps import Gap, gaps
from desktop.services.changes import undo

_QUERY: Final = """SELECT s.id, s.account_id, s.format, s.number, s.currency, s.from_day, s.to_day, s.opening,
  s.closing, s.file_name, s.taken_at, s.actor, s.batch_id, b.change_set_id, count(l.id),
  count(l.id) FILTER (WHERE l.state = 'open')
FROM bank_statement s LEFT JOIN bank_line l ON l.statement_id = s.id LEFT JOIN import_batch b ON b.id = s.batch_id
{where} GROUP BY s.id ORDER BY s.account_id, s.to_day, s.from_day, s.id"""

Follows = Literal["first", "follows", "overlaps", "days", "balance"]


@dataclass(frozen=True, slots=True)
class ToldStatement:
    """A statement in the book. `lines` are those that it was the first to tell, `open` those of them not booked yet.

    `follows` says how it goes on from the statements before it of its account: it is the `first`, it `follows`, it
    `overlaps` days known already, `days` are missing between, or the `balance` does not meet; `gap` is then the gap.
    `change_set` takes out the whole file that it came in.
    """

    id: int
    account_id: int
    account: str
    format: str
    number: str
    currency: str
    from_day: date | None
    to_day: date | None
    opening: int | None
    closing: int | None
    file_name: str
    taken_at: str
    actor: str
    batch: int | None
    change_set: int | None
    lines: int
    open: int
    follows: Follows
    gap: Gap | None


def told_statements(book: Book, account_id: int | None = None) -> tuple[ToldStatement, ...]:
    """The statements of an account, or of all by account, in the order of their days."""
    only, values = ("", ()) if account_id is None else ("WHERE s.account_id = ?", (account_id,))
    with book.reading() as session:
        connection = session.connection()
        labels = {one.id: one.label for one in own_accounts(connection)}
        rows = connection.exec_driver_sql(_QUERY.format(where=only), values).fetchall()
        broken = {gap.statement_id: gap for gap in reversed(gaps(connection, account_id))}
    found: list[ToldStatement] = []
    reach: dict[int, date] = {}
    for row in rows:
        first, last = (None if day is None else date.fromisoformat(day) for day in row[5:7])
        gap = broken.get(row[0])
        follows: Follows = "first"
        if gap is not None:
            follows = gap.kind
        elif row[1] in reach:
            # Where one day ends and the next statement goes on within it, the balances would not have met otherwise.
            follows = "overlaps" if first is not None and first < reach[row[1]] else "follows"
        if last is not None:
            reach[row[1]] = max(last, reach.get(row[1], last))
        found.append(
            ToldStatement(
                id=row[0],
                account_id=row[1],
                account=labels.get(row[1], ""),
                format=row[2],
                number=row[3],
                currency=row[4],
                from_day=first,
                to_day=last,
                opening=row[7],
                closing=row[8],
                file_name=row[9],
                taken_at=row[10],
                actor=row[11],
                batch=row[12],
                change_set=row[13],
                lines=row[14],
                open=row[15],
                follows=follows,
                gap=gap,
            )
        )
    return tuple(found)


def take_out(book: Book, statement_id: int, *, actor: str) -> str:
    """Undo taking in the file that a statement came in; the summary of what was undone.

    UserError once a line of it was booked, or where it did not come from a file.
    """
    with book.reading() as session:
        row = (
            session.connection()
            .exec_driver_sql(
                "SELECT b.change_set_id, s.file_name FROM bank_statement s"
                " LEFT JOIN import_batch b ON b.id = s.batch_id WHERE s.id = ?",
                (statement_id,),
            )
            .fetchone()
        )
        booked = _booked(session.connection(), statement_id)
    if row is None or row[0] is None:
        raise UserError(_("This statement is not in the book any more."), _("Reload the list."))
    if booked:
        raise UserError(
            _("“{file}” cannot be taken out: {count} of its lines are booked.").format(file=row[1], count=booked),
            _("Take back what was booked of them first. Lines that were once booked keep their history."),
        )
    return undo(book, actor, int(row[0]))


def _booked(connection: Connection, statement_id: int) -> int:
    return int(
        connection.exec_driver_sql(
            "SELECT count(*) FROM bank_line l JOIN bank_statement s ON s.id = l.statement_id"
            " WHERE s.batch_id = (SELECT batch_id FROM bank_statement WHERE id = ?) AND l.state = 'booked'",
            (statement_id,),
        ).scalar_one()
    )
