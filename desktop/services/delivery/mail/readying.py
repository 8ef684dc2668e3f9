"""What of the outbox may go by mail now, and why the rest of it waits."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from sqlalchemy import Connection

from db.engine import Book
from db.queries import delivery as queries
from db.queries.rows import ids_text, plain_rows
from desktop.domain.delivery import WAITING
from desktop.domain.wording import phrase
from desktop.services.change_sets import raw
from desktop.services.delivery.enqueueing import NO_ADDRESS, invoice_addresses
from desktop.services.registrations import deliverable

UNREGISTERED: Final = phrase("It waits until the invoice portal has registered it.").stored()


def ready_to_go(book: Book, *, run_id: int | None = None, ids: Collection[int] = ()) -> list[list[int]]:
    """The deliveries that may go by mail now, those of a client together, the oldest first.

    What failed for want of an address waits again once its client has one. What has to be registered with a portal
    first says so.
    """
    with book.reading() as session:
        connection = session.connection()
        found = _with_address_now(connection)
        unregistered = _unregistered(connection, queries.due(connection, now=book.now, run_id=run_id, ids=ids))
        told = _without_answer(connection, unregistered)
    if found or told:
        with book.writing() as session:
            driver = raw(session.connection())
            driver.execute(
                "UPDATE delivery SET state = ?, answer = '' WHERE state = 'failed' AND answer = ?"
                " AND id IN (SELECT value FROM json_each(?))",
                (WAITING, NO_ADDRESS, ids_text(found)),
            )
            driver.execute(
                "UPDATE delivery SET answer = ? WHERE state = 'waiting' AND id IN (SELECT value FROM json_each(?))",
                (UNREGISTERED, ids_text(told)),
            )
    with book.reading() as session:
        due = queries.due(session.connection(), now=book.now, run_id=run_id, ids=ids)
    return list(_by_client([row for row in due if row[0] not in unregistered]))


def _with_address_now(connection: Connection) -> list[int]:
    lost = plain_rows(
        connection,
        "SELECT d.id, coalesce(c.merged_into_id, c.id) FROM delivery d JOIN client c ON c.id = d.client_id"
        " WHERE d.state <> 'sent' AND d.state = 'failed' AND d.channel = 'email' AND d.answer = ?",
        NO_ADDRESS,
    )
    known = invoice_addresses(connection, {client for _key, client in lost}) if lost else {}
    return [key for key, client in lost if known.get(client)]


def _unregistered(connection: Connection, due: list[tuple[int, int | None, int]]) -> set[int]:
    documents = {invoice for _key, invoice, _client in due if invoice is not None}
    held = documents - deliverable(connection, documents)
    return {key for key, invoice, _client in due if invoice in held}


def _without_answer(connection: Connection, ids: Collection[int]) -> list[int]:
    rows = plain_rows(
        connection,
        "SELECT id FROM delivery WHERE answer <> ? AND id IN (SELECT value FROM json_each(?))",
        UNREGISTERED,
        ids_text(ids),
    )
    return [key for (key,) in rows]


def _by_client(due: list[tuple[int, int | None, int]]) -> Iterator[list[int]]:
    """It may go in one mail, which stands where its oldest stands."""
    clients: dict[int, list[int]] = {}
    for key, _invoice, client in due:
        clients.setdefault(client, []).append(key)
    return iter(clients.values())
