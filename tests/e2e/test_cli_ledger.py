"""The ledger by command: chart, journal, trial balance, exports, entries by hand."""

import pytest

from tests.e2e.commands import Sheaf

CLIENTS = "code,name,country,currency\nC1,Nordlicht Energie GmbH,DE,EUR\n"
OPENING = "number,client,issue_date,due_date,currency,gross,open\nOLD-1,C1,2026-01-10,2026-02-10,EUR,119.00,119.00\n"


@pytest.fixture
def sheaf(tmp_path):
    commands = Sheaf(tmp_path)
    commands("new", "B.sheaf", "--firm", "Harbour", "--country", "DE", "--currency", "EUR")
    for kind, text in (("clients", CLIENTS), ("opening", OPENING)):
        commands.write(f"{kind}.csv", text)
        assert commands("import", "B.sheaf", kind, f"{kind}.csv").code == 0
    assert commands("pay", "B.sheaf", "OLD-1", "100.00", "--date", "2026-02-01").code == 0
    return commands


def test_the_chart_is_chosen_previewed_written_and_imported(sheaf):
    assert "no chart yet" in sheaf("chart", "B.sheaf").out
    offered = sheaf.json("chart", "B.sheaf", "--offered")["charts"]
    assert {"skr03", "skr04", "pcg", "pgc", "gb", "us", "in"} == {one["name"] for one in offered}
    planned = sheaf.json("chart", "B.sheaf", "--use", "skr03", "--preview")
    assert (planned["preview"], len(planned["new"])) == (True, planned["accounts"])
    assert sheaf.json("chart", "B.sheaf")["accounts"] == []
    assert "The ledger is kept by SKR03 now" in sheaf("chart", "B.sheaf", "--use", "skr03").out
    assert sheaf.json("chart", "B.sheaf", "--export", "chart.csv")["accounts"] == planned["accounts"]
    again = sheaf.json("chart", "B.sheaf", "--import", "chart.csv", "--preview")
    assert (again["new"], again["changed"], again["removed"]) == ([], [], [])
    sheaf.write("bad.csv", "number,name,kind,takes\n1,A,thing,\n")
    refused = sheaf("chart", "B.sheaf", "--import", "bad.csv")
    assert refused.code == 1
    assert "“thing” is no kind of account" in refused.err
    assert sheaf("undo", "B.sheaf").code == 0
    assert sheaf.json("chart", "B.sheaf")["accounts"] == []


def test_journal_and_trial_balance(sheaf):
    assert sheaf("chart", "B.sheaf", "--use", "skr03").code == 0
    found = sheaf.json("journal", "B.sheaf", "--from", "2026-01-01", "--until", "2026-12-31")["postings"]
    assert [(one["date"], one["kind"], one["account"], one["amount"], one["document"]) for one in found] == [
        ("2026-01-10", "opening", "1400", "119.00", "OLD-1"),
        ("2026-01-10", "opening", "9008", "-119.00", "OLD-1"),
        ("2026-02-01", "payment", "1200", "100.00", "P-2026-0001"),
        ("2026-02-01", "payment", "1400", "-100.00", "P-2026-0001"),
    ]
    only = ["--from", "2026-01-01", "--account", "1200", "--client", "C1", "--until", "2026-12-31"]
    assert [one["account"] for one in sheaf.json("journal", "B.sheaf", *only)["postings"]] == ["1200"]
    assert len(sheaf.json("journal", "B.sheaf", "--document", "OLD-1", "--until", "2026-12-31")["postings"]) == 2
    balance = sheaf.json("trial-balance", "B.sheaf", "--until", "2026-12-31")
    assert {one["number"]: one["closing"] for one in balance["accounts"]} == {
        "1200": "100.00", "1400": "19.00", "9008": "-119.00",
    }  # fmt: skip
    assert balance["total"] == {"opening": "0.00", "debit": "219.00", "credit": "219.00", "closing": "0.00"}
    assert "1400" in sheaf("trial-balance", "B.sheaf", "--until", "2026-12-31").out
    assert sheaf("journal", "B.sheaf", "--account", "77").code == 1


def test_entries_by_hand_and_back(sheaf):
    assert sheaf("chart", "B.sheaf", "--use", "skr03").code == 0
    paper = ["--debit", "4930", "12.50", "--credit", "1200", "12.50", "--note", "Paper", "--date", "2026-03-01"]
    made = sheaf.json("adjust", "B.sheaf", *paper)
    assert (made["amount"], made["currency"]) == ("12.50", "EUR")
    assert sheaf("adjust", "B.sheaf", "--reverse", made["entry"], "--note", "Twice", "--date", "2026-03-02").code == 0
    control = ["--debit", "1400", "1", "--credit", "4900", "1", "--note", "x", "--date", "2026-03-01"]
    refused = sheaf("adjust", "B.sheaf", *control)
    assert refused.code == 1
    assert "is kept by documents and payments" in refused.err
    moved = sheaf.json("adjust", "B.sheaf", *control, "--nevertheless")
    # The proof names it until it is taken back.
    assert sheaf("check", "B.sheaf").code == 1
    assert sheaf("adjust", "B.sheaf", "--reverse", moved["entry"], "--note", "No", "--date", "2026-03-02").code == 0
    wrong = sheaf("adjust", "B.sheaf", "--debit", "4930", "x", "--credit", "1200", "1", "--note", "x")
    assert (wrong.code, "“x” is no amount" in wrong.err) == (1, True)
    assert sheaf.json("check", "B.sheaf")["clean"]


@pytest.mark.parametrize("form, begins", [("csv", "\ufeffEntry,"), ("beancount", 'option "title"'), ("ledger", "; ")])
def test_the_journal_is_written(sheaf, form, begins):
    assert sheaf("chart", "B.sheaf", "--use", "skr03").code == 0
    asked = ["--format", form, "--from", "2026-01-01", "--until", "2026-12-31"]
    made = sheaf.json("export-journal", "B.sheaf", *asked, "--to", f"j.{form}")
    assert made["entries"] == 2
    assert (sheaf.folder / f"j.{form}").read_text(encoding="utf-8").startswith(begins)


def test_for_datev(sheaf):
    for key, text in (("datev.consultant", "1001"), ("datev.client", "12")):
        assert sheaf("settings", "B.sheaf", key, text).code == 0
    asked = ["--format", "datev", "--from", "2026-01-01", "--until", "2026-12-31"]
    assert sheaf.json("export-journal", "B.sheaf", *asked, "--to", "j.csv")["entries"] == 2
    assert (sheaf.folder / "j.csv").read_bytes().startswith(b'"EXTF"')


def test_nothing_waits_for_the_ledger(sheaf):
    assert sheaf.json("post-bank", "B.sheaf", "--preview") == {"posted": 0, "lines": []}
    assert sheaf.json("post-bank", "B.sheaf")["posted"] == 0
