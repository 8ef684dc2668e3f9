"""Bank lines as they are shown, each with what stands booked of it."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from db.engine import Book
from desktop.domain.wording import Said, restored
from desktop.errors import UserError
from desktop.i18n import _

_LINES: Final = """SELECT l.id, l.account_id, a.iban, a.account_number, l.booked_on, l.amount, l.currency, l.party,
  l.text, l.reference, l.state FROM bank_line l JOIN bank_account a ON a.id = l.account_id
WHERE {where} ORDER BY l.booked_on, l.id"""

_MATCHES: Final = """SELECT m.id, m.line_id, m.kind, m.amount, m.client_id, c.code, m.payment_id, p.number, r.number,
  m.score, m.reasons, m.note FROM bank_match m JOIN reconciliation r ON r.id = m.reconciliation_id
LEFT JOIN client c ON c.id = m.client_id LEFT JOIN payment p ON p.id = m.payment_id
WHERE m.undone_at IS NULL AND r.undone_at IS NULL AND m.line_id IN (SELECT value FROM json_each(?)) ORDER BY m.id"""


@dataclass(frozen=True, slots=True)
class ShownMatch:
    """What a part of a line stands booked as; signed minor units. `score` is None where a person decided."""

    id: int
    kind: str
    amount: int
    client_id: int | None
    client: str
    payment_id: int | None
    payment: str
    reconciliation: str
    score: int | None
    reasons: tuple[Said, ...]
    note: str


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line with what stands booked of it; `left` is the rest. Signed minor units of `currency`."""

    id: int
    account_id: int
    account: str
    booked_on: date
    amount: int
    left: int
    currency: str
    party: str
    text: str
    reference: str
    state: str
    matches: tuple[ShownMatch, ...]


def shown_lines(
    book: Book, state: Literal["open", "booked", "all"] = "all", line_ids: Collection[int] | None = None
) -> list[ShownLine]:
    """Lines of a state, or these, the oldest first."""
    where, values = {"open": "l.state = 'open'", "booked": "l.state = 'booked'"}.get(state, "1"), tuple[Any, ...]()
    if line_ids is not None:
        where, values = f"{where} AND l.id IN (SELECT value FROM json_each(?))", (json.dumps(list(line_ids)),)
    with book.reading() as session:
        connection = session.connection()
        rows = connection.exec_driver_sql(_LINES.format(where=where), values).fetchall()
        matches: dict[int, list[ShownMatch]] = {}
        for one in connection.exec_driver_sql(_MATCHES, (json.dumps([row[0] for row in rows]),)):
            reasons = tuple(restored(text) for text in json.loads(one[10]))
            match = ShownMatch(
                one[0], one[2], one[3], one[4], one[5] or "", one[6], one[7] or "", one[8], one[9], reasons, one[11]
            )
            matches.setdefault(one[1], []).append(match)
    return [_shown(row, tuple(matches.get(row[0], ()))) for row in rows]


def shown_line(book: Book, line_id: int) -> ShownLine:
    """UserError where it is not in the book."""
    found = shown_lines(book, line_ids=[line_id])
    if not found:
        raise UserError(_("The bank line is not in the book any more."), _("Reload the list."))
    return found[0]


def _shown(row: Any, matches: tuple[ShownMatch, ...]) -> ShownLine:
    amount = row[5]
    return ShownLine(
        id=row[0],
        account_id=row[1],
        account=row[2] or row[3],
        booked_on=date.fromisoformat(row[4]),
        amount=amount,
        left=amount - sum(match.amount for match in matches),
        currency=row[6],
        party=row[7],
        text=row[8],
        reference=row[9],
        state=row[10],
        matches=matches,
    )
