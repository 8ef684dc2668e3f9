"""Cleaning up by command: what wants mending, what looks double, and making two one."""

import pytest

from tests.e2e.commands import Sheaf

CLIENTS = """code,name,email,street,postcode,city,country,tax_id
C1,Nordlicht Energie GmbH,office@nordlicht.de,Hafenweg 1,20457,Hamburg,DE,DE136695976
C2,Nordlicht Energie,,Hafenweg 1,20457,Hamburg,DE,DE136695976
C3,Bakery Rossi,info@rossi.it,Via Roma 1,00100,Roma,IT,
"""
ITEMS = """code,name,unit,price,currency
CON,Consulting hour,hour,100,EUR
CONS,Consulting hours,hours,,
"""


@pytest.fixture
def sheaf(tmp_path):
    commands = Sheaf(tmp_path)
    commands("new", "B.sheaf", "--firm", "Harbour", "--country", "DE", "--currency", "EUR")
    for kind, text in (("clients", CLIENTS), ("items", ITEMS)):
        commands.write(f"{kind}.csv", text)
        assert commands("import", "B.sheaf", kind, f"{kind}.csv").code == 0
    return commands


def test_hygiene(sheaf):
    found = sheaf.json("hygiene", "B.sheaf")["findings"]
    assert {"tax_id_missing", "duplicates", "client_unused"} <= {one["code"] for one in found}
    assert set(found[0]) == {
        "code", "severity", "subject", "name", "message", "remedy", "field", "postponed",
    }  # fmt: skip
    assert "Bakery Rossi is taxed as a business abroad" in sheaf("hygiene", "B.sheaf").out


def test_duplicates_are_merged_and_parted(sheaf):
    (group,) = sheaf.json("duplicates", "B.sheaf")["groups"]
    assert [one["code"] for one in group["members"]] == ["C1", "C2"]
    assert "the same tax ID DE136695976" in sheaf("duplicates", "B.sheaf").out
    merged = sheaf.json("merge", "B.sheaf", "clients", "C1", "C2", "--take", "name")
    assert (merged["kept"], merged["absorbed"], merged["fields"]) == ("C1", "C2", ["name"])
    assert sheaf.json("duplicates", "B.sheaf") == {"groups": []}
    assert sheaf.json("invoices", "B.sheaf", "--client", "C2") == {"invoices": []}
    again = sheaf("merge", "B.sheaf", "clients", "C1", "C2")
    assert (again.code, "C1 is what it would be merged with" in again.err) == (1, True)
    assert sheaf("undo", "B.sheaf").code == 0
    assert len(sheaf.json("duplicates", "B.sheaf")["groups"]) == 1
    assert sheaf.json("check", "B.sheaf")["clean"]


def test_items(sheaf):
    assert len(sheaf.json("duplicates", "B.sheaf", "items")["groups"]) == 1
    told = sheaf("merge", "B.sheaf", "items", "con", "CONS")
    assert (told.code, told.out) == (0, "CONS is CON now; 0 rows moved.\n")
    assert sheaf("duplicates", "B.sheaf", "items").out == "Nothing looks double.\n"
    assert "no item with the code" in sheaf("merge", "B.sheaf", "items", "CON", "X").err
