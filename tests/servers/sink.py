"""An SMTP server in a process of its own that takes everything at once, to measure senders and to kill them.

`python -m tests.servers.sink FILE` prints its port and adds a line to FILE for each message taken: its Message-ID and
who it was for. The line is written before the answer, so that a sender killed in between is found out.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_ID = re.compile(rb"^message-id:\s*(<[^>]*>)", re.IGNORECASE | re.MULTILINE)
_ANSWERS = {b"MAIL": b"250 Ok\r\n", b"RCPT": b"250 Ok\r\n", b"RSET": b"250 Ok\r\n", b"NOOP": b"250 Ok\r\n"}


@dataclass(frozen=True)
class Sink:
    port: int
    file: Path

    def taken(self) -> list[str]:
        """The Message-IDs of what it took, in order."""
        return [line.split(" ")[0] for line in self.lines()]

    def lines(self) -> list[str]:
        """A line a message: its Message-ID and its recipients, parted by blanks."""
        return self.file.read_text(encoding="utf-8").splitlines() if self.file.exists() else []


@contextmanager
def sink(file: Path, *, delay: float = 0) -> Iterator[Sink]:
    """A running sink; it waits `delay` seconds before it answers a message that it took."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.servers.sink", str(file), str(delay)], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield Sink(int(process.stdout.readline()), file)
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()


def main(file: Path, delay: float) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        connected, _address = listener.accept()
        threading.Thread(target=_hear_out, args=(connected, file, delay), daemon=True).start()


def _hear_out(connected: socket.socket, file: Path, delay: float) -> None:
    # A sender that is killed with words still unread resets the line instead of closing it.
    with suppress(ConnectionError), connected:
        _serve(connected, file, delay)


def _serve(connected: socket.socket, file: Path, delay: float) -> None:
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connected.sendall(b"220 sink.test ESMTP\r\n")
    read = b""
    people: list[bytes] = []
    with file.open("ab", buffering=0) as out:
        while True:
            while b"\n" not in read:
                more = connected.recv(1 << 18)
                if not more:
                    return
                read += more
            line, _newline, read = read.partition(b"\n")
            verb = line[:4].upper()
            if verb == b"DATA":
                connected.sendall(b"354 Go on\r\n")
                # Pieces are joined once: adding to one long text copies it each time.
                pieces, end = [read], read[-5:]
                while not end.endswith(b"\r\n.\r\n"):
                    more = connected.recv(1 << 18)
                    if not more:
                        return
                    pieces.append(more)
                    end = (end + more)[-5:]
                read = b""
                found = _ID.search(b"".join(pieces))
                out.write((found[1] if found else b"-") + b" " + b" ".join(people) + b"\n")
                people = []
                if delay:
                    time.sleep(delay)
                connected.sendall(b"250 2.0.0 Ok\r\n")
            elif verb in (b"EHLO", b"HELO"):
                connected.sendall(b"250-sink.test\r\n250-SIZE 100000000\r\n250 8BITMIME\r\n")
            elif verb == b"QUIT":
                connected.sendall(b"221 Bye\r\n")
                return
            else:
                if verb == b"MAIL":
                    people = []
                elif verb == b"RCPT":
                    people.append(line.partition(b"<")[2].partition(b">")[0])
                connected.sendall(_ANSWERS.get(verb, b"502 What?\r\n"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
