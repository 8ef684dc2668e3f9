"""What the bank charged, moved between own accounts or took for other things, as entries of the journal.

Money of clients is booked by their payments; this is the rest of a statement, so that the bank's account is whole.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.journal import firm_factor, in_firm
from desktop.i18n import ngettext, number_text
from desktop.services.accounting.entries import Entries, Side
from desktop.services.change_sets import Change
from desktop.services.changes import change
from desktop.services.exchange import ExchangeRates

# What a line, or a part of it, that no client owes or gets is posted against.
AGAINST: Final = {"charges": "fees", "transfer": "transit", "other": "other"}
_KINDS: Final = ", ".join(f"'{kind}'" for kind in AGAINST)
# An entry stands until another takes it back.
_STANDS: Final = """SELECT e.id FROM journal_entry e WHERE e.match_id = m.id AND e.reverses_id IS NULL
 AND NOT EXISTS (SELECT 1 FROM journal_entry r WHERE r.reverses_id = e.id)"""
_UNPOSTED: Final = f"""FROM bank_match m JOIN reconciliation r ON r.id = m.reconciliation_id
 JOIN bank_line l ON l.id = m.line_id
 WHERE m.kind IN ({_KINDS}) AND m.undone_at IS NULL AND r.undone_at IS NULL AND NOT EXISTS ({_STANDS})"""


def post_aside(made: Change, after: int = 0) -> int:
    """Post the matches with ids above `after` that stand and that nothing of the journal tells yet; how many.

    Each is booked on the day of its line, or on the first day on which the books are open.
    """
    rows = made.connection.exec_driver_sql(
        f"SELECT m.id, m.kind, m.amount, m.account_id, l.currency, l.booked_on {_UNPOSTED} AND m.id > ? ORDER BY m.id",
        (after,),
    ).fetchall()
    if not rows:
        return 0
    rates = ExchangeRates(made.connection)
    entries = Entries(made.connection)
    for match_id, kind, amount, account_id, currency, day in rows:
        booked_on = date.fromisoformat(day)
        factor = firm_factor(rates.on(currency, booked_on), currency, rates.firm_currency)
        firm = in_firm(amount, factor)
        back = None if firm is None else -firm
        sides = (
            Side("bank", currency, amount, firm),
            Side(AGAINST[kind], currency, -amount, back, account_id),
        )
        entries.add("bank", entries.open_day(booked_on), sides, match_id=match_id)
    entries.write()
    return len(rows)


def take_aside_back(made: Change, match_ids: Collection[int]) -> None:
    """Post the mirrors of what stands in the journal of these matches."""
    found = made.connection.exec_driver_sql(
        f"SELECT ({_STANDS}) FROM bank_match m WHERE m.id IN (SELECT value FROM json_each(?)) ORDER BY m.id",
        (json.dumps(list(match_ids)),),
    )
    entries = Entries(made.connection)
    for (entry_id,) in found.fetchall():
        if entry_id is not None:
            entries.mirror(entry_id)
    entries.write()


def unposted(connection: Connection) -> int:
    """How many parts of bank lines were put aside before the ledger and stand in no entry."""
    return int(connection.exec_driver_sql(f"SELECT count(*) {_UNPOSTED}").scalar_one())


def post_earlier(book: Book, *, actor: str) -> int:
    """Post what the bank took aside before the ledger; how many entries. What is posted already is left as it is."""
    with change(book, actor, "", undoable=False) as made:
        count = post_aside(made)
        said = ngettext(
            "Post {count} bank line that was put aside before the ledger",
            "Post {count} bank lines that were put aside before the ledger",
            count,
        )
        made.summary = said.format(count=number_text(count))
    return count


def unposted_rows(book: Book) -> list[dict[str, Any]]:
    """What `post_earlier` would post: day, kind, amount, currency, and what was said of it."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            f"""SELECT l.booked_on, m.kind, m.amount, l.currency, coalesce(nullif(m.note, ''), l.text) {_UNPOSTED}
            ORDER BY l.booked_on, m.id"""
        )
        return [
            {"date": date.fromisoformat(day), "kind": kind, "amount": amount, "currency": currency, "text": text}
            for day, kind, amount, currency, text in rows
        ]
