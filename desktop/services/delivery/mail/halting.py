"""Accounts that cannot send for now: what is wrong with each is told once, and it is not asked again at once.

A server that is offered a wrong password every minute locks the account.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection

from db.queries.rows import plain_rows
from desktop.domain.retrying import halt_after
from desktop.services.change_sets import raw
from desktop.services.delivery.mail.sent import Problem
from desktop.services.delivery.mail.throttling import moment, utc_text

_KEY: Final = "delivery.halted"


def halts(connection: Connection) -> dict[int, Problem]:
    """What is wrong with each account that was refused last, by its id."""
    return {
        int(key): Problem(int(key), one["sentence"], one["remedy"], one["until"])
        for key, one in _stored(connection).items()
    }


def halt(connection: Connection, problem: Problem, *, now: str, wants_person: bool) -> Problem:
    """Note that an account cannot send; with the time from which it is tried again."""
    known = _stored(connection)
    key = str(problem.account_id)
    times = known.get(key, {}).get("times", 0) + 1
    # What only a person mends is asked for no sooner than within the hour.
    pause = max(halt_after(times), timedelta(hours=1) if wants_person else timedelta())
    told = Problem(problem.account_id, problem.sentence, problem.remedy, utc_text(moment(now) + pause))
    known[key] = asdict(told) | {"times": times, "since": known.get(key, {}).get("since", now)}
    _store(connection, known)
    return told


def resume(connection: Connection, account_ids: Collection[int]) -> None:
    """These accounts send again."""
    known = _stored(connection)
    left = {key: one for key, one in known.items() if int(key) not in account_ids}
    if left != known:
        _store(connection, left)


def _stored(connection: Connection) -> dict[str, dict[str, Any]]:
    rows = plain_rows(connection, "SELECT value FROM setting WHERE key = ?", _KEY)
    return dict(json.loads(rows[0][0])) if rows else {}


def _store(connection: Connection, known: dict[str, dict[str, Any]]) -> None:
    # The machine's own note, not a choice of a person: no change set.
    driver = raw(connection)
    if not known:
        driver.execute("DELETE FROM setting WHERE key = ?", (_KEY,))
        return
    text = json.dumps(known, ensure_ascii=False, sort_keys=True)
    driver.execute(
        "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (_KEY, text),
    )
