"""Things by what people call them: the code of a client, the number of an invoice."""

from __future__ import annotations

from typing import Final

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.subjects import word

# The column of each kind's name; the order is that of how often they are meant.
_NAMES: Final = {
    "invoice": "number",
    "client": "code",
    "agreement": "code",
    "payment": "number",
    "run": "number",
    "item": "code",
}


def thing_named(book: Book, name: str) -> tuple[str, int]:
    """The kind and id of the thing with this code or number, whatever its capitals; one merged gives what it became.

    "client:C-1" names the kind where two things share a code. UserError where there is none, or more than one.
    """
    kind, colon, own = name.partition(":")
    kinds = [kind.strip().lower()] if colon and kind.strip().lower() in _NAMES else list(_NAMES)
    wanted = (own if len(kinds) == 1 else name).strip()
    found: list[tuple[str, int]] = []
    with book.reading() as session:
        connection = session.connection()
        for table in kinds:
            merged = "coalesce(merged_into_id, id)" if table in ("client", "item") else "id"
            rows = connection.exec_driver_sql(
                f"SELECT {merged} FROM {table} WHERE lower({_NAMES[table]}) = lower(?)", (wanted,)
            )
            found += [(table, int(row[0])) for row in rows]
    if not found:
        raise UserError(
            _("There is nothing called “{name}”.").format(name=name.strip()),
            _("Give the code of a client, an agreement or an item, or the number of an invoice, a payment or a run."),
        )
    if len(found) > 1:
        raise UserError(
            _("“{name}” is both {one} and {other}.").format(
                name=wanted, one=word(found[0][0]), other=word(found[1][0])
            ),
            _("Say which, as in “{kind}:{name}”.").format(kind=found[0][0], name=wanted),
        )
    return found[0]
