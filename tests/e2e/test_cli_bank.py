"""The bank by commands alone: statements come in, what is sure books itself, a person decides the rest."""

from __future__ import annotations

import pytest

from tests.camt_text import camt
from tests.e2e.commands import Sheaf
from tests.e2e.conftest import MARCH

BOOK = "firm.sheaf"
IBAN = "DE89370400440532013000"
FIRST, SECOND = "INV-2025-0001", "INV-2025-0002"


@pytest.fixture
def billed(firm: Sheaf) -> Sheaf:
    """A firm to which Acme owes 416.50 and Zenith 1,500.00, and a statement with three lines of which one is plain."""
    firm.json("bill", BOOK, *MARCH)
    firm.write(
        "april.xml",
        camt(
            IBAN,
            ("2025-04-02", 41_650, f"Rechnung {FIRST}"),
            ("2025-04-03", 60_000, "From us"),
            ("2025-04-04", -990, "Fees"),
        ),
    )
    return firm


def owed(firm: Sheaf) -> dict[str, str]:
    return {one["number"]: one["open"] for one in firm.json("invoices", BOOK)["invoices"]}


def test_statements_come_in_and_what_is_sure_books_itself(billed: Sheaf) -> None:
    before = owed(billed)
    assert before == {FIRST: "416.50", SECOND: "1500.00"}
    foreseen = billed.json("reconcile", BOOK, "april.xml", "--preview")
    assert (foreseen["lines"], foreseen["duplicates"], foreseen["matched"]) == (3, 0, 1)
    assert owed(billed) == before
    assert billed.json("bank", BOOK, "lines", "--state", "all")["lines"] == []
    done = billed.json("reconcile", BOOK, "april.xml")
    counts = {name: done[name] for name in ("lines", "duplicates", "matched", "suggested", "unmatched")}
    assert counts == {"lines": 3, "duplicates": 0, "matched": 1, "suggested": 0, "unmatched": 2}
    (match,) = [one for one in done["matches"] if one["state"] == "booked"]
    assert match["invoices"] == [FIRST]
    assert match["amount"] == "416.50"
    assert 0.95 <= match["score"] <= 1
    assert any(FIRST in reason for reason in match["reasons"])
    assert owed(billed) == {FIRST: "0.00", SECOND: "1500.00"}
    again = billed.json("reconcile", BOOK, "april.xml")
    assert (again["lines"], again["duplicates"], again["new"], again["matched"]) == (3, 3, 0, 0)
    assert billed.json("check", BOOK)["clean"]


def test_a_pass_is_taken_back_as_one(billed: Sheaf) -> None:
    done = billed.json("reconcile", BOOK, "april.xml")
    back = billed.json("bank", BOOK, "undo", "--pass", done["pass"], "--reason", "Too early")
    assert back["lines"] == 1
    assert owed(billed) == {FIRST: "416.50", SECOND: "1500.00"}
    assert [
        (one["number"], one["booked"], one["standing"]) for one in billed.json("bank", BOOK, "passes")["passes"]
    ] == [(done["pass"], 1, 0)]
    twice = billed("bank", BOOK, "undo", "--pass", done["pass"], "--reason", "Again")
    assert (twice.code, "Nothing of this is booked" in twice.err) == (1, True)
    assert billed.json("check", BOOK)["clean"]


