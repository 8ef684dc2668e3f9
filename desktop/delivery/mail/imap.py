"""Looks into an inbox for what came back, and leaves it as it was: nothing is marked as read, nothing moved."""

from __future__ import annotations

import contextlib
import imaplib
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import Any, Final, Self

from desktop.delivery.mail.bounces import REPORT_FIELDS, may_report
from desktop.delivery.mail.encryption import tls_context
from desktop.delivery.mail.login import without_secret
from desktop.delivery.mail.parts import LARGEST
from desktop.delivery.mail.server import Answer, Password, Secret, Server, Token, Trouble
from desktop.delivery.mail.trouble import reason_of

_BROKEN: Final = (OSError, UnicodeError, imaplib.IMAP4.error)
_SECONDS: Final = 60.0
_AT_ONCE: Final = 100
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UID: Final = re.compile(rb"\bUID (\d+)")


@dataclass(frozen=True, slots=True)
class Place:
    """How far an inbox was read. Another `validity` is that the server counts anew, and so does who reads."""

    validity: int = 0
    uid: int = 0


class Inbox:
    """A folder of an IMAP account, opened to read only. Raises Trouble; not for several threads at once."""

    def __init__(self, server: Server, secret: Secret, folder: str = "INBOX", *, seconds: float = _SECONDS) -> None:
        self.server = server
        self._secret = secret
        self._folder = folder
        self._seconds = seconds
        self._imap: imaplib.IMAP4 | None = None
        self.validity = 0

    def __enter__(self) -> Self:
        self.open()
        return self

    def open(self) -> None:
        """Connect, log in and open the folder, where that is not done yet."""
        if self._imap is not None:
            return
        try:
            self._imap = self._connected()
            self._log_in(self._imap)
            self._open(self._imap)
        except BaseException as error:
            self._hang_up()
            if isinstance(error, _BROKEN):
                raise _as_trouble(error) from error
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._imap is not None and error is None:
            with contextlib.suppress(*_BROKEN):
                self._imap.logout()
                self._imap = None
        self._hang_up()

    def after(self, place: Place, *, since: date) -> Iterator[tuple[Place, list[bytes]]]:
        """What came after a place, in steps: how far it is read then, and the mails among it that may be reports.

        Where the place is of no use (the first time, or the server counts anew) all mails from the day `since` on.
        """
        try:
            yield from self._after(place, since)
        except _BROKEN as error:
            raise _as_trouble(error) from error

    def _after(self, place: Place, since: date) -> Iterator[tuple[Place, list[bytes]]]:
        known = place.uid if place.validity == self.validity else 0
        if known:
            asked = f"UID {known + 1}:*"
        else:
            # Names of months are English here whatever the computer speaks.
            asked = f"SINCE {since.day:02}-{_MONTHS[since.month - 1]}-{since.year}"
        (listed,) = self._ask("SEARCH", asked)[:1] or [b""]
        # `known + 1:*` names the last mail also where nothing came after it.
        found = sorted(int(uid) for uid in (listed or b"").split() if int(uid) > known)
        if not found:
            yield Place(self.validity, known), []
        for start in range(0, len(found), _AT_ONCE):
            uids = found[start : start + _AT_ONCE]
            yield Place(self.validity, uids[-1]), [self._whole(uid) for uid in self._worth_reading(uids)]

    def _worth_reading(self, uids: list[int]) -> list[int]:
        fields = f"(UID BODY.PEEK[HEADER.FIELDS ({' '.join(REPORT_FIELDS)})])"
        worth = []
        for one in self._ask("FETCH", ",".join(map(str, uids)), fields):
            if isinstance(one, tuple) and (uid := _UID.search(one[0])) and may_report(one[1]):
                worth.append(int(uid[1]))
        return sorted(set(worth))

    def _whole(self, uid: int) -> bytes:
        for one in self._ask("FETCH", str(uid), f"(UID BODY.PEEK[]<0.{LARGEST}>)"):
            if isinstance(one, tuple):
                return bytes(one[1])
        return b""

    def _ask(self, command: str, *arguments: str) -> list[Any]:
        assert self._imap is not None
        status, data = self._imap.uid(command, *arguments)
        if status != "OK":
            raise Trouble("message", Answer(0, _shown(data)), permanent=False)
        return data

    def _connected(self) -> imaplib.IMAP4:
        server = self.server
        if server.security == "tls":
            return imaplib.IMAP4_SSL(server.host, server.port, ssl_context=tls_context(server), timeout=self._seconds)
        imap = imaplib.IMAP4(server.host, server.port, timeout=self._seconds)
        if server.security == "starttls":
            self._imap = imap
            if "STARTTLS" not in imap.capabilities:
                raise Trouble("no_starttls", Answer(0, ""), permanent=True)
            imap.starttls(tls_context(server))
        return imap

    def _log_in(self, imap: imaplib.IMAP4) -> None:
        user = self.server.user
        match self._secret:
            case None:
                raise Trouble("no_secret", Answer(0, ""), permanent=True)
            case Token(text):
                if "AUTH=XOAUTH2" not in imap.capabilities:
                    raise Trouble("no_login", Answer(0, ""), permanent=True)
                said = f"user={user}\x01auth=Bearer {text}\x01\x01".encode()
                way = ("XOAUTH2", said)
            case Password(text):
                way = ("PLAIN", f"\0{user}\0{text}".encode())
        mechanism, first = way
        answers = [first]
        try:
            if f"AUTH={mechanism}" in imap.capabilities:
                # What is asked further is why it was refused; an empty answer ends that.
                imap.authenticate(mechanism, lambda _asked: answers.pop() if answers else b"")
            elif "LOGINDISABLED" in imap.capabilities or not isinstance(self._secret, Password):
                raise Trouble("no_login", Answer(0, ""), permanent=True)
            else:
                imap.login(user, self._secret.text)
        except imaplib.IMAP4.abort:
            raise
        except (imaplib.IMAP4.error, UnicodeError) as error:
            # A server that knows no such command repeats it, and what it says is shown and kept.
            words = without_secret(_shown(error), user, self._secret)
            raise Trouble("login", Answer(0, words), permanent=True) from None

    def _open(self, imap: imaplib.IMAP4) -> None:
        try:
            status, data = imap.select(folder_name(self._folder), readonly=True)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise Trouble("folder", Answer(0, _shown(error)), permanent=True) from error
        if status != "OK":
            raise Trouble("folder", Answer(0, _shown(data)), permanent=True)
        _name, told = imap.response("UIDVALIDITY")
        self.validity = int(told[0]) if told and told[0] else 0

    def _hang_up(self) -> None:
        if self._imap is not None:
            with contextlib.suppress(*_BROKEN):
                self._imap.shutdown()
        self._imap = None


