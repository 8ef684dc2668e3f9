"""Documents that a person hands over, on a stick or by an upload: only the person knows that they went."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from sqlalchemy import Connection

from db.engine import Book
from db.queries import archive
from db.queries import filing as queries
from db.queries.delivery import run_id
from desktop.documents.batch import RenderPool
from desktop.services.delivery.deciding import mark
from desktop.services.delivery.kept import files_of, keep_sealed
from desktop.services.delivery.renderings import File
from desktop.services.registrations import deliverable
from desktop.services.sandbox.refusing import refuse_in_sandbox

_CHUNK = 100


def waiting_by_hand(book: Book, invoice_ids: Collection[int]) -> tuple[int, ...]:
    """Those of the documents that wait for a person to hand them over, and may leave the house."""
    with book.reading() as session:
        return tuple(row[0] for row in _waiting(session.connection(), invoice_ids))


def _waiting(connection: Connection, invoice_ids: Collection[int]) -> list[tuple[int, int, str]]:
    """(document, delivery, form). A file that is kept before its registration would never show it."""
    free = deliverable(connection, invoice_ids)
    return [row for row in queries.waiting_by_hand(connection, invoice_ids) if row[0] in free]


def waiting_in_run(book: Book, run: str) -> tuple[int, ...]:
    """As `waiting_by_hand`, of the documents of a run."""
    with book.reading() as session:
        connection = session.connection()
        issued = [row["id"] for row in archive.of_run(connection, run_id(connection, run) or 0)]
    return waiting_by_hand(book, issued)


def hand_over(
    book: Book, invoice_ids: Collection[int], *, actor: str, pool: RenderPool | None = None
) -> tuple[int, ...]:
    """Say that a person handed these over, as one change that can be undone, and keep their files as they went.

    The ids of the deliveries that waited for that; a document that goes another way is left alone.
    """
    refuse_in_sandbox(book)
    with book.reading() as session:
        found = _waiting(session.connection(), invoice_ids)
    if not found:
        return ()
    wanted = [(invoice, form) for invoice, _delivery, form in found]
    # What cannot take its form was handed over as something else, which nobody can keep.
    files = files_of(book, wanted, pool=pool, refused=lambda _key, _why: None)
    for chunk in _chunks(files):
        with book.writing() as session:
            keep_sealed(session.connection(), chunk, actor=actor, now=book.now)
    return mark(book, [delivery for _invoice, delivery, _form in found], "handed_over", actor=actor).changed


def _chunks(files: Iterable[File]) -> Iterator[list[File]]:
    left = iter(files)
    while chunk := list(islice(left, _CHUNK)):
        yield chunk
