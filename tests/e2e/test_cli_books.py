"""Books that cannot be opened, or are open elsewhere: a clear sentence, and nothing lost."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.book_files import open_book
from db.engine import Book
from desktop import cli
from desktop.services.handover import Command, HandoverServer
from tests.e2e.commands import Sheaf
from tests.e2e.conftest import MARCH

READS = ("invoices", "exceptions", "log", "check")


def _sentence(sheaf: Sheaf, *argv: str) -> str:
    answer = sheaf(*argv)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.count("\n") == 1
    return answer.err


def test_there_is_no_book(sheaf: Sheaf) -> None:
    assert "There is no book at" in _sentence(sheaf, "bill", "none.sheaf")
    assert "There is no book at" in _sentence(sheaf, "invoices", "none.sheaf")
    assert list(sheaf.folder.iterdir()) == []


@pytest.mark.parametrize(
    "content, words",
    [(b"Dear client,\n" * 100, "is not a book"), (b"", "is empty"), (None, "is damaged")],
)
@pytest.mark.parametrize("command", ["bill", "invoices"])
def test_a_file_that_is_no_book(sheaf: Sheaf, made_firm: Path, command: str, content: bytes | None, words: str) -> None:
    path = sheaf.write("bad.sheaf", made_firm.read_bytes()[:150_000] if content is None else content)
    before = path.read_bytes()
    assert words in _sentence(sheaf, command, "bad.sheaf")
    assert path.read_bytes() == before


def test_a_newer_book(firm: Sheaf) -> None:
    connection = sqlite3.connect(firm.folder / "firm.sheaf")
    connection.execute("UPDATE alembic_version SET version_num = '9999_next'")
    connection.commit()
    connection.close()
    before = (firm.folder / "firm.sheaf").read_bytes()
    assert "newer version" in _sentence(firm, "bill", "firm.sheaf")
    assert "newer version" in _sentence(firm, "invoices", "firm.sheaf")
    assert (firm.folder / "firm.sheaf").read_bytes() == before


def test_one_stored_figure_changed_by_hand(firm: Sheaf) -> None:
    firm.json("bill", "firm.sheaf", *MARCH)
    connection = sqlite3.connect(firm.folder / "firm.sheaf")
    connection.execute("DROP TRIGGER invoice_line_no_update")
    connection.execute("UPDATE invoice_line SET net = net + 1 WHERE id = 1")
    connection.commit()
    connection.close()
    answer = firm("check", "firm.sheaf")
    assert answer.code == 1
    assert "INV-2025-0001" in answer.out


@pytest.fixture
def held(firm: Sheaf) -> Iterator[Book]:
    """The book as another process of no window holds it: it takes no commands."""
    with open_book(firm.folder / "firm.sheaf") as book:
        yield book


def test_beside_another_command_one_can_read_but_not_write(firm: Sheaf, held: Book) -> None:
    for command in READS:
        assert firm(command, "firm.sheaf").code == 0, command
    assert f"process {os.getpid()}" in _sentence(firm, "bill", "firm.sheaf")
    shutil.copyfile(firm.folder / "firm.sheaf", firm.folder / "copy.sheaf")
    assert "is open in another window" in _sentence(firm, "restore", "copy.sheaf", "firm.sheaf")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="permissions bind everyone but root")
def test_a_write_protected_book_can_be_read(firm: Sheaf) -> None:
    path = firm.folder / "firm.sheaf"
    path.chmod(0o444)
    firm.folder.chmod(0o555)
    try:
        assert firm("invoices", "firm.sheaf").code == 0
        assert "write-protected" in _sentence(firm, "bill", "firm.sheaf")
    finally:
        firm.folder.chmod(0o755)


@pytest.fixture
def window(firm: Sheaf) -> Iterator[list[Command]]:
    """A process that has the book open and takes commands, as the window does; the commands that it ran."""
    ran: list[Command] = []
    with open_book(firm.folder / "firm.sheaf") as book:

        def execute(command: Command) -> int:
            ran.append(command)
            return cli.run(
                command.argv, out=command.out, err=command.err, folder=command.folder, held=book, stop=command.stop
            )

        server = HandoverServer(book, execute)
        yield ran
        server.close()


def test_a_command_runs_in_the_window_that_holds_the_book(firm: Sheaf, window: list[Command]) -> None:
    result = firm.json("bill", "firm.sheaf", *MARCH, "--render", "pdf")
    assert result["invoices"] == 2
    assert result["documents"] == 2
    assert (firm.folder / "pdf" / "INV-2025-0001.pdf").is_file()
    assert len(firm.json("invoices", "firm.sheaf")["invoices"]) == 2
    assert [command.argv[0] for command in window] == ["bill", "invoices"]


def test_its_errors_and_progress_come_back(firm: Sheaf, window: list[Command]) -> None:
    assert "There is no document INV-9." in _sentence(firm, "show", "firm.sheaf", "INV-9")
    answer = firm("bill", "firm.sheaf", *MARCH, "--progress", "--json")
    assert answer.data["invoices"] == 2
    assert "Planning" in answer.err
    assert len(window) == 2


def test_wrong_usage_is_never_handed_over(firm: Sheaf, window: list[Command]) -> None:
    assert firm("bill", "firm.sheaf", "--through", "soon").code == 2
    assert window == []


def test_a_command_on_another_book_stays_here(firm: Sheaf, window: list[Command]) -> None:
    shutil.copyfile(firm.folder / "firm.sheaf", firm.folder / "other.sheaf")
    assert firm("settings", "other.sheaf", "firm.name").code == 0
    assert window == []
