"""What a person gets who asks what the book knows of them."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Client, Contact
from desktop.errors import UserError
from desktop.services.attachments import attach
from desktop.services.changes import change
from desktop.services.notes import add_note
from desktop.services.privacy.exporting import export_person
from tests.books import new_book
from tests.contracts import Contracts

NOW = date(2026, 11, 22)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    book = new_book(tmp_path)
    contracts = Contracts(book)
    for code, name in (("A", "Tulip & <b>Sons</b>"), ("B", "Somebody Else Ltd")):
        client = contracts.client(code, name=name, email=f"{code}@example.org")
        contracts.agreement(client, f"G-{code}")
        add_note(book, "client", client, f"note about {name}", actor="Anne")
        attach(book, "client", client, f"../{code}.txt", f"contract of {code}".encode(), actor="Anne")
        with change(book, "Anne", "Contact") as made:
            made.insert(Contact, client_id=client, name=f"Jo {code}", email=f"jo-{code}@example.org")
    contracts.bill("2026-02-28")
    return book


def test_it_holds_what_is_known_of_the_person_and_nothing_of_another(book: Book, tmp_path: Path) -> None:
    made = export_person(book, 1, tmp_path / "a.zip", today=NOW)
    with zipfile.ZipFile(made.path) as archive:
        names = archive.namelist()
        whole = b"\n".join(archive.read(name) for name in names if not name.endswith(".pdf")).decode()
        told = json.loads(archive.read("data.json"))
        page = archive.read("index.html").decode()
    assert told["person"] == "Tulip & <b>Sons</b>"
    assert [row["email"] for row in told["data"]["contact"]] == ["jo-A@example.org"]
    assert len(told["data"]["invoice"]) == 1
    assert "Somebody Else" not in whole
    assert "jo-B@example.org" not in whole
    assert "contract of A" in whole
    assert "<b>Sons" not in page
    assert "Tulip &amp; &lt;b&gt;Sons" in page
    assert [name for name in names if name.startswith("documents/")] == [
        f"documents/{told['data']['invoice'][0]['number']}.pdf"
    ]
    # No name leads out of the folder that somebody unpacks it into.
    assert all(".." not in name and not name.startswith("/") for name in names)
    book.close()


def test_a_contact_gets_its_own(book: Book, tmp_path: Path) -> None:
    made = export_person(book, 1, tmp_path / "a.zip", contact_id=1, today=NOW)
    assert made.rows == {"contact": 1}
    with pytest.raises(UserError):
        export_person(book, 2, tmp_path / "b.zip", contact_id=1, today=NOW)
    with pytest.raises(UserError):
        export_person(book, 1, tmp_path / "b.pdf", today=NOW)
    book.close()


def test_nothing_is_written_into_the_book(book: Book, tmp_path: Path) -> None:
    with book.reading() as session:
        before = session.query(Client).count()
        head = session.connection().exec_driver_sql("SELECT max(id) FROM audit_event").scalar()
    export_person(book, 1, tmp_path / "a.zip", today=NOW)
    with book.reading() as session:
        assert session.query(Client).count() == before
        assert session.connection().exec_driver_sql("SELECT max(id) FROM audit_event").scalar() == head
    book.close()
