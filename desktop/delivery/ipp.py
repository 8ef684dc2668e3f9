"""Asks a print server in its own language, IPP (RFC 8010, RFC 8011): the answers are values, not sentences in whatever
language the system speaks, and they name a job's title, by which it is found again.
"""

from __future__ import annotations

import http.client
import os
import socket
import struct
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any, Final, NamedTuple

Values = list[Any]
Attributes = dict[str, Values]

GET_PRINTER, GET_JOBS, GET_JOB, GET_DEFAULT, GET_PRINTERS = 0x000B, 0x000A, 0x0009, 0x4001, 0x4002
"""Operations: those of RFC 8011, and CUPS's own for its queues."""
NOT_FOUND: Final = 0x0406

_OPERATION, _END, _FIRST_VALUE = 0x01, 0x03, 0x10
_INTEGER, _BOOLEAN, _ENUM, _RANGE = 0x21, 0x22, 0x23, 0x33
_WITH_LANGUAGE = (0x35, 0x36)
_TEXTS = range(0x40, 0x4A)
_BEGIN_COLLECTION, _END_COLLECTION = 0x34, 0x37
_NAME, _KEYWORD, _URI, _CHARSET, _LANGUAGE = 0x42, 0x44, 0x45, 0x47, 0x48
_OUT_OF_BAND = range(0x10, 0x20)
_SECONDS = 10.0
_PORT: Final = 631
_SOCKETS = ("/run/cups/cups.sock", "/var/run/cups/cups.sock", "/private/var/run/cupsd")

_numbers = count(1)


class Unreachable(Exception):
    """No print server answers: none is installed, it is switched off, or the network is down."""


class Refused(Exception):
    """The server understood and said no; `status` is IPP's (0x0406: there is no such queue or job)."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words or hex(status))
        self.status = status


class Place(NamedTuple):
    """Where the print server is: a socket's path or a host, and the port."""

    host: str
    port: int = _PORT

    def words(self) -> str:
        """As the commands of CUPS take it."""
        return self.host if self.host.startswith("/") else f"{self.host}:{self.port}"


def place() -> Place:
    """The server that the system's own print commands talk to: by environment, by CUPS's settings, or the local one."""
    named = os.environ.get("CUPS_SERVER", "")
    for file in (Path.home() / ".cups/client.conf", _settings_folder() / "client.conf"):
        named = named or _server_named_in(file)
    if named:
        return _place(named)
    found = next((one for one in _SOCKETS if Path(one).exists()), "")
    return Place(found or "localhost")


def _settings_folder() -> Path:
    return Path(os.environ.get("CUPS_SERVERROOT", "/etc/cups"))


def _server_named_in(file: Path) -> str:
    try:
        lines = file.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return next((line.split()[1] for line in lines if line.startswith("ServerName ") and len(line.split()) > 1), "")


def _place(named: str) -> Place:
    if named.startswith("/"):
        return Place(named)
    host, _slash, _version = named.partition("/version=")
    name, _colon, port = host.rpartition(":")
    return Place(name.strip("[]"), int(port)) if name and port.isdecimal() else Place(host)


