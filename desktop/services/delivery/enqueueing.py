"""Puts documents into the outbox within the transaction that issues them, so that none is forgotten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from db.queries.rows import ids_text
from desktop.domain.delivery import EMAIL, FAILED, WAITING, channel_of, form_of
from desktop.domain.wording import phrase

SEPARATOR = ", "
"""Between the addresses of one mail."""

NO_ADDRESS = phrase("The client has no e-mail address.").stored()

_INSERT = """INSERT INTO delivery (invoice_id, letter, title, client_id, run_id, channel, form, state, current, fate,
 address, by_hand, not_before, tries, answer, path, made_at, actor)
 VALUES (?, '', ?, ?, ?, ?, ?, ?, 1, '', ?, 0, '', 0, ?, '', ?, ?)"""


class Outgoing(NamedTuple):
    """An issued document: `delivery` is the word of the client, the agreement, the segment or the firm that counts,
    `einvoice` the form of EINVOICES that it was issued for."""

    invoice_id: int
    number: str
    client_id: int
    run_id: int | None
    delivery: str
    einvoice: str


def enqueue(connection: Connection, documents: Sequence[Outgoing], *, actor: str, now: str) -> None:
    """A row of the outbox for each document. A mail without an address is failed from the start, and says why."""
    addresses = invoice_addresses(connection, {one.client_id for one in documents})
    rows = []
    for one in documents:
        address = addresses.get(one.client_id, "")
        channel = channel_of(one.delivery, address)
        mail = channel == EMAIL
        lost = mail and not address
        rows.append(
            (
                one.invoice_id,
                one.number,
                one.client_id,
                one.run_id,
                channel,
                form_of(one.einvoice, channel),
                FAILED if lost else WAITING,
                address if mail else "",
                NO_ADDRESS if lost else "",
                now,
                actor,
            )
        )
    if rows:
        connection.exec_driver_sql(_INSERT, rows)


def invoice_addresses(connection: Connection, client_ids: Collection[int]) -> dict[int, str]:
    """Who a client's invoices are mailed to: the contacts that get them, else the client's own address, else those who
    get a copy."""
    wanted = ids_text(client_ids)
    contacts: dict[int, list[str]] = defaultdict(list)
    copies: dict[int, list[str]] = defaultdict(list)
    for client, email, place in connection.exec_driver_sql(
        "SELECT client_id, email, mail_as FROM contact WHERE gets_invoices AND email <> '' AND mail_as IN ('to', 'cc')"
        " AND client_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (wanted,),
    ):
        known = contacts[client] if place == "to" else copies[client]
        if email not in known:
            known.append(email)
    own: dict[int, str] = {
        row[0]: row[1]
        for row in connection.exec_driver_sql(
            "SELECT id, email FROM client WHERE email <> '' AND id IN (SELECT value FROM json_each(?))", (wanted,)
        )
    }
    joined = [{client: SEPARATOR.join(emails) for client, emails in of.items() if emails} for of in (copies, contacts)]
    return joined[0] | own | joined[1]
