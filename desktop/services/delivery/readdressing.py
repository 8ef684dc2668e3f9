"""Gives documents another address: where they stand in the outbox, and at the client too if it is to count there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from db.queries.rows import ids_text
from db.schema import Client, Contact
from desktop.domain.delivery import EMAIL, FAILED, WAITING
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.changes import change
from desktop.services.delivery.deciding import retry, send_again
from desktop.services.delivery.mail.edits import edit_mail
from desktop.services.delivery.mail.recipients import checked_recipients


def readdress(book: Book, ids: Sequence[int], address: str, *, actor: str, keep: bool = False) -> tuple[int, ...]:
    """Let these deliveries of one client go to `address`, as people type it; the rows that wait for it then.

    What waits or failed gets the address itself; what went already goes once more. With `keep` the address replaces
    the one that is known of the client. UserError for an address that is none, and for several clients at once.
    """
    people = checked_recipients(address)
    with book.reading() as session:
        rows = _rows(session.connection(), ids)
    clients = {row["client_id"] for row in rows}
    if len(clients) != 1:
        raise UserError(_("These documents go to different clients."), _("Choose those of one client."))
    if keep:
        _keep(book, clients.pop(), [row["address"] for row in rows], people.to, actor)
    standing = [row["id"] for row in rows if row["channel"] == EMAIL and row["state"] in (WAITING, FAILED)]
    gone = [row["id"] for row in rows if row["id"] not in standing]
    waiting = list(standing)
    if standing:
        edit_mail(book, standing, actor=actor, recipients=address)
        with book.reading() as session:
            failed = [row["id"] for row in _rows(session.connection(), standing) if row["state"] == FAILED]
        if failed:
            retry(book, failed, actor=actor)
    if gone:
        waiting += send_again(book, gone, actor=actor, address=address, channel=EMAIL).changed
    return tuple(waiting)


def _rows(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    found = connection.exec_driver_sql(
        "SELECT id, client_id, channel, state, address FROM delivery WHERE id IN (SELECT value FROM json_each(?))"
        " ORDER BY id",
        (ids_text(ids),),
    ).mappings()
    rows = [dict(row) for row in found]
    if not rows:
        raise UserError(_("This is not in the outbox any more."), _("Reload the list."))
    return rows


def _keep(book: Book, client_id: int, before: Sequence[str], to: Sequence[str], actor: str) -> None:
    """Put the first of the new addresses where the old one stands: with a contact, else with the client itself."""
    new = to[0]
    with change(book, actor, _("Change a client’s e-mail address")) as made:
        contacts = made.connection.exec_driver_sql(
            "SELECT id, email FROM contact WHERE client_id = ? AND gets_invoices AND mail_as = 'to' ORDER BY id",
            (client_id,),
        ).fetchall()
        known = [contact for contact, email in contacts if email and any(email in one for one in before)]
        if known:
            made.update(Contact, known[0], email=new)
        elif contacts and not contacts[0][1]:
            made.update(Contact, contacts[0][0], email=new)
        else:
            made.update(Client, client_id, email=new)
