"""The chain of audit events: each carries the hash of the one before, so that none is edited or lost unnoticed.

Written within the transaction of what it tells of, under the write lock, so that two writers never fork it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

# What the first event follows.
START = "0" * 64

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


class Event(NamedTuple):
    """What happened to one row, or to many; `before` and `after` hold JSON values only."""

    subject: str
    subject_id: int | None
    action: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


def payload_hash(salt: str, before: str | None, after: str | None) -> str:
    """Salted, so that an erased payload cannot be found again by guessing. The texts are JSON: no line breaks."""
    return hashlib.sha256(f"{salt}\n{before or ''}\n{after or ''}".encode()).hexdigest()


def link(
    previous: str,
    change_set: int,
    at: str,
    actor: str,
    summary: str,
    subject: str,
    subject_id: int | None,
    action: str,
    payload: str,
) -> str:
    """The hash of one event."""
    text = _encode([previous, change_set, at, actor, summary, subject, subject_id, action, payload])
    return hashlib.sha256(text.encode()).hexdigest()


def head(connection: sqlite3.Connection) -> str:
    """The hash of the last event: noted elsewhere, it proves the book against a full rewrite."""
    row = connection.execute("SELECT hash FROM audit_event ORDER BY id DESC LIMIT 1").fetchone()
    return row[0] if row else START


def append(
    connection: sqlite3.Connection, change_set: int, at: str, actor: str, summary: str, events: Sequence[Event]
) -> None:
    """Add events of one change set at the end of the chain; `at` is UTC text."""
    last = connection.execute("SELECT id, hash FROM audit_event ORDER BY id DESC LIMIT 1").fetchone()
    number, previous = last or (0, START)
    links, payloads = [], []
    for event in events:
        number += 1
        before = None if event.before is None else _encode(event.before)
        after = None if event.after is None else _encode(event.after)
        salt = secrets.token_hex(16)
        payload = payload_hash(salt, before, after)
        this = link(previous, change_set, at, actor, summary, event.subject, event.subject_id, event.action, payload)
        links.append(
            (number, change_set, at, actor, event.subject, event.subject_id, event.action, payload, previous, this)
        )
        payloads.append((number, salt, before, after))
        previous = this
    connection.executemany(
        "INSERT INTO audit_event (id, change_set_id, at, actor, subject, subject_id, action, payload_hash,"
        " previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        links,
    )
    connection.executemany("INSERT INTO audit_payload (event_id, salt, before, after) VALUES (?, ?, ?, ?)", payloads)
