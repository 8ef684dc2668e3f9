"""An SMTP server that fails on purpose, at the step and in the way that a test names, and knows what it really took."""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from tests.servers.certificates import Certificate

STEPS: Final = (
    "banner",
    "ehlo",
    "starttls",
    "auth",
    "mail",
    "rcpt",
    "data",
    "body",
    "before_taking",
    "after_taking",
    "quit",
)
"""`body` is after the first half of the message; the two takings are once the final dot was read."""

DROP, RESET, STALL, RUBBISH = "drop", "reset", "stall", "rubbish"
"""Hang up politely, hang up with what was sent still unread, say nothing more, say what is no answer.
Any other kind of fault is the answer itself: "451 4.3.0 Not now"."""

_RUBBISH: Final = b"HTTP/1.1 400 Bad Request\r\n\r\n"


@dataclass(frozen=True)
class Fault:
    """What fails; `times` is how often, then all is well. `after` is how many times that step goes well before."""

    step: str
    kind: str
    times: int = 1_000_000
    after: int = 0


@dataclass(frozen=True)
class Taken:
    """A message as the server took it, its dots single again; `commands` are MAIL and RCPT as they were said."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes
    commands: tuple[str, ...]


@dataclass
class FaultySmtp:
    """`offers` are the words of its EHLO. A login is right where it is USER with PASSWORD or TOKEN."""

    port: int
    offers: tuple[str, ...] = ("PIPELINING", "SIZE 50000000", "AUTH PLAIN LOGIN XOAUTH2", "8BITMIME", "SMTPUTF8")
    fault: Fault | None = None
    certificate: Certificate | None = None
    refused: dict[str, str] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    connections: int = 0
    left: threading.Event = field(default_factory=threading.Event)
    _seen: int = 0

    def fails(self, step: str) -> str | None:
        """The kind of fault that is due at this step now."""
        if self.fault is None or self.fault.step != step:
            return None
        self._seen += 1
        due = self.fault.after < self._seen <= self.fault.after + self.fault.times
        return self.fault.kind if due else None


USER, PASSWORD, TOKEN = "office@firm.test", "secret", "ya29.token"


class _Gone(Exception):
    """This connection is over."""


@contextmanager
def faulty_smtp(
    fault: Fault | None = None, *, certificate: Certificate | None = None, offers: tuple[str, ...] | None = None
) -> Iterator[FaultySmtp]:
    """A running server; with a certificate it offers STARTTLS."""
    listener = socket.create_server(("127.0.0.1", 0))
    # Little fits between two programs then, so that a sender notices a server that stops listening.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    server = FaultySmtp(listener.getsockname()[1], fault=fault, certificate=certificate)
    if offers is not None:
        server.offers = offers
    open_ones: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                connected, _address = listener.accept()
            except OSError:
                return
            server.connections += 1
            open_ones.append(connected)
            thread = threading.Thread(target=_serve, args=(server, connected), daemon=True)
            threads.append(thread)
            thread.start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield server
    finally:
        server.left.set()
        # Closing alone does not wake a thread that accepts.
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connected in open_ones:
            with contextlib.suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)
            connected.close()
        accepting.join(5)
        for thread in threads:
            thread.join(5)


def _serve(server: FaultySmtp, connected: socket.socket) -> None:
    talk = _Talk(server, connected)
    with contextlib.suppress(_Gone, OSError):
        talk.run()
    talk.close()


class _Talk:
    def __init__(self, server: FaultySmtp, connected: socket.socket) -> None:
        self.server = server
        self.socket = connected
        self.read = bytearray()
        self.secured = False
        self.sender = ""
        self.recipients: list[str] = []
        self.commands: list[str] = []

    def run(self) -> None:
        self.answer("banner", "220 faulty.test ESMTP")
        while True:
            command = self.line()
            self.server.heard.append(command)
            verb = command.split(" ", 1)[0].upper()
            match verb:
                case "EHLO" | "HELO":
                    self.greet(verb)
                case "STARTTLS":
                    self.encrypt()
                case "AUTH":
                    self.log_in(command)
                case "MAIL":
                    self.sender, self.recipients, self.commands = _address(command), [], [command]
                    self.answer("mail", "250 2.1.0 Ok")
                case "RCPT":
                    self.name(command)
                case "DATA":
                    self.take()
                case "RSET" | "NOOP":
                    self.say("250 2.0.0 Ok")
                case "QUIT":
                    self.answer("quit", "221 2.0.0 Bye")
                    return
                case _:
                    self.say("502 5.5.2 What?")

    def answer(self, step: str, usual: str) -> bool:
        """The step's answer, or its fault; whether all went well."""
        kind = self.server.fails(step)
        if kind is None:
            self.say(usual)
            return True
        self.fail(kind)
        return False

    def fail(self, kind: str) -> None:
        if kind == DROP:
            raise _Gone
        if kind == RESET:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise _Gone
        if kind == STALL:
            self.server.left.wait(60)
            raise _Gone
        if kind == RUBBISH:
            self.socket.sendall(_RUBBISH)
            return
        self.say(kind)
        if kind.startswith("421"):
            raise _Gone

    def greet(self, verb: str) -> None:
        offers = list(self.server.offers)
        if self.server.certificate and not self.secured:
            offers.append("STARTTLS")
        lines = ["faulty.test", *(offers if verb == "EHLO" else [])]
        text = "\r\n".join(f"250{'-' if place < len(lines) else ' '}{line}" for place, line in enumerate(lines, 1))
        self.answer("ehlo", text)

    def encrypt(self) -> None:
        certificate = self.server.certificate
        assert certificate is not None
        if not self.answer("starttls", "220 2.0.0 Go on"):
            return
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.chain, certificate.key)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.secured = True

    def log_in(self, command: str) -> None:
        way, _space, first = command.removeprefix("AUTH ").partition(" ")
        right = False
        match way:
            case "PLAIN":
                right = _decoded(first) == f"\0{USER}\0{PASSWORD}"
            case "LOGIN":
                self.say("334 " + base64.b64encode(b"Username:").decode())
                user = _decoded(self.line())
                self.say("334 " + base64.b64encode(b"Password:").decode())
                right = (user, _decoded(self.line())) == (USER, PASSWORD)
            case "XOAUTH2":
                right = _decoded(first) == f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01"
                if not right:
                    self.say("334 " + base64.b64encode(b'{"status":"401","schemes":"bearer"}').decode())
                    assert self.line() == ""
        self.answer("auth", "235 2.7.0 Welcome" if right else "535 5.7.8 Username and password not accepted")

    def name(self, command: str) -> None:
        address = _address(command)
        refusal = self.server.refused.get(address)
        if refusal:
            self.say(refusal)
        elif self.answer("rcpt", "250 2.1.5 Ok"):
            self.recipients.append(address)
            self.commands.append(command)

    def take(self) -> None:
        if not self.recipients:
            self.say("503 5.5.1 Nobody to send to")
            return
        if not self.answer("data", "354 Go on"):
            return
        half = self.server.fails("body")
        if half is not None:
            self.fill(200_000)
            self.fail(half)
        data = self.until_dot()
        before = self.server.fails("before_taking")
        if before is not None:
            self.fail(before)
            return
        single = data.replace(b"\r\n..", b"\r\n.")
        single = single[1:] if single.startswith(b"..") else single
        self.server.taken.append(Taken(self.sender, tuple(self.recipients), single, tuple(self.commands)))
        self.answer("after_taking", f"250 2.0.0 Ok: taken as {len(self.server.taken)}")

    def until_dot(self) -> bytes:
        searched = 0
        while (end := self.read.find(b"\r\n.\r\n", searched)) < 0:
            searched = max(0, len(self.read) - 4)
            self.more()
        data = bytes(self.read[: end + 2])
        del self.read[: end + 5]
        return data

    def fill(self, size: int) -> None:
        while len(self.read) < size:
            self.more()

    def line(self) -> str:
        while b"\n" not in self.read:
            self.more()
        end = self.read.index(b"\n") + 1
        line = bytes(self.read[:end])
        del self.read[:end]
        return line.rstrip(b"\r\n").decode()

    def more(self) -> None:
        received = self.socket.recv(1 << 16)
        if not received:
            raise _Gone
        self.read += received

    def say(self, text: str) -> None:
        self.socket.sendall(text.encode() + b"\r\n")

    def close(self) -> None:
        self.socket.close()


def _address(command: str) -> str:
    return command.partition("<")[2].partition(">")[0]


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode()