class _Socket(http.client.HTTPConnection):
    """HTTP over a socket of the system instead of a port."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def queue_address(queue: str) -> str:
    """The URI of a queue. Its name comes from the server itself, which allows no slash, space or hash in it."""
    return f"ipp://localhost/printers/{queue}"


def ask(
    where: Place, operation: int, *, queue: str = "", user: str = "", wanted: Iterable[str] = (), **more: str | int
) -> list[Attributes]:
    """The groups of attributes that the server answers with: one a queue or job.

    `more` are further attributes of the question, with underscores for hyphens; texts are keywords. Raises Unreachable
    or Refused.
    """
    answer = _posted(where, _question(operation, queue, user, list(wanted), more))
    status, groups = decoded(answer)
    if status >= 0x0400:
        words = groups[0].get("status-message", [""]) if groups else [""]
        raise Refused(status, str(words[0]))
    return groups[1:]


def _posted(where: Place, question: bytes) -> bytes:
    over = _Socket(where.host) if where.host.startswith("/") else None
    connection = over or http.client.HTTPConnection(where.host, where.port, timeout=_SECONDS)
    try:
        with closing(connection):
            connection.request("POST", "/", question, {"Content-Type": "application/ipp"})
            answer = connection.getresponse()
            content = answer.read()
    except (OSError, http.client.HTTPException) as problem:
        raise Unreachable(str(problem)) from problem
    if answer.status in (401, 403):
        raise Refused(0x0403, answer.reason)
    if answer.status != 200:
        raise Unreachable(f"{answer.status} {answer.reason}")
    return content


def _question(operation: int, queue: str, user: str, wanted: list[str], more: Mapping[str, str | int]) -> bytes:
    parts = [struct.pack(">BBHIB", 2, 0, operation, next(_numbers) & 0x7FFFFFFF, _OPERATION)]
    parts.append(_attribute(_CHARSET, "attributes-charset", "utf-8"))
    parts.append(_attribute(_LANGUAGE, "attributes-natural-language", "en"))
    if queue:
        parts.append(_attribute(_URI, "printer-uri", queue_address(queue)))
    for name, value in more.items():
        tag = _INTEGER if isinstance(value, int) else _KEYWORD
        parts.append(_attribute(tag, name.replace("_", "-"), value))
    if user:
        parts.append(_attribute(_NAME, "requesting-user-name", user))
    for place, name in enumerate(wanted):
        parts.append(_attribute(_KEYWORD, "" if place else "requested-attributes", name))
    return b"".join([*parts, bytes([_END])])


def _attribute(tag: int, name: str, value: str | int) -> bytes:
    label = name.encode()
    content = struct.pack(">i", value) if isinstance(value, int) else value.encode()
    return struct.pack(">BH", tag, len(label)) + label + struct.pack(">H", len(content)) + content


def decoded(answer: bytes) -> tuple[int, list[Attributes]]:
    """The status of an answer and its groups of attributes. Raises Unreachable for what is no IPP."""
    try:
        _version, status, _number = struct.unpack_from(">HHI", answer)
        return status, list(_groups(answer))
    except (struct.error, IndexError, UnicodeDecodeError) as problem:
        raise Unreachable("what answered is no print server") from problem


def _groups(answer: bytes) -> Iterator[Attributes]:
    at, name, depth = 8, "", 0
    group: Attributes | None = None
    while (tag := answer[at]) != _END:
        at += 1
        if tag < _FIRST_VALUE:
            if group is not None:
                yield group
            group = {}
            continue
        (size,) = struct.unpack_from(">H", answer, at)
        label = answer[at + 2 : at + 2 + size].decode()
        at += 2 + size
        (size,) = struct.unpack_from(">H", answer, at)
        content = answer[at + 2 : at + 2 + size]
        if len(content) != size:
            raise IndexError
        at += 2 + size
        name = label or name
        # Nothing that is asked for is a collection; those that come along are passed over whole.
        if tag == _END_COLLECTION:
            depth -= 1
        elif tag == _BEGIN_COLLECTION:
            depth += 1
        elif not depth and group is not None:
            values = group.setdefault(name, [])
            if tag not in _OUT_OF_BAND:
                values.append(_value(tag, content))
    if group is not None:
        yield group


def _value(tag: int, content: bytes) -> Any:
    if tag in (_INTEGER, _ENUM):
        return struct.unpack(">i", content)[0]
    if tag == _BOOLEAN:
        return content != b"\0"
    if tag == _RANGE:
        return struct.unpack(">ii", content)
    if tag in _WITH_LANGUAGE:
        (size,) = struct.unpack_from(">H", content)
        return content[4 + size :].decode("utf-8", "replace")
    if tag in _TEXTS:
        return content.decode("utf-8", "replace")
    return content
