"""The traces that an erasure leaves in the log: what proves what is left, once what was written is gone.

An erased payload keeps its hash in the chain and is named by an erased row. What stands afterwards is sealed anew, so
that every row is proved by an event after which nothing of it was erased.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any, Final

# One row as it stands after an erasure: its payload holds every sealed column. What was before is not known any more.
ERASED: Final = "erase"
# As row_seals.ROWS, of rows that were sealed before and that an erasure touched.
ROWS_AGAIN: Final = "rows again"
# Of an event whose change's summary was erased: {"hash": its own, "link": the hash that its fields give since}.
RELINKED: Final = "relinked"
# Of a document whose texts were erased: {"digest": its own, "seal": the seal that its fields give since}.
RESEALED: Final = "sealed again"

# What stands in place of the data of a frozen party: still JSON, which queries look into.
ERASED_PARTY: Final = "{}"


def relinked(connection: sqlite3.Connection) -> dict[int, tuple[Any, Any]]:
    """(hash, link) of events whose summary was erased, by their number."""
    return _told(connection, RELINKED, "hash", "link")


def resealed(connection: sqlite3.Connection) -> dict[int, tuple[Any, Any]]:
    """(digest, seal) of documents whose texts were erased, by their id."""
    return _told(connection, RESEALED, "digest", "seal")


def _told(connection: sqlite3.Connection, action: str, one: str, other: str) -> dict[int, tuple[Any, Any]]:
    found = {}
    for key, text in connection.execute(
        "SELECT e.subject_id, p.after FROM audit_event e JOIN audit_payload p ON p.event_id = e.id"
        " WHERE e.action = ? ORDER BY e.id",
        (action,),
    ):
        try:
            told = json.loads(text)
            found[key] = (told[one], told[other])
        except (TypeError, ValueError, KeyError):
            # The chain tells that its payload was changed.
            continue
    return found
