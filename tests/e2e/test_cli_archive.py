"""Archives and bookings for DATEV by commands alone: written, verified, found changed."""

from __future__ import annotations

import zipfile

import pytest

from tests.e2e.commands import Sheaf
from tests.e2e.conftest import MARCH

BOOK = "firm.sheaf"


@pytest.fixture
def billed(firm: Sheaf) -> Sheaf:
    firm.json("bill", BOOK, *MARCH)
    return firm


def test_a_run_is_archived_and_verified(billed: Sheaf) -> None:
    run = billed.json("invoices", BOOK)["invoices"][-1]["run"]
    assert billed("settings", BOOK, "datev.consultant", "1001").code == 0
    assert billed("settings", BOOK, "datev.client", "7").code == 0
    made = billed.json("archive", BOOK, "--run", run, "--to", "a.zip")
    assert made["documents"] == len(billed.json("invoices", BOOK, "--run", run)["invoices"])
    assert made["left_out"] == []
    found = billed.json("verify", "a.zip", "--book", BOOK)
    assert (found["clean"], found["run"], found["in_book"]) == (True, run, made["documents"])
    assert found["totals"] == made["totals"]
    assert billed.json("verify", "a.zip")["in_book"] is None
    assert "every file proved" in billed("verify", "a.zip").out


def test_a_changed_archive_ends_with_one(billed: Sheaf) -> None:
    run = billed.json("invoices", BOOK)["invoices"][-1]["run"]
    billed("archive", BOOK, "--run", run, "--to", "a.zip")
    path = billed.folder / "a.zip"
    whole = bytearray(path.read_bytes())
    whole[500] ^= 4
    path.write_bytes(whole)
    answer = billed("verify", "a.zip")
    assert answer.code == 1
    assert "was changed" in answer.err
    assert answer.out == ""
    path.write_bytes(whole[:1000])
    cut = billed("verify", "a.zip", "--json")
    assert (cut.code, cut.out) == (1, "")
    assert "cut off" in cut.err


@pytest.mark.parametrize(
    "days", [("--from", "2025-03-01", "--to", "2025-03-31"), ("--from", "2025-03-01", "--until", "2025-03-31")]
)
def test_days_are_archived(billed: Sheaf, days: tuple[str, ...]) -> None:
    made = billed.json("archive", BOOK, *days, "--to", "span.zip")
    listed = [
        one for one in billed.json("invoices", BOOK)["invoices"] if "2025-03-01" <= one["issue_date"] <= "2025-03-31"
    ]
    assert made["documents"] == len(listed) > 0
    with zipfile.ZipFile(billed.folder / "span.zip") as found:
        assert "journal.csv" in found.namelist()


def test_bookings_for_datev_are_written(billed: Sheaf) -> None:
    days = ("--from", "2025-03-01", "--until", "2025-03-31")
    refused = billed("datev", BOOK, *days, "--to", "b.csv")
    assert refused.code == 1
    assert "Beraternummer" in refused.err
    billed("settings", BOOK, "datev.consultant", "1001")
    billed("settings", BOOK, "datev.client", "7")
    made = billed.json("datev", BOOK, *days, "--to", "b.csv")
    lines = (billed.folder / "b.csv").read_bytes().decode("cp1252").split("\r\n")
    assert lines[0].startswith('"EXTF";700;21;"Buchungsstapel";13;')
    assert len(lines) - 3 == made["bookings"] > 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("archive", BOOK, "--from", "2025-03-01", "--to", "a.zip"),
        ("archive", BOOK, "--run", "R-2025-0001", "--until", "2025-03-31", "--to", "a.zip"),
        ("archive", BOOK, "--run", "R-2025-0001", "--to", "a.zip", "--to", "b.zip"),
        ("archive", BOOK, "--run", "R-2025-0001", "--to", "a.tar"),
        ("datev", BOOK, "--run", "R-2025-0001", "--to", "a.zip"),
        ("verify", "nothing.zip"),
    ],
)
def test_what_is_not_said_is_asked_in_one_sentence(billed: Sheaf, arguments: tuple[str, ...]) -> None:
    answer = billed(*arguments)
    assert (answer.code, answer.out) == (1, "")
    assert "Traceback" not in answer.err
