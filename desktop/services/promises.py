"""Promises to pay: noted with a day and an amount, and judged by what came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from db.queries import collecting
from db.queries.families import family, head_of
from db.schema import Promise
from desktop.domain.promises import Receipt, Word, judge
from desktop.errors import UserError
from desktop.i18n import _, date_text, money_text
from desktop.services.changes import change


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise and how it stands: open, kept, broken or withdrawn. `came` is what of it was paid in time.

    Minor units of `currency`; `noted_at` is UTC text.
    """

    id: int
    client_id: int
    currency: str
    amount: int
    promised_on: date
    said_by: str
    note: str
    noted_at: str
    noted_by: str
    withdrawn_on: date | None
    state: str
    came: int


def note_promise(
    book: Book,
    client_id: int,
    *,
    amount: int,
    currency: str,
    promised_on: date,
    actor: str,
    today: date,
    said_by: str = "",
    note: str = "",
) -> int:
    """Note that a client will pay an amount by a day; the promise's id.

    UserError for an amount that is not above zero or above what is open in that currency, and for a day that has
    passed.
    """
    with change(book, actor, "") as made:
        name, owed = _owed(made.connection, client_id, currency)
        if amount <= 0:
            raise UserError(_("The amount must be above zero."), _("Note how much was promised."))
        if amount > owed:
            raise UserError(
                _("{client} owes {owed}, less than {amount}.").format(
                    client=name, owed=money_text(owed, currency), amount=money_text(amount, currency)
                ),
                _("Note what is to be paid of what is open."),
            )
        if promised_on < today:
            raise UserError(
                _("{day} has passed.").format(day=date_text(promised_on)),
                _("Note the day by which the money is to come."),
            )
        made.summary = _("{client} promised {amount} by {day}").format(
            client=name, amount=money_text(amount, currency), day=date_text(promised_on)
        )
        return made.insert(
            Promise,
            client_id=head_of(made.connection, client_id),
            currency=currency,
            amount=amount,
            promised_on=promised_on,
            said_by=said_by.strip(),
            note=note.strip(),
            noted_at=made.at,
            noted_by=made.actor,
        )


def withdraw_promise(book: Book, promise_id: int, *, on: date, actor: str) -> None:
    """A promise no longer holds and is neither kept nor broken. UserError where it was withdrawn already."""
    with change(book, actor, _("Withdraw a promise to pay")) as made:
        row = made.connection.exec_driver_sql("SELECT withdrawn_on FROM promise WHERE id = ?", (promise_id,)).fetchone()
        if row is None or row[0] is not None:
            raise UserError(_("This promise was withdrawn already."), _("Nothing needs to be done."))
        made.update(Promise, promise_id, withdrawn_on=on)


def promises_of(book: Book, today: date, *, client_id: int | None = None) -> tuple[PromiseRow, ...]:
    """Every promise, or those of one client and of who was merged into it; the latest day first."""
    with book.reading() as session:
        return tuple(one for rows in judged_promises(session.connection(), today, client_id).values() for one in rows)


def judged_promises(
    connection: Connection, today: date, client_id: int | None = None
) -> Mapping[tuple[int, str], tuple[PromiseRow, ...]]:
    """Promises by client and currency, the latest day first."""
    found: dict[tuple[int, str], list[Any]] = {}
    for row in collecting.promises(connection, client_id):
        found.setdefault((row[0], row[2]), []).append(row)
    if not found:
        return {}
    receipts: dict[tuple[int, str], list[Receipt]] = {}
    for client, currency, paid_on, booked_at, amount in collecting.receipts_since_promises(connection):
        receipts.setdefault((client, currency), []).append(Receipt(date.fromisoformat(paid_on), booked_at, amount))
    return {key: tuple(_judged(rows, receipts.get(key, ()), today)) for key, rows in found.items()}


def _judged(rows: Iterable[Any], receipts: Iterable[Receipt], today: date) -> Iterable[PromiseRow]:
    rows = list(rows)
    words = [Word(row[1], row[3], date.fromisoformat(row[4]), row[7], row[9] is not None) for row in rows]
    judgements = judge(words, receipts, today)
    for client, key, currency, amount, promised, said_by, note, noted_at, noted_by, withdrawn in rows:
        judged = judgements[key]
        yield PromiseRow(
            key,
            client,
            currency,
            amount,
            date.fromisoformat(promised),
            said_by,
            note,
            noted_at,
            noted_by,
            date.fromisoformat(withdrawn) if withdrawn else None,
            judged.state,
            judged.came,
        )


def _owed(connection: Connection, client_id: int, currency: str) -> tuple[str, int]:
    name, owed = connection.exec_driver_sql(
        f"""SELECT h.name, (SELECT coalesce(sum(o.open), 0) FROM open_item o
          WHERE o.open > 0 AND o.currency = :currency AND o.client_id IN {family(":client")})
        FROM client c JOIN client h ON h.id = coalesce(c.merged_into_id, c.id) WHERE c.id = :client""",
        {"client": client_id, "currency": currency},
    ).one()
    return str(name), int(owed)
