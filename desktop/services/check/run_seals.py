"""Runs against their seals: every document that a run had issued stands as it was sealed, and no other."""

from __future__ import annotations

import json
import sqlite3
from typing import Any, Final

from desktop.i18n import _
from desktop.services.check.problem import Problems
from desktop.services.runs.sealing import SEALED, run_hash

_SEALS: Final = """SELECT e.subject_id, p.after, e.id = max(e.id) OVER (PARTITION BY e.subject_id)
FROM audit_event e JOIN audit_payload p ON p.event_id = e.id
WHERE e.subject = 'run' AND e.action = ? ORDER BY e.id"""

# One that is gone is told by the seal of its row, unless an erasure took it.
_KEPT: Final = "SELECT r.form, r.sha256 FROM rendering r JOIN invoice i ON i.id = r.invoice_id WHERE i.number = ?"


def check_run_seals(connection: sqlite3.Connection, problems: Problems) -> None:
    """Each seal against the documents and kept files; a run that is over against its last one."""
    for run_id, text, is_last in connection.execute(_SEALS, (SEALED,)):
        row = connection.execute("SELECT number, state FROM run WHERE id = ?", (run_id,)).fetchone()
        try:
            seal = json.loads(text)
            documents = [(number, digest, files) for number, digest, files in seal["documents"]]
            hashed = run_hash((number, digest) for number, digest, _files in documents)
        except (ValueError, TypeError, KeyError, AttributeError):
            problems.add("run", f"#{run_id}", _("its seal cannot be read"))
            continue
        where = str(seal.get("number"))
        if row is None or row[0] != where:
            problems.add("run", where, _("it was sealed and is not in the book under this number"))
            continue
        if hashed != seal.get("hash"):
            problems.add("run", where, _("the hash of its seal is not that of its documents"))
        _compare(connection, problems, run_id, where, documents, whole=bool(is_last) and row[1] == "done")


def _compare(
    connection: sqlite3.Connection, problems: Problems, run_id: int, run: str, documents: list[Any], *, whole: bool
) -> None:
    there = dict(connection.execute("SELECT number, digest FROM invoice WHERE run_id = ?", (run_id,)))
    for number, digest, files in documents:
        if there.pop(number, None) != digest:
            problems.add("run", run, _("{number} is not as it was sealed with the run").format(number=number))
        if files:
            kept = dict(connection.execute(_KEPT, (number,)))
            if any(kept.get(form, sha256) != sha256 for form, sha256 in files.items()):
                told = _("a kept file of {number} is not the one that was sealed with the run")
                problems.add("run", run, told.format(number=number))
    if whole:
        for number in there:
            problems.add("run", run, _("{number} is not in the seal of its run").format(number=number))
