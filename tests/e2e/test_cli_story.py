"""Notes and history by command."""

import pytest

from tests.e2e.commands import Sheaf

CLIENTS = """code,name,country
C1,Nordlicht Energie GmbH,DE
C2,Bakery Rossi,IT
"""
ITEMS = """code,name,unit
C2,Consulting,hour
"""


@pytest.fixture
def sheaf(tmp_path):
    commands = Sheaf(tmp_path)
    commands("new", "B.sheaf", "--firm", "Harbour", "--country", "DE", "--currency", "EUR")
    for kind, text in (("clients", CLIENTS), ("items", ITEMS)):
        commands.write(f"{kind}.csv", text)
        assert commands("import", "B.sheaf", kind, f"{kind}.csv").code == 0
    return commands


def test_a_note_is_put_and_stands_in_the_history(sheaf):
    made = sheaf.json("note", "B.sheaf", "c1", "Call Ida", "--due", "2026-12-04", "--as", "Mara")
    assert (made["subject"], made["due"]) == ("client", "2026-12-04")
    told = sheaf.json("history", "B.sheaf", "C1")
    (entry,) = told["entries"]
    assert (entry["actor"], entry["summary"], entry["lines"]) == ("Mara", "Add a note to client C1", ["“Call Ida”"])
    assert (entry["undoable"], told["more"]) == (True, False)
    assert "“Call Ida”" in sheaf("history", "B.sheaf", "C1").out
    assert sheaf("undo", "B.sheaf").code == 0
    newest, first = sheaf.json("history", "B.sheaf", "C1")["entries"]
    assert (newest["summary"], first["undone"]) == ("Undone: Add a note to client C1", True)
    assert len(sheaf.json("history", "B.sheaf", "C1", "--limit", "1")["entries"]) == 1
    assert sheaf.json("check", "B.sheaf")["clean"]


def test_what_is_not_there_is_said(sheaf):
    refused = sheaf("note", "B.sheaf", "C9", "x")
    assert (refused.code, "There is nothing called “C9”." in refused.err) == (1, True)
    refused = sheaf("note", "B.sheaf", "C1", "x", "--owner", "Ida")
    assert (refused.code, "Nobody in this book is called “Ida”." in refused.err) == (1, True)
    assert sheaf("note", "B.sheaf", "C1", "  ").code == 1
    assert sheaf.json("history", "B.sheaf", "C1")["entries"] == []


def test_a_code_that_two_things_share_is_asked_for(sheaf):
    refused = sheaf("note", "B.sheaf", "C2", "x")
    assert (refused.code, "“C2” is both client and item." in refused.err) == (1, True)
    assert sheaf.json("note", "B.sheaf", "item:c2", "Dearer next year")["subject"] == "item"
    assert len(sheaf.json("history", "B.sheaf", "item:C2")["entries"]) == 1
