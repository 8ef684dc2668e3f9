"""Jobs on a real print server: what is printed, how, and what becomes of it; and each way in which it cannot be."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from desktop.delivery import ipp, printer
from desktop.delivery.printer import LONG_EDGE, Options, QueuedJob, cancel, jobs, queue, queues, submit
from desktop.documents.merging import MergedPdf
from desktop.documents.render import render_pdf
from desktop.errors import UserError
from tests.documents.papers import PLAIN, document, lines, pages
from tests.servers.cups import Cups, cups, running, strangers_file
from tests.servers.needed import until

__all__ = ["cups"]


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    """Two documents, the first of two pages."""
    out = io.BytesIO()
    merged = MergedPdf(out, "Two", date(2026, 11, 22))
    merged.add(render_pdf(document(lines(25)), PLAIN))
    merged.add(render_pdf(document(number="INV-2026-0419"), PLAIN))
    merged.finish()
    file = tmp_path / "paper.pdf"
    file.write_bytes(out.getvalue())
    return file


def words(text: str) -> list[str]:
    return text.split()


def the_job(name: str, number: int) -> QueuedJob:
    return next(one for one in jobs(name) if one.number == number)


def wait_for(holds: Callable[[], bool]) -> None:
    until(holds, 20, lambda: f"{jobs('office')}, {queues()}")


def test_what_is_printed_is_what_was_given(cups: Cups, paper: Path) -> None:
    number = submit("office", paper, "Run [sheaf 1]", Options())
    (printed,) = cups.printed(1)
    # A printer's own copy may break lines elsewhere; the words are the same on the same pages.
    assert [words(page) for page in pages(printed)] == [words(page) for page in pages(paper.read_bytes())]
    wait_for(lambda: the_job("office", number).state == "done")
    assert the_job("office", number).title == "Run [sheaf 1]"


def test_copies_sides_tray_and_paper_reach_the_printer(cups: Cups, paper: Path) -> None:
    submit("office", paper, "x", Options(3, LONG_EDGE, "tray-2", "na_letter_8.5x11in"))
    (printed,) = cups.printed(1)
    (options,) = cups.options()
    assert {"Duplex=DuplexNoTumble", "InputSlot=Tray2", "PageSize=Letter"} <= set(options.split())
    found = [one for one in pages(printed) if one.strip()]
    assert len(found) == 9
    # The whole job comes out, then once more.
    assert found[:3] == found[3:6] == found[6:]
    assert found[0] != found[1] != found[2]


def test_queues_say_what_they_can_do(cups: Cups) -> None:
    cups.command("lpadmin", "-p", "plain", "-D", "Office", "-L", "2nd floor")
    cups.command("lpadmin", "-d", "plain")
    first, second = queues()
    assert (first.name, first.usual, first.info, first.location, first.state) == (
        "plain",
        True,
        "Office",
        "2nd floor",
        "idle",
    )
    assert (first.sides, first.trays) == (("one-sided",), ())
    assert (second.name, second.usual, second.sides) == ("office", False, printer.SIDES)
    assert second.trays == ("tray-1", "tray-2")
    assert set(second.media) == {"iso_a4_210x297mm", "na_letter_8.5x11in"}


def test_a_stopped_queue_takes_a_job_and_prints_it_later(cups: Cups, paper: Path) -> None:
    cups.command("cupsdisable", "-r", "Paper jam", "office")
    assert (queue("office").state, queue("office").words) == ("stopped", "Paper jam")
    number = submit("office", paper, "x", Options())
    assert the_job("office", number).state == "waiting"
    assert queue("office").jobs == 1
    cups.command("cupsenable", "office")
    cups.printed(1)


def test_a_job_is_held_cancelled_or_fails(cups: Cups, paper: Path) -> None:
    cups.shut("slow")
    first = submit("office", paper, "first", Options())
    second = submit("office", paper, "second", Options())
    cups.command("lp", "-i", f"office-{second}", "-H", "hold")
    wait_for(lambda: the_job("office", first).state == "printing")
    assert the_job("office", second).state == "held"
    cancel("office", second)
    assert the_job("office", second).state == "cancelled"
    # It is over already, and nothing is to be said about it.
    cancel("office", second)
    cups.open("slow")
    wait_for(lambda: the_job("office", first).state == "done")
    cups.shut("broken")
    third = submit("office", paper, "third", Options())
    wait_for(lambda: queue("office").state == "stopped")
    assert the_job("office", third).state in ("stopped", "waiting")
    assert "toner" in queue("office").words.lower()


def test_a_queue_that_is_not_there(cups: Cups, paper: Path) -> None:
    for asked in (lambda: submit("nowhere", paper, "x", Options()), lambda: queue("nowhere"), lambda: jobs("nowhere")):
        with pytest.raises(UserError, match="There is no printer nowhere"):
            asked()


def test_a_queue_that_takes_no_jobs(cups: Cups, paper: Path) -> None:
    cups.command("cupsreject", "office")
    assert not queue("office").accepting
    with pytest.raises(UserError, match="takes no jobs at the moment") as found:
        submit("office", paper, "x", Options())
    assert "accept" in found.value.remedy
    assert jobs("office") == []


def test_a_queue_that_closes_between_question_and_job(cups: Cups, paper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_queue = queue("office")
    cups.command("cupsreject", "office")
    monkeypatch.setattr(printer, "queue", lambda _name: open_queue)
    with pytest.raises(UserError, match=r"did not take the job.*not accepting jobs"):
        submit("office", paper, "x", Options())


def test_no_server(cups: Cups, paper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cups.stop()
    for asked in (queues, lambda: submit("office", paper, "x", Options()), lambda: jobs("office")):
        with pytest.raises(UserError, match="printing system does not answer") as found:
            asked()
        assert "cups" in found.value.remedy
    monkeypatch.setenv("CUPS_SERVER", f"127.0.0.1:{cups.port}")
    with pytest.raises(UserError, match=r"The print server 127\.0\.0\.1 does not answer"):
        queues()


def test_a_server_by_its_port(cups: Cups, paper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUPS_SERVER", f"127.0.0.1:{cups.port}")
    submit("office", paper, "x", Options())
    assert len(pages(cups.printed(1)[0])) == 3


def test_a_server_without_queues(cups: Cups) -> None:
    for name in ("office", "plain"):
        cups.command("lpadmin", "-x", name)
    assert queues() == []


def test_someone_who_may_not_print(paper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(forbids=True) as server:
        monkeypatch.setenv("CUPS_SERVER", server.address)
        with pytest.raises(UserError, match="You may not print on office") as found:
            submit("office", paper, "x", Options())
        assert "right to print" in found.value.remedy
        assert jobs("office") == []


def test_a_system_without_lp(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not printer.available()
    for asked in (queues, lambda: queue("x"), lambda: cancel("x", 1)):
        with pytest.raises(UserError, match="no printing system") as found:
            asked()
        assert "print dialog" in found.value.remedy


def test_an_lp_that_does_not_answer_leaves_the_job_unclear(
    cups: Cups, paper: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(printer, "_SECONDS", 0.2)
    (tmp_path / "lp").write_text("#!/bin/sh\nexec sleep 5\n", "ascii")
    (tmp_path / "lp").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(printer.Unclear):
        submit("office", paper, "x", Options())


def test_debians_pdf_printer(cups: Cups, paper: Path) -> None:
    with strangers_file() as (title, folder):
        cups.add_pdf_queue("pdf")
        # The program prints as whoever runs it; the server of the tests would put that into somebody's home.
        cups.command("lp", "-d", "pdf", "-U", "nobody-knows", "-t", title, "--", str(paper))
        until(lambda: [one.state for one in jobs("pdf")] == ["done"], 30, lambda: str(jobs("pdf")))
        (file,) = folder.glob(f"*{title[6:]}*.pdf")
        printed = pages(file.read_bytes())
    wanted = pages(paper.read_bytes())
    assert len(printed) == len(wanted)
    assert ["INV-2026-0418" in page for page in printed] == ["INV-2026-0418" in page for page in wanted]


def test_what_is_no_ipp_is_nobody(tmp_path: Path) -> None:
    for junk in (b"", b"\x02\x00", b"HTTP/1.0 hello world", b"\x02\x00\x00\x00\x00\x00\x00\x01\x01\x47\x00\x50abc"):
        with pytest.raises(ipp.Unreachable):
            ipp.decoded(junk)


@pytest.mark.parametrize(
    "named, place",
    [
        ("/run/x.sock", ("/run/x.sock", 631)),
        ("print.example", ("print.example", 631)),
        ("print.example:8631", ("print.example", 8631)),
        ("print.example/version=1.1", ("print.example", 631)),
        ("[::1]:700", ("::1", 700)),
    ],
)
def test_the_server_that_the_environment_names(
    named: str, place: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUPS_SERVER", named)
    assert tuple(ipp.place()) == place


def test_the_server_that_the_settings_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CUPS_SERVER", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CUPS_SERVERROOT", str(tmp_path))
    (tmp_path / "client.conf").write_text("# ServerName no\nServerName print.example:632\n", "ascii")
    assert tuple(ipp.place()) == ("print.example", 632)