def folder_name(name: str) -> str:
    """The folder as IMAP writes it: modified UTF-7 (RFC 3501 section 5.1.3) in quotes."""
    out: list[str] = []
    for run in re.findall(r"[\x20-\x7e]+|[^\x20-\x7e]+", name):
        if run.isascii() and run.isprintable():
            out.append(run.replace("&", "&-"))
        else:
            letters = b64encode(run.encode("utf-16-be")).decode("ascii").rstrip("=").replace("/", ",")
            out.append(f"&{letters}-")
    return '"' + "".join(out).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _as_trouble(error: Exception) -> Trouble:
    strange = "unexpected response" in str(error)
    if isinstance(error, imaplib.IMAP4.abort) and not strange:
        return Trouble("dropped", Answer(0, _shown(error)), permanent=False)
    if isinstance(error, imaplib.IMAP4.error):
        return Trouble("not_mail", Answer(0, _shown(error)), permanent=True)
    reason, permanent = reason_of(error)
    return Trouble(reason, Answer(0, str(error)), permanent=permanent)


def _shown(said: object) -> str:
    if isinstance(said, list):
        said = said[0] if said else ""
    if isinstance(said, Exception):
        said = said.args[0] if said.args else ""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said or "")
    return "".join(char if char.isprintable() else " " for char in text)[:500]
