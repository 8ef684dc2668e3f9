"""A command on a book that another process holds runs there and prints its answer here."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from db.book_files import open_book
from db.engine import Book
from db.lock import holder
from desktop.errors import UserError
from desktop.services.handover import Command, HandoverServer, hand_over
from tests.books import new_book

ROOT = Path(__file__).parents[2]


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@contextmanager
def serving(book: Book, execute: Callable[[Command], int], *, unix_socket: bool = True) -> Iterator[None]:
    server = HandoverServer(book, execute, unix_socket=unix_socket)
    try:
        yield
    finally:
        server.close()


def ask(book: Book, *argv: str) -> tuple[int | None, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = hand_over(book.path, list(argv), out=out, err=err, folder=Path("/somewhere"))
    return code, out.getvalue(), err.getvalue()


@pytest.mark.parametrize("unix_socket", [True, False], ids=["unix", "port"])
def test_the_answer_comes_back(book: Book, unix_socket: bool) -> None:
    def execute(command: Command) -> int:
        command.err.write("1 of 2\n")
        command.out.write(f"{command.folder}: {' '.join(command.argv)} – Größe\n")
        command.err.write("2 of 2\n")
        return 1

    with serving(book, execute, unix_socket=unix_socket):
        assert ask(book, "bill", "a b.sheaf") == (1, "/somewhere: bill a b.sheaf – Größe\n", "1 of 2\n2 of 2\n")
        assert ask(book, "x")[0] == 1


def test_the_streams_are_those_of_the_caller(book: Book) -> None:
    class Screen(io.StringIO):
        encoding = "cp1252"

        def isatty(self) -> bool:
            return True

    def execute(command: Command) -> int:
        command.out.write(f"{command.out.isatty()} {command.out.encoding} {command.err.isatty()}")
        return 0

    out = Screen()
    with serving(book, execute):
        assert hand_over(book.path, [], out=out, err=io.StringIO(), folder=Path()) == 0
    assert out.getvalue() == "True cp1252 False"


def test_a_long_answer_arrives_whole(book: Book) -> None:
    text = "é" * 3_000_000

    def execute(command: Command) -> int:
        command.out.write(text)
        return 0

    with serving(book, execute):
        assert ask(book)[1] == text


def test_progress_arrives_while_the_command_runs(book: Book) -> None:
    seen = threading.Event()

    class Watching(io.StringIO):
        def write(self, text: str) -> int:
            seen.set()
            return super().write(text)

    def execute(command: Command) -> int:
        command.err.write("half\n")
        assert seen.wait(5)
        return 0

    with serving(book, execute):
        assert hand_over(book.path, [], out=io.StringIO(), err=Watching(), folder=Path()) == 0


def test_where_nobody_takes_commands(book: Book, tmp_path: Path) -> None:
    assert ask(book) == (None, "", "")
    assert hand_over(tmp_path / "other.sheaf", [], out=io.StringIO(), err=io.StringIO(), folder=Path()) is None


def test_after_the_server_is_closed(book: Book) -> None:
    with serving(book, lambda command: 0):
        address = holder(book.path)["address"]
    assert ask(book)[0] is None
    assert not Path(address).parent.exists()


def test_a_bug_in_the_command_ends_as_one(book: Book, recwarn: pytest.WarningsRecorder) -> None:
    bugs: list[BaseException | None] = []

    def execute(command: Command) -> int:
        raise ZeroDivisionError

    before = threading.excepthook
    threading.excepthook = lambda bug: bugs.append(bug.exc_value)
    try:
        with serving(book, execute):
            assert ask(book)[0] == 1
    finally:
        threading.excepthook = before
    assert [type(bug) for bug in bugs] == [ZeroDivisionError]


def test_whoever_lacks_the_token_is_not_served(book: Book) -> None:
    executed: list[Command] = []

    def execute(command: Command) -> int:
        executed.append(command)
        return 0

    with serving(book, execute, unix_socket=False):
        for request in (b"\0\0\0\2{}", b'\0\0\0\x17{"token": "1", "argv":1}', b"GET / HTTP/1.1\r\n\r\n", b""):
            with (
                socket.create_connection(("127.0.0.1", int(holder(book.path)["address"]))) as connection,
                contextlib.suppress(OSError),
            ):
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
                assert connection.recv(100) == b""
    assert executed == []


@pytest.mark.skipif(os.name != "posix", reason="permissions of another kind")
def test_only_this_user_can_read_where_to_knock(book: Book) -> None:
    with serving(book, lambda command: 0):
        lock = book.path.with_name(".Harbour.sheaf.lock")
        assert lock.stat().st_mode & 0o077 == 0
        assert Path(holder(book.path)["address"]).parent.stat().st_mode & 0o077 == 0


def test_a_caller_that_goes_away_stops_the_command(book: Book) -> None:
    ended: list[str] = []
    started = threading.Event()

    def execute(command: Command) -> int:
        started.set()
        assert command.stop.wait(5)
        try:
            for _ in range(100):
                command.err.write("more\n")
                time.sleep(0.01)
        except BrokenPipeError:
            ended.append("broken pipe")
            raise
        return 0

    with serving(book, execute):
        caller = subprocess.Popen([sys.executable, "-c", CALLER, str(book.path)], cwd=ROOT)
        assert started.wait(10)
        caller.kill()
        caller.wait()
        deadline = time.monotonic() + 5
        while not ended and time.monotonic() < deadline:
            time.sleep(0.01)
    assert ended == ["broken pipe"]


CALLER = """
import sys
from pathlib import Path
from desktop.services.handover import hand_over
sys.exit(hand_over(Path(sys.argv[1]), ["bill"], out=sys.stdout, err=sys.stderr, folder=Path.cwd()))
"""


@pytest.mark.skipif(os.name != "posix", reason="Ctrl+C is sent otherwise")
def test_ctrl_c_asks_the_command_to_stop_and_hears_its_answer(book: Book) -> None:
    started = threading.Event()

    def execute(command: Command) -> int:
        started.set()
        # Progress that never pauses must not drown the wish to stop.
        while not command.stop.wait(0.005):
            command.out.write(".")
        command.err.write("Stopped after 3 of 9.\n")
        return 1

    with serving(book, execute):
        caller = subprocess.Popen(
            [sys.executable, "-c", CALLER, str(book.path)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert started.wait(10)
        caller.send_signal(signal.SIGINT)
        assert caller.communicate(timeout=10)[1] == "Stopped after 3 of 9.\n"
        assert caller.returncode == 1


HOLDER = """
import os, sys
from pathlib import Path
from db.book_files import open_book
from desktop.services.handover import HandoverServer

def execute(command):
    if command.argv == ["die"]:
        command.out.write("half an answer\\n")
        os.kill(os.getpid(), 9)
    command.out.write(f"pid {os.getpid()}\\n")
    return 0

book = open_book(Path(sys.argv[1]))
server = HandoverServer(book, execute)
print("ready", flush=True)
sys.stdin.read()
server.close()
book.close()
"""


@contextmanager
def held_elsewhere(path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process


def test_a_book_held_by_another_process(book: Book) -> None:
    book.close()
    with held_elsewhere(book.path) as process:
        assert ask(book, "x") == (0, f"pid {process.pid}\n", "")
        with pytest.raises(UserError, match=f"process {process.pid} on"):
            open_book(book.path)
    assert ask(book)[0] is None
    assert [path.name for path in book.path.parent.iterdir()] == ["Harbour.sheaf"]


def test_a_process_that_dies_in_mid_answer_is_told_and_its_lock_is_none(book: Book) -> None:
    book.close()
    with held_elsewhere(book.path) as process:
        with pytest.raises(UserError, match="ended before it had answered"):
            ask(book, "die")
        process.wait()
        # Its lock and its address are still there.
        assert holder(book.path)["address"]
        assert ask(book, "x")[0] is None
        open_book(book.path).close()
