"""Words that clients gave and did not keep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

from db.queries.figures import client_names
from db.queries.rows import ids_text
from desktop.domain.promises import BROKEN
from desktop.i18n import _, date_text, money_text, ngettext, number_text
from desktop.services.promises import PromiseRow, judged_promises
from desktop.services.today.item import Item, Look, Target, Urgency, few_or_all

_FILTER: Final = frozenset({"broken"})


class _Broken(NamedTuple):
    client: str
    promise: PromiseRow
    late: bool


def broken_promises(look: Look) -> Iterator[Item]:
    """The latest promise of each client and currency, where it is broken and the client still owes."""
    found = []
    for rows in judged_promises(look.connection, look.today).values():
        latest = next((row for row in rows if row.withdrawn_on is None), None)
        if latest is not None and latest.state == BROKEN:
            found.append(latest)
    owing = _owing(look)
    standing = [row for row in found if (row.client_id, row.currency) in owing]
    if standing:
        names = dict(client_names(look.connection, ids_text(row.client_id for row in standing)))
        broken = [
            _Broken(names[row.client_id], row, owing[row.client_id, row.currency] < look.day)
            for row in sorted(standing, key=lambda row: (row.promised_on, row.id))
        ]
        yield from few_or_all([one for one in broken if one.late], _broken, partial(_all_broken, look))
        yield from map(_broken, [one for one in broken if not one.late])


def _owing(look: Look) -> dict[tuple[int, str], str]:
    """By client and currency the first day on which something of it is due."""
    rows = look.connection.exec_driver_sql(
        """SELECT coalesce(c.merged_into_id, c.id), o.currency, min(o.due_date) FROM promise p
        JOIN client h ON h.id = p.client_id
        JOIN client c ON coalesce(c.merged_into_id, c.id) = coalesce(h.merged_into_id, h.id)
        JOIN open_item o ON o.client_id = c.id AND o.currency = p.currency AND o.open > 0 GROUP BY 1, 2"""
    )
    return {(client, currency): due for client, currency, due in rows}


def _broken(row: _Broken) -> Item:
    promise = row.promise
    left = promise.amount - promise.came
    return Item(
        "promise",
        f"promise:{promise.id}",
        Urgency.TODAY,
        _("{client} did not pay as promised").format(client=row.client),
        _("{amount} was promised for {day}.").format(
            amount=money_text(promise.amount, promise.currency), day=date_text(promise.promised_on)
        ),
        _("Ask again"),
        # The list of collections has only those of whom something is past due.
        Target("collections" if row.late else "clients", promise.client_id),
        left,
        promise.currency,
        due=promise.promised_on,
        weight=37,
    )


def _all_broken(look: Look, rows: Sequence[_Broken]) -> Item:
    total, count = look.sum((row.promise.amount - row.promise.came, row.promise.currency) for row in rows), len(rows)
    words = ngettext("{count} client did not pay as promised", "{count} clients did not pay as promised", count)
    return Item(
        "promise",
        f"promise:{count}:{rows[0].promise.id}",
        Urgency.TODAY,
        words.format(count=number_text(count)),
        _("The oldest: {client}, promised for {day}.").format(
            client=rows[0].client, day=date_text(rows[0].promise.promised_on)
        ),
        _("Ask again"),
        Target("collections", filters=_FILTER),
        total.amount,
        total.currency,
        not total.whole,
        due=rows[0].promise.promised_on,
        count=count,
        weight=37,
    )
