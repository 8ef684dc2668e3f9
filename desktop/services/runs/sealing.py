"""Seals a run: the numbers and seals of its documents go into the log, so that none is added, lost or changed later."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Connection

from desktop.services.change_sets import Change

# The action of the event; its payload is {"number", "documents": [[number, seal, {form: SHA-256}], …], "hash"}.
SEALED: Final = "sealed"


def run_hash(documents: Iterable[tuple[str, str]]) -> str:
    """SHA-256 over a line “number seal” for each document, in their order: any tool can reckon it again."""
    found = hashlib.sha256()
    for number, seal in documents:
        found.update(f"{number} {seal}\n".encode())
    return found.hexdigest()


def seal_run(made: Change, run_id: int) -> None:
    """Record what the run issued until now, with the hashes of files that are kept; nothing where that is sealed.

    A run that issued nothing is sealed as well: what its report tells has a head to be proved by.
    """
    documents = _documents(made.connection, run_id)
    if _sealed_count(made.connection, run_id) == len(documents):
        return
    number = made.connection.exec_driver_sql("SELECT number FROM run WHERE id = ?", (run_id,)).scalar_one()
    hashed = run_hash((name, seal) for name, seal, _files in documents)
    made.record("run", run_id, SEALED, None, {"number": number, "documents": documents, "hash": hashed})


def sealed_head(connection: Connection, run_id: int) -> str:
    """The head of the log right after the run was sealed, empty where it is not: noted elsewhere it proves the log."""
    found = connection.exec_driver_sql(
        "SELECT hash FROM audit_event WHERE subject = 'run' AND subject_id = ? AND action = ? ORDER BY id DESC LIMIT 1",
        (run_id, SEALED),
    ).fetchone()
    return str(found[0]) if found else ""


def _documents(connection: Connection, run_id: int) -> list[list[Any]]:
    files: dict[int, dict[str, str]] = {}
    for invoice, form, sha256 in connection.exec_driver_sql(
        "SELECT r.invoice_id, r.form, r.sha256 FROM rendering r JOIN invoice i ON i.id = r.invoice_id"
        " WHERE i.run_id = ? ORDER BY r.form",
        (run_id,),
    ):
        files.setdefault(invoice, {})[form] = sha256
    rows = connection.exec_driver_sql("SELECT id, number, digest FROM invoice WHERE run_id = ? ORDER BY id", (run_id,))
    return [[number, seal, files.get(key, {})] for key, number, seal in rows]


def _sealed_count(connection: Connection, run_id: int) -> int | None:
    """How many documents the last seal names: documents are only added, so a number tells whether it holds all."""
    found = connection.exec_driver_sql(
        "SELECT json_array_length(p.after, '$.documents') FROM audit_event e JOIN audit_payload p ON p.event_id = e.id"
        " WHERE e.subject = 'run' AND e.subject_id = ? AND e.action = ? ORDER BY e.id DESC LIMIT 1",
        (run_id, SEALED),
    ).fetchone()
    return int(found[0] or 0) if found else None
