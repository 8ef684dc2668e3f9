"""What stands against merging two clients or items, and against taking a merge back, in words."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from desktop.errors import UserError
from desktop.i18n import _, number_text

_OPEN: Final = "('ready', 'held', 'approved', 'failed')"
# So many are named in a sentence.
_NAMED: Final = 3

# The event that keeps how far the books were when two became one.
MERGED: Final = "merged"


def marks(connection: Connection) -> dict[str, int]:
    """How far invoices and allocations have come: what has a higher id was made after a merge."""
    return {
        table: int(connection.exec_driver_sql(f"SELECT coalesce(max(id), 0) FROM {table}").scalar_one())
        for table in ("invoice", "allocation")
    }


def refuse_drafts_of_client(connection: Connection, client_id: int, name: str) -> None:
    """UserError where a run still holds a draft of the client: its buyer and its reservations are of before."""
    runs = _column(
        connection,
        "SELECT DISTINCT r.number FROM draft d JOIN run r ON r.id = d.run_id"
        f" WHERE d.client_id = ? AND d.state IN {_OPEN} ORDER BY r.id",
        (client_id,),
    )
    _refuse_drafts(runs, name)


def refuse_drafts_of_item(connection: Connection, item_id: int, name: str) -> None:
    """UserError where a run still holds a draft that bills the item."""
    runs = _column(
        connection,
        f"""SELECT number FROM run WHERE id IN (
          SELECT d.run_id FROM draft d WHERE d.state IN {_OPEN} AND d.id IN (
            SELECT o.draft_id FROM agreement_line l JOIN outcome o ON o.agreement_id = l.agreement_id
              WHERE l.item_id = :item AND o.state IN ('ready', 'held', 'failed')
            UNION ALL SELECT draft_id FROM time_entry WHERE item_id = :item AND draft_id IS NOT NULL
            UNION ALL SELECT draft_id FROM one_off WHERE item_id = :item AND draft_id IS NOT NULL
            UNION ALL SELECT draft_id FROM milestone WHERE item_id = :item AND draft_id IS NOT NULL)) ORDER BY id""",
        {"item": item_id},
    )
    _refuse_drafts(runs, name)


def _refuse_drafts(runs: Sequence[str], name: str) -> None:
    if runs:
        raise UserError(
            _("{runs} has drafts that bill {name}.").format(runs=listed(runs), name=name),
            _("Issue or discard them first; a draft shows the client and the items as they were planned."),
        )


def refuse_metered(connection: Connection, keep: int, absorb: int, name: str) -> None:
    """UserError where one agreement meters both items, or where billed usage is counted under the absorbed one.

    Billed records keep the item that they were counted under; freed by a credit note, no line would find them.
    """
    both = _column(
        connection,
        "SELECT a.code FROM agreement a JOIN agreement_line k ON k.agreement_id = a.id AND k.kind = 'usage'"
        " JOIN agreement_line o ON o.agreement_id = a.id AND o.kind = 'usage' WHERE k.item_id = ? AND o.item_id = ?"
        " GROUP BY a.id ORDER BY a.code",
        (keep, absorb),
    )
    if both:
        raise UserError(
            _("Agreement {codes} counts both items, each for itself: merged, their units would run together.").format(
                codes=listed(both)
            ),
            _("They are two meters; tell them apart by their names instead."),
        )
    billed = connection.exec_driver_sql(
        "SELECT count(*) FROM usage WHERE item_id = ? AND invoice_id IS NOT NULL", (absorb,)
    ).scalar_one()
    if billed:
        raise UserError(
            _("{count} billed usage records are counted under {name} and stay so.").format(
                count=number_text(billed), name=name
            ),
            _("Merge the other way round: keep this item, and let the other go."),
        )


def against_unmerging(
    connection: Connection, subject: str, event: Any, updates: Iterable[tuple[str, int, dict[str, Any]]]
) -> str:
    """Why a merge cannot be taken back any more, or an empty text.

    `event` is the payload kept by the merge (`marks` and ids); `updates` are (table, id, what stood before) of the
    rows that it changed.
    """
    rows = list(updates)
    agreements = [key for table, key, before in rows if table == "agreement" and "client_id" in before]
    lines = [key for table, key, before in rows if table == "agreement_line" and "item_id" in before]
    return (
        _billed_since(connection, agreements, lines, event["invoice"])
        or _drafted_since(connection, agreements, lines)
        or (_settled_across(connection, rows, event) if subject == "client" else "")
    )


def _billed_since(connection: Connection, agreements: Collection[int], lines: Collection[int], mark: int) -> str:
    numbers = _column(
        connection,
        "SELECT DISTINCT i.number FROM charge c JOIN invoice i ON i.id = c.invoice_id WHERE i.id > ? AND"
        " (c.agreement_id IN (SELECT value FROM json_each(?))"
        " OR c.agreement_line_id IN (SELECT value FROM json_each(?))) ORDER BY i.id",
        (mark, json.dumps(list(agreements)), json.dumps(list(lines))),
    )
    if not numbers:
        return ""
    return _("what moved was billed since, on {invoices}").format(invoices=listed(numbers))


def _drafted_since(connection: Connection, agreements: Collection[int], lines: Collection[int]) -> str:
    runs = _column(
        connection,
        "SELECT DISTINCT r.number FROM outcome o JOIN run r ON r.id = o.run_id WHERE o.draft_id IS NOT NULL"
        " AND o.state IN ('ready', 'held', 'failed') AND (o.agreement_id IN (SELECT value FROM json_each(?))"
        " OR o.agreement_id IN (SELECT agreement_id FROM agreement_line WHERE id IN (SELECT value FROM json_each(?))))"
        " ORDER BY r.id",
        (json.dumps(list(agreements)), json.dumps(list(lines))),
    )
    return _("{runs} holds a draft of what moved").format(runs=listed(runs)) if runs else ""


def _settled_across(connection: Connection, rows: Sequence[tuple[str, int, dict[str, Any]]], event: Any) -> str:
    """Where one of the two paid what the other owed, each alone would no longer agree with the journal.

    Taking it back later does not help: on the days between it stands in the books of both.
    """
    apart = [key for table, key, before in rows if table == "client" and "merged_into_id" in before]
    ids = json.dumps(apart)
    found = connection.exec_driver_sql(
        """SELECT coalesce(p.number, n.number), i.number FROM allocation a JOIN invoice i ON i.id = a.invoice_id
        LEFT JOIN payment p ON p.id = a.payment_id LEFT JOIN invoice n ON n.id = a.credit_note_id
        WHERE coalesce(p.client_id, n.client_id) IS NOT NULL AND a.id > :mark
        AND (i.client_id IN (SELECT value FROM json_each(:ids)))
          <> (coalesce(p.client_id, n.client_id) IN (SELECT value FROM json_each(:ids)))
        GROUP BY 1, 2, a.dated HAVING sum(a.amount) <> 0 ORDER BY min(a.id) LIMIT 1""",
        {"mark": event["allocation"], "ids": ids},
    ).fetchone()
    if found is None:
        return ""
    return _("{source} of the one was used for {invoice} of the other").format(source=found[0], invoice=found[1])


def _column(connection: Connection, sql: str, values: Any) -> list[str]:
    return [str(row[0]) for row in connection.exec_driver_sql(sql, values)]


def listed(words: Sequence[str]) -> str:
    """The first few, and how many more."""
    if len(words) <= _NAMED:
        return ", ".join(words)
    return _("{some} and {more} more").format(some=", ".join(words[:_NAMED]), more=len(words) - _NAMED)
