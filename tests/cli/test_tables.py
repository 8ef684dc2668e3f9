"""`import`, `export` and `watch` at the command line: what they answer, and with which code they end."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from desktop.cli import main
from tests.books import new_book
from tests.services.imports.material import AGREEMENTS, CLIENTS, ITEMS
from tests.services.imports.test_trackers import TOGGL
from tests.workbooks import ods, xlsx

TIME = [("agreement", "date", "person", "hours"), ("A-1", "2026-03-02", "Ann", 1.5)]


@pytest.fixture
def firm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.chdir(tmp_path)
    with new_book(tmp_path) as book:
        path = book.path
    for kind, text in (("clients", CLIENTS), ("items", ITEMS), ("agreements", AGREEMENTS)):
        Path(f"{kind}.csv").write_text(text)
        assert main(["import", str(path), kind, f"{kind}.csv"]) == 0
    capsys.readouterr()
    return path


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def test_a_workbook_of_several_sheets(firm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("time.xlsx").write_bytes(xlsx({"May": TIME, "June": [*TIME, ("A-1", "2026-03-03", "Ann", "much")]}))
    assert main(["import", str(firm), "time", "time.xlsx"]) == 1
    assert "--sheet NAME" in capsys.readouterr().err
    assert main(["import", str(firm), "time", "time.xlsx", "--sheet", "June", "--json"]) == 0
    told = answer(capsys)
    assert (told["imported"], told["rejected"]) == (
        1,
        [
            {
                "row": 3,
                "column": "D: hours",
                "value": "much",
                "problem": "“much” is not a number of hours.",
                "remedy": "Write it like 1:30 or 1.5.",
            }
        ],
    )
    Path("time.ods").write_bytes(ods({"Time": TIME}))
    assert main(["import", str(firm), "time", "time.ods", "--json"]) == 0
    assert answer(capsys)["unchanged"] == 1


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_export_comes_in_again(firm: Path, capsys: pytest.CaptureFixture[str], ending: str) -> None:
    assert main(["export", str(firm), "agreements", f"out.{ending}", "--json"]) == 0
    assert answer(capsys)["rows"] == 2
    assert main(["import", str(firm), "agreements", f"out.{ending}", "--json"]) == 0
    assert answer(capsys) | {"notes": []} == {
        "batch": None, "rows": 2, "imported": 0, "unchanged": 2, "rejected": [], "notes": []
    }  # fmt: skip
    assert main(["export", str(firm), "agreements", "out.ods"]) == 1
    assert ".xlsx" in capsys.readouterr().err


def test_a_folder_is_watched_once(firm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "toggl.csv").write_text(TOGGL)
    (folder / "odd.csv").write_text("a,b\n1,2\n")
    old = time.time() - 60
    os.utime(folder / "toggl.csv", (old, old))
    watch = ["watch", str(firm), "--folder", "in", "--once", "--seconds", "1", "--json"]
    assert main(watch) == 1
    files = answer(capsys)["files"]
    assert isinstance(files, list)
    assert [(one["file"], one["state"], one["imported"]) for one in files] == [
        ("odd.csv", "refused", 0), ("toggl.csv", "imported", 2)
    ]  # fmt: skip
    assert main(watch) == 0
    assert answer(capsys)["files"] == []
    assert main(["watch", str(firm), "--once"]) == 1
    assert "No folder is chosen" in capsys.readouterr().err
