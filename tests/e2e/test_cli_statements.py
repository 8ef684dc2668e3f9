"""Bank statements through the command: taken in once, listed with what is missing, undone."""

from datetime import date

from tests import statement_files as files
from tests.e2e.commands import Sheaf
from tests.statement_files import Told

IBAN = "DE89370400440532013000"
D1, D3 = date(2025, 4, 1), date(2025, 4, 7)


def test_files_come_in_once_and_the_list_says_what_is_missing(firm: Sheaf) -> None:
    first = files.mt940(firm.folder / "a.sta", [Told(D1, 119_000)], opening=0, account=IBAN)
    later = files.mt940(firm.folder / "b.sta", [Told(D3, 500)], opening=119_900, account=IBAN, number="3/1")
    shown = firm.json("statements", "firm.sheaf", first, later, "--preview")
    assert (shown["new"], shown["known"], shown["batches"]) == (2, 0, [])
    taken = firm.json("statements", "firm.sheaf", first, later)
    assert (taken["lines"], taken["new"], taken["rejected"], len(taken["batches"])) == (2, 2, [], 2)
    assert taken["statements"][0]["closing"] == "1190.00"
    (gap,) = taken["gaps"]
    assert (gap["kind"], gap["from"], gap["to"], gap["amount"]) == ("days", "2025-04-02", "2025-04-06", "9.00")
    assert firm.json("statements", "firm.sheaf", first)["known"] == 1
    listed = firm.json("statements", "firm.sheaf")
    assert [(one["lines"], one["booked"], one["gap"] == gap) for one in listed["statements"]] == [
        (1, 0, True),
        (1, 0, False),
    ]
    assert listed["covered_until"] == "2025-04-07"
    text = firm("statements", "firm.sheaf").out
    assert "is missing" in text
    assert "b.sta" in text
    assert firm("undo", "firm.sheaf").code == 0
    assert len(firm.json("statements", "firm.sheaf")["statements"]) == 1
    assert firm.json("check", "firm.sheaf")["clean"]


def test_what_cannot_be_taken_in_is_one_clear_sentence(firm: Sheaf) -> None:
    other = files.mt940(firm.folder / "a.sta", [Told(D1, 1)], opening=0)
    answer = firm("statements", "firm.sheaf", other)
    assert answer.code == 1
    assert "none of the firm's" in answer.err
    assert "DE89 3704" in answer.err
    answer = firm("statements", "firm.sheaf", other, "--account", "12345")
    assert (answer.code, "No account of the firm is “12345”" in answer.err) == (1, True)
    answer = firm("statements", "firm.sheaf", "gone.xml")
    assert (answer.code, "gone.xml" in answer.err) == (1, True)
    firm.write("odd.csv", "Wann;Wieviel\n01.04.2025;1,00\n")
    answer = firm("statements", "firm.sheaf", "odd.csv")
    assert (answer.code, "Wann, Wieviel" in answer.err) == (1, True)


def test_all_or_nothing_leaves_nothing(firm: Sheaf) -> None:
    firm.write("a.csv", "Date,Details,Amount\n2025-04-01,A,1.00\n2025-04-01,B,x\n")
    answer = firm("statements", "firm.sheaf", "a.csv", "--all-or-nothing", "--json")
    assert answer.code == 1
    assert "Nothing was taken in" in answer.err
    assert firm.json("statements", "firm.sheaf")["statements"] == []
    taken = firm.json("statements", "firm.sheaf", "a.csv")
    assert taken["new"] == 1
    assert taken["rejected"][0]["place"] == "3"


def test_profiles_are_listed_and_chosen_by_name(firm: Sheaf) -> None:
    assert "Chase" in firm.json("statements", "firm.sheaf", "--profiles")["profiles"]
    firm.write("a.csv", "Details,Posting Date,Description,Amount,Type\nCREDIT,04/05/2025,ACME,1.00,ACH\n")
    taken = firm.json("statements", "firm.sheaf", "a.csv", "--profile", "chase")
    assert taken["statements"][0]["from"] == "2025-04-05"
    assert firm("statements", "firm.sheaf", "a.csv", "--profile", "none such").code == 1
    answer = firm("statements", "firm.sheaf", "--forget-profile", "Chase")
    assert (answer.code, "No profile “Chase” was kept" in answer.err) == (1, True)
