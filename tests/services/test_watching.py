"""A folder whose files come in by themselves: whole ones only, each once, the others with their reason."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.services.imports import import_file
from desktop.services.imports.history import import_batches, undo_import
from desktop.services.watching import Taken, Watch, WatchedFolder, set_watched_folder, take_in, watched_folder
from tests.books import new_book
from tests.services.imports.material import AGREEMENTS, CLIENTS, ITEMS, TODAY, rows
from tests.services.imports.test_trackers import CLOCKIFY, HARVEST, KIMAI, TOGGL


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as made:
        for kind, text in (("clients", CLIENTS), ("items", ITEMS), ("agreements", AGREEMENTS)):
            import_file(made, kind, text.encode(), actor="Ann", today=TODAY)
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "exports"
    made.mkdir()
    return made


def silent(_done: int, _total: int, _text: str) -> None:
    pass


def swept(book: Book, watch: Watch, **options: object) -> list[Taken]:
    """Two looks, and what the second finds whole."""
    watch.look()
    found = []
    for path in watch.look():
        found.append(take_in(book, path, actor="Ann", today=TODAY, report=silent, **options))  # type: ignore[arg-type]
        watch.handled(path, found[-1])
    return found


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("text", [TOGGL, CLOCKIFY, HARVEST, KIMAI])
def test_a_trackers_export_comes_in_and_is_moved(book: Book, folder: Path, text: str) -> None:
    (folder / "export.csv").write_text(text)
    (taken,) = swept(book, Watch(folder))
    assert (taken.state, taken.kind, taken.sentence) == (
        "imported", "time", "export.csv: 2 rows imported, 0 unchanged, 0 rejected."
    )  # fmt: skip
    assert names(folder) == {"done/export.csv", "done/export.csv.report.txt"}
    assert rows(book, "SELECT count(*) FROM time_entry") == [(2,)]
    assert swept(book, Watch(folder)) == []


def test_the_same_file_comes_in_once(book: Book, folder: Path) -> None:
    for name in ("one.csv", "two.csv"):
        (folder / name).write_text(TOGGL)
    first, second = swept(book, Watch(folder))
    assert (first.state, second.state) == ("imported", "known")
    assert "was imported on" in second.reason
    assert "one.csv" in second.reason
    (folder / "one.csv").write_text(TOGGL)
    assert [one.state for one in swept(book, Watch(folder))] == ["known"]
    # Nothing that was there is overwritten.
    assert {"done/one.csv", "done/one (2).csv", "done/two.csv"} <= names(folder)
    assert len(import_batches(book)) == 4
    assert rows(book, "SELECT count(*) FROM time_entry") == [(2,)]


def test_each_file_is_undone_as_one_and_may_come_again(book: Book, folder: Path) -> None:
    (folder / "one.csv").write_text(TOGGL)
    (taken,) = swept(book, Watch(folder))
    assert taken.result is not None
    assert taken.result.batch is not None
    undo_import(book, taken.result.batch, actor="Ann")
    assert rows(book, "SELECT count(*) FROM time_entry") == [(0,)]
    (folder / "done" / "one.csv").rename(folder / "one.csv")
    assert [one.state for one in swept(book, Watch(folder))] == ["imported"]


def test_what_cannot_be_taken_is_set_aside_with_its_reason(book: Book, folder: Path) -> None:
    (folder / "clients.csv").write_text(CLIENTS + "NEW,New Ltd,DE,EUR,,,,\n")
    (folder / "odd.csv").write_text("a,b\n1,2\n")
    (folder / "broken.xlsx").write_bytes(b"PK\x03\x04 xl/workbook")
    (folder / "nobody.csv").write_text(TOGGL.replace("Acme Ltd", "Nobody").replace('"A-1"', '"X"'))
    (folder / "picture.png").write_bytes(b"\x89PNG")
    found = {one.name: one for one in swept(book, Watch(folder))}
    assert set(found) == {"clients.csv", "odd.csv", "broken.xlsx", "nobody.csv"}
    assert {one.state for one in found.values()} == {"refused"}
    assert all(one.reason for one in found.values())
    assert "incomplete or damaged" in found["broken.xlsx"].reason
    report = (folder / "refused" / "nobody.csv.report.txt").read_text(encoding="utf-8")
    assert "Row 2, Project “X”: No agreement is known for the project “X” of “Nobody”." in report
    assert rows(book, "SELECT count(*) FROM time_entry") == [(0,)]
    assert (folder / "picture.png").is_file()


def test_good_rows_come_in_beside_rejected_ones(book: Book, folder: Path) -> None:
    (folder / "mixed.csv").write_text(TOGGL + TOGGL.splitlines()[1].replace('"A-1"', '"X"').replace("Acme Ltd", "No"))
    (taken,) = swept(book, Watch(folder))
    assert (taken.state, taken.sentence) == ("imported", "mixed.csv: 2 rows imported, 0 unchanged, 1 rejected.")
    # Dropped again once the project is known, the rest comes in.
    (folder / "mixed.csv").write_text((folder / "done" / "mixed.csv").read_text())
    assert [one.state for one in swept(book, Watch(folder))] == ["refused"]
    assert rows(book, "SELECT count(*) FROM time_entry") == [(2,)]


def test_dates_that_may_mean_two_days_are_not_guessed(book: Book, folder: Path) -> None:
    text = CLOCKIFY.replace("03/13/2026", "03/02/2026").replace("03/14/2026", "03/04/2026")
    (folder / "export.csv").write_text(text)
    (taken,) = swept(book, Watch(folder))
    assert taken.state == "refused"
    assert "may start with the day or the month" in taken.reason
    (folder / "refused" / "export.csv").rename(folder / "export.csv")
    (taken,) = swept(book, Watch(folder), date_order="mdy")
    assert taken.state == "imported"
    assert rows(book, "SELECT work_date FROM time_entry") == [("2026-03-02",), ("2026-03-04",)]


@pytest.mark.parametrize(
    "name, text",
    [
        ("usage", "id,agreement,item,from,to,quantity\nU1,A-1,DEV,2026-01-01,2026-01-31,5\n"),
        ("milestones", "agreement,name,amount,due,done\nA-1,Design,100,2026-05-01,\n"),
        ("charges", "id,client,date,description,quantity,unit_price\nX1,ACME,2026-03-01,Setup,1,250\n"),
        ("time", "agreement,date,person,hours,note\nA-1,2026-03-02,Ann,1.5,work\n"),
    ],
)
def test_the_kind_is_told_by_the_headings(book: Book, folder: Path, name: str, text: str) -> None:
    (folder / "data.csv").write_text(text)
    (taken,) = swept(book, Watch(folder))
    assert taken.kind == name


def test_a_file_that_grows_waits_until_it_is_whole(folder: Path) -> None:
    watch, path = Watch(folder), folder / "big.csv"
    path.write_text(TOGGL[:100])
    assert watch.look() == []
    path.write_text(TOGGL[:200])
    assert watch.look() == []
    path.write_text(TOGGL)
    assert watch.look() == []
    assert watch.look() == [path]


def test_a_file_that_grows_after_all_is_looked_at_again(book: Book, folder: Path) -> None:
    watch, lines = Watch(folder), TOGGL.splitlines(keepends=True)
    with (folder / "slow.csv").open("w") as file:
        file.write("".join(lines[:2]))
        file.flush()
        assert [one.state for one in swept(book, watch)] == ["imported"]
        file.write(lines[2])
    assert [one.state for one in swept(book, watch)] == ["imported"]
    assert rows(book, "SELECT count(*) FROM time_entry") == [(2,)]


def test_open_and_unfinished_files_wait(folder: Path) -> None:
    watch = Watch(folder)
    for name in ("~$time.xlsx", ".hidden.csv", "export.csv.part", "empty.csv"):
        (folder / name).write_bytes(b"" if name == "empty.csv" else b"x")
    (folder / "plan.ods").write_bytes(b"x")
    (folder / ".~lock.plan.ods#").write_bytes(b"x")
    watch.look()
    assert watch.look() == []
    (folder / ".~lock.plan.ods#").unlink()
    assert watch.look() == [folder / "plan.ods"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything can be read")
def test_a_file_that_cannot_be_read_waits(book: Book, folder: Path) -> None:
    path = folder / "time.csv"
    path.write_text(TOGGL)
    path.chmod(0)
    assert [one.state for one in swept(book, Watch(folder))] == ["waiting"]
    assert path.is_file()


def test_a_folder_that_goes_away_is_told(folder: Path) -> None:
    watch = Watch(folder)
    folder.rmdir()
    with pytest.raises(UserError, match="There is no folder"):
        watch.look()


def test_the_setting_is_kept_with_the_book(book: Book, folder: Path) -> None:
    assert watched_folder(book) == WatchedFolder()
    set_watched_folder(book, WatchedFolder(folder, True, "mdy"), actor="Ann")
    assert watched_folder(book) == WatchedFolder(folder, True, "mdy")
    with pytest.raises(UserError, match="There is no folder"):
        set_watched_folder(book, WatchedFolder(folder / "none", True), actor="Ann")
    set_watched_folder(book, WatchedFolder(folder / "none", False), actor="Ann")
    assert watched_folder(book).on is False


def test_files_written_while_it_looks_come_in_whole_and_once(book: Book, folder: Path) -> None:
    """A writer writes in pieces of random size; each entry is in the book just once in the end."""
    dice = random.Random(7)
    head, line = TOGGL.splitlines(keepends=True)[:2]

    def write() -> None:
        for number in range(6):
            text = head + "".join(
                line.replace("09:00:00", f"{hour:02}:{number:02}:00").replace("10:30", f"{hour:02}:{number + 30}")
                for hour in range(6, 18)
            )
            with (folder / f"{number}.csv").open("w") as file:
                while text:
                    some = dice.randrange(1, 400)
                    file.write(text[:some])
                    file.flush()
                    text = text[some:]
                    time.sleep(0.002)

    writer = threading.Thread(target=write)
    writer.start()
    watch = Watch(folder)
    while writer.is_alive():
        for path in watch.look():
            watch.handled(path, take_in(book, path, actor="Ann", today=date(2026, 3, 31), report=silent))
        time.sleep(0.05)
    writer.join()
    while swept(book, watch):
        pass
    assert rows(book, "SELECT count(*), count(DISTINCT external_id) FROM time_entry") == [(72, 72)]
    assert not [path for path in folder.iterdir() if path.is_file()]
