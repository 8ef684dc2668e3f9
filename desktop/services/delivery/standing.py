"""Rows of the outbox by the names that people give them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _, ngettext


def named(book: Book, names: Sequence[str]) -> list[int]:
    """The deliveries of these documents, each where it stands now; a name may also be a delivery's id.

    UserError for what is not in the outbox.
    """
    with book.reading() as session:
        connection = session.connection()
        by_title: dict[str, list[int]] = {}
        for key, title in connection.exec_driver_sql(
            "SELECT d.id, d.title FROM delivery d WHERE d.current = 1"
            " AND (d.invoice_id IN (SELECT id FROM invoice WHERE number IN (SELECT value FROM json_each(?)))"
            "  OR d.invoice_id IS NULL AND d.title IN (SELECT value FROM json_each(?)))",
            (json.dumps(list(names)), json.dumps(list(names))),
        ):
            by_title.setdefault(title, []).append(key)
        numbers = [int(name) for name in names if name not in by_title and name.isdecimal()]
        by_id = {
            key
            for (key,) in connection.exec_driver_sql(
                "SELECT id FROM delivery WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(numbers),)
            )
        }
    found: list[int] = []
    missing = []
    for name in names:
        if name in by_title:
            found += by_title[name]
        elif name.isdecimal() and int(name) in by_id:
            found.append(int(name))
        else:
            missing.append(name)
    if missing:
        raise UserError(
            ngettext("{names} is not in the outbox.", "{names} are not in the outbox.", len(missing)).format(
                names=", ".join(missing)
            ),
            _("“sheaf outbox BOOK --all” lists what is."),
        )
    return list(dict.fromkeys(found))
