"""Sends mails over one connection, and says of each for certain whether it went."""

from __future__ import annotations

import contextlib
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Literal, Self

from desktop.delivery.mail.addresses import envelope
from desktop.delivery.mail.encryption import tls_context
from desktop.delivery.mail.line import Line
from desktop.delivery.mail.login import log_in
from desktop.delivery.mail.message import Mail
from desktop.delivery.mail.server import Answer, NotSent, Reason, Secret, Server, Trouble, Unclear
from desktop.delivery.mail.trouble import Rubbish, reason_of
from desktop.delivery.mail.writing import written
from desktop.errors import UserError

Reached = Literal["connected", "encrypted", "logged_in"]

_CLOSING: Final = 421
# A limit of the account, whatever the step: Gmail's 5.4.5 for the day, and what Microsoft says of its own.
_LIMIT: Final = re.compile(r"(?<![\d.])5\.(4\.5|1\.90|7\.70[58])(?![\d.])|submission quota", re.IGNORECASE)
_LOGIN_WANTED: Final = (530, 535, 538)
_SPACE: Final = (452, 552)
_LONGEST_ENVELOPE_ID: Final = 100


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds: RFC 5321 section 4.5.3.2 wants minutes, and most for the answer to a message,
    because who stops waiting there never learns whether it went."""

    connect: float = 30
    command: float = 120
    data: float = 180
    end: float = 600
    idle: float = 10


class Connection:
    """A line to the server, opened at the first mail and used for all that follow; not for several threads at once."""

    def __init__(
        self,
        server: Server,
        secret: Secret,
        *,
        patience: Patience | None = None,
        reached: Callable[[Reached], None] | None = None,
    ) -> None:
        """`reached` is told how far opening the line came."""
        self.server = server
        self._reached = reached or (lambda _step: None)
        self._secret = secret
        self._patience = patience or Patience()
        self._line: Line | None = None
        self._offers: dict[str, str] = {}
        self._notify = ""
        self._last = 0.0
        self._cut = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self) -> None:
        """Connect, encrypt and log in, where that is not done yet. NotSent with `account` where it fails."""
        if self._line is not None:
            return
        try:
            self._open()
        except Trouble as error:
            self._drop()
            raise NotSent(error.answer, permanent=error.permanent, account=True, reason=error.reason) from error
        except (OSError, UnicodeError, Rubbish) as error:
            self._drop()
            raise _broken(error) from error

    def close(self) -> None:
        """Say goodbye. A server that does not answer is left without."""
        if self._line is not None:
            with contextlib.suppress(OSError, Rubbish):
                self._line.ask("QUIT", min(5.0, self._patience.command))
        self._drop()

    def cut(self) -> None:
        """From another thread: break the line at once, for good. What `send` waits for then is Unclear or NotSent."""
        self._cut = True
        line = self._line
        if line is not None:
            line.cut()

    def send(self, mail: Mail) -> Answer:
        """Send to all its recipients or to none. NotSent where it certainly did not go, Unclear where nobody knows."""
        sender, people, data = _prepared(mail)
        line = self._begin(mail, sender, people, data)
        try:
            self._name(line, people)
            self._offer(line, data)
        except (OSError, Rubbish) as error:
            self._drop()
            raise _broken(error, account=False) from error
        return self._finish(line)

    def rehearse(self, mail: Mail) -> None:
        """All of `send` but the message: whether the server takes this sender and these people. NotSent."""
        sender, people, data = _prepared(mail)
        line = self._begin(mail, sender, people, data)
        try:
            self._name(line, people)
            line.ask("RSET", self._patience.command)
        except (OSError, Rubbish) as error:
            self._drop()
            raise _broken(error, account=False) from error

    def _begin(self, mail: Mail, sender: str, people: list[str], data: bytes) -> Line:
        """A line whose server took the sender. One that died while nothing was said is opened anew, once."""
        used = self._line is not None
        try:
            line = self._ready()
            command = self._sender_command(mail, sender, people, data)
            answer = line.ask(command, self._patience.command)
        except (OSError, Rubbish) as error:
            self._drop()
            if used:
                return self._begin(mail, sender, people, data)
            raise _broken(error) from error
        if answer.code == _CLOSING and used:
            self._drop()
            return self._begin(mail, sender, people, data)
        if answer.code != 250:
            raise self._refusal(answer, reason="sender", account=answer.code not in _SPACE)
        return line

    def _ready(self) -> Line:
        # The clock on the wall, because the other one stands still while the computer sleeps.
        if self._line is not None and abs(time.time() - self._last) > self._patience.idle:
            try:
                alive = self._line.ask("NOOP", self._patience.connect).code == 250
            except (OSError, Rubbish):
                alive = False
            if not alive:
                self._drop()
        self.open()
        assert self._line is not None
        self._last = time.time()
        return self._line

    def _sender_command(self, mail: Mail, sender: str, people: list[str], data: bytes) -> str:
        command = f"MAIL FROM:<{sender}>"
        if "SIZE" in self._offers:
            largest = self._offers["SIZE"]
            if largest.isdecimal() and 0 < int(largest) < len(data):
                raise NotSent(Answer(552, f"{len(data)} > {largest} bytes"), permanent=True, reason="too_big")
            command += f" SIZE={len(data)}"
        if not (sender.isascii() and all(address.isascii() for address in people)):
            if "SMTPUTF8" not in self._offers:
                odd = tuple((one, Answer(0, "")) for one in people if not one.isascii())
                raise NotSent(Answer(0, ""), permanent=True, reason="non_ascii_address", refused=odd)
            command += " SMTPUTF8 BODY=8BITMIME"
        if "DSN" in self._offers:
            # So that what comes back names the message, even from servers that return none of it (RFC 3461).
            command += " RET=HDRS"
            envelope_id = _xtext(mail.message_id)
            if len(envelope_id) <= _LONGEST_ENVELOPE_ID:
                command += f" ENVID={envelope_id}"
            self._notify = " NOTIFY=SUCCESS,FAILURE,DELAY" if mail.receipt else ""
        else:
            self._notify = ""
        return command

    def _name(self, line: Line, people: list[str]) -> None:
        refused = []
        for address in people:
            answer = line.ask(f"RCPT TO:<{address}>{self._notify}", self._patience.command)
            if answer.code // 100 != 2:
                refused.append((address, answer))
                if answer.code == _CLOSING:
                    break
        if not refused:
            return
        # One that is wrong for good wants a person, whatever the others say.
        _address, worst = max(refused, key=lambda one: one[1].code)
        said = "; ".join(f"{address}: {answer.text}" for address, answer in refused)
        relay = not self.server.user and "relay" in worst.text.lower()
        raise self._refusal(
            Answer(worst.code, said),
            reason="login_wanted" if relay else "recipients",
            account=relay,
            refused=tuple(refused),
        )

    def _offer(self, line: Line, data: bytes) -> None:
        """All of the message but the dot that ends it."""
        answer = line.ask("DATA", self._patience.command)
        if answer.code != 354:
            raise self._refusal(answer, reason="message")
        # Files come last and have no dots: looking through them costs more than all the rest of a mail.
        end = data.rfind(b".") + 1
        stuffed = data[:end].replace(b"\r\n.", b"\r\n..") + data[end:]
        line.say(b"." + stuffed if stuffed.startswith(b".") else stuffed, self._patience.data)
        if line.unasked():
            # Without its dot the message is not sent, and without hanging up the line would wait for it.
            answer = line.answer(self._patience.command)
            self._drop()
            raise self._refusal(answer, reason="message")

    def _finish(self, line: Line) -> Answer:
        try:
            line.say(b".\r\n", self._patience.data)
        except ConnectionError as error:
            # The system took none of these three bytes.
            self._drop()
            raise _broken(error, account=False) from error
        except OSError as error:
            self._drop()
            raise Unclear(str(error)) from error
        try:
            answer = line.answer(self._patience.end)
        except (OSError, Rubbish) as error:
            self._drop()
            raise Unclear(str(error)) from error
        self._last = time.time()
        if answer.code // 100 == 2:
            return answer
        if answer.code // 100 == 3:
            self._drop()
            raise Unclear(f"{answer.code} {answer.text}")
        raise self._refusal(answer, reason="message")

    def _refusal(
        self,
        answer: Answer,
        *,
        reason: Reason,
        account: bool = False,
        refused: tuple[tuple[str, Answer], ...] = (),
    ) -> NotSent:
        """Give up this message and leave the line ready for the next."""
        permanent = answer.code // 100 == 5
        if answer.code in _LOGIN_WANTED:
            reason, account = "login_wanted", True
        elif _LIMIT.search(answer.text):
            reason, account, permanent = "limit", True, False
        elif answer.code == _CLOSING:
            reason, account = "busy", True
        elif reason == "sender" and answer.code in _SPACE and permanent:
            reason = "too_big"
        elif reason == "sender" and not permanent:
            reason = "busy"
        if answer.code == _CLOSING:
            self._drop()
        elif self._line is not None:
            try:
                if self._line.ask("RSET", self._patience.command).code != 250:
                    self._drop()
            except (OSError, Rubbish):
                self._drop()
        return NotSent(answer, permanent=permanent, account=account, reason=reason, refused=refused)

    def _open(self) -> None:
        server, wait = self.server, self._patience
        context = None if server.security == "none" else tls_context(server)
        self._line = line = Line(socket.create_connection((server.host, server.port), wait.connect))
        if self._cut:
            raise ConnectionAbortedError
        self._reached("connected")
        if context and server.security == "tls":
            line.secure(context, server.host, wait.connect)
            self._reached("encrypted")
        _expect(line.answer(wait.command), 220, "busy")
        self._greet(line)
        if context and server.security == "starttls":
            if "STARTTLS" not in self._offers:
                raise Trouble("no_starttls", Answer(0, ""), permanent=True)
            _expect(line.ask("STARTTLS", wait.command), 220, "no_starttls")
            line.secure(context, server.host, wait.connect)
            self._reached("encrypted")
            # What was offered before was not protected: somebody on the way may have said it.
            self._greet(line)
        if server.user:
            log_in(line, server.user, self._secret, self._offers.get("AUTH", ""), wait.command)
            self._reached("logged_in")

    def _greet(self, line: Line) -> None:
        ours = line.socket.getsockname()[0].partition("%")[0]
        # An address instead of a name: names of private machines are nobody's business, and asking for one may hang.
        named = f"[IPv6:{ours}]" if ":" in ours else f"[{ours}]"
        answer = line.ask(f"EHLO {named}", self._patience.command)
        self._offers = {}
        if answer.code in (500, 501, 502, 504):
            answer = line.ask(f"HELO {named}", self._patience.command)
        else:
            for text in answer.text.split("\n")[1:]:
                word, _space, rest = text.replace("=", " ", 1).partition(" ")
                self._offers[word.upper()] = f"{self._offers.get(word.upper(), '')} {rest}".strip()
        _expect(answer, 250, "busy")

    def _drop(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None


def _prepared(mail: Mail) -> tuple[str, list[str], bytes]:
    """The sender, each recipient once, and the message as it goes. NotSent where an address is none."""
    try:
        people = list(dict.fromkeys(envelope(address) for address in (*mail.to, *mail.cc, *mail.bcc)))
        sender = envelope(mail.sender)
        data = written(mail)
    except UserError as error:
        raise NotSent(Answer(0, error.message), permanent=True, reason="address") from error
    if not people:
        raise NotSent(Answer(0, ""), permanent=True, reason="address")
    return sender, people, data


def _expect(answer: Answer, code: int, reason: Reason) -> None:
    if answer.code != code:
        final = answer.code // 100 == 5
        raise Trouble("unwelcome" if final and reason == "busy" else reason, answer, permanent=final)


def _broken(error: BaseException, *, account: bool = True) -> NotSent:
    reason, permanent = reason_of(error)
    # A line that breaks within one message may break by that message: the others are tried, on a line of their own.
    return NotSent(Answer(0, str(error)), permanent=permanent and account, account=account, reason=reason)


def _xtext(text: str) -> str:
    """RFC 3461 section 4: printable ASCII, the rest and + and = in hex."""
    bare = text.strip("<>").encode("ascii", "replace")
    return "".join(chr(byte) if 33 <= byte <= 126 and byte not in b"+=" else f"+{byte:02X}" for byte in bare)
