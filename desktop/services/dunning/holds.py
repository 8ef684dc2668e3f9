"""Holds: no reminders to a client, or for one invoice, until a day or until somebody releases it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from db.engine import Book
from db.queries.families import family, head_of
from db.schema import DunningHold
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.services.changes import change
from desktop.services.payments import reason_given


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold; `number` is empty where it is for all of a client. `stands` as of the day that was asked for."""

    id: int
    client_id: int
    code: str
    name: str
    invoice_id: int | None
    number: str
    since: date
    until: date | None
    reason: str
    released_on: date | None
    stands: bool


def hold_client(book: Book, client_id: int, *, reason: str, on: date, actor: str, until: date | None = None) -> int:
    """Send a client no reminders from a day on; the hold's id.

    UserError without a reason, for an end before the beginning, and where such a hold stands already.
    """
    return _hold(book, client_id, None, reason, on, until, actor)


def hold_invoice(book: Book, number: str, *, reason: str, on: date, actor: str, until: date | None = None) -> int:
    """Leave an invoice out of reminders from a day on; the hold's id. UserError as hold_client."""
    with book.reading() as session:
        row = (
            session.connection()
            .exec_driver_sql("SELECT id, client_id FROM invoice WHERE number = ?", (number.strip(),))
            .fetchone()
        )
    if row is None:
        raise UserError(
            _("There is no invoice {number}.").format(number=number), _("See the list of invoices for the numbers.")
        )
    return _hold(book, row[1], row[0], reason, on, until, actor)


def release_hold(book: Book, hold_id: int, *, on: date, actor: str) -> None:
    """Let reminders go again from a day on. UserError where the hold does not stand."""
    with change(book, actor, "") as made:
        row = made.connection.exec_driver_sql(
            """SELECT c.name, i.number, h.released_on, h.since FROM dunning_hold h JOIN client c ON c.id = h.client_id
            LEFT JOIN invoice i ON i.id = h.invoice_id WHERE h.id = ?""",
            (hold_id,),
        ).fetchone()
        if row is None or row[2] is not None:
            raise UserError(_("This hold was released already."), _("Nothing needs to be done."))
        made.summary = _("Let reminders to {name} go again").format(name=row[1] or row[0])
        made.update(DunningHold, hold_id, released_on=max(on, date.fromisoformat(row[3])))


def holds(book: Book, today: date, *, client_id: int | None = None, standing: bool = True) -> tuple[HoldRow, ...]:
    """The holds that stand on a day, or all that there were; of one client's family where given, the newest first."""
    one = f"AND h.client_id IN {family(':client')}" if client_id is not None else ""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            f"""SELECT h.id, k.id, k.code, k.name, h.invoice_id, coalesce(i.number, ''), h.since, h.until, h.reason,
              h.released_on, h.released_on IS NULL AND h.since <= :day AND (h.until IS NULL OR h.until >= :day)
            FROM dunning_hold h JOIN client c ON c.id = h.client_id
            JOIN client k ON k.id = coalesce(c.merged_into_id, c.id) LEFT JOIN invoice i ON i.id = h.invoice_id
            WHERE 1 = 1 {one} ORDER BY h.since DESC, h.id DESC""",
            {"day": today.isoformat(), "client": client_id},
        )
        found = tuple(
            HoldRow(
                row[0],
                row[1],
                row[2],
                row[3],
                row[4],
                row[5],
                date.fromisoformat(row[6]),
                date.fromisoformat(row[7]) if row[7] else None,
                row[8],
                date.fromisoformat(row[9]) if row[9] else None,
                bool(row[10]),
            )
            for row in rows
        )
    return tuple(row for row in found if row.stands) if standing else found


def _hold(
    book: Book, client_id: int, invoice_id: int | None, reason: str, on: date, until: date | None, actor: str
) -> int:
    if until is not None and until < on:
        raise UserError(
            _("The hold would end on {day}, before it begins.").format(day=date_text(until)), _("Choose a later day.")
        )
    with change(book, actor, "") as made:
        head = head_of(made.connection, client_id)
        name = _name(made.connection, head, invoice_id)
        row = made.connection.exec_driver_sql(
            """SELECT 1 FROM dunning_hold WHERE client_id = ? AND invoice_id IS ? AND released_on IS NULL
            AND (until IS NULL OR until >= ?)""",
            (head, invoice_id, on.isoformat()),
        ).fetchone()
        if row is not None:
            raise UserError(_("Reminders to {name} are held already.").format(name=name), _("Release that hold first."))
        made.summary = _("Hold reminders to {name}").format(name=name)
        return made.insert(
            DunningHold, client_id=head, invoice_id=invoice_id, since=on, until=until, reason=reason_given(reason)
        )


def _name(connection: Connection, client_id: int, invoice_id: int | None) -> str:
    if invoice_id is not None:
        number = connection.exec_driver_sql("SELECT number FROM invoice WHERE id = ?", (invoice_id,)).scalar_one()
        return str(number)
    row = connection.exec_driver_sql("SELECT name FROM client WHERE id = ?", (client_id,)).fetchone()
    if row is None:
        raise UserError(_("The client is not there any more."), _("Reload the list of clients."))
    return str(row[0])
