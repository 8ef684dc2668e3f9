"""Documents that go into folders: each once, under its name, and whoever is waiting says why."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Client
from desktop.documents.render import render_pdf
from desktop.errors import UserError
from desktop.services.changes import change, undo
from desktop.services.delivery.handover import folders
from desktop.services.delivery.handover.folder_settings import example, folder_settings_of, set_folder
from desktop.services.delivery.handover.folders import Filed, deliver_to_folders
from desktop.services.delivery.kept import file_of
from desktop.services.documents import document
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value
from tests.einvoicing import sound_book, sound_client
from tests.issued import add_client, add_invoice
from tests.outgoing import stand

DAY = date(2026, 3, 31)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """Three invoices of Acme and two of Zen that wait for their folders, and one that goes by hand."""
    with new_book(tmp_path) as made:
        for code, name in (("ACME", "Acme: Ltd."), ("ZEN", "../Zen")):
            add_client(made, code, name=name)
        for client in (1, 2, 1, 2, 1):
            stand(made, add_invoice(made, client, DAY, (10_000, 19)), channel="folder", form="pdf")
        stand(made, add_invoice(made, 1, DAY, (10_000, 19)), channel="hand")
        yield made


@pytest.fixture
def root(tmp_path: Path, book: Book) -> Path:
    folder = tmp_path / "filed"
    folder.mkdir()
    set_folder(book, actor=ANNE, folder=str(folder))
    return folder


def filed(book: Book, **more: object) -> Filed:
    return deliver_to_folders(book, actor=ANNE, **more)  # type: ignore[arg-type]


def files(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


WHOLE = [
    "ACME Acme- Ltd/2026/INV-2026-0001.pdf",
    "ACME Acme- Ltd/2026/INV-2026-0003.pdf",
    "ACME Acme- Ltd/2026/INV-2026-0005.pdf",
    "ZEN ..-Zen/2026/INV-2026-0002.pdf",
    "ZEN ..-Zen/2026/INV-2026-0004.pdf",
]


def test_what_waits_is_put_into_its_clients_folder(book: Book, root: Path) -> None:
    assert filed(book) == Filed(5, 0, 0, None, str(root))
    assert files(root) == WHOLE
    assert (root / WHOLE[0]).read_bytes() == render_pdf(*document(book, 1))
    assert value(book, "SELECT path FROM delivery WHERE invoice_id = 1") == str(root / WHOLE[0])
    assert rows(book, "SELECT state, count(*) FROM delivery GROUP BY channel, state ORDER BY channel") == [
        ("sent", 5),
        ("waiting", 1),
    ]
    assert rows(book, "SELECT kind, actor FROM delivery_event WHERE delivery_id = 1") == [("sent", ANNE)]
    assert value(book, "SELECT count(*) FROM rendering") == 5
    assert filed(book) == Filed(0, 0, 0, None, str(root))


def test_what_is_chosen_alone_is_filed(book: Book, root: Path) -> None:
    assert filed(book, delivery_ids=[2, 6]).filed == 1
    assert files(root) == [WHOLE[3]]
    with pytest.raises(UserError, match="no run R-1"):
        filed(book, run="R-1")


def test_an_einvoice_lies_beside_its_paper(tmp_path: Path) -> None:
    with sound_book(tmp_path) as book:
        made = Contracts(book)
        client = sound_client(made, delivery="folder")
        made.agreement(client)
        run = made.bill("2026-01-31").run
        assert value(book, "SELECT channel || form FROM delivery") == "folderxrechnung"
        set_folder(book, actor=ANNE, folder=str(tmp_path), pattern="filed/{kind} {date} {number} {amount} {run}")
        assert filed(book, run=run).filed == 1
        number = value(book, "SELECT title FROM delivery")
        name = f"filed/Invoice 2026-01-31 {number} 119.00 {run}"
        assert files(tmp_path / "filed") == [f"{name[6:]}.pdf", f"{name[6:]}.xml"]
        assert value(book, "SELECT path FROM delivery") == str(tmp_path / f"{name}.xml")
        assert (tmp_path / f"{name}.xml").read_bytes() == file_of(book, 1, "xrechnung").content
        assert rows(book, "SELECT form FROM rendering ORDER BY form") == [("pdf",), ("xrechnung",)]


def test_a_document_that_cannot_take_its_form_fails_and_the_others_go(book: Book, root: Path) -> None:
    stand(book, "INV-2026-0003", form="ubl")
    found = filed(book)
    assert (found.filed, found.failed, found.waiting) == (4, 1, 0)
    assert files(root) == [name for name in WHOLE if "0003" not in name]
    state, answer = rows(book, "SELECT state, answer FROM delivery WHERE invoice_id = 3")[0]
    assert state == "failed"
    assert "INV-2026-0003" in answer


def test_without_a_folder_they_wait_and_say_why(book: Book, tmp_path: Path) -> None:
    found = filed(book)
    assert (found.filed, found.waiting) == (0, 5)
    assert found.problem is not None
    assert found.problem.message == "No folder is set up for documents that are filed."
    assert rows(book, "SELECT DISTINCT state, answer FROM delivery WHERE channel = 'folder'") == [
        ("waiting", "No folder is set up for documents that are filed.")
    ]
    folder = tmp_path / "stick"
    folder.mkdir()
    set_folder(book, actor=ANNE, folder=str(folder))
    folder.rmdir()
    found = filed(book)
    assert found.problem is not None
    assert found.problem.message == f"The folder “{folder}” is not there."
    assert found.waiting == 5
    folder.mkdir()
    assert filed(book).filed == 5
    assert rows(book, "SELECT DISTINCT state, answer FROM delivery WHERE channel = 'folder'") == [("sent", "")]


def test_a_place_that_is_taken_keeps_its_own_waiting_and_the_others_go(book: Book, root: Path) -> None:
    (root / "ACME Acme- Ltd").write_bytes(b"mine")
    found = filed(book)
    assert (found.filed, found.failed, found.waiting) == (2, 0, 3)
    assert files(root) == ["ACME Acme- Ltd", *WHOLE[3:]]
    assert found.problem is not None
    assert "ACME" in found.problem.message
    assert found.problem.remedy.startswith("Make room at that place")
    answers = rows(book, "SELECT invoice_id, answer <> '' FROM delivery WHERE state = 'waiting' AND channel = 'folder'")
    assert answers == [(1, 1), (3, 1), (5, 1)]
    (root / "ACME Acme- Ltd").unlink()
    assert filed(book) == Filed(3, 0, 0, None, str(root))
    assert files(root) == WHOLE


def test_a_disk_that_fills_up_keeps_what_was_filed(book: Book, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = 0
    real = os.fsync

    def fill(handle: int) -> None:
        nonlocal written
        written += 1
        if written > 12:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", fill)
    found = filed(book)
    assert found.problem is not None
    assert "is full" in found.problem.message
    assert found.filed == len(files(root)) == 5 - found.waiting > 0
    monkeypatch.undo()
    assert filed(book).filed == found.waiting
    assert files(root) == WHOLE


def test_what_was_written_when_the_program_died_is_not_written_again(
    book: Book, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_args: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(folders, "_tell", die)
    with pytest.raises(KeyboardInterrupt):
        filed(book)
    assert files(root) == WHOLE
    monkeypatch.undo()
    assert filed(book).filed == 5
    assert files(root) == WHOLE


def test_what_was_cancelled_meanwhile_stays_cancelled(book: Book, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = folders._tell

    def cancelled(*args: object) -> int:
        stand(book, "INV-2026-0001", state="cancelled")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(folders, "_tell", cancelled)
    assert filed(book).filed == 4
    assert value(book, "SELECT state FROM delivery WHERE invoice_id = 1") == "cancelled"


def test_who_stops_keeps_what_is_filed(book: Book, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "_CHUNK", 2)

    def stop(done: int, _total: int, _text: str) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        filed(book, report=stop)
    assert value(book, "SELECT count(*) FROM delivery WHERE state = 'sent'") == 4
    assert filed(book).filed == 1
    assert files(root) == WHOLE


def test_a_merged_client_has_the_folder_of_the_other(book: Book, root: Path) -> None:
    with change(book, ANNE, "Merge") as made:
        made.update(Client, 2, merged_into_id=1)
    filed(book)
    assert {name.split("/")[0] for name in files(root)} == {"ACME Acme- Ltd"}


def test_settings_are_checked_shown_and_undone(book: Book, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not a whole path"):
        set_folder(book, actor=ANNE, folder="here")
    with pytest.raises(UserError, match="no folder"):
        set_folder(book, actor=ANNE, folder=str(tmp_path / "none"))
    with pytest.raises(UserError, match="not a field"):
        set_folder(book, actor=ANNE, pattern="{nobody}/{number}")
    set_folder(book, actor=ANNE, folder=str(tmp_path), pattern=" {number} ")
    assert folder_settings_of(book).pattern == "{number}"
    undo(book, ANNE)
    assert folder_settings_of(book).folder == ""
    assert example(book, "{client}/{kind} {number}") == "Acme- Ltd/Invoice INV-2026-0006.pdf"
    with pytest.raises(UserError, match="within the folder"):
        example(book, "../{number}")


def test_a_book_without_documents_has_an_example(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        assert example(book, "{client}/{number}") == "A client/INV-2026-0001.pdf"


def test_clients_whose_codes_look_alike_never_share_a_folder(book: Book, root: Path) -> None:
    for client, code in enumerate(("Z/1", "Z-1"), 3):
        add_client(book, code, name="Twin")
        stand(book, add_invoice(book, client, DAY, (10_000, 19)), channel="folder", form="pdf")
    filed(book)
    assert [name for name in files(root) if "Twin" in name] == [
        "Z-1 Twin/2026/INV-2026-0007.pdf",
        "Z-1-4 Twin/2026/INV-2026-0008.pdf",
    ]
    assert example(book, "{code}/{number}") == "Z-1-4/INV-2026-0008.pdf"
