"""Letters by commands alone: each kind, as files and folders, and what is said where something lacks."""

import hashlib
from pathlib import Path

import pytest

from tests.documents.papers import text
from tests.e2e.commands import Sheaf
from tests.e2e.conftest import MARCH

BOOK = "firm.sheaf"


@pytest.fixture
def billed(firm: Sheaf) -> Sheaf:
    firm.json("bill", BOOK, *MARCH)
    return firm


def words(sheaf: Sheaf, file: str) -> str:
    return text(Path(sheaf.folder, file).read_bytes())


def test_a_statement_goes_into_a_file(billed: Sheaf) -> None:
    row = billed.json("report", BOOK, "aging", "--as-of", "2025-06-30")["rows"][0]
    code = row["client"]
    answer = billed.json(
        "letter", BOOK, "statement", "--client", code, "--as-of", "2025-06-30", "--since", "2025-01-01", "--to", "s.pdf"
    )
    (one,) = answer["letters"]
    assert one["file"] == str(billed.folder / "s.pdf")
    assert one["sha256"] == hashlib.sha256((billed.folder / "s.pdf").read_bytes()).hexdigest()
    assert (one["kind"], one["client"], one["payable"]) == ("statement", code, row["total"])
    said = words(billed, "s.pdf")
    assert code in said
    again = billed.json("letter", BOOK, "statement", "--client", code, "--as-of", "2025-06-30", "--since", "2025-01-01",
                        "--to", "t.pdf")  # fmt: skip
    assert again["letters"][0]["sha256"] == one["sha256"]


def test_statements_of_everyone_go_into_a_folder(billed: Sheaf) -> None:
    owing = {row["client"] for row in billed.json("report", BOOK, "aging", "--as-of", "2025-06-30")["rows"]}
    found = billed.json("letter", BOOK, "statement", "--all", "--as-of", "2025-06-30", "--to", "out")["letters"]
    assert {one["client"] for one in found} == owing
    refused = billed("letter", BOOK, "statement", "--all", "--to", "one.pdf")
    assert refused.code == 1
    assert "folder" in refused.err


def test_a_reminder_has_level_fee_and_interest(billed: Sheaf) -> None:
    row = billed.json("report", BOOK, "aging", "--as-of", "2025-12-31")["rows"][0]
    asked = billed.json(
        "letter", BOOK, "reminder", "--client", row["client"], "--as-of", "2025-12-31", "--level", 2,
        "--fee", "5", "--interest", "9.12", "--pay-by", "2026-01-20", "--to", "r",
    )["letters"]  # fmt: skip
    assert float(asked[0]["payable"]) > float(row["total"]) + 5
    early = billed("letter", BOOK, "reminder", "--client", row["client"], "--as-of", "2025-03-31", "--to", "r")
    assert early.code == 1
    assert "overdue" in early.err


def test_a_receipt_a_plan_and_a_cover_letter(billed: Sheaf) -> None:
    row = billed.json("invoices", BOOK)["invoices"][-1]
    number, client = row["number"], row["client"]
    plan = ("--instalments", 3, "--first", "2025-05-01", "--date", "2025-04-01", "--reason", "short of cash")
    billed.json("plan", BOOK, number, *plan)
    paid = billed.json("pay", BOOK, number, "1", "--date", "2025-05-01")["payment"]
    billed.json("letter", BOOK, "plan", "--invoice", number, "--as-of", "2025-05-02", "--to", "plan.pdf")
    assert f"{number}/2" in words(billed, "plan.pdf")
    answer = billed.json("letter", BOOK, "receipt", "--payment", paid, "--as-of", "2025-05-02", "--to", "receipt.pdf")
    assert answer["letters"][0]["number"] == paid
    billed.json(
        "letter", BOOK, "cover", "--client", client, "--invoice", number, "--text", "Sent to {client.code}.",
        "--to", "cover.pdf",
    )  # fmt: skip
    assert f"Sent to {client}." in words(billed, "cover.pdf")


def test_a_run_report(billed: Sheaf) -> None:
    run = billed.json("invoices", BOOK)["invoices"][0]["run"]
    answer = billed("letter", BOOK, "run-report", "--run", run, "--to", "reports")
    assert answer.code == 0
    (file,) = (billed.folder / "reports").iterdir()
    assert file.name == f"Run report {run}.pdf"
    assert file.name in answer.out
    assert run in text(file.read_bytes())


@pytest.mark.parametrize("kind", ["statement", "receipt", "reminder", "plan", "run-report", "cover"])
def test_what_a_letter_is_for_must_be_said(billed: Sheaf, kind: str) -> None:
    answer = billed("letter", BOOK, kind, "--to", "x.pdf")
    assert answer.code == 1
    assert "--" in answer.err
    assert not (billed.folder / "x.pdf").exists()
    assert billed("letter", BOOK, "poem", "--to", "x.pdf").code == 2
