"""Files in a folder: whole or not at all, never in another's place, never twice."""

import errno
import os
import tempfile
from pathlib import Path

import pytest

from desktop.delivery.folder import Folder, NotFiled, PlaceTaken

PLACE = ("C-7 Acme", "2026", "INV-1.pdf")


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_file_is_put_below_folders_that_are_made(tmp_path: Path) -> None:
    path = Folder(tmp_path).put(PLACE, b"one")
    assert path == tmp_path / "C-7 Acme" / "2026" / "INV-1.pdf"
    assert files(tmp_path) == {"C-7 Acme/2026/INV-1.pdf": b"one"}


def test_the_same_file_again_is_not_written_again(tmp_path: Path) -> None:
    path = Folder(tmp_path).put(PLACE, b"one")
    os.utime(path, (1, 1))
    assert Folder(tmp_path).put(PLACE, b"one") == path
    assert path.stat().st_mtime == 1
    assert files(tmp_path) == {"C-7 Acme/2026/INV-1.pdf": b"one"}


def test_another_file_of_that_name_keeps_its_place(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    found = [folder.put(("a.pdf",), content).name for content in (b"one", b"two", b"three", b"two")]
    assert found == ["a.pdf", "a-2.pdf", "a-3.pdf", "a-2.pdf"]
    assert files(tmp_path) == {"a.pdf": b"one", "a-2.pdf": b"two", "a-3.pdf": b"three"}


def test_names_that_some_system_takes_for_one_are_one(tmp_path: Path) -> None:
    (tmp_path / "ACME").mkdir()
    (tmp_path / "ACME" / "Inv.PDF").write_bytes(b"theirs")
    folder = Folder(tmp_path)
    assert folder.put(("acme", "inv.pdf"), b"ours") == tmp_path / "ACME" / "inv-2.pdf"
    assert folder.put(("Acme", "INV.pdf"), b"theirs") == tmp_path / "ACME" / "Inv.PDF"
    assert folder.put(("Cafe\u0301.pdf",), b"x") == tmp_path / "Cafe\u0301.pdf"
    assert folder.put(("Caf\u00e9.pdf",), b"y").name == "Caf\u00e9-2.pdf"


def test_a_file_that_came_in_between_keeps_its_place(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.put(("a.pdf",), b"one")
    (tmp_path / "b.pdf").write_bytes(b"of another program")
    assert folder.put(("b.pdf",), b"ours").name == "b-2.pdf"
    assert files(tmp_path)["b.pdf"] == b"of another program"


def test_disks_without_links_serve_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    folder = Folder(tmp_path)
    (tmp_path / "b.pdf").write_bytes(b"before")
    assert [folder.put((name,), b"ours").name for name in ("a.pdf", "b.pdf")] == ["a.pdf", "b-2.pdf"]
    assert files(tmp_path) == {"a.pdf": b"ours", "b.pdf": b"before", "b-2.pdf": b"ours"}


@pytest.mark.parametrize(
    "number, said",
    [
        (errno.ENOSPC, "is full"),
        (errno.EACCES, "lets nobody write"),
        (errno.EIO, "taken away"),
        (errno.EFBIG, "cannot be written"),
    ],
)
def test_a_disk_that_refuses_is_said_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    def refuse(_handle: int) -> None:
        raise OSError(number, os.strerror(number))

    folder = Folder(tmp_path)
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(NotFiled) as problem:
        folder.put(("a.pdf",), b"one")
    assert said in problem.value.said.template
    assert files(tmp_path) == {}
    monkeypatch.undo()
    assert folder.put(("a.pdf",), b"one").read_bytes() == b"one"


def test_a_place_that_takes_nothing_leaves_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Acme").write_bytes(b"mine")
    folder = Folder(tmp_path)
    with pytest.raises(PlaceTaken, match="Acme"):
        folder.put(("Acme", "a.pdf"), b"one")
    assert folder.put(("Zen", "a.pdf"), b"one").is_file()
    assert files(tmp_path) == {"Acme": b"mine", "Zen/a.pdf": b"one"}

    def refuse(*_args: object, **_more: object) -> tuple[int, str]:
        raise PermissionError(13, "Permission denied")

    # Where nothing can be written at all, it is the folder.
    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    with pytest.raises(NotFiled) as problem:
        folder.put(("Acme", "a.pdf"), b"one")
    assert not isinstance(problem.value, PlaceTaken)


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(NotFiled, match="is not there"):
        Folder(tmp_path / "stick")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotFiled, match="is not there"):
        Folder(tmp_path / "file")
    with pytest.raises(NotFiled, match="whole path"):
        Folder(Path("here"))
    assert not (tmp_path / "stick").exists()


def test_a_folder_that_goes_away_is_said(tmp_path: Path) -> None:
    root = tmp_path / "stick"
    root.mkdir()
    folder = Folder(root)
    root.rmdir()
    with pytest.raises(NotFiled, match="taken away"):
        folder.put(PLACE, b"one")
    root.mkdir()
    assert folder.put(PLACE, b"one").is_file()


@pytest.mark.parametrize("place", [("..", "a.pdf"), ("", "a.pdf"), ("a", "."), ("a/b.pdf",), ("",)])
def test_a_place_outside_is_a_bug(tmp_path: Path, place: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="no place"):
        Folder(tmp_path).put(place, b"one")
