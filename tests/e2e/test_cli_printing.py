"""`print`, `printers` and `print-jobs` as a person types them, through a real print server."""

from __future__ import annotations

import pytest

from tests.documents.papers import pages
from tests.e2e.commands import Sheaf
from tests.e2e.conftest import MARCH
from tests.servers.cups import Cups, cups

__all__ = ["cups"]


@pytest.fixture
def billed(firm: Sheaf) -> Sheaf:
    """One run of two invoices that go by print."""
    firm.write("who.csv", "code,name,country,delivery\nACME,Acme GmbH,DE,print\nZEN,Zenith SA,FR,print\n")
    assert firm("import", "firm.sheaf", "clients", "who.csv").code == 0
    assert firm.json("bill", "firm.sheaf", *MARCH)["outcomes"]["issued"] == 2
    return firm


def test_a_run_is_printed(billed: Sheaf, cups: Cups) -> None:
    (run,) = {one["run"] for one in billed.json("invoices", "firm.sheaf")["invoices"]}
    asked = ("print", "firm.sheaf", "--run", run, "--queue", "office", "--duplex", "long", "--cover", "--remember")
    answer = billed.json(*asked)
    assert (answer["documents"], answer["left"], answer["held_back"]) == (2, 0, [])
    (job,) = answer["jobs"]
    assert (job["state"], job["documents"], job["clients"], job["queue"]) == ("sent", 2, 2, "office")
    (printed,) = cups.printed(1)
    assert len(pages(printed)) == job["pages"] == 6
    assert "sides=two-sided-long-edge" in cups.options()[0]
    assert run in printed.decode("latin-1") or run in pages(printed)[0]
    # Once is enough, and the printer is remembered.
    again = billed.json("print", "firm.sheaf")
    assert (again["documents"], again["queue"]) == (0, "office")
    assert [one["state"] for one in billed.json("print-jobs", "firm.sheaf")["jobs"]] == ["sent"]


def test_one_client_a_job_and_a_cancel(billed: Sheaf, cups: Cups) -> None:
    cups.command("cupsdisable", "plain")
    answer = billed.json("print", "firm.sheaf", "--queue", "plain", "--per-client", "--wait", "1")
    assert [one["state"] for one in answer["jobs"]] == ["sending", "sending"]
    ids = [str(one["id"]) for one in answer["jobs"]]
    assert billed.json("print-jobs", "firm.sheaf", "--cancel", *ids)["cancelled"] == 2
    told = billed("print-jobs", "firm.sheaf")
    assert told.out.count("cancelled") == 2
    assert billed.json("print", "firm.sheaf", "--queue", "office")["documents"] == 2


def test_numbers_and_a_range(billed: Sheaf, cups: Cups) -> None:
    numbers = sorted(one["number"] for one in billed.json("invoices", "firm.sheaf")["invoices"])
    assert billed.json("print", "firm.sheaf", "--queue", "office", "--range", numbers[1], numbers[1])["documents"] == 1
    answer = billed.json("print", "firm.sheaf", "--queue", "office", "--invoice", numbers[1], "--copies", "2")
    assert (answer["documents"], answer["jobs"][0]["copies"]) == (1, 2)
    wrong = billed("print", "firm.sheaf", "--queue", "office", "--invoice", "INV-9")
    assert (wrong.code, "There is no document INV-9" in wrong.err) == (1, True)


def test_one_file_for_a_print_shop(billed: Sheaf) -> None:
    answer = billed.json("print", "firm.sheaf", "--to", "shop.pdf", "--order", "postcode", "--all")
    (file,) = answer["files"]
    assert (file["documents"], file["pages"]) == (2, 2)
    assert len(pages((billed.folder / "shop.pdf").read_bytes())) == 2
    parts = billed.json("print", "firm.sheaf", "--to", "shop.pdf", "--split", "1")
    assert [one["documents"] for one in parts["files"]] == [1, 1]
    assert billed.json("invoices", "firm.sheaf")["invoices"]


def test_printers(sheaf: Sheaf, cups: Cups) -> None:
    found = {one["name"]: one for one in sheaf.json("printers")["printers"]}
    assert found["office"]["trays"] == ["tray-1", "tray-2"]
    assert found["office"]["duplex"] == ["no", "long", "short"]
    assert found["plain"]["duplex"] == ["no"]
    cups.command("cupsdisable", "-r", "Paper jam", "plain")
    assert "stopped: Paper jam" in sheaf("printers").out
    cups.stop()
    broken = sheaf("printers")
    assert (broken.code, broken.out) == (1, "")
    assert "printing system does not answer" in broken.err


def test_a_printer_that_is_not_there(billed: Sheaf, cups: Cups) -> None:
    found = billed("print", "firm.sheaf", "--queue", "nowhere")
    assert (found.code, found.out) == (1, "")
    assert "There is no printer nowhere" in found.err
    found = billed("print", "firm.sheaf")
    assert (found.code, "No printer is chosen" in found.err) == (1, True)
    found = billed("print", "firm.sheaf", "--all", "--queue", "office")
    assert (found.code, "ever issued" in found.err, cups.options()) == (1, True, [])
