"""SIGKILL while mails go out: none goes twice without a person's word, none is forgotten."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from db.schema import MailAccount
from desktop.services.changes import change
from tests.books import new_book
from tests.contracts import ANNE, Contracts, value
from tests.e2e.killing import driven

POINTS = 50


def fill(made: Contracts) -> int:
    """Twelve clients with an invoice each, and one that gets its three in one mail; how many documents that are."""
    for k in range(13):
        client = made.client(f"C{k:02d}", email=f"c{k}@client.test", delivery="email", mail_together=k == 6)
        for n in range(3 if k == 6 else 1):
            made.agreement(client, f"A{k:02d}-{n}", {"unit_price": str(50 + k)})
    with change(made.book, ANNE, "Account") as changed:
        changed.insert(
            MailAccount,
            uid="office",
            position=1,
            name="Office",
            sender="office@firm.test",
            host="127.0.0.1",
            port=25,
            security="none",
            auth="none",
        )
    made.bill("2026-01-31")
    return int(value(made.book, "SELECT count(*) FROM delivery WHERE channel = 'email' AND state = 'waiting'"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forks of one warm process")
def test_a_sender_killed_at_any_point_sends_nothing_twice_and_forgets_nothing(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        assert fill(Contracts(book)) == 15
        source = book.path
    told = driven("tests.e2e.killed_sender", source, tmp_path, seed=20260131, count=POINTS)
    assert told["wrong"] == []
    assert told["kills"] >= POINTS
    # Some are caught on their way, and they are the only ones that a person is asked about.
    assert 10 <= told["ends"]["uncertain"] <= 3 * told["kills"]
    assert told["steps"] > 200
