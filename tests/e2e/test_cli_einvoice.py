"""India's portal by command: what goes up, what comes back, and what is said of the rest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.commands import Sheaf
from tests.services.test_registrations import answer, indian_book, number_of


@pytest.fixture
def sheaf(tmp_path: Path) -> Sheaf:
    with indian_book(tmp_path) as book:
        number = number_of(book, "B2B")
        (tmp_path / "back.json").write_text(json.dumps([answer(book, number), {"Irn": "x", "DocNo": "NO-1"}]))
        (tmp_path / "name").write_text(f"{book.path}\n{number}")
    return Sheaf(tmp_path)


def test_documents_are_registered_by_command(sheaf: Sheaf) -> None:
    book, number = (sheaf.folder / "name").read_text().split("\n")
    made = sheaf.json("einvoice", book, "export", "up.json")
    assert number in made["documents"]
    assert len(json.loads((sheaf.folder / "up.json").read_text())) == len(made["documents"]) == 2
    taken = sheaf.json("einvoice", book, "import", "back.json")
    assert taken["registered"] == [number]
    assert taken["refused"][0]["number"] == "NO-1"
    again = sheaf("einvoice", book, "import", "back.json")
    assert "1 was registered before." in again.out
    assert "NO-1" in again.out
    assert sheaf.json("einvoice", book, "cancel", "--invoice", number) == {"number": number, "cancelled": True}


@pytest.mark.parametrize(
    "argv, words",
    [
        (["export"], "The file is missing"),
        (["import", "none.json"], "cannot be read"),
        (["import", "name"], "no answer of the invoice registration portal"),
        (["cancel"], "one by one"),
        (["export", "up.json", "--run", "R-1"], "There is no run R-1"),
        (["export", "up.json", "--invoice", "NO-1"], "There is no document NO-1"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(sheaf: Sheaf, argv: list[str], words: str) -> None:
    book = (sheaf.folder / "name").read_text().split("\n")[0]
    found = sheaf("einvoice", book, *argv)
    assert found.code == 1
    assert words in found.err
