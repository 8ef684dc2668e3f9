"""`sheaf today`: for people one line a thing, for programs one object."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.commands import Sheaf


@pytest.fixture
def sheaf(tmp_path: Path) -> Sheaf:
    commands = Sheaf(tmp_path)
    commands("new", "B.sheaf", "--firm", "Harbour", "--country", "DE", "--currency", "EUR")
    return commands


def test_a_new_book_needs_nobody(sheaf: Sheaf) -> None:
    said = sheaf("today", "B.sheaf")
    assert said.code == 0
    assert said.out.startswith("Nothing needs you.\n")
    found = sheaf.json("today", "B.sheaf")
    assert (found["items"], found["next_run"], found["left_until_later"]) == ([], None, 0)
    assert found["figures"]["receivables"] == "0.00"
    assert len(found["figures"]["billed"]) == 12


def test_what_is_open_and_late_is_told(sheaf: Sheaf) -> None:
    sheaf.write("clients.csv", "code,name,street,city,country\nC1,Nordlicht GmbH,Kai 1,Hamburg,DE\n")
    sheaf.write(
        "opening.csv",
        "number,client,issue_date,due_date,currency,gross,open\nOLD-1,C1,2025-01-02,2025-02-01,EUR,119.00,119.00\n",
    )
    for kind in ("clients", "opening"):
        assert sheaf("import", "B.sheaf", kind, f"{kind}.csv").code == 0
    found = sheaf.json("today", "B.sheaf")
    (late,) = (item for item in found["items"] if item["kind"] == "overdue")
    assert (late["urgency"], late["amount"], late["currency"], late["action"]) == (
        "today",
        "119.00",
        "EUR",
        "Ask for it",
    )
    assert set(late) == {
        "kind", "urgency", "sentence", "why", "action", "amount", "currency", "estimated", "owner", "due", "count",
    }  # fmt: skip
    figures = found["figures"]
    assert (figures["receivables"], figures["overdue"], figures["dso"]) == ("119.00", "119.00", None)
    told = sheaf("today", "B.sheaf").out
    assert "Nordlicht GmbH is" in told
    assert "€119.00" in told
