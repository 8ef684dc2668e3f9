"""Reminder runs as people see them: the runs, their letters, what each letter names, in words and figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from db.queries import dunning as queries
from db.queries.rows import ids_text
from desktop.errors import UserError
from desktop.i18n import _
from desktop.saying import told
from desktop.services.dunning.levels import Level, levels_of

PLANNED: Final = "planned"
HELD: Final = "held"
SENT: Final = "sent"
SKIPPED: Final = "skipped"
CANCELLED: Final = "cancelled"
FAILED: Final = "failed"


@dataclass(frozen=True, slots=True)
class RunRow:
    """A reminder run; times are UTC text. `counts` is letters by state, `amounts` what the planned and sent ones ask
    for with fee and interest, in minor units by currency."""

    id: int
    number: str
    as_of: date
    state: str
    override: str
    planned_at: str
    sent_at: str | None
    actor: str
    counts: Mapping[str, int]
    amounts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item of a letter; minor units. `days` past due at the run, `stands` unless the letter was not sent."""

    item_id: int
    invoice_id: int
    name: str
    due: date
    level: int
    days: int
    open: int
    disputed: int
    interest: int
    stands: bool


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """A letter, planned, sent or not; minor units of `currency`. `id` is 0 in a preview.

    `amount` is asked for without fee and interest, after `credit`; `total` is what the letter asks for. `reason` says
    why nobody asks, and what else is to be known, in words. `note` is a person's.
    """

    id: int
    run_id: int
    run: str
    as_of: date
    client_id: int
    code: str
    name: str
    currency: str
    level: int
    level_name: str
    amount: int
    disputed: int
    credit: int
    fee: int
    interest: int
    pay_by: date
    channel: str
    state: str
    reason: str
    note: str
    decided_by: str
    delivery_id: int | None
    sent_at: str | None
    claim: str
    items: tuple[ItemRow, ...]

    @property
    def total(self) -> int:
        return self.amount + self.fee + self.interest


def runs(book: Book, *, limit: int = 200) -> tuple[RunRow, ...]:
    """The latest reminder runs, newest first."""
    with book.reading() as session:
        return _runs(session.connection(), "1 = 1", (), limit)


def run_named(book: Book, run: int | str) -> RunRow:
    """A run by id or number. UserError where there is none."""
    with book.reading() as session:
        return run_of(session.connection(), run)


def run_of(connection: Connection, run: int | str) -> RunRow:
    """As run_named, within a transaction."""
    column = "id" if isinstance(run, int) else "number"
    found = _runs(connection, f"n.{column} = ?", (run,), 1)
    if not found:
        raise UserError(
            _("There is no reminder run {run} in this book.").format(run=run),
            _("List them with: sheaf remind BOOK --list"),
        )
    return found[0]


def unsent_run(book: Book) -> RunRow | None:
    """The run that is planned and not sent, if any; there is never more than one."""
    with book.reading() as session:
        found = _runs(session.connection(), "n.state = 'planned'", (), 1)
    return found[0] if found else None


def reminders(book: Book, run: int | str) -> tuple[ReminderRow, ...]:
    """The letters of a run by client and currency. UserError where there is no such run."""
    with book.reading() as session:
        connection = session.connection()
        return rows_of(connection, queries.reminders(connection, run_of(connection, run).id))


def reminder_row(book: Book, reminder_id: int) -> ReminderRow:
    """One letter. UserError where it is not there any more."""
    with book.reading() as session:
        connection = session.connection()
        found = rows_of(connection, queries.reminders_by_id(connection, ids_text([reminder_id])))
    if not found:
        raise UserError(_("This reminder is not there any more."), _("Reload the list."))
    return found[0]


def reminders_of(book: Book, client_id: int) -> tuple[ReminderRow, ...]:
    """All letters of a client and of who was merged into it, the newest first."""
    with book.reading() as session:
        connection = session.connection()
        return rows_of(connection, queries.reminders_of_client(connection, client_id))


def rows_of(connection: Connection, rows: Sequence[Any]) -> tuple[ReminderRow, ...]:
    """Rows of db.queries.dunning as people see them."""
    items: dict[int, list[ItemRow]] = {}
    for row in queries.reminder_items(connection, ids_text(one[0] for one in rows)):
        reminder, item, level, days, is_open, disputed, interest, stands, number, instalment, several, due, invoice = (
            row
        )
        name = f"{number}/{instalment}" if several else number
        items.setdefault(reminder, []).append(
            ItemRow(
                item,
                invoice,
                name,
                date.fromisoformat(due),
                level,
                days,
                is_open,
                disputed,
                interest,
                bool(stands),
            )
        )
    known = levels_of(connection)
    found = []
    for row in rows:
        names = {one.level: one.name for one in known.get(row[20], known[None])}
        found.append(
            ReminderRow(
                id=row[0],
                run_id=row[21],
                run=row[22],
                as_of=date.fromisoformat(row[23]),
                client_id=row[1],
                code=row[2],
                name=row[3],
                currency=row[4],
                level=row[5],
                level_name=names.get(row[5], ""),
                amount=row[6],
                disputed=row[7],
                credit=row[8],
                fee=row[9],
                interest=row[10],
                pay_by=date.fromisoformat(row[11]),
                channel=row[12],
                state=row[13],
                reason=told(row[14]),
                note=row[15],
                decided_by=row[16],
                delivery_id=row[17],
                sent_at=row[18],
                claim=row[19],
                items=tuple(items.get(row[0], ())),
            )
        )
    return tuple(found)


def _runs(connection: Connection, where: str, parameters: tuple[object, ...], limit: int) -> tuple[RunRow, ...]:
    rows = connection.exec_driver_sql(
        f"""SELECT n.id, n.number, n.as_of, n.state, n.overrides, n.planned_at, n.sent_at, n.actor
        FROM reminder_run n WHERE {where} ORDER BY n.id DESC LIMIT {int(limit)}""",
        parameters,
    ).fetchall()
    counts: dict[int, dict[str, int]] = {}
    amounts: dict[int, dict[str, int]] = {}
    for run_id, state, currency, count, total in connection.exec_driver_sql(
        """SELECT run_id, state, currency, count(*), sum(amount + fee + interest) FROM reminder
        WHERE run_id IN (SELECT value FROM json_each(?)) GROUP BY 1, 2, 3""",
        (ids_text(row[0] for row in rows),),
    ):
        states = counts.setdefault(run_id, {})
        states[state] = states.get(state, 0) + count
        if state in (PLANNED, SENT):
            sums = amounts.setdefault(run_id, {})
            sums[currency] = sums.get(currency, 0) + total
    return tuple(
        RunRow(
            row[0],
            row[1],
            date.fromisoformat(row[2]),
            row[3],
            row[4],
            row[5],
            row[6],
            row[7],
            counts.get(row[0], {}),
            amounts.get(row[0], {}),
        )
        for row in rows
    )


def level_of(levels: Iterable[Level], number: int) -> Level | None:
    """The level of a number."""
    return next((one for one in levels if one.level == number), None)
