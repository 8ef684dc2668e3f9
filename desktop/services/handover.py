"""Hands a command to the process that has its book open, and brings its answer back.

One process a book: while the window holds it, `sheaf bill` runs there. The lock beside the book says where to knock.
No Qt, so that a command starts fast: a Unix socket in a folder of this user's, or on Windows a port of this computer;
either wants the token that only this user can read in the lock.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import queue
import secrets
import shutil
import signal
import socket
import struct
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TextIO, cast

from db.lock import holder
from desktop.errors import UserError
from desktop.i18n import _

if TYPE_CHECKING:
    # A command that is handed over never loads the book's tables.
    from db.engine import Book

_HAS_UNIX_SOCKETS = sys.platform != "win32"
_LENGTH = struct.Struct("!I")
_LONGEST_REQUEST = 1 << 20
_SECONDS_TO_KNOCK = 5.0
_SECONDS_TO_END = 10.0
_SECONDS_TO_HEAR_CTRL_C = 0.1

Answer = Callable[[dict[str, str]], str | None]


@dataclass(frozen=True, slots=True)
class Command:
    """A command from another process: relative paths start at its `folder`, `out` and `err` write to its streams.

    `stop` is set when the person there asked to stop or went away; writing raises BrokenPipeError once they are gone.
    `ask` puts a question to that process, such as for a passphrase; None where it has no answer.
    """

    argv: list[str]
    folder: Path
    out: TextIO
    err: TextIO
    stop: threading.Event = field(default_factory=threading.Event)
    ask: Answer = field(default=lambda _question: None)


class HandoverServer:
    """Takes commands on an open book, each in a thread of its own, from construction to `close`.

    `execute` runs one and returns its exit code; what it raises is a bug and ends as exit code 1.
    """

    def __init__(self, book: Book, execute: Callable[[Command], int], *, unix_socket: bool = _HAS_UNIX_SOCKETS) -> None:
        self._execute = execute
        self._token = secrets.token_hex(32)
        self._folder: str | None = None
        self._running: dict[threading.Thread, Command] = {}
        self._guard = threading.Lock()
        self._closed = False
        if unix_socket:
            # A path beside the book may be longer than a socket's may be.
            self._folder = tempfile.mkdtemp(prefix="sheaf-", dir=os.environ.get("XDG_RUNTIME_DIR"))
            address = str(Path(self._folder) / "commands")
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(address)
        else:
            self._listener = socket.socket(socket.AF_INET)
            self._listener.bind(("127.0.0.1", 0))
            address = str(self._listener.getsockname()[1])
        self._listener.listen()
        self._thread = threading.Thread(target=self._listen, name="handover", daemon=True)
        self._thread.start()
        book.publish({"address": address, "token": self._token})

    def close(self) -> None:
        """Take no more commands; ask those that run to stop, and wait for them a while."""
        with self._guard:
            self._closed = True
            running = dict(self._running)
        # Closing alone does not wake a thread that waits for a connection.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread, command in running.items():
            command.stop.set()
            thread.join(_SECONDS_TO_END)
        self._thread.join(_SECONDS_TO_END)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _listen(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), name="command", daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(_SECONDS_TO_KNOCK)
            try:
                request = _receive(connection, _LONGEST_REQUEST)
            except (OSError, ValueError):
                return
            if request is None or not secrets.compare_digest(str(request.get("token")), self._token):
                return
            connection.settimeout(None)
            channel = _Channel(connection)
            command = Command(
                argv=[str(part) for part in request["argv"]],
                folder=Path(request["folder"]),
                out=cast(TextIO, _Stream(channel, "out", request["out"])),
                err=cast(TextIO, _Stream(channel, "err", request["err"])),
            )
            with self._guard:
                if self._closed:
                    return
                self._running[threading.current_thread()] = command
            with contextlib.suppress(BrokenPipeError):
                channel.send({"taken": True})
            answers: queue.SimpleQueue[str | None] = queue.SimpleQueue()

            def ask(question: dict[str, str]) -> str | None:
                channel.send({"ask": question})
                return answers.get()

            command = replace(command, ask=ask)
            threading.Thread(target=_watch, args=(connection, command, answers), name="watch", daemon=True).start()
            try:
                code = self._execute(command)
            except BrokenPipeError:
                return
            except BaseException:
                with contextlib.suppress(BrokenPipeError):
                    channel.send({"exit": 1})
                raise
            else:
                with contextlib.suppress(BrokenPipeError):
                    channel.send({"exit": code})
            finally:
                with self._guard:
                    del self._running[threading.current_thread()]


def hand_over(
    book: Path, argv: Sequence[str], *, out: TextIO, err: TextIO, folder: Path, answer: Answer = lambda _question: None
) -> int | None:
    """Run a command in the process that holds the book and return its exit code; None where nobody takes commands.

    Its output arrives as it is written, its questions go to `answer`. Ctrl+C asks it to stop between two items. Raises
    UserError where the other process ends before it has answered.
    """
    about = holder(book)
    connection = _knock(about)
    if connection is None:
        return None
    request = {
        "token": about.get("token", ""),
        "argv": list(argv),
        "folder": str(folder),
        "out": _about_stream(out),
        "err": _about_stream(err),
    }
    taken = False
    with connection, _ctrl_c() as asked:
        with contextlib.suppress(OSError):
            _send(connection, request)
        heard = _listen_to(connection)
        while True:
            if asked.is_set():
                asked.clear()
                with contextlib.suppress(OSError):
                    _send(connection, {"stop": True})
            try:
                message = heard.get(timeout=_SECONDS_TO_HEAR_CTRL_C)
            except queue.Empty:
                continue
            if message is None:
                break
            taken = True
            if "exit" in message:
                return int(message["exit"])
            if "ask" in message:
                with contextlib.suppress(OSError):
                    _send(connection, {"answer": answer(message["ask"])})
            for name, stream in (("out", out), ("err", err)):
                if name in message:
                    stream.write(message[name])
                    stream.flush()
    if not taken:
        # It was about to end, or has just been killed: nothing of the command was done.
        return None
    raise UserError(
        _("The window that has {path} open ended before it had answered.").format(path=book),
        _("What was done until then is whole. Do it again, and see first how far it came."),
    )


@contextlib.contextmanager
def _ctrl_c() -> Iterator[threading.Event]:
    """Set by the first Ctrl+C; the second one ends the waiting."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return

    def ask(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        asked.set()

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


def _about_stream(stream: TextIO) -> dict[str, Any]:
    return {"screen": stream.isatty(), "encoding": getattr(stream, "encoding", None) or "utf-8"}


def _knock(about: dict[str, str]) -> socket.socket | None:
    address = about.get("address")
    # A lock that a killed process left behind names an address where nobody is.
    if not address:
        return None
    connection = socket.socket(socket.AF_INET if address.isdigit() else socket.AF_UNIX)
    connection.settimeout(_SECONDS_TO_KNOCK)
    try:
        connection.connect(("127.0.0.1", int(address)) if address.isdigit() else address)
    except OSError:
        connection.close()
        return None
    connection.settimeout(None)
    return connection


def _listen_to(connection: socket.socket) -> queue.SimpleQueue[dict[str, Any] | None]:
    """What the other process says, ended by None. In a thread: on Windows Ctrl+C does not wake who reads a socket."""
    heard: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()

    def listen() -> None:
        message: dict[str, Any] | None = {}
        while message is not None:
            try:
                message = _receive(connection)
            except (OSError, ValueError):
                message = None
            heard.put(message)

    threading.Thread(target=listen, name="answer", daemon=True).start()
    return heard


def _watch(connection: socket.socket, command: Command, answers: queue.SimpleQueue[str | None]) -> None:
    """Pass answers on; any other word, or the end, means that the person wants no more."""
    with contextlib.suppress(OSError, ValueError):
        while (message := _receive(connection, _LONGEST_REQUEST)) is not None and "answer" in message:
            answers.put(message["answer"])
    command.stop.set()
    answers.put(None)


class _Channel:
    """One writer at a time: a command may report from several threads."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._guard = threading.Lock()

    def send(self, message: dict[str, Any]) -> None:
        with self._guard:
            try:
                _send(self._connection, message)
            except OSError as error:
                raise BrokenPipeError("the command's caller is gone") from error


class _Stream(io.TextIOBase):
    """A stream of the other process."""

    def __init__(self, channel: _Channel, name: str, about: dict[str, Any]) -> None:
        self._channel = channel
        self._name = name
        self._screen = bool(about["screen"])
        self._encoding = str(about["encoding"])

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def isatty(self) -> bool:
        return self._screen

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if text:
            self._channel.send({self._name: text})
        return len(text)


def _send(connection: socket.socket, message: dict[str, Any]) -> None:
    data = json.dumps(message).encode()
    connection.sendall(_LENGTH.pack(len(data)) + data)


def _receive(connection: socket.socket, longest: int = sys.maxsize) -> dict[str, Any] | None:
    """One message, or None where the other side hung up. ValueError for what is none or too long."""
    head = _exactly(connection, _LENGTH.size)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > longest:
        raise ValueError(f"a message of {length} bytes")
    data = _exactly(connection, length)
    if data is None:
        return None
    message = json.loads(data)
    if not isinstance(message, dict):
        raise ValueError("not a message")
    return message


def _exactly(connection: socket.socket, count: int) -> bytes | None:
    parts = []
    while count:
        part = connection.recv(min(count, 1 << 20))
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
