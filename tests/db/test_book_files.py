"""Making and opening books: what can be wrong with a file gets one clear sentence, and the file stays as it is."""

from __future__ import annotations

import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db import ddl
from db.book_files import create_book, open_book
from db.engine import APPLICATION_ID, Book
from db.folders import folder_warning
from db.lock import lock_path
from desktop.errors import UserError
from tests.books import new_book

HARBOUR: dict[str, Any] = {"name": "Harbour Services", "country": "DE", "currency": "EUR"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed book."""
    new_book(tmp_path).close()
    return tmp_path / "Harbour.sheaf"


def firm(book: Book) -> str:
    with book.reading() as session:
        return str(session.execute(text("SELECT name FROM firm")).scalar_one())


def problem(path: Path, *, read_only: bool = False) -> UserError:
    """What opening says; the folder must be as before."""
    before = contents(path.parent)
    with pytest.raises(UserError) as caught:
        open_book(path, read_only=read_only)
    assert contents(path.parent) == before
    assert caught.value.message.endswith(".")
    assert caught.value.remedy.endswith(".")
    return caught.value


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_a_new_book_has_what_a_firm_begins_with(tmp_path: Path) -> None:
    with create_book(tmp_path / "a.sheaf", **HARBOUR, language="de") as book, book.reading() as session:
        query = session.execute
        assert query(text("SELECT name, country, currency, language, template_id FROM firm")).one() == (
            "Harbour Services", "DE", "EUR", "de", 1,
        )  # fmt: skip
        assert query(text("SELECT kind, pattern FROM series ORDER BY id")).all() == [
            ("invoice", "INV-{year}-{n:04}"),
            ("credit_note", "CN-{year}-{n:04}"),
            ("deposit", "DP-{year}-{n:04}"),
            ("final", "FI-{year}-{n:04}"),
        ]
        rates = query(
            text("SELECT valid_from, rate FROM tax_rate JOIN tax_code c ON c.id = tax_code_id WHERE code = 'standard'")
        ).all()
        assert rates[-1] == ("2021-01-01", 190_000)
        planted = query(
            text("SELECT t.name, v.version FROM template t JOIN template_version v ON v.template_id = t.id")
        )
        names = [name for name, version in planted if version == 1]
        assert names[0] == "Classic"
        assert len(names) >= 7
        assert query(text("SELECT length(uid), made_by FROM book")).one() == (32, "sheaf")
        assert query(text("PRAGMA application_id")).scalar_one() == APPLICATION_ID
        assert query(text("SELECT count(*) FROM audit_event")).scalar_one() > 5


def test_american_firms_print_on_letter_paper(tmp_path: Path) -> None:
    with create_book(tmp_path / "a.sheaf", name="X", country="US", currency="USD") as book, book.reading() as session:
        kept = session.execute(text("SELECT specification FROM template_version")).scalars().all()
    assert len(kept) >= 7
    assert all('"page":"LETTER"' in specification for specification in kept)


def test_a_book_is_never_made_over_another(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(UserError, match=r"Harbour.sheaf exists already"):
        create_book(path, **HARBOUR)
    assert path.read_bytes() == before


def test_a_book_that_cannot_be_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ddl, "table_statements", lambda: ["CREATE TABLE x (y)", "CREATE NONSENSE"])
    with pytest.raises(sqlite3.OperationalError):
        create_book(tmp_path / "a.sheaf", **HARBOUR)
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_a_new_book_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"The folder .*missing does not exist"):
        create_book(tmp_path / "missing" / "a.sheaf", **HARBOUR)


def test_opening_and_closing_changes_nothing(path: Path) -> None:
    with open_book(path) as book:
        before = firm(book), book.warnings
    with open_book(path) as book:
        assert (firm(book), book.warnings) == before == ("Harbour Services", ())


def cut(path: Path) -> None:
    with path.open("rb+") as file:
        file.truncate(path.stat().st_size - 5000)


def cut_to_the_first_page(path: Path) -> None:
    with path.open("rb+") as file:
        file.truncate(4096)


def cut_short(path: Path) -> None:
    with path.open("rb+") as file:
        file.truncate(60)


def overwrite(start: int, count: int = 2000) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        with path.open("rb+") as file:
            file.seek(start)
            file.write(os.urandom(count))

    return damage


def spoil_a_name(path: Path) -> None:
    """SQLite quotes it in what it says, in an encoding that is none."""
    path.write_bytes(path.read_bytes().replace(b"ix_bank_line_amount", b"\xff\x80_bank_line_amount", 1))


def newer(path: Path) -> None:
    execute(path, "UPDATE alembic_version SET version_num = '0999'")


def another_program(path: Path) -> None:
    execute(path, "PRAGMA application_id = 252006673")


def execute(path: Path, sql: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(sql)
    connection.commit()
    connection.close()


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize(
    "harm, says",
    [
        (lambda path: path.write_text("code,name\nC-001,Acme\n" * 50), "is not a book: it is another kind of file"),
        (lambda path: path.write_bytes(b""), "is empty: it holds no book"),
        (lambda path: path.unlink(), "There is no book at"),
        (lambda path: (path.unlink(), path.mkdir()), "is a folder, not a book"),
        (cut, "is damaged"),
        (cut_to_the_first_page, "is damaged"),
        (cut_short, "is damaged"),
        (overwrite(0), "is not a book"),
        (overwrite(101, 3995), "is damaged"),
        (spoil_a_name, "is damaged"),
        (newer, "by a newer version of the program (revision 0999; this one knows 0002)"),
        (another_program, "is a database of another program, not a book"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    path: Path, harm: Callable[[Path], object], says: str, read_only: bool
) -> None:
    harm(path)
    assert says in problem(path, read_only=read_only).message


def test_damage_deep_in_the_file_is_said_when_it_is_read(path: Path) -> None:
    with open_book(path) as book, book.writing() as session:
        session.execute(
            text("INSERT INTO file (sha256, name, media_type, content) VALUES ('a', 'a', 'b', randomblob(40000))")
        )
        (root,) = session.execute(text("SELECT rootpage FROM sqlite_master WHERE name = 'tax_code'")).one()
    overwrite((root - 1) * 4096)(path)
    with (
        open_book(path) as book,
        pytest.raises(UserError, match=r"The book's file is damaged .*restore the latest backup"),
        book.reading() as session,
    ):
        session.execute(text("SELECT * FROM tax_code")).all()


def test_a_book_held_by_another_opening_is_said(path: Path) -> None:
    with open_book(path):
        with pytest.raises(UserError, match=rf"is open in another window or command \(process {os.getpid()} on "):
            open_book(path)
        with open_book(path, read_only=True) as book:
            assert firm(book) == "Harbour Services"
    open_book(path).close()


def test_a_link_is_the_same_book(path: Path, tmp_path: Path) -> None:
    (tmp_path / "link.sheaf").symlink_to(path)
    with open_book(path), pytest.raises(UserError, match="is open in another window"):
        open_book(tmp_path / "link.sheaf")


def test_a_lock_left_by_a_killed_process_is_none(path: Path) -> None:
    """Killed with its book open and its last write in the WAL: nothing is lost, nothing is locked."""
    program = (
        "import os, sys; from pathlib import Path; from sqlalchemy import text\n"
        "from db.book_files import open_book\n"
        f"book = open_book(Path({str(path)!r}))\n"
        "with book.writing() as session: session.execute(text(\"UPDATE firm SET name = 'Written last'\"))\n"
        "os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == -9
    assert lock_path(path).exists()
    with open_book(path) as book:
        assert firm(book) == "Written last"
    assert [entry.name for entry in path.parent.iterdir()] == ["Harbour.sheaf"]


def test_read_only_reads_and_does_not_write(path: Path) -> None:
    with open_book(path, read_only=True) as book:
        assert firm(book) == "Harbour Services"
        with pytest.raises(UserError, match="is write-protected"), book.writing():
            pass
    assert [entry.name for entry in path.parent.iterdir()] == ["Harbour.sheaf"]


@contextmanager
def as_nobody(folder: Path) -> Iterator[None]:
    """Permissions mean nothing to root."""
    if os.name != "posix":
        pytest.skip("permissions of another kind")
    if os.geteuid() != 0:
        yield
        return
    for above in [folder, *folder.parents][:-1]:
        if above.stat().st_uid == 0 and not above.stat().st_mode & 0o001:
            above.chmod(above.stat().st_mode | 0o011)
    for entry in [folder, *folder.iterdir()]:
        os.chown(entry, 65534, 65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_write_protected_file_is_said(path: Path) -> None:
    with as_nobody(path.parent):
        path.chmod(0o444)
        with pytest.raises(UserError, match=r"Harbour\.sheaf is write-protected; it can be read, not changed"):
            open_book(path)
        with open_book(path, read_only=True) as book:
            assert firm(book) == "Harbour Services"


def test_a_write_protected_folder_is_said(path: Path) -> None:
    with as_nobody(path.parent):
        path.parent.chmod(0o555)
        try:
            with pytest.raises(UserError, match="is write-protected"):
                open_book(path)
            with pytest.raises(UserError, match="is write-protected"):
                create_book(path.with_name("b.sheaf"), **HARBOUR)
            with open_book(path, read_only=True) as book:
                assert firm(book) == "Harbour Services"
        finally:
            path.parent.chmod(0o755)


def test_a_file_that_may_not_be_read_is_said(path: Path) -> None:
    with as_nobody(path.parent):
        path.chmod(0)
        with pytest.raises(UserError, match=r"Harbour\.sheaf"):
            open_book(path)


FULL_DISK = """
import os, sys
from pathlib import Path
from sqlalchemy import text
from db.backup import copy_book
from db.book_files import create_book, open_book
from desktop.errors import UserError
disk = Path(sys.argv[1])

def told(act):
    try:
        act()
    except UserError as error:
        print(error.message)

def fill_up():
    with book.writing() as session:
        session.execute(text("UPDATE firm SET name = 'Half'"))
        blob = "INSERT INTO file (sha256, name, media_type, content) VALUES ('a', 'a', 'b', randomblob(4000000))"
        session.execute(text(blob))

book = create_book(disk / "a.sheaf", name="Whole", country="DE", currency="EUR")
told(fill_up)
book.close()
(disk / "ballast").write_bytes(bytes(os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize - 100_000))
told(lambda: copy_book(disk / "a.sheaf", disk / "copy.sheaf"))
told(lambda: create_book(disk / "b.sheaf", name="Other", country="DE", currency="EUR"))
(disk / "ballast").unlink()
book = open_book(disk / "a.sheaf")
with book.reading() as session:
    print(session.execute(text("SELECT name FROM firm")).scalar_one())
book.close()
print(sorted(path.name for path in disk.iterdir()))
"""


def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    place = shlex.quote(str(disk))
    command = f'mount -t tmpfs -o size=2500k none {place} && exec {shlex.quote(sys.executable)} -c "$PROGRAM" {place}'
    if not shutil.which("unshare") or subprocess.run(["unshare", "-m", "true"], check=False).returncode:
        pytest.skip("no small disk can be made here")
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", command],
        env=os.environ | {"PROGRAM": FULL_DISK},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert "The disk is full" in lines[0]
    assert "The disk is full" in lines[1]
    assert "The disk is full" in lines[2]
    assert lines[3:] == ["Whole", "['a.sheaf']"]


@pytest.mark.parametrize(
    "folder, word",
    [
        ("Dropbox/Books", "Dropbox"),
        ("OneDrive - Example Ltd", "OneDrive - Example Ltd"),
        ("Nextcloud", "Nextcloud"),
        ("Documents", ""),
        ("Dropboxes", ""),
    ],
)
def test_a_synchronised_folder_gets_a_warning(tmp_path: Path, folder: str, word: str) -> None:
    (tmp_path / folder).mkdir(parents=True)
    with new_book(tmp_path / folder) as book:
        assert [word in warning for warning in book.warnings] == ([True] if word else [])


def test_a_folder_with_the_marks_of_a_synchroniser_gets_a_warning(tmp_path: Path) -> None:
    (tmp_path / ".stfolder").mkdir()
    assert tmp_path.name in folder_warning(tmp_path / "a.sheaf")[0]


def test_a_network_drive_gets_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.folders._mounted_as", lambda folder, mounts: "nfs4")
    assert "network drive" in folder_warning(tmp_path / "a.sheaf")[0]