def test_a_person_decides_the_rest(billed: Sheaf) -> None:
    billed.json("reconcile", BOOK, "april.xml")
    lines = billed.json("bank", BOOK)["lines"]
    assert [(one["amount"], one["state"]) for one in lines] == [("600.00", "open"), ("-9.90", "open")]
    incoming, outgoing = (one["line"] for one in lines)
    booked = billed.json("bank", BOOK, "match", incoming, SECOND, "--learn")
    assert (booked["left"], len(booked["payments"])) == ("0.00", 1)
    assert owed(billed)[SECOND] == "900.00"
    assert [(one["kind"], one["value"], one["client"]) for one in billed.json("bank", BOOK, "learned")["learned"]] == [
        ("name", "payer", "ZEN")
    ]
    assert billed.json("bank", BOOK, "aside", outgoing, "--kind", "charges") == {"lines": [outgoing]}
    assert billed("bank", BOOK).out == "No line waits.\n"
    shown = billed.json("bank", BOOK, "lines", "--state", "booked")["lines"]
    assert [one["booked_as"][0]["kind"] for one in shown] == ["payment", "payment", "charges"]
    # What was learned tells the payer of the next line.
    billed.write("may.xml", camt(IBAN, ("2025-05-02", 90_000, "The rest"), number=2, opening=200_660))
    done = billed.json("reconcile", BOOK, "may.xml")
    assert [(one["invoices"], one["kind"]) for one in done["matches"]] == [([SECOND], "payment")]
    assert billed.json("check", BOOK)["clean"]


def test_a_difference_written_off_and_taken_back(billed: Sheaf) -> None:
    billed.write("short.xml", camt(IBAN, ("2025-04-02", 149_990, "Nearly all")))
    billed.json("reconcile", BOOK, "short.xml")
    (line,) = (one["line"] for one in billed.json("bank", BOOK)["lines"])
    billed.json("bank", BOOK, "match", line, SECOND, "--write-off", "Ten cents")
    assert owed(billed)[SECOND] == "0.00"
    billed.json("bank", BOOK, "undo", line, "--reason", "Wrong client")
    assert owed(billed)[SECOND] == "1500.00"
    assert billed.json("check", BOOK)["clean"]


def test_the_firms_rule(billed: Sheaf) -> None:
    told = billed.json("bank", BOOK, "policy", "--threshold", "none", "--tolerance", "0.50", "--most", "12")
    assert (told["threshold"], told["tolerance"], told["most"]) == (None, {"EUR": "0.50"}, 12)
    done = billed.json("reconcile", BOOK, "april.xml")
    assert (done["matched"], done["suggested"]) == (0, 1)
    (line,) = (one["line"] for one in done["matches"])
    billed.json("bank", BOOK, "match", line, "--best")
    assert owed(billed)[FIRST] == "0.00"
    refused = billed("bank", BOOK, "policy", "--threshold", "101")
    assert (refused.code, "between 50 and 100" in refused.err) == (1, True)


def test_what_cannot_be_is_said_in_one_sentence(billed: Sheaf) -> None:
    billed.json("reconcile", BOOK, "april.xml")
    for argv, said in (
        (("match",), "Name the line"),
        (("match", "two"), "not the number of a line"),
        (("match", "99", SECOND), "not in the book"),
        (("match", "2", "INV-1"), "Nothing is open under the number INV-1"),
        (("match", "2"), "Nothing says what this line pays"),
        (("match", "1", SECOND), "booked already"),
        (("aside", "2"), "reason is missing"),
        (("undo",), "Name lines"),
        (("undo", "2", "--reason", "x"), "Nothing of this is booked"),
        (("return", "3", "P-2025-0001"), "cannot be its return"),
        (("return", "3", "P-2025-0009"), "cannot come back"),
        (("learn", "2"), "whose sign"),
    ):
        answer = billed("bank", BOOK, *argv)
        assert (answer.code, answer.out) == (1, ""), argv
        assert said in answer.err, (argv, answer.err)
    assert billed.json("check", BOOK)["clean"]


def test_a_statement_of_another_account_is_refused(billed: Sheaf) -> None:
    billed.write("other.xml", camt("DE02120300000000202051", ("2025-04-02", 100, "x")))
    answer = billed("reconcile", BOOK, "other.xml")
    assert answer.code == 1
    assert "DE02120300000000202051" in answer.err.replace(" ", "")
    assert billed.json("bank", BOOK, "lines", "--state", "all")["lines"] == []
