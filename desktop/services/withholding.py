"""Tax that a client keeps back for the state when it pays (TDS): how much of its invoices that will be."""

from __future__ import annotations

import json
from collections.abc import Sequence

from db.engine import Book
from desktop.domain.billing import part_of


def expected_withholding(book: Book, numbers: Sequence[str]) -> int:
    """What their client withholds of the net of these invoices, minor units; of one paid in part, nothing more."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            """SELECT i.net, c.withholding FROM invoice i JOIN client c ON c.id = i.client_id
            WHERE i.number IN (SELECT value FROM json_each(?)) AND c.withholding > 0
            AND i.payable = (SELECT coalesce(sum(o.open), 0) FROM open_item o WHERE o.invoice_id = i.id)""",
            (json.dumps(list(numbers)),),
        )
        return sum(part_of(net, fraction) for net, fraction in rows)
