"""Reminders by commands alone: preview, run, decisions, holds, levels, rates, claims, disputes, statements."""

from __future__ import annotations

from datetime import date

import pytest

from db.book_files import open_book
from tests.e2e.commands import Sheaf
from tests.issued import add_client, add_invoice

BOOK = "late.sheaf"
DAY_7, DAY_14, DAY_28 = ("--as-of", "2026-02-07"), ("--as-of", "2026-02-14"), ("--as-of", "2026-02-28")


@pytest.fixture
def late(sheaf: Sheaf) -> Sheaf:
    """Two clients whose invoices of 100.00 were due on 31 January 2026."""
    sheaf.json("new", BOOK, "--firm", "Harbour Services", "--country", "DE", "--currency", "EUR")
    with open_book(sheaf.folder / BOOK) as book:
        for code in ("ACME", "BOLT"):
            add_invoice(book, add_client(book, code), date(2026, 1, 1), (10_000, 0))
    return sheaf


def test_a_run_is_previewed_sent_once_and_climbs(late: Sheaf) -> None:
    preview = late.json("remind", BOOK, *DAY_7, "--preview")
    assert (preview["run"], preview["blocked"], preview["totals"]) == (None, None, {"EUR": "200.00"})
    (acme, _bolt) = preview["reminders"]
    assert (acme["client"], acme["level"], acme["invoices"], acme["amount"], acme["state"]) == (
        "ACME",
        1,
        ["INV-2026-0001"],
        "100.00",
        "planned",
    )
    sent = late.json("remind", BOOK, *DAY_7)
    assert (sent["run"], [one["state"] for one in sent["reminders"]]) == ("M-2026-0001", ["sent", "sent"])
    assert late.json("remind", BOOK, *DAY_7)["reminders"] == []
    assert [one["level"] for one in late.json("remind", BOOK, *DAY_28)["reminders"]] == [3, 3]
    runs = late.json("remind", BOOK, "--list")["runs"]
    assert [(one["run"], one["letters"]) for one in runs] == [
        ("M-2026-0002", {"sent": 2}),
        ("M-2026-0001", {"sent": 2}),
    ]
    assert "sent 2" in late("remind", BOOK, "--list").out
    assert late.json("check", BOOK)["clean"]


def test_a_planned_run_is_decided_on_and_sent_later(late: Sheaf) -> None:
    assert late.json("remind", BOOK, *DAY_7, "--plan")["run"] == "M-2026-0001"
    waits = late("remind", BOOK, *DAY_7)
    assert waits.code == 1
    assert "M-2026-0001" in waits.err
    decided = late.json("remind", BOOK, "--run", "M-2026-0001", "--hold", "BOLT", "--note", "calls on Monday")
    assert [(one["client"], one["state"], one["note"]) for one in decided["reminders"]] == [
        ("ACME", "planned", None),
        ("BOLT", "held", "calls on Monday"),
    ]
    wrong = late("remind", BOOK, "--run", "M-2026-0001", "--skip", "NOBODY")
    assert (wrong.code, "NOBODY" in wrong.err) == (1, True)
    sent = late.json("remind", BOOK, "--run", "M-2026-0001")
    assert [one["state"] for one in sent["reminders"]] == ["sent", "held"]
    assert late("remind", BOOK, "--cancel").code == 1
    late.json("remind", BOOK, *DAY_14, "--plan")
    assert late.json("remind", BOOK, "--run", "M-2026-0002", "--cancel")["state"] == "cancelled"


def test_holds_are_listed_set_and_released(late: Sheaf) -> None:
    refused = late("holds", BOOK, "--client", "ACME")
    assert refused.code == 1
    (hold,) = late.json("holds", BOOK, "--client", "ACME", "--reason", "talks")["holds"]
    assert (hold["client"], hold["invoice"], hold["reason"]) == ("ACME", None, "talks")
    later = ("--as-of", "2030-02-07")
    states = [one["state"] for one in late.json("remind", BOOK, *later, "--preview")["reminders"]]
    assert states == ["held", "planned"]
    assert late.json("holds", BOOK, "--release", hold["id"])["holds"] == []
    assert len(late.json("holds", BOOK, "--all")["holds"]) == 1


