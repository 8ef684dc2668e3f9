"""`backups`, `restore`, `salvage` and the daily backup of commands, as a script uses them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from db.book_files import open_book
from tests.books import new_book
from tests.e2e.commands import Sheaf
from tests.issued import add_client, add_invoice

DAY = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def _own_computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "books").mkdir()
    with new_book(tmp_path / "books") as book:
        add_client(book, "ACME")
        return book.path


@pytest.fixture
def run(tmp_path: Path) -> Sheaf:
    return Sheaf(tmp_path / "books")


def test_a_command_that_writes_leaves_a_backup_a_day_and_none_where_nothing_changed(run: Sheaf, path: Path) -> None:
    run("invoices", path)
    assert run.json("backups", path)["backups"] == []
    run("settings", path, "firm.city", "Hamburg")
    (first,) = run.json("backups", path)["backups"]
    assert first["why"] == "daily"
    run("settings", path, "firm.city", "Bremen")
    assert run.json("backups", path)["backups"] == [first]
    assert run("backups", path, "--automatic", "off").code == 0
    made = run.json("backups", path, "--now", "--prove")
    assert [one["sound"] for one in made["backups"]] == [True, True]
    assert made["made"] in [one["file"] for one in made["backups"]]
    assert "daily" in run("backups", path).out


def test_places_and_numbers_are_chosen_for_all_books_or_for_one(run: Sheaf, path: Path, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "stick").mkdir()
    found = run.json("backups", path, "--folder", tmp_path / "disk", "--second", tmp_path / "stick", "--daily", 3)
    assert (found["folder"], found["second"], found["daily"]) == (str(tmp_path / "disk"), str(tmp_path / "stick"), 3)
    own = run.json("backups", path, "--this-book", "--second", "none", "--monthly", 1)
    assert (own["second"], own["daily"], own["monthly"]) == (None, 3, 1)
    refused = run("backups", path, "--folder", tmp_path / "nowhere")
    assert refused.code == 1
    assert "does not exist" in refused.err


def test_a_spoiled_backup_is_found_out(run: Sheaf, path: Path) -> None:
    made = Path(run.json("backups", path, "--now")["made"])
    with made.open("rb+") as file:
        file.seek(40 * 4096)
        file.write(bytes(40 * 4096))
    answer = run("backups", path, "--prove", "--json")
    assert answer.code == 1
    assert [one["sound"] for one in json.loads(answer.out)["backups"]] == [False]


def test_restoring_shows_first_what_would_be_lost(run: Sheaf, path: Path) -> None:
    run("backups", path, "--now")
    backup = run.json("backups", path)["backups"][0]["file"]
    with open_book(path) as book:
        number = add_invoice(book, 1, DAY, (10_000, 19))
    before = path.read_bytes()
    seen = run.json("restore", backup, path, "--preview")
    assert seen["loses"]["documents"] == [number]
    assert seen["loses"]["kinship"] == "older"
    assert seen["kept"] is None
    told = run("restore", backup, path, "--preview").out
    assert "1 document" in told
    assert "119.00" in told
    assert path.read_bytes() == before
    done = run.json("restore", backup, path)
    assert Path(done["kept"]).is_file()
    assert run.json("restore", done["kept"], path, "--preview")["loses"]["documents"] == []


def test_a_damaged_book_is_salvaged_by_a_command(run: Sheaf, path: Path, tmp_path: Path) -> None:
    run("backups", path, "--now")
    with path.open("rb+") as file:
        file.write(bytes(4096))
    assert run("check", path).code == 1
    found = run.json("salvage", path, "saved.sheaf")
    assert found["complete"] is True
    assert run.json("check", "saved.sheaf")["clean"] is True
    again = run("salvage", path, "saved.sheaf")
    assert (again.code, "exists already" in again.err) == (1, True)
    assert "Everything was saved" in run("salvage", path, "other.sheaf").out
