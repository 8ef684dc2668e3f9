"""Archives of statements: read member by member, with limits."""

import zipfile
from pathlib import Path

import pytest

from desktop.errors import UserError
from desktop.importing.bank import archives, read_bank_file

QIF = "!Type:Bank\nD2026-03-15\nT1.00\nPAcme\n^\n"


def archive(folder: Path, members: dict[str, str | bytes]) -> Path:
    path = folder / "march.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return path


def test_every_statement_in_the_order_of_names(tmp_path: Path) -> None:
    path = archive(
        tmp_path,
        {
            "b/2.qif": QIF.replace("1.00", "2.00"),
            "a/1.qif": QIF,
            "read me.pdf": "%PDF-1.4",
            "__MACOSX/a/._1.qif": "rubbish",
            "empty.qif": "",
        },
    )
    found = read_bank_file(path, currency="EUR")
    assert [(one.amount, one.place) for each in found.statements for one in each.entries] == [
        (100, "1.qif:2"),
        (200, "2.qif:2"),
    ]
    assert found.format == "qif"
    assert found.problems == ("“read me.pdf” in the archive is no bank statement and was left out.",)


def test_a_member_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    found = read_bank_file(archive(tmp_path, {"1.qif": QIF, "2.qif": QIF.replace("2026-03-15", "soon")}))
    assert len(found.statements) == 1
    assert "2.qif" in found.problems[0]


def test_an_archive_without_statements_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no bank statement"):
        read_bank_file(archive(tmp_path, {"a.pdf": "%PDF-1.4"}))
    with pytest.raises(UserError, match="soon"):
        read_bank_file(archive(tmp_path, {"a.qif": QIF.replace("2026-03-15", "soon")}))


def test_half_an_archive_is_broken(tmp_path: Path) -> None:
    path = archive(tmp_path, {"1.qif": QIF * 100})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(UserError, match="broken or cut off"):
        read_bank_file(path)


def test_a_changed_member_is_broken(tmp_path: Path) -> None:
    path = archive(tmp_path, {"1.qif": QIF})
    content = bytearray(path.read_bytes())
    content[45] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(UserError):
        read_bank_file(path)


def test_what_swells_or_holds_too_many_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path, {"1.qif": QIF, "2.qif": QIF})
    monkeypatch.setattr(archives, "_MOST_MEMBERS", 1)
    with pytest.raises(UserError, match="holds 2 files"):
        read_bank_file(path)
    monkeypatch.undo()
    monkeypatch.setattr(archives, "_LARGEST_TOGETHER", 10)
    with pytest.raises(UserError, match="are not read"):
        read_bank_file(path)
