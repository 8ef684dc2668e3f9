"""A line to an SMTP server: commands out, answers in, each within its time and never without bound."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import time

from desktop.delivery.mail.server import Answer
from desktop.delivery.mail.trouble import HungUp, Rubbish

_PIECE = 1 << 16
_LONGEST_ANSWER = 1 << 16
_REPLY = re.compile(rb"([2-5][0-9]{2})([ -])?(.*)", re.DOTALL)


class Line:
    """A connected socket that speaks in lines. Its methods raise OSError where the line breaks."""

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        self._read = b""
        self._ended = False
        # The last bytes of a message go alone; held back for an acknowledgement they would cost 40 ms a message.
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def secure(self, context: ssl.SSLContext, host: str, seconds: float) -> None:
        """Encrypt from here on. What came before the handshake was not protected and must not be heard: Rubbish."""
        if self._read:
            raise Rubbish(_shown(self._read))
        self.socket.settimeout(seconds)
        self.socket = context.wrap_socket(self.socket, server_hostname=host)

    def ask(self, command: str, seconds: float) -> Answer:
        """Say a command and wait that long for its answer."""
        self.say(command.encode() + b"\r\n", seconds)
        return self.answer(seconds)

    def say(self, data: bytes, seconds: float) -> None:
        """Send all of it; each piece of 64 KB may take that long, so that a slow line is not taken for a dead one."""
        if self._ended:
            raise ConnectionAbortedError
        self.socket.settimeout(seconds)
        if len(data) <= _PIECE:
            self.socket.sendall(data)
            return
        view = memoryview(data)
        for start in range(0, len(data), _PIECE):
            self.socket.sendall(view[start : start + _PIECE])

    def answer(self, seconds: float) -> Answer:
        """The next answer whole. TimeoutError after that many seconds, however slowly its bytes drip; Rubbish."""
        until = time.monotonic() + seconds
        texts: list[str] = []
        total = 0
        while True:
            line = self._line(until)
            total += len(line)
            found = _REPLY.fullmatch(line)
            if found is None or total > _LONGEST_ANSWER:
                raise Rubbish(_shown(line))
            texts.append(_shown(found[3]))
            if found[2] != b"-":
                return Answer(int(found[1]), "\n".join(texts))

    def unasked(self) -> bool:
        """Whether the server spoke although nothing was asked; HungUp where it is gone."""
        self.socket.settimeout(0)
        try:
            more = self.socket.recv(_PIECE)
        except (BlockingIOError, ssl.SSLWantReadError):
            return bool(self._read)
        if not more:
            raise HungUp
        self._read += more
        return True

    def cut(self) -> None:
        """End it from another thread: who waits for an answer hears at once that there is none, and no more is said."""
        self._ended = True
        with contextlib.suppress(OSError):
            # Of the plain socket: one that is encrypted would forget its encryption, and go on without.
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)

    def close(self) -> None:
        self.socket.close()

    def _line(self, until: float) -> bytes:
        while b"\n" not in self._read:
            if len(self._read) > _LONGEST_ANSWER:
                raise Rubbish(_shown(self._read))
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self.socket.settimeout(left)
            more = self.socket.recv(_PIECE)
            if not more:
                raise HungUp
            self._read += more
        line, _, self._read = self._read.partition(b"\n")
        return line.rstrip(b"\r")


def _shown(data: bytes) -> str:
    """A server's words without what a terminal or a window would act on, and not without end."""
    text = data[:2000].decode("utf-8", "replace")
    if text.isprintable():
        return text.strip()
    return "".join(char if char.isprintable() else " " for char in text).strip()
