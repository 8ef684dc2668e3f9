"""What is handed over, by commands alone: pages of clients, and the ZIP of a run with what it marks."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.commands import Sheaf
from tests.e2e.conftest import MARCH

BOOK = "firm.sheaf"


@pytest.fixture
def billed(firm: Sheaf) -> Sheaf:
    firm.json("bill", BOOK, *MARCH)
    return firm


def run_of(firm: Sheaf) -> str:
    return str(firm.json("invoices", BOOK)["invoices"][-1]["run"])


def statuses(firm: Sheaf, run: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in firm.json("outbox", BOOK, "--all", "--run", run)["outbox"]:
        found[row["status"]] = found.get(row["status"], 0) + 1
    return found


def test_a_client_has_a_page(billed: Sheaf) -> None:
    client = billed.json("invoices", BOOK)["invoices"][-1]["client"]
    made = billed.json("handover", BOOK, "--client", client, "--to", "pages")
    (page,) = made["pages"]
    assert page["client"] == client
    path = Path(page["file"])
    assert path.name == "index.html"
    assert path.is_relative_to(billed.folder / "pages")
    assert len(list(path.parent.glob("documents/*.pdf"))) >= page["documents"] > 0
    one = billed.json("handover", BOOK, "--client", client, "--to", "one", "--embed", "--language", "de")["pages"]
    assert "Ihr Konto" in Path(one[0]["file"]).read_text(encoding="utf-8")
    assert [one[0]["file"]] == [str(file) for file in (billed.folder / "one").iterdir()]
    every = billed.json("handover", BOOK, "--all", "--to", "all")["pages"]
    clients = {row["client"] for row in billed.json("invoices", BOOK)["invoices"]}
    assert {row["client"] for row in every} >= clients
    assert "pages written" in billed("handover", BOOK, "--all", "--to", "all").out


def test_a_run_is_handed_over_as_a_zip_and_taken_back(billed: Sheaf) -> None:
    run = run_of(billed)
    before = statuses(billed, run)
    hand = [row for row in billed.json("outbox", BOOK, "--all", "--run", run)["outbox"] if row["channel"] == "hand"]
    assert hand
    left = billed.json("handover", BOOK, "--run", run, "--to", "left.zip", "--unmarked")
    assert left["handed_over"] == 0
    assert statuses(billed, run) == before
    made = billed.json("handover", BOOK, "--run", run, "--to", "run.zip")
    assert made["handed_over"] == len(hand)
    assert made["documents"] == len(billed.json("invoices", BOOK, "--run", run)["invoices"])
    assert statuses(billed, run)["handed_over"] == len(hand)
    assert billed.json("verify", "run.zip", "--book", BOOK)["clean"] is True
    assert made["sha256"] == left["sha256"]
    if unzip := shutil.which("unzip"):
        subprocess.run([unzip, "-tq", str(billed.folder / "run.zip")], check=True, capture_output=True)
    assert billed("undo", BOOK).code == 0
    assert statuses(billed, run) == before
    assert billed.json("check", BOOK)["clean"] is True


def test_what_cannot_be_handed_over_is_said(billed: Sheaf) -> None:
    assert billed("handover", BOOK, "--to", "x").code == 2
    for arguments, said in (
        (("--client", "NOBODY", "--to", "x"), "NOBODY"),
        (("--run", "R-0", "--to", "x.zip"), "R-0"),
        (("--run", run_of(billed), "--to", "x.pdf"), "ZIP"),
        (("--run", run_of(billed), "--to", "x.zip", "--embed"), "pages"),
    ):
        answer = billed("handover", BOOK, *arguments)
        assert (answer.code, answer.out) == (1, "")
        assert said in answer.err
        assert "Traceback" not in answer.err
