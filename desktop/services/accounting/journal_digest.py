"""The digest of the journal through a day: what a closing swears to, and what a check compares with."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from datetime import date
from typing import Final

# Named one by one: a column that comes later must not change what was sworn to before.
_JOURNAL: Final = """
SELECT e.id, e.kind, e.booked_on, p.role, p.client_id, p.currency, p.amount, p.firm_amount, p.category, p.rate,
  p.period_start, p.period_end, p.account_id
FROM journal_entry e LEFT JOIN posting p ON p.entry_id = e.id WHERE e.booked_on <= ? ORDER BY e.booked_on, e.id, p.id"""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=bytes.hex).encode


def journal_digests(connection: sqlite3.Connection, days: Iterable[date]) -> dict[date, str]:
    """SHA-256 of the journal through each of the days, read once."""
    wanted = sorted(set(days))
    found: dict[date, str] = {}
    if not wanted:
        return found
    seal = hashlib.sha256()
    texts = [day.isoformat() for day in wanted]
    place = 0
    for row in connection.execute(_JOURNAL, (texts[-1],)):
        # A day changed by hand may be no text at all; it still has to change the digest.
        while place < len(wanted) and str(row[2]) > texts[place]:
            found[wanted[place]] = seal.hexdigest()
            place += 1
        seal.update(_encode(tuple(row)).encode())
    for day in wanted[place:]:
        found[day] = seal.hexdigest()
    return found