def test_levels_policy_and_rates_are_set(late: Sheaf) -> None:
    assert [one["days"] for one in late.json("dunning", BOOK, "levels")["levels"]] == [7, 14, 28]
    late.json("dunning", BOOK, "level", "7", "--fee", "5", "--with-interest", "--text", "Hello {client.name}")
    found = late.json("dunning", BOOK, "level", "10", "--name", "Between")["levels"]
    assert [(one["level"], one["days"], one["fee"]) for one in found] == [
        (1, 7, "5.00"),
        (2, 10, "0.00"),
        (3, 14, "0.00"),
        (4, 28, "0.00"),
    ]
    assert len(late.json("dunning", BOOK, "level", "10", "--remove")["levels"]) == 3
    policy = late.json("dunning", BOOK, "policy", "--interest", "12", "--minimum", "10", "--day-count", "30/360")[
        "policy"
    ]
    assert policy["interest"] == {"value": "fixed", "source": "firm"}
    assert policy["interest_rate"]["value"] == "12"
    assert policy["escalate_after"] == {"value": 14, "source": "program"}
    (acme, _bolt) = late.json("remind", BOOK, *DAY_7, "--preview")["reminders"]
    # Seven days of 360 at 12 % on 100.00, and the fee.
    assert (acme["fee"], acme["interest"], acme["total"]) == ("5.00", "0.23", "105.23")
    rates = late.json("dunning", BOOK, "rate", "DE", "business", "2026-07-01", "10.1")["rates"]
    assert (rates[0]["percent"], rates[0]["own"], rates[0]["until"]) == ("10.1", True, "2026-12-31")
    assert late("dunning", BOOK, "rate", "DE", "business", "tomorrow", "10").code == 1
    assert late("dunning", BOOK, "level", "soon").code == 1


def test_claims_escalations_and_disputes(late: Sheaf) -> None:
    late.json("dunning", BOOK, "level", "28", "--fee", "9")
    late.json("remind", BOOK, *DAY_28)
    claims = late.json("claims", BOOK)["claims"]
    assert [(one["client"], one["fee"], one["interest"]) for one in claims] == [
        ("ACME", "9.00", "0.00"),
        ("BOLT", "9.00", "0.00"),
    ]
    assert late.json("claims", BOOK, "--client", "ACME", "--waive")["claims"] == []
    assert [one["client"] for one in late.json("claims", BOOK)["claims"]] == ["BOLT"]
    assert late("claims", BOOK, "--waive").code == 1
    assert [one["client"] for one in late.json("escalations", BOOK)["escalations"]] == ["ACME", "BOLT"]
    late.json("dispute", BOOK, "INV-2026-0001", "--reason", "hours", "--category", "quantity", "--due", "2030-01-01")
    (one,) = late.json("dispute", BOOK)["disputes"]
    assert (one["number"], one["category"], one["due_on"], one["amount"]) == (
        "INV-2026-0001",
        "quantity",
        "2030-01-01",
        None,
    )
    assert [one["client"] for one in late.json("escalations", BOOK)["escalations"]] == ["BOLT"]
    late.json("dispute", BOOK, "INV-2026-0001", "--close", "agreed")
    assert late.json("dispute", BOOK)["disputes"] == []


def test_statements_go_to_everyone_with_a_balance(late: Sheaf) -> None:
    done = late.json("send-statements", BOOK, *DAY_7)
    assert (done["clients"], len(done["deliveries"]), done["refused"]) == (2, 2, [])
    assert late.json("send-statements", BOOK, *DAY_14, "--client", "ACME")["clients"] == 1


def test_tables_for_people_read_well(late: Sheaf) -> None:
    answer = late("remind", BOOK, *DAY_7)
    assert "M-2026-0001: 2 letters are in the outbox." in answer.out
    for command in ("levels", "policy", "rates"):
        assert late("dunning", BOOK, command).out
    for command in ("holds", "claims", "escalations", "dispute"):
        assert late(command, BOOK).code == 0
