"""Documents on paper through a real print server: once each, followed to their end, found again after a death."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from db.book_files import open_book
from db.engine import Book
from db.queries.registering import SINCE
from desktop.delivery import printer
from desktop.errors import UserError
from desktop.services.book_settings import set_book_setting
from desktop.services.check import check
from desktop.services.delivery.deciding import settle_uncertain
from desktop.services.delivery.mail.letters import enqueue_letter
from desktop.services.delivery.paper import printing
from desktop.services.delivery.paper.following import cancel_jobs, follow, marked
from desktop.services.delivery.paper.papers import Choice, Paper, papers
from desktop.services.delivery.paper.print_jobs import print_jobs
from desktop.services.delivery.paper.print_settings import (
    KEY,
    PrintSettings,
    keep_print_settings,
    print_settings,
)
from desktop.services.delivery.paper.printing import Printed, note_printed, print_papers
from desktop.services.delivery.paper.stacking import Merged, Sheets, merge_to, write_stack
from desktop.services.letters.statement import statement
from tests.books import new_book
from tests.contracts import Contracts, rows, value
from tests.documents.papers import pages
from tests.servers.cups import Cups, cups
from tests.servers.needed import until
from tests.services.test_registrations import indian_book

__all__ = ["cups"]

DAY = date(2026, 5, 31)
OFFICE = PrintSettings(queue="office")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """Three clients whose documents go by print, the second with two, and one whose go by mail; all of one run."""
    found = new_book(tmp_path, street="Kai 1", city="Hamburg", postcode="20457", tax_number="22/123/45678")
    contracts = Contracts(found)
    for code, name, postcode, delivery in (
        ("C1", "Zoë GmbH", "20099", "print"),
        ("C2", "Älf AG", "10115", "print"),
        ("C3", "Beta", "80331", "print"),
        ("C4", "Mail", "01067", "email"),
    ):
        client = contracts.client(code, name=name, postcode=postcode, delivery=delivery, email="a@b.example")
        for agreement in range(2 if code == "C2" else 1):
            contracts.agreement(client, f"{code}-{agreement}", start_date="2026-05-01")
    assert len(contracts.bill("2026-05-31").invoices) == 5
    with found:
        yield found


def titles(found: tuple[Paper, ...]) -> list[str]:
    return [one.title for one in found]


def give(book: Book, settings: PrintSettings = OFFICE, choice: Choice | None = None) -> Printed:
    found = papers(book, choice or Choice(), order=settings.order).found
    return print_papers(book, found, settings, actor="Anne", on=DAY, report=lambda *_: None, what="Outbox")


def states(book: Book) -> list[str]:
    return [state for (state,) in rows(book, "SELECT state FROM delivery WHERE channel = 'print' ORDER BY id")]


def events(book: Book, channel: str = "print") -> list[tuple[str, str]]:
    return [
        (kind, detail)
        for kind, detail in rows(
            book,
            "SELECT e.kind, e.detail FROM delivery_event e JOIN delivery d ON d.id = e.delivery_id"
            " WHERE d.channel = ? ORDER BY e.id",
            channel,
        )
    ]


def wait_for(holds: Callable[[], bool]) -> None:
    until(holds, 20, lambda: "it did not come to that")


def numbers_on(pdf: bytes) -> list[str]:
    """The number of the document on each page, none on an empty one or a cover."""
    found = []
    for page in pages(pdf):
        words = [word for word in page.split() if word.startswith("INV-")]
        found.append("" if "Cover" in page or not words else words[0])
    return found


def test_all_in_one_job_followed_to_its_end(book: Book, cups: Cups) -> None:
    made = give(book)
    assert (len(made.jobs), made.documents, made.pages, made.left, made.problem) == (1, 4, 4, 0, None)
    assert states(book) == ["sending"] * 4
    (printed,) = cups.printed(1)
    assert numbers_on(printed) == titles(papers(book, Choice(everything=True)).found)[:4]
    wait_for(lambda: follow(book).printed == 1 or print_jobs(book)[0].state == "sent")
    assert states(book) == ["sent"] * 4
    assert value(book, "SELECT state FROM delivery WHERE channel = 'email'") == "waiting"
    (job,) = print_jobs(book)
    assert (job.state, job.answer, job.documents, job.clients) == ("sent", "Printed on office, job 1.", 4, 3)
    assert [kind for kind, _detail in events(book)] == ["sent"] * 4
    assert value(book, "SELECT count(*) FROM rendering") == 4
    # Nothing is left to print, and nothing is asked any more.
    with pytest.raises(UserError, match="Nothing waits for the printer"):
        give(book)
    cups.stop()
    assert follow(book).under_way == 0


def test_a_job_for_each_client_with_its_cover(book: Book, cups: Cups) -> None:
    made = give(book, replace(OFFICE, per_client=True, cover=True, order="client", copies=2))
    assert (len(made.jobs), made.documents, made.pages) == (3, 4, 7)
    printed = cups.printed(3)
    assert [len(pages(one)) for one in printed] == [6, 4, 4]
    first = [page for page in pages(printed[0]) if page.strip()]
    # By name, as people sort it; the whole job, then again.
    assert "2 documents for Älf AG" in first[0]
    assert "238.00" in first[0]
    assert first[:3] == first[3:]
    assert [name for one in printed for name in ("Zoë", "Beta", "Älf") if name in pages(one)[0]] == [
        "Älf",
        "Beta",
        "Zoë",
    ]


def test_both_sides_begin_each_document_on_a_front(book: Book, cups: Cups) -> None:
    give(book, replace(OFFICE, sides=printer.LONG_EDGE, tray="tray-2", cover=True))
    (printed,) = cups.printed(1)
    assert [bool(page.strip()) for page in pages(printed)] == [True, False] * 5
    assert {"Duplex=DuplexNoTumble", "InputSlot=Tray2"} <= set(cups.options()[0].split())


def test_by_postcode_and_a_range(book: Book, cups: Cups) -> None:
    everything = papers(book, Choice(), order="postcode").found
    assert [one.postcode for one in everything] == ["10115", "10115", "20099", "80331"]
    by_number = titles(papers(book, Choice()).found)
    middle = papers(book, Choice(first=by_number[1], last=by_number[2])).found
    assert titles(middle) == by_number[1:3]
    assert titles(papers(book, Choice(first=by_number[2])).found) == by_number[2:]
    with pytest.raises(UserError, match="comes after"):
        papers(book, Choice(first=by_number[2], last=by_number[0]))
    with pytest.raises(UserError, match="INV-9 is not among"):
        papers(book, Choice(first="INV-9"))
    with pytest.raises(UserError, match="There is no document INV-9"):
        papers(book, Choice(numbers=("INV-9",)))
    with pytest.raises(UserError, match="There is no run R-1"):
        papers(book, Choice(run="R-1"))


def test_what_goes_by_mail_gets_a_copy_on_paper_and_still_goes(book: Book, cups: Cups) -> None:
    number = value(book, "SELECT title FROM delivery WHERE channel = 'email'")
    assert give(book, choice=Choice(numbers=(number,))).documents == 1
    cups.printed(1)
    wait_for(lambda: follow(book).printed == 1)
    assert rows(book, "SELECT state, print_job_id FROM delivery WHERE channel = 'email'") == [("waiting", None)]
    assert [kind for kind, _detail in events(book, "email")] == ["printed"]


def test_a_document_in_a_queue_is_not_printed_twice(book: Book, cups: Cups) -> None:
    cups.command("cupsdisable", "office")
    chosen = papers(book, Choice()).found
    give(book)
    assert papers(book, Choice()).found == ()
    with pytest.raises(UserError, match="in the printer's queue already"):
        papers(book, Choice(numbers=(chosen[0].title,)))
    # One that was chosen before somebody else printed it.
    late = print_papers(book, chosen, OFFICE, actor="Ben", on=DAY, report=lambda *_: None)
    assert late.problem is not None
    assert (late.left, late.jobs) == (4, [])
    assert len(printer.jobs("office")) == 1


def test_a_stopped_printer_and_a_held_job_say_so(book: Book, cups: Cups) -> None:
    cups.command("cupsdisable", "office")
    give(book)
    assert follow(book).under_way == 1
    assert print_jobs(book)[0].answer == "The printer office is stopped: the job waits in its queue."
    assert not follow(book).changed
    cups.command("lp", "-i", "office-1", "-H", "hold")
    cups.command("cupsenable", "office")
    assert follow(book).under_way == 1
    assert print_jobs(book)[0].answer == "The queue of office holds the job until somebody releases it."
    assert states(book) == ["sending"] * 4
    cups.command("lp", "-i", "office-1", "-H", "resume")
    cups.printed(1)
    wait_for(lambda: follow(book).printed == 1)
    assert value(book, "SELECT count(*) FROM delivery WHERE answer <> ''") == 0


def test_a_job_that_the_printer_gives_up(book: Book, cups: Cups) -> None:
    cups.command("lpadmin", "-p", "office", "-o", "printer-error-policy=abort-job")
    cups.shut("faulty")
    give(book)
    wait_for(lambda: follow(book).failed == 1)
    assert states(book) == ["failed"] * 4
    assert print_jobs(book)[0].answer.startswith("The printer gave the job up")
    # Somebody asks for these again by name; nothing does so by itself.
    assert papers(book, Choice()).found == ()
    cups.open("faulty")
    numbers = tuple(title for (title,) in rows(book, "SELECT title FROM delivery WHERE state = 'failed'"))
    give(book, choice=Choice(numbers=numbers))
    wait_for(lambda: follow(book).printed == 1)
    assert states(book) == ["sent"] * 4


def test_a_job_that_somebody_cancels_in_the_queue(book: Book, cups: Cups) -> None:
    cups.command("cupsdisable", "office")
    give(book)
    cups.command("cancel", "office-1")
    assert follow(book).failed == 1
    assert states(book) == ["failed"] * 4
    assert "Somebody cancelled" in print_jobs(book)[0].answer


def test_cancelling_before_anything_is_printed_lets_documents_wait(book: Book, cups: Cups) -> None:
    cups.command("cupsdisable", "office")
    made = give(book)
    assert cancel_jobs(book, made.jobs, actor="Anne") == 1
    assert printer.jobs("office")[0].state == "cancelled"
    assert states(book) == ["waiting"] * 4
    assert (print_jobs(book)[0].state, follow(book).under_way) == ("cancelled", 0)
    assert [kind for kind, _detail in events(book)] == ["waiting"] * 4
    with pytest.raises(UserError, match="in a queue any more"):
        cancel_jobs(book, made.jobs, actor="Anne")
    cups.command("cupsenable", "office")
    assert give(book).documents == 4


def test_cancelling_while_it_is_printed_leaves_documents_to_a_person(book: Book, cups: Cups) -> None:
    cups.shut("slow")
    made = give(book)
    wait_for(lambda: printer.jobs("office")[0].state == "printing")
    cancel_jobs(book, made.jobs, actor="Anne")
    assert states(book) == ["failed"] * 4
    assert "a part of it may be printed" in print_jobs(book)[0].answer


def test_a_job_that_the_queue_forgot_is_uncertain(book: Book, cups: Cups) -> None:
    cups.command("cupsdisable", "office")
    made = give(book)
    cups.forget()
    assert follow(book).uncertain == 1
    assert states(book) == ["uncertain"] * 4
    assert papers(book, Choice()).found == ()
    ids = [key for (key,) in rows(book, "SELECT id FROM delivery WHERE print_job_id = ?", made.jobs[0])]
    settle_uncertain(book, ids, False, actor="Anne")
    cups.command("cupsenable", "office")
    assert give(book).documents == 4


def test_a_printer_that_was_taken_away_is_uncertain(book: Book, cups: Cups) -> None:
    cups.command("cupsdisable", "office")
    give(book)
    cups.command("lpadmin", "-x", "office")
    assert follow(book).uncertain == 1


def test_no_server_leaves_jobs_as_they_are(book: Book, cups: Cups) -> None:
    cups.command("cupsdisable", "office")
    give(book)
    cups.stop()
    found = follow(book)
    assert (found.under_way, len(found.problems)) == (1, 1)
    assert states(book) == ["sending"] * 4
    cups.go()
    cups.command("cupsenable", "office")
    cups.printed(1)
    wait_for(lambda: follow(book).printed == 1)


def test_a_queue_that_refuses_gives_the_documents_back(book: Book, cups: Cups) -> None:
    for queue, words in (("nowhere", "There is no printer nowhere"), ("", "No printer is chosen")):
        with pytest.raises(UserError, match=words):
            give(book, PrintSettings(queue=queue))
    cups.command("cupsreject", "office")
    made = give(book)
    assert made.problem is not None
    assert "takes no jobs" in made.problem.message
    assert (made.left, made.jobs) == (4, [])
    assert states(book) == ["waiting"] * 4
    assert print_jobs(book)[0].state == "failed"


def test_a_full_queue_takes_the_rest_later(book: Book, cups: Cups) -> None:
    cups.stop()
    with (cups.folder / "cupsd.conf").open("a") as settings:
        settings.write("MaxJobs 2\n")
    cups.go()
    cups.shut("slow")
    each = replace(OFFICE, per_client=True)
    made = give(book, each)
    assert made.problem is not None
    assert "queue of office is full" in made.problem.message
    assert (len(made.jobs), made.left) == (2, 1)
    cups.open("slow")
    cups.printed(2)
    wait_for(lambda: follow(book).under_way == 0)
    assert give(book, each).left == 0
    cups.printed(3)
    wait_for(lambda: follow(book).under_way == 0)
    assert states(book) == ["sent"] * 4


def test_a_title_keeps_its_mark_whatever_the_client_is_called() -> None:
    title = marked("क" * 150 + "\n\x07\u202e")
    assert len(title.encode()) <= 255
    assert title.isprintable()
    assert title.startswith("क")
    assert re.search(r" \[sheaf [0-9a-f]{12}\]$", title)


def test_a_stop_between_jobs_keeps_what_is_in_the_queue(book: Book, cups: Cups) -> None:
    class Enough(Exception):
        pass

    def report(done: int, _total: int, _text: str) -> None:
        if done >= 2:
            raise Enough

    found = papers(book, Choice(), order="client").found
    with pytest.raises(Enough):
        print_papers(book, found, replace(OFFICE, per_client=True), actor="Anne", on=DAY, report=report)
    assert sorted(states(book)) == ["sending", "sending", "waiting", "waiting"]
    # The book prints again: the turn was given back.
    assert give(book).documents == 2


def test_a_file_that_cannot_be_made_ends_printing_and_tells_what_is_in_the_queue(
    book: Book, cups: Cups, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = write_stack

    def write(book: Book, path: Path, stack: list[Sheets], *more: object, **named: object) -> Merged:
        if stack[0].paper.code == "C3":
            raise UserError("The disk is full.", "Make room.")
        return real(book, path, stack, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(printing, "write_stack", write)
    made = give(book, replace(OFFICE, per_client=True))
    assert (len(made.jobs), made.documents, made.left) == (2, 3, 1)
    assert made.problem is not None
    assert made.problem.message == "The disk is full."
    assert states(book) == ["sending"] * 3 + ["waiting"]


def test_a_killed_program_finds_its_job_again(book: Book, cups: Cups, tmp_path: Path) -> None:
    """It dies when the queue has the job and the book does not know its number yet."""
    cups.command("cupsdisable", "office")
    path = book.path
    book.close()
    _killed_while_giving(path, tmp_path, "lp_then_hang")
    assert len(printer.jobs("office")) == 1
    with open_book(path) as again:
        assert states(again) == ["sending"] * 4
        assert print_jobs(again)[0].number is None
        assert papers(again, Choice()).found == ()
        assert follow(again).under_way == 1
        assert print_jobs(again)[0].number == printer.jobs("office")[0].number
        cups.command("cupsenable", "office")
        cups.printed(1)
        wait_for(lambda: follow(again).printed == 1)
        assert states(again) == ["sent"] * 4
    assert len(printer.jobs("office")) == 1


def test_a_program_killed_before_the_queue_heard_of_it_asks(book: Book, cups: Cups, tmp_path: Path) -> None:
    path = book.path
    book.close()
    _killed_while_giving(path, tmp_path, "hang")
    with open_book(path) as again:
        assert follow(again).uncertain == 1
        assert states(again) == ["uncertain"] * 4
        assert "ended while it gave this" in print_jobs(again)[0].answer
    assert printer.jobs("office") == []


def _killed_while_giving(path: Path, folder: Path, lp: str) -> None:
    """Print from another process with an `lp` that does this, and kill it once `lp` has begun to hang."""
    real = subprocess.run(["which", "lp"], capture_output=True, text=True, check=True).stdout.strip()
    first = f'{real} "$@"\n' if lp == "lp_then_hang" else ""
    tools = folder / "tools"
    tools.mkdir()
    (tools / "lp").write_text(f"#!/bin/sh\n{first}touch {folder}/hangs\nexec sleep 60\n", "ascii")
    (tools / "lp").chmod(0o755)
    script = (
        "import sys, datetime; from pathlib import Path; from db.book_files import open_book;"
        "from desktop.services.delivery.paper.papers import *; from desktop.services.delivery.paper.printing import *;"
        "from desktop.services.delivery.paper.print_settings import *;"
        "book = open_book(Path(sys.argv[1])); print_papers(book, papers(book, Choice()).found,"
        "PrintSettings(queue='office'), actor='x', on=datetime.date(2026, 5, 31), report=lambda *_: None, what='W')"
    )
    dying = subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        env={**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"},
        start_new_session=True,
    )
    try:
        until((folder / "hangs").exists, 30, lambda: f"lp was not called: {dying.poll()}")
    finally:
        dying.send_signal(signal.SIGKILL)
        dying.wait()
    time.sleep(0.1)


def test_the_systems_own_dialog_marks_what_waited_for_it(book: Book) -> None:
    ids = [key for (key,) in rows(book, "SELECT invoice_id FROM delivery ORDER BY id")]
    assert note_printed(book, [ids[0], ids[-1]], "Laser", actor="Anne") == 1
    assert states(book) == ["sent", "waiting", "waiting", "waiting"]
    assert value(book, "SELECT state FROM delivery WHERE channel = 'email'") == "waiting"
    assert [kind for kind, _detail in events(book)] == [kind for kind, _ in events(book, "email")] == ["printed"]


def test_a_letter_is_printed_with_the_documents(book: Book, cups: Cups) -> None:
    client = value(book, "SELECT id FROM client WHERE code = 'C4'")
    made = statement(book, client, as_of=DAY)
    letter = enqueue_letter(book, made, actor="Anne", channel="print")
    found = papers(book, Choice(), order="postcode").found
    assert [one.file_id is not None for one in found] == [True, False, False, False, False]
    give(book, replace(OFFICE, cover=True, order="postcode"))
    (printed,) = cups.printed(1)
    assert "Statement" in pages(printed)[1]
    wait_for(lambda: follow(book).printed == 1)
    assert value(book, "SELECT state FROM delivery WHERE id = ?", letter) == "sent"
    assert papers(book, Choice(delivery_ids=(letter,))).found[0].file_id is not None


def test_what_waits_for_its_registration_is_not_printed(tmp_path: Path) -> None:
    with indian_book(tmp_path) as india:
        set_book_setting(india, SINCE, "2026-05-01", actor="Anne")
        found = papers(india, Choice(everything=True))
        # The consumer's needs none.
        assert [one.code for one in found.found] == ["B2C"]
        assert len(found.held_back) == 2


def test_the_check_finds_a_document_that_is_in_no_queue(book: Book, cups: Cups) -> None:
    cups.command("cupsdisable", "office")
    made = give(book)
    assert check(book).problems == ()
    with book.writing() as session:
        session.connection().exec_driver_sql("UPDATE print_job SET state = 'failed'")
    assert {one.detail for one in check(book).problems} == {"it stands as “sending”, its print job as “failed”"}
    with book.writing() as session:
        connection = session.connection()
        connection.exec_driver_sql("UPDATE print_job SET state = 'sending'")
        connection.exec_driver_sql("UPDATE delivery SET state = 'waiting' WHERE print_job_id = ?", tuple(made.jobs))
    (found,) = check(book).problems
    assert (found.what, "no document of the outbox" in found.detail) == ("print job", True)


def test_one_file_for_a_print_shop(book: Book, tmp_path: Path) -> None:
    found = papers(book, Choice(everything=True), order="postcode").found
    told: list[tuple[int, int]] = []
    (whole,) = merge_to(
        book,
        tmp_path / "shop.pdf",
        found,
        PrintSettings(sides=printer.LONG_EDGE, cover=True),
        on=DAY,
        report=lambda done, total, _text: told.append((done, total)),
        title="Shop",
    )
    data = whole.path.read_bytes()
    assert (whole.documents, whole.pages, whole.size) == (5, 12, len(data))
    assert [name for name in numbers_on(data) if name] == titles(found)
    assert told[-1] == (5, 5)
    # Making the file is not printing it.
    assert set(states(book)) == {"waiting"}
    parts = merge_to(
        book, tmp_path / "part.pdf", found, PrintSettings(), on=DAY, report=lambda *_: None, title="Part", most=2
    )
    assert [one.path.name for one in parts] == ["part-1.pdf", "part-2.pdf", "part-3.pdf"]
    assert [name for one in parts for name in numbers_on(one.path.read_bytes())] == titles(found)


def test_settings_are_kept_and_junk_is_not_believed(book: Book) -> None:
    assert print_settings(book) == PrintSettings()
    wanted = PrintSettings("office", 2, printer.LONG_EDGE, "tray-2", "iso_a4_210x297mm", True, True, "postcode", False)
    keep_print_settings(book, wanted, actor="Anne")
    assert print_settings(book) == wanted
    junk = {"queue": "office", "copies": 0, "sides": "inside-out", "order": 3, "cover": 1, "more": 2}
    set_book_setting(book, KEY, junk, actor="Anne")
    assert print_settings(book) == PrintSettings("office")
    set_book_setting(book, KEY, [1], actor="Anne")
    assert print_settings(book) == PrintSettings()
